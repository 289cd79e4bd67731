"""What single strokes make of a drawing: atoms and bonds drawn, changed and erased.

Each function takes a sketch and returns another one; nothing is refused because chemistry does not allow it. Hydrogens that an
atom was said to have are forgotten as soon as a stroke changes the atom or the orders of its bonds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond
from bitspec_gui.sketch.geometry import ahead, atom_at, best_direction

Place = int | tuple[float, float]
"""Where a stroke begins or ends: on an atom (its id) or on paper (x, y)."""

_MET = 0.25
_MOST_CHARGE = 8
_SINGLE_ONLY = (BondStyle.WEDGE, BondStyle.HASH, BondStyle.WAVY)


def add_atom(sketch: Sketch, x: float, y: float, symbol: str = "C") -> tuple[Sketch, int]:
    """Put an atom on paper; returns the sketch and the atom's id."""
    key = sketch.next_id
    return replace(sketch, atoms={**sketch.atoms, key: SketchAtom(x, y, symbol)}, next_id=key + 1), key


def add_bond(
    sketch: Sketch, begin: int, end: int, order: int = 1, style: BondStyle = BondStyle.PLAIN
) -> tuple[Sketch, int | None]:
    """Bond two atoms; returns the sketch and the bond's id.

    A bond that they have already gets this order and style, and begins at ``begin`` from now on. An atom is not bonded to
    itself: the sketch stays and the id is None.
    """
    if begin == end:
        return sketch, None
    there = sketch.bond_between(begin, end)
    key = sketch.next_id if there is None else there
    bond = SketchBond(begin, end, order, fitting_style(order, style))
    if there is not None and sketch.bonds[there] == bond:
        return sketch, there
    drawn = replace(sketch, bonds={**sketch.bonds, key: bond}, next_id=max(sketch.next_id, key + 1))
    return recounted(drawn, (begin, end)), key


def fitting_style(order: int, style: BondStyle) -> BondStyle:
    """The style if a bond of this order can be drawn so, else plain: only single bonds are wedges, only double bonds crossed."""
    if (style in _SINGLE_ONLY and order != 1) or (style is BondStyle.EITHER and order != 2):
        return BondStyle.PLAIN
    return style


def set_element(sketch: Sketch, atoms: Iterable[int], symbol: str) -> Sketch:
    """Make atoms another element; a mass number does not outlive that."""
    return _with_atoms(
        sketch,
        {
            key: replace(sketch.atoms[key], symbol=symbol, isotope=0, hydrogens=None)
            for key in atoms
            if sketch.atoms[key].symbol != symbol
        },
    )


def change_charge(sketch: Sketch, atoms: Iterable[int], by: int) -> Sketch:
    """Add to the charges of atoms, as far as to 8 either way."""
    changed = {}
    for key in atoms:
        atom = sketch.atoms[key]
        charge = max(-_MOST_CHARGE, min(_MOST_CHARGE, atom.charge + by))
        if charge != atom.charge:
            changed[key] = replace(atom, charge=charge, hydrogens=None)
    return _with_atoms(sketch, changed)


def cycle_radical(sketch: Sketch, atoms: Iterable[int]) -> Sketch:
    """Give atoms one unpaired electron more: none, one, two, none."""
    return _with_atoms(
        sketch, {key: replace(sketch.atoms[key], radical=(sketch.atoms[key].radical + 1) % 3, hydrogens=None) for key in atoms}
    )


def set_isotope(sketch: Sketch, atoms: Iterable[int], mass_number: int) -> Sketch:
    """Give atoms a mass number; 0 stands for the natural mixture of isotopes."""
    return _with_atoms(
        sketch,
        {key: replace(sketch.atoms[key], isotope=mass_number) for key in atoms if sketch.atoms[key].isotope != mass_number},
    )


def set_bond(sketch: Sketch, bonds: Iterable[int], order: int, style: BondStyle = BondStyle.PLAIN) -> Sketch:
    """Give bonds an order and a style; they begin where they began."""
    for key in bonds:
        bond = sketch.bonds[key]
        sketch, _ = add_bond(sketch, bond.begin, bond.end, order, style)
    return sketch


def cycle_order(sketch: Sketch, bond: int) -> Sketch:
    """Make a single bond double, a double one triple, a triple one single."""
    return set_bond(sketch, (bond,), sketch.bonds[bond].order % 3 + 1)


def cycle_wedge(sketch: Sketch, bond: int, style: BondStyle = BondStyle.WEDGE) -> Sketch:
    """Make a bond a wedge (or a hash) from one end, then from the other end, then plain.

    The first end is that where a stereocentre can be: the one with three or more bonds if the other has fewer, else the atom
    that was drawn first. A bond of another style or order becomes this style at once.
    """
    drawn = sketch.bonds[bond]
    first = _likelier_centre(sketch, drawn)
    if drawn.style is not style or drawn.order != 1:
        return _turned(sketch, bond, first, style)
    if drawn.begin == first:
        return _turned(sketch, bond, drawn.end, style)
    return set_bond(sketch, (bond,), 1)


