"""Labels of atoms, as journals set them."""

from __future__ import annotations

import pytest
from sketch_examples import chain, star

from bitspec_gui.domain.sketch import Sketch, SketchAtom
from bitspec_gui.ui.sketcher.atom_labels import label_of
from bitspec_gui.ui.sketcher.letters import CAP_HEIGHT, advance
from bitspec_gui.ui.sketcher.shapes import FONT, MARGIN


def said(sketch, atom=1, **options):
    label = label_of(sketch, atom, **options)
    return None if label is None else label.text


def run(label, text):
    found = [run for run in label.runs if run.text == text]
    assert len(found) == 1, f"{text} in {label.runs}"
    return found[0]


@pytest.mark.parametrize(
    ("symbol", "direction", "label"),
    [
        ("O", 180, "OH"), ("O", 0, "HO"), ("O", 150, "OH"), ("O", -30, "HO"), ("O", 90, "OH"), ("O", -90, "OH"),
        ("N", 180, "NH2"), ("N", 30, "H2N"), ("N", 90, "NH2"), ("S", 0, "HS"), ("Cl", 0, "Cl"),
        ("Si", 180, "SiH3"), ("P", 10, "H2P"),
    ],
)  # fmt: skip
def test_hydrogens_are_written_on_the_side_away_from_the_bond(symbol, direction, label):
    assert said(star(symbol, direction)) == label


def test_methyl_at_the_left_end_of_a_bond_is_h3c_and_at_the_right_end_ch3_if_ends_are_written():
    ethane = chain((0, 0), (1, 0))
    assert said(ethane, 1, terminal_carbons=True) == "H3C"
    assert said(ethane, 2, terminal_carbons=True) == "CH3"
    assert said(ethane, 1) is None


@pytest.mark.parametrize(
    ("atom", "label"),
    [
        ({"symbol": "C"}, "CH4"), ({"symbol": "N"}, "NH3"), ({"symbol": "O"}, "H2O"), ({"symbol": "Cl"}, "HCl"),
        ({"symbol": "F"}, "HF"), ({"symbol": "H"}, "H2"),
        ({"symbol": "N", "charge": 1}, "NH4+"), ({"symbol": "O", "charge": -1}, "OH−"), ({"symbol": "O", "charge": 1}, "H3O+"),
        ({"symbol": "C", "isotope": 13}, "13CH4"), ({"symbol": "C", "radical": 1}, "CH3•"),
        ({"symbol": "C", "radical": 2}, "CH2••"),
        ({"symbol": "Fe", "charge": 2}, "Fe2+"), ({"symbol": "Na", "charge": 1}, "Na+"), ({"symbol": "C", "hydrogens": 1}, "CH"),
        ({"symbol": "H", "isotope": 2, "hydrogens": 0}, "D"), ({"symbol": "H", "isotope": 3, "hydrogens": 0}, "T"),
        ({"symbol": "H", "charge": 1, "hydrogens": 0}, "H+"),
    ],
)  # fmt: skip
def test_atoms_on_their_own_are_written_as_their_formula_with_charge_isotope_and_radical(atom, label):
    assert said(Sketch({1: SketchAtom(0.0, 0.0, **atom)})) == label


def test_carbons_at_corners_have_no_label_but_marked_ones_have():
    corner = (150, 30)
    assert said(star("C", *corner)) is None
    assert said(star("C", *corner, charge=1)) == "CH+"
    assert said(star("C", *corner, radical=1)) == "CH•"
    assert said(star("C", *corner, isotope=13)) == "13CH2"
    assert said(star("C", *corner, hydrogens=0)) == "C"


def test_carbon_between_two_like_bonds_in_line_is_written_since_it_would_not_be_seen():
    assert said(star("C", 0, 180, orders=(2, 2))) == "C"
    assert said(star("C", 0, 180, orders=(1, 1))) == "CH2"
    assert said(star("C", 0, 180, orders=(1, 3))) is None
    assert said(star("C", 0, 170, orders=(2, 2))) is None


