"""JCAMP-DX files cut into blocks, and blocks into labelled data records: ``##LABEL= value`` and the lines that follow it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bitspec_gui.formats.text import ByteStream, RawRecord, byte_lines, label_and_value

TABLES = frozenset({"PEAKTABLE", "XYPOINTS", "XYDATA", "PEAKASSIGNMENTS", "DATATABLE"})

MAX_TABLES = 2000
"""More tables in one block are those of a run, or of a damaged file."""

_NOT_IN_LABEL = re.compile(r"[\s/_.$-]+")
_FORM = re.compile(r"\s*(\((?:[^()]|\([^()]*\))*\))(.*)", re.DOTALL)


def normalised_label(label: str) -> str:
    """Label in upper case without blanks, hyphens, dots and dollars: ``##$Peak_Table`` and ``##PEAK TABLE`` are one."""
    return _NOT_IN_LABEL.sub("", label).upper()


@dataclass
class Table:
    """A data table: its label, the form in parentheses, its lines, and what was said before it in the block."""

    label: str
    form: str
    line: int
    lines: list[tuple[int, str]]
    headers: list[tuple[str, str]]


@dataclass
class Block:
    """Labelled data records of a block, tables by themselves."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    too_many_tables: bool = False

    def first(self, *labels: str) -> str | None:
        """First value, not empty, of a label."""
        return next((value for key, value in self.headers if normalised_label(key) in labels and value), None)


@dataclass
class RawBlock:
    """Bytes of a block, and whether it had its ``##END=``."""

    raw: RawRecord
    ended: bool = False


def raw_blocks(stream: ByteStream) -> Iterator[RawBlock]:
    """Cut a file into blocks: each begins at its ``##TITLE=``, or at any label after an ``##END=``.

    Blocks within a block stand for themselves: what the outer one says stands in a block of its own, which has no table.
    """
    block: RawBlock | None = None
    for number, line in enumerate(byte_lines(stream), start=1):
        label = raw_label(line)
        if label == "END":
            if block is not None:
                block.ended = True
                yield block
            block = None
            continue
        if label == "TITLE" and block is not None:
            yield block
            block = None
        if block is None:
            if not line.strip(b" \t\x00\x1a") or (label is None and line.lstrip().startswith(b"$$")):
                continue
            block = RawBlock(RawRecord(number))
        block.raw.append(number, line)
    if block is not None:
        yield block


def raw_label(line: bytes) -> str | None:
    """Normalised label of a line of bytes, None for lines without one."""
    start = line.lstrip()
    found = labelled(start[:400].decode("latin-1")) if start.startswith(b"##") else None
    return normalised_label(found[0]) if found else None


def labelled(line: str) -> tuple[str, str] | None:
    """Label and value of a line ``##LABEL= value``, None for other lines."""
    start = line.lstrip()
    return label_and_value(start[2:], "=") if start.startswith("##") else None


def read_block(texts: Sequence[str], numbers: Sequence[int]) -> Block:
    """Labelled data records of a block's lines; comments (``$$ ...``) are left away."""
    block = Block()
    more: list[str] = []
    for number, text in zip(numbers, texts, strict=True):
        line = text.partition("$$")[0]
        found = labelled(line)
        if found is None:
            _continue(block, more, number, line)
            continue
        _close_value(block, more)
        label, value = found
        if len(block.tables) > MAX_TABLES:
            block.too_many_tables = True
            break
        if normalised_label(label) in TABLES:
            form = _FORM.match(value)
            rest = form.group(2) if form else value
            lines = [(number, rest)] if rest.strip() else []
            table = Table(normalised_label(label), form.group(1) if form else "", number, lines, list(block.headers))
            block.tables.append(table)
            block.headers.append(("", ""))
        else:
            block.headers.append((label, value))
    _close_value(block, more)
    return block


def _close_value(block: Block, more: list[str]) -> None:
    """Put the lines that followed a label to its value."""
    if more:
        key, value = block.headers[-1]
        block.headers[-1] = (key, "\n".join([value, *more] if value else more))
        more.clear()


def _continue(block: Block, more: list[str], number: int, line: str) -> None:
    """A line without a label goes on with what stands above it: a table, of which an empty header is the mark, or a value."""
    if not line.strip() or not block.headers:
        return
    if block.headers[-1][0] or not block.tables:
        more.append(line.strip())
        return
    table = block.tables[-1]
    if not table.lines and not table.form and (form := _FORM.match(line)) and any(c.isalpha() for c in form.group(1)):
        table.form, line = form.group(1), form.group(2)
    if line.strip():
        table.lines.append((number, line))
