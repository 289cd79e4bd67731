"""Weighted cosine by bounds, compiled: only blocks of spectra that can hold one of the best are scored.

Scores are exact for coded spectra; ``high`` is what the spectrum itself can score at most. Factors are (D,), or (0,) for none.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.spectra.search.coding import BLOCK, ROUNDING
from bitspec_gui.spectra.search.kernels import compiled
from bitspec_gui.spectra.search.vectors import CodedVectors, Table, dot_product

_TILE = 4096


class Found(NamedTuple):
    """Room for spectra found: ``best`` (k,) is a heap of what the best score at least; the others are (N,), one a spectrum."""

    best: Table
    spectrum: NDArray[np.int64]
    score: Table
    high: Table


@compiled
def limit_blocks(
    bounds: NDArray[np.uint8], scale: Table, error: Table, columns: NDArray[np.int64], lengths: Table, limits: Table
) -> None:
    """Fill `limits` (B,) with what a spectrum of each block can score at most; 0 where none has a peak of the query.

    `columns` and `lengths` (C,) are the parts of a query's vector in columns of the bounds.
    """
    limits[:] = 0
    # Tiles stay in the nearest cache while one column after the other is added.
    for start in range(0, limits.size, _TILE):
        tile = limits[start : start + _TILE]
        for each in range(columns.size):
            row = bounds[columns[each], start : start + _TILE]
            length = lengths[each]
            for block in range(tile.size):
                tile[block] += length * row[block]
    for block in range(limits.size):
        if limits[block] > 0:
            limits[block] = limits[block] * scale[block] + error[block] + np.float32(ROUNDING)


@compiled
def multiply_limits(limits: Table, factors: Table) -> None:
    """Multiply the limit of each block by the largest factor of its spectra."""
    if factors.size > 0:
        for block in range(limits.size):
            limits[block] *= factors[block * BLOCK : block * BLOCK + BLOCK].max()


@compiled
def score_blocks(
    vectors: CodedVectors,
    error: Table,
    weighted: Table,
    factors: Table,
    blocks: NDArray[np.int64],
    limits: Table,
    place: int,
    found: Found,
    count: int,
) -> tuple[int, int]:
    """Score those of ``blocks[place:]`` that may hold one of the best; `count` spectra were found before.

    `weighted` (1024,) is the query's unit vector times m/z.

    Returns
    -------
    place, count : int
        Where to go on when `found` has room again, ``blocks.size`` at the end, and how many were found.
    """
    while place < blocks.size and found.spectrum.size - count >= BLOCK:
        block = blocks[place]
        place += 1
        if limits[block] < found.best[0]:
            continue
        slack = error[block] + np.float32(ROUNDING)
        for spectrum in range(block * BLOCK, min(block * BLOCK + BLOCK, vectors.inverse.size)):
            factor = factors[spectrum] if factors.size > 0 else np.float32(1)
            if factor > 0:
                score = dot_product(vectors, spectrum, weighted)
                count = keep(found, count, spectrum, score, slack, factor)
    return place, count


@compiled
def keep(found: Found, count: int, spectrum: int, score: np.floating, slack: np.floating, factor: np.float32) -> int:
    """Add a spectrum to those `found` if it may be among the best; returns how many there are then."""
    high = factor * (score + slack)
    if score <= 0 or high < found.best[0]:
        return count
    found.spectrum[count] = spectrum
    found.score[count] = factor * score
    found.high[count] = high
    low = np.float32(factor * (score - slack))
    if low > found.best[0]:
        _replace_least(found.best, low)
    return count + 1


@compiled
def _replace_least(heap: Table, value: np.float32) -> None:
    """Put `value` in the place of the least of a heap."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= heap.size:
            break
        if child + 1 < heap.size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = value
