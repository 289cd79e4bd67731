"""Entropy similarity by bounds, compiled. Tables by bin and by code are (1024,) float64."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.spectra.search.coding import BIN_MASK, BLOCK, CODE_BITS, CODE_MASK, LOG_STEP, TOP_CODE
from bitspec_gui.spectra.search.kernels import compiled
from bitspec_gui.spectra.search.pruning import Found, keep

Words = NDArray[np.uint16]
Offsets = NDArray[np.int64]
Table = NDArray[np.float64]

_LN_2 = float(np.log(2))
_SINGLE = 1e-6
"""More than keeping scores in single precision makes them wrong by."""


@compiled
def add_slack(limits: NDArray[np.float32], distance: float) -> None:
    """Widen limits of coded spectra to those of the spectra themselves; where they are 0 they stay so."""
    for block in range(limits.size):
        if limits[block] > 0:
            # Near 1 the slack falls faster than the score rises, by twice the square of the distance in all.
            limits[block] += _slack(limits[block], distance) + 2 * distance * distance / _LN_2


@compiled
def score_blocks_by_entropy(
    words: Words,
    offsets: Offsets,
    share: Table,
    log_share: Table,
    by_code: Table,
    distance: float,
    factors: NDArray[np.float32],
    blocks: NDArray[np.int64],
    limits: NDArray[np.float32],
    place: int,
    found: Found,
    count: int,
) -> tuple[int, int]:
    """As `spectra.search.pruning.score_blocks`; `share` is the query at sum 1, with its logarithms.

    ``distance`` is `LibraryIndex.entropy_distance`. The square root of the divergence is a metric (Endres and Schindelin,
    doi:10.1109/TIT.2003.813506), so that of a spectrum differs from that of its code by no more.
    """
    while place < blocks.size and found.spectrum.size - count >= BLOCK:
        block = blocks[place]
        place += 1
        if limits[block] < found.best[0]:
            continue
        for spectrum in range(block * BLOCK, min(block * BLOCK + BLOCK, offsets.size - 1)):
            factor = factors[spectrum] if factors.size > 0 else np.float32(1)
            if factor > 0:
                score = _entropy_similarity(words, offsets[spectrum], offsets[spectrum + 1], share, log_share, by_code)
                count = keep(found, count, spectrum, score, _slack(score, distance), factor)
    return place, count


@compiled
def _entropy_similarity(words: Words, start: int, end: int, share: Table, log_share: Table, by_code: Table) -> np.float64:
    """Of a coded spectrum, above 0 if there is a common peak."""
    total = 0.0
    for place in range(start, end):
        total += by_code[np.int64(words[place]) & CODE_MASK]
    if total <= 0:
        return np.float64(0)
    log_of_code_0 = -np.log(total) - LOG_STEP * TOP_CODE
    summed = 0.0
    common = False
    at = np.int64(0)
    for place in range(start, end):
        word = np.int64(words[place])
        at += word >> CODE_BITS
        code = word & CODE_MASK
        ours = share[at & BIN_MASK]
        if ours > 0 and code > 0:
            common = True
            theirs = by_code[code] / total
            both = np.log(ours + theirs)
            summed += ours * (both - log_share[at & BIN_MASK]) + theirs * (both - log_of_code_0 - LOG_STEP * code)
    return np.float64(max(summed / (2 * _LN_2), 1e-9) if common else 0.0)


@compiled
def _slack(score: np.floating, distance: float) -> np.float64:
    """By how much a spectrum can differ from its code, which scores `score`."""
    divergence = max(0.0, float(1 - score)) * _LN_2
    return np.float64(distance * (2 * np.sqrt(divergence) + distance) / _LN_2 + _SINGLE)
