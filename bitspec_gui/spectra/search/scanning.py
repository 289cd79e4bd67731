"""Scores that look at every spectrum of a library, compiled.

Each function fills `score` and `slack` (N,) float64 for the N spectra from `first` on: a coded spectrum scores `score`, the
spectrum itself differs by `slack` at most. Where ``factors`` (D,) is 0 a spectrum is passed over and scores 0; factors (0,) pass
none over. Tables by bin and by code are (1024,) float64.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.spectra.binning import BINS
from bitspec_gui.spectra.search.coding import (
    BIN_MASK,
    CODE_BITS,
    CODE_MASK,
    FAINT_CODE,
    FAINTEST,
    LOG_STEP,
    ROUNDING,
    TABLE_SIZE,
)
from bitspec_gui.spectra.search.kernels import compiled

Words = NDArray[np.uint16]
Offsets = NDArray[np.int64]
Table = NDArray[np.float64]
Factors = NDArray[np.float32]

_ROOT_SLACK = float(np.exp(LOG_STEP / 4) - 1)
"""By how much of itself the square root of a coded intensity can be wrong."""

_RATIO_SLACK = float(np.exp(LOG_STEP / 2) - 1)
"""The same for a ratio of two square roots."""


@compiled
def scan_cosine(
    words: Words,
    offsets: Offsets,
    factors: Factors,
    first: int,
    unit_query: Table,
    by_code: Table,
    error: float,
    score: Table,
    slack: Table,
) -> None:
    """Cosine of linear intensities; `unit_query` is the query at length 1, `error` that of coding."""
    for each in range(score.size):
        score[each], slack[each] = 0.0, error + ROUNDING
        if factors.size > 0 and factors[first + each] <= 0:
            continue
        dot, squares = 0.0, 0.0
        at = np.int64(0)
        for place in range(offsets[first + each], offsets[first + each + 1]):
            word = np.int64(words[place])
            at += word >> CODE_BITS
            intensity = by_code[word & CODE_MASK]
            dot += unit_query[at & BIN_MASK] * intensity
            squares += intensity * intensity
        if dot > 0:
            score[each] = dot / np.sqrt(squares)


@compiled
def scan_reverse(
    words: Words,
    offsets: Offsets,
    factors: Factors,
    first: int,
    unit_query: Table,
    root_by_code: Table,
    block_error: NDArray[np.float32],
    score: Table,
    slack: Table,
) -> None:
    """Reverse weighted cosine; `unit_query` is the query as m/z^1 I^0.5, `block_error` (blocks of 8,) that of coding."""
    for each in range(score.size):
        score[each], slack[each] = 0.0, block_error[(first + each) // 8] + ROUNDING
        if factors.size > 0 and factors[first + each] <= 0:
            continue
        dot, ours, theirs = 0.0, 0.0, 0.0
        at = np.int64(0)
        for place in range(offsets[first + each], offsets[first + each + 1]):
            word = np.int64(words[place])
            at += word >> CODE_BITS
            value = (at + 1) * root_by_code[word & CODE_MASK]
            if value > 0:
                query = unit_query[at & BIN_MASK]
                dot += query * value
                ours += query * query
                theirs += value * value
        if dot > 0:
            score[each] = dot / np.sqrt(ours * theirs)


@compiled
def scan_composite(
    words: Words,
    offsets: Offsets,
    factors: Factors,
    first: int,
    unit_query: Table,
    root_query: Table,
    peaks: int,
    root_by_code: Table,
    block_error: NDArray[np.float32],
    score: Table,
    slack: Table,
) -> None:
    """Composite; `unit_query` is the query as m/z^1 I^0.5 at length 1, `root_query` as I^0.5, `peaks` how many it has."""
    for each in range(score.size):
        score[each], slack[each] = 0.0, 0.0
        if factors.size > 0 and factors[first + each] <= 0:
            continue
        dot, theirs = 0.0, 0.0
        ratios, weights, doubtful, pairs = 0.0, 0.0, 0.0, 0
        our_last, their_last, code_last = 0.0, 0.0, np.int64(0)
        at = np.int64(0)
        for place in range(offsets[first + each], offsets[first + each + 1]):
            word = np.int64(words[place])
            at += word >> CODE_BITS
            code = word & CODE_MASK
            root = root_by_code[code]
            theirs += (at + 1.0) * (at + 1.0) * root * root
            ours = root_query[at & BIN_MASK]
            if ours > 0 and code > 0:
                dot += unit_query[at & BIN_MASK] * (at + 1) * root
                if our_last > 0:
                    one, other = root * our_last, ours * their_last
                    pairs += 1
                    weights += at + 1
                    ratios += (at + 1) * min(one, other) / max(one, other)
                    if code == FAINT_CODE or code_last == FAINT_CODE:
                        doubtful += at + 1
                our_last, their_last, code_last = ours, root, code
        if dot > 0:
            cosine = dot / np.sqrt(theirs)
            ratio = ratios / weights if pairs > 0 else 0.0
            score[each] = (peaks * cosine * cosine + pairs * ratio) / (peaks + pairs)
            error = block_error[(first + each) // 8] + ROUNDING
            ratio_slack = ratio * _RATIO_SLACK + doubtful / weights if pairs > 0 else 0.0
            slack[each] = (peaks * error * (2 * cosine + error) + pairs * ratio_slack) / (peaks + pairs) + ROUNDING


@compiled
def scan_hybrid(
    words: Words,
    offsets: Offsets,
    factors: Factors,
    first: int,
    query: Table,
    unit_query: Table,
    masses: NDArray[np.int16],
    query_mass: int,
    by_code: Table,
    score: Table,
    slack: Table,
) -> None:
    """Hybrid search. Masses are in Da, 0 = unknown.

    `query` (3072,) is the query's bins between 1024 zeros on either side, `unit_query` the query as m/z^1 I^0.5 at length 1.
    """
    placed = np.zeros(TABLE_SIZE)
    targets = np.empty(TABLE_SIZE, dtype=np.int64)
    for each in range(score.size):
        score[each], slack[each] = 0.0, 0.0
        if factors.size > 0 and factors[first + each] <= 0:
            continue
        mass = np.int64(masses[first + each])
        shift = query_mass - mass if mass > 0 and abs(query_mass - mass) < BINS else 0
        theirs, faint, matched = 0.0, 0.0, 0
        at = np.int64(0)
        for place in range(offsets[first + each], offsets[first + each + 1]):
            word = np.int64(words[place])
            at += word >> CODE_BITS
            intensity = by_code[word & CODE_MASK]
            home = (at & BIN_MASK) + TABLE_SIZE
            target = (home + shift if query[home + shift] > query[home] else home) - TABLE_SIZE
            square = (target + 1.0) * (target + 1.0)
            theirs += square * intensity
            if query[target + TABLE_SIZE] > 0:
                if placed[target] == 0:
                    targets[matched] = target
                    matched += 1
                placed[target] += intensity
            if (word & CODE_MASK) == FAINT_CODE:
                faint += square * FAINTEST
        dot = 0.0
        for target in targets[:matched]:
            dot += unit_query[target] * (target + 1) * np.sqrt(placed[target])
            placed[target] = 0.0
        if dot > 0:
            score[each] = dot / np.sqrt(theirs)
            slack[each] = 1.01 * (_ROOT_SLACK + np.sqrt(faint / theirs)) + ROUNDING


@compiled
def codes_between(words: Words, offsets: Offsets, wanted: int, least: int, most: int, passing: NDArray[np.bool_]) -> None:
    """Set `passing` (D,) to False where the code in bin `wanted`, 0 if it has no peak, is not ``least..most``."""
    for spectrum in range(passing.size):
        if not passing[spectrum]:
            continue
        found = np.int64(0)
        at = np.int64(0)
        for place in range(offsets[spectrum], offsets[spectrum + 1]):
            word = np.int64(words[place])
            at += word >> CODE_BITS
            if at >= wanted and (word & CODE_MASK) > 0:
                if at == wanted:
                    found = word & CODE_MASK
                break
        passing[spectrum] = least <= found <= most
