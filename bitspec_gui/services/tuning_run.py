"""One fine-tuning job from its beginning to its end, in the process that trains."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bitspec_gui.domain.errors import Interrupted, StorageError, TrainingError, VersionError
from bitspec_gui.domain.model_registry import RegisteredVersion, TuningResult, VersionMetrics
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning import TuningTask
from bitspec_gui.domain.tuning_jobs import (
    JobState,
    ReportEvent,
    RunControl,
    StateChanged,
    TuningEvent,
    TuningJob,
    VerdictReached,
    Wish,
)
from bitspec_gui.domain.tuning_ports import FineTuner, TrainingStore
from bitspec_gui.domain.verdict import VERDICT_FILE
from bitspec_gui.services.job_folder import JobFolder, folder_size
from bitspec_gui.services.tuning_faults import CANCELLED, PUT_OFF, is_disk_full, outcome_of
from bitspec_gui.services.tuning_journal import Journal
from bitspec_gui.services.tuning_watch import WishWatch
from bitspec_gui.services.tuning_wishes import WishFile

PublicData = Callable[[frozenset[str], int, Callable[[], None]], tuple[list[SpectrumRecord], list[str]]]
"""Public spectra and SMILES without some compounds, for a seed; told a function that raises if the job is to end."""

_GOING_ON = (JobState.RUNNING, JobState.PAUSED)
_SAY_AGAIN_S = (0.2, 1.0, 3.0)
_MOST_NAMES = 100

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Workplace:
    """What every job of a runner needs."""

    store: TrainingStore
    models: Path
    find_version: Callable[[str], Path | None]
    core: Callable[[], FineTuner]
    public: PublicData
    give_up: Callable[[], None] | None = None
    """Ends the process if the core does not obey a wish to end; None where the process does other things, too."""


class JobRun:
    """Runs a job that is QUEUED, and leaves it DONE, CANCELLED, INTERRUPTED or FAILED.

    Parameters
    ----------
    stopped : callable
        Whether the runner is to end: the job is then put off.
    report : callable
        Told every event beside the journal.
    """

    def __init__(
        self, job: TuningJob, folder: JobFolder, place: Workplace, stopped: Callable[[], bool], report: ReportEvent
    ) -> None:
        self._job, self._folder, self._place = job, folder, place
        self._stopped, self._tell = stopped, report
        self._wishes = WishFile(folder.wish)
        self._journal = Journal(folder.journal)
        self._watch = WishWatch(self._wish, self._stand, place.give_up)
        self._told: tuple[JobState, str] | None = None

    def run(self) -> JobState | None:
        """Do the job; returns how it stands afterwards, None if it was no longer queued.

        Raises
        ------
        StorageError
            If the database cannot even be told how it ended.
        KeyboardInterrupt
            After the job was put off.
        """
        if not self._place.store.set_job_state(self._job.job_id, JobState.RUNNING, only_from=[JobState.QUEUED]):
            return None
        self._report(StateChanged(JobState.RUNNING))
        self._watch.start()
        try:
            with _logging_to(self._folder.log):
                self._train()
        except BaseException as error:
            self._watch.stop()
            self._ended_by(error)
            if not isinstance(error, Exception):
                raise
        finally:
            self._watch.stop()
        return self._place.store.job(self._job.job_id).state

    def _train(self) -> None:
        control = RunControl(self._wish)
        control.check()
        put_back(self._folder, self._model_folder())
        self._folder.keep_reserve()
        task = self._task(control)
        control.check()
        core = self._place.core()
        control.check()
        result = core.run(task, self._folder.work, self._report, control)
        control.check()
        # From here on a wish comes too late: nothing may be said beside what follows.
        self._watch.stop()
        if self._place.store.job(self._job.job_id).state not in _GOING_ON:
            raise Interrupted(PUT_OFF)
        self._register(result)

    def _task(self, control: RunControl) -> TuningTask:
        base = self._place.find_version(self._job.base_sha256)
        if base is None:
            raise TrainingError(
                f"The base model {self._job.base_name} (sha256 {self._job.base_sha256[:12]}...) is not on this machine any more."
            )
        own = self._folder.own()
        if not self._folder.has_public:
            compounds = frozenset(record.connectivity for record in own if record.connectivity)
            self._folder.freeze_public(*self._place.public(compounds, self._job.settings.seed, control.check))
        public, molecules = self._folder.public()
        self._folder.work.mkdir(exist_ok=True)
        return TuningTask(
            name=self._job.name,
            base_file=base,
            settings=self._job.settings,
            own=own,
            public=public,
            molecules=molecules,
            dataset_name=self._job.dataset_name,
            dataset_hash=self._job.dataset_hash,
        )

    def _register(self, result: TuningResult) -> None:
        """Move the files among the versions, then write the version and the end of the job in one transaction.

        Killed in between, the files lie among the versions without being one; `put_back` brings them back.
        """
        self._report(VerdictReached(result.verdict))
        target = self._model_folder()
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(result.file.parent, target)
        verdict = result.verdict
        made = RegisteredVersion(
            version_id=0,
            version=result.version,
            file=target / result.file.name,
            made_at=datetime.now(UTC),
            parent_sha256=result.parent.sha256,
            parent_name=result.parent.name,
            small=result.small,
            dataset_name=self._job.dataset_name,
            dataset_hash=self._job.dataset_hash,
            settings=self._job.settings,
            metrics=VersionMetrics.of(verdict),
            # What predicts; the verdict beside it, with all its spectra, is read by nobody else.
            size_bytes=sum(each.stat().st_size for each in target.iterdir() if each.name != VERDICT_FILE),
            notes="\n".join(result.notes),
        )
        self._add(made)
        self._report(StateChanged(JobState.DONE, verdict.sentence))
        self._folder.clear_work()

    def _add(self, made: RegisteredVersion) -> None:
        """Keep the version, by another name if its own was given away while it was trained."""
        for number in range(2, _MOST_NAMES):
            try:
                self._place.store.add_version(made, job_id=self._job.job_id)
            except VersionError:
                if number == _MOST_NAMES - 1:
                    raise
                made = replace(made, version=replace(made.version, name=f"{self._job.name} ({number})"))
            else:
                return

    def _model_folder(self) -> Path:
        return self._place.models / model_folder_name(self._job)

    def _wish(self) -> Wish:
        wish = self._wishes.glance()
        return Wish.STOP if wish is not Wish.CANCEL and self._stopped() else wish

    def _report(self, event: TuningEvent) -> None:
        self._journal.write(event)
        self._tell(event)

    def _stand(self, state: JobState) -> None:
        """Say, while the job runs, that it stands otherwise."""
        said = {JobState.CANCELLED: CANCELLED, JobState.INTERRUPTED: PUT_OFF}.get(state, "")
        try:
            if self._place.store.set_job_state(self._job.job_id, state, said, only_from=_GOING_ON):
                self._report(StateChanged(state, said))
        except StorageError:
            # The end of the job says it again, more than once if need be.
            _log.warning("How job %d stands could not be written", self._job.job_id, exc_info=True)

    def _ended_by(self, error: BaseException) -> None:
        outcome = outcome_of(error, self._folder.path, folder_size(self._folder.work))
        if outcome is None:
            with _logging_to(self._folder.log):
                _log.error("Job %d ended by an unexpected fault", self._job.job_id, exc_info=error)
            kind = type(error).__name__
            outcome = JobState.FAILED, f"An unexpected fault ended it ({kind}: {error}). {self._folder.log} says where."
        state, said = outcome
        if is_disk_full(error):
            self._folder.free_reserve()
        if self._conclude(state, said):
            self._report(StateChanged(state, said))
        if state is not JobState.INTERRUPTED:
            self._folder.clear_work()

    def _conclude(self, state: JobState, said: str) -> bool:
        for wait_s in _SAY_AGAIN_S:
            try:
                return self._place.store.set_job_state(self._job.job_id, state, said, only_from=_GOING_ON)
            except StorageError:
                _log.warning("The end of job %d could not be written", self._job.job_id, exc_info=True)
                self._folder.free_reserve()
                time.sleep(wait_s)
        return self._place.store.set_job_state(self._job.job_id, state, said, only_from=_GOING_ON)


def model_folder_name(job: TuningJob) -> str:
    """Folder of the version that a job makes, of no other job even if its number is given again."""
    return f"job-{job.job_id}-{job.made_at:%Y%m%d%H%M%S%f}"


def put_back(folder: JobFolder, model_folder: Path) -> None:
    """Bring the files of a version that was not registered back to where the core left them."""
    if not model_folder.is_dir():
        return
    result = folder.work / "result"
    if result.exists():
        shutil.rmtree(model_folder)
        return
    folder.work.mkdir(parents=True, exist_ok=True)
    os.replace(model_folder, result)


@contextlib.contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    """Let the log of the program also go to a file, as far as that can be written."""
    try:
        handler: logging.Handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.INFO)
    root = logging.getLogger("bitspec_gui")
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()
