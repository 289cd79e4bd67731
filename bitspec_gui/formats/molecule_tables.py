"""Molecules to predict, from tables, SMILES lists, SD and MOL2 files and ChemDraw drawings, also packed with gzip."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice, pairwise
from pathlib import Path
from typing import BinaryIO

from bitspec_gui.domain.chemical_names import is_rather_a_name
from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.domain.problems import Problem
from bitspec_gui.formats.chemdraw_inputs import chemdraw_inputs
from bitspec_gui.formats.fields import cas_or_none
from bitspec_gui.formats.mol2_inputs import mol2_inputs
from bitspec_gui.formats.sniffing import HEAD_BYTES, unpacked_head
from bitspec_gui.formats.structure_kinds import UNDERSTOOD, StructureKind, not_structures, structure_kind
from bitspec_gui.formats.table_rows import (
    DELIMITERS,
    NumberedLine,
    cells_of_row,
    header_cells,
    header_line,
    numbered_lines,
    rows_of_lines,
    unpacked,
)
from bitspec_gui.formats.text import single_line

HEAD_LINES = 200
MAX_STRUCTURE_LINES = 200_000

_TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab"})
_SD_SUFFIXES = frozenset({".sdf", ".sd", ".mol"})
_ID_COLUMNS = ("id", "identifier", "compound_id", "accession")
_CAS_COLUMNS = ("cas", "cas_number", "cas_no", "cas_rn", "casrn", "cas_registry_number")
_NAME_COLUMNS = ("name", "compound_name", "compound", "title")
_SD_TAG = re.compile(r">.*<([^>]*)>")
_V_LINE = re.compile(r"V[23]000\s*$")
_EXTENDED_SMILES = re.compile(r"\s*(\S+\s+\|[^|]*\|)(?=\s|$)")
"""SMILES with what ChemAxon's extension adds: coordinates, radicals."""

_BESIDE_INCHI = re.compile(r"\s*(?:AuxInfo=|InChIKey=|Structure: \d+|\* Input_File)")
"""Lines that the InChI program writes beside its InChIs."""

_DAMAGED = (EOFError, zlib.error)
"""What unpacking a damaged or cut file raises, besides `OSError`."""


def read_molecule_inputs(path: Path) -> Iterator[MoleculeInput | Problem]:
    """Molecules of a file, streamed, not yet parsed.

    Tables need a header with a ``smiles`` column (in any case); columns ``id``, ``name`` and ``cas`` are taken along. SMILES
    lists hold a SMILES (also CXSMILES) or an InChI a line, and after a blank its name; or a name or CAS number alone, which is
    given as the text. SD files give a molblock a record, MOL2 files the record, ChemDraw drawings a molblock a molecule.

    Raises
    ------
    UnreadableFile
        At the call: if the file cannot be opened, is empty or binary, holds reactions or no structures, or is a table without
        a ``smiles`` column.
    """
    try:
        open_again = _opener(path)
        with open_again() as stream:
            start = stream.read(HEAD_BYTES)
        kind = structure_kind(unpacked_head(start))
        with open_again() as stream:
            if kind in (StructureKind.CDX, StructureKind.CDXML):
                return chemdraw_inputs(unpacked(stream), str(path))
            head = list(islice(numbered_lines(stream), HEAD_LINES))
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be opened: {error.strerror or error}.") from error
    except _DAMAGED as error:
        raise UnreadableFile(f"{path} is damaged: it cannot be unpacked.") from error
    if not any(line.strip() for _, line in head):
        raise UnreadableFile(f"{path} is empty.")
    if any("\x00" in line for _, line in head):
        raise UnreadableFile(f"{path} is not a text file. {UNDERSTOOD}")
    if what := not_structures(unpacked_head(start)):
        raise UnreadableFile(f"{path} is {what}")
    if kind is StructureKind.MOL2:
        return _streamed(path, open_again, kind)
    suffix = (Path(path.stem) if path.suffix.lower() == ".gz" else path).suffix.lower()
    if suffix in _SD_SUFFIXES or any(line.startswith("$$$$") or _V_LINE.search(line) for _, line in head):
        return _streamed(path, open_again, None)
    columns = _columns(head)
    if columns is None and suffix in _TABLE_SUFFIXES:
        found = ", ".join(header_cells(head)) or "none"
        raise UnreadableFile(f"{path} has no column named “smiles”. Its columns are: {found}.")
    return _streamed(path, open_again, columns or "list")


@dataclass(frozen=True)
class _Columns:
    """Which cell is what in a table."""

    header_line: int
    delimiter: str
    smiles: int
    identifier: int | None
    name: int | None
    cas: int | None


def _opener(path: Path) -> Callable[[], BinaryIO]:
    """Opens `path` from its beginning, as often as wanted; raises `OSError`."""
    if path.is_file():
        return lambda: path.open("rb")
    # What comes through a pipe comes once.
    with path.open("rb") as stream:
        content = stream.read()
    return lambda: BytesIO(content)


