"""Public data for a fine-tuning: measured spectra of the user's libraries, and molecules of the supplied predicted one.

Both are samples that depend on the compounds and a seed only, not on the order in which they are stored: the compounds whose
hash is lowest. They are read a few hundred at a time, so that a library of hundreds of thousands takes no more memory.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from bitspec_gui.domain.library import LibraryQuery
from bitspec_gui.domain.ports import LibraryStore
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.comparison import USUAL_ENERGIES_EV

MOST_COMPOUNDS = 2000
MOST_MOLECULES = 4000
MOST_REPLICATES = 4
"""Spectra of one compound."""

MOST_READ = 40_000
"""Measured entries that are looked at; of larger libraries, these are drawn at random."""

_PAGE = 500

Item = TypeVar("Item")


def public_spectra(
    store: LibraryStore, without: frozenset[str], seed: int, check: Callable[[], None], most: int = MOST_COMPOUNDS
) -> list[SpectrumRecord]:
    """Measured spectra of at most `most` compounds, none of which is in `without` (connectivities); `check` may raise to stop."""
    sample = _Sample[SpectrumRecord](most, seed, MOST_REPLICATES)
    for record in _measured(store, seed):
        check()
        compound = record.connectivity
        if compound is not None and compound not in without and _suitable(record):
            sample.offer(compound, record)
    return sample.items()


def public_molecules(
    library: Path | None, without: frozenset[str], seed: int, check: Callable[[], None], most: int = MOST_MOLECULES
) -> list[str]:
    """SMILES of at most `most` molecules of a library file of predictions, none of them in `without`; empty without a file."""
    from bitspec_gui.formats.compact_predicted import read_compact_predicted

    if library is None or not library.is_file():
        return []
    sample = _Sample[str](most, seed, 1)
    for record in read_compact_predicted(library, library.name):
        check()
        if record.smiles and record.connectivity is not None and record.connectivity not in without:
            sample.offer(record.connectivity, record.smiles)
    return sample.items()


def _measured(store: LibraryStore, seed: int) -> Iterator[SpectrumRecord]:
    ids = store.entry_ids(LibraryQuery(predicted=False))
    if ids.size > MOST_READ:
        ids = np.sort(np.random.default_rng(seed).choice(ids, MOST_READ, replace=False))
    for start in range(0, ids.size, _PAGE):
        for entry in store.entries_by_id(ids[start : start + _PAGE]):
            yield entry.record


def _suitable(record: SpectrumRecord) -> bool:
    """Whether it can stand for what the model is to predict: a measured EI spectrum of a known structure near 70 eV."""
    low, high = USUAL_ENERGIES_EV
    return (
        record.predicted_by is None
        and record.doubt is None
        and bool(record.smiles)
        and (record.energy_ev is None or low <= record.energy_ev <= high)
    )


class _Sample(Generic[Item]):
    """Items of the compounds with the lowest hashes.

    The bar that a compound must pass only ever falls, so that whichever is in the sample at the end has been in it since its
    first item came.
    """

    def __init__(self, compounds: int, seed: int, replicates: int) -> None:
        self._compounds, self._seed, self._replicates = compounds, seed, replicates
        self._highest_first: list[tuple[int, str]] = []
        self._kept: dict[str, list[Item]] = {}

    def offer(self, compound: str, item: Item) -> None:
        if compound in self._kept:
            if len(self._kept[compound]) < self._replicates:
                self._kept[compound].append(item)
            return
        place = -self._hash(compound)
        if len(self._kept) < self._compounds:
            heapq.heappush(self._highest_first, (place, compound))
        elif place > self._highest_first[0][0]:
            _, dropped = heapq.heapreplace(self._highest_first, (place, compound))
            del self._kept[dropped]
        else:
            return
        self._kept[compound] = [item]

    def items(self) -> list[Item]:
        """All items, compound by compound by rising hash."""
        order: Iterable[tuple[int, str]] = sorted(self._highest_first, reverse=True)
        return [item for _, compound in order for item in self._kept[compound]]

    def _hash(self, compound: str) -> int:
        return int.from_bytes(hashlib.sha256(f"{self._seed} {compound}".encode()).digest()[:8], "big")
