"""The log of edits: kept with what it takes to undo them, over restarts and crashes, and bounded."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from bitspec_gui.domain.errors import EditError
from bitspec_gui.domain.library_edits import MOST_BYTES, MOST_EDITS, EditDone, EditHistory
from bitspec_gui.storage.edit_steps import Effects, Step, packed, unpacked
from bitspec_gui.storage.entry_lists import EntryLists
from bitspec_gui.storage.library_rows import hidden_name, make_library, mark_changed
from bitspec_gui.storage.schema import EditRow, EditStepRow, LibraryRow, SpectrumRow

_ROW_BYTES = 500
"""About what a spectrum takes beside its peaks."""


class Edit:
    """An edit that is being made in a transaction: its steps are done one by one and kept with it."""

    def __init__(self, session: Session, row: EditRow) -> None:
        self.session = session
        self.row = row
        self.effects = Effects()
        self._steps: list[Step] = []

    def do(self, step: Step) -> None:
        """Do a step."""
        step.apply(self.session, self.row.edit_id, self.effects, forward=True)
        self.done(step)

    def done(self, step: Step) -> None:
        """Keep a step that was done."""
        self.session.add(EditStepRow(edit_id=self.row.edit_id, place=len(self._steps), kind=step.kind, content=packed(step)))
        self._steps.append(step)

    def library_out_of_sight(self) -> int:
        """Id of a new library out of sight, which is deleted when the edit is forgotten."""
        library_id = make_library(self.session, hidden_name())
        row = self.session.get_one(LibraryRow, library_id)
        row.removed_by = self.row.edit_id
        self.session.flush()
        return library_id


class EditLog(EntryLists):
    """The part of `domain.ports.LibraryStore` that undoes edits; each method is a transaction, and raises `StorageError`.

    In a database that several people share, everybody undoes their own edits.
    """

    def history(self) -> EditHistory:
        """What can be undone, and what can be done again."""
        with self._transactions.read() as session:
            undone, done = self._next(session, undone=True), self._next(session, undone=False)
            return EditHistory(done.said if done is not None else "", undone.said if undone is not None else "")

    def undo(self) -> EditDone:
        """Undo the newest edit that is not undone; raises `EditError` if there is none."""
        return self._repeat(forward=False)

    def redo(self) -> EditDone:
        """Do the edit that was undone last again; raises `EditError` if there is none."""
        return self._repeat(forward=True)

    @contextlib.contextmanager
    def _editing(self) -> Iterator[Edit]:
        """A new edit in one transaction; what was undone before can then no longer be done again."""
        with self._transactions.write() as session:
            _forget(session, list(session.scalars(select(EditRow.edit_id).where(self._mine(), EditRow.undone))))
            row = EditRow(author=self._transactions.author, made_at=_now(), said="", undone=False, size=0)
            session.add(row)
            session.flush()
            edit = Edit(session, row)
            yield edit
            _finish(session, row, edit.effects)
        self._bound()

    def _repeat(self, *, forward: bool) -> EditDone:
        with self._transactions.write() as session:
            row = self._next(session, undone=forward)
            if row is None:
                raise EditError("There is nothing to do again." if forward else "There is nothing to undo.")
            kept = select(EditStepRow).where(EditStepRow.edit_id == row.edit_id).order_by(EditStepRow.place)
            steps = [unpacked(each.kind, each.content) for each in session.scalars(kept)]
            effects = Effects()
            for step in steps if forward else reversed(steps):
                step.apply(session, row.edit_id, effects, forward=forward)
            row.undone = not forward
            _finish(session, row, effects)
            return edit_done(row.said if forward else f"Undone: {row.said}", effects)

    def _next(self, session: Session, *, undone: bool) -> EditRow | None:
        found = select(EditRow).where(self._mine(), EditRow.undone == undone)
        newest_first = EditRow.edit_id.asc() if undone else EditRow.edit_id.desc()
        return session.scalar(found.order_by(newest_first).limit(1))

    def _mine(self) -> ColumnElement[bool]:
        return EditRow.author == self._transactions.author

    def _bound(self) -> None:
        """Forget the oldest edits if there are too many or they take too much; the newest stays whatever it takes."""
        with self._transactions.read() as session:
            kept = select(EditRow.edit_id, EditRow.size).where(self._mine()).order_by(EditRow.edit_id.desc())
            rows = session.execute(kept).fetchall()
        total, old = 0, []
        for place, row in enumerate(rows):
            total += row.size
            if place and (place >= MOST_EDITS or total > MOST_BYTES):
                old.append(row.edit_id)
        if old:
            with self._transactions.write() as session:
                _forget(session, old)


def edit_done(said: str, effects: Effects) -> EditDone:
    """What an edit did, for whoever asked for it."""
    changed = frozenset(effects.shown | effects.searched)
    return EditDone(said, effects.entries, changed, tuple(dict.fromkeys(effects.notes)))


def _finish(session: Session, row: EditRow, effects: Effects) -> None:
    """Mark the libraries as changed and note what the edit takes."""
    mark_changed(session, effects.searched)
    mark_changed(session, effects.shown - effects.searched, searched=False)
    session.flush()
    steps = session.scalar(select(func.sum(func.length(EditStepRow.content))).where(EditStepRow.edit_id == row.edit_id))
    peaks = func.length(SpectrumRow.mz_blob) + func.length(SpectrumRow.intensity_blob) + _ROW_BYTES
    hidden = select(func.sum(peaks)).join(LibraryRow, LibraryRow.library_id == SpectrumRow.library_id)
    row.size = (steps or 0) + (session.scalar(hidden.where(LibraryRow.removed_by == row.edit_id)) or 0)


def _forget(session: Session, edit_ids: Sequence[int]) -> None:
    """Drop edits, and for good what they had removed."""
    for edit_id in edit_ids:
        session.execute(delete(LibraryRow).where(LibraryRow.removed_by == edit_id))
        session.execute(delete(EditRow).where(EditRow.edit_id == edit_id))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
