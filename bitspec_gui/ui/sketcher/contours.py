"""One smooth line around a part of a drawing. No Qt."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.ui.sketcher.shapes import Box, Drawing, Point

REACH = 0.43
"""How far from its atoms and bonds the line runs, in bond lengths."""
LABEL_REACH = 0.16
"""How far from the letters of labels."""

_STEP = 0.1
"""Width of the squares in which the line is looked for, in bond lengths."""
_SHARPNESS = 14.0
"""How closely the line follows corners, per bond length: it is led round within about ``1 / _SHARPNESS``."""
_MOST_SQUARES = 250_000
"""A huge drawing gets wider squares rather than more of them."""

Floats = NDArray[np.float64]
Contour = list[Point]
"""A closed line, its first point not repeated at its end."""
Corner = tuple[int, int, int]
"""An edge of a square: row and column of the point where it begins, and 0 if it runs across, 1 if upwards."""


def contours_around(sketch: Sketch, drawing: Drawing, atoms: Collection[int]) -> list[Contour]:
    """Closed lines around some atoms with their labels and the bonds between them, in bond lengths.

    Parameters
    ----------
    sketch : Sketch
    drawing : Drawing
        What is drawn of the sketch.
    atoms : collection of int
        Ids of atoms; those that are not in the sketch are passed over.

    Returns
    -------
    list of list of (float, float)
        One line around each connected part, and one within a ring only if an atom that
        is none of `atoms` lies in it.
    """
    kept = frozenset(atoms) & sketch.atoms.keys()
    if not kept:
        return []
    xs, ys = _grid(sketch, drawing, kept)
    field = _field(sketch, drawing, kept, xs, ys)
    others = [(atom.x, atom.y) for key, atom in sketch.atoms.items() if key not in kept]
    lines = _level_lines(field, xs, ys)
    return [line for line in lines if _turns_left(line) or any(_is_within(line, other) for other in others)]


def _grid(sketch: Sketch, drawing: Drawing, kept: Collection[int]) -> tuple[Floats, Floats]:
    """Places of the columns and rows of points at which the field is worked out; the outermost lie well outside."""
    box = _box_of(sketch, drawing, next(iter(kept)))
    for atom in kept:
        box = box.united(_box_of(sketch, drawing, atom))
    wide = box.grown(REACH + 4 / _SHARPNESS)
    width, height = wide.right - wide.left, wide.top - wide.bottom
    step = max(_STEP, math.sqrt(width * height / _MOST_SQUARES))
    return np.arange(wide.left, wide.right + step, step), np.arange(wide.bottom, wide.top + step, step)


def _box_of(sketch: Sketch, drawing: Drawing, atom: int) -> Box:
    label, here = drawing.label_of.get(atom), sketch.atoms[atom]
    spot = Box(here.x, here.y, here.x, here.y)
    return spot if label is None else spot.united(label.box)


def _field(sketch: Sketch, drawing: Drawing, kept: Collection[int], xs: Floats, ys: Floats) -> Floats:
    """Distance from the line at each point, (rows, columns): negative within.

    It is the smooth minimum of the distances from all bonds, atoms and labels, so that the line has no corners.
    """
    closeness = np.zeros((len(ys), len(xs)))
    bonds = [bond for bond in sketch.bonds.values() if bond.begin in kept and bond.end in kept]
    bonded = {end for bond in bonds for end in (bond.begin, bond.end)}
    ends = [(sketch.atoms[bond.begin], sketch.atoms[bond.end]) for bond in bonds]
    ends += [(sketch.atoms[atom], sketch.atoms[atom]) for atom in kept if atom not in bonded]
    for begin, end in ends:
        box = Box(min(begin.x, end.x), min(begin.y, end.y), max(begin.x, end.x), max(begin.y, end.y))
        rows, columns = _near(box, xs, ys)
        off_x, off_y = xs[columns] - begin.x, (ys[rows] - begin.y)[:, None]
        along_x, along_y = end.x - begin.x, end.y - begin.y
        square = along_x**2 + along_y**2
        part = np.clip((off_x * along_x + off_y * along_y) / square, 0.0, 1.0) if square else 0.0
        closeness[rows, columns] += np.exp(-_SHARPNESS * (np.hypot(off_x - part * along_x, off_y - part * along_y) - REACH))
    for atom in kept:
        label = drawing.label_of.get(atom)
        for box in label.boxes if label is not None else ():
            rows, columns = _near(box, xs, ys)
            off_x = np.maximum(0.0, np.maximum(box.left - xs[columns], xs[columns] - box.right))
            off_y = np.maximum(0.0, np.maximum(box.bottom - ys[rows], ys[rows] - box.top))[:, None]
            closeness[rows, columns] += np.exp(-_SHARPNESS * (np.hypot(off_x, off_y) - LABEL_REACH))
    return np.asarray(-np.log(np.maximum(closeness, 1e-9)) / _SHARPNESS)


def _near(box: Box, xs: Floats, ys: Floats) -> tuple[slice, slice]:
    """Rows and columns where something in the box makes any difference."""
    wide = box.grown(REACH + 8 / _SHARPNESS)
    first_row, last_row = np.searchsorted(ys, [wide.bottom, wide.top])
    first_column, last_column = np.searchsorted(xs, [wide.left, wide.right])
    return slice(int(first_row), int(last_row)), slice(int(first_column), int(last_column))


def _level_lines(field: Floats, xs: Floats, ys: Floats) -> list[Contour]:
    """Closed lines along which the field is 0, negative at their left (marching squares)."""
    inside = field < 0
    square = inside[:-1, :-1] + 2 * inside[:-1, 1:] + 4 * inside[1:, 1:] + 8 * inside[1:, :-1]
    following: dict[Corner, Corner] = {}
    for row, column in np.argwhere((square > 0) & (square < 15)).tolist():
        bottom, top, left, right = (row, column, 0), (row + 1, column, 0), (row, column, 1), (row, column + 1, 1)
        edges = {"b": bottom, "t": top, "l": left, "r": right}
        for way in _WAYS[int(square[row, column])]:
            following[edges[way[0]]] = edges[way[1]]
    lines = []
    while following:
        first, edge = following.popitem()
        line = [_crossing(field, xs, ys, first)]
        while edge != first:
            line.append(_crossing(field, xs, ys, edge))
            edge = following.pop(edge)
        lines.append(line)
    return lines


_WAYS = {
    1: ("bl",), 2: ("rb",), 3: ("rl",), 4: ("tr",), 5: ("bl", "tr"), 6: ("tb",), 7: ("tl",),
    8: ("lt",), 9: ("bt",), 10: ("rb", "lt"), 11: ("rt",), 12: ("lr",), 13: ("br",), 14: ("lb",),
}  # fmt: skip
"""Through which edges (bottom, top, left, right) the line comes into a square and leaves it, what is within at its left.

By the corners that are within: 1 bottom left, 2 bottom right, 4 top right, 8 top left.
"""


def _crossing(field: Floats, xs: Floats, ys: Floats, edge: Corner) -> Point:
    """Where the field is 0 on the edge of a square."""
    row, column, upwards = edge
    to_row, to_column = (row + 1, column) if upwards else (row, column + 1)
    here, there = field[row, column], field[to_row, to_column]
    share = float(here / (here - there))
    return (
        float(xs[column]) + share * float(xs[to_column] - xs[column]),
        float(ys[row]) + share * float(ys[to_row] - ys[row]),
    )


def _turns_left(line: Contour) -> bool:
    """Whether a closed line goes round counter-clockwise: it is the outer border of what lies at its left."""
    edges = zip(line, [*line[1:], line[0]], strict=True)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in edges) > 0


def _is_within(line: Contour, point: Point) -> bool:
    x, y = point
    crossed = False
    for (x0, y0), (x1, y1) in zip(line, [*line[1:], line[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            crossed = not crossed
    return crossed
