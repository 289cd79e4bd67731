"""Which rows of a list of molecules are shown, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.batch import BatchRow, RowState
from bitspec_gui.domain.formula import atoms

Places = NDArray[np.int32]

_STATES = {RowState.REFUSED: 0, RowState.WAITING: 1, RowState.PREDICTED: 2}

_VALUES: dict[str, Callable[[BatchRow], Any]] = {
    "name": lambda row: row.name.casefold() or None,
    "identifier": lambda row: row.identifier.casefold() or None,
    "formula": lambda row: atoms(row.compound.formula) or None if row.compound else None,
    "mass": lambda row: row.compound.exact_mass if row.compound else None,
    "state": lambda row: (_STATES[row.state], row.sentence),
    "base_peak": lambda row: row.compound.base_peak if row.compound else None,
    "peaks": lambda row: row.compound.largest_mz if row.compound else None,
    "confidence": lambda row: row.compound.confidence if row.compound else None,
    "warnings": lambda row: -len(row.compound.warnings) if row.compound and row.compound.warnings else None,
}
"""What rows are sorted by; rows without a value come last in both directions."""

SORTABLE = frozenset({"number", *_VALUES})


@dataclass(frozen=True)
class BatchOrder:
    """What to show: words that must all occur, a state or all (None), and what to sort by (see `SORTABLE`)."""

    words: str = ""
    state: RowState | None = None
    column: str = "number"
    descending: bool = False

    @property
    def follows_files(self) -> bool:
        """Whether all rows are shown as they stand in the files, so that new ones come at the end."""
        return not self.words.split() and self.state is None and self.column == "number" and not self.descending


def arranged(rows: Sequence[BatchRow], order: BatchOrder) -> Places:
    """Places (R,) int32, counted from 0, of the rows to show, in their order; equal ones stay in the order of the files."""
    words = order.words.casefold().split()
    places = [
        place
        for place, row in enumerate(rows)
        if (order.state is None or row.state is order.state) and (not words or _holds(row, words))
    ]
    if order.column == "number":
        return np.array(places[::-1] if order.descending else places, np.int32)
    value = _VALUES[order.column]
    values = {place: value(rows[place]) for place in places}
    known = [place for place in places if values[place] is not None]
    known.sort(key=values.__getitem__, reverse=order.descending)
    return np.array(known + [place for place in places if values[place] is None], np.int32)


def _holds(row: BatchRow, words: Sequence[str]) -> bool:
    found = row.compound
    structure = (found.formula, found.inchikey, found.smiles, *found.warnings) if found is not None else ()
    text = "\n".join((row.name, row.identifier, row.cas, row.sentence, *structure)).casefold()
    return all(word in text for word in words)
