"""Turns at something that one thread uses at a time: whoever is waited for by a person goes before long work."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from bitspec_gui.domain.jobs import CancelToken

CANCEL_READ_EVERY_S = 0.05
LATELY_S = 10.0


class Turns:
    """One thread at a time; urgent ones before the others, among equals whoever came first.

    Python's own locks are not fair: a thread that lets go of one and takes it again at once mostly gets it before a thread that
    has been waiting. Work in many pieces would so keep everyone out until its end.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._urgent: deque[object] = deque()
        self._patient: deque[object] = deque()
        self._taken = False
        self._last_urgent: float | None = None

    @property
    def urgent_lately(self) -> bool:
        """Whether someone urgent has come within the last `LATELY_S` seconds, who will probably come again."""
        last = self._last_urgent
        return last is not None and time.monotonic() - last < LATELY_S

    @property
    def waiting(self) -> int:
        """How many threads wait for their turn."""
        with self._changed:
            return len(self._urgent) + len(self._patient)

    @contextmanager
    def turn(self, *, urgent: bool = False, cancel: CancelToken | None = None) -> Iterator[None]:
        """Wait for a turn, and end it with the block.

        Raises
        ------
        Cancelled
            While waiting, if someone asked to stop.
        """
        self._wait(self._urgent if urgent else self._patient, cancel)
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()

    def _wait(self, queue: deque[object], cancel: CancelToken | None) -> None:
        ticket = object()
        with self._changed:
            if queue is self._urgent:
                self._last_urgent = time.monotonic()
            queue.append(ticket)
            try:
                while self._taken or self._next() is not ticket:
                    self._changed.wait(None if cancel is None else CANCEL_READ_EVERY_S)
                    if cancel is not None:
                        cancel.raise_if_cancelled()
            except BaseException:
                queue.remove(ticket)
                self._changed.notify_all()
                raise
            queue.popleft()
            self._taken = True

    def _next(self) -> object:
        return self._urgent[0] if self._urgent else self._patient[0]
