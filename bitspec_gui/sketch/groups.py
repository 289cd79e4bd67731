"""Groups by the text that chemists write for them: short names, condensed formulae, element symbols."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType

from bitspec_gui.domain.elements import ELEMENT_OF
from bitspec_gui.domain.errors import UnknownGroup
from bitspec_gui.domain.sketch import Sketch, SketchAtom
from bitspec_gui.sketch import condensed, notation
from bitspec_gui.sketch.layout import grown_from
from bitspec_gui.sketch.nicknames import FORMULAE, NICKNAMES, SPELLINGS
from bitspec_gui.sketch.valence import bond_sum


def _known() -> dict[str, Sketch]:
    known = {label: notation.read(text) for label, text in {**NICKNAMES, **SPELLINGS}.items()}
    for label in FORMULAE:
        group = known.get(label) or condensed.read(label)
        if group is None:
            raise ValueError(f"the formula {label} cannot be read")
        known[label] = group
    return known


GROUPS: Mapping[str, Sketch] = MappingProxyType(_known())
"""The groups worth offering, by the text to write. Their structures have no places; the atom with the id 1 is attached."""

_ION = re.compile(r"([A-Z][a-z]?)(\d?)([+-])")
_ISOTOPE = re.compile(r"(\d{1,3})([A-Z].*)")
_LIKE_WATER = ("H", "C", "N", "O", "S", "P", "B", "Si", "Se", "F", "Cl", "Br", "I")
_PLAIN = str.maketrans({"–": "-", "−": "-", "‐": "-", "⁺": "+", "⁻": "-", " ": "", "\u00a0": ""})
_SHOWN = 40


def expand(sketch: Sketch, atom: int, text: str) -> Sketch:
    """Write a group at an atom: the atom becomes the group's first one and keeps its bonds, the rest is drawn out of it.

    Parameters
    ----------
    sketch
        The drawing.
    atom
        Id of the atom.
    text
        An element (``Fe``), an ion (``N+``), an isotope (``13C``, ``D``), a short name (``TBDMS``, ``t-Bu``) or a condensed
        formula from either end (``CO2Me``, ``MeO2C``, ``Si(CH3)3``).

    Raises
    ------
    UnknownGroup
        If the text is none of these. The sentence offers groups with a similar name.
    """
    return grown_from(sketch, atom, structure_of(text, max(1, bond_sum(sketch, atom))))


@lru_cache(maxsize=512)
def structure_of(text: str, bonds: int = 1) -> Sketch:
    """The structure that a text stands for, without places; the atom with the id 1 is attached.

    Parameters
    ----------
    text
        See `expand`.
    bonds
        Valences of the first atom that are taken by bonds to others.

    Raises
    ------
    UnknownGroup
        If the text cannot be read.
    """
    wanted = text.translate(_PLAIN)
    group = _read(wanted, bonds) or _read(wanted[:-1].replace("-", "") + wanted[-1:], bonds) or _in_other_letters(wanted)
    if group is None:
        raise UnknownGroup(_sentence(text.strip()))
    return group


def _read(text: str, bonds: int) -> Sketch | None:
    if text in GROUPS and (bonds == 1 or text in NICKNAMES):
        return GROUPS[text]
    if text in ELEMENT_OF:
        return _alone(text)
    ion = _ION.fullmatch(text)
    if ion and ion[1] in ELEMENT_OF and not (ion[2] and ion[1] in _LIKE_WATER):
        return _alone(ion[1], charge=int(ion[2] or 1) * (1 if ion[3] == "+" else -1))
    isotope = _ISOTOPE.fullmatch(text)
    if isotope:
        return _labelled(_read(isotope[2], bonds), int(isotope[1]))
    return condensed.read(text, bonds) or GROUPS.get(text) or (condensed.read(text) if bonds != 1 else None)


def _alone(symbol: str, charge: int = 0) -> Sketch:
    return Sketch({1: SketchAtom(0.0, 0.0, symbol, charge)}, {}, 2)


def _labelled(group: Sketch | None, mass_number: int) -> Sketch | None:
    """The group with its first atom as an isotope, None if there is no such isotope."""
    if group is None:
        return None
    first = group.atoms[1]
    number = ELEMENT_OF[first.symbol].number
    if not number <= mass_number <= 3 * number + 1:
        return None
    labelled = SketchAtom(first.x, first.y, first.symbol, first.charge, first.radical, mass_number)
    return Sketch({**group.atoms, 1: labelled}, group.bonds, group.next_id)


def _in_other_letters(text: str) -> Sketch | None:
    """The one group or element that is spelled so but for capital letters."""
    meant = {label for label in (*GROUPS, *ELEMENT_OF) if label.lower() == text.lower()}
    if len(meant) != 1:
        meant &= GROUPS.keys()
    return _read(meant.pop(), 1) if len(meant) == 1 else None


def _sentence(text: str) -> str:
    if not text:
        return "Type an element or a group, for example N, OMe or CO2H."
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    labels = {label.lower(): label for label in reversed((*GROUPS, *ELEMENT_OF))}
    near = [labels[each] for each in get_close_matches(text[:_SHOWN].lower(), list(labels), n=3, cutoff=0.5)]
    advice = f" Near it: {', '.join(near)}." if near else " Groups are written like OMe, CO2H, TBDMS or CH2CH2OH."
    return f"“{shown}” is no element or group that BitSpec knows.{advice}"
