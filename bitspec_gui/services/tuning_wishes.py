"""What is wished of a job that runs in another process: one word in a file of its folder."""

from __future__ import annotations

import os
import time
from pathlib import Path

from bitspec_gui.domain.tuning_jobs import Wish

READ_EVERY_S = 0.02
"""Least time between two looks at the file: the core asks at every step."""

_WIDTH = 8


class WishFile:
    """The wish as a word of fixed width, written over the last one: this needs no room on a disk that is full."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._looked_at = -1.0
        self._last = Wish.RUN

    def write(self, wish: Wish) -> None:
        """Wish something; raises OSError if the folder cannot be written."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            os.write(descriptor, wish.value.ljust(_WIDTH).encode("ascii"))
        finally:
            os.close(descriptor)

    def read(self) -> Wish:
        """What is wished; `Wish.RUN` if nothing, or nothing sensible, stands there."""
        try:
            return Wish(self._path.read_bytes()[:_WIDTH].decode("ascii").strip())
        except (FileNotFoundError, ValueError):
            return Wish.RUN

    def glance(self) -> Wish:
        """The same, read anew every `READ_EVERY_S` only."""
        now_s = time.monotonic()
        if now_s - self._looked_at >= READ_EVERY_S:
            self._last, self._looked_at = self.read(), now_s
        return self._last
