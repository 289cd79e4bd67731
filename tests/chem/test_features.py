"""Atoms, bonds and fingerprints as numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem

from bitspec_gui.chem.features import EDGE_FEATURES, NODE_FEATURES, graph_features
from bitspec_gui.chem.fingerprint import FINGERPRINT_BITS, count_fingerprint, tanimoto_matrix
from bitspec_gui.chem.molecule_features import featurise
from bitspec_gui.domain.errors import MoleculeError

read = Chem.MolFromSmiles
SMILES = ["CCO", "Cn1c(=O)c2c(ncn2C)n(C)c1=O", "C", "C[Si](C)(C)OC(=O)c1ccccc1", "O=[N+]([O-])c1ccccc1", "C[Sn](C)(C)C", "BrC#CI"]


@pytest.mark.parametrize("smiles", SMILES)
def test_every_bond_stands_in_both_directions_and_shapes_are_as_stated(smiles: str) -> None:
    molecule = Chem.MolFromSmiles(smiles)
    features = graph_features(read(smiles))
    assert features.nodes.shape == (molecule.GetNumAtoms(), NODE_FEATURES)
    assert features.edge_index.shape == (2, 2 * molecule.GetNumBonds())
    assert features.edges.shape == (2 * molecule.GetNumBonds(), EDGE_FEATURES)
    assert {tuple(pair) for pair in features.edge_index.T} == {tuple(pair[::-1]) for pair in features.edge_index.T}
    assert np.isfinite(features.nodes).all()


@given(st.sampled_from(SMILES), st.randoms(use_true_random=False))
def test_features_do_not_depend_on_the_order_in_which_atoms_are_written(smiles: str, random) -> None:
    molecule = Chem.MolFromSmiles(smiles)
    order = list(range(molecule.GetNumAtoms()))
    random.shuffle(order)
    shuffled = Chem.MolToSmiles(Chem.RenumberAtoms(molecule, order), canonical=False)
    first, second = graph_features(read(smiles)).nodes, graph_features(read(shuffled)).nodes
    assert sorted(map(tuple, first)) == sorted(map(tuple, second))
    assert np.array_equal(count_fingerprint(read(smiles)), count_fingerprint(read(shuffled)))


def test_elements_that_the_featuriser_does_not_list_still_get_features() -> None:
    assert graph_features(read("C[Pb](C)(C)C")).nodes[1, 12] == 1


def test_a_fingerprint_counts_substructures_rather_than_noting_them() -> None:
    assert count_fingerprint(read("CCCCCC")).max() > count_fingerprint(read("CCC")).max()
    assert count_fingerprint(read("CCO")).shape == (FINGERPRINT_BITS,)


def test_tanimoto_is_one_for_the_same_molecule_and_less_for_another() -> None:
    matrix = tanimoto_matrix(["CCO"], ["OCC", "c1ccccc1"])
    assert matrix[0, 0] == 1
    assert matrix[0, 1] < 0.5


def test_text_that_is_no_smiles_is_an_error() -> None:
    with pytest.raises(MoleculeError, match="cannot read the structure nonsense"):
        featurise("nonsense", "CH4", 16)
