"""From a look at a dataset to a plan: which strategy is proposed and why, what else can be chosen, and what each costs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bitspec_gui.domain.jobs import CancelToken, ReportProgress, ignore_progress
from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.ports import Predictor
from bitspec_gui.domain.tuning import DatasetLook, Strategy, StrategyOption, TuningPlan
from bitspec_gui.domain.tuning_defaults import FEW_FOR_NETWORKS, FEWEST_COMPOUNDS, FOLDS_BELOW, recommended
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.tuning_data import TuningDataService
from bitspec_gui.services.tuning_look import look_at
from bitspec_gui.services.tuning_settings import with_overrides
from bitspec_gui.services.tuning_strategies import STRATEGIES
from bitspec_gui.services.tuning_time import seconds_for, size_on_disk
from bitspec_gui.spectra.intensity_trend import Trend

WHOLE_BYTES = 15_600_000
"""Of a whole model, where the base's file holds but a small change."""

SHORT_OF_USUAL = 0.04
"""How far a laboratory's mean cosine must be below the expected one for it to be said to differ."""

MIXED_UP = 0.5
"""Below this share of the expected cosine most spectra are likely to be of other compounds than their structures: with all
structures shuffled a laboratory fell from 0.76 to 0.06, with nothing below m/z 85 recorded from 0.80 to 0.76."""

FEW_TO_JUDGE = 30
"""Below this number of compounds only a large gain can be told from none."""

KNOWN_SHARE = 0.9
"""From this share of known compounds on, what differs along m/z is the instrument."""

FEW_UNSEEN = 5
"""Fewer compounds that are new to the base say nothing of how well it does on such."""

MANY_COMPOUNDS = 2000


