"""Runs in JCAMP-DX for mass spectrometry (doi:10.1366/0003702944027714): a page a scan, as programs write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.run import Run
from bitspec_gui.formats.fields import as_number, foreign_ionisation, number_or_none
from bitspec_gui.formats.runs.assembly import Findings, ScanCollector, Watch
from bitspec_gui.formats.text import byte_lines, single_line

FloatArray = NDArray[np.float64]

_LABEL = re.compile(rb"\s*##\s*([^=]{0,80}?)\s*=(.*)", re.DOTALL)
_NOT_IN_LABEL = re.compile(rb"[\s/_-]+")
_TABLES = frozenset({b"XYDATA", b"PEAKTABLE", b"XYPOINTS", b"DATATABLE", b"PEAKASSIGNMENTS"})
_BEGINS_SCAN = frozenset({b"PAGE", b"SCANNUMBER"})
_PAGE_TIME = re.compile(rb"T\s*=\s*([^\s,;]+)", re.IGNORECASE)
_BETWEEN_NUMBERS = bytes.maketrans(b",;\t", b"   ")
_COMMENT = re.compile(rb"\$\$.*")
_MOST_TABLE_BYTES = 8 << 20
_REPORT_LINES = 5000


@dataclass
class _Page:
    """What was read of one scan."""

    line: int
    labels: set[bytes] = field(default_factory=set)
    time: float | None = None
    points: float | None = None
    table_line: int | None = None
    form: bytes = b""
    lines: list[bytes] = field(default_factory=list)
    size: int = 0


def read_jcamp_run(stream: BinaryIO, source_file: str, watch: Watch) -> Run:
    """Read a run; a page that cannot be read is left out and said with its line.

    Raises
    ------
    UnreadableFile
        If no page holds a mass spectrum.
    """
    reader = _Pages(source_file)
    read = 0
    for number, line in enumerate(byte_lines(stream), start=1):
        read += len(line) + 1
        if number % _REPORT_LINES == 0:
            watch.at(read, f"{len(reader.scans):,} scans")
        if not reader.take(number, line):
            break
    return reader.run()


class _Pages:
    """Lines -> pages -> scans."""

    def __init__(self, source_file: str) -> None:
        self.findings = Findings(source_file)
        self.scans = ScanCollector(self.findings)
        self._page = _Page(1)
        self._in_table = False
        self._symbols: list[bytes] = []
        self._units: list[bytes] = []

    def take(self, number: int, line: bytes) -> bool:
        """Take a line; False when the run is larger than any that is opened."""
        found = _LABEL.match(line) if b"##" in line else None
        if found is None:
            if self._in_table:
                self._page.size += len(line)
                if self._page.size <= _MOST_TABLE_BYTES:
                    self._page.lines.append(line)
            return True
        label = _NOT_IN_LABEL.sub(b"", found.group(1)).upper().removeprefix(b".")
        value = _COMMENT.sub(b"", found.group(2)).strip()
        self._in_table = False
        if self._begins_page(label):
            self._finish()
            self._page = _Page(number)
        self._page.labels.add(label)
        self._label(label, value, number)
        return not self.scans.full

    def run(self) -> Run:
        """The run of all pages."""
        self._finish()
        return self.scans.run()

    def _begins_page(self, label: bytes) -> bool:
        """Whether a label is the first of another scan: one that opens pages, or one that this page has had."""
        page = self._page
        if page.table_line is not None:
            return label in _BEGINS_SCAN or label in _TABLES or label in (b"RETENTIONTIME", b"NPOINTS", b"TIC")
        return label in page.labels and label in _BEGINS_SCAN

    def _label(self, label: bytes, value: bytes, number: int) -> None:
        page = self._page
        if label in (b"PAGE", b"RETENTIONTIME"):
            self._time(label, value)
        elif label == b"NPOINTS":
            page.points = number_or_none(_words(value))
        elif label in _TABLES:
            page.table_line, page.form, self._in_table = number, value, True
        elif label == b"SYMBOL":
            self._symbols = [part.strip().upper() for part in value.split(b",")]
        elif label == b"UNITS":
            self._units = [part.strip().upper() for part in value.split(b",")]
        elif not len(self.scans):
            self._describe(label, _words(value))

    def _describe(self, label: bytes, value: str) -> None:
        findings = self.findings
        if label == b"TITLE" and not findings.title:
            findings.title = value[:200]
        elif label in (b"SPECTROMETERSYSTEM", b"SPECTROMETERDATASYSTEM") and value:
            findings.instrument = value[:100]
        elif label in (b"DATE", b"LONGDATE", b"TIME") and value:
            findings.acquired = f"{findings.acquired} {value}".strip()[:40]
        elif label in (b"IONIZATIONMODE", b"IONISATIONMODE") and foreign_ionisation(value):
            findings.ionisation(value[:40])

    def _time(self, label: bytes, value: bytes) -> None:
        if label == b"PAGE":
            found = _PAGE_TIME.search(value)
            value = found.group(1) if found else value
        seconds = number_or_none(_words(value))
        if seconds is not None and (self._page.time is None or label == b"RETENTIONTIME"):
            self._page.time = seconds if self._in_minutes() else seconds / 60.0

    def _in_minutes(self) -> bool:
        """Whether the file gives minutes; JCAMP-DX means seconds where it says nothing."""
        units = dict(zip(self._symbols, self._units, strict=False))
        return units.get(b"T", b"").startswith(b"MIN")

    def _finish(self) -> None:
        page = self._page
        if page.table_line is None:
            return
        if b"++" in page.form:
            self.findings.left_out("This page is written in steps of m/z (X++), which no GC-MS run is.", page.table_line)
            return
        if page.size > _MOST_TABLE_BYTES:
            self.findings.left_out("This page is larger than any scan.", page.table_line)
            return
        values, wrong = _numbers(page.lines)
        if wrong is not None:
            at, text = wrong
            what = f"“{text}” is no pair of m/z and intensity."
            self.findings.left_out(what, page.table_line + 1 + at)
            return
        if values.size % 2:
            self.findings.repaired(
                "The last m/z of this page has no intensity.", "The pairs before it were kept.", page.table_line
            )
            values = values[:-1]
        pairs = values.reshape(-1, 2)
        if page.points is not None and page.points != len(pairs):
            what = f"This page announces {page.points:,.0f} points but lists {len(pairs):,}."
            self.findings.repaired(what, "It was kept with those that are listed.", page.table_line)
        self.scans.add(page.time, pairs[:, 0], pairs[:, 1])


def _numbers(lines: list[bytes]) -> tuple[FloatArray, tuple[int, str] | None]:
    """All numbers of a table; if something is none, the place of its line and its words."""
    plain = b"\n".join(lines).translate(_BETWEEN_NUMBERS)
    if b"$$" in plain:
        plain = b"\n".join(_COMMENT.sub(b"", line) for line in plain.split(b"\n"))
    tokens = plain.split()
    try:
        return np.array(tokens, dtype=np.float64), None
    except ValueError:
        for at, line in enumerate(lines):
            for token in _COMMENT.sub(b"", line).translate(_BETWEEN_NUMBERS).split():
                if as_number(_words(token)) is None:
                    return np.zeros(0), (at, _words(token)[:40])
    return np.zeros(0), (0, _words(plain)[:40])


def _words(value: bytes) -> str:
    return single_line(value[:1000].decode("cp1252", "replace"))
