"""Jobs on their way and lately ended."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt

from bitspec_gui.ui.tables.named_columns import NamedColumnsModel
from bitspec_gui.workers.job import Job, JobState
from bitspec_gui.workers.runner import Runner

KEPT = 100
COLUMNS = ("what", "progress", "state", "left")


class JobTableModel(NamedColumnsModel):
    """Visible jobs, newest first. `UserRole` of the progress column gives 0..100, or None while unknown."""

    columns = COLUMNS

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []
        runner.submitted.connect(self._add)

    def job_at(self, row: int) -> Job:
        """Job of a row."""
        return self._jobs[row]

    @property
    def running(self) -> int:
        """How many are not over."""
        return sum(not job.state.over for job in self._jobs)

    def forget_ended(self) -> None:
        """Take the ended ones off the list."""
        self.beginResetModel()
        self._jobs = [job for job in self._jobs if not job.state.over]
        self.endResetModel()

    def row_number(self) -> int:
        """Number of jobs."""
        return len(self._jobs)

    def cell(self, row: int, name: str, role: int) -> Any:
        """Text, or percent done."""
        job = self._jobs[row]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(job, name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(job.error) if job.error is not None else self._text(job, name)
        if role == Qt.ItemDataRole.UserRole and name == "progress":
            return round(100 * job.progress.done / job.progress.total) if job.progress.total > 0 else None
        if role == Qt.ItemDataRole.UserRole and name == "state":
            return not job.state.over
        return None

    def title(self, name: str) -> str:
        """Heading of a column."""
        names = {
            "what": self.tr("Job"), "progress": self.tr("Progress"), "state": self.tr("State"), "left": self.tr("Time left"),
        }  # fmt: skip
        return names[name]

    def _text(self, job: Job, column: str) -> str:
        if column == "what":
            return job.title
        if column == "progress":
            done, total = job.progress.done, job.progress.total
            count = f"{done:,} / {total:,}" if total > 0 and total != 100 else (f"{done:,}" if done and total == 0 else "")
            return " · ".join(part for part in (job.progress.message, count) if part)
        if column == "state":
            return self._state(job)
        left = job.seconds_left
        return "" if left is None else duration_text(left)

    def _state(self, job: Job) -> str:
        if job.token.cancelled and not job.state.over:
            return self.tr("stopping")
        if job.token.cancelled and job.state is JobState.DONE:
            return self.tr("cancelled")  # It stopped when asked and told what it had finished.
        return {
            JobState.WAITING: self.tr("waiting"),
            JobState.RUNNING: self.tr("running"),
            JobState.DONE: self.tr("done"),
            JobState.FAILED: self.tr("failed"),
            JobState.CANCELLED: self.tr("cancelled"),
        }[job.state]

    def _add(self, job: Job) -> None:
        if not job.visible:
            return
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._jobs.insert(0, job)
        self.endInsertRows()
        job.changed.connect(lambda: self._changed(job))
        if len(self._jobs) > KEPT:
            last = len(self._jobs) - 1
            self.beginRemoveRows(QModelIndex(), last, last)
            self._jobs.pop()
            self.endRemoveRows()

    def _changed(self, job: Job) -> None:
        if job not in self._jobs:
            return
        row = self._jobs.index(job)
        if job.abandoned and job.state.over:
            self.beginRemoveRows(QModelIndex(), row, row)
            self._jobs.pop(row)
            self.endRemoveRows()
        else:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))


def duration_text(seconds: float) -> str:
    """A duration as a person would say it."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60:02d} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02d} min"
