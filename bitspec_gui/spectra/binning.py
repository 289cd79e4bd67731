"""Unit-mass bins, on which BitSpec predicts and compares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.spectrum import Spectrum

BINS = 1000
"""Bins cover m/z 1..1000; array index i holds m/z i + 1."""

PREDICTED_BASE_PEAK = 999.0


def to_bins(spectrum: Spectrum) -> NDArray[np.float32]:
    """Intensities on unit-mass bins 1..1000, the largest scaled to 1.

    Returns
    -------
    (1000,) float32
        bin = floor(m/z + 0.5); intensities in a bin are summed; peaks outside 1..1000 are dropped. All zeros if no peak lies
        inside.
    """
    bins = np.floor(spectrum.mz + 0.5).astype(np.int64) - 1
    inside = (bins >= 0) & (bins < BINS)
    summed = np.bincount(bins[inside], weights=spectrum.intensity[inside], minlength=BINS)
    top = summed.max()
    return (summed / top if top > 0 else summed).astype(np.float32)


def from_bins(intensity: NDArray[np.float32], *, threshold: float = 0.5, scale: float = PREDICTED_BASE_PEAK) -> Spectrum:
    """Spectrum of the bins whose intensity, on a scale where the base peak is `scale`, reaches `threshold`.

    Raises
    ------
    SpectrumError
        If every bin is 0.
    """
    top = float(intensity.max())
    scaled = intensity.astype(np.float64) * (scale / top if top > 0 else 0.0)
    kept = np.flatnonzero(scaled >= threshold)
    return Spectrum(mz=(kept + 1).astype(np.float64), intensity=scaled[kept])
