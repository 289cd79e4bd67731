"""How long a fine-tuning takes, and how large its version is on disk, before it has begun.

Times were measured on one core of the machine that BitSpec is made on, where a prediction takes `PREDICTION_S`; ``speed`` is how
much faster another machine predicts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from bitspec_gui.domain.tuning import Strategy, TuningSettings

PREDICTION_S = 0.0035
"""Of one compound by both networks, with its features, as `PredictionService` does it."""

STEP_S = 0.0063
"""Of learning from one compound once, with both networks, in steps of 16 own and 16 public ones: 0.2 s a step."""

COMPOUND_ONCE_S = 0.0045
"""Of a compound before the first step: features, bins, and the base's prediction."""

CHECK_S = 0.0018
"""Of the prediction of a compound between two passes."""

START_S = 12.0
"""Of whatever the size: loading, choosing public spectra, confidence, writing."""

PUBLIC_COMPOUNDS = 300
"""On which forgetting is measured."""

CHECKS = 10
SHARE_OF_STEP: Mapping[Strategy, float] = {
    Strategy.RESPONSE: 0.0,
    Strategy.HEAD: 0.48,
    Strategy.PARTIAL: 0.68,
    Strategy.ADAPTERS: 0.7,
    Strategy.FULL: 0.95,
    Strategy.LAYERWISE: 0.95,
    Strategy.LORA: 1.0,
}
"""Time of a step as a share of that of LoRA, measured by ``tests/benchmarks/finetune_speed.py``."""

SMALL_BYTES: Mapping[Strategy, float] = {Strategy.LORA: 70_000, Strategy.ADAPTERS: 19_000}
"""Of a small version, for each rank or unit of width."""

RESPONSE_BYTES = 20_000
DOMAIN_BYTES = 100_000
"""Of what a small version holds besides: response, metrics, and the compounds that it was tuned on."""


def seconds_for(settings: TuningSettings, compounds: int, *, speed: float = 1.0) -> float:
    """Estimated duration in seconds of a whole fine-tuning on so many compounds, with folds, checks and verdict."""
    trainings = settings.folds + 1 if settings.folds else 1
    learning = compounds if settings.folds else compounds * (1 - settings.held_out - settings.val)
    steps = max(settings.least_steps, settings.epochs * math.ceil(max(1.0, learning) / settings.batch))
    own = min(settings.batch, max(1.0, learning))
    step = STEP_S * SHARE_OF_STEP[settings.strategy] * own * (1 + settings.replay)
    checked = compounds * 0.4 + PUBLIC_COMPOUNDS
    passes = steps * step + CHECKS * checked * CHECK_S
    run = CHECK_S * compounds if settings.strategy is Strategy.RESPONSE else passes
    once = COMPOUND_ONCE_S * (compounds * (1 + settings.replay) + PUBLIC_COMPOUNDS)
    return START_S + (trainings * run + once) / max(speed, 1e-3)


def size_on_disk(settings: TuningSettings, base_bytes: int) -> int:
    """About how many bytes the version takes: that of its change alone, or those of a whole model."""
    if settings.strategy is Strategy.RESPONSE:
        return RESPONSE_BYTES
    if settings.strategy is Strategy.LORA:
        return round(DOMAIN_BYTES + SMALL_BYTES[settings.strategy] * settings.rank)
    if settings.strategy is Strategy.ADAPTERS:
        return round(DOMAIN_BYTES + SMALL_BYTES[settings.strategy] * settings.width)
    return base_bytes


def duration_text(seconds: float) -> str:
    """The duration as people say it, for example ``about 2 min``."""
    if seconds < 50:
        return f"about {max(10, 10 * round(seconds / 10))} s"
    minutes = seconds / 60
    if minutes < 50:
        return f"about {max(1, round(minutes))} min"
    hours = minutes / 60
    return f"about {round(hours * 2) / 2:g} h"


def size_text(size_bytes: int) -> str:
    """The size as people say it, for example ``0.6 MB``."""
    if size_bytes >= 1_000_000_000:
        return f"{size_bytes / 1e9:.1f} GB"
    if size_bytes >= 100_000:
        return f"{size_bytes / 1e6:.{0 if size_bytes >= 100_000_000 else 1}f} MB"
    return f"{max(1, round(size_bytes / 1000))} kB"
