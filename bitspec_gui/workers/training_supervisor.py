"""The thread that supervises fine-tuning jobs: looks at them, at what they tell and at the process that runs them."""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from PySide6.QtCore import QThread, Signal

from bitspec_gui.domain.errors import BitSpecError, TrainingError
from bitspec_gui.domain.tuning_jobs import JobState, TuningJob, Wish
from bitspec_gui.domain.tuning_ports import JobBoard

POLL_S = 0.1
"""How often journals and the process are looked at."""

_BUSY_LOOK_S, _IDLE_LOOK_S = 0.25, 2.0
"""How often the jobs are looked at while one goes on, and while none does."""

_EVENTS_AT_ONCE = 100
_BREATH_S = 0.01
_MOST_BARREN_STARTS = 3

_log = logging.getLogger(__name__)


class TrainingSupervisor(QThread):
    """Made and closed in the GUI thread; everything else happens in the thread itself, in what `do` hands it."""

    jobs_seen = Signal(object)
    events_read = Signal(int, object)
    caught_up = Signal(int)
    job_ended = Signal(object)
    fault = Signal(object)

    def __init__(self, jobs: JobBoard, start_runner: Callable[[], subprocess.Popen[bytes]]) -> None:
        super().__init__()
        self.setObjectName("trainer")
        self._service, self._start_runner = jobs, start_runner
        self._orders: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._closing = False
        self.runner_ended = True
        """Whether, at the end, no process was running jobs any more."""
        self._child: subprocess.Popen[bytes] | None = None
        self._queued_at_start: frozenset[int] = frozenset()
        self._barren_starts = 0
        self._jobs: tuple[TuningJob, ...] | None = None
        self._look_at = 0.0
        self._followed: dict[int, int] = {}
        self._behind: set[int] = set()
        self._said = ""

    def do(self, order: Callable[[], object]) -> None:
        """Have something done in the thread, and look at the jobs afterwards."""
        self._orders.put(lambda: self._obey(order))

    def close(self, *, keep_training: bool, timeout_s: float) -> None:
        """Let the thread end; before, the process is asked to end unless `keep_training`."""
        self._orders.put(lambda: self._close(keep_training, timeout_s))

    def run(self) -> None:
        """Body of the thread."""
        while not self._closing:
            self._guarded(self._look)
            self._next_order()

    # In the thread

    def try_again(self) -> None:
        """Start the process even though it failed before: someone asks for it."""
        self._barren_starts = 0

    def resume(self, job_id: int) -> None:
        """Let a job go on, paused or interrupted."""
        if self._service.job(job_id).state.can_resume:
            self._service.resume(job_id)
            self.try_again()
        else:
            self._service.wish(job_id, Wish.RUN)

    def follow(self, job_id: int) -> None:
        """Tell the journal of a job from its start."""
        self._followed[job_id] = 0
        self._behind.add(job_id)

    def unfollow(self, job_id: int) -> None:
        """Tell no more of it."""
        self._followed.pop(job_id, None)
        self._behind.discard(job_id)

    def _next_order(self) -> None:
        try:
            self._orders.get(timeout=_BREATH_S if self._behind else POLL_S)()
            while True:
                self._orders.get_nowait()()
        except Empty:
            return

    def _obey(self, order: Callable[[], object]) -> None:
        self._look_at = 0.0
        self._said = ""
        self._guarded(order)

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except BitSpecError as error:
            self._tell_fault(error)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong must reach the window, and the supervision go on
            _log.exception("Unexpected error in the supervision of fine-tuning")
            self._tell_fault(error)

    def _tell_fault(self, error: Exception) -> None:
        """Say what is wrong, once until something else happens: the next look will most likely find the same."""
        self._look_at = time.monotonic() + _IDLE_LOOK_S
        if str(error) != self._said:
            self._said = str(error)
            self.fault.emit(error)

    def _look(self) -> None:
        self._read_journals()
        if self._child is not None and self._child.poll() is not None:
            self._child_ended(self._child.returncode)
        if time.monotonic() >= self._look_at:
            self._look_at_jobs()

    def _look_at_jobs(self) -> None:
        jobs = self._read_jobs()
        states = {job.state for job in jobs}
        busy = not all(state.ended for state in states)
        self._look_at = time.monotonic() + (_BUSY_LOOK_S if busy else _IDLE_LOOK_S)
        if not busy or self._child is not None or self._service.runner_alive():
            return
        if states & {JobState.RUNNING, JobState.PAUSED}:
            self._service.reconcile()
            jobs = self._read_jobs()
        queued = frozenset(job.job_id for job in jobs if job.state is JobState.QUEUED)
        if queued:
            self._start(queued)

    def _read_jobs(self) -> tuple[TuningJob, ...]:
        jobs = tuple(self._service.jobs())
        if jobs != self._jobs:
            going_on = {job.job_id for job in self._jobs or () if not job.state.ended}
            self._jobs = jobs
            self.jobs_seen.emit(jobs)
            for job in jobs:
                if job.state.ended and job.job_id in going_on:
                    self._read_to_the_end(job.job_id)
                    self.job_ended.emit(job)
        return jobs

    def _start(self, queued: frozenset[int]) -> None:
        if self._barren_starts >= _MOST_BARREN_STARTS:
            return
        self._service.allow_runner()
        self._queued_at_start = queued
        try:
            self._child = self._start_runner()
        except OSError as error:
            self._barren_starts = _MOST_BARREN_STARTS
            raise TrainingError(f"The process that trains cannot be started ({error.strerror or error}).") from error

    def _child_ended(self, exit_code: int) -> None:
        self._child = None
        self._look_at = 0.0
        changed = self._service.runner_died(exit_code)
        jobs = self._read_jobs()
        still_queued = {job.job_id for job in jobs if job.state is JobState.QUEUED}
        if changed or not self._queued_at_start <= still_queued:
            self._barren_starts = 0
            return
        self._barren_starts += 1
        if self._barren_starts == _MOST_BARREN_STARTS:
            raise TrainingError(
                f"The process that trains ends as soon as it is started (exit status {exit_code}). The jobs stay queued; "
                "runner.log in the folder of fine-tuning says more."
            )

    def _read_journals(self) -> None:
        for job_id in list(self._followed):
            if not self._read_some(job_id) and job_id in self._behind:
                self._behind.discard(job_id)
                self.caught_up.emit(job_id)

    def _read_some(self, job_id: int) -> bool:
        """Tell a part of what is new in a journal; whether there may be more."""
        events, self._followed[job_id] = self._service.events(job_id, self._followed[job_id], _EVENTS_AT_ONCE)
        if events:
            self.events_read.emit(job_id, tuple(events))
        return len(events) == _EVENTS_AT_ONCE

    def _read_to_the_end(self, job_id: int) -> None:
        """Tell all that a job told before it is said to have ended."""
        if job_id in self._followed and job_id not in self._behind:
            while self._read_some(job_id):
                self.msleep(int(1000 * _BREATH_S))

    def _close(self, keep_training: bool, timeout_s: float) -> None:
        self._closing = True
        if not keep_training:
            self._guarded(lambda: self._end_runner(timeout_s))

    def _end_runner(self, timeout_s: float) -> None:
        self.runner_ended = self._child is None and not self._service.runner_alive()
        if self.runner_ended:
            return
        self._service.stop_runner()
        deadline = time.monotonic() + timeout_s
        while not self.runner_ended and time.monotonic() < deadline:
            self.msleep(int(1000 * POLL_S / 2))
            self.runner_ended = (self._child is None or self._child.poll() is not None) and not self._service.runner_alive()
        if self.runner_ended:
            self._service.reconcile()
