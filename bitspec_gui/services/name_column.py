"""A column of an index of names, searched as one text: half a million names in some 25 MB of memory and a few milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.chemical_names import IGNORED, IGNORED_LOOSELY, LOWER

_TAB, _END = b"\t", b"\n"


class NameColumn:
    """Names of compounds, a line a compound, several in a line parted by tabs.

    Parameters
    ----------
    text : bytes
        The column in ASCII, every line with its end.
    loosely : bool
        Whether names are compared by their letters and digits only; else as `domain.chemical_names.folded` says.
    """

    def __init__(self, text: bytes, *, loosely: bool = False) -> None:
        keys = text.translate(LOWER, IGNORED_LOOSELY if loosely else IGNORED)
        self._text = text
        # Every name stands between two tabs, so that a whole name is found as easily as the beginning of one.
        self._keys = _TAB + keys.replace(_END, b"\t\n\t")
        self._ends = _ends_of(text)
        self._key_ends = _ends_of(self._keys)

    def loosely(self) -> NameColumn:
        """The same column, in which names are compared by their letters and digits only."""
        return NameColumn(self._text, loosely=True)

    def line(self, row: int) -> list[str]:
        """The names in a line (0-based), as they are spelled."""
        begin = int(self._ends[row - 1]) + 1 if row else 0
        text = self._text[begin : int(self._ends[row])].decode("ascii")
        return text.split("\t") if text else []

    def whole(self, key: bytes) -> Iterator[tuple[int, str]]:
        """Rows with this name, and its spelling, the first rows first."""
        return self._found(_TAB + key + _TAB, len(_TAB))

    def beginning(self, key: bytes) -> Iterator[tuple[int, str]]:
        """Rows with names that begin so; a row may come several times."""
        return self._found(_TAB + key, len(_TAB))

    def holding(self, key: bytes) -> Iterator[tuple[int, str]]:
        """Rows with names that hold this in the middle; a row may come several times."""
        return self._found(key, 0)

    def places(self, key: bytes, most: int) -> Iterator[tuple[int, int]]:
        """Where names that hold `key` begin and end among the folded names, of its first `most` occurrences."""
        keys, at = self._keys, -1
        for _ in range(most):
            at = keys.find(key, at + 1)
            if at < 0:
                return
            yield keys.rfind(_TAB, 0, at) + 1, keys.find(_TAB, at)

    def key(self, begin: int, end: int) -> bytes:
        """A folded name by its place."""
        return self._keys[begin:end]

    def at(self, place: int) -> tuple[int, str]:
        """Row and spelling of the name that stands at a place among the folded names."""
        row = int(np.searchsorted(self._key_ends, place))
        begin = int(self._key_ends[row - 1]) + 1 if row else 0
        return row, self.line(row)[self._keys.count(_TAB, begin, place) - 1]

    def _found(self, pattern: bytes, before: int) -> Iterator[tuple[int, str]]:
        at = self._keys.find(pattern)
        while at >= 0:
            yield self.at(at + before)
            at = self._keys.find(pattern, at + 1)


def _ends_of(text: bytes) -> NDArray[np.int64]:
    """Where lines end in a text."""
    return np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == _END[0])
