"""Teaches all networks of an ensemble at once, in turns, so that their common cosine can be watched while they learn."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.ml.changes.change import Change
from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.finetuning.loop import MemberTuning
from bitspec_gui.ml.finetuning.loop_state import LoopState
from bitspec_gui.ml.finetuning.progress import PREDICT_S, Watched
from bitspec_gui.ml.finetuning.replay import distilled
from bitspec_gui.ml.finetuning.schedule import EarlyStop
from bitspec_gui.ml.finetuning.scoring import ensemble_roots, roots_of
from bitspec_gui.ml.finetuning.strategies import steps_of, steps_per_epoch
from bitspec_gui.ml.fragment_network import FragmentNetwork
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.response import IDENTITY, Response
from bitspec_gui.ml.weights import pack, unpack

_FEW_LOOKS, _MOST_LOOKS = 10, 30
"""How often a training is looked at: where an epoch has few steps, and at most."""

_FEW_STEPS = 5
_FRAGMENTS_S, _FINGERPRINT_S = 0.006, 0.001
_FINGERPRINT_STEP_S = 0.03
"""Expected seconds of a step: for each compound, and, of the fingerprint network, for the step itself."""


@dataclass(frozen=True)
class Lesson:
    """What a training learns: own compounds, public ones beside them, and through which instrument's response."""

    own: CompoundSet
    replayed: CompoundSet | None
    distilled: bool
    response: Response | None


def looks_of(settings: TuningSettings, compounds: int) -> list[int]:
    """Numbers of steps after which a training on so many compounds is looked at; the last is its end."""
    steps, epoch = steps_of(settings, compounds), steps_per_epoch(settings, compounds)
    often = _FEW_LOOKS if epoch < _FEW_STEPS else _MOST_LOOKS
    stride = max(epoch, math.ceil(steps / often))
    return [*range(stride, steps, stride), steps]


