"""The libraries in the database: what `domain.ports.LibraryStore` promises."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from bitspec_gui.domain.library import SEVERAL_MODELS, LibraryEntry, LibraryInfo
from bitspec_gui.domain.model_version import MODEL_SHA256
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.storage.addresses import open_address
from bitspec_gui.storage.conditions import is_predicted, is_there
from bitspec_gui.storage.derived_values import storable
from bitspec_gui.storage.faults import unknown_library
from bitspec_gui.storage.import_reports import ReportShelf
from bitspec_gui.storage.library_edits import LibraryEdits
from bitspec_gui.storage.library_rows import make_library, new_token, with_licences
from bitspec_gui.storage.opening import open_database
from bitspec_gui.storage.record_rows import RECORD_COLUMNS, row_values
from bitspec_gui.storage.schema import LibraryRow, NoteRow, SpectrumRow

STREAM_ROWS = 500
"""Rows read at once when a library is streamed."""


def open_library_store(database: Path | str) -> SqlLibraryStore:
    """The libraries in a database, which is made or brought up to date.

    Parameters
    ----------
    database : Path or str
        A SQLite file, or an address: ``sqlite:///path``, ``postgresql://user@host/database`` (or ``postgresql+psycopg://``).

    Raises
    ------
    StorageError
        If it cannot be used, or the address cannot be read.
    """
    return SqlLibraryStore(open_address(database) if isinstance(database, str) else open_database(database))


class SqlLibraryStore(LibraryEdits, ReportShelf):
    """Libraries in SQLite, measured and predicted; may be used by several threads and processes at once.

    Every method is a transaction of its own, and raises `StorageError` if the file cannot be used.
    """

    def libraries(self) -> list[LibraryInfo]:
        """All libraries, by name. ``compounds`` counts InChIKey first blocks."""
        with self._transactions.read() as session:
            return sorted(_infos(session, is_there()), key=lambda info: (info.name.casefold(), info.name))

    def open_library(self, name: str, *, licence: str = "", source: str = "", embedded: bool = False) -> int:
        """Id of the library of that name, made if it is not there; what it is described as then stays."""
        name = storable(name) or ""
        with self._transactions.write() as session:
            found = session.scalar(select(LibraryRow.library_id).where(LibraryRow.name == name))
            if found is not None:
                return found
            return make_library(session, name, licence=licence, source=source, embedded=embedded)

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
            if library is None or library.removed_by is not None:
                raise unknown_library(library_id)
            known = set(session.scalars(_hashes_among(library_id, list(rows))))
            new = [values | {"library_id": library_id} for key, values in reversed(rows.items()) if key not in known]
            if new:
                session.execute(insert(SpectrumRow), new)
                library.licence = with_licences(library.licence, [row["licence"] for row in new])
                library.revision, library.edition = new_token(), new_token()
            return len(new)

    def remove(self, name: str) -> LibraryInfo:
        """Delete a library and its spectra; raises `UnknownLibrary`."""
        with self._transactions.write() as session:
            for info in _infos(session, LibraryRow.name == storable(name)):
                session.execute(delete(LibraryRow).where(LibraryRow.library_id == info.library_id))
                return info
            raise unknown_library(name)

    def spectra_of(self, connectivity: str) -> list[LibraryEntry]:
        """All measured spectra of a compound (InChIKey first block) in all libraries, in the order of import.

        Predicted ones are left out: no prediction is ever shown as the measurement of a compound.
        """
        found = select(SpectrumRow.spectrum_id).where(SpectrumRow.connectivity == connectivity, *is_predicted(False))
        with self._transactions.read() as session:
            return self._entries(session, list(session.scalars(found.order_by(SpectrumRow.spectrum_id))))

    def inchikeys(self, library_id: int) -> set[str]:
        """InChIKeys of the compounds of a library, by which a build that was broken off knows what it has."""
        found = select(SpectrumRow.inchikey).where(SpectrumRow.library_id == library_id, SpectrumRow.inchikey.is_not(None))
        with self._transactions.read() as session:
            return {key for key in session.scalars(found) if key is not None}

    def records(self, library_id: int) -> Iterator[SpectrumRecord]:
        """Every record of a library, streamed, in the order of import; raises `UnknownLibrary` at the first one.

        No transaction is open while the caller works, so a long export holds nobody up.
        """
        with self._transactions.read() as session:
            if session.scalar(select(LibraryRow.library_id).where(LibraryRow.library_id == library_id, is_there())) is None:
                raise unknown_library(library_id)
        last = 0
        while True:
            part = select(*RECORD_COLUMNS).where(SpectrumRow.library_id == library_id, SpectrumRow.spectrum_id > last)
            with self._transactions.read() as session:
                rows = session.execute(part.order_by(SpectrumRow.spectrum_id).limit(STREAM_ROWS)).fetchall()
            if not rows:
                return
            last = rows[-1].spectrum_id
            yield from [self._record(row) for row in rows]

    def note(self, key: str) -> str | None:
        """What was last noted under `key`, or None."""
        with self._transactions.read() as session:
            return session.scalar(select(NoteRow.text).where(NoteRow.key == key))

    def set_note(self, key: str, text: str) -> None:
        """Remember `text` under `key`."""
        with self._transactions.write() as session:
            session.merge(NoteRow(key=key, text=text))

    def close(self) -> None:
        """Let go of the file; a later call opens it again."""
        self._transactions.close()


def _infos(session: Session, *conditions: ColumnElement[bool]) -> list[LibraryInfo]:
    counted = (
        select(
            SpectrumRow.library_id,
            func.count().label("spectra"),
            func.count(SpectrumRow.connectivity.distinct()).label("compounds"),
            func.count(SpectrumRow.predicted_by).label("predicted"),
            func.min(SpectrumRow.predicted_by).label("first_model"),
            func.max(SpectrumRow.predicted_by).label("last_model"),
        )
        .group_by(SpectrumRow.library_id)
        .subquery()
    )
    columns = [counted.c[name] for name in ("spectra", "compounds", "predicted", "first_model", "last_model")]
    both = select(LibraryRow, *columns).outerjoin(counted, counted.c.library_id == LibraryRow.library_id)
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
            **_makers(session, row.library_id, first_model, last_model),
        )
        for row, spectra, compounds, predicted, first_model, last_model in session.execute(both.where(*conditions)).all()
    ]


def _makers(session: Session, library_id: int, first_model: str | None, last_model: str | None) -> dict[str, str]:
    """``made_by`` and ``made_by_sha256`` of a library, given the first and last name of a model in it by alphabet."""
    if first_model is None:
        return {}
    if first_model != last_model:
        return {"made_by": SEVERAL_MODELS}
    # Two models of one name are told apart by the spectra that were added first and last: to read all takes seconds.
    found = select(SpectrumRow.extra_json).where(SpectrumRow.library_id == library_id, SpectrumRow.predicted_by == first_model)
    ends = [session.scalar(found.order_by(order).limit(1)) for order in (SpectrumRow.spectrum_id, SpectrumRow.spectrum_id.desc())]
    first, last = (dict(json.loads(each)).get(MODEL_SHA256, "") if each else "" for each in ends)
    return {"made_by": first_model, "made_by_sha256": first} if first == last else {"made_by": SEVERAL_MODELS}


def _hashes_among(library_id: int, hashes: list[bytes]) -> Any:
    return select(SpectrumRow.content_hash).where(SpectrumRow.library_id == library_id, SpectrumRow.content_hash.in_(hashes))
