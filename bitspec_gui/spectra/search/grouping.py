"""The order of the spectra in an index: like beside like, so that what bounds one of a block bounds the others well.

The library is halved again and again, each time between two centroids, which a few rounds of 2-means on a sample find; the halves
are of equal size to within a block. Nothing is random: the same library gives the same order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress
from bitspec_gui.spectra.search.coding import TABLE_SIZE
from bitspec_gui.spectra.search.kernels import compiled
from bitspec_gui.spectra.search.vectors import CodedVectors, Table, add_to, dot_product

SAMPLE = 1024
ROUNDS = 4
_AT_ONCE = 8192

Order = NDArray[np.int64]


def grouped_order(vectors: CodedVectors, block: int, progress: ReportProgress, cancel: CancelToken | None) -> Order:
    """Numbers of the spectra, (D,) int64, so that every `block` neighbours are alike.

    Raises
    ------
    Cancelled
        On the user's wish.
    """
    size = vectors.inverse.size
    order = np.arange(size, dtype=np.int64)
    keys = np.empty(size, dtype=np.float32)
    waiting = [(0, size)]
    done = 0
    while waiting:
        if cancel is not None:
            cancel.raise_if_cancelled()
        low, high = waiting.pop()
        if high - low <= _AT_ONCE:
            _halve_all(vectors, order, keys, low, high, block)
            done += high - low
            progress(Progress(done, size, "Grouping spectra that are alike"))
        else:
            middle = _middle(low, high, block)
            _halve(vectors, order, keys, low, high, middle)
            waiting += [(middle, high), (low, middle)]
    return order


@compiled
def _middle(low: int, high: int, block: int) -> int:
    return low + (high - low + block - 1) // block // 2 * block


@compiled
def _halve_all(vectors: CodedVectors, order: Order, keys: Table, low: int, high: int, block: int) -> None:
    """Halve ``order[low:high]`` until its parts are one block."""
    waiting = [(low, high)]
    while len(waiting) > 0:
        low, high = waiting.pop()
        if high - low > block:
            middle = _middle(low, high, block)
            _halve(vectors, order, keys, low, high, middle)
            waiting.append((low, middle))
            waiting.append((middle, high))


@compiled
def _halve(vectors: CodedVectors, order: Order, keys: Table, low: int, high: int, middle: int) -> None:
    """Reorder ``order[low:high]`` so that those nearer to one of two centroids come before `middle`."""
    step = (high - low) // min(high - low, SAMPLE)
    sampled = order[low:high:step].copy()
    # To begin with, two spectra that are as unlike as can be: the one least like any, and the one least like that.
    any_one = np.zeros(TABLE_SIZE, dtype=np.float32)
    add_to(vectors, sampled[sampled.size // 2], any_one)
    theirs = np.zeros(TABLE_SIZE, dtype=np.float32)
    add_to(vectors, _least_like(vectors, sampled, any_one), theirs)
    ours = np.zeros(TABLE_SIZE, dtype=np.float32)
    add_to(vectors, _least_like(vectors, sampled, theirs), ours)
    wanted = min(sampled.size - 1, sampled.size * (middle - low) // (high - low))
    for _ in range(ROUNDS):
        _move_centroids(vectors, sampled, ours, theirs, wanted)
    apart = (theirs - ours) * vectors.by_bin
    for place in range(low, high):
        keys[place] = dot_product(vectors, order[place], apart)
    _part(keys, order, low, high, middle)


@compiled
def _least_like(vectors: CodedVectors, sampled: Order, vector: Table) -> int:
    """Of the `sampled` spectra the one with the smallest dot product with `vector` (1024,)."""
    weighted = vector * vectors.by_bin
    found = 0
    least = np.float32(np.inf)
    for each in range(sampled.size):
        near = dot_product(vectors, sampled[each], weighted)
        if near < least:
            least = near
            found = each
    return int(sampled[found])


@compiled
def _move_centroids(vectors: CodedVectors, sampled: Order, ours: Table, theirs: Table, wanted: int) -> None:
    """Move both centroids (1024,) to the means of the spectra that are nearer to them; `wanted` of the sample are ours."""
    apart = (theirs - ours) * vectors.by_bin
    keys = np.empty(sampled.size, dtype=np.float32)
    for each in range(sampled.size):
        keys[each] = dot_product(vectors, sampled[each], apart)
    sorted_out = keys.copy()
    _part(sorted_out, np.empty(keys.size, dtype=np.int64), 0, keys.size, wanted)
    limit = sorted_out[wanted]
    ours[:] = 0
    theirs[:] = 0
    mine = 0
    for each in range(sampled.size):
        if keys[each] < limit:
            mine += 1
            add_to(vectors, sampled[each], ours)
        else:
            add_to(vectors, sampled[each], theirs)
    ours /= np.float32(max(mine, 1))
    theirs /= np.float32(max(sampled.size - mine, 1))


@compiled
def _part(keys: Table, order: Order, low: int, high: int, middle: int) -> None:
    """Reorder both arrays within ``low:high`` so that no key before `middle` is larger than one from there on (Hoare's find)."""
    left, right = low, high - 1
    while left < right:
        pivot = keys[(left + right) // 2]
        up, down = left, right
        while up <= down:
            while keys[up] < pivot:
                up += 1
            while keys[down] > pivot:
                down -= 1
            if up <= down:
                keys[up], keys[down] = keys[down], keys[up]
                order[up], order[down] = order[down], order[up]
                up += 1
                down -= 1
        if middle <= down:
            right = down
        elif middle >= up:
            left = up
        else:
            return
