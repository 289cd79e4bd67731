"""Structures written in a line, for the table of groups: a small part of SMILES, without aromatic letters and stereo."""

from __future__ import annotations

import re
from functools import lru_cache

from bitspec_gui.domain.sketch import Sketch, SketchAtom, SketchBond

_TOKEN = re.compile(r"\[(\d*)([A-Z][a-z]?)([+-]?)\]|(Cl|Br|[BCNOPSFI])|([-=#])|([()])|(\d)|(.)")
_ORDERS = {"-": 1, "=": 2, "#": 3}


@lru_cache(maxsize=512)
def read(text: str) -> Sketch:
    """The structure as a drawing of which all atoms are at (0, 0): its places are still to be found.

    Atoms and bonds are those of SMILES: ``[N+]``, ``[Si]``, ``[2H]``, branches in round brackets, rings closed by digits. Their
    ids follow the text from 1 on. Hydrogens are implied by the usual valences, within square brackets, too.

    Raises
    ------
    ValueError
        If the text is not of that kind.
    """
    atoms: dict[int, SketchAtom] = {}
    ends: list[tuple[int, int, int]] = []
    open_rings: dict[str, tuple[int, int]] = {}
    branches: list[int] = []
    last, order = 0, 1
    for mass, bracketed, charge, plain, bond, bracket, digit, other in _TOKEN.findall(text):
        if bracketed or plain:
            key = len(atoms) + 1
            value = {"+": 1, "-": -1}.get(charge, 0)
            atoms[key] = SketchAtom(0.0, 0.0, bracketed or plain, value, isotope=int(mass or 0))
            if last:
                ends.append((last, key, order))
            last, order = key, 1
        elif bond:
            order = _ORDERS[bond]
        elif bracket == "(" and last:
            branches.append(last)
        elif bracket == ")" and branches:
            last = branches.pop()
        elif digit and last and digit in open_rings:
            begin, stated = open_rings.pop(digit)
            ends.append((begin, last, max(order, stated)))
            order = 1
        elif digit and last:
            open_rings[digit] = (last, order)
            order = 1
        else:
            raise ValueError(f"{text!r} cannot be read at {bracket or digit or other!r}")
    if not atoms or open_rings or branches:
        raise ValueError(f"{text!r} ends too early")
    free = len(atoms) + 1
    bonds = {free + place: SketchBond(begin, end, order) for place, (begin, end, order) in enumerate(ends)}
    return Sketch(atoms, bonds, free + len(bonds))
