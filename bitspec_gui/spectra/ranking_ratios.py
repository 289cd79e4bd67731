"""How constant the ratio of common peaks of two spectra is, and what of that is an instrument's slant along m/z."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.spectra.ranking_peaks import PairedPeaks

Floats = NDArray[np.float32]

_STEEPEST = 0.01
"""Slants beyond e to the power of 0.01 a Da are not the tuning of an instrument; nothing steeper is taken away."""
_REACH_DA = 150.0
_FLAT_DA2 = 100.0
"""Added to the variance of m/z: two peaks beside each other do not make a slope."""


def ratio_features(peaks: PairedPeaks, weight: Floats) -> dict[str, Floats]:
    """Describe the ratios of common peaks, each of which counts with its `weight` (P,); that of others must be 0.

    Returns
    -------
    dict of (K,) float32
        ``ratio_spread``: weighted standard deviation of ln(library/query), on square roots; ``ratio_spread_untilted``: what a
        straight line in m/z leaves of it; ``tilt``: that line's slope, in 0.01 a Da; ``untilted``: cosine of m/z I^0.5 after the
        slope is taken away from the library spectrum; ``neighbour_ratios``: Stein and Scott's F_R
        (doi:10.1016/1044-0305(94)87009-8).
    """
    common = weight > 0
    total = np.maximum(peaks.total(weight), np.float32(1e-6))
    ratio = np.zeros_like(weight)
    ratio[common] = np.log(peaks.library[common] / peaks.query[common])
    centre, middle = peaks.total(weight * ratio) / total, peaks.total(weight * peaks.mz) / total
    off = np.where(common, ratio - centre[peaks.row], np.float32(0))
    away = np.asarray(peaks.mz - middle[peaks.row], dtype=np.float32)
    pulled = weight * away
    tilt = peaks.total(pulled * off) / total / (peaks.total(pulled * away) / total + np.float32(_FLAT_DA2))
    left = np.asarray(off - tilt[peaks.row] * away, dtype=np.float32)
    slope = np.clip(tilt, -_STEEPEST, _STEEPEST)[peaks.row]
    levelled = peaks.library * np.exp(-slope * np.clip(away, -_REACH_DA, _REACH_DA)) * peaks.mz
    mz = np.arange(1, len(peaks.roots) + 1, dtype=np.float32)
    return {
        "ratio_spread": np.sqrt(peaks.total(weight * off * off) / total),
        "ratio_spread_untilted": np.sqrt(peaks.total(weight * left * left) / total),
        "tilt": np.abs(tilt) * 100,
        "untilted": peaks.cosine(peaks.roots * mz, peaks.query * peaks.mz, levelled),
        "neighbour_ratios": _neighbour_ratios(peaks, common),
    }


def _neighbour_ratios(peaks: PairedPeaks, common: NDArray[np.bool_]) -> Floats:
    """Mean over pairs of neighbouring common peaks of ``min(r, 1/r)``, each by the m/z of its heavier peak; 0 without a pair."""
    row, mz, q, lib = peaks.row[common], peaks.mz[common], peaks.query[common], peaks.library[common]
    pair = row[1:] == row[:-1]
    one, other = (lib[1:] * q[:-1])[pair], (q[1:] * lib[:-1])[pair]
    weight, at = mz[1:][pair], row[1:][pair]
    count = peaks.candidates
    summed = np.bincount(at, weights=weight * np.minimum(one, other) / np.maximum(one, other), minlength=count)
    weights = np.bincount(at, weights=weight, minlength=count)
    return np.divide(summed, weights, out=np.zeros(count), where=weights > 0).astype(np.float32)
