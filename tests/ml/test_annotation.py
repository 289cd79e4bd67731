"""What peaks are said to be made of follows from the scores of fragments, and adds up."""

import numpy as np
import pytest
import torch
from few_compounds import SMILES, features_of

from bitspec_gui.chem.fragments import HYDROGEN_SHIFTS
from bitspec_gui.chem.isotopes import isotope_pattern
from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.ml.annotation import annotate
from bitspec_gui.ml.batches import to_batch
from bitspec_gui.ml.confidence import FAR, ConfidenceModel, TrainingDomain
from bitspec_gui.ml.fragment_network import on_bins
from bitspec_gui.ml.molecular_ion import with_natural_isotopes
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.network_config import FragmentConfig
from bitspec_gui.ml.predictor import NetworkPredictor

NO_SHIFT = HYDROGEN_SHIFTS.index(0)


def fragment_of(features, atoms: list[int]) -> int:
    rows = [np.flatnonzero(row).tolist() for row in features.fragments.members]
    return rows.index(atoms)


def test_a_peak_made_by_one_fragment_is_assigned_to_it_with_formula_loss_and_exact_mass() -> None:
    features = features_of("CCCCc1ccccc1")
    scored = np.zeros((len(features.fragments), len(HYDROGEN_SHIFTS)), dtype=np.float32)
    benzyl = fragment_of(features, [3, 4, 5, 6, 7, 8, 9])
    scored[benzyl, NO_SHIFT] = 3.0
    rest = np.zeros(1000, dtype=np.float32)
    rest[90] = 1.0
    (tropylium, carbon_13) = annotate([91, 92], features.fragments, [(scored, rest)])
    (assignment,) = tropylium.assignments
    assert (assignment.formula, assignment.neutral_loss, assignment.hydrogen_shift) == ("C7H7", "C3H7", 0)
    assert assignment.atoms == (3, 4, 5, 6, 7, 8, 9)
    assert assignment.exact_mz == pytest.approx(91.05423, abs=2e-5)
    made = 3.0 * float(features.fragments.isotopes[benzyl, 0])
    assert assignment.probability == pytest.approx(made / (made + 1), abs=1e-3)
    assert tropylium.unassigned == pytest.approx(1 / (made + 1), abs=1e-3)
    assert carbon_13.assignments[0].isotope == 1
    assert carbon_13.assignments[0].exact_mz == pytest.approx(92.0576, abs=1e-3)


def test_a_peak_that_no_fragment_can_make_is_unassigned() -> None:
    features = features_of("CCO")
    scored = np.ones((len(features.fragments), len(HYDROGEN_SHIFTS)), dtype=np.float32) * features.fragments.possible
    (annotation,) = annotate([5], features.fragments, [(scored, np.full(1000, 0.1, dtype=np.float32))])
    assert not annotation.is_assigned
    assert annotation.unassigned == 1


def test_hydrogens_that_bear_a_label_are_hydrogens_in_formulae_and_masses() -> None:
    features = features_of("[2H]C([2H])([2H])c1ccccc1")
    assert features.fragments is not None
    scored = np.zeros((len(features.fragments), len(HYDROGEN_SHIFTS)), dtype=np.float32)
    scored[0, HYDROGEN_SHIFTS.index(0)] = 1.0
    (peak,) = annotate([92], features.fragments, [(scored, np.zeros(1000, dtype=np.float32))])
    (ion,) = peak.assignments
    assert (ion.formula, ion.neutral_loss, ion.isotope) == ("C7H8", "", 0)
    assert ion.exact_mz == pytest.approx(92.0621, abs=1e-4)


def test_ions_of_one_formula_are_one_assignment() -> None:
    features = features_of("CCCCC")
    scored = np.ones((len(features.fragments), len(HYDROGEN_SHIFTS)), dtype=np.float32) * features.fragments.possible
    for annotation in annotate(range(12, 74), features.fragments, [(scored, np.zeros(1000, dtype=np.float32))]):
        names = [(assignment.formula, assignment.isotope) for assignment in annotation.assignments]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("smiles", SMILES)
