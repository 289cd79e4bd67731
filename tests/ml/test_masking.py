"""What networks predict while they know nothing of some atoms: nothing else changes, and nothing of the atom is left."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from few_compounds import SMILES, features_of
from rdkit import Chem
from torch_geometric.explain.algorithm.utils import clear_masks, set_masks

from bitspec_gui.chem.features import EDGE_FEATURES
from bitspec_gui.chem.fingerprint import FINGERPRINT_BITS, count_fingerprint, fingerprint_environments
from bitspec_gui.chem.molecule_features import COMPOSITION_ELEMENTS, composition, elements_by_atom
from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.chem.symmetry import symmetry_classes
from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.ml.backbones import BondAttention
from bitspec_gui.ml.batches import copies_of, to_batch
from bitspec_gui.ml.explaining.masking import CHUNK, MaskableMolecule, MaskableNetwork
from bitspec_gui.ml.predictor import NetworkPredictor

AMINE = "CCCCN"
AWKWARD = ["C", "C[N+](=O)[O-]", "C1CC1", "CC#N", *SMILES]


@pytest.fixture(scope="module")
def network(small_predictor: NetworkPredictor) -> MaskableNetwork:
    return MaskableNetwork(small_predictor.network, small_predictor.version, torch.device("cpu"))


def prepared(network: MaskableNetwork, smiles: str) -> MaskableMolecule:
    return network.prepare(molecule_from_text(smiles))


def without(network: MaskableNetwork, molecule: MaskableMolecule, *atoms: int) -> np.ndarray:
    mask = np.zeros((1, molecule.atoms), dtype=bool)
    mask[0, list(atoms)] = True
    return network.intensities_without(molecule, mask)[0]


@pytest.mark.parametrize("smiles", AWKWARD)
def test_with_all_atoms_known_the_prediction_is_what_it_is_to_the_last_bit(network: MaskableNetwork, smiles: str) -> None:
    molecule = prepared(network, smiles)
    assert np.array_equal(without(network, molecule), molecule.intensity)
    assert molecule.intensity.sum() == pytest.approx(1, abs=1e-6)


def test_the_unmasked_spectrum_is_the_predictors(network: MaskableNetwork, small_predictor: NetworkPredictor) -> None:
    for smiles in SMILES:
        molecule = prepared(network, smiles)
        (prediction,) = small_predictor.predict([molecule.molecule])
        expected = molecule.intensity / molecule.intensity.max() * 999
        assert prediction.spectrum.intensity == pytest.approx(expected[prediction.spectrum.mz.astype(int) - 1], abs=0.01)


def test_nothing_is_left_of_what_was_known_of_a_masked_atom_and_its_bonds(network: MaskableNetwork) -> None:
    molecule = prepared(network, AMINE)
    nitrogen = Chem.MolFromSmiles(molecule.molecule.smiles).GetSubstructMatch(Chem.MolFromSmarts("N"))[0]
    touched = (molecule.batch.edge_index == nitrogen).any(dim=0)
    features, edges = molecule.batch.x.clone(), molecule.batch.edge_attr.clone()
    features[nitrogen], edges[touched] = 7.0, -3.0
    other = replace(molecule, batch=replace(molecule.batch, x=features, edge_attr=edges))
    assert np.array_equal(without(network, molecule, nitrogen), without(network, other, nitrogen))
    assert not np.allclose(without(network, molecule), without(network, other))


def test_each_atom_matters_in_one_way_or_other(network: MaskableNetwork) -> None:
    molecule = prepared(network, "CCOC(C)=O")
    spectra = network.intensities_without(molecule, np.eye(molecule.atoms, dtype=bool))
    assert np.abs(spectra - molecule.intensity).max(axis=1).min() > 1e-5


def test_peaks_stay_where_they_are_whatever_is_masked(network: MaskableNetwork) -> None:
    molecule = prepared(network, "CCBr")
    spectra = network.intensities_without(molecule, np.array([[True, False, False], [True, True, True]]))
    assert spectra.sum(axis=1) == pytest.approx(np.ones(2), abs=1e-6)
    heaviest = molecule.features.nominal_mass
    assert np.array_equal(spectra[:, :heaviest] > 0, np.tile(molecule.intensity[:heaviest] > 0, (2, 1)))
    assert spectra[:, molecule.features.last_mass :].max() == 0


def test_symmetric_atoms_are_missed_alike(network: MaskableNetwork) -> None:
    molecule = prepared(network, "c1ccccc1")
    spectra = network.intensities_without(molecule, np.eye(6, dtype=bool))
    assert np.abs(spectra - spectra[0]).max() < 1e-6


def test_the_composition_counts_only_atoms_that_are_known(network: MaskableNetwork) -> None:
    molecule = prepared(network, AMINE)
    nitrogen = Chem.MolFromSmiles(molecule.molecule.smiles).GetSubstructMatch(Chem.MolFromSmarts("N"))[0]
    gates = torch.ones(1, molecule.atoms)
    gates[0, nitrogen] = 0.0
    masked = network.masked(molecule, gates)
    # Butylamine without NH2 is C4H9; the mass and the energy of the electrons stay as they are.
    expected = composition("C4H9", molecule.features.nominal_mass)
    assert masked.composition[0].numpy() == pytest.approx(expected, abs=1e-6)


def test_substructures_that_hold_a_masked_atom_are_not_counted(network: MaskableNetwork) -> None:
    molecule = prepared(network, "CCO")
    gates = torch.tensor([[1.0, 1.0, 0.0], [0.5, 1.0, 1.0]])
    counts = torch.expm1(network.masked(molecule, gates).substructure_counts.view(2, -1))
    found = fingerprint_environments(molecule.molecule.smiles)
    rest = sum(1 for members in found.members if not members[2])
    assert counts[0].sum().item() == pytest.approx(rest, abs=1e-5)
    half = sum(0.5 if members[0] else 1.0 for members in found.members)
    assert counts[1].sum().item() == pytest.approx(half, abs=1e-5)


def test_what_is_told_of_a_fragment_counts_by_the_share_of_its_known_atoms(network: MaskableNetwork) -> None:
    molecule = prepared(network, "CCO")
    masked = network.masked(molecule, torch.tensor([[1.0, 1.0, 0.0]]))
    assert masked.fragments is not None
    assert molecule.batch.fragments is not None
    assert torch.allclose(masked.fragments.values[0], molecule.batch.fragments.values[0] * 2 / 3)
    oxygen = [row.tolist() for row in molecule.batch.fragments.members[0]].index([0.0, 0.0, 1.0])
    assert masked.fragments.values[oxygen].abs().max() == 0
    assert torch.equal(masked.fragments.base, molecule.batch.fragments.base)


def test_gates_between_known_and_masked_have_finite_slopes(network: MaskableNetwork) -> None:
    molecule = prepared(network, "CC(=O)OC")
    for level in (0.0, 0.5, 1.0):
        gates = torch.full((2, molecule.atoms), level, requires_grad=True)
        intensities = network.intensities(molecule, gates)
        (slope,) = torch.autograd.grad(intensities[:, 42].sum(), gates)
        assert torch.isfinite(slope).all()
        assert slope.abs().max() > 0
        assert intensities.sum(dim=1).tolist() == pytest.approx([1.0, 1.0], abs=1e-5)


def test_many_masks_are_computed_in_chunks_and_each_as_if_alone(network: MaskableNetwork) -> None:
    molecule = prepared(network, AMINE)
    masks = np.random.default_rng(1).random((CHUNK + 5, molecule.atoms)) < 0.5
    together = network.intensities_without(molecule, masks)
    alone = np.concatenate([network.intensities_without(molecule, mask[None]) for mask in masks[:: CHUNK // 2]])
    assert np.abs(together[:: CHUNK // 2] - alone).max() < 1e-6
    assert network.intensities_without(molecule, masks[:0]).shape == (0, 1000)


def test_masked_predictions_stop_when_they_are_cancelled(network: MaskableNetwork) -> None:
    molecule, token = prepared(network, AMINE), CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        network.intensities_without(molecule, np.zeros((1, molecule.atoms), dtype=bool), token)


def test_a_molecule_in_another_drawing_is_not_featurised_again_but_keeps_its_drawing(network: MaskableNetwork) -> None:
    first = prepared(network, AMINE)
    redrawn = replace(first.molecule, name="drawn again")
    second = network.prepare(redrawn)
    assert second.batch is first.batch
    assert second.molecule.name == "drawn again"


@pytest.mark.parametrize("smiles", AWKWARD)
def test_every_count_of_a_fingerprint_is_known_by_its_atoms(smiles: str) -> None:
    molecule = Chem.MolFromSmiles(smiles)
    found = fingerprint_environments(smiles)
    assert np.array_equal(np.bincount(found.bits, minlength=FINGERPRINT_BITS), count_fingerprint(molecule))
    assert found.members.shape == (len(found.bits), molecule.GetNumAtoms())
    assert found.members.any(axis=1).all()


def test_the_atoms_of_a_substructure_are_those_within_its_radius() -> None:
    found = fingerprint_environments("CCCCCCN")
    # The largest around an inner atom: two bonds to either side. None reaches over more than five atoms of a chain.
    assert found.members.sum(axis=1).max() == 5
    assert {tuple(np.flatnonzero(row)) for row in found.members} >= {(0,), (6,), (5, 6), (4, 5, 6), (1, 2, 3, 4, 5)}


def test_atoms_bring_their_hydrogens_to_the_composition() -> None:
    brought = elements_by_atom("CC(=O)O[Si](C)(C)C")
    totals = dict(zip(COMPOSITION_ELEMENTS, brought.sum(axis=0).tolist(), strict=True))
    assert {element: count for element, count in totals.items() if count} == {"C": 5, "H": 12, "O": 2, "Si": 1}


def test_atoms_that_symmetry_makes_the_same_share_a_class() -> None:
    classes = symmetry_classes("CCN(CC)CC").tolist()
    assert len(set(classes)) == 3
    assert [classes[atom] for atom in (0, 4, 6)] == [classes[0]] * 3
    # Mirror images are the same to a mass spectrometer.
    assert len(set(symmetry_classes("C[C@H](O)[C@@H](C)O").tolist())) == 3


def test_copies_of_a_molecule_are_the_batch_that_joining_it_several_times_makes() -> None:
    for smiles in ("C", AMINE, "CC1CC1"):
        features = features_of(smiles)
        copied, joined = copies_of(to_batch([features]), 3), to_batch([features] * 3)
        assert copied.fragments is not None
        assert joined.fragments is not None
        for one, other in ((copied, joined), (copied.fragments, joined.fragments)):
            for field in fields(one):
                got, expected = getattr(one, field.name), getattr(other, field.name)
                assert torch.equal(got, expected) if isinstance(got, torch.Tensor) else True, field.name


def test_messages_held_back_by_gates_are_held_back_as_by_pygs_edge_mask() -> None:
    torch.manual_seed(4)
    layer = BondAttention(8, 4, heads=2, edge_dim=EDGE_FEATURES, add_self_loops=False).eval()
    batch = to_batch([features_of("CC(=O)OC")])
    states, gates = torch.randn(len(batch.x), 8), torch.rand(batch.edge_index.shape[1])
    with torch.no_grad():
        held_back = layer(states, batch.edge_index, batch.edge_attr, edge_gates=gates)
        set_masks(layer, gates, batch.edge_index, apply_sigmoid=False)
        by_pyg = layer(states, batch.edge_index, batch.edge_attr)
        # Both together, as a network behind gates has it while PyG explains it.
        twice = layer(states, batch.edge_index, batch.edge_attr, edge_gates=gates)
        clear_masks(layer)
        squared = layer(states, batch.edge_index, batch.edge_attr, edge_gates=gates.square())
    assert torch.allclose(held_back, by_pyg, atol=1e-6)
    assert torch.allclose(twice, squared, atol=1e-6)
