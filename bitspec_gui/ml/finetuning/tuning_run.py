"""One training of a fine-tuning: its instrument's response, its networks, what is told meanwhile, what is kept of the change."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from bitspec_gui.domain.errors import Interrupted
from bitspec_gui.domain.tuning import Strategy
from bitspec_gui.domain.tuning_jobs import CurvePoint, ExampleSeen
from bitspec_gui.domain.tuning_json import as_json, from_json
from bitspec_gui.domain.verdict import Outcome, PublicBasis
from bitspec_gui.ml.changes.change import Change
from bitspec_gui.ml.confidence import TrainingDomain
from bitspec_gui.ml.finetuning.ensemble_tuning import EnsembleTuning, Lesson, scaled, tuned_ensemble
from bitspec_gui.ml.finetuning.ground import Ground, plain_roots
from bitspec_gui.ml.finetuning.job_folder import JobFolder
from bitspec_gui.ml.finetuning.judging import Predicted, outcomes_of, predicted, spectra_of
from bitspec_gui.ml.finetuning.progress import PREDICT_S
from bitspec_gui.ml.finetuning.recalibration import Evidence
from bitspec_gui.ml.finetuning.replay import subset
from bitspec_gui.ml.finetuning.response_choice import choose_response
from bitspec_gui.ml.finetuning.scoring import cosines
from bitspec_gui.ml.finetuning.splits import Part, shuffled
from bitspec_gui.ml.finetuning.verdict import MAY_FALL, agreement
from bitspec_gui.ml.finetuning.workload import SAMPLE
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.response import IDENTITY, Response
from bitspec_gui.ml.tuned_files import joined

EXAMPLES = 4
"""Compounds that are shown while the networks learn."""

KEPT_EVERY_S = 20.0
WRITING_SHARE = 10
"""Checkpoints are kept every 20 s, or more seldom where writing one takes more than a tenth of that."""

_MOST_HALVINGS = 3


@dataclass(frozen=True)
class Trained:
    """What a training came to: changes of the networks as they are stored, the instrument's response, the share that was kept."""

    changes: Mapping[str, Change]
    response: Response | None
    share: float


@dataclass(frozen=True)
class JudgedRun:
    """Held-out spectra of a training, and the evidence for the confidence of their predictions."""

    outcomes: list[Outcome]
    evidence: Evidence
    response: Response | None

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "outcomes": [as_json(outcome) for outcome in self.outcomes],
            "evidence": self.evidence.values.tolist(),
            "cosines": self.evidence.cosines.tolist(),
            "response": self.response.as_json() if self.response is not None else None,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> JudgedRun:
        """From plain values; raises KeyError or ValueError for what is none."""
        evidence = Evidence(np.array(values["evidence"], dtype=np.float64).reshape(-1, 6), np.array(values["cosines"]))
        response = Response.from_json(values["response"]) if values["response"] else None
        return cls([from_json(Outcome, each) for each in values["outcomes"]], evidence, response)


