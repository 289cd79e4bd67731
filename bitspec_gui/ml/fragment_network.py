"""The network that scores fragments: which pieces of a molecule keep the charge, with how many hydrogens."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from bitspec_gui.chem.features import EDGE_FEATURES
from bitspec_gui.chem.fragment_features import FRAGMENT_FEATURES
from bitspec_gui.chem.fragments import HYDROGEN_SHIFTS
from bitspec_gui.chem.molecule_features import COMPOSITION_FEATURES
from bitspec_gui.ml.backbones import AttentionBackbone
from bitspec_gui.ml.batches import FragmentBatch, MoleculeBatch
from bitspec_gui.ml.fingerprint_network import ResidualBlock
from bitspec_gui.ml.heads import BidirectionalHead
from bitspec_gui.ml.network_config import FragmentConfig
from bitspec_gui.spectra.binning import BINS

_LARGEST_SCORE = 12.0
"""Scores are logarithms of intensities; beyond this, exp() would leave nothing of the other ions."""

_SMALLEST_INTENSITY = 1e-7
"""Added before the square root, whose slope at 0 is infinite."""

_REST_BIAS = -3.0
"""Where the scores of the rest begin: what fragments can explain is explained by fragments."""


@dataclass(frozen=True)
class Ions:
    """Where a predicted spectrum comes from, on the network's own scale of intensity.

    ``fragments`` (F, 9): intensity of each fragment at each of `HYDROGEN_SHIFTS`, all its isotopes together; ``rest`` (B, 1000):
    intensity of bins that no fragment has to account for, such as those of rearrangements.
    """

    fragments: Tensor
    rest: Tensor


class FragmentNetwork(nn.Module):
    """Scores every fragment at every hydrogen shift, and spreads each ion's intensity over its isotopes.

    A fragment's state joins what its atoms are (sum and mean of their states), what it lost (mean), the bonds that were cut, the
    whole molecule, and its formula. Bins of a `BidirectionalHead` add what fragments cannot account for.
    """

    needs_fragments = True

    def __init__(self, config: FragmentConfig) -> None:
        super().__init__()
        hidden, size = config.graph_hidden, config.fragment_hidden
        self.backbone = AttentionBackbone(hidden, config.graph_layers, config.graph_heads, config.graph_dropout)
        molecule = self.backbone.state_size + COMPOSITION_FEATURES
        self.kept_sum = nn.Linear(hidden, size, bias=False)
        self.kept_mean = nn.Linear(hidden, size, bias=False)
        self.lost_mean = nn.Linear(hidden, size, bias=False)
        self.bond = nn.Sequential(
            nn.Linear(2 * hidden + EDGE_FEATURES, size // 2), nn.ReLU(), nn.Linear(size // 2, size, bias=False)
        )
        self.values = nn.Linear(FRAGMENT_FEATURES, size)
        self.molecule = nn.Sequential(
            nn.Linear(molecule, size), nn.ReLU(), nn.Dropout(config.fragment_dropout), nn.Linear(size, size)
        )
        self.mix = nn.Sequential(
            nn.LayerNorm(size),
            nn.ReLU(),
            nn.Dropout(config.fragment_dropout),
            *(ResidualBlock(size, config.fragment_dropout) for _ in range(config.fragment_blocks)),
        )
        self.scores = nn.Linear(size, len(HYDROGEN_SHIFTS))
        self.rest_state = nn.Sequential(nn.Linear(molecule, config.rest_hidden), nn.ReLU(), nn.Dropout(config.rest_dropout))
        self.rest = BidirectionalHead(config.rest_hidden)
        for bins in (self.rest.forward_bins, self.rest.loss_bins):
            nn.init.zeros_(bins.weight)
            nn.init.constant_(bins.bias, _REST_BIAS)

    def forward(self, batch: MoleculeBatch) -> Tensor:
        """Square roots of intensities scaled to unit length, (B, 1000) float32; exactly 0 above the molecular ion's isotopes."""
        return self.spectrum(self.ions(batch), batch)

    def spectrum(self, ions: Ions, batch: MoleculeBatch) -> Tensor:
        """What `forward` gives, of ions that were scored before."""
        intensity = ions.rest + on_bins(ions.fragments, _fragments_of(batch), batch.num_graphs)
        return functional.normalize(torch.sqrt(intensity * batch.allowed + _SMALLEST_INTENSITY) * batch.allowed, dim=1)

    def ions(self, batch: MoleculeBatch) -> Ions:
        """Intensity of every fragment ion and of the rest."""
        fragments = _fragments_of(batch)
        atoms, graph = self.backbone.encode(batch)
        molecule = torch.cat([graph, batch.composition], dim=1)
        state = self._pooled(atoms, batch, fragments) + self.molecule(molecule)[:, None, :]
        state = state.flatten(0, 1)[fragments.slots] + self.values(fragments.values)
        scores = self.scores(self.mix(state)).float()
        rest = self.rest(self.rest_state(molecule), batch).float()
        return Ions(
            fragments=torch.exp(scores.clamp(max=_LARGEST_SCORE)) * fragments.possible,
            rest=torch.exp(rest.clamp(max=_LARGEST_SCORE)) * batch.allowed,
        )

    def _pooled(self, atoms: Tensor, batch: MoleculeBatch, fragments: FragmentBatch) -> Tensor:
        """Kept atoms, lost atoms and cut bonds of every fragment slot, (B, M, size)."""
        padded = _padded(atoms, fragments.atom_slots, fragments.members)
        size = fragments.members.sum(dim=2, keepdim=True)
        lost_size = fragments.atoms[:, None, None] - size
        lost = self.lost_mean(padded)
        lost_sum = lost.sum(dim=1, keepdim=True) - torch.bmm(fragments.members, lost)
        begin, end = batch.edge_index
        bonds = self.bond(torch.cat([atoms[begin], atoms[end], batch.edge_attr], dim=1))
        return (  # type: ignore[no-any-return]
            torch.bmm(fragments.members, self.kept_sum(padded)) / 8.0
            + torch.bmm(fragments.members, self.kept_mean(padded)) / size.clamp(min=1)
            + lost_sum / lost_size.clamp(min=1)
            + torch.bmm(fragments.cut, _padded(bonds, fragments.bond_slots, fragments.cut))
        )


