"""Spectra of Mascot generic files (MGF), as GNPS, MZmine and others write them for EI spectra."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO

from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.assembling import assembled, called
from bitspec_gui.formats.msp_fields import Headers, normalised, sort_headers
from bitspec_gui.formats.msp_peaks import Pairs, read_pairs
from bitspec_gui.formats.msp_records import PEAK_COUNT_KEYS
from bitspec_gui.formats.text import ByteStream, RawRecord, RecordDecoder, byte_lines, label_and_value

_STRAY_PEAK = re.compile(rb"[0-9.]+[ \t,;:]+[0-9.]")
_KEY_START = re.compile(r"[^\s0-9+\-.]")
_REMARKS = ("#", ";", "!", "/")
_KEYS: dict[str, str] = {
    "inchiaux": "InChIKey", "spectrumid": "Accession", "featureid": "Accession", "compoundname": "Name", "pi": "Author",
    "description": "Comment", "ion": "Adduct",
}  # fmt: skip
_SOFT_ADDUCT = re.compile(r"\[?[0-9]*M[+-][0-9]*(?:H|Na|K|NH4|Li|Cl|HCOO)\b")


def read_mgf(source: ByteStream | bytes, source_file: str = "") -> Iterator[SpectrumRecord | Problem]:
    """Read the spectra of an MGF file one after the other.

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
        not rejected. Spectra of fragments of chosen ions (MS2) are rejected.
    """
    decoder = RecordDecoder()
    for raw, ended in _raw_records(BytesIO(source) if isinstance(source, bytes) else source):
        if isinstance(raw, int):
            yield Problem(source_file, raw, "Peaks stand here without a line BEGIN IONS above them.")
        else:
            yield from _read_record(raw, ended, decoder, source_file)


def _raw_records(stream: ByteStream) -> Iterator[tuple[RawRecord | int, bool]]:
    """Lines between BEGIN IONS and END IONS, and whether the latter is there; what stands outside is said of the whole file.

    Where peaks stand outside, the line at which they begin comes in place of a record.
    """
    record: RawRecord | None = None
    stray: int | None = None
    for number, line in enumerate(byte_lines(stream), start=1):
        mark = b" ".join(line.split()).upper() if len(line) < 80 else b""
        if mark in (b"BEGIN IONS", b"END IONS"):
            if record is not None:
                yield record, mark == b"END IONS"
            elif stray is not None or mark == b"END IONS":
                yield stray or number, False
            record, stray = RawRecord(number) if mark == b"BEGIN IONS" else None, None
        elif record is None:
            stray = stray or (number if _STRAY_PEAK.match(line) else None)
        elif line.strip(b" \t\x00\x1a"):
            record.append(number, line)
    if record is not None:
        yield record, False
    elif stray is not None:
        yield stray, False


def _read_record(raw: RawRecord, ended: bool, decoder: RecordDecoder, source_file: str) -> Iterator[SpectrumRecord | Problem]:
    if raw.too_long:
        yield Problem(source_file, raw.line, "This record is too long to be a mass spectrum.")
        return
    lines, peaks, counts = _sorted_lines(decoder.decode(raw.lines), raw.numbers)
    headers = sort_headers(lines)
    headers.adduct = headers.adduct or _ion_in_title(headers)
    name = called(headers)
    if not ended:
        what = f"{name} has no END IONS line; it may have been cut off."
        yield Problem(source_file, raw.line, what, "What is there was read.", rejected=False)

    def read() -> Pairs:
        return read_pairs(peaks, len(peaks)) if peaks else []

    yield from assembled(headers, read, counts, source_file, raw.line, peaks[0][0] if peaks else None)


def _sorted_lines(texts: Sequence[str], numbers: Sequence[int]) -> tuple[list[tuple[str, str]], list[tuple[int, str]], list[str]]:
    headers: list[tuple[str, str]] = []
    peaks: list[tuple[int, str]] = []
    counts: list[str] = []
    for number, text in zip(numbers, texts, strict=True):
        if text.lstrip().startswith(_REMARKS):
            continue
        found = label_and_value(text, "=") or label_and_value(text, ":")
        if found is None or not _KEY_START.match(found[0]):
            peaks.append((number, text))
            continue
        key, value = found
        kind = normalised(key)
        if kind in PEAK_COUNT_KEYS:
            counts.append(value)
        elif value:
            headers.append((_KEYS.get(kind, key), value))
    # "NAME" says what the compound is; a title beside it is often the name of a file and a scan.
    has_name = any(normalised(key) == "name" for key, _ in headers)
    named = [("Name" if normalised(key) == "title" and not has_name else key, value) for key, value in headers]
    return sorted(named, key=lambda line: normalised(line[0]) != "name"), peaks, counts


def _ion_in_title(headers: Headers) -> str | None:
    """GNPS puts the ion behind the name: ``Propazine M+H``."""
    last = headers.names[0].split(" ")[-1] if headers.names else ""
    return last if last.startswith(("M+", "M-", "[M", "2M")) else None
