"""Where an arrow key leads from an atom or bond of a drawing."""

from __future__ import annotations

import math

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.picking import Picked

Point = tuple[float, float]

NEIGHBOUR_CONE = math.radians(75)
"""How far a bond may turn from the direction of the arrow and still be followed."""
LEAP_CONE = math.radians(50)
"""The same for a leap to an atom that is not bonded."""


def place_of(sketch: Sketch, picked: Picked) -> Point | None:
    """Where an atom or the middle of a bond is; None for nothing, or for what is not there."""
    if picked.atom is not None and picked.atom in sketch.atoms:
        atom = sketch.atoms[picked.atom]
        return atom.x, atom.y
    if picked.bond is not None and picked.bond in sketch.bonds:
        one, other = (sketch.atoms[end] for end in (sketch.bonds[picked.bond].begin, sketch.bonds[picked.bond].end))
        return (one.x + other.x) / 2, (one.y + other.y) / 2
    return None


def ahead_of(sketch: Sketch, start: Picked, way: Point) -> Picked:
    """The atom that lies in the direction `way` of an atom or bond: a neighbour if one does, else the nearest; else the start."""
    here = place_of(sketch, start)
    if here is None:
        return Picked(atom=next(iter(sketch.atoms))) if sketch else Picked()
    if start.bond is not None:
        bond = sketch.bonds[start.bond]
        return Picked(atom=min((bond.begin, bond.end), key=lambda end: _off(sketch, here, end, way)))
    if start.atom is None:
        return start
    neighbours = [(_off(sketch, here, other, way), other) for other in sketch.neighbours(start.atom)]
    near = [found for found in neighbours if found[0] <= NEIGHBOUR_CONE]
    if near:
        return Picked(atom=min(near)[1])
    others = [(_off(sketch, here, other, way), other) for other in sketch.atoms if other != start.atom]
    leaps = [(_far(sketch, here, other) * (1 + off), other) for off, other in others if off <= LEAP_CONE]
    return Picked(atom=min(leaps)[1]) if leaps else start


def bond_ahead(sketch: Sketch, start: Picked, way: Point) -> Picked:
    """The bond of an atom that points most in the direction `way`; the start if the atom has none there."""
    here = place_of(sketch, start)
    if here is None or start.atom is None:
        return start
    bonds = [(_off(sketch, here, sketch.bonds[key].other(start.atom), way), key) for key in sketch.bonds_of[start.atom]]
    near = [found for found in bonds if found[0] <= math.pi / 2]
    return Picked(bond=min(near)[1]) if near else start


def _off(sketch: Sketch, here: Point, atom: int, way: Point) -> float:
    """Angle in radians between the way to an atom and the direction wanted."""
    dx, dy = sketch.atoms[atom].x - here[0], sketch.atoms[atom].y - here[1]
    return abs(math.remainder(math.atan2(dy, dx) - math.atan2(way[1], way[0]), math.tau))


def _far(sketch: Sketch, here: Point, atom: int) -> float:
    return math.dist(here, (sketch.atoms[atom].x, sketch.atoms[atom].y))
