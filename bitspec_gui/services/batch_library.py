"""A list of predicted molecules -> a library, in which unknowns can be searched for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bitspec_gui.domain.batch import BatchRow
from bitspec_gui.domain.errors import StorageError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.ports import LibraryStore
from bitspec_gui.services.batch_export import batch_record
from bitspec_gui.services.predicted_library import predicted_library_for

TOGETHER = 250
"""Spectra stored in one transaction."""


@dataclass(frozen=True)
class AddedToLibrary:
    """What became of a list that was made a library: ``already_there`` counts compounds that the library held before."""

    library: str
    added: int
    already_there: int
    cancelled: bool = False


def add_to_library(
    store: LibraryStore,
    name: str,
    rows: Sequence[BatchRow],
    *,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> AddedToLibrary:
    """Put the predicted rows into a library of one's own, each compound (InChIKey) once; the library is made if it is not there.

    Raises
    ------
    StorageError
        If there is no name, nothing was predicted, the library comes with BitSpec or holds measured spectra or those of another
        model, or the database cannot be written.
    """
    name = name.strip()
    if not name:
        raise StorageError("A library needs a name.")
    wanted: dict[str, BatchRow] = {}
    for row in rows:
        if row.compound is not None:
            wanted.setdefault(row.compound.inchikey or row.compound.smiles, row)
    if not wanted:
        raise StorageError("Nothing was predicted yet, so there is nothing to make a library of.")
    versions = [row.compound.model_version for row in wanted.values() if row.compound is not None]
    library_id = predicted_library_for(store, name, versions[0], source="predicted from a list", replace=False)
    there = store.inchikeys(library_id)
    new = [row for key, row in wanted.items() if key not in there]
    added = 0
    for start in range(0, len(new), TOGETHER):
        if cancel is not None and cancel.cancelled:
            return AddedToLibrary(name, added, len(wanted) - len(new), cancelled=True)
        added += store.add(library_id, [batch_record(row) for row in new[start : start + TOGETHER]])
        progress(Progress(min(start + TOGETHER, len(new)), len(new), f"Adding to {name}"))
    return AddedToLibrary(name, added, len(wanted) - len(new))