def _streamed(
    path: Path, open_again: Callable[[], BinaryIO], kind: _Columns | StructureKind | str | None
) -> Iterator[MoleculeInput | Problem]:
    try:
        with open_again() as stream:
            lines = numbered_lines(stream)
            if kind is StructureKind.MOL2:
                yield from mol2_inputs(lines, str(path))
            elif kind is None:
                yield from _from_sd(lines, str(path))
            elif isinstance(kind, _Columns):
                yield from _from_table(lines, kind, str(path))
            else:
                yield from _from_list(lines, str(path))
    except OSError as error:
        raise UnreadableFile(f"{path} could not be read to its end: {error.strerror or error}.") from error
    except _DAMAGED as error:
        raise UnreadableFile(f"{path} could not be read to its end: it is damaged or was cut off.") from error


def _columns(head: Sequence[NumberedLine]) -> _Columns | None:
    """Columns of a table whose header names a SMILES column; None if no delimiter shows one."""
    number, line, named = header_line(head)
    best: _Columns | None = None
    width = 0
    for delimiter in [named] if named else DELIMITERS:
        cells = [cell.strip().lower().replace(" ", "_") for cell in cells_of_row(line, delimiter)]
        smiles = _first(cells, ("smiles",)) if "smiles" in cells else _only_ending(cells, "_smiles")
        if smiles is not None and len(cells) > width:
            width = len(cells)
            others = (_first(cells, names) for names in (_ID_COLUMNS, _NAME_COLUMNS, _CAS_COLUMNS))
            best = _Columns(number, delimiter, smiles, *others)
    return best


def _first(cells: Sequence[str], names: Sequence[str]) -> int | None:
    return next((cells.index(name) for name in names if name in cells), None)


def _only_ending(cells: Sequence[str], ending: str) -> int | None:
    found = [place for place, cell in enumerate(cells) if cell.endswith(ending)]
    return found[0] if len(found) == 1 else None


def _from_table(lines: Iterator[NumberedLine], columns: _Columns, file: str) -> Iterator[MoleculeInput | Problem]:
    for number, row in rows_of_lines((line for line in lines if line[0] > columns.header_line), columns.delimiter):
        cells = [single_line(cell) for cell in cells_of_row(row, columns.delimiter)]
        if not any(cells):
            continue

        def cell(place: int | None, cells: Sequence[str] = cells) -> str:
            return cells[place] if place is not None and place < len(cells) else ""

        smiles = cell(columns.smiles)
        if not smiles:
            called = cell(columns.name) or cell(columns.identifier)
            what = f"This row has no SMILES{f' ({called})' if called else ''}."
            yield Problem(file, number, what, "This row was left out; the others were kept.")
            continue
        cas = cas_or_none(cell(columns.cas)) or ""
        yield MoleculeInput(smiles, cell(columns.name), cell(columns.identifier), file, number, cas)


def _from_list(lines: Iterator[NumberedLine], file: str) -> Iterator[MoleculeInput | Problem]:
    first = True
    for number, line in lines:
        text, name = _listed(line)
        if not text or text.startswith("#") or _BESIDE_INCHI.match(line):
            continue
        heading = first and text.split()[0].lower() in ("smiles", "inchi")
        first = False
        if not heading:
            yield MoleculeInput(text, name, "", file, number)


def _listed(line: str) -> tuple[str, str]:
    """Structure of a line of a list and the name behind it; a name or CAS number that stands alone is given as the text."""
    extended = _EXTENDED_SMILES.match(line)
    if extended:
        return extended.group(1), single_line(line[extended.end() :])
    whole = single_line(line)
    if is_rather_a_name(whole):
        return whole, ""
    text, _, name = whole.partition(" ")
    return text, name


def _from_sd(lines: Iterator[NumberedLine], file: str) -> Iterator[MoleculeInput | Problem]:
    record: list[str] = []
    start, length = 1, 0
    for number, line in lines:
        if line.startswith("$$$$"):
            yield _sd_record(record, length, file, start)
            record, start, length = [], number + 1, 0
            continue
        length += 1
        if length <= MAX_STRUCTURE_LINES:
            record.append(line)
    if any(line.strip() for line in record):
        yield _sd_record(record, length, file, start)


def _sd_record(record: Sequence[str], length: int, file: str, start: int) -> MoleculeInput | Problem:
    if length > MAX_STRUCTURE_LINES:
        return Problem(file, start, "This record is too long to be a molecule.")
    end = next((place for place, line in enumerate(record) if line.startswith("M  END")), None)
    if end is None:
        return Problem(file, start, "This record has no structure, or one that breaks off before its “M  END” line.")
    tags = _sd_tags(record[end + 1 :])
    name = record[0].strip() or next((tags[key] for key in _NAME_COLUMNS if key in tags), "")
    identifier = next((tags[key] for key in _ID_COLUMNS if key in tags), "")
    cas = next((found for key in _CAS_COLUMNS if (found := cas_or_none(tags.get(key)))), "")
    return MoleculeInput("\n".join(record[: end + 1]) + "\n", single_line(name), single_line(identifier), file, start, cas)


def _sd_tags(lines: Sequence[str]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for line, value in pairwise(lines):
        found = _SD_TAG.match(line)
        if found and value.strip():
            tags.setdefault(found.group(1).strip().lower().replace(" ", "_"), value.strip())
    return tags
