"""Molecules drawn with mouse and keys only, as a chemist would, and named by their InChIKeys."""

from __future__ import annotations

import pytest
from sketch_driver import hands_on_a_canvas

CAFFEINE = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"
ASPIRIN = "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"
GONANE = "UACIBCPNAKBWHX-UHFFFAOYSA-N"


@pytest.fixture
def hands(qtbot):
    return hands_on_a_canvas(qtbot, (900, 700))


def test_caffeine_with_the_mouse(hands):
    hands.take("ring6")
    hands.click((0, 0))
    c6, n1, c2, n3, c4, c5 = (
        hands.atom_at(place) for place in ((0, 1), (-0.87, 0.5), (-0.87, -0.5), (0, -1), (0.87, -0.5), (0.87, 0.5))
    )
    hands.take("ring5")
    hands.click(hands.middle(c4, c5))
    c8 = hands.atom_at((2.4, 0))
    n7, n9 = (
        next(atom for atom in hands.sketch.neighbours(c8) if (hands.sketch.atoms[atom].y > 0) == above) for above in (True, False)
    )
    hands.take("element:N")
    for nitrogen in (n1, n3, n7, n9):
        hands.click(nitrogen)
    hands.take("single")
    for nitrogen in (n1, n3, n7):
        hands.click(nitrogen)
    hands.take("double")
    hands.click(c6)
    hands.point(hands.newest())
    hands.keys("o")
    hands.click(c2)
    hands.point(hands.newest())
    hands.keys("o")
    hands.click(hands.middle(c4, c5))
    hands.click(hands.middle(n9, c8))
    assert hands.inchikey() == CAFFEINE


def test_aspirin_with_the_mouse(hands):
    hands.take("benzene")
    hands.click((0, 0))
    top, right = hands.atom_at((0, 1)), hands.atom_at((0.87, 0.5))
    hands.take("element:O")
    hands.drag(top, hands.beside(top, 90))
    ester = hands.newest()
    hands.take("single")
    hands.click(ester)
    acetyl = hands.newest()
    hands.click(acetyl)
    hands.click(right)
    acid = hands.newest()
    hands.take("double")
    for carbon in (acetyl, acid):
        hands.click(carbon)
        hands.point(hands.newest())
        hands.keys("o")
    hands.take("single")
    hands.click(acid)
    hands.take("element:O")
    hands.click(hands.newest())
    assert hands.inchikey() == ASPIRIN


def test_the_ring_system_of_steroids_with_four_clicks(hands):
    hands.take("ring6")
    hands.click((-2, -1))
    right = (hands.atom_at((-1.13, -0.5)), hands.atom_at((-1.13, -1.5)))
    hands.click(hands.middle(*right))
    # The third ring lies above the second, at its upper right bond; the fourth, of five, right of the third.
    upper = (hands.atom_at((0.6, -0.5)), hands.atom_at((-0.27, 0)))
    hands.click(hands.middle(*upper))
    outer = (hands.atom_at((1.46, 0)), hands.atom_at((1.46, 1)))
    hands.take("ring5")
    hands.click(hands.middle(*outer))
    assert len(hands.sketch.atoms) == 17
    assert hands.inchikey() == GONANE


def test_a_trimethylsilyl_ether_with_the_mouse(hands):
    hands.take("benzene")
    hands.click((0, 0))
    top = hands.atom_at((0, 1))
    hands.take("element:O")
    hands.drag(top, hands.beside(top, 90))
    oxygen = hands.newest()
    hands.take("element:Si")
    hands.drag(oxygen, hands.beside(oxygen, 30))
    silicon = hands.newest()
    hands.take("single")
    for _ in range(3):
        hands.click(silicon)
    assert hands.smiles() == "C[Si](C)(C)Oc1ccccc1"
    hands.keys(*["Ctrl+Z"] * 6)
    assert not hands.sketch
    hands.keys(*["Ctrl+Y"] * 6)
    assert hands.smiles() == "C[Si](C)(C)Oc1ccccc1"


def test_a_trimethylsilyl_ether_with_keys(hands):
    hands.keys("a", "1", "o", "1", "Shift+s", "1", "Down", "1", "Left", "1")
    assert hands.smiles() == "C[Si](C)(C)Oc1ccccc1"


def test_a_stereocentre_with_the_wedge_tool(hands):
    hands.take("single")
    hands.click((0, 0))
    centre = hands.newest()
    hands.click(centre)
    hands.take("element:O")
    hands.click(hands.newest())
    hands.take("wedge")
    hands.click(centre)
    hands.take("element:N")
    hands.click(hands.newest())
    first = hands.smiles()
    assert first in ("C[C@@H](N)O", "C[C@H](N)O")
    hands.take("hash")
    bond = hands.sketch.bond_between(centre, hands.newest())
    hands.click(hands.middle(centre, hands.newest()))
    assert hands.sketch.bonds[bond].begin == centre
    assert {first, hands.smiles()} == {"C[C@@H](N)O", "C[C@H](N)O"}