def flip_bond(sketch: Sketch, bond: int) -> Sketch:
    """Let a bond begin at its other end: a wedge gets its narrow end there."""
    drawn = sketch.bonds[bond]
    return replace(sketch, bonds={**sketch.bonds, bond: replace(drawn, begin=drawn.end, end=drawn.begin)})


def delete(sketch: Sketch, atoms: Iterable[int] = (), bonds: Iterable[int] = ()) -> Sketch:
    """Erase atoms with their bonds, and bonds; a plain carbon that loses its last bond because that was erased goes, too."""
    erased = frozenset(bonds) & sketch.bonds.keys()
    gone = frozenset(atoms) & sketch.atoms.keys()
    ends = {end for key in erased for end in (sketch.bonds[key].begin, sketch.bonds[key].end)}
    gone |= {key for key in ends if sketch.atoms[key].is_plain_carbon and erased.issuperset(sketch.bonds_of[key])}
    kept = {
        key: bond for key, bond in sketch.bonds.items() if key not in erased and bond.begin not in gone and bond.end not in gone
    }
    if not gone and not erased:
        return sketch
    touched = {end for key in sketch.bonds.keys() - kept.keys() for end in (sketch.bonds[key].begin, sketch.bonds[key].end)}
    left = replace(sketch, atoms={key: atom for key, atom in sketch.atoms.items() if key not in gone}, bonds=kept)
    return recounted(left, touched - gone)


def sprout(
    sketch: Sketch, atom: int, order: int = 1, symbol: str = "C", style: BondStyle = BondStyle.PLAIN
) -> tuple[Sketch, int]:
    """Let a bond grow out of an atom in its best direction; returns the sketch and the id of the atom at its end.

    If an atom stands there already, the bond goes to that one, which keeps its element.
    """
    from_atom = sketch.atoms[atom]
    end = ahead(from_atom.x, from_atom.y, best_direction(sketch, atom, order))
    return draw_bond(sketch, atom, end, order, style, symbol)


def draw_bond(
    sketch: Sketch,
    start: Place,
    end: Place,
    order: int = 1,
    style: BondStyle = BondStyle.PLAIN,
    symbol: str = "C",
) -> tuple[Sketch, int]:
    """Draw a bond by dragging; returns the sketch and the id of the atom at its end.

    On paper an atom is put where the bond starts (a carbon) and where it ends (a ``symbol``), unless an atom is within a quarter
    of a bond length there, which is bonded to instead. A bond from an atom to itself changes nothing.
    """
    drawn, begin = _atom_for(sketch, start, "C")
    drawn, finish = _atom_for(drawn, end, symbol)
    if begin == finish:
        return sketch if isinstance(start, int) else drawn, finish
    drawn, _ = add_bond(drawn, begin, finish, order, style)
    return drawn, finish


def is_sound(sketch: Sketch) -> bool:
    """Whether the drawing is whole: finite places, bonds between two different atoms that exist, one at most for two atoms."""
    ends = [frozenset((bond.begin, bond.end)) for bond in sketch.bonds.values()]
    return (
        all(math.isfinite(atom.x) and math.isfinite(atom.y) for atom in sketch.atoms.values())
        and all(len(pair) == 2 and pair <= sketch.atoms.keys() for pair in ends)
        and len(set(ends)) == len(ends)
        and all(0 < key < sketch.next_id for key in (*sketch.atoms, *sketch.bonds))
        and all(bond.order in (1, 2, 3) for bond in sketch.bonds.values())
    )


def _atom_for(sketch: Sketch, place: Place, symbol: str) -> tuple[Sketch, int]:
    if isinstance(place, int):
        return sketch, place
    met = atom_at(sketch, *place, _MET)
    return add_atom(sketch, *place, symbol) if met is None else (sketch, met)


def _with_atoms(sketch: Sketch, changed: dict[int, SketchAtom]) -> Sketch:
    return replace(sketch, atoms={**sketch.atoms, **changed}) if changed else sketch


def recounted(sketch: Sketch, atoms: Iterable[int]) -> Sketch:
    """Let the hydrogens of atoms follow from their valence again."""
    stated = {key: replace(sketch.atoms[key], hydrogens=None) for key in atoms if sketch.atoms[key].hydrogens is not None}
    return _with_atoms(sketch, stated)


def _likelier_centre(sketch: Sketch, bond: SketchBond) -> int:
    first, second = sorted((bond.begin, bond.end))
    return second if len(sketch.bonds_of[first]) < 3 <= len(sketch.bonds_of[second]) else first


def _turned(sketch: Sketch, bond: int, begin: int, style: BondStyle) -> Sketch:
    """Let a single bond of this style begin at one of its atoms."""
    other = sketch.bonds[bond].other(begin)
    drawn, _ = add_bond(sketch, begin, other, 1, style)
    return drawn
