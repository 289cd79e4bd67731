"""Two model versions side by side: where they come from, how they were made, and what was measured of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.verdict import Forgetting, PublicBasis
from bitspec_gui.services.tuning_time import size_text

NONE = "–"
"""What stands where nothing is known."""

_SETTINGS = {
    "rate": "Learning rate",
    "epochs": "Passes",
    "least_steps": "Steps at least",
    "batch": "Compounds in a step",
    "replay": "Public compounds beside each",
    "share": "Share of the change kept",
    "response": "Instrument's response",
    "patience": "Checks without gain before it stops",
    "warm_up": "Warm-up",
    "clip": "Largest step",
    "weight_decay": "Weight decay",
    "backbone_rate": "Rate of the lower layers",
    "layer_decay": "Rate from layer to layer",
    "rank": "Rank",
    "width": "Width",
    "folds": "Parts held out in turn",
    "held_out": "Part held out",
    "val": "Part to stop by",
    "seed": "Seed",
    "device": "Device",
    "amp": "Half precision",
    "compiled": "Compile first",
    "checkpointed": "Save memory",
}


@dataclass(frozen=True)
class ComparedRow:
    """One property of two versions, in words."""

    what: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Whether the two say something else."""
        return self.first != self.second


@dataclass(frozen=True)
class VersionComparison:
    """Two versions, and all their properties; of the settings of their fine-tuning only those that differ."""

    first: RegisteredVersion
    second: RegisteredVersion
    rows: tuple[ComparedRow, ...]


def compare(first: RegisteredVersion, second: RegisteredVersion) -> VersionComparison:
    """Compare what is registered of two versions; nothing is predicted (`services.version_contest` does that)."""
    both = [dict(properties(each)) for each in (first, second)]
    rows = [ComparedRow(what, both[0][what], both[1][what]) for what in both[0]]
    rows += _differing_settings(first.settings, second.settings)
    return VersionComparison(first, second, tuple(rows))


def properties(version: RegisteredVersion) -> Iterator[tuple[str, str]]:
    """What is known of a version, as words under their headings; figures are of compounds that were held out."""
    metrics = version.metrics
    yield "Name", version.version.name
    yield "sha256", version.version.sha256
    yield "Made", version.made_at.strftime("%Y-%m-%d %H:%M") if version.made_at else NONE
    yield "Tuned from", version.parent_name or NONE
    yield "Tuned on", data_words(version) or NONE
    yield "Strategy", version.settings.strategy.value if version.settings else NONE
    yield "Verdict", metrics.sentence if metrics else NONE
    yield "Compounds held out", f"{metrics.compounds:,}" if metrics else NONE
    yield "Cosine before", f"{metrics.before:.3f}" if metrics else NONE
    yield "Cosine after", f"{metrics.after:.3f}" if metrics else NONE
    yield "Change (95 % interval)", str(metrics.gain) if metrics else NONE
    yield "Public compounds", forgetting_words(metrics.forgetting) if metrics else NONE
    yield "Needs its base", "yes" if version.small else "no"
    yield "Size", size_text(version.size_bytes)
    yield "Licence", version.version.licence or NONE
    yield "From", _origin(version)
    yield "Notes", version.notes or NONE


def data_words(version: RegisteredVersion) -> str:
    """Dataset that a version was tuned on, with the beginning of its hash; empty if it never was."""
    return f"{version.dataset_name} ({version.dataset_hash[:8]})" if version.dataset_name else ""


def forgetting_words(forgetting: Forgetting) -> str:
    """What became of public compounds, and what that was measured with."""
    if forgetting.basis is PublicBasis.NONE or forgetting.change is None:
        return NONE
    basis = "measured spectra" if forgetting.basis is PublicBasis.MEASURED else "predictions of the base"
    return f"{forgetting.change} against {basis} of {forgetting.compounds:,}"


def _origin(version: RegisteredVersion) -> str:
    if version.supplied:
        return "comes with BitSpec"
    return "imported" if version.imported else "tuned here"


def _differing_settings(first: TuningSettings | None, second: TuningSettings | None) -> list[ComparedRow]:
    if first is None or second is None:
        return []
    rows = []
    for field in fields(TuningSettings):
        said = [_plain(getattr(each, field.name)) for each in (first, second)]
        if field.name in _SETTINGS and said[0] != said[1]:
            rows.append(ComparedRow(_SETTINGS[field.name], *said))
    return rows


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return "as the device has it" if value is None else str(value)
