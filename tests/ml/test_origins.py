"""Where the bins of a predicted spectrum come from: complete, the same for what symmetry makes the same, and as annotated."""

from __future__ import annotations

import numpy as np
import pytest
from few_compounds import SMILES, features_of
from rdkit import Chem

from bitspec_gui.chem.automorphisms import symmetry_generators
from bitspec_gui.chem.fragment_features import bearable_shifts
from bitspec_gui.chem.fragments import HYDROGEN_SHIFTS
from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.chem.symmetry import symmetry_classes
from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import IonOrigins
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.ml.explaining.candidates import candidates
from bitspec_gui.ml.explaining.explainable import NetworkExplanations, explainable_of
from bitspec_gui.ml.explaining.origins import ion_origins
from bitspec_gui.ml.explaining.symmetric_fragments import symmetric, with_equals
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.predictor import NetworkPredictor

NO_SHIFT = HYDROGEN_SHIFTS.index(0)
BUTYLBENZENE = "CCCCc1ccccc1"
PHTHALATE = "CCOC(=O)c1ccccc1C(=O)OCC"
LONG_DIESTER = "CCCCOCCOC(=O)CCCCCCCCC(=O)OCCOCCCC"
"""More than 256 fragments, so that of two that are the same one may be left out."""


@pytest.fixture(scope="module")
def explanations(small_predictor: NetworkPredictor) -> NetworkExplanations:
    return explainable_of(small_predictor)


def origins_of_scores(smiles: str, scores: dict[tuple[int, ...], float], rest: float = 0.0, shift: int = 0) -> IonOrigins:
    """Origins if a network gave these fragments these intensities, with hydrogens shifted, and `rest` to every bin."""
    molecule, features = molecule_from_text(smiles), features_of(smiles)
    assert features.fragments is not None
    rows = [tuple(np.flatnonzero(row).tolist()) for row in features.fragments.members]
    scored = np.zeros((len(rows), len(HYDROGEN_SHIFTS)), dtype=np.float32)
    for atoms, intensity in scores.items():
        scored[rows.index(atoms), NO_SHIFT + shift] = intensity
    others = np.full(1000, rest, dtype=np.float32)
    intensity = np.full(1000, 1e-3)
    version = ModelVersion("by hand", "0" * 64, "")
    return ion_origins(molecule, version, features.fragments, [(scored, others)], intensity, features.last_mass)


def candidates_of(origins: IonOrigins, mz: int):
    fragments = features_of(origins.molecule.smiles).fragments
    assert fragments is not None
    return candidates(origins, fragments, symmetry_classes(origins.molecule.smiles), mz)


