"""The table of library entries: structures, columns, and a selection that outlives a new search."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.ui.tables.entries import EntryTableModel
from bitspec_gui.ui.tables.entry_columns import COLUMNS, ORDERS
from bitspec_gui.ui.tables.rows import fit_rows, show_rows
from bitspec_gui.ui.tables.structure_cells import StructureDelegate
from bitspec_gui.ui.thumbnails import THUMBNAIL_SIZE, Thumbnails

_WIDTHS = {
    "structure": THUMBNAIL_SIZE.width() + 12, "name": 200, "kind": 80, "formula": 100, "mass": 56, "cas": 88, "inchikey": 190,
    "library": 130, "tags": 90, "retention_index": 60, "peaks": 56, "instrument": 150,
}  # fmt: skip

_RESELECTED_AT_MOST = 20_000
"""Selected entries that are looked for after a new search; of more, the selection was “all”, and is not kept."""


def plain_table(table: QTableView, name: str, words: str) -> None:
    """What all tables of this tab have in common."""
    show_rows(table, name, words)
    table.setAlternatingRowColors(True)
    table.setMinimumHeight(58)
    table.setWordWrap(False)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    fit_rows(table)
    header = table.horizontalHeader()
    header.setStretchLastSection(True)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class EntryTable(QTableView):
    """Rows of an `EntryTableModel`; `chosen` tells of another selection, or that the entry of the only row selected has come."""

    chosen = Signal()

    def __init__(self, model: EntryTableModel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._kept: NDArray[np.int64] = np.empty(0, np.int64)
        self._kept_current: int | None = None
        self.hint = ""
        plain_table(self, "entryTable", self.tr("Library entries"))
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        structure = COLUMNS.index("structure")
        self.setItemDelegateForColumn(structure, StructureDelegate(thumbnails, self))
        header = self.horizontalHeader()
        # With the table's own selection, painting the headings asks each row whether it can be selected: 5 s for 200,000.
        header.setSelectionModel(QItemSelectionModel(model, header))
        header.moveSection(header.visualIndex(structure), 0)
        header.setSectionsClickable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(self._mark_sorted)
        self.setSortingEnabled(True)
        for name, width in _WIDTHS.items():
            self.setColumnWidth(COLUMNS.index(name), width)
        self.structures_shown = True
        self.show_structures(True)
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelReset.connect(self._select_again)
        model.dataChanged.connect(lambda *_: self._arrived())
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    def show_structures(self, shown: bool) -> None:
        """Rows high enough for structures, or low rows without them."""
        self.structures_shown = shown
        top = self.rowAt(0)
        self.setColumnHidden(COLUMNS.index("structure"), not shown)
        self.fit()
        if top > 0:
            self.scrollTo(self._model.index(top, 0), QAbstractItemView.ScrollHint.PositionAtTop)

    def fit(self) -> None:
        """Give rows the height that the font, or a structure, needs."""
        fit_rows(self)
        if self.structures_shown:
            header = self.verticalHeader()
            header.setDefaultSectionSize(max(header.defaultSectionSize(), THUMBNAIL_SIZE.height() + 4))

    def set_hint(self, hint: str) -> None:
        """Words in the place of rows, for when there are none."""
        self.hint = hint
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Rows, or the words in their place."""
        super().paintEvent(event)
        if self.hint:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            room = self.viewport().rect().adjusted(16, 8, -16, -8)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self.hint)
            painter.end()

    @property
    def selected_rows(self) -> NDArray[np.intp]:
        """Rows selected, ascending."""
        spans = sorted(self._spans())
        return np.concatenate([np.arange(a, b + 1) for a, b in spans]) if spans else np.empty(0, np.intp)

    @property
    def selected_ids(self) -> NDArray[np.int64]:
        """Ids of the entries selected, in the order of their rows, whether they were fetched or not."""
        return self._model.ids[self.selected_rows]

    @property
    def selected_number(self) -> int:
        """How many entries are selected."""
        return sum(last - first + 1 for first, last in self._spans())

    @property
    def only_selected(self) -> LibraryEntry | None:
        """The entry selected, if it is a single one and has come; it is asked for if it has not, and `chosen` tells."""
        if self.selected_number != 1:
            return None
        row, _ = next(self._spans())
        entry = self._model.entry_at(row)
        if entry is None:
            self._model.fetch_row(row)
        return entry

    def fetched_among_selected(self, most: int) -> list[LibraryEntry]:
        """Entries selected that are at hand, looked for in the first `most` rows of the selection."""
        found = []
        for first, last in sorted(self._spans()):
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

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End go to the first and the last row, not to the ends of a row."""
        last = self._model.rowCount() - 1
        ends = {QAbstractItemView.CursorAction.MoveHome: 0, QAbstractItemView.CursorAction.MoveEnd: last}
        if last >= 0 and action in ends:
            return self._model.index(ends[action], max(0, self.currentIndex().column()))
        return super().moveCursor(action, modifiers)

    def menu_place(self, place: QPoint) -> QPoint:
        """Where on the screen a menu asked for at `place` opens; one asked for by the keyboard at the current row."""
        row = self.visualRect(self.currentIndex())
        at = place if self.viewport().rect().contains(place) else row.center()
        return self.viewport().mapToGlobal(at)

    def _spans(self) -> Iterator[tuple[int, int]]:
        # Every cell of a selected row is selected: ranges of rows, without asking 200,000 rows one by one.
        selection = self.selectionModel().selection()
        for part in (selection.at(n) for n in range(selection.count())):
            if part.left() == 0:
                yield part.top(), part.bottom()

    def _keep_selection(self) -> None:
        number = self.selected_number
        self._kept = self.selected_ids if 0 < number <= _RESELECTED_AT_MOST else np.empty(0, np.int64)
        current = self.currentIndex().row()
        self._kept_current = int(self._model.ids[current]) if 0 <= current < self._model.ids.size else None

    def _select_again(self) -> None:
        rows = self._model.rows_of(self._kept)
        selection = QItemSelection()
        last = len(COLUMNS) - 1
        for some in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if rows.size else ():
            top, bottom = self._model.index(int(some[0]), 0), self._model.index(int(some[-1]), last)
            selection.append(QItemSelectionRange(top, bottom))
        if self._kept_current is not None:
            current = self._model.rows_of(np.array([self._kept_current], np.int64))
            if current.size:
                self.selectionModel().setCurrentIndex(
                    self._model.index(int(current[0]), 0), QItemSelectionModel.SelectionFlag.NoUpdate
                )
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if not rows.size:
            self.chosen.emit()

    def _arrived(self) -> None:
        """Pages came: perhaps with the entry that was chosen before it was there."""
        if self.selected_number == 1:
            self.chosen.emit()

    def _mark_sorted(self, section: int, _order: Qt.SortOrder) -> None:
        """No arrow over a column that nothing can be sorted by."""
        if section >= 0 and COLUMNS[section] not in ORDERS:
            self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
