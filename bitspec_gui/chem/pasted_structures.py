"""Whatever chemistry programs put on the clipboard -> structures."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bitspec_gui.chem.chemdraw_reading import Expand, drawing_of, drawn_out
from bitspec_gui.chem.chemdraw_tree import CDX_START, MAX_CDX, DrawnObject, tree_of_cdx, tree_of_cdxml
from bitspec_gui.chem.parse import MAX_TEXT, name_in, read_structure
from bitspec_gui.chem.sketch_drawing import sketch_of_structure
from bitspec_gui.domain.errors import MoleculeError, UnreadableMolecule
from bitspec_gui.domain.molecule import MOL2_START
from bitspec_gui.domain.sketch import PastedStructures, Sketch

MOST_STRUCTURES = 200
"""Structures taken from one clipboard; whoever has more drops the file on the Predict tab."""

MAX_BYTES = 20_000_000

LookUp = Callable[[str], str]
"""Gives the SMILES of a name or CAS number; raises `MoleculeError`."""

_RANKS = (
    ("chemdraw interchange format", 0), ("cdx-clipboard", 0), ("chemical/x-cdx", 0), ("chemical/cdx", 0), (".cdx", 0),
    ("chemdraw.cdx", 0), ("mdlct", 2), ("mdlsk", 2), ("mdl-molfile", 2), ("mdl-sdfile", 2), ("molfile", 2), ("x-mol2", 3),
    ("inchi", 4), ("smiles", 5), ("text/plain", 6), ("utf8_string", 6), ("text", 7),
)  # fmt: skip
_NEVER = ("html", "image", "svg", "uri-list", "rtf")
_LAST_RANK = 7
_BASE64_CDX = "VmpDRDAxMDA"
_RECORD_END = re.compile(r"^\$\$\$\$.*$", re.MULTILINE)
_DATA_ITEM = re.compile(r"^>\s.*<", re.MULTILINE)


@dataclass(frozen=True)
class _Found:
    sketch: Sketch
    name: str = ""
    problems: tuple[str, ...] = ()


def structures_in(
    offers: Sequence[tuple[str, bytes]], look_up: LookUp | None = None, expand: Expand | None = None
) -> PastedStructures:
    """Structures in what a clipboard or a drop offers: the form that says most is taken, the next one if it cannot be read.

    Parameters
    ----------
    offers : sequence of (str, bytes)
        MIME type (or the name of a Windows clipboard format) and content of each form.
    look_up : callable, optional
        Gives the SMILES of a text that is neither SMILES nor InChI: a name, a CAS number.
    expand : callable, optional
        Draws groups that a ChemDraw drawing only names.

    Returns
    -------
    PastedStructures
        Never raises for what is offered: ``problems`` says what could not be read and why.
    """
    complaints: list[str] = []
    for kind, data in sorted(offers, key=lambda offer: _rank(offer[0], offer[1])):
        if not data or _rank(kind, data) > _LAST_RANK:
            continue
        if len(data) > MAX_BYTES:
            complaints.append(f"What was pasted has {len(data):,} bytes; up to {MAX_BYTES:,} are read.")
            continue
        found = _read_offer(kind, data, look_up, expand)
        if found.sketches:
            return found
        complaints += found.problems
    return PastedStructures(problems=tuple(dict.fromkeys(complaints))[:1])


def _rank(kind: str, data: bytes) -> int:
    """Place of a form in the order of preference, the richest first; what is no structure comes after `_LAST_RANK`."""
    lowered = kind.lower()
    if data.startswith(CDX_START):
        return 0
    if "cdxml" in lowered:
        return 1
    if any(part in lowered for part in _NEVER):
        return _LAST_RANK + 1
    return next((rank for part, rank in _RANKS if part in lowered), _LAST_RANK + 1)


def _read_offer(kind: str, data: bytes, look_up: LookUp | None, expand: Expand | None) -> PastedStructures:
    try:
        if data.startswith(CDX_START) or _rank(kind, data) == 0:
            return _drawn(tree_of_cdx(data), expand)
        text = _unprefixed(data) if "mdlct" in kind.lower() else None
        return _read_text(text if text is not None else decoded(data), look_up, expand)
    except MoleculeError as error:
        return PastedStructures(problems=(str(error),))


def decoded(data: bytes) -> str:
    """Text of bytes in whatever encoding clipboards use: UTF-8, UTF-16 with or without a mark, else Windows-1252."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace").rstrip("\0")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if len(data) >= 4 and len(data) % 2 == 0 and not any(data[1:200:2]):
        return data.decode("utf-16-le", errors="replace").rstrip("\0")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.rstrip("\0")


