"""Structures of a table for spectra without one: which column joins the two, what found a partner, what contradicts itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import TypeVar

from bitspec_gui.domain.chemical_names import cas_number, spelled
from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning_data import DatasetSpectrum
from bitspec_gui.formats.structure_tables import StructureRow, plain_name
from bitspec_gui.services.spectrum_standing import Structure, read_structure

MOST_TOLD = 50
"""Rows without a partner that are told one by one; of a list of a whole collection only their number is told beyond."""


MOST_REPLICATES = 500
"""What more spectra are called than that is the name of a file or a method, not of a compound."""

MOST_ROWS_ALIKE = 100
"""A value that stands in more rows than that says nothing."""

TELLING_SHARE = 0.5
"""A column whose values are no more than this share of its pairs of value and structure does not name structures."""

ASKED_EVERY = 5000

_NAME_COLUMNS = frozenset({"name", "compoundname", "compound", "title", "analyte", "substance", "names"})


class _Kind(IntEnum):
    """What a cell may be to a spectrum, the most telling first."""

    INCHIKEY = 0
    OWN_FIELD = 1
    """A field of the spectrum that is called as the column is."""
    ID = 2
    CAS = 3
    FILE = 4
    NAME = 5


_WORDS: Mapping[_Kind, str] = {
    _Kind.INCHIKEY: "InChIKey",
    _Kind.OWN_FIELD: "the field of the same name",
    _Kind.ID: "accession",
    _Kind.CAS: "CAS number",
    _Kind.FILE: "file name",
    _Kind.NAME: "name",
}
_FEW_DIGITS = 6
_SPELLED = frozenset(".(+'\"")
"""Signs that `domain.chemical_names.spelled` looks at in ASCII."""

_Item = TypeVar("_Item")
_Pair = tuple[str, _Kind]


@dataclass
class Joined:
    """What came of joining: spectrum id -> its record with the structure of its row, and what there is to tell."""

    records: dict[int, SpectrumRecord] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Partner:
    """The rows that a spectrum may belong to, and the column and kind of name by which the best of them was found."""

    rows: tuple[StructureRow, ...]
    pair: _Pair


def join(
    rows: Sequence[StructureRow],
    spectra: Sequence[DatasetSpectrum],
    *,
    tell_alone: bool = True,
    cancel: CancelToken | None = None,
) -> Joined:
    """Give spectra without a structure that of their row.

    A row belongs to a spectrum if one of its cells is the spectrum's name or a synonym, accession, CAS number, InChIKey, file, or
    what the spectrum says in a field of the column's name; case and blanks make no difference. Columns of bare numbers count only
    where no other column joins anything. Where rows of a spectrum have different structures, or one contradicts the structure
    that the spectrum has already, a problem says so and nothing is changed.

    Parameters
    ----------
    rows : sequence of StructureRow
        Of one table.
    spectra : sequence of DatasetSpectrum
        All spectra that may belong to it, those with a structure included.
    tell_alone : bool
        Whether rows without a partner are told.
    cancel : CancelToken, optional
        Asked now and then; raises `Cancelled`.
    """
    joined = Joined()
    if not rows or not spectra:
        return joined
    partners = _partners(rows, spectra, cancel)
    _Joining(joined, partners).take(spectra, cancel)
    _tell(joined, rows, partners, spectra, tell_alone=tell_alone)
    return joined


def _partners(
    rows: Sequence[StructureRow], spectra: Sequence[DatasetSpectrum], cancel: CancelToken | None
) -> dict[int, _Partner]:
    """Place of a spectrum -> its rows."""
    called = _callings(spectra)
    cells = [(row, column, cell, _plain(cell)) for row in _asking(rows, cancel) for column, cell in row.cells]
    telling = _telling_columns(cells)
    repeated = Counter((column, plain) for _, column, _, plain in cells if column in telling)
    kinds = frozenset(kind for kind, _, _ in called)
    found: dict[_Pair, dict[int, list[StructureRow]]] = defaultdict(lambda: defaultdict(list))
    numbers: dict[_Pair, bool] = defaultdict(lambda: True)
    for row, column, cell, plain in _asking(cells, cancel):
        if column not in telling or repeated[column, plain] > MOST_ROWS_ALIKE:
            continue
        for kind, text in _meanings(cell, plain, kinds):
            places = called.get((kind, plain_name(column) if kind is _Kind.OWN_FIELD else "", text), ())
            if len(places) > MOST_REPLICATES:
                continue
            for place in places:
                found[column, kind][place].append(row)
                numbers[column, kind] &= text.isdecimal() and len(text) <= _FEW_DIGITS
    strong = {pair: hits for pair, hits in found.items() if not numbers[pair]}
    return _best(strong or found)


def _callings(spectra: Sequence[DatasetSpectrum]) -> dict[tuple[_Kind, str, str], list[int]]:
    """Kind of name, field and text -> places of the spectra that are called so."""
    called: dict[tuple[_Kind, str, str], list[int]] = defaultdict(list)
    for place, each in enumerate(spectra):
        for kind, text in _names_of(each.record):
            called[kind, "", text].append(place)
        for key, value in each.record.extra:
            called[_Kind.OWN_FIELD, plain_name(key), _plain(value)].append(place)
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


def _best(found: Mapping[_Pair, Mapping[int, Sequence[StructureRow]]]) -> dict[int, _Partner]:
    """Rows of each spectrum: by the column that joins the most, and by others that name compounds and must not contradict it."""
    partners: dict[int, _Partner] = {}
    for pair in sorted(found, key=lambda pair: (-len(found[pair]), pair[1], pair[0])):
        column, kind = pair
        judges = kind not in (_Kind.NAME, _Kind.FILE) or plain_name(column) in _NAME_COLUMNS
        for place, rows in found[pair].items():
            known = partners.get(place)
            if known is None:
                partners[place] = _Partner(_each_once(rows), pair)
            elif judges:
                partners[place] = _Partner(_each_once((*known.rows, *rows)), known.pair)
    return partners


def _each_once(rows: Iterable[StructureRow]) -> tuple[StructureRow, ...]:
    return tuple({id(row): row for row in rows}.values())


def _names_of(record: SpectrumRecord) -> Iterator[tuple[_Kind, str]]:
    """All that a spectrum is called, each once, as it is compared."""
    file = Path(record.source_file).name
    names = [(_Kind.NAME, name) for name in (record.name, *record.synonyms)]
    others = [(_Kind.ID, record.accession), (_Kind.FILE, file), (_Kind.FILE, Path(file).stem)]
    seen = set()
    for kind, text in [*names, *others]:
        if text and (kind, _plain(text)) not in seen:
            seen.add((kind, _plain(text)))
            yield kind, _plain(text)
    if record.cas and (number := cas_number(record.cas)):
        yield _Kind.CAS, number[0]
    if record.inchikey:
        yield _Kind.INCHIKEY, record.inchikey.upper()


def _meanings(cell: str, plain: str, kinds: frozenset[_Kind]) -> Iterator[tuple[_Kind, str]]:
    """What a cell may be, of the kinds of names that the spectra have."""
    if not plain:
        return
    for kind in (_Kind.NAME, _Kind.ID, _Kind.FILE, _Kind.OWN_FIELD):
        if kind in kinds:
            yield kind, plain
    if _Kind.INCHIKEY in kinds:
        yield _Kind.INCHIKEY, cell.strip().upper()
    if _Kind.CAS in kinds and (number := cas_number(cell)):
        yield _Kind.CAS, number[0]


def _plain(text: str) -> str:
    """Text without case and blanks, signs that look alike made the same; as it is where it has no letter of ours."""
    whole = text if text.isascii() and not _SPELLED.intersection(text) else spelled(text) or text
    return "".join(whole.casefold().split())


class _Joining:
    """Takes each spectrum's rows for its structure, or says why not."""

    def __init__(self, joined: Joined, partners: Mapping[int, _Partner]) -> None:
        self._joined, self._partners = joined, partners
        self._unreadable: set[int] = set()
        self._told: set[tuple[int, ...]] = set()

    def take(self, spectra: Sequence[DatasetSpectrum], cancel: CancelToken | None) -> None:
        """Join all spectra that have rows."""
        for place, partner in self._partners.items():
            if cancel is not None:
                cancel.raise_if_cancelled()
            structures = self._structures(partner.rows)
            if not structures:
                continue
            if len(structures) > 1:
                self._ambiguous(spectra[place], [row for row, _ in structures.values()])
                continue
            ((row, structure),) = structures.values()
            self._give(spectra[place], row, structure)

    def _structures(self, rows: Iterable[StructureRow]) -> dict[str, tuple[StructureRow, Structure]]:
        """Connectivity -> the first row with it; rows that cannot be read are told once."""
        found: dict[str, tuple[StructureRow, Structure]] = {}
        for row in rows:
            try:
                structure = read_structure(row.structure)
            except MoleculeError as error:
                if id(row) not in self._unreadable:
                    self._unreadable.add(id(row))
                    self._joined.problems.append(_about(row, str(error), "This row was not used."))
                continue
            found.setdefault(structure.inchikey[:14], (row, structure))
        return found

    def _give(self, spectrum: DatasetSpectrum, row: StructureRow, structure: Structure) -> None:
        record = spectrum.record
        if record.connectivity and (record.smiles or record.inchi):
            if record.connectivity != structure.inchikey[:14]:
                what = f"This row says that “{_who(record)}” is {structure.smiles}, but its own file says {record.smiles}."
                self._joined.problems.append(_about(row, what, "The structure of its own file was kept."))
            return
        if record.connectivity and record.connectivity != structure.inchikey[:14]:
            what = f"The structure of this row has another InChIKey than “{_who(record)}”, which it is called after."
            self._joined.problems.append(_about(row, what, "This row was not used."))
            return
        # Its own formula and mass stay: where they contradict the structure, that is a reason to doubt.
        given = replace(record, smiles=structure.smiles, inchi=None)
        name = _name_in(row)
        self._joined.records[spectrum.spectrum_id] = given if given.name or not name else replace(given, name=name)

    def _ambiguous(self, spectrum: DatasetSpectrum, rows: Sequence[StructureRow]) -> None:
        key = tuple(sorted(id(row) for row in rows))
        if key in self._told:
            return
        self._told.add(key)
        lines = " and ".join(str(row.line) for row in rows[:3] if row.line is not None)
        where = f" (lines {lines})" if lines else ""
        what = f"Rows for “{_who(spectrum.record)}” have different structures{where}."
        self._joined.problems.append(_about(rows[-1], what, "None of them was used."))


