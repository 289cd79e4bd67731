"""How long work on very many molecules will still take."""

from __future__ import annotations

import time
from collections.abc import Callable


class TimeLeft:
    """How long the rest will take, from the pace since the first row that had to be computed."""

    def __init__(self, total: int, now: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._now = now
        self._start: tuple[int, float] | None = None

    def after(self, done: int, *, computed: int) -> str:
        """Words to follow a message, for example ``, about 3 min left``; none while there is nothing to go by."""
        if self._start is None:
            # Loading the network falls into the first batch, and rows that are stored already go by at once.
            self._start = (done, self._now()) if computed else None
            return ""
        before, since = self._start
        if done <= before or self._total <= done:
            return ""
        left_s = (self._now() - since) / (done - before) * (self._total - done)
        return f", about {left_s / 60:.0f} min left" if left_s >= 90 else f", about {left_s:.0f} s left"
