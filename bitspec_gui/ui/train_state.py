"""What the *Train* tab is about: the dataset looked at, the plan for it, the job that learns, its verdict, and model versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from PySide6.QtCore import QObject, Signal

from bitspec_gui.domain.library_edits import EditHistory
from bitspec_gui.domain.model_registry import SUPPLIED, RegisteredVersion
from bitspec_gui.domain.tuning import DatasetLook, TuningPlan, TuningSettings
from bitspec_gui.domain.tuning_data import DatasetInfo, DatasetSpectrum
from bitspec_gui.domain.tuning_jobs import JobState, TuningEvent, TuningJob
from bitspec_gui.domain.verdict import Verdict
from bitspec_gui.ui.dataset_words import KindCounts


class TrainPage(Enum):
    """Steps of a fine-tuning, each a page of the tab."""

    SPECTRA = 0
    PLAN = 1
    TRAINING = 2
    VERDICT = 3
    MODELS = 4


class TrainState(QObject):
    """Read by the pages, written by the flows. Every change is told by one signal of its kind."""

    page_changed = Signal()
    datasets_changed = Signal()
    dataset_changed = Signal()
    spectra_changed = Signal()
    history_changed = Signal()
    looked_at_changed = Signal()
    plan_changed = Signal()
    settings_changed = Signal()
    jobs_changed = Signal()
    job_changed = Signal()
    events_changed = Signal()
    events_came = Signal(object)
    verdict_changed = Signal()
    versions_changed = Signal()
    version_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.page = TrainPage.SPECTRA
        self.datasets: tuple[DatasetInfo, ...] | None = None
        self.dataset_id: int | None = None
        self.spectra: tuple[DatasetSpectrum, ...] = ()
        self.counts = KindCounts()
        self.history = EditHistory()
        self.look: DatasetLook | None = None
        self.plan: TuningPlan | None = None
        self.plan_hash = ""
        self.base_id: int | None = None
        self.settings: TuningSettings | None = None
        self.jobs: tuple[TuningJob, ...] = ()
        self.job_id: int | None = None
        self.events: list[TuningEvent] = []
        self.verdict: Verdict | None = None
        self.verdict_of = ""
        self.verdict_version: int | None = None
        self.versions: tuple[RegisteredVersion, ...] = ()
        self.version_id = SUPPLIED

    # What is derived

    @property
    def dataset(self) -> DatasetInfo | None:
        """The dataset looked at, as it was last listed."""
        return next((each for each in self.datasets or () if each.dataset_id == self.dataset_id), None)

    @property
    def plan_is_current(self) -> bool:
        """Whether the plan is for the spectra that are used now."""
        dataset = self.dataset
        return self.plan is not None and dataset is not None and dataset.content_hash == self.plan_hash

    @property
    def job(self) -> TuningJob | None:
        """The job looked at."""
        return next((each for each in self.jobs if each.job_id == self.job_id), None)

    @property
    def running(self) -> TuningJob | None:
        """The job that runs, or pauses."""
        return next((each for each in self.jobs if each.state in (JobState.RUNNING, JobState.PAUSED)), None)

    @property
    def version(self) -> RegisteredVersion | None:
        """The version looked at."""
        return next((each for each in self.versions if each.version_id == self.version_id), None)

    @property
    def active_version(self) -> RegisteredVersion | None:
        """The version that predicts."""
        return next((each for each in self.versions if each.active), None)

    @property
    def base(self) -> RegisteredVersion | None:
        """The version to begin with: the one chosen, else the one in use."""
        chosen = next((each for each in self.versions if each.version_id == self.base_id), None)
        return chosen or self.active_version or next(iter(self.versions), None)

    @property
    def done(self) -> frozenset[TrainPage]:
        """Steps that are behind: spectra to learn from, a plan for them, a job that ended, and its verdict."""
        dataset, job = self.dataset, self.job
        behind = {
            TrainPage.SPECTRA: dataset is not None and dataset.used > 0,
            TrainPage.PLAN: self.plan_is_current and self.settings is not None,
            TrainPage.TRAINING: job is not None and job.state is JobState.DONE,
            TrainPage.VERDICT: self.verdict is not None,
        }
        return frozenset(page for page, yes in behind.items() if yes)

    # What changes

    def show_page(self, page: TrainPage) -> None:
        """Look at another page."""
        if page is not self.page:
            self.page = page
            self.page_changed.emit()

    def set_datasets(self, datasets: Sequence[DatasetInfo]) -> None:
        """Datasets there are; the first is looked at if none was, or if that one is gone."""
        if self.datasets == tuple(datasets):
            return
        self.datasets = tuple(datasets)
        self.datasets_changed.emit()
        if self.dataset is None:
            self.look_at_dataset(self.datasets[0].dataset_id if self.datasets else None)

    def look_at_dataset(self, dataset_id: int | None) -> None:
        """Look at another dataset; its spectra come by `set_spectra`."""
        if dataset_id == self.dataset_id:
            return
        self.dataset_id, self.spectra, self.counts, self.history = dataset_id, (), KindCounts(), EditHistory()
        self._forget_plan()
        self.dataset_changed.emit()
        self.spectra_changed.emit()
        self.history_changed.emit()

    def set_spectra(self, dataset_id: int, spectra: Sequence[DatasetSpectrum], counts: KindCounts, history: EditHistory) -> None:
        """Spectra of the dataset looked at, and what can be undone; those of another one come too late."""
        if dataset_id != self.dataset_id:
            return
        self.spectra, self.counts = tuple(spectra), counts
        self.spectra_changed.emit()
        if history != self.history:
            self.history = history
            self.history_changed.emit()

    def choose_base(self, version_id: int | None) -> None:
        """Begin with another version; the plan for the last one is forgotten."""
        if version_id != self.base_id:
            self.base_id = version_id
            self._forget_plan()

    def set_plan(self, look: DatasetLook, plan: TuningPlan, content_hash: str) -> None:
        """A plan for what was used when the look began; its proposal is chosen."""
        self.look, self.plan, self.plan_hash = look, plan, content_hash
        self.looked_at_changed.emit()
        self.plan_changed.emit()
        self.set_settings(plan.proposed.settings if plan.proposed is not None else None)

    def set_settings(self, settings: TuningSettings | None) -> None:
        """What is chosen for the next training."""
        if settings != self.settings:
            self.settings = settings
            self.settings_changed.emit()

    def set_jobs(self, jobs: Sequence[TuningJob]) -> None:
        """Jobs there are, the newest first; one is looked at if none was: that which runs, else the newest."""
        if self.jobs == tuple(jobs):
            return
        self.jobs = tuple(jobs)
        self.jobs_changed.emit()
        if self.job is None:
            first = self.running or next(iter(self.jobs), None)
            self.look_at_job(first.job_id if first is not None else None)

    def look_at_job(self, job_id: int | None) -> None:
        """Look at another job; its events come by `set_events`."""
        if job_id != self.job_id:
            self.job_id, self.events = job_id, []
            self.job_changed.emit()
            self.events_changed.emit()

    def set_events(self, events: Iterable[TuningEvent]) -> None:
        """All that the job looked at has told so far."""
        self.events = list(events)
        self.events_changed.emit()

    def take_events(self, events: Sequence[TuningEvent]) -> None:
        """What the job looked at tells now."""
        if events:
            self.events.extend(events)
            self.events_came.emit(tuple(events))

    def set_verdict(self, verdict: Verdict | None, title: str = "", version_id: int | None = None) -> None:
        """The verdict looked at, the name of the job or version that it is of, and the version's id as soon as that is known."""
        if verdict is not self.verdict or (title, version_id) != (self.verdict_of, self.verdict_version):
            self.verdict, self.verdict_of, self.verdict_version = verdict, title, version_id
            self.verdict_changed.emit()

    def set_versions(self, versions: Sequence[RegisteredVersion]) -> None:
        """Versions there are, the supplied one first."""
        if self.versions != tuple(versions):
            before = self.base
            self.versions = tuple(versions)
            if self.base != before:
                self._forget_plan()
            self.versions_changed.emit()

    def look_at_version(self, version_id: int) -> None:
        """Look at another version."""
        if version_id != self.version_id:
            self.version_id = version_id
            self.version_changed.emit()

    def _forget_plan(self) -> None:
        if self.plan is not None or self.look is not None:
            self.look, self.plan, self.plan_hash = None, None, ""
            self.looked_at_changed.emit()
            self.plan_changed.emit()
        self.set_settings(None)
