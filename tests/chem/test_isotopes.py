"""Isotope patterns and the end of a spectrum."""

import numpy as np
import pytest

from bitspec_gui.chem.isotopes import element_counts, isotope_pattern, last_isotope_mass, nominal_mass


@pytest.mark.parametrize(
    ("formula", "mass"), [("C8H10N4O2", 194), ("C6H5Br", 156), ("C4H12Sn", 180), ("C9H14N+", 136), ("CCl4", 152)]
)
def test_nominal_mass_counts_the_most_abundant_isotopes(formula: str, mass: int) -> None:
    assert nominal_mass(formula) == mass


def test_a_formula_is_counted_by_element() -> None:
    assert element_counts("C10H15NaO2Cl") == {"C": 10, "H": 15, "Na": 1, "O": 2, "Cl": 1}


def test_two_bromines_give_the_one_to_two_to_one_triplet() -> None:
    first, abundance = isotope_pattern("Br2")
    assert first == 0
    assert np.round(abundance[[0, 2, 4]], 2).tolist() == [0.51, 1.0, 0.49]


def test_the_pattern_is_that_of_drawing_isotopes_at_random() -> None:
    """Independent check: C12 with natural carbon drawn 200,000 times."""
    generator = np.random.default_rng(1)
    heavy = generator.binomial(12, 0.0107, size=200_000)
    drawn = np.bincount(heavy, minlength=4)[:4] / np.bincount(heavy)[0]
    _, abundance = isotope_pattern("C12")
    assert abundance[:4] == pytest.approx(drawn, abs=0.005)


@pytest.mark.parametrize(("formula", "last"), [("CH4", 17), ("C8H10N4O2", 196), ("C6H4Br2", 239)])
def test_the_spectrum_ends_at_the_last_visible_isotope_of_the_molecular_ion(formula: str, last: int) -> None:
    assert last_isotope_mass(formula) == last
