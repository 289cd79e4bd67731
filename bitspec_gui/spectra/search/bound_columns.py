"""Which bins share a column of the table of bounds.

The bins that weigh most in a library have a column of their own, the others share some. Of a shared column the length of the
vector of its peaks is kept, which bounds their part of a dot product (Cauchy-Schwarz).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.spectra.binning import BINS

OWN = 384
SHARED = 64
COLUMNS = OWN + SHARED


def columns_for(weight: NDArray[np.float64]) -> NDArray[np.uint16]:
    """Column of each bin, (1000,) uint16, from what each bin weighs in the library, (1000,); those below `OWN` hold one bin."""
    ranked = np.argsort(-weight, kind="stable")
    columns = np.empty(BINS, dtype=np.uint16)
    columns[np.sort(ranked[:OWN])] = np.arange(OWN)
    rest = np.sort(ranked[OWN:])
    columns[rest] = OWN + np.arange(rest.size) * SHARED // rest.size
    return columns


def query_columns(columns: NDArray[np.uint16], vector: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Columns that a query vector (1000,) has a part in, ascending, and the length of that part."""
    squares = np.bincount(columns, weights=vector**2, minlength=COLUMNS)
    held = np.flatnonzero(squares)
    return held, np.sqrt(squares[held]).astype(np.float32)
