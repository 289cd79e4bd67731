"""The jobs dock: what runs, how far it is, and Cancel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.ui.tables.jobs import COLUMNS, JobTableModel
from bitspec_gui.ui.tables.rows import fit_rows, show_rows


class _ProgressDelegate(QStyledItemDelegate):
    """Words over a bar where the share done is known, words alone otherwise."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        percent = index.data(Qt.ItemDataRole.UserRole)
        if percent is None or not index.model().index(index.row(), COLUMNS.index("state")).data(Qt.ItemDataRole.UserRole):
            super().paint(painter, option, index)
            return
        area = QRectF(option.rect).adjusted(3, 3, -6, -3)
        palette = option.palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Button))
        painter.drawRoundedRect(area, 4, 4)
        done = QColor(QApplication.palette().color(QPalette.ColorRole.Highlight))
        done.setAlphaF(0.45)
        painter.setBrush(done)
        painter.drawRoundedRect(QRectF(area.left(), area.top(), area.width() * percent / 100, area.height()), 4, 4)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        words = f"{percent} %   {index.data()}"
        shown = option.fontMetrics.elidedText(words, Qt.TextElideMode.ElideRight, int(area.width()) - 14)
        painter.drawText(area.adjusted(7, 0, -7, 0), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
        painter.restore()


class JobsPanel(QWidget):
    """Table of jobs with a Cancel button for the selected (or the newest) one."""

    def __init__(self, model: JobTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobsPanel")
        self.model = model
        self.table = QTableView(self)
        show_rows(self.table, "jobTable", self.tr("Jobs"))
        self.table.setModel(model)
        self.table.setItemDelegateForColumn(COLUMNS.index("progress"), _ProgressDelegate(self.table))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setMinimumHeight(58)
        fit_rows(self.table)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(False)
        self.table.setColumnWidth(0, 210)
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
        for signal in (model.rowsInserted, model.rowsRemoved, model.dataChanged, model.modelReset):
            signal.connect(self._refresh)
        self._refresh()

    def sizeHint(self) -> QSize:
        """Room for three jobs."""
        return QSize(500, 5 * (self.fontMetrics().height() + 7) + 16)

    def changeEvent(self, event: QEvent) -> None:
        """Rows follow the font."""
        if event.type() == QEvent.Type.FontChange and hasattr(self, "table"):
            fit_rows(self.table)
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
