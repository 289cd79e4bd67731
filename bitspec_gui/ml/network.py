"""Predictor networks: one that sees the graph, the fingerprint or both, and an ensemble of such."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric.data import Batch

from bitspec_gui.chem.fingerprint import FINGERPRINT_BITS
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.ml.backbones import GineBackbone
from bitspec_gui.ml.graph import COMPOSITION_FEATURES
from bitspec_gui.ml.heads import BidirectionalHead


@dataclass(frozen=True)
class NetworkConfig:
    """Views and sizes of one network. With ``graph_layers`` 0 and the fingerprint it is the network of NEIMS."""

    graph_layers: int = 5
    graph_hidden: int = 256
    graph_dropout: float = 0.1
    fingerprint: bool = True
    trunk_hidden: int = 1024
    trunk_blocks: int = 3
    dropout: float = 0.3

    def as_json(self) -> dict[str, Any]:
        """Plain values for a model file."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> NetworkConfig:
        """Config of a model file; raises `ModelFileError` for values that this version does not know."""
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise ModelFileError(f"The model file has network settings that this BitSpec does not know: {', '.join(unknown)}.")
        return cls(**values)


class ResidualBlock(nn.Module):
    """Normalise, mix, drop, add."""

    def __init__(self, size: int, dropout: float) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.LayerNorm(size), nn.Linear(size, size), nn.ReLU(), nn.Dropout(dropout))

    def forward(self, state: Tensor) -> Tensor:
        """(B, size) -> (B, size)."""
        return state + self.body(state)  # type: ignore[no-any-return]


class SpectrumNetwork(nn.Module):
    """Predicts square-root intensities on unit-mass bins from a batch of `ml.graph.to_batch`.

    The views of a molecule (graph state, fingerprint, composition) are joined into a trunk, which a head reads out.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone: GineBackbone | None = None
        size = COMPOSITION_FEATURES
        if config.graph_layers:
            self.backbone = GineBackbone(config.graph_hidden, config.graph_layers, config.graph_dropout)
            # Sums over atoms are large and dense beside a sparse fingerprint; as they are they would drown it.
            self.graph_view = nn.Sequential(
                nn.LayerNorm(self.backbone.state_size),
                nn.Linear(self.backbone.state_size, config.graph_hidden),
                nn.ReLU(),
                nn.Dropout(config.graph_dropout),
            )
            size += config.graph_hidden
        if config.fingerprint:
            size += FINGERPRINT_BITS
        self.trunk = nn.Sequential(
            nn.Linear(size, config.trunk_hidden),
            nn.ReLU(),
            nn.Dropout(config.dropout),
            *(ResidualBlock(config.trunk_hidden, config.dropout) for _ in range(config.trunk_blocks)),
            nn.LayerNorm(config.trunk_hidden),
            nn.ReLU(),
            nn.Dropout(config.dropout),
        )
        self.head = BidirectionalHead(config.trunk_hidden)

    def forward(self, batch: Batch) -> Tensor:
        """Square roots of intensities scaled to unit length, (B, 1000) float32; exactly 0 above the molecular ion's isotopes."""
        views = [batch.composition]
        if self.backbone is not None:
            _, graph = self.backbone.encode(batch)
            views.append(self.graph_view(graph))
        if self.config.fingerprint:
            views.append(batch.fingerprint)
        roots = self.head(self.trunk(torch.cat(views, dim=1)), batch.nominal_mass, batch.last_mass)
        return functional.normalize(roots, dim=1)


class Ensemble(nn.Module):
    """Networks trained one by one whose predictions are averaged.

    Trained together, the fingerprint learns the training compounds by heart before the graph has learned chemistry.
    Trained apart, each view has to generalise, and their errors average out.
    """

    def __init__(self, configs: Mapping[str, NetworkConfig]) -> None:
        super().__init__()
        self.configs = dict(configs)
        self.members = nn.ModuleDict({name: SpectrumNetwork(config) for name, config in configs.items()})

    def forward(self, batch: Batch) -> Tensor:
        """Square roots of intensities, (B, 1000) float32; exactly 0 above the molecular ion's isotopes."""
        return torch.stack([member(batch) for member in self.members.values()]).mean(dim=0)

    def only(self, name: str) -> Ensemble:
        """Ensemble of one member, sharing its weights."""
        alone = Ensemble({name: self.configs[name]})
        alone.members[name] = self.members[name]
        return alone


def parameter_count(network: nn.Module) -> int:
    """Number of trained values."""
    return sum(p.numel() for p in network.parameters())
