"""A study: which fine-tunings are done on which laboratories, in which order, and what was done before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from bitspec_gui.domain.jobs import CancelToken, ReportProgress, ignore_progress
from bitspec_gui.domain.tuning import Strategy
from bitspec_gui.domain.tuning_study import PROPOSED, LaboratoryFacts, StudyCell, StudyKey
from bitspec_gui.ml.checkpoint import load_model
from bitspec_gui.ml.confidence import TrainingDomain
from bitspec_gui.ml.datasets import CompoundSet, compound_set
from bitspec_gui.ml.finetuning.replay import subset
from bitspec_gui.ml.tuning_study.cells import LaboratoryStudy, Propose
from bitspec_gui.ml.tuning_study.laboratories import NAIVE, Laboratories
from bitspec_gui.ml.tuning_study.naive_base import naive_base

Molecules = Callable[[frozenset[str]], list[str]]
"""SMILES of public molecules without some compounds."""

STRATEGIES = (PROPOSED, *(strategy.value for strategy in Strategy))

TIMED, TIMED_SIZE = "time", 500
"""Laboratory that shows how long so many spectra take."""

MOST_DRAWS_OF = 30
"""Up to this number of compounds, several draws are made: what is learned from few depends on which these are."""


@dataclass(frozen=True)
class StudyPlan:
    """What is to be measured. ``draws`` are made of sizes up to 30, one of larger ones."""

    laboratories: tuple[str, ...]
    sizes: tuple[int, ...] = (10, 30, 100, 300)
    strategies: tuple[str, ...] = STRATEGIES
    draws: int = 1


class Study:
    """Fine-tunings on simulated laboratories.

    Parameters
    ----------
    laboratories : Laboratories
    benchmark : Path
        Folder that they are made from.
    work : Path
        Where the naive base is kept.
    supplied : Path
        Model file that comes with BitSpec.
    propose : callable
        The plan that a user is shown.
    molecules : callable
        Public molecules.
    """

    def __init__(
        self,
        laboratories: Laboratories,
        benchmark: Path,
        work: Path,
        supplied: Path,
        propose: Propose,
        molecules: Molecules,
        *,
        report: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> None:
        self._laboratories, self._benchmark, self._work, self._supplied = laboratories, benchmark, work, supplied
        self._propose, self._molecules = propose, molecules
        self._report, self._cancel = report, cancel
        self._studied: dict[str, LaboratoryStudy] = {}

    def keys(self, plan: StudyPlan) -> Iterator[StudyKey]:
        """Every fine-tuning of a plan: draw by draw, the sizes in the order of the plan; what cannot be filled is left out."""
        places = [
            (name, size)
            for name in plan.laboratories
            for size in ([TIMED_SIZE] if name == TIMED else self._laboratories.named(name).sizes(plan.sizes))
        ]
        rank = {size: place for place, size in enumerate(plan.sizes)}
        places.sort(key=lambda place: rank.get(place[1], len(rank)))
        for draw in range(1, plan.draws + 1):
            for name, size in places:
                if draw == 1 or size <= MOST_DRAWS_OF:
                    strategies = plan.strategies if name != TIMED else (PROPOSED,)
                    yield from (StudyKey(name, size, strategy, draw) for strategy in strategies)

    def facts(self, plan: StudyPlan) -> list[LaboratoryFacts]:
        """The laboratories of a plan in words and numbers."""
        return [self._laboratories.named(name).facts for name in plan.laboratories]

    def run(self, keys: Iterable[StudyKey], kept: Mapping[StudyKey, StudyCell]) -> Iterator[StudyCell]:
        """Measure what is not kept, or was kept with other settings; gives each as soon as it is there.

        What is proposed is measured first: a strategy that it is the same as need not be tuned again.

        Raises
        ------
        Cancelled
            When the token is set; what was given until then is whole.
        """
        known = dict(kept)
        for key in keys:
            studied = self._of(key.laboratory)
            settings = studied.settings_of(key)
            before = known.get(key)
            if before is not None and before.settings == settings:
                continue
            proposed = known.get(replace(key, strategy=PROPOSED))
            if proposed is not None and proposed.settings == settings:
                cell = replace(proposed, key=key, told=None)
            else:
                cell = studied.measure(key, settings)
            known[key] = cell
            yield cell

    def _of(self, name: str) -> LaboratoryStudy:
        """The laboratory with its base, made once."""
        if name not in self._studied:
            laboratory = self._laboratories.named(name)
            base = self._naive if laboratory.base == NAIVE else self._supplied
            domain = self._domain(base)
            rows = [row for row, compound in enumerate(self._val.connectivities) if compound not in laboratory.tune]
            self._studied[name] = LaboratoryStudy(
                laboratory,
                base,
                public=self._laboratories.public(laboratory, domain.holds),
                molecules=self._public_molecules,
                val=subset(self._val, rows),
                propose=self._propose,
                cancel=self._cancel,
            )
        return self._studied[name]

    @cached_property
    def _naive(self) -> Path:
        return naive_base(self._laboratories, self._benchmark, self._work, report=self._report, cancel=self._cancel)

    @cached_property
    def _public_molecules(self) -> list[str]:
        """Molecules of none of the laboratories, and no val compounds."""
        every = [self._laboratories.named(name) for name in self._laboratories.made]
        compounds = {name for laboratory in every for name in (*laboratory.tune, *laboratory.held)}
        return self._molecules(frozenset(compounds | set(self._laboratories.val)))

    @cached_property
    def _val(self) -> CompoundSet:
        return compound_set(self._laboratories.val.values())

    @staticmethod
    def _domain(base: Path) -> TrainingDomain:
        domain = load_model(base)[1].domain
        if domain is None:
            raise ValueError(f"{base} does not say what it was trained on")
        return domain