def test_a_bin_comes_from_the_fragment_and_the_isotope_that_make_it() -> None:
    origins = origins_of_scores(BUTYLBENZENE, {(3, 4, 5, 6, 7, 8, 9): 3.0, (0, 1, 2): 1.0}, rest=0.5)
    assert origins.atoms_of(91).tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1]
    assert origins.atoms_of(92).tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1]
    assert origins.atoms_of(43).tolist() == [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    (tropylium,) = candidates_of(origins, 91)
    (carbon_13,) = candidates_of(origins, 92)
    assert (tropylium.formula, tropylium.neutral_loss, tropylium.isotope) == ("C7H7", "C3H7", 0)
    assert tropylium.exact_mz == pytest.approx(91.05423, abs=2e-5)
    assert (carbon_13.formula, carbon_13.isotope) == ("C7H7", 1)
    assert tropylium.probability == pytest.approx(1 - origins.unassigned[90])
    assert 0.1 < origins.unassigned[90] < 0.2


def test_a_peak_of_next_to_no_predicted_intensity_still_has_its_candidates() -> None:
    origins = origins_of_scores(BUTYLBENZENE, {(3, 4, 5, 6, 7, 8, 9): 1e-12}, rest=1.0)
    assert origins.unassigned[90] == pytest.approx(1.0)
    assert origins.atoms_of(91)[3:].tolist() == [1.0] * 7
    assert [candidate.formula for candidate in candidates_of(origins, 91)] == ["C7H7"]


def test_a_peak_that_no_fragment_can_be_has_neither_atoms_nor_candidates() -> None:
    origins = origins_of_scores(BUTYLBENZENE, {(3, 4, 5, 6, 7, 8, 9): 1.0}, rest=1.0)
    assert not origins.atoms_of(5).any()
    assert candidates_of(origins, 5) == ()
    assert origins.unassigned[4] == 1


@pytest.mark.parametrize(("shift", "formula"), [(1, "CH4"), (2, "CH5"), (3, ""), (4, "")])
def test_an_ion_of_more_hydrogens_than_can_be_borne_is_no_candidate(shift: int, formula: str) -> None:
    origins = origins_of_scores(BUTYLBENZENE, {(0,): 1.0}, shift=shift)
    mz = 15 + shift
    assert [candidate.formula for candidate in candidates_of(origins, mz)] == ([formula] if formula else [])
    assert origins.unassigned[mz - 1] == pytest.approx(0.0 if formula else 1.0)


@pytest.mark.parametrize(
    "smiles", ["C[Si](C)(C)OCC", "CS(=O)(=O)C", "COP(=O)(OC)OC", "FS(F)(F)(F)(F)C", "CB(O)O", "C[Sn](C)(C)C"]
)
def test_the_atoms_of_a_molecule_can_be_borne_as_they_stand(smiles: str) -> None:
    features = features_of(smiles)
    assert features.fragments is not None
    assert bearable_shifts(features.fragments)[:, : NO_SHIFT + 1].all()
    assert bearable_shifts(features.fragments)[0, NO_SHIFT + 1]


def test_fragments_that_symmetry_makes_the_same_are_one_candidate_with_the_sum_of_their_probabilities() -> None:
    one, other = (0, 1), (14, 15)
    origins = origins_of_scores(PHTHALATE, {one: 1.0, other: 3.0})
    (ethyl,) = candidates_of(origins, 29)
    assert (ethyl.formula, ethyl.atoms) == ("C2H5", one)
    assert ethyl.probability == pytest.approx(1.0)


def test_what_fragments_that_are_the_same_make_is_shared_out_evenly() -> None:
    origins = origins_of_scores(PHTHALATE, {(0, 1): 1.0, (14, 15): 3.0})
    even = symmetric(origins, symmetry_generators(origins.molecule.smiles))
    assert even.atoms_of(29)[[0, 1, 14, 15]].tolist() == [0.5] * 4
    assert len(even.members) == len(origins.members)
    assert np.bincount(even.mz, even.share)[29] == pytest.approx(1.0)


def test_a_fragment_that_was_left_out_counts_like_the_one_that_it_is_the_same_as(explanations: NetworkExplanations) -> None:
    molecule = molecule_from_text(LONG_DIESTER)
    generators = symmetry_generators(molecule.smiles)
    fragments = features_of(LONG_DIESTER).fragments
    assert fragments is not None
    scored = fragments.members.astype(bool)
    known = {row.tobytes() for row in scored}
    mirrored = np.zeros_like(scored)
    mirrored[:, generators[0]] = scored
    assert any(row.tobytes() not in known for row in mirrored), "this molecule has fragments without their equals"
    complete, orbit = with_equals(scored, generators)
    assert len(complete) > len(scored)
    assert (complete[: len(scored)] == scored).all()
    assert np.bincount(orbit)[np.bincount(orbit) > 0].max() == 2
    origins = explanations.origins(molecule)
    everyone = np.array([origins.atoms_of(mz) for mz in range(12, molecule.nominal_mass + 1)])
    assert everyone == pytest.approx(everyone[:, generators[0]], abs=1e-12)
    assert origins.peaks_with([0, 1]) == pytest.approx(origins.peaks_with(generators[0][[0, 1]].tolist()))


@pytest.mark.parametrize("smiles", SMILES)
def test_origins_are_complete_and_agree_with_the_annotated_peaks(
    smiles: str, explanations: NetworkExplanations, small_predictor: NetworkPredictor
) -> None:
    molecule = molecule_from_text(smiles)
    origins = explanations.origins(molecule)
    assert origins.intensity.sum() == pytest.approx(1.0)
    made = np.bincount(origins.mz, origins.share)
    assert made[made > 0] == pytest.approx(1.0)
    assert (np.diff(origins.mz) >= 0).all()
    assert ((origins.unassigned >= 0) & (origins.unassigned <= 1)).all()
    assert origins.mz.max() <= features_of(smiles).last_mass
    # As many atoms of the same elements and the same hydrogens: one formula.
    elements = features_of(smiles).nodes[:, :13]
    borne = [Chem.MolFromSmiles(molecule.smiles).GetAtomWithIdx(atom).GetTotalNumHs() for atom in range(len(elements))]
    heavy, hydrogens = origins.members @ elements, origins.members @ borne
    (prediction,) = small_predictor.predict([molecule], annotate=True)
    for annotation in prediction.annotations:
        assert origins.unassigned[annotation.mz - 1] == pytest.approx(annotation.unassigned, abs=1e-4)
        for assignment in annotation.assignments:
            atoms = list(assignment.atoms)
            same = (heavy[origins.fragment] == elements[atoms].sum(axis=0)).all(axis=1)
            same &= hydrogens[origins.fragment] + origins.shift == sum(borne[atom] for atom in atoms) + assignment.hydrogen_shift
            share = origins.share[same & (origins.mz == annotation.mz)].sum()
            assert share * (1 - annotation.unassigned) == pytest.approx(assignment.probability, abs=0.005)


def test_every_peak_holds_some_atom_and_no_peak_more_than_its_whole_intensity(explanations: NetworkExplanations) -> None:
    origins = explanations.origins(molecule_from_text(PHTHALATE))
    atoms = origins.members.shape[1]
    for atom in range(atoms):
        shares = origins.peaks_with([atom])
        assert shares
        assert max(shares.values()) <= 1 + 1e-9
        assert set(origins.peaks_with([atom, (atom + 5) % atoms])) <= set(shares)


def test_a_network_without_fragments_says_that_it_does_not_know_where_peaks_come_from(small_predictor: NetworkPredictor) -> None:
    alone = NetworkPredictor(Ensemble({"only": small_predictor.network.configs["fingerprint"]}), small_predictor.version, "cpu")
    with pytest.raises(ExplanationError, match="scores no fragments"):
        explainable_of(alone).origins(molecule_from_text("CCO"))