class TuningRun:
    """One training on the compounds of a part.

    Parameters
    ----------
    number : int
        Of the training, from 0; events bear it.
    handed_out : bool
        Whether its outcome is the version itself, and not there for the verdict alone.
    """

    def __init__(self, ground: Ground, folder: JobFolder, number: int, part: Part, *, handed_out: bool = True) -> None:
        self._ground, self._folder, self._number, self._part = ground, folder, number, part
        self._handed_out = handed_out
        own = ground.own
        self._train_rows = own.items_of(part.train)
        self._train = subset(own.compounds, self._train_rows)
        self._looked_at = own.items_of(part.val or part.held)
        sample = set(shuffled(part.train, ground.settings.seed)[:SAMPLE])
        self._sample = own.items_of(sample)
        examples = shuffled(part.held or part.val, ground.settings.seed)[:EXAMPLES]
        self._examples = [own.items_of([name])[0] for name in examples]
        self._kept_at, self._writing_s = time.monotonic(), 0.0
        self._response: Response | None = None

    def train(self) -> Trained:
        """Learn, going on from a checkpoint if there is one.

        Raises
        ------
        Cancelled, Interrupted
            On the wish of the control; after `Interrupted` there is a checkpoint of this very moment.
        TrainingError
            If it cannot go on.
        OSError
            If a checkpoint cannot be written; the one before is there.
        """
        ground = self._ground
        self._response = self._chosen_response()
        if ground.settings.strategy is Strategy.RESPONSE:
            return Trained({}, self._response, 1.0)
        lesson = Lesson(self._train, ground.public.replayed, ground.public.distilled, self._response)
        tuning = EnsembleTuning(
            ground.base.network,
            ground.settings,
            lesson,
            device=ground.base.device,
            control=ground.control,
            stops_early=bool(self._part.val) and ground.settings.patience > 0,
            note=ground.note,
        )
        kept = self._folder.checkpoint(self._number)
        if kept is not None:
            tuning.restore(kept)
        elif tuning.stopper.patience:
            tuning.stopper.seen(self._cosine_before())
        try:
            tuning.train(self._look, self._keep)
        except Interrupted:
            self._folder.keep_checkpoint(self._number, tuning.state())
            raise
        if tuning.looked < len(tuning.looks):
            ground.note(
                f"Training stopped early, after {tuning.step} of {tuning.looks[-1]} steps: there was nothing more to gain."
            )
        changes, share = self._settled(tuning.changes())
        return Trained(changes, self._response, share)

    def _chosen_response(self) -> Response | None:
        ground = self._ground
        known = ground.base.known.response
        if not ground.settings.response and ground.settings.strategy is not Strategy.RESPONSE:
            return known
        rows = self._train_rows
        return choose_response(ground.together[rows], self._train, known, ground.settings.seed, ground.control.check)

    def _cosine_before(self) -> float:
        """Mean cosine of the base on the compounds that early stopping goes by, with this training's response."""
        return self._mean(self._ground.together[self._looked_at], self._looked_at)

    def _mean(self, together: Tensor, rows: list[int]) -> float:
        roots = (self._response or IDENTITY).on_roots(together)
        return float(cosines(roots, subset(self._ground.own.compounds, rows)).mean())

    def _look(self, tuning: EnsembleTuning) -> float | None:
        """Tell where the training stands; gives the cosine that early stopping goes by."""
        ground = self._ground
        rows = list(dict.fromkeys([*self._looked_at, *self._sample, *self._examples]))
        roots = dict(zip(rows, tuning.roots(subset(ground.own.compounds, rows)), strict=True))

        def mean(chosen: list[int]) -> float | None:
            # One at a time and of one shape, so that a look after a resume gives the same figures.
            return self._mean(_stacked(roots, chosen), chosen) if chosen else None

        public = None
        if ground.public.watched is not None:
            public = float(cosines(tuning.roots(ground.public.watched), ground.public.watched).mean())
        step = tuning.looks[tuning.looked]
        looked_at = mean(self._looked_at)
        ground.report(
            CurvePoint(
                run=self._number,
                step=step,
                steps=tuning.looks[-1],
                train_loss=tuning.take_loss(),
                learning_rate=tuning.learning_rate,
                train_cosine=mean(self._sample),
                val_cosine=looked_at,
                public_cosine=public,
            )
        )
        self._show_examples(roots, step)
        return looked_at

    def _show_examples(self, roots: Mapping[int, Tensor], step: int) -> None:
        if not self._examples:
            return
        ground, own = self._ground, self._ground.own
        responded = (self._response or IDENTITY).on_roots(_stacked(roots, self._examples))
        now = spectra_of(responded, [own.compounds.features[item] for item in self._examples])
        for item, spectrum in zip(self._examples, now, strict=True):
            row = own.items.index(item)
            record, lowest = own.records[row], own.lowest_mz[row]
            ground.report(
                ExampleSeen(
                    compound=own.compounds.connectivities[item],
                    name=record.name,
                    smiles=record.smiles or "",
                    measured=record.spectrum,
                    before=ground.before[item],
                    now=spectrum,
                    cosine_before=agreement(ground.before[item], record.spectrum, lowest),
                    cosine_now=agreement(spectrum, record.spectrum, lowest),
                    run=self._number,
                    step=step,
                )
            )

    def _keep(self, tuning: EnsembleTuning, looked: bool) -> None:
        """Keep a checkpoint after each look, and between looks when it is time."""
        pause = max(KEPT_EVERY_S, WRITING_SHARE * self._writing_s)
        began = time.monotonic()
        # Where looks come every second, not each of them is worth a write to the disk.
        if began - self._kept_at < (pause if not looked else min(pause, 2 + WRITING_SHARE * self._writing_s)):
            return
        self._folder.keep_checkpoint(self._number, tuning.state())
        self._kept_at = time.monotonic()
        self._writing_s = self._kept_at - began

    def _settled(self, changes: Mapping[str, Change]) -> tuple[Mapping[str, Change], float]:
        """The share of the changes that is kept: that of the settings, or half, a quarter ... until little is forgotten.

        It is chosen on public compounds that are neither learned again nor judged by.
        """
        ground, share = self._ground, self._ground.settings.share
        watched, before = ground.public.watched, ground.watched_before
        if watched is None or before is None:
            return scaled(changes, share), share
        limit = MAY_FALL[ground.public.watched_basis]
        falls = []
        for halvings in range(_MOST_HALVINGS + 1):
            settled = scaled(changes, share)
            tuned = tuned_ensemble(ground.base.network, ground.settings.strategy, settled, None)
            with ground.control.units_of(PREDICT_S * 8):
                after = plain_roots(tuned, watched, ground.base.device, ground.control.check)
            falls.append(float((cosines(before, watched) - cosines(after, watched)).mean()))
            if falls[-1] <= limit or halvings == _MOST_HALVINGS:
                break
            share /= 2
        if len(falls) > 1 and self._handed_out:
            predicted_only = ground.public.watched_basis is PublicBasis.PREDICTED
            what = "predictions of public molecules moved" if predicted_only else "public compounds fell"
            ground.note(
                f"With {ground.settings.share:.0%} of the change, {what} by {falls[0]:.3f}. "
                f"Only {share:.0%} of it is kept, with which it is {falls[-1]:.3f}."
            )
        return settled, share

    def judge(self, trained: Trained) -> JudgedRun:
        """Predict the held-out spectra with what was trained, as it is stored."""
        base = self._ground.base
        tuned = tuned_ensemble(base.network, self._ground.settings.strategy, trained.changes, trained.response)
        return self.judge_with(tuned, domain_of(self._ground, self._part))

    def judge_with(self, tuned: Ensemble, domain: TrainingDomain | None) -> JudgedRun:
        """Predict the held-out spectra with a tuned ensemble that learned from a domain."""
        ground, own = self._ground, self._ground.own
        items = own.items_of(self._part.held)
        features = [own.compounds.features[item] for item in items]
        with ground.control.units_of(PREDICT_S * 16):
            found = predicted(tuned, features, ground.base.device, ground.control.check, domain)
        after = dict(zip(items, found.spectra, strict=True))
        before = dict(enumerate(ground.before))
        rows = own.spectra_of(self._part.held)
        outcomes = outcomes_of(own, rows, before, after, self._number)
        return JudgedRun(outcomes, self._evidence(items, rows, outcomes, found), tuned.response)

    def _evidence(self, items: list[int], rows: list[int], outcomes: list[Outcome], found: Predicted) -> Evidence:
        """Evidence of held-out items of compounds that the base has not learned from either, with their mean cosines."""
        own, base = self._ground.own, self._ground.base.known.domain
        reached: dict[int, list[float]] = {}
        for row, outcome in zip(rows, outcomes, strict=True):
            reached.setdefault(own.items[row], []).append(outcome.after)
        new = [
            place for place, item in enumerate(items) if base is not None and not base.holds(own.compounds.connectivities[item])
        ]
        return Evidence(found.evidence[new], np.array([float(np.mean(reached[items[place]])) for place in new]))


def domain_of(ground: Ground, part: Part) -> TrainingDomain | None:
    """What a model of this part has learned from or was chosen by, with all that its base has; None where that is not known."""
    known = ground.base.known.domain
    return None if known is None else joined(known, learned_domain(ground, part))


def learned_domain(ground: Ground, part: Part) -> TrainingDomain | None:
    """The compounds of a part that a model has learned from or was chosen by; None where the base does not know its own."""
    known, compounds = ground.base.known.domain, ground.own.compounds
    if known is None:
        return None
    rows = ground.own.items_of(part.train | part.val)
    found = TrainingDomain.of([compounds.features[row] for row in rows], [compounds.connectivities[row] for row in rows])
    if ground.settings.strategy is Strategy.RESPONSE:
        # Two numbers of an instrument: molecules like these are no better known for them.
        return TrainingDomain(found.fingerprints[:0], found.compounds, known.heaviest)
    return TrainingDomain(found.fingerprints, found.compounds, max(known.heaviest, found.heaviest))


def _stacked(roots: Mapping[int, Tensor], rows: list[int]) -> Tensor:
    return torch.stack([roots[row] for row in rows])
