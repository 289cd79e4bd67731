"""What a search asks of the libraries: spectra for an index, entries for hits, and which entries pass a filter."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.domain.ports import SearchEntry
from bitspec_gui.domain.search import HitFilter
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.storage.conditions import (
    in_sight,
    is_composed,
    is_licensed,
    is_predicted,
    is_there,
    is_within,
    occurs,
)
from bitspec_gui.storage.derived_values import folded, storable
from bitspec_gui.storage.faults import unknown_library
from bitspec_gui.storage.peak_blobs import unpack
from bitspec_gui.storage.record_rows import RECORD_COLUMNS, record_of
from bitspec_gui.storage.schema import LibraryRow, SpectrumRow, SpectrumTagRow, TagRow
from bitspec_gui.storage.transactions import Transactions

INDEX_ROWS = 2000
"""Spectra handed to an index at once."""

IDS_AT_ONCE = 10_000
"""Ids in one statement: SQLite takes no more than 32,766 values."""

_INDEXED = (
    SpectrumRow.spectrum_id,
    SpectrumRow.mz_blob,
    SpectrumRow.intensity_blob,
    SpectrumRow.mass_da,
    SpectrumRow.retention_index,
    SpectrumRow.confidence,
    SpectrumRow.predicted_by,
)


class SearchQueries:
    """The part of `domain.ports.LibraryStore` that searches need; each method is a transaction, and raises `StorageError`."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def revisions(self) -> dict[int, str]:
        """For each library id the random text that its spectra were given by their last change."""
        with self._transactions.read() as session:
            found = session.execute(select(LibraryRow.library_id, LibraryRow.revision).where(is_there()))
            return {row.library_id: row.revision for row in found}

    def names(self) -> dict[int, str]:
        """For each library id its name."""
        with self._transactions.read() as session:
            found = session.execute(select(LibraryRow.library_id, LibraryRow.name).where(is_there()))
            return {row.library_id: row.name for row in found}

    def search_entries(self, library_id: int) -> Iterator[list[SearchEntry]]:
        """All spectra of a library in batches, by ascending entry id; raises `UnknownLibrary` at the first one.

        No transaction is open while the caller works. What is changed meanwhile gives the library another revision.
        """
        with self._transactions.read() as session:
            there = select(LibraryRow.library_id).where(LibraryRow.library_id == library_id, is_there())
            if session.scalar(there) is None:
                raise unknown_library(library_id)
        last = 0
        while True:
            part = select(*_INDEXED).where(SpectrumRow.library_id == library_id, SpectrumRow.spectrum_id > last)
            with self._transactions.read() as session:
                rows = session.execute(part.order_by(SpectrumRow.spectrum_id).limit(INDEX_ROWS)).fetchall()
            if not rows:
                return
            last = rows[-1].spectrum_id
            yield [
                SearchEntry(
                    entry_id=entry_id,
                    spectrum=self._spectrum(entry_id, mz_blob, intensity_blob),
                    nominal_mass=mass_da,
                    retention_index=retention_index,
                    # A prediction whose confidence nobody noted must not be taken for a measurement.
                    confidence=None if predicted_by is None else confidence or 0.0,
                )
                for entry_id, mz_blob, intensity_blob, mass_da, retention_index, confidence, predicted_by in rows
            ]

    def entries_by_id(self, entry_ids: Sequence[int] | NDArray[np.int64]) -> list[LibraryEntry]:
        """These entries with their tags, in this order; ids that are no longer there are passed over."""
        with self._transactions.read() as session:
            return self._entries(session, [int(each) for each in entry_ids])

    def passing(self, wanted: HitFilter) -> NDArray[np.int64]:
        """Ids, ascending, of entries that pass every condition of a filter but substructure and peaks.

        Raises
        ------
        SearchError
            If a formula or element is none.
        """
        conditions = is_predicted(wanted.predicted)
        conditions += is_composed(wanted.formula, wanted.elements, wanted.without_elements)
        conditions += is_within(wanted.min_mass_da, wanted.max_mass_da)
        if wanted.cas.strip():
            conditions.append(occurs(wanted.cas.strip(), SpectrumRow.cas))
        if wanted.inchikey.strip():
            conditions.append(occurs(wanted.inchikey.strip().upper(), SpectrumRow.inchikey))
        with self._transactions.read() as session:
            conditions += _in_libraries(session, wanted)
            if folded(wanted.name):
                ids = _named(session, folded(wanted.name), conditions)
            else:
                ids = ids_of(session, select(SpectrumRow.spectrum_id).where(*conditions))
        ids.sort()
        return ids

    def structures(self, entry_ids: Sequence[int] | NDArray[np.int64] | None = None) -> Iterator[tuple[int, str]]:
        """Id and SMILES (else InChI) of these entries, or of all by ascending id, that have a structure."""
        if entry_ids is not None:
            for some in in_parts([int(each) for each in entry_ids]):
                texts = dict(self._structures(SpectrumRow.spectrum_id.in_(some)))
                yield from ((each, text) for each in some if (text := texts.get(each)))
            return
        last = 0
        while rows := self._structures(SpectrumRow.spectrum_id > last):
            last = rows[-1][0]
            yield from ((each, text) for each, text in rows if text)

    def _structures(self, condition: ColumnElement[bool]) -> list[tuple[int, str]]:
        found = select(SpectrumRow.spectrum_id, SpectrumRow.smiles, SpectrumRow.inchi).where(in_sight(), condition)
        with self._transactions.read() as session:
            rows = session.execute(found.order_by(SpectrumRow.spectrum_id).limit(IDS_AT_ONCE))
            return [(row.spectrum_id, row.smiles or row.inchi or "") for row in rows]

    def _entries(self, session: Session, ids: list[int]) -> list[LibraryEntry]:
        libraries = {row[0]: row[1] for row in session.execute(select(LibraryRow.library_id, LibraryRow.name).where(is_there()))}
        found: dict[int, LibraryEntry] = {}
        for some in in_parts(ids):
            tags = _tags_of(session, some)
            for row in session.execute(select(*RECORD_COLUMNS).where(SpectrumRow.spectrum_id.in_(some))):
                library = libraries.get(row.library_id)
                if library is None:
                    continue
                found[row.spectrum_id] = LibraryEntry(row.spectrum_id, library, self._record(row), tags.get(row.spectrum_id, ()))
        return [found[each] for each in ids if each in found]

    def _record(self, row: Any) -> SpectrumRecord:
        try:
            return record_of(row)
        except ValueError as error:
            raise self._damaged(row.spectrum_id, error) from error

    def _spectrum(self, entry_id: int, mz_blob: bytes, intensity_blob: bytes) -> Spectrum:
        try:
            return Spectrum(unpack(mz_blob), unpack(intensity_blob))
        except (SpectrumError, ValueError) as error:
            raise self._damaged(entry_id, error) from error

    def _damaged(self, entry_id: int, error: Exception) -> Exception:
        return self._transactions.faults.damaged(f"spectrum {entry_id}: {error}")


