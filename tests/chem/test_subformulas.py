from __future__ import annotations

import numpy as np
import pytest

from bitspec_gui.chem.subformulas import exact_ion_masses, formula_limits


def possible(formula: str, deuterium: int = 0) -> set[int]:
    return set(np.flatnonzero(formula_limits(formula, deuterium).possible).tolist())


def test_fragments_of_butane_are_possible_and_those_of_other_elements_are_not():
    masses = possible("C4H10")
    assert {15, 27, 29, 39, 41, 43, 57, 58} <= masses
    assert not {30 + 16, 47, 50 - 3, 59} & masses


def test_losses_between_those_of_hydrogen_and_methyl_are_impossible():
    masses = possible("C10H12O2")
    assert not {164 - loss for loss in (5, 6, 7, 8, 9, 10, 11, 12, 13, 21, 22, 23, 24, 25)} & masses
    assert {164 - loss for loss in (1, 2, 15, 17, 18, 26, 27, 28, 29)} <= masses


def test_deuterium_makes_other_losses_possible():
    limits = formula_limits("C7H8", 3)
    assert (limits.ion, limits.last) == (95, 97)
    assert limits.possible[95 - 18]


def test_unsaturation_counts_rings_and_double_bonds():
    assert formula_limits("C7H8").unsaturation == 4
    assert formula_limits("C4H10").unsaturation == 0
    assert formula_limits("C5H5N").unsaturation == 4


def test_two_charges_are_possible_for_aromatic_formulas_only():
    assert formula_limits("C13H10").possible[75]
    assert not formula_limits("C12H26").possible[75]


@pytest.mark.parametrize("formula", ["C8H20Sn", "BH3", "C12Br10O"])
def test_formulas_whose_lightest_isotope_is_not_the_main_one_have_no_unit_limits(formula):
    limits = formula_limits(formula)
    assert limits.possible is None
    assert limits.isotopes is None
    assert limits.last >= limits.ion


def test_exact_ion_masses_lack_the_mass_of_an_electron():
    ions = exact_ion_masses("CH4")
    assert ions[-1] == pytest.approx(16.0313 - 0.00055, abs=1e-4)
    assert list(ions) == sorted(ions)
    assert np.abs(ions - 15.02293).min() < 1e-4


def test_formulas_of_very_many_atoms_are_not_counted_out():
    assert exact_ion_masses("C300H500N90O99S40") is None
    assert formula_limits("C300H500N90O99S40").possible is None
