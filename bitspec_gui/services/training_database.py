"""The database of fine-tuning as all services share it: opened at first use, and set aside if it is damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bitspec_gui.domain.errors import DamagedDatabase
from bitspec_gui.domain.tuning_ports import TrainingStore
from bitspec_gui.services.loaded_once import LoadedOnce


class TrainingDatabase:
    """Opens the store once for everybody; may be used by several threads.

    Parameters
    ----------
    open_store : callable
        Opens the database, or makes it; raises `StorageError`.
    """

    def __init__(self, open_store: Callable[[], TrainingStore]) -> None:
        self._opened = LoadedOnce(open_store)

    def store(self) -> TrainingStore:
        """The opened store; raises `StorageError`, and the next call tries again."""
        return self._opened.get()

    def set_aside(self, damaged: DamagedDatabase) -> Path:
        """Rename the damaged database, keeping it, so that the next use starts a new one; returns its new path.

        Raises
        ------
        StorageError
            If it cannot be renamed.
        """
        from bitspec_gui.storage.set_aside import set_aside

        kept = self._opened.kept
        self._opened.replace()
        if kept is not None:
            kept.close()
        return set_aside(damaged.database)
