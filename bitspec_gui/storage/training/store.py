"""All of fine-tuning in one database file: what `domain.tuning_ports.TrainingStore` promises."""

from __future__ import annotations

from pathlib import Path

from bitspec_gui.storage.faults import Contents
from bitspec_gui.storage.opening import Plan, open_database
from bitspec_gui.storage.training.dataset_edits import DatasetEdits
from bitspec_gui.storage.training.datasets import Datasets
from bitspec_gui.storage.training.jobs import Jobs
from bitspec_gui.storage.training.migrations import HEAD
from bitspec_gui.storage.training.versions import Versions
from bitspec_gui.storage.transactions import Transactions

TRAINING_MIGRATIONS = Path(__file__).resolve().parent / "migrations"
"""Folder of the Alembic scripts: in the checkout, the installed package or the unpacked bundle."""

TRAINING = Contents(
    "database of fine-tuning",
    "your own spectra must then be dropped in again, and your model versions be imported again from their files",
)


def open_training_store(file: Path) -> SqlTrainingStore:
    """The datasets, jobs and model versions in a SQLite file, which is made or brought up to date.

    Raises
    ------
    DamagedDatabase
        If the file is not a database or is damaged.
    StorageError
        If it cannot be used, or is of a newer BitSpec or another program; such a file is left as it is.
    """
    plan = Plan(TRAINING_MIGRATIONS, HEAD, "dataset_spectrum", TRAINING)
    return SqlTrainingStore(open_database(file, plan), file.parent)


class SqlTrainingStore(Datasets, DatasetEdits, Jobs, Versions):
    """Datasets, jobs and model versions in SQLite; may be used by several threads and processes at once.

    Every method is a transaction of its own, and raises `StorageError` if the file cannot be used.
    """

    def __init__(self, transactions: Transactions, folder: Path) -> None:
        self._transactions = transactions
        self._folder = folder

    def close(self) -> None:
        """Let go of the file; a later call opens it again."""
        self._transactions.close()
