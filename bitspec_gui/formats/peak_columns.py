"""Which column is what in a table of peaks: m/z, intensity, what the spectrum is called, and what is said of it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bitspec_gui.formats.fields import RecordError, as_number
from bitspec_gui.formats.msp_fields import normalised
from bitspec_gui.formats.msp_peaks import read_pairs

HEAD_LINES = 200
MAX_LINES_ABOVE = 60
MAX_COLUMNS = 1000
MAX_HEAD_LINE = 1 << 14

_DELIMITERS = ("\t", ";", ",", "|")
_UNIT = re.compile(r"[(\[][^()\[\]]*[)\]]")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]{1,4})?")
_THOUSAND_POINTS = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_ONLY_MZ = ("mz", "masscharge", "masstocharge", "mzratio", "masschargeratio", "mzvalue", "fragmentmz", "ionmz", "peakmz")
_MZ = (*_ONLY_MZ, "mass", "masses", "mzs", "ion", "amu", "centroidmass", "x", "xthompsons")
_INTENSITY = (
    "intensity", "abundance", "int", "intensities", "absoluteintensity", "absintensity", "absint", "counts", "count", "height",
    "signal", "response", "ioncurrent", "peakheight", "ionabundance", "relativeintensity", "relintensity", "relint",
    "relativeabundance", "relabundance", "relabund", "normalizedintensity", "normalisedintensity", "percent", "basepeak",
    "ofbasepeak", "intensitypercent", "i", "y", *map(normalised, ("Intensität", "Abundanz", "Intensité", "強度", "相対強度")),
)  # fmt: skip
_SPECTRUM = (
    "massspectrum",
    "spectrum",
    "spectra",
    "peaks",
    "peaklist",
    "msspectrum",
    "eispectrum",
    "eimsspectrum",
    "ms1spectrum",
)
_NAMES = ("name", "compoundname", "compound", "title", "metabolitename", "metabolite", "analyte", "peak", "component")
_OWN_COLUMNS = {"model": "Predicted_by", "confidence": "Prediction_confidence", "warnings": "Comment"}
_IDS = (
    "id", "accession", "spectrumid", "identifier", "recordid", "featureid", "feature", "scan", "scannumber", "scanno", "spectrum",
    "spectrumnumber", "peakid", "compoundid", "alignmentid", "row",
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """Columns of a table of peaks, counted from 0.

    ``rows_from`` is the number of lines above the first row. ``intensities`` are (name, column): several where each column
    is a spectrum of its own. ``spectrum`` is the column that holds whole spectra as text; ``mz`` is then None. ``groups`` are the
    columns that change from spectrum to spectrum; ``fields`` are (key, column) of what is said of a spectrum.
    ``names`` are the column names as cells, empty if the table has none: where they stand again, another spectrum begins.
    """

    delimiter: str
    rows_from: int
    mz: int | None
    intensities: tuple[tuple[str, int], ...] = ()
    spectrum: int | None = None
    groups: tuple[int, ...] = ()
    fields: tuple[tuple[str, int], ...] = field(default=())
    comma_is_decimal: bool = False
    names: tuple[str, ...] = ()


def is_peak_table(lines: Sequence[str]) -> bool:
    """Whether the first lines of a file are those of a table of peaks."""
    return layout_of(lines) is not None


def layout_of(lines: Sequence[str]) -> Layout | None:
    """Layout of a table that begins with these lines; None if it is no table of peaks, or one of bare numbers."""
    head = [line.strip("\ufeff")[:MAX_HEAD_LINE] for line in lines[:HEAD_LINES]]
    if any("M  END" in line for line in head):
        return None
    for place, line in enumerate(head[:MAX_LINES_ABOVE]):
        if not line.strip():
            continue
        for delimiter in sorted(_DELIMITERS, key=line.count, reverse=True):
            if delimiter in line and (layout := _with_header(head, place, delimiter)):
                return layout
    return _without_header(head)


def cells_of(row: str, delimiter: str) -> list[str]:
    """Cells of a row, without blanks at their ends."""
    try:
        cells = next(csv.reader([row], delimiter=delimiter), [])
    except csv.Error:
        cells = row.split(delimiter)
    return [cell.strip() for cell in cells]


def cell_number(cell: str, comma_is_decimal: bool) -> float | None:
    """The number that a cell is, or None."""
    cell = cell.rstrip("%").strip()
    if comma_is_decimal and _THOUSAND_POINTS.fullmatch(cell):
        return as_number(cell.replace(".", ""))
    number = as_number(cell)
    if number is not None or "," not in cell:
        return number
    if comma_is_decimal:
        cell = cell.replace(".", "")
        return as_number(cell.replace(",", ".")) if _DECIMAL_COMMA.fullmatch(cell) else None
    return as_number(cell.replace(",", "")) if _THOUSANDS.fullmatch(cell) else None


def holds_peaks(cell: str) -> bool:
    """Whether a cell holds a spectrum as text."""
    if not any(character.isdigit() for character in cell[:20]):
        return False
    try:
        return len(read_pairs([(1, cell[:MAX_HEAD_LINE].rpartition(" ")[0] if len(cell) > MAX_HEAD_LINE else cell)], None)) > 0
    except RecordError:
        return False


def _rows(head: Sequence[str], after: int, delimiter: str) -> Iterator[list[str]]:
    return (cells_of(line, delimiter) for line in head[after + 1 :] if line.strip() and not line.startswith("#"))


def _with_header(head: Sequence[str], place: int, delimiter: str) -> Layout | None:
    names = cells_of(head[place].lstrip("#"), delimiter)
    keys = [normalised(_UNIT.sub("", name)) for name in names]
    if not 1 < len(keys) <= MAX_COLUMNS:
        return None
    rows = list(_rows(head, place, delimiter))
    decimal = delimiter != "," and _has_decimal_commas(rows)
    spectrum = next((at for key in _SPECTRUM for at in _places(keys, key) if _column_holds_peaks(rows, at)), None)
    if spectrum is not None:
        fields = tuple((names[at] or f"column {at + 1}", at) for at in range(len(keys)) if at != spectrum)
        return Layout(delimiter, place + 1, None, (), spectrum, (), fields, decimal, tuple(names))
    mz = next((at for key in _MZ for at in _places(keys, key)), None)
    if mz is None:
        return None
    one = next((at for key in _INTENSITY for at in _places(keys, key) if at != mz), None)
    if one is None:
        many = _number_columns(names, keys, rows, mz, decimal) if keys[mz] in _ONLY_MZ else ()
        return Layout(delimiter, place + 1, mz, many, comma_is_decimal=decimal) if many else None
    groups = tuple(at for at, key in enumerate(keys) if key in (*_NAMES, *_IDS) and at not in (mz, one))
    groups = tuple(at for at in groups if not _all_differ(rows, at))
    own = _OWN_COLUMNS.keys() <= set(keys)
    fields = tuple(
        (_field_name(names[at], keys[at] if own or keys[at] not in _OWN_COLUMNS else ""), at)
        for at in range(len(keys))
        if at not in (mz, one) and names[at]
    )
    return Layout(delimiter, place + 1, mz, (("", one),), None, groups, fields, decimal, tuple(names))


def _places(keys: Sequence[str], key: str) -> list[int]:
    return [at for at, each in enumerate(keys) if each == key]


def _field_name(name: str, key: str) -> str:
    """What MSP calls a column, those of BitSpec's own tables among them."""
    if key in _OWN_COLUMNS:
        return _OWN_COLUMNS[key]
    return "Name" if key in _NAMES[:4] else "Accession" if key in ("id", "spectrumid", "identifier", "recordid") else name


