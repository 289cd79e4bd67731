"""Model versions that this machine has: the one that comes with BitSpec, those tuned here, and those imported."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path

from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.verdict import Forgetting, Interval, Judgement, Verdict

SUPPLIED = 0
"""Id of the version that comes with BitSpec, which can be neither changed nor deleted."""


@dataclass(frozen=True)
class VersionMetrics:
    """What was measured of a version when it was made, on compounds that it was not trained on."""

    before: float
    after: float
    gain: Interval
    compounds: int
    judgement: Judgement
    sentence: str
    forgetting: Forgetting

    @classmethod
    def of(cls, verdict: Verdict) -> VersionMetrics:
        """The figures of a verdict, without the spectra behind them."""
        return cls(**{each.name: getattr(verdict, each.name) for each in fields(cls)})


@dataclass(frozen=True)
class RegisteredVersion:
    """A model version on this machine.

    Attributes
    ----------
    version_id : int
        `SUPPLIED` for the one that comes with BitSpec.
    version : ModelVersion
        Name, sha256 and licence.
    file : Path
        Its model file (.json).
    parent_sha256, parent_name : str
        The version that it was tuned from; empty for none.
    small : bool
        Whether the file holds only the change, so that the parent is needed.
    dataset_name, dataset_hash : str
        What it was tuned on (`domain.tuning_data.DatasetInfo.content_hash`).
    settings : TuningSettings or None
        How it was tuned.
    imported : bool
        Whether it came from a .bitspec file.
    """

    version_id: int
    version: ModelVersion
    file: Path
    made_at: datetime | None = None
    active: bool = False
    parent_sha256: str = ""
    parent_name: str = ""
    small: bool = False
    dataset_name: str = ""
    dataset_hash: str = ""
    settings: TuningSettings | None = None
    metrics: VersionMetrics | None = None
    size_bytes: int = 0
    notes: str = ""
    imported: bool = False

    @property
    def supplied(self) -> bool:
        """Whether it comes with BitSpec."""
        return self.version_id == SUPPLIED


@dataclass(frozen=True)
class TuningResult:
    """What the core leaves in the job's folder: a whole model file (its .safetensors beside it), and the verdict.

    ``verdict.json`` lies beside the model file, with all that the verdict's figures are made of.
    """

    version: ModelVersion
    file: Path
    small: bool
    parent: ModelVersion
    verdict: Verdict
    notes: tuple[str, ...] = field(default=())
