"""The jobs dock: what runs, how far it is, and Cancel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionProgressBar,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.ui.tables.jobs import COLUMNS, JobTableModel


class _ProgressDelegate(QStyledItemDelegate):
    """A bar where the share done is known, words otherwise."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        percent = index.data(Qt.ItemDataRole.UserRole)
        if percent is None or percent >= 100:
            super().paint(painter, option, index)
            return
        bar = QStyleOptionProgressBar()
        area: QRect = option.rect
        bar.rect = area.adjusted(4, 3, -4, -3)
        bar.minimum, bar.maximum, bar.progress = 0, 100, percent
        bar.text = f"{index.data()}  ({percent} %)"
        bar.textVisible = True
        bar.state |= QStyle.StateFlag.State_Horizontal | QStyle.StateFlag.State_Enabled
        bar.palette = option.palette
        QApplication.style().drawControl(QStyle.ControlElement.CE_ProgressBar, bar, painter)


class JobsPanel(QWidget):
    """Table of jobs with a Cancel button for the selected (or the newest) one."""

    def __init__(self, model: JobTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobsPanel")
        self.model = model
        self.table = QTableView(self)
        self.table.setObjectName("jobTable")
        self.table.setAccessibleName(self.tr("Jobs"))
        self.table.setModel(model)
        self.table.setItemDelegateForColumn(COLUMNS.index("progress"), _ProgressDelegate(self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 8)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.setObjectName("cancelJob")
        self.cancel.setAccessibleName(self.tr("Cancel the job"))
        self.cancel.setToolTip(self.tr("Stop the selected job, or the newest (Esc)"))
        self.clear = QPushButton(self.tr("Clear"), self)
        self.clear.setObjectName("clearJobs")
        self.clear.setAccessibleName(self.tr("Take ended jobs off the list"))
        buttons = QVBoxLayout()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.clear)
        buttons.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        self.cancel.clicked.connect(self._cancel)
        self.clear.clicked.connect(self._clear)
        for signal in (model.rowsInserted, model.dataChanged, model.modelReset):
            signal.connect(self._refresh)
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Rows follow the font."""
        if event.type() == QEvent.Type.FontChange and hasattr(self, "table"):
            self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 8)
        super().changeEvent(event)

    def _refresh(self) -> None:
        self.cancel.setEnabled(self.model.running > 0)
        self.clear.setEnabled(self.model.rowCount() > self.model.running)

    def _clear(self) -> None:
        self.model.forget_ended()
        self._refresh()

    def _cancel(self) -> None:
        chosen = self.table.selectionModel().selectedRows()
        jobs = [self.model.job_at(chosen[0].row())] if chosen else []
        jobs += [self.model.job_at(row) for row in range(self.model.rowCount())]
        for job in jobs:
            if not job.state.over and not job.token.cancelled:
                job.cancel()
                return
