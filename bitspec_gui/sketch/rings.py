"""Rings put on paper, fused on a bond, hung on an atom or grown out of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.edits import add_atom, add_bond
from bitspec_gui.sketch.geometry import ahead, atom_at, best_direction, bond_angles, crowding, direction, turn
from bitspec_gui.sketch.kekule import alternated, relieved
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.sketch.valence import implied_hydrogens

Point = tuple[float, float]

_MET = 0.25
_UP = 90.0


@dataclass(frozen=True, slots=True)
class RingTemplate:
    """A ring to draw: its size, and whether its atoms get double bonds as far as they alternate."""

    size: int
    conjugated: bool = False


RINGS: Mapping[str, RingTemplate] = MappingProxyType(
    {
        "benzene": RingTemplate(6, conjugated=True),
        "cyclopentadiene": RingTemplate(5, conjugated=True),
        **{f"ring{size}": RingTemplate(size) for size in range(3, 9)},
    }
)
"""Templates by name: ``benzene``, ``cyclopentadiene``, ``ring3`` to ``ring8``."""


def ring_at(sketch: Sketch, template: str, target: Picked | Point, angle: float | None = None, *, spiro: bool = False) -> Sketch:
    """Draw a ring.

    On paper its middle is where was clicked. On a bond it is fused, on the side with more room. On an atom without or with one
    neighbour it grows out of the atom if that has the valences for it; on any other it is attached by a new bond, or shares the
    atom with ``spiro``. Corners that fall on atoms become one with them, and double bonds alternate as far as they can.

    Parameters
    ----------
    sketch
        The drawing.
    template
        Name of a ring in `RINGS`.
    target
        The atom or bond that was met, or a place on paper.
    angle
        Where the ring points, in degrees: on paper to its first corner, from an atom to its middle, from a bond to the side that
        it lies on. Without it, where it looks right.
    spiro
        Whether the ring shares the atom in place of being attached by a bond.

    Raises
    ------
    KeyError
        If there is no such template.
    """
    ring = RINGS[template]
    if not isinstance(target, Picked):
        return _drawn(sketch, ring, _free_standing(ring.size, target, angle))
    if target.bond is not None:
        return _drawn(sketch, ring, _fused(sketch, ring.size, target.bond, angle))
    if target.atom is None:
        return sketch
    if spiro or _can_grow(sketch, ring, target.atom):
        return _drawn(sketch, ring, _grown(sketch, ring.size, target.atom, angle))
    return _attached(sketch, ring, target.atom, angle)


def corners(size: int, first: Point, second: Point) -> list[Point]:
    """Corners of a regular polygon that lies to the left of its edge from ``first`` to ``second``, which begin the list."""
    points = [first, second]
    edge, length = direction(*first, *second), math.dist(first, second)
    for _ in range(size - 2):
        edge += 360.0 / size
        points.append(ahead(*points[-1], edge, length))
    return points


def corners_around(size: int, middle: Point, first: float) -> list[Point]:
    """Corners of a regular polygon with edges of one bond length, counter-clockwise from the one at the angle ``first``."""
    return [ahead(*middle, first + 360.0 * place / size, radius(size)) for place in range(size)]


def radius(size: int) -> float:
    """Distance of the corners of a regular polygon from its middle, in edges."""
    return 0.5 / math.sin(math.pi / size)


def _free_standing(size: int, middle: Point, angle: float | None) -> list[int | Point]:
    first = angle if angle is not None else _UP + (180.0 / size if size % 4 == 0 else 0.0)
    return list(corners_around(size, middle, first))


def _fused(sketch: Sketch, size: int, bond: int, angle: float | None) -> list[int | Point]:
    drawn = sketch.bonds[bond]
    sides: list[tuple[list[int | Point], Point, float]] = []
    for first, second in ((drawn.begin, drawn.end), (drawn.end, drawn.begin)):
        one, other = sketch.atoms[first], sketch.atoms[second]
        places = corners(size, (one.x, one.y), (other.x, other.y))
        middle = (math.fsum(x for x, _ in places) / size, math.fsum(y for _, y in places) / size)
        away = direction((one.x + other.x) / 2, (one.y + other.y) / 2, *middle)
        sides.append(([first, second, *places[2:]], middle, away))
    if angle is not None:
        return min(sides, key=lambda side: turn(side[2], angle))[0]
    ends = (drawn.begin, drawn.end)
    reach = 0.9 * radius(size) * math.dist(*((sketch.atoms[end].x, sketch.atoms[end].y) for end in ends))
    return min(sides, key=lambda side: _fullness(sketch, side[1], reach, ends))[0]


def _fullness(sketch: Sketch, middle: Point, reach: float, besides: tuple[int, int]) -> tuple[int, float]:
    """How many atoms a ring would enclose, then how many are near."""
    enclosed = sum(math.dist((atom.x, atom.y), middle) < reach for key, atom in sketch.atoms.items() if key not in besides)
    return enclosed, round(crowding(sketch, *middle, besides=besides), 6)


def _can_grow(sketch: Sketch, ring: RingTemplate, atom: int) -> bool:
    return len(sketch.bonds_of[atom]) < 2 and implied_hydrogens(sketch, atom) >= (3 if ring.conjugated else 2)


def _grown(sketch: Sketch, size: int, atom: int, angle: float | None) -> list[int | Point]:
    """The ring with an atom as its first corner."""
    taken = bond_angles(sketch, atom)
    if angle is None:
        angle = _UP if not taken else taken[0] + 180.0 if len(taken) == 1 else best_direction(sketch, atom)
    corner = sketch.atoms[atom]
    middle = ahead(corner.x, corner.y, angle, radius(size))
    return [atom, *corners_around(size, middle, angle + 180.0)[1:]]


def _attached(sketch: Sketch, ring: RingTemplate, atom: int, angle: float | None) -> Sketch:
    if angle is None:
        angle = best_direction(sketch, atom)
    from_atom = sketch.atoms[atom]
    corner = ahead(from_atom.x, from_atom.y, angle)
    middle = ahead(*corner, angle, radius(ring.size))
    places: list[int | Point] = list(corners_around(ring.size, middle, angle + 180.0))
    sketch, first = _met_or_new(sketch, places[0], besides=(atom,))
    sketch, _ = add_bond(sketch, atom, first)
    return _drawn(sketch, ring, [first, *places[1:]])


def _drawn(sketch: Sketch, ring: RingTemplate, places: Sequence[int | Point]) -> Sketch:
    """The sketch with bonds around the places, which are ids of atoms or points on paper."""
    before = sketch.bonds
    corner_ids: list[int] = []
    for place in places:
        sketch, key = _met_or_new(sketch, place, besides=corner_ids)
        corner_ids.append(key)
    for one, other in zip(corner_ids, [*corner_ids[1:], corner_ids[0]], strict=True):
        if sketch.bond_between(one, other) is None:
            sketch, _ = add_bond(sketch, one, other)
    sketch = relieved(sketch, corner_ids)
    if ring.conjugated:
        sketch = alternated(sketch, corner_ids, sketch.bonds.keys() - before.keys())
    return sketch


def _met_or_new(sketch: Sketch, place: int | Point, besides: Sequence[int]) -> tuple[Sketch, int]:
    if isinstance(place, int):
        return sketch, place
    met = atom_at(sketch, *place, _MET, besides=besides)
    return add_atom(sketch, *place) if met is None else (sketch, met)
