"""From a dataset to a plan, and from the plan to a training: looked at in the compute lane, queued in the edit lane."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.tuning import DatasetLook, Strategy, StrategyOption, TuningPlan, TuningSettings
from bitspec_gui.domain.tuning_jobs import TuningJob
from bitspec_gui.services.tuning_jobs import TuningJobs
from bitspec_gui.services.tuning_plan import TuningPlanner
from bitspec_gui.services.tuning_settings import setting_faults, with_overrides
from bitspec_gui.services.tuning_time import seconds_for, size_on_disk
from bitspec_gui.ui.train_state import TrainPage, TrainState
from bitspec_gui.workers.job import Job
from bitspec_gui.workers.runner import Runner


class TrainPlanning(QObject):
    """Makes plans when they are looked at, and starts trainings.

    ``busy_changed`` carries the `Job` that looks at the dataset, or None; ``problem_changed`` why there is no plan (empty: all is
    well); ``queued`` the `TuningJob` that was started, ``refused`` why it was not.
    """

    told = Signal(str)
    failed = Signal(object)
    queued = Signal(object)
    refused = Signal(str)
    busy_changed = Signal(object)
    problem_changed = Signal(str)
    starting_changed = Signal(bool)

    def __init__(
        self, planner: TuningPlanner, jobs: TuningJobs, runner: Runner, train: TrainState, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._planner, self._jobs, self._runner, self._train = planner, jobs, runner, train
        self.busy: Job | None = None
        self._looks_at: tuple[int | None, str, int | None] | None = None
        self.problem = ""
        self.starting = False
        for signal in (train.page_changed, train.datasets_changed, train.dataset_changed, train.versions_changed):
            signal.connect(self._follow)

    # Making a plan

    def make(self) -> None:
        """Look at the dataset with the version to begin with, and propose how to learn from it."""
        train = self._train
        dataset, base, wanted = train.dataset, train.base, self._wanted
        if dataset is None or not dataset.used or (self.busy is not None and self._looks_at == wanted):
            return
        self._looks_at = wanted
        self._set_problem("")

        def done(both: tuple[DatasetLook, TuningPlan]) -> None:
            if train.dataset_id == dataset.dataset_id:
                train.set_plan(*both, dataset.content_hash)

        job = self._runner.submit(
            "compute",
            _look_and_plan,
            self._planner,
            dataset.dataset_id,
            base,
            title=self.tr("Looking at the dataset %1").replace("%1", dataset.name),
            cancellable=True,
            on_done=done,
            on_error=self._not_planned,
            on_cancel=lambda: self._set_problem(self.tr("Cancelled: there is no plan yet.")),
            key="training-look",
        )
        self.busy = job
        job.ended.connect(self._ended)
        self.busy_changed.emit(job)

    def cancel(self) -> bool:
        """Stop looking; False if nothing is looked at."""
        if self.busy is None:
            return False
        self.busy.cancel()
        return True

    def stop(self) -> None:
        """Look no more (the window closes)."""
        self._runner.abandon("training-look")

    def _follow(self) -> None:
        """A plan is made as soon as its page is looked at, and made again for other spectra."""
        train = self._train
        if train.page is not TrainPage.PLAN or train.dataset is None or train.plan_is_current:
            return
        # What failed, or was cancelled, is not tried again by itself.
        if self._wanted != self._looks_at or (self.busy is None and not self.problem):
            self.make()

    @property
    def _wanted(self) -> tuple[int | None, str, int | None]:
        """What a plan is to be for: dataset, what of it is used, and the version to begin with."""
        train = self._train
        dataset, base = train.dataset, train.base
        content = dataset.content_hash if dataset is not None else ""
        return train.dataset_id, content, base.version_id if base is not None else None

    def _ended(self, job: Job) -> None:
        if self.busy is job:
            self.busy = None
            self.busy_changed.emit(None)

    def _not_planned(self, error: Exception) -> None:
        if not isinstance(error, BitSpecError):
            self.failed.emit(error)
        sentence = str(error) if isinstance(error, BitSpecError) else self.tr("The dataset could not be looked at.")
        self._set_problem(sentence)

    def _set_problem(self, sentence: str) -> None:
        if sentence != self.problem:
            self.problem = sentence
            self.problem_changed.emit(sentence)

    # What is chosen

    @property
    def option(self) -> StrategyOption | None:
        """The strategy that is chosen, as it was proposed."""
        plan, settings = self._train.plan, self._train.settings
        if plan is None or settings is None:
            return None
        return next((each for each in plan.options if each.settings.strategy is settings.strategy), None)

    def choose(self, strategy: Strategy) -> None:
        """Choose a strategy with its recommended settings; the machine's stay as they were chosen."""
        train = self._train
        found = next((each for each in train.plan.options if each.settings.strategy is strategy), None) if train.plan else None
        if found is None or (train.settings is not None and train.settings.strategy is strategy):
            return
        kept = train.settings
        machine = {name: getattr(kept, name) for name in ("device", "amp", "compiled", "checkpointed", "seed")} if kept else {}
        train.set_settings(replace(found.settings, **machine))

    def change(self, name: str, value: Any) -> None:
        """Another value for one of the settings, and for what hangs on it."""
        settings = self._train.settings
        if settings is not None and getattr(settings, name) != value:
            self._train.set_settings(with_overrides(settings, {name: value}))

    def as_proposed(self) -> None:
        """Take back all changes of the settings of the strategy that is chosen."""
        if self.option is not None:
            self._train.set_settings(self.option.settings)

    @property
    def faults(self) -> dict[str, str]:
        """What is wrong with the settings: a sentence for each field."""
        settings, look = self._train.settings, self._train.look
        return {} if settings is None else setting_faults(settings, look.compounds if look is not None else None)

    @property
    def seconds(self) -> float | None:
        """How long it is expected to take."""
        settings, look = self._train.settings, self._train.look
        if settings is None or look is None or self.faults:
            return None
        return seconds_for(settings, look.compounds, speed=look.speed)

    @property
    def size_bytes(self) -> int | None:
        """Size of the new version on disk."""
        settings, look = self._train.settings, self._train.look
        return None if settings is None or look is None else size_on_disk(settings, look.base_bytes)

    def free_name(self) -> str:
        """A name for the new version that is not taken."""
        train = self._train
        stem = train.dataset.name if train.dataset is not None else self.tr("My model")
        taken = {each.version.name.casefold() for each in train.versions}
        taken |= {each.name.casefold() for each in train.jobs}
        number = 1
        while f"{stem} {number}".casefold() in taken:
            number += 1
        return f"{stem} {number}"

    # Starting

    def start(self, name: str) -> None:
        """Queue the training that is chosen, and look at it."""
        train = self._train
        dataset, base, settings = train.dataset, train.base, train.settings
        if self.starting or dataset is None or base is None or settings is None or self.faults:
            return
        self._set_starting(True)
        self._runner.submit(
            "edit",
            self._jobs.queue,
            name,
            dataset.dataset_id,
            base,
            settings,
            on_done=self._queued,
            on_error=self._not_queued,
        )

    def _set_starting(self, starting: bool) -> None:
        self.starting = starting
        self.starting_changed.emit(starting)

    def _queued(self, job: TuningJob) -> None:
        self._set_starting(False)
        self.told.emit(self.tr("The training “%1” is in the queue.").replace("%1", job.name))
        self._train.set_jobs((job, *(each for each in self._train.jobs if each.job_id != job.job_id)))
        self._train.look_at_job(job.job_id)
        self._train.show_page(TrainPage.TRAINING)
        self.queued.emit(job)

    def _not_queued(self, error: Exception) -> None:
        self._set_starting(False)
        if isinstance(error, BitSpecError):
            self.refused.emit(str(error))
        else:
            self.failed.emit(error)


def changed_fields(settings: TuningSettings, proposed: TuningSettings) -> frozenset[str]:
    """Names of the settings that differ from those proposed."""
    mine, theirs = settings.as_json(), proposed.as_json()
    return frozenset(name for name, value in mine.items() if value != theirs[name])


def _look_and_plan(
    planner: TuningPlanner,
    dataset_id: int,
    base: RegisteredVersion | None,
    *,
    progress: ReportProgress,
    cancel: CancelToken,
) -> tuple[DatasetLook, TuningPlan]:
    """How the base sees the dataset, and what is proposed; in the compute lane."""
    look = planner.look(dataset_id, base=base, progress=progress, cancel=cancel)
    return look, planner.plan(look)
