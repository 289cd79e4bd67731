"""A thread that does one job after the other."""

from __future__ import annotations

from queue import SimpleQueue

from PySide6.QtCore import QThread

from bitspec_gui.workers.job import Job


class Lane(QThread):
    """One QThread with a queue of jobs."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(f"lane-{name}")
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._tickets = 0
        self.released = 0
        """Ticket of the last job of which the lane holds nothing any more."""

    def put(self, job: Job) -> int:
        """Queue a job; returns its ticket, counted from 1."""
        self._tickets += 1
        self._queue.put(job)
        return self._tickets

    def close(self) -> None:
        """Let the thread end after the jobs that were queued before."""
        self._queue.put(None)

    def run(self) -> None:
        """Body of the thread."""
        while True:
            job = self._queue.get()
            if job is None:
                return
            job.execute()
            # The lane must not hold the last reference to a Qt object of the GUI thread: it would be destroyed here.
            job = None
            self.released += 1
