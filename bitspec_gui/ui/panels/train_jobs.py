"""The list of fine-tuning jobs: which runs, which wait, and how the earlier ones ended."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from bitspec_gui.domain.tuning_jobs import TuningJob
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.narrowing import Narrowing
from bitspec_gui.ui.tables.rows import fit_rows, show_rows
from bitspec_gui.ui.tables.tuning_jobs import COLUMNS, TuningJobsTableModel
from bitspec_gui.ui.train_state import TrainState
from bitspec_gui.ui.training_run import TrainingRun

MOST_ROWS_IN_SIGHT = 4

BY_IMPORTANCE = ("state", "dataset", "made", "strategy", "base")


class TrainJobs(QTableView):
    """Rows of jobs; the current one is the job looked at. `remove_wanted` asks to take it off the list."""

    remove_wanted = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, window: WindowState, train: TrainState, run: TrainingRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._window, self._train = window, train
        self.jobs = TuningJobsTableModel(train, run, self)
        show_rows(self, "trainJobs", self.tr("Trainings"))
        self.setModel(self.jobs)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(COLUMNS.index("name"), QHeaderView.ResizeMode.Stretch)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        fit_rows(self)
        self._narrowing = Narrowing(self, "name", BY_IMPORTANCE, letters=14)
        self.selectionModel().currentRowChanged.connect(lambda current, _before: self._chosen(current.row()))
        self.customContextMenuRequested.connect(self._ask_menu)
        self.jobs.modelReset.connect(self._follow)
        train.job_changed.connect(self._follow)
        window.colours_changed.connect(self._show_colours)
        self._show_colours()
        self._follow()

    def sizeHint(self) -> QSize:
        """Room for a few jobs, and no more than there are."""
        rows = min(max(self.jobs.rowCount(), 1), MOST_ROWS_IN_SIGHT)
        height = self.horizontalHeader().sizeHint().height() + rows * self.verticalHeader().defaultSectionSize()
        return QSize(400, height + 2 * self.frameWidth() + 2)

    def minimumSizeHint(self) -> QSize:
        """As high as it likes to be."""
        return QSize(200, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Rows follow the font."""
        if event.type() == QEvent.Type.FontChange:
            fit_rows(self)
            self.updateGeometry()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del takes a job off the list."""
        if event.key() == Qt.Key.Key_Delete.value:
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _chosen(self, row: int) -> None:
        if 0 <= row < self.jobs.rowCount():
            self._train.look_at_job(self.jobs.job_at(row).job_id)

    def _follow(self) -> None:
        """Make the job looked at the current row."""
        row = self.jobs.row_of(self._train.job_id)
        if row is not None and row != self.currentIndex().row():
            self.selectRow(row)
        self.updateGeometry()

    def _ask_menu(self, place: QPoint) -> None:
        if self.job is not None:
            inside = self.viewport().rect().contains(place)
            at = place if inside else self.visualRect(self.currentIndex()).center()
            self.menu_wanted.emit(self.viewport().mapToGlobal(at))

    @property
    def job(self) -> TuningJob | None:
        """The job of the current row."""
        row = self.currentIndex().row()
        return self.jobs.job_at(row) if 0 <= row < self.jobs.rowCount() else None

    def _show_colours(self) -> None:
        self.jobs.set_colours(self._window.colours)
        fit_rows(self)
        self.updateGeometry()
