"""The table of derivatives: structures, masses, and what is predicted as it comes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from bitspec_gui.domain.derivatives import Derivative
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.ui.tables.derivatives import COLUMNS, DerivativeRow, DerivativesTableModel
from bitspec_gui.ui.tables.rows import fit_rows, show_rows
from bitspec_gui.ui.tables.structure_cells import StructureDelegate
from bitspec_gui.ui.thumbnails import THUMBNAIL_SIZE, Thumbnails

_WIDTHS = {
    "structure": 90, "formula": 104, "mass": 46, "shift": 52, "ion": 56, "base": 82, "confidence": 84, "remark": 146,
}  # fmt: skip

NAME_AT_LEAST_PX = 190


class DerivativeTable(QTableView):
    """`chosen` says that another row is looked at, or that others are selected; `copy_wanted` is Ctrl+C."""

    chosen = Signal()
    copy_wanted = Signal()

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = DerivativesTableModel(self)
        show_rows(self, "derivativeTable", self.tr("Derivatives"))
        self.setModel(self.rows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSortIndicator(COLUMNS.index("structure"), Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        for name, width in _WIDTHS.items():
            self.setColumnWidth(COLUMNS.index(name), width)
        self.setItemDelegateForColumn(COLUMNS.index("structure"), StructureDelegate(thumbnails, self))
        fit_rows(self)
        lines = self.verticalHeader()
        lines.setDefaultSectionSize(max(lines.defaultSectionSize(), THUMBNAIL_SIZE.height() + 2))
        self.selectionModel().currentRowChanged.connect(lambda *_: self.chosen.emit())
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    @property
    def current(self) -> DerivativeRow | None:
        """The row that is looked at."""
        index = self.currentIndex()
        return self.rows.rows[index.row()] if index.isValid() and index.row() < len(self.rows.rows) else None

    @property
    def selected(self) -> list[DerivativeRow]:
        """The selected rows in their order."""
        places = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self.rows.rows[place] for place in places]

    def show_list(self, derivatives: Sequence[Derivative]) -> None:
        """Show other derivatives in the order of their list, the first one chosen."""
        self.rows.show(derivatives)
        self.horizontalHeader().setSortIndicator(COLUMNS.index("structure"), Qt.SortOrder.AscendingOrder)
        self.setColumnHidden(COLUMNS.index("remark"), not any(each.remark for each in derivatives))
        self._fit_names()
        if derivatives:
            self.setCurrentIndex(self.rows.index(0, COLUMNS.index("name")))
        self.chosen.emit()

    def take(self, place: int, result: Prediction | str) -> None:
        """Take the prediction of the derivative at a place of the list, or why there is none."""
        self.rows.take(place, result)
        if isinstance(result, str):
            self.setColumnHidden(COLUMNS.index("remark"), False)
            self._fit_names()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the names what room there is."""
        super().resizeEvent(event)
        self._fit_names()

    def _fit_names(self) -> None:
        name = COLUMNS.index("name")
        others = sum(self.columnWidth(column) for column in range(len(COLUMNS)) if column != name)
        self.setColumnWidth(name, max(NAME_AT_LEAST_PX, self.viewport().width() - others))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies whole rows."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
            return
        super().keyPressEvent(event)