def explained_share(ions: Ions, batch: MoleculeBatch) -> Tensor:
    """Share of the intensity of each molecule that fragments account for, (B,)."""
    by_fragments = torch.zeros(batch.num_graphs, dtype=ions.rest.dtype, device=ions.rest.device)
    by_fragments = by_fragments.index_add(0, _fragments_of(batch).molecule, ions.fragments.sum(dim=1))
    return by_fragments / (by_fragments + ions.rest.sum(dim=1))


def on_bins(intensity: Tensor, fragments: FragmentBatch, molecules: int) -> Tensor:
    """Sum over the fragments of each molecule, their hydrogen shifts and isotopes, (F, 9) -> (B, 1000)."""
    isotopes = fragments.isotopes[:, : int((fragments.isotopes > 0).sum(dim=1).max())]
    shifts, window = intensity.shape[1], isotopes.shape[1]
    width = shifts + window - 1
    spread = torch.zeros(len(intensity), width, dtype=intensity.dtype, device=intensity.device)
    for offset in range(window):
        spread[:, offset : offset + shifts] += intensity * isotopes[:, offset : offset + 1]
    first = fragments.base + HYDROGEN_SHIFTS[0] - 1
    bins = first[:, None] + torch.arange(width, device=intensity.device)[None, :]
    inside = (bins >= 0) & (bins < BINS)
    places = fragments.molecule[:, None] * BINS + bins.clamp(0, BINS - 1)
    empty = torch.zeros(molecules * BINS, dtype=intensity.dtype, device=intensity.device)
    return empty.index_add(0, places.flatten(), (spread * inside).flatten()).view(molecules, BINS)


def _padded(states: Tensor, slots: Tensor, pattern: Tensor) -> Tensor:
    """States of atoms or bonds as (B, most of a molecule, size); padding is 0. `pattern` is (B, M, most of a molecule)."""
    molecules, _, most = pattern.shape
    empty = torch.zeros(molecules * most, states.shape[1], dtype=states.dtype, device=states.device)
    return empty.index_copy(0, slots, states).view(molecules, most, -1)


def _fragments_of(batch: MoleculeBatch) -> FragmentBatch:
    if batch.fragments is None:
        raise ValueError("this network needs molecules that were featurised with their fragments")
    return batch.fragments
