"""Tables of a great many rows with structures, whose selection is read and set in ranges, never row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QItemSelectionRange, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from bitspec_gui.ui.tables.named_columns import NamedColumnsModel
from bitspec_gui.ui.tables.rows import fit_rows, show_rows
from bitspec_gui.ui.tables.structure_cells import StructureDelegate
from bitspec_gui.ui.thumbnails import THUMBNAIL_SIZE, Thumbnails

RESELECTED_AT_MOST = 20_000
"""Selected rows that are looked for after sorting or a new search; of more, the selection was “all”, and is not kept."""

_COPY = QKeySequence.StandardKey.Copy


def plain_table(table: QTableView, name: str, words: str) -> None:
    """Make a table one of striped rows of equal height that scrolls by pixels; its last column takes what room is left."""
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


class RangesTable(QTableView):
    """Rows of a model that has a column of structures; `chosen` tells of another selection."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._structure = 0
        self.structures_shown = True
        self.hint = ""

    def show_model(self, model: NamedColumnsModel, thumbnails: Thumbnails, widths: Mapping[str, int]) -> None:
        """Show a model, with columns of these widths in pixels, and structures drawn."""
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._structure = model.columns.index("structure")
        self.setItemDelegateForColumn(self._structure, StructureDelegate(thumbnails, self))
        header = self.horizontalHeader()
        # With the table's own selection, painting the headings asks each row whether it can be selected: 5 s for 200,000.
        header.setSelectionModel(QItemSelectionModel(model, header))
        header.setSectionsClickable(True)
        for name, width in widths.items():
            self.setColumnWidth(model.columns.index(name), width)
        self.show_structures(True)

    def show_structures(self, shown: bool) -> None:
        """Rows high enough for structures, or low rows without them."""
        self.structures_shown = shown
        top = self.rowAt(0)
        self.setColumnHidden(self._structure, not shown)
        self.fit()
        if top > 0:
            self.scrollTo(self.model().index(top, 0), QAbstractItemView.ScrollHint.PositionAtTop)

    def fit(self) -> None:
        """Give rows the height that the font, or a structure, needs."""
        fit_rows(self)
        if self.structures_shown:
            header = self.verticalHeader()
            header.setDefaultSectionSize(max(header.defaultSectionSize(), THUMBNAIL_SIZE.height() + 4))

    def set_hint(self, hint: str) -> None:
        """Words in the place of rows, for when there are none."""
        if hint != self.hint:
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
        spans = sorted(self.spans())
        return np.concatenate([np.arange(a, b + 1) for a, b in spans]) if spans else np.empty(0, np.intp)

    @property
    def selected_number(self) -> int:
        """How many rows are selected."""
        return sum(last - first + 1 for first, last in self.spans())

    def select_rows(self, rows: NDArray[np.integer], current: NDArray[np.integer]) -> None:
        """Select these rows, ascending, and no others; the first of `current`, if there is one, becomes the current row."""
        selection = QItemSelection()
        model = self.model()
        last = model.columnCount() - 1
        for some in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if rows.size else ():
            selection.append(QItemSelectionRange(model.index(int(some[0]), 0), model.index(int(some[-1]), last)))
        if current.size:
            index = model.index(int(current[0]), 0)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if not rows.size:
            self.chosen.emit()

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End go to the first and the last row, not to the ends of a row."""
        last = self.model().rowCount() - 1
        ends = {QAbstractItemView.CursorAction.MoveHome: 0, QAbstractItemView.CursorAction.MoveEnd: last}
        if last >= 0 and action in ends:
            return self.model().index(ends[action], max(0, self.currentIndex().column()))
        return super().moveCursor(action, modifiers)

    def menu_place(self, place: QPoint) -> QPoint:
        """Where on the screen a menu asked for at `place` opens; one asked for by the keyboard at the current row."""
        row = self.visualRect(self.currentIndex())
        at = place if self.viewport().rect().contains(place) else row.center()
        return self.viewport().mapToGlobal(at)

    def spans(self) -> Iterator[tuple[int, int]]:
        """First and last rows of the ranges selected, in no order."""
        # Every cell of a selected row is selected: ranges of rows, without asking 100,000 rows one by one.
        selection = self.selectionModel().selection()
        for part in (selection.at(n) for n in range(selection.count())):
            if part.left() == 0:
                yield part.top(), part.bottom()


class CopyingTable(RangesTable):
    """A table whose rows are copied; `copy_wanted` says that Ctrl+C was pressed, which then means nothing else in the window."""

    copy_wanted = Signal()

    def is_own(self, event: QKeyEvent) -> bool:
        """Whether a key is the table's own affair, whatever it does in the window."""
        return event.matches(_COPY)

    def event(self, event: QEvent) -> bool:
        """Keep the table's own keys from the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C asks for a copy of the selected rows."""
        if event.matches(_COPY):
            self.copy_wanted.emit()
        else:
            super().keyPressEvent(event)