@pytest.mark.parametrize(
    ("directions", "above", "label"),
    [
        ((-30, -150), 1, "NH"), ((30, 150), -1, "NH"), ((90, -150), 0, "NH"), ((90, -30), 0, "HN"), ((120, -120), 0, "NH"),
        ((0, 180), 1, "NH"),
    ],
)  # fmt: skip
def test_hydrogen_of_an_atom_in_a_chain_or_ring_goes_where_most_room_is(directions, above, label):
    made = label_of(star("N", *directions), 1)
    symbol, hydrogen = run(made, "N"), run(made, "H")
    assert made.text == label
    assert (hydrogen.y > symbol.y) - (hydrogen.y < symbol.y) == above
    if above:
        assert abs(hydrogen.y - symbol.y) > CAP_HEIGHT * FONT
        assert hydrogen.x + hydrogen.width / 2 == pytest.approx(symbol.x + symbol.width / 2)


def test_numbers_of_hydrogens_are_small_and_low_charges_and_isotopes_small_and_high():
    label = label_of(star("N", 180, charge=1, isotope=15), 1)
    assert label.text == "15NH3+"
    symbol, number, charge, isotope = (run(label, text) for text in ("N", "3", "+", "15"))
    assert number.size == charge.size == isotope.size < symbol.size == run(label, "H").size == pytest.approx(FONT)
    assert number.y < symbol.y < charge.y == isotope.y
    assert isotope.x + isotope.width <= symbol.x
    assert number.x < charge.x


def test_first_letter_lies_on_the_end_of_the_bond():
    for symbol in ("O", "N", "Cl", "Br"):
        letter = run(label_of(star(symbol, 180), 1), symbol)
        assert letter.x + advance(symbol[0]) * FONT / 2 == pytest.approx(0.0)
        assert letter.y + CAP_HEIGHT * FONT / 2 == pytest.approx(0.0)
    four = run(label_of(star("Si", 0, 90, 180, 270), 1), "Si")
    assert four.x + four.width / 2 == pytest.approx(0.0)


@pytest.mark.parametrize("symbol", ["N", "B", "P", "S"])
@pytest.mark.parametrize(
    "directions", [(90, -30, -150), (30, 150, -90), (0, 120, -120), (180, 60, -60), (0, 90, 180, 270), (45, 135), (0,), (40,)]
)
def test_charge_stands_clear_of_the_bonds_and_of_the_other_letters(symbol, directions):
    label = label_of(star(symbol, *directions, charge=1, hydrogens=0), 1)
    charge = run(label, "+")
    ends = [(atom.x, atom.y) for key, atom in star(symbol, *directions).atoms.items() if key > 1]
    assert not any(charge.box.grown(0.5 * MARGIN).is_crossed((0.0, 0.0), end) for end in ends)
    assert not any(charge.box.overlaps(other.box) for other in label.runs if other is not charge)


def test_charge_of_a_lone_letter_at_the_left_end_of_a_bond_stands_before_it_and_that_of_an_ammonium_above_it():
    oxide = label_of(star("O", 0, charge=-1), 1)
    assert run(oxide, "−").x + run(oxide, "−").width <= run(oxide, "O").x
    ammonium = label_of(star("N", 0, charge=1), 1)
    assert run(ammonium, "+").box.bottom >= run(ammonium, "N").box.top
    right = label_of(star("O", 180, charge=-1), 1)
    assert run(right, "−").x >= run(right, "O").x + run(right, "O").width


def test_label_is_read_from_left_to_right():
    label = label_of(star("N", 0, charge=1, isotope=15), 1)
    assert label.text == "H315N+"
    letters = [run for run in label.runs if run.size == FONT]
    assert [run.text for run in letters] == ["H", "N"]
    assert letters[0].x + letters[0].width < letters[1].x
