"""Settings of a fine-tuning as users type them: what is wrong with each, in a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.tuning_defaults import used_settings


@dataclass(frozen=True)
class SettingRange:
    """What a setting is called, and which values make sense; ``whole`` ones are counted."""

    title: str
    lowest: float
    highest: float
    whole: bool = False


RANGES: Mapping[str, SettingRange] = {
    "rate": SettingRange("The learning rate", 1e-6, 1e-1),
    "epochs": SettingRange("The number of passes over your compounds", 1, 500, whole=True),
    "least_steps": SettingRange("The least number of steps", 1, 100_000, whole=True),
    "batch": SettingRange("The number of compounds in a step", 1, 256, whole=True),
    "replay": SettingRange("The number of public compounds beside each of yours", 0, 10),
    "share": SettingRange("The share of the change that is kept", 0.01, 1),
    "patience": SettingRange("The number of checks without a gain after which training stops", 0, 100, whole=True),
    "warm_up": SettingRange("The share of the steps in which the rate rises", 0, 0.9),
    "clip": SettingRange("The largest norm of the gradients", 0.001, 1000),
    "weight_decay": SettingRange("The weight decay", 0, 1),
    "backbone_rate": SettingRange("The rate of the lower layers, as a share of that of the upper ones,", 0.0001, 1),
    "layer_decay": SettingRange("The rate of a layer, as a share of that of the one above,", 0.05, 1),
    "rank": SettingRange("The rank of the correction", 1, 128, whole=True),
    "width": SettingRange("The width of the added layers", 1, 512, whole=True),
    "folds": SettingRange("The number of parts that are held out in turn", 0, 20, whole=True),
    "held_out": SettingRange("The share of compounds that are held out", 0.05, 0.5),
    "val": SettingRange("The share of compounds that say when to stop", 0, 0.4),
    "seed": SettingRange("The seed", 0, 2**31 - 1, whole=True),
}
"""Limits of every setting that is a number."""

DEVICES = ("auto", "cpu", "cuda", "mps")

_ADVICE: Mapping[str, str] = {
    "rate": "Usual ones are 0.0003 (whole networks) to 0.01 (added layers).",
    "folds": "0 holds out one part only; 5 is usual.",
}


def setting_faults(settings: TuningSettings, compounds: int | None = None) -> dict[str, str]:
    """What is wrong with settings: name of the setting -> a sentence. Those that the strategy does not use are not looked at.

    Parameters
    ----------
    compounds : int, optional
        Number of compounds to learn from; says whether enough are left to learn from and to judge by.
    """
    used = used_settings(settings.strategy)
    faults = {}
    for name, allowed in RANGES.items():
        if name in used and (fault := _fault(allowed, getattr(settings, name))):
            faults[name] = f"{fault} {_ADVICE.get(name, '')}".rstrip()
    if settings.device not in DEVICES:
        faults["device"] = f"“{settings.device}” is no device. Choose one of {', '.join(DEVICES)}."
    if not faults:
        faults |= _together(settings, used, compounds)
    return faults


def _fault(allowed: SettingRange, value: Any) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or (allowed.whole and int(value) != value):
        return f"{allowed.title} must be a {'whole ' if allowed.whole else ''}number; “{value}” is none."
    if not allowed.lowest <= value <= allowed.highest:
        return f"{allowed.title} must be between {_text(allowed.lowest)} and {_text(allowed.highest)}; it is {_text(value)}."
    return ""


def _text(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:.6f}".rstrip("0")


def _together(settings: TuningSettings, used: frozenset[str], compounds: int | None) -> dict[str, str]:
    """Faults of settings that make sense one by one."""
    if settings.folds == 1:
        return {"folds": "One part cannot be held out in turn. Choose 0 to hold out one part once, or 2 and more."}
    if compounds is not None and settings.folds > compounds:
        return {"folds": f"{settings.folds} parts cannot be made of {compounds} compounds."}
    if settings.folds:
        return {}
    val = settings.val if "val" in used else 0.0
    if val + settings.held_out > 0.8:
        return {
            "held_out": "Together with those set aside for stopping, more than four fifths: too little is left to learn from."
        }
    if settings.patience and "patience" in used and settings.val == 0:
        return {"val": "To stop early, some compounds must be set aside to see when. Set some aside, or set patience to 0."}
    if compounds is not None and compounds * settings.held_out < 1:
        return {"held_out": f"Of {compounds} compounds none is held out so. Hold out more, or hold them out in turn (folds)."}
    return {}


def with_overrides(settings: TuningSettings, overrides: Mapping[str, Any]) -> TuningSettings:
    """The settings with others in place of some; names that are none are passed over, and so is the strategy.

    Where one part is to be held out instead of several in turn, another one says when to stop, as is usual then.
    """
    known = {name: value for name, value in overrides.items() if name in settings.as_json() and name != "strategy"}
    if settings.folds and known.get("folds") == 0:
        known = {"patience": TuningSettings().patience} | known
    return replace(settings, **known)
