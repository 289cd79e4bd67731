"""How far a fine-tuning is, and how long it will yet take: expected seconds of work, corrected by how quick it really is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil

from bitspec_gui.domain.tuning_jobs import ReportEvent, RunControl, Usage

FEATURISE_S, PREDICT_S = 0.003, 0.0025
"""Expected seconds for a compound: its features; both networks' predictions."""

_TOLD_EVERY_S = 1.0
_KNOWN_AFTER_S = 3.0
"""Seconds of work after which the time left is told: before, it would be a guess."""


class Watched(RunControl):
    """The control of a job, asked between two units of work, which counts the work that was done and reports it.

    Parameters
    ----------
    planned_s : float
        Expected seconds of the whole job.
    device_mb : callable
        Memory on the device, None where it is that of the process.
    """

    def __init__(
        self, control: RunControl, report: ReportEvent, planned_s: float, device_mb: Callable[[], float | None] = lambda: None
    ) -> None:
        super().__init__()
        self._control, self._report, self._device_mb = control, report, device_mb
        self.planned_s = max(planned_s, 1e-3)
        self._done, self._skipped, self._price, self._shown = 0.0, 0.0, 0.0, 0.0
        self._began, self._told = time.monotonic(), 0.0
        self._process = psutil.Process()

    def check(self) -> None:
        """Go on, wait, or end as the control wishes; the unit of work that follows counts as done."""
        self._control.check()
        self._done += self._price
        now = time.monotonic()
        if now - self._told >= _TOLD_EVERY_S:
            self._told = now
            self.tell()

    @contextmanager
    def units_of(self, seconds: float) -> Iterator[None]:
        """Expect so many seconds of each unit of work in the block."""
        before, self._price = self._price, seconds
        try:
            yield
        finally:
            self._price = before

    def reached(self, planned_s: float, *, skipped: bool = False) -> None:
        """Work up to here, in planned seconds from the beginning, is done; `skipped` if it was done by an earlier process."""
        if skipped:
            self._skipped += planned_s - self._done
        self._done = planned_s

    def skip(self, seconds: float) -> None:
        """So many planned seconds of work were done by an earlier process."""
        self._done += seconds
        self._skipped += seconds

    def tell(self) -> None:
        """Report now."""
        # What took longer than expected does not make it go back.
        self._shown = max(self._shown, min(1.0, self._done / self.planned_s))
        here, worked = self._done - self._skipped, self._worked()
        left = None
        if worked >= _KNOWN_AFTER_S and here > 0:
            left = max(0.0, self.planned_s - self._done) * worked / here
        self._report(Usage(self._shown, left, self._process.memory_info().rss / 1e6, self._device_mb()))

    def _worked(self) -> float:
        """Seconds since the beginning, without pauses."""
        return time.monotonic() - self._began - self._control.paused_s
