"""Which format do these bytes have? Content decides, never the file's name."""

from __future__ import annotations

import re
import zlib
from enum import Enum
from io import BytesIO
from pathlib import Path

from bitspec_gui.formats.compact import is_compact
from bitspec_gui.formats.compact_predicted import is_compact_predicted
from bitspec_gui.formats.jcamp_blocks import raw_label
from bitspec_gui.formats.msp_records import NAME_KEY, PEAK_COUNT_KEYS, header_key
from bitspec_gui.formats.peak_columns import HEAD_LINES, is_peak_table
from bitspec_gui.formats.peak_text import is_peak_text
from bitspec_gui.formats.sdf_spectra import is_spectrum_tag
from bitspec_gui.formats.structure_kinds import structure_kind
from bitspec_gui.formats.text import byte_lines, utf16_codec

HEAD_BYTES = 1 << 16

UNDERSTOOD = (
    "BitSpec reads spectra from MSP and AMDIS .msl files, MassBank records, JCAMP-DX, MGF, SD files with spectra, tables and "
    "lists of peaks and its own libraries, as single files (also .gz), folders or zip archives."
)


class Format(Enum):
    """Formats that BitSpec reads spectra from."""

    MASSBANK = "MassBank records"
    MSP = "MSP"
    JCAMP = "JCAMP-DX"
    MGF = "MGF"
    SDF = "SD file with spectra"
    PEAK_TABLE = "table of peaks"
    PEAK_TEXT = "list of peaks"
    COMPACT = "BitSpec library"
    PREDICTED = "BitSpec library of predicted spectra"
    ZIP = "zip archive"
    NETCDF_LIBRARY = "netCDF library"
    NETCDF = "netCDF run"
    MZML = "mzML run"
    MZXML = "mzXML run"
    JCAMP_RUN = "JCAMP-DX run"
    AGILENT_MS = "Agilent ChemStation run"


_RUNS = frozenset({Format.NETCDF, Format.MZML, Format.MZXML, Format.JCAMP_RUN, Format.AGILENT_MS})
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_GZIP_MAGIC = b"\x1f\x8b"
_NETCDF = re.compile(rb"CDF[\x01\x02\x05]|\x89HDF\r\n\x1a\n")
_NETCDF_LIBRARY = re.compile(rb"Library Mass Spectrum", re.IGNORECASE)
_AGILENT_MAGIC = b"\x012\x00\x00"
_XML_RUN = re.compile(rb"<(?:[A-Za-z]+:)?(indexedmzML|mzML|mzXML|msRun)[\s>]")
_MASSBANK_LINE = re.compile(rb"(?:ACCESSION|RECORD_TITLE|CH\$[A-Z_]+|PK\$[A-Z_]+|AC\$[A-Z_]+):")
_PAIR = re.compile(rb"[(\[]?\s*[0-9]+(?:[.,][0-9]*)?(?:\s*[,;:]\s*|\s+)[0-9]")
_JCAMP_FIRST = frozenset({"TITLE", "JCAMPDX", "JCAMP"})
_JCAMP_PAGES = frozenset({"PAGE", "SCANNUMBER", "RETENTIONTIME"})
_OTHERS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"(?:.*\n){3}.*V[23]000"), "a structure file (molfile or SDF): it can be predicted, but holds no spectra"),
    (re.compile(rb"%PDF"), "a PDF document"),
    (re.compile(rb"SQLite format 3"), "a database file"),
    (re.compile(rb"\s*<(?:!DOCTYPE\s+)?html", re.IGNORECASE), "a web page"),
    (re.compile(rb"\x00+\Z"), "a file of zero bytes, as a broken download or a full disk leaves behind"),
)


def is_run(kind: Format | None) -> bool:
    """Whether files of a format are GC-MS runs, which `formats.runs` opens; the others hold records."""
    return kind in _RUNS


def head_of(path: Path) -> bytes:
    """First bytes of a file, enough to tell its format."""
    with path.open("rb") as stream:
        return stream.read(HEAD_BYTES)


def is_gzip(head: bytes) -> bool:
    """Whether a file that begins with these bytes is packed with gzip and has to be unpacked to be read.

    BitSpec's own libraries are packed too, but their reader unpacks them itself.
    """
    return head.startswith(_GZIP_MAGIC) and not is_compact(head)


