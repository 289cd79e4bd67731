from __future__ import annotations

import numpy as np
import pytest

from bitspec_gui.chem.filed_compound import filed_compound, isotope_labelled
from bitspec_gui.chem.label_check import broken_rules, contradiction, doubt
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord


def spectrum(peaks: dict[float, float]) -> Spectrum:
    return Spectrum(np.array(list(peaks), float), np.array(list(peaks.values()), float))


TOLUENE = {39: 110, 51: 60, 63: 70, 65: 120, 91: 999, 92: 700, 93: 50}
ALANINE_2TMS = {45: 150, 59: 90, 73: 700, 75: 100, 116: 999, 147: 250, 190: 90, 218: 80, 233: 20}


def test_a_spectrum_under_its_own_structure_is_not_doubted():
    assert contradiction(spectrum(TOLUENE), "C7H8", smiles="Cc1ccccc1") is None


def test_a_trimethylsilyl_derivative_under_its_parent_is_named_as_such():
    words = contradiction(spectrum(ALANINE_2TMS), "C3H7NO2", smiles="CC(N)C(=O)O")
    assert "lies above the molecular ion (m/z 89)" in words
    assert "trimethylsilyl derivative" in words
    assert "m/z 73, 75 and 147, and 233 as M with 2 TMS" in words


def test_the_same_spectrum_under_the_structure_of_the_derivative_is_not_doubted():
    assert contradiction(spectrum(ALANINE_2TMS), "C9H23NO2Si2") is None


def test_a_methoxime_counts_beside_the_trimethylsilyl_groups():
    # Pyruvic acid, 1 MeOX and 1 TMS: M 189, M-15 174.
    words = contradiction(spectrum({73: 999, 75: 200, 89: 300, 115: 150, 174: 600, 189: 30}), "C3H4O3")
    assert "189 as M with 1 TMS and 1 MeOX" in words


def test_peaks_above_the_ion_without_silyl_are_not_called_a_silyl_derivative():
    words = contradiction(spectrum({**TOLUENE, 119: 400}), "C7H8")
    assert "above the molecular ion" in words
    assert "trimethylsilyl" not in words


@pytest.mark.parametrize(("height", "doubted"), [(25, False), (400, True)])
def test_weak_column_bleed_above_the_ion_is_no_contradiction_but_strong_is(height, doubted):
    peaks = {**TOLUENE, 207: height, 281: height}
    assert bool(contradiction(spectrum(peaks), "C7H8")) == doubted


def test_a_loss_that_no_molecule_shows_is_told_with_its_size():
    words = contradiction(spectrum({29: 999, 45: 200, 115: 600, 135: 360, 160: 20}), "C7H12O4")
    assert "m/z 135: losses of 25 Da from the molecular ion (m/z 160)" in words


def test_a_fragment_that_the_formula_cannot_make_is_told():
    # C2HCl3 with hydrocarbon peaks of another compound.
    words = contradiction(spectrum({39: 500, 41: 600, 60: 500, 95: 880, 97: 570, 130: 999, 132: 960, 134: 310}), "C2HCl3")
    assert "no fragment of C2HCl3" in words
    assert "39" in words


def test_bromine_in_the_spectrum_and_not_in_the_formula_is_told():
    # The molecular ions of a bromide of 170 Da under a hydrocarbon of the same mass.
    words = contradiction(spectrum({63: 200, 65: 400, 91: 999, 170: 500, 172: 490}), "C13H14")
    assert "m/z 172" in words
    assert "too strong for an isotope" in words


def test_bromine_in_the_formula_and_not_in_the_spectrum_is_told():
    words = contradiction(spectrum({77: 999, 51: 400, 156: 800, 158: 20}), "C6H5Br")
    assert "m/z 158 should be 97 % of the molecular ion (m/z 156); it is 2 %" in words


def test_chlorine_with_its_isotope_is_not_doubted():
    assert contradiction(spectrum({51: 150, 77: 500, 112: 999, 113: 68, 114: 320}), "C6H5Cl", smiles="Clc1ccccc1") is None


@pytest.mark.parametrize("smiles", ["c1ccc2cc3ccccc3cc2c1", "C1=CC=C2C=C3C=CC=CC3=CC2=C1"])
def test_an_aromatic_hydrocarbon_without_its_molecular_ion_is_doubted_however_it_is_written(smiles):
    words = contradiction(spectrum({76: 300, 126: 100, 152: 999, 153: 120}), "C14H10", smiles=smiles)
    assert "molecular ion (m/z 178) is missing" in words


def test_a_benzyl_ether_may_lack_its_molecular_ion():
    peaks = spectrum({65: 150, 77: 130, 79: 150, 91: 800, 92: 999, 107: 160})
    assert contradiction(peaks, "C14H14O", smiles="c1ccc(COCc2ccccc2)cc1") is None


