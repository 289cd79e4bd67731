"""Places for the atoms of a group that is attached to a drawing: rings regular, chains zigzag, nothing on top of each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product

from bitspec_gui.domain.sketch import Sketch, SketchAtom
from bitspec_gui.sketch.cycles import small_rings
from bitspec_gui.sketch.edits import add_bond
from bitspec_gui.sketch.geometry import ahead, best_direction, bond_angles, crowding
from bitspec_gui.sketch.rings import corners, corners_around, radius
from bitspec_gui.sketch.transforms import rotated

Point = tuple[float, float]

_TOO_NEAR = 0.55
_TRIED_TURNS = 4
_TRIED_BENDS = (0.0, 15.0, -15.0, 30.0, -30.0, 45.0, -45.0)


def grown_from(sketch: Sketch, atom: int, group: Sketch) -> Sketch:
    """Make an atom the first atom of a group, and let the rest of the group grow out of it.

    The atom keeps its place and its bonds. If the group comes too near to something, other turns of its chains are tried, and
    the roomiest one is taken; if that does not help, it is bent at its first atom.

    Parameters
    ----------
    sketch
        The drawing.
    atom
        Id of the atom that becomes the group's first one.
    group
        The group, as `notation.read` gives it: its places are not used.
    """
    way = _Planting(sketch, atom, group, ())
    best = way.drawn()
    nearness = _nearness(best, way.fresh)
    if nearness:
        tried = [_Planting(sketch, atom, group, turns) for turns in product((False, True), repeat=min(way.asked, _TRIED_TURNS))]
        best, nearness = _roomiest((each.drawn(), each.fresh) for each in tried)
    if nearness:
        fresh = tuple(best.atoms.keys() - sketch.atoms.keys())
        pivot = sketch.atoms[atom].x, sketch.atoms[atom].y
        best, _ = _roomiest((rotated(best, fresh, angle, pivot), fresh) for angle in _TRIED_BENDS)
    return best


def _roomiest(drawings: Iterable[tuple[Sketch, Sequence[int]]]) -> tuple[Sketch, float]:
    """The first of the drawings of which the new atoms come least near to others, and how near they come."""
    best: tuple[Sketch, float] | None = None
    for drawn, fresh in drawings:
        nearness = _nearness(drawn, fresh)
        if best is None or nearness < best[1]:
            best = drawn, nearness
        if nearness == 0.0:
            break
    if best is None:
        raise ValueError("there is no drawing to choose from")
    return best


def _nearness(sketch: Sketch, fresh: Sequence[int]) -> float:
    """By how much new atoms come too near to others, summed up."""
    total = 0.0
    new = set(fresh)
    for key in fresh:
        here = sketch.atoms[key]
        for other, there in sketch.atoms.items():
            if other != key and (other not in new or other > key):
                total += max(0.0, _TOO_NEAR - math.dist((here.x, here.y), (there.x, there.y)))
    return round(total, 6)


class _Planting:
    """One way to lay a group out; ``turns`` says at which forks of a chain the other side is taken."""

    def __init__(self, sketch: Sketch, atom: int, group: Sketch, turns: Sequence[bool]) -> None:
        self.fresh: list[int] = []
        self.asked = 0
        self._turns = turns
        self._group = group
        self._rings = small_rings(group)
        first = min(group.atoms)
        at = sketch.atoms[atom]
        self._ids = {first: atom}
        self._sketch = replace(sketch, atoms={**sketch.atoms, atom: replace(group.atoms[first], x=at.x, y=at.y)})
        self._first = first

    def drawn(self) -> Sketch:
        """The sketch with the group in it."""
        waiting = [self._first]
        while waiting:
            waiting += self._surrounded(waiting.pop(0))
        for bond in self._group.bonds.values():
            self._bond(bond.begin, bond.end)
        return self._sketch

    def _surrounded(self, here: int) -> list[int]:
        """Place the neighbours of an atom, with the rings that they are in; tells which atoms were placed."""
        placed: list[int] = []
        for ring in self._rings:
            if here in ring and any(atom not in self._ids for atom in ring):
                placed += self._place_ring(ring, here)
        branches = [atom for atom in self._group.neighbours(here) if atom not in self._ids]
        for atom, angle in zip(branches, self._angles(here, branches), strict=True):
            corner = self._sketch.atoms[self._ids[here]]
            self._place(atom, ahead(corner.x, corner.y, angle))
            self._bond(here, atom)
        return placed + branches

    def _place_ring(self, ring: Sequence[int], here: int) -> list[int]:
        """Draw a ring from an atom of it, on a bond of it that is drawn already if there is one."""
        size, start = len(ring), ring.index(here)
        around = [*ring[start:], *ring[:start]]
        if around[1] not in self._ids and around[-1] in self._ids:
            around = [around[0], *reversed(around[1:])]
        corner = self._sketch.atoms[self._ids[here]]
        if around[1] in self._ids:
            places = self._roomier(size, corner, self._sketch.atoms[self._ids[around[1]]])
        else:
            taken = bond_angles(self._sketch, self._ids[here])
            angle = 90.0 if not taken else best_direction(self._sketch, self._ids[here]) if len(taken) > 1 else taken[0] + 180.0
            places = corners_around(size, ahead(corner.x, corner.y, angle, radius(size)), angle + 180.0)
        placed = [atom for atom in around if atom not in self._ids]
        for atom, place in zip(around, places, strict=True):
            if atom not in self._ids:
                self._place(atom, place)
        for one, other in zip(around, [*around[1:], around[0]], strict=True):
            self._bond(one, other)
        return placed

    def _roomier(self, size: int, one: SketchAtom, other: SketchAtom) -> list[Point]:
        """Corners of a ring on an edge, on the side with fewer atoms, in the order that begins with the edge."""
        left = corners(size, (one.x, one.y), (other.x, other.y))
        right = corners(size, (other.x, other.y), (one.x, one.y))
        right = [right[1], right[0], *reversed(right[2:])]
        return min(left, right, key=lambda places: round(crowding(self._sketch, *_middle(places)), 6))

    def _angles(self, here: int, branches: Sequence[int]) -> list[float]:
        """Directions of the branches of an atom: the widest gap shared out evenly, the heaviest branch where most room is."""
        key = self._ids[here]
        if not branches:
            return []
        taken = sorted(bond_angles(self._sketch, key))
        if len(branches) == 1:
            return [self._next_in_chain(here, branches[0], taken)]
        if not taken:
            slots = [90.0 + 360.0 * place / len(branches) for place in range(len(branches))]
        else:
            gaps = [(after - before, before) for before, after in zip(taken, [*taken[1:], taken[0] + 360.0], strict=True)]
            gap, start = max(gaps, key=lambda each: (round(each[0]), -each[1]))
            slots = [start + gap * (place + 1) / (len(branches) + 1) for place in range(len(branches))]
        roomy = sorted(slots, key=lambda angle: (self._steepness(taken, angle), self._crowding(key, angle)))
        if len(roomy) == 2 and self._is_turned():
            roomy.reverse()
        heavy = sorted(range(len(branches)), key=lambda place: -self._weight(branches[place], here))
        angle_of = dict(zip(heavy, roomy, strict=True))
        return [angle_of[place] for place in range(len(branches))]

    def _crowding(self, key: int, angle: float) -> float:
        """How much stands a little beyond the end of a bond in this direction."""
        corner = self._sketch.atoms[key]
        return round(crowding(self._sketch, *ahead(corner.x, corner.y, angle, 1.5)), 6)

    def _steepness(self, taken: Sequence[float], angle: float) -> float:
        """With three branches from one bond, straight on comes first."""
        if len(taken) != 1:
            return 0.0
        off = abs((angle - taken[0]) % 360.0 - 180.0)
        return round(off, 3) if off < 1.0 else 2.0

    def _next_in_chain(self, here: int, branch: int, taken: Sequence[float]) -> float:
        bond = self._group.bond_between(here, branch)
        angle = best_direction(self._sketch, self._ids[here], self._group.bonds[bond].order if bond is not None else 1)
        if len(taken) == 1 and abs((angle - taken[0]) % 360.0 - 180.0) > 1.0 and self._is_turned():
            return 2 * taken[0] - angle
        return angle

    def _is_turned(self) -> bool:
        self.asked += 1
        return self.asked <= len(self._turns) and self._turns[self.asked - 1]

    def _weight(self, atom: int, away_from: int) -> int:
        """Number of atoms of the branch that begins with an atom."""
        seen, front = {away_from, atom}, [atom]
        while front:
            around = set(self._group.neighbours(front.pop())) - seen
            seen |= around
            front.extend(around)
        return len(seen)

    def _place(self, atom: int, place: Point) -> None:
        key = self._sketch.next_id
        drawn = replace(self._group.atoms[atom], x=place[0], y=place[1])
        self._sketch = replace(self._sketch, atoms={**self._sketch.atoms, key: drawn}, next_id=key + 1)
        self._ids[atom] = key
        self.fresh.append(key)

    def _bond(self, one: int, other: int) -> None:
        bond = self._group.bond_between(one, other)
        if bond is not None and one in self._ids and other in self._ids:
            order = self._group.bonds[bond].order
            if self._sketch.bond_between(self._ids[one], self._ids[other]) is None:
                self._sketch, _ = add_bond(self._sketch, self._ids[one], self._ids[other], order)


def _middle(places: Sequence[Point]) -> Point:
    return sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places)
