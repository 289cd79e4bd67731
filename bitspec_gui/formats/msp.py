"""NIST-style MSP in its many dialects, read and written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import TextIO

from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.assembling import announced_peaks, assembled
from bitspec_gui.formats.msp_fields import normalised, sort_headers
from bitspec_gui.formats.msp_peaks import Pairs, read_pairs
from bitspec_gui.formats.msp_records import PEAK_COUNT_KEYS, header_key, looks_like_peaks, raw_records
from bitspec_gui.formats.text import ByteStream, RawRecord, RecordDecoder, single_line

_KEY_AND_VALUE = re.compile(r"\s*([^:=]*?)\s*[:=](.*)", re.DOTALL)
_COUNT_AND_PEAKS = re.compile(r"[0-9]+(?:\s*[;,]\s*|\s+)((?:[(\[]\s*)?[0-9][0-9.]*(?:\s*[,:]\s*|\s+)[0-9].*)", re.DOTALL)
_LISTING = re.compile(r"\s*([0-9]+)\s+(?:largest peaks|m/z values and intensities)\s*:\s*", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*[0-9]+\.(.*)", re.DOTALL)
_NOT_IN_KEY = re.compile(r"[:=]")
_KEY_START = re.compile(r"[^\s0-9+\-.,;:=()\[\]{}\"'#/]")


def read_msp(source: ByteStream | bytes, source_file: str = "") -> Iterator[SpectrumRecord | Problem]:
    """Read the records of an MSP file one after the other.

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
    for raw in raw_records(BytesIO(source) if isinstance(source, bytes) else source):
        yield from _read_record(raw, decoder, source_file)


def _read_record(raw: RawRecord, decoder: RecordDecoder, source_file: str) -> Iterator[SpectrumRecord | Problem]:
    if raw.too_long:
        yield Problem(source_file, raw.line, "This record is too long to be a mass spectrum.")
        return
    header_lines, peak_lines, counts = _sorted_lines(raw, decoder.decode(raw.lines))
    if not header_lines and not peak_lines and not counts:
        what = "Text that belongs to no record was passed over."
        yield Problem(source_file, raw.line, what, kept="No spectrum was lost.", rejected=False)
        return
    headers = sort_headers(header_lines)

    def peaks() -> Pairs:
        return read_pairs(peak_lines, announced_peaks(counts)) if peak_lines else []

    yield from assembled(headers, peaks, counts, source_file, raw.line, peak_lines[0][0] if peak_lines else None)


def _sorted_lines(raw: RawRecord, texts: Sequence[str]) -> tuple[list[tuple[str, str]], list[tuple[int, str]], list[str]]:
    """Header (key, value) lines, numbered peak lines and the values of the lines that announce how many peaks there are."""
    headers: list[tuple[str, list[str]]] = []
    peaks: list[tuple[int, str]] = []
    counts: list[str] = []
    keys = [header_key(line) for line in raw.lines]
    # Where peaks are announced, a line before that which begins with a digit goes on with the header line above it.
    has_count = any(key in PEAK_COUNT_KEYS for key in keys)
    for number, line, text, key in zip(raw.numbers, raw.lines, texts, keys, strict=True):
        if key is not None:
            name, value = _key_and_value(text)
            if key in PEAK_COUNT_KEYS:
                counts.append(value)
                peaks += [(number, more)] if (more := _peaks_behind(value)) else []
            else:
                headers.append((name, [value]))
        elif listing := _LISTING.fullmatch(text):
            # Text that NIST MS Search shows and copies: a few largest peaks, then perhaps all of them, then numbered synonyms.
            peaks.clear()
            counts[:] = [listing.group(1)]
        elif peaks and headers and headers[-1][0].lower() == "synonyms" and (synonym := _NUMBERED.fullmatch(text)):
            headers.append(("Synonyms", [synonym.group(1).strip()]))
        elif counts or peaks or (looks_like_peaks(line) and headers and not has_count):
            peaks.append((number, text))
        elif headers:
            headers[-1][1].append(text)
    return [(key, " ".join(values)) for key, values in headers], peaks, counts


def _peaks_behind(count: str) -> str | None:
    """Peaks that stand behind their number, on its line."""
    found = _COUNT_AND_PEAKS.fullmatch(count)
    return found.group(1) if found else None


def _key_and_value(text: str) -> tuple[str, str]:
    found = _KEY_AND_VALUE.match(text)
    return (single_line(found.group(1)), found.group(2).strip()) if found else (text, "")


def write_msp(records: Iterable[SpectrumRecord], stream: TextIO) -> int:
    """Write records as MSP, so that `read_msp` gives them back; returns how many were written.

    Line breaks within values become spaces. Whole-numbered m/z and intensities are written as integers, others in full.
    """
    written = 0
    for record in records:
        lines = [f"{key}: {value}" for key, value in written_fields(record)]
        lines.append(f"Num Peaks: {len(record.spectrum)}")
        peaks = zip(record.spectrum.mz.tolist(), record.spectrum.intensity.tolist(), strict=True)
        lines += [f"{written_number(mz)} {written_number(intensity)}" for mz, intensity in peaks]
        stream.write("\n".join(lines) + "\n\n")
        written += 1
    return written


def written_fields(record: SpectrumRecord) -> Iterator[tuple[str, str]]:
    """What is known of a record as keys and values that the readers of MSP, MGF and SD files understand, the name first."""
    # A record begins with its Name, so there has to be one.
    yield "Name", single_line(record.name) or single_line(record.accession or "") or "unnamed"
    fields: list[tuple[str, str | None]] = [
        *(("Synon", synonym) for synonym in record.synonyms),
        ("ID", record.accession),
        ("SMILES", record.smiles),
        ("InChI", record.inchi),
        ("InChIKey", record.inchikey),
        ("Formula", record.formula),
        ("MW", _number_or_none(record.nominal_mass)),
        ("ExactMass", _number_or_none(record.exact_mass)),
        ("CAS#", record.cas),
        ("RI", _number_or_none(record.retention_index)),
        ("Instrument", record.instrument),
        ("Ionization_energy", f"{written_number(record.energy_ev)} eV" if record.energy_ev is not None else None),
        ("Predicted_by", record.predicted_by),
        ("Prediction_confidence", _number_or_none(record.confidence)),
        ("License", record.licence),
        ("Author", record.authors),
        *((_extra_key(key), value) for key, value in record.extra),
        ("Comment", record.comment),
    ]
    for key, value in fields:
        text = single_line(value or "")
        if text:
            yield key, text


def _number_or_none(value: float | None) -> str | None:
    return None if value is None else written_number(float(value))


def _extra_key(key: str) -> str:
    """A key that the reader takes for none of its own."""
    text = _NOT_IN_KEY.sub("_", single_line(key)).strip()[:80]
    if not _KEY_START.match(text):
        text = f"x {text}".strip()
    kind = normalised(text)
    if kind in PEAK_COUNT_KEYS or kind in ("name", "synon", "comment", "comments"):
        text = f"{text} of the source"
    return text


def written_number(value: float) -> str:
    """A whole number as an integer, any other in full."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
