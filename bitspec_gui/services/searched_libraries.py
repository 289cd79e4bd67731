"""The libraries as searches need them: counted again only when one has changed."""

from __future__ import annotations

from dataclasses import replace

from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.domain.ports import LibraryStore


class SearchedLibraries:
    """Remembers what libraries hold while their revisions stand: to count a million spectra takes longer than a search."""

    def __init__(self) -> None:
        self._counted: dict[tuple[str, int, str], LibraryInfo] = {}

    def of(self, store: LibraryStore, identity: str) -> list[LibraryInfo]:
        """All libraries of a store by name; `identity` tells it from other stores. Raises `StorageError`."""
        names, revisions = store.names(), store.revisions()
        keys = {each: (identity, each, revision) for each, revision in revisions.items() if each in names}
        if any(key not in self._counted for key in keys.values()):
            self._counted = {keys[info.library_id]: info for info in store.libraries() if info.library_id in keys}
        found = [replace(self._counted[key], name=names[each]) for each, key in keys.items() if key in self._counted]
        return sorted(found, key=lambda info: (info.name.casefold(), info.name))
