"""A list of predicted molecules -> files: spectra as MSP, JCAMP-DX, MGF, SDF or JSON, or a CSV table with a molecule a row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from bitspec_gui.domain.batch import BatchRow, RowState, is_molblock
from bitspec_gui.domain.errors import ExportError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.molecule import Molecule, is_block
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.atomic_text import replacing
from bitspec_gui.services.export import record_of, write_predictions
from bitspec_gui.services.file_endings import format_of_suffix
from bitspec_gui.services.hit_tables import cell_as_text

SPECTRA_SUFFIXES = (".msp", ".jdx", ".mgf", ".sdf", ".json")
_FORMATS = ("csv", *(suffix.removeprefix(".") for suffix in SPECTRA_SUFFIXES))
TABLE_COLUMNS = (
    "number", "id", "name", "cas", "smiles", "inchikey", "formula", "nominal_mass", "exact_mass", "state", "problem", "same_as",
    "base_peak", "largest_peaks", "confidence", "warnings", "model", "file", "line", "peaks",
)  # fmt: skip
"""``largest_peaks`` are the five largest and ``peaks`` all, as ``m/z:intensity`` on a scale where the base peak is 999."""

REPORT_EVERY = 100

ReadMolecule = Callable[[str], Molecule]


def write_batch(
    rows: Sequence[BatchRow],
    path: Path,
    read: ReadMolecule,
    *,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> int:
    """Write rows to `path` in the format of its suffix, completely or not at all.

    Spectra (see `SPECTRA_SUFFIXES`) are written of the rows that were predicted; a table (.csv) holds all rows, with what was
    wrong with those that were refused.

    Parameters
    ----------
    rows : sequence of BatchRow
        In the order in which they are written.
    read : callable
        Text to molecule, for the drawings in an SD file of structures that were no drawings.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    ExportError
        If the suffix is another one, if there is nothing to write, or if the file cannot be written; what was there is kept.
    Cancelled
        If someone asked to stop; what was there is kept.
    """
    file_format = format_of_suffix(path, _FORMATS)
    if file_format == "csv":
        if not rows:
            raise ExportError(f"{path.name} was not written, because the list is empty.")
        with replacing(path) as stream:
            return _write_table(_watched(rows, progress, cancel), stream)
    predicted = [row for row in rows if row.state is RowState.PREDICTED]
    if not predicted:
        raise ExportError(f"{path.name} was not written, because no spectrum was predicted.")
    watched = _watched(predicted, progress, cancel)
    if file_format == "sdf":
        from bitspec_gui.formats.sdf_writer import write_sd_spectra

        with replacing(path) as stream:
            return write_sd_spectra(((_drawing(row, read), batch_record(row)) for row in watched), stream)
    if file_format == "mgf":
        from bitspec_gui.formats.mgf_writer import write_mgf

        with replacing(path) as stream:
            return write_mgf((batch_record(row) for row in watched), stream)
    return write_predictions((_prediction(row) for row in watched), path)


def batch_record(row: BatchRow) -> SpectrumRecord:
    """A predicted row as a library record, with the CAS number and the place that its file gives."""
    return replace(
        record_of(_prediction(row)),
        cas=row.cas or None,
        source_file=Path(row.file).name if row.file else "",
        line=row.line,
    )


def _prediction(row: BatchRow) -> Prediction:
    prediction = row.prediction
    if prediction is None:
        raise ExportError(f"Row {row.number} has no predicted spectrum.")
    return prediction


def _drawing(row: BatchRow, read: ReadMolecule) -> str:
    """The molblock as it was found, or a new one."""
    text = row.text
    return text if is_molblock(text) else read(text).molblock


def _watched(rows: Sequence[BatchRow], progress: ReportProgress, cancel: CancelToken | None) -> Iterator[BatchRow]:
    for done, row in enumerate(rows):
        if cancel is not None:
            cancel.raise_if_cancelled()
        yield row
        if done % REPORT_EVERY == 0:
            progress(Progress(done + 1, len(rows), "Writing"))


def _write_table(rows: Iterator[BatchRow], stream: TextIO) -> int:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(TABLE_COLUMNS)
    count = 0
    for row in rows:
        count += 1
        cells = {**dict.fromkeys(TABLE_COLUMNS, ""), **_cells(row)}
        writer.writerow(["" if cells[name] is None else cell_as_text(cells[name]) for name in TABLE_COLUMNS])
    return count


def _cells(row: BatchRow) -> dict[str, str | int | float | None]:
    known: dict[str, str | int | float | None] = {
        "number": row.number, "id": row.identifier, "name": row.name, "cas": row.cas, "state": row.state.value,
        "problem": row.sentence, "file": row.file, "line": row.line, "same_as": row.same_as or None,
    }  # fmt: skip
    found = row.compound
    if found is None:
        # A drawing does not fit into a cell.
        return known | {"smiles": "" if is_block(row.text) else row.text}
    spectrum = record_of(_prediction(row)).spectrum
    pairs = [f"{mz:.0f}:{height:.0f}" for mz, height in zip(spectrum.mz, spectrum.intensity, strict=True)]
    largest = sorted(range(len(pairs)), key=lambda place: -spectrum.intensity[place])[:5]
    return known | {
        "smiles": found.smiles, "inchikey": found.inchikey, "formula": found.formula, "nominal_mass": found.nominal_mass,
        "exact_mass": round(found.exact_mass, 5), "base_peak": found.base_peak, "confidence": found.confidence,
        "largest_peaks": " ".join(pairs[place] for place in largest), "warnings": " ".join(found.warnings),
        "model": str(found.model_version.name), "peaks": " ".join(pairs),
    }  # fmt: skip
