"""Long work as seen from outside: how far it is, and the wish to stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from bitspec_gui.domain.errors import Cancelled


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` units (0 = unknown), with a few words on what is being done."""

    done: int
    total: int
    message: str = ""


ReportProgress = Callable[[Progress], None]


def ignore_progress(_progress: Progress) -> None:
    """Report to nobody."""


class CancelToken:
    """Set by whoever wants work to stop, read by the work between two units."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next unit."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether someone asked to stop."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` if someone asked to stop."""
        if self.cancelled:
            raise Cancelled("Cancelled. What was finished before is kept.")
