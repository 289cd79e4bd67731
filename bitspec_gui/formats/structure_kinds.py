"""Which kind of structures do these bytes hold, if it is one that is known by its content? The file's name decides nothing."""

from __future__ import annotations

import re
from enum import Enum

from bitspec_gui.domain.molecule import MOL2_START
from bitspec_gui.formats.text import utf16_codec


class StructureKind(Enum):
    """Structure files that are told by how they begin; lists, tables and SD files are told by their lines."""

    CDX = "ChemDraw drawing (CDX)"
    CDXML = "ChemDraw drawing (CDXML)"
    MOL2 = "MOL2 file"


UNDERSTOOD = (
    "Molecules are read from ChemDraw drawings (.cdx, .cdxml), .mol, .sdf and .mol2 files, lists (.smi, .inchi) and "
    "tables (.csv, .tsv)."
)
_CDX_START = b"VjCD0100"
_CDXML_WITHIN = 4096
_MOL2_LINE = re.compile(rb"(?:\A|[\r\n])" + re.escape(MOL2_START.encode()))
_OTHERS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (
        re.compile(rb"\s*\$RXN"),
        "a reaction (RXN file). BitSpec predicts one molecule at a time: save the one that is meant as a molfile.",
    ),
    (re.compile(rb"\s*\$RDFILE"), "an RD file. Save its molecules as an SD file."),
    (re.compile(rb"%PDF"), f"a PDF document. {UNDERSTOOD}"),
    (re.compile(rb"%!PS"), f"a PostScript file. {UNDERSTOOD}"),
    (re.compile(rb"\{\\rtf"), f"a text document (RTF). {UNDERSTOOD}"),
    (re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<cml\b[^>]*>\s*<MDocument", re.IGNORECASE), "a Marvin document. Save it as a molfile."),
    (re.compile(rb"\s*\{"), "a JSON file, perhaps of Ketcher. Save its structure as a molfile."),
    (re.compile(rb"(?:HEADER|REMARK|CRYST1|ATOM  |HETATM|COMPND)[ 0-9]"), "a PDB file, which has no bonds: save a molfile."),
    (re.compile(rb"\s*<"), f"a web page or an XML file. {UNDERSTOOD}"),
)  # fmt: skip


def structure_kind(head: bytes) -> StructureKind | None:
    """Kind of a file that begins with these bytes (not packed); None if its lines have to be looked at."""
    if head.startswith(_CDX_START):
        return StructureKind.CDX
    text = _eight_bits(head)
    if text.lstrip().startswith(b"<") and b"<CDXML" in text[:_CDXML_WITHIN]:
        return StructureKind.CDXML
    return StructureKind.MOL2 if _MOL2_LINE.search(text) else None


def not_structures(head: bytes) -> str:
    """What a file of these first bytes (not packed) is, if it is known to hold no molecules: “a PDF document. …”; else empty."""
    text = _eight_bits(head)
    return next((words for pattern, words in _OTHERS if pattern.match(text)), "")


def _eight_bits(head: bytes) -> bytes:
    codec = utf16_codec(head)
    if codec is None:
        return head.removeprefix(b"\xef\xbb\xbf")
    return head.decode(codec, errors="replace").encode("utf-8", errors="replace")
