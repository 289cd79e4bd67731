"""The libraries with their sizes and licences."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.ui.tables.named_columns import NamedColumnsModel

COLUMNS = ("name", "kind", "spectra", "compounds", "licence", "source")
_RIGHT = {"spectra", "compounds"}


class LibrariesTableModel(NamedColumnsModel):
    """One library a row."""

    columns, right, right_headings = COLUMNS, _RIGHT, True

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._libraries: tuple[LibraryInfo, ...] = ()

    def show_libraries(self, libraries: tuple[LibraryInfo, ...]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._libraries = libraries
        self.endResetModel()

    def library_at(self, row: int) -> LibraryInfo:
        """Library of a row."""
        return self._libraries[row]

    def row_of(self, name: str) -> int | None:
        """Row of a library's name."""
        return next((row for row, library in enumerate(self._libraries) if library.name == name), None)

    def row_number(self) -> int:
        """Number of libraries."""
        return len(self._libraries)

    def cell(self, row: int, name: str, role: int) -> Any:
        """Text."""
        library = self._libraries[row]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            if name == "kind":
                return kind_of(library)
            value = getattr(library, name)
            if name == "source" and library.embedded and not value:
                return self.tr("comes with BitSpec")
            return f"{value:,}" if isinstance(value, int) else value
        return None

    def title(self, name: str) -> str:
        """Heading of a column."""
        names = {
            "name": self.tr("Library"), "kind": self.tr("Kind"), "spectra": self.tr("Spectra"),
            "compounds": self.tr("Compounds"), "licence": self.tr("Licence"), "source": self.tr("Source"),
        }  # fmt: skip
        return names[name]


def kind_of(library: LibraryInfo) -> str:
    """Whether a library was measured, or which model predicted it, or how much of it was predicted."""
    if not library.predicted:
        return QCoreApplication.translate("LibrariesTableModel", "measured")
    if library.wholly_predicted:
        return QCoreApplication.translate("LibrariesTableModel", "predicted by %1").replace("%1", library.made_by)
    words = QCoreApplication.translate("LibrariesTableModel", "%1 of %2 predicted")
    return words.replace("%1", f"{library.predicted:,}").replace("%2", f"{library.spectra:,}")
