"""What the use cases need from the floors below and beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.library import LibraryEntry, LibraryInfo, LibraryQuery
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.search import HitFilter
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord


class Predictor(Protocol):
    """A loaded model version that turns molecules into spectra."""

    @property
    def version(self) -> ModelVersion:
        """The network behind the predictions."""
        ...

    @property
    def device(self) -> str:
        """Where it runs and why, for example ``CPU: no CUDA device found``."""
        ...

    def predict(
        self, molecules: Sequence[Molecule], cancel: CancelToken | None = None, *, annotate: bool = False
    ) -> list[Prediction]:
        """Predict one spectrum per molecule, in order; with `annotate`, say what each peak is made of."""
        ...


@dataclass(frozen=True)
class SearchEntry:
    """What an index holds of a library spectrum; ``confidence`` is None for measured ones, else that of the prediction."""

    entry_id: int
    spectrum: Spectrum
    nominal_mass: int | None
    retention_index: float | None
    confidence: float | None


class LibraryStore(Protocol):
    """Libraries of spectra, wherever they are kept. Every method opens and closes its own transaction."""

    def libraries(self) -> list[LibraryInfo]:
        """All libraries, by name."""
        ...

    def open_library(self, name: str, *, licence: str = "", source: str = "", embedded: bool = False) -> int:
        """Id of the library of that name, made if it is not there."""
        ...

    def add(self, library_id: int, records: Sequence[SpectrumRecord]) -> int:
        """Add a batch in one transaction; records already there are skipped. Returns how many were new."""
        ...

    def remove(self, name: str) -> LibraryInfo:
        """Delete a library and its spectra; raises `UnknownLibrary`."""
        ...

    def spectra_of(self, connectivity: str) -> list[LibraryEntry]:
        """All measured spectra of a compound (InChIKey first block) in all libraries; predicted ones are never among them."""
        ...

    def inchikeys(self, library_id: int) -> set[str]:
        """InChIKeys of the compounds of a library."""
        ...

    def entries(self, query: LibraryQuery) -> tuple[list[LibraryEntry], int]:
        """One page of entries and the count of all that match."""
        ...

    def records(self, library_id: int) -> Iterator[SpectrumRecord]:
        """Every record of a library, streamed, in the order of import."""
        ...

    def note(self, key: str) -> str | None:
        """What was last noted under `key`, or None; for what a use case must remember beside the libraries."""
        ...

    def set_note(self, key: str, text: str) -> None:
        """Remember `text` under `key`."""
        ...

    def close(self) -> None:
        """Let go of the file, for example before it is renamed."""
        ...

    # What a search needs

    def revisions(self) -> dict[int, str]:
        """For each library id a text that is another one after every change to its spectra or their masses, in any process.

        An index of a library is fresh if it was built from the revision that the library has now.
        """
        ...

    def search_entries(self, library_id: int) -> Iterator[list[SearchEntry]]:
        """All spectra of a library in batches, as an index needs them, by ascending entry id; raises `UnknownLibrary`."""
        ...

    def entries_by_id(self, entry_ids: Sequence[int]) -> list[LibraryEntry]:
        """These entries, in this order; ids that are no longer there are passed over. Quick: called for every search."""
        ...

    def passing(self, wanted: HitFilter) -> NDArray[np.int64]:
        """Ids, ascending, of entries that pass every condition of a filter but substructure and peaks."""
        ...

    def structures(self, entry_ids: Sequence[int] | None = None) -> Iterator[tuple[int, str]]:
        """Id and SMILES (else InChI) of these entries, or of all, that have a structure."""
        ...
