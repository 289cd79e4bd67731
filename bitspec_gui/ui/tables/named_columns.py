"""What the table models have in common: columns that are known by names, headings, and which side of a cell its text keeps to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

AnyIndex = QModelIndex | QPersistentModelIndex

ON_THE_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class NamedColumnsModel(QAbstractTableModel):
    """A table whose cells are told apart by a row and the name of a column. Rows, cells and titles are the model's own."""

    columns: tuple[str, ...] = ()
    """Names of the columns in their order; never shown."""

    right: Collection[str] = ()
    """Columns whose cells keep to the right."""

    right_headings = False
    """Whether the headings of those columns keep to the right as well."""

    def row_number(self) -> int:
        """Number of rows."""
        raise NotImplementedError

    def cell(self, row: int, name: str, role: int) -> Any:
        """What a cell has for a role other than alignment."""
        raise NotImplementedError

    def title(self, name: str) -> str:
        """Heading of a column."""
        raise NotImplementedError

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        """Number of rows."""
        return 0 if parent.isValid() else self.row_number()

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Alignment by column, all else cell by cell."""
        if not index.isValid():
            return None
        name = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return ON_THE_RIGHT if name in self.right else None
        return self.cell(index.row(), name, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles of the columns, and their alignment."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        name = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title(name)
        if role == Qt.ItemDataRole.TextAlignmentRole and self.right_headings and name in self.right:
            return ON_THE_RIGHT
        return None


class ExplainedColumnsModel(NamedColumnsModel):
    """A table whose headings have tips, and of which some columns are sorted with the largest first."""

    right_headings = True

    largest_first: Collection[str] = ()
    """Columns that the first click on their heading sorts downwards."""

    def titles(self) -> dict[str, tuple[str, str]]:
        """Heading and explanation of each column."""
        raise NotImplementedError

    def title(self, name: str) -> str:
        """Heading of a column."""
        return self.titles()[name][0]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles of the columns, what they mean, and how they are sorted first."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return self.titles()[self.columns[section]][1]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.InitialSortOrderRole:
            downwards = self.columns[section] in self.largest_first
            return (Qt.SortOrder.DescendingOrder if downwards else Qt.SortOrder.AscendingOrder).value
        return super().headerData(section, orientation, role)
