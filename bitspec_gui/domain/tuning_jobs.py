"""Fine-tuning jobs: what they are, how they stand, what they tell while they run, and what is wished of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bitspec_gui.domain.errors import Cancelled, Interrupted
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.verdict import Verdict


class JobState(Enum):
    """How a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """Ended before its time (crash, kill, full disk, or put off); it can go on from its last checkpoint."""
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens unless someone asks for it."""
        return self not in (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)

    @property
    def can_resume(self) -> bool:
        """Whether it can go on from a checkpoint."""
        return self is JobState.INTERRUPTED


@dataclass(frozen=True)
class TuningJob:
    """A fine-tuning that was asked for; ``said`` is a sentence on its state, for example why it was interrupted."""

    job_id: int
    name: str
    dataset_id: int | None
    dataset_name: str
    dataset_hash: str
    base_sha256: str
    base_name: str
    settings: TuningSettings
    state: JobState
    made_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    said: str = ""
    version_id: int | None = None


class Wish(Enum):
    """What is wished of a job that runs."""

    RUN = "run"
    PAUSE = "pause"
    CANCEL = "cancel"
    STOP = "stop"
    """End now, to go on later from a checkpoint."""


_ASK_AGAIN_S = 0.1
"""Between two looks, during a pause, at whether it is over."""


class RunControl:
    """Asked by the core between two units of work (a step, a batch of predictions): well under a second apart.

    Parameters
    ----------
    wish : callable
        What is wished now; cheap, for it is called at every step.
    """

    def __init__(self, wish: Callable[[], Wish] = lambda: Wish.RUN) -> None:
        self._wish = wish
        self.paused_s = 0.0
        """Seconds spent in pauses, which count for no estimate."""

    def check(self) -> None:
        """Go on, or wait while a pause is wished.

        Raises
        ------
        Cancelled
            If the job is to end and leave nothing.
        Interrupted
            If it is to end and go on later.
        """
        wish = self._wish()
        if wish is Wish.PAUSE:
            began = time.monotonic()
            while (wish := self._wish()) is Wish.PAUSE:
                time.sleep(_ASK_AGAIN_S)
            self.paused_s += time.monotonic() - began
        if wish is Wish.CANCEL:
            raise Cancelled("The fine-tuning was cancelled. The base model is as it was.")
        if wish is Wish.STOP:
            raise Interrupted("The fine-tuning was put off. It can go on from its last checkpoint.")


# What a job tells. Each event is a line of its journal, so that whoever opens the window later sees the same curves.


@dataclass(frozen=True)
class JobBegan:
    """The core has begun, or gone on: where it runs and why there, and by which process (`pid`)."""

    device: str
    pid: int
    at: float
    resumed: bool = False


@dataclass(frozen=True)
class PhaseBegan:
    """A part of the job, ``number`` (from 1) of ``of``: for example ``Part 2 of 5``. ``run`` numbers trainings from 0."""

    title: str
    number: int
    of: int
    run: int | None = None


@dataclass(frozen=True)
class CurvePoint:
    """Where a training stands after ``step`` of ``steps``. Cosines are of the whole ensemble, None where not measured.

    ``train_loss`` is the mean since the last point (own compounds only); ``train_cosine`` on a sample of training compounds (to
    be seen as a curve, never as a result), ``val_cosine`` on own compounds that this run does not train on, ``public_cosine`` on
    public ones (its fall is forgetting).
    """

    run: int
    step: int
    steps: int
    train_loss: float
    learning_rate: float
    train_cosine: float | None = None
    val_cosine: float | None = None
    public_cosine: float | None = None


@dataclass(frozen=True)
class ExampleSeen:
    """A compound that is not trained on, as predicted by the base and now."""

    compound: str
    name: str
    smiles: str
    measured: Spectrum
    before: Spectrum
    now: Spectrum
    cosine_before: float
    cosine_now: float
    run: int
    step: int


@dataclass(frozen=True)
class Usage:
    """How far the whole job is (0..1), seconds left (None: not known yet), and memory in MB of process and device."""

    done: float
    seconds_left: float | None
    memory_mb: float
    device_mb: float | None = None


@dataclass(frozen=True)
class Noted:
    """A sentence worth telling: memory ran out and the batch was halved, training stopped early."""

    text: str


@dataclass(frozen=True)
class StateChanged:
    """The job stands otherwise."""

    state: JobState
    said: str = ""


@dataclass(frozen=True)
class VerdictReached:
    """What the fine-tuning came to."""

    verdict: Verdict


TuningEvent = JobBegan | PhaseBegan | CurvePoint | ExampleSeen | Usage | Noted | StateChanged | VerdictReached
ReportEvent = Callable[[TuningEvent], None]
