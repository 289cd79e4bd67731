"""Submitting work to lanes, watching it and ending it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal, Slot

from bitspec_gui.workers.job import Job
from bitspec_gui.workers.lane import Lane

LaneName = Literal[
    "compute", "io", "query", "search", "batch", "open", "edit", "sketch", "collection", "names", "explain", "training"
]
"""``compute`` predicts, ``io`` imports and exports, ``query`` reads structures and looks things up, ``search`` searches the
libraries for the unknown that is looked at, ``batch`` for many of them, ``open`` reads what was dropped or opened, ``edit``
changes entries while an import goes on, ``sketch`` does the chemistry of the drawing, ``collection`` predicts lists of thousands
of molecules, for hours perhaps, ``names`` finds names while they are typed, ``explain`` says which atoms made a peak,
``training`` reads spectra to learn from, even while the libraries that come with BitSpec are loaded."""

_log = logging.getLogger(__name__)

_never_destroyed: list[Lane] = []
"""Lanes that did not end in time: destroying a running QThread aborts the process, so they are kept."""

_held_by_busy_lanes: list[Job] = []


class Runner(QObject):
    """Owner of the lanes. Used from the GUI thread only."""

    submitted = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[str, Lane] = {}
        self._jobs: list[Job] = []
        self._held: list[tuple[Lane, int, Job]] = []
        self._newest: dict[str, Job] = {}
        self._closed = False

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Jobs that have not ended, oldest first."""
        return tuple(self._jobs)

    def submit(
        self,
        lane: LaneName,
        work: Callable[..., Any],
        *args: Any,
        title: str = "",
        on_done: Callable[[Any], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        on_cancel: Callable[[], None] | None = None,
        cancellable: bool = False,
        key: str | None = None,
        **kwargs: Any,
    ) -> Job:
        """Queue ``work(*args, **kwargs)`` in a lane.

        Parameters
        ----------
        lane : LaneName
            Where to run; a lane does one job at a time.
        work : callable
            Qt-free function.
        title : str
            Shown in the jobs panel; without one the job is not shown there.
        on_done, on_error, on_cancel : callable, optional
            Called in the GUI thread with the result, with the exception, with nothing. An error nobody takes goes to `failed`.
        cancellable : bool
            Whether `work` takes ``progress`` and ``cancel``, which are then handed to it.
        key : str, optional
            Newest wins: an earlier job of the same key is cancelled and its result dropped.
        """
        if key is not None and key in self._newest:
            self._newest[key].abandon()

        def run(job: Job) -> Any:
            extra = {"progress": job.report, "cancel": job.token} if cancellable else {}
            return work(*args, **kwargs, **extra)

        job = Job(run, title, on_done, on_error if on_error is not None else self._untaken, on_cancel, obeys=cancellable)
        job.ended.connect(self._forget)
        if key is not None:
            self._newest[key] = job
        self._jobs.append(job)
        if self._closed:
            job.abandon()
            return job
        thread = self._lane(lane)
        self._held = [held for held in self._held if held[0].released < held[1]]
        self._held.append((thread, thread.put(job), job))
        self.submitted.emit(job)
        return job

    def abandon(self, key: str) -> None:
        """Drop the newest job of a key, if one is on its way."""
        if key in self._newest:
            self._newest[key].abandon()

    def cancel_newest_visible(self) -> bool:
        """Cancel the visible job that was started last; False if there is none."""
        for job in reversed(self._jobs):
            if job.visible and not job.token.cancelled:
                job.cancel()
                return True
        return False

    def shutdown(self, timeout_s: float = 8.0) -> bool:
        """Cancel everything and wait for the lanes to end.

        Returns
        -------
        bool
            False if a lane was still busy when the time was up: leave the process without destroying it.
        """
        self._closed = True
        for job in self.jobs:
            job.abandon()
        for lane in self._lanes.values():
            lane.close()
        deadline = time.monotonic() + timeout_s
        busy = [lane for lane in self._lanes.values() if not lane.wait(max(1, int(1000 * (deadline - time.monotonic()))))]
        if busy:
            _log.warning("Still busy at exit: %s", ", ".join(lane.objectName() for lane in busy))
            _never_destroyed.extend(busy)
            _held_by_busy_lanes.extend(job for lane, _ticket, job in self._held if lane in busy)
        self._lanes.clear()
        self._jobs.clear()
        self._held.clear()
        self._newest.clear()
        return not busy

    def _lane(self, name: str) -> Lane:
        if name not in self._lanes:
            lane = Lane(name)
            self._lanes[name] = lane
            lane.start()
        return self._lanes[name]

    def _untaken(self, error: Exception) -> None:
        self.failed.emit(error)

    @Slot(object)
    def _forget(self, job: Job) -> None:
        if job in self._jobs:
            self._jobs.remove(job)
        for key in [key for key, newest in self._newest.items() if newest is job]:
            del self._newest[key]