# Benzoic acid: M, M-OH, M-COOH. A phenylethanol has the same unit masses, but another exact mass.
ACCURATE = {
    43.9893: 10,
    50.0151: 90,
    51.0229: 250,
    74.0151: 60,
    77.0386: 700,
    78.0419: 45,
    105.0335: 999,
    106.0368: 80,
    122.0362: 800,
}


def test_exact_masses_that_fit_the_formula_are_not_doubted():
    assert contradiction(spectrum(ACCURATE), "C7H6O2") is None


def test_exact_masses_that_fit_no_fragment_are_told_with_four_decimals():
    words = contradiction(spectrum(ACCURATE), "C8H10O")
    assert "m/z 122.0362" in words
    assert "within 10 mDa" in words


def test_a_spectrum_whose_mass_scale_is_off_is_not_measured_by_its_decimals():
    shifted = spectrum({mz - 0.05: height for mz, height in ACCURATE.items()})
    assert contradiction(shifted, "C7H6O2") is None


@pytest.mark.parametrize("smiles", ["[2H]C([2H])([2H])c1ccccc1", None])
def test_deuterium_in_the_structure_moves_the_molecular_ion(smiles):
    inchi = None if smiles else "InChI=1S/C7H8/c1-7-5-3-2-4-6-7/h2-6H,1H3/i1D3"
    peaks = spectrum({65: 100, 93: 500, 94: 999, 95: 700})
    assert contradiction(peaks, "C7H8", smiles=smiles, inchi=inchi) is None
    assert "above the molecular ion (m/z 92)" in contradiction(peaks, "C7H8")
    assert isotope_labelled(smiles, inchi)


def test_deuterium_in_the_formula_counts_as_deuterium():
    assert contradiction(spectrum({65: 100, 93: 500, 94: 999, 95: 700}), "C7H5D3") is None


def test_carbon_13_moves_the_molecular_ion_and_what_lies_above_is_still_told():
    labelled = "[13CH3]c1ccccc1"
    assert contradiction(spectrum({65: 120, 92: 999, 93: 700}), "C7H8", smiles=labelled) is None
    assert "m/z 93" in contradiction(spectrum({92: 999, 93: 700, 165: 500}), "C7H8", smiles=labelled)


def test_formula_is_taken_from_the_structure_if_it_is_missing():
    assert "m/z 89" in contradiction(spectrum(ALANINE_2TMS), None, smiles="CC(N)C(=O)O")


@pytest.mark.parametrize("formula", [None, "", "N/A", "C7H8Xx", "C99999H2", "C999999999", "not a formula", "2HCl.C2H6"])
def test_a_formula_that_cannot_be_read_is_no_reason_for_doubt(formula):
    assert contradiction(spectrum(TOLUENE), formula) is None


@pytest.mark.parametrize("smiles", ["[99999999999C]", "[C"])
def test_absurd_isotopes_are_no_reason_for_doubt(smiles):
    assert contradiction(spectrum({15: 800, 16: 999}), "CH4", smiles=smiles) is None


def test_labels_are_counted_in_smiles_and_inchi_alike():
    for smiles, inchi in (("[2H]C([2H])([2H])[13CH2]O", None), (None, "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3/i1D3,2+1")):
        compound = filed_compound("C2H6O", smiles, inchi)
        assert (compound.limits.ion, compound.labelled) == (50, True)


def test_charge_of_the_formula_does_not_matter():
    assert contradiction(spectrum(TOLUENE), "[C7H8]+") is None
    assert contradiction(spectrum({**TOLUENE, 119: 400}), "C7H8+") is not None


@pytest.mark.parametrize("formula", ["H2", "He", "C60", "UF6", "C8H20Sn", "C12Br10O", "BF3", "C12H28O4Ti"])
def test_unusual_formulas_are_checked_without_failing(formula):
    for peaks in ({1: 5, 2: 9}, {5000.5: 1.0}, {300: 0.0}, {5.0: 1, 1e300: 2}, {14.0: 3, 720: 999}):
        words = contradiction(spectrum(peaks), formula)
        assert words is None or words.endswith(".")


def test_a_predicted_record_is_never_doubted():
    record = SpectrumRecord(spectrum(ALANINE_2TMS), formula="C3H7NO2")
    assert doubt(record)
    assert doubt(SpectrumRecord(spectrum(ALANINE_2TMS), formula="C3H7NO2", predicted_by="bitspec-ei-1")) is None


def test_broken_rules_names_every_rule_that_is_broken():
    record = SpectrumRecord(spectrum({**TOLUENE, 81: 400, 150: 900}), formula="C7H8")
    assert set(broken_rules(record)) == {"above the molecular ion", "impossible losses"}
