"""Lists of library entries: filtered, sorted and cut into pages."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Integer, Select, cast, select
from sqlalchemy.orm import Session

from bitspec_gui.domain.library import EntryOrder, LibraryEntry, LibraryQuery
from bitspec_gui.storage.conditions import (
    has_words,
    in_code_order,
    in_sight,
    is_composed,
    is_predicted,
    is_tagged,
    is_within,
    occurs,
)
from bitspec_gui.storage.derived_values import folded
from bitspec_gui.storage.schema import LibraryRow, SpectrumRow
from bitspec_gui.storage.search_queries import SearchQueries, ids_of

_SORTED_BY: dict[EntryOrder, Any] = {
    # The searched text starts with the folded name.
    EntryOrder.NAME: in_code_order(SpectrumRow.search_text),
    EntryOrder.FORMULA: in_code_order(SpectrumRow.composition),
    EntryOrder.MASS: SpectrumRow.mass_da,
    EntryOrder.CAS: in_code_order(SpectrumRow.cas),
    EntryOrder.INCHIKEY: in_code_order(SpectrumRow.inchikey),
    EntryOrder.KIND: in_code_order(SpectrumRow.predicted_by),
    EntryOrder.PEAKS: SpectrumRow.peaks,
    EntryOrder.RETENTION_INDEX: SpectrumRow.retention_index,
    EntryOrder.CONFIDENCE: SpectrumRow.confidence,
    EntryOrder.LICENCE: in_code_order(SpectrumRow.licence),
    EntryOrder.INSTRUMENT: in_code_order(SpectrumRow.instrument),
}
_NEVER_EMPTY = (EntryOrder.NAME, EntryOrder.PEAKS, EntryOrder.LIBRARY)


class EntryLists(SearchQueries):
    """The part of `domain.ports.LibraryStore` that lists entries; each method is a transaction, and raises `StorageError`."""

    def entry_ids(self, query: LibraryQuery) -> NDArray[np.int64]:
        """Ids of all entries that match, in the order asked for; ``offset`` and ``limit`` are passed over.

        Raises
        ------
        SearchError
            If a formula or element is none.
        """
        listed = _listed(query)
        with self._transactions.read() as session:
            return _ids(session, query, listed)

    def entries(self, query: LibraryQuery) -> tuple[list[LibraryEntry], int]:
        """One page of entries and the count of all that match; raises as `entry_ids`."""
        listed = _listed(query)
        first = max(query.offset, 0)
        with self._transactions.read() as session:
            ids = _ids(session, query, listed)
            return self._entries(session, ids[first : first + max(query.limit, 0)].tolist()), ids.size


def _ids(session: Session, query: LibraryQuery, listed: Select[Any]) -> NDArray[np.int64]:
    ids = ids_of(session, listed)
    if _by_import(query):
        ids.sort()
        return ids[::-1] if query.descending else ids
    return ids


def _by_import(query: LibraryQuery) -> bool:
    return query.order is EntryOrder.CLOSENESS and not folded(query.text)


def _listed(query: LibraryQuery) -> Select[Any]:
    listed = select(SpectrumRow.spectrum_id).where(*_conditions(query))
    if query.order is EntryOrder.LIBRARY:
        listed = listed.join(LibraryRow, LibraryRow.library_id == SpectrumRow.library_id)
    # In the order of ids the database would go through all of the spectra; without, an index does.
    return listed if _by_import(query) else listed.order_by(*_order(query))


def _conditions(query: LibraryQuery) -> list[ColumnElement[bool]]:
    conditions = has_words(query.text)
    conditions.append(in_sight())
    if query.library_id is not None:
        conditions.append(SpectrumRow.library_id == query.library_id)
    conditions += is_predicted(query.predicted)
    conditions += is_composed(query.formula, query.elements, query.without_elements)
    conditions += is_within(query.min_mass_da, query.max_mass_da)
    if query.doubtful:
        conditions.append(SpectrumRow.doubt.is_not(None))
    if query.tag:
        conditions.append(is_tagged(query.tag))
    return conditions


def _order(query: LibraryQuery) -> list[ColumnElement[Any]]:
    by_import = SpectrumRow.spectrum_id.asc()
    if query.order is EntryOrder.CLOSENESS:
        wanted, text = folded(query.text), SpectrumRow.search_text
        closeness = cast(occurs(f"\n{wanted}\n", text), Integer) + cast(occurs(f"\n{wanted}", text), Integer)
        return [closeness.desc(), by_import]
    value = _SORTED_BY.get(query.order, in_code_order(LibraryRow.name))
    directed = value.desc() if query.descending else value.asc()
    if query.order in _NEVER_EMPTY:
        return [directed, by_import]
    return [value.is_(None).asc(), directed, by_import]
