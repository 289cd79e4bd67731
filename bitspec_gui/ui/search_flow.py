"""Searching the libraries for unknowns, beside the window: the newest request for the unknown looked at wins."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.domain.search import HitList, SearchSettings
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.lookup import LookupService
from bitspec_gui.ui.identify_state import IdentifyState, SearchPhase, Unknown
from bitspec_gui.workers.job import Job
from bitspec_gui.workers.runner import Runner

SETTINGS_PAUSE_MS = 350
"""How long after a change of the settings a search begins by itself."""

STEP_PAUSE_MS = 60
"""How long after a step in the list of unknowns it does."""

PREPARE_PAUSE_MS = 2500
"""How long after the libraries have changed their indexes are made, so that the first prediction does not wait for that."""

_log = logging.getLogger(__name__)


class SearchFlow(QObject):
    """Drives `IdentifyState` from unknowns to hits."""

    told = Signal(str)
    failed = Signal(object)
    batch_changed = Signal()

    def __init__(self, lookup: LookupService, runner: Runner, state: IdentifyState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lookup, self._runner, self._state = lookup, runner, state
        self._job: Job | None = None
        self._batch: Job | None = None
        self._preparing: Job | None = None
        self._by_itself = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self.search_if_needed)
        self._prepare_pause = QTimer(self)
        self._prepare_pause.setSingleShot(True)
        self._prepare_pause.setInterval(PREPARE_PAUSE_MS)
        self._prepare_pause.timeout.connect(self._prepare)
        state.unknown_changed.connect(self._looked_at)
        state.settings_changed.connect(lambda: self._pause.start(SETTINGS_PAUSE_MS))

    @property
    def batch_runs(self) -> bool:
        """Whether many unknowns are being searched."""
        return self._batch is not None

    def begin(self) -> None:
        """From now on search what is looked at without being asked."""
        self._by_itself = True
        self.search_if_needed()

    def stop(self) -> None:
        """Begin no more searches (the window closes)."""
        self._pause.stop()
        self._prepare_pause.stop()

    def search_if_needed(self) -> None:
        """Search the unknown looked at, unless its hits answer just that."""
        key = self._state.key
        if self._by_itself and key is not None and not self._state.is_current(key):
            self.search()

    def libraries_changed(self) -> None:
        """Search the unknown looked at again: other spectra compete now."""
        self._state.outdate()
        if self._state.hit_list is not None or self._state.phase is SearchPhase.FAILED:
            self.search()

    def prepare_soon(self) -> None:
        """Index what libraries need it a little later, so that the first search need not wait."""
        self._prepare_pause.start()

    def search(self) -> None:
        """Search the unknown looked at, now."""
        self._pause.stop()
        unknown = self._state.unknown
        if unknown is None:
            self.told.emit(self.tr("There is no unknown to search for. Drop, open or paste a spectrum."))
            return
        self._state.set_phase(SearchPhase.SEARCHING)
        self._job = self._runner.submit(
            "search",
            self._lookup.search,
            unknown.record,
            self._state.settings,
            cancellable=True,
            on_done=lambda found: self._found(unknown, found),
            on_error=self._search_failed,
            on_cancel=self._cancelled,
            key="search",
        )
        self._job.changed.connect(lambda: self._show_progress(self._job))

    def cancel(self) -> bool:
        """Stop the search for the unknown looked at; False if there is none."""
        if self._job is None or self._job.state.over or self._job.token.cancelled:
            return False
        self._job.cancel()
        return True

    def search_all(self) -> None:
        """Search all unknowns whose hits are not those of the present settings; results come one by one and are kept."""
        if self._batch is not None:
            return
        wanted = [each for each in self._state.unknowns if not self._state.is_current(each.key)]
        if not wanted:
            self.told.emit(self.tr("All unknowns are searched already."))
            return
        collected = _Collected()
        self._batch = self._runner.submit(
            "batch",
            _search_many,
            self._lookup,
            [each.record for each in wanted],
            self._state.settings,
            collected,
            title=self.tr("Searching %1 unknowns").replace("%1", f"{len(wanted):,}"),
            cancellable=True,
            on_error=self._batch_failed,
        )
        self._batch.changed.connect(lambda: self._take_collected(wanted, collected))
        self._batch.ended.connect(lambda _job: self._batch_ended(wanted, collected))
        self.batch_changed.emit()

    def _looked_at(self) -> None:
        self._runner.abandon("search")
        if self._by_itself and self._state.key is not None and not self._state.is_current(self._state.key):
            self._state.set_phase(SearchPhase.SEARCHING)
            self._pause.start(STEP_PAUSE_MS)

    def _found(self, unknown: Unknown, found: HitList) -> None:
        _log.info("Searched %s: %d hits of %d spectra", unknown.record.name or "an unknown", len(found.hits), found.searched)
        self._state.take_found(unknown.key, found)

    def _prepare(self) -> None:
        # What cannot be indexed is said when it is searched, where the sentence is of use.
        self._preparing = self._runner.submit(
            "search",
            self._lookup.prepare,
            title=self.tr("Indexing the libraries"),
            cancellable=True,
            on_error=lambda error: _log.warning("The libraries could not be indexed: %s", error),
            key="prepare",
        )
        self._preparing.changed.connect(self._show_waiting)

    def _show_waiting(self) -> None:
        """A search that waits for its turn shows what it waits for."""
        if self._state.phase is SearchPhase.SEARCHING:
            self._show_progress(self._preparing)

    def _show_progress(self, job: Job | None) -> None:
        if job is None or job.state.over or job.abandoned or not job.progress.message:
            return
        done, total = job.progress.done, job.progress.total
        share = f" {100 * done // total} %" if total else ""
        self._state.set_phase(SearchPhase.SEARCHING, f"{job.progress.message}{share}")

    def _search_failed(self, error: Exception) -> None:
        if isinstance(error, BitSpecError):
            self._state.set_phase(SearchPhase.FAILED, str(error))
        else:
            self._state.set_phase(SearchPhase.FAILED, self.tr("The search ended because of an error in BitSpec."))
            self.failed.emit(error)

    def _cancelled(self) -> None:
        self._state.set_phase(SearchPhase.CANCELLED, self.tr("Cancelled. Press F5 to search again."))

    def _take_collected(self, wanted: Sequence[Unknown], collected: _Collected) -> None:
        for number, found in collected.take():
            self._state.take_found(wanted[number].key, found)

    def _batch_ended(self, wanted: Sequence[Unknown], collected: _Collected) -> None:
        self._take_collected(wanted, collected)
        self._batch = None
        self.batch_changed.emit()
        self.told.emit(
            self.tr("%1 of %2 unknowns searched").replace("%1", f"{collected.count:,}").replace("%2", f"{len(wanted):,}")
        )

    def _batch_failed(self, error: Exception) -> None:
        self.failed.emit(error)


class _Collected:
    """Hit lists on their way from the lane to the window."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._new: list[tuple[int, HitList]] = []
        self.count = 0

    def put(self, found: HitList) -> None:
        """Add the next one (called in the lane)."""
        with self._lock:
            self._new.append((self.count, found))
            self.count += 1

    def take(self) -> list[tuple[int, HitList]]:
        """Those that came since the last time, with their places."""
        with self._lock:
            new, self._new = self._new, []
        return new


def _search_many(
    lookup: LookupService,
    records: Sequence[SpectrumRecord],
    settings: SearchSettings,
    collected: _Collected,
    progress: ReportProgress,
    cancel: CancelToken,
) -> None:
    """Search all and hand over what is found at once; in the batch lane."""
    for found in lookup.search_many(records, settings, progress, cancel):
        collected.put(found)
