"""Where one record of an MSP file ends and the next begins.

MSP has no end mark: files separate records by blank lines, or by nothing but the next ``Name``, and some have blank lines
inside a record. A new record begins with a ``Name`` when the record so far has one, or has peaks; with any other header
line when a blank line stands before it and the record so far has its peaks; and with a header line that is already there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bitspec_gui.formats.text import ByteStream, RawRecord, byte_lines

PEAK_COUNT_KEYS = frozenset({"numpeaks", "numpeak", "numberofpeaks", "npeaks", "nopeaks", "peakcount"})
NAME_KEY = "name"
REPEATED_KEYS = frozenset({"synon", "synonym", "synonyms", "comment", "comments"})

_HEADER = re.compile(rb"\s*([^\s0-9+\-.,;:=()\[\]{}\"'][^:=]{0,80}?)\s*[:=]")
_PEAK = re.compile(rb"\s*(?:[(\[{\"]+\s*)?[+-]?(?:[0-9]|\.[0-9])")
_LONGEST_KEY = 200
_NOT_KEY = re.compile(rb"[^a-z0-9$]+")
_REMARK = re.compile(rb"\s*(?:#|//)")


def header_key(line: bytes) -> str | None:
    """Normalised key of a header line (``Num Peaks: 10`` -> ``numpeaks``), None for any other line."""
    if b"0" <= line[:1] <= b"9":
        # Nearly all lines are peaks: no key begins with a digit.
        return None
    found = _HEADER.match(line.lstrip()[:_LONGEST_KEY])
    if not found:
        return None
    key = found.group(1).lower()
    # Keys in other alphabets are kept apart by their bytes.
    return _NOT_KEY.sub(b"", key).decode("ascii") if key.isascii() else key.hex()


def looks_like_peaks(line: bytes) -> bool:
    """Whether a line begins as lines of peaks do."""
    return _PEAK.match(line) is not None


class _Growing:
    """A record while its lines come in."""

    def __init__(self, line: int) -> None:
        self.raw = RawRecord(line)
        self.keys: set[str] = set()
        self.has_peaks = False

    def ends_before(self, key: str | None, after_blank: bool) -> bool:
        """Whether a line with this header key (None: no header line) belongs to the next record."""
        if key is None:
            return False
        if key == NAME_KEY and (NAME_KEY in self.keys or self.has_peaks):
            return True
        if key in self.keys and key not in REPEATED_KEYS:
            return after_blank or self.has_peaks
        return after_blank and (self.has_peaks or not self.keys.isdisjoint(PEAK_COUNT_KEYS))

    def take(self, number: int, line: bytes, key: str | None) -> None:
        """Add a line."""
        if key is not None:
            self.keys.add(key)
        elif self.keys and looks_like_peaks(line):
            self.has_peaks = True
        self.raw.append(number, line)


def raw_records(stream: ByteStream) -> Iterator[RawRecord]:
    """Cut an MSP file into records; text before the first header line belongs to the first record."""
    record: _Growing | None = None
    after_blank = False
    for number, line in enumerate(byte_lines(stream), start=1):
        if not line.strip(b" \t\r\n\x00\x0b\x0c\x1a"):
            after_blank = True
            continue
        if not line[:1].isdigit() and _REMARK.match(line):
            continue
        key = header_key(line)
        stray = key is None and after_blank and not looks_like_peaks(line) and record is not None and record.has_peaks
        if record is not None and (stray or record.ends_before(key, after_blank)):
            yield record.raw
            record = None
        if record is None:
            record = _Growing(number)
        record.take(number, line, key)
        after_blank = False
    if record is not None:
        yield record.raw
