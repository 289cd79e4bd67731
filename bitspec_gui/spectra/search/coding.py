"""Peaks in 16 bits: the step from the bin before (6 bits) and the intensity on a logarithmic scale (10 bits).

A library spectrum is a row of such words by ascending m/z. A step that does not fit is preceded by words without a peak (code 0)
that only step on. Codes 1..1023 are intensities from 1e-6 of the base peak to the base peak itself, 1.36 % apart, so that a coded
peak is wrong by 0.68 % of itself at most, and its square root by 0.34 %; smaller peaks have code 1. No peak is dropped: which
peaks two spectra have in common is exact.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.spectra.binning import BINS

TOP_CODE = 1023
"""Code of the base peak."""

FAINT_CODE = 1
"""Code of the faintest peak that is coded rightly, and of all fainter ones."""

FAINTEST = 1e-6
"""Intensity of `FAINT_CODE`, the base peak being 1."""

LOG_STEP = -math.log(FAINTEST) / (TOP_CODE - FAINT_CODE)
"""Difference of the logarithms of neighbouring intensities."""

ROUNDING = 1e-4
"""More than single precision makes a score wrong by: a thousand terms at 6e-8 each."""

BLOCK = 8
"""Neighbouring spectra that share bounds."""

CODE_BITS = 10
CODE_MASK = (1 << CODE_BITS) - 1
BIN_MASK = 1023
"""Bins are taken modulo 1024, so that no damaged word leads out of a table."""

TABLE_SIZE = BIN_MASK + 1
_LONGEST_STEP = 63


def intensity_table() -> NDArray[np.float64]:
    """Intensity of each code, (1024,) float64; 0 for code 0."""
    table: NDArray[np.float64] = np.exp(LOG_STEP * (np.arange(TOP_CODE + 1) - TOP_CODE))
    table[0] = 0.0
    return table


def weighted_cosine_tables() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Factor of a peak's bin and of its code, (1024,) each, in the vector m/z^1 I^0.5."""
    by_bin = np.zeros(TABLE_SIZE, dtype=np.float32)
    by_bin[:BINS] = np.arange(1, BINS + 1)
    return by_bin, np.sqrt(intensity_table()).astype(np.float32)


def codes_of(intensity: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Nearest codes of intensities (P,) in 0..1, none of which is 0."""
    steps = np.log(intensity.astype(np.float64)) / LOG_STEP
    codes: NDArray[np.uint16] = np.clip(np.rint(steps) + TOP_CODE, FAINT_CODE, TOP_CODE).astype(np.uint16)
    return codes


def words_of(
    bins: NDArray[np.int64], codes: NDArray[np.uint16], counts: NDArray[np.int64]
) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """Words of many spectra.

    Parameters
    ----------
    bins, codes : (P,)
        Bin (0..999, ascending in each spectrum) and code of each peak, spectrum after spectrum.
    counts : (D,) int64
        Peaks of each spectrum.

    Returns
    -------
    words : (W,) uint16
    lengths : (D,) int64
        Words of each spectrum.
    """
    steps = np.diff(bins, prepend=0)
    starts = np.cumsum(counts) - counts
    first = starts[counts > 0]
    steps[first] = bins[first]
    fillers = np.maximum(steps - 1, 0) // _LONGEST_STEP
    places = np.arange(bins.size) + np.cumsum(fillers)
    words = np.full(bins.size + int(fillers.sum()), _LONGEST_STEP << CODE_BITS, dtype=np.uint16)
    words[places] = ((steps - _LONGEST_STEP * fillers) << CODE_BITS | codes).astype(np.uint16)
    extra = np.concatenate([[0], np.cumsum(fillers)])
    ends = starts + counts
    return words, counts + extra[ends] - extra[starts]
