"""Files packed with gzip, unpacked while they are read, within limits."""

from __future__ import annotations

import gzip
from typing import BinaryIO, cast

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.formats.text import ByteStream

MAX_RATIO = 250
RATIO_FREE_BYTES = 16 << 20
"""Text packs about tenfold. Past this much unpacked, what packs better than `MAX_RATIO` is taken for a bomb."""

MAX_UNPACKED_BYTES = 64 << 30
_PIECE_BYTES = 1 << 20


class _Counted:
    """A stream that counts what was read from it."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self.bytes_read = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.bytes_read += len(data)
        return data


class UnpackedStream:
    """What a gzip stream holds, in pieces.

    Raises
    ------
    UnreadableFile
        On reading, if it unpacks to more than is sane.
    OSError, EOFError, zlib.error
        On reading, if it is damaged or cut off.
    """

    def __init__(self, stream: ByteStream) -> None:
        self._packed = _Counted(stream)
        # gzip asks of a stream no more than to be read.
        self._unpacked = gzip.GzipFile(fileobj=cast("BinaryIO", self._packed), mode="rb")
        self._given = 0

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, at most a piece of a megabyte at once; none at the end."""
        # One step at a time: of a cut file what stands before the cut is given, and only then the error raised.
        data = self._unpacked.read1(_PIECE_BYTES if size < 0 else min(size, _PIECE_BYTES))
        self._given += len(data)
        if self._given > min(MAX_UNPACKED_BYTES, max(RATIO_FREE_BYTES, MAX_RATIO * self._packed.bytes_read)):
            sizes = f"{self._given / 2**20:,.0f} MiB from {self._packed.bytes_read / 2**20:.1f} MiB"
            raise UnreadableFile(f"This file has unpacked to {sizes}, which no spectrum library does. It was not read further.")
        return data