def _tell(
    joined: Joined,
    rows: Sequence[StructureRow],
    partners: Mapping[int, _Partner],
    spectra: Sequence[DatasetSpectrum],
    *,
    tell_alone: bool,
) -> None:
    """Which column joined, how many rows and spectra found a partner, and which rows did not."""
    file = rows[0].file
    by_pair: dict[_Pair, int] = defaultdict(int)
    places = {spectrum.spectrum_id: place for place, spectrum in enumerate(spectra)}
    for spectrum_id in joined.records:
        by_pair[partners[places[spectrum_id]].pair] += 1
    for (column, kind), number in sorted(by_pair.items(), key=lambda item: -item[1]):
        joined.columns.append(column)
        spectra_word = "1 spectrum was" if number == 1 else f"{number:,} spectra were"
        what = f"{spectra_word} given a structure: the column “{column}” is their {_WORDS[kind]}."
        joined.problems.append(Problem(file, None, what, "", rejected=False))
    if not tell_alone:
        return
    met = {id(row) for partner in partners.values() for row in partner.rows}
    alone = [row for row in rows if id(row) not in met]
    what = f"{len(rows) - len(alone):,} of {len(rows):,} rows found a spectrum."
    joined.problems.append(Problem(file, None, what, "", rejected=False))
    for row in alone[:MOST_TOLD]:
        joined.problems.append(_about(row, f"No spectrum is called “{_called(row)[:80]}”, or what else stands here.", ""))
    if len(alone) > MOST_TOLD:
        what = f"{len(alone) - MOST_TOLD:,} further rows found no spectrum."
        joined.problems.append(Problem(file, None, what, "", rejected=False))


def _name_in(row: StructureRow) -> str:
    """What the row calls its compound, if a column says that it holds names; else empty."""
    return next((cell for column, cell in row.cells if plain_name(column) in _NAME_COLUMNS), "")


def _called(row: StructureRow) -> str:
    return _name_in(row) or row.cells[0][1]


def _who(record: SpectrumRecord) -> str:
    return (record.name or record.accession or Path(record.source_file).name)[:80]


def _about(row: StructureRow, what: str, kept: str) -> Problem:
    return Problem(row.file, row.line, what, kept, rejected=False)
