"""Which rows of a table belong to which spectra: what both are called, and which columns of the table say so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TypeVar

from bitspec_gui.domain.chemical_names import cas_number, spelled
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning_data import DatasetSpectrum
from bitspec_gui.formats.structure_rows import StructureRow, plain_name

MOST_REPLICATES = 500
"""What more spectra are called than that is the name of a file or a method, not of a compound."""

MOST_ROWS_ALIKE = 100
"""A value that stands in more rows than that says nothing."""

TELLING_SHARE = 0.5
"""A column whose values are no more than this share of its pairs of value and structure does not name structures."""

ASKED_EVERY = 5000

NAME_COLUMNS = frozenset({"name", "compoundname", "compound", "title", "analyte", "substance", "names"})


class Calling(IntEnum):
    """What a cell may be to a spectrum, the most telling first."""

    INCHIKEY = 0
    OWN_FIELD = 1
    """A field of the spectrum that is called as the column is."""
    ID = 2
    CAS = 3
    FILE = 4
    NAME = 5


CALLING_WORDS: Mapping[Calling, str] = {
    Calling.INCHIKEY: "InChIKey",
    Calling.OWN_FIELD: "the field of the same name",
    Calling.ID: "accession",
    Calling.CAS: "CAS number",
    Calling.FILE: "file name",
    Calling.NAME: "name",
}
_FEW_DIGITS = 6
_SPELLED = frozenset(".(+'\"")
"""Signs that `domain.chemical_names.spelled` looks at in ASCII."""

_Item = TypeVar("_Item")
Joint = tuple[str, Calling]
"""A column, and what its cells are to the spectra."""


@dataclass(frozen=True)
class Partner:
    """The rows that a spectrum may belong to, and the column and kind of name by which the best of them was found."""

    rows: tuple[StructureRow, ...]
    pair: Joint


def partners_of(
    rows: Sequence[StructureRow], spectra: Sequence[DatasetSpectrum], cancel: CancelToken | None
) -> dict[int, Partner]:
    """Place of a spectrum among `spectra` -> its rows; spectra without any are left away. Raises `Cancelled`."""
    called = _callings(spectra)
    cells = [(row, column, cell, _plain(cell)) for row in _asking(rows, cancel) for column, cell in row.cells]
    telling = _telling_columns(cells)
    repeated = Counter((column, plain) for _, column, _, plain in cells if column in telling)
    kinds = frozenset(kind for kind, _, _ in called)
    found: dict[Joint, dict[int, list[StructureRow]]] = defaultdict(lambda: defaultdict(list))
    numbers: dict[Joint, bool] = defaultdict(lambda: True)
    for row, column, cell, plain in _asking(cells, cancel):
        if column not in telling or repeated[column, plain] > MOST_ROWS_ALIKE:
            continue
        for kind, text in _meanings(cell, plain, kinds):
            places = called.get((kind, plain_name(column) if kind is Calling.OWN_FIELD else "", text), ())
            if len(places) > MOST_REPLICATES:
                continue
            for place in places:
                found[column, kind][place].append(row)
                numbers[column, kind] &= text.isdecimal() and len(text) <= _FEW_DIGITS
    strong = {pair: hits for pair, hits in found.items() if not numbers[pair]}
    return _best(strong or found)


def _callings(spectra: Sequence[DatasetSpectrum]) -> dict[tuple[Calling, str, str], list[int]]:
    """Kind of name, field and text -> places of the spectra that are called so."""
    called: dict[tuple[Calling, str, str], list[int]] = defaultdict(list)
    for place, each in enumerate(spectra):
        for kind, text in _names_of(each.record):
            called[kind, "", text].append(place)
        for key, value in each.record.extra:
            called[Calling.OWN_FIELD, plain_name(key), _plain(value)].append(place)
    return called


def _asking(items: Sequence[_Item], cancel: CancelToken | None) -> Iterator[_Item]:
    """The items, between which the wish to stop is read now and then."""
    for number, item in enumerate(items):
        if cancel is not None and number % ASKED_EVERY == 0:
            cancel.raise_if_cancelled()
        yield item


def _telling_columns(cells: Iterable[tuple[StructureRow, str, str, str]]) -> frozenset[str]:
    """Columns whose values mostly stand for one structure, as names do and instruments do not."""
    values: dict[str, set[str]] = defaultdict(set)
    pairs: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row, column, _, plain in cells:
        values[column].add(plain)
        pairs[column].add((plain, row.structure))
    return frozenset(column for column in values if len(values[column]) > TELLING_SHARE * len(pairs[column]))


def _best(found: Mapping[Joint, Mapping[int, Sequence[StructureRow]]]) -> dict[int, Partner]:
    """Rows of each spectrum: by the column that joins the most, and by others that name compounds and must not contradict it."""
    partners: dict[int, Partner] = {}
    for pair in sorted(found, key=lambda pair: (-len(found[pair]), pair[1], pair[0])):
        column, kind = pair
        judges = kind not in (Calling.NAME, Calling.FILE) or plain_name(column) in NAME_COLUMNS
        for place, rows in found[pair].items():
            known = partners.get(place)
            if known is None:
                partners[place] = Partner(_each_once(rows), pair)
            elif judges:
                partners[place] = Partner(_each_once((*known.rows, *rows)), known.pair)
    return partners


def _each_once(rows: Iterable[StructureRow]) -> tuple[StructureRow, ...]:
    return tuple({id(row): row for row in rows}.values())


def _names_of(record: SpectrumRecord) -> Iterator[tuple[Calling, str]]:
    """All that a spectrum is called, each once, as it is compared."""
    file = Path(record.source_file).name
    names = [(Calling.NAME, name) for name in (record.name, *record.synonyms)]
    others = [(Calling.ID, record.accession), (Calling.FILE, file), (Calling.FILE, Path(file).stem)]
    seen = set()
    for kind, text in [*names, *others]:
        if text and (kind, _plain(text)) not in seen:
            seen.add((kind, _plain(text)))
            yield kind, _plain(text)
    if record.cas and (number := cas_number(record.cas)):
        yield Calling.CAS, number[0]
    if record.inchikey:
        yield Calling.INCHIKEY, record.inchikey.upper()


def _meanings(cell: str, plain: str, kinds: frozenset[Calling]) -> Iterator[tuple[Calling, str]]:
    """What a cell may be, of the kinds of names that the spectra have."""
    if not plain:
        return
    for kind in (Calling.NAME, Calling.ID, Calling.FILE, Calling.OWN_FIELD):
        if kind in kinds:
            yield kind, plain
    if Calling.INCHIKEY in kinds:
        yield Calling.INCHIKEY, cell.strip().upper()
    if Calling.CAS in kinds and (number := cas_number(cell)):
        yield Calling.CAS, number[0]


def _plain(text: str) -> str:
    """Text without case and blanks, signs that look alike made the same; as it is where it has no letter of ours."""
    whole = text if text.isascii() and not _SPELLED.intersection(text) else spelled(text) or text
    return "".join(whole.casefold().split())
