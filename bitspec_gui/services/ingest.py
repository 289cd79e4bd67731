"""Files, folders and zips -> a library, with a report of what became of every record."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bitspec_gui.domain.errors import StorageError, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.ports import LibraryStore
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord

if TYPE_CHECKING:
    from bitspec_gui.chem.parse import StructureKeys
    from bitspec_gui.formats.registry import RecordSource

BATCH_RECORDS = 500
BATCH_PEAKS = 500_000
"""A batch ends at either, so that accurate-mass spectra with very many peaks do not fill the memory."""

MAX_PROBLEMS = 10_000
"""Problems told one by one; of a huge broken file only their number is told beyond."""

_INCHIKEY = re.compile(r"[A-Z]{14}(-[A-Z]{10}-[A-Z])?")
_ONE_RECORD_SUFFIXES = {".txt"}


def import_paths(
    store: LibraryStore,
    paths: Sequence[Path],
    *,
    library_name: str | None = None,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> ImportReport:
    """Import `paths` in batches, each one transaction; what is already in the library is not added again.

    Parameters
    ----------
    library_name : str, optional
        Library to import into. If not given, see `library_names`.
    progress, cancel
        Told after each batch, asked before each record. What was committed before a cancel is kept, and the report says so.

    Raises
    ------
    UnreadableFile
        If nothing in `paths` can be read; a path among others that cannot is a problem of the report.
    StorageError
        If the database cannot take it, or the library is the one that comes with BitSpec. Earlier batches are kept.
    """
    chosen = [Path(path) for path in paths]
    names = library_names(chosen) if library_name is None else [library_name.strip()] * len(chosen)
    if not all(names):
        raise StorageError("A library needs a name.")
    _refuse_embedded(store, names)
    intake = _Intake(store, progress, cancel)
    sources = intake.open_sources(chosen, names)
    for name, source in sources:
        intake.take_all(name, source)
    return intake.report(list(dict.fromkeys(name for name, _ in sources)))


def library_names(paths: Sequence[Path]) -> list[str]:
    """Name of the library that each path goes to: that of the file without its suffix, or of the folder or zip.

    Several single text files (MassBank keeps one record a file) go together to a library named after their folder.
    """
    single = [path for path in paths if path.suffix.lower() in _ONE_RECORD_SUFFIXES]
    together = len(single) > 1
    return [_stem(path.absolute().parent if together and path in single else path) for path in paths]


def _stem(path: Path) -> str:
    full = path.expanduser().resolve()
    return (full.name if full.is_dir() else full.stem) or "Imported"


def _refuse_embedded(store: LibraryStore, names: Sequence[str]) -> None:
    for info in store.libraries():
        if info.embedded and info.name in names:
            raise StorageError(
                f"The library “{info.name}” comes with BitSpec and is replaced when BitSpec is updated. "
                "Choose another name for your spectra."
            )


class _Intake:
    """What has been read so far, and the batch that is being filled."""

    def __init__(self, store: LibraryStore, progress: ReportProgress, cancel: CancelToken | None) -> None:
        self._store = store
        self._progress = progress
        self._cancel = cancel
        self._completed = _completer()
        self._batch: list[SpectrumRecord] = []
        self._batch_peaks = 0
        self._library_id: int | None = None
        self._files: list[str] = []
        self._problems: list[Problem] = []
        self._problems_untold = 0
        self._added = self._already_there = self._rejected = 0

    @property
    def cancelled(self) -> bool:
        """Whether the user has cancelled."""
        return self._cancel is not None and self._cancel.cancelled

    def open_sources(self, paths: Sequence[Path], names: Sequence[str]) -> list[tuple[str, RecordSource]]:
        """Sources of records with the library that each goes to."""
        from bitspec_gui.formats.registry import sources

        opened: list[tuple[str, RecordSource]] = []
        failure: UnreadableFile | None = None
        for path, name in zip(paths, names, strict=True):
            try:
                opened += [(name, source) for source in sources([path])]
                self._files.append(str(path))
            except UnreadableFile as error:
                failure = error
                self._note(Problem(str(path), None, str(error), kept="This file was left out; the others were read."))
        if not opened:
            raise failure or UnreadableFile("Choose at least one file or folder to import.")
        return opened

    def take_all(self, name: str, source: RecordSource) -> None:
        """Import a source into the library `name`; stops early, keeping what it has, if the user cancels."""
        self._library_id = None
        for item in source.records():
            if self.cancelled:
                break
            if isinstance(item, Problem):
                self._note(item)
                continue
            self._batch.append(self._completed(item))
            self._batch_peaks += len(item.spectrum)
            if len(self._batch) >= BATCH_RECORDS or self._batch_peaks >= BATCH_PEAKS:
                self._flush(name, source)
        self._flush(name, source)

    def report(self, names: Sequence[str]) -> ImportReport:
        """The whole, in numbers and problems."""
        problems = list(self._problems)
        if self._problems_untold:
            what = f"There were {self._problems_untold:,} further problems, which are not listed."
            problems.append(Problem(file="", line=None, what=what, kept="", rejected=False))
        return ImportReport(
            library=", ".join(names),
            added=self._added,
            already_there=self._already_there,
            rejected=self._rejected,
            problems=tuple(problems),
            cancelled=self.cancelled,
            files=tuple(self._files),
        )

    def _note(self, problem: Problem) -> None:
        self._rejected += problem.rejected
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(problem)
        else:
            self._problems_untold += 1

    def _flush(self, name: str, source: RecordSource) -> None:
        if self._batch:
            if self._library_id is None:
                self._library_id = self._store.open_library(name, source=Path(source.label).name)
            added = self._store.add(self._library_id, self._batch)
            self._added += added
            self._already_there += len(self._batch) - added
            self._batch = []
            self._batch_peaks = 0
        self._progress(Progress(self._added + self._already_there + self._rejected, 0, f"Importing {source.label}"))


def _completer() -> Callable[[SpectrumRecord], SpectrumRecord]:
    """Function that gives a record the InChIKey, formula and masses of its structure where the file lacks them."""

    @lru_cache(maxsize=4096)
    def keys_of(smiles: str | None, inchi: str | None) -> StructureKeys | None:
        from bitspec_gui.chem.parse import structure_keys

        return structure_keys(smiles, inchi)

    def completed(record: SpectrumRecord) -> SpectrumRecord:
        given = (record.inchikey or "").strip().upper()
        if _INCHIKEY.fullmatch(given):
            return record if given == record.inchikey else dataclasses.replace(record, inchikey=given)
        keys = keys_of(record.smiles, record.inchi) if record.smiles or record.inchi else None
        if keys is None:
            return dataclasses.replace(record, inchikey=None) if record.inchikey else record
        return dataclasses.replace(
            record,
            inchikey=keys.inchikey,
            formula=record.formula or keys.formula,
            nominal_mass=keys.nominal_mass if record.nominal_mass is None else record.nominal_mass,
            exact_mass=keys.exact_mass if record.exact_mass is None else record.exact_mass,
        )

    return completed
