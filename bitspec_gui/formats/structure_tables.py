"""Tables that say which structure belongs to which name, number or file: structures for spectra whose files have none.

Files, and members of folders and zip archives. What a structure is called is kept cell by cell, with the names of the columns, so
that whoever has spectra can see which column joins the two.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.domain.problems import Problem
from bitspec_gui.formats.archives import is_hidden
from bitspec_gui.formats.molecule_tables import read_molecule_inputs
from bitspec_gui.formats.sniffing import HEAD_BYTES, Format, format_of_head, head_of, unpacked_head
from bitspec_gui.formats.sources import READ_ERRORS
from bitspec_gui.formats.structure_columns import column_of_structures
from bitspec_gui.formats.structure_kinds import not_structures, structure_kind
from bitspec_gui.formats.structure_rows import MAX_ROWS, StructureRow, plain_name
from bitspec_gui.formats.table_rows import DELIMITERS, NumberedLine, cells_of_row, header_line, numbered_lines, rows_of_lines
from bitspec_gui.formats.text import single_line
from bitspec_gui.formats.workbook_rows import is_workbook, rows_of_sheet, sheets

MAX_COLUMNS = 200
MAX_CELL = 4000
HEAD_LINES = 50

NumberedCells = tuple[int, Sequence[str]]

_ENCRYPTED = 0x1
_KEPT_ROW = "This row was left out; the others were kept."
_STRUCTURE_SUFFIXES = frozenset({".sdf", ".sd", ".mol", ".mol2", ".smi", ".smiles", ".inchi", ".cdx", ".cdxml"})
_SMILES_FIRST = ("isomericsmiles", "canonicalsmiles")
_OTHERWISE = ("inchi", "standardinchi", "stdinchi", "structure", "molecule")


@dataclass(frozen=True)
class StructureTable:
    """A file of structures; ``rows`` may be asked for more than once, and never raises on bad content.

    ``columns`` are the names of the columns that may say what a structure is called.
    """

    label: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[StructureRow | Problem]]


@dataclass(frozen=True)
class _Layout:
    """Where a table's header is, and which cells are structures; the first that is not empty counts."""

    header: int
    delimiter: str
    names: tuple[str, ...]
    structures: tuple[int, ...]


def structure_tables(path: Path) -> list[StructureTable]:
    """Structure tables of a file, or within a folder or zip archive; none where there is none.

    A file may be a table with a header that names a column of SMILES or InChIs (as text, or in an Excel workbook), or any file of
    structures that BitSpec predicts from. Of archives only tables are looked at.

    Raises
    ------
    UnreadableFile
        If a folder or archive cannot be opened.
    """
    try:
        if path.is_dir():
            return [table for file in _files_in(path) for table in _in_folder(file)]
        if path.is_file() and format_of_head(head_of(path)) is Format.ZIP:
            return _in_workbook(path) if is_workbook(path) else _in_archive(path)
        return _of_file(path)
    except FileNotFoundError as error:
        raise UnreadableFile(f"{path} does not exist.") from error
    except READ_ERRORS as error:
        raise UnreadableFile(f"{path} cannot be opened: {getattr(error, 'strerror', None) or error}.") from error


def column_names(path: Path) -> list[str]:
    """Names of the columns of a file that looks like a table, to say that none of them holds structures; else none."""
    try:
        with path.open("rb") as stream:
            head = list(islice(numbered_lines(stream), HEAD_LINES))
    except (*READ_ERRORS, UnreadableFile):
        return []
    _, line, named = header_line(head)
    delimiter = named or max(DELIMITERS, key=line.count)
    cells = [cell.strip() for cell in cells_of_row(line, delimiter)]
    return cells if len(cells) > 1 and "\x00" not in line else []


