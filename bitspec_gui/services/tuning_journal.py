"""The journal of a fine-tuning job: one event a line, written by the process that trains and read by whoever looks at it."""

from __future__ import annotations

import json
import logging
import os
import threading
from pathlib import Path

from bitspec_gui.domain.tuning_jobs import TuningEvent
from bitspec_gui.domain.tuning_json import event_as_json, event_from_json

_MAX_LINE_BYTES = 1 << 28

_log = logging.getLogger(__name__)


class Journal:
    """Writes events, each with one call of the system, so that a line is there as soon as it is written.

    A line that cannot be written (a full disk) is lost, which the log says; the training must not end for want of a curve.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._cut = _ends_within_a_line(path)
        self.lost = 0
        """Events that could not be written."""

    def write(self, event: TuningEvent) -> None:
        """Append an event; may be called by several threads."""
        line = json.dumps(event_as_json(event), ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            try:
                self._append(b"\n" + line if self._cut else line)
            except OSError as error:
                self.lost += 1
                if self.lost == 1:
                    _log.warning("The journal %s cannot be written: %s", self._path, error)

    def _append(self, content: bytes) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            written = os.write(descriptor, content)
            # On a disk that is nearly full, a part of a line may be written; the next line must not go on in it.
            self._cut = written < len(content)
            if self._cut:
                self.lost += 1
        finally:
            os.close(descriptor)


def _ends_within_a_line(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            if stream.seek(0, os.SEEK_END) == 0:
                return False
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) != b"\n"
    except FileNotFoundError:
        return False


def read_events(path: Path, since: int = 0, most: int | None = None) -> tuple[list[TuningEvent], int]:
    """Events of a journal from the byte `since` on, `most` at most, and the byte from which to read next.

    A last line that is not finished waits for its end; lines that are no events are passed over, which the log says.
    A journal that is not there has no events.
    """
    events: list[TuningEvent] = []
    try:
        with path.open("rb") as stream:
            stream.seek(since)
            while most is None or len(events) < most:
                line = stream.readline(_MAX_LINE_BYTES)
                if not line.endswith(b"\n") and len(line) < _MAX_LINE_BYTES:
                    break
                since += len(line)
                try:
                    if line.strip():
                        events.append(event_from_json(json.loads(line)))
                except (ValueError, RecursionError) as error:
                    _log.warning("A line of the journal %s cannot be read, before byte %d: %s", path, since, error)
    except FileNotFoundError:
        return [], since
    return events, since
