"""Predicted and measured spectra -> MSP, JCAMP-DX, CSV and JSON files."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TextIO

import numpy as np

from bitspec_gui.domain.annotation import PeakAnnotation
from bitspec_gui.domain.errors import ExportError
from bitspec_gui.domain.model_version import MODEL_SHA256
from bitspec_gui.domain.prediction import PREDICTED_WORDS, Prediction
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.services.annotated_peaks import ANNOTATION_COLUMNS, csv_cells, json_object, msp_note
from bitspec_gui.services.atomic_text import replacing, write_fault
from bitspec_gui.services.file_endings import format_of_suffix, suffixes_in_words
from bitspec_gui.spectra.binning import PREDICTED_BASE_PEAK

CSV_COLUMNS = ("id", "name", "smiles", "inchikey", "formula", "mz", "intensity", "model", "warnings", "confidence")
TRAINED_ON_WORDS = "The model has learned from measured spectra of this compound."
"""First words of the comment of every predicted spectrum, wherever it goes."""

_LINE_ENDS = {"msp": "\r\n", "jdx": "\r\n"}
"""Line ends in files other than a line feed: NIST's programs want these two so."""

_ALWAYS_IN_JSON = {"id", "name", "smiles", "inchikey", "formula", "nominal_mass", "exact_mass"}


@dataclass(frozen=True)
class _Row:
    """A spectrum to write, with what only predictions have; ``annotations`` by unit m/z."""

    record: SpectrumRecord
    name: str
    model: str = ""
    model_sha256: str = ""
    warnings: tuple[str, ...] = ()
    annotations: dict[int, PeakAnnotation] = field(default_factory=dict)
    trained_on: bool | None = None

    def annotation(self, mz: float) -> PeakAnnotation | None:
        """What the peak at `mz` is made of, if that is known."""
        return self.annotations.get(int(mz))


def record_of(prediction: Prediction) -> SpectrumRecord:
    """Prediction as a library record: unit m/z, whole intensities 0-999, ``predicted_by`` and ``confidence`` (3 decimals).

    The sha256 of the model is in ``extra``.
    """
    molecule = prediction.molecule
    version = prediction.model_version
    learned = [TRAINED_ON_WORDS] if prediction.trained_on else []
    comment = " ".join([PREDICTED_WORDS, *learned, *prediction.warnings])
    return SpectrumRecord(
        spectrum=_whole_numbers(prediction.spectrum),
        name=molecule.name or molecule.identifier or molecule.smiles,
        accession=molecule.identifier or None,
        smiles=molecule.smiles,
        inchikey=molecule.inchikey or None,
        formula=molecule.formula,
        nominal_mass=molecule.nominal_mass,
        exact_mass=molecule.exact_mass,
        licence=version.licence or None,
        comment=comment,
        predicted_by=version.name,
        confidence=None if prediction.confidence is None else round(prediction.confidence, 3),
        extra=((MODEL_SHA256, version.sha256),),
    )


def peaks_as_tsv(spectrum: Spectrum) -> str:
    """Peaks as the lines ``m/z<TAB>intensity`` under a heading, for the clipboard."""
    lines = (f"{mz:.10g}\t{intensity:.10g}" for mz, intensity in zip(spectrum.mz, spectrum.intensity, strict=True))
    return "\n".join(["m/z\tintensity", *lines]) + "\n"


def export_format(path: Path) -> str:
    """Format (``msp``, ``jdx``, ``csv`` or ``json``) that the suffix of `path` asks for.

    Raises
    ------
    ExportError
        If the suffix is another one.
    """
    return format_of_suffix(path, _WRITERS)


def write_predictions(items: Iterable[Prediction], path: Path, *, annotated: bool = False) -> int:
    """Write predictions to `path` in the format of its suffix, one after the other as they come.

    If `annotated`, a peak bears what it is made of: MSP a note in quotes, CSV more columns, JSON ranked lists; JCAMP-DX nothing.

    Returns
    -------
    int
        How many predictions were written.

    Raises
    ------
    ExportError
        If the suffix is not .msp, .jdx, .csv or .json, if there was no prediction at all, or if the file cannot be written. A
        file that was there before is then unchanged.
    """
    suffix = export_format(path)
    writer = _WRITERS[suffix]
    with replacing(path, newline=_LINE_ENDS.get(suffix, "\n")) as stream:
        count = writer((_row_of(item) for item in items), stream, annotated)
        if count == 0:
            raise ExportError(f"{path} was not written, because no spectrum was predicted.")
    return count


def stream_predictions(items: Iterable[Prediction], stream: TextIO, file_format: str = "msp", *, annotated: bool = False) -> int:
    """Write predictions to an open stream, in `file_format`, as `write_predictions` does; returns how many.

    Raises
    ------
    ExportError
        If `file_format` is unknown, or the stream takes no more (a pipe closed by its reader is a `BrokenPipeError`).
    """
    if file_format not in _WRITERS:
        raise ExportError(f"There is no format {file_format!r}; choose {suffixes_in_words(_WRITERS)}.")
    try:
        count = _WRITERS[file_format]((_row_of(item) for item in items), stream, annotated)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise write_fault("The output", error) from error
    return count


