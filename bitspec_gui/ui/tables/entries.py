"""Library entries, fetched page by page as they are scrolled into view."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QIcon

from bitspec_gui.domain.library import LibraryEntry, LibraryQuery
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.ui.views.content import nominal_mass_of
from bitspec_gui.workers.runner import Runner

AnyIndex = QModelIndex | QPersistentModelIndex

PAGE = 200
COLUMNS = ("name", "kind", "formula", "mass", "cas", "inchikey", "library", "peaks", "instrument", "licence")
_RIGHT = {"mass", "peaks"}
_TELL_DOUBT = {"name", "kind"}
_ROLES_OF_DOUBT = {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.AccessibleTextRole}


class EntryTableModel(QAbstractTableModel):
    """One page at a time comes from the query lane; the window never waits for the database."""

    counted = Signal(int)
    failed = Signal(object)

    def __init__(self, libraries: LibraryService, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._libraries, self._runner = libraries, runner
        self._text = ""
        self._library_id: int | None = None
        self._predicted: bool | None = None
        self._doubtful = False
        self._entries: list[LibraryEntry] = []
        self._total = 0
        self._fetching = False
        self._mark = QIcon()

    def set_mark(self, mark: QIcon) -> None:
        """Sign beside the names of doubtful entries."""
        self._mark = mark
        if self._entries:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._entries) - 1, 0), [Qt.ItemDataRole.DecorationRole])

    def search(self, text: str, library_id: int | None, predicted: bool | None = None, doubtful: bool = False) -> None:
        """List what matches, of the spectra that `LibraryQuery` describes; what is shown stays until the answer is there."""
        self._text, self._library_id = text.strip(), library_id
        self._predicted, self._doubtful = predicted, doubtful
        self._fetch(0)

    def entry_at(self, row: int) -> LibraryEntry:
        """Entry of a row."""
        return self._entries[row]

    def as_tsv(self, rows: list[int]) -> str:
        """Rows as tab-separated text under a heading."""
        columns = range(len(COLUMNS))
        heading = "\t".join(str(self.headerData(c, Qt.Orientation.Horizontal)) for c in columns)
        return "\n".join([heading, *("\t".join(self._cell(self._entries[r], COLUMNS[c]) for c in columns) for r in rows)]) + "\n"

    def canFetchMore(self, parent: AnyIndex) -> bool:
        """Whether there are entries that were not fetched yet."""
        return not parent.isValid() and not self._fetching and len(self._entries) < self._total

    def fetchMore(self, parent: AnyIndex) -> None:
        """Ask for the next page."""
        if self.canFetchMore(parent):
            self._fetch(len(self._entries))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        """Number of entries fetched."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        """Number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, slanted letters for what was predicted, and a sign and the reason for what is doubtful."""
        if not index.isValid():
            return None
        entry, column = self._entries[index.row()], COLUMNS[index.column()]
        if entry.record.doubt and column in _TELL_DOUBT and role in _ROLES_OF_DOUBT:
            return self._doubt(entry.record.doubt, self._cell(entry, column), column, role)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._cell(entry, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _RIGHT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and column == "kind" and entry.record.predicted_by:
            slanted = QFont()
            slanted.setItalic(True)
            return slanted
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[section] in _RIGHT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        names = {
            "name": self.tr("Name"), "kind": self.tr("Spectrum"), "formula": self.tr("Formula"), "mass": self.tr("Mass"),
            "cas": "CAS", "inchikey": "InChIKey",
            "library": self.tr("Library"), "peaks": self.tr("Peaks"), "instrument": self.tr("Instrument"),
            "licence": self.tr("Licence"),
        }  # fmt: skip
        return names[COLUMNS[section]]

    def _doubt(self, reason: str, text: str, column: str, role: int) -> Any:
        if role == Qt.ItemDataRole.DecorationRole:
            return self._mark if column == "name" else None
        words = self.tr("Doubtful: %1").replace("%1", reason)
        if column == "kind":
            return words
        return f"{text}, {words}" if role == Qt.ItemDataRole.AccessibleTextRole else f"{text}\n{words}"

    def _cell(self, entry: LibraryEntry, column: str) -> str:
        record = entry.record
        values = {
            "name": record.name, "kind": self._kind(entry),
            "formula": record.formula, "mass": nominal_mass_of(record), "cas": record.cas,
            "inchikey": record.inchikey, "library": entry.library, "peaks": len(record.spectrum),
            "instrument": record.instrument, "licence": record.licence,
        }  # fmt: skip
        value = values[column]
        return "" if value is None else str(value)

    def _kind(self, entry: LibraryEntry) -> str:
        if entry.record.predicted_by:
            return self.tr("predicted")
        return self.tr("doubtful") if entry.record.doubt else self.tr("measured")

    def _fetch(self, offset: int) -> None:
        self._fetching = True
        query = LibraryQuery(self._text, self._library_id, offset, PAGE, self._predicted, self._doubtful)
        self._runner.submit(
            "query",
            self._libraries.entries,
            query,
            on_done=lambda page: self._take(offset, *page),
            on_error=self._fail,
            on_cancel=self._stop,
            key=f"entries-{id(self)}",
        )

    def _take(self, offset: int, entries: list[LibraryEntry], total: int) -> None:
        self._fetching = False
        self._total = total
        if offset == 0:
            self.beginResetModel()
            self._entries = list(entries)
            self.endResetModel()
        elif entries:
            self.beginInsertRows(QModelIndex(), offset, offset + len(entries) - 1)
            self._entries[offset:] = entries
            self.endInsertRows()
        else:
            self._total = len(self._entries)
        self.counted.emit(self._total)

    def _stop(self) -> None:
        self._fetching = False

    def _fail(self, error: Exception) -> None:
        self._fetching = False
        self._total = len(self._entries)
        self.failed.emit(error)
