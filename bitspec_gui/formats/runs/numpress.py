"""MS-Numpress, in which mzML files may pack their numbers (Teleman et al., doi:10.1074/mcp.O114.037879)."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.formats.runs.binary_arrays import MAX_ARRAY_BYTES, ArrayError

FloatArray = NDArray[np.float64]

_HALF_BYTES_OF_INTEGER = 8


def linear(data: bytes) -> FloatArray:
    """Numbers packed as the differences to a straight line through the two before, for m/z; raises `ArrayError`."""
    scale = _scale(data)
    if len(data) < 16:
        head = np.frombuffer(data[8:12], dtype="<i4") if len(data) >= 12 else np.zeros(0)
        return head.astype(np.float64) / scale
    first, second = struct.unpack("<ii", data[8:16])
    values = [first, second]
    before, last = first, second
    for step in _integers(data, 16):
        before, last = last, 2 * last - before + step
        values.append(last)
    return np.array(values, dtype=np.float64) / scale


def slof(data: bytes) -> FloatArray:
    """Numbers packed as 16-bit logarithms, for intensities; raises `ArrayError`."""
    scale = _scale(data)
    body = data[8:]
    logs = np.frombuffer(body[: len(body) // 2 * 2], dtype="<u2").astype(np.float64)
    return np.asarray(np.expm1(logs / scale))


def pic(data: bytes) -> FloatArray:
    """Numbers packed as short whole ones, for ion counts; raises `ArrayError`."""
    return np.array(list(_integers(data, 0)), dtype=np.float64)


def _scale(data: bytes) -> float:
    if len(data) < 8:
        raise ArrayError("is too short for MS-Numpress")
    scale = float(struct.unpack(">d", data[:8])[0])
    if not np.isfinite(scale) or scale <= 0:
        raise ArrayError("has an impossible scale for MS-Numpress")
    return scale


def _integers(data: bytes, start: int) -> list[int]:
    """Whole numbers in half bytes: a head that counts the leading zeros (or, above 8, ones), then the other half bytes."""
    if len(data) > MAX_ARRAY_BYTES // 8:
        raise ArrayError("is larger than any scan")
    halves = [half for byte in data[start:] for half in (byte >> 4, byte & 15)]
    found: list[int] = []
    at, size = 0, len(halves)
    while at < size:
        head = halves[at]
        at += 1
        same = head if head <= _HALF_BYTES_OF_INTEGER else head - _HALF_BYTES_OF_INTEGER
        many = _HALF_BYTES_OF_INTEGER - same
        if head == 0 and at == size:
            break  # A last half byte of 0 only fills up the last byte.
        if at + many > size:
            raise ArrayError("breaks off")
        value = sum(half << (4 * place) for place, half in enumerate(halves[at : at + many]))
        if head > _HALF_BYTES_OF_INTEGER:
            value |= -1 << (4 * many)
        elif value >= 1 << 31:
            value -= 1 << 32
        found.append(value)
        at += many
    return found
