"""Names and CAS numbers to structures, offline: from the index that comes with BitSpec, else from the user's libraries."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from bitspec_gui.domain.chemical_names import (
    MAX_NAME,
    KnownCompound,
    begins_cas_number,
    cas_number,
    folded,
    is_rather_a_name,
    loosely_folded,
    may_be_either,
    may_be_name,
    shown,
)
from bitspec_gui.domain.errors import UnknownName
from bitspec_gui.formats.compound_index import read_compound_index
from bitspec_gui.services.name_column import NameColumn
from bitspec_gui.services.near_names import near_names

MOST_NEAR = 5
INSIDE_FROM = 4
"""Letters from which names are suggested that hold them in the middle."""

WEIGHED = 150
"""Names with a beginning that are weighed against each other; those of better-known compounds are met first."""

NOT_USUAL = 5.0
PER_LETTER = 0.15
PER_ATOM = 0.1
"""What speaks against a name: that it is not the usual one, every letter more than was typed, and about every atom of a molecule
that grows too heavy for GC. For comparison, a compound that is a tenth as well known loses 2.3."""

_SPELLINGS = ((b"sulph", b"sulf"), (b"oestr", b"estr"), (b"aluminium", b"aluminum"), (b"caesium", b"cesium"))
"""British and American spelling, of which a source may know one only."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Index:
    smiles: list[str]
    cas: NameColumn
    usual: NameColumn
    others: NameColumn

    def compound(self, row: int, matched: str) -> KnownCompound:
        numbers = self.cas.line(row)
        return KnownCompound(
            name=shown(self.usual.line(row)[0]),
            smiles=self.smiles[row],
            cas=numbers[0] if numbers else "",
            matched=shown(matched),
        )

    def strangeness(self, row: int, name: str, key: bytes) -> float:
        """The less likely a name is meant by its beginning `key`, the larger: rows stand by how well known they are."""
        return math.log(row + 10) + PER_LETTER * (len(name) - len(key)) + PER_ATOM * len(self.smiles[row])


