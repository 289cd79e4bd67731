"""A fine-tuning in the foreground: progress on a terminal, Ctrl-C puts it off, and it waits its turn."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from bitspec_gui.cli.terminal import ProgressLine
from bitspec_gui.domain.jobs import Progress
from bitspec_gui.domain.tuning_jobs import (
    CurvePoint,
    JobBegan,
    Noted,
    PhaseBegan,
    TuningEvent,
    TuningJob,
    Usage,
    VerdictReached,
    Wish,
)
from bitspec_gui.domain.verdict import Verdict
from bitspec_gui.services.runner_lock import RunnerBusy
from bitspec_gui.services.tuning_jobs import TuningJobs
from bitspec_gui.services.tuning_time import duration_text

_LOOK_S = 0.2


class Headline:
    """What a job tells, as one line of progress; notes get lines of their own."""

    def __init__(self, line: ProgressLine) -> None:
        self._line = line
        self._phase, self._cosine, self._left = "Preparing", "", ""
        self._done = 0
        self.verdict: Verdict | None = None

    def __call__(self, event: TuningEvent) -> None:
        """Take an event."""
        if isinstance(event, Noted):
            self._line.say(event.text)
        elif isinstance(event, JobBegan):
            self._line.say(f"{'Going on' if event.resumed else 'Training'} on {event.device}.")
        elif isinstance(event, VerdictReached):
            self.verdict = event.verdict
        else:
            self._take_progress(event)

    def _take_progress(self, event: TuningEvent) -> None:
        if isinstance(event, PhaseBegan):
            self._phase, self._cosine = event.title, ""
        elif isinstance(event, CurvePoint) and event.val_cosine is not None:
            self._cosine = f", cosine {event.val_cosine:.3f}"
        elif isinstance(event, Usage):
            self._done = int(100 * event.done)
            self._left = "" if event.seconds_left is None else f", {duration_text(event.seconds_left)} left"
        self._line(Progress(self._done, 100, f"{self._phase}{self._cosine}{self._left}"))


def train_here(jobs: TuningJobs, job_id: int, line: ProgressLine) -> tuple[TuningJob, Verdict | None]:
    """Run a queued job, or watch it being run if another process runs jobs; returns how it ended.

    Ctrl-C puts it off; a second one stops at once, which loses what came after the last checkpoint.
    """
    headline = Headline(line)
    offset, told_to_wait = 0, False
    with _putting_off(line) as stop:
        while not (job := jobs.job(job_id)).state.ended:
            if jobs.runner_alive():
                if not told_to_wait:
                    line.say("Another process is training on this machine; this fine-tuning waits its turn.")
                    told_to_wait = True
                offset = _follow(jobs, job_id, offset, headline)
                if stop.wait(_LOOK_S):
                    jobs.wish(job_id, Wish.STOP)
                continue
            jobs.reconcile()
            jobs.allow_runner()
            with contextlib.suppress(RunnerBusy):
                jobs.run_queue(job_id, headline, stop)
        if told_to_wait:
            _follow(jobs, job_id, offset, headline)
    line.clear()
    return job, headline.verdict


def _follow(jobs: TuningJobs, job_id: int, offset: int, headline: Headline) -> int:
    events, offset = jobs.events(job_id, offset)
    for event in events:
        headline(event)
    return offset


@contextlib.contextmanager
def _putting_off(line: ProgressLine) -> Iterator[threading.Event]:
    """Event that the first Ctrl-C sets; the second one raises KeyboardInterrupt."""
    stop = threading.Event()

    def interrupted(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        line.say("Putting it off after this step; it can go on from there. Ctrl-C again stops at once.")

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
