"""The state of a training on disk, between epochs: safetensors and JSON, written so that a crash leaves the last whole one."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn, optim

from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.ml.checkpoint import write_whole

STATE_FILE = "state.json"


@dataclass(frozen=True)
class EpochResult:
    """One epoch: loss on train (dropout on), cosines on val with the averaged weights, seconds spent."""

    epoch: int
    train_loss: float
    val_cosine: float
    val_cosine_sqrt: float
    seconds: float


@dataclass
class TrainingState:
    """What a training must remember between two epochs: ``networks`` by role, the optimizer and the epochs done."""

    folder: Path
    config: dict[str, Any]
    networks: dict[str, nn.Module]
    optimizer: optim.Optimizer
    history: list[EpochResult] = field(default_factory=list)


def save_state(state: TrainingState) -> None:
    """Write networks, optimizer and history. The JSON is written last and names its tensors: it is the commit."""
    state.folder.mkdir(parents=True, exist_ok=True)
    epoch = len(state.history)
    tensors: dict[str, Tensor] = {}
    for prefix, network in state.networks.items():
        tensors |= {f"{prefix}.{name}": value.contiguous().clone() for name, value in network.state_dict().items()}
    for index, slots in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{slot}": value.contiguous().clone() for slot, value in slots.items()}
    name = f"state-{epoch}.safetensors"
    write_whole(state.folder / name, save(tensors))
    header = {"config": state.config, "tensors": name, "history": [asdict(result) for result in state.history]}
    write_whole(state.folder / STATE_FILE, (json.dumps(header, indent=2) + "\n").encode())
    # What a kill in the middle of writing left behind goes, too.
    for old in (*state.folder.glob("state-*.safetensors"), *state.folder.glob(".state*.part")):
        if old.name != name:
            old.unlink()


def load_state(state: TrainingState) -> None:
    """Bring `state` to the one in its folder; nothing happens if there is none.

    Raises
    ------
    TrainingError
        If the state is damaged or belongs to a training with another config.
    """
    path = state.folder / STATE_FILE
    if not path.is_file():
        return
    try:
        header = json.loads(path.read_text(encoding="utf-8"))
        if header["config"] != state.config:
            raise TrainingError(
                f"{state.folder} holds a training with other settings. Choose another folder, or delete that one to start anew."
            )
        tensors = load_file(Path(state.folder / header["tensors"]))
        history = [EpochResult(**values) for values in header["history"]]
        for prefix, network in state.networks.items():
            network.load_state_dict(_below(tensors, prefix))
        _fill_optimizer(state.optimizer, _below(tensors, "optimizer"))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise TrainingError(
            f"The training state in {state.folder} cannot be read: {error}. Delete the folder to start anew."
        ) from error
    state.history = history


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name[len(prefix) + 1 :]: value for name, value in tensors.items() if name.startswith(prefix + ".")}


def _fill_optimizer(optimizer: optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    slots: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        index, slot = name.split(".", 1)
        slots.setdefault(int(index), {})[slot] = value
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": slots, "param_groups": groups})
