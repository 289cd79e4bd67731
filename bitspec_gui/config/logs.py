"""The rotating log file."""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_NAME = "bitspec.log"
MAX_BYTES = 1_000_000
KEPT_FILES = 5

_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
_MARK = "_bitspec_handler"


def start_logging(folder: Path, *, level: int = logging.INFO) -> Path | None:
    """Log to ``bitspec.log`` in `folder`, rotating, and warnings also to stderr.

    Calling it again replaces what the first call set up.

    Returns
    -------
    Path or None
        The log file, or None where the folder cannot be written; then stderr alone is used, and it says so.
    """
    root = logging.getLogger()
    for handler in [each for each in root.handlers if getattr(each, _MARK, False)]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.captureWarnings(True)
    # A program without a console (Windows, PyInstaller) has no stderr.
    if sys.stderr is not None:
        _attach(root, logging.StreamHandler(sys.stderr), logging.WARNING)
    path = folder / LOG_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        to_file = RotatingFileHandler(
            path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", errors="backslashreplace"
        )
    except OSError as error:
        reason = error.strerror or type(error).__name__
        logging.getLogger(__name__).warning("No log file is written: %s cannot be opened (%s).", path, reason)
        return None
    _attach(root, to_file, level)
    return path


def _attach(root: logging.Logger, handler: logging.Handler, level: int) -> None:
    handler.setLevel(level)
    handler.setFormatter(logging.Formatter(_FORMAT))
    setattr(handler, _MARK, True)
    root.addHandler(handler)
