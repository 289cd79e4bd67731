"""From a molecule's state to intensities on unit-mass bins."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from bitspec_gui.spectra.binning import BINS

LOSS_OFFSET = 10
"""Neutral-loss bins start this many Da above the nominal mass, so that isotope peaks of the molecular ion have one."""


class BidirectionalHead(nn.Module):
    """Gated forward and neutral-loss bins (Wei et al. 2019, doi:10.1021/acscentsci.9b00085) under a hard mass mask.

    A fragment ion is best named by its own mass, a neutral loss by its distance from the molecular ion. The head scores
    both and a gate mixes them bin by bin. Bins above `last_mass` are exactly 0.
    """

    mz: Tensor

    def __init__(self, state_size: int) -> None:
        super().__init__()
        self.forward_bins = nn.Linear(state_size, BINS)
        self.loss_bins = nn.Linear(state_size, BINS)
        self.gate = nn.Linear(state_size, BINS)
        self.register_buffer("mz", torch.arange(1, BINS + 1), persistent=False)

    def forward(self, state: Tensor, nominal_mass: Tensor, last_mass: Tensor) -> Tensor:
        """Square roots of intensities on any scale, (B, 1000) float32.

        Parameters
        ----------
        state : (B, state_size)
        nominal_mass, last_mass : (B,) int64
            In Da; `last_mass` is the highest bin that may be above 0.
        """
        loss = nominal_mass[:, None] + LOSS_OFFSET - self.mz[None, :]
        inside = (loss >= 0) & (loss < BINS)
        by_loss = self.loss_bins(state).gather(1, loss.clamp(0, BINS - 1))
        gate = torch.sigmoid(self.gate(state)) * inside + (~inside).to(state.dtype)
        scores = gate * self.forward_bins(state) + (1 - gate) * by_loss
        allowed = self.mz[None, :] <= last_mass[:, None]
        return functional.softplus(scores.float()) * allowed
