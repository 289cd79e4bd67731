"""Steps of edits: each can be done and undone any number of times, and is kept as compressed JSON.

Nothing that a user deletes leaves the database before its edit is forgotten: entries are moved to a library out of sight, a
library is put out of sight with what it holds. A step changes only what is still as it left it, so that undoing an edit never
takes back what somebody else, or an import, did since.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Protocol, cast

from sqlalchemy import CursorResult, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from bitspec_gui.storage.derived_values import storable
from bitspec_gui.storage.library_rows import free_name, hidden_name
from bitspec_gui.storage.schema import SPECTRUM, LibraryRow, SpectrumRow, SpectrumTagRow, TagRow
from bitspec_gui.storage.search_queries import in_parts

_SEARCHED = {"mass_da", "retention_index", "confidence", "smiles", "inchi"}
"""Columns that a search index, or a search for a substructure, goes by."""


@dataclass
class Effects:
    """What steps did: entries, libraries to read again (those in ``searched`` also to index again), and what they left."""

    entries: int = 0
    shown: set[int] = field(default_factory=set)
    searched: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


class Step(Protocol):
    """One step of an edit."""

    kind: ClassVar[str]

    def apply(self, session: Session, edit_id: int, effects: Effects, *, forward: bool) -> None:
        """Do it, or undo it if not `forward`."""
        ...


@dataclass(frozen=True)
class Move:
    """Entries go from one library to another; those of which the other has the same measurement stay."""

    kind: ClassVar[str] = "move"

    source: int
    target: int
    ids: list[int]

    def apply(self, session: Session, edit_id: int, effects: Effects, *, forward: bool) -> None:
        """Do it, or undo it if not `forward`."""
        source, target = (self.source, self.target) if forward else (self.target, self.source)
        if session.get(LibraryRow, target) is None:
            effects.notes.append("The library that the entries were in is no longer there.")
            return
        other = aliased(SpectrumRow)
        same = exists().where(other.library_id == target, other.content_hash == SpectrumRow.content_hash)
        moved = 0
        for some in in_parts(self.ids):
            change = update(SpectrumRow).where(SpectrumRow.spectrum_id.in_(some), SpectrumRow.library_id == source, ~same)
            done = session.execute(change.values(library_id=target).execution_options(synchronize_session=False))
            moved += cast(CursorResult[Any], done).rowcount
        effects.entries += moved
        effects.searched |= {source, target}
        if moved < len(self.ids):
            effects.notes.append(f"{_entries(len(self.ids) - moved)} already there or moved meanwhile, and stayed as they are.")


@dataclass(frozen=True)
class Hide:
    """A library goes out of sight with all that it holds; when it comes back it may need another name."""

    kind: ClassVar[str] = "hide"

    library: int
    name: str

    def apply(self, session: Session, edit_id: int, effects: Effects, *, forward: bool) -> None:
        """Do it, or undo it if not `forward`."""
        if forward:
            _put_out_of_sight(session, self.library, edit_id, effects)
        else:
            _bring_back(session, self.library, self.name, effects)


@dataclass(frozen=True)
class Appear:
    """A library is made; undone, it goes out of sight if nothing was put in since."""

    kind: ClassVar[str] = "appear"

    library: int
    name: str

    def apply(self, session: Session, edit_id: int, effects: Effects, *, forward: bool) -> None:
        """Do it, or undo it if not `forward`."""
        if forward:
            _bring_back(session, self.library, self.name, effects)
        elif session.scalar(select(func.count()).where(SpectrumRow.library_id == self.library)) == 0:
            _put_out_of_sight(session, self.library, edit_id, effects)
        else:
            effects.notes.append(f"The library “{self.name}” stays, because there are spectra in it.")


@dataclass(frozen=True)
class Rename:
    """A library gets another name."""

    kind: ClassVar[str] = "rename"

    library: int
    before: str
    after: str

    def apply(self, session: Session, edit_id: int, effects: Effects, *, forward: bool) -> None:
        """Do it, or undo it if not `forward`."""
        row = session.get(LibraryRow, self.library)
        old, new = (self.before, self.after) if forward else (self.after, self.before)
        if row is None or row.name != old:
            effects.notes.append(f"The library “{old}” was removed or renamed meanwhile, and keeps its name.")
            return
        row.name = free_name(session, new)
        _tell_other_name(new, row.name, effects)
        session.flush()
        effects.shown.add(self.library)


@dataclass(frozen=True)
class Fields:
    """Columns of entries change: ``changes`` are (id, values before, values after)."""

    kind: ClassVar[str] = "fields"

    changes: list[tuple[int, dict[str, Any], dict[str, Any]]]

    def apply(self, session: Session, edit_id: int, effects: Effects, *, forward: bool) -> None:
        """Do it, or undo it if not `forward`."""
        wanted = {each: (old, new) if forward else (new, old) for each, old, new in self.changes}
        done = 0
        for some in in_parts(list(wanted)):
            there = self._as_expected(session, {each: wanted[each][0] for each in some}, effects)
            by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
            for each in there:
                new = wanted[each][1]
                by_columns.setdefault(tuple(sorted(new)), []).append(
                    {"row_id": each} | {f"new_{column}": value for column, value in new.items()}
                )
            for columns, values in by_columns.items():
                change = update(SPECTRUM).where(SPECTRUM.c.spectrum_id == bindparam("row_id"))
                session.connection().execute(change.values({each: bindparam(f"new_{each}") for each in columns}), values)
            done += len(there)
        effects.entries += done
        if done < len(self.changes):
            effects.notes.append(f"{_entries(len(self.changes) - done)} changed or removed meanwhile, and stayed as they are.")

    @staticmethod
    def _as_expected(session: Session, expected: Mapping[int, dict[str, Any]], effects: Effects) -> list[int]:
        columns = sorted({column for values in expected.values() for column in values})
        table = SPECTRUM.c
        found = select(table.spectrum_id, table.library_id, *(table[each] for each in columns))
        same = []
        for row in session.execute(found.where(table.spectrum_id.in_(list(expected)))).mappings():
            wanted = expected[row["spectrum_id"]]
            if all(row[column] == value for column, value in wanted.items()):
                same.append(int(row["spectrum_id"]))
                (effects.searched if _SEARCHED & wanted.keys() else effects.shown).add(row["library_id"])
        return same


@dataclass(frozen=True)
class Tag:
    """Entries get a tag, or lose it if not ``added``; ``ids`` are those that had not, or had, it before."""

    kind: ClassVar[str] = "tag"

    tag: str
    added: bool
    ids: list[int]

    def apply(self, session: Session, edit_id: int, effects: Effects, *, forward: bool) -> None:
        """Do it, or undo it if not `forward`."""
        tag_id = tag_named(session, self.tag)
        for some in in_parts(self.ids):
            bearing = select(SpectrumTagRow.spectrum_id).where(SpectrumTagRow.tag_id == tag_id)
            bearers = set(session.scalars(bearing.where(SpectrumTagRow.spectrum_id.in_(some))))
            found = select(SpectrumRow.spectrum_id, SpectrumRow.library_id).where(SpectrumRow.spectrum_id.in_(some))
            there = {row.spectrum_id: row.library_id for row in session.execute(found)}
            if self.added is forward:
                wanted = [each for each in there if each not in bearers]
                if wanted:
                    session.execute(insert(SpectrumTagRow), [{"spectrum_id": each, "tag_id": tag_id} for each in wanted])
            else:
                wanted = [each for each in there if each in bearers]
                gone = delete(SpectrumTagRow).where(SpectrumTagRow.tag_id == tag_id, SpectrumTagRow.spectrum_id.in_(wanted))
                session.execute(gone)
            effects.entries += len(wanted)
            effects.shown |= {there[each] for each in wanted}


_KINDS: dict[str, type[Any]] = {each.kind: each for each in (Move, Hide, Appear, Rename, Fields, Tag)}


def packed(step: Step) -> bytes:
    """A step as bytes."""
    return zlib.compress(json.dumps(asdict(cast(Any, step))).encode("ascii"), 6)


def unpacked(kind: str, content: bytes) -> Step:
    """The step that `packed` made bytes of."""
    return cast(Step, _KINDS[kind](**json.loads(zlib.decompress(content))))


def tag_named(session: Session, name: str) -> int:
    """Id of a tag, made if it is not there."""
    found = session.scalar(select(TagRow.tag_id).where(TagRow.name == storable(name)))
    if found is not None:
        return found
    row = TagRow(name=storable(name))
    session.add(row)
    session.flush()
    return row.tag_id


def without_tag(session: Session, ids: Sequence[int], tag: str, *, bearing: bool) -> list[int]:
    """Those of the entries that do not bear a tag, or those that do if `bearing`."""
    bearers: set[int] = set()
    for some in in_parts(list(ids)):
        found = select(SpectrumTagRow.spectrum_id).join(TagRow, TagRow.tag_id == SpectrumTagRow.tag_id)
        bearers |= set(session.scalars(found.where(TagRow.name == storable(tag), SpectrumTagRow.spectrum_id.in_(some))))
    return [each for each in ids if (each in bearers) is bearing]


def _put_out_of_sight(session: Session, library: int, edit_id: int, effects: Effects) -> None:
    row = session.get(LibraryRow, library)
    if row is not None:
        row.removed_by, row.name = edit_id, hidden_name()
        session.flush()
        effects.searched.add(library)


def _bring_back(session: Session, library: int, name: str, effects: Effects) -> None:
    row = session.get(LibraryRow, library)
    if row is None:
        effects.notes.append(f"The library “{name}” is no longer there.")
        return
    if row.removed_by is not None:
        row.removed_by, row.name = None, free_name(session, name)
        session.flush()
        _tell_other_name(name, row.name, effects)
    effects.searched.add(library)


def _tell_other_name(wanted: str, given: str, effects: Effects) -> None:
    if given != wanted:
        effects.notes.append(f"There is another library named “{wanted}” now: this one is called “{given}”.")


def _entries(number: int) -> str:
    return f"{number:,} entries were" if number != 1 else "One entry was"
