"""Candidates by scores that bounds are known for: most spectra are never looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.spectra.search.bounded_scores import BoundedScore
from bitspec_gui.spectra.search.candidate_list import Candidates, Part, joined
from bitspec_gui.spectra.search.library_index import LibraryIndex

_ROOM = 1 << 14
_FIRST_BLOCKS = 512


def by_bounds(
    indexes: Sequence[LibraryIndex],
    score: BoundedScore,
    k: int,
    factors: Sequence[NDArray[np.float32] | None],
    cancel: CancelToken | None,
) -> Candidates:
    """As `candidates`; one threshold holds for all libraries."""
    best = np.full(k, -np.inf, dtype=np.float32)
    searches = [_LibrarySearch(index, score, factor, best) for index, factor in zip(indexes, factors, strict=True)]
    # The blocks that promise most give the threshold, in all libraries; the others are gone through as they lie in memory.
    for search in searches:
        search.score(search.promising(max(_FIRST_BLOCKS, k)), cancel)
    for search in searches:
        search.score(search.remaining(), cancel)
    return joined([search.part() for search in searches], float(best[0]))


class _LibrarySearch:
    """A search of one library; `best` (k,) is a heap that all libraries share."""

    def __init__(
        self, index: LibraryIndex, score: BoundedScore, factors: NDArray[np.float32] | None, best: NDArray[np.float32]
    ) -> None:
        from bitspec_gui.spectra.search.pruning import Found

        self._index = index
        self._score = score
        self._given = factors
        self._factors = np.zeros(0, dtype=np.float32) if factors is None else factors
        self._limits = score.limits(index, self._factors)
        self._found = Found(best, np.empty(_ROOM, dtype=np.int64), *np.empty((2, _ROOM), dtype=np.float32))
        self._count = 0
        self._scored_from = np.inf

    def promising(self, number: int) -> NDArray[np.int64]:
        """Blocks with the highest limits, `number` of them or a few more, ascending."""
        limits = self._limits
        number = min(number, limits.size)
        self._scored_from = float(np.partition(limits, limits.size - number)[limits.size - number]) if number else np.inf
        return np.flatnonzero((limits >= self._scored_from) & (limits > 0))

    def remaining(self) -> NDArray[np.int64]:
        """Blocks that were not `promising` but can hold one of the best all the same, ascending."""
        limits = self._limits
        return np.flatnonzero((limits < self._scored_from) & (limits >= self._found.best[0]) & (limits > 0))

    def score(self, blocks: NDArray[np.int64], cancel: CancelToken | None) -> None:
        """Score what in these blocks can be one of the best."""
        place = 0
        while place < blocks.size:
            if cancel is not None:
                cancel.raise_if_cancelled()
            some = blocks[: place + _ROOM]
            place, self._count = self._score.score(
                self._index, self._factors, some, self._limits, place, self._found, self._count
            )
            if place < some.size:
                self._make_room()

    def part(self) -> Part:
        """What was found."""
        found, count = self._found, self._count
        return Part(self._index, self._given, found.spectrum[:count], found.score[:count], found.high[:count])

    def _make_room(self) -> None:
        """Forget spectra that can no longer be among the best; if most of them can, take more room."""
        found = self._found
        kept = np.flatnonzero(found.high[: self._count] >= found.best[0])
        room = found.spectrum.size * (2 if 2 * kept.size > found.spectrum.size else 1)
        larger = found._replace(spectrum=np.empty(room, dtype=np.int64), score=np.empty(room, dtype=np.float32))
        larger = larger._replace(high=np.empty(room, dtype=np.float32))
        for one, other in ((larger.spectrum, found.spectrum), (larger.score, found.score), (larger.high, found.high)):
            one[: kept.size] = other[kept]
        self._found = larger
        self._count = int(kept.size)
