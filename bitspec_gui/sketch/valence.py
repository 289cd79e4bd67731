"""How many hydrogens an atom of a drawing has, and whether it has too many bonds.

A drawing is painted at once, before RDKit is loaded and without waiting for it, so that this must be known here, too. The rules
and the table are those of RDKit, which has the last word on the molecule; tests hold both to the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from bitspec_gui.domain.elements import ELEMENT_OF, ELEMENTS
from bitspec_gui.domain.sketch import Sketch, SketchAtom

# Usual valences of the elements, in rising order; a star: any other number of bonds will do, too. Elements that are not named
# take any number of bonds and imply no hydrogens.
_USUAL = (
    "H1 He0 Li1* Be2 B3 C4 N3 O2 F1 Ne0 Na1* Mg2* Al3 Si4 P35 S246 Cl1 Ar0 K1* Ca2* Ga3 Ge4 As35 Se246 Br1 Kr0 Rb1* Sr2* In3 "
    "Sn24 Sb35 Te246 I135 Xe0246 Cs1 Ba2* Pb24 Bi35 Po246 At135 Rn0 Fr1 Ra2*"
)
_ANY = 99
_NAMED: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        symbol: tuple(map(int, digits)) + ((_ANY,) if star else ())
        for symbol, digits, star in re.findall(r"([A-Z][a-z]?)(\d+)(\*?)", _USUAL)
    }
)
_VALENCES: tuple[tuple[int, ...], ...] = ((0,), *(_NAMED.get(element.symbol, (_ANY,)) for element in ELEMENTS))
"""Usual valences by atomic number."""

# These keep their own valences when a negative charge makes them like a noble gas or beyond: PF6-, SF5-.
_HYPERVALENT = {"P": 16, "S": 16, "As": 34, "Se": 34}


def implied_hydrogens(sketch: Sketch, atom: int) -> int:
    """Number of hydrogens that an atom has besides those that are drawn: as stated, else what its usual valence leaves."""
    drawn = sketch.atoms[atom]
    if drawn.hydrogens is not None:
        return drawn.hydrogens
    return _free_valence(drawn, bond_sum(sketch, atom)) or 0


def valence_fault(sketch: Sketch, atom: int) -> str:
    """A sentence on what is wrong with the number of bonds of an atom; empty if it is sound.

    Nitro groups and azides with five-bonded nitrogen, and perchlorates, are sound: they are read as what they mean.
    """
    drawn = sketch.atoms[atom]
    total = bond_sum(sketch, atom) + (drawn.hydrogens or 0)
    if _free_valence(drawn, total) is not None or _is_usual_spelling(sketch, atom, total):
        return ""
    name = ELEMENT_OF[drawn.symbol].name if drawn.symbol in ELEMENT_OF else drawn.symbol
    charged = f" with charge {drawn.charge:+d}" if drawn.charge else ""
    if _number(drawn.symbol) == 1 and not total:
        return f"A lone hydrogen{charged} cannot be."
    electrons = {0: "", 1: " and an unpaired electron", 2: " and two unpaired electrons"}[drawn.radical]
    most = _most_bonds(drawn)
    allowed = {0: "no bonds", 1: "one bond"}.get(most, f"{most} bonds")
    bonds = "one bond" if total == 1 else f"{total} bonds" if total else "no bonds"
    return f"This {name}{charged} has {bonds}{electrons}; it takes {allowed} at most."


def bond_sum(sketch: Sketch, atom: int) -> int:
    """Sum of the orders of the bonds of an atom."""
    return sum(sketch.bonds[bond].order for bond in sketch.bonds_of[atom])


def _number(symbol: str) -> int | None:
    """Atomic number; deuterium and tritium by symbols of their own are hydrogen. None if there is no such element."""
    element = ELEMENT_OF.get("H" if symbol in ("D", "T") else symbol)
    return None if element is None else element.number


def _valences(atom: SketchAtom) -> tuple[tuple[int, ...], int]:
    """Usual valences of an atom, and by how much its charge lowers the count of its bonds.

    A charged atom has the valences of the element with as many electrons: N+ those of carbon.
    """
    number = _number(atom.symbol)
    if number is None:
        return (_ANY,), 0
    like = min(number - atom.charge, len(ELEMENTS))
    if _VALENCES[number][0] == _ANY or like <= 0:
        return (_ANY,), 0
    if atom.symbol in _HYPERVALENT and like > _HYPERVALENT[atom.symbol]:
        return _VALENCES[number], atom.charge
    return _VALENCES[like], 0


def _free_valence(atom: SketchAtom, bonds: int) -> int | None:
    """Valences that are left beside bonds of this sum of orders: None if there are more bonds than the atom takes."""
    number = _number(atom.symbol)
    if number is None:
        return 0
    if number == 1 and not bonds and not atom.radical:
        return {0: 1, 1: 0, -1: 0}.get(atom.charge)
    usual, lowered = _valences(atom)
    taken = bonds - lowered + atom.radical
    for valence in usual:
        if valence == _ANY:
            return 0
        if taken <= valence:
            return valence - taken
    own = _VALENCES[number]
    if own[-1] == _ANY or (own == (0,) and bonds - lowered <= usual[-1]):
        return 0
    return None


def _most_bonds(atom: SketchAtom) -> int:
    usual, lowered = _valences(atom)
    return max(0, usual[-1] + lowered - atom.radical)


def _is_usual_spelling(sketch: Sketch, atom: int, total: int) -> bool:
    """Whether too many bonds are the common way to draw a nitro group, an azide or a perchlorate without charges."""
    drawn = sketch.atoms[atom]
    if drawn.charge or drawn.radical:
        return False
    ends = [(sketch.bonds[bond].order, sketch.atoms[sketch.bonds[bond].other(atom)]) for bond in sketch.bonds_of[atom]]
    if drawn.symbol == "N" and total == 5:
        return any((order, end.symbol, end.charge) in {(2, "O", 0), (3, "N", 0)} for order, end in ends)
    oxo_acid = drawn.symbol in ("Cl", "Br") and total in (3, 5, 7) and not drawn.hydrogens
    return oxo_acid and all(order < 3 and end.symbol == "O" for order, end in ends)
