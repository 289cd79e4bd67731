"""A library that comes with BitSpec: loaded once, replaced by a newer one, left away if the user removed it."""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bitspec_gui.domain.errors import UnknownLibrary, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress
from bitspec_gui.domain.library import LibraryInfo, StoreChanges
from bitspec_gui.domain.ports import LibraryStore
from bitspec_gui.domain.spectrum import SpectrumRecord

MEASURED_NOTE = "embedded library"
PREDICTED_NOTE = "embedded predicted library"
"""Keys of the notes on each: ``loading``, ``loaded`` or ``removed``, the file's sha256 and the library's id."""

BATCH = 500

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Note:
    state: str
    version: str
    library_id: int | None

    def __str__(self) -> str:
        return " ".join([self.state, self.version, *([] if self.library_id is None else [str(self.library_id)])])


@dataclass(frozen=True)
class _Head:
    """What the file says of the whole; ``records`` is 0 if it does not say how many there are."""

    library: str
    licence: str
    source: str
    records: int


class EmbeddedLibrary:
    """The library in `path`, whose sha256 is its version.

    Parameters
    ----------
    path : Path
        File of measured or of predicted spectra; its content says which.
    note : str
        Key under which the database remembers what was done with it.
    optional : bool
        Whether BitSpec may come without it; an absent file is then no error.
    """

    def __init__(self, path: Path, note: str = MEASURED_NOTE, *, optional: bool = False) -> None:
        self._path = path
        self._key = note
        self._optional = optional

    def ensure(self, store: LibraryStore, progress: ReportProgress, cancel: CancelToken | None) -> StoreChanges:
        """Load or replace the library if need be; see `LibraryService.ensure_embedded`.

        The note ``loading`` goes before and ``loaded`` after, so that a load that was broken off is finished by the next call.
        """
        note = self._note(store)
        if note.state == "removed" or (self._optional and not self._path.exists()):
            return StoreChanges()
        present = self._version()
        if (note.state, note.version) == ("loaded", present):
            return StoreChanges()
        changed: set[int] = set()
        if (note.state, note.version) != ("loading", present):
            changed |= self._remove_older(store, note)
            self._remember(store, _Note("loading", present, None))
        library_id = self._load(store, present, progress, cancel)
        self._remember(store, _Note("loaded", present, library_id))
        return StoreChanges(libraries=frozenset(changed | {library_id}))

    def is_this(self, store: LibraryStore, info: LibraryInfo) -> bool:
        """Whether the library in the database is the one of this file."""
        note = self._note(store)
        if note.library_id is not None:
            return info.library_id == note.library_id
        # Earlier versions of BitSpec, which came with a measured library only, noted no id.
        return info.embedded and bool(note.state) and self._key == MEASURED_NOTE and info.predicted == 0

    def remember_removal(self, store: LibraryStore) -> None:
        """Note that the user does not want it."""
        store.set_note(self._key, "removed")

    def forget_removal(self, store: LibraryStore) -> None:
        """Note that the user wants it after all, if it was removed."""
        if store.note(self._key) == "removed":
            store.set_note(self._key, "")

    def _note(self, store: LibraryStore) -> _Note:
        state, version, library_id, *_ = [*(store.note(self._key) or "").split(" "), "", "", ""]
        return _Note(state, version, int(library_id) if library_id.isdecimal() else None)

    def _remember(self, store: LibraryStore, note: _Note) -> None:
        store.set_note(self._key, str(note))

    def _version(self) -> str:
        try:
            return hashlib.sha256(self._path.read_bytes()).hexdigest()
        except OSError as error:
            raise UnreadableFile(
                f"A library that comes with BitSpec cannot be read from {self._path} "
                f"({error.strerror or error}). Install BitSpec again, or add a library of your own."
            ) from error

    def _load(self, store: LibraryStore, version: str, progress: ReportProgress, cancel: CancelToken | None) -> int:
        head = _head_of(self._path)
        name = _free_name(store, head.library)
        records = _records(self._path)
        library_id: int | None = None
        done = 0
        while batch := list(islice(records, BATCH)):
            if cancel is not None:
                cancel.raise_if_cancelled()
            if library_id is None:
                library_id = store.open_library(name, licence=head.licence, source=head.source, embedded=True)
                self._remember(store, _Note("loading", version, library_id))
            store.add(library_id, batch)
            done += len(batch)
            progress(Progress(done, head.records, f"Loading the library {name}"))
        if library_id is None:
            raise UnreadableFile(f"A library that comes with BitSpec, {self._path}, is empty. Install BitSpec again.")
        return library_id

    def _remove_older(self, store: LibraryStore, note: _Note) -> set[int]:
        removed = set()
        for info in store.libraries():
            if info.embedded and note.state and self.is_this(store, info):
                # A second BitSpec that starts at the same time may have removed it already.
                with contextlib.suppress(UnknownLibrary):
                    removed.add(store.remove(info.name).library_id)
        return removed


def _head_of(path: Path) -> _Head:
    from bitspec_gui.formats.compact import read_notice
    from bitspec_gui.formats.compact_predicted import is_compact_predicted, read_predicted_notice
    from bitspec_gui.formats.sniffing import head_of

    if is_compact_predicted(head_of(path)):
        predicted = read_predicted_notice(path)
        return _Head(predicted.library, predicted.licence, predicted.source, predicted.records)
    measured = read_notice(path)
    return _Head(measured.library, measured.licence, measured.source, 0)


def _records(path: Path) -> Iterator[SpectrumRecord]:
    from bitspec_gui.formats.compact import read_compact
    from bitspec_gui.formats.compact_predicted import is_compact_predicted, read_compact_predicted
    from bitspec_gui.formats.sniffing import head_of
    from bitspec_gui.formats.structures import with_structure_keys

    if is_compact_predicted(head_of(path)):
        yield from read_compact_predicted(path, path.name)
        return
    for item in read_compact(path, path.name):
        if isinstance(item, SpectrumRecord):
            yield with_structure_keys(item)
        else:
            _log.warning("%s", item)


def _free_name(store: LibraryStore, name: str) -> str:
    """The library's name, or another if the user has a library of that name."""
    own = {info.name for info in store.libraries() if not info.embedded}
    return name if name not in own else f"{name} (comes with BitSpec)"
