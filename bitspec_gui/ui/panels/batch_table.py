"""The table of a list of molecules: a hundred thousand rows, sorted by any column, with a selection that outlives sorting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from bitspec_gui.services.batch_order import Places
from bitspec_gui.ui.panels.library_entries import plain_table
from bitspec_gui.ui.tables.batch import COLUMNS, AnyIndex, BatchTableModel
from bitspec_gui.ui.tables.match_cells import MatchDelegate
from bitspec_gui.ui.tables.rows import fit_rows
from bitspec_gui.ui.tables.structure_cells import StructureDelegate
from bitspec_gui.ui.theme import Colours
from bitspec_gui.ui.thumbnails import THUMBNAIL_SIZE, Thumbnails

_WIDTHS = {
    "number": 64, "structure": THUMBNAIL_SIZE.width() + 12, "name": 170, "identifier": 110, "formula": 92, "mass": 48,
    "state": 120, "base_peak": 86, "peaks": 230, "confidence": 84, "warnings": 220,
}  # fmt: skip

RESELECTED_AT_MOST = 20_000
"""Selected rows that are looked for after sorting; of more, the selection was “all”, and is not kept."""

LOOKED_AFTER_MS = 80

_COPY = QKeySequence.StandardKey.Copy

LOOKED_AT = 200
"""First rows that say whether the list has names and identifiers."""


class BatchTable(QTableView):
    """Rows of a `BatchTableModel`; `chosen` tells of another selection, `came_into_sight` which places can be seen."""

    chosen = Signal()
    copy_wanted = Signal()
    came_into_sight = Signal(object)

    def __init__(self, model: BatchTableModel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._kept: Places = np.empty(0, np.int32)
        self._kept_current = -1
        self._matches = MatchDelegate(self)
        plain_table(self, "batchTable", self.tr("Molecules of the list"))
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setItemDelegateForColumn(COLUMNS.index("structure"), StructureDelegate(thumbnails, self))
        self.setItemDelegateForColumn(COLUMNS.index("confidence"), self._matches)
        header = self.horizontalHeader()
        # With the table's own selection, painting the headings asks each row whether it can be selected.
        header.setSelectionModel(QItemSelectionModel(model, header))
        header.setSectionsClickable(True)
        header.setSectionsMovable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        for name, width in _WIDTHS.items():
            self.setColumnWidth(COLUMNS.index(name), width)
        self.structures_shown = True
        self.show_structures(True)
        self._looked = QTimer(self)
        self._looked.setSingleShot(True)
        self._looked.setInterval(LOOKED_AFTER_MS)
        self._looked.timeout.connect(self._tell_sight)
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelReset.connect(self._select_again)
        for signal in (model.modelReset, model.rowsInserted, self.verticalScrollBar().valueChanged):
            signal.connect(lambda *_: self._looked.start())
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    def stop(self) -> None:
        """Look no more (the window closes)."""
        self._looked.stop()

    def event(self, event: QEvent) -> bool:
        """Copying rows is the table's own affair, whatever Ctrl+C does in the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.matches(_COPY):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the selected rows."""
        if event.matches(_COPY):
            self.copy_wanted.emit()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is in sight."""
        super().hideEvent(event)
        self._looked.stop()

    def show_structures(self, shown: bool) -> None:
        """Rows high enough for structures, or low rows without them."""
        self.structures_shown = shown
        top = self.rowAt(0)
        self.setColumnHidden(COLUMNS.index("structure"), not shown)
        self.fit()
        if top > 0:
            self.scrollTo(self._model.index(top, 0), QAbstractItemView.ScrollHint.PositionAtTop)

    def hide_what_is_empty(self) -> None:
        """Leave out the columns for names and identifiers if the first rows have none, as far as they are known."""
        rows = [self._model.rows[place] for place in range(min(len(self._model.rows), LOOKED_AT))]
        for name, known in (("name", any(row.name for row in rows)), ("identifier", any(row.identifier for row in rows))):
            self.setColumnHidden(COLUMNS.index(name), bool(rows) and not known)

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._matches.set_colours(colours)
        self.fit()

    def fit(self) -> None:
        """Give rows the height that the font, or a structure, needs."""
        fit_rows(self)
        if self.structures_shown:
            header = self.verticalHeader()
            header.setDefaultSectionSize(max(header.defaultSectionSize(), THUMBNAIL_SIZE.height() + 4))

    @property
    def selected_rows(self) -> Places:
        """Rows of the table that are selected, ascending."""
        spans = sorted(self._spans())
        return np.concatenate([np.arange(a, b + 1, dtype=np.int32) for a, b in spans]) if spans else np.empty(0, np.int32)

    @property
    def selected_number(self) -> int:
        """How many rows are selected."""
        return sum(last - first + 1 for first, last in self._spans())

    @property
    def current_row(self) -> int | None:
        """The row that is looked at: the current one if it is selected, else the first that is."""
        current = self.currentIndex().row()
        spans = sorted(self._spans())
        if any(first <= current <= last for first, last in spans):
            return current
        return spans[0][0] if spans else None

    def menu_place(self, place: QPoint) -> QPoint:
        """Where on the screen a menu asked for at `place` opens; one asked for by the keyboard at the current row."""
        row = self.visualRect(self.currentIndex())
        at = place if self.viewport().rect().contains(place) else row.center()
        return self.viewport().mapToGlobal(at)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End go to the first and the last row, not to the ends of a row."""
        last = self._model.rowCount() - 1
        ends = {QAbstractItemView.CursorAction.MoveHome: 0, QAbstractItemView.CursorAction.MoveEnd: last}
        if last >= 0 and action in ends:
            return self._model.index(ends[action], max(0, self.currentIndex().column()))
        return super().moveCursor(action, modifiers)

    def dataChanged(self, top_left: AnyIndex, bottom_right: AnyIndex, roles: Sequence[int] = ()) -> None:
        """Paint what is in sight, and that only if it has changed: beside computing lanes, painting a table is slow."""
        shown = self._rows_in_sight()
        if top_left.row() < shown.stop and bottom_right.row() >= shown.start:
            super().dataChanged(top_left, bottom_right, list(roles))

    def _rows_in_sight(self) -> range:
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        return range(first, self._model.rowCount() if last < 0 else last + 1)

    def _tell_sight(self) -> None:
        self.came_into_sight.emit([self._model.place_at(row) for row in self._rows_in_sight()[:100]])

    def _spans(self) -> Iterator[tuple[int, int]]:
        # Every cell of a selected row is selected: ranges of rows, without asking 100,000 rows one by one.
        selection = self.selectionModel().selection()
        for part in (selection.at(n) for n in range(selection.count())):
            if part.left() == 0:
                yield part.top(), part.bottom()

    def _keep_selection(self) -> None:
        few = 0 < self.selected_number <= RESELECTED_AT_MOST
        self._kept = self._model.places[self.selected_rows] if few else np.empty(0, np.int32)
        current = self.currentIndex().row()
        self._kept_current = self._model.place_at(current) if 0 <= current < self._model.rowCount() else -1

    def _select_again(self) -> None:
        rows = self._model.tables_rows_of(self._kept)
        selection = QItemSelection()
        last = len(COLUMNS) - 1
        for some in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if rows.size else ():
            top, bottom = self._model.index(int(some[0]), 0), self._model.index(int(some[-1]), last)
            selection.append(QItemSelectionRange(top, bottom))
        current = self._model.tables_rows_of(np.array([self._kept_current], np.int32)) if self._kept_current >= 0 else rows
        if current.size:
            index = self._model.index(int(current[0]), 0)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if not rows.size:
            self.chosen.emit()
