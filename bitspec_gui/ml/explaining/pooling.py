"""Scores of attention pooling: which atoms a backbone keeps on the way from atoms to the molecule.

The backbone of the present networks takes sums, means and maxima over all atoms, so that it has no such scores. One that pools
by attention plugs in by having a method ``pooling_scores(batch)`` beside ``encode(batch)``; nothing else has to be changed, and
the method "pooling" is offered wherever a network of the model has such a backbone. Around the pooling layers of PyG::

    def pooling_scores(self, batch):
        states = self.states(batch)
        _, _, _, _, kept, score = self.pool(states, batch.edge_index, batch=batch.batch)
        return scores_of_kept(kept, score, len(batch.x))

which holds for `SAGPooling` (Lee et al. 2019, arXiv:1904.08082) as for `TopKPooling` (Gao & Ji 2019, arXiv:1905.05178).
"""

from __future__ import annotations

import time
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, MethodInfo
from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.ml.batches import MoleculeBatch
from bitspec_gui.ml.device import one_core
from bitspec_gui.ml.explaining.masking import MaskableNetwork
from bitspec_gui.ml.explaining.origins import OriginsOf, readout_of
from bitspec_gui.ml.explaining.scores import check_target, explanation_of
from bitspec_gui.ml.network import Ensemble

POOLING = MethodInfo(
    key="pooling",
    name="Pooling",
    meaning=("High for atoms that the network keeps when it sums a molecule up; for a peak, of the atoms in its ion."),
    caution="Pooling is done once for all peaks: what one peak has to do with an atom comes from the fragments alone.",
    unit="times the pooling score of an average atom",
    immediate=True,
    whole_meaning="High for atoms that the network keeps when it sums a molecule up.",
)


@runtime_checkable
class PoolingBackbone(Protocol):
    """A backbone that pools by attention."""

    def pooling_scores(self, batch: MoleculeBatch) -> Tensor:
        """How much of each atom is kept, (N,): 0 or more, 0 for atoms that are dropped."""
        ...


class PoolingExplainer:
    """Scores of attention pooling, averaged over the networks that have one, by their weights in the ensemble."""

    def __init__(self, network: MaskableNetwork, origins: OriginsOf) -> None:
        self._network = network
        self._origins = origins
        self._backbones = pooling_backbones(network.network)

    @property
    def info(self) -> MethodInfo:
        """What it is called, and what its scores mean."""
        return POOLING

    @torch.inference_mode()
    def explain(self, request: ExplanationRequest, progress: ReportProgress, cancel: CancelToken | None = None) -> Explanation:
        """Scores for one molecule and target; raises `ExplanationError` if the target cannot be explained."""
        started = time.perf_counter()
        molecule = self._network.prepare(request.molecule)
        check_target(request.mz, molecule.features)
        origins = self._origins(request.molecule)
        readout = readout_of(request.mz, origins, molecule.atoms) * molecule.atoms
        weights = [self._network.network.weights[name] for name in self._backbones]
        with one_core():
            scores = [backbone.pooling_scores(molecule.batch).cpu().double().numpy() for backbone in self._backbones.values()]
        # Every network on a scale of its own: that of its average atom.
        even = [score / (float(score.mean()) or 1.0) for score in scores]
        atoms = np.average(even, axis=0, weights=weights) * readout
        return explanation_of(
            request, self._network.version, molecule, atoms, None, info=self.info, origins=origins, started=started
        )


def pooling_backbones(network: Ensemble) -> dict[str, PoolingBackbone]:
    """Backbones that pool by attention, by the name of their network in the ensemble."""
    found = {name: getattr(member, "backbone", None) for name, member in network.members.items()}
    return {name: backbone for name, backbone in found.items() if isinstance(backbone, PoolingBackbone)}


def scores_of_kept(kept: Tensor, score: Tensor, atoms: int) -> Tensor:
    """Pooling scores of all atoms (N,), given the places (K,) and scores (K,) of those that a pooling layer keeps.

    The states of kept atoms are multiplied by their score, whose sign says nothing of how much of them is left.
    """
    return torch.zeros(atoms, dtype=score.dtype, device=score.device).index_copy(0, kept, score.abs())
