"""The queue of fine-tuning jobs at work: one after the other, the oldest first, in the process that holds the lock."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from bitspec_gui.domain.tuning_jobs import JobState, ReportEvent, TuningJob, Wish
from bitspec_gui.services.job_folder import JobFolder
from bitspec_gui.services.runner_lock import RunnerBusy, RunnerLock
from bitspec_gui.services.tuning_faults import CANCELLED, DIED
from bitspec_gui.services.tuning_run import JobRun, Workplace, model_folder_name, put_back
from bitspec_gui.services.tuning_wishes import WishFile

LOCK_WAIT_S = 10.0
"""How long a runner waits for the lock: whoever looks whether it is free holds it for a moment."""

_log = logging.getLogger(__name__)


class StopFile:
    """Tells a runner to put off what it does and to end. Whoever starts one takes it away before."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "runner.stop"

    def ask(self) -> None:
        """Ask the runner to end."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch()

    def clear(self) -> None:
        """Take it away."""
        self._path.unlink(missing_ok=True)

    @property
    def asked(self) -> bool:
        """Whether it is to end."""
        return self._path.exists()


class QueueRunner:
    """Runs the jobs of a folder.

    Parameters
    ----------
    place : callable
        What jobs need; called once the lock is held.
    folder : Path
        Of everything about fine-tuning.
    folder_of : callable
        Folder of a job by its id.
    """

    def __init__(self, place: Callable[[], Workplace], folder: Path, folder_of: Callable[[int], JobFolder]) -> None:
        self._place, self._folder, self._folder_of = place, folder, folder_of
        self._lock = RunnerLock(folder)
        self._stop_file = StopFile(folder)

    def run(
        self, only: int | None = None, report: ReportEvent = lambda _: None, stop: threading.Event | None = None
    ) -> list[tuple[int, JobState]]:
        """Run jobs until none is queued, or `only` one; returns how those that were run stand.

        Raises
        ------
        RunnerBusy
            If another process runs jobs.
        StorageError
            If the database cannot be read or written.
        """

        def stopped() -> bool:
            return (stop is not None and stop.is_set()) or self._stop_file.asked

        done: list[tuple[int, JobState]] = []
        with self._lock.held(LOCK_WAIT_S) as held:
            if not held:
                raise RunnerBusy("Another fine-tuning is running on this machine; this one waits its turn.")
            place = self._place()
            reconcile(place, self._folder_of)
            while not stopped() and (job := _next(place, only)) is not None:
                state = JobRun(job, self._folder_of(job.job_id), place, stopped, report).run()
                if state is not None:
                    done.append((job.job_id, state))
                gc.collect()
                if only is not None:
                    break
        return done


def _next(place: Workplace, only: int | None) -> TuningJob | None:
    queued = [job for job in place.store.jobs() if job.state is JobState.QUEUED and only in (None, job.job_id)]
    return min(queued, key=lambda job: (job.made_at, job.job_id), default=None)


def reconcile(place: Workplace, folder_of: Callable[[int], JobFolder], said: str = "") -> list[TuningJob]:
    """Say of jobs that stand as running that they are not; only for whoever holds the lock.

    Files of a version that was not registered are put back for the job to go on with. Returns the jobs that were changed, as
    they stand now.
    """
    changed = []
    for job in place.store.jobs():
        folder = folder_of(job.job_id)
        if job.state is not JobState.DONE:
            try:
                put_back(folder, place.models / model_folder_name(job))
            except OSError:
                _log.warning("Files of job %d could not be put back", job.job_id, exc_info=True)
        if job.state.ended and not job.state.can_resume and folder.work.is_dir():
            folder.clear_work()
        if job.state in (JobState.RUNNING, JobState.PAUSED):
            cancelled = WishFile(folder.wish).read() is Wish.CANCEL
            state, words = (JobState.CANCELLED, CANCELLED) if cancelled else (JobState.INTERRUPTED, said or DIED)
            if place.store.set_job_state(job.job_id, state, words, only_from=(JobState.RUNNING, JobState.PAUSED)):
                changed.append(place.store.job(job.job_id))
                folder.free_reserve()
                if cancelled:
                    folder.clear_work()
    return changed
