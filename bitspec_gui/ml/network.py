"""The predictor network: a graph branch and a fingerprint branch, each with a head of its own, averaged."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

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
    """Sizes of a network; a branch with 0 layers or blocks is left out (without the graph it is the network of NEIMS)."""

    graph_layers: int = 5
    graph_hidden: int = 256
    graph_dropout: float = 0.1
    graph_trunk: int = 1024
    graph_blocks: int = 2
    fingerprint_trunk: int = 1024
    fingerprint_blocks: int = 3
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


class Branch(nn.Module):
    """From one view of a molecule to its spectrum: dropout, projection, residual blocks, head."""

    def __init__(self, size: int, trunk: int, blocks: int, dropout: float) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Linear(size + COMPOSITION_FEATURES, trunk),
            nn.ReLU(),
            nn.Dropout(dropout),
            *(ResidualBlock(trunk, dropout) for _ in range(blocks)),
            nn.LayerNorm(trunk),
            nn.ReLU(),
            nn.Dropout(dropout),
        )
        self.head = BidirectionalHead(trunk)

    def forward(self, view: Tensor, batch: Batch) -> Tensor:
        """(B, size) -> square roots of intensities scaled to unit length, (B, 1000)."""
        state = self.trunk(torch.cat([view, batch.composition], dim=1))
        return functional.normalize(self.head(state, batch.nominal_mass, batch.last_mass), dim=1)


class SpectrumNetwork(nn.Module):
    """Predicts square-root intensities on unit-mass bins from a batch of `ml.graph.to_batch`.

    Trained on one joint state, the fingerprint learns the training compounds by heart before the graph has learned
    chemistry. With a head and a loss of its own each branch has to generalise, and their errors average out.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone: GineBackbone | None = None
        if config.graph_layers:
            self.backbone = GineBackbone(config.graph_hidden, config.graph_layers, config.graph_dropout)
            self.graph_branch = Branch(self.backbone.state_size, config.graph_trunk, config.graph_blocks, config.dropout)
        self.fingerprint_branch: Branch | None = None
        if config.fingerprint_blocks:
            self.fingerprint_branch = Branch(
                FINGERPRINT_BITS, config.fingerprint_trunk, config.fingerprint_blocks, config.dropout
            )

    def branches(self, batch: Batch) -> dict[str, Tensor]:
        """Prediction of each branch by its name; each as `forward` gives it."""
        predictions = {}
        if self.backbone is not None:
            _, graph = self.backbone.encode(batch)
            predictions["graph"] = self.graph_branch(graph, batch)
        if self.fingerprint_branch is not None:
            predictions["fingerprint"] = self.fingerprint_branch(batch.fingerprint, batch)
        return predictions

    def forward(self, batch: Batch) -> Tensor:
        """Square roots of intensities, (B, 1000) float32, on any scale; exactly 0 above the molecular ion's isotopes."""
        return torch.stack(list(self.branches(batch).values())).mean(dim=0)

    @property
    def parameter_count(self) -> int:
        """Number of trained values."""
        return sum(p.numel() for p in self.parameters())
