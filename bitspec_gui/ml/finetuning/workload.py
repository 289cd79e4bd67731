"""How much work a fine-tuning is, in expected seconds of one core, before it begins."""

from __future__ import annotations

from dataclasses import dataclass

from bitspec_gui.domain.tuning import Strategy, TuningSettings, TuningTask
from bitspec_gui.ml.finetuning.ensemble_tuning import looks_of, step_seconds
from bitspec_gui.ml.finetuning.progress import FEATURISE_S, PREDICT_S
from bitspec_gui.ml.finetuning.public_data import MOST_MEASURED, MOST_REPLAYED, WATCHED
from bitspec_gui.ml.finetuning.splits import Part
from bitspec_gui.ml.finetuning.strategies import steps_of
from bitspec_gui.ml.network import Ensemble

SAMPLE = 24
"""Training compounds whose cosine is a curve."""

_RESPONSE_S = 1.5


@dataclass(frozen=True)
class Workload:
    """Expected seconds of reading, of each training in order, and of what comes after."""

    reading: float
    runs: tuple[float, ...]
    ending: float

    @property
    def total(self) -> float:
        """All together."""
        return self.reading + sum(self.runs) + self.ending

    def before_run(self, run: int) -> float:
        """Seconds of what comes before a training."""
        return self.reading + sum(self.runs[:run])


def replayed_at_most(settings: TuningSettings, compounds: int) -> int:
    """Public compounds that a training on so many compounds can take in."""
    if settings.strategy is Strategy.RESPONSE or settings.replay <= 0:
        return 0
    drawn = steps_of(settings, compounds) * min(settings.batch, compounds) * settings.replay
    return min(MOST_REPLAYED, round(drawn))


def workload_of(task: TuningTask, base: Ensemble, runs: list[Part]) -> Workload:
    """Expected work; `runs` are all trainings, with the one on all compounds where there is one."""
    settings = task.settings
    compounds = len(runs[0].train | runs[0].val | runs[0].held)
    public = min(len(task.public) + len(task.molecules), replayed_at_most(settings, compounds) + MOST_MEASURED + WATCHED)
    reading = FEATURISE_S * (len(task.own) + public) + PREDICT_S * (compounds + MOST_MEASURED + WATCHED)
    found = []
    for part in runs:
        held = len(part.held)
        seconds = _RESPONSE_S if settings.response or settings.strategy is Strategy.RESPONSE else 0.0
        if settings.strategy is not Strategy.RESPONSE:
            train = len(part.train)
            together = min(settings.batch, train) * (1 + settings.replay)
            seconds += steps_of(settings, train) * sum(step_seconds(base, name, together) for name in base.members)
            seconds += len(looks_of(settings, train)) * PREDICT_S * (WATCHED + SAMPLE + len(part.val or part.held))
        found.append(seconds + 2 * PREDICT_S * (held + WATCHED))
    return Workload(reading, tuple(found), PREDICT_S * (2 * MOST_MEASURED + WATCHED))
