"""What a fine-tuning changed in a network: small enough to be stored beside its base, kept in part, switched on and off."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from bitspec_gui.domain.tuning import Strategy
from bitspec_gui.ml.changes import adapters, low_rank
from bitspec_gui.ml.changes.adapters import Adapter
from bitspec_gui.ml.network import SpectrumNetwork

_UP, _DOWN, _ADAPTER = ".weight.up", ".weight.down", ".adapter."
_SCALED_IN_ADAPTERS = (".adapter.up.weight", ".adapter.up.bias")


@dataclass(frozen=True)
class Change:
    """Difference between a tuned network and its base.

    ``tensors``: of LoRA, ``MODULE.weight.down`` (rank, columns) and ``MODULE.weight.up`` (rows, rank), whose product is added to
    the matrix; of adapters, ``BLOCK.adapter.PARAMETER``; anything else is the name of a parameter, and added to it.
    """

    strategy: Strategy
    tensors: Mapping[str, Tensor]

    def scaled(self, share: float) -> Change:
        """A share of it: weights between base (0) and tuned (1), arXiv:2109.01903."""
        if share == 1.0:
            return self

        def part(name: str, value: Tensor) -> Tensor:
            whole = name.endswith(_DOWN) or (_ADAPTER in name and not name.endswith(_SCALED_IN_ADAPTERS))
            return value if whole else value * share

        return Change(self.strategy, {name: part(name, value) for name, value in self.tensors.items()})

    def rounded(self) -> Change:
        """As it is stored, in float16; what is below its range becomes 0."""
        return Change(self.strategy, {name: value.to("cpu", torch.float16).contiguous() for name, value in self.tensors.items()})

    def on(self, base: SpectrumNetwork, share: float = 1.0) -> SpectrumNetwork:
        """A changed copy of the base, in evaluation mode; LoRA is merged, adapters are attached."""
        member = copy.deepcopy(base)
        self.switched_on(member, share)
        return member.eval()

    def switched_on(self, member: SpectrumNetwork, share: float = 1.0) -> Switch:
        """Change a network itself, until the switch is turned off."""
        tensors = {name: value.float() for name, value in self.scaled(share).tensors.items()}
        switch = Switch()
        parameters = dict(member.named_parameters())
        with torch.no_grad():
            for name, value in tensors.items():
                if name.endswith(_UP):
                    weight = name.removesuffix(".up")
                    product = value @ tensors[f"{weight}.down"]
                    switch.add(parameters[weight], product.to(parameters[weight].device))
                elif not name.endswith(_DOWN) and _ADAPTER not in name:
                    switch.add(parameters[name], value.to(parameters[name].device))
        found = adapters.hosts(member)
        for host_name, parts in _by_host(tensors).items():
            host, size = found[host_name]
            adapter = Adapter(size, parts["down.weight"].shape[0])
            adapter.load_state_dict(parts)
            switch.attach(host, adapter.to(next(host.parameters()).device).train(member.training))
        return switch

    def fault(self, member: SpectrumNetwork) -> str | None:
        """A phrase that says why it does not belong to a network, None if it does."""
        parameters = dict(member.named_parameters())
        found = adapters.hosts(member)
        try:
            for name, value in self.tensors.items():
                if not value.is_floating_point() or not bool(torch.isfinite(value).all()):
                    return f"{name} holds values that are no finite numbers"
                if name.endswith((_UP, _DOWN)):
                    _check_product(name.rpartition(".")[0], self.tensors, parameters)
                elif _ADAPTER not in name and parameters[name].shape != value.shape:
                    return f"{name} has another shape than in the base"
            for host_name, parts in _by_host(self.tensors).items():
                _check_adapter(host_name, parts, found[host_name][1])
        except KeyError as error:
            return f"{error.args[0]} is missing in the base or in the change"
        except ValueError as error:
            return str(error)
        return None

    @property
    def size_bytes(self) -> int:
        """Of its tensors as they are."""
        return sum(value.numel() * value.element_size() for value in self.tensors.values())


@dataclass
class Switch:
    """Turns a change of a network off again; what it changed is kept as it was, to the last bit."""

    _before: list[tuple[nn.Parameter, Tensor]] = field(default_factory=list)
    _attached: list[tuple[nn.Module, Adapter]] = field(default_factory=list)

    def add(self, parameter: nn.Parameter, difference: Tensor) -> None:
        """Add to a parameter."""
        self._before.append((parameter, parameter.detach().clone()))
        parameter.data.add_(difference)

    def attach(self, host: nn.Module, adapter: Adapter) -> None:
        """Put an adapter behind a block."""
        adapters.attach(host, adapter)
        self._attached.append((host, adapter))

    def off(self) -> None:
        """Undo all of it; harmless if it was done before."""
        for parameter, before in reversed(self._before):
            parameter.data.copy_(before)
        for host, adapter in self._attached:
            adapters.detach(host, adapter)
        self._before, self._attached = [], []


def change_of(member: SpectrumNetwork, strategy: Strategy, base: SpectrumNetwork) -> Change:
    """What differs from the base in a network that `ml.finetuning.strategies.prepare` has prepared and that has learned since."""
    before = dict(base.named_parameters())
    tensors = low_rank.tensors_of(member)
    if strategy is Strategy.ADAPTERS:
        for name, (host, _) in adapters.hosts(member).items():
            newest = adapters.attached(host)[-1]
            tensors |= {f"{name}{_ADAPTER}{key}": value.detach().clone() for key, value in newest.state_dict().items()}
    for name, parameter in member.named_parameters():
        if parameter.requires_grad and name in before:
            tensors[name] = parameter.detach() - before[name].detach().to(parameter.device)
    return Change(strategy, {name: value.cpu() for name, value in tensors.items()})


def _by_host(tensors: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """Parts of each block's adapter."""
    found: dict[str, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if _ADAPTER in name:
            host, _, part = name.partition(_ADAPTER)
            found.setdefault(host, {})[part] = value
    return found


def _check_product(weight: str, tensors: Mapping[str, Tensor], parameters: Mapping[str, nn.Parameter]) -> None:
    up, down, whole = tensors[f"{weight}.up"], tensors[f"{weight}.down"], parameters[weight]
    if up.dim() != 2 or down.dim() != 2 or up.shape[1] != down.shape[0] or (up.shape[0], down.shape[1]) != tuple(whole.shape):
        raise ValueError(f"the change of {weight} has another shape than in the base")
    if up.shape[1] > min(whole.shape):
        raise ValueError(f"the change of {weight} has a rank of {up.shape[1]}, more than the matrix itself")


def _check_adapter(host: str, parts: Mapping[str, Tensor], size: int) -> None:
    width = parts["down.weight"].shape[0]
    if not 1 <= width <= size:
        raise ValueError(f"the adapter behind {host} is {width} wide; its block has a size of {size}")
    expected: Callable[[], dict[str, Tensor]] = Adapter(size, width).state_dict
    wanted = {name: value.shape for name, value in expected().items()}
    if {name: value.shape for name, value in parts.items()} != wanted:
        raise ValueError(f"the adapter behind {host} has other parts or shapes than its width of {width} needs")
