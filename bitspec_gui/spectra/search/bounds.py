"""Upper bounds on what the spectra of a block can score, made when an index is built.

A block is `BLOCK` neighbouring spectra. For each column (see `spectra.search.bound_columns`) and block the largest part of a unit
vector is kept in one byte, rounded up, on the block's own scale.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.spectra.search.bound_columns import COLUMNS, OWN, SHARED
from bitspec_gui.spectra.search.coding import BIN_MASK, BLOCK, CODE_BITS, CODE_MASK
from bitspec_gui.spectra.search.kernels import compiled
from bitspec_gui.spectra.search.vectors import CodedVectors, Table

_UP = np.float32(1.0001)
"""More than single precision can make a bound too low by."""


@compiled
def fill_bounds(
    vectors: CodedVectors,
    columns: NDArray[np.uint16],
    first: int,
    last: int,
    bounds: NDArray[np.uint8],
    scale: Table,
    spread: Table,
) -> None:
    """Fill in, for the blocks ``first:last``, `bounds` (COLUMNS, B), what a byte is worth in each, `scale` (B,), and `spread`.

    The vectors are in the order of the index; `spread` (B,) is that of `LibraryIndex`, zeros before.
    """
    largest = np.empty(COLUMNS, dtype=np.float32)
    shared = np.zeros(SHARED, dtype=np.float32)
    for block in range(first, last):
        largest[:] = 0
        for spectrum in range(block * BLOCK, min(block * BLOCK + BLOCK, vectors.inverse.size)):
            _widen(vectors, spectrum, columns, shared, largest)
            spread[block] = max(spread[block], _mean_square_mz(vectors, spectrum))
        spread[block] = np.sqrt(spread[block]) * _UP
        worth = largest.max() * _UP / np.float32(255)
        scale[block] = worth
        for column in range(COLUMNS):
            bounds[column, block] = np.uint8(min(255, np.ceil(largest[column] / worth))) if worth > 0 else np.uint8(0)


@compiled
def _widen(vectors: CodedVectors, spectrum: int, columns: NDArray[np.uint16], shared: Table, largest: Table) -> None:
    """Raise `largest` (COLUMNS,) to what one spectrum has in each column; `shared` (SHARED,) is zeros, before and after."""
    at = np.int64(0)
    for place in range(vectors.offsets[spectrum], vectors.offsets[spectrum + 1]):
        word = np.int64(vectors.words[place])
        at += word >> CODE_BITS
        value = vectors.by_bin[at & BIN_MASK] * vectors.by_code[word & CODE_MASK] * vectors.inverse[spectrum]
        column = columns[at & BIN_MASK]
        if column < OWN:
            largest[column] = max(largest[column], value)
        else:
            shared[column - OWN] += value * value
    for column in range(SHARED):
        if shared[column] > 0:
            largest[OWN + column] = max(largest[OWN + column], np.sqrt(shared[column]))
            shared[column] = 0


@compiled
def _mean_square_mz(vectors: CodedVectors, spectrum: int) -> float:
    """Of a spectrum's peaks, weighted by intensity; 0 if it has none."""
    summed, squares = 0.0, 0.0
    at = np.int64(0)
    for place in range(vectors.offsets[spectrum], vectors.offsets[spectrum + 1]):
        word = np.int64(vectors.words[place])
        at += word >> CODE_BITS
        intensity = np.float64(vectors.by_code[word & CODE_MASK]) ** 2
        summed += intensity
        squares += np.float64(vectors.by_bin[at & BIN_MASK]) ** 2 * intensity
    return squares / summed if summed > 0 else 0.0
