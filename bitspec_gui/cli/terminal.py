"""What long commands say on standard error, and how Ctrl-C asks them to stop."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType
from typing import TextIO

from bitspec_gui.domain.jobs import CancelToken, Progress

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_INTERRUPTED = 128 + signal.SIGINT


class ProgressLine:
    """Progress as one line rewritten on a terminal, or as a line now and then in a log.

    Parameters
    ----------
    quiet : bool
        Show no progress; `say` still speaks.
    stream : TextIO, optional
        Standard error if not given.
    every_s : float, optional
        Least time between two reports (s); a tenth on a terminal and ten seconds elsewhere if not given.
    """

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None, every_s: float | None = None) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._terminal = self._stream.isatty()
        self._every_s = every_s if every_s is not None else (0.1 if self._terminal else 10.0)
        self._last_s = time.monotonic() if not self._terminal else float("-inf")
        self._shown = ""

    def __call__(self, progress: Progress) -> None:
        """Show progress, unless it is too soon after the last."""
        now_s = time.monotonic()
        finished = progress.total > 0 and progress.done >= progress.total
        if self._quiet or (now_s - self._last_s < self._every_s and not (finished and self._terminal)):
            return
        self._last_s = now_s
        text = f"{progress.message or 'Working'}: {_count(progress)}"
        if self._terminal:
            self._stream.write("\r" + text.ljust(len(self._shown)))
            self._shown = text
        else:
            self._stream.write(text + "\n")
        self._stream.flush()

    def say(self, sentence: str) -> None:
        """Write a line of its own, not mixed with the progress."""
        self.clear()
        self._stream.write(sentence + "\n")
        self._stream.flush()

    def clear(self) -> None:
        """Take the progress off the terminal."""
        if self._shown:
            self._stream.write("\r" + " " * len(self._shown) + "\r")
            self._stream.flush()
            self._shown = ""


def _count(progress: Progress) -> str:
    if progress.total == 100:
        return f"{progress.done} %"
    return f"{progress.done:,} of {progress.total:,}" if progress.total else f"{progress.done:,}"


@contextlib.contextmanager
def cancel_on_interrupt(line: ProgressLine) -> Iterator[CancelToken]:
    """Token that the first Ctrl-C sets, so that finished work is kept; the second Ctrl-C stops at once."""
    token = CancelToken()

    def interrupted(_signal: int, _frame: FrameType | None) -> None:
        if token.cancelled:
            raise KeyboardInterrupt
        token.cancel()
        line.say("Stopping after the step that is running; what is finished is kept. Ctrl-C again stops at once.")

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield token
    finally:
        signal.signal(signal.SIGINT, before)
