"""ChemDraw documents, binary (CDX) or XML (CDXML), as one tree of drawn objects.

RDKit's reader of CDX never comes back from some damaged files, so the bytes are taken apart here, where nothing can run away.
Tags are those of the CDX format specification (https://iupac.github.io/IUPAC-FAIRSpec/cdx_sdk/).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from xml.parsers import expat

from bitspec_gui.domain.errors import UnreadableMolecule

CDX_START = b"VjCD0100"
MAX_CDX = 5_000_000
MAX_OBJECTS = 50_000
_MAX_DEPTH = 60
_HEADER = 28
_POINT = 65536.0

_OBJECTS = {
    0x8000: "CDXML", 0x8001: "page", 0x8002: "group", 0x8003: "fragment", 0x8004: "n", 0x8005: "b", 0x8006: "t",
    0x8026: "chemicalproperty",
}  # fmt: skip
_NODE_TYPES = {
    1: "Element", 2: "ElementList", 3: "ElementListNickname", 4: "Nickname", 5: "Fragment", 6: "Formula", 7: "GenericNickname",
    8: "AnonymousAltGroup", 9: "NamedAltGroup", 10: "MultiAttachment", 11: "VariableAttachment", 12: "ExternalConnectionPoint",
    13: "LinkNode",
}  # fmt: skip
_ORDERS = {1: "1", 2: "2", 4: "3", 8: "4", 0x80: "1.5", 0x1000: "dative"}
_DISPLAYS = {
    1: "Dash", 2: "Hash", 3: "WedgedHashBegin", 4: "WedgedHashEnd", 5: "Bold", 6: "WedgeBegin", 7: "WedgeEnd", 8: "Wavy",
    9: "HollowWedgeBegin", 10: "HollowWedgeEnd", 11: "WavyWedgeBegin", 12: "WavyWedgeEnd", 13: "Dot", 14: "DashDot",
}  # fmt: skip
_RADICALS = {1: "Singlet", 2: "Doublet", 3: "Triplet"}
_NUMBERS = {
    0x0402: "Element", 0x0420: "Isotope", 0x042B: "NumHydrogens", 0x0604: "B", 0x0605: "E", 0x0BB0: "ChemicalPropertyType",
    0x0BB1: "ChemicalPropertyDisplayID",
}  # fmt: skip
_NAMED = {
    0x0400: ("NodeType", _NODE_TYPES),
    0x0422: ("Radical", _RADICALS),
    0x0600: ("Order", _ORDERS),
    0x0601: ("Display", _DISPLAYS),
}
_ID_LISTS = {0x0505: "ConnectionOrder", 0x0431: "BondOrdering", 0x0B82: "BasisObjects"}
_POSITION, _CHARGE, _TEXT = 0x0200, 0x0421, 0x0700
_FIXED_POINT = 1 << 24
_STYLE_RUN = 10


@dataclass
class DrawnObject:
    """An object of a document: ``kind`` and ``values`` as CDXML names them, ``text`` what is written in it.

    ``line`` is the line of a CDXML document where it begins, None in CDX. ``is_cut`` says that the document breaks off within it.
    """

    kind: str
    values: dict[str, str] = field(default_factory=dict)
    children: list[DrawnObject] = field(default_factory=list)
    text: str = ""
    line: int | None = None
    is_cut: bool = False


def written(drawn: DrawnObject) -> str:
    """All that is written in an object and in those within it."""
    return drawn.text + "".join(written(child) for child in drawn.children)


def tree_of_cdx(data: bytes) -> DrawnObject:
    """Tree of a CDX document; one that is cut short or damaged gives what comes before the damage, and is marked as cut.

    Raises
    ------
    UnreadableMolecule
        If the bytes do not begin as CDX does, or are too many.
    """
    if not data.startswith(CDX_START):
        raise UnreadableMolecule("This is not a ChemDraw drawing: it does not begin with “VjCD0100”.")
    if len(data) > MAX_CDX:
        raise UnreadableMolecule(f"This ChemDraw drawing has {len(data):,} bytes; up to {MAX_CDX:,} are read.")
    root = DrawnObject("CDXML")
    open_objects = [root]
    place, objects = _HEADER, 0
    while place + 2 <= len(data) and open_objects:
        tag = int.from_bytes(data[place : place + 2], "little")
        place += 2
        if tag == 0:
            open_objects.pop()
        elif tag & 0x8000:
            objects += 1
            if objects > MAX_OBJECTS or len(open_objects) > _MAX_DEPTH:
                break
            made = DrawnObject(_OBJECTS.get(tag, f"x{tag:04x}"), {"id": str(_unsigned(data[place : place + 4]))})
            open_objects[-1].children.append(made)
            open_objects.append(made)
            place += 4
        else:
            length = _unsigned(data[place : place + 2])
            place += 2
            if length == 0xFFFF:
                length = _unsigned(data[place : place + 4])
                place += 4
            _take_property(open_objects[-1], tag, data[place : place + length])
            place += length
    for unfinished in open_objects if len(open_objects) > 1 else ():
        unfinished.is_cut = True
    return root


def _unsigned(some: bytes) -> int:
    return int.from_bytes(some, "little")


def _signed(some: bytes) -> int:
    return int.from_bytes(some, "little", signed=True)


def _take_property(drawn: DrawnObject, tag: int, value: bytes) -> None:
    if tag == _POSITION and len(value) == 8:
        y, x = struct.unpack("<ii", value)
        drawn.values["p"] = f"{x / _POINT:.4f} {y / _POINT:.4f}"
    elif tag == _CHARGE and 0 < len(value) <= 4:
        charge = _signed(value)
        # Four bytes may hold a fixed-point number with 24 bits behind the point.
        drawn.values["Charge"] = str(round(charge / _FIXED_POINT) if abs(charge) >= _FIXED_POINT else charge)
    elif tag in _NUMBERS and 0 < len(value) <= 4:
        drawn.values[_NUMBERS[tag]] = str(_unsigned(value))
    elif tag in _NAMED and 0 < len(value) <= 4:
        name, meanings = _NAMED[tag]
        drawn.values[name] = meanings.get(_unsigned(value), "")
    elif tag in _ID_LISTS:
        # A count of two bytes may come first.
        ids = value[2:] if len(value) % 4 == 2 else value
        drawn.values[_ID_LISTS[tag]] = " ".join(str(_unsigned(ids[at : at + 4])) for at in range(0, len(ids) - 3, 4))
    elif tag == _TEXT and len(value) >= 2:
        start = 2 + _STYLE_RUN * _unsigned(value[:2])
        drawn.text += value[start:].decode("cp1252", errors="replace").replace("\r", "\n")


def tree_of_cdxml(text: str) -> DrawnObject:
    """Tree of a CDXML document.

    Raises
    ------
    UnreadableMolecule
        If it is no well-formed XML, with the line where it breaks, or defines entities, which no drawing does.
    """
    return _CdxmlReader().read(text)


class _CdxmlReader:
    """Builds the tree while expat reads; XML that would grow beyond bounds is refused."""

    def __init__(self) -> None:
        self._root = DrawnObject("document")
        self._open = [self._root]
        self._objects = 0
        self._parser = expat.ParserCreate(encoding="utf-8")

    def read(self, text: str) -> DrawnObject:
        if len(text) > MAX_CDX:
            raise UnreadableMolecule(f"This ChemDraw drawing has {len(text):,} characters; up to {MAX_CDX:,} are read.")
        parser = self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = self._entity
        try:
            parser.Parse(text.encode("utf-8", errors="replace"), True)
        except expat.ExpatError as error:
            what = expat.errors.messages.get(error.code, "not well-formed")
            raise UnreadableMolecule(
                f"This CDXML breaks off in line {error.lineno}, character {error.offset + 1}: {what}.",
                position=_position(text, error.lineno, error.offset),
            ) from error
        return self._root

    def _start(self, kind: str, values: dict[str, str]) -> None:
        self._objects += 1
        if self._objects > MAX_OBJECTS or len(self._open) > _MAX_DEPTH:
            raise UnreadableMolecule(f"This ChemDraw drawing has more than {MAX_OBJECTS:,} objects.")
        made = DrawnObject(kind, dict(values), line=self._parser.CurrentLineNumber)
        self._open[-1].children.append(made)
        self._open.append(made)

    def _end(self, _kind: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        self._open[-1].text += text

    def _entity(self, *_declared: object) -> None:
        raise UnreadableMolecule("This CDXML defines entities, which no drawing of ChemDraw does; it is not read.")


def _position(text: str, line: int, offset: int) -> int:
    """Place in the text (0-based) of an offset in a line (1-based)."""
    before = text.split("\n", line - 1)[: line - 1]
    return min(sum(len(each) + 1 for each in before) + offset, len(text))
