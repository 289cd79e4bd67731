"""The plain way to search: every score from the float spectra. What the index must agree with, and is measured against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.search import Score
from bitspec_gui.spectra.similarity import (
    composite,
    cosine,
    entropy_similarity,
    hybrid,
    reverse_weighted_cosine,
    weighted_cosine,
)

Bins = NDArray[np.float32]

_FORMULAS = {
    Score.WEIGHTED_COSINE: weighted_cosine,
    Score.COSINE: cosine,
    Score.ENTROPY: entropy_similarity,
    Score.COMPOSITE: composite,
    Score.REVERSE: reverse_weighted_cosine,
}


def float_scores(
    score: Score, query: Bins, library: Bins, masses: NDArray[np.int16], query_mass: int | None = None
) -> NDArray[np.float64]:
    """Scores (D,) of library spectra (D, 1000) for a query (1000,); `masses` (D,) in Da, 0 = unknown, for hybrid search."""
    if score is not Score.HYBRID:
        return _FORMULAS[score](query, library)
    return hybrid(query, library, mass_shifts(masses, query_mass))


def mass_shifts(masses: NDArray[np.int16], query_mass: int | None) -> NDArray[np.int64]:
    """By how many Da the query is heavier than spectra of these masses (D,); 0 where either mass is unknown (0 or None)."""
    own = masses.astype(np.int64)
    return np.where(own > 0, (query_mass or 0) - own, 0) if query_mass else np.zeros_like(own)


def brute_force_top(
    entry_ids: NDArray[np.int64],
    library: Bins,
    masses: NDArray[np.int16],
    query: Bins,
    score: Score,
    k: int,
    *,
    factors: NDArray[np.float32] | None = None,
    query_mass: int | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Entry ids and scores of the `k` best of a library (D, 1000) whose scores are above 0; see `exact_top`."""
    scores = float_scores(score, query, library, masses, query_mass)
    if factors is not None:
        scores = factors * scores
    best = np.lexsort((entry_ids, -scores))
    best = best[scores[best] > 0][:k]
    return entry_ids[best], scores[best]
