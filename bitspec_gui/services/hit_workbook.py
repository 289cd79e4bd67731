"""Hit lists -> an Excel workbook: the hits, and beside them how they were searched for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bitspec_gui import __version__
from bitspec_gui.domain.search import Hit, HitList
from bitspec_gui.services.atomic_text import replacing_file
from bitspec_gui.services.hit_rows import HIT_COLUMNS, Cell, hit_row, query_name
from bitspec_gui.services.search_words import settings_in_words

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MORE_COLUMNS = ("formula", "nominal_mass", "cas", "retention_index", "ri_difference", "accession", "licence", "doubt")
"""Columns of a workbook after `HIT_COLUMNS`."""

_WIDTHS = {"query": 24, "name": 34, "smiles": 34, "inchikey": 30, "library": 22, "source": 22, "doubt": 40, "licence": 16}
_USUAL_WIDTH = 13
_LAST_ROW = 1_048_575
_LONGEST_CELL = 32_767
_MOST_IN_NUMBER = 9.99e307


def write_hit_workbook(hit_lists: Iterable[HitList], path: Path) -> int:
    """Write an .xlsx file with the sheets *Hits* (more of them where one is full) and *Searches*; returns the number of hits.

    Texts are written as texts, whatever they begin with: nothing in the file is a formula or a link.

    Raises
    ------
    ExportError
        If the file cannot be written. A file that was there before is then unchanged.
    """
    # Rows go to files beside the workbook as they come: memory does not grow with their number.
    with replacing_file(path) as temporary, TemporaryDirectory(prefix="bitspec-") as folder:
        return _write(hit_lists, temporary, folder)


def _write(hit_lists: Iterable[HitList], path: Path, folder: str) -> int:
    from xlsxwriter.exceptions import FileCreateError
    from xlsxwriter.workbook import Workbook

    book = Workbook(str(path), {"constant_memory": True, "tmpdir": folder, "strings_to_urls": False})
    book.set_properties({"title": "BitSpec hits", "comments": f"BitSpec {__version__}"})
    hits = _Hits(book)
    searches = _Sheet(book, "Searches", ("query", "hits", "searched", "passed_over", "file", "line", "notes", "settings"))
    for hit_list in hit_lists:
        query = query_name(hit_list.query)
        searches.add(_search_row(query, hit_list))
        for hit in hit_list.hits:
            hits.add([*hit_row(query, hit).values(), *_more(hit)])
    for each in (*hits.sheets, searches):
        each.finish()
    made = datetime.now().astimezone()
    searches.add_after([f"Written by BitSpec {__version__} on {made:%Y-%m-%d %H:%M %Z}."])
    try:
        book.close()
    except FileCreateError as error:
        raise error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error)) from error
    return hits.count


def _more(hit: Hit) -> Iterator[Cell]:
    record = hit.entry.record
    yield from (record.formula, record.nominal_mass, record.cas, record.retention_index, hit.ri_difference)
    yield from (record.accession, record.licence, record.doubt)


def _search_row(query: str, hit_list: HitList) -> list[Cell]:
    said = "; ".join(f"{what}: {value}" for what, value in settings_in_words(hit_list.settings))
    record = hit_list.query
    found = (len(hit_list.hits), hit_list.searched, hit_list.passed_over)
    return [query, *found, record.source_file, record.line, " ".join(hit_list.notes), said]


class _Sheet:
    """A sheet with a heading that stays in view and can be filtered by."""

    def __init__(self, book: Workbook, title: str, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self._sheet: Worksheet = book.add_worksheet(title)
        self._heading: Format = book.add_format({"bold": True, "bottom": 1})
        self.rows = 0
        for place, column in enumerate(columns):
            self._sheet.set_column(place, place, _WIDTHS.get(column, _USUAL_WIDTH))
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            self._sheet.write_string(0, place, column, self._heading)

    def add(self, values: Iterable[Cell]) -> None:
        """Write the next row."""
        self.rows += 1
        self._write_row(self.rows, values)

    def finish(self) -> None:
        """Let the rows be filtered; no more come after that."""
        self._sheet.autofilter(0, 0, max(self.rows, 1), len(self._columns) - 1)

    def add_after(self, values: Iterable[Cell]) -> None:
        """Write a row that stands apart below the others."""
        self._write_row(self.rows + 2, values)

    def _write_row(self, row: int, values: Iterable[Cell]) -> None:
        for place, value in enumerate(values):
            if isinstance(value, str):
                self._sheet.write_string(row, place, value[:_LONGEST_CELL])
            elif value is not None and abs(value) < _MOST_IN_NUMBER:
                self._sheet.write_number(row, place, value)


class _Hits:
    """The sheet of hits, and further ones: a sheet ends at its 1,048,576th row."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self.sheets = [self._new_sheet("Hits")]
        self.count = 0

    def add(self, values: Iterable[Cell]) -> None:
        """Write the next hit."""
        if self.sheets[-1].rows == _LAST_ROW:
            self.sheets.append(self._new_sheet(f"Hits {len(self.sheets) + 1}"))
        self.sheets[-1].add(values)
        self.count += 1

    def _new_sheet(self, title: str) -> _Sheet:
        return _Sheet(self._book, title, (*HIT_COLUMNS, *MORE_COLUMNS))
