"""Coordinates on paper for RDKit molecules: which layouts there are, and how well each can be read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, rdBase
from rdkit.Chem import rdCoordGen, rdDepictor

from bitspec_gui.chem.sketch_orientation import turn_as_usual

FloatArray = NDArray[np.float64]

TOO_NEAR = 0.45
"""Atoms without a bond that lie nearer to each other than this (in bond lengths) are drawn one upon the other."""

HYDROGEN_BOND = 0.8
"""Length, in bond lengths, at which explicit hydrogens are drawn."""

_MOST_ATOMS_TWICE = 250
"""Larger structures are laid out once: a second layout could take seconds."""

_MOST_PAIRS = 1500
_FARTHEST = 1e6
_WIDEST = 1000.0
"""Bond lengths: a drawing that is wider has an atom where it cannot be meant."""


def has_coordinates(structure: Chem.Mol) -> bool:
    """Whether a molecule has coordinates on paper: flat ones, no two atoms in one place, none far off."""
    if not structure.GetNumConformers() or structure.GetConformer().Is3D():
        return False
    places = structure.GetConformer().GetPositions()[:, :2]
    if not np.all(np.abs(places) < _FARTHEST):
        return False
    if len(places) < 2:
        return True
    extent = np.ptp(places, axis=0).max()
    if extent > _WIDEST * (median_bond(structure) or extent):
        return False
    return bool(extent > 1e-3 and len(np.unique(places.round(3), axis=0)) == len(places))


def layouts(structure: Chem.Mol) -> Iterator[Chem.Mol]:
    """Copies of a molecule with new coordinates, the one to prefer first.

    RDKit's own layout comes first unless atoms or bonds lie upon each other in it and CoordGen does better.
    """
    usual = _laid_out(structure, with_coordgen=False)
    if structure.GetNumAtoms() > _MOST_ATOMS_TWICE:
        yield usual
        return
    crowded = crowding(usual)
    if not crowded:
        yield usual
        yield _laid_out(structure, with_coordgen=True)
        return
    other = _laid_out(structure, with_coordgen=True)
    better_first = (usual, other) if crowded <= crowding(other) else (other, usual)
    yield from better_first


def _laid_out(structure: Chem.Mol, *, with_coordgen: bool) -> Chem.Mol:
    drawn = Chem.Mol(structure)
    with rdBase.BlockLogs():
        if with_coordgen:
            rdCoordGen.AddCoords(drawn)
        else:
            rdDepictor.Compute2DCoords(drawn, forceRDKit=True, useRingTemplates=True)
        if structure.GetNumBonds():
            rdDepictor.StraightenDepiction(drawn)
    unit = median_bond(drawn)
    if unit:
        turn_as_usual(drawn, unit)
    return drawn


def median_bond(structure: Chem.Mol) -> float | None:
    """Median length of the bonds in the units of the coordinates; None if there is none, or all are of no length."""
    places = structure.GetConformer().GetPositions()[:, :2]
    ends = np.array([(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in structure.GetBonds()]).reshape(-1, 2)
    if not len(ends):
        return None
    median = float(np.median(np.linalg.norm(places[ends[:, 0]] - places[ends[:, 1]], axis=1)))
    return median if np.isfinite(median) and median > 1e-6 else None


def crowding(structure: Chem.Mol) -> int:
    """Number of pairs of atoms that lie upon each other, and of bonds that cross, in a layout; 0 is a clear drawing."""
    unit = median_bond(structure)
    if unit is None:
        return 0
    places = structure.GetConformer().GetPositions()[:, :2] / unit
    ends = np.array([(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in structure.GetBonds()])
    return _near_pairs(places) + _crossings(places, ends)


def _near_pairs(places: FloatArray) -> int:
    if len(places) > _MOST_PAIRS:
        return 0
    distances = np.linalg.norm(places[:, None] - places[None], axis=-1)
    return int(np.count_nonzero(np.triu(distances < TOO_NEAR, 1)))


def _crossings(places: FloatArray, ends: NDArray[np.int64]) -> int:
    """Number of pairs of bonds without a common atom that cross each other."""
    if len(ends) > _MOST_PAIRS:
        return 0
    one, other = np.triu_indices(len(ends), 1)
    first, second = ends[one], ends[other]
    apart = ~(first[:, :, None] == second[:, None, :]).any(axis=(1, 2))
    first, second = first[apart], second[apart]
    a, b, c, d = places[first[:, 0]], places[first[:, 1]], places[second[:, 0]], places[second[:, 1]]
    crossed = (_turn(a, b, c) * _turn(a, b, d) < 0) & (_turn(c, d, a) * _turn(c, d, b) < 0)
    return int(np.count_nonzero(crossed))


def _turn(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    """Twice the signed area of the triangles a, b, c: positive where the way through them turns left."""
    turned: FloatArray = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return turned


def roomiest_place(centre: int, places: FloatArray, neighbours: Sequence[int], placed: Sequence[bool]) -> tuple[float, float]:
    """Place for a hydrogen at an atom, in bond lengths: in the gap between its bonds where it is farthest from all other atoms.

    Parameters
    ----------
    centre : int
        The atom that bears it.
    places : (N, 2) float64
        Places of all atoms in bond lengths.
    neighbours : sequence of int
        Atoms bonded to `centre` that have a place.
    placed : sequence of bool
        Which atoms have a place.
    """
    here = places[centre]
    taken = sorted(math.atan2(*(places[other] - here)[::-1]) % (2 * math.pi) for other in neighbours)
    gaps = [(end - start) % (2 * math.pi) or 2 * math.pi for start, end in zip(taken, taken[1:] + taken[:1], strict=True)]
    angles = [start + gap / 2 for start, gap in zip(taken, gaps, strict=True) if gap > math.pi / 3] if len(taken) > 1 else []
    angles = angles or free_directions(taken, 1)
    others = places[[place for place, has_place in enumerate(placed) if has_place and place != centre]]
    offered = [here + HYDROGEN_BOND * np.array([math.cos(angle), math.sin(angle)]) for angle in angles]
    room = [float(np.linalg.norm(others - place, axis=1).min()) if len(others) else math.inf for place in offered]
    x, y = offered[int(np.argmax(room))]
    return float(x), float(y)


def free_directions(taken: Sequence[float], number: int) -> list[float]:
    """Directions (rad) for `number` further bonds of an atom whose bonds go in the directions `taken`, spread over the gaps.

    A second bond makes an angle of 120 degrees with the first.
    """
    if not taken:
        return [math.pi / 2 + 2 * math.pi * place / max(number, 1) for place in range(number)]
    if len(taken) == 1 and number == 1:
        return [taken[0] + 2 * math.pi / 3]
    starts = sorted(angle % (2 * math.pi) for angle in taken)
    gaps = [(end - start) % (2 * math.pi) or 2 * math.pi for start, end in zip(starts, starts[1:] + starts[:1], strict=True)]
    shares = [0] * len(gaps)
    for _ in range(number):
        widest = max(range(len(gaps)), key=lambda place: gaps[place] / (shares[place] + 1))
        shares[widest] += 1
    return [
        start + gap * (step + 1) / (share + 1)
        for start, gap, share in zip(starts, gaps, shares, strict=True)
        for step in range(share)
    ]
