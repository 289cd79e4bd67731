"""Library entries as a table of which only the pages that are looked at are fetched."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QIcon

from bitspec_gui.domain.library import EntryOrder, LibraryEntry, LibraryQuery
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.ui.tables.entry_columns import COLUMNS, ORDERS, RIGHT, cell_text, heading, structure_text
from bitspec_gui.ui.tables.named_columns import NamedColumnsModel
from bitspec_gui.ui.tables.structure_cells import STRUCTURE_ROLE
from bitspec_gui.workers.runner import Runner

Ids = NDArray[np.int64]
Page = tuple[LibraryEntry | None, ...]

PAGE = 64
"""Entries fetched together: more than a screen shows, few enough to be there at once."""

NEAR = 16
"""Rows from the end of a page at which the next one is fetched though nobody looks at it yet."""

KEPT_PAGES = 48
WANTED_AT_MOST = 3
"""Pages asked for and not begun; of more, the oldest are forgotten: they were scrolled away."""

STILL_COMING = "…"
_TELL_DOUBT = {"name", "kind"}
_ROLES_OF_DOUBT = {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.AccessibleTextRole}
_ROLES_OF_ENTRY = {*map(int, _ROLES_OF_DOUBT), int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.FontRole), STRUCTURE_ROLE}


@dataclass(frozen=True)
class _Listing:
    """Ids of all that match, in order, and the pages that are looked at."""

    ids: Ids
    pages: dict[int, Page]


class EntryTableModel(NamedColumnsModel):
    """Knows the ids of all entries that match; entries come page by page from the query lane, the newest wish first.

    Rows that are not there yet say so with an ellipsis. The window never waits for the database.
    """

    counted = Signal(int)
    failed = Signal(object)

    columns, right, right_headings = COLUMNS, RIGHT, True

    def __init__(self, libraries: LibraryService, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._libraries, self._runner = libraries, runner
        self._query = LibraryQuery()
        self._ids: Ids = np.empty(0, np.int64)
        self._rows_by_id: NDArray[np.intp] = np.empty(0, np.intp)
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._ahead: int | None = None
        self._fetched: int | None = None
        self._failing = False
        self._mark = QIcon()
        self._slanted = QFont()
        self._slanted.setItalic(True)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._fetch_next)

    def set_mark(self, mark: QIcon) -> None:
        """Sign beside the names of doubtful entries."""
        self._mark = mark
        self._slanted = QFont()
        self._slanted.setItalic(True)
        if self._ids.size:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 0), [Qt.ItemDataRole.DecorationRole])

    def search(self, query: LibraryQuery, *, near_row: int = 0) -> None:
        """List what matches, in the order of the columns chosen; what is shown stays until the answer is there.

        The page of `near_row`, at which the table will stand, comes together with the answer.
        """
        self._query = replace(query, order=self._query.order, descending=self._query.descending)
        self._list(near_row)

    @property
    def ids(self) -> Ids:
        """Ids of all entries listed, in their order."""
        return self._ids

    def rows_of(self, entry_ids: Ids) -> NDArray[np.intp]:
        """Rows, ascending, of those of these entries that are listed."""
        if not self._ids.size or not entry_ids.size:
            return np.empty(0, np.intp)
        places = np.searchsorted(self._ids, entry_ids, sorter=self._rows_by_id)
        rows = self._rows_by_id[np.minimum(places, self._ids.size - 1)]
        return np.sort(rows[self._ids[rows] == entry_ids])

    def entry_at(self, row: int) -> LibraryEntry | None:
        """Entry of a row, None if it is not there yet (`dataChanged` tells when it is) or was removed meanwhile."""
        number, place = divmod(row, PAGE)
        page = self._pages.get(number)
        if page is None or place >= len(page):
            return None
        self._pages.move_to_end(number)
        return page[place]

    def fetch_row(self, row: int) -> None:
        """Have the entry of a row fetched though nobody looks at the row."""
        if row // PAGE not in self._pages:
            self._want(row // PAGE)

    def as_tsv(self, entries: Iterable[LibraryEntry]) -> str:
        """Entries as tab-separated text under a heading."""
        lines = ["\t".join(heading(column) for column in COLUMNS)]
        lines += ["\t".join(_one_line(cell_text(entry, column)) for column in COLUMNS) for entry in entries]
        return "\n".join(lines) + "\n"

    def stop(self) -> None:
        """Fetch no more (the window closes)."""
        self._soon.stop()
        self._forget_wishes()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """List anew, in the order of a column; of -1, in the order of import."""
        by = ORDERS.get(COLUMNS[column], EntryOrder.CLOSENESS) if column >= 0 else EntryOrder.CLOSENESS
        descending = by is not EntryOrder.CLOSENESS and order == Qt.SortOrder.DescendingOrder
        if (by, descending) != (self._query.order, self._query.descending):
            self._query = replace(self._query, order=by, descending=descending)
            self._list(0)

    def row_number(self) -> int:
        """Number of entries that match."""
        return int(self._ids.size)

    def cell(self, row: int, name: str, role: int) -> Any:
        """Text, slanted letters for what was predicted, and a sign and the reason for what is doubtful."""
        if role not in _ROLES_OF_ENTRY:
            return None
        entry = self.entry_at(row)
        if name == "name" and role == Qt.ItemDataRole.DisplayRole:
            self._look_ahead(row)
        if entry is None:
            return self._absent(row, name, role)
        if entry.record.doubt and name in _TELL_DOUBT and role in _ROLES_OF_DOUBT:
            return self._doubt(entry.record.doubt, cell_text(entry, name), name, role)
        if role == STRUCTURE_ROLE:
            return structure_text(entry) if name == "structure" else None
        if role == Qt.ItemDataRole.FontRole:
            return self._slanted if name == "kind" and entry.record.predicted_by else None
        if role == Qt.ItemDataRole.DisplayRole and name == "structure":
            return None
        return cell_text(entry, name) if role != Qt.ItemDataRole.DecorationRole else None

    def title(self, name: str) -> str:
        """Heading of a column."""
        return heading(name)

    def _absent(self, row: int, column: str, role: int) -> Any:
        number = row // PAGE
        come = number in self._pages
        if not come and role == Qt.ItemDataRole.DisplayRole:
            self._want(number)
        if column != "name" or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        return self.tr("no longer there") if come else STILL_COMING

    def _doubt(self, reason: str, text: str, column: str, role: int) -> Any:
        if role == Qt.ItemDataRole.DecorationRole:
            return self._mark if column == "name" else None
        words = self.tr("Doubtful: %1").replace("%1", reason)
        if column == "kind":
            return words
        return f"{text}, {words}" if role == Qt.ItemDataRole.AccessibleTextRole else f"{text}\n{words}"

    def _list(self, near_row: int) -> None:
        self._runner.submit(
            "query",
            _listing,
            self._libraries,
            self._query,
            near_row,
            on_done=self._take_listing,
            on_error=self.failed.emit,
            key=f"entries-{id(self)}",
        )

    def _take_listing(self, listing: _Listing) -> None:
        self.beginResetModel()
        self._ids = listing.ids
        self._rows_by_id = np.argsort(listing.ids, kind="stable")
        self._pages = OrderedDict(listing.pages)
        self._failing = False
        self._forget_wishes()
        self.endResetModel()
        self.counted.emit(int(self._ids.size))

    def _look_ahead(self, row: int) -> None:
        """Have the next page, or the one before, ready when the rows shown come near it."""
        number, place = divmod(row, PAGE)
        ahead = number + 1 if place >= PAGE - NEAR else number - 1 if place < NEAR else number
        if ahead != number and ahead not in self._pages and 0 <= ahead * PAGE < self._ids.size:
            self._ahead = ahead
            self._start_soon()

    def _want(self, number: int) -> None:
        if number == self._fetched:
            return
        self._wanted[number] = None
        self._wanted.move_to_end(number)
        while len(self._wanted) > WANTED_AT_MOST:
            self._wanted.popitem(last=False)
        self._start_soon()

    def _start_soon(self) -> None:
        # After a failure nothing is fetched by itself: each failure is told, telling it paints the table, and so on for ever.
        if self._fetched is None and not self._failing and not self._soon.isActive():
            self._soon.start()

    def _next_page(self) -> int | None:
        while self._wanted:
            number, _ = self._wanted.popitem()
            if number not in self._pages:
                return number
        ahead, self._ahead = self._ahead, None
        return ahead if ahead not in self._pages else None

    def _fetch_next(self) -> None:
        number = self._next_page() if self._fetched is None else None
        if number is None:
            return
        self._fetched = number
        ids = self._ids
        self._runner.submit(
            "query",
            _page,
            self._libraries,
            ids[number * PAGE : (number + 1) * PAGE],
            on_done=lambda page: self._take_page(ids, number, page),
            on_error=self._page_failed,
            on_cancel=self._page_dropped,
        )

    def _take_page(self, ids: Ids, number: int, page: Page) -> None:
        self._fetched = None
        if ids is self._ids:
            self._pages[number] = page
            while len(self._pages) > KEPT_PAGES:
                self._pages.popitem(last=False)
            first = number * PAGE
            self.dataChanged.emit(self.index(first, 0), self.index(first + len(page) - 1, len(COLUMNS) - 1))
        self._fetch_next()

    def _page_failed(self, error: Exception) -> None:
        self._page_dropped()
        self._failing = True
        self.failed.emit(error)

    def _page_dropped(self) -> None:
        self._fetched = None
        self._forget_wishes()

    def _forget_wishes(self) -> None:
        self._wanted.clear()
        self._ahead = None


def _listing(libraries: LibraryService, query: LibraryQuery, near_row: int) -> _Listing:
    """What matches, with the first page and those about `near_row`; in the query lane."""
    ids = libraries.entry_ids(query)
    last = max(0, (ids.size - 1) // PAGE)
    numbers = {0, *(min(max(number, 0), last) for number in (near_row // PAGE, (near_row + PAGE // 2) // PAGE))}
    pages = {number: _page(libraries, ids[number * PAGE : (number + 1) * PAGE]) for number in sorted(numbers)}
    return _Listing(ids, pages)


def _page(libraries: LibraryService, ids: Ids) -> Page:
    """Entries of a page in their order, None for those removed meanwhile; in the query lane."""
    found = {entry.entry_id: entry for entry in libraries.entries_by_id([int(each) for each in ids])}
    return tuple(found.get(int(each)) for each in ids)


def _one_line(text: str) -> str:
    return " ".join(text.split()) if any(blank in text for blank in "\t\r\n") else text


def entries_of(libraries: LibraryService, ids: Sequence[int]) -> list[LibraryEntry]:
    """Entries for the clipboard, however many; in the query lane."""
    return [entry for start in range(0, len(ids), 500) for entry in libraries.entries_by_id(ids[start : start + 500])]
