"""Fine-tuning jobs in the database."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bitspec_gui.domain.errors import StorageError
from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.tuning_jobs import JobState, TuningJob
from bitspec_gui.domain.tuning_json import from_json
from bitspec_gui.storage.derived_values import storable
from bitspec_gui.storage.training.row_texts import json_text, now, time_of, time_text
from bitspec_gui.storage.training.schema import JobRow
from bitspec_gui.storage.transactions import Transactions

_TEXTS = ("name", "dataset_name", "dataset_hash", "base_sha256", "base_name", "said")


class Jobs:
    """What `domain.tuning_ports.JobStore` promises; each method is a transaction, and raises `StorageError`."""

    _transactions: Transactions

    def jobs(self) -> list[TuningJob]:
        """All jobs, the newest first."""
        with self._transactions.read() as session:
            return [self._job(row) for row in session.scalars(select(JobRow).order_by(JobRow.job_id.desc()))]

    def job(self, job_id: int) -> TuningJob:
        """One of them; raises `StorageError` if it is not there."""
        with self._transactions.read() as session:
            return self._job(job_row(session, job_id))

    def add_job(self, job: TuningJob) -> int:
        """Keep a new job (its ``job_id`` is not looked at); returns its id."""
        row = JobRow(
            **{name: storable(getattr(job, name)) for name in _TEXTS},
            dataset_id=job.dataset_id,
            settings=json_text(job.settings),
            state=job.state.value,
            made_at=time_text(job.made_at),
            started_at=time_text(job.started_at),
            ended_at=time_text(job.ended_at),
            version_id=job.version_id,
        )
        with self._transactions.write() as session:
            session.add(row)
            session.flush()
            return row.job_id

    def set_job_state(self, job_id: int, state: JobState, said: str = "", *, only_from: Sequence[JobState] = ()) -> bool:
        """Change how it stands, with the times of beginning and ending; False if it stands otherwise than `only_from` allows.

        Asking and changing are one transaction, so that of several who want the same change one alone is told True.
        """
        with self._transactions.write() as session:
            row = job_row(session, job_id)
            if only_from and row.state not in {each.value for each in only_from}:
                return False
            stands(row, state, said)
            return True

    def remove_job(self, job_id: int) -> None:
        """Forget a job; one that is not there is forgotten already."""
        with self._transactions.write() as session:
            session.execute(delete(JobRow).where(JobRow.job_id == job_id))

    def _job(self, row: JobRow) -> TuningJob:
        try:
            made_at = time_of(row.made_at)
            if made_at is None:
                raise ValueError("no time")
            return TuningJob(
                job_id=row.job_id,
                dataset_id=row.dataset_id,
                settings=from_json(TuningSettings, json.loads(row.settings)),
                state=JobState(row.state),
                made_at=made_at,
                started_at=time_of(row.started_at),
                ended_at=time_of(row.ended_at),
                version_id=row.version_id,
                **{name: getattr(row, name) for name in _TEXTS},
            )
        except ValueError as error:
            raise self._transactions.faults.damaged(f"job {row.job_id}: {error}") from error


def job_row(session: Session, job_id: int) -> JobRow:
    """Row of a job; raises `StorageError` if there is none."""
    row = session.get(JobRow, job_id)
    if row is None:
        raise StorageError("This fine-tuning job is no longer there; it may have been removed meanwhile.")
    return row


def stands(row: JobRow, state: JobState, said: str) -> None:
    """Write down how a job stands from now on."""
    row.state, row.said = state.value, storable(said) or ""
    if state is JobState.RUNNING and row.started_at is None:
        row.started_at = now()
    row.ended_at = now() if state.ended else None
