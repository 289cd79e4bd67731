"""A core that fine-tunes nothing: it counts steps, keeps a checkpoint and leaves a file that depends on its data alone."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.library import LibraryQuery
from bitspec_gui.domain.model_registry import SUPPLIED, RegisteredVersion, TuningResult
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.domain.tuning import TuningSettings, TuningTask
from bitspec_gui.domain.tuning_data import DatasetSpectrum
from bitspec_gui.domain.tuning_jobs import CurvePoint, JobBegan, ReportEvent, RunControl, TuningJob, Usage
from bitspec_gui.domain.tuning_json import as_json
from bitspec_gui.domain.verdict import Forgetting, Interval, Judgement, PublicBasis, Verdict
from bitspec_gui.services.tuning_jobs import TuningJobs
from bitspec_gui.storage.training.store import SqlTrainingStore, open_training_store

BASE = ModelVersion("base", "b" * 64, "CC BY 4.0")
VERDICT = Verdict(
    outcomes=(),
    before=0.6,
    after=0.7,
    gain=Interval(0.1, 0.05, 0.15),
    compounds=12,
    trained=40,
    folds=0,
    forgetting=Forgetting(PublicBasis.NONE),
    judgement=Judgement.BETTER,
    sentence="Better on your compounds by 0.10 (0.05 to 0.15).",
)


class FakeTuner:
    """Does `steps` steps of `step_s` seconds; `before_step` is told each step's number and may raise, or wish something."""

    def __init__(self, steps: int = 5, step_s: float = 0.0, before_step: Callable[[int], None] = lambda _: None) -> None:
        self.steps, self.step_s, self.before_step = steps, step_s, before_step
        self.tasks: list[TuningTask] = []

    def run(self, task: TuningTask, folder: Path, report: ReportEvent, control: RunControl) -> TuningResult:
        """What `FineTuner` promises."""
        self.tasks.append(task)
        result = folder / "result" / f"{task.name}.json"
        if not result.exists():
            self._train(task, folder, report, control)
            result.parent.mkdir()
            result.write_text((folder / "checkpoint").read_text(encoding="utf-8"), encoding="utf-8")
        sha256 = hashlib.sha256(result.read_bytes()).hexdigest()
        return TuningResult(ModelVersion(task.name, sha256, BASE.licence), result, True, BASE, VERDICT, ("Tuned.",))

    def _train(self, task: TuningTask, folder: Path, report: ReportEvent, control: RunControl) -> None:
        checkpoint = folder / "checkpoint"
        state = json.loads(checkpoint.read_text(encoding="utf-8")) if checkpoint.exists() else {"step": 0, "sum": _sum_of(task)}
        report(JobBegan("CPU", 1, 0.0, resumed=state["step"] > 0))
        while state["step"] < self.steps:
            control.check()
            self.before_step(state["step"])
            time.sleep(self.step_s)
            state = {"step": state["step"] + 1, "sum": hashlib.sha256(state["sum"].encode()).hexdigest()}
            with new_file_for(checkpoint) as temporary:
                temporary.write_text(json.dumps(state), encoding="utf-8")
            report(CurvePoint(0, state["step"], self.steps, 1.0 / state["step"], 1e-3))
            report(Usage(state["step"] / self.steps, None, 100.0))


def _sum_of(task: TuningTask) -> str:
    content = [as_json(record) for record in (*task.own, *task.public)], sorted(task.molecules), task.settings.as_json()
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def record_of(number: int, compound: str = "") -> SpectrumRecord:
    """A spectrum of a compound that no other number has, unless it is named."""
    return SpectrumRecord(
        spectrum=Spectrum(np.array([41.0, 50.0 + number]), np.array([0.1 + number / 3, 999.0])),
        name=f"compound {number}",
        smiles="C" * (number + 1),
        inchikey=f"{compound or key_of(number)}-UHFFFAOYSA-N",
        instrument="GC-MS",
        energy_ev=70.0,
        source_file="lab.msp",
        line=number + 1,
        extra=(("Scan range", "40-500"),),
    )


def key_of(number: int) -> str:
    """First block of the InChIKey of a compound."""
    return "".join(chr(ord("A") + int(digit)) for digit in f"{number:014d}")


class FakeLibraries:
    """A library of measured spectra, as far as a fine-tuning looks at libraries."""

    def __init__(self, records: list[SpectrumRecord]) -> None:
        self.records = records

    def store(self) -> FakeLibraries:
        """As `LibraryService.store`."""
        return self

    def entry_ids(self, query: LibraryQuery) -> np.ndarray:
        """As `LibraryStore.entry_ids`."""
        return np.array([each for each, record in enumerate(self.records) if bool(record.predicted_by) is query.predicted])

    def entries_by_id(self, entry_ids: np.ndarray) -> list[object]:
        """As `LibraryStore.entries_by_id`."""
        from bitspec_gui.domain.library import LibraryEntry

        return [LibraryEntry(int(each), "Public", self.records[each]) for each in entry_ids]


class Laboratory:
    """A folder of fine-tuning with a dataset of some compounds, a base model and the fake core."""

    def __init__(self, folder: Path, tuner: FakeTuner | None = None, compounds: int = 6, public: int = 0) -> None:
        self.folder = folder
        self.tuner = tuner or FakeTuner()
        self.base_file = folder / "base.json"
        folder.mkdir(parents=True, exist_ok=True)
        self.base_file.write_text("{}", encoding="utf-8")
        self.store: SqlTrainingStore = open_training_store(folder / "training.sqlite")
        self.libraries = FakeLibraries([record_of(number) for number in range(100, 100 + public)])
        self.jobs = TuningJobs(
            lambda: self.store,
            folder,
            self.libraries,  # type: ignore[arg-type]
            lambda sha256: self.base_file if sha256 == BASE.sha256 else None,
            lambda: self.tuner,
        )
        found = self.store.datasets()
        if found:
            self.dataset = found[0].dataset_id
        else:
            self.dataset = self.store.new_dataset("Lab 7")
            self.store.add_spectra(self.dataset, [DatasetSpectrum(0, record_of(number)) for number in range(compounds)])

    def queue(self, name: str = "Lab 7 tuned", **settings: object) -> TuningJob:
        """Ask for a fine-tuning of the dataset."""
        base = RegisteredVersion(SUPPLIED, BASE, self.base_file, made_at=datetime.now(UTC))
        return self.jobs.queue(name, self.dataset, base, TuningSettings(**settings))  # type: ignore[arg-type]
