"""How alike two binned spectra are. Definitions follow the evaluation protocol; every score is 0..1, 1 = the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Bins = NDArray[np.float32]
FloatArray = NDArray[np.float64]


def weighted(bins: Bins, mz_power: float, intensity_power: float) -> FloatArray:
    """Bins (..., 1000) as m/z**mz_power * I**intensity_power, float64."""
    mz = np.arange(1, bins.shape[-1] + 1, dtype=np.float64)
    scaled: FloatArray = mz**mz_power * bins.astype(np.float64) ** intensity_power
    return scaled


def _cosine(a: FloatArray, b: FloatArray) -> FloatArray:
    norm = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    dot = np.asarray((a * b).sum(axis=-1), dtype=np.float64)
    result: FloatArray = np.divide(dot, norm, out=np.zeros_like(dot), where=norm > 0)
    return result


def cosine(a: Bins, b: Bins) -> FloatArray:
    """Cosine of linear intensities; a and b are (..., 1000), the result (...)."""
    return _cosine(weighted(a, 0, 1), weighted(b, 0, 1))


def cosine_sqrt(a: Bins, b: Bins) -> FloatArray:
    """Cosine of square-root intensities."""
    return _cosine(weighted(a, 0, 0.5), weighted(b, 0, 0.5))


def weighted_cosine(a: Bins, b: Bins) -> FloatArray:
    """Cosine of m/z * I^0.5, the usual library match (Stein and Scott, doi:10.1016/1044-0305(94)87009-8)."""
    return _cosine(weighted(a, 1, 0.5), weighted(b, 1, 0.5))


def sdp(a: Bins, b: Bins) -> FloatArray:
    """Cosine of m/z^3 * I^0.6 (Stein and Scott, doi:10.1016/1044-0305(94)87009-8)."""
    return _cosine(weighted(a, 3, 0.6), weighted(b, 3, 0.6))


def _entropy_of(p: FloatArray) -> FloatArray:
    return np.asarray(-(p * np.log(np.where(p > 0, p, 1.0))).sum(axis=-1), dtype=np.float64)


def entropy_similarity(a: Bins, b: Bins) -> FloatArray:
    """1 - (2 S_ab - S_a - S_b) / ln 4 on spectra summing to 1 (Li et al., doi:10.1038/s41592-021-01331-z)."""
    p = a.astype(np.float64)
    q = b.astype(np.float64)
    p = p / np.maximum(p.sum(axis=-1, keepdims=True), 1e-300)
    q = q / np.maximum(q.sum(axis=-1, keepdims=True), 1e-300)
    distance = 2 * _entropy_of((p + q) / 2) - _entropy_of(p) - _entropy_of(q)
    return np.asarray(1 - distance / np.log(4), dtype=np.float64)


def base_peak_agrees(a: Bins, b: Bins) -> FloatArray:
    """1.0 where both have their largest bin at the same m/z."""
    return np.asarray(a.argmax(axis=-1) == b.argmax(axis=-1), dtype=np.float64)


def match_factor(a: Bins, b: Bins) -> int:
    """Match factor 0..999 as library search programs show it: 999 times the weighted cosine."""
    return round(999 * float(weighted_cosine(a, b)))


METRICS: dict[str, Callable[[Bins, Bins], FloatArray]] = {
    "cosine": cosine,
    "cosine_sqrt": cosine_sqrt,
    "weighted_cosine": weighted_cosine,
    "sdp": sdp,
    "entropy": entropy_similarity,
    "base_peak": base_peak_agrees,
}
