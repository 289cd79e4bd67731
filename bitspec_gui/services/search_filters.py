"""Which library spectra may be hits, and what lowers their score: settings of a search -> one factor a spectrum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import MoleculeError, SearchError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.domain.ports import LibraryStore
from bitspec_gui.domain.search import HitFilter, SearchSettings
from bitspec_gui.spectra.retention import retention_factor

if TYPE_CHECKING:
    from bitspec_gui.spectra.search.index import LibraryIndex

Factors = list[NDArray[np.float32] | None]


def chosen_libraries(libraries: Sequence[LibraryInfo], wanted: HitFilter) -> list[LibraryInfo]:
    """The libraries that a filter lets compete.

    Raises
    ------
    SearchError
        If it names one that is not there.
    """
    names = {info.name for info in libraries}
    unknown = [name for name in wanted.libraries if name not in names]
    if unknown:
        there = ", ".join(f"“{name}”" for name in sorted(names, key=str.casefold)) or "none yet"
        raise SearchError(f"There is no library named “{unknown[0]}”. The libraries are: {there}.")
    return [info for info in libraries if not wanted.libraries or info.name in wanted.libraries]


def check_substructure(text: str) -> None:
    """Raise `MoleculeError` with a sentence if a substructure filter cannot be read."""
    from bitspec_gui.chem.substructure import Substructure

    Substructure(text)


class SearchFilters:
    """Turns settings into factors; remembers which structures hold the substructure that was asked for last."""

    def __init__(self) -> None:
        self._substructure = ""
        self._holding: dict[str, bool] = {}

    def factors(
        self,
        store: LibraryStore,
        indexes: Sequence[LibraryIndex],
        settings: SearchSettings,
        mass_da: int | None,
        retention_index: float | None,
        cancel: CancelToken | None = None,
    ) -> Factors:
        """For each index None, or (D,) float32 in 0..1 to multiply scores with; 0 keeps a spectrum out.

        `mass_da` and `retention_index` are those of the unknown, None where they are not known.

        Raises
        ------
        SearchError
            If the substructure or the formula cannot be read.
        Cancelled
            On the user's wish.
        """
        allowed = self._allowed_ids(store, settings.filter, cancel)
        factors: Factors = []
        for index in indexes:
            factor = np.ones(index.size, dtype=np.float32)
            factor *= _wanted(index, settings, mass_da)
            if allowed is not None:
                factor *= np.isin(index.entry_ids, allowed, assume_unique=True)
            if settings.use_retention_index and retention_index is not None:
                difference = index.retention_index - np.float32(retention_index)
                factor *= retention_factor(difference, settings.retention_index_tolerance)
            factors.append(None if (factor == 1.0).all() else factor)
        return factors

    def _allowed_ids(self, store: LibraryStore, wanted: HitFilter, cancel: CancelToken | None) -> NDArray[np.int64] | None:
        """Ids of entries that pass the conditions on what is written in the records; None if there is no such condition."""
        in_index = replace(wanted, libraries=(), predicted=None, peaks=(), min_mass_da=None, max_mass_da=None)
        written = replace(in_index, substructure="")
        ids = None if written == HitFilter() else store.passing(written)
        if not wanted.substructure.strip():
            return ids
        return self._with_substructure(store, wanted.substructure, ids, cancel)

    def _with_substructure(
        self, store: LibraryStore, text: str, among: NDArray[np.int64] | None, cancel: CancelToken | None
    ) -> NDArray[np.int64]:
        from bitspec_gui.chem.substructure import Substructure

        try:
            wanted = Substructure(text)
        except MoleculeError as error:
            raise SearchError(str(error)) from error
        if text != self._substructure:
            self._substructure, self._holding = text, {}
        holding = self._holding
        found = []
        rows = store.structures(None if among is None else [int(each) for each in among])
        for number, (entry_id, structure) in enumerate(rows):
            if cancel is not None and number % 64 == 0:
                cancel.raise_if_cancelled()
            known = holding.get(structure)
            if known is None:
                known = holding[structure] = wanted.is_in(structure)
            if known:
                found.append(entry_id)
        return np.sort(np.array(found, dtype=np.int64))


def _wanted(index: LibraryIndex, settings: SearchSettings, mass_da: int | None) -> NDArray[np.bool_]:
    """(D,) whether a spectrum passes the conditions that the index itself can decide."""
    wanted = settings.filter
    passing = np.ones(index.size, dtype=np.bool_)
    if wanted.predicted is not None:
        passing &= np.isfinite(index.confidence) == wanted.predicted
    if settings.mass_window_da is not None and mass_da is not None:
        passing &= (index.masses > 0) & (np.abs(index.masses.astype(np.int32) - mass_da) <= settings.mass_window_da)
    if wanted.min_mass_da is not None:
        passing &= index.masses >= max(wanted.min_mass_da, 1)
    if wanted.max_mass_da is not None:
        passing &= (index.masses > 0) & (index.masses <= wanted.max_mass_da)
    if wanted.peaks:
        passing &= index.showing(wanted.peaks)
    return passing
