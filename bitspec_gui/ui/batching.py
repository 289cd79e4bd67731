"""Lists of thousands of molecules at work: read, predicted, put in order, written, and made libraries of, beside the window."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from bitspec_gui.domain.batch import BatchReport, BatchRow
from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.domain.prediction import MeasuredMatch, Prediction
from bitspec_gui.services.batch_export import write_batch
from bitspec_gui.services.batch_library import AddedToLibrary, add_to_library
from bitspec_gui.services.batch_order import BatchOrder, Places, arranged
from bitspec_gui.services.batch_prediction import BatchPrediction
from bitspec_gui.services.batch_rows import BatchRows
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.workers.job import Job
from bitspec_gui.workers.runner import Runner

_log = logging.getLogger(__name__)

ARRANGED_EVERY_MS = 800
"""How often a table that is sorted by what is still being predicted is sorted anew."""


class BatchFlow(QObject):
    """The list there is, and the jobs on it.

    `advanced` tells that rows have come or changed, `state_changed` that work has begun or ended, `arranged` brings an order
    (`BatchOrder`) with its places, `replaced` another list. `library_changed` tells that a library has got more entries.
    """

    advanced = Signal()
    state_changed = Signal()
    replaced = Signal(object)
    arranged = Signal(object, object)
    library_changed = Signal()
    library_refused = Signal(str)
    library_made = Signal(object)
    told = Signal(str)
    failed = Signal(object)

    def __init__(self, services: Services, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._runner = services, runner
        self.batch = BatchPrediction(services.prediction)
        self.problem = ""
        self._job: Job | None = None
        self._order = BatchOrder()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(ARRANGED_EVERY_MS)
        self._again.timeout.connect(lambda: self.arrange(self._order))

    @property
    def is_working(self) -> bool:
        """Whether rows are being read or predicted."""
        return self._job is not None

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to stop and is about to."""
        return self._job is not None and self._job.token.cancelled

    @property
    def seconds_left(self) -> float | None:
        """Time that the rest will take at the present pace, None while unknown."""
        return self._job.seconds_left if self._job is not None else None

    @property
    def rows(self) -> BatchRows:
        """Rows of the list."""
        return self.batch.rows

    # Work

    def open(self, paths: Sequence[Path]) -> None:
        """Add files to the list and go on predicting."""
        if not paths:
            return
        self.problem = ""
        self.batch.add(paths)
        name = paths[0].name if len(paths) == 1 else self.tr("%1 files").replace("%1", f"{len(paths):,}")
        self._work(self.tr("Predicting %1").replace("%1", name))

    def go_on(self) -> None:
        """Predict what waits."""
        if self.batch.has_work:
            self.problem = ""
            self._work(self.tr("Predicting the rest"))

    def cancel(self) -> None:
        """Stop after the molecules that are being computed; what is done stays."""
        if self._job is not None:
            self._job.cancel()
            self.state_changed.emit()

    def clear(self) -> None:
        """Begin with an empty list."""
        job, self._job = self._job, None
        if job is not None:
            job.abandon()
        self.batch = BatchPrediction(self._services.prediction)
        self.problem = ""
        self.replaced.emit(self.batch.rows)
        self.state_changed.emit()

    def stop(self) -> None:
        """Work no more (the window closes)."""
        self._again.stop()
        if self._job is not None:
            self._job.cancel()

    def _work(self, title: str) -> None:
        if self._job is None or self._job.token.cancelled:
            batch = self.batch
            self._job = job = self._runner.submit(
                "collection",
                batch.work,
                title=title,
                cancellable=True,
                on_done=lambda _nothing: self._ended(batch),
                on_error=lambda error: self._failed(batch, error),
                on_cancel=lambda: self._ended(batch, cancelled=True),
            )
            job.changed.connect(self.advanced)
        self.state_changed.emit()

    def _ended(self, batch: BatchPrediction, *, cancelled: bool = False) -> None:
        if batch is not self.batch or self._goes_on():
            return
        self._job = None
        self.advanced.emit()
        # A file may have been added when the work had just come to its end.
        if not cancelled and batch.has_work:
            self._work(self.tr("Predicting the rest"))
            return
        self.state_changed.emit()
        counts = batch.rows.counts
        words = self.tr("Cancelled: %1 of %2 rows predicted") if cancelled else self.tr("%1 of %2 rows predicted")
        self.told.emit(words.replace("%1", f"{counts.predicted:,}").replace("%2", f"{counts.rows:,}"))

    def _goes_on(self) -> bool:
        """Whether a job that was cancelled has a successor."""
        return self._job is not None and not self._job.state.over

    def _failed(self, batch: BatchPrediction, error: Exception) -> None:
        if batch is not self.batch:
            return
        self._job = None
        self.problem = (
            str(error) if isinstance(error, BitSpecError) else self.tr("Predicting ended because of an error in BitSpec.")
        )
        self.advanced.emit()
        self.state_changed.emit()
        if not isinstance(error, BitSpecError):
            self.failed.emit(error)

    # Order

    def arrange(self, order: BatchOrder) -> None:
        """Have the rows put in an order; `arranged` brings it."""
        self._order = order
        self._again.stop()
        rows = self.batch.rows
        self._runner.submit(
            "query",
            _arranged,
            rows,
            order,
            on_done=lambda places: self.arranged.emit(order, places) if rows is self.batch.rows else None,
            key="batch-order",
        )

    def arrange_again(self) -> None:
        """Rows have changed: put them in the order once more, but not too often."""
        if not self._again.isActive():
            self._again.start()

    # What is looked at

    def with_drawings(self, rows: Sequence[BatchRow], then: Callable[[list[Prediction]], None]) -> None:
        """Give `then` the predictions of rows with the drawings of their molecules."""
        self._runner.submit(
            "query", _with_drawings, self._services, rows, on_done=then, on_error=self.failed.emit, key="batch-kept"
        )

    def run_beside(
        self, work: Callable[[Sequence[BatchRow]], str], rows: Sequence[BatchRow], then: Callable[[str], None]
    ) -> None:
        """Give `then` what some work makes of rows."""
        self._runner.submit("query", work, rows, on_done=then, on_error=self.failed.emit, key="batch-text")

    def look_up(self, prediction: Prediction, then: Callable[[list[MeasuredMatch]], None]) -> None:
        """Give `then` the measured spectra of a predicted compound, best first; the newest wish wins."""

        def failed(error: Exception) -> None:
            # What is wrong with the libraries is said where they are shown.
            _log.warning("No measured spectra for %s: %s", prediction.molecule.smiles, error)
            then([])

        self._runner.submit(
            "query", self._services.libraries.measured_matches, prediction, on_done=then, on_error=failed, key="batch-measured"
        )

    def report(self) -> BatchReport:
        """What became of the files."""
        return self.batch.report()

    # What comes of it

    def export(self, rows: Sequence[BatchRow], path: Path) -> None:
        """Write rows to a file in the format of its suffix."""

        def done(count: int) -> None:
            words = self.tr("%1 written: %2").replace("%1", f"{count:,}").replace("%2", str(path))
            self.told.emit(words)

        self._runner.submit(
            "io",
            write_batch,
            rows,
            path,
            self._services.prediction.molecule,
            title=self.tr("Writing %1").replace("%1", path.name),
            on_done=done,
            on_error=self.failed.emit,
            on_cancel=lambda: self.told.emit(self.tr("%1 was not written.").replace("%1", path.name)),
            cancellable=True,
        )

    def make_library(self, rows: Sequence[BatchRow], name: str) -> None:
        """Put predicted rows into a library of one's own; `library_made` or `library_refused` tells the end."""
        self._runner.submit(
            "io",
            _add_to_library,
            self._services.libraries,
            name,
            rows,
            title=self.tr("Adding to %1").replace("%1", name),
            on_done=self._library_made,
            on_error=self._library_failed,
            cancellable=True,
        )

    def _library_made(self, made: AddedToLibrary) -> None:
        words = self.tr("%1 spectra added to the library “%2”; %3 were there already")
        words = words.replace("%1", f"{made.added:,}").replace("%2", made.library).replace("%3", f"{made.already_there:,}")
        self.library_made.emit(made)
        self.library_changed.emit()
        self.told.emit(words)

    def _library_failed(self, error: Exception) -> None:
        self.library_changed.emit()
        if isinstance(error, BitSpecError):
            self.library_refused.emit(str(error))
        else:
            self.library_refused.emit(self.tr("The library was not made because of an error in BitSpec."))
            self.failed.emit(error)


def _arranged(rows: BatchRows, order: BatchOrder) -> Places:
    """Places of the rows in an order; in the query lane."""
    return arranged(rows.all(), order)


def _with_drawings(services: Services, rows: Sequence[BatchRow]) -> list[Prediction]:
    """Predictions of rows with the drawings of their molecules; in the query lane."""
    predictions = ((row, row.prediction) for row in rows)
    read = services.prediction.molecule
    return [replace(found, molecule=read(row.text, row.name, row.identifier)) for row, found in predictions if found is not None]


def _add_to_library(
    libraries: LibraryService, name: str, rows: Sequence[BatchRow], *, progress: ReportProgress, cancel: CancelToken
) -> AddedToLibrary:
    """Put rows into a library; in the io lane."""
    return add_to_library(libraries.store(), name, rows, progress=progress, cancel=cancel)
