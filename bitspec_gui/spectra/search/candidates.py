"""Library spectra that can be among the best for a query, and the best themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.search import Score
from bitspec_gui.spectra.search.bounded_scores import EntropySimilarity, WeightedCosine
from bitspec_gui.spectra.search.brute_force import float_scores
from bitspec_gui.spectra.search.by_bounds import by_bounds
from bitspec_gui.spectra.search.by_scan import by_scan
from bitspec_gui.spectra.search.candidate_list import Candidates, joined
from bitspec_gui.spectra.search.library_index import LibraryIndex

Bins = NDArray[np.float32]
Factors = Sequence[NDArray[np.float32] | None]


def candidates(
    indexes: Sequence[LibraryIndex],
    query: Bins,
    score: Score,
    k: int,
    *,
    factors: Factors | None = None,
    query_mass: int | None = None,
    cancel: CancelToken | None = None,
) -> Candidates:
    """Every spectrum that can be among the `k` best for a query, and a few more; those that score 0 never are.

    Whoever scores the candidates anew with their true spectra has the exact `k` best of all libraries.

    Parameters
    ----------
    indexes : sequence of LibraryIndex
        The libraries to search.
    query : (1000,) float32
        Unit-mass bins.
    score : Score
        Any but `Score.COMBINED`. `Score.WEIGHTED_COSINE` is quickest, `Score.ENTROPY` next; the others look at every spectrum.
    factors : sequence, optional
        For each index None, or (D,) float32 in 0..1 that multiply the scores; 0 keeps a spectrum out.
    query_mass : int, optional
        Nominal molecular mass of the query in Da, for `Score.HYBRID`; None or 0 = unknown, and where a mass is unknown
        nothing is shifted.

    Raises
    ------
    Cancelled
        On the user's wish.
    ValueError
        If the score is the combined one, or factors are not as many as spectra.
    """
    if score is Score.COMBINED:
        raise ValueError("A combined score ranks candidates; it finds none.")
    each_factor = _usable(factors, indexes)
    if k < 1 or not query.any():
        return joined([], 0.0)
    if score is Score.WEIGHTED_COSINE or (score is Score.HYBRID and not query_mass):
        return by_bounds(indexes, WeightedCosine(query), k, each_factor, cancel)
    if score is Score.ENTROPY:
        return by_bounds(indexes, EntropySimilarity(query), k, each_factor, cancel)
    return by_scan(indexes, query, score, k, each_factor, query_mass, cancel)


def exact_top(
    indexes: Sequence[LibraryIndex],
    query: Bins,
    score: Score,
    k: int,
    fetch: Callable[[NDArray[np.int64]], Bins],
    *,
    factors: Factors | None = None,
    query_mass: int | None = None,
    cancel: CancelToken | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Entry ids and scores of the `k` best, (K,) each, K <= k; of equal scores the smaller id comes first.

    `fetch` gives the bins (N, 1000) of entries by id; the rest is as in `candidates`.
    """
    found = candidates(indexes, query, score, k, factors=factors, query_mass=query_mass, cancel=cancel)
    scores = found.factor * float_scores(score, query, fetch(found.entry_id), found.mass, query_mass)
    best = np.lexsort((found.entry_id, -scores))
    best = best[scores[best] > 0][:k]
    return found.entry_id[best], scores[best]


def _usable(factors: Factors | None, indexes: Sequence[LibraryIndex]) -> Factors:
    """Factors as compiled code takes them, which trusts their sizes."""
    given = [None] * len(indexes) if factors is None else factors
    for each, index in zip(given, indexes, strict=True):
        if each is not None and each.shape != (index.size,):
            raise ValueError(f"{each.shape} factors were given for {index.size} spectra.")
    return [None if each is None else np.ascontiguousarray(each, dtype=np.float32) for each in given]
