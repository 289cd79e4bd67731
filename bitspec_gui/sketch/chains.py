"""Chains drawn by one drag."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.edits import Place, draw_bond
from bitspec_gui.sketch.geometry import ahead, direction, turn

Point = tuple[float, float]

_STEP = 15.0
_HALF_TURN = 30.0
_ADVANCE = math.cos(math.radians(_HALF_TURN))
MOST_BONDS = 200


def chain_points(start: Point, end: Point, first_direction: float | None = None) -> list[Point]:
    """Places of the atoms of a zigzag chain that is dragged from ``start`` to ``end``, without the start.

    Bonds of length 1 stand at 120 degrees to each other, and the chain as a whole at a multiple of 15 degrees; it has as many
    bonds as bring it nearest to the end, at least one. The first bond leaves upwards, or on that side which is nearer to
    ``first_direction`` (degrees), as `geometry.best_direction` tells it for a chain that goes on.
    """
    axis = round(direction(*start, *end) / _STEP) * _STEP
    if first_direction is None:
        first_direction = 90.0
    sides = sorted((_HALF_TURN, -_HALF_TURN), key=lambda side: turn(axis + side, first_direction))
    count = min(MOST_BONDS, max(1, round(math.dist(start, end) / _ADVANCE)))
    points = [start]
    for place in range(count):
        points.append(ahead(*points[-1], axis + sides[place % 2]))
    return points[1:]


def add_chain(sketch: Sketch, start: Place, points: Sequence[Point]) -> tuple[Sketch, int]:
    """Draw a chain of carbons from an atom or a place through points; returns the sketch and the id of the last atom.

    Points on atoms join these. Bonds that are there stay as they are.

    Raises
    ------
    ValueError
        If there is no point.
    """
    if not points:
        raise ValueError("a chain needs a point to go to")
    sketch, last = _lengthened(sketch, start, points[0])
    for point in points[1:]:
        sketch, last = _lengthened(sketch, last, point)
    return sketch, last


def _lengthened(sketch: Sketch, start: Place, end: Point) -> tuple[Sketch, int]:
    drawn, last = draw_bond(sketch, start, end)
    kept = drawn.bonds.keys() == sketch.bonds.keys()
    return (sketch if kept else drawn), last
