"""Names that someone may have meant who mistyped one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from bitspec_gui.services.name_column import NameColumn

LEAST_LENGTH = 4
"""Shorter names are near to too many others."""

MOST_OCCURRENCES = 2000
"""Of a part of a name that is looked at: "methyl" is in every third name."""


def near_names(column: NameColumn, key: bytes) -> Iterator[tuple[int, int, str]]:
    """Names that are a slip or two away from a folded name.

    A name with at most n slips has one of n + 1 parts of the other unharmed, so that only names with such a part, near its place,
    are compared. A slip is a letter too many, missing, wrong, or two swapped (F. J. Damerau, 1964, doi:10.1145/363958.363994).

    Yields
    ------
    tuple
        Number of slips, row and spelling; for each part the rows in order.
    """
    if len(key) < LEAST_LENGTH:
        return
    most = 1 if len(key) < 6 else 2
    seen: set[int] = set()
    for offset, part in _parts(key, most + 1):
        for begin, end in column.places(part, MOST_OCCURRENCES):
            if begin in seen or abs(end - begin - len(key)) > most:
                continue
            candidate = column.key(begin, end)
            if candidate.find(part, max(0, offset - most), offset + most + len(part)) < 0:
                continue
            seen.add(begin)
            slips = slips_between(key, candidate, most)
            if slips <= most:
                yield slips, *column.at(begin)


def _parts(key: bytes, count: int) -> Iterator[tuple[int, bytes]]:
    """The key cut into parts of about equal length, each with where it begins."""
    cuts = [place * len(key) // count for place in range(count + 1)]
    for begin, end in pairwise(cuts):
        yield begin, key[begin:end]


def slips_between(one: bytes, other: bytes, most: int) -> int:
    """Letters to add, leave out, replace or swap with a neighbour to make one of the other; `most` + 1 if more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, facing in enumerate(other, start=1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != facing))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == facing:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return last[-1] if last[-1] <= most else most + 1
