"""Settings that are recommended for each strategy, and which of them mean something for it.

Rates, steps, shares and folds are those that did best in the study of fine-tuning (``resources/models/EXPERIMENTS.md``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bitspec_gui.domain.tuning import Strategy, TuningSettings

FEWEST_COMPOUNDS = 3
"""With fewer, none can be held out to see whether anything was learned."""

FEW_FOR_NETWORKS = 10
"""Below this number of compounds networks learn the compounds by heart; only an instrument's response is worth fitting."""

FOLDS_BELOW = 50
"""Below this number of compounds every one is held out in turn, and only a share of the change is kept."""

FOLDS = 5

SHARE_OF_FEW = 0.75
"""Of the change, where there are few compounds: with 10 of them, a half gives up more where much can be gained than it saves
where little can; from 30 on, a quarter less costs nothing (EXPERIMENTS.md)."""

_RATES: Mapping[Strategy, dict[str, Any]] = {
    Strategy.RESPONSE: {},
    Strategy.HEAD: {"rate": 1e-3},
    Strategy.PARTIAL: {"rate": 5e-4},
    Strategy.FULL: {"rate": 3e-4, "backbone_rate": 0.1},
    Strategy.LAYERWISE: {"rate": 5e-4, "layer_decay": 0.7},
    Strategy.LORA: {"rate": 1e-3, "rank": 8},
    Strategy.ADAPTERS: {"rate": 1e-2, "width": 16},
}

_ALWAYS = frozenset({"strategy", "folds", "held_out", "seed", "device", "response"})
_OF_NETWORKS = frozenset(
    {
        *("rate", "epochs", "least_steps", "batch", "replay", "share", "patience", "val", "warm_up", "clip", "weight_decay"),
        *("amp", "compiled", "checkpointed"),
    }
)
_OF_ONE: Mapping[Strategy, frozenset[str]] = {
    Strategy.FULL: frozenset({"backbone_rate"}),
    Strategy.LAYERWISE: frozenset({"layer_decay"}),
    Strategy.LORA: frozenset({"rank"}),
    Strategy.ADAPTERS: frozenset({"width"}),
}


def recommended(strategy: Strategy, compounds: int, *, device: str = "auto") -> TuningSettings:
    """Settings for a strategy on so many compounds.

    Below 50 compounds three quarters of the change are kept, no training stops early (there is too little to judge by), and
    compounds are held out in turn; from there on one part is held out, and another one says when to stop.
    """
    settings = replace(TuningSettings(), strategy=strategy, device=device, **_RATES[strategy])
    if compounds >= FOLDS_BELOW:
        return settings
    return replace(
        settings,
        share=1.0 if strategy is Strategy.RESPONSE else SHARE_OF_FEW,
        folds=max(2, min(FOLDS, compounds)),
        patience=0,
    )


def used_settings(strategy: Strategy) -> frozenset[str]:
    """Names of the settings that change what a strategy does; the others are not looked at."""
    if strategy is Strategy.RESPONSE:
        return _ALWAYS
    return _ALWAYS | _OF_NETWORKS | _OF_ONE.get(strategy, frozenset())