class EnsembleTuning:
    """One training of all networks of an ensemble.

    Parameters
    ----------
    base : Ensemble
        On `device`; it is left as it is.
    stops_early : bool
        Whether `train` may end before the last step, and goes back to the best look; by ``settings.patience``.
    """

    def __init__(
        self,
        base: Ensemble,
        settings: TuningSettings,
        lesson: Lesson,
        *,
        device: torch.device,
        control: Watched,
        stops_early: bool = False,
        note: Callable[[str], None],
    ) -> None:
        self._base, self._settings, self._control = base, settings, control
        self._device = device
        self.stopper = EarlyStop(settings.patience if stops_early else 0)
        self.looks = looks_of(settings, len(lesson.own))
        self.looked = 0
        """How many of the looks are over."""
        self.members: dict[str, MemberTuning] = {}
        self._step_s: dict[str, float] = {}
        together = min(settings.batch, len(lesson.own)) * (1 + (settings.replay if lesson.replayed is not None else 0))
        for name, member in base.members.items():
            replayed = lesson.replayed
            if replayed is not None and lesson.distilled:
                with control.units_of(0.0):
                    replayed = distilled(member, replayed, device, control.check)  # type: ignore[arg-type]
            self.members[name] = MemberTuning(
                name,
                member,  # type: ignore[arg-type]
                settings,
                lesson.own,
                replay=replayed,
                response=lesson.response or IDENTITY,
                device=device,
                note=note,
            )
            self._step_s[name] = step_seconds(base, name, together)

    @property
    def step(self) -> int:
        """Steps that every network has done."""
        return min(member.step for member in self.members.values())

    @property
    def finished(self) -> bool:
        """Whether there is nothing more to learn."""
        return self.looked >= len(self.looks) or self.stopper.stop

    def train(self, look: Callable[[EnsembleTuning], float | None], keep: Callable[[EnsembleTuning, bool], None]) -> None:
        """Learn to the end.

        Parameters
        ----------
        look : callable
            Called at each look; gives the cosine that early stopping goes by, None if there is none.
        keep : callable
            Called between steps, so that the state can be kept if it is time, and with True after each look.
        """
        while not self.finished:
            target = self.looks[self.looked]
            for name, member in self.members.items():
                with self._control.units_of(self._step_s[name]):
                    while member.step < min(target, member.steps):
                        member.advance(min(self._stride(name), target - member.step), self._control)
                        keep(self, False)
            value = look(self)
            self.looked += 1
            if self.stopper.patience and value is not None and self.stopper.seen(value):
                for member in self.members.values():
                    member.keep_best()
            keep(self, True)
        if self.stopper.patience:
            for member in self.members.values():
                member.put_best_back()

    def _stride(self, name: str) -> int:
        """Steps in some seconds."""
        return max(1, round(5.0 / self._step_s[name]))

    def take_loss(self) -> float:
        """Mean loss on own compounds since it was asked for last, weighed as the networks are."""
        found = {name: member.take_loss() for name, member in self.members.items()}
        known = {name: loss for name, loss in found.items() if loss is not None}
        weights = {name: self._base.weights[name] for name in known}
        total = sum(weights.values())
        return sum(loss * weights[name] for name, loss in known.items()) / total if total else 0.0

    @property
    def learning_rate(self) -> float:
        """The highest one of the next step."""
        return next(iter(self.members.values())).learning_rate

    def roots(self, compounds: CompoundSet) -> Tensor:
        """Square roots of intensities that all together predict now, (C, 1000), without a response."""
        with self._control.units_of(PREDICT_S * 8):
            each = {
                name: roots_of(member.network, compounds, self._device, self._control.check)
                for name, member in self.members.items()
            }
        return ensemble_roots(each, self._base.weights)

    def changes(self) -> dict[str, Change]:
        """What each network has learned, rounded as it is stored."""
        return {name: member.change().rounded() for name, member in self.members.items()}

    def state(self) -> LoopState:
        """All that the training must remember between two steps."""
        values: dict[str, Any] = {"looked": self.looked, "stopper": self.stopper.as_json(), "members": {}}
        tensors: dict[str, Tensor] = {}
        for name, member in self.members.items():
            found = member.state()
            values["members"][name] = dict(found.values)
            tensors |= {f"{name}.{key}": value for key, value in found.tensors.items()}
        return LoopState(values, tensors)

    def restore(self, state: LoopState) -> None:
        """Go on from a state; raises `TrainingError` if it is of another training."""
        for name, member in self.members.items():
            member.restore(LoopState(state.values["members"][name], state.below(name)))
            self._control.skip(member.step * self._step_s[name])
        self.looked = int(state.values["looked"])
        self.stopper.restore(state.values["stopper"])


def step_seconds(base: Ensemble, name: str, compounds: float) -> float:
    """Expected seconds of a step of a network on so many compounds, on one core."""
    if isinstance(base.members[name], FragmentNetwork):
        return _FRAGMENTS_S * compounds
    return _FINGERPRINT_STEP_S + _FINGERPRINT_S * compounds


def tuned_ensemble(base: Ensemble, strategy: Strategy, changes: Mapping[str, Change], response: Response | None) -> Ensemble:
    """A copy of the base with changes as they are stored, in evaluation mode: what a file of this version would give.

    Changes of whole networks are stored as those (`ml.weights`), and rounded as such.
    """
    changed: dict[int, object] = {}
    for name, change in changes.items():
        member = change.on(base.members[name])  # type: ignore[arg-type]
        if not strategy.small:
            member.load_state_dict(unpack(pack(member.state_dict())))
        changed[id(base.members[name])] = member
    # Each changed network takes the place of its original in the copy.
    tuned = copy.deepcopy(base, changed)
    tuned.response = response
    return tuned.requires_grad_(False).eval()


def scaled(changes: Mapping[str, Change], share: float) -> dict[str, Change]:
    """A share of what each network has learned, rounded as it is stored."""
    return {name: change.scaled(share).rounded() for name, change in changes.items()}
