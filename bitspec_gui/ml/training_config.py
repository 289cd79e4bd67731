"""Everything that decides what comes out of a training, apart from the data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from bitspec_gui.domain.errors import ModelFileError, TrainingError
from bitspec_gui.ml import network_config
from bitspec_gui.ml.network_config import FragmentConfig, NetworkConfig


@dataclass(frozen=True)
class MemberConfig:
    """How one network is trained; learning rates are those of AdamW.

    ``weight`` is its share in the model's predictions, ``linear_loss_share`` the share of the loss that is computed on linear
    intensities, ``rest_penalty`` what the share of intensity that fragments do not account for adds to the loss.
    """

    name: str
    weight: float = 1.0
    seed: int = 1
    epochs: int = 25
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    warm_up_share: float = 0.1
    ema_decay: float = 0.999
    gradient_clip: float = 1.0
    linear_loss_share: float = 0.0
    rest_penalty: float = 0.0
    network: NetworkConfig = field(default_factory=FragmentConfig)

    def as_json(self) -> dict[str, Any]:
        """Plain values for a model file."""
        return asdict(self) | {"network": network_config.as_json(self.network)}

    def training_settings(self) -> dict[str, Any]:
        """Plain values of all that decides what a training of this network comes to."""
        return {name: value for name, value in self.as_json().items() if name != "weight"}


@dataclass(frozen=True)
class TrainingConfig:
    """Networks of a model and the rows that they are trained on; see `ml.datasets` for what ``extra_rows`` may name."""

    name: str
    members: tuple[MemberConfig, ...]
    description: str = ""
    split: str = "random"
    extra_rows: tuple[str, ...] = ()

    @classmethod
    def from_file(cls, path: Path) -> TrainingConfig:
        """Read a JSON config; raises `TrainingError` with the entry that is wrong."""
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            members = tuple(_member(entry, path) for entry in values.pop("members"))
            _refuse_unknown(values, cls, path)
            config = cls(members=members, extra_rows=tuple(values.pop("extra_rows", ())), **values)
        except (OSError, ValueError, TypeError, AttributeError, KeyError, ModelFileError) as error:
            raise TrainingError(f"The training settings in {path} cannot be read: {error}.") from error
        if not members or len({member.name for member in members}) < len(members):
            raise TrainingError(f"{path.name} needs one member or more, each with a name of its own.")
        return config

    def as_json(self) -> dict[str, Any]:
        """Plain values for a model file."""
        return {
            "name": self.name,
            "description": self.description,
            "split": self.split,
            "extra_rows": list(self.extra_rows),
            "members": [member.as_json() for member in self.members],
        }

    @property
    def weights(self) -> dict[str, float]:
        """Share of each member in the model's predictions, adding up to 1."""
        total = sum(member.weight for member in self.members)
        return {member.name: member.weight / total for member in self.members}

    def member(self, name: str) -> MemberConfig:
        """Member of that name; raises `TrainingError`."""
        for member in self.members:
            if member.name == name:
                return member
        names = ", ".join(member.name for member in self.members)
        raise TrainingError(f"{self.name} has no member {name}; it has {names}.")


def _member(entry: dict[str, Any], path: Path) -> MemberConfig:
    network = network_config.from_json(entry.pop("network"))
    _refuse_unknown(entry, MemberConfig, path)
    return MemberConfig(network=network, **entry)


def _refuse_unknown(values: dict[str, Any], known: type[MemberConfig] | type[TrainingConfig], path: Path) -> None:
    unknown = sorted(set(values) - {f.name for f in fields(known)})
    if unknown:
        raise TrainingError(f"{path.name} has settings that training does not know: {', '.join(unknown)}.")
