"""Pages of the *Train* tab in a window of their own, with a trainer that does what the test says."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.domain.tuning_jobs import (
    CurvePoint,
    ExampleSeen,
    JobBegan,
    JobState,
    Noted,
    PhaseBegan,
    TuningJob,
    Usage,
    VerdictReached,
)
from bitspec_gui.domain.verdict import Forgetting, Interval, Judgement, Outcome, PublicBasis, Verdict
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.train_state import TrainState
from bitspec_gui.ui.training_run import TrainingRun

LEFT = Qt.MouseButton.LeftButton
NAMES = ("Toluene", "Anisole", "Ethyl benzoate", "Butylbenzene", "Menthol", "Limonene", "Camphor", "Vanillin")
SMILES = ("Cc1ccccc1", "COc1ccccc1", "CCOC(=O)c1ccccc1", "CCCCc1ccccc1", "CC1CCC(C(C)C)C(O)C1", "CC1=CCC(C(C)=C)CC1",
          "CC1(C)C2CCC1(C)C(=O)C2", "COc1cc(C=O)ccc1O")  # fmt: skip


class HandTrainer(QObject):
    """A trainer that notes what it is asked for; a test plays the process that trains."""

    jobs_changed = Signal(object)
    events = Signal(int, object)
    replayed = Signal(int)
    ended = Signal(object)
    failed = Signal(object)

    def __init__(self):
        super().__init__()
        self.asked: list[tuple] = []

    def __getattr__(self, name):
        if name in {"open", "start", "pause", "resume", "cancel", "put_off", "remove", "attach", "detach"}:
            return lambda *args: self.asked.append((name, *args))
        raise AttributeError(name)


def job(number=1, state=JobState.RUNNING, name="", said="", **others):
    settings = TuningSettings(strategy=Strategy.LORA, folds=5)
    made = datetime(2026, 11, 22, 20, number % 60, tzinfo=UTC)
    return TuningJob(
        number, name or f"Own lab {number}", 1, "Own lab", "ab" * 32, "cd" * 32, "bitspec-ei-2", settings, state, made, said=said,
        **others,
    )  # fmt: skip


def spectrum(seed, top=150):
    rng = np.random.default_rng(seed)
    mz = np.unique(rng.integers(15, top, 40)).astype(np.float64)
    return Spectrum(mz, np.exp(rng.normal(0, 1.6, mz.size)))


def point(step, run=0, steps=100, public=0.79):
    grown = 1 - np.exp(-step / 30)
    return CurvePoint(run, step, steps, 0.9 - 0.4 * grown, 1e-3, 0.62 + 0.25 * grown, 0.60 + 0.12 * grown + 0.01 * run,
                      public - 0.004 * grown)  # fmt: skip


def example(place, run=0, step=40, now=0.74):
    measured = spectrum(place)
    return ExampleSeen(
        f"KEY{place:011d}", NAMES[place % 8], SMILES[place % 8], measured, spectrum(place + 50), spectrum(place + 90),
        0.61, now, run, step,
    )  # fmt: skip


def begun(fold=2):
    """What a job told that is at its second fold."""
    told = [JobBegan("CPU (2 threads): no CUDA device found", 4711, 0.0)]
    for run in range(fold):
        told.append(PhaseBegan(f"Fold {run + 1} of 5", run + 1, 6, run))
        told += [point(step, run) for step in range(10, 101 if run < fold - 1 else 51, 10)]
    told += [example(place, fold - 1) for place in range(4)]
    return [*told, Noted("Memory ran out: the batch was halved to 8 compounds."), Usage(0.31, 80.0, 912.0, 1530.0)]


def verdict(changes=(0.20, 0.14, 0.1, 0.06, 0.02, -0.01), judgement=Judgement.BETTER, folds=0, basis=PublicBasis.MEASURED):
    outcomes = tuple(
        Outcome(f"KEY{n:011d}", NAMES[n % 8], SMILES[n % 8], spectrum(n), spectrum(n + 50), spectrum(n + 90), 0.6, 0.6 + change)
        for n, change in enumerate(changes)
    )
    mean = float(np.mean(changes))
    gain = Interval(mean, mean - 0.04, mean + 0.04)
    change = Interval(-0.002, -0.005, 0.001)
    forgetting = Forgetting(basis, 240, 0.79, 0.788, change, -0.02)
    sentence = {
        Judgement.BETTER: "Better on your compounds by 0.09 (0.05 to 0.13), public unchanged.",
        Judgement.NO_GAIN: "No real gain: keep the base model.",
        Judgement.BETTER_BUT_FORGETS: "Better by 0.09 (0.05 to 0.13), but public compounds fell by 0.03: keep the base.",
        Judgement.WORSE: "Worse on your compounds by 0.05: keep the base model.",
        Judgement.TOO_FEW: "Too few compounds to tell: add spectra of other compounds.",
    }[judgement]
    return Verdict(outcomes, 0.6, 0.6 + mean, gain, len(changes), 24, folds, forgetting, judgement, sentence)


def done(**kwargs):
    """What a job told that is done."""
    return [*begun(), VerdictReached(verdict(**kwargs))]


class Pages:
    """A page with all that it needs, and the hands on it."""

    def __init__(self, qtbot, runner, make_page):
        self.qtbot, self.runner = qtbot, runner
        self.window, self.train, self.trainer = WindowState(), TrainState(), HandTrainer()
        self.run = TrainingRun(self.train, self.trainer)
        self.told: list[str] = []
        self.failed: list[Exception] = []
        self.page = make_page(self)
        self.page.told.connect(self.told.append)
        self.page.failed.connect(self.failed.append)
        qtbot.addWidget(self.page)
        self.page.resize(1000, 700)

    def show(self):
        with self.qtbot.waitExposed(self.page):
            self.page.show()
        self.page.activateWindow()
        return self

    def tell(self, number, events):
        """Events of a job, and the moment after which they are on show."""
        self.trainer.events.emit(number, tuple(events))
        with self.qtbot.waitSignal(self.run.told_changed, timeout=3000):
            self.trainer.replayed.emit(number)

    def named(self, name):
        return self.page.findChild(QWidget, name)

    def click(self, name):
        self.qtbot.mouseClick(self.named(name), LEFT)

    def seen(self, *names):
        """Which of some controls can be seen."""
        return [name for name in names if self.named(name).isVisible()]

    def rows(self, name):
        model = self.named(name).model()
        return [[model.index(r, c).data() for c in range(model.columnCount())] for r in range(model.rowCount())]

    def quiet(self):
        self.qtbot.waitUntil(lambda: not self.runner.jobs, timeout=10_000)

    def stop(self):
        self.run.stop()
