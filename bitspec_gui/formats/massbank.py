"""MassBank records (https://github.com/MassBank/MassBank-web, record format 2): one or several in a file, each ended by //."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.fields import (
    RecordError,
    as_number,
    cas_or_none,
    foreign_ionisation,
    inchikey_or_none,
    number_or_none,
    positive_or_none,
    spectrum_of,
    text_or_none,
)
from bitspec_gui.formats.text import ByteStream, RawRecord, RecordDecoder, byte_lines, single_line

_PEAK_HEADER = "PK$PEAK"
_SUBTAGGED = ("CH$LINK", "SP$LINK", "AC$MASS_SPECTROMETRY", "AC$CHROMATOGRAPHY", "MS$FOCUSED_ION", "MS$DATA_PROCESSING")
_IN_FIELDS = frozenset(
    {
        "ACCESSION", "CH$NAME", "CH$SMILES", "CH$IUPAC", "CH$FORMULA", "CH$EXACT_MASS", "LICENSE", "AUTHORS", "AC$INSTRUMENT",
        "COMMENT", "CH$LINK INCHIKEY", "CH$LINK CAS", "PK$NUM_PEAK", _PEAK_HEADER, "PK$SPLASH", "PK$ANNOTATION",
    }
)  # fmt: skip


@dataclass
class _Fields:
    """Values by tag in the order of the file, and the lines below ``PK$PEAK``."""

    values: dict[str, list[str]] = field(default_factory=dict)
    peak_columns: list[str] = field(default_factory=list)
    peak_lines: list[tuple[int, str]] = field(default_factory=list)

    def first(self, *tags: str) -> str | None:
        """First value of the first tag that has one."""
        for tag in tags:
            for value in self.values.get(tag, ()):
                if text_or_none(value) is not None:
                    return value
        return None


def read_massbank(source: ByteStream | bytes, source_file: str = "") -> Iterator[SpectrumRecord | Problem]:
    """Read MassBank records one after the other.

    Parameters
    ----------
    source : ByteStream | bytes
        Bytes, or a stream opened in binary mode, which is read in pieces.
    source_file : str
        What records and problems call the file.

    Yields
    ------
    SpectrumRecord | Problem
        A record that cannot be used is one rejected `Problem`; a record kept with a repair is preceded by a `Problem` that is
        not rejected.
    """
    decoder = RecordDecoder()
    for raw in _raw_records(BytesIO(source) if isinstance(source, bytes) else source):
        yield from _read_record(raw, decoder, source_file)


def _raw_records(stream: ByteStream) -> Iterator[RawRecord]:
    record: RawRecord | None = None
    has_accession = False
    for number, line in enumerate(byte_lines(stream), start=1):
        if line.rstrip() == b"//":
            if record is not None:
                yield record
            record, has_accession = None, False
            continue
        starts = line.startswith(b"ACCESSION:")
        if starts and has_accession and record is not None:
            # The record before lacks its "//".
            yield record
            record, has_accession = None, False
        if record is None:
            if not line.strip():
                continue
            record = RawRecord(number)
        has_accession = has_accession or starts
        record.append(number, line)
    if record is not None:
        yield record


def _read_record(raw: RawRecord, decoder: RecordDecoder, source_file: str) -> Iterator[SpectrumRecord | Problem]:
    if raw.too_long:
        yield Problem(source_file, raw.line, "This record is too long to be a mass spectrum.")
        return
    fields = _fields(decoder.decode(raw.lines), raw.numbers)
    try:
        accession = fields.first("ACCESSION")
        if accession is None:
            raise RecordError(raw.line, "This record has no ACCESSION.")
        foreign = foreign_ionisation(fields.first("AC$INSTRUMENT_TYPE"), fields.first("AC$MASS_SPECTROMETRY IONIZATION"))
        ms_type = fields.first("AC$MASS_SPECTROMETRY MS_TYPE")
        if foreign or (ms_type or "MS").strip().upper() != "MS":
            raise RecordError(raw.line, f"{accession} is not an electron-ionisation MS1 spectrum ({foreign or ms_type}).")
        if len(fields.values.get(_PEAK_HEADER, ())) > 1:
            raise RecordError(raw.line, f"{accession} has two tables of peaks: the line // between two records is missing.")
        spectrum = _spectrum(fields, raw.line, accession)
    except RecordError as bad:
        yield Problem(source_file, bad.line, str(bad))
        return
    announced = number_or_none(fields.first("PK$NUM_PEAK"))
    found = len(fields.peak_lines)
    if announced != found:
        said = "does not say how many peaks it has" if announced is None else f"announces {announced:g} peaks"
        what = f"{accession} {said} but lists {found}."
        yield Problem(source_file, raw.line, what, f"It was kept with the {found} listed peaks.", rejected=False)
    yield _record(fields, accession.strip(), spectrum, source_file, raw.line)


def _fields(lines: Sequence[str], numbers: Sequence[int]) -> _Fields:
    fields = _Fields()
    in_peaks = False
    for number, line in zip(numbers, lines, strict=True):
        if not line.strip():
            continue
        tag, colon, value = line.partition(":")
        if line[0].isspace() or not colon or not tag.isascii():
            if in_peaks:
                fields.peak_lines.append((number, line))
            continue
        in_peaks = tag == _PEAK_HEADER
        value = value.strip()
        if in_peaks:
            fields.peak_columns = value.lower().split()
        if tag in _SUBTAGGED:
            subtag, _, value = value.partition(" ")
            tag = f"{tag} {subtag.rstrip(':')}"
        fields.values.setdefault(tag, []).append(value.strip())
    if len(fields.peak_lines) == 1 and text_or_none(fields.peak_lines[0][1]) is None:
        fields.peak_lines.clear()
    return fields


def _spectrum(fields: _Fields, line: int, accession: str) -> Spectrum:
    if not fields.peak_lines:
        raise RecordError(line, f"{accession} has no peaks.")
    columns = fields.peak_columns if "m/z" in fields.peak_columns else ["m/z", "int.", "rel.int."]
    mz_column = columns.index("m/z")
    # The absolute column is used; the relative one, cut to whole numbers 0..999, only where the absolute is missing.
    for name in ("int.", "rel.int."):
        if name not in columns:
            continue
        pairs, bad = _pairs(fields.peak_lines, mz_column, columns.index(name))
        if bad is None:
            try:
                return spectrum_of(pairs)
            except SpectrumError as error:
                raise RecordError(line, f"{accession}: {error}") from error
        if text_or_none(bad[1]) is not None:
            break
    number, _ = bad if (bad := _pairs(fields.peak_lines, mz_column, min(1, len(columns) - 1))[1]) else (line, "")
    text = next((text for at, text in fields.peak_lines if at == number), "").strip()[:60]
    raise RecordError(number, f"{accession}: the peak line “{text}” cannot be read.")


def _pairs(
    lines: Sequence[tuple[int, str]], mz_column: int, intensity_column: int
) -> tuple[list[tuple[float, float]], tuple[int, str] | None]:
    """(m/z, intensity) of every line, or the line number and token of the first that is not a number."""
    pairs: list[tuple[float, float]] = []
    for number, line in lines:
        tokens = line.split()
        if len(tokens) <= max(mz_column, intensity_column):
            return pairs, (number, " ".join(tokens) or "?")
        mz, intensity = as_number(tokens[mz_column]), as_number(tokens[intensity_column])
        if mz is None or intensity is None:
            return pairs, (number, tokens[mz_column] if mz is None else tokens[intensity_column])
        pairs.append((mz, intensity))
    return pairs, None


def _record(fields: _Fields, accession: str, spectrum: Spectrum, source_file: str, line: int) -> SpectrumRecord:
    names = [single_line(name) for name in fields.values.get("CH$NAME", []) if text_or_none(name)]
    title = single_line((fields.first("RECORD_TITLE") or "").partition(";")[0])
    comments = [single_line(text) for text in fields.values.get("COMMENT", []) if text]
    energy = fields.first("AC$MASS_SPECTROMETRY IONIZATION_ENERGY", "AC$MASS_SPECTROMETRY IONIZATION_POTENTIAL")
    index = fields.first("AC$CHROMATOGRAPHY RETENTION_INDEX", "AC$CHROMATOGRAPHY KOVATS_RTI")
    derivative = fields.first("MS$FOCUSED_ION DERIVATIVE_TYPE")
    extra = [(tag, single_line(value)) for tag, values in fields.values.items() if tag not in _IN_FIELDS for value in values]
    if derivative:
        extra.append(("Derivative", single_line(derivative)))
    return SpectrumRecord(
        spectrum=spectrum,
        name=names[0] if names else title or accession,
        accession=accession,
        synonyms=tuple(dict.fromkeys(names[1:])),
        smiles=text_or_none(fields.first("CH$SMILES")),
        inchi=text_or_none(fields.first("CH$IUPAC")),
        inchikey=inchikey_or_none(fields.first("CH$LINK INCHIKEY")),
        formula=text_or_none(fields.first("CH$FORMULA")),
        cas=cas_or_none(fields.first("CH$LINK CAS")),
        exact_mass=positive_or_none(fields.first("CH$EXACT_MASS")),
        retention_index=positive_or_none(index),
        instrument=text_or_none(fields.first("AC$INSTRUMENT")),
        energy_ev=positive_or_none(energy),
        licence=text_or_none(fields.first("LICENSE")),
        authors=text_or_none(fields.first("AUTHORS")),
        comment="; ".join(comments) or None,
        source_file=source_file,
        line=line,
        extra=tuple((tag, value) for tag, value in extra if value),
    )
