"""From a molecule's state to scores on unit-mass bins."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from bitspec_gui.ml.batches import MoleculeBatch
from bitspec_gui.spectra.binning import BINS

LOSS_OFFSET = 10
"""Neutral-loss bins start this many Da above the nominal mass, so that isotope peaks of the molecular ion have one."""


class BidirectionalHead(nn.Module):
    """Gated forward and neutral-loss bins (Wei et al. 2019, doi:10.1021/acscentsci.9b00085).

    A fragment ion is best named by its own mass, a neutral loss by its distance from the molecular ion. The head scores
    both and a gate mixes them bin by bin.
    """

    mz: Tensor

    def __init__(self, state_size: int) -> None:
        super().__init__()
        self.forward_bins = nn.Linear(state_size, BINS)
        self.loss_bins = nn.Linear(state_size, BINS)
        self.gate = nn.Linear(state_size, BINS)
        self.register_buffer("mz", torch.arange(1, BINS + 1), persistent=False)

    def forward(self, state: Tensor, batch: MoleculeBatch) -> Tensor:
        """Scores of any size, (B, 1000), of states (B, state_size); 0 where no molecule of the batch may have a peak."""
        # Most molecules are light: weights of bins beyond the heaviest one need not be read.
        top = min(BINS, int(batch.last_mass.max()))
        deepest = min(BINS, int(batch.nominal_mass.max()) + LOSS_OFFSET)
        loss = batch.nominal_mass[:, None] + LOSS_OFFSET - self.mz[None, :top]
        inside = (loss >= 0) & (loss < deepest)
        by_loss = _first(self.loss_bins, deepest, state).gather(1, loss.clamp(0, deepest - 1))
        gate = torch.sigmoid(_first(self.gate, top, state)) * inside + (~inside).to(state.dtype)
        scores = gate * _first(self.forward_bins, top, state) + (1 - gate) * by_loss
        return functional.pad(scores, (0, BINS - top))


def _first(layer: nn.Linear, outputs: int, state: Tensor) -> Tensor:
    """The first outputs of a layer."""
    return functional.linear(state, layer.weight[:outputs], layer.bias[:outputs])
