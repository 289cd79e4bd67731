"""SD files whose records bear a mass spectrum (``MASS SPECTRAL PEAKS``), as NIST and MoNA write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.assembling import announced_peaks, assembled
from bitspec_gui.formats.fields import RecordError
from bitspec_gui.formats.msp_fields import normalised, sort_headers
from bitspec_gui.formats.msp_peaks import Pairs, read_pairs
from bitspec_gui.formats.msp_records import PEAK_COUNT_KEYS
from bitspec_gui.formats.structures import with_molblock
from bitspec_gui.formats.text import ByteStream, RawRecord, RecordDecoder, byte_lines

_TAG = re.compile(r"\s*>[^<>]{0,40}<([^<>]{1,200})>")
_RAW_TAG = re.compile(rb"\s*>[^<>]{0,40}<([^<>]{1,200})>")
_COUNTS_LINE = re.compile(rb"V[23]000\s*\Z")
_SPECTRUM_TAGS = frozenset({"massspectralpeaks", "massspectrum", "massspectrumpeaks", "eimassspectrum"})
_LISTS = frozenset({"synonyms", "synonym", "synon"})


def is_spectrum_tag(line: bytes) -> bool:
    """Whether a line is the tag above the peaks of an SD record."""
    found = _RAW_TAG.match(line)
    return found is not None and normalised(found.group(1).decode("latin-1")) in _SPECTRUM_TAGS


@dataclass
class _SdRecord:
    molblock: list[str] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    peaks: list[tuple[int, str]] = field(default_factory=list)
    counts: list[str] = field(default_factory=list)
    second_table: int | None = None


def read_sd_spectra(source: ByteStream | bytes, source_file: str = "") -> Iterator[SpectrumRecord | Problem]:
    """Read the spectra of an SD file one after the other; the structure comes from the molblock if no tag gives it.

    Parameters
    ----------
    source : ByteStream | bytes
        Bytes, or a stream opened in binary mode, which is read in pieces.
    source_file : str
        What records and problems call the file.

    Yields
    ------
    SpectrumRecord | Problem
        A record that cannot be used, or has no spectrum, is one rejected `Problem`; a record kept with a repair is preceded by a
        `Problem` that is not rejected.
    """
    decoder = RecordDecoder()
    for raw in _raw_records(BytesIO(source) if isinstance(source, bytes) else source):
        if raw.too_long:
            yield Problem(source_file, raw.line, "This record is too long to be a mass spectrum.")
            continue
        yield from _read_record(raw, decoder.decode(raw.lines), source_file)


def _raw_records(stream: ByteStream) -> Iterator[RawRecord]:
    record: RawRecord | None = None
    filled = tagged = False
    for number, line in enumerate(byte_lines(stream), start=1):
        if line.startswith(b"$$$$"):
            if record is not None and filled:
                yield record
            record, filled, tagged = None, False, False
            continue
        if record is not None and tagged and _COUNTS_LINE.search(line):
            # Another molblock begins, three lines above this one: the line $$$$ between the records is missing.
            record, above = _split(record)
            yield record
            record, tagged = above, False
        record = record or RawRecord(number)
        tagged = tagged or line.startswith(b"M  END") or _RAW_TAG.match(line) is not None
        filled = filled or bool(line.strip(b" \t\x00\x1a"))
        record.append(number, line)
    if record is not None and filled:
        yield record


def _split(record: RawRecord) -> tuple[RawRecord, RawRecord]:
    """A record without its last three lines, and the record that begins with them."""
    above = RawRecord(record.numbers[-3:][0])
    for number, line in zip(record.numbers[-3:], record.lines[-3:], strict=True):
        above.append(number, line)
    del record.numbers[-3:], record.lines[-3:]
    return record, above


def _read_record(raw: RawRecord, texts: Sequence[str], source_file: str) -> Iterator[SpectrumRecord | Problem]:
    parts = _parts(texts, raw.numbers)

    def peaks() -> Pairs:
        if parts.second_table is not None:
            raise RecordError(
                parts.second_table, "A second table of peaks stands here: the line $$$$ between two records is missing."
            )
        return read_pairs(parts.peaks, announced_peaks(parts.counts)) if parts.peaks else []

    peak_line = parts.peaks[0][0] if parts.peaks else None
    for item in assembled(sort_headers(parts.headers), peaks, parts.counts, source_file, raw.line, peak_line):
        yield with_molblock(item, "\n".join(parts.molblock)) if isinstance(item, SpectrumRecord) else item


def _parts(texts: Sequence[str], numbers: Sequence[int]) -> _SdRecord:
    parts = _SdRecord()
    tag: str | None = None
    values: list[str] = []
    in_molblock = True
    for number, text in zip(numbers, texts, strict=True):
        found = _TAG.match(text)
        if found:
            _close_tag(parts, tag, values)
            tag, values, in_molblock = found.group(1).strip(), [], False
            if parts.peaks and normalised(tag) in _SPECTRUM_TAGS:
                parts.second_table = parts.second_table or number
        elif in_molblock:
            parts.molblock.append(text)
            in_molblock = not text.startswith("M  END")
        elif not text.strip():
            _close_tag(parts, tag, values)
            tag, values = None, []
        elif tag is not None and normalised(tag) in _SPECTRUM_TAGS:
            parts.peaks.append((number, text))
        elif tag is not None:
            values.append(text.strip())
    _close_tag(parts, tag, values)
    title = parts.molblock[0].strip() if len(parts.molblock) > 1 else ""
    if title and not any(normalised(key) == "name" for key, _ in parts.headers):
        parts.headers.insert(0, ("Name", title))
    return parts


def _close_tag(parts: _SdRecord, tag: str | None, values: list[str]) -> None:
    if tag is None or not values:
        return
    kind = normalised(tag)
    if kind in PEAK_COUNT_KEYS:
        parts.counts += values
    elif kind in _LISTS:
        parts.headers += [("Synon", value) for value in values]
    else:
        parts.headers.append((tag, " ".join(values)))
