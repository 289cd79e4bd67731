"""Attention as it is shown is the attention that the network pays: by hand, in sum, and whatever the order of the atoms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from few_compounds import features_of

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest
from bitspec_gui.domain.jobs import ignore_progress
from bitspec_gui.domain.ports import Explainer
from bitspec_gui.ml.backbones import AttentionBackbone
from bitspec_gui.ml.batches import to_batch
from bitspec_gui.ml.explaining.attention import attention_matrices, attention_scores, mean_of_layers, rollout
from bitspec_gui.ml.explaining.explainable import explainable_of
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.network_config import FragmentConfig
from bitspec_gui.ml.predictor import NetworkPredictor

BUTYLBENZENE = "CCCCc1ccccc1"
PHTHALATE = "CCOC(=O)c1ccccc1C(=O)OCC"


@pytest.fixture(scope="module")
def backbone() -> AttentionBackbone:
    torch.manual_seed(11)
    return AttentionBackbone(hidden=16, layers=3, heads=2, dropout=0.1).eval()


@pytest.fixture(scope="module")
def attention(small_predictor: NetworkPredictor) -> Explainer:
    return next(method for method in explainable_of(small_predictor).explainers if method.info.key == "attention")


def explained(method: Explainer, smiles: str, mz: int | None = None, variant: str = "") -> Explanation:
    return method.explain(ExplanationRequest(molecule_from_text(smiles), "attention", mz, variant), ignore_progress)


def test_attention_of_two_atoms_is_what_the_formula_of_gatv2_gives_by_hand(backbone: AttentionBackbone) -> None:
    batch = to_batch([features_of("CO")])
    layer = backbone.layers[0]
    weights = {name: value.detach().double().numpy() for name, value in layer.attention.named_parameters()}
    states = layer.norm_before_attention(backbone.atoms(batch.x)).detach().double().numpy()
    sent = states @ weights["lin_l.weight"].T + weights["lin_l.bias"]
    taken = states @ weights["lin_r.weight"].T + weights["lin_r.bias"]
    bond = batch.edge_attr[0].double().numpy() @ weights["lin_edge.weight"].T
    expected = np.zeros((2, 2, 2))
    for end in range(2):
        for begin in range(2):
            joined = (sent[begin] + taken[end] + (bond if begin != end else 0.0)).reshape(2, 8)
            leaky = np.where(joined > 0, joined, 0.2 * joined)
            expected[:, end, begin] = np.exp((leaky * weights["att"][0]).sum(axis=1))
    expected /= expected.sum(axis=2, keepdims=True)
    assert attention_matrices(backbone, batch)[0] == pytest.approx(expected, abs=1e-6)


def test_the_attention_that_is_shown_is_the_one_that_makes_the_new_states(backbone: AttentionBackbone) -> None:
    batch = to_batch([features_of(PHTHALATE)])
    layer = backbone.layers[0]
    edges, (weights, *_) = backbone.attention_weights(batch)
    states = layer.norm_before_attention(backbone.atoms(batch.x))
    features = torch.cat([batch.edge_attr, torch.zeros(len(states), batch.edge_attr.shape[1])])
    messages = layer.attention.lin_l(states)[edges[0]].view(-1, 2, 8) * weights[:, :, None]
    gathered = torch.zeros(len(states), 16).index_add(0, edges[1], messages.flatten(1)) + layer.attention.bias
    assert torch.allclose(gathered, layer.attention(states, edges, features), atol=1e-5)


def test_what_each_atom_pays_adds_up_to_one_in_every_head_and_through_all_layers(backbone: AttentionBackbone) -> None:
    layers = attention_matrices(backbone, to_batch([features_of(PHTHALATE)]))
    assert [heads.shape for heads in layers] == [(2, 16, 16)] * 3
    for heads in layers:
        assert heads.sum(axis=2) == pytest.approx(1.0, abs=1e-5)
    assert rollout(layers).sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert mean_of_layers(layers).sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_rollout_of_two_layers_is_what_it_is_by_hand() -> None:
    first, second = np.array([[[0.8, 0.2], [0.5, 0.5]]]), np.array([[[0.6, 0.4], [0.0, 1.0]]])
    # Half of each atom's own: [[0.9, 0.1], [0.25, 0.75]] first, then [[0.8, 0.2], [0, 1]].
    assert rollout([first, second]) == pytest.approx(np.array([[0.77, 0.23], [0.25, 0.75]]))
    atoms, bonds = attention_scores(np.array([[0.77, 0.23], [0.25, 0.75]]), np.array([1.0, 0.0]), [(0, 1)])
    assert atoms == pytest.approx([2 * 0.77, 2 * 0.23])
    assert bonds == pytest.approx([0.23])


def test_attention_does_not_depend_on_the_order_of_the_atoms(backbone: AttentionBackbone) -> None:
    batch = to_batch([features_of(PHTHALATE)])
    shuffled = torch.from_numpy(np.random.default_rng(2).permutation(len(batch.x)))
    places = torch.argsort(shuffled)
    other = replace(batch, x=batch.x[shuffled], edge_index=places[batch.edge_index])
    for heads, others in zip(attention_matrices(backbone, batch), attention_matrices(backbone, other), strict=True):
        assert others == pytest.approx(heads[:, shuffled][:, :, shuffled], abs=1e-5)


def test_the_attention_of_a_peak_is_that_of_the_atoms_in_its_ion(attention: Explainer, small_predictor: NetworkPredictor) -> None:
    molecule = molecule_from_text(BUTYLBENZENE)
    explanations = explainable_of(small_predictor)
    inside = explanations.origins(molecule).atoms_of(29)
    backbone = small_predictor.network.members["fragments"].backbone
    matrix = rollout(attention_matrices(backbone, to_batch([features_of(BUTYLBENZENE)])))
    expected = inside / inside.sum() @ matrix * len(inside)
    found = explained(attention, BUTYLBENZENE, 29)
    assert found.atom_scores * found.largest == pytest.approx(expected, abs=1e-4)
    assert (found.atom_scores * found.largest).mean() == pytest.approx(1.0, abs=1e-5)
    assert inside.max() > 2 * inside.min(), "a peak of which some atoms are more than others"


def test_every_layer_and_head_can_be_looked_at(attention: Explainer) -> None:
    keys = [variant.key for variant in attention.info.variants]
    heads = [f"layer{layer}{head}" for layer in (1, 2) for head in ("", "-head1", "-head2")]
    assert keys == ["rollout", "mean", *heads]
    scores = {key: explained(attention, PHTHALATE, variant=key) for key in keys}
    assert len({found.atom_scores.tobytes() for found in scores.values()}) == len(keys)
    assert scores["rollout"].atom_scores.tolist() == explained(attention, PHTHALATE).atom_scores.tolist()
    both = [scores[f"layer1-head{head}"] for head in (1, 2)]
    mean = sum(found.atom_scores * found.largest for found in both) / 2
    assert scores["layer1"].atom_scores * scores["layer1"].largest == pytest.approx(mean)
    with pytest.raises(ExplanationError, match="layer9"):
        explained(attention, PHTHALATE, variant="layer9")


def test_layers_of_several_networks_are_told_apart_by_their_names(
    small_fragment_network: FragmentConfig, small_predictor: NetworkPredictor
) -> None:
    torch.manual_seed(4)
    two = NetworkPredictor(
        Ensemble({"one": small_fragment_network, "two": small_fragment_network}, {"one": 0.25, "two": 0.75}),
        small_predictor.version,
        "cpu",
    )
    method = next(method for method in explainable_of(two).explainers if method.info.key == "attention")
    keys = [variant.key for variant in method.info.variants]
    assert {"one-layer1", "two-layer1", "two-layer2-head2"} <= set(keys)
    batch = to_batch([features_of(BUTYLBENZENE)])
    one, other = (rollout(attention_matrices(two.network.members[name].backbone, batch)) for name in ("one", "two"))
    found = explained(method, BUTYLBENZENE)
    assert found.atom_scores * found.largest == pytest.approx((0.25 * one + 0.75 * other).sum(axis=0), abs=1e-2)
