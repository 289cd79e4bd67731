"""Edits of libraries that can be undone, as the window asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import EditError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.library_edits import EditDone, EditHistory, TagInfo
from bitspec_gui.domain.ports import LibraryStore
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.entry_changes import EntryChange, entry_change

Ids = Sequence[int] | NDArray[np.int64]

ENTRIES_AT_ONCE = 500


class LibraryEditor:
    """Changes libraries and their entries; may be used by several threads.

    Every method that changes something is one transaction and one step of undoing. It raises `EditError`, with a sentence for the
    user, for what cannot be, having changed nothing; `UnknownLibrary` for a library that is not there; and `StorageError`.

    Parameters
    ----------
    store : callable
        Gives the store; called by each method, so that a database that cannot be used is an error of that method.
    """

    def __init__(self, store: Callable[[], LibraryStore]) -> None:
        self._store = store

    def edit(
        self,
        entry_ids: Ids,
        changes: Mapping[str, str],
        *,
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> EditDone:
        """Change fields of entries, given as typed; an empty text empties the field.

        A new structure gives InChIKey, formula and masses anew, and whether the spectrum contradicts it.

        Parameters
        ----------
        changes : mapping of str to str
            Keys are those of `domain.library_edits.EDITABLE`; synonyms are separated by semicolons.

        Raises
        ------
        EditError
            If a value makes no sense or contradicts another, an entry comes with BitSpec, or nothing would change.
        Cancelled
            On the user's wish; nothing was changed.
        """
        change = entry_change(changes)
        ids = [int(each) for each in entry_ids]
        return self._store().change_entries(self._changed(ids, change, progress, cancel))

    def _changed(
        self, ids: list[int], change: EntryChange, progress: ReportProgress, cancel: CancelToken | None
    ) -> Iterator[tuple[int, SpectrumRecord, SpectrumRecord]]:
        for start in range(0, len(ids), ENTRIES_AT_ONCE):
            if cancel is not None:
                cancel.raise_if_cancelled()
            for entry in self._store().entries_by_id(ids[start : start + ENTRIES_AT_ONCE]):
                yield entry.entry_id, entry.record, change(entry.record)
            progress(Progress(min(start + ENTRIES_AT_ONCE, len(ids)), len(ids), "Changing entries"))

    def delete(self, entry_ids: Ids) -> EditDone:
        """Delete entries."""
        return self._store().delete_entries(entry_ids)

    def copy_entries(self, entry_ids: Ids, library_name: str) -> EditDone:
        """Copy entries, with their tags, to a library, which is made if it is not there."""
        return self._store().copy_entries(entry_ids, library_name)

    def move_entries(self, entry_ids: Ids, library_name: str) -> EditDone:
        """Move entries to a library, which is made if it is not there."""
        return self._store().move_entries(entry_ids, library_name)

    def merge_libraries(self, names: Sequence[str], into_name: str) -> EditDone:
        """Put all entries of libraries into one, which may be one of them or a new one, and remove the others."""
        return self._store().merge_libraries(names, into_name)

    def new_library(self, name: str) -> EditDone:
        """Make an empty library."""
        if not name.strip():
            raise EditError("A library needs a name.")
        return self._store().new_library(name)

    def rename_library(self, name: str, new_name: str) -> EditDone:
        """Give a library another name."""
        if not new_name.strip():
            raise EditError("A library needs a name.")
        return self._store().rename_library(name, new_name)

    def remove_library(self, name: str) -> EditDone:
        """Remove a library of the user with all that it holds; those that come with BitSpec: see `LibraryService.remove`."""
        return self._store().remove_library(name)

    def add_tags(self, entry_ids: Ids, tags: Sequence[str]) -> EditDone:
        """Put tags on entries; those of libraries that come with BitSpec may bear tags as well."""
        return self._store().set_tags(entry_ids, tags, present=True)

    def remove_tags(self, entry_ids: Ids, tags: Sequence[str]) -> EditDone:
        """Take tags off entries."""
        return self._store().set_tags(entry_ids, tags, present=False)

    def tags(self) -> list[TagInfo]:
        """Tags that entries bear, by name."""
        return self._store().tags()

    def undo(self) -> EditDone:
        """Undo the newest edit; raises `EditError` if there is none."""
        return self._store().undo()

    def redo(self) -> EditDone:
        """Do the edit that was undone last again; raises `EditError` if there is none."""
        return self._store().redo()

    def history(self) -> EditHistory:
        """What can be undone, and what can be done again."""
        return self._store().history()