def write_spectrum(path: Path, record: SpectrumRecord) -> None:
    """Write one spectrum, measured or made by `record_of`, in the format of the suffix; raises `ExportError`."""
    suffix = export_format(path)
    extra = dict(record.extra)
    row = _Row(record, record.name, record.predicted_by or "", extra.get(MODEL_SHA256, ""))
    with replacing(path, newline=_LINE_ENDS.get(suffix, "\n")) as stream:
        _WRITERS[suffix](iter([row]), stream, False)


def _row_of(prediction: Prediction) -> _Row:
    version = prediction.model_version
    return _Row(
        record_of(prediction),
        prediction.molecule.name,
        version.name,
        version.sha256,
        prediction.warnings,
        {annotation.mz: annotation for annotation in prediction.annotations},
        prediction.trained_on,
    )


def _whole_numbers(spectrum: Spectrum) -> Spectrum:
    """Unit m/z and whole intensities with base peak 999; peaks that round to 0 are left out."""
    scaled = spectrum.intensity * (PREDICTED_BASE_PEAK / spectrum.intensity.max())
    whole = np.floor(scaled + 0.5)
    kept = whole > 0
    return Spectrum(mz=np.floor(spectrum.mz[kept] + 0.5), intensity=whole[kept])


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else float(value)


def _peaks(spectrum: Spectrum) -> list[tuple[float | int, float | int]]:
    return [(_number(mz), _number(intensity)) for mz, intensity in zip(spectrum.mz, spectrum.intensity, strict=True)]


def _write_msp(rows: Iterator[_Row], stream: TextIO, annotated: bool) -> int:
    from bitspec_gui.formats.msp import write_msp

    if not annotated:
        return write_msp((row.record for row in rows), stream)
    count = 0
    for row in rows:
        text = StringIO()
        count += write_msp([row.record], text)
        stream.write(_with_notes(text.getvalue(), row) if row.annotations else text.getvalue())
    return count


def _with_notes(text: str, row: _Row) -> str:
    """MSP record with a note behind each of its peaks, which are its last lines."""
    lines = text.rstrip("\n").split("\n")
    masses = row.record.spectrum.mz.tolist()
    head, peaks = lines[: -len(masses)], lines[-len(masses) :]
    noted = [f'{line} "{msp_note(row.annotation(mz))}"' for line, mz in zip(peaks, masses, strict=True)]
    return "\n".join([*head, *noted]) + "\n\n"


def _write_jcamp(rows: Iterator[_Row], stream: TextIO, _annotated: bool) -> int:
    from bitspec_gui.formats.jcamp_writer import write_jcamp

    return write_jcamp((row.record for row in rows), stream)


def _write_csv(rows: Iterator[_Row], stream: TextIO, annotated: bool) -> int:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*CSV_COLUMNS, *(ANNOTATION_COLUMNS if annotated else ())])
    count = 0
    for row in rows:
        record = row.record
        named = [record.accession or "", row.name, record.smiles or "", record.inchikey or "", record.formula or ""]
        model = f"{row.model} sha256:{row.model_sha256}" if row.model_sha256 else row.model
        tail = [model, " ".join(row.warnings), "" if record.confidence is None else record.confidence]
        for mz, intensity in _peaks(record.spectrum):
            writer.writerow([*named, mz, intensity, *tail, *(csv_cells(row.annotation(mz)) if annotated else ())])
        count += 1
    return count


def _write_json(rows: Iterator[_Row], stream: TextIO, annotated: bool) -> int:
    count = 0
    stream.write("[")
    for count, row in enumerate(rows, start=1):
        stream.write("\n" if count == 1 else ",\n")
        stream.write(json.dumps(_json_object(row, annotated), ensure_ascii=False))
    stream.write("\n]\n")
    return count


def _json_object(row: _Row, annotated: bool) -> dict[str, object]:
    record = row.record
    found: dict[str, object | None] = {
        "id": record.accession,
        "name": row.name,
        "smiles": record.smiles,
        "inchi": record.inchi,
        "inchikey": record.inchikey,
        "formula": record.formula,
        "cas": record.cas,
        "nominal_mass": record.nominal_mass,
        "exact_mass": record.exact_mass,
        "retention_index": record.retention_index,
        "instrument": record.instrument,
        "energy_ev": record.energy_ev,
        "licence": record.licence,
        "authors": record.authors,
        "comment": record.comment,
        "predicted": True if row.model else None,
        "model": {"name": row.model, "sha256": row.model_sha256} if row.model else None,
        "confidence": record.confidence,
        "trained_on": row.trained_on,
        "peaks": _peaks(record.spectrum),
    }
    known: dict[str, object] = {key: value for key, value in found.items() if value is not None or key in _ALWAYS_IN_JSON}
    if row.model:
        known["warnings"] = list(row.warnings)
    if annotated:
        found_at = (row.annotation(mz) for mz in record.spectrum.mz.tolist())
        known["annotations"] = [json_object(each) for each in found_at if each is not None]
    return known


_WRITERS: dict[str, Callable[[Iterator[_Row], TextIO, bool], int]] = {
    "msp": _write_msp,
    "jdx": _write_jcamp,
    "csv": _write_csv,
    "json": _write_json,
}
