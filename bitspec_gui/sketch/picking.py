"""What of a drawing lies under the pointer, within a lasso or within a box."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bitspec_gui.domain.sketch import Sketch, SketchBond
from bitspec_gui.sketch.geometry import atom_at

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Picked:
    """The atom or the bond that was met, by its id; both None on empty paper."""

    atom: int | None = None
    bond: int | None = None

    def __bool__(self) -> bool:
        """Whether anything was met."""
        return self.atom is not None or self.bond is not None


def nearest(sketch: Sketch, x: float, y: float, reach: float = 0.32) -> Picked:
    """The atom nearest to (x, y), else the nearest bond, if within ``reach`` bond lengths: an atom wins over its bonds."""
    atom = atom_at(sketch, x, y, reach)
    if atom is not None:
        return Picked(atom=atom)
    met = [(distance, key) for key, bond in sketch.bonds.items() if (distance := _distance(sketch, bond, x, y)) <= reach]
    return Picked(bond=min(met)[1]) if met else Picked()


def within(sketch: Sketch, polygon: Sequence[Point]) -> frozenset[int]:
    """Ids of the atoms within a closed line (even-odd rule), as a lasso draws it."""
    edges = list(zip(polygon, [*polygon[1:], *polygon[:1]], strict=True))
    return frozenset(key for key, atom in sketch.atoms.items() if _inside(edges, atom.x, atom.y))


def in_box(sketch: Sketch, x0: float, y0: float, x1: float, y1: float) -> frozenset[int]:
    """Ids of the atoms within the box between two opposite corners, the border included."""
    left, right, bottom, top = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    return frozenset(key for key, atom in sketch.atoms.items() if left <= atom.x <= right and bottom <= atom.y <= top)


def bonds_within(sketch: Sketch, atoms: frozenset[int]) -> frozenset[int]:
    """Ids of the bonds of which both atoms are among these."""
    return frozenset(key for key, bond in sketch.bonds.items() if bond.begin in atoms and bond.end in atoms)


def _distance(sketch: Sketch, bond: SketchBond, x: float, y: float) -> float:
    """Distance of a point from the line of a bond, which ends at its atoms."""
    begin, end = sketch.atoms[bond.begin], sketch.atoms[bond.end]
    along_x, along_y = end.x - begin.x, end.y - begin.y
    square = along_x**2 + along_y**2
    part = ((x - begin.x) * along_x + (y - begin.y) * along_y) / square if square else 0.0
    part = min(1.0, max(0.0, part))
    return math.hypot(begin.x + part * along_x - x, begin.y + part * along_y - y)


def _inside(edges: Sequence[tuple[Point, Point]], x: float, y: float) -> bool:
    """Whether a line from the point to the right crosses the edges an odd number of times."""
    inside = False
    for (x0, y0), (x1, y1) in edges:
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            inside = not inside
    return inside
