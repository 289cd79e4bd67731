"""A piece of work in a lane, as the window sees it."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from enum import Enum
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from bitspec_gui.domain.errors import BitSpecError, Cancelled
from bitspec_gui.domain.jobs import CancelToken, Progress

_log = logging.getLogger(__name__)


def _nothing(_job: Job) -> None:
    """What a job is left with once its work has begun, so that it holds none of its arguments longer than needed."""


class JobState(Enum):
    """Where a job is in its life."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will come from the job."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Job(QObject):
    """Handle of submitted work. Made and read in the GUI thread; only `execute` runs in a lane.

    The lane's news crosses over by queued signals to this object's own slots, so that callbacks (lambdas included) always
    run in the GUI thread. Progress is coalesced: however often the work reports, at most one piece of news is under way.
    """

    changed = Signal()
    ended = Signal(object)
    _news = Signal()
    _finished = Signal()

    def __init__(
        self,
        work: Callable[[Job], Any],
        title: str,
        on_done: Callable[[Any], None] | None,
        on_error: Callable[[Exception], None] | None,
        on_cancel: Callable[[], None] | None,
        *,
        obeys: bool,
    ) -> None:
        super().__init__()
        self.title = title
        self._obeys = obeys
        self.token = CancelToken()
        self.state = JobState.WAITING
        self.progress = Progress(0, 0)
        self.error: Exception | None = None
        self.details = ""
        self.started_at: float | None = None
        self.ended_at: float | None = None
        self._work = work
        self._on_done, self._on_error, self._on_cancel = on_done, on_error, on_cancel
        self._abandoned = False
        self._lock = threading.Lock()
        self._news_pending = False
        self._latest: tuple[float, Progress] | None = None
        self._outcome: tuple[JobState, Any, str] = (JobState.CANCELLED, None, "")
        self._news.connect(self._take_news, Qt.ConnectionType.QueuedConnection)
        self._finished.connect(self._take_outcome, Qt.ConnectionType.QueuedConnection)

    @property
    def visible(self) -> bool:
        """Whether the jobs panel shows it: work with a title is shown, look-ups without one are not."""
        return bool(self.title)

    @property
    def abandoned(self) -> bool:
        """Whether a newer request took its place."""
        return self._abandoned

    @property
    def seconds_left(self) -> float | None:
        """Time left at the present pace, None while unknown."""
        done, total = self.progress.done, self.progress.total
        if self.state is not JobState.RUNNING or self.started_at is None or done <= 0 or total <= done:
            return None
        return (time.monotonic() - self.started_at) * (total - done) / done

    def cancel(self) -> None:
        """Ask the work to stop at its next unit. Work that does not read the token counts as cancelled at once."""
        if self.state.over:
            return
        self.token.cancel()
        if self._obeys:
            self.changed.emit()
        else:
            self._end(JobState.CANCELLED, None)

    def abandon(self) -> None:
        """Cancel, and call nobody back: whoever asked is not interested any more."""
        self._abandoned = True
        self.cancel()

    def report(self, progress: Progress) -> None:
        """Take a report from the work (called in the lane)."""
        with self._lock:
            self._latest = (time.monotonic(), progress)
            tell, self._news_pending = not self._news_pending, True
        if tell:
            self._news.emit()

    def execute(self) -> None:
        """Do the work (called in the lane)."""
        if self.token.cancelled:
            self._finished.emit()
            return
        self.report(self.progress)
        work, self._work = self._work, _nothing
        try:
            self._outcome = (JobState.DONE, work(self), "")
        except Cancelled:
            pass  # The outcome a job starts with is `CANCELLED`.
        except BitSpecError as error:
            self._outcome = (JobState.FAILED, error, traceback.format_exc())
        except Exception as error:  # noqa: BLE001 - whatever goes wrong must reach the window, and the lane live on
            _log.exception("Unexpected error in “%s”", self.title or "background work")
            self._outcome = (JobState.FAILED, error, traceback.format_exc())
        self._finished.emit()

    @Slot()
    def _take_news(self) -> None:
        with self._lock:
            self._news_pending = False
            latest = self._latest
        if latest is None or self.state.over:
            return
        if self.state is JobState.WAITING:
            self.state, self.started_at = JobState.RUNNING, latest[0]
        self.progress = latest[1]
        self.changed.emit()

    @Slot()
    def _take_outcome(self) -> None:
        state, result, self.details = self._outcome
        self._outcome = (state, None, "")
        if not self.state.over:
            self._end(state, result)

    def _end(self, state: JobState, result: Any) -> None:
        self.state, self.ended_at = state, time.monotonic()
        if state is JobState.FAILED:
            self.error = result
        self.changed.emit()
        try:
            if not self._abandoned:
                self._call_back(state, result)
        finally:
            self._on_done = self._on_error = self._on_cancel = None
            self.ended.emit(self)

    def _call_back(self, state: JobState, result: Any) -> None:
        if state is JobState.DONE and self._on_done is not None:
            self._on_done(result)
        elif state is JobState.FAILED and self._on_error is not None:
            self._on_error(result)
        elif state is JobState.CANCELLED and self._on_cancel is not None:
            self._on_cancel()
