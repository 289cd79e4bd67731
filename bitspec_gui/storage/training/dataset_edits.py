"""Edits of datasets that can be undone, over restarts and crashes, and bounded."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bitspec_gui.domain.errors import EditError
from bitspec_gui.domain.library_edits import MOST_BYTES, MOST_EDITS, EditHistory
from bitspec_gui.domain.tuning_data import DatasetEdit, SpectrumChange
from bitspec_gui.storage.search_queries import in_parts
from bitspec_gui.storage.training.dataset_rows import dataset_row, sum_up
from bitspec_gui.storage.training.edit_steps import Change, Remove, Step, packed, unpacked
from bitspec_gui.storage.training.row_texts import now
from bitspec_gui.storage.training.schema import SPECTRUM, DatasetEditRow, DatasetEditStepRow
from bitspec_gui.storage.training.spectrum_rows import spectrum_values
from bitspec_gui.storage.transactions import Transactions

_ROW_BYTES = 500
"""About what a spectrum takes beside its peaks."""


class DatasetEdits:
    """The part of `domain.tuning_ports.DatasetStore` that edits; each method is a transaction, and raises `StorageError`."""

    _transactions: Transactions

    def change_spectra(self, dataset_id: int, changes: Sequence[SpectrumChange], said: str) -> DatasetEdit:
        """Edit spectra, undoably; those that are no longer as ``before`` says are left alone, which the edit's notes say.

        Raises
        ------
        EditError
            If nothing is left to change; nothing is kept then.
        """
        wanted = _values(changes)
        with self._editing(dataset_id, said) as edit:
            session = edit.session
            there = _as_before(session, dataset_id, wanted)
            changed = [(each, *difference) for each in there if any(difference := _difference(*wanted[each]))]
            if not changed and len(there) < len(wanted):
                raise EditError("The spectra were changed or removed meanwhile, and stay as they are.")
            if not changed:
                raise EditError("There is nothing to change: the spectra are like this already.")
            edit.do(Change(changed))
            edit.note_left_alone(len(wanted) - len(there))
        return edit.told(said)

    def remove_spectra(self, dataset_id: int, spectrum_ids: Sequence[int], said: str) -> DatasetEdit:
        """Delete spectra, undoably; raises `EditError` if none of them is there."""
        wanted = list(dict.fromkeys(int(each) for each in spectrum_ids))
        with self._editing(dataset_id, said) as edit:
            there: list[int] = []
            for some in in_parts(wanted):
                there += edit.session.scalars(
                    _in_sight(dataset_id, SPECTRUM.c.spectrum_id).where(SPECTRUM.c.spectrum_id.in_(some))
                )
            if not there:
                raise EditError("There is nothing to delete: the spectra are no longer there.")
            edit.do(Remove(there))
            edit.note_left_alone(len(wanted) - len(there))
        return edit.told(said)

    def undo(self, dataset_id: int) -> DatasetEdit:
        """Undo the last edit of a dataset; raises `EditError` if there is none."""
        return self._repeat(dataset_id, forward=False)

    def redo(self, dataset_id: int) -> DatasetEdit:
        """Do again what was undone last; raises `EditError` if there is nothing."""
        return self._repeat(dataset_id, forward=True)

    def history(self, dataset_id: int) -> EditHistory:
        """What can be undone and done again."""
        with self._transactions.read() as session:
            dataset_row(session, dataset_id)
            undone, done = _next(session, dataset_id, undone=True), _next(session, dataset_id, undone=False)
            return EditHistory(done.said if done is not None else "", undone.said if undone is not None else "")

    @contextlib.contextmanager
    def _editing(self, dataset_id: int, said: str) -> Iterator[_Edit]:
        """A new edit in one transaction; what was undone before can then no longer be done again."""
        with self._transactions.write() as session:
            dataset = dataset_row(session, dataset_id)
            undone = select(DatasetEditRow.edit_id).where(DatasetEditRow.dataset_id == dataset_id, DatasetEditRow.undone)
            _forget(session, list(session.scalars(undone)))
            row = DatasetEditRow(dataset_id=dataset_id, made_at=now(), said=said, undone=False, size=0)
            session.add(row)
            session.flush()
            edit = _Edit(session, row)
            yield edit
            session.flush()
            row.size = _size(session, row)
            session.flush()
            _bound(session, dataset_id)
            sum_up(session, dataset)

    def _repeat(self, dataset_id: int, *, forward: bool) -> DatasetEdit:
        with self._transactions.write() as session:
            dataset = dataset_row(session, dataset_id)
            row = _next(session, dataset_id, undone=forward)
            if row is None:
                raise EditError("There is nothing to do again." if forward else "There is nothing to undo.")
            edit = _Edit(session, row)
            steps = self._steps(session, row.edit_id)
            for step in steps if forward else reversed(steps):
                edit.apply(step, forward=forward)
            row.undone = not forward
            session.flush()
            row.size = _size(session, row)
            sum_up(session, dataset)
            return edit.told(row.said if forward else f"Undone: {row.said}")

    def _steps(self, session: Session, edit_id: int) -> list[Step]:
        kept = select(DatasetEditStepRow).where(DatasetEditStepRow.edit_id == edit_id).order_by(DatasetEditStepRow.place)
        try:
            return [unpacked(each.kind, each.content) for each in session.scalars(kept)]
        except (ValueError, TypeError, KeyError, zlib.error) as error:
            raise self._transactions.faults.damaged(f"edit {edit_id}: {error}") from error


class _Edit:
    """An edit that is being made, undone or done again in a transaction."""

    def __init__(self, session: Session, row: DatasetEditRow) -> None:
        self.session = session
        self._edit_id, self._dataset_id = row.edit_id, row.dataset_id
        self._spectra, self._notes, self._steps = 0, list[str](), 0

    def do(self, step: Step) -> None:
        """Do a step and keep it."""
        self.apply(step, forward=True)
        self.session.add(DatasetEditStepRow(edit_id=self._edit_id, place=self._steps, kind=step.kind, content=packed(step)))
        self._steps += 1

    def apply(self, step: Step, *, forward: bool) -> None:
        """Do a step, or undo it."""
        done = step.apply(self.session, self._edit_id, forward=forward)
        self._spectra += done
        self.note_left_alone(step.spectra - done)

    def note_left_alone(self, number: int) -> None:
        """Note how many spectra stay as they are."""
        if number:
            were = f"{number:,} spectra were" if number > 1 else "One spectrum was"
            self._notes.append(f"{were} changed or removed meanwhile, and {'stay' if number > 1 else 'stays'} as before.")

    def told(self, said: str) -> DatasetEdit:
        """What was done, for whoever asked for it."""
        return DatasetEdit(self._dataset_id, said, self._spectra, tuple(self._notes))


_Wanted = dict[int, tuple[dict[str, Any], dict[str, Any]]]


def _values(changes: Sequence[SpectrumChange]) -> _Wanted:
    """Values before and after by id; of several changes of one spectrum, from the first before to the last after."""
    wanted: _Wanted = {}
    for change in changes:
        spectrum_id = change.before.spectrum_id
        if change.after.spectrum_id != spectrum_id:
            raise ValueError("a change must be of one spectrum")
        before = wanted[spectrum_id][0] if spectrum_id in wanted else spectrum_values(change.before)
        wanted[spectrum_id] = (before, spectrum_values(change.after))
    return wanted


def _as_before(session: Session, dataset_id: int, wanted: _Wanted) -> list[int]:
    """Those that are as they are said to be, all of their values."""
    there: list[int] = []
    for some in in_parts(list(wanted)):
        columns = list(wanted[some[0]][0])
        found = _in_sight(dataset_id, SPECTRUM.c.spectrum_id, *(SPECTRUM.c[each] for each in columns))
        for row in session.execute(found.where(SPECTRUM.c.spectrum_id.in_(some))):
            before = wanted[row[0]][0]
            if all(value == before[column] for column, value in zip(columns, row[1:], strict=True)):
                there.append(row[0])
    return there


def _difference(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    changed = [column for column in after if after[column] != before[column]]
    return {column: before[column] for column in changed}, {column: after[column] for column in changed}


def _in_sight(dataset_id: int, *columns: Any) -> Any:
    table = SPECTRUM.c
    found = select(*columns).where(table.dataset_id == dataset_id, table.removed_by.is_(None))
    return found.order_by(table.spectrum_id)


def _next(session: Session, dataset_id: int, *, undone: bool) -> DatasetEditRow | None:
    found = select(DatasetEditRow).where(DatasetEditRow.dataset_id == dataset_id, DatasetEditRow.undone == undone)
    newest_first = DatasetEditRow.edit_id.asc() if undone else DatasetEditRow.edit_id.desc()
    return session.scalar(found.order_by(newest_first).limit(1))


def _size(session: Session, row: DatasetEditRow) -> int:
    step, table = DatasetEditStepRow, SPECTRUM.c
    steps = session.scalar(select(func.sum(func.length(step.content))).where(step.edit_id == row.edit_id))
    peaks = func.sum(func.length(table.mz_blob) + func.length(table.intensity_blob) + _ROW_BYTES)
    hidden = select(peaks).where(table.dataset_id == row.dataset_id, table.removed_by == row.edit_id)
    return (steps or 0) + (session.scalar(hidden) or 0)


def _bound(session: Session, dataset_id: int) -> None:
    """Forget the oldest edits if there are too many or they take too much; the newest stays whatever it takes."""
    kept = select(DatasetEditRow.edit_id, DatasetEditRow.size).where(DatasetEditRow.dataset_id == dataset_id)
    total, old = 0, []
    for place, row in enumerate(session.execute(kept.order_by(DatasetEditRow.edit_id.desc())).fetchall()):
        total += row.size
        if place and (place >= MOST_EDITS or total > MOST_BYTES):
            old.append(row.edit_id)
    _forget(session, old)


def _forget(session: Session, edit_ids: Sequence[int]) -> None:
    """Drop edits, and for good what they had removed."""
    for edit_id in edit_ids:
        session.execute(delete(SPECTRUM).where(SPECTRUM.c.removed_by == edit_id))
        session.execute(delete(DatasetEditRow).where(DatasetEditRow.edit_id == edit_id))
