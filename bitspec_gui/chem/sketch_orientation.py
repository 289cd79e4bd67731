"""Which way up a structure is drawn: as the old drawing was, or as textbooks do it."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Geometry import Point3D

FloatArray = NDArray[np.float64]

STEP = math.pi / 6
"""Layouts have their bonds at multiples of 30 degrees, and are turned by such multiples."""

_STEROID = "[#6]1~[#6]~[#6]~[#6]~[#6]2~[#6]~[#6]~[#6]3~[#6](~[#6]~1~2)~[#6]~[#6]~[#6]1~[#6]~3~[#6]~[#6]~[#6]~1"
"""C1 to C17, in this order."""

_WITH_OXYGEN = "[CX4;$(C[OX2])]"
_ANOMERIC = "[CX4;$(C([OX2])[OX2,NX3,n,SX2])]"
_PYRANOSE = f"[OX2;r6]1{_ANOMERIC}[CX4]{_WITH_OXYGEN}{_WITH_OXYGEN}[CX4]1"
_FURANOSE = f"[OX2;r5]1{_ANOMERIC}[CX4]{_WITH_OXYGEN}[CX4]1"
"""The ring oxygen, then C1 and on."""


def _corners(x: float, y: float, radius: float, *degrees: float) -> list[tuple[float, float]]:
    return [(x + radius * math.cos(math.radians(each)), y + radius * math.sin(math.radians(each))) for each in degrees]


@lru_cache(maxsize=1)
def _usual() -> tuple[tuple[Chem.Mol, FloatArray], ...]:
    """Skeletons with the places, in bond lengths, that their atoms have in textbooks: steroids with ring A at the lower left."""
    root = math.sqrt(3)
    ring_a = _corners(0, 0, 1, 90, 150, 210, 270, 330)
    ring_b = _corners(root, 0, 1, 270, 330, 30, 90, 150)
    ring_c = _corners(1.5 * root, 1.5, 1, 150, 90, 30, 330)
    ring_d = [(2 * root + 0.95, 0.69), (2 * root + 1.54, 1.5), (2 * root + 0.95, 2.31)]
    pentagon = 1 / (2 * math.sin(math.pi / 5))
    found = (
        (_STEROID, [*ring_a, *ring_b, *ring_c, *ring_d]),
        (_PYRANOSE, _corners(0, 0, 1, 30, 330, 270, 210, 150, 90)),
        (_FURANOSE, _corners(0, 0, pentagon, 90, 18, 306, 234, 162)),
    )
    return tuple((Chem.MolFromSmarts(pattern), np.array(places)) for pattern, places in found)


def turn_as_usual(drawn: Chem.Mol, unit: float) -> None:
    """Turn, and mirror if need be, the layout of a molecule that has a skeleton with a customary orientation; `unit` is its bond.

    Mirroring on paper changes no molecule as long as wedges are drawn afterwards.
    """
    places = drawn.GetConformer().GetPositions()[:, :2] / unit
    for skeleton, goal in _usual():
        match = drawn.GetSubstructMatch(skeleton)
        if not match:
            continue
        old = places.copy()
        old[list(match)] = goal
        weights = np.zeros(len(places))
        weights[list(match)] = 1.0
        for atom, (x, y) in enumerate(turned_onto(places, old, weights, STEP) * unit):
            drawn.GetConformer().SetAtomPosition(atom, Point3D(float(x), float(y), 0.0))
        return


def turned_onto(new: FloatArray, old: FloatArray, weights: FloatArray, step: float = 0.0) -> FloatArray:
    """Places (N, 2) of a layout turned, mirrored and moved as a whole to lie as near to the old ones as may be.

    Mirroring on paper changes no molecule here, since wedges are drawn afterwards. Kabsch's rotation in two dimensions,
    doi:10.1107/S0567739476001873; with `step` the angle is a multiple of it (rad).
    """
    share = weights / weights.sum()
    goal = old - share @ old
    best, least = new, math.inf
    for mirrored in (new, new * np.array([-1.0, 1.0])):
        centred = mirrored - share @ mirrored
        dot = float((share[:, None] * centred * goal).sum())
        cross = float((share * (centred[:, 0] * goal[:, 1] - centred[:, 1] * goal[:, 0])).sum())
        angle = math.atan2(cross, dot)
        if step:
            angle = step * round(angle / step)
        turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        turned = centred @ turn
        distance = float((share * ((turned - goal) ** 2).sum(axis=1)).sum())
        # A mirror image has to be better, not only as good.
        if distance < least - 1e-6:
            best, least = turned + share @ old, distance
    return best
