"""The index of compound names that comes with BitSpec: names, CAS numbers and structures in few bytes, the same at every making.

The file is the line `MAGIC` with the format number, and then parts: four bytes that say how long it is (little-endian) and an
xz stream, whose check tells damage. The first part is the header (JSON), the others are columns with a line a compound, the best
known compound first: SMILES, CAS numbers, usual name, other names. Several in a line are parted by tabs. Spelling is that of
`domain.chemical_names.spelled`.
"""

from __future__ import annotations

import dataclasses
import json
import lzma
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bitspec_gui.domain.errors import UnreadableFile

MAGIC = b"BitSpec compound names "
FORMAT_NUMBER = 1
_LENGTH = struct.Struct("<I")
_MAX_PART_BYTES = 1 << 25
_MAX_UNPACKED_BYTES = 1 << 28
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 24, "lc": 4, "lp": 0, "pb": 0}]
_FAULTS = (OSError, EOFError, lzma.LZMAError, struct.error, ValueError, KeyError, TypeError, RecursionError)


@dataclass(frozen=True)
class IndexedCompound:
    """A compound to put into the index: its SMILES, its usual name, other names, and CAS numbers, the main one first."""

    smiles: str
    name: str
    others: tuple[str, ...] = ()
    cas: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndexNotice:
    """What the header says: where names and structures come from, their licence, and how many compounds and names there are."""

    source: str
    licence: str
    notice: str
    compounds: int
    names: int


@dataclass(frozen=True)
class CompoundColumns:
    """The columns of an index as they stand in the file, a line a compound, in ASCII."""

    notice: IndexNotice
    smiles: bytes
    cas: bytes
    usual: bytes
    others: bytes


def write_compound_index(
    compounds: Iterable[IndexedCompound], path: Path, *, source: str, licence: str, notice: str
) -> IndexNotice:
    """Write an index; the same compounds give the same bytes.

    Raises
    ------
    ValueError
        If a text is not ASCII or holds a tab or line end.
    OSError
        If `path` cannot be written.
    """
    rows = list(compounds)
    columns = [
        [row.smiles for row in rows],
        ["\t".join(row.cas) for row in rows],
        [row.name for row in rows],
        ["\t".join(row.others) for row in rows],
    ]
    packed = [_packed(_column(column)) for column in columns]
    names = sum(bool(row.name) + len(row.others) for row in rows)
    header = IndexNotice(source=source, licence=licence, notice=notice, compounds=len(rows), names=names)
    text = json.dumps(dataclasses.asdict(header), ensure_ascii=False, separators=(",", ":"))
    with path.open("wb") as target:
        target.write(MAGIC + f"{FORMAT_NUMBER}\n".encode("ascii"))
        for part in [_packed(text.encode("utf-8")), *packed]:
            target.write(_LENGTH.pack(len(part)) + part)
    return header


def read_compound_index(path: Path) -> CompoundColumns:
    """The columns of an index.

    Raises
    ------
    UnreadableFile
        If it is missing, no such index, damaged or of a later BitSpec.
    """
    try:
        with path.open("rb") as stream:
            line = stream.readline(len(MAGIC) + 8)
            if not line.startswith(MAGIC):
                raise UnreadableFile(f"{path} is not an index of compound names.")
            if line != MAGIC + f"{FORMAT_NUMBER}\n".encode("ascii"):
                raise UnreadableFile(f"{path} is an index of compound names of another format than this BitSpec reads.")
            header = json.loads(_part(stream))
            notice = IndexNotice(
                source=str(header["source"]),
                licence=str(header["licence"]),
                notice=str(header["notice"]),
                compounds=int(header["compounds"]),
                names=int(header["names"]),
            )
            smiles, cas, usual, others = (_part(stream) for _ in range(4))
        if any(column.count(b"\n") != notice.compounds for column in (smiles, cas, usual, others)):
            raise ValueError("its columns are not of equal length")
    except _FAULTS as error:
        raise UnreadableFile(
            f"The index of compound names cannot be read from {path} ({error}). Install BitSpec again."
        ) from error
    return CompoundColumns(notice, smiles, cas, usual, others)


def _column(lines: list[str]) -> bytes:
    text = "".join(f"{line}\n" for line in lines)
    if text.count("\n") != len(lines):
        raise ValueError("a text of the index holds a line end")
    return text.encode("ascii")


def _packed(content: bytes) -> bytes:
    return lzma.compress(content, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC64, filters=_FILTERS)


def _part(stream: BinaryIO) -> bytes:
    (length,) = _LENGTH.unpack(stream.read(_LENGTH.size))
    if length > _MAX_PART_BYTES:
        raise ValueError("a part of it is too long to be true")
    packed = stream.read(length)
    unpacking = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=1 << 28)
    content = unpacking.decompress(packed, max_length=_MAX_UNPACKED_BYTES)
    if not unpacking.eof:
        raise EOFError("it breaks off")
    return content
