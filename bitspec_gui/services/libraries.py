"""Libraries as the window and the commands use them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import DamagedDatabase, StorageError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.library import ImportReport, LibraryEntry, LibraryInfo, LibraryQuery, StoreChanges
from bitspec_gui.domain.library_edits import KeptReport
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.ports import LibraryStore
from bitspec_gui.domain.prediction import MeasuredMatch, Prediction
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.atomic_text import replacing
from bitspec_gui.services.comparison import measured_matches
from bitspec_gui.services.embedded import MEASURED_NOTE, PREDICTED_NOTE, EmbeddedLibrary
from bitspec_gui.services.ingest import import_paths
from bitspec_gui.services.library_rebuild import RebuildReport, rebuild_library, rebuild_seconds, stale
from bitspec_gui.services.naming import library_named
from bitspec_gui.services.predicted_library import BuildReport, build_predicted_library, write_predicted_library
from bitspec_gui.services.prediction import PredictionService

PROGRESS_EVERY = 200
"""Records between two reports of an export."""

_log = logging.getLogger(__name__)


class LibraryService:
    """Everything that can be done with libraries, measured and predicted; may be used by several threads.

    Parameters
    ----------
    open_store : callable
        Opens the store. Called at first use, so that a database that cannot be used is a `StorageError` of the method that needs
        it; called again after such a failure.
    embedded : Path, optional
        File of the measured library that comes with BitSpec.
    predicted : Path, optional
        File of the predicted library that comes with BitSpec; it may be absent.
    """

    def __init__(
        self, open_store: Callable[[], LibraryStore], embedded: Path | None = None, predicted: Path | None = None
    ) -> None:
        self._open_store = open_store
        self._measured = EmbeddedLibrary(embedded, MEASURED_NOTE) if embedded is not None else None
        self._predicted = EmbeddedLibrary(predicted, PREDICTED_NOTE, optional=True) if predicted is not None else None
        self._opened: LibraryStore | None = None
        self._opening = threading.Lock()
        # Two loads of the embedded library at once would remove each other's work.
        self._embedding = threading.Lock()

    def libraries(self) -> list[LibraryInfo]:
        """All libraries, by name."""
        return self._store().libraries()

    def ensure_embedded(self, progress: ReportProgress = ignore_progress, cancel: CancelToken | None = None) -> StoreChanges:
        """Load the measured library that comes with BitSpec if it is not there in its present version; quick if it is.

        A user who removed it is not given it again.

        Raises
        ------
        StorageError, UnreadableFile, Cancelled
            If the database or the file cannot be used, or on the user's wish; the next call goes on.
        """
        return self._ensure(self._measured, progress, cancel)

    def ensure_predicted(self, progress: ReportProgress = ignore_progress, cancel: CancelToken | None = None) -> StoreChanges:
        """The same for the predicted library that comes with BitSpec, which is some 50,000 spectra: many seconds' work, once."""
        return self._ensure(self._predicted, progress, cancel)

    def restore_embedded(self, progress: ReportProgress = ignore_progress, cancel: CancelToken | None = None) -> StoreChanges:
        """Load the libraries that come with BitSpec though the user had removed them; raises as `ensure_embedded`."""
        changed: frozenset[int] = frozenset()
        for embedded in (self._measured, self._predicted):
            if embedded is not None:
                embedded.forget_removal(self._store())
            changed |= self._ensure(embedded, progress, cancel).libraries
        return StoreChanges(libraries=changed)

    def _ensure(self, embedded: EmbeddedLibrary | None, progress: ReportProgress, cancel: CancelToken | None) -> StoreChanges:
        if embedded is None:
            return StoreChanges()
        with self._embedding:
            return embedded.ensure(self._store(), progress, cancel)

    def build_predicted(
        self,
        prediction: PredictionService,
        path: Path,
        name: str,
        *,
        replace: bool = False,
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> BuildReport:
        """Predict the molecules of a file into a library; see `services.predicted_library.build_predicted_library`."""
        return build_predicted_library(self._store(), prediction, path, name, replace=replace, progress=progress, cancel=cancel)

    def stale(self, version: ModelVersion) -> list[LibraryInfo]:
        """Libraries that another model version predicted; see `services.library_rebuild.stale`."""
        return stale(self.libraries(), version)

    def rebuild_seconds(self, prediction: PredictionService, name: str, *, cancel: CancelToken | None = None) -> float:
        """About how long predicting a library anew will take (s)."""
        return rebuild_seconds(self._store(), prediction, name, cancel)

    def rebuild_predicted(
        self,
        prediction: PredictionService,
        name: str,
        *,
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> RebuildReport:
        """Predict the molecules of a library with the model that predicts now; see `services.library_rebuild.rebuild_library`."""
        return rebuild_library(self._store(), prediction, name, progress=progress, cancel=cancel)

    def write_predicted(
        self, name: str, output: Path, *, notice: str = "", source: str = "", cancel: CancelToken | None = None
    ) -> int:
        """Write a predicted library as one compact file; see `services.predicted_library.write_predicted_library`."""
        return write_predicted_library(self._store(), name, output, notice=notice, source=source, cancel=cancel)

    def import_paths(
        self,
        paths: Sequence[Path],
        *,
        library_name: str | None = None,
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> ImportReport:
        """Import files, folders and zips, and keep the report; see `services.ingest.import_paths`."""
        store = self._store()
        report = import_paths(store, paths, library_name=library_name, progress=progress, cancel=cancel)
        try:
            store.keep_report(report)
        except StorageError:
            _log.warning("The report of an import could not be kept", exc_info=True)
        return report

    def import_reports(self) -> list[KeptReport]:
        """Reports of imports that are kept, the newest first."""
        return self._store().import_reports()

    def remove_import_report(self, report_id: int) -> None:
        """Forget a report."""
        self._store().remove_report(report_id)

    def remove(self, name: str) -> LibraryInfo:
        """Remove a library and its spectra; raises `UnknownLibrary`.

        One of the user's is brought back by undoing (`LibraryEditor.undo`), one that comes with BitSpec by `restore_embedded`.
        """
        store = self._store()
        info = library_named(store, name)
        if not info.embedded:
            store.remove_library(name)
            return info
        removed = store.remove(name)
        for embedded in (self._measured, self._predicted):
            if embedded is not None and embedded.is_this(store, removed):
                embedded.remember_removal(store)
        return removed

    def export(
        self,
        name: str,
        path: Path,
        *,
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> int:
        """Write a library to an MSP file, wholly or not at all; returns the number of spectra.

        Raises
        ------
        UnknownLibrary
            If there is no library of that name.
        ExportError
            If the file cannot be written.
        Cancelled
            If the user cancelled; a file that was there before is unchanged.
        """
        from bitspec_gui.formats.msp import write_msp

        store = self._store()
        info = library_named(store, name)
        with replacing(path) as stream:
            return write_msp(_reported(store.records(info.library_id), info, progress, cancel), stream)

    def entries(self, query: LibraryQuery) -> tuple[list[LibraryEntry], int]:
        """One page of entries and the count of all that match."""
        return self._store().entries(query)

    def entry_ids(self, query: LibraryQuery) -> NDArray[np.int64]:
        """Ids of all entries that match, in the order asked for, whatever the query's page; raises `SearchError`."""
        return self._store().entry_ids(query)

    def entries_by_id(self, entry_ids: Sequence[int] | NDArray[np.int64]) -> list[LibraryEntry]:
        """These entries, in this order; ids that are no longer there are passed over."""
        return self._store().entries_by_id(entry_ids)

    def measured_matches(self, prediction: Prediction) -> list[MeasuredMatch]:
        """Measured spectra of the predicted compound (InChIKey first block) in all libraries, the best match first."""
        connectivity = prediction.molecule.connectivity
        if not connectivity:
            return []
        return measured_matches(prediction, self._store().spectra_of(connectivity))

    def set_aside(self, damaged: DamagedDatabase) -> Path:
        """Rename the damaged database, keeping it, so that the next use starts a new one; returns its new path.

        Raises
        ------
        StorageError
            If it cannot be renamed.
        """
        from bitspec_gui.storage.set_aside import set_aside

        with self._opening:
            if self._opened is not None:
                self._opened.close()
                self._opened = None
            return set_aside(damaged.database)

    def close(self) -> None:
        """Let go of the database file; a later use opens it again."""
        with self._opening:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def store(self) -> LibraryStore:
        """The store itself, for other services that work with the same libraries; raises `StorageError`."""
        return self._store()

    def _store(self) -> LibraryStore:
        with self._opening:
            if self._opened is None:
                self._opened = self._open_store()
            return self._opened


def _reported(
    records: Iterator[SpectrumRecord], info: LibraryInfo, progress: ReportProgress, cancel: CancelToken | None
) -> Iterator[SpectrumRecord]:
    done = 0
    for done, record in enumerate(records, start=1):
        if cancel is not None:
            cancel.raise_if_cancelled()
        if done % PROGRESS_EVERY == 0:
            progress(Progress(done, max(info.spectra, done), f"Exporting {info.name}"))
        yield record
    progress(Progress(done, done, f"Exported {info.name}"))
