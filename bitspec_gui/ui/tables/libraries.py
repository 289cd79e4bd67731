"""The libraries with their sizes and licences."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from bitspec_gui.domain.library import LibraryInfo

AnyIndex = QModelIndex | QPersistentModelIndex

COLUMNS = ("name", "kind", "spectra", "compounds", "licence", "source")
_RIGHT = {"spectra", "compounds"}


class LibrariesTableModel(QAbstractTableModel):
    """One library a row."""

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

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        """Number of libraries."""
        return 0 if parent.isValid() else len(self._libraries)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        """Number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text and alignment."""
        if not index.isValid():
            return None
        library, column = self._libraries[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            if column == "kind":
                return kind_of(library)
            value = getattr(library, column)
            if column == "source" and library.embedded and not value:
                return self.tr("comes with BitSpec")
            return f"{value:,}" if isinstance(value, int) else value
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _RIGHT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[section] in _RIGHT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        names = {
            "name": self.tr("Library"), "kind": self.tr("Kind"), "spectra": self.tr("Spectra"),
            "compounds": self.tr("Compounds"), "licence": self.tr("Licence"), "source": self.tr("Source"),
        }  # fmt: skip
        return names[COLUMNS[section]]


def kind_of(library: LibraryInfo) -> str:
    """Whether a library was measured or predicted, or how much of it was predicted."""
    if not library.predicted:
        return QCoreApplication.translate("LibrariesTableModel", "measured")
    if library.wholly_predicted:
        return QCoreApplication.translate("LibrariesTableModel", "predicted")
    words = QCoreApplication.translate("LibrariesTableModel", "%1 of %2 predicted")
    return words.replace("%1", f"{library.predicted:,}").replace("%2", f"{library.spectra:,}")
