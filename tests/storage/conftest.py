from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.model_registry import RegisteredVersion, VersionMetrics
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.domain.tuning_data import DatasetSpectrum
from bitspec_gui.domain.tuning_jobs import JobState, TuningJob
from bitspec_gui.domain.verdict import Forgetting, Interval, Judgement, PublicBasis
from bitspec_gui.storage.library_store import SqlLibraryStore, open_library_store
from bitspec_gui.storage.training.store import SqlTrainingStore, open_training_store

CAFFEINE = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"


def record(
    name: str = "Caffeine", *, peaks: tuple[tuple[float, float], ...] = ((109, 500), (194, 999)), **said: object
) -> SpectrumRecord:
    mz, intensity = zip(*peaks, strict=True)
    return SpectrumRecord(Spectrum(np.array(mz, float), np.array(intensity, float)), name=name, **said)


@pytest.fixture
def make_record() -> Callable[..., SpectrumRecord]:
    return record


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "bitspec.sqlite"


@pytest.fixture
def store(database: Path) -> Iterator[SqlLibraryStore]:
    opened = open_library_store(database)
    yield opened
    opened.close()


@pytest.fixture
def training_file(tmp_path: Path) -> Path:
    return tmp_path / "training" / "training.sqlite"


@pytest.fixture
def training(training_file: Path) -> Iterator[SqlTrainingStore]:
    opened = open_training_store(training_file)
    yield opened
    opened.close()


@pytest.fixture
def make_own() -> Callable[..., DatasetSpectrum]:
    """Makes a spectrum of the user's own, of a compound of its own unless told otherwise."""

    def own(number: int, compound: int | None = None, **said: object) -> DatasetSpectrum:
        judged = {name: said.pop(name) for name in ("standing", "reason", "choice", "duplicate_of") if name in said}
        key = f"COMPOUND{number if compound is None else compound:06d}-UHFFFAOYSA-N"
        values = {
            "inchikey": key,
            "smiles": "C" * (number + 1),
            "instrument": "GC",
            "source_file": "a.msp",
            "line": number,
        } | said
        return DatasetSpectrum(0, record(f"n{number}", peaks=((50 + number, 10.5), (300.25, 999)), **values), **judged)

    return own


@pytest.fixture
def make_job() -> Callable[..., TuningJob]:
    made = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
    settings = TuningSettings(strategy=Strategy.FULL, amp=False, epochs=3)
    job = TuningJob(0, "Mine", None, "Our GC", "ab" * 32, "cd" * 32, "bitspec-ei-2", settings, JobState.QUEUED, made)
    return lambda **said: replace(job, **said)


@pytest.fixture
def make_version(training_file: Path) -> Callable[..., RegisteredVersion]:
    gain = Interval(0.11, 0.07, 0.15)
    forgetting = Forgetting(PublicBasis.MEASURED, 120, 0.71, 0.7, Interval(-0.01, -0.02, 0.0), with_response=0.65)
    metrics = VersionMetrics(0.6, 0.71, gain, 40, Judgement.BETTER, "Better on your compounds by 0.11.", forgetting)

    def version(name: str = "Mine", **said: object) -> RegisteredVersion:
        one = RegisteredVersion(
            version_id=0,
            version=ModelVersion(name, "12" * 32, "CC BY 4.0", "tuned"),
            file=training_file.parent / "models" / "mine" / "mine.json",
            made_at=datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC),
            parent_sha256="cd" * 32,
            parent_name="bitspec-ei-2",
            small=True,
            dataset_name="Our GC",
            dataset_hash="ab" * 32,
            settings=TuningSettings(),
            metrics=metrics,
            size_bytes=400_000,
            notes="first",
        )
        return replace(one, **said)

    return version


@pytest.fixture
def make_report() -> Callable[[], ImportReport]:
    problem = Problem("a.msp", 7, "It has no peaks.")
    return lambda: ImportReport("Our GC", 3, 1, 1, (problem,), files=("a.msp",), doubtful=1, doubts=(problem,))