def _column_holds_peaks(rows: Sequence[Sequence[str]], at: int) -> bool:
    cells = [row[at] for row in rows[:20] if at < len(row) and row[at]]
    return any(holds_peaks(cell) for cell in cells)


def _all_differ(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a column numbers the rows rather than the spectra."""
    cells = [row[at] for row in rows if at < len(row) and row[at]]
    return len(cells) > 2 and len(cells) == len(rows) and len(set(cells)) == len(cells)


def _number_columns(
    names: Sequence[str], keys: Sequence[str], rows: Sequence[Sequence[str]], mz: int, decimal: bool
) -> tuple[tuple[str, int], ...]:
    """Columns of numbers beside one of m/z: a spectrum each."""
    found = []
    for at in range(len(keys)):
        cells = [row[at] for row in rows if at < len(row) and row[at]]
        if at != mz and cells and all(cell_number(cell, decimal) is not None for cell in cells):
            found.append((names[at] or f"column {at + 1}", at))
    return tuple(found) if any(cell_number(row[mz], decimal) is not None for row in rows if mz < len(row)) else ()


def _has_decimal_commas(rows: Sequence[Sequence[str]]) -> bool:
    cells = [cell for row in rows for cell in row]
    return any(_DECIMAL_COMMA.fullmatch(cell) for cell in cells) and not any(
        as_number(cell) is not None and "." in cell and not _THOUSAND_POINTS.fullmatch(cell) for cell in cells
    )


def _without_header(head: Sequence[str]) -> Layout | None:
    """Layout of a table without column names whose rows are a name, an m/z and an intensity; two bare columns are `peak_text`."""
    lines = [line for line in head if line.strip() and not line.startswith("#")]
    for delimiter in _DELIMITERS:
        rows = [cells_of(line, delimiter) for line in lines]
        if len(rows) < 2 or any(len(row) != 3 for row in rows):
            continue
        decimal = delimiter != "," and _has_decimal_commas(rows)
        if all(not _is_number(row[0], decimal) and _is_number(row[1], decimal) and _is_number(row[2], decimal) for row in rows):
            return Layout(delimiter, 0, 1, (("", 2),), None, (0,), (("Name", 0),), decimal)
    return None


def _is_number(cell: str, decimal: bool) -> bool:
    return cell_number(cell, decimal) is not None
