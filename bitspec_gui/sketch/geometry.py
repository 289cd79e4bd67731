"""Where things go on paper: snapped bonds, the direction of the next substituent, extents.

All lengths are in bond lengths, all angles in degrees, counter-clockwise from the x axis (y upwards).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from bitspec_gui.domain.sketch import Sketch

_STEP = 15.0
_FIRST_BOND = 30.0
_CROWDED = 3.0
_SAME = 6
_OCCUPIED = 0.3
_NARROWEST = (75.0, 45.0, 29.0)


def direction(x0: float, y0: float, x1: float, y1: float) -> float:
    """Angle of the line from (x0, y0) to (x1, y1), in degrees within [0, 360)."""
    return math.degrees(math.atan2(y1 - y0, x1 - x0)) % 360.0


def ahead(x: float, y: float, angle: float, length: float = 1.0) -> tuple[float, float]:
    """The point that lies ``length`` from (x, y) at ``angle`` degrees."""
    return x + length * math.cos(math.radians(angle)), y + length * math.sin(math.radians(angle))


def turn(one: float, other: float) -> float:
    """The smaller angle between two directions, in degrees within [0, 180]."""
    return abs((one - other + 180.0) % 360.0 - 180.0)


def snapped(x0: float, y0: float, x1: float, y1: float, *, free: bool = False) -> tuple[float, float]:
    """Where a bond ends that is dragged from (x0, y0) to (x1, y1).

    One bond length away at a multiple of 15 degrees; with ``free`` just where it was dragged to. A drag of no length at all goes
    to the right.
    """
    if free:
        return x1, y1
    return ahead(x0, y0, round(direction(x0, y0, x1, y1) / _STEP) * _STEP)


def best_direction(sketch: Sketch, atom: int, order: int = 1) -> float:
    """Angle (degrees) at which the next bond of an atom looks right.

    A lone atom's first bond rises at 30 degrees. A chain zigzags at 120 degrees, stretched out where it can; it goes on straight
    where an atom has a triple or two double bonds. Else the bond halves the widest gap between those that are there; of equal
    choices the one with the fewest atoms around wins. Where another atom stands there already, a bonded atom's bond goes where
    there is more room, as far as the angles allow.

    Parameters
    ----------
    sketch
        The drawing.
    atom
        Id of the atom that gets the bond.
    order
        Order of the bond that is to come.
    """
    centre = sketch.atoms[atom]
    taken = sorted(bond_angles(sketch, atom))
    if not taken:
        choices = [_FIRST_BOND]
    elif len(taken) == 1:
        choices = _next_in_chain(sketch, atom, taken[0], order)
    else:
        choices = _widest_gaps(taken)

    def awkwardness(angle: float) -> tuple[float, float, float, float]:
        return _awkwardness(sketch, atom, *ahead(centre.x, centre.y, angle), angle)

    best = min(choices, key=awkwardness)
    if taken and atom_at(sketch, *ahead(centre.x, centre.y, best), _OCCUPIED) is not None:
        return min(_elsewhere(taken), key=awkwardness, default=best)
    return best


def bond_angles(sketch: Sketch, atom: int) -> list[float]:
    """Angles (degrees) of the bonds of an atom, in the order of its bonds."""
    centre = sketch.atoms[atom]
    ends = (sketch.atoms[other] for other in sketch.neighbours(atom))
    return [direction(centre.x, centre.y, end.x, end.y) for end in ends]


def bounds(sketch: Sketch, atoms: Iterable[int] | None = None) -> tuple[float, float, float, float]:
    """Smallest x and y and largest x and y of the atoms' places (of all without ``atoms``); four zeros if there are none."""
    places = [sketch.atoms[atom] for atom in (sketch.atoms if atoms is None else atoms)]
    if not places:
        return 0.0, 0.0, 0.0, 0.0
    return min(a.x for a in places), min(a.y for a in places), max(a.x for a in places), max(a.y for a in places)


def centre(sketch: Sketch, atoms: Iterable[int] | None = None) -> tuple[float, float]:
    """The middle of `bounds`."""
    left, bottom, right, top = bounds(sketch, atoms)
    return (left + right) / 2, (bottom + top) / 2


def atom_at(sketch: Sketch, x: float, y: float, reach: float, *, besides: Iterable[int] = ()) -> int | None:
    """Id of the atom nearest to (x, y) if it is within ``reach``, passing over ``besides``; else None."""
    passed = frozenset(besides)
    near = [
        (distance, key)
        for key, atom in sketch.atoms.items()
        if key not in passed and (distance := math.hypot(atom.x - x, atom.y - y)) <= reach
    ]
    return min(near)[1] if near else None


def crowding(sketch: Sketch, x: float, y: float, *, besides: Iterable[int] = ()) -> float:
    """How closely other atoms stand around a place: the sum of 1/d^4 over those within three bond lengths (without unit)."""
    passed = frozenset(besides)
    squares = ((atom.x - x) ** 2 + (atom.y - y) ** 2 for key, atom in sketch.atoms.items() if key not in passed)
    return sum(1.0 / max(square, 1e-4) ** 2 for square in squares if square < _CROWDED**2)


def _next_in_chain(sketch: Sketch, atom: int, taken: float, order: int) -> list[float]:
    (bond,) = sketch.bonds_of[atom]
    if sketch.bonds[bond].order + order >= 4:
        return [taken + 180.0]
    return [taken + 120.0, taken - 120.0]


def _elsewhere(taken: list[float]) -> list[float]:
    """Directions in steps of 15 degrees that leave room to the bonds that are there, as much as can be."""
    steps = [taken[0] + _STEP * step for step in range(24)]
    for narrowest in _NARROWEST:
        roomy = [angle for angle in steps if all(turn(angle, other) >= narrowest for other in taken)]
        if roomy:
            return roomy
    return []


def _widest_gaps(taken: list[float]) -> list[float]:
    gaps = [(after - before, before) for before, after in zip(taken, [*taken[1:], taken[0] + 360.0], strict=True)]
    widest = max(gap for gap, _ in gaps)
    return [start + gap / 2 for gap, start in gaps if gap > widest - 1.0]


def _awkwardness(sketch: Sketch, atom: int, x: float, y: float, angle: float) -> tuple[float, float, float, float]:
    """What makes one direction worse than another: neighbours in the way, then being steep, then left, then downwards."""
    radians = math.radians(angle)
    near = crowding(sketch, x, y, besides=(atom, *sketch.neighbours(atom)))
    return (
        round(near, _SAME),
        -round(abs(math.cos(radians)), _SAME),
        -round(math.cos(radians), _SAME),
        -round(math.sin(radians), _SAME),
    )