def ids_of(session: Session, statement: Select[Any]) -> NDArray[np.int64]:
    """Ids that a statement selects, (K,) int64, in its order."""
    # Straight from the driver: an object for each of some 100,000 rows would take five times as long.
    cursor = session.connection().execute(statement).cursor
    return np.fromiter(chain.from_iterable(cursor.fetchall() if cursor is not None else ()), dtype=np.int64)


def in_parts(ids: list[int]) -> Iterator[list[int]]:
    """The ids in parts that one statement can take."""
    for start in range(0, len(ids), IDS_AT_ONCE):
        yield ids[start : start + IDS_AT_ONCE]


def _tags_of(session: Session, ids: list[int]) -> dict[int, tuple[str, ...]]:
    found = select(SpectrumTagRow.spectrum_id, TagRow.name).join(TagRow, TagRow.tag_id == SpectrumTagRow.tag_id)
    tags: dict[int, tuple[str, ...]] = {}
    for spectrum_id, name in session.execute(found.where(SpectrumTagRow.spectrum_id.in_(ids)).order_by(TagRow.name)):
        tags[spectrum_id] = (*tags.get(spectrum_id, ()), name)
    return tags


def _in_libraries(session: Session, wanted: HitFilter) -> list[ColumnElement[bool]]:
    """Conditions on the library and on the licence, which a spectrum that says none has from its library."""
    found = select(LibraryRow.library_id, LibraryRow.name, LibraryRow.licence).where(is_there())
    names = {storable(name) for name in wanted.libraries}
    libraries = [row for row in session.execute(found) if not names or row.name in names]
    conditions: list[ColumnElement[bool]] = [SpectrumRow.library_id.in_([row.library_id for row in libraries])]
    licence = folded(wanted.licence)
    if licence:
        written = session.scalars(select(SpectrumRow.licence).where(*conditions, SpectrumRow.licence.is_not(None)).distinct())
        licences = [each for each in written if each is not None and licence in folded(each)]
        conditions.append(is_licensed(licences, [row.library_id for row in libraries if _all_named(licence, row.licence)]))
    return conditions


def _all_named(licence: str, described: str) -> bool:
    """Whether a library has this licence alone: of one that has several, nobody knows which a silent spectrum has."""
    return bool(described) and all(licence in folded(each) for each in described.split("; "))


def _named(session: Session, name: str, conditions: list[ColumnElement[bool]]) -> NDArray[np.int64]:
    """Ids of spectra of which the name or a synonym holds `name`, which is folded."""
    # The text index also holds other fields: what it finds is looked at again.
    found = select(SpectrumRow.spectrum_id, SpectrumRow.name, SpectrumRow.synonyms_json)
    cursor = session.connection().execute(found.where(*conditions, occurs(name, SpectrumRow.search_text))).cursor
    return np.array(
        [
            spectrum_id
            for spectrum_id, written, synonyms in (cursor.fetchall() if cursor is not None else ())
            if name in folded(written) or (synonyms and any(name in folded(each) for each in json.loads(synonyms)))
        ],
        dtype=np.int64,
    )
