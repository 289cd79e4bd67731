"""How well networks predict compounds, where m/z that were not recorded do not count."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bitspec_gui.ml.batches import to_batch
from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.spectra.binning import BINS
from bitspec_gui.spectra.similarity import cosine

_TOGETHER = 16
"""Compounds predicted between two looks at what is wished: some 40 ms on one core."""


@torch.no_grad()
def roots_of(
    network: nn.Module, compounds: CompoundSet, device: torch.device, check: Callable[[], None] = lambda: None
) -> Tensor:
    """Square roots of intensities that a network predicts for the compounds, in order, (C, 1000) float32 on the CPU.

    `check` is called between batches, and may raise. The network is put into evaluation mode.
    """
    network.eval()
    found = torch.zeros(len(compounds), BINS)
    # Molecules of about one size need little padding when they are joined.
    order = sorted(range(len(compounds)), key=compounds.sizes.__getitem__)
    for start in range(0, len(order), _TOGETHER):
        check()
        rows = order[start : start + _TOGETHER]
        found[rows] = network(to_batch([compounds.features[row] for row in rows]).to(device)).float().cpu()
    return found


def ensemble_roots(each: Mapping[str, Tensor], weights: Mapping[str, float]) -> Tensor:
    """Roots (C, 1000) of an ensemble from those of its members, as `ml.network.Ensemble` joins them."""
    together = torch.stack(list(each.values()))
    shares = torch.tensor([weights[name] for name in each])
    return (together.square() * shares[:, None, None]).sum(dim=0).sqrt()


def cosines(roots: Tensor, compounds: CompoundSet) -> NDArray[np.float64]:
    """Cosine of each compound's prediction with its query on linear intensities, from its lowest m/z on, (C,)."""
    mz = torch.arange(1, BINS + 1)
    recorded = roots * (mz[None, :] >= compounds.lowest_mz[:, None])
    return cosine(recorded.square().numpy(), compounds.queries)