class TuningPlanner:
    """Looks at datasets with a base model and proposes plans; may be used by several threads.

    Parameters
    ----------
    data : TuningDataService
        The datasets.
    prediction : PredictionService
        Predicts with the version in use.
    other_base : callable, optional
        Loads the predictor of another version's model file.
    """

    def __init__(
        self, data: TuningDataService, prediction: PredictionService, other_base: Callable[[Path], Predictor] | None = None
    ) -> None:
        self._data, self._prediction, self._other_base = data, prediction, other_base
        self._choosing = threading.Lock()
        self._other: tuple[str, PredictionService] | None = None

    def look(
        self,
        dataset_id: int,
        *,
        base: RegisteredVersion | None = None,
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> DatasetLook:
        """How a base model (the version in use if not given) sees a dataset: seconds to a minute's work.

        Raises
        ------
        ModelFileError
            If the base cannot be loaded.
        StorageError
            If the dataset cannot be read.
        Cancelled
            On the user's wish.
        """
        spectra = self._data.spectra(dataset_id)
        name = base.version.name if base is not None else ""
        size = base.size_bytes if base is not None and not base.small else WHOLE_BYTES
        service = self._service_of(base)
        return look_at(spectra, service, base_name=name, base_bytes=size, progress=progress, cancel=cancel)

    def plan(self, look: DatasetLook, *, overrides: Mapping[str, Any] | None = None) -> TuningPlan:
        """What to propose for what was seen. Quick: no file is read, nothing is predicted."""
        return propose(look, overrides=overrides)

    def _service_of(self, base: RegisteredVersion | None) -> PredictionService:
        """What predicts with a version; of those that are not in use, the last one is kept."""
        load = self._other_base
        if base is None or load is None or self._prediction.predictor().version.sha256 == base.version.sha256:
            return self._prediction
        with self._choosing:
            if self._other is None or self._other[0] != base.version.sha256:
                self._other = (base.version.sha256, PredictionService(lambda: load(base.file)))
            return self._other[1]


def propose(look: DatasetLook, *, overrides: Mapping[str, Any] | None = None) -> TuningPlan:
    """A plan for a dataset that the base has looked at.

    Options are all strategies with recommended settings; `proposed_strategy` says which one is proposed.

    Parameters
    ----------
    overrides : mapping, optional
        Settings that the user wants otherwise, whatever the strategy.
    """
    number = look.compounds
    if number < FEWEST_COMPOUNDS:
        return TuningPlan(device=look.device, refusal=_refusal(number))
    proposed = proposed_strategy(look)
    options = []
    for info in STRATEGIES:
        settings = with_overrides(recommended(info.strategy, number), overrides or {})
        seconds = seconds_for(settings, number, speed=look.speed)
        size = size_on_disk(settings, look.base_bytes or WHOLE_BYTES)
        options.append(StrategyOption(info, settings, seconds, size, proposed=info.strategy is proposed))
    return TuningPlan(tuple(options), tuple(_reasons(look)), tuple(_cautions(look)), look.device)


def proposed_strategy(look: DatasetLook) -> Strategy:
    """The strategy for what was seen.

    Below 10 compounds it is the instrument's response alone; so it is where the base has learned from nearly all compounds and
    the intensities differ along m/z, for then it is the instrument that differs. Else LoRA: at the rates that were measured it
    gains as much as tuning the whole networks does, forgets the least, and takes half a megabyte.
    """
    if look.compounds < FEW_FOR_NETWORKS or _only_the_instrument_differs(look):
        return Strategy.RESPONSE
    return Strategy.LORA


def _only_the_instrument_differs(look: DatasetLook) -> bool:
    return len(look.seen) >= KNOWN_SHARE * look.compounds and _has_clear_trend(look)


def _has_clear_trend(look: DatasetLook) -> bool:
    return look.trend is not None and look.trend_error is not None and Trend(look.trend, look.trend_error).clear


def _refusal(number: int) -> str:
    if not number:
        return "There is nothing to learn from yet: no spectrum of this dataset has a structure and is used."
    there = "There is 1 compound" if number == 1 else f"There are {number} compounds"
    return f"{there}. At least {FEWEST_COMPOUNDS} are needed, so that some can be held out to see whether anything was learned."


def _reasons(look: DatasetLook) -> list[str]:
    """Why this is proposed, the facts first."""
    return [sentence for sentence in (_size(look), _level(look), _trend(look), _choice(look)) if sentence]


def _size(look: DatasetLook) -> str:
    spectra = f" with {look.spectra:,} spectra" if look.spectra > look.compounds else ""
    known = len(look.seen)
    if not known:
        return f"You have {look.compounds:,} compounds{spectra}, none of which the model has learned from before."
    return f"You have {look.compounds:,} compounds{spectra}; the model has learned from {known:,} of them before."


def _level(look: DatasetLook) -> str:
    """How well the base does on compounds that it was not trained on, beside what it expects itself."""
    base = f"“{look.base_name}” " if look.base_name else "The base model "
    if look.reached is None or look.compounds - len(look.seen) < FEW_UNSEEN:
        return f"{base}reaches a mean cosine of {look.mean_cosine:.2f}, mostly on compounds that it has learned from."
    said = f"{base}reaches a mean cosine of {look.reached:.2f} on the compounds that are new to it"
    if look.expected is None:
        return f"{said}."
    if look.reached < look.expected * MIXED_UP:
        return (
            f"{said}; on public spectra of such compounds it reaches {look.expected:.2f}. That is so far below that spectra and "
            "structures may have been mixed up: see whether they belong together before you train."
        )
    if look.reached < look.expected - SHORT_OF_USUAL:
        return f"{said}; on public spectra of such compounds it reaches {look.expected:.2f}. So there is room to gain."
    return f"{said}; on public spectra of such compounds it reaches {look.expected:.2f}. Little may be left to gain."


def _trend(look: DatasetLook) -> str:
    if look.trend is None or not _has_clear_trend(look):
        return ""
    factor = 2.0 ** abs(look.trend)
    how = "stronger" if look.trend > 0 else "weaker"
    return (
        f"Your instrument shows heavy ions {how} than the model expects, by a factor of {factor:.1f} from m/z 100 to 200. "
        "That is corrected by its response, which can be switched off."
    )


def _choice(look: DatasetLook) -> str:
    number = look.compounds
    if number < FEW_FOR_NETWORKS:
        return (
            f"From fewer than {FEW_FOR_NETWORKS} compounds networks learn by heart: only the instrument's response is proposed."
        )
    if _only_the_instrument_differs(look):
        return "The model knows nearly all of your compounds, and what differs is the instrument: only its response is proposed."
    if number < FOLDS_BELOW:
        share = recommended(Strategy.LORA, number).share
        return (
            f"With {number} compounds a small correction is proposed, of which {100 * share:.0f} % is kept so that it does not "
            "go too far. Compounds are held out in turn to see what it brings; the model itself then learns from all."
        )
    return (
        "A small correction is proposed: it gains as much as training the whole networks, and forgets the least of what is known "
        "of other compounds. A fifth of your compounds is held out to see what it brings."
    )


def _cautions(look: DatasetLook) -> list[str]:
    number, known = look.compounds, len(look.seen)
    found = []
    if number < FEW_TO_JUDGE:
        found.append(f"With {number} compounds only a large gain can be told from none. From {FEW_TO_JUDGE} on it becomes clear.")
    if 2 * known > number:
        found.append(
            f"The model has learned from {known} of the {number} compounds before. A gain on them says little about new ones."
        )
    if look.unlike and 5 * look.unlike >= number:
        found.append(
            f"{look.unlike} compounds are unlike all that the model has learned from. More of their kind would help most."
        )
    if number > MANY_COMPOUNDS:
        found.append(f"{number:,} compounds take long. A few hundred of those that matter most teach nearly as much.")
    return [*found, *look.cautions]
