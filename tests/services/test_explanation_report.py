"""A report on one explanation: what it says, as HTML that needs nothing else, and how its figures are found again."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

import numpy as np
import pytest
from html_page import Page
from reported_explanations import FRAGMENTS, GRADIENTS, NAME, explained, measured_of, report_content

from bitspec_gui import __version__
from bitspec_gui.cli import build_parser
from bitspec_gui.domain.explanation import MASKED_ATOM
from bitspec_gui.services.explanation_report import ATOMS_LISTED, NOT_MEASURED, explanation_page
from bitspec_gui.services.explanation_report_html import explanation_report_html
from bitspec_gui.services.faithfulness_svg import OWN_COLOUR, RANDOM_COLOUR, faithfulness_svg

WHEN = datetime(2026, 3, 4, 15, 30, tzinfo=timezone(timedelta(hours=9), "JST"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def html() -> str:
    return explanation_report_html(report_content(), created=WHEN)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_report_tells_what_was_explained_by_which_model_under_which_licence(page: Page) -> None:
    facts = dict(zip(page.said("dt"), page.said("dd"), strict=True))
    assert page.said("h1") == [f"What m/z 91 of {NAME} rests on"]
    assert facts["Date"] == "2026-03-04 15:30 (JST)"
    assert facts["Program"] == f"BitSpec {__version__}"
    assert facts["Model"] == f"made-for-tests, sha256 {'5' * 64}"
    assert facts["Licence of the model"] == "CC BY 4.0"
    assert facts["SMILES"] == "CCCCc1ccccc1"
    assert facts["Explained"] == "m/z 91, C7H7+, 40 % of the ion current"
    assert facts["Compared with"] == "Butylbenzene, V-9, CC BY 4.0, A. Chemist"


def test_each_method_has_its_map_what_was_measured_and_what_it_does_not_mean(page: Page) -> None:
    sentences = page.said("p")
    assert page.said("h2")[:2] == ["Fragments", "Gradients, first network, seed 3"]
    assert page.said("strong") == [
        "The network relies on these atoms clearly more than on random ones (2 of 2 random orders of the atoms do worse)."
    ]
    assert any(said.startswith("Without these 7 atoms m/z 91 falls to") for said in sentences)
    assert NOT_MEASURED in sentences  # Of the second method.
    for info in (FRAGMENTS, GRADIENTS):
        assert f"{info.meaning} {info.caution}" in sentences
    # Two maps, the curves of the first method, and the spectra.
    assert page.count("svg") == 2 + 1 + 1


def test_candidates_and_scores_are_in_tables(page: Page) -> None:
    cells = page.said("td")
    assert cells[:6] == ["C7H7+", "91.0542", "C3H7", "-1", "90 %", "3-9"]
    assert "What m/z 91 can be" in page.said("h2")
    assert cells[6:12] == ["3", "C", "1.00", "yes", "1.00", "yes"]
    assert any("accounts for 10 %" in said for said in page.said("p"))


def test_whole_spectrum_has_no_candidates(page: Page) -> None:
    whole = Page(explanation_report_html(report_content(mz=None, two=False)))
    assert whole.said("h1") == [f"What the whole spectrum of {NAME} rests on"]
    assert "Scores of atoms" in whole.said("h2")
    assert not any("can be" in said for said in whole.said("h2"))
    assert "90 %" not in whole.said("td")


def test_the_commands_compute_the_same_explanations_again(page: Page) -> None:
    first, second = (build_parser().parse_args(shlex.split(said)[1:]) for said in page.said("code"))
    assert (first.smiles, first.peak, first.method, first.variant, first.seed) == ("CCCCc1ccccc1", 91, "fragments", "", 0)
    assert (second.peak, second.method, second.variant, second.seed) == (91, "gradients", "first", 3)
    assert MASKED_ATOM in page.said("p")


def test_report_needs_no_network_and_no_script(page: Page, html: str) -> None:
    assert "default-src 'none'" in html
    assert {tag for tag, _ in page.elements} & {"script", "link", "img", "iframe", "object"} == set()
    assert set(re.findall(r"https?://[^\s\"'<>]+", html)) == {"http://www.w3.org/2000/svg"}
    assert "url(" not in html


def test_names_are_shown_and_never_taken_for_html() -> None:
    bad = '<script>alert("x")</script> & <b>'
    content = report_content(name=bad)
    assert content.measured is not None
    content = replace(content, measured=replace(content.measured, name=bad, licence=bad))
    text = explanation_report_html(content)
    shown = Page(text)
    assert "<script" not in text
    assert shown.count("b") == shown.count("script") == 0
    assert shown.said("h1") == [f"What m/z 91 of {bad} rests on"]


def test_without_a_measurement_the_predicted_spectrum_stands_alone() -> None:
    alone = Page(explanation_report_html(report_content(measured=None)))
    assert "Predicted spectrum" in alone.said("h2")
    assert "Compared with" not in alone.said("dt")
    assert not any(said.startswith("Measured:") for said in alone.said("text"))


def test_fragment_looked_at_is_outlined_in_place_of_the_likeliest() -> None:
    content = report_content(two=False)
    usual, other = explanation_page(content, created=WHEN), explanation_page(replace(content, kept=(0, 1)), created=WHEN)
    assert usual.parts[0].drawing != other.parts[0].drawing
    assert replace(usual, parts=()) == replace(other, parts=())


def test_atoms_bear_in_the_map_the_numbers_that_the_tables_give_them() -> None:
    (part,) = explanation_page(report_content(two=False), created=WHEN).parts
    numbers = [each for each in ElementTree.fromstring(part.drawing).iter(f"{SVG}path") if each.get("class") == "note"]
    assert len(numbers) == len(report_content().explanation.atom_scores) == 10


def test_a_radical_ion_bears_a_dot() -> None:
    content = report_content(two=False)
    info, explanation, measured = content.results[0]
    radical = replace(explanation, candidates=(replace(explanation.candidates[0], formula="C7H8"),))
    assert explanation_page(replace(content, results=((info, radical, measured),))).candidates[0][0] == "C7H8+•"
    assert explanation_page(content).candidates[0][0] == "C7H7+"


def test_many_atoms_are_listed_the_highest_first_and_the_rest_is_said() -> None:
    from bitspec_gui.chem.parse import molecule_from_text

    explanation = explained(molecule_from_text("C" * 30), 91, (7, 29))
    content = replace(report_content(two=False), results=((FRAGMENTS, explanation, None),))
    said = explanation_page(content)
    assert [row[0] for row in said.scores[:3]] == ["7", "29", "0"]
    assert len(said.scores) == ATOMS_LISTED
    assert "The other 10 atoms score less." in said.scores_note


def test_curves_show_own_and_random_orders_where_they_lie() -> None:
    measured = measured_of(explained(report_content().prediction.molecule, 91, (3, 4)))
    svg = ElementTree.fromstring(faithfulness_svg(measured))
    lines = [each for each in svg.iter(f"{SVG}path") if "L" in each.get("d")]
    assert [each.get("stroke") for each in lines] == ([RANDOM_COLOUR] * 2 + [OWN_COLOUR]) * 2
    deletion = np.array([[float(each) for each in point.split()] for point in lines[2].get("d")[1:].split("L")])
    # Equal steps to the right, and downwards (larger y) as far as the curve falls.
    assert np.diff(deletion[:, 0]) == pytest.approx(np.diff(deletion[:, 0])[0], abs=0.11)
    fallen = (deletion[:, 1] - deletion[0, 1]) / (deletion[-1, 1] - deletion[0, 1])
    assert fallen == pytest.approx(1 - measured.deletion, abs=0.01)


def test_peak_that_grows_stays_within_the_drawing() -> None:
    measured = measured_of(explained(report_content().prediction.molecule, 91, (3, 4)))
    svg = ElementTree.fromstring(faithfulness_svg(replace(measured, deletion=measured.deletion * 40)))
    heights = [
        float(pair.split()[1]) for each in svg.iter(f"{SVG}path") if "L" in each.get("d") for pair in each.get("d")[1:].split("L")
    ]
    assert min(heights) >= 30
    assert max(heights) <= 140
