"""Properties of two model versions side by side; where they differ is marked."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFont

from bitspec_gui.services.version_compare import ComparedRow, VersionComparison
from bitspec_gui.ui.tables.named_columns import NamedColumnsModel

COLUMNS = ("what", "differs", "first", "second")


class ComparedVersionsModel(NamedColumnsModel):
    """A property a row."""

    columns = COLUMNS

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._found: VersionComparison | None = None
        self._rows: tuple[ComparedRow, ...] = ()

    def show_comparison(self, found: VersionComparison, *, only_differing: bool) -> None:
        """Show two versions."""
        self.beginResetModel()
        self._found = found
        self._rows = tuple(row for row in found.rows if row.differs or not only_differing)
        self.endResetModel()

    def row_number(self) -> int:
        """Number of properties."""
        return len(self._rows)

    def cell(self, row: int, name: str, role: int) -> Any:
        """Texts; what differs is bold and has a sign."""
        compared = self._rows[row]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return {
                "what": compared.what,
                "differs": "≠" if compared.differs else "",
                "first": compared.first,
                "second": compared.second,
            }[name]
        if role == Qt.ItemDataRole.AccessibleTextRole and name == "differs":
            return self.tr("differs") if compared.differs else self.tr("the same")
        if role == Qt.ItemDataRole.FontRole and compared.differs and name in ("first", "second"):
            bold = QFont()
            bold.setBold(True)
            return bold
        return None

    def title(self, name: str) -> str:
        """Heading of a column."""
        if self._found is None or name in ("what", "differs"):
            return ""
        return (self._found.first if name == "first" else self._found.second).version.name
