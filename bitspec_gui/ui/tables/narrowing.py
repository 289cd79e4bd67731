"""Columns that are left out where a table has too little room, those that matter least first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QTableView

from bitspec_gui.ui.tables.named_columns import NamedColumnsModel


class Narrowing(QObject):
    """Shows as many columns of a table as there is room for.

    Parameters
    ----------
    table : QTableView
        With a `NamedColumnsModel`.
    always : str
        The column that takes the room that is left, and at least `letters` letters.
    by_importance : sequence of str
        The other columns, the most important one first.
    """

    def __init__(self, table: QTableView, always: str, by_importance: Sequence[str], letters: int = 18) -> None:
        super().__init__(table)
        self._table, self._always, self._order, self._letters = table, always, tuple(by_importance), letters
        table.viewport().installEventFilter(self)
        for signal in (table.model().modelReset, table.model().dataChanged):
            signal.connect(lambda *_: self.fit())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The table has another width."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.FontChange):
            self.fit()
        return super().eventFilter(watched, event)

    def fit(self) -> None:
        """Leave out what there is no room for."""
        model = self._table.model()
        assert isinstance(model, NamedColumnsModel)
        left = self._table.viewport().width() - self._letters * self._table.fontMetrics().averageCharWidth()
        full = False
        for name in self._order:
            column = model.columns.index(name)
            header = self._table.horizontalHeader().sectionSizeFromContents(column).width()
            left -= max(header, self._table.sizeHintForColumn(column) + 1)
            full = full or left < 0
            if self._table.isColumnHidden(column) is not full:
                self._table.setColumnHidden(column, full)
