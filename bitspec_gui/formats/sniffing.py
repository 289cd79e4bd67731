"""Which format do these bytes have? Content decides, never the file's name."""

from __future__ import annotations

import codecs
import re
from enum import Enum
from io import BytesIO
from pathlib import Path

from bitspec_gui.formats.compact import is_compact
from bitspec_gui.formats.compact_predicted import is_compact_predicted
from bitspec_gui.formats.msp_records import NAME_KEY, PEAK_COUNT_KEYS, header_key
from bitspec_gui.formats.text import byte_lines

HEAD_BYTES = 1 << 16

UNDERSTOOD = (
    "BitSpec reads libraries as MassBank records, as NIST-style MSP (.msp) and in its own format, "
    "as single files, folders or zip archives."
)


class Format(Enum):
    """Formats that BitSpec reads spectra from."""

    MASSBANK = "MassBank records"
    MSP = "MSP"
    COMPACT = "BitSpec library"
    PREDICTED = "BitSpec library of predicted spectra"
    ZIP = "zip archive"


_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MASSBANK_LINE = re.compile(rb"(?:ACCESSION|RECORD_TITLE|CH\$[A-Z_]+|PK\$[A-Z_]+|AC\$[A-Z_]+):")
_PAIR = re.compile(rb"\s*[(\[]?\s*[0-9]+(?:[.,][0-9]*)?\s*[\s,;:]\s*[0-9]")
_OTHERS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"CDF[\x01\x02]|\x89HDF"), "a netCDF data file"),
    (re.compile(rb"\s*##\s*(?:TITLE|JCAMP)", re.IGNORECASE), "a JCAMP-DX file"),
    (re.compile(rb"\s*<\?xml.{0,2000}<(?:indexedmzML|mzML|mzXML)", re.DOTALL), "an mzML or mzXML data file"),
    (re.compile(rb"(?:.*\n){3}.*V[23]000"), "a structure file (molfile or SDF): it can be predicted, but holds no spectra"),
    (re.compile(rb"\s*BEGIN IONS"), "an MGF file"),
    (re.compile(rb"%PDF"), "a PDF document"),
    (re.compile(rb"\x1f\x8b"), "a gzip file: unpack it first"),
    (re.compile(rb"SQLite format 3"), "a database file"),
)


def head_of(path: Path) -> bytes:
    """First bytes of a file, enough to tell its format."""
    with path.open("rb") as stream:
        return stream.read(HEAD_BYTES)


def format_of_head(head: bytes) -> Format | None:
    """Format of a file that begins with these bytes; None if it is none that BitSpec reads."""
    if head.startswith(_ZIP_MAGIC):
        return Format.ZIP
    if is_compact(head):
        return Format.COMPACT
    if is_compact_predicted(head):
        return Format.PREDICTED
    if b"\x00" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    named = False
    for line in byte_lines(BytesIO(head)):
        # MSP made from MassBank records keeps their tags, but MassBank itself has no line "Name:".
        if not named and _MASSBANK_LINE.match(line):
            return Format.MASSBANK
        key = header_key(line)
        named = named or key == NAME_KEY
        if key in PEAK_COUNT_KEYS or (named and key is None and _PAIR.match(line)):
            return Format.MSP
    return None


def not_understood(head: bytes) -> str:
    """Why a file of these first bytes is not read, in a sentence or two."""
    if not head.strip():
        return f"This file is empty. {UNDERSTOOD}"
    what = next((name for pattern, name in _OTHERS if pattern.match(head)), None)
    if what:
        return f"This is {what}. {UNDERSTOOD}"
    return f"This file holds no spectra in a format that BitSpec knows. {UNDERSTOOD}"
