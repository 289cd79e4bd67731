"""A file of named arrays that are read by mapping it into memory.

The file begins with `MAGIC`, the format number and the length of the header (little-endian, four bytes each), the header (JSON)
and its CRC-32; the arrays follow, each at a multiple of 64 bytes. The header says where each array lies, of what type and shape
it is, its CRC-32, and how long the file is, so that one that was cut short, grown or mixed up is told at once.
"""

from __future__ import annotations

import json
import mmap
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import IndexFileError

MAGIC = b"BitSpec index\r\n\x1a"
FORMAT_NUMBER = 1
_ALIGNMENT = 64
_LENGTHS = struct.Struct("<II")
_CHECK = struct.Struct("<I")
_HEADER_ROOM = 1 << 16
_PIECE_BYTES = 1 << 22

Array = NDArray[Any]


@dataclass(frozen=True)
class Section:
    """Where an array lies in the file; ``dtype`` is that of numpy, ``check`` the CRC-32 of its bytes."""

    start: int
    dtype: str
    shape: tuple[int, ...]
    check: int

    @property
    def size_bytes(self) -> int:
        """Bytes of the array."""
        return int(np.prod(self.shape, dtype=np.int64)) * np.dtype(self.dtype).itemsize


class SectionWriter:
    """Writes arrays, whole or in pieces, into a new file; `finish` puts the header before them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._sections: dict[str, Section] = {}
        self._end = _HEADER_ROOM
        stream.seek(self._end)

    def add(self, name: str, pieces: Array | Iterable[Array], shape: tuple[int, ...] | None = None) -> None:
        """Write an array, or the pieces of one of this `shape`, one after the other."""
        self._end = -(-self._end // _ALIGNMENT) * _ALIGNMENT
        self._stream.seek(self._end)
        start, check, dtype = self._end, 0, ""
        for piece in [pieces] if isinstance(pieces, np.ndarray) else pieces:
            content = np.ascontiguousarray(piece)
            shape, dtype = shape or content.shape, content.dtype.newbyteorder("<").str
            flat = memoryview(content.reshape(-1).view(np.uint8).data)
            check = zlib.crc32(flat, check)
            self._stream.write(flat)
            self._end += flat.nbytes
        self._sections[name] = Section(start, dtype, shape or (0,), check)

    def finish(self, facts: Mapping[str, object]) -> None:
        """Write the header with `facts`, which must be such that JSON can hold them."""
        sections = {name: [each.start, each.dtype, list(each.shape), each.check] for name, each in self._sections.items()}
        text = json.dumps({"facts": dict(facts), "sections": sections, "length": self._end}).encode("utf-8")
        head = MAGIC + _LENGTHS.pack(FORMAT_NUMBER, len(text)) + text
        self._stream.seek(0)
        self._stream.write(head + _CHECK.pack(zlib.crc32(head)))
        self._stream.truncate(self._end)


class SectionFile:
    """The arrays of a file, mapped into memory and read-only.

    Raises
    ------
    IndexFileError
        If the file cannot be opened, is none of this kind, is of another format, cut short, or its header is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as stream:
                self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else "it is empty") or str(error)
            raise IndexFileError(f"The search index {path} cannot be opened: {reason}.") from error
        header = self._header()
        try:
            self.facts: dict[str, Any] = dict(header["facts"])
            self.sections = {
                name: Section(int(start), str(np.dtype(dtype)), tuple(map(int, shape)), int(check))
                for name, (start, dtype, shape, check) in header["sections"].items()
            }
            length = int(header["length"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self.damaged("its header makes no sense") from error
        if len(self._map) != length or any(not self._inside(each) for each in self.sections.values()):
            raise self.damaged(f"it has {len(self._map):,} bytes instead of {length:,}")

    def damaged(self, why: str) -> IndexFileError:
        """The error that says so of this file."""
        return IndexFileError(f"The search index {self.path} is damaged: {why}.")

    def array(self, name: str) -> Array:
        """The array of that name, without reading it; raises `IndexFileError` if there is none."""
        section = self.sections.get(name)
        if section is None:
            raise self.damaged(f"it holds no “{name}”")
        count = int(np.prod(section.shape, dtype=np.int64))
        found: Array = np.frombuffer(self._map, dtype=section.dtype, count=count, offset=section.start)
        return found.reshape(section.shape)

    def check(self, names: Iterable[str]) -> None:
        """Read the arrays of these names whole; raises `IndexFileError` if one is not what was written."""
        for name in names:
            value = 0
            for piece in self._pieces(self.sections[name]):
                value = zlib.crc32(piece, value)
            if value != self.sections[name].check:
                raise self.damaged(f"“{name}” is not what was written")

    def _pieces(self, section: Section) -> Iterator[memoryview]:
        view = memoryview(self._map)
        end = section.start + section.size_bytes
        for start in range(section.start, end, _PIECE_BYTES):
            yield view[start : min(start + _PIECE_BYTES, end)]

    def _inside(self, section: Section) -> bool:
        sizes = section.shape
        return min(sizes, default=0) >= 0 <= section.start <= section.start + section.size_bytes <= len(self._map)

    def _header(self) -> dict[str, Any]:
        start = len(MAGIC) + _LENGTHS.size
        head = self._map[:start]
        if not head.startswith(MAGIC) or len(head) < start:
            raise IndexFileError(f"{self.path} is not a search index of BitSpec.")
        number, length = _LENGTHS.unpack(head[len(MAGIC) :])
        if number != FORMAT_NUMBER:
            raise IndexFileError(f"The search index {self.path} has format {number}; this BitSpec reads format {FORMAT_NUMBER}.")
        end = start + length
        if end + _CHECK.size > min(len(self._map), _HEADER_ROOM):
            raise self.damaged("it is cut short")
        if _CHECK.unpack(self._map[end : end + _CHECK.size])[0] != zlib.crc32(self._map[:end]):
            raise self.damaged("its header is not what was written")
        header = json.loads(self._map[start:end])
        if not isinstance(header, dict):
            raise self.damaged("its header makes no sense")
        return header
