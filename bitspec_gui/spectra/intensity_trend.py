"""How measured intensities differ from predicted ones along m/z: what an instrument does to spectra, seen without training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FAINT = 0.01
"""Peaks below this share of the base peak, measured or predicted, say little about intensities."""

FEWEST_COMPOUNDS = 5
FEWEST_PEAKS = 3

Bins = NDArray[np.float32]


@dataclass(frozen=True)
class Trend:
    """Exponent k of ``measured / predicted ~ (m/z)^k``, and its standard error over compounds."""

    exponent: float
    error: float

    @property
    def clear(self) -> bool:
        """Whether it is large enough to matter and three standard errors from none."""
        return abs(self.exponent) >= 0.25 and abs(self.exponent) > 3 * self.error


def intensity_trend(measured: Sequence[Bins], predicted: Sequence[Bins], lowest: Sequence[int]) -> Trend | None:
    """Trend over compounds, by least squares on log intensity ratios of common peaks, each compound with a constant of its own.

    Parameters
    ----------
    measured, predicted : sequences of (1000,) float32
        Unit-mass bins 1..1000, the largest scaled to 1.
    lowest : sequence of int
        Unit m/z from which on each is compared.

    Returns
    -------
    Trend or None
        None for fewer than 5 compounds with common peaks. Peaks weigh with the geometric mean of their intensities; the
        standard error takes compounds as drawn at random (cluster-robust).
    """
    sums = [found for each in zip(measured, predicted, lowest, strict=True) if (found := _of_one(*each)) is not None]
    if len(sums) < FEWEST_COMPOUNDS:
        return None
    products, squares = np.array(sums).T
    exponent = float(products.sum() / squares.sum())
    error = float(np.sqrt(((products - exponent * squares) ** 2).sum()) / squares.sum())
    return Trend(exponent, error * np.sqrt(len(sums) / (len(sums) - 1)))


def _of_one(measured: Bins, predicted: Bins, lowest: int) -> tuple[float, float] | None:
    """Weighted sums of x r and x x, with x = log m/z and r = log(measured / predicted), both centred."""
    common = np.flatnonzero((measured >= FAINT) & (predicted >= FAINT))
    common = common[common + 1 >= lowest]
    if common.size < FEWEST_PEAKS:
        return None
    own, other = measured[common].astype(np.float64), predicted[common].astype(np.float64)
    weights = np.sqrt(own * other)
    weights /= weights.sum()
    x, ratio = np.log(common + 1.0), np.log(own / other)
    x -= weights @ x
    ratio -= weights @ ratio
    square = float(weights @ x**2)
    return (float(weights @ (x * ratio)), square) if square > 0 else None
