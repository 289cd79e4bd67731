"""Candidates by the scores that have no bounds: every spectrum is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.search import Score
from bitspec_gui.spectra.search.candidate_list import Candidates, Part, joined
from bitspec_gui.spectra.search.coding import TABLE_SIZE, intensity_table
from bitspec_gui.spectra.search.library_index import LibraryIndex
from bitspec_gui.spectra.similarity import weighted

Table = NDArray[np.float64]
Scan = Callable[[LibraryIndex, NDArray[np.float32], int, Table, Table], None]

_AT_ONCE = 1 << 15


def by_scan(
    indexes: Sequence[LibraryIndex],
    query: NDArray[np.float32],
    score: Score,
    k: int,
    factors: Sequence[NDArray[np.float32] | None],
    query_mass: int | None,
    cancel: CancelToken | None,
) -> Candidates:
    """As `candidates`."""
    scan = _scan_for(score, query, query_mass)
    parts = []
    lows = []
    for index, factor in zip(indexes, factors, strict=True):
        scores, slack = np.empty(index.size), np.empty(index.size)
        passing = np.zeros(0, dtype=np.float32) if factor is None else factor
        for first in range(0, index.size, _AT_ONCE):
            if cancel is not None:
                cancel.raise_if_cancelled()
            some = slice(first, first + _AT_ONCE)
            scan(index, passing, first, scores[some], slack[some])
        places = np.flatnonzero(scores > 0)
        scale = 1.0 if factor is None else factor[places].astype(np.float64)
        scored, within = scale * scores[places], scale * slack[places]
        parts.append(Part(index, factor, places, scored, scored + within))
        lows.append(scored - within)
    low = np.concatenate(lows) if lows else np.zeros(0)
    return joined(parts, -np.inf if low.size <= k else float(np.partition(low, low.size - k)[low.size - k]))


def _scan_for(score: Score, query: NDArray[np.float32], query_mass: int | None) -> Scan:
    """What scores and their slack, from spectrum `first` of an index on; see `spectra.search.scanning`."""
    from bitspec_gui.spectra.search import scanning

    linear = query.astype(np.float64)
    unit_query = _table(_unit(weighted(query, 1, 0.5)))
    by_code = intensity_table()
    root_by_code = np.sqrt(by_code)

    between_zeros = np.concatenate([np.zeros(TABLE_SIZE), _table(linear), np.zeros(TABLE_SIZE)])

    def cosine(index: LibraryIndex, factors: NDArray[np.float32], first: int, scores: Table, slack: Table) -> None:
        unit = _table(_unit(linear))
        scanning.scan_cosine(index.words, index.offsets, factors, first, unit, by_code, index.cosine_error, scores, slack)

    def reverse(index: LibraryIndex, factors: NDArray[np.float32], first: int, scores: Table, slack: Table) -> None:
        error = index.block_error.reshape(-1)
        scanning.scan_reverse(index.words, index.offsets, factors, first, unit_query, root_by_code, error, scores, slack)

    def composite(index: LibraryIndex, factors: NDArray[np.float32], first: int, scores: Table, slack: Table) -> None:
        root, peaks, error = _table(np.sqrt(linear)), int(np.count_nonzero(query)), index.block_error.reshape(-1)
        scanning.scan_composite(
            index.words, index.offsets, factors, first, unit_query, root, peaks, root_by_code, error, scores, slack
        )

    def hybrid(index: LibraryIndex, factors: NDArray[np.float32], first: int, scores: Table, slack: Table) -> None:
        scanning.scan_hybrid(
            index.words,
            index.offsets,
            factors,
            first,
            between_zeros,
            unit_query,
            index.masses,
            query_mass or 0,
            by_code,
            scores,
            slack,
        )

    scans = {
        Score.COSINE: cosine,
        Score.REVERSE: reverse,
        Score.COMPOSITE: composite,
        Score.HYBRID: hybrid,
    }
    return scans[score]


def _unit(vector: Table) -> Table:
    unit: Table = vector / np.linalg.norm(vector)
    return unit


def _table(values: Table) -> Table:
    """Values by bin (1000,) as a table (1024,)."""
    table = np.zeros(TABLE_SIZE)
    table[: values.size] = values
    return table
