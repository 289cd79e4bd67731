"""Rows and cells of tables in text files (CSV, TSV and their like), with the line that each row begins in."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from bitspec_gui.formats.gzip_stream import UnpackedStream
from bitspec_gui.formats.sniffing import HEAD_BYTES, is_gzip
from bitspec_gui.formats.text import ByteStream, RecordDecoder, byte_lines

MAX_ROW_LINES = 50
"""A quoted cell may go over this many lines; past it, the quote is taken for a stray one."""

DELIMITERS = (",", "\t", ";", "|")

_SEPARATOR_LINE = re.compile(r"sep=(.)\s*$", re.IGNORECASE)

NumberedLine = tuple[int, str]


def numbered_lines(stream: BinaryIO) -> Iterator[NumberedLine]:
    """Lines of a text file, packed with gzip or not, counted from 1."""
    decoder = RecordDecoder()
    for number, line in enumerate(byte_lines(unpacked(stream)), start=1):
        yield number, decoder.decode([line])[0]


def unpacked(stream: BinaryIO) -> ByteStream:
    """What a file holds, unpacked if it is packed with gzip."""
    packed = is_gzip(stream.read(HEAD_BYTES))
    stream.seek(0)
    return UnpackedStream(stream) if packed else stream


def header_line(head: Sequence[NumberedLine]) -> tuple[int, str, str | None]:
    """Number and text of the header line, and the delimiter if Excel's ``sep=`` line names it."""
    named = None
    for number, line in head:
        if found := _SEPARATOR_LINE.match(line.strip("\ufeff")):
            named = found.group(1)
        elif line.strip():
            return number, line, named
    return 0, "", named


def header_cells(head: Sequence[NumberedLine]) -> list[str]:
    """Column names of a table that begins with these lines."""
    _, line, named = header_line(head)
    delimiter = named or max(DELIMITERS, key=line.count)
    return [cell.strip() for cell in cells_of_row(line, delimiter)]


def cells_of_row(row: str, delimiter: str) -> list[str]:
    """Cells of a row."""
    try:
        return next(csv.reader([row], delimiter=delimiter), [])
    except csv.Error:
        return row.split(delimiter)


def rows_of_lines(lines: Iterator[NumberedLine], delimiter: str) -> Iterator[NumberedLine]:
    """Rows of a table: lines, joined where a quoted cell goes on over line ends; a quote never closed costs its row only."""
    waiting: list[NumberedLine] = []
    for line in lines:
        waiting.append(line)
        if _open_quote("\n".join(text for _, text in waiting), delimiter):
            if len(waiting) < MAX_ROW_LINES:
                continue
            yield from _unjoined(waiting, delimiter)
        else:
            yield waiting[0][0], "\n".join(text for _, text in waiting)
        waiting = []
    yield from _unjoined(waiting, delimiter)


def _unjoined(waiting: Sequence[NumberedLine], delimiter: str) -> Iterator[NumberedLine]:
    for number, text in waiting:
        # The stray quote is taken out, so that the cells of its row are still told apart.
        yield number, text.replace('"', "") if _open_quote(text, delimiter) else text


def _open_quote(text: str, delimiter: str) -> bool:
    """Whether a cell that begins with a quote is still open at the end of the text."""
    if '"' not in text:
        return False
    inside, at_start = False, True
    place = 0
    while place < len(text):
        character = text[place]
        if inside:
            if character == '"' and text[place + 1 : place + 2] == '"':
                place += 1
            elif character == '"':
                inside = False
        elif character == '"' and at_start:
            inside = True
        at_start = not inside and character in (delimiter, "\n")
        place += 1
    return inside