class CompoundNames:
    """Finds compounds by name or CAS number; may be used by several threads. The index is read at first use.

    Parameters
    ----------
    index : Path
        Index of names, as `services.compound_index_build` makes it.
    in_libraries : callable, optional
        Finds a compound by its name or CAS number in the user's libraries; asked for what the index does not know.
    """

    def __init__(self, index: Path, in_libraries: Callable[[str], KnownCompound | None] | None = None) -> None:
        self._path, self._in_libraries = index, in_libraries
        self._reading = threading.Lock()
        self._read: _Index | None = None
        self._loose: tuple[NameColumn, NameColumn] | None = None
        self._rows: dict[str, int] | None = None

    def load(self) -> None:
        """Read the index, so that answers come at once afterwards; raises `UnreadableFile`."""
        self._index()

    def find(self, text: str) -> KnownCompound | None:
        """The compound of this name or CAS number; None if none is known.

        Case, blanks, hyphens and brackets make no difference, Greek letters may be written in words. A name is found, too, if
        someone left out commas and primes and only one compound can be meant.

        Raises
        ------
        UnreadableFile
            If the index cannot be read.
        """
        if not text.strip() or len(text) > MAX_NAME or "\n" in text.strip():
            return None
        return self._in_index(text) or self._in_the_libraries(text)

    def resolve(self, text: str, *, suggest: bool = True) -> KnownCompound:
        """The compound of this name or CAS number.

        Parameters
        ----------
        suggest : bool
            Whether an unknown name is told together with those that are near, which takes a tenth of a second.

        Raises
        ------
        UnknownName
            If none is known; the sentence says what is wrong with a CAS number, or which names are near.
        UnreadableFile
            If the index cannot be read.
        """
        found = self.find(text)
        if found is None:
            near = self.near(text) if suggest else ()
            raise UnknownName(self._why_unknown(text, near), near)
        return found

    def name_of(self, smiles: str) -> str:
        """The usual name of the compound with this canonical SMILES, stereochemistry included; empty if none is known.

        Raises
        ------
        UnreadableFile
            If the index cannot be read.
        """
        index = self._index()
        with self._reading:
            if self._rows is None:
                # The best known compound comes first, and keeps its row.
                self._rows = {each: row for row, each in reversed(list(enumerate(index.smiles)))}
        row = self._rows.get(smiles)
        return shown(index.usual.line(row)[0]) if row is not None else ""

    def near(self, text: str, most: int = MOST_NEAR) -> tuple[str, ...]:
        """Names that someone may have meant: a slip or two away, else beginning so, else the same without commas and primes."""
        if cas_number(text) is not None or not may_be_name(text):
            return ()
        index, key = self._index(), folded(text)
        found = [
            (slips, place, row, abs(len(name) - len(text)), name)
            for place, column in enumerate((index.usual, index.others))
            for slips, row, name in near_names(column, key)
        ]
        ordered = [(row, name) for _slips, _place, row, _longer, name in sorted(found)]
        names = _first_of_each(chain(ordered, self._beginning(index, key), self._ambiguous(text)))
        return tuple(shown(name) for _row, name in islice(names, most))

    def complete(self, text: str, limit: int = 12) -> list[KnownCompound]:
        """Compounds of which a name or the CAS number begins as the text, then such whose name holds it; none for a SMILES.

        A usual name that is the whole text comes first, then compounds that are well known, by names that are short and usual.

        Raises
        ------
        UnreadableFile
            If the index cannot be read.
        """
        index, key = self._index(), folded(text)
        if may_be_either(text):
            # Read as a SMILES it means something else; whoever means the name can choose it.
            found = islice(_first_of_each(chain(index.usual.whole(key), index.others.whole(key))), limit)
        elif begins_cas_number(text):
            found = islice(_first_of_each(index.cas.beginning(key)), limit)
        elif key and is_rather_a_name(text):
            found = islice(_first_of_each(self._suggested(index, key)), limit)
        else:
            return []
        return [index.compound(row, name) for row, name in found]

    @staticmethod
    def _suggested(index: _Index, key: bytes) -> Iterator[tuple[int, str]]:
        yield from index.usual.whole(key)
        usual = sorted((index.strangeness(row, name, key), row, name) for row, name in _some(index.usual.beginning(key)))
        others = sorted((index.strangeness(row, name, key), row, name) for row, name in _some(index.others.beginning(key)))
        # An abbreviation that was typed to its end comes second: "thc" may be the beginning of another name, too.
        yield from ((row, name) for _weight, row, name in usual[:1])
        yield from index.others.whole(key)
        weighed = chain(usual[1:], ((weight + NOT_USUAL, row, name) for weight, row, name in others))
        yield from ((row, name) for _weight, row, name in sorted(weighed))
        if len(key) >= INSIDE_FROM:
            yield from index.usual.holding(key)

    def _in_index(self, text: str) -> KnownCompound | None:
        index = self._index()
        number = cas_number(text)
        if number is not None:
            found = next(index.cas.whole(folded(number[0])), None) if number[1] else None
            return index.compound(*found) if found else None
        key = folded(text)
        if not key:
            return None
        for each in _spellings(key):
            found = next(chain(index.usual.whole(each), index.others.whole(each)), None)
            if found is not None:
                return index.compound(*found)
        candidates = self._ambiguous(text)
        rows = {row for row, _name in candidates}
        return index.compound(*candidates[0]) if len(rows) == 1 else None

    def _ambiguous(self, text: str) -> list[tuple[int, str]]:
        """Rows and names that are the text but for signs."""
        key = loosely_folded(text)
        if len(key) < 2:
            return []
        usual, others = self._loosely()
        return list(chain(usual.whole(key), others.whole(key)))

    def _in_the_libraries(self, text: str) -> KnownCompound | None:
        if self._in_libraries is None:
            return None
        number = cas_number(text)
        if number is not None:
            return self._in_libraries(number[0]) if number[1] else None
        return self._in_libraries(text) if may_be_name(text) else None

    @staticmethod
    def _why_unknown(text: str, near: tuple[str, ...]) -> str:
        number = cas_number(text)
        if number is not None and not number[1]:
            return f"{number[0]} is no CAS number: its check digit does not fit."
        if number is not None:
            return f"No compound with the CAS number {number[0]} is known."
        return f"No compound of the name “{text.strip()}” is known{'; near: ' + ', '.join(near) if near else ''}."

    @staticmethod
    def _beginning(index: _Index, key: bytes) -> Iterator[tuple[int, str]]:
        return chain(index.usual.beginning(key), index.others.beginning(key))

    def _index(self) -> _Index:
        with self._reading:
            if self._read is None:
                columns = read_compound_index(self._path)
                self._read = _Index(
                    smiles=columns.smiles.decode("ascii").splitlines(),
                    cas=NameColumn(columns.cas),
                    usual=NameColumn(columns.usual),
                    others=NameColumn(columns.others),
                )
                self._loose = None
                _log.info("Index of %s compound names read", f"{columns.notice.names:,}")
            return self._read

    def _loosely(self) -> tuple[NameColumn, NameColumn]:
        index = self._index()
        with self._reading:
            if self._loose is None:
                self._loose = (index.usual.loosely(), index.others.loosely())
            return self._loose


def _spellings(key: bytes) -> Iterator[bytes]:
    yield key
    for british, american in _SPELLINGS:
        for one, other in ((british, american), (american, british)):
            if one in key:
                yield key.replace(one, other)


def _some(found: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    return islice(found, WEIGHED)


def _first_of_each(found: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Each row once."""
    seen: set[int] = set()
    for row, name in found:
        if row not in seen:
            seen.add(row)
            yield row, name
