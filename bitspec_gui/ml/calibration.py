"""Evidence for the confidence of predictions, and its calibration on compounds that were not trained on."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from bitspec_gui.ml.batches import MoleculeBatch, to_batch
from bitspec_gui.ml.confidence import ConfidenceModel, TrainingDomain
from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.fragment_network import explained_share
from bitspec_gui.ml.network import Ensemble, EnsemblePrediction
from bitspec_gui.spectra.similarity import cosine

_TOGETHER = 64


def evidence(predicted: EnsemblePrediction, batch: MoleculeBatch, nearest: NDArray[np.float64]) -> NDArray[np.float64]:
    """What speaks for and against each prediction, (B, 6) in the order of `ml.confidence.EVIDENCE`.

    Parameters
    ----------
    nearest : (B,) float64
        Similarity of each molecule to the nearest training compound.
    """
    agreement = functional.cosine_similarity(predicted.each, predicted.together[None], dim=2).mean(dim=0)
    shares = predicted.roots.square()
    shares = shares / shares.sum(dim=1, keepdim=True)
    peaks = -(shares * torch.log(shares + 1e-12)).sum(dim=1)
    columns = (
        agreement,
        torch.from_numpy(nearest),
        _explained_share(predicted, batch),
        peaks,
        shares.amax(dim=1),
        batch.nominal_mass / 1000.0,
    )
    # Not every device knows double precision.
    return torch.stack([column.cpu().double() for column in columns], dim=1).numpy()


def _explained_share(predicted: EnsemblePrediction, batch: MoleculeBatch) -> torch.Tensor:
    """Share of the intensity that fragments account for, (B,); 0 where no member scores fragments."""
    if not predicted.ions:
        return torch.zeros(batch.num_graphs)
    return torch.stack([explained_share(ions, batch) for ions in predicted.ions]).mean(dim=0)


@torch.no_grad()
def calibrate(network: Ensemble, domain: TrainingDomain, compounds: CompoundSet, device: torch.device) -> ConfidenceModel:
    """Confidence fitted to how well the network predicts compounds that it was not trained on."""
    network.to(device).eval()
    found, cosines = [], []
    for start in range(0, len(compounds), _TOGETHER):
        features = compounds.features[start : start + _TOGETHER]
        batch = to_batch(features).to(device)
        predicted = network.predict(batch)
        found.append(evidence(predicted, batch, domain.nearest(features)))
        cosines.append(cosine(predicted.roots.square().cpu().numpy(), compounds.queries[start : start + _TOGETHER]))
    return ConfidenceModel.calibrated(np.concatenate(found), np.concatenate(cosines))
