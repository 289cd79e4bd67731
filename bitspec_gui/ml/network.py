"""Networks trained one by one whose predictions are averaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from bitspec_gui.ml.batches import MoleculeBatch
from bitspec_gui.ml.fingerprint_network import FingerprintNetwork
from bitspec_gui.ml.fragment_network import FragmentNetwork, Ions
from bitspec_gui.ml.network_config import FingerprintConfig, NetworkConfig
from bitspec_gui.ml.response import Response

SpectrumNetwork = FingerprintNetwork | FragmentNetwork


def build_network(config: NetworkConfig) -> SpectrumNetwork:
    """Untrained network of a config."""
    return FingerprintNetwork(config) if isinstance(config, FingerprintConfig) else FragmentNetwork(config)


@dataclass(frozen=True)
class EnsemblePrediction:
    """What an `Ensemble` predicts.

    ``roots`` (B, 1000) of all together and ``each`` (members, B, 1000) alone are square roots of intensities, of unit length;
    ``ions`` are those of each member that scores fragments. ``together`` (B, 1000) is what ``roots`` were before the
    instrument's response; ``each`` and ``ions`` know nothing of that.
    """

    roots: Tensor
    each: Tensor
    ions: list[Ions]
    together: Tensor


class Ensemble(nn.Module):
    """Networks whose intensities, adding up to 1, are averaged by weight.

    Trained together, the fingerprint learns the training compounds by heart before the graph has learned chemistry.
    Trained apart, each view has to generalise, and their errors average out.

    ``response`` is what an instrument makes of their mean; None unless a model was tuned to one.
    """

    def __init__(self, configs: Mapping[str, NetworkConfig], weights: Mapping[str, float] | None = None) -> None:
        super().__init__()
        self.configs = dict(configs)
        self.weights = dict(weights or {name: 1.0 / len(configs) for name in configs})
        self.response: Response | None = None
        self.members = nn.ModuleDict({name: build_network(config) for name, config in configs.items()})

    @property
    def needs_fragments(self) -> bool:
        """Whether a member wants to know the molecules' fragments."""
        return any(member.needs_fragments for member in self.members.values())

    def predict(self, batch: MoleculeBatch) -> EnsemblePrediction:
        """Spectra, and what is known of how they came about."""
        each, ions = [], []
        for member in self.members.values():
            if isinstance(member, FragmentNetwork):
                ions.append(member.ions(batch))
                each.append(member.spectrum(ions[-1], batch))
            else:
                each.append(member(batch))
        stacked = torch.stack(each)
        # Roots of unit length are roots of intensities that add up to 1, and so is the root of their weighted mean.
        together = self.mixed(stacked).sqrt()
        return EnsemblePrediction(
            roots=together if self.response is None else self.response.on_roots(together),
            each=stacked,
            ions=ions,
            together=together,
        )

    def mixed(self, each: Tensor) -> Tensor:
        """Weighted mean of the members' intensities, (B, 1000), of their square roots (members, B, 1000)."""
        weights = torch.tensor([self.weights[name] for name in self.members], device=each.device)
        return (each.square() * weights[:, None, None]).sum(dim=0)

    def forward(self, batch: MoleculeBatch) -> Tensor:
        """Square roots of intensities of unit length, (B, 1000) float32; exactly 0 above the molecular ion's isotopes."""
        return self.predict(batch).roots

    def only(self, name: str) -> Ensemble:
        """Ensemble of one member, sharing its weights."""
        alone = Ensemble({name: self.configs[name]})
        alone.members[name] = self.members[name]
        alone.response = self.response
        return alone


def parameter_count(network: nn.Module) -> int:
    """Number of trained values."""
    return sum(p.numel() for p in network.parameters())
