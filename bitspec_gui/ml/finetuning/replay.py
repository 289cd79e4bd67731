"""Public compounds that are learned again beside the own ones, so that they are not forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from bitspec_gui.chem.molecule_features import MoleculeFeatures
from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.finetuning.scoring import roots_of
from bitspec_gui.ml.network import SpectrumNetwork
from bitspec_gui.spectra.binning import BINS


def subset(compounds: CompoundSet, rows: Sequence[int]) -> CompoundSet:
    """Compounds of some rows, in that order."""
    places = list(rows)
    return CompoundSet(
        [compounds.features[place] for place in places],
        compounds.targets[places],
        compounds.queries[places],
        compounds.lowest_mz[places],
        [compounds.connectivities[place] for place in places],
    )


def join(first: CompoundSet, second: CompoundSet) -> CompoundSet:
    """Compounds of both."""
    return CompoundSet(
        first.features + second.features,
        torch.cat([first.targets, second.targets]),
        np.concatenate([first.queries, second.queries]),
        torch.cat([first.lowest_mz, second.lowest_mz]),
        first.connectivities + second.connectivities,
    )


def molecules_only(features: Sequence[MoleculeFeatures], connectivities: Sequence[str]) -> CompoundSet:
    """Molecules without a measured spectrum, to be given predicted ones by `distilled`."""
    count = len(features)
    return CompoundSet(
        list(features),
        torch.zeros(count, BINS),
        np.zeros((count, BINS), dtype=np.float32),
        torch.ones(count, dtype=torch.long),
        list(connectivities),
    )


def distilled(
    member: SpectrumNetwork, compounds: CompoundSet, device: torch.device, check: Callable[[], None] = lambda: None
) -> CompoundSet:
    """The compounds with what a network itself predicts of them, to be held to it while it learns something else.

    Li and Hoiem, arXiv:1606.09282. It holds forgetting as well as measured spectra do.
    """
    roots = roots_of(member, compounds, device, check)
    lowest = torch.ones(len(compounds), dtype=torch.long)
    return CompoundSet(compounds.features, roots, roots.square().numpy(), lowest, compounds.connectivities)
