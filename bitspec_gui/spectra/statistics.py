"""How sure a mean is, and how sure a difference between two methods on the same compounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.verdict import Interval

FloatArray = NDArray[np.float64]


def paired_bootstrap(ours: FloatArray, theirs: FloatArray, *, resamples: int = 2000, seed: int = 0) -> Interval:
    """Mean of ``ours - theirs`` over C compounds with its percentile bootstrap 95 % interval; both are (C,)."""
    difference = ours - theirs
    generator = np.random.default_rng(seed)
    picks = generator.integers(0, len(difference), size=(resamples, len(difference)))
    low, high = np.percentile(difference[picks].mean(axis=1), [2.5, 97.5])
    return Interval(float(difference.mean()), float(low), float(high))


def spearman(first: FloatArray, second: FloatArray) -> float:
    """Spearman's rank correlation of two (C,) series; equal values share the mean of their ranks. 0 if one is constant."""
    ranks = np.stack([_ranks(first), _ranks(second)])
    if (ranks.std(axis=1) == 0).any():
        return 0.0
    return float(np.asarray(np.corrcoef(ranks))[0, 1])


def _ranks(values: FloatArray) -> FloatArray:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    shared = (np.cumsum(count) - (count - 1) / 2).astype(np.float64)
    return np.take(shared, place)
