"""Spectra of tables (CSV, TSV and their like): a peak a row, a spectrum a row, or a column a spectrum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain, islice
from pathlib import Path

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.assembling import assembled
from bitspec_gui.formats.fields import RecordError
from bitspec_gui.formats.msp_fields import Headers, sort_headers
from bitspec_gui.formats.msp_peaks import Pairs, read_pairs
from bitspec_gui.formats.peak_columns import HEAD_LINES, Layout, cell_number, cells_of, layout_of
from bitspec_gui.formats.text import MAX_LINE_BYTES, ByteStream, RecordDecoder, byte_lines

MAX_PEAKS = 200_000
MAX_ROWS = 1_000_000
"""After so many rows of one spectrum a table is not read further."""

MAX_ABOVE = 2000
MAX_GROUPS_REMEMBERED = 100_000

_ABOVE = re.compile(r"[#\s]*([A-Za-z][A-Za-z0-9 _.#/()-]{0,40}?)\s*[:=,;\t]\s*(.*)", re.DOTALL)

NumberedLine = tuple[int, str]


@dataclass
class _Group:
    """Rows of one spectrum."""

    key: tuple[str, ...]
    line: int
    cells: list[str]
    pairs: Pairs = field(default_factory=list)
    differing: set[int] = field(default_factory=set)
    fault: RecordError | None = None


def read_peak_table(source: ByteStream | bytes, source_file: str = "") -> Iterator[SpectrumRecord | Problem]:
    """Read the spectra of a table one after the other.

    Parameters
    ----------
    source : ByteStream | bytes
        Bytes, or a stream opened in binary mode, which is read in pieces.
    source_file : str
        What records and problems call the file; a spectrum without a name is called after it.

    Yields
    ------
    SpectrumRecord | Problem
        A spectrum that cannot be used is one rejected `Problem`; rows that hold no peak are told and passed over.

    Raises
    ------
    UnreadableFile
        If no line names the columns of a table of peaks.
    """
    lines = _lines(BytesIO(source) if isinstance(source, bytes) else source)
    head = list(islice(lines, HEAD_LINES))
    layout = layout_of([text for _, text in head])
    if layout is None:
        raise UnreadableFile("No line names a column of m/z and one of intensities.")
    above = [text[:MAX_ABOVE] for _, text in head[: max(layout.rows_from - 1, 0)]]
    said = [(found.group(1), found.group(2).strip(' ,;\t"')) for text in above if (found := _ABOVE.match(text))]
    rows = _Rows(layout, said, source_file)
    body = chain(head[layout.rows_from :], lines)
    if layout.spectrum is not None:
        yield from rows.a_spectrum_each(body, layout.spectrum)
    elif len(layout.intensities) == 1:
        yield from rows.a_peak_each(body)
    else:
        yield from rows.in_columns(body)


def _lines(stream: ByteStream) -> Iterator[NumberedLine]:
    decoder = RecordDecoder()
    for number, line in enumerate(byte_lines(stream), start=1):
        yield number, decoder.decode([line])[0].strip("\x00\x1a")


class _Rows:
    """Rows of a table below its column names, to records."""

    def __init__(self, layout: Layout, said: Sequence[tuple[str, str]], source_file: str) -> None:
        self._layout = layout
        self._said = list(said)
        self._file = source_file
        self._passed_over = 0
        self._first_passed_over: int | None = None

    def a_spectrum_each(self, lines: Iterator[NumberedLine], column: int) -> Iterator[SpectrumRecord | Problem]:
        """Rows that hold a whole spectrum as text."""
        for number, text in lines:
            if not text.strip():
                continue
            if len(text) >= MAX_LINE_BYTES // 4:
                yield Problem(self._file, number, "This record is too long to be a mass spectrum.")
                continue
            cells = cells_of(text, self._layout.delimiter)
            cell = cells[column] if column < len(cells) else ""
            headers = self._headers([(name, cells[at]) for name, at in self._layout.fields if at < len(cells)], f"row {number}")
            yield from assembled(headers, lambda cell=cell, at=number: read_pairs([(at, cell)], None), (), self._file, number)  # type: ignore[misc]

    def a_peak_each(self, lines: Iterator[NumberedLine]) -> Iterator[SpectrumRecord | Problem]:
        """Rows that hold a peak; a spectrum ends where what it is called changes."""
        group: _Group | None = None
        seen: set[tuple[str, ...]] = set()
        sections = 1
        for number, text in lines:
            if not text.strip() or text.startswith("#"):
                continue
            cells = cells_of(text, self._layout.delimiter)
            if tuple(cells) == self._layout.names:
                # The column names once more: the next of several spectra below each other.
                if group is not None:
                    yield from self._finished(group, seen)
                    self._said.clear()
                sections += 1
                group = _Group((f"{sections}",), number, [""] * len(cells))
                continue
            key = tuple(cells[at] if at < len(cells) else "" for at in self._layout.groups)
            if group is None or (any(key) and key != group.key):
                if group is not None and (group.pairs or group.fault):
                    yield from self._finished(group, seen)
                group = _Group(key, number, cells)
            self._take(group, number, cells)
        if group is not None:
            yield from self._finished(group, seen)
        yield from self._told()

    def _take(self, group: _Group, number: int, cells: list[str]) -> None:
        mz_column, intensity_column = self._layout.mz or 0, self._layout.intensities[0][1]
        texts = [cells[at] if at < len(cells) else "" for at in (mz_column, intensity_column)]
        mz, intensity = (cell_number(text, self._layout.comma_is_decimal) for text in texts)
        if mz is None and intensity is None:
            self._pass_over(number)
        elif mz is None or intensity is None:
            shown = texts[0] if mz is None else texts[1]
            group.fault = group.fault or RecordError(number, f"“{shown[:60]}” is no number.")
        elif len(group.pairs) >= MAX_PEAKS:
            group.fault = group.fault or RecordError(number, f"It has more than {MAX_PEAKS:,} peaks, which no mass spectrum has.")
            if number - group.line > MAX_ROWS:
                raise UnreadableFile(f"The spectrum of line {group.line:,} does not end. The table was not read further.")
        else:
            group.pairs.append((mz, intensity))
            for _, at in self._layout.fields:
                if at < min(len(cells), len(group.cells)) and cells[at] not in ("", group.cells[at]):
                    group.differing.add(at)

    def _finished(self, group: _Group, seen: set[tuple[str, ...]]) -> Iterator[SpectrumRecord | Problem]:
        fields = [
            (name, group.cells[at]) for name, at in self._layout.fields if at < len(group.cells) and at not in group.differing
        ]
        headers = self._headers(fields, "" if self._layout.groups else " ".join(group.key))
        if group.key in seen and any(group.key):
            what = f"Rows of “{' '.join(group.key)[:80]}” do not stand together."
            yield Problem(self._file, group.line, what, "They were kept as spectra of their own.", rejected=False)
        if len(seen) < MAX_GROUPS_REMEMBERED:
            seen.add(group.key)
        yield from assembled(headers, lambda: _sound(group), (), self._file, group.line)

    def in_columns(self, lines: Iterator[NumberedLine]) -> Iterator[SpectrumRecord | Problem]:
        """Columns that are a spectrum each, beside one of m/z."""
        groups = [_Group((name,), self._layout.rows_from, []) for name, _ in self._layout.intensities]
        taken = 0
        for number, text in lines:
            cells = cells_of(text, self._layout.delimiter)
            mz_column = self._layout.mz or 0
            mz = cell_number(cells[mz_column], self._layout.comma_is_decimal) if mz_column < len(cells) else None
            if mz is None:
                if text.strip():
                    self._pass_over(number)
                continue
            for group, (_, at) in zip(groups, self._layout.intensities, strict=True):
                cell = cells[at] if at < len(cells) else ""
                intensity = cell_number(cell, self._layout.comma_is_decimal) if cell else 0.0
                if intensity is None:
                    group.fault = group.fault or RecordError(number, f"“{cell[:60]}” is no number.")
                elif intensity:
                    group.pairs.append((mz, intensity))
                    taken += 1
            if taken > 10 * MAX_PEAKS:
                raise UnreadableFile(f"It has more than {10 * MAX_PEAKS:,} peaks in its columns, which no table of spectra has.")
        for group in groups:
            yield from assembled(self._headers([], group.key[0]), lambda group=group: _sound(group), (), self._file, group.line)  # type: ignore[misc]
        yield from self._told()

    def _headers(self, fields: Sequence[tuple[str, str]], name: str) -> Headers:
        headers = sort_headers([*fields, *self._said])
        if not headers.names:
            headers.names.append(" ".join(part for part in (Path(self._file).stem, name) if part) or "Table of peaks")
        return headers

    def _pass_over(self, number: int) -> None:
        self._passed_over += 1
        self._first_passed_over = self._first_passed_over or number

    def _told(self) -> Iterator[Problem]:
        if self._passed_over:
            what = "A row holds no peak." if self._passed_over == 1 else f"{self._passed_over:,} rows hold no peak."
            kept = "It was passed over." if self._passed_over == 1 else "They were passed over."
            yield Problem(self._file, self._first_passed_over, what, kept, rejected=False)


def _sound(group: _Group) -> Pairs:
    if group.fault is not None:
        raise group.fault
    return group.pairs
