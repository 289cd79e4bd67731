"""Own spectra to fine-tune on, as the window and the command line use them: datasets filled from files, looked at, and edited."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.chemical_names import KnownCompound
from bitspec_gui.domain.errors import EditError, StorageError
from bitspec_gui.domain.jobs import CancelToken, ReportProgress, ignore_progress
from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.library_edits import EditHistory, KeptReport
from bitspec_gui.domain.ports import LibraryStore
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning_data import CompoundGroup, DatasetEdit, DatasetInfo, DatasetSpectrum, StructureProposal
from bitspec_gui.domain.tuning_ports import DatasetStore
from bitspec_gui.services.kept_structures import KeptStructures
from bitspec_gui.services.replicates import compound_groups
from bitspec_gui.services.tuning_edits import changed_choice, changed_fields, freed_by_removal, with_proposals
from bitspec_gui.services.tuning_import import free_name, import_into, import_records
from bitspec_gui.services.tuning_proposals import proposals

Ids = Sequence[int] | NDArray[np.int64]

KEPT_FOLDER = "structures"
ENTRIES_AT_ONCE = 500


class TuningDataService:
    """Everything that can be done with datasets; may be used by several threads.

    Every method may raise `StorageError`. Every edit is one step of undoing, and raises `EditError` for what cannot be, having
    changed nothing.

    Parameters
    ----------
    store : callable
        Gives the store; called by each method, so that a database that cannot be used is an error of that method.
    folder : Path
        Of fine-tuning; structure tables that were dropped are kept in it.
    libraries : callable, optional
        Gives the libraries whose entries can be taken over.
    find_name : callable, optional
        Finds a compound by its name or CAS number.
    """

    def __init__(
        self,
        store: Callable[[], DatasetStore],
        folder: Path,
        *,
        libraries: Callable[[], LibraryStore] | None = None,
        find_name: Callable[[str], KnownCompound | None] | None = None,
    ) -> None:
        self._store, self._libraries, self._find_name = store, libraries, find_name
        self._kept = KeptStructures(folder / KEPT_FOLDER)
        # Two imports at once into one dataset would not see each other's spectra.
        self._importing = threading.Lock()

    def datasets(self) -> list[DatasetInfo]:
        """All datasets, the newest first."""
        return self._store().datasets()

    def dataset(self, dataset_id: int) -> DatasetInfo:
        """One of them."""
        return self._store().dataset(dataset_id)

    def spectra(self, dataset_id: int) -> list[DatasetSpectrum]:
        """All of its spectra, in the order of import."""
        return self._store().spectra(dataset_id)

    def used_records(self, dataset_id: int) -> list[SpectrumRecord]:
        """The spectra that a model learns from or is judged by, each with its structure and InChIKey."""
        return [spectrum.record for spectrum in self.spectra(dataset_id) if spectrum.used]

    def new_dataset(self, name: str) -> int:
        """Make an empty one; raises `EditError` without a name, and `StorageError` for one that is taken."""
        return self._store().new_dataset(_named(name))

    def rename_dataset(self, dataset_id: int, name: str) -> None:
        """Give it another name, as in `new_dataset`."""
        self._store().rename_dataset(dataset_id, _named(name))

    def remove_dataset(self, dataset_id: int) -> None:
        """Put it out of sight; `restore_dataset` brings it back."""
        self._store().remove_dataset(dataset_id)

    def restore_dataset(self, dataset_id: int) -> None:
        """Bring a removed one back."""
        self._store().restore_dataset(dataset_id)

    def reports(self, dataset_id: int) -> list[KeptReport]:
        """Reports of the imports into it, the newest first."""
        return self._store().dataset_reports(dataset_id)

    def import_files(
        self,
        paths: Sequence[Path],
        *,
        dataset_id: int | None = None,
        name: str = "",
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> tuple[int, ImportReport]:
        """Take over spectra of files, folders and zip archives, and structures of tables beside them, whatever their order.

        Parameters
        ----------
        dataset_id : int, optional
            Where to; a new dataset is made if it is not given, called `name`, or as the first file.
        progress, cancel
            Told in percent; asked before each record. What was read before a cancel is kept, and the report says so.

        Returns
        -------
        int
            Id of the dataset.
        ImportReport
            What became of every record; its ``doubts`` are the spectra that are kept but not used by themselves, and why.

        Raises
        ------
        UnreadableFile
            If nothing in `paths` can be read; no dataset is made then.
        Cancelled
            If the user cancels before anything was read.
        """
        chosen = [Path(path) for path in paths]
        with self._importing:
            return import_into(self._store(), self._kept, chosen, dataset_id, name, progress=progress, cancel=cancel)

    def from_library(
        self,
        entry_ids: Ids,
        *,
        dataset_id: int | None = None,
        name: str = "",
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> tuple[int, ImportReport]:
        """Take over entries of the user's libraries, as `import_files` does for records of files."""
        if self._libraries is None:
            raise StorageError("There are no libraries to take entries from.")
        ids = [int(each) for each in entry_ids]
        with self._importing:
            store = self._store()
            new_name = free_name(store, name.strip() or "From the library") if dataset_id is None else ""
            records = _entries(self._libraries(), ids)
            return import_records(store, records, dataset_id, new_name, total=len(ids), progress=progress, cancel=cancel)

    def set_choice(self, dataset_id: int, spectrum_ids: Ids, choice: bool | None) -> DatasetEdit:
        """Use spectra, leave them out, or (None) leave that to BitSpec again."""
        changes, said = changed_choice(self._chosen(dataset_id, spectrum_ids), choice)
        return self._store().change_spectra(dataset_id, changes, said)

    def change_fields(self, dataset_id: int, spectrum_ids: Ids, changes: Mapping[str, str]) -> DatasetEdit:
        """Change fields of spectra, given as typed (`domain.library_edits.EDITABLE`); an empty text empties the field.

        Structure, label and whether they can be used are looked at anew.
        """
        store = self._store()
        changed, said = changed_fields(store.spectra(dataset_id), _integers(spectrum_ids), changes)
        return store.change_spectra(dataset_id, changed, said)

    def remove_spectra(self, dataset_id: int, spectrum_ids: Ids) -> DatasetEdit:
        """Delete spectra; what repeated one of them is used in its place, which is a step of undoing of its own."""
        store, ids = self._store(), _integers(spectrum_ids)
        freed, freeing = freed_by_removal(store.spectra(dataset_id), ids)
        if freed:
            store.change_spectra(dataset_id, freed, freeing)
        said = "Removed 1 spectrum" if len(ids) == 1 else f"Removed {len(ids):,} spectra"
        return store.remove_spectra(dataset_id, sorted(ids), said)

    def undo(self, dataset_id: int) -> DatasetEdit:
        """Undo the newest edit of a dataset; raises `EditError` if there is none."""
        return self._store().undo(dataset_id)

    def redo(self, dataset_id: int) -> DatasetEdit:
        """Do again what was undone last; raises `EditError` if there is nothing."""
        return self._store().redo(dataset_id)

    def history(self, dataset_id: int) -> EditHistory:
        """What can be undone, and what can be done again."""
        return self._store().history(dataset_id)

    def groups(self, dataset_id: int) -> list[CompoundGroup]:
        """The compounds of a dataset with their spectra, and which replicates do not agree with each other."""
        return compound_groups(self.spectra(dataset_id))

    def name_proposals(self, dataset_id: int, *, cancel: CancelToken | None = None) -> list[StructureProposal]:
        """Structures that spectra without one may have by their name or CAS number; nothing is changed."""
        if self._find_name is None:
            return []
        return proposals(self.spectra(dataset_id), self._find_name, cancel)

    def accept_proposals(self, dataset_id: int, accepted: Sequence[StructureProposal]) -> DatasetEdit:
        """Give spectra the structures that were proposed for them."""
        store = self._store()
        changes, said = with_proposals(store.spectra(dataset_id), accepted)
        return store.change_spectra(dataset_id, changes, said)

    def _chosen(self, dataset_id: int, spectrum_ids: Ids) -> list[DatasetSpectrum]:
        ids = _integers(spectrum_ids)
        return [spectrum for spectrum in self.spectra(dataset_id) if spectrum.spectrum_id in ids]


def _integers(ids: Ids) -> frozenset[int]:
    return frozenset(int(each) for each in ids)


def _named(name: str) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise EditError("A dataset needs a name.")
    return plain


def _entries(store: LibraryStore, ids: Sequence[int]) -> Iterator[SpectrumRecord]:
    """Records of entries, those without a file said to come from their library."""
    for start in range(0, len(ids), ENTRIES_AT_ONCE):
        for entry in store.entries_by_id(ids[start : start + ENTRIES_AT_ONCE]):
            yield _of_library(entry.record, entry.library)


def _of_library(record: SpectrumRecord, library: str) -> SpectrumRecord:
    return record if record.source_file else replace(record, source_file=library)
