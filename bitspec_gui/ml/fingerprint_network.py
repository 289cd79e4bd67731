"""The network of NEIMS: from a count fingerprint to intensities."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from bitspec_gui.chem.fingerprint import FINGERPRINT_BITS
from bitspec_gui.chem.molecule_features import COMPOSITION_FEATURES
from bitspec_gui.ml.batches import MoleculeBatch
from bitspec_gui.ml.heads import BidirectionalHead
from bitspec_gui.ml.network_config import FingerprintConfig


class ResidualBlock(nn.Module):
    """Normalise, mix, drop, add."""

    def __init__(self, size: int, dropout: float) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.LayerNorm(size), nn.Linear(size, size), nn.ReLU(), nn.Dropout(dropout))

    def forward(self, state: Tensor) -> Tensor:
        """(..., size) -> (..., size)."""
        return state + self.body(state)  # type: ignore[no-any-return]


class FingerprintNetwork(nn.Module):
    """Fingerprint and composition of a molecule, a trunk of residual blocks, and bidirectional bins (Wei et al. 2019)."""

    needs_fragments = False

    def __init__(self, config: FingerprintConfig) -> None:
        super().__init__()
        # A molecule has a few dozen substructures: summing their rows is quicker than a product with all 4096.
        self.substructures = nn.EmbeddingBag(FINGERPRINT_BITS, config.trunk_hidden, mode="sum")
        nn.init.uniform_(self.substructures.weight, -(FINGERPRINT_BITS**-0.5), FINGERPRINT_BITS**-0.5)
        self.composition = nn.Linear(COMPOSITION_FEATURES, config.trunk_hidden)
        self.trunk = nn.Sequential(
            nn.ReLU(),
            nn.Dropout(config.dropout),
            *(ResidualBlock(config.trunk_hidden, config.dropout) for _ in range(config.trunk_blocks)),
            nn.LayerNorm(config.trunk_hidden),
            nn.ReLU(),
            nn.Dropout(config.dropout),
        )
        self.head = BidirectionalHead(config.trunk_hidden)

    def forward(self, batch: MoleculeBatch) -> Tensor:
        """Square roots of intensities scaled to unit length, (B, 1000) float32; exactly 0 above the molecular ion's isotopes."""
        found = self.substructures(batch.substructures, batch.substructure_offsets, per_sample_weights=batch.substructure_counts)
        scores = self.head(self.trunk(found + self.composition(batch.composition)), batch)
        return functional.normalize(functional.softplus(scores.float()) * batch.allowed, dim=1)