def test_assignments_are_ranked_add_up_and_agree_with_the_molecule(smiles: str, small_fragment_network: FragmentConfig) -> None:
    torch.manual_seed(1)
    predictor = NetworkPredictor(Ensemble({"only": small_fragment_network}), ModelVersion("untrained", "0", ""), "cpu")
    molecule = molecule_from_text(smiles)
    (prediction,) = predictor.predict([molecule], annotate=True)
    assert [annotation.mz for annotation in prediction.annotations] == prediction.spectrum.mz.astype(int).tolist()
    for annotation in prediction.annotations:
        shares = [assignment.probability for assignment in annotation.assignments]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) + annotation.unassigned <= 1.001
        for assignment in annotation.assignments:
            assert abs(assignment.exact_mz - annotation.mz) < 0.5
            assert set(assignment.atoms) <= set(range(len(features_of(smiles).nodes)))
    (plain,) = predictor.predict([molecule])
    assert plain.annotations == ()
    assert plain.spectrum == prediction.spectrum


@pytest.mark.parametrize(
    ("smiles", "formula"), [("CCBr", "C2H5Br"), ("ClC(Cl)Cl", "CHCl3"), ("CSC", "C2H6S"), ("C[Si](C)(C)OCC", "C5H14OSi")]
)
def test_isotopes_of_the_molecular_ion_are_those_of_nature(
    smiles: str, formula: str, small_fragment_network: FragmentConfig
) -> None:
    batch = to_batch([features_of(smiles)])
    molecular = int(batch.nominal_mass[0])
    guessed = torch.rand(1, 1000, generator=torch.Generator().manual_seed(4))
    guessed[0, molecular - 4 : molecular - 1] = 0.0
    guessed[0, int(batch.last_mass[0]) :] = 0.0
    settled = with_natural_isotopes(guessed, batch)[0].numpy()
    _, abundance = isotope_pattern(formula)
    visible = int(batch.last_mass[0]) - molecular + 1
    assert settled[molecular - 1 : molecular - 1 + visible] / settled[molecular - 1] == pytest.approx(
        abundance[:visible], rel=0.05, abs=2e-3
    )
    assert not settled[int(batch.last_mass[0]) :].any()
    assert np.array_equal(settled[: molecular - 1], guessed[0].numpy()[: molecular - 1])


def test_the_isotopes_of_an_ion_that_lost_a_hydrogen_count_at_the_molecular_ion() -> None:
    batch = to_batch([features_of("CCBr")])
    guessed = torch.zeros(1, 1000)
    guessed[0, 106], guessed[0, 107] = 1.0, 0.5
    settled = with_natural_isotopes(guessed, batch)[0]
    assert settled[108] > 0.9  # 81Br of the ion at 107
    assert settled[109] == pytest.approx(0.5 * 0.97, abs=0.03)


def test_scores_land_on_the_bins_of_fragment_shift_and_isotope() -> None:
    features = features_of("CCBr")
    batch = to_batch([features_of("CCO"), features])
    assert batch.fragments is not None
    scores = torch.zeros(len(batch.fragments.base), len(HYDROGEN_SHIFTS))
    bromine = int(batch.fragments.whole[1]) + fragment_of(features, [2])
    scores[bromine, HYDROGEN_SHIFTS.index(1)] = 1.0
    bins = on_bins(scores, batch.fragments, 2)
    assert (np.flatnonzero(bins[1].numpy() > 1e-3) + 1).tolist() == [80, 82]  # HBr
    assert not bins[0].any()


def test_confidence_follows_the_agreement_that_it_was_calibrated_on() -> None:
    generator = np.random.default_rng(0)
    evidence = generator.normal(size=(600, 6))
    cosines = 1 / (1 + np.exp(-(0.8 + evidence[:, 0] - 0.5 * evidence[:, 1])))
    model = ConfidenceModel.calibrated(evidence, cosines)
    confidence = model(evidence)
    assert confidence.mean() == pytest.approx(cosines.mean(), abs=1e-3)
    assert np.corrcoef(confidence, cosines)[0, 1] > 0.97
    assert ((confidence >= 0) & (confidence <= 1)).all()
    assert ConfidenceModel.from_json(model.as_json()) == model


def test_a_molecule_unlike_all_training_compounds_is_told_apart_with_the_reason() -> None:
    domain = TrainingDomain.of([features_of(smiles) for smiles in ("CCO", "CCCO", "CCCCO")], ["X" * 14])
    known, strange = (float(domain.nearest([features_of(smiles)])[0]) for smiles in ("CCCO", "Cn1c(=O)c2c(ncn2C)n(C)c1=O"))
    assert known == 1
    assert strange < FAR
    assert domain.notes(60, known) == ()
    (far, heavy) = domain.notes(400, strange)
    assert f"{strange:.2f}" in far
    assert "heavier" in heavy
