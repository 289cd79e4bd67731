"""Coded spectra as unit vectors, for compiled code. See `spectra.search.coding` for what a word is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.spectra.search.coding import BIN_MASK, CODE_BITS, CODE_MASK
from bitspec_gui.spectra.search.kernels import compiled

Table = NDArray[np.float32]


class CodedVectors(NamedTuple):
    """D spectra: spectrum d as a unit vector is ``by_bin[bin] * by_code[code] * inverse[d]``.

    ``words`` (W,) uint16 and ``offsets`` (D + 1,) int64 hold peaks and where each spectrum begins; ``by_bin`` and ``by_code`` are
    (1024,) float32, ``inverse`` (D,) float32 is 1 / length, 0 for a spectrum without a peak.
    """

    words: NDArray[np.uint16]
    offsets: NDArray[np.int64]
    by_bin: Table
    by_code: Table
    inverse: Table


@compiled
def dot_product(vectors: CodedVectors, spectrum: int, weighted: Table) -> np.float32:
    """Dot product of a spectrum with another vector, of which `weighted` (1024,) is ``by_bin`` times it."""
    words, by_code = vectors.words, vectors.by_code
    summed = np.float32(0)
    at = np.int64(0)
    for place in range(vectors.offsets[spectrum], vectors.offsets[spectrum + 1]):
        word = np.int64(words[place])
        at += word >> CODE_BITS
        summed += weighted[at & BIN_MASK] * by_code[word & CODE_MASK]
    return np.float32(summed * vectors.inverse[spectrum])


@compiled
def add_to(vectors: CodedVectors, spectrum: int, total: Table) -> None:
    """Add a spectrum to `total` (1024,)."""
    words, by_bin, by_code = vectors.words, vectors.by_bin, vectors.by_code
    at = np.int64(0)
    for place in range(vectors.offsets[spectrum], vectors.offsets[spectrum + 1]):
        word = np.int64(words[place])
        at += word >> CODE_BITS
        total[at & BIN_MASK] += by_bin[at & BIN_MASK] * by_code[word & CODE_MASK] * vectors.inverse[spectrum]


@compiled
def measure(vectors: CodedVectors, weight: NDArray[np.float64]) -> None:
    """Fill in ``vectors.inverse``, and add the squares of all unit vectors to `weight` (1024,)."""
    words, by_bin, by_code = vectors.words, vectors.by_bin, vectors.by_code
    squares = np.zeros(BIN_MASK + 1)
    for spectrum in range(vectors.inverse.size):
        start, end = vectors.offsets[spectrum], vectors.offsets[spectrum + 1]
        total = 0.0
        at = np.int64(0)
        for place in range(start, end):
            word = np.int64(words[place])
            at += word >> CODE_BITS
            value = np.float64(by_bin[at & BIN_MASK] * by_code[word & CODE_MASK])
            squares[at & BIN_MASK] = value * value
            total += value * value
        inverse = 1 / np.sqrt(total) if total > 0 else 0.0
        vectors.inverse[spectrum] = inverse
        at = np.int64(0)
        for place in range(start, end):
            at += np.int64(words[place]) >> CODE_BITS
            weight[at & BIN_MASK] += squares[at & BIN_MASK] * inverse * inverse
            squares[at & BIN_MASK] = 0.0
