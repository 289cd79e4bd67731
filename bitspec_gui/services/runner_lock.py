"""One fine-tuning at a time on a machine: a lock on a file, which the system frees however its holder ends."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from bitspec_gui.domain.errors import TrainingError

_LOOK_S = 0.05


class RunnerBusy(TrainingError):
    """Another process runs jobs at this moment."""


class RunnerLock:
    """The right to run jobs of a folder, and to say of jobs that their runner is dead."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "runner.lock"

    @contextlib.contextmanager
    def held(self, wait_s: float = 0.0) -> Iterator[bool]:
        """Hold the lock for the block; False if another process has it (or another thread) longer than `wait_s`.

        Raises
        ------
        TrainingError
            If the folder cannot be written.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self._path, thread_local=False)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=wait_s, poll_interval=_LOOK_S)
        except Timeout:
            yield False
            return
        except OSError as error:
            raise TrainingError(f"{self._path.parent} cannot be written ({error.strerror or error}).") from error
        try:
            yield True
        finally:
            lock.release()

    @property
    def free(self) -> bool:
        """Whether nobody holds it. It is held for the moment of this look, which whoever wants it must sit out."""
        if not self._path.exists():
            return True
        with self.held(_LOOK_S) as held:
            return held
