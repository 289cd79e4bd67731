"""Fragments: all that one or two cuts leave, and nothing that hangs together by thin air."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem

from bitspec_gui.chem.formulae import FormulaWriter, IsotopeTable
from bitspec_gui.chem.fragment_features import FRAGMENT_FEATURES, ISOTOPE_WINDOW, fragment_features
from bitspec_gui.chem.fragments import HYDROGEN_SHIFTS, MAX_FRAGMENTS, enumerate_fragments
from bitspec_gui.chem.isotopes import isotope_pattern, nominal_mass

SMILES = [
    "CCO",
    "C",
    "CC(C)CC(=O)C",
    "c1ccccc1C",
    "C1CC1CO",
    "c1ccc2ccccc2c1",
    "CC(=O)Oc1ccccc1C(=O)O",
    "C1CC2CCC1C2",
    "CCO.[Na]",
]

Piece = frozenset[int]


def pieces_left_by(molecule: Chem.Mol, bonds: tuple[int, ...]) -> set[Piece]:
    """What falls apart when these bonds are removed, found by RDKit."""
    if not bonds:
        return {frozenset(part) for part in Chem.GetMolFrags(molecule)}
    broken = Chem.FragmentOnBonds(molecule, list(bonds), addDummies=False)
    return {frozenset(part) for part in Chem.GetMolFrags(broken)}


def found_in(molecule: Chem.Mol) -> dict[Piece, int]:
    fragments = enumerate_fragments(molecule)
    return {
        frozenset(np.flatnonzero(row).tolist()): int(cut) for row, cut in zip(fragments.members, fragments.bonds_cut, strict=True)
    }


@pytest.mark.parametrize("smiles", SMILES)
def test_every_piece_that_two_broken_bonds_leave_is_found_with_the_fewest_bonds(smiles: str) -> None:
    molecule = Chem.MolFromSmiles(smiles)
    expected: dict[Piece, int] = {}
    for broken in range(3):
        for bonds in combinations(range(molecule.GetNumBonds()), broken):
            for piece in pieces_left_by(molecule, bonds):
                expected.setdefault(piece, broken)
    found = found_in(molecule)
    assert {piece: found.get(piece) for piece in expected} == {
        piece: 0 if len(piece) == molecule.GetNumAtoms() else broken for piece, broken in expected.items()
    }


@pytest.mark.parametrize("smiles", [*SMILES, "CC(C)CCCC(C)C1CCC2C3CC=C4CC(O)CCC4(C)C3CCC12C", "C1CC2CC3CC(C1)C23"])
def test_every_fragment_hangs_together_and_stands_once(smiles: str) -> None:
    molecule = Chem.MolFromSmiles(smiles)
    members = enumerate_fragments(molecule).members
    assert len({row.tobytes() for row in members}) == len(members) <= MAX_FRAGMENTS
    assert members[0].all()
    adjacency = Chem.GetAdjacencyMatrix(molecule).astype(bool)
    whole = len(Chem.GetMolFrags(molecule)) == 1
    for row in members[0 if whole else 1 :].astype(bool):
        reached = np.zeros_like(row)
        reached[row.argmax()] = True
        for _ in range(len(row)):
            reached |= adjacency[reached].any(axis=0) & row
        assert (reached == row).all()


@given(st.sampled_from(SMILES), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_fragments_of_a_molecule_do_not_depend_on_how_its_atoms_are_numbered(smiles: str, random) -> None:
    molecule = Chem.MolFromSmiles(smiles)
    order = list(range(molecule.GetNumAtoms()))
    random.shuffle(order)
    renumbered = found_in(Chem.RenumberAtoms(molecule, order))
    assert {frozenset(order[atom] for atom in piece): cut for piece, cut in renumbered.items()} == found_in(molecule)


def test_a_molecule_of_hundreds_of_atoms_gives_no_more_fragments_than_are_kept() -> None:
    assert len(enumerate_fragments(Chem.MolFromSmiles("C" * 300))) == MAX_FRAGMENTS


def test_a_fragment_knows_its_formula_its_mass_and_its_isotopes() -> None:
    molecule = Chem.MolFromSmiles("BrCc1ccccc1Cl")
    fragments = fragment_features(molecule)
    assert fragments.values.shape == (len(fragments), FRAGMENT_FEATURES)
    assert fragments.isotopes.shape == (len(fragments), ISOTOPE_WINDOW)
    assert fragments.isotopes.sum(axis=1) == pytest.approx(np.ones(len(fragments)), abs=1e-5)
    whole = dict(zip(fragments.elements, fragments.counts[0].tolist(), strict=True))
    assert whole | {"H": int(fragments.hydrogens[0])} == {"C": 7, "H": 6, "Br": 1, "Cl": 1}
    first, abundance = isotope_pattern("C7H6BrCl")
    assert fragments.base[0] == nominal_mass("C7H6BrCl") + first
    assert fragments.isotopes[0, :5] / fragments.isotopes[0, 2] == pytest.approx(abundance[:5] / abundance[2], rel=0.02)


def test_tin_begins_with_its_lightest_isotope_that_can_be_seen() -> None:
    fragments = fragment_features(Chem.MolFromSmiles("C[Sn](C)(C)C"))
    assert fragments.base[0] < nominal_mass("C4H12Sn") <= fragments.base[0] + ISOTOPE_WINDOW


def test_no_fragment_takes_hydrogens_that_the_molecule_does_not_have() -> None:
    fragments = fragment_features(Chem.MolFromSmiles("CCO"))
    shifts = np.array(HYDROGEN_SHIFTS)
    assert not fragments.possible[0][shifts > 0].any()
    assert fragments.possible[0][shifts <= 0].all()
    oxygen = next(row for row, kept in enumerate(fragments.members) if kept.tolist() == [0, 0, 1])
    assert fragments.possible[oxygen].tolist() == [-1 <= shift <= 5 for shift in HYDROGEN_SHIFTS]


@pytest.mark.parametrize(
    ("counts", "offset", "shift"),
    [
        ({"C": 10, "H": 8}, 1, 1.00335),
        ({"C": 1, "H": 3, "Cl": 1}, 2, 1.99705),
        ({"C": 1, "H": 3, "Br": 1}, 2, 1.99795),
        ({"C": 1, "H": 2, "Br": 2}, 4, 3.9959),
        ({"C": 4, "H": 10}, 0, 0.0),
    ],
)
def test_isotope_peaks_lie_where_the_heavier_isotopes_put_them(counts: dict[str, int], offset: int, shift: float) -> None:
    heavier = IsotopeTable.of(tuple(counts)).heavier(np.array([list(counts.values())]))
    assert heavier(0, offset) == pytest.approx(shift, abs=0.001)


@pytest.mark.parametrize(
    ("counts", "formula"),
    [
        ({"Br": 1, "C": 7, "Cl": 1, "H": 6}, "C7H6BrCl"),
        ({"C": 0, "H": 1, "Br": 1, "O": 0}, "BrH"),
        ({"Si": 1, "C": 3, "H": 9}, "C3H9Si"),
        ({"C": 0, "H": 0}, ""),
    ],
)
def test_formulae_are_written_in_the_order_of_hill(counts: dict[str, int], formula: str) -> None:
    assert FormulaWriter(tuple(counts))(list(counts.values())) == formula
