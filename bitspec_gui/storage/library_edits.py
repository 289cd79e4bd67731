"""Changes to libraries and their entries, each one edit that can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, insert, literal, select
from sqlalchemy.orm import Session, aliased

from bitspec_gui.domain.errors import EditError
from bitspec_gui.domain.library_edits import EditDone, TagInfo
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.storage.conditions import is_there
from bitspec_gui.storage.derived_values import storable
from bitspec_gui.storage.edit_log import Edit, EditLog, edit_done
from bitspec_gui.storage.edit_steps import Appear, Fields, Hide, Move, Rename, Tag, without_tag
from bitspec_gui.storage.faults import unknown_library
from bitspec_gui.storage.library_rows import make_library, with_licences
from bitspec_gui.storage.record_rows import said_values
from bitspec_gui.storage.schema import SPECTRUM, LibraryRow, SpectrumRow, SpectrumTagRow, TagRow
from bitspec_gui.storage.search_queries import ids_of, in_parts

Ids = Sequence[int] | NDArray[np.int64]

_COPIED = tuple(each.name for each in SPECTRUM.columns if each.name not in ("spectrum_id", "library_id", "licence"))


class LibraryEdits(EditLog):
    """The part of `domain.ports.LibraryStore` that changes things for users.

    Each method is one transaction and one edit of the log. It raises `EditError` for what cannot be, having changed nothing,
    `UnknownLibrary`, and `StorageError`.
    """

    def change_entries(self, changes: Iterable[tuple[int, SpectrumRecord, SpectrumRecord]]) -> EditDone:
        """Give entries (id, record before, record after) other fields; entries that are no longer as before are left alone."""
        wanted = [change for each in changes if (change := _difference(*each)) is not None]
        with self._editing() as edit:
            places = _places(edit.session, [each[0] for each in wanted])
            if not places:
                raise EditError("There is nothing to change: the entries have these values already, or are no longer there.")
            there = {each for ids in places.values() for each in ids}
            edit.do(Fields([each for each in wanted if each[0] in there]))
            return _told(edit, f"Changed {_entries(edit.effects.entries)} {_of(edit.session, places)}")

    def delete_entries(self, entry_ids: Ids) -> EditDone:
        """Delete entries."""
        with self._editing() as edit:
            places = _some_places(edit.session, entry_ids)
            for library, ids in places.items():
                edit.do(Move(library, edit.library_out_of_sight(), ids))
            return _told(edit, f"Deleted {_entries(edit.effects.entries)} {_of(edit.session, places)}")

    def copy_entries(self, entry_ids: Ids, library: str) -> EditDone:
        """Copy entries, with their tags, to a library, which is made if it is not there."""
        with self._editing() as edit:
            places = _some_places(edit.session, entry_ids, read_only=True)
            target = _target(edit, library)
            wanted = sum(map(len, places.values()))
            for source, ids in places.items():
                _copy(edit, source, target, ids)
            if edit.effects.entries < wanted:
                edit.effects.notes.append(f"{_are(wanted - edit.effects.entries)} in “{library.strip()}” already.")
            if not edit.effects.entries:
                raise EditError(f"The entries are in “{library.strip()}” already.")
            _describe_licences(edit.session, target)
            return _told(edit, f"Copied {_entries(edit.effects.entries)} to “{library.strip()}”")

    def move_entries(self, entry_ids: Ids, library: str) -> EditDone:
        """Move entries to a library, which is made if it is not there."""
        with self._editing() as edit:
            places = _some_places(edit.session, entry_ids)
            target = _target(edit, library)
            places.pop(target, None)
            for source, ids in places.items():
                _move(edit, source, target, ids)
            if not edit.effects.entries:
                raise EditError(f"The entries are in “{library.strip()}” already.")
            return _told(edit, f"Moved {_entries(edit.effects.entries)} to “{library.strip()}”")

    def merge_libraries(self, names: Sequence[str], into: str) -> EditDone:
        """Put all entries of libraries into one, which is made if it is not there, and remove the others.

        Measurements that more than one of them has are kept once.
        """
        with self._editing() as edit:
            sources = {row.library_id: row.name for row in (_own_library(edit.session, each) for each in names)}
            target = _target(edit, into)
            sources.pop(target, None)
            if not sources:
                raise EditError("Choose at least two libraries to merge.")
            for source, name in sources.items():
                _move(edit, source, target, _all_ids(edit.session, source))
                edit.do(Hide(source, name))
            doubles = [each for each in edit.effects.notes if "already there" in each]
            edit.effects.notes[:] = [each for each in edit.effects.notes if each not in doubles]
            return _told(edit, f"Merged {_names(list(sources.values()))} into “{into.strip()}”")

    def new_library(self, name: str) -> EditDone:
        """Make an empty library."""
        with self._editing() as edit:
            _refuse_taken(edit.session, name)
            _target(edit, name)
            return _told(edit, f"Made the library “{name.strip()}”")

    def rename_library(self, name: str, new_name: str) -> EditDone:
        """Give a library another name."""
        with self._editing() as edit:
            row = _own_library(edit.session, name)
            if storable(new_name.strip()) != row.name:
                _refuse_taken(edit.session, new_name)
            edit.do(Rename(row.library_id, row.name, storable(new_name.strip()) or ""))
            return _told(edit, f"Renamed the library “{name}” to “{new_name.strip()}”")

    def remove_library(self, name: str) -> EditDone:
        """Remove a library and all that is in it from sight."""
        with self._editing() as edit:
            row = _own_library(edit.session, name)
            edit.effects.entries = len(_all_ids(edit.session, row.library_id))
            edit.do(Hide(row.library_id, row.name))
            return _told(edit, f"Removed the library “{name}” with {_entries(edit.effects.entries)}")

    def set_tags(self, entry_ids: Ids, tags: Sequence[str], *, present: bool) -> EditDone:
        """Put tags on entries, or take them away if not `present`; also in libraries that come with BitSpec."""
        wanted = list(dict.fromkeys(" ".join(each.split()) for each in tags if each.strip()))
        if not wanted:
            raise EditError("A tag needs a name.")
        with self._editing() as edit:
            places = _some_places(edit.session, entry_ids, read_only=True)
            there = [each for ids in places.values() for each in ids]
            changed: set[int] = set()
            for tag in wanted:
                ids = without_tag(edit.session, there, tag, bearing=not present)
                if ids:
                    edit.do(Tag(storable(tag) or "", present, ids))
                    changed |= set(ids)
            if not changed:
                raise EditError("The entries bear these tags already." if present else "None of the entries bears these tags.")
            edit.effects.entries = len(changed)
            verb, preposition = ("Put", "on") if present else ("Took", "off")
            return _told(edit, f"{verb} the tag {_names(wanted)} {preposition} {_entries(len(changed))}")

    def tags(self) -> list[TagInfo]:
        """Tags that entries bear, by alphabet."""
        found = select(TagRow.name, func.count()).join(SpectrumTagRow, SpectrumTagRow.tag_id == TagRow.tag_id)
        found = found.join(SpectrumRow, SpectrumRow.spectrum_id == SpectrumTagRow.spectrum_id)
        found = found.join(LibraryRow, LibraryRow.library_id == SpectrumRow.library_id).where(is_there())
        with self._transactions.read() as session:
            tags = [TagInfo(name, entries) for name, entries in session.execute(found.group_by(TagRow.name))]
        return sorted(tags, key=lambda tag: (tag.name.casefold(), tag.name))


def _difference(
    entry_id: int, before: SpectrumRecord, after: SpectrumRecord
) -> tuple[int, dict[str, Any], dict[str, Any]] | None:
    """Columns that differ, with their values before and after; None if none does."""
    old, new = said_values(before), said_values(after)
    changed = [column for column, value in new.items() if value != old[column]]
    return (entry_id, {each: old[each] for each in changed}, {each: new[each] for each in changed}) if changed else None


def _places(session: Session, entry_ids: Sequence[int], *, read_only: bool = False) -> dict[int, list[int]]:
    """Entries that are there, by library; raises `EditError` if one may not be changed and that is not allowed."""
    libraries = {row.library_id: row for row in session.scalars(select(LibraryRow).where(is_there()))}
    places: dict[int, list[int]] = {}
    for some in in_parts(list(dict.fromkeys(entry_ids))):
        found = select(SpectrumRow.spectrum_id, SpectrumRow.library_id).where(SpectrumRow.spectrum_id.in_(some))
        for row in session.execute(found.order_by(SpectrumRow.spectrum_id)):
            if row.library_id in libraries:
                places.setdefault(row.library_id, []).append(row.spectrum_id)
    for library in places:
        if not read_only:
            _refuse_embedded(libraries[library])
    return places


def _some_places(session: Session, entry_ids: Ids, *, read_only: bool = False) -> dict[int, list[int]]:
    places = _places(session, [int(each) for each in entry_ids], read_only=read_only)
    if not places:
        raise EditError("Choose at least one entry." if not len(entry_ids) else "These entries are no longer there.")
    return places


def _refuse_embedded(row: LibraryRow) -> None:
    if row.embedded:
        raise EditError(
            f"The library “{row.name}” comes with BitSpec and cannot be changed. "
            "Copy its entries to a library of your own and change them there."
        )


def _own_library(session: Session, name: str) -> LibraryRow:
    row = session.scalar(select(LibraryRow).where(LibraryRow.name == storable(name), is_there()))
    if row is None:
        raise unknown_library(name)
    _refuse_embedded(row)
    return row


def _refuse_taken(session: Session, name: str) -> None:
    if session.scalar(select(LibraryRow.library_id).where(LibraryRow.name == storable(name.strip()))) is not None:
        raise EditError(f"There is a library named “{name.strip()}” already. Choose another name.")


def _target(edit: Edit, name: str) -> int:
    """Id of the library of that name, made within the edit if it is not there."""
    name = storable(name.strip()) or ""
    if not name:
        raise EditError("A library needs a name.")
    row = edit.session.scalar(select(LibraryRow).where(LibraryRow.name == name, is_there()))
    if row is not None:
        _refuse_embedded(row)
        return row.library_id
    library_id = make_library(edit.session, name)
    edit.do(Appear(library_id, name))
    return library_id


def _all_ids(session: Session, library: int) -> list[int]:
    found = select(SpectrumRow.spectrum_id).where(SpectrumRow.library_id == library).order_by(SpectrumRow.spectrum_id)
    return [int(each) for each in ids_of(session, found)]


def _own_licence(session: Session, library: int) -> str | None:
    """Licence of those spectra of a library that say none themselves, if the library says one."""
    licence = session.get_one(LibraryRow, library).licence.strip()
    return licence if licence and "; " not in licence else None


def _move(edit: Edit, source: int, target: int, ids: list[int]) -> None:
    """Move entries and let those keep their licence that had it from their library."""
    licence = _own_licence(edit.session, source)
    moved = edit.effects.entries
    if licence is not None:
        silent: list[int] = []
        for some in in_parts(ids):
            found = select(SpectrumRow.spectrum_id).where(SpectrumRow.spectrum_id.in_(some), SpectrumRow.licence.is_(None))
            silent += edit.session.scalars(found)
        if silent:
            edit.do(Fields([(each, {"licence": None}, {"licence": licence}) for each in silent]))
            edit.effects.entries = moved
    edit.do(Move(source, target, ids))
    _describe_licences(edit.session, target)


def _copy(edit: Edit, source: int, target: int, ids: list[int]) -> None:
    table, other = SPECTRUM, aliased(SpectrumRow)
    licence = func.coalesce(table.c.licence, literal(_own_licence(edit.session, source)))
    same = select(other.spectrum_id).where(other.library_id == target, other.content_hash == table.c.content_hash).exists()
    newest = edit.session.scalar(select(func.max(SpectrumRow.spectrum_id))) or 0
    for some in in_parts(ids):
        copied = select(literal(target), licence, *(table.c[each] for each in _COPIED))
        copied = copied.where(table.c.spectrum_id.in_(some), ~same).order_by(table.c.spectrum_id)
        edit.session.execute(insert(table).from_select(["library_id", "licence", *_COPIED], copied))
    found = select(SpectrumRow.spectrum_id).where(SpectrumRow.library_id == target, SpectrumRow.spectrum_id > newest)
    copies = [int(each) for each in ids_of(edit.session, found.order_by(SpectrumRow.spectrum_id))]
    if copies:
        # Undone, the copies go out of sight; done again, they come back.
        edit.done(Move(edit.library_out_of_sight(), target, copies))
        _copy_tags(edit.session, source, target, newest)
        edit.effects.entries += len(copies)
        edit.effects.searched.add(target)


def _copy_tags(session: Session, source: int, target: int, newest: int) -> None:
    original, copy = aliased(SpectrumRow), aliased(SpectrumRow)
    tagged = select(copy.spectrum_id, SpectrumTagRow.tag_id).join(original, original.content_hash == copy.content_hash)
    tagged = tagged.join(SpectrumTagRow, SpectrumTagRow.spectrum_id == original.spectrum_id)
    tagged = tagged.where(copy.library_id == target, copy.spectrum_id > newest, original.library_id == source)
    session.execute(insert(SpectrumTagRow).from_select(["spectrum_id", "tag_id"], tagged))


def _describe_licences(session: Session, library: int) -> None:
    found = select(SpectrumRow.licence).where(SpectrumRow.library_id == library, SpectrumRow.licence.is_not(None)).distinct()
    row = session.get_one(LibraryRow, library)
    row.licence = with_licences(row.licence, sorted(each for each in session.scalars(found) if each))


def _told(edit: Edit, said: str) -> EditDone:
    edit.row.said = said
    return edit_done(said, edit.effects)


def _of(session: Session, places: dict[int, list[int]]) -> str:
    if len(places) != 1:
        return f"of {len(places)} libraries"
    return f"of “{session.get_one(LibraryRow, next(iter(places))).name}”"


def _entries(number: int) -> str:
    return f"{number:,} entries" if number != 1 else "1 entry"


def _are(number: int) -> str:
    return f"{number:,} entries are" if number != 1 else "One entry is"


def _names(names: Sequence[str]) -> str:
    quoted = [f"“{each}”" for each in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
