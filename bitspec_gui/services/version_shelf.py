"""Where the files of model versions lie: one folder a version, with a place for deleted ones and one for those that come in."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from bitspec_gui.domain.errors import VersionError

KEPT_S = 30 * 86_400.0
"""How long the files of a deleted version are kept."""

BROKEN_OFF_S = 3_600.0
"""Age at which what comes in is no longer on its way: the import was broken off."""

TRASH = "trash"
_INCOMING = ".incoming-"
_ODD = re.compile(r"[^\w-]+", re.ASCII)

_log = logging.getLogger(__name__)


class VersionShelf:
    """The folder of model versions.

    Parameters
    ----------
    folder : Path
        Made when something is put into it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def used(self) -> bool:
        """Whether anything about fine-tuning was ever kept: while not, nothing has to be opened to know that there is nothing."""
        return self._folder.parent.is_dir()

    def place(self, stated: Path) -> Path:
        """Where a model file is: in this folder, wherever it was when the file was stated, or else where that says."""
        here = self._folder / stated.parent.name / stated.name
        return stated if stated.is_absolute() and stated.is_file() and not here.is_file() else here

    def holds(self, file: Path) -> bool:
        """Whether a model file is in its place, or in the trash."""
        return file.is_file() or (self._folder / TRASH / file.parent.name / file.name).is_file()

    def put_away(self, file: Path) -> None:
        """Move the folder of a deleted version into the trash; what lies elsewhere stays. Raises `VersionError` if it cannot."""
        here = self._home_of(file)
        if here is None or not here.is_dir():
            return
        there = self._folder / TRASH / here.name
        with _told(f"The files of the deleted model in {here.name} could not be put away"):
            there.parent.mkdir(parents=True, exist_ok=True)
            if there.exists():
                shutil.rmtree(there)
            os.replace(here, there)
            # The time of deletion: moving a folder leaves its own time as it was.
            os.utime(there)

    def bring_back(self, file: Path) -> None:
        """Move the folder of a deleted version out of the trash; nothing to do if it is in its place.

        Raises
        ------
        VersionError
            If its files are gone.
        """
        if file.is_file():
            return
        here = self._home_of(file)
        away = None if here is None else self._folder / TRASH / here.name
        if here is None or away is None or not (away / file.name).is_file():
            raise VersionError(
                f"The files of the deleted model are no longer there: they are kept for {KEPT_S / 86_400:.0f} days."
            )
        with _told("The files of the deleted model could not be brought back"):
            os.replace(away, here)

    @contextlib.contextmanager
    def incoming(self) -> Iterator[Path]:
        """An empty folder beside those of the versions, for files that are to become some; it goes with the block."""
        with _told("The folder of the models cannot be written"):
            folder = self._folder / f"{_INCOMING}{secrets.token_hex(6)}"
            folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def take_in(self, folder: Path, name: str) -> Path:
        """Make a folder that came in that of a version, at once and whole; returns its new place."""
        stem = _ODD.sub("-", name).strip("-")[:40] or "model"
        there = self._folder / f"{stem}-{secrets.token_hex(4)}"
        with _told("The files of the model could not be put into the folder of the models"):
            for file in folder.iterdir():
                with file.open("rb+") as stream:
                    os.fsync(stream.fileno())
            os.replace(folder, there)
        return there

    def discard(self, folder: Path) -> None:
        """Delete a folder that `take_in` gave, because what it belongs to failed."""
        shutil.rmtree(folder, ignore_errors=True)

    def tidy(self, now_s: float | None = None) -> None:
        """Delete for good what was deleted `KEPT_S` ago, and what is left of imports that were broken off."""
        now = time.time() if now_s is None else now_s
        aged = [(folder, KEPT_S) for folder in _folders(self._folder / TRASH)]
        aged += [(folder, BROKEN_OFF_S) for folder in _folders(self._folder) if folder.name.startswith(_INCOMING)]
        for folder, most_s in aged:
            try:
                if now - folder.stat().st_mtime > most_s:
                    shutil.rmtree(folder)
            except OSError:
                _log.warning("%s could not be deleted", folder, exc_info=True)

    def _home_of(self, file: Path) -> Path | None:
        """The folder of a version's own; None if its file lies somewhere else, where nothing is moved."""
        return file.parent if file.parent.parent == self._folder else None


def _folders(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []


@contextlib.contextmanager
def _told(failed: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise VersionError(f"{failed}: {error.strerror or error}.") from error