def _files_in(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            file = Path(root, name)
            if file.is_file() and not is_hidden(str(file.relative_to(folder))):
                yield file


def _in_folder(path: Path) -> list[StructureTable]:
    """Tables of a file among others; what is wrong with it is told by whoever reads the folder's spectra."""
    try:
        return _in_workbook(path) if path.suffix.lower() == ".xlsx" and is_workbook(path) else _of_file(path)
    except (*READ_ERRORS, UnreadableFile):
        return []


def _of_file(path: Path) -> list[StructureTable]:
    """The table of a file; none if it holds spectra, or nothing that is known."""
    head = head_of(path)
    if format_of_head(head) is not None:
        return []
    layout = _layout_of(_head_lines(path.open("rb")))
    if layout is not None:
        return [StructureTable(str(path), _calling(layout), lambda: _rows(lambda: path.open("rb"), layout, str(path)))]
    unpacked = unpacked_head(head)
    known = structure_kind(unpacked) is not None or _looks_like_structures(path, unpacked)
    if not known or not_structures(unpacked):
        return []
    return [StructureTable(str(path), ("name", "identifier", "CAS"), lambda: _of_molecules(path))]


def _in_workbook(path: Path) -> list[StructureTable]:
    """Tables of the sheets of an Excel workbook."""
    tables = []
    for sheet in sheets(path):
        for number, cells in rows_of_sheet(path, sheet, HEAD_LINES):
            layout = _layout_of_cells(number, "", [cell.strip("# ") for cell in cells])
            if layout is not None:
                tables.append(_of_sheet(path, sheet, layout))
                break
    return tables


def _of_sheet(path: Path, sheet: str, layout: _Layout) -> StructureTable:
    def rows() -> Iterator[Sequence[NumberedCells]]:
        yield [row for row in rows_of_sheet(path, sheet, layout.header + MAX_ROWS + 1) if row[0] > layout.header]

    return StructureTable(str(path), _calling(layout), lambda: _taken(rows, layout, str(path)))


def _looks_like_structures(path: Path, head: bytes) -> bool:
    suffix = (Path(path.stem) if path.suffix.lower() == ".gz" else path).suffix.lower()
    return suffix in _STRUCTURE_SUFFIXES or b"\nM  END" in head or b"V2000" in head or b"V3000" in head


def _in_archive(path: Path) -> list[StructureTable]:
    tables = []
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.is_dir() or is_hidden(member.filename) or member.flag_bits & _ENCRYPTED:
                continue
            label = f"{path}/{member.filename}"
            try:
                with archive.open(member) as stream:
                    head = stream.read(HEAD_BYTES)
                if format_of_head(head) is not None or structure_kind(unpacked_head(head)) is not None:
                    continue
                layout = _layout_of(_head_lines(archive.open(member)))  # type: ignore[arg-type]
            except (*READ_ERRORS, UnreadableFile):
                # What is wrong with it is told by whoever reads the archive's spectra.
                continue
            if layout is not None:
                tables.append(_of_member(path, member, layout, label))
    return tables


def _of_member(path: Path, member: zipfile.ZipInfo, layout: _Layout, label: str) -> StructureTable:
    def opened() -> BinaryIO:
        return zipfile.ZipFile(path).open(member)  # type: ignore[return-value]

    return StructureTable(label, _calling(layout), lambda: _rows(opened, layout, label))


def _head_lines(stream: BinaryIO) -> list[NumberedLine]:
    with stream:
        return list(islice(numbered_lines(stream), HEAD_LINES))


def _layout_of(head: Sequence[NumberedLine]) -> _Layout | None:
    """Layout of a table by its header, or by what its cells are; None if there is no column of structures."""
    number, line, named = header_line(head)
    if "\x00" in line:
        return None
    found = [
        layout
        for delimiter in ([named] if named else DELIMITERS)
        if (layout := _layout_of_cells(number, delimiter, [cell.strip("\ufeff# ") for cell in cells_of_row(line, delimiter)]))
    ]
    return max(found, key=lambda layout: len(layout.names), default=None) or _layout_by_cells(head, number, named)


def _layout_by_cells(head: Sequence[NumberedLine], number: int, named: str | None) -> _Layout | None:
    """Layout of a table whose header is in words that are not known, or that has none."""
    lines = [line for line in head if line[0] >= number and line[1].strip()]
    for delimiter in [named] if named else DELIMITERS:
        rows = [cells_of_row(text.strip("\ufeff"), delimiter) for _, text in rows_of_lines(iter(lines), delimiter)]
        if (found := column_of_structures(rows)) is not None:
            place, headless = found
            names = [f"column {column + 1}" if headless else single_line(cell) for column, cell in enumerate(rows[0])]
            return _Layout(number - headless, delimiter, tuple(names[:MAX_COLUMNS]), (place,))
    return None


def _layout_of_cells(number: int, delimiter: str, cells: Sequence[str]) -> _Layout | None:
    names = tuple(single_line(cell) for cell in cells[:MAX_COLUMNS])
    structures = _structure_columns([plain_name(name) for name in names])
    return _Layout(number, delimiter, names, structures) if structures and len(names) > 1 else None


def _structure_columns(names: Sequence[str]) -> tuple[int, ...]:
    """Columns of structures, the one to be believed first: SMILES with stereochemistry, any SMILES, InChI."""
    exact = [place for place, name in enumerate(names) if name == "smiles"]
    known = [names.index(name) for name in _SMILES_FIRST if name in names]
    ending = [place for place, name in enumerate(names) if name.endswith("smiles") or name.startswith("smiles")]
    others = [names.index(name) for name in _OTHERWISE if name in names]
    return tuple(dict.fromkeys([*exact, *known, *ending, *others]))


def _calling(layout: _Layout) -> tuple[str, ...]:
    return tuple(name for place, name in enumerate(layout.names) if place not in layout.structures and name)


def _rows(open_again: Callable[[], BinaryIO], layout: _Layout, file: str) -> Iterator[StructureRow | Problem]:
    def rows() -> Iterator[Iterable[NumberedCells]]:
        with open_again() as stream:
            lines = (line for line in numbered_lines(stream) if line[0] > layout.header)
            yield ((number, cells_of_row(text, layout.delimiter)) for number, text in rows_of_lines(lines, layout.delimiter))

    return _taken(rows, layout, file)


def _taken(
    opened: Callable[[], Iterator[Iterable[NumberedCells]]], layout: _Layout, file: str
) -> Iterator[StructureRow | Problem]:
    """Rows of a table that are not empty; a table that cannot be read to its end ends with a problem."""
    taken = 0
    try:
        for number, cells in chain.from_iterable(opened()):
            row = _row(cells, number, layout, file)
            if row is None:
                continue
            if taken == MAX_ROWS:
                what = f"The table has more than {MAX_ROWS:,} rows."
                yield Problem(file, number, what, "The first ones were kept.", rejected=False)
                return
            taken += 1
            yield row
    except UnreadableFile as error:
        yield Problem(file, None, str(error), "What was read before was kept.", rejected=False)
    except READ_ERRORS as error:
        yield Problem(file, None, f"It could not be read to its end: {error}.", "What was read before was kept.", rejected=False)


def _row(texts: Sequence[str], number: int, layout: _Layout, file: str) -> StructureRow | Problem | None:
    cells = [single_line(cell)[:MAX_CELL] for cell in texts]
    if not any(cells):
        return None
    called = tuple(
        (layout.names[place], cell)
        for place, cell in enumerate(cells[: len(layout.names)])
        if cell and place not in layout.structures and layout.names[place]
    )
    structure = next((cells[place] for place in layout.structures if place < len(cells) and cells[place]), "")
    if not structure:
        who = f" ({called[0][1][:80]})" if called else ""
        return Problem(file, number, f"This row has no structure{who}.", _KEPT_ROW, rejected=False)
    if not called:
        return Problem(file, number, "This row does not say what its structure is called.", _KEPT_ROW, rejected=False)
    return StructureRow(structure, called, file, number)


def _of_molecules(path: Path) -> Iterator[StructureRow | Problem]:
    """Structures of a file of molecules: they are called by title, identifier and CAS number."""
    try:
        for item in islice(read_molecule_inputs(path), MAX_ROWS):
            yield _of_molecule(item) if isinstance(item, MoleculeInput) else replace(item, rejected=False)
    except UnreadableFile as error:
        yield Problem(str(path), None, str(error), "What was read before was kept.", rejected=False)


def _of_molecule(item: MoleculeInput) -> StructureRow | Problem:
    called = (("name", item.name), ("identifier", item.identifier), ("CAS", item.cas))
    cells = tuple((column, cell) for column, cell in called if cell)
    if not cells:
        return Problem(
            item.file, item.line, "This structure has no name.", "It was left out; the others were kept.", rejected=False
        )
    return StructureRow(item.text, cells, item.file, item.line)
