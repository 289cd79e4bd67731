"""The small rings of a drawing."""

from __future__ import annotations

import pytest
from rdkit import Chem
from sketching_aids import as_rdkit

from bitspec_gui.domain.sketch import Sketch, SketchAtom, SketchBond
from bitspec_gui.services.sketching import sketch_of_text
from bitspec_gui.sketch.cycles import small_rings


@pytest.mark.parametrize(
    "smiles",
    [
        "CCO", "c1ccccc1", "c1ccc2ccccc2c1", "C[C@H]1CC[C@H]2[C@@H]3CC=C4CCCC[C@]4(C)[C@H]3CC[C@]12C",
        "Cn1cnc2c1c(=O)n(C)c(=O)n2C", "c1cc2ccc3ccc4ccc5ccc6ccc1c1c2c3c4c5c61", "C1CC2(C1)CCC2", "C1CCC1CC1CC1", "C1CCCCCCCCCCC1",
        "c1ccc2c(c1)ccc1ccccc12.C1CC1",
    ],
)  # fmt: skip
def test_small_rings_are_those_of_rdkit_up_to_eight_atoms(smiles):
    sketch = sketch_of_text(smiles)
    order = {atom: place for place, atom in enumerate(sketch.atoms)}
    known = {frozenset(ring) for ring in Chem.GetSymmSSSR(as_rdkit(sketch)) if len(ring) <= 8}
    assert {frozenset(order[atom] for atom in ring) for ring in small_rings(sketch)} == known


def test_bridged_rings_are_found_from_bridge_to_bridge():
    norbornene = small_rings(sketch_of_text("C1CC2CC1C=C2"))
    assert sorted(map(len, norbornene)) == [5, 5, 6]


def test_each_ring_goes_around_from_neighbour_to_neighbour():
    sketch = sketch_of_text("c1ccc2[nH]ccc2c1")
    for ring in small_rings(sketch):
        pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
        assert all(sketch.bond_between(one, other) is not None for one, other in pairs)


def test_rings_larger_than_asked_for_are_left_out():
    size = 9
    atoms = {k: SketchAtom(float(k), 0.0) for k in range(1, size + 1)}
    bonds = {100 + k: SketchBond(k, k % size + 1) for k in range(1, size + 1)}
    sketch = Sketch(atoms, bonds, 200)
    assert small_rings(sketch) == ()
    assert len(small_rings(sketch, largest=9)) == 1
