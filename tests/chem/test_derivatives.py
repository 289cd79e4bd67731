import numpy as np
import pytest

from bitspec_gui.chem.derivatives import derivative_structure, derivatives_of, infer_derivative, parent_agrees
from bitspec_gui.chem.parse import structure_keys
from bitspec_gui.domain.spectrum import Spectrum


def spectrum(**peaks):
    mz = sorted(int(key[1:]) for key in peaks)
    return Spectrum(mz=np.array(mz, dtype=float), intensity=np.array([peaks[f"m{m}"] for m in mz], dtype=float))


def masses(smiles):
    return {(d.tms, d.methoximes): d.nominal_mass for d in derivatives_of(smiles)}


def test_derivatives_of_alanine_are_those_of_its_three_active_hydrogens():
    assert masses("CC(N)C(=O)O") == {(0, 0): 89, (1, 0): 161, (2, 0): 233, (3, 0): 305}


def test_ketones_and_aldehydes_take_a_methoxime_and_acids_esters_and_amides_none():
    assert masses("CC(=O)C(=O)O") == {(0, 0): 88, (1, 0): 160, (0, 1): 117, (1, 1): 189}
    assert masses("COC(=O)C") == {(0, 0): 74}
    assert (0, 1) in masses("O=Cc1ccccc1")
    assert (0, 1) not in masses("CC(=O)Nc1ccccc1")


def test_ring_sugar_opens_to_a_methoxime():
    assert masses("OCC1OC(O)C(O)C(O)C1O")[5, 1] == 569


def test_formula_of_a_derivative_is_in_hill_order():
    (derivative,) = [d for d in derivatives_of("CC(=O)C(=O)O") if (d.tms, d.methoximes) == (1, 1)]
    assert derivative.formula == "C7H15NO3Si"
    assert str(derivative) == "1 TMS, 1 MeOX"


def test_salts_and_charges_are_taken_off_the_parent():
    assert masses("CC(=O)[O-].[Na+]") == {(0, 0): 60, (1, 0): 132}


def test_permanent_cation_has_no_derivatives():
    assert derivatives_of("C[n+]1cccc(C(N)=O)c1") == []


def test_derivative_is_told_from_its_m_minus_15_with_nothing_above():
    inference = infer_derivative(derivatives_of("CC(N)C(=O)O"), spectrum(m73=500, m116=1000, m147=200, m218=50, m219=10))
    assert (inference.derivative.tms, inference.derivative.methoximes) == (2, 0)
    assert "M-15 at m/z 218" in inference.evidence
    assert "m/z 73 and 147" in inference.evidence


def test_underivatised_compound_is_told_from_its_molecular_ion():
    inference = infer_derivative(derivatives_of("c1ccc2ccccc2c1"), spectrum(m51=50, m102=70, m128=1000, m129=110))
    assert str(inference.derivative) == "none"


@pytest.mark.parametrize(
    "peaks",
    [
        {"m73": 1000, "m116": 400},
        {"m73": 500, "m116": 1000, "m218": 50, "m400": 80},
        {"m73": 2, "m116": 1000, "m218": 50},
    ],
)
def test_derivative_is_not_told_without_evidence(peaks):
    inference = infer_derivative(derivatives_of("CC(N)C(=O)O"), spectrum(**peaks))
    assert inference.derivative is None
    assert inference.evidence


def test_fragment_that_would_leave_hydroxyls_free_tells_nothing():
    inference = infer_derivative(derivatives_of("OCC(O)CO"), spectrum(m73=1000, m147=500, m221=100))
    assert inference.derivative is None


def test_label_of_the_library_needs_to_agree_with_the_spectrum():
    peaks = spectrum(m73=500, m116=1000, m147=200, m218=50)
    assert infer_derivative(derivatives_of("CC(N)C(=O)O"), peaks, declared=(2, 0)).derivative.tms == 2
    assert infer_derivative(derivatives_of("CC(N)C(=O)O"), peaks, declared=(1, 0)).derivative is None
    assert infer_derivative(derivatives_of("CC(N)C(=O)O"), peaks, declared=(3, 0)).derivative is None


@pytest.mark.parametrize(
    ("parent", "tms", "methoximes", "measured"),
    [
        ("CC(N)C(=O)O", 2, 0, "CC(N[Si](C)(C)C)C(=O)O[Si](C)(C)C"),
        ("CC(N)C(=O)O", 3, 0, "CC(N([Si](C)(C)C)[Si](C)(C)C)C(=O)O[Si](C)(C)C"),
        ("OC(=O)c1ccccc1", 1, 0, "C[Si](C)(C)OC(=O)c1ccccc1"),
        ("OCCO", 1, 0, "OCCO[Si](C)(C)C"),
        ("CC(=O)C(=O)O", 1, 1, "CON=C(C)C(=O)O[Si](C)(C)C"),
        ("c1ccc2[nH]ccc2c1", 1, 0, "C[Si](C)(C)n1ccc2ccccc21"),
        ("CC(=O)[O-].[Na+]", 1, 0, "CC(=O)O[Si](C)(C)C"),
    ],
)
def test_structure_is_given_where_the_sites_are_beyond_doubt(parent, tms, methoximes, measured):
    assert derivative_structure(parent, tms, methoximes).inchikey == structure_keys(measured, None).inchikey


@pytest.mark.parametrize(
    ("parent", "tms", "methoximes"),
    [
        ("OCC(O)CC", 1, 0),
        ("NCCCCC(N)C(=O)O", 4, 0),
        ("O=c1cc[nH]c(=O)[nH]1", 2, 0),
        ("CC(=O)CCC=O", 0, 1),
        ("OCC1OC(O)C(O)C(O)C1O", 5, 1),
        ("not a structure", 1, 0),
    ],
)
def test_no_structure_is_given_where_the_sites_are_in_doubt(parent, tms, methoximes):
    assert derivative_structure(parent, tms, methoximes) is None


def test_parent_agrees_with_the_inchikey_of_its_neutral_form():
    assert parent_agrees("CC(=O)[O-].[Na+]", "QTBSBXVTEAMEQO-UHFFFAOYSA-N")
    assert not parent_agrees("CCO", "QTBSBXVTEAMEQO-UHFFFAOYSA-N")
