"""A sketch as text (JSON) and back: what the clipboard carries between two drawings, nothing of them lost."""

from __future__ import annotations

import json
from typing import Any, TypeGuard

from bitspec_gui.domain.elements import ELEMENT_OF
from bitspec_gui.domain.errors import UnreadableMolecule
from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond

FORMAT = "BitSpec sketch"
VERSION = 1
MOST_ATOMS = 5_000
FARTHEST = 10_000.0
"""Coordinates beyond this many bond lengths are no drawing."""

_MOST = 2**30
"""Larger numbers of atoms and bonds are damage, and more than chemistry's 32 bits hold."""

_OTHER_SYMBOLS = frozenset({"*", "D", "T"})
"""An open place, as of a group that nobody knows, and the isotopes of hydrogen that have a symbol of their own."""


def as_text(sketch: Sketch) -> str:
    """The sketch as JSON of one line; `from_text` gives it back with the same ids."""
    atoms = [
        [key, round(atom.x, 5), round(atom.y, 5), atom.symbol, atom.charge, atom.radical, atom.isotope, atom.hydrogens]
        for key, atom in sketch.atoms.items()
    ]
    bonds = [[key, bond.begin, bond.end, bond.order, bond.style.value] for key, bond in sketch.bonds.items()]
    content = {"format": FORMAT, "version": VERSION, "next_id": sketch.next_id, "atoms": atoms, "bonds": bonds}
    return json.dumps(content, separators=(",", ":"))


def from_text(text: str) -> Sketch:
    """The sketch that `as_text` wrote.

    Raises
    ------
    UnreadableMolecule
        If this is no sketch, or what it says cannot be drawn: bonds without atoms, unknown elements, places that are no numbers.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableMolecule("This is not a drawing that BitSpec wrote: it is damaged or cut short.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UnreadableMolecule("This is not a drawing that BitSpec wrote.")
    if content.get("version") != VERSION:
        raise UnreadableMolecule("This drawing was written by a newer BitSpec and cannot be read here.")
    rows, links = content.get("atoms"), content.get("bonds")
    if not isinstance(rows, list) or not isinstance(links, list):
        raise UnreadableMolecule("This drawing is damaged: its atoms or bonds are missing.")
    if len(rows) > MOST_ATOMS:
        raise UnreadableMolecule(f"This drawing has {len(rows):,} atoms; {MOST_ATOMS:,} can be read.")
    atoms = dict(_atom(row, place) for place, row in enumerate(rows, start=1))
    bonds: dict[int, SketchBond] = {}
    pairs: set[frozenset[int]] = set()
    for place, link in enumerate(links, start=1):
        key, bond = _bond(link, place)
        pair = frozenset((bond.begin, bond.end))
        if not pair <= atoms.keys() or len(pair) != 2 or pair in pairs or key in bonds or key in atoms:
            raise UnreadableMolecule(f"This drawing is damaged: its bond {place} does not join two atoms of it.")
        bonds[key] = bond
        pairs.add(pair)
    if len(atoms) != len(rows):
        raise UnreadableMolecule("This drawing is damaged: two of its atoms have the same number.")
    highest = max((*atoms, *bonds), default=0)
    stated = content.get("next_id")
    return Sketch(atoms, bonds, max(highest + 1, stated if _is_count(stated) else 1))


def _atom(row: Any, place: int) -> tuple[int, SketchAtom]:
    sound = isinstance(row, list) and len(row) == 8
    if sound:
        key, x, y, symbol, charge, radical, isotope, hydrogens = row
        sound = (
            _is_count(key) and key > 0
            and _is_place(x) and _is_place(y)
            and isinstance(symbol, str) and (symbol in ELEMENT_OF or symbol in _OTHER_SYMBOLS)
            and _is_whole(charge) and abs(charge) <= 15
            and _is_count(radical) and radical <= 2
            and _is_count(isotope) and isotope <= 300
            and (hydrogens is None or (_is_count(hydrogens) and hydrogens <= 20))
        )  # fmt: skip
    if not sound:
        raise UnreadableMolecule(f"This drawing is damaged: its atom {place} cannot be read.")
    return key, SketchAtom(float(x), float(y), symbol, charge, radical, isotope, hydrogens)


def _bond(link: Any, place: int) -> tuple[int, SketchBond]:
    styles = {style.value: style for style in BondStyle}
    if not (
        isinstance(link, list)
        and len(link) == 5
        and all(_is_count(each) and each > 0 for each in link[:4])
        and link[3] <= 3
        and isinstance(link[4], str)
        and link[4] in styles
    ):
        raise UnreadableMolecule(f"This drawing is damaged: its bond {place} cannot be read.")
    key, begin, end, order, style = link
    return key, SketchBond(begin, end, order, styles[style])


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_count(value: object) -> TypeGuard[int]:
    return _is_whole(value) and 0 <= value <= _MOST


def _is_place(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < FARTHEST
