"""Every way to lay a molecule onto itself follows from the permutations that are found."""

from __future__ import annotations

import numpy as np
import pytest
from rdkit import Chem

from bitspec_gui.chem.automorphisms import symmetry_generators
from bitspec_gui.chem.symmetry import symmetry_classes


def all_ways(generators: np.ndarray, atoms: int) -> set[tuple[int, ...]]:
    known = {tuple(range(atoms))}
    frontier = list(known)
    while frontier:
        new = {tuple(generator[place] for place in way) for generator in generators.tolist() for way in frontier} - known
        known |= new
        frontier = list(new)
    return known


@pytest.mark.parametrize(
    ("smiles", "ways"),
    [
        ("CCO", 1),
        ("Cc1ccccc1", 2),
        ("CC(C)(C)C", 24),
        ("c1ccccc1", 12),
        ("CCO[Si](C)(C)C", 6),
        ("C12C3C4C1C1C2C3C41", 48),
        ("C1C2CC3CC1CC(C2)C3", 24),
        ("c1ccc(-c2ccccc2)cc1", 8),
    ],
)
def test_a_molecule_is_laid_onto_itself_in_all_ways_that_there_are(smiles: str, ways: int) -> None:
    molecule = Chem.MolFromSmiles(smiles)
    found = all_ways(symmetry_generators(smiles), molecule.GetNumAtoms())
    assert len(found) == ways
    assert found == set(molecule.GetSubstructMatches(molecule, uniquify=False))


@pytest.mark.parametrize(
    "smiles", ["CCOC(=O)c1ccccc1C(=O)OCC", "CC(C)(C)c1cc(C(C)(C)C)c([Si](C)(F)F)c(C(C)(C)C)c1", "OCC1OC(O)C(O)C(O)C1O"]
)
def test_atoms_are_laid_on_each_other_exactly_where_symmetry_makes_them_the_same(smiles: str) -> None:
    classes = symmetry_classes(smiles)
    laid_on = np.array(sorted(all_ways(symmetry_generators(smiles), len(classes))))
    assert (classes[laid_on] == classes).all()
    for atom, number in enumerate(classes):
        assert set(laid_on[:, atom]) == set(np.flatnonzero(classes == number))
