"""Adapters: narrow residual networks behind the blocks of a network (Houlsby et al., arXiv:1902.00751)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from bitspec_gui.ml.backbones import AttentionLayer
from bitspec_gui.ml.fingerprint_network import ResidualBlock

_LIST = "adapters"


class Adapter(nn.Module):
    """State -> state + up(relu(down(normalised state))); exactly nothing at first."""

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(size)
        self.down, self.up = nn.Linear(size, width), nn.Linear(width, size)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, state: Tensor) -> Tensor:
        """(..., size) -> (..., size)."""
        return state + self.up(torch.relu(self.down(self.norm(state))))  # type: ignore[no-any-return]


class _Hook:
    """Runs the adapters of a module behind it. It holds none of them, so that copies of a network have adapters of their own."""

    def __call__(self, module: nn.Module, _: Any, output: Tensor) -> Tensor:
        for adapter in getattr(module, _LIST):
            output = adapter(output)
        return output


def hosts(member: nn.Module) -> dict[str, tuple[nn.Module, int]]:
    """Blocks that can have an adapter, by name, with the size of their states."""
    found: dict[str, tuple[nn.Module, int]] = {}
    for name, module in member.named_modules():
        if isinstance(module, AttentionLayer):
            found[name] = (module, int(module.norm_before_attention.normalized_shape[0]))
        elif isinstance(module, ResidualBlock):
            found[name] = (module, int(module.body[0].normalized_shape[0]))  # type: ignore[index]
    return found


def attach(host: nn.Module, adapter: Adapter) -> None:
    """Put an adapter behind a block, after those that it has."""
    if not hasattr(host, _LIST):
        setattr(host, _LIST, nn.ModuleList())
        host.register_forward_hook(_Hook())
    attached(host).append(adapter)


def detach(host: nn.Module, adapter: Adapter) -> None:
    """Take an adapter away again; without the last one, the block is as it was."""
    left = [other for other in attached(host) if other is not adapter]
    if left:
        setattr(host, _LIST, nn.ModuleList(left))
        return
    delattr(host, _LIST)
    for key, hook in list(host._forward_hooks.items()):
        if isinstance(hook, _Hook):
            del host._forward_hooks[key]


def attached(host: nn.Module) -> nn.ModuleList:
    """Adapters of a block, in the order in which they work."""
    found = getattr(host, _LIST, None)
    return found if isinstance(found, nn.ModuleList) else nn.ModuleList()


def attach_everywhere(member: nn.Module, width: int) -> dict[str, Adapter]:
    """An untrained adapter behind every block, by the block's name."""
    found: dict[str, Adapter] = {}
    for name, (host, size) in hosts(member).items():
        adapter = Adapter(size, width).to(next(host.parameters()).device)
        attach(host, adapter)
        found[name] = adapter
    return found


def widths(member: nn.Module) -> list[int]:
    """How wide the adapters behind each block are, in the order in which they work; empty if there are none."""
    for host, _ in hosts(member).values():
        return [int(adapter.down.out_features) for adapter in attached(host)]  # type: ignore[union-attr,arg-type]
    return []
