"""Which parameters of a network learn, and at which rate."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from torch import nn

from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.ml.changes import adapters, low_rank
from bitspec_gui.ml.finetuning.stages import Stages, stages_of, undecayed
from bitspec_gui.ml.network import SpectrumNetwork

ParameterGroup = dict[str, Any]
"""A group of AdamW: ``params``, ``lr`` (the highest one) and ``weight_decay``."""

_BIAS_SHARE = 0.1
"""Rate of biases as a share of that of LoRA's matrices, which are scaled up."""


def prepare(member: SpectrumNetwork, settings: TuningSettings) -> list[ParameterGroup]:
    """Mark what learns, add what the strategy adds, and give the groups for the optimizer.

    Biases, normalisations and embeddings have no weight decay.

    Raises
    ------
    TrainingError
        If nothing of a network learns with the strategy.
    """
    return _PREPARED[settings.strategy](member, settings)


def steps_of(settings: TuningSettings, compounds: int) -> int:
    """Steps of a training on so many compounds."""
    return max(1, settings.least_steps, settings.epochs * steps_per_epoch(settings, compounds))


def steps_per_epoch(settings: TuningSettings, compounds: int) -> int:
    """Steps in which every compound is seen once."""
    return max(1, math.ceil(compounds / settings.batch))


def _by_stage(member: SpectrumNetwork, settings: TuningSettings, share: Callable[[Stages, int], float]) -> list[ParameterGroup]:
    """Groups whose rate is a share of the highest that depends on the stage; a stage with none is frozen."""
    stages, plain = stages_of(member), undecayed(member)
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in member.named_parameters():
        rate = settings.rate * share(stages, stages.of[name])
        parameter.requires_grad_(rate > 0)
        if rate > 0:
            groups.setdefault((rate, 0.0 if name in plain else settings.weight_decay), []).append(parameter)
    return [{"params": found, "lr": rate, "weight_decay": decay} for (rate, decay), found in groups.items()]


def _head(member: SpectrumNetwork, settings: TuningSettings) -> list[ParameterGroup]:
    return _by_stage(member, settings, lambda stages, stage: float(stage == stages.top))


def _partial(member: SpectrumNetwork, settings: TuningSettings) -> list[ParameterGroup]:
    return _by_stage(member, settings, lambda stages, stage: float(stage >= stages.upper))


def _full(member: SpectrumNetwork, settings: TuningSettings) -> list[ParameterGroup]:
    return _by_stage(member, settings, lambda stages, stage: 1.0 if stage >= stages.upper else settings.backbone_rate)


def _layerwise(member: SpectrumNetwork, settings: TuningSettings) -> list[ParameterGroup]:
    # Howard and Ruder, arXiv:1801.06146.
    return _by_stage(member, settings, lambda stages, stage: settings.layer_decay ** (stages.top - stage))


def _lora(member: SpectrumNetwork, settings: TuningSettings) -> list[ParameterGroup]:
    member.requires_grad_(False)
    changes = [parameter for change in low_rank.insert(member, settings.rank) for parameter in change.parameters()]
    biases = [parameter.requires_grad_() for name, parameter in member.named_parameters() if name.endswith("bias")]
    return [
        {"params": changes, "lr": settings.rate, "weight_decay": settings.weight_decay},
        {"params": biases, "lr": settings.rate * _BIAS_SHARE, "weight_decay": 0.0},
    ]


def _adapters(member: SpectrumNetwork, settings: TuningSettings) -> list[ParameterGroup]:
    member.requires_grad_(False)
    stages = stages_of(member)
    own = dict(member.named_parameters())
    biases = [
        parameter.requires_grad_() for name, parameter in own.items() if name.endswith("bias") and stages.of[name] == stages.top
    ]
    added = [p.requires_grad_() for a in adapters.attach_everywhere(member, settings.width).values() for p in a.parameters()]
    return [
        {"params": [p for p in added if p.dim() >= 2], "lr": settings.rate, "weight_decay": settings.weight_decay},
        {"params": [*(p for p in added if p.dim() < 2), *biases], "lr": settings.rate, "weight_decay": 0.0},
    ]


def _nothing(member: SpectrumNetwork, settings: TuningSettings) -> list[ParameterGroup]:
    raise TrainingError("With the instrument's response alone, no network learns: there is nothing to train.")


_PREPARED: dict[Strategy, Callable[[SpectrumNetwork, TuningSettings], list[ParameterGroup]]] = {
    Strategy.RESPONSE: _nothing,
    Strategy.HEAD: _head,
    Strategy.PARTIAL: _partial,
    Strategy.FULL: _full,
    Strategy.LAYERWISE: _layerwise,
    Strategy.LORA: _lora,
    Strategy.ADAPTERS: _adapters,
}
