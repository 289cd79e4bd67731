"""Weights of networks as small tensors, and back.

Matrices are stored as 8-bit integers with one scale a row, everything else as float16: half the size of float16 alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

_SCALE = ".row_scale"
_LEVELS = 127


def pack(tensors: Mapping[str, Tensor], *, eight_bits: bool = True) -> dict[str, Tensor]:
    """Small tensors to store; those of integers are kept as they are. Without `eight_bits`, matrices are float16, too."""
    packed: dict[str, Tensor] = {}
    for name, value in tensors.items():
        if eight_bits and value.is_floating_point() and value.dim() == 2:
            scale = (value.abs().amax(dim=1, keepdim=True) / _LEVELS).clamp(min=1e-12)
            packed[name] = torch.round(value / scale).to(torch.int8).contiguous()
            packed[name + _SCALE] = scale.float().contiguous()
        else:
            packed[name] = (value.half() if value.is_floating_point() else value).contiguous()
    return packed


def unpack(packed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors of a network, float32, as near to those given to `pack` as their storage allows."""
    tensors: dict[str, Tensor] = {}
    for name, value in packed.items():
        if name.endswith(_SCALE):
            continue
        scale = packed.get(name + _SCALE)
        if scale is not None:
            tensors[name] = value.float() * scale
        else:
            tensors[name] = value.float() if value.is_floating_point() else value
    return tensors
