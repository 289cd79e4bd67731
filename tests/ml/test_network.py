"""What a network's answer must be, trained or not."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch
from few_compounds import SMILES, features_of
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.chem.features import EDGE_FEATURES
from bitspec_gui.chem.isotopes import last_isotope_mass
from bitspec_gui.chem.molecule_features import featurise
from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.ml.backbones import BondAttention
from bitspec_gui.ml.batches import to_batch
from bitspec_gui.ml.heads import LOSS_OFFSET, BidirectionalHead
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.network_config import FingerprintConfig, FragmentConfig, NetworkConfig
from bitspec_gui.ml.predictor import NetworkPredictor

VERSION = ModelVersion("untrained", "0" * 64, "none")


def network(config: NetworkConfig, seed: int = 0) -> Ensemble:
    torch.manual_seed(seed)
    return Ensemble({"only": config}).eval()


TINY = (
    FragmentConfig(graph_layers=1, graph_hidden=8, graph_heads=2, fragment_hidden=8, rest_hidden=8),
    FingerprintConfig(trunk_hidden=8, trunk_blocks=1),
)


@given(st.integers(0, 10_000), st.sampled_from(SMILES), st.sampled_from(TINY))
@settings(max_examples=15, deadline=None)
def test_nothing_is_predicted_above_the_isotopes_of_the_molecular_ion(seed: int, smiles: str, config: NetworkConfig) -> None:
    molecule = molecule_from_text(smiles)
    with torch.no_grad():
        roots = network(config, seed)(to_batch([features_of(smiles)]))[0]
    last = last_isotope_mass(molecule.formula)
    assert not roots[last:].any()
    assert (roots[:last] > 0).all()


def test_a_molecule_is_predicted_the_same_alone_and_in_a_batch(small_network: NetworkConfig) -> None:
    trained = network(small_network)
    features = [features_of(smiles) for smiles in SMILES]
    with torch.no_grad():
        together = trained(to_batch(features))
        alone = torch.cat([trained(to_batch([one])) for one in features])
    assert torch.allclose(together, alone, atol=1e-5)


def test_the_order_of_atoms_does_not_change_the_prediction(small_network: NetworkConfig) -> None:
    trained = network(small_network)
    with torch.no_grad():
        first, second = (trained(to_batch([features_of(smiles)])) for smiles in ("OCCc1ccccc1", "c1ccc(cc1)CCO"))
    assert torch.allclose(first, second, atol=1e-5)


def test_the_neutral_loss_bins_move_with_the_molecular_mass() -> None:
    head = BidirectionalHead(4)
    with torch.no_grad():
        for layer in (head.forward_bins, head.loss_bins, head.gate):
            layer.weight.zero_()
            layer.bias.zero_()
        head.gate.bias.fill_(-20.0)
        head.loss_bins.bias[LOSS_OFFSET + 18] = 9.0  # loss of water
        scores = head(torch.zeros(2, 4), to_batch([features_of("CCCCCO"), features_of("CCCCCCCCCCO")]))
    assert (scores.argmax(dim=1) + 1).tolist() == [88 - 18, 158 - 18]


def test_an_ensemble_predicts_the_weighted_mean_of_the_intensities_of_its_members(small_network: NetworkConfig) -> None:
    torch.manual_seed(0)
    both = Ensemble({"one": small_network, "other": small_network}, {"one": 0.75, "other": 0.25}).eval()
    batch = to_batch([features_of("CCO")])
    with torch.no_grad():
        mean = 0.75 * both.only("one")(batch).square() + 0.25 * both.only("other")(batch).square()
        assert torch.allclose(both(batch).square(), mean, atol=1e-6)


def test_a_lower_electron_energy_changes_the_prediction_but_not_where_it_ends(small_network: NetworkConfig) -> None:
    molecule = molecule_from_text("CCCCO")
    usual, low = (featurise(molecule.smiles, molecule.formula, molecule.nominal_mass, energy) for energy in (70.0, 14.0))
    with torch.no_grad():
        roots = network(small_network)(to_batch([usual, low]))
    assert not torch.allclose(roots[0], roots[1])
    assert torch.equal(roots[0] > 0, roots[1] > 0)


def test_predictions_are_unit_mass_spectra_with_base_peak_999_that_name_their_version(small_network: NetworkConfig) -> None:
    predictor = NetworkPredictor(network(small_network), VERSION, "cpu")
    molecules = [molecule_from_text(smiles) for smiles in SMILES]
    for molecule, prediction in zip(molecules, predictor.predict(molecules), strict=True):
        assert prediction.molecule is molecule
        assert prediction.model_version is VERSION
        assert prediction.spectrum.intensity.max() == pytest.approx(999)
        assert np.array_equal(prediction.spectrum.mz, np.round(prediction.spectrum.mz))


def test_no_molecules_give_no_predictions(small_network: NetworkConfig) -> None:
    assert NetworkPredictor(network(small_network), VERSION, "cpu").predict([]) == []


def test_a_single_atom_is_predicted(small_network: NetworkConfig) -> None:
    (prediction,) = NetworkPredictor(network(small_network), VERSION, "cpu").predict([molecule_from_text("C")])
    assert prediction.spectrum.mz.max() <= 17


def test_a_cancelled_prediction_stops(small_network: NetworkConfig) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        NetworkPredictor(network(small_network), VERSION, "cpu").predict([molecule_from_text("CCO")], token)


def test_building_a_network_writes_no_file(small_network: NetworkConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    network(small_network)(to_batch([features_of("CCO")]))
    assert list(tmp_path.iterdir()) == []


def test_bond_attention_computed_directly_is_what_message_passing_gives() -> None:
    torch.manual_seed(2)
    layer = BondAttention(16, 4, heads=4, edge_dim=EDGE_FEATURES, add_self_loops=False)
    batch = to_batch([features_of(smiles) for smiles in SMILES])
    states = torch.randn(len(batch.x), 16)
    directly = layer(states, batch.edge_index, batch.edge_attr)
    passed, (_, attention) = layer(states, batch.edge_index, batch.edge_attr, return_attention_weights=True)
    assert torch.allclose(directly, passed, atol=1e-6)
    assert attention.shape == (batch.edge_index.shape[1], 4)
    for got, expected in zip(
        torch.autograd.grad(directly.square().sum(), list(layer.parameters())),
        torch.autograd.grad(passed.square().sum(), list(layer.parameters())),
        strict=True,
    ):
        assert torch.allclose(got, expected, atol=1e-4)
