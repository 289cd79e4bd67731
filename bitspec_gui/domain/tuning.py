"""Fine-tuning as it is asked for: strategies, settings, and the plan that is proposed for a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from bitspec_gui.domain.spectrum import SpectrumRecord


class Strategy(Enum):
    """What of the networks learns."""

    RESPONSE = "response"
    """No network at all: only how the instrument weighs intensities (two numbers)."""
    HEAD = "head"
    PARTIAL = "partial"
    FULL = "full"
    LAYERWISE = "layerwise"
    LORA = "lora"
    ADAPTERS = "adapters"

    @property
    def small(self) -> bool:
        """Whether the version is a small change beside its base, which it needs to be used."""
        return self in (Strategy.RESPONSE, Strategy.LORA, Strategy.ADAPTERS)


@dataclass(frozen=True)
class StrategyInfo:
    """A strategy in words for chemists: its title, what learns, and when it is the right one."""

    strategy: Strategy
    title: str
    meaning: str
    fit_for: str


@dataclass(frozen=True)
class TuningSettings:
    """Everything that decides what comes out of a fine-tuning, apart from data and base.

    Attributes
    ----------
    rate : float
        Highest learning rate: of the head where the strategy has several.
    epochs, least_steps : int
        Passes over the own compounds, but no fewer steps than these.
    batch : int
        Own compounds in a step; halved when memory runs out.
    replay : float
        Public compounds in a step for each own one; 0 for none.
    share : float
        How much of the change is kept: weights between base (0) and tuned (1), arXiv:2109.01903.
    response : bool
        Whether an instrument's response may be fitted, and kept if it helps.
    patience : int
        Checks without a better val cosine after which training stops; 0 never stops early.
    warm_up : float
        Share of the steps in which the rate rises; then it falls as half a cosine.
    clip : float
        Largest norm of the gradients.
    weight_decay : float
        Of matrices; biases, normalisations and embeddings have none.
    backbone_rate : float
        Rate below the head, as a share of `rate` (full).
    layer_decay : float
        Rate of a stage as a share of that of the one above (layerwise).
    rank, width : int
        Of LoRA's matrices, and of adapters.
    folds : int
        Parts in which compounds are held out in turn; 0 holds out one part (`held_out`, and `val` to stop early on).
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``mps``.
    amp : bool or None
        Half precision on the device; None where it has that.
    compiled, checkpointed : bool
        `torch.compile`, and gradient checkpointing.
    """

    strategy: Strategy = Strategy.LORA
    rate: float = 1e-3
    epochs: int = 10
    least_steps: int = 40
    batch: int = 16
    replay: float = 1.0
    share: float = 1.0
    response: bool = True
    patience: int = 3
    warm_up: float = 0.1
    clip: float = 1.0
    weight_decay: float = 0.01
    backbone_rate: float = 0.1
    layer_decay: float = 0.7
    rank: int = 8
    width: int = 16
    folds: int = 0
    held_out: float = 0.2
    val: float = 0.1
    seed: int = 1
    device: str = "auto"
    amp: bool | None = None
    compiled: bool = False
    checkpointed: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {**asdict(self), "strategy": self.strategy.value}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> TuningSettings:
        """Settings from plain values; raises ValueError or TypeError for what is none."""
        return cls(**{**values, "strategy": Strategy(values["strategy"])})


@dataclass(frozen=True)
class DatasetLook:
    """How the base model sees a dataset, before anything is trained.

    ``cosines``: connectivity -> cosine of the base's prediction with the compound's spectra, unit m/z, from the lowest m/z that
    the dataset records. ``seen``: connectivities that the base was trained on. ``similarity``: mean Tanimoto similarity of the
    others to the nearest training compound, None if that is not known. ``expected``: mean cosine that the base itself expects
    of the compounds that it was not trained on, and ``reached`` what it reaches on them. ``trend`` and ``trend_error``: exponent
    k of (m/z)^k by which measured intensities differ from predicted ones, and its standard error (None: cannot be told).
    ``unlike``: compounds that are unlike all that the base was trained on, by its own notes.
    ``speed``: how fast this machine predicts beside the one that times were measured on (1). ``cautions``: sentences on the data.
    """

    compounds: int
    spectra: int
    cosines: Mapping[str, float]
    seen: frozenset[str]
    similarity: float | None = None
    expected: float | None = None
    reached: float | None = None
    trend: float | None = None
    trend_error: float | None = None
    unlike: int = 0
    speed: float = 1.0
    base_bytes: int = 0
    base_name: str = ""
    device: str = ""
    cautions: tuple[str, ...] = ()

    @property
    def mean_cosine(self) -> float:
        """Mean over compounds; 0 if there are none."""
        return sum(self.cosines.values()) / len(self.cosines) if self.cosines else 0.0


@dataclass(frozen=True)
class StrategyOption:
    """A strategy as it would be used on a dataset: recommended settings, time and size on disk."""

    info: StrategyInfo
    settings: TuningSettings
    seconds: float
    size_bytes: int
    proposed: bool = False


@dataclass(frozen=True)
class TuningPlan:
    """What BitSpec proposes for a dataset, why, and what else could be chosen; ``refusal`` says why nothing can be done."""

    options: tuple[StrategyOption, ...] = ()
    reasons: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    device: str = ""
    refusal: str = ""

    @property
    def proposed(self) -> StrategyOption | None:
        """The option that is proposed."""
        return next((option for option in self.options if option.proposed), None)


@dataclass(frozen=True)
class TuningTask:
    """All that the core needs for one fine-tuning.

    Attributes
    ----------
    base_file : Path
        Model file (.json) of the version to begin with.
    name : str
        Of the version to be.
    own : sequence of SpectrumRecord
        The spectra that are used, each with ``smiles`` and ``inchikey``.
    public : sequence of SpectrumRecord
        Measured spectra of other libraries: to replay, and those that the base has not seen to measure forgetting with. None of
        them is of a compound of `own`.
    molecules : sequence of str
        SMILES of public molecules whose spectra nobody measured: the base's own predictions of them can be replayed.
    """

    name: str
    base_file: Path
    settings: TuningSettings
    own: Sequence[SpectrumRecord]
    public: Sequence[SpectrumRecord] = ()
    molecules: Sequence[str] = ()
    dataset_name: str = ""
    dataset_hash: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
