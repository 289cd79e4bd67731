"""ChemDraw's binary format, for tests: written by RDKit, or object by object."""

import struct

from rdkit import Chem
from rdkit.Chem import rdChemDraw, rdDepictor

HEADER = b"VjCD0100\x04\x03\x02\x01" + bytes(10) + b"\x00\x80\x01\x00\x00\x00"
PAGE, FRAGMENT, NODE, BOND, TEXT = 0x8001, 0x8003, 0x8004, 0x8005, 0x8006


def cdx_of(smiles: str) -> bytes:
    """The CDX document that RDKit writes for a SMILES."""
    structure = Chem.MolFromSmiles(smiles)
    rdDepictor.Compute2DCoords(structure)
    try:
        return bytes(rdChemDraw.MolToChemDrawBlock(structure, rdChemDraw.CDXFormat.CDX).encode())
    except UnicodeDecodeError as error:
        # RDKit's bytes, which its Python wrapper takes for text.
        return bytes(error.object)


def document(*objects: bytes) -> bytes:
    """A CDX document with one page."""
    return HEADER + drawn(PAGE, 2, *objects) + bytes(4)


def drawn(tag: int, number: int, *contents: bytes) -> bytes:
    """An object with its id, properties and children."""
    return struct.pack("<HI", tag, number) + b"".join(contents) + bytes(2)


def prop(tag: int, value: bytes) -> bytes:
    """A property."""
    return struct.pack("<HH", tag, len(value)) + value


def at(x: float, y: float) -> bytes:
    """A place in points, y downwards."""
    return prop(0x0200, struct.pack("<ii", round(y * 65536), round(x * 65536)))


def node_type(number: int) -> bytes:
    """The kind of a node: 4 nickname, 5 fragment, 12 external connection point."""
    return prop(0x0400, struct.pack("<h", number))


def bond(number: int, begin: int, end: int, order: int = 1, display: int = 0) -> bytes:
    """A bond between the nodes with two ids; order 1, 2, 4 (triple)."""
    values = [prop(0x0604, struct.pack("<I", begin)), prop(0x0605, struct.pack("<I", end))]
    values.append(prop(0x0600, struct.pack("<h", order)))
    if display:
        values.append(prop(0x0601, struct.pack("<h", display)))
    return drawn(BOND, number, *values)


def label(number: int, text: str) -> bytes:
    """A text object."""
    return drawn(TEXT, number, prop(0x0700, struct.pack("<H", 0) + text.encode("cp1252")))
