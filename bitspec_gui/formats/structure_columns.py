"""Which column of a table holds structures, told by its cells where no header says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

ROWS_READ = 20
"""Rows that are looked at: enough to tell, and few enough to be read as structures in no time."""

_LEAST_SHARE = 0.6
"""Of the cells of the column that must be structures: tables have gaps and misprints."""

_SMILES = re.compile(r"[A-Za-z0-9@+\-\[\]()=#$/\\%.:*~]+")
_SIGNS = re.compile(r"InChI=1|[=#()\[\]]|c1|C1")
"""One cell of the column must show what names, formulae and codes seldom have."""


def column_of_structures(rows: Iterable[Sequence[str]]) -> tuple[int, bool] | None:
    """Place of the column whose cells are SMILES or InChIs, and whether the first row is one of them; None if there is none.

    A table whose first row is one of them has no header.
    """
    read = [[cell.strip() for cell in row] for row in islice(rows, ROWS_READ + 1)]
    width = max((len(row) for row in read), default=0)
    shares = [_share([row[place] if place < len(row) else "" for row in read]) for place in range(width)]
    if width < 2 or max(shares) < _LEAST_SHARE:
        return None
    best = max(range(width), key=shares.__getitem__)
    return best, best < len(read[0]) and _is_structure(read[0][best])


def _share(column: Sequence[str]) -> float:
    """Share of the cells, but for the first, that can be read as structures; 0 if none of all looks like one."""
    cells = [cell for cell in column[1:] if cell] or [cell for cell in column if cell]
    candidates = sum(_may_be_structure(cell) for cell in cells)
    if not cells or candidates < _LEAST_SHARE * len(cells) or not any(_SIGNS.search(cell) for cell in column):
        return 0.0
    return sum(_is_structure(cell) for cell in cells) / len(cells)


def _may_be_structure(cell: str) -> bool:
    return _SMILES.fullmatch(cell) is not None or cell.startswith("InChI=1")


def _is_structure(cell: str) -> bool:
    if not _may_be_structure(cell):
        return False
    from bitspec_gui.chem.parse import structure_keys

    return structure_keys(cell, None) is not None
