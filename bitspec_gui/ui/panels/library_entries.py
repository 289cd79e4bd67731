"""The table of library entries: structures, columns, and a selection that outlives a new search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.ui.tables.entries import EntryTableModel
from bitspec_gui.ui.tables.entry_columns import COLUMNS, ORDERS
from bitspec_gui.ui.tables.ranges import RESELECTED_AT_MOST, RangesTable, plain_table
from bitspec_gui.ui.thumbnails import THUMBNAIL_SIZE, Thumbnails

_WIDTHS = {
    "structure": THUMBNAIL_SIZE.width() + 12, "name": 200, "kind": 80, "formula": 100, "mass": 56, "cas": 88, "inchikey": 190,
    "library": 130, "tags": 90, "retention_index": 60, "peaks": 56, "instrument": 150,
}  # fmt: skip


class EntryTable(RangesTable):
    """Rows of an `EntryTableModel`; `chosen` tells of another selection, or that the entry of the only row selected has come."""

    def __init__(self, model: EntryTableModel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._kept: NDArray[np.int64] = np.empty(0, np.int64)
        self._kept_current: int | None = None
        plain_table(self, "entryTable", self.tr("Library entries"))
        self.show_model(model, thumbnails, _WIDTHS)
        header = self.horizontalHeader()
        header.moveSection(header.visualIndex(COLUMNS.index("structure")), 0)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(self._mark_sorted)
        self.setSortingEnabled(True)
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelReset.connect(self._select_again)
        model.dataChanged.connect(lambda *_: self._arrived())
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    @property
    def selected_ids(self) -> NDArray[np.int64]:
        """Ids of the entries selected, in the order of their rows, whether they were fetched or not."""
        return self._model.ids[self.selected_rows]

    @property
    def only_selected(self) -> LibraryEntry | None:
        """The entry selected, if it is a single one and has come; it is asked for if it has not, and `chosen` tells."""
        if self.selected_number != 1:
            return None
        row, _ = next(self.spans())
        entry = self._model.entry_at(row)
        if entry is None:
            self._model.fetch_row(row)
        return entry

    def fetched_among_selected(self, most: int) -> list[LibraryEntry]:
        """Entries selected that are at hand, looked for in the first `most` rows of the selection."""
        found = []
        for first, last in sorted(self.spans()):
            for row in range(first, min(last, first + most - 1) + 1):
                entry = self._model.entry_at(row)
                if entry is not None:
                    found.append(entry)
        return found[:most]

    def start_at_top(self) -> None:
        """Show the first rows."""
        self.scrollToTop()

    @property
    def top_row(self) -> int:
        """The first row to be seen."""
        return max(0, self.rowAt(0))

    def _keep_selection(self) -> None:
        number = self.selected_number
        self._kept = self.selected_ids if 0 < number <= RESELECTED_AT_MOST else np.empty(0, np.int64)
        current = self.currentIndex().row()
        self._kept_current = int(self._model.ids[current]) if 0 <= current < self._model.ids.size else None

    def _select_again(self) -> None:
        current = np.array([] if self._kept_current is None else [self._kept_current], np.int64)
        self.select_rows(self._model.rows_of(self._kept), self._model.rows_of(current))

    def _arrived(self) -> None:
        """Pages came: perhaps with the entry that was chosen before it was there."""
        if self.selected_number == 1:
            self.chosen.emit()

    def _mark_sorted(self, section: int, _order: Qt.SortOrder) -> None:
        """No arrow over a column that nothing can be sorted by."""
        if section >= 0 and COLUMNS[section] not in ORDERS:
            self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
