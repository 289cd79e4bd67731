"""Hit lists -> CSV, JSON and XLSX tables, one query after the other as they come."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

from bitspec_gui.domain.errors import ExportError
from bitspec_gui.domain.search import HitList
from bitspec_gui.services.atomic_text import replacing, write_fault
from bitspec_gui.services.file_endings import format_of_suffix
from bitspec_gui.services.hit_rows import HIT_COLUMNS, Cell, hit_row, query_name

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What spreadsheets take for the beginning of a formula, the wide forms of Japanese settings included (CWE-1236)."""


def table_format(path: Path) -> str:
    """Format (``csv``, ``json`` or ``xlsx``) that the suffix of `path` asks for.

    Raises
    ------
    ExportError
        If the suffix is another one.
    """
    return format_of_suffix(path, TABLE_FORMATS)


def write_hit_table(hit_lists: Iterable[HitList], path: Path) -> int:
    """Write hits to `path` in the format of its suffix; returns how many hits were written.

    Raises
    ------
    ExportError
        If the suffix is another one, or the file cannot be written. A file that was there before is then unchanged.
    """
    if table_format(path) == "xlsx":
        from bitspec_gui.services.hit_workbook import write_hit_workbook

        return write_hit_workbook(hit_lists, path)
    with replacing(path) as stream:
        return _WRITERS[table_format(path)](hit_lists, stream)


def stream_hit_table(hit_lists: Iterable[HitList], stream: TextIO, file_format: str = "csv") -> int:
    """Write hits to an open stream, as ``csv`` or ``json``; returns how many.

    Raises
    ------
    ExportError
        If `file_format` is another one, or the stream takes no more (a pipe closed by its reader is a `BrokenPipeError`).
    """
    if file_format not in _WRITERS:
        raise ExportError(f"There is no format {file_format!r} for a stream; choose csv or json.")
    try:
        count = _WRITERS[file_format](hit_lists, stream)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise write_fault("The output", error) from error
    return count


def cell_as_text(value: Cell) -> Cell:
    """Value of a CSV cell; a text that a spreadsheet would compute as a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def _write_csv(hit_lists: Iterable[HitList], stream: TextIO) -> int:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HIT_COLUMNS)
    count = 0
    for hit_list in hit_lists:
        query = query_name(hit_list.query)
        for hit in hit_list.hits:
            writer.writerow(["" if value is None else cell_as_text(value) for value in hit_row(query, hit).values()])
            count += 1
        # Whoever reads a pipe sees a query when it is done, not when a buffer is full.
        stream.flush()
    return count


def _write_json(hit_lists: Iterable[HitList], stream: TextIO) -> int:
    count = 0
    stream.write("[")
    for hit_list in hit_lists:
        query = query_name(hit_list.query)
        for hit in hit_list.hits:
            stream.write("\n" if count == 0 else ",\n")
            stream.write(json.dumps(hit_row(query, hit), ensure_ascii=False))
            count += 1
    stream.write("\n]\n")
    return count


_WRITERS: dict[str, Callable[[Iterable[HitList], TextIO], int]] = {"csv": _write_csv, "json": _write_json}

TABLE_FORMATS = (*_WRITERS, "xlsx")
