"""What the selected peak is made of: its ranked assignments, of which one lights up in the structure."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QTableView, QVBoxLayout, QWidget

from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.assignments import AssignmentTableModel
from bitspec_gui.ui.tables.rows import NARROW_HEADINGS, fit_columns, fit_rows, show_rows
from bitspec_gui.ui.views.annotation_words import no_fragment_fits, share_text


class AssignmentsPanel(QWidget):
    """Hidden while no peak of an annotated prediction is selected."""

    def __init__(self, state: WindowState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("assignmentsPanel")
        self._state = state
        self._shown = True
        self.words = OneLine("assignmentsWords", "section", self)
        self.model = AssignmentTableModel(self)
        self.table = QTableView(self)
        self._arrange()
        for signal in (state.peak_changed, state.prediction_changed, state.phase_changed):
            signal.connect(self._refresh)
        state.assignment_changed.connect(self._mark)
        state.colours_changed.connect(lambda: fit_rows(self.table))
        self.table.selectionModel().selectionChanged.connect(self._row_chosen)
        self._refresh()

    def set_shown(self, shown: bool) -> None:
        """Whether the prediction is looked at, and not a library entry."""
        self._shown = shown
        self._refresh()

    def copy(self) -> str:
        """Copy the assignments as tab-separated text; returns what was copied in words."""
        if not self.model.rowCount():
            return ""
        QGuiApplication.clipboard().setText(self.model.as_tsv())
        return self.tr("%1 assignments copied").replace("%1", str(self.model.rowCount()))

    def _arrange(self) -> None:
        table = self.table
        show_rows(table, "assignmentTable", self.tr("What the selected peak is made of"))
        table.setModel(self.model)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setProperty("role", "narrow")
        table.setMinimumHeight(48)
        fit_rows(table)
        header = table.horizontalHeader()
        fit_columns(table)
        header.setStyleSheet(NARROW_HEADINGS)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.words)
        layout.addWidget(table, 1)

    def _refresh(self) -> None:
        state = self._state
        prediction, mz = state.prediction, state.peak_mz
        wanted = self._shown and mz is not None and prediction is not None and bool(prediction.annotations)
        annotation = state.annotation if wanted else None
        self.model.show_assignments(annotation.assignments if annotation is not None else ())
        self.table.setVisible(annotation is not None and annotation.is_assigned)
        self.setEnabled(not state.stale)
        self.words.setText(f"m/z {mz}: {self._sentence()}" if wanted else "")
        self.setVisible(wanted)
        self.setMaximumHeight(self._full_height())
        self._mark()

    def _full_height(self) -> int:
        """Pixels that the words and all rows need; what is left is the peak table's."""
        words = self.words.sizeHint().height() + 8
        rows = self.model.rowCount()
        if not rows:
            return words
        table = self.table
        rows_height = (rows + 1) * table.verticalHeader().defaultSectionSize()
        return words + table.horizontalHeader().sizeHint().height() + rows_height

    def _sentence(self) -> str:
        annotation = self._state.annotation
        if annotation is None:
            return self.tr("no peak is predicted here")
        if not annotation.is_assigned:
            return no_fragment_fits()
        if annotation.unassigned >= 0.01:
            return self.tr("%1 unexplained").replace("%1", share_text(annotation.unassigned))
        return self.tr("fragments that fit")

    def _mark(self) -> None:
        if not self.model.rowCount():
            return
        selection = self.table.selectionModel()
        selection.blockSignals(True)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        selection.setCurrentIndex(self.model.index(self._state.assignment_index, 0), flags)
        selection.blockSignals(False)
        self.table.viewport().update()

    def _row_chosen(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows:
            self._state.choose_assignment(rows[0].row())
