"""Candidates for the ranking by exact search in memory, where no index is at hand: for fitting and evaluation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.search import Score
from bitspec_gui.spectra.similarity import Bins

Floats = NDArray[np.float32]

SCORES = (Score.WEIGHTED_COSINE, Score.ENTROPY)
"""Scores that can be searched by."""


class PoolSearch:
    """Library spectra by their peaks, bin by bin.

    Parameters
    ----------
    library : (L, 1000) float32
        Unit-mass bins.
    """

    def __init__(self, library: Bins) -> None:
        self.library = library
        doc, mz = np.nonzero(library)
        order = np.argsort(mz, kind="stable")
        intensity = library[doc, mz].astype(np.float64)
        weighted = (mz + 1) * np.sqrt(intensity)
        length = np.sqrt(np.bincount(doc, weights=weighted**2, minlength=len(library)))
        total = np.bincount(doc, weights=intensity, minlength=len(library))
        self._doc = doc[order].astype(np.int32)
        self._weighted = (weighted / length[doc])[order].astype(np.float32)
        self._share = (intensity / total[doc])[order].astype(np.float32)
        self._starts = np.searchsorted(mz[order], np.arange(library.shape[1] + 1))

    def scores(self, query: Bins, score: Score) -> Floats:
        """Similarity of a query (1000,) to every library spectrum, (L,).

        Raises
        ------
        ValueError
            For a score other than those of `SCORES`.
        """
        if score not in SCORES:
            raise ValueError(f"there is no search by {score.value} here")
        used = np.flatnonzero(query)
        values = query[used].astype(np.float64)
        by_entropy = score is Score.ENTROPY
        own = values / values.sum() if by_entropy else _unit(np.asarray((used + 1) * np.sqrt(values), dtype=np.float64))
        parts = [slice(self._starts[at], self._starts[at + 1]) for at in used]
        doc = np.concatenate([self._doc[part] for part in parts]) if parts else self._doc[:0]
        theirs = np.concatenate([(self._share if by_entropy else self._weighted)[part] for part in parts]) if parts else doc
        ours = np.repeat(own, [part.stop - part.start for part in parts])
        terms = _common_entropy(ours, theirs.astype(np.float64)) if by_entropy else ours * theirs
        return np.bincount(doc, weights=terms, minlength=len(self.library)).astype(np.float32)

    def pool(
        self, query: Bins, searches: Sequence[tuple[Score, int]], allowed: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int64]:
        """Rows (K,), ascending, that are among the best of any search; only those `allowed` (L,) compete."""
        found = []
        for score, number in searches:
            values = self.scores(query, score)
            if allowed is not None:
                values = np.where(allowed, values, np.float32(-1))
            number = min(number, len(values))
            best = np.argpartition(-values, number - 1)[:number] if number else np.zeros(0, dtype=np.int64)
            found.append(best[values[best] > 0])
        return np.unique(np.concatenate(found)).astype(np.int64)


def _unit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(values / max(float(np.linalg.norm(values)), 1e-12), dtype=np.float64)


def _common_entropy(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    """Terms of entropy similarity: a peak that only one spectrum has adds nothing, so common peaks suffice."""
    both = p + q
    return np.asarray((both * np.log(both) - p * np.log(p) - q * np.log(q)) / np.log(4), dtype=np.float64)
