"""The table of held-out spectra: sorted by any column, stepped through with the arrow keys, copied with Ctrl+C."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHeaderView, QWidget

from bitspec_gui.domain.verdict import Outcome, Verdict
from bitspec_gui.ui.tables.outcomes import COLUMNS, OutcomesTableModel, outcomes_as_tsv
from bitspec_gui.ui.tables.ranges import CopyingTable, plain_table
from bitspec_gui.ui.theme import Colours
from bitspec_gui.ui.thumbnails import THUMBNAIL_SIZE, Thumbnails


class OutcomesTable(CopyingTable):
    """`looked_at` carries the `Outcome` of the current row, `told` what was copied."""

    looked_at = Signal(object)
    told = Signal(str)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcomes = OutcomesTableModel(self)
        plain_table(self, "verdictOutcomes", self.tr("Held-out spectra"))
        letter = self.fontMetrics().averageCharWidth()
        letters = {"before": 9, "after": 9, "change": 12, "part": 6}
        widths = {"structure": THUMBNAIL_SIZE.width() + 8, **{name: number * letter for name, number in letters.items()}}
        self.show_model(self.outcomes, thumbnails, widths)
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(COLUMNS.index("name"), QHeaderView.ResizeMode.Stretch)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(COLUMNS.index("change"), Qt.SortOrder.DescendingOrder)
        header.sortIndicatorChanged.connect(self._sort)
        self.copy_wanted.connect(self._copy)
        self.selectionModel().currentRowChanged.connect(lambda current, _before: self._tell(current.row()))

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Show the spectra of a verdict, and look at the first."""
        self.outcomes.show_verdict(verdict)
        self.setColumnHidden(COLUMNS.index("part"), verdict is None or verdict.folds < 2)
        if self.outcomes.rowCount():
            self.look_at(self.outcomes.outcome_at(0))
        else:
            self.looked_at.emit(None)

    def look_at(self, outcome: Outcome) -> None:
        """Make a spectrum the current row."""
        row = self.outcomes.row_of(outcome)
        if row is None:
            return
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self.outcomes.index(row, 1), flags)
        self.scrollTo(self.outcomes.index(row, 1))

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self.outcomes.set_colours(colours)
        self.fit()

    def _copy(self) -> None:
        rows = [self.outcomes.outcome_at(row) for row in self.selected_rows.tolist()]
        QGuiApplication.clipboard().setText(outcomes_as_tsv(rows))
        self.told.emit(self.tr("%1 rows copied").replace("%1", f"{len(rows):,}"))

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        current = self.currentIndex().row()
        kept = self.outcomes.outcome_at(current) if 0 <= current < self.outcomes.rowCount() else None
        self.outcomes.sort(column, order)
        if kept is not None:
            self.look_at(kept)

    def _tell(self, row: int) -> None:
        if 0 <= row < self.outcomes.rowCount():
            self.looked_at.emit(self.outcomes.outcome_at(row))
