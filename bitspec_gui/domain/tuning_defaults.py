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

FEW = 50
"""Below this number of compounds little of what is learned holds for others."""

FOLDS_BELOW = 150
"""Below this number of compounds every one is held out in turn, so that all can be learned from and the verdict is of all."""

FOLDS_OF_FEW, FOLDS = 5, 3
"""Parts that are held out in turn: of few compounds, and of more."""

SHARE_OF_FEW, SHARE_OF_MORE = 0.75, 0.9
"""Of the change, of few compounds and of more that are all learned from. With 10, a half gives up more where much can be gained
than it saves where little can; with 100, a tenth less costs 0.003 of the gain and a fifth of what is forgotten (EXPERIMENTS.md).
"""

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


def recommended(strategy: Strategy, compounds: int) -> TuningSettings:
    """Settings for a strategy on so many compounds.

    Below 150 compounds these are held out in turn, in 5 parts below 50, else in 3; the version learns from all of them, never
    stops early, and keeps a share of the change (three quarters below 50, else nine tenths). From there on one part is held out,
    and another one says when to stop.
    """
    settings = replace(TuningSettings(), strategy=strategy, **_RATES[strategy])
    if compounds >= FOLDS_BELOW:
        return settings
    few = compounds < FEW
    share = SHARE_OF_FEW if few else SHARE_OF_MORE
    return replace(
        settings,
        share=1.0 if strategy is Strategy.RESPONSE else share,
        folds=max(2, min(FOLDS_OF_FEW if few else FOLDS, compounds)),
        patience=0,
    )


def used_settings(strategy: Strategy) -> frozenset[str]:
    """Names of the settings that change what a strategy does; the others are not looked at."""
    if strategy is Strategy.RESPONSE:
        return _ALWAYS
    return _ALWAYS | _OF_NETWORKS | _OF_ONE.get(strategy, frozenset())
