"""Libraries by the names that users give them."""

from __future__ import annotations

from bitspec_gui.domain.errors import UnknownLibrary
from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.domain.ports import LibraryStore


def find_library(store: LibraryStore, name: str) -> LibraryInfo | None:
    """Library of that name, None if there is none."""
    return next((each for each in store.libraries() if each.name == name), None)


def library_named(store: LibraryStore, name: str) -> LibraryInfo:
    """Library of that name; raises `UnknownLibrary` if there is none."""
    found = find_library(store, name)
    if found is None:
        raise UnknownLibrary(f"There is no library named “{name}”.")
    return found
