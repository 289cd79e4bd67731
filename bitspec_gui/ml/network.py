"""The predictor network: graph backbone and fingerprint branch, joined in a trunk, read out by a head."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch

from bitspec_gui.chem.fingerprint import FINGERPRINT_BITS
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.ml.backbones import GineBackbone
from bitspec_gui.ml.graph import COMPOSITION_FEATURES
from bitspec_gui.ml.heads import BidirectionalHead


@dataclass(frozen=True)
class NetworkConfig:
    """Sizes of a network. ``graph_layers`` 0 leaves the graph out: the fingerprint network of NEIMS."""

    graph_hidden: int = 256
    graph_layers: int = 5
    graph_dropout: float = 0.1
    fingerprint_hidden: int = 1024
    trunk_hidden: int = 1024
    trunk_blocks: int = 3
    dropout: float = 0.3

    def as_json(self) -> dict[str, float | int]:
        """Plain values for a model file."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, float | int]) -> NetworkConfig:
        """Config of a model file; raises `ModelFileError` for values that this version does not know."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ModelFileError(f"The model file has network settings that this BitSpec does not know: {', '.join(unknown)}.")
        return cls(**values)  # type: ignore[arg-type]


class ResidualBlock(nn.Module):
    """Normalise, mix, drop, add."""

    def __init__(self, size: int, dropout: float) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.LayerNorm(size), nn.Linear(size, size), nn.ReLU(), nn.Dropout(dropout))

    def forward(self, state: Tensor) -> Tensor:
        """(B, size) -> (B, size)."""
        return state + self.body(state)  # type: ignore[no-any-return]


class SpectrumNetwork(nn.Module):
    """Predicts square-root intensities on unit-mass bins from a batch of `ml.graph.to_batch`."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = (
            GineBackbone(config.graph_hidden, config.graph_layers, config.graph_dropout) if config.graph_layers > 0 else None
        )
        self.fingerprint = nn.Sequential(
            nn.Linear(FINGERPRINT_BITS + COMPOSITION_FEATURES, config.fingerprint_hidden), nn.ReLU(), nn.Dropout(config.dropout)
        )
        joined = config.fingerprint_hidden + (self.backbone.state_size if self.backbone else 0)
        self.trunk = nn.Sequential(
            nn.Linear(joined, config.trunk_hidden),
            *(ResidualBlock(config.trunk_hidden, config.dropout) for _ in range(config.trunk_blocks)),
            nn.LayerNorm(config.trunk_hidden),
            nn.ReLU(),
            nn.Dropout(config.dropout),
        )
        self.head = BidirectionalHead(config.trunk_hidden)

    def forward(self, batch: Batch) -> Tensor:
        """Square roots of intensities, (B, 1000) float32, on any scale; exactly 0 above the molecular ion's isotopes."""
        state = self.fingerprint(torch.cat([batch.fingerprint, batch.composition], dim=1))
        if self.backbone is not None:
            _, graph = self.backbone.encode(batch)
            state = torch.cat([state, graph], dim=1)
        return self.head(self.trunk(state), batch.nominal_mass, batch.last_mass)  # type: ignore[no-any-return]

    @property
    def parameter_count(self) -> int:
        """Number of trained values."""
        return sum(p.numel() for p in self.parameters())
