"""The scores that bounds are known for, each prepared for a query: weighted cosine, and entropy similarity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.spectra.search.bound_columns import query_columns
from bitspec_gui.spectra.search.coding import TABLE_SIZE, intensity_table, weighted_cosine_tables
from bitspec_gui.spectra.search.library_index import LibraryIndex
from bitspec_gui.spectra.similarity import weighted

if TYPE_CHECKING:
    from bitspec_gui.spectra.search.pruning import Found

Limits = NDArray[np.float32]
Factors = NDArray[np.float32]
Blocks = NDArray[np.int64]


class BoundedScore(Protocol):
    """A score with bounds, for one query."""

    def limits(self, index: LibraryIndex, factors: Factors) -> Limits:
        """What a spectrum of each block can score at most, (B,); 0 where none scores. Factors (0,) multiply nothing."""
        ...

    def score(
        self, index: LibraryIndex, factors: Factors, blocks: Blocks, limits: Limits, place: int, found: Found, count: int
    ) -> tuple[int, int]:
        """Score what can be among the best in ``blocks[place:]``; see `spectra.search.pruning.score_blocks`."""
        ...


class WeightedCosine:
    """Weighted cosine with a query (1000,)."""

    def __init__(self, query: NDArray[np.float32]) -> None:
        vector = weighted(query, 1, 0.5)
        self._vector = vector / np.linalg.norm(vector)
        self._by_bin, self._by_code = weighted_cosine_tables()
        self._times_mz = np.zeros(TABLE_SIZE, dtype=np.float32)
        self._times_mz[: query.size] = self._vector * self._by_bin[: query.size]

    def limits(self, index: LibraryIndex, factors: Factors) -> Limits:
        """See `BoundedScore`."""
        from bitspec_gui.spectra.search.pruning import limit_blocks, multiply_limits

        limits = np.empty(index.scale.size, dtype=np.float32)
        limit_blocks(index.bounds, index.scale, index.block_error, *query_columns(index.columns, self._vector), limits)
        multiply_limits(limits, factors)
        return limits

    def score(
        self, index: LibraryIndex, factors: Factors, blocks: Blocks, limits: Limits, place: int, found: Found, count: int
    ) -> tuple[int, int]:
        """See `BoundedScore`."""
        from bitspec_gui.spectra.search.pruning import score_blocks
        from bitspec_gui.spectra.search.vectors import CodedVectors

        vectors = CodedVectors(index.words, index.offsets, self._by_bin, self._by_code, index.inverse)
        return score_blocks(vectors, index.block_error, self._times_mz, factors, blocks, limits, place, found, count)


class EntropySimilarity:
    """Entropy similarity with a query (1000,).

    It is at most the sum, over the common peaks, of the root of the product of both shares, as half the entropy (in bits) of
    p and 1 - p is at most the root of p (1 - p) (Lin, doi:10.1109/18.61115). The root of a share is the part of the unit
    vector that bounds are kept of, divided by m/z and times the root of the mean square m/z of the spectrum
    (`LibraryIndex.spread`).
    """

    def __init__(self, query: NDArray[np.float32]) -> None:
        linear = query.astype(np.float64)
        self._share = np.zeros(TABLE_SIZE)
        self._share[: query.size] = linear / linear.sum()
        self._log_share = np.log(np.where(self._share > 0, self._share, 1.0))
        self._by_code = intensity_table()

    def limits(self, index: LibraryIndex, factors: Factors) -> Limits:
        """See `BoundedScore`."""
        from bitspec_gui.spectra.search.entropy_pruning import add_slack
        from bitspec_gui.spectra.search.pruning import limit_blocks, multiply_limits

        size = index.columns.size
        vector = np.sqrt(self._share[:size]) / np.arange(1, size + 1)
        limits = np.empty(index.scale.size, dtype=np.float32)
        none = np.zeros_like(index.block_error)
        limit_blocks(index.bounds, index.scale * index.spread, none, *query_columns(index.columns, vector), limits)
        add_slack(limits, index.entropy_distance)
        multiply_limits(limits, factors)
        return limits

    def score(
        self, index: LibraryIndex, factors: Factors, blocks: Blocks, limits: Limits, place: int, found: Found, count: int
    ) -> tuple[int, int]:
        """See `BoundedScore`."""
        from bitspec_gui.spectra.search.entropy_pruning import score_blocks_by_entropy

        tables = (self._share, self._log_share, self._by_code, index.entropy_distance)
        return score_blocks_by_entropy(index.words, index.offsets, *tables, factors, blocks, limits, place, found, count)
