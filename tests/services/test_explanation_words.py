"""What is said of explanations whose fragments do not make the peak, or whose test fails although the ion may be right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reported_explanations import BENZYL, GRADIENTS, butylbenzene, explained

from bitspec_gui.domain.explanation import Faithfulness
from bitspec_gui.domain.formula import is_odd_electron
from bitspec_gui.services.explanation_words import Verdict, caveat_words, in_words, target_words, verdict_of


@pytest.fixture(scope="module")
def by_fragments():
    return explained(butylbenzene(), 91, BENZYL)


def no_better(selected: int) -> Faithfulness:
    """What becomes of ten atoms that are left out as random ones would be."""
    falls = np.linspace(1.0, 0.0, 11)
    random = np.array([falls, falls**2, np.sqrt(falls)])
    return Faithfulness(tuple(range(10)), np.arange(11), falls, falls[::-1], random, random[:, ::-1], selected)


def test_an_ion_is_named_only_if_it_is_likelier_than_none(by_fragments):
    assert target_words(by_fragments).startswith("m/z 91, C7H7+, ")
    unlikely = replace(by_fragments, candidates=(replace(by_fragments.candidates[0], probability=0.01),), unassigned=0.99)
    assert target_words(unlikely) == "m/z 91, 40 % of the ion current"


def test_a_map_by_fragments_says_so_if_they_make_the_lesser_part_of_the_peak(by_fragments):
    assert caveat_words(by_fragments) == ""
    assert "99 % of this peak comes from no fragment" in caveat_words(replace(by_fragments, unassigned=0.99))
    nothing = replace(by_fragments, candidates=(), unassigned=1.0)
    assert "nothing to colour" in caveat_words(nothing)


def test_a_method_that_needs_no_fragments_has_no_such_caveat():
    by_gradients = explained(butylbenzene(), 91, BENZYL, GRADIENTS, "mean")
    assert caveat_words(replace(by_gradients, candidates=(), unassigned=1.0)) == ""


def test_the_whole_spectrum_has_no_such_caveat():
    assert caveat_words(replace(explained(butylbenzene(), None, BENZYL), unassigned=1.0)) == ""


def test_a_failed_test_does_not_speak_against_the_ion_that_fragments_make(by_fragments):
    found = no_better(7)
    assert verdict_of(found) is Verdict.NO_BETTER
    said = "The ion may well be these atoms"
    assert said in in_words(by_fragments, found)
    assert said not in in_words(explained(butylbenzene(), 91, BENZYL, GRADIENTS, "mean"), found)
    assert said not in in_words(explained(butylbenzene(), None, BENZYL), found)


@pytest.mark.parametrize(
    ("ion", "odd"),
    [("C7H7", False), ("C7H8", True), ("C2H6N", False), ("C5H8N", False), ("C8H20O2Si2", True), ("C13H9Cl2", False)],
)
def test_ions_are_told_apart_by_their_number_of_electrons(ion, odd):
    assert is_odd_electron(ion) is odd


def test_of_what_was_lost_a_radical_has_an_odd_number_of_electrons():
    assert is_odd_electron("CH3", 0)
    assert not is_odd_electron("H2O", 0)
