"""Occlusion, integrated gradients and GNNExplainer: their figures can be worked out again, and they leave nothing behind."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch_geometric.explain import Explainer as PygExplainer
from torch_geometric.nn import MessagePassing

from bitspec_gui.bootstrap import default_model
from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.errors import Cancelled, ExplanationError
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest
from bitspec_gui.domain.jobs import CancelToken, Progress, ignore_progress
from bitspec_gui.ml.explaining import gnn_explainer
from bitspec_gui.ml.explaining.gated_target import ONE_NUMBER_A_MOLECULE, GatedTarget, graph_of
from bitspec_gui.ml.explaining.gnn_explainer import GnnExplainer
from bitspec_gui.ml.explaining.gradients import GradientExplainer, IntegratedGradients
from bitspec_gui.ml.explaining.masking import MaskableNetwork
from bitspec_gui.ml.explaining.occlusion import OcclusionExplainer, lost
from bitspec_gui.ml.explaining.origins import OriginsOfNetwork
from bitspec_gui.ml.explaining.targets import Target
from bitspec_gui.ml.predictor import NetworkPredictor, load_predictor

ALL = (OcclusionExplainer, GradientExplainer, GnnExplainer)
Kind = type[OcclusionExplainer] | type[GradientExplainer] | type[GnnExplainer]

needs_model = pytest.mark.skipif(not default_model().exists(), reason=f"{default_model()} is not there yet")


def maskable(predictor: NetworkPredictor, member: str = "") -> MaskableNetwork:
    network = copy.deepcopy(predictor.network.only(member) if member else predictor.network)
    return MaskableNetwork(network.requires_grad_(False).eval(), predictor.version, torch.device("cpu"))


@pytest.fixture(scope="module")
def network(small_predictor: NetworkPredictor) -> MaskableNetwork:
    return maskable(small_predictor)


@pytest.fixture(scope="module")
def shipped() -> MaskableNetwork:
    return maskable(load_predictor(default_model(), "cpu"))


def explained(
    network: MaskableNetwork, kind: Kind, smiles: str, mz: int | None, *, seed: int = 0, **how: CancelToken | Callable[..., None]
) -> Explanation:
    explainer = kind(network, OriginsOfNetwork(network))
    request = ExplanationRequest(molecule_from_text(smiles), explainer.info.key, mz, seed=seed)
    return explainer.explain(request, how.get("progress", ignore_progress), how.get("cancel"))  # type: ignore[arg-type]


@pytest.mark.parametrize("mz", [43, None])
def test_occlusion_is_what_is_lost_of_the_target_without_each_atom(network: MaskableNetwork, mz: int | None) -> None:
    found = explained(network, OcclusionExplainer, "CC(=O)OC", mz)
    molecule = network.prepare(molecule_from_text("CC(=O)OC"))
    spectra = network.intensities_without(molecule, np.eye(molecule.atoms, dtype=bool))
    whole = molecule.intensity
    if mz is None:
        left = spectra @ whole / np.linalg.norm(spectra, axis=1) / np.linalg.norm(whole)
    else:
        left = spectra[:, mz - 1] / whole[mz - 1]
    assert found.atom_scores * found.largest == pytest.approx(lost(left), abs=1e-5)
    assert len(found.bond_scores) == len(found.bonds) == 4


def test_what_is_gained_counts_as_much_as_what_is_lost() -> None:
    assert lost(np.array([0.0, 0.5, 1.0, 2.0, 1e9])).tolist() == pytest.approx([1.0, 0.5, 0.0, -0.5, -1.0])


@needs_model
@pytest.mark.parametrize(("smiles", "mz"), [("CCCCc1ccccc1", 91), ("CCCCCCN", 30), ("CCN(CC)CC", None)])
def test_integrated_gradients_add_up_to_what_is_known_of_the_target(
    shipped: MaskableNetwork, smiles: str, mz: int | None
) -> None:
    found = explained(shipped, GradientExplainer, smiles, mz)
    molecule = shipped.prepare(molecule_from_text(smiles))
    nothing_known = torch.from_numpy(shipped.intensities_without(molecule, np.ones((1, molecule.atoms), dtype=bool))).float()
    expected = 1.0 - Target.of(molecule, mz)(nothing_known).item()
    total = (found.atom_scores.sum() + found.bond_scores.sum()) * found.largest
    assert total == pytest.approx(expected, abs=0.05)


@needs_model
@pytest.mark.parametrize(("kind", "smiles", "mz", "atoms"), [
    (OcclusionExplainer, "CCCCCCN", 30, {5, 6}),
    (GradientExplainer, "CCCCCCN", 30, {5, 6}),
    (GnnExplainer, "CCCCCCN", 30, {5, 6}),
])  # fmt: skip
def test_what_a_known_ion_rests_on_is_found(shipped: MaskableNetwork, kind: Kind, smiles: str, mz: int, atoms: set[int]) -> None:
    found = explained(shipped, kind, smiles, mz)
    assert found.request.molecule.smiles == smiles
    assert set(found.order[: len(atoms)]) == atoms


def test_an_algorithm_that_is_asked_for_what_it_does_not_do_says_so(network: MaskableNetwork) -> None:
    molecule = network.prepare(molecule_from_text("CCO"))
    target = Target.of(molecule, 31)
    model = GatedTarget(network, molecule, target, passes=1, message="", progress=ignore_progress, cancel=None)
    assert model(*graph_of(molecule, 2)).tolist() == pytest.approx([1.0, 1.0], abs=1e-5)
    with pytest.raises(ValueError, match="does not support"):
        PygExplainer(
            model,
            IntegratedGradients(),
            explanation_type="model",
            model_config=ONE_NUMBER_A_MOLECULE,
            node_mask_type="attributes",
        )


def test_a_seed_gives_the_same_masks_again_and_another_seed_others(
    network: MaskableNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gnn_explainer, "EPOCHS", 5)
    torch.manual_seed(11)
    before = torch.random.get_rng_state()
    first, again, other = (explained(network, GnnExplainer, "CC(=O)OC", 43, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.atom_scores, again.atom_scores)
    assert np.array_equal(first.bond_scores, again.bond_scores)
    assert not np.allclose(first.atom_scores, other.atom_scores)
    assert torch.equal(torch.random.get_rng_state(), before), "nobody else's random numbers change"


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("after", [0, 2])
def test_a_cancelled_explanation_stops_and_leaves_no_mark_on_the_network(
    network: MaskableNetwork, kind: Kind, after: int
) -> None:
    smiles = "C" * 40 + "N"  # so large that occlusion needs several chunks
    molecule = network.prepare(molecule_from_text(smiles))
    unmasked, token, told = np.zeros((1, molecule.atoms), dtype=bool), CancelToken(), []

    def progress(now: Progress) -> None:
        told.append(now)
        if len(told) > after:
            token.cancel()

    with pytest.raises(Cancelled):
        explained(network, kind, smiles, 30, progress=progress, cancel=token)
    assert len(told) == after + 1
    assert all(0 <= each.done < each.total and each.message for each in told)
    assert_unmarked(network)
    assert np.array_equal(network.intensities_without(molecule, unmasked)[0], molecule.intensity)


@pytest.mark.parametrize("kind", ALL)
def test_an_explanation_that_ended_leaves_no_mark_on_the_network(
    network: MaskableNetwork, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gnn_explainer, "EPOCHS", 2)
    weights = {name: tensor.clone() for name, tensor in network.network.state_dict().items()}
    explained(network, kind, "CCO", None)
    assert_unmarked(network)
    assert all(torch.equal(tensor, weights[name]) for name, tensor in network.network.state_dict().items())


def assert_unmarked(network: MaskableNetwork) -> None:
    layers = [module for module in network.network.modules() if isinstance(module, MessagePassing)]
    assert layers
    for layer in layers:
        assert layer.explain is None
        assert layer._edge_mask is None
        assert "_edge_mask" not in layer._parameters
    assert not any(module.training for module in network.network.modules())
    assert all(parameter.grad is None for parameter in network.network.parameters())


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(("mz", "words"), [(0, "no peak at m/z 0"), (500, "cannot have a peak at m/z 500")])
def test_a_peak_that_the_molecule_cannot_have_is_refused(network: MaskableNetwork, kind: Kind, mz: int, words: str) -> None:
    with pytest.raises(ExplanationError, match=words):
        explained(network, kind, "CCO", mz)


@needs_model
@pytest.mark.parametrize("kind", ALL)
def test_a_peak_of_which_nothing_is_predicted_is_refused_and_fragments_are_named_instead(
    shipped: MaskableNetwork, kind: Kind
) -> None:
    molecule = shipped.prepare(molecule_from_text("CCO"))
    nothing = int(np.flatnonzero(molecule.intensity[:46] < 1e-6)[-1]) + 1
    with pytest.raises(ExplanationError, match=r"next to nothing.*Fragments"):
        explained(shipped, kind, "CCO", nothing)


@pytest.mark.parametrize("kind", ALL)
def test_methane_and_networks_without_messages_are_explained_too(
    small_predictor: NetworkPredictor, network: MaskableNetwork, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gnn_explainer, "EPOCHS", 3)
    alone = explained(network, kind, "C", 15)
    assert alone.bonds == ()
    assert np.abs(alone.atom_scores).tolist() == [1.0]
    fingerprint = maskable(small_predictor, "fingerprint")
    found = explained(fingerprint, kind, "CC(=O)OC", 43)
    assert np.abs(found.atom_scores).max() == 1.0
    assert found.candidates == ()
