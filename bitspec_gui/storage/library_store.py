"""The libraries in the database: what `domain.ports.LibraryStore` promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or_update
from sqlalchemy.orm import Session

from bitspec_gui.domain.errors import UnknownLibrary
from bitspec_gui.domain.library import LibraryEntry, LibraryInfo, LibraryQuery
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.storage.engine import Transactions
from bitspec_gui.storage.faults import damaged
from bitspec_gui.storage.opening import open_database
from bitspec_gui.storage.record_rows import folded, record_of, row_values, storable
from bitspec_gui.storage.schema import LibraryRow, NoteRow, SpectrumRow

STREAM_ROWS = 500
"""Rows read at once when a library is streamed."""

MAX_LICENCES = 6
"""Licences named in a library's description; beyond, the spectra say it."""


def open_library_store(database: Path) -> SqlLibraryStore:
    """The libraries in `database`, which is made or brought up to date; raises `StorageError`."""
    return SqlLibraryStore(open_database(database))


class SqlLibraryStore:
    """Libraries in SQLite, measured and predicted; may be used by several threads and processes at once.

    Every method is a transaction of its own, and raises `StorageError` if the file cannot be used.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def libraries(self) -> list[LibraryInfo]:
        """All libraries, by name. ``compounds`` counts InChIKey first blocks."""
        with self._transactions.read() as session:
            return sorted(_infos(session), key=lambda info: (info.name.casefold(), info.name))

    def open_library(self, name: str, *, licence: str = "", source: str = "", embedded: bool = False) -> int:
        """Id of the library of that name, made if it is not there; what it is described as then stays."""
        name = storable(name) or ""
        with self._transactions.write() as session:
            found = session.scalar(select(LibraryRow.library_id).where(LibraryRow.name == name))
            if found is not None:
                return found
            row = LibraryRow(name=name, licence=storable(licence), source=storable(source), embedded=embedded)
            session.add(row)
            session.flush()
            return row.library_id

    def add(self, library_id: int, records: Sequence[SpectrumRecord]) -> int:
        """Add a batch in one transaction; records already there, or twice in the batch, are skipped.

        Licences of the records that the library's description lacks are added to it.

        Returns
        -------
        int
            How many were new.

        Raises
        ------
        UnknownLibrary
            If there is no such library, for example because it was removed meanwhile.
        """
        rows = {values["content_hash"]: values for values in map(row_values, reversed(records))}
        with self._transactions.write() as session:
            library = session.get(LibraryRow, library_id)
            if library is None:
                raise _unknown(library_id)
            known = set(session.scalars(_hashes_among(library_id, list(rows))))
            new = [values | {"library_id": library_id} for key, values in reversed(rows.items()) if key not in known]
            if new:
                session.execute(insert(SpectrumRow), new)
                library.licence = _with_licences(library.licence, new)
            return len(new)

    def remove(self, name: str) -> LibraryInfo:
        """Delete a library and its spectra; raises `UnknownLibrary`."""
        with self._transactions.write() as session:
            for info in _infos(session, LibraryRow.name == name):
                session.execute(delete(LibraryRow).where(LibraryRow.library_id == info.library_id))
                return info
            raise _unknown(name)

    def spectra_of(self, connectivity: str) -> list[LibraryEntry]:
        """All measured spectra of a compound (InChIKey first block) in all libraries, in the order of import.

        Predicted ones are left out: no prediction is ever shown as the measurement of a compound.
        """
        found = select(SpectrumRow, LibraryRow.name).join(LibraryRow, LibraryRow.library_id == SpectrumRow.library_id)
        found = found.where(SpectrumRow.connectivity == connectivity, SpectrumRow.predicted_by.is_(None))
        found = found.order_by(SpectrumRow.spectrum_id)
        with self._transactions.read() as session:
            return [self._entry(row, name) for row, name in session.execute(found)]

    def inchikeys(self, library_id: int) -> set[str]:
        """InChIKeys of the compounds of a library, by which a build that was broken off knows what it has."""
        found = select(SpectrumRow.inchikey).where(SpectrumRow.library_id == library_id, SpectrumRow.inchikey.is_not(None))
        with self._transactions.read() as session:
            return {key for key in session.scalars(found) if key is not None}

    def entries(self, query: LibraryQuery) -> tuple[list[LibraryEntry], int]:
        """One page of entries and the count of all that match.

        Every word of ``query.text`` must occur in the name, a synonym, formula, CAS, InChIKey or accession, in any case. Entries
        of which a whole field is the text come first, then those with a field that starts with it, then in the order of import.
        """
        conditions = _conditions(query)
        count = select(func.count()).select_from(SpectrumRow).where(*conditions)
        page = select(SpectrumRow.spectrum_id).where(*conditions).order_by(*_order(query.text))
        page = page.limit(max(query.limit, 0)).offset(max(query.offset, 0))
        with self._transactions.read() as session:
            total = session.scalar(count) or 0
            ids = list(session.scalars(page)) if total else []
            found = select(SpectrumRow, LibraryRow.name).join(LibraryRow, LibraryRow.library_id == SpectrumRow.library_id)
            rows: dict[int, LibraryEntry] = {}
            for some in _in_parts(ids):
                for row, name in session.execute(found.where(SpectrumRow.spectrum_id.in_(some))):
                    rows[row.spectrum_id] = self._entry(row, name)
        return [rows[each] for each in ids], total

    def records(self, library_id: int) -> Iterator[SpectrumRecord]:
        """Every record of a library, streamed, in the order of import; raises `UnknownLibrary` at the first one.

        No transaction is open while the caller works, so a long export holds nobody up.
        """
        with self._transactions.read() as session:
            if session.get(LibraryRow, library_id) is None:
                raise _unknown(library_id)
        last = 0
        while True:
            part = select(SpectrumRow).where(SpectrumRow.library_id == library_id, SpectrumRow.spectrum_id > last)
            with self._transactions.read() as session:
                rows = list(session.scalars(part.order_by(SpectrumRow.spectrum_id).limit(STREAM_ROWS)))
                found = [self._entry(row, "").record for row in rows]
            if not rows:
                return
            last = rows[-1].spectrum_id
            yield from found

    def note(self, key: str) -> str | None:
        """What was last noted under `key`, or None."""
        with self._transactions.read() as session:
            return session.scalar(select(NoteRow.text).where(NoteRow.key == key))

    def set_note(self, key: str, text: str) -> None:
        """Remember `text` under `key`."""
        noted = insert_or_update(NoteRow).values(key=key, text=text)
        with self._transactions.write() as session:
            session.execute(noted.on_conflict_do_update(index_elements=[NoteRow.key], set_={"text": text}))

    def close(self) -> None:
        """Let go of the file; a later call opens it again."""
        self._transactions.close()

    def _entry(self, row: SpectrumRow, library: str) -> LibraryEntry:
        try:
            return LibraryEntry(entry_id=row.spectrum_id, library=library, record=record_of(row))
        except ValueError as error:
            what = f"is damaged (spectrum {row.spectrum_id}: {error})"
            raise damaged(self._transactions.database, what) from error


def _infos(session: Session, *conditions: ColumnElement[bool]) -> list[LibraryInfo]:
    counted = (
        select(
            SpectrumRow.library_id,
            func.count().label("spectra"),
            func.count(SpectrumRow.connectivity.distinct()).label("compounds"),
            func.count(SpectrumRow.predicted_by).label("predicted"),
        )
        .group_by(SpectrumRow.library_id)
        .subquery()
    )
    both = select(LibraryRow, counted.c.spectra, counted.c.compounds, counted.c.predicted).outerjoin(
        counted, counted.c.library_id == LibraryRow.library_id
    )
    return [
        LibraryInfo(
            library_id=row.library_id,
            name=row.name,
            spectra=spectra or 0,
            compounds=compounds or 0,
            licence=row.licence,
            source=row.source,
            embedded=row.embedded,
            predicted=predicted or 0,
        )
        for row, spectra, compounds, predicted in session.execute(both.where(*conditions))
    ]


def _hashes_among(library_id: int, hashes: list[bytes]) -> Any:
    return select(SpectrumRow.content_hash).where(SpectrumRow.library_id == library_id, SpectrumRow.content_hash.in_(hashes))


def _conditions(query: LibraryQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [_has(word) for word in folded(query.text).split(" ") if word]
    if query.library_id is not None:
        conditions.append(SpectrumRow.library_id == query.library_id)
    if query.predicted is not None:
        predicted_by = SpectrumRow.predicted_by
        conditions.append(predicted_by.is_not(None) if query.predicted else predicted_by.is_(None))
    if query.doubtful:
        conditions.append(SpectrumRow.doubt.is_not(None))
    return conditions


def _has(text: str) -> ColumnElement[bool]:
    # instr knows no wildcards, so % and _ mean themselves, and it is quicker than LIKE.
    return func.instr(SpectrumRow.search_text, text) > 0


def _order(text: str) -> list[ColumnElement[int]]:
    wanted = folded(text)
    if not wanted:
        return [SpectrumRow.spectrum_id.asc()]
    closeness = cast(_has(f"\n{wanted}\n"), Integer) + cast(_has(f"\n{wanted}"), Integer)
    return [closeness.desc(), SpectrumRow.spectrum_id.asc()]


def _in_parts(ids: list[int]) -> Iterator[list[int]]:
    # SQLite takes no more than 32,766 values in one statement.
    for start in range(0, len(ids), 10_000):
        yield ids[start : start + 10_000]


def _with_licences(described: str, rows: list[dict[str, Any]]) -> str:
    named = [each for each in described.split("; ") if each]
    for licence in dict.fromkeys(str(row["licence"]).strip() for row in rows if row["licence"]):
        if licence not in named and len(named) < MAX_LICENCES:
            named.append(licence if len(named) < MAX_LICENCES - 1 else "others")
    return "; ".join(named)


def _unknown(library: str | int) -> UnknownLibrary:
    if isinstance(library, int):
        return UnknownLibrary("This library is no longer there; it may have been removed meanwhile.")
    return UnknownLibrary(f"There is no library named “{library}”.")
