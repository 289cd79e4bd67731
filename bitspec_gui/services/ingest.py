"""Files, folders and zips -> a library, with a report of what became of every record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bitspec_gui.domain.errors import StorageError, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.ports import LibraryStore
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord

if TYPE_CHECKING:
    from bitspec_gui.formats.sources import RecordSource

BATCH_RECORDS = 500
BATCH_PEAKS = 500_000
"""A batch ends at either, so that accurate-mass spectra with very many peaks do not fill the memory."""

MAX_PROBLEMS = 10_000
"""Problems, and doubts, told one by one; of a huge broken file only their number is told beyond."""

KEPT_DOUBTFUL = "The record is kept, but doubtful."

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

    A record whose spectrum contradicts its structure is kept with the reason as its ``doubt``, and listed in the report.

    Parameters
    ----------
    library_name : str, optional
        Library to import into. If not given, see `library_names`.
    progress, cancel
        Told in percent of the bytes after each batch; asked before each record. What was read before a cancel is kept, and the
        report says so.

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
    intake.open_sources(chosen, names)
    intake.take_all()
    return intake.report()


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
        self._batch: list[SpectrumRecord] = []
        self._batch_peaks = 0
        self._sources: list[tuple[str, RecordSource]] = []
        self._total_bytes = 0
        self._finished_bytes = 0
        self._files: list[str] = []
        self._problems: list[Problem] = []
        self._problems_untold = 0
        self._doubts: list[Problem] = []
        self._doubtful = 0
        self._added = self._already_there = self._rejected = 0

    @property
    def cancelled(self) -> bool:
        """Whether the user has cancelled."""
        return self._cancel is not None and self._cancel.cancelled

    def open_sources(self, paths: Sequence[Path], names: Sequence[str]) -> None:
        """Look into every path; `names` says the library that each goes to."""
        from bitspec_gui.formats.registry import sources

        failure: UnreadableFile | None = None
        for path, name in zip(paths, names, strict=True):
            try:
                self._sources += [(name, source) for source in sources([path])]
                self._files.append(str(path))
            except UnreadableFile as error:
                failure = error
                self._note(Problem(str(path), None, str(error), kept="It was left out; the others were read."))
        if not self._sources:
            raise failure or UnreadableFile("Choose at least one file or folder to import.")
        self._total_bytes = sum(source.size for _, source in self._sources)

    def take_all(self) -> None:
        """Import all sources; stops early, keeping what it has, if the user cancels."""
        for name, source in self._sources:
            self._take(name, source)
            self._finished_bytes += source.size

    def _take(self, name: str, source: RecordSource) -> None:
        library_id: int | None = None
        for item in source.records():
            if self.cancelled:
                break
            if isinstance(item, Problem):
                self._note(item)
                continue
            self._batch.append(self._checked(item))
            self._batch_peaks += len(item.spectrum)
            if len(self._batch) >= BATCH_RECORDS or self._batch_peaks >= BATCH_PEAKS:
                library_id = self._commit(name, library_id, source)
        if self._batch:
            self._commit(name, library_id, source)

    def _checked(self, record: SpectrumRecord) -> SpectrumRecord:
        """The record with the reason to doubt its label, if there is one."""
        from bitspec_gui.chem.label_check import doubt

        reason = doubt(record) or record.doubt
        if not reason:
            return record
        self._doubtful += 1
        if len(self._doubts) < MAX_PROBLEMS:
            what = f"{record.accession or record.name or 'A record'}: {reason}"
            self._doubts.append(Problem(record.source_file, record.line, what, kept=KEPT_DOUBTFUL, rejected=False))
        return replace(record, doubt=reason)

    def _commit(self, name: str, library_id: int | None, source: RecordSource) -> int:
        """Write the batch. The library is made with the first one, so that a file without records leaves no empty library."""
        if library_id is None:
            library_id = self._store.open_library(name, source=Path(source.label).name)
        added = self._store.add(library_id, self._batch)
        self._added += added
        self._already_there += len(self._batch) - added
        self._batch = []
        self._batch_peaks = 0
        read = self._added + self._already_there
        message = f"{Path(source.label).name}: {read:,} records read, {self._rejected:,} rejected"
        done_bytes = min(self._finished_bytes + source.done, self._total_bytes)
        self._progress(Progress(100 * done_bytes // max(self._total_bytes, 1), 100, message))
        return library_id

    def report(self) -> ImportReport:
        """The whole, in numbers and problems."""
        return ImportReport(
            library=", ".join(dict.fromkeys(name for name, _ in self._sources)),
            added=self._added,
            already_there=self._already_there,
            rejected=self._rejected,
            problems=(*self._problems, *_untold(self._problems_untold, "problems")),
            cancelled=self.cancelled,
            files=tuple(self._files),
            doubtful=self._doubtful,
            doubts=(*self._doubts, *_untold(self._doubtful - len(self._doubts), "doubtful records")),
        )

    def _note(self, problem: Problem) -> None:
        self._rejected += problem.rejected
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(problem)
        else:
            self._problems_untold += 1


def _untold(number: int, kind: str) -> list[Problem]:
    """A last line that says how many are not listed, if any."""
    what = f"There were {number:,} further {kind}, which are not listed."
    return [Problem(file="", line=None, what=what, kept="", rejected=False)] if number else []
