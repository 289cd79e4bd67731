"""Choosing reactive sites: which of them can bear a group at the same time, and all the ways to choose a number of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """A site as choices see it.

    ``places`` are what it takes up, and no two chosen sites share one. Sites of the same ``stack`` (the hydrogens of one
    nitrogen) are alike: they are taken in their order, so that none is chosen before the ones that stand before it.
    """

    places: frozenset[tuple[int, int]]
    stack: int | None = None


def choices(sites: Sequence[Site], count: int) -> Iterator[tuple[int, ...]]:
    """All ways to choose `count` sites that can be there at once, as ascending places in `sites`, in lexical order.

    Raises
    ------
    ValueError
        If `count` is negative.
    """
    if count < 0:
        raise ValueError(f"count must not be negative, not {count}")
    before = _before(sites)
    conflicts = _conflicts(sites)
    # What can still be had from the place on, whatever was chosen before it: a bound that cuts off hopeless branches.
    from_here = [_largest(range(start, len(sites)), conflicts) for start in range(len(sites))] + [0]

    def extended(chosen: tuple[int, ...], taken: frozenset[int], start: int) -> Iterator[tuple[int, ...]]:
        missing = count - len(chosen)
        if not missing:
            yield chosen
            return
        for place in range(start, len(sites)):
            if from_here[place] < missing:
                return
            first = before[place]
            if conflicts[place] & taken or (first is not None and first not in taken):
                continue
            yield from extended((*chosen, place), taken | {place}, place + 1)

    yield from extended((), frozenset(), 0)


def largest_choice(sites: Sequence[Site]) -> int:
    """How many of the sites can be there at once."""
    return _largest(range(len(sites)), _conflicts(sites))


def _before(sites: Sequence[Site]) -> list[int | None]:
    """The site of the same stack that stands before each, None for the first of a stack."""
    last: dict[int, int] = {}
    before: list[int | None] = []
    for place, site in enumerate(sites):
        before.append(last.get(site.stack) if site.stack is not None else None)
        if site.stack is not None:
            last[site.stack] = place
    return before


def _conflicts(sites: Sequence[Site]) -> list[frozenset[int]]:
    """For each site, those that share a place with it."""
    owners: dict[tuple[int, int], set[int]] = {}
    for index, site in enumerate(sites):
        for place in site.places:
            owners.setdefault(place, set()).add(index)
    return [
        frozenset(other for place in site.places for other in owners[place] if other != index) for index, site in enumerate(sites)
    ]


def _largest(members: Sequence[int], conflicts: Sequence[frozenset[int]]) -> int:
    """Size of the largest choice among `members`, one group of conflicting sites after the other; such groups are small."""
    left, total = set(members), 0
    while left:
        group, edge = set(), {left.pop()}
        while edge:
            one = edge.pop()
            group.add(one)
            edge |= (conflicts[one] & left) - group
        left -= group
        total += _independent(frozenset(group), conflicts)
    return total


def _independent(group: frozenset[int], conflicts: Sequence[frozenset[int]]) -> int:
    """Size of the largest set of sites of which no two conflict."""
    crowded = max(group, key=lambda one: len(conflicts[one] & group), default=None)
    if crowded is None or not conflicts[crowded] & group:
        return len(group)
    rest = group - {crowded}
    return max(_independent(rest, conflicts), 1 + _independent(rest - conflicts[crowded], conflicts))
