"""Spectra of a library -> its index file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.ports import SearchEntry
from bitspec_gui.spectra.binning import BINS
from bitspec_gui.spectra.search.bound_columns import COLUMNS, columns_for
from bitspec_gui.spectra.search.coding import BLOCK, TABLE_SIZE, weighted_cosine_tables
from bitspec_gui.spectra.search.collecting import Collected
from bitspec_gui.spectra.search.sections import SectionWriter

_BLOCKS_AT_ONCE = 1 << 14
_SPECTRA_AT_ONCE = 1 << 16


def write_index(
    path: Path,
    library_id: int,
    revision: str,
    entries: Iterable[Sequence[SearchEntry]],
    *,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> None:
    """Make the index of a library; it takes the place of `path` when it is complete.

    Parameters
    ----------
    path : Path
        The file; what is there stays usable until the new one is complete.
    library_id, revision : int, str
        The library, and its revision (`LibraryStore.revisions`) before the first entry was read.
    entries : iterable of batches
        All its spectra, as `LibraryStore.search_entries` streams them; some 350 bytes a spectrum are held.
    progress, cancel
        Told of spectra read and grouped; asked between batches.

    Raises
    ------
    Cancelled
        On the user's wish; `path` is as it was.
    OSError
        If the file cannot be written; `path` is as it was.
    """
    collected = Collected()
    for batch in entries:
        if cancel is not None:
            cancel.raise_if_cancelled()
        collected.add(batch)
        progress(Progress(collected.size, 0, "Reading spectra"))
    collected.finish()
    ordered = _ordered(collected, progress, cancel)
    with new_file_for(path) as part, part.open("xb") as stream:
        writer = SectionWriter(stream)
        for name in ORDERED:
            writer.add(name, getattr(ordered, name))
        _add_bounds(writer, ordered, cancel)
        writer.finish(
            {
                "library_id": library_id,
                "revision": revision,
                "cosine_error": collected.cosine_error,
                "entropy_distance": collected.entropy_distance,
            }
        )


@dataclass(frozen=True)
class _Ordered:
    """Arrays of a `LibraryIndex`, with the error of each spectrum (D,)."""

    entry_ids: NDArray[np.int64]
    masses: NDArray[np.int16]
    retention_index: NDArray[np.float32]
    confidence: NDArray[np.float32]
    offsets: NDArray[np.int64]
    words: NDArray[np.uint16]
    inverse: NDArray[np.float32]
    columns: NDArray[np.uint16]
    error: NDArray[np.float32]


ORDERED = ("entry_ids", "masses", "retention_index", "confidence", "offsets", "words", "inverse", "columns")


def _ordered(collected: Collected, progress: ReportProgress, cancel: CancelToken | None) -> _Ordered:
    from bitspec_gui.spectra.search.grouping import grouped_order
    from bitspec_gui.spectra.search.vectors import CodedVectors, measure

    offsets = _offsets(collected.lengths)
    inverse = np.zeros(collected.size, dtype=np.float32)
    vectors = CodedVectors(collected.words, offsets, *weighted_cosine_tables(), inverse)
    weight = np.zeros(TABLE_SIZE)
    measure(vectors, weight)
    order = grouped_order(vectors, BLOCK, progress, cancel)
    return _Ordered(
        entry_ids=collected.entry_ids[order],
        masses=collected.masses[order],
        retention_index=collected.retention_index[order],
        confidence=collected.confidence[order],
        offsets=_offsets(collected.lengths[order]),
        words=_reordered(collected.words, offsets, order),
        inverse=inverse[order],
        columns=columns_for(weight[:BINS]),
        error=collected.error[order],
    )


def _offsets(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])


def _reordered(words: NDArray[np.uint16], offsets: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.uint16]:
    """Words spectrum by spectrum in another order."""
    result = np.empty_like(words)
    end = 0
    for start in range(0, order.size, _SPECTRA_AT_ONCE):
        some = order[start : start + _SPECTRA_AT_ONCE]
        lengths = offsets[some + 1] - offsets[some]
        shift = np.repeat(offsets[some] - (np.cumsum(lengths) - lengths), lengths)
        moved = words[np.arange(shift.size) + shift]
        result[end : end + moved.size] = moved
        end += moved.size
    return result


def _add_bounds(writer: SectionWriter, ordered: _Ordered, cancel: CancelToken | None) -> None:
    from bitspec_gui.spectra.search.bounds import fill_bounds
    from bitspec_gui.spectra.search.vectors import CodedVectors

    by_bin, by_code = weighted_cosine_tables()
    vectors = CodedVectors(ordered.words, ordered.offsets, by_bin, by_code, ordered.inverse)
    blocks = -(-ordered.error.size // BLOCK)
    bounds = np.zeros((COLUMNS, blocks), dtype=np.uint8)
    scale, spread = np.zeros((2, blocks), dtype=np.float32)
    for first in range(0, blocks, _BLOCKS_AT_ONCE):
        if cancel is not None:
            cancel.raise_if_cancelled()
        fill_bounds(vectors, ordered.columns, first, min(first + _BLOCKS_AT_ONCE, blocks), bounds, scale, spread)
    errors = np.zeros(blocks * BLOCK, dtype=np.float32)
    errors[: ordered.error.size] = ordered.error
    writer.add("bounds", bounds)
    writer.add("scale", scale)
    writer.add("spread", spread)
    writer.add("block_error", errors.reshape(blocks, BLOCK).max(axis=-1, initial=0.0))
