"""What a training must remember between two steps, as tensors and plain values that go into safetensors and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, optim


@dataclass(frozen=True)
class LoopState:
    """``values`` are plain; ``tensors`` lie on the CPU, share no memory with the training, and can be stored in any order."""

    values: Mapping[str, Any]
    tensors: Mapping[str, Tensor]

    def below(self, prefix: str) -> dict[str, Tensor]:
        """Tensors whose names begin with ``PREFIX.``, without it."""
        return {name[len(prefix) + 1 :]: value for name, value in self.tensors.items() if name.startswith(prefix + ".")}


def optimizer_tensors(optimizer: optim.Optimizer) -> dict[str, Tensor]:
    """What the optimizer remembers of each parameter, as ``optimizer.INDEX.SLOT``."""
    slots = optimizer.state_dict()["state"]
    return {f"optimizer.{index}.{slot}": value for index, values in slots.items() for slot, value in values.items()}


def put_into_optimizer(optimizer: optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Give an optimizer of the same parameters back what `optimizer_tensors` took from it."""
    slots: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        index, slot = name.split(".", 1)
        slots.setdefault(int(index), {})[slot] = value.clone()
    optimizer.load_state_dict({"state": slots, "param_groups": optimizer.state_dict()["param_groups"]})
