"""Rows of Excel workbooks (.xlsx, ECMA-376), read as text without running or calculating anything in them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.formats.runs.assembly import Watch
from bitspec_gui.formats.runs.xml_stream import EnoughRead, XmlBreak, XmlVisitor, visit
from bitspec_gui.formats.text import single_line

MAX_COLUMNS = 200
MAX_PART_BYTES = 512 << 20
"""A part of a workbook that unpacks to more is not read."""

MAX_TEXTS = 2_000_000
MAX_TEXTS_LENGTH = 64 << 20
"""Texts that the cells of a workbook share: how many, and how long together."""

_WORKBOOK = "xl/workbook.xml"
_TEXTS = "xl/sharedStrings.xml"
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_COLUMN = re.compile(r"[A-Z]{1,3}")

NumberedRow = tuple[int, list[str]]


def is_workbook(path: Path) -> bool:
    """Whether a zip archive is an Excel workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _WORKBOOK in archive.namelist()
    except (OSError, zipfile.BadZipFile, NotImplementedError):
        return False


def sheets(path: Path) -> list[str]:
    """Parts of a workbook that are its sheets, in their order."""
    with zipfile.ZipFile(path) as archive:
        found = [(int(each.group(1)), each.group()) for name in archive.namelist() if (each := _SHEET.fullmatch(name))]
    return [name for _, name in sorted(found)]


def rows_of_sheet(path: Path, sheet: str, most: int) -> Iterator[NumberedRow]:
    """Rows of a sheet that are not empty, at most so many, each with its number and the texts of its cells.

    Raises
    ------
    UnreadableFile
        If the sheet is too large, or built to exhaust its reader.
    OSError, zipfile.BadZipFile
        If the file cannot be read.
    """
    texts = _Texts()
    rows = _Rows(texts.found, most)
    with zipfile.ZipFile(path) as archive:
        if _TEXTS in archive.namelist():
            _read(archive, _TEXTS, texts, path)
        _read(archive, sheet, rows, path)
    return iter(rows.found)


def _read(archive: zipfile.ZipFile, part: str, visitor: XmlVisitor, path: Path) -> None:
    if archive.getinfo(part).file_size > MAX_PART_BYTES:
        raise UnreadableFile(f"{path} unpacks to more than {MAX_PART_BYTES >> 20} MB. Save its table as CSV.")
    try:
        with archive.open(part) as stream:
            visit(stream, str(path), visitor, Watch())  # type: ignore[arg-type]
    except XmlBreak as error:
        raise UnreadableFile(f"{path} is damaged ({part}, line {error.line}). Save its table as CSV.") from error


class _Texts(XmlVisitor):
    """The texts that cells share; of formatted ones all parts, without the readings of Japanese ones."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._length = 0
        self._reading = False

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        """A text, a part of it, or its reading begins."""
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._reading = True
        self.keep_text = name == "t" and not self._reading

    def end(self, name: str, text: str, line: int) -> None:
        """A text is whole."""
        if name == "t" and not self._reading:
            self._parts.append(text)
        elif name == "rPh":
            self._reading = False
        elif name == "si":
            self.found.append("".join(self._parts))
            self._length += len(self.found[-1])
            if len(self.found) > MAX_TEXTS or self._length > MAX_TEXTS_LENGTH:
                raise UnreadableFile("This workbook holds more text than a table of compounds does. Save the table as CSV.")
        self.keep_text = False


class _Rows(XmlVisitor):
    """The rows of a sheet."""

    def __init__(self, texts: list[str], most: int) -> None:
        self.found: list[NumberedRow] = []
        self._texts, self._most = texts, most
        self._number = 0
        self._cells: dict[int, str] = {}
        self._column, self._kind, self._text = 0, "", ""

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        """A row or a cell begins, or what it holds."""
        if name == "row":
            if len(self.found) >= self._most:
                raise EnoughRead
            said = attributes.get("r", "")
            self._number = int(said) if said.isdecimal() and len(said) < 10 else self._number + 1
            self._cells, self._column = {}, 0
        elif name == "c":
            self._column = _column_of(attributes.get("r", "")) or self._column + 1
            self._kind, self._text = attributes.get("t", "n"), ""
        self.keep_text = name == "v" or (name == "t" and self._kind == "inlineStr")

    def end(self, name: str, text: str, line: int) -> None:
        """A cell or a row is whole."""
        if name in ("v", "t") and self.keep_text:
            self._text += text
        elif name == "c" and self._column <= MAX_COLUMNS:
            self._cells[self._column] = single_line(self._meant())
        elif name == "row" and any(self._cells.values()):
            self.found.append((self._number, [self._cells.get(place, "") for place in range(1, max(self._cells) + 1)]))
        self.keep_text = False

    def _meant(self) -> str:
        if self._kind != "s":
            return "" if self._kind == "e" else self._text
        place = int(self._text) if self._text.isdecimal() and len(self._text) < 10 else -1
        return self._texts[place] if 0 <= place < len(self._texts) else ""


def _column_of(reference: str) -> int:
    """Number of a column from 1, of a reference such as ``AB12``; 0 if there is none."""
    letters = _COLUMN.match(reference)
    number = 0
    for letter in letters.group() if letters else "":
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
