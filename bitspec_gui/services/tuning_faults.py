"""What a job that could not go on says, and whether it can go on later."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path

from bitspec_gui.domain.errors import BitSpecError, Cancelled, Interrupted
from bitspec_gui.domain.tuning_jobs import JobState

PUT_OFF = "It was put off. It can go on from its last checkpoint."
CANCELLED = "It was cancelled. The base model is as it was."
DIED = (
    "It ended before its time: BitSpec or the computer was shut down, or there was a fault. "
    "It can go on from its last checkpoint."
)

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LEAST_FREE_BYTES = 50_000_000
_MB = 1_000_000


def outcome_of(error: BaseException, folder: Path, checkpoints_bytes: int) -> tuple[JobState, str] | None:
    """How a job stands after an error of its core, and a sentence; None for one that nobody expected.

    Parameters
    ----------
    error : BaseException
        What was raised.
    folder : Path
        Where the job writes.
    checkpoints_bytes : int
        What its checkpoints take up: it needs as much again.
    """
    if is_disk_full(error):
        return JobState.INTERRUPTED, _full_disk(folder, checkpoints_bytes)
    if isinstance(error, Cancelled):
        return JobState.CANCELLED, CANCELLED
    if isinstance(error, Interrupted | KeyboardInterrupt):
        return JobState.INTERRUPTED, PUT_OFF
    if isinstance(error, BitSpecError):
        return JobState.FAILED, str(error)
    if isinstance(error, MemoryError):
        return JobState.INTERRUPTED, (
            "There was too little memory. Close other programs, or choose a smaller batch; it can go on from its last checkpoint."
        )
    if isinstance(error, OSError):
        return JobState.INTERRUPTED, (
            f"{error.filename or folder} cannot be used ({error.strerror or error}). It can go on from its last checkpoint."
        )
    return None


def is_disk_full(error: BaseException) -> bool:
    """Whether an error, or what caused it, is that the disk is full."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _FULL:
            return True
        if isinstance(seen, sqlite3.OperationalError) and "disk is full" in str(seen):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _full_disk(folder: Path, checkpoints_bytes: int) -> str:
    needed = max(_LEAST_FREE_BYTES, 2 * checkpoints_bytes)
    free = shutil.disk_usage(folder).free
    return (
        f"The disk is full: {needed / _MB:,.0f} MB are needed in {folder}, {free / _MB:,.0f} MB are free. "
        "Make room; it can then go on from its last checkpoint."
    )


def death_sentence(exit_code: int) -> str:
    """What to say of a job whose process ended with this exit code (negative: by this signal)."""
    if exit_code == -9:
        return (
            "The system ended it, most likely for lack of memory. Close other programs, or choose a smaller batch; "
            "it can go on from its last checkpoint."
        )
    if exit_code < 0:
        return f"Its process broke off (signal {-exit_code}). It can go on from its last checkpoint."
    if exit_code > 0:
        return f"Its process ended with a fault (exit status {exit_code}). It can go on from its last checkpoint."
    return DIED
