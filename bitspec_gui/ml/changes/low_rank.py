"""LoRA: changes of matrices that are products of two narrow ones (Hu et al., arXiv:2106.09685)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

_ALPHA = 16.0
"""Scale of a change, before it is divided by the rank, so that one learning rate does for all ranks."""


class LowRank(nn.Module):
    """W -> W + scale * up @ down, as a parametrization of a weight; exactly W at first."""

    def __init__(self, rows: int, columns: int, rank: int) -> None:
        super().__init__()
        rank = min(rank, rows, columns)
        self.down = nn.Parameter(torch.empty(rank, columns))
        self.up = nn.Parameter(torch.zeros(rows, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))
        self.scale = _ALPHA / rank

    def forward(self, weight: Tensor) -> Tensor:
        """(rows, columns) -> (rows, columns)."""
        return weight + self.scale * (self.up @ self.down)


def matrices(member: nn.Module) -> dict[str, nn.Module]:
    """Modules with a matrix ``weight`` that states are multiplied with, by name: torch's Linear, and PyG's in GATv2."""
    return {
        name: module
        for name, module in member.named_modules()
        if isinstance(weight := getattr(module, "weight", None), nn.Parameter)
        and weight.dim() == 2
        and not isinstance(module, (nn.Embedding, nn.EmbeddingBag))
    }


def insert(member: nn.Module, rank: int) -> list[LowRank]:
    """Give every matrix a change that can be learned; the names in the network's state dict change with it."""
    found = []
    for module in matrices(member).values():
        rows, columns = module.get_parameter("weight").shape
        change = LowRank(rows, columns, rank).to(module.get_parameter("weight").device)
        parametrize.register_parametrization(module, "weight", change)
        found.append(change)
    return found


def tensors_of(member: nn.Module) -> dict[str, Tensor]:
    """What was inserted, by name: ``MODULE.weight.down`` (rank, columns) and ``MODULE.weight.up`` (rows, rank) with its scale."""
    found: dict[str, Tensor] = {}
    for name, module in member.named_modules():
        if not parametrize.is_parametrized(module, "weight"):
            continue
        for change in module.parametrizations["weight"]:
            if isinstance(change, LowRank):
                found[f"{name}.weight.down"] = change.down.detach().clone()
                found[f"{name}.weight.up"] = change.up.detach() * change.scale
    return found
