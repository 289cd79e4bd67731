"""Arrays of numbers as mzML and mzXML write them: base64, perhaps packed with zlib, in either byte order."""

from __future__ import annotations

import binascii
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

MAX_ARRAY_TEXT = 32 << 20
MAX_ARRAY_BYTES = 32 << 20
"""More text, or more bytes once it is unpacked, than any scan has: not even unpacked, so that nothing fills the memory."""


class ArrayError(Exception):
    """Why an array cannot be read, as the end of a sentence that begins with the scan."""


def decoded(text: str | bytes, dtype: str, *, packed: bool) -> FloatArray:
    """Numbers of one array.

    Parameters
    ----------
    text : str or bytes
        Base64; blanks and line breaks in it do not count.
    dtype : str
        Type and byte order as numpy names them, for example ``<f8``.
    packed : bool
        Whether the bytes are packed with zlib.

    Raises
    ------
    ArrayError
        If the text is no base64, does not unpack, is too large, or is no whole number of values.
    """
    kind: np.dtype[Any] = np.dtype(dtype)
    data = unpacked(text) if packed else from_base64(text)
    if len(data) % kind.itemsize:
        raise ArrayError(f"has {len(data):,} bytes, which is no whole number of {8 * kind.itemsize}-bit values")
    # What is no number is found and told later.
    with np.errstate(invalid="ignore"):
        return np.frombuffer(data, dtype=kind).astype(np.float64)


def from_base64(text: str | bytes) -> bytes:
    """Bytes of base64 text; raises `ArrayError`."""
    if len(text) > MAX_ARRAY_TEXT:
        raise ArrayError("is larger than any scan")
    try:
        return binascii.a2b_base64(text)
    except (binascii.Error, ValueError) as error:
        raise ArrayError("is not written in base64") from error


def unpacked(text: str | bytes) -> bytes:
    """Bytes of base64 text that was packed with zlib, up to `MAX_ARRAY_BYTES`; raises `ArrayError`."""
    packed = from_base64(text)
    if not packed:
        return b""
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(packed, MAX_ARRAY_BYTES)
    except zlib.error as error:
        raise ArrayError("cannot be unpacked") from error
    if unpacker.unconsumed_tail:
        raise ArrayError("unpacks to more than any scan")
    if not unpacker.eof:
        raise ArrayError("breaks off")
    return data
