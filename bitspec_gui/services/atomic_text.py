"""Files that are either written completely or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.errors import ExportError

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "you are not allowed to write there",
    errno.EPERM: "you are not allowed to write there",
    errno.ENOENT: "the folder does not exist",
    errno.ENOTDIR: "a part of the path is not a folder",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EFBIG: "the file would be larger than allowed there",
}


def write_fault(target: str, error: OSError) -> ExportError:
    """`ExportError` whose sentence says why `target` could not be written."""
    reason = _REASONS.get(error.errno or 0) or error.strerror or str(error)
    return ExportError(f"{target} could not be written: {reason}.")


@contextlib.contextmanager
def replacing(path: Path, *, newline: str = "\n") -> Iterator[TextIO]:
    """UTF-8 text stream that takes the place of `path` when the block ends without an exception; lines end with `newline`.

    The text goes to a temporary file in the same folder, is flushed to the disk and then renamed, so that `path` holds
    either what it held before or all that is new.

    Raises
    ------
    ExportError
        If the file cannot be written: the folder is absent or read-only, the disk is full. What was there is kept.
    """
    with replacing_file(path) as temporary, temporary.open("x", encoding="utf-8", newline=newline) as stream:
        yield stream


@contextlib.contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """Place of a file of any content, to be made in the block, that takes the place of `path` as in `replacing`."""
    target = Path(os.path.realpath(path))
    try:
        _refuse_unsuitable(target)
        with new_file_for(target) as temporary:
            yield temporary
    except OSError as error:
        raise write_fault(str(path), error) from error


def _refuse_unsuitable(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_file():
        raise ExportError(f"{target} could not be written: it is not a file.")
    if not target.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise ExportError(f"{target} could not be written: it is marked read-only.")
