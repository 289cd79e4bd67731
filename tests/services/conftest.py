from __future__ import annotations

from pathlib import Path

import pytest

from bitspec_gui.storage.training.store import SqlTrainingStore, open_training_store
from tests.services.tuning_bench import Bench


@pytest.fixture(scope="module")
def module_store(tmp_path_factory: pytest.TempPathFactory) -> SqlTrainingStore:
    """A database of fine-tuning that the tests of a module share, each with datasets of its own."""
    return open_training_store(tmp_path_factory.mktemp("training") / "training.sqlite")


@pytest.fixture
def bench(tmp_path: Path, module_store: SqlTrainingStore) -> Bench:
    """Datasets of own spectra, with files to drop."""
    return Bench(tmp_path, module_store)
