"""The small rings of a sketch."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from itertools import combinations

from bitspec_gui.domain.sketch import Sketch

LARGEST_RING = 8


def small_rings(sketch: Sketch, largest: int = LARGEST_RING) -> tuple[tuple[int, ...], ...]:
    """Rings of at most `largest` atoms that no bond cuts across, each as the ids of its atoms in order around it."""
    neighbours = _ring_skeleton(sketch)
    found: dict[frozenset[int], tuple[int, ...]] = {}
    known: set[tuple[int, int, int]] = set()
    for atom, around in neighbours.items():
        for one, other in combinations(sorted(around), 2):
            if (one, atom, other) in known:
                continue
            way = _way(neighbours, one, other, atom, largest - 2)
            if way is None:
                continue
            ring = (atom, *way)
            for place, middle in enumerate(ring):
                a, b = sorted((ring[place - 1], ring[(place + 1) % len(ring)]))
                known.add((a, middle, b))
            if not _is_cut(neighbours, ring):
                found.setdefault(frozenset(ring), ring)
    return tuple(found.values())


def _ring_skeleton(sketch: Sketch) -> dict[int, set[int]]:
    """Neighbours of the atoms that are left when all ends of chains are taken away again and again."""
    neighbours = {atom: set(sketch.neighbours(atom)) for atom in sketch.atoms}
    ends = [atom for atom, around in neighbours.items() if len(around) < 2]
    while ends:
        atom = ends.pop()
        for other in neighbours.pop(atom, ()):
            neighbours[other].discard(atom)
            if len(neighbours[other]) == 1:
                ends.append(other)
    return neighbours


def _way(neighbours: Mapping[int, set[int]], start: int, end: int, around: int, longest: int) -> tuple[int, ...] | None:
    """The shortest way of at most `longest` bonds from one atom to another that avoids the atom `around`."""
    before: dict[int, int] = {start: start, around: around}
    front = deque([(start, 0)])
    while front:
        atom, length = front.popleft()
        if length == longest:
            continue
        for other in neighbours[atom]:
            if other in before:
                continue
            before[other] = atom
            if other == end:
                way = [end]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return tuple(reversed(way))
            front.append((other, length + 1))
    return None


def _is_cut(neighbours: Mapping[int, set[int]], ring: tuple[int, ...]) -> bool:
    """Whether a bond joins two atoms of the ring that do not follow each other."""
    members = set(ring)
    return any(len(neighbours[atom] & members) > 2 for atom in ring)
