"""The `ExplainableModel` port on a trained network: all methods put together."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch_geometric.nn import MessagePassing

from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import IonOrigins
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.ports import Explainer, Predictor
from bitspec_gui.ml.explaining.attention import AttentionExplainer, attending_backbones
from bitspec_gui.ml.explaining.fragment_method import FragmentExplainer
from bitspec_gui.ml.explaining.gnn_explainer import GnnExplainer
from bitspec_gui.ml.explaining.gradients import GradientExplainer
from bitspec_gui.ml.explaining.masking import MaskableNetwork
from bitspec_gui.ml.explaining.occlusion import OcclusionExplainer
from bitspec_gui.ml.explaining.origins import OriginsOfNetwork
from bitspec_gui.ml.explaining.pooling import PoolingExplainer, pooling_backbones
from bitspec_gui.ml.predictor import NetworkPredictor


class NetworkExplanations:
    """Explains the predictions of one model version. Not for use from two threads at once.

    What is known of the last few molecules is kept: a second method, or a second peak, begins at once.
    """

    def __init__(self, network: MaskableNetwork) -> None:
        self.network = network
        self._origins = OriginsOfNetwork(network)
        self._explainers = _explainers(network, self._origins)

    @property
    def version(self) -> ModelVersion:
        """The network behind the predictions."""
        return self.network.version

    @property
    def explainers(self) -> Sequence[Explainer]:
        """All methods that this network allows, the quick ones first."""
        return self._explainers

    def origins(self, molecule: Molecule) -> IonOrigins:
        """Which fragments make each bin of the predicted spectrum; raises `ExplanationError` if no network scores fragments."""
        return self._origins.required(molecule)

    def intensities_without(
        self, molecule: Molecule, masks: NDArray[np.bool_], cancel: CancelToken | None = None
    ) -> NDArray[np.float64]:
        """Predicted spectra while the atoms in `masks` (K, N) are masked, (K, 1000), each adding up to 1; see `masking`.

        Raises
        ------
        Cancelled
            When `cancel` is set, between some masks and the next.
        """
        return self.network.intensities_without(self.network.prepare(molecule), masks, cancel)


def _explainers(network: MaskableNetwork, origins: OriginsOfNetwork) -> tuple[Explainer, ...]:
    """Methods that make sense for a network: those of fragments, attention, pooling and messages only where it has these."""
    found: list[Explainer] = []
    if network.network.needs_fragments:
        found.append(FragmentExplainer(network, origins))
    if attending_backbones(network.network):
        found.append(AttentionExplainer(network, origins))
    if pooling_backbones(network.network):
        found.append(PoolingExplainer(network, origins))
    if any(isinstance(layer, MessagePassing) for layer in network.network.modules()):
        found.append(GnnExplainer(network, origins))
    return (*found, GradientExplainer(network, origins), OcclusionExplainer(network, origins))


def explainable_of(predictor: Predictor) -> NetworkExplanations:
    """What explains a predictor's predictions: it works on a copy of the networks, so that predictions can go on meanwhile.

    Raises
    ------
    ExplanationError
        If it is no network that predicts.
    """
    if not isinstance(predictor, NetworkPredictor):
        raise ExplanationError(f"{predictor.version.name} is no network, so its predictions cannot be explained.")
    network = copy.deepcopy(predictor.network).requires_grad_(False).eval()
    return NetworkExplanations(MaskableNetwork(network, predictor.version, predictor.torch_device))
