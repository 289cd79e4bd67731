"""A backbone that pools by attention is explained by its pooling scores without anything else being changed."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch_geometric.nn import SAGPooling, TopKPooling, global_mean_pool

from bitspec_gui.chem.features import NODE_FEATURES
from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest
from bitspec_gui.domain.jobs import ignore_progress
from bitspec_gui.ml.batches import MoleculeBatch
from bitspec_gui.ml.explaining.explainable import NetworkExplanations, explainable_of
from bitspec_gui.ml.explaining.pooling import scores_of_kept
from bitspec_gui.ml.predictor import NetworkPredictor

PHTHALATE = molecule_from_text("CCOC(=O)c1ccccc1C(=O)OCC")


class PoolingBackboneForTests(nn.Module):
    """Atom states of one linear layer; half of the atoms make the state of the molecule."""

    def __init__(self, pool: nn.Module, hidden: int, state_size: int) -> None:
        super().__init__()
        self.atoms, self.pool = nn.Linear(NODE_FEATURES, hidden), pool
        self.widen = nn.Linear(hidden, state_size)
        self.state_size = state_size

    def encode(self, batch: MoleculeBatch) -> tuple[Tensor, Tensor]:
        states = torch.tanh(self.atoms(batch.x))
        kept, _, _, graph, _, _ = self.pool(states, batch.edge_index, batch=batch.batch)
        return states, self.widen(global_mean_pool(kept, graph, batch.num_graphs))

    def pooling_scores(self, batch: MoleculeBatch) -> Tensor:
        _, _, _, _, kept, score = self.pool(torch.tanh(self.atoms(batch.x)), batch.edge_index, batch=batch.batch)
        return scores_of_kept(kept, score, len(batch.x))


@pytest.fixture(scope="module", params=[SAGPooling, TopKPooling])
def explanations(request: pytest.FixtureRequest, small_predictor: NetworkPredictor) -> NetworkExplanations:
    torch.manual_seed(6)
    network = copy.deepcopy(small_predictor.network)
    fragments = network.members["fragments"]
    hidden = fragments.kept_sum.in_features
    fragments.backbone = PoolingBackboneForTests(request.param(hidden, ratio=0.5), hidden, fragments.backbone.state_size)
    return explainable_of(NetworkPredictor(network, small_predictor.version, "cpu"))


def explained(explanations: NetworkExplanations, mz: int | None = None) -> Explanation:
    method = next(method for method in explanations.explainers if method.info.key == "pooling")
    return method.explain(ExplanationRequest(PHTHALATE, "pooling", mz), ignore_progress)


def test_pooling_is_offered_only_where_a_network_pools_by_attention(
    explanations: NetworkExplanations, small_predictor: NetworkPredictor
) -> None:
    keys = [method.info.key for method in explanations.explainers]
    assert "pooling" in keys
    assert "attention" not in keys
    assert "pooling" not in [method.info.key for method in explainable_of(small_predictor).explainers]


def test_atoms_that_are_kept_have_their_pooling_score_and_those_that_are_dropped_have_none(
    explanations: NetworkExplanations,
) -> None:
    found = explained(explanations)
    prepared = explanations.network.prepare(PHTHALATE)
    backbone = explanations.network.network.members["fragments"].backbone
    raw = backbone.pooling_scores(prepared.batch).numpy()
    classes = prepared.classes
    expected = np.array([raw[classes == number].mean() for number in classes])
    assert found.atom_scores == pytest.approx(expected / expected.max(), abs=1e-5)
    assert np.count_nonzero(raw) == 8
    assert found.atom_scores.min() == 0
    assert (found.atom_scores * found.largest).mean() == pytest.approx(1.0)
    assert len(found.bond_scores) == 0


def test_for_a_peak_only_the_atoms_of_its_ion_count(explanations: NetworkExplanations) -> None:
    inside = explanations.origins(PHTHALATE).atoms_of(29)
    whole, peak = explained(explanations), explained(explanations, 29)
    expected = whole.atom_scores * inside
    assert peak.atom_scores == pytest.approx(expected / expected.max(), abs=1e-6)


def test_scores_of_kept_atoms_go_to_their_places_whatever_their_sign() -> None:
    scores = scores_of_kept(torch.tensor([3, 0]), torch.tensor([-0.5, 0.25]), 5)
    assert scores.tolist() == [0.25, 0.0, 0.0, 0.5, 0.0]
