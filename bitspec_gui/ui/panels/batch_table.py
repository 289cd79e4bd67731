"""The table of a list of molecules: a hundred thousand rows, sorted by any column, with a selection that outlives sorting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from bitspec_gui.services.batch_order import Places
from bitspec_gui.ui.tables.batch import COLUMNS, BatchTableModel
from bitspec_gui.ui.tables.match_cells import MatchDelegate
from bitspec_gui.ui.tables.named_columns import AnyIndex
from bitspec_gui.ui.tables.ranges import RESELECTED_AT_MOST, CopyingTable, plain_table
from bitspec_gui.ui.theme import Colours
from bitspec_gui.ui.thumbnails import THUMBNAIL_SIZE, Thumbnails

_WIDTHS = {
    "number": 64, "structure": THUMBNAIL_SIZE.width() + 12, "name": 170, "identifier": 110, "formula": 92, "mass": 48,
    "state": 120, "base_peak": 86, "peaks": 230, "confidence": 84, "warnings": 220,
}  # fmt: skip

LOOKED_AFTER_MS = 80


LOOKED_AT = 200
"""First rows that say whether the list has names and identifiers."""


class BatchTable(CopyingTable):
    """Rows of a `BatchTableModel`; `chosen` tells of another selection, `came_into_sight` which places can be seen."""

    came_into_sight = Signal(object)

    def __init__(self, model: BatchTableModel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._kept: Places = np.empty(0, np.int32)
        self._kept_current = -1
        self._matches = MatchDelegate(self)
        plain_table(self, "batchTable", self.tr("Molecules of the list"))
        self.show_model(model, thumbnails, _WIDTHS)
        self.setItemDelegateForColumn(COLUMNS.index("confidence"), self._matches)
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
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

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is in sight."""
        super().hideEvent(event)
        self._looked.stop()

    def hide_what_is_empty(self) -> None:
        """Leave out the columns for names and identifiers if the first rows have none, as far as they are known."""
        rows = [self._model.rows[place] for place in range(min(len(self._model.rows), LOOKED_AT))]
        for name, known in (("name", any(row.name for row in rows)), ("identifier", any(row.identifier for row in rows))):
            self.setColumnHidden(COLUMNS.index(name), bool(rows) and not known)

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._matches.set_colours(colours)
        self.fit()

    @property
    def current_row(self) -> int | None:
        """The row that is looked at: the current one if it is selected, else the first that is."""
        current = self.currentIndex().row()
        spans = sorted(self.spans())
        if any(first <= current <= last for first, last in spans):
            return current
        return spans[0][0] if spans else None

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

    def _keep_selection(self) -> None:
        few = 0 < self.selected_number <= RESELECTED_AT_MOST
        self._kept = self._model.places[self.selected_rows] if few else np.empty(0, np.int32)
        current = self.currentIndex().row()
        self._kept_current = self._model.place_at(current) if 0 <= current < self._model.rowCount() else -1

    def _select_again(self) -> None:
        current = np.array([] if self._kept_current < 0 else [self._kept_current], np.int32)
        self.select_rows(self._model.tables_rows_of(self._kept), self._model.tables_rows_of(current))
