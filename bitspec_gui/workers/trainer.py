"""Fine-tuning as the window sees it: what the jobs do, and what is wished of them, without ever waiting for either.

The training itself runs in a process of its own (`services.tuning_process`), which goes on if the window is closed or dies.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from bitspec_gui.domain.tuning_jobs import TuningJob, Wish
from bitspec_gui.domain.tuning_ports import JobBoard
from bitspec_gui.workers.training_supervisor import TrainingSupervisor

_never_destroyed: list[TrainingSupervisor] = []
"""Threads that did not end in time: destroying a running QThread aborts the process, so they are kept."""


class Trainer(QObject):
    """Handle of the thread that supervises jobs. Used from the GUI thread only; every method but `stop` returns at once.

    Parameters
    ----------
    jobs : JobBoard
        What is to be supervised.
    start_runner : callable
        Starts the process that runs the queue.
    parent : QObject, optional
        Qt parent.
    """

    jobs_changed = Signal(object)
    """All jobs (tuple of `TuningJob`), the newest first, whenever one of them has changed."""
    events = Signal(int, object)
    """Id of an attached job, and what it told (tuple of `TuningEvent`), in order."""
    replayed = Signal(int)
    """Id of a job whose journal was told from its start up to now."""
    ended = Signal(object)
    """A job (`TuningJob`) that was seen going on, and has ended."""
    failed = Signal(object)
    """Why a wish could not be done, the jobs not be read or the process not be started (an exception)."""

    def __init__(
        self, jobs: JobBoard, start_runner: Callable[[], subprocess.Popen[bytes]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._service = jobs
        self._jobs: tuple[TuningJob, ...] = ()
        self._supervisor = TrainingSupervisor(jobs, start_runner)
        queued = Qt.ConnectionType.QueuedConnection
        self._supervisor.jobs_seen.connect(self._take_jobs, queued)
        self._supervisor.events_read.connect(self._take_events, queued)
        self._supervisor.caught_up.connect(self._take_caught_up, queued)
        self._supervisor.job_ended.connect(self._take_ended, queued)
        self._supervisor.fault.connect(self._take_fault, queued)

    @property
    def jobs(self) -> tuple[TuningJob, ...]:
        """All jobs as last told, the newest first."""
        return self._jobs

    @property
    def training(self) -> bool:
        """Whether a job runs, is paused or waits in the queue."""
        return any(not job.state.ended for job in self._jobs)

    def open(self) -> None:
        """Begin: tell the jobs, say which were interrupted, and run those that are queued."""
        self._supervisor.start()

    def start(self) -> None:
        """Look at the queue now: a job has been added."""
        self._supervisor.do(self._supervisor.try_again)

    def pause(self, job_id: int) -> None:
        """Wish that a job waits."""
        self._wish(job_id, Wish.PAUSE)

    def resume(self, job_id: int) -> None:
        """Let a paused job go on, or put an interrupted one into the queue again."""
        self._supervisor.do(lambda: self._supervisor.resume(job_id))

    def cancel(self, job_id: int) -> None:
        """Wish that a job ends and leaves nothing."""
        self._wish(job_id, Wish.CANCEL)

    def put_off(self, job_id: int) -> None:
        """Wish that a job ends, to go on later from its last checkpoint."""
        self._wish(job_id, Wish.STOP)

    def remove(self, job_id: int) -> None:
        """Forget a job that has ended."""
        self._supervisor.do(lambda: self._service.remove(job_id))

    def attach(self, job_id: int) -> None:
        """Tell what a job told so far, from the start of its journal, and what it tells from now on."""
        self._supervisor.do(lambda: self._supervisor.follow(job_id))

    def detach(self, job_id: int) -> None:
        """Tell no more of a job."""
        self._supervisor.do(lambda: self._supervisor.unfollow(job_id))

    def stop(self, *, keep_training: bool, timeout_s: float = 3.0) -> bool:
        """End the supervision; the process goes on with its queue, or is asked to put off what it does.

        Returns
        -------
        bool
            False if the process (or the thread) had not ended when the time was up; the process will.
        """
        if not self._supervisor.isRunning():
            return True
        self._supervisor.close(keep_training=keep_training, timeout_s=timeout_s)
        if not self._supervisor.wait(int(1000 * (timeout_s + 1.0))):
            _never_destroyed.append(self._supervisor)
            return False
        return self._supervisor.runner_ended or keep_training

    def _wish(self, job_id: int, wish: Wish) -> None:
        self._supervisor.do(lambda: self._service.wish(job_id, wish))

    @Slot(object)
    def _take_jobs(self, jobs: tuple[TuningJob, ...]) -> None:
        self._jobs = jobs
        self.jobs_changed.emit(jobs)

    @Slot(int, object)
    def _take_events(self, job_id: int, events: object) -> None:
        self.events.emit(job_id, events)

    @Slot(int)
    def _take_caught_up(self, job_id: int) -> None:
        self.replayed.emit(job_id)

    @Slot(object)
    def _take_ended(self, job: TuningJob) -> None:
        self.ended.emit(job)

    @Slot(object)
    def _take_fault(self, error: Exception) -> None:
        self.failed.emit(error)
