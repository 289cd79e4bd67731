"""Structures of a table for spectra without one: which column joins the two, what found a partner, what contradicts itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning_data import DatasetSpectrum
from bitspec_gui.formats.structure_rows import StructureRow, plain_name
from bitspec_gui.services.spectrum_standing import Structure, read_structure
from bitspec_gui.services.structure_matching import CALLING_WORDS, NAME_COLUMNS, Joint, Partner, partners_of

MOST_TOLD = 50
"""Rows without a partner that are told one by one; of a list of a whole collection only their number is told beyond."""


@dataclass
class Joined:
    """What came of joining: spectrum id -> its record with the structure of its row, and what there is to tell."""

    records: dict[int, SpectrumRecord] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)


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
    partners = partners_of(rows, spectra, cancel)
    _Joining(joined, partners).take(spectra, cancel)
    _tell(joined, rows, partners, spectra, tell_alone=tell_alone)
    return joined


class _Joining:
    """Takes each spectrum's rows for its structure, or says why not."""

    def __init__(self, joined: Joined, partners: Mapping[int, Partner]) -> None:
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
    partners: Mapping[int, Partner],
    spectra: Sequence[DatasetSpectrum],
    *,
    tell_alone: bool,
) -> None:
    """Which column joined, how many rows and spectra found a partner, and which rows did not."""
    file = rows[0].file
    by_pair: dict[Joint, int] = defaultdict(int)
    places = {spectrum.spectrum_id: place for place, spectrum in enumerate(spectra)}
    for spectrum_id in joined.records:
        by_pair[partners[places[spectrum_id]].pair] += 1
    for (column, kind), number in sorted(by_pair.items(), key=lambda item: -item[1]):
        joined.columns.append(column)
        spectra_word = "1 spectrum was" if number == 1 else f"{number:,} spectra were"
        what = f"{spectra_word} given a structure: the column “{column}” is their {CALLING_WORDS[kind]}."
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
    return next((cell for column, cell in row.cells if plain_name(column) in NAME_COLUMNS), "")


def _called(row: StructureRow) -> str:
    return _name_in(row) or row.cells[0][1]


def _who(record: SpectrumRecord) -> str:
    return (record.name or record.accession or Path(record.source_file).name)[:80]


def _about(row: StructureRow, what: str, kept: str) -> Problem:
    return Problem(row.file, row.line, what, kept, rejected=False)
