"""What the use cases need from the floors below and beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, IonOrigins, MethodInfo
from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.domain.library import ImportReport, LibraryEntry, LibraryInfo, LibraryQuery
from bitspec_gui.domain.library_edits import EditDone, EditHistory, KeptReport, TagInfo
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


class Explainer(Protocol):
    """One method that says which atoms and bonds a prediction of a loaded model version rests on."""

    @property
    def info(self) -> MethodInfo:
        """What it is called, and what its scores mean."""
        ...

    def explain(self, request: ExplanationRequest, progress: ReportProgress, cancel: CancelToken | None = None) -> Explanation:
        """Scores for one molecule and target; raises `ExplanationError` if the target cannot be explained, and `Cancelled`."""
        ...


class ExplainableModel(Protocol):
    """A loaded model version whose predictions can be explained."""

    @property
    def version(self) -> ModelVersion:
        """The network behind the predictions."""
        ...

    @property
    def explainers(self) -> Sequence[Explainer]:
        """All methods that this network allows; those of pooling scores only if it pools by attention."""
        ...

    def origins(self, molecule: Molecule) -> IonOrigins:
        """Which fragments make each bin of the predicted spectrum; raises `ExplanationError` if no network scores fragments."""
        ...

    def intensities_without(
        self, molecule: Molecule, masks: NDArray[np.bool_], cancel: CancelToken | None = None
    ) -> NDArray[np.float64]:
        """Predicted spectra while the networks know nothing of some atoms, (K, 1000), each adding up to 1.

        ``masks`` (K, N) is True for atoms, by their place in the SMILES, that are masked.
        """
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

    def names(self) -> dict[int, str]:
        """For each library id its name. Quick: called for every search."""
        ...

    def search_entries(self, library_id: int) -> Iterator[list[SearchEntry]]:
        """All spectra of a library in batches, as an index needs them, by ascending entry id; raises `UnknownLibrary`."""
        ...

    def entries_by_id(self, entry_ids: Sequence[int] | NDArray[np.int64]) -> list[LibraryEntry]:
        """These entries, in this order; ids that are no longer there are passed over. Quick: called for every search."""
        ...

    def passing(self, wanted: HitFilter) -> NDArray[np.int64]:
        """Ids, ascending, of entries that pass every condition of a filter but substructure and peaks."""
        ...

    def structures(self, entry_ids: Sequence[int] | NDArray[np.int64] | None = None) -> Iterator[tuple[int, str]]:
        """Id and SMILES (else InChI) of these entries, or of all, that have a structure."""
        ...

    # What a list of entries needs

    def entry_ids(self, query: LibraryQuery) -> NDArray[np.int64]:
        """Ids of all entries that match, in the order asked for, whatever the query's page; raises `SearchError`."""
        ...

    def tags(self) -> list[TagInfo]:
        """Tags that entries bear, by name."""
        ...

    # Edits that can be undone. Each raises `EditError` for what cannot be, and has then changed nothing

    def change_entries(self, changes: Iterable[tuple[int, SpectrumRecord, SpectrumRecord]]) -> EditDone:
        """Give entries (id, record before, record after) other fields; entries that are no longer as before are left alone."""
        ...

    def delete_entries(self, entry_ids: Sequence[int] | NDArray[np.int64]) -> EditDone:
        """Delete entries."""
        ...

    def copy_entries(self, entry_ids: Sequence[int] | NDArray[np.int64], library: str) -> EditDone:
        """Copy entries, with their tags, to a library, which is made if it is not there."""
        ...

    def move_entries(self, entry_ids: Sequence[int] | NDArray[np.int64], library: str) -> EditDone:
        """Move entries to a library, which is made if it is not there."""
        ...

    def merge_libraries(self, names: Sequence[str], into: str) -> EditDone:
        """Put all entries of libraries into one, which is made if it is not there, and remove the others."""
        ...

    def new_library(self, name: str) -> EditDone:
        """Make an empty library."""
        ...

    def rename_library(self, name: str, new_name: str) -> EditDone:
        """Give a library another name."""
        ...

    def remove_library(self, name: str) -> EditDone:
        """Remove a library with all that it holds, which `remove` does for good."""
        ...

    def set_tags(self, entry_ids: Sequence[int] | NDArray[np.int64], tags: Sequence[str], *, present: bool) -> EditDone:
        """Put tags on entries, or take them away if not `present`."""
        ...

    def undo(self) -> EditDone:
        """Undo the newest edit that is not undone."""
        ...

    def redo(self) -> EditDone:
        """Do the edit that was undone last again."""
        ...

    def history(self) -> EditHistory:
        """What can be undone, and what can be done again."""
        ...

    # Reports of imports

    def keep_report(self, report: ImportReport) -> int:
        """Keep a report; returns its id."""
        ...

    def import_reports(self) -> list[KeptReport]:
        """Reports that are kept, the newest first."""
        ...

    def remove_report(self, report_id: int) -> None:
        """Forget a report."""
        ...
