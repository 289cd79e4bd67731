"""Isotope peaks of the molecular ion, which nature fixes and a network need not guess."""

from __future__ import annotations

import torch
from torch import Tensor

from bitspec_gui.ml.batches import MoleculeBatch
from bitspec_gui.spectra.binning import BINS

_HYDROGENS_LOST = 3
"""Ions up to this many Da below the molecular ion have isotopes that reach above it."""


def with_natural_isotopes(intensity: Tensor, batch: MoleculeBatch) -> Tensor:
    """Intensities (B, 1000) with the bins above each molecular ion set to what isotopes make of the bins at and below it.

    The bins M-3..M are first freed of the isotopes of those below them; what is left in each has the molecule's pattern.
    Molecules whose lightest isotopologue is not the most abundant (with tin, selenium and the like) are left as they are.
    """
    fragments = batch.fragments
    if fragments is None:
        return intensity
    pattern = fragments.isotopes[fragments.whole]
    usual = (fragments.base[fragments.whole] == batch.nominal_mass) & (batch.nominal_mass > _HYDROGENS_LOST)
    ratio = pattern / pattern[:, :1].clamp(min=1e-6)
    window = ratio.shape[1]
    places = batch.nominal_mass[:, None] - 1 + torch.arange(-_HYDROGENS_LOST, window, device=intensity.device)[None, :]
    inside = (places >= 0) & (places < BINS)
    local = intensity.gather(1, places.clamp(0, BINS - 1)) * inside
    made = torch.zeros_like(local)
    for step in range(_HYDROGENS_LOST + 1):
        light = (local[:, step] - made[:, step]).clamp(min=0)
        made[:, step : step + window] = made[:, step : step + window] + light[:, None] * ratio
    above = torch.zeros_like(intensity).scatter(1, places.clamp(0, BINS - 1), torch.where(inside, made, 0.0))
    mz = torch.arange(1, BINS + 1, device=intensity.device)[None, :]
    replaced = usual[:, None] & (mz > batch.nominal_mass[:, None])
    return torch.where(replaced, above * batch.allowed, intensity)
