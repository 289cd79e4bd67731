"""Fine-tuning jobs, one a row, the newest first."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from bitspec_gui.domain.tuning_jobs import JobState, TuningJob
from bitspec_gui.ui.tables.named_columns import ExplainedColumnsModel
from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.ui.train_state import TrainState
from bitspec_gui.ui.training_run import TrainingRun
from bitspec_gui.ui.training_words import date_words, state_words, strategy_words, time_words

COLUMNS = ("name", "state", "dataset", "strategy", "base", "made")


class TuningJobsTableModel(ExplainedColumnsModel):
    """Names, how they stand, and what they learn from."""

    columns = COLUMNS

    def __init__(self, train: TrainState, run: TrainingRun, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._train, self._run = train, run
        self._colours: Colours = LIGHT
        self._jobs: tuple[TuningJob, ...] = ()
        train.jobs_changed.connect(self._refresh)
        for signal in (run.wish_changed, run.told_changed):
            signal.connect(self._repaint)
        self._refresh()

    def job_at(self, row: int) -> TuningJob:
        """Job of a row."""
        return self._jobs[row]

    def row_of(self, job_id: int | None) -> int | None:
        """Row of a job, None if it is not there."""
        return next((row for row, job in enumerate(self._jobs) if job.job_id == job_id), None)

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._colours = colours
        self._repaint()

    def row_number(self) -> int:
        """Number of jobs."""
        return len(self._jobs)

    def cell(self, row: int, name: str, role: int) -> Any:
        """Texts, and the colour of a state."""
        job = self._jobs[row]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(job, name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return job.said if name == "state" and job.said else self._text(job, name)
        if role == Qt.ItemDataRole.ForegroundRole and name == "state":
            c = self._colours
            colour = {
                JobState.DONE: c.excellent, JobState.FAILED: c.poor, JobState.INTERRUPTED: c.weak, JobState.PAUSED: c.fair,
                JobState.CANCELLED: c.muted, JobState.QUEUED: c.muted,
            }.get(job.state, c.accent)  # fmt: skip
            return QColor(colour)
        return None

    def titles(self) -> dict[str, tuple[str, str]]:
        """Headings of the columns, and what they say."""
        return {
            "name": (self.tr("Training"), self.tr("The name that the version has, or is to have")),
            "state": (self.tr("State"), self.tr("How it stands")),
            "dataset": (self.tr("Spectra"), self.tr("The dataset that it learns from")),
            "strategy": (self.tr("What learns"), self.tr("The strategy that was chosen on the plan")),
            "base": (self.tr("Base model"), self.tr("The version that it begins with")),
            "made": (self.tr("Asked for"), self.tr("When it was put in the queue")),
        }

    def _text(self, job: TuningJob, column: str) -> str:
        if column == "state":
            return self._state(job)
        return {
            "name": job.name,
            "dataset": job.dataset_name,
            "strategy": strategy_words(job.settings.strategy),
            "base": job.base_name,
            "made": date_words(job.made_at),
        }[column]

    def _state(self, job: TuningJob) -> str:
        """Of the job looked at, how far it is as well."""
        wish = self._run.wish_of(job.job_id)
        parts, usage = [state_words(job, wish)], self._run.course.usage
        if job.job_id == self._train.job_id and job.state in (JobState.RUNNING, JobState.PAUSED) and usage is not None:
            parts.append(f"{usage.done:.0%}".replace("%", " %"))
            if usage.seconds_left is not None and job.state is JobState.RUNNING and wish is None:
                parts.append(self.tr("%1 left").replace("%1", time_words(usage.seconds_left)))
        return " · ".join(parts)

    def _refresh(self) -> None:
        jobs = self._train.jobs
        if [job.job_id for job in jobs] == [job.job_id for job in self._jobs]:
            self._jobs = jobs
            self._repaint()
            return
        self.beginResetModel()
        self._jobs = jobs
        self.endResetModel()

    def _repaint(self) -> None:
        if self._jobs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._jobs) - 1, len(COLUMNS) - 1))
