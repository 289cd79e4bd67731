"""What can be done with libraries from the window: load the supplied ones, add, remove, export, set a damaged database aside."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from bitspec_gui.domain.errors import BitSpecError, DamagedDatabase
from bitspec_gui.domain.library import ImportReport, LibraryInfo, StoreChanges
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.ui.state import WindowState
from bitspec_gui.workers.runner import Runner

_log = logging.getLogger(__name__)


class LibraryFlow(QObject):
    """Runs library work in lanes and keeps `WindowState` true to the database."""

    imported = Signal(object)
    told = Signal(str)
    failed = Signal(object)
    damaged = Signal(object)
    changed = Signal()
    removed = Signal(object)

    def __init__(self, libraries: LibraryService, runner: Runner, state: WindowState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._libraries, self._runner, self._state = libraries, runner, state

    def start(self) -> None:
        """Open the database, list what is in it, and load the supplied libraries that are not there: first the measured one."""
        self._state.set_opening(True)
        self.refresh()
        self._runner.submit(
            "io",
            self._libraries.ensure_embedded,
            title=self.tr("Opening the libraries"),
            cancellable=True,
            on_done=lambda _changes: self._opened_measured(),
            on_error=self._not_opened,
            on_cancel=self._opened,
        )

    def _load_predicted(self) -> None:
        # A job of its own, after the measured one: it is long at a first start, and nothing waits for it.
        self._state.set_loading_more(True)
        job = self._runner.submit(
            "io",
            self._libraries.ensure_predicted,
            title=self.tr("Loading the predicted library"),
            cancellable=True,
            on_done=lambda changes: self.has_changed() if changes.libraries else None,
            on_error=self._fail_and_refresh,
            on_cancel=self.has_changed,
        )
        job.ended.connect(lambda _job: self._state.set_loading_more(False))

    def refresh(self) -> None:
        """Read the list of libraries."""
        self._runner.submit("query", self._libraries.libraries, on_done=self._listed, on_error=self._fail, key="libraries")

    def add(self, paths: list[Path]) -> None:
        """Import files, folders and archives."""
        name = paths[0].name if len(paths) == 1 else self.tr("%1 files").replace("%1", str(len(paths)))
        self._runner.submit(
            "io",
            self._libraries.import_paths,
            paths,
            title=self.tr("Importing %1").replace("%1", name),
            cancellable=True,
            on_done=self._imported,
            on_error=self._fail_and_refresh,
            on_cancel=self.has_changed,
        )

    def remove(self, name: str) -> None:
        """Delete a library."""
        self._runner.submit(
            "io",
            self._libraries.remove,
            name,
            title=self.tr("Removing %1").replace("%1", name),
            on_done=self._removed,
            on_error=self._fail_and_refresh,
        )

    def export(self, name: str, path: Path) -> None:
        """Write a library to an MSP file."""
        self._runner.submit(
            "io",
            self._libraries.export,
            name,
            path,
            title=self.tr("Exporting %1").replace("%1", name),
            cancellable=True,
            on_done=lambda count: self.told.emit(
                self.tr("%1 spectra written to %2").replace("%1", f"{count:,}").replace("%2", path.name)
            ),
            on_error=self._fail,
        )

    def restore(self) -> None:
        """Load the supplied libraries that were removed."""
        self._runner.submit(
            "io",
            self._libraries.restore_embedded,
            title=self.tr("Restoring the supplied libraries"),
            cancellable=True,
            on_done=self._restored,
            on_error=self._fail_and_refresh,
            on_cancel=self.has_changed,
        )

    def start_fresh(self, damaged: DamagedDatabase) -> None:
        """Set a damaged database aside and begin a new one."""
        self._runner.submit(
            "io",
            self._libraries.set_aside,
            damaged,
            title=self.tr("Setting the damaged database aside"),
            on_done=self._set_aside,
            on_error=self._fail,
        )

    def _opened(self) -> None:
        self._state.set_opening(False)
        self.has_changed()

    def _opened_measured(self) -> None:
        self._opened()
        self._load_predicted()

    def _not_opened(self, error: Exception) -> None:
        self._state.set_opening(False)
        self._fail(error)

    def _set_aside(self, kept: Path) -> None:
        self.told.emit(self.tr("The damaged database was kept as %1").replace("%1", str(kept)))
        self.start()

    def _listed(self, libraries: list[LibraryInfo]) -> None:
        self._state.set_libraries(tuple(libraries))

    def _imported(self, report: ImportReport) -> None:
        _log.info("Imported into %s: %d read, %d added, %d rejected", report.library, report.read, report.added, report.rejected)
        self.has_changed()
        self.imported.emit(report)

    def _restored(self, changes: StoreChanges) -> None:
        self.has_changed()
        words = self.tr("The supplied libraries are back") if changes.libraries else self.tr("No supplied library was missing")
        self.told.emit(words)

    def _removed(self, info: LibraryInfo) -> None:
        self.has_changed()
        self.told.emit(self.tr("%1 was removed (%2 spectra)").replace("%1", info.name).replace("%2", f"{info.spectra:,}"))
        self.removed.emit(info)

    def has_changed(self) -> None:
        """Libraries or entries are others than before: all who show them read again."""
        self.refresh()
        self.changed.emit()

    def _fail_and_refresh(self, error: Exception) -> None:
        self._fail(error)
        self.has_changed()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, DamagedDatabase):
            self._state.set_libraries((), str(error))
            self.damaged.emit(error)
            return
        if self._state.libraries is None and isinstance(error, BitSpecError):
            self._state.set_libraries((), str(error))
        self.failed.emit(error)
