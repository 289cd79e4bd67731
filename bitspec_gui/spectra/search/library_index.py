"""The index of one library, as it lies on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.search import PeakCondition
from bitspec_gui.spectra.search.bound_columns import COLUMNS
from bitspec_gui.spectra.search.coding import BLOCK, LOG_STEP, TABLE_SIZE, TOP_CODE
from bitspec_gui.spectra.search.sections import Section, SectionFile

LARGE = ("words", "bounds")
"""Arrays that are checked at opening only if the file is small; `check_index` reads them whole."""

_CHECKED_WHOLE_BYTES = 1 << 24


@dataclass(frozen=True, eq=False)
class LibraryIndex:
    """The spectra of a library, D of them, mapped into memory and read-only; like ones stand beside each other.

    Attributes
    ----------
    path : Path
        The file.
    revision : str
        That of the library when the index was built (`LibraryStore.revisions`).
    library_id : int
        The library.
    entry_ids : (D,) int64
        Which entry each spectrum is.
    masses : (D,) int16
        Nominal molecular masses in Da, 0 = unknown.
    retention_index, confidence : (D,) float32
        Retention index, NaN = unknown; confidence of a predicted spectrum, NaN = measured.
    offsets, words : (D + 1,) int64, (W,) uint16
        Peaks, see `spectra.search.coding`.
    inverse : (D,) float32
        1 / length of the coded spectrum as a vector of m/z^1 I^0.5.
    columns : (1000,) uint16
        Columns of the bounds, see `spectra.search.bound_columns`.
    bounds, scale : (COLUMNS, B) uint8, (B,) float32
        Bounds of the blocks, see `spectra.search.bounds`.
    block_error : (B,) float32
        By how much the weighted cosine with a spectrum of the block can differ from that with its code.
    spread : (B,) float32
        Largest root of the mean square m/z (weighted by intensity) of a coded spectrum of the block.
    cosine_error, entropy_distance : float
        Largest difference of a cosine, and largest square root of the Jensen-Shannon divergence (nats), between a spectrum of the
        library and its code.
    """

    path: Path
    revision: str
    library_id: int
    entry_ids: NDArray[np.int64]
    masses: NDArray[np.int16]
    retention_index: NDArray[np.float32]
    confidence: NDArray[np.float32]
    offsets: NDArray[np.int64]
    words: NDArray[np.uint16]
    inverse: NDArray[np.float32]
    columns: NDArray[np.uint16]
    bounds: NDArray[np.uint8]
    scale: NDArray[np.float32]
    block_error: NDArray[np.float32]
    spread: NDArray[np.float32]
    cosine_error: float
    entropy_distance: float

    @property
    def size(self) -> int:
        """Spectra."""
        return int(self.entry_ids.size)

    @cached_property
    def spectrum_error(self) -> float:
        """Largest difference that coding makes to a weighted cosine."""
        return float(self.block_error.max(initial=0.0))

    def showing(self, conditions: Sequence[PeakCondition]) -> NDArray[np.bool_]:
        """Which spectra show all these peaks, (D,) bool.

        Intensities are known to 0.7 % of themselves, and a peak passes if it may lie between its limits. A condition from 0 %
        on also holds where there is no peak.
        """
        from bitspec_gui.spectra.search.scanning import codes_between

        passing = np.ones(self.size, dtype=np.bool_)
        for each in conditions:
            least, most = _code_limits(each)
            codes_between(self.words, self.offsets, each.mz - 1, least, most, passing)
        return passing


def _code_limits(condition: PeakCondition) -> tuple[int, int]:
    """Codes between which a peak meets a condition, both included; 0 is that of no peak."""
    low, high = condition.min_percent / 100, condition.max_percent / 100
    least = 0 if low <= 0 else int(np.ceil(TOP_CODE + np.log(low) / LOG_STEP - 0.5 - 1e-9))
    most = 0 if high <= 0 else int(np.floor(TOP_CODE + np.log(high) / LOG_STEP + 0.5 + 1e-9))
    return (least if low <= 0 else max(least, 1)), most


def open_index(path: Path) -> LibraryIndex:
    """Open an index file.

    Raises
    ------
    IndexFileError
        If it is missing, cut short, damaged, of another format, or no index at all. A file of more than 16 MB is not read whole:
        damage within its `LARGE` arrays shows in `check_index` only, and can make scores wrong but nothing worse.
    """
    file = SectionFile(path)
    small = file.sections.keys() - LARGE
    file.check(file.sections if sum(map(_bytes, file.sections.values())) <= _CHECKED_WHOLE_BYTES else small)
    facts = file.facts
    try:
        index = LibraryIndex(
            path=path,
            revision=str(facts["revision"]),
            library_id=int(facts["library_id"]),
            cosine_error=float(facts["cosine_error"]),
            entropy_distance=float(facts["entropy_distance"]),
            **{name: file.array(name) for name in ARRAYS},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise file.damaged("its header makes no sense") from error
    _refuse_inconsistent(index, file)
    return index


def check_index(path: Path) -> None:
    """Read an index file whole; raises `IndexFileError` if anything in it is not what was written."""
    open_index(path)
    file = SectionFile(path)
    file.check(file.sections)


ARRAYS = {
    "entry_ids": "<i8",
    "masses": "<i2",
    "retention_index": "<f4",
    "confidence": "<f4",
    "offsets": "<i8",
    "words": "<u2",
    "inverse": "<f4",
    "columns": "<u2",
    "bounds": "|u1",
    "scale": "<f4",
    "block_error": "<f4",
    "spread": "<f4",
}
"""Arrays of the file and their types."""


def _bytes(section: Section) -> int:
    return section.size_bytes


def _refuse_inconsistent(index: LibraryIndex, file: SectionFile) -> None:
    """Whatever is read without a check must lie within its array, or compiled code would read beyond it."""
    size, blocks = index.size, index.scale.size
    shapes = {
        "masses": (size,),
        "retention_index": (size,),
        "confidence": (size,),
        "offsets": (size + 1,),
        "inverse": (size,),
        "columns": (1000,),
        "bounds": (COLUMNS, blocks),
        "block_error": (blocks,),
        "spread": (blocks,),
    }
    types = all(np.dtype(file.sections[name].dtype) == np.dtype(kind) for name, kind in ARRAYS.items())
    if not types or any(getattr(index, name).shape != shape for name, shape in shapes.items()):
        raise file.damaged("its arrays do not fit together")
    lengths = np.diff(index.offsets)
    inside = index.offsets[0] == 0 and index.offsets[-1] == index.words.size
    inside = inside and lengths.min(initial=0) >= 0 and lengths.max(initial=0) <= TABLE_SIZE
    if not inside or (size and int(index.columns.max()) >= COLUMNS) or blocks != -(-size // BLOCK):
        raise file.damaged("its arrays do not fit together")
