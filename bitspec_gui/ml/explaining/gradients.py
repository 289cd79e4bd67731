"""Integrated gradients through PyG's `Explainer`: what each atom adds while the molecule becomes known, bit by bit.

PyG offers the method only through Captum, which brings matplotlib; the integral is a few lines.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch_geometric.explain import Explainer as PygExplainer
from torch_geometric.explain import ExplainerAlgorithm
from torch_geometric.explain import Explanation as PygExplanation
from torch_geometric.explain.algorithm.utils import set_masks
from torch_geometric.explain.config import ExplanationType, MaskType, ModelMode

from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, MethodInfo
from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.ml.device import one_core
from bitspec_gui.ml.explaining.gated_target import (
    ONE_NUMBER_A_MOLECULE,
    GatedTarget,
    beside_each_other,
    graph_of,
    masks_taken_off,
)
from bitspec_gui.ml.explaining.masking import MaskableNetwork
from bitspec_gui.ml.explaining.origins import OriginsOf
from bitspec_gui.ml.explaining.scores import explanation_of
from bitspec_gui.ml.explaining.targets import Target

GRADIENTS = MethodInfo(
    key="gradients",
    name="Integrated gradients",
    meaning=(
        "High for atoms and bonds that add to the peak while all of the molecule becomes known little by little; below 0 for "
        "those that take from it. All scores together are the difference between the molecule and one of which nothing is known."
    ),
    caution="It starts from a molecule of which nothing is known, such as the network has never seen.",
    unit="share of the predicted peak that it adds",
    whole_meaning=(
        "High for atoms and bonds that bring the spectrum nearer to the predicted one while all of the molecule becomes known "
        "little by little; below 0 for those that take it further away."
    ),
    whole_unit="cosine with the predicted spectrum that it adds",
    signed=True,
)

STEPS = 48
"""Points of the path at which gradients are taken; the scores then add up to within some 2 % of what they should."""

_AT_ONCE = 12

_CROWDING = 1.5
"""The path is walked slowly at first, where the networks change their mind the most: by this power of the time."""


class IntegratedGradients(ExplainerAlgorithm):  # type: ignore[misc]
    """Attributions of nodes and edges (Sundararajan et al. 2017, arXiv:1703.01365) as an algorithm of PyG.

    The path leads straight from all nodes and edges masked to none; the integral is taken by the midpoint rule, which suits the
    kinks of ReLU better than rules for smooth functions.
    """

    def __init__(self, steps: int = STEPS) -> None:
        super().__init__()
        times = (torch.arange(steps) + 0.5) / steps
        self._places = times**_CROWDING
        self._weights = _CROWDING * times ** (_CROWDING - 1.0) / steps

    def forward(
        self, model: nn.Module, x: Tensor, edge_index: Tensor, *, target: Tensor, index: Tensor | None = None
    ) -> PygExplanation:
        """Attributions of the nodes (N, 1) and edges (E,) of one molecule."""
        atoms, bonds = len(x), edge_index.shape[1]
        node_total, edge_total = torch.zeros(atoms, device=x.device), torch.zeros(bonds, device=x.device)
        for places, weights in self._points(x.device):
            copies = len(places)
            gates = places[:, None].repeat(1, atoms).requires_grad_()
            edge_gates = places[:, None].repeat(1, bonds).requires_grad_()
            edges = beside_each_other(edge_index, atoms, copies)
            set_masks(model, edge_gates.flatten(), edges, apply_sigmoid=False)
            left = model(gates.view(-1, 1) * x.repeat(copies, 1), edges)
            by_gate, by_edge = torch.autograd.grad(left.sum(), [gates, edge_gates], allow_unused=True)
            node_total += weights @ by_gate
            if by_edge is not None:  # a network without messages, such as that of fingerprints alone
                edge_total += weights @ by_edge
        return PygExplanation(node_mask=node_total[:, None], edge_mask=edge_total)

    def _points(self, device: torch.device) -> Iterator[tuple[Tensor, Tensor]]:
        """Places on the path and their weights, a few at a time."""
        for start in range(0, len(self._places), _AT_ONCE):
            chunk = slice(start, start + _AT_ONCE)
            yield self._places[chunk].to(device), self._weights[chunk].to(device)

    def supports(self) -> bool:
        """Explains a number that a network gives of a graph, by masks of whole nodes and edges."""
        return bool(
            self.explainer_config.explanation_type == ExplanationType.model
            and self.explainer_config.node_mask_type == MaskType.object
            and self.explainer_config.edge_mask_type == MaskType.object
            and self.model_config.mode == ModelMode.regression
        )


class GradientExplainer:
    """Integrated gradients of a target, by the gates of atoms and bonds."""

    def __init__(self, network: MaskableNetwork, origins: OriginsOf) -> None:
        self._network = network
        self._origins = origins

    @property
    def info(self) -> MethodInfo:
        """What it is called, and what its scores mean."""
        return GRADIENTS

    def explain(self, request: ExplanationRequest, progress: ReportProgress, cancel: CancelToken | None = None) -> Explanation:
        """Scores for one molecule and target; raises `ExplanationError` if the target cannot be explained, and `Cancelled`."""
        started = time.perf_counter()
        molecule = self._network.prepare(request.molecule)
        model = GatedTarget(
            self._network,
            molecule,
            Target.of(molecule, request.mz),
            passes=1 + -(-STEPS // _AT_ONCE),
            message="Making the molecule known little by little",
            progress=progress,
            cancel=cancel,
        )
        explainer = PygExplainer(
            model,
            algorithm=IntegratedGradients(),
            explanation_type="model",
            node_mask_type="object",
            edge_mask_type="object",
            model_config=ONE_NUMBER_A_MOLECULE,
        )
        with one_core(), masks_taken_off(model):
            found = explainer(*graph_of(molecule, 1))
        bonds: NDArray[np.float64] | None = None
        if model.passes_messages:
            edges = found.edge_mask.cpu().double().numpy()
            bonds = np.bincount(molecule.bond_of_edge, weights=edges).astype(np.float64)
        return explanation_of(
            request,
            self._network.version,
            molecule,
            found.node_mask[:, 0].cpu().double().numpy(),
            bonds,
            info=self.info,
            origins=self._origins(request.molecule),
            started=started,
        )
