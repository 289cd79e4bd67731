"""The index files of the libraries: one a library, made anew when its spectra have changed, never used when stale."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bitspec_gui.domain.errors import IndexFileError, StorageError, UnknownLibrary
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.domain.ports import LibraryStore, SearchEntry
from bitspec_gui.domain.search import Score
from bitspec_gui.spectra.binning import BINS

if TYPE_CHECKING:
    from bitspec_gui.spectra.search.index import LibraryIndex

IDENTITY_NOTE = "identity"
"""Key of the note by which a database is told from others, so that it never meets an index of another one."""

SUFFIX = ".index"

ABANDONED_AFTER_S = 3600.0
"""Age of a half-written index from which it counts as left behind by a crash."""

KERNELS = "kernels"

WARM_MASS_DA = 100
"""Mass of the made-up unknown that code is compiled with."""

_log = logging.getLogger(__name__)


class SearchIndexes:
    """Index files in `folder`; may be used by several threads and, through atomic files, by several processes.

    Parameters
    ----------
    folder : Path
        Where the files are; made when the first one is written. It holds nothing that cannot be made again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[Path, LibraryIndex] = {}
        self._warm: set[Score] = set()
        self._lock = threading.Lock()

    def fresh(
        self,
        store: LibraryStore,
        libraries: Sequence[LibraryInfo],
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> list[LibraryIndex]:
        """Indexes of `libraries`, in this order, each of the spectra that the library has now; what is missing or stale is built.

        A library that was removed meanwhile is passed over.

        Raises
        ------
        StorageError, Cancelled
            If the database cannot be read, an index cannot be written, or on the user's wish; what was built is kept.
        """
        from bitspec_gui.spectra.search.kernels import set_kernel_cache

        with self._lock:
            set_kernel_cache(self._folder / KERNELS)
            identity = identity_of(store)
            revisions = store.revisions()
            files = {each: self._file(identity, each, revision) for each, revision in revisions.items()}
            missing = [info for info in libraries if info.library_id in files and not self._usable(files[info.library_id])]
            self._build(store, missing, files, revisions, progress, cancel)
            self._forget_all_but(set(files.values()), identity)
            return [self._opened[files[each.library_id]] for each in libraries if files.get(each.library_id) in self._opened]

    def warm(self, indexes: Sequence[LibraryIndex], scores: Iterable[Score]) -> None:
        """Search once by each of `scores`, so that the code is compiled, or read from where it is kept, beforehand."""
        from bitspec_gui.spectra.search.index import candidates

        query = np.zeros(BINS, dtype=np.float32)
        query[[42, 56, 90]] = 1.0
        for score in scores if indexes else ():
            if score not in self._warm:
                candidates(indexes[:1], query, score, 1, query_mass=WARM_MASS_DA)
                self._warm.add(score)

    def _file(self, identity: str, library_id: int, revision: str) -> Path:
        digest = hashlib.sha256(f"{identity} {library_id} {revision}".encode()).hexdigest()[:16]
        return self._folder / f"{identity[:12]}-{library_id}-{digest}{SUFFIX}"

    def _usable(self, path: Path) -> bool:
        """Whether the file is there and whole; it is then open. A damaged one is said in the log, and built again."""
        from bitspec_gui.spectra.search.index import open_index

        if path in self._opened:
            return True
        if not path.exists():
            return False
        try:
            self._opened[path] = open_index(path)
        except IndexFileError as error:
            _log.warning("%s It is made anew.", error)
            return False
        return True

    def _build(
        self,
        store: LibraryStore,
        missing: Sequence[LibraryInfo],
        files: dict[int, Path],
        revisions: dict[int, str],
        progress: ReportProgress,
        cancel: CancelToken | None,
    ) -> None:
        from bitspec_gui.spectra.search.index import open_index, write_index

        total = sum(info.spectra for info in missing)
        done = 0
        for info in missing:

            def tell(step: Progress, before: int = done, name: str = info.name) -> None:
                progress(Progress(before + step.done, max(total, before + step.done), f"Indexing {name}"))

            path = files[info.library_id]
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                write_index(
                    path,
                    info.library_id,
                    revisions[info.library_id],
                    _entries(store, info.library_id, cancel),
                    progress=tell,
                    cancel=cancel,
                )
                self._opened[path] = open_index(path)
            except UnknownLibrary:
                continue
            except OSError as error:
                raise StorageError(
                    f"The search index of “{info.name}” could not be written to {self._folder} ({error.strerror or error}). "
                    "The library itself is unharmed; free some space and search again."
                ) from error
            done += info.spectra

    def _forget_all_but(self, current: set[Path], identity: str) -> None:
        """Let go of what is stale; files of other databases stay. A file that another process still reads stays, too."""
        self._opened = {path: index for path, index in self._opened.items() if path in current}
        with contextlib.suppress(OSError):
            stale = [path for path in self._folder.glob(f"{identity[:12]}-*{SUFFIX}") if path not in current]
            for path in (*stale, *self._left_by_a_crash()):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _left_by_a_crash(self) -> Iterator[Path]:
        """Half-written files that nobody can still be writing."""
        for path in self._folder.glob(f".*{SUFFIX}.*.part"):
            if time.time() - path.stat().st_mtime > ABANDONED_AFTER_S:
                yield path


def identity_of(store: LibraryStore) -> str:
    """Text by which a database is told from all others; noted in it at the first call. Raises `StorageError`."""
    known = store.note(IDENTITY_NOTE)
    if known is None:
        store.set_note(IDENTITY_NOTE, uuid.uuid4().hex)
        known = store.note(IDENTITY_NOTE)
    return known or ""


def _entries(store: LibraryStore, library_id: int, cancel: CancelToken | None) -> Iterator[Sequence[SearchEntry]]:
    for batch in store.search_entries(library_id):
        if cancel is not None:
            cancel.raise_if_cancelled()
        yield batch