def unpacked_head(head: bytes) -> bytes:
    """First bytes of what a gzip file holds; empty if it is damaged. Other heads come back as they are."""
    if not is_gzip(head):
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
    except zlib.error:
        return b""


def format_of_head(head: bytes) -> Format | None:
    """Format of a file that begins with these bytes, or of what is in it if it is packed with gzip; None if none is known."""
    if is_gzip(head):
        inner = unpacked_head(head)
        kind = None if is_gzip(inner) else format_of_head(inner)
        return None if kind is Format.ZIP else kind
    if head.startswith(_ZIP_MAGIC):
        return Format.ZIP
    if is_compact(head):
        return Format.COMPACT
    if is_compact_predicted(head):
        return Format.PREDICTED
    if _NETCDF.match(head):
        return Format.NETCDF_LIBRARY if _NETCDF_LIBRARY.search(head) else Format.NETCDF
    if head.startswith(_AGILENT_MAGIC):
        return Format.AGILENT_MS
    return _format_of_text(head)


def _is_binary(head: bytes) -> bool:
    """More zero bytes than a few strays, and no UTF-16."""
    return head.count(0) * 100 > len(head) and utf16_codec(head) is None


def _format_of_text(head: bytes) -> Format | None:
    if utf16_codec(head) is None:
        # What stands before the zero bytes of a broken download can be read.
        head = head.rstrip(b"\x00")
    if _is_binary(head):
        return None
    lines = [line.strip() for line in byte_lines(BytesIO(head))]
    text = b"\n".join(lines)
    if structure_kind(text) is not None:
        return None
    if text.startswith(b"<"):
        found = _XML_RUN.search(text)
        return None if found is None else Format.MZXML if found.group(1) in (b"mzXML", b"msRun") else Format.MZML
    return _format_of_records(lines, text)


def _format_of_records(lines: list[bytes], text: bytes) -> Format | None:
    named = False
    for line in lines:
        if line.startswith(b"##") and raw_label(line) in _JCAMP_FIRST:
            return Format.JCAMP_RUN if _has_pages(lines) else Format.JCAMP
        if is_spectrum_tag(line):
            return Format.SDF
        if line.upper() == b"BEGIN IONS":
            return Format.MGF
        # MSP made from MassBank records keeps their tags, but MassBank itself has no line "Name:".
        if not named and _MASSBANK_LINE.match(line):
            return Format.MASSBANK
        key = header_key(line)
        named = named or key == NAME_KEY
        if key in PEAK_COUNT_KEYS or (named and key is None and _PAIR.match(line)):
            return Format.MSP
    texts = [line.decode("latin-1") for line in lines[:HEAD_LINES]]
    if is_peak_table(texts):
        return Format.PEAK_TABLE
    return Format.PEAK_TEXT if is_peak_text(texts) else None


def _has_pages(lines: list[bytes]) -> bool:
    """Whether a JCAMP-DX file is a run: NTUPLES, or pages and scans one after the other within one block."""
    seen: set[str] = set()
    for label in map(raw_label, lines):
        if label == "NTUPLES":
            return True
        if label in ("TITLE", "END"):
            seen.clear()
        elif label is not None and label in _JCAMP_PAGES:
            if label in seen:
                return True
            seen.add(label)
    return False


def not_records(head: bytes, kind: Format | None) -> str:
    """Why a file of these first bytes, of a format that is no record format, is not read as records."""
    if kind is not None and is_run(kind):
        return f"This is a GC-MS run ({kind.value.removesuffix(' run')}). Open it by itself to pick spectra from it."
    return not_understood(head)


def not_understood(head: bytes) -> str:
    """Why a file of these first bytes is not read, in a sentence or two."""
    if is_gzip(head):
        head = unpacked_head(head)
        if not head:
            return "This is a damaged gzip file."
        if head.startswith(_ZIP_MAGIC) or is_gzip(head):
            return "This is an archive within an archive. Unpack it and open what is in it."
    if not head.strip():
        return f"This file is empty. {UNDERSTOOD}"
    structures = structure_kind(head)
    if structures is not None:
        return f"This is a structure file, a {structures.value}: it can be predicted, but holds no spectra. {UNDERSTOOD}"
    what = next((name for pattern, name in _OTHERS if pattern.match(head)), None)
    if what:
        return f"This is {what}. {UNDERSTOOD}"
    return f"This file holds no spectra in a format that BitSpec knows. {UNDERSTOOD}"
