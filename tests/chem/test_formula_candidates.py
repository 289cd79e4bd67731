"""Formulae of a mass: which there are, which isotopes speak for, and what fragments and exact masses leave."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.chem.formula_candidates import (
    ELEMENTS,
    FormulaPrior,
    cluster_agreement,
    exact_ion_mass,
    formula_text,
    formulae_of_mass,
    unsaturation_of,
)
from bitspec_gui.chem.isotopes import element_counts, isotope_pattern, nominal_mass
from bitspec_gui.chem.unknown_formula import explained_share, formula_hints, has_exact_masses, weigh_formulae
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.spectra.binning import to_bins

FORMULAE = (
    "C7H8", "C8H10N4O2", "C6H5Cl", "C6H4Cl2", "C6H5Br", "C4H4S", "C8H10", "C10H8", "C6H6O", "C7H6O2", "C9H8O4", "C12H10", "C5H5N",
    "C4H12Si", "C7H12O3Si", "C6H14O", "C10H22", "C3H7NO2", "C8H6O4", "C14H10", "C9H20O2Si2", "C2H6OS", "C6H3Cl3", "C12H26",
)  # fmt: skip
PRIOR = FormulaPrior.from_formulae(FORMULAE)


def _cluster(formula: str, height: float = 1.0, others: dict[int, float] | None = None) -> Spectrum:
    first, pattern = isotope_pattern(formula)
    mass = nominal_mass(formula) + first
    peaks = {mass + place: height * float(share) for place, share in enumerate(pattern) if share > 1e-3}
    peaks.update(others or {})
    return Spectrum(list(peaks), list(peaks.values()))


@settings(max_examples=60, deadline=None)
@given(st.integers(12, 400))
def test_every_candidate_has_the_mass_that_was_asked_for_and_can_be_a_molecule(mass: int) -> None:
    atoms = formulae_of_mass(mass, PRIOR)
    unsaturation = unsaturation_of(atoms)
    assert all(nominal_mass(formula_text(row)) == mass for row in atoms[:: max(len(atoms) // 20, 1)])
    assert (atoms >= 0).all()
    assert (unsaturation >= 0).all()
    assert (unsaturation % 1 == 0).all()
    assert len(np.unique(atoms, axis=0)) == len(atoms)


@pytest.mark.parametrize("formula", FORMULAE)
def test_a_usual_formula_is_among_those_of_its_mass(formula: str) -> None:
    found = {formula_text(row) for row in formulae_of_mass(nominal_mass(formula), PRIOR)}
    assert formula in found


@pytest.mark.parametrize(("formula", "element", "count"), [
    ("C6H4Cl2", "Cl", 2), ("C6H5Br", "Br", 1), ("C6H5Cl", "Cl", 1), ("C6H3Cl3", "Cl", 3), ("C14H10", "Cl", 0), ("C14H10", "Br", 0)
])  # fmt: skip
def test_halogens_are_counted_from_the_cluster_of_the_ion(formula: str, element: str, count: int) -> None:
    spectrum = _cluster(formula)
    weighed = weigh_formulae(spectrum, to_bins(spectrum), [(nominal_mass(formula), 1.0)], PRIOR)
    shares = weighed.of_element(element)
    assert int(np.argmax(shares)) == count
    assert shares[count] > 0.9


def test_a_strong_peak_one_below_the_molecular_ion_does_not_pass_for_its_isotopes() -> None:
    atoms = np.array([[element_counts("C7H6O").get(element, 0) for element in ELEMENTS]])
    clean, with_loss = _cluster("C7H6O"), _cluster("C7H6O", others={105: 1.0})
    same = cluster_agreement(to_bins(clean), 106, atoms)
    # The 13C of m/z 105 lies on M; only its 13C2 reaches M + 1.
    assert cluster_agreement(to_bins(with_loss), 106, atoms)[0] == pytest.approx(same[0], abs=1.5)


def test_exact_masses_leave_the_right_formula_first() -> None:
    caffeine = element_counts("C8H10N4O2")
    mz = float(exact_ion_mass(np.array([[caffeine.get(element, 0) for element in ELEMENTS]]))[0])
    spectrum = Spectrum([55.0291, 67.0291, 82.0526, 109.0634, mz, mz + 1.0025], [35, 40, 27, 70, 100, 10])
    assert has_exact_masses(spectrum)
    bins = to_bins(spectrum)
    hints = formula_hints(weigh_formulae(spectrum, bins, [(194, 1.0)], PRIOR), spectrum, bins)
    assert hints[0].formula == "C8H10N4O2"
    assert hints[0].error_mda == pytest.approx(0, abs=0.1)
    assert hints[0].unsaturation == 6


def test_unit_masses_do_not_pass_for_exact_ones() -> None:
    assert not has_exact_masses(Spectrum([41, 43, 58], [3, 9, 1]))
    assert not has_exact_masses(Spectrum([41.1, 43.2, 58.1], [3, 9, 1]))
    assert not has_exact_masses(Spectrum([41.05, 43.05, 58.05], [3, 9, 1]))


def test_peaks_that_a_formula_cannot_make_are_not_explained() -> None:
    bins = to_bins(Spectrum([76, 91, 92], [1, 1, 1]))
    assert explained_share(bins, "C7H8") == pytest.approx(1.0, abs=0.4)
    assert explained_share(to_bins(Spectrum([22, 23], [1, 1])), "C7H8") < 0.01


def test_silicon_is_likelier_where_the_silyl_ion_is_strong() -> None:
    mass = nominal_mass("C7H12O3Si")
    with_silyl, without = (_cluster("C7H12O3Si", others={mz: 1.0, 45: 0.4}) for mz in (73, 71))
    shares = [1 - weigh_formulae(each, to_bins(each), [(mass, 1.0)], PRIOR).of_element("Si")[0] for each in (with_silyl, without)]
    assert shares[0] > shares[1]


def test_a_mass_that_no_formula_has_gives_none() -> None:
    spectrum = Spectrum([12.0], [1.0])
    weighed = weigh_formulae(spectrum, to_bins(spectrum), [(13, 1.0)], PRIOR)
    assert len(weighed.atoms) == 0
    assert weighed.of_element("Cl").tolist() == [1.0]


def test_a_prior_is_the_same_after_writing_and_reading() -> None:
    again = FormulaPrior.from_lists(PRIOR.as_lists())
    atoms = formulae_of_mass(150, PRIOR)
    assert np.allclose(again.usual(atoms), PRIOR.usual(atoms), atol=1e-3)


def test_a_damaged_prior_is_refused() -> None:
    lists = PRIOR.as_lists()
    lists["counts"]["N"] = lists["counts"]["N"][:1]
    with pytest.raises(ValueError, match="prior"):
        FormulaPrior.from_lists(lists)
