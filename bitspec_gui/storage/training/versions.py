"""Model versions in the database: what is known of them, and which one is in use. Their files are looked after elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bitspec_gui.domain.errors import StorageError, VersionError
from bitspec_gui.domain.model_registry import SUPPLIED, RegisteredVersion, VersionMetrics
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.tuning_jobs import JobState
from bitspec_gui.domain.tuning_json import from_json
from bitspec_gui.storage.derived_values import storable
from bitspec_gui.storage.training.jobs import job_row, stands
from bitspec_gui.storage.training.row_texts import json_text, name_values, now, time_of, time_text
from bitspec_gui.storage.training.schema import ActiveRow, VersionRow
from bitspec_gui.storage.transactions import Transactions

MOST_CHOICES = 200
"""Choices of a version that are remembered."""

_TEXTS = ("parent_sha256", "parent_name", "dataset_name", "dataset_hash", "notes")
_OTHERS = ("small", "size_bytes", "imported")


class Versions:
    """What `domain.tuning_ports.VersionStore` promises; each method is a transaction, and raises `StorageError`.

    Names that differ in case or blanks only are the same.
    """

    _transactions: Transactions
    _folder: Path
    """Folder of the database: files of versions are kept relative to it."""

    def versions(self) -> list[RegisteredVersion]:
        """All versions but removed ones, the oldest first; ``active`` is set by `active_version`."""
        found = select(VersionRow).where(VersionRow.removed_at.is_(None)).order_by(VersionRow.version_id)
        with self._transactions.read() as session:
            active = _active(session)
            return [self._version(row, active) for row in session.scalars(found)]

    def removed_versions(self) -> list[RegisteredVersion]:
        """Those that `restore_version` can bring back, the newest first."""
        found = select(VersionRow).where(VersionRow.removed_at.is_not(None)).order_by(VersionRow.version_id.desc())
        with self._transactions.read() as session:
            return [self._version(row, SUPPLIED) for row in session.scalars(found)]

    def add_version(self, version: RegisteredVersion, *, job_id: int | None = None) -> int:
        """Keep a version; if it is the outcome of a job, that is DONE in the same transaction. Returns its id.

        Raises
        ------
        VersionError
            If the name is taken.
        StorageError
            If there is no such job, or it has a version already.
        """
        row = self._row(version)
        with self._transactions.write() as session:
            _refuse_taken(session, row.name, row.name_key)
            session.add(row)
            session.flush()
            if job_id is not None:
                job = job_row(session, job_id)
                if job.version_id is not None:
                    raise StorageError(f"The fine-tuning job “{job.name}” has its model version already.")
                stands(job, JobState.DONE, "")
                job.version_id = row.version_id
            return row.version_id

    def change_version(self, version_id: int, *, name: str | None = None, notes: str | None = None) -> None:
        """Give it another name, or other notes; a name that is taken is a `VersionError`."""
        with self._transactions.write() as session:
            row = _own_row(session, version_id)
            if name is not None:
                values = name_values(name)
                _refuse_taken(session, values["name"], values["name_key"], but=version_id)
                row.name, row.name_key = values["name"], values["name_key"]
            if notes is not None:
                row.notes = storable(notes) or ""

    def remove_version(self, version_id: int) -> None:
        """Put it out of sight; `restore_version` brings it back."""
        with self._transactions.write() as session:
            _own_row(session, version_id).removed_at = now()

    def restore_version(self, version_id: int) -> None:
        """Bring a removed one back; raises `VersionError` if its name was taken meanwhile, or if it was forgotten."""
        with self._transactions.write() as session:
            row = session.get(VersionRow, version_id)
            if row is None:
                raise VersionError("This model version was deleted for good, and cannot be brought back.")
            _refuse_taken(session, row.name, row.name_key, but=version_id)
            row.removed_at = None

    def forget_version(self, version_id: int) -> None:
        """Drop a removed version for good; one that is not there is forgotten already, and one in sight is left alone."""
        gone = delete(VersionRow).where(VersionRow.version_id == version_id, VersionRow.removed_at.is_not(None))
        with self._transactions.write() as session:
            session.execute(gone)

    def active_version(self) -> int:
        """Id of the version in use: `SUPPLIED` unless another one was chosen and is still there."""
        with self._transactions.read() as session:
            return _active(session)

    def set_active(self, version_id: int) -> None:
        """Use another version; what was in use before is remembered. Raises `VersionError` if it is not there."""
        with self._transactions.write() as session:
            if version_id not in _usable(session):
                raise VersionError("This model version is no longer there; it may have been removed meanwhile.")
            chosen = _choices(session)
            if version_id == (chosen[0] if chosen else SUPPLIED):
                return
            session.add(ActiveRow(version_id=version_id, chosen_at=now()))
            session.flush()
            newest = select(ActiveRow.place).order_by(ActiveRow.place.desc())
            old = list(session.scalars(newest.offset(MOST_CHOICES)))
            session.execute(delete(ActiveRow).where(ActiveRow.place.in_(old)))

    def previous_active(self) -> int | None:
        """Id of the version that was in use before, and is still there; None if there is none."""
        with self._transactions.read() as session:
            active, usable = _active(session), _usable(session)
            # Before the first choice it was the one that comes with BitSpec.
            earlier = [*_choices(session)[1:], SUPPLIED]
            return next((each for each in earlier if each != active and each in usable), None)

    def _row(self, version: RegisteredVersion) -> VersionRow:
        return VersionRow(
            **name_values(version.version.name),
            **{name: storable(getattr(version.version, name)) for name in ("sha256", "licence", "description")},
            **{name: storable(getattr(version, name)) for name in _TEXTS},
            **{name: getattr(version, name) for name in _OTHERS},
            file=self._place(version.file),
            made_at=time_text(version.made_at),
            settings=json_text(version.settings),
            metrics=json_text(version.metrics),
        )

    def _version(self, row: VersionRow, active: int) -> RegisteredVersion:
        try:
            return RegisteredVersion(
                version_id=row.version_id,
                version=ModelVersion(row.name, row.sha256, row.licence, row.description),
                file=self._folder / row.file,
                made_at=time_of(row.made_at),
                active=row.version_id == active,
                settings=from_json(TuningSettings, json.loads(row.settings)) if row.settings else None,
                metrics=from_json(VersionMetrics, json.loads(row.metrics)) if row.metrics else None,
                **{name: getattr(row, name) for name in (*_TEXTS, *_OTHERS)},
            )
        except ValueError as error:
            raise self._transactions.faults.damaged(f"model version {row.version_id}: {error}") from error

    def _place(self, file: Path) -> str:
        """A file relative to the folder of the database if it lies below that."""
        whole, folder = file.resolve(), self._folder.resolve()
        return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else str(whole)


def _own_row(session: Session, version_id: int) -> VersionRow:
    if version_id == SUPPLIED:
        raise VersionError("The model that comes with BitSpec can be neither changed nor deleted.")
    row = session.get(VersionRow, version_id)
    if row is None or row.removed_at is not None:
        raise VersionError("This model version is no longer there; it may have been removed meanwhile.")
    return row


def _refuse_taken(session: Session, name: str, name_key: str, but: int | None = None) -> None:
    if not name_key:
        raise VersionError("Give the model version a name.")
    found = select(VersionRow.version_id).where(VersionRow.name_key == name_key, VersionRow.removed_at.is_(None))
    if session.scalar(found) not in (None, but):
        raise VersionError(f"There is a model version named “{name}” already. Choose another name.")


def _choices(session: Session) -> Sequence[int]:
    """Versions that were chosen, the newest first."""
    return session.scalars(select(ActiveRow.version_id).order_by(ActiveRow.place.desc())).all()


def _usable(session: Session) -> set[int]:
    return {SUPPLIED, *session.scalars(select(VersionRow.version_id).where(VersionRow.removed_at.is_(None)))}


def _active(session: Session) -> int:
    chosen = _choices(session)
    return chosen[0] if chosen and chosen[0] in _usable(session) else SUPPLIED
