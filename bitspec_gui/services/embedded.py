"""The measured library that comes with BitSpec: loaded once, replaced by a newer one, left away if the user removed it."""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bitspec_gui.domain.errors import UnknownLibrary, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress
from bitspec_gui.domain.library import StoreChanges
from bitspec_gui.domain.ports import LibraryStore
from bitspec_gui.domain.spectrum import SpectrumRecord

NOTE = "embedded library"
"""Key of the note that says what was done with it: ``loading``, ``loaded`` or ``removed``, and the file's sha256."""

BATCH = 500

_log = logging.getLogger(__name__)


class EmbeddedLibrary:
    """The library in `path`, whose sha256 is its version."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ensure(self, store: LibraryStore, progress: ReportProgress, cancel: CancelToken | None) -> StoreChanges:
        """Load or replace the library if need be; see `LibraryService.ensure_embedded`.

        The note ``loading`` goes before and ``loaded`` after, so that a load that was broken off is finished by the next call.
        """
        state, _, version = (store.note(NOTE) or "").partition(" ")
        if state == "removed":
            return StoreChanges()
        present = self._version()
        if (state, version) == ("loaded", present):
            return StoreChanges()
        changed: set[int] = set()
        if (state, version) != ("loading", present):
            changed |= _remove_embedded(store)
            store.set_note(NOTE, f"loading {present}")
        changed.add(self._load(store, progress, cancel))
        store.set_note(NOTE, f"loaded {present}")
        return StoreChanges(libraries=frozenset(changed))

    def remember_removal(self, store: LibraryStore) -> None:
        """Note that the user does not want it."""
        store.set_note(NOTE, "removed")

    def forget_removal(self, store: LibraryStore) -> None:
        """Note that the user wants it after all, if it was removed."""
        if store.note(NOTE) == "removed":
            store.set_note(NOTE, "")

    def _version(self) -> str:
        try:
            return hashlib.sha256(self._path.read_bytes()).hexdigest()
        except OSError as error:
            raise UnreadableFile(
                f"The measured library that comes with BitSpec cannot be read from {self._path} "
                f"({error.strerror or error}). Install BitSpec again, or add a library of your own."
            ) from error

    def _load(self, store: LibraryStore, progress: ReportProgress, cancel: CancelToken | None) -> int:
        from bitspec_gui.formats.compact import read_notice

        notice = read_notice(self._path)
        name = _free_name(store, notice.library)
        records = self._records()
        library_id: int | None = None
        done = 0
        while batch := list(islice(records, BATCH)):
            if cancel is not None:
                cancel.raise_if_cancelled()
            if library_id is None:
                library_id = store.open_library(name, licence=notice.licence, source=notice.source, embedded=True)
            store.add(library_id, batch)
            done += len(batch)
            progress(Progress(done, 0, f"Loading the library {name}"))
        if library_id is None:
            raise UnreadableFile(f"The measured library that comes with BitSpec, {self._path}, is empty. Install BitSpec again.")
        return library_id

    def _records(self) -> Iterator[SpectrumRecord]:
        from bitspec_gui.formats.compact import read_compact
        from bitspec_gui.formats.structures import with_structure_keys

        for item in read_compact(self._path, self._path.name):
            if isinstance(item, SpectrumRecord):
                yield with_structure_keys(item)
            else:
                _log.warning("%s", item)


def _free_name(store: LibraryStore, name: str) -> str:
    """The library's name, or another if the user has a library of that name."""
    own = {info.name for info in store.libraries() if not info.embedded}
    return name if name not in own else f"{name} (comes with BitSpec)"


def _remove_embedded(store: LibraryStore) -> set[int]:
    removed = set()
    for info in store.libraries():
        if info.embedded:
            # A second BitSpec that starts at the same time may have removed it already.
            with contextlib.suppress(UnknownLibrary):
                removed.add(store.remove(info.name).library_id)
    return removed
