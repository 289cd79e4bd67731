"""The program's log, for whoever shows it."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal, Slot

KEPT_LINES = 5000


@dataclass(frozen=True)
class LogLine:
    """One message; `level` as in `logging`."""

    level: int
    text: str


class _Handler(logging.Handler):
    def __init__(self, feed: LogFeed) -> None:
        super().__init__(logging.INFO)
        self._feed: LogFeed | None = feed
        self.setFormatter(logging.Formatter("%(asctime)s  %(levelname)-8s %(name)s: %(message)s", "%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        feed = self._feed
        if feed is not None:
            feed.arrived.emit(LogLine(record.levelno, self.format(record)))

    def let_go(self) -> None:
        self._feed = None


class LogFeed(QObject):
    """Collects messages of all threads in the GUI thread."""

    arrived = Signal(object)
    added = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: deque[LogLine] = deque(maxlen=KEPT_LINES)
        self.arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._handler = _Handler(self)
        logging.getLogger().addHandler(self._handler)

    def stop(self) -> None:
        """Listen no more."""
        self._handler.let_go()
        logging.getLogger().removeHandler(self._handler)

    @Slot(object)
    def _take(self, line: LogLine) -> None:
        self.lines.append(line)
        self.added.emit(line)
