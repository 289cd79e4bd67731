"""Bare peaks as text: two columns, ``41 320; 43 999``, ``41:320 43:999`` and their like, with or without a title above them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.assembling import assembled
from bitspec_gui.formats.fields import MAX_MZ, NUMBER, RecordError
from bitspec_gui.formats.msp_fields import sort_headers
from bitspec_gui.formats.msp_peaks import Pairs, read_pairs
from bitspec_gui.formats.text import ByteStream, RawRecord, RecordDecoder, byte_lines, single_line

MAX_TITLE_LINES = 20
MAX_TITLE = 200

_REMARK = re.compile(r"\s*(?:#|//|%|\$\$)")
_PEAKS = re.compile(r"[\s(\[{]*[0-9.][0-9.,;:|()\[\]{}\s+eE-]*")
_ONE_PEAK_AND_WORDS = re.compile(rf"\s*{NUMBER}(?:\s*[,;:]\s*|\s+){NUMBER}(?:\s*[,;]\s*|\s+)[\"'A-Za-z<(\[].*")
_FIELD = re.compile(r"\s*([A-Za-z][A-Za-z0-9 _.#/()-]{0,40}?)\s*[:=]\s*(.*)", re.DOTALL)
_STRUCTURE = re.compile(r"M  END|V[23]000")


def is_peak_text(lines: Sequence[str]) -> bool:
    """Whether the first lines of a text are peaks: two at least, or one that is all there is, below a title of a few lines.

    A SMILES, an InChI, a molblock, a name or a CAS number never are.
    """
    titles = peaks = pairs = 0
    for line in lines:
        if not line.strip() or _REMARK.match(line):
            continue
        if _STRUCTURE.search(line):
            return False
        found = _pairs_in(line)
        if found:
            peaks += 1
            pairs += found
        else:
            titles += 1
            if titles > MAX_TITLE_LINES + peaks // 10:
                return False
    return pairs > 1 or (pairs == 1 and peaks == 1 and not titles)


def _pairs_in(line: str) -> int:
    """Number of peaks in a line that holds nothing else; 0 for other lines."""
    if len(line) > 1 << 16:
        line = line[: 1 << 16].rpartition(" ")[0]
    if _ONE_PEAK_AND_WORDS.fullmatch(line):
        return 1
    if not _PEAKS.fullmatch(line):
        return 0
    try:
        pairs = read_pairs([(1, line)], 1)
    except RecordError:
        return 0
    return len(pairs) if all(1 <= mz <= MAX_MZ and intensity >= 0 for mz, intensity in pairs) else 0


def _pairs(lines: Sequence[tuple[int, str]]) -> Pairs:
    rows = [text.split() for _, text in lines]
    if all(len(row) == 3 for row in rows):
        # Of three columns the first may count the peaks; else the third says something else of them.
        start = 1 if len(rows) > 2 and all(row[0] == str(place) for place, row in enumerate(rows, 1)) else 0
        lines = [(number, " ".join(row[start:])) for (number, _), row in zip(lines, rows, strict=True)]
        return read_pairs(lines, len(lines))
    pairs = read_pairs(lines, None)
    if not _ascending(pairs) and any("," in text for _, text in lines):
        # Commas between numbers or within them? m/z ascend.
        other = read_pairs(lines, len(lines))
        return other if _ascending(other) else pairs
    return pairs


def _ascending(pairs: Pairs) -> bool:
    return all(first[0] <= second[0] for first, second in pairwise(pairs))


def read_peak_text(source: ByteStream | bytes, source_file: str = "") -> Iterator[SpectrumRecord | Problem]:
    """Read bare peaks. A text line after a blank one begins a new spectrum, which is named by it, else by the file.

    Parameters
    ----------
    source : ByteStream | bytes
        Bytes, or a stream opened in binary mode, which is read in pieces.
    source_file : str
        What records and problems call the file.

    Yields
    ------
    SpectrumRecord | Problem
        A spectrum that cannot be used is one rejected `Problem`.
    """
    decoder = RecordDecoder()
    for raw in _raw_records(BytesIO(source) if isinstance(source, bytes) else source):
        if raw.too_long:
            yield Problem(source_file, raw.line, "This record is too long to be a mass spectrum.")
            continue
        yield from _read_record(raw, decoder.decode(raw.lines), source_file)


def _raw_records(stream: ByteStream) -> Iterator[RawRecord]:
    record: RawRecord | None = None
    after_blank = has_peaks = False
    for number, line in enumerate(byte_lines(stream), start=1):
        text = line[: 1 << 12].decode("latin-1").strip(" \t\x00\x1a\x0c")
        if not text or _REMARK.match(text):
            after_blank = after_blank or not text
            continue
        is_peaks = _meant_as_peaks(text)
        if record is not None and has_peaks and after_blank and not is_peaks:
            yield record
            record, has_peaks = None, False
        record = record or RawRecord(number)
        record.append(number, line)
        has_peaks, after_blank = has_peaks or is_peaks, False
    if record is not None:
        yield record


def _meant_as_peaks(text: str) -> bool:
    """Whether a line is one of peaks, be it damaged: of a spectrum of such lines is still told that it was there."""
    figures = sum("0" <= character <= "9" for character in text[:80])
    return bool(figures) and (
        text.lstrip()[:1].isdigit() or 3 * figures > len("".join(text[:80].split())) or bool(_pairs_in(text))
    )


def _read_record(raw: RawRecord, texts: Sequence[str], source_file: str) -> Iterator[SpectrumRecord | Problem]:
    first = next((place for place, text in enumerate(texts) if _pairs_in(text)), len(texts))
    if first == len(texts) and any(_meant_as_peaks(text) for text in texts):
        yield Problem(source_file, raw.line, f"“{single_line(texts[0])[:80]}” has no peak that can be read.")
        return
    if first == len(texts):
        what = "Text that belongs to no spectrum was passed over."
        yield Problem(source_file, raw.line, what, kept="No spectrum was lost.", rejected=False)
        return
    headers = sort_headers([*_titles(texts[:first])])
    if not headers.names:
        headers.names.append(Path(source_file).stem or "Peaks")
    lines = list(zip(raw.numbers, texts, strict=True))[first:]
    yield from assembled(headers, lambda: _pairs(lines), (), source_file, raw.line, lines[0][0])


def _titles(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Headers of the lines above the peaks: fields as they are written, the first other line as the name."""
    named = any((found := _FIELD.match(text)) and found.group(1).lower() == "name" for text in texts)
    for text in (text[: 10 * MAX_TITLE] for text in texts):
        found = _FIELD.match(text)
        if found:
            yield found.group(1), found.group(2)
        elif not named and not _is_column_names(text):
            named = True
            yield "Name", single_line(text)[:MAX_TITLE]


def _is_column_names(text: str) -> bool:
    return re.match(r"\s*\"?(?:m/?z|mass|x)\b", text, re.IGNORECASE) is not None and len(re.split(r"[\s,;]+", text.strip())) <= 6
