"""Peak lists as compact bytes, without loss.

A blob is one letter and the little-endian values in the smallest of these types that holds every value exactly:
``H`` uint16, ``f`` float32, ``d`` float64. Unit-mass spectra thus take 4 bytes a peak instead of 16.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_TYPES: dict[bytes, np.dtype[Any]] = {b"H": np.dtype("<u2"), b"f": np.dtype("<f4"), b"d": np.dtype("<f8")}


def pack(values: NDArray[np.float64]) -> bytes:
    """Bytes that `unpack` turns into exactly `values`, (P,) float64."""
    for letter, dtype in _TYPES.items():
        # A value outside the range of the smaller type fails the comparison, which is all that is asked.
        with np.errstate(over="ignore", invalid="ignore"):
            small = values.astype(dtype)
        if np.array_equal(small.astype(np.float64), values):
            return letter + bytes(small.tobytes())
    return b"d" + values.astype("<f8").tobytes()


def unpack(blob: bytes) -> NDArray[np.float64]:
    """Values of a blob as (P,) float64.

    Raises
    ------
    ValueError
        If these are not bytes that `pack` made.
    """
    dtype = _TYPES.get(blob[:1])
    if dtype is None or (len(blob) - 1) % dtype.itemsize:
        raise ValueError("not a peak list")
    return np.frombuffer(blob, dtype=dtype, offset=1).astype(np.float64)


def peak_count(blob: bytes) -> int:
    """How many values a blob holds, 0 if it is none."""
    dtype = _TYPES.get(blob[:1])
    return (len(blob) - 1) // dtype.itemsize if dtype is not None else 0