def _unprefixed(data: bytes) -> str | None:
    """Text of lines that each have their length before them, as in the Windows clipboard format MDLCT; None if it is not so."""
    lines, place = [], 0
    while place < len(data):
        (length,) = struct.unpack_from("B", data, place)
        if place + 1 + length > len(data):
            return None
        lines.append(data[place + 1 : place + 1 + length].decode("cp1252", errors="replace"))
        place += 1 + length
    text = "\n".join(lines)
    return text if "M  END" in text else None


def _read_text(text: str, look_up: LookUp | None, expand: Expand | None) -> PastedStructures:
    bare = text.strip().lstrip("\ufeff")
    if not bare:
        raise UnreadableMolecule("Nothing to read: copy a structure, a SMILES, an InChI or a molblock.")
    if bare.startswith(_BASE64_CDX):
        return _drawn(tree_of_cdx(_from_base64(bare)), expand)
    if "<CDXML" in bare[:2000]:
        return _drawn(tree_of_cdxml(bare), expand)
    if MOL2_START in bare:
        return _gathered((_from_mol2(record) for record in _mol2_records(bare)), "MOL2")
    if any(mark in bare for mark in ("M  END", "V2000", "V3000")):
        first, *others = _RECORD_END.split(text.lstrip("\ufeff"))
        records = [first, *(_without_first_break(record) for record in others if record.strip())]
        many = len(records) > 1 or _DATA_ITEM.search(text) is not None
        return _gathered((_from_record(record) for record in records), "SDF" if many else "molfile")
    lines = [line.strip() for line in bare.splitlines() if line.strip()]
    # An InChI may be broken into lines, a list of them not.
    is_inchi = bare[:6].lower() == "inchi=" and bare.lower().count("inchi=") == 1
    if len(lines) == 1 or is_inchi:
        return _gathered(iter([_from_line(bare, look_up)]), "InChI" if is_inchi else "text")
    if len(bare) > MAX_TEXT:
        raise UnreadableMolecule(f"The text is {len(bare):,} characters long; up to {MAX_TEXT:,} are read.")
    return _gathered((_from_line(line, look_up) for line in lines), "text")


def _gathered(found: Iterator[_Found | MoleculeError], form: str) -> PastedStructures:
    """The structures among what was found, and sentences on the others, by their number if there are several."""
    read: list[_Found] = []
    problems: list[tuple[int, str]] = []
    number = 0
    for number, each in enumerate(found, start=1):
        if number > MOST_STRUCTURES:
            problems.append((number, f"Only the first {MOST_STRUCTURES} structures were taken."))
            break
        if isinstance(each, MoleculeError):
            problems.append((number, str(each)))
        else:
            read.append(each)
            problems += [(number, problem) for problem in each.problems]
    sentences = [f"Structure {place}: {what}" if number > 1 and place <= MOST_STRUCTURES else what for place, what in problems]
    return PastedStructures(tuple(each.sketch for each in read), tuple(each.name for each in read), tuple(sentences), form)


def _from_record(record: str) -> _Found | MoleculeError:
    end = record.find("M  END")
    molblock = record if end < 0 else record[: end + len("M  END")] + "\n"
    try:
        return _Found(sketch_of_structure(read_structure(molblock)), name_in(molblock))
    except MoleculeError as error:
        return error


def _without_first_break(record: str) -> str:
    """A record of an SD file without the rest of the line that parts it from the one before."""
    return record[1:] if record.startswith("\n") else record.removeprefix("\r\n")


def _mol2_records(text: str) -> Iterator[str]:
    for record in text.split(MOL2_START)[1:]:
        yield MOL2_START + record


def _from_mol2(record: str) -> _Found | MoleculeError:
    try:
        return _Found(sketch_of_structure(read_structure(record)), name_in(record))
    except MoleculeError as error:
        return error


def _from_line(line: str, look_up: LookUp | None) -> _Found | MoleculeError:
    """A SMILES, an InChI, or else what the look-up knows."""
    try:
        return _Found(sketch_of_structure(read_structure(line)), name_in(line))
    except MoleculeError as error:
        if look_up is None:
            return error
    try:
        return _Found(sketch_of_structure(read_structure(look_up(line.strip()))), line.strip())
    except MoleculeError as error:
        return error


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split())[: MAX_CDX * 4 // 3], validate=True)
    except ValueError as error:
        raise UnreadableMolecule("This ChemDraw drawing, written as Base64, is damaged.") from error


def _drawn(document: DrawnObject, expand: Expand | None) -> PastedStructures:
    """The drawing in a ChemDraw document, the groups in it that are only named drawn out."""
    sketch, problems = drawn_out(drawing_of(document), expand)
    if not sketch:
        raise UnreadableMolecule("There is no structure in this ChemDraw drawing.")
    cut = ("This ChemDraw drawing is damaged or was cut off: part of it is missing.",) if document.is_cut else ()
    return PastedStructures((sketch,), ("",), (*cut, *problems), "ChemDraw")
