"""GNNExplainer through PyG's `Explainer`: the fewest atoms and bonds with which the prediction stays as it is."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager

import numpy as np
import torch
from torch_geometric.explain import Explainer as PygExplainer
from torch_geometric.explain import GNNExplainer

from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, MethodInfo
from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.ml.device import one_core
from bitspec_gui.ml.explaining.gated_target import ONE_NUMBER_A_MOLECULE, GatedTarget, graph_of, masks_taken_off
from bitspec_gui.ml.explaining.masking import MaskableNetwork
from bitspec_gui.ml.explaining.origins import OriginsOf
from bitspec_gui.ml.explaining.scores import explanation_of
from bitspec_gui.ml.explaining.targets import Target

GNN_EXPLAINER = MethodInfo(
    key="gnnexplainer",
    name="GNNExplainer",
    meaning="High for atoms and bonds that have to be known for the peak to be predicted as it is; the rest can be faded out.",
    caution="It searches from random starts: another seed may choose other atoms where several choices do as well.",
    whole_meaning="High for atoms and bonds that have to be known for the spectrum to be predicted as it is.",
    unit="how far it has to be known (1: wholly, 0: not at all)",
    seeded=True,
)

EPOCHS = 30
LEARNING_RATE = 0.2
STARTS = 6
"""Random starts: more of them say the same more reliably, more epochs say hardly anything else."""

COEFFICIENTS = {"node_feat_size": 1.0, "node_feat_ent": 0.0, "edge_reduction": "mean", "edge_size": 0.1, "edge_ent": 0.0}
"""What masks cost beside what is lost of the target; chosen by deletion and insertion (resources/models/EXPERIMENTS.md)."""


class GnnExplainer:
    """Masks of atoms and bonds that are learned to leave the target as it is and yet to be small (Ying et al., arXiv:1903.03894).

    Several random starts are learned beside each other, as copies of the molecule, and their masks averaged.
    """

    def __init__(self, network: MaskableNetwork, origins: OriginsOf) -> None:
        self._network = network
        self._origins = origins

    @property
    def info(self) -> MethodInfo:
        """What it is called, and what its scores mean."""
        return GNN_EXPLAINER

    def explain(self, request: ExplanationRequest, progress: ReportProgress, cancel: CancelToken | None = None) -> Explanation:
        """Scores for one molecule and target; raises `ExplanationError` if the target cannot be explained, and `Cancelled`."""
        started = time.perf_counter()
        molecule = self._network.prepare(request.molecule)
        model = GatedTarget(
            self._network,
            molecule,
            Target.of(molecule, request.mz),
            passes=EPOCHS + 1,
            message="Learning which atoms and bonds are enough",
            progress=progress,
            cancel=cancel,
        )
        explainer = PygExplainer(
            model,
            algorithm=GNNExplainer(epochs=EPOCHS, lr=LEARNING_RATE, **COEFFICIENTS),
            explanation_type="model",
            node_mask_type="object",
            edge_mask_type="object" if model.passes_messages else None,
            model_config=ONE_NUMBER_A_MOLECULE,
        )
        with one_core(), masks_taken_off(model), _own_random_numbers(self._network.device):
            torch.manual_seed(request.seed)
            found = explainer(*graph_of(molecule, STARTS))
        atoms = found.node_mask.view(STARTS, -1).mean(dim=0).cpu().double().numpy()
        bonds = None
        if model.passes_messages:
            edges = found.edge_mask.view(STARTS, -1).mean(dim=0).cpu().double().numpy()
            bonds = np.bincount(molecule.bond_of_edge, weights=edges) / 2  # a bond is two edges
        return explanation_of(
            request,
            self._network.version,
            molecule,
            atoms,
            bonds,
            info=self.info,
            origins=self._origins(request.molecule),
            started=started,
        )


def _own_random_numbers(device: torch.device) -> AbstractContextManager[None]:
    """Random numbers are drawn as one likes, and go on afterwards as if none had been."""
    return torch.random.fork_rng(devices=[device] if device.type == "cuda" else [])
