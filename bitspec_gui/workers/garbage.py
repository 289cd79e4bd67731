"""Python's cyclic garbage collector, kept to the GUI thread.

A collection that happens to start in a lane would destroy Qt objects there, which is not allowed and may crash.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer


class GarbageTimer(QObject):
    """Turns automatic collection off and collects from a timer of the GUI thread instead, for as long as it lives."""

    def __init__(self, parent: QObject | None = None, interval_ms: int = 1000) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)
        self._timer.start(interval_ms)
        gc.disable()

    def stop(self) -> None:
        """Give collection back to Python."""
        self._timer.stop()
        gc.enable()

    @staticmethod
    def set_aside_what_is_there() -> None:
        """Exempt all present objects from later collections: big imports (torch) would make each one slow."""
        gc.freeze()

    def _collect(self) -> None:
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return
