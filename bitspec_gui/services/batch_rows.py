"""The rows of a list of molecules while they are read and predicted: counted, and told of when one has become another."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from bitspec_gui.domain.batch import BatchCounts, BatchRow, RowState


@dataclass(frozen=True)
class BatchNews:
    """What has changed since it was last asked: how many rows there are now, and which places (from 0) hold another row."""

    rows: int
    changed: tuple[int, ...]


class BatchRows:
    """Written by one thread, read by others, none of which ever waits long.

    Rows are replaced, never changed, so that whoever holds one holds the truth of a moment.
    """

    def __init__(self) -> None:
        self._rows: list[BatchRow] = []
        self._lock = threading.Lock()
        self._changed: set[int] = set()
        self._predicted = self._refused = self._repeated = 0

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> BatchRow:
        return self._rows[place]

    def all(self) -> tuple[BatchRow, ...]:
        """All rows as they are now."""
        return tuple(self._rows)

    @property
    def counts(self) -> BatchCounts:
        """How many there are of each state."""
        with self._lock:
            return BatchCounts(len(self._rows), self._predicted, self._refused, self._repeated)

    def append(self, row: BatchRow) -> None:
        """Add a row."""
        with self._lock:
            self._rows.append(row)
            self._count(row, 1)

    def replace(self, place: int, row: BatchRow) -> None:
        """Put another row in the place of one."""
        with self._lock:
            self._count(self._rows[place], -1)
            self._rows[place] = row
            self._count(row, 1)
            self._changed.add(place)

    def take_news(self) -> BatchNews:
        """What has changed since the last call."""
        with self._lock:
            changed, self._changed = self._changed, set()
            return BatchNews(len(self._rows), tuple(sorted(changed)))

    def _count(self, row: BatchRow, by: int) -> None:
        if row.state is RowState.PREDICTED:
            self._predicted += by
            self._repeated += by if row.same_as else 0
        elif row.state is RowState.REFUSED:
            self._refused += by
