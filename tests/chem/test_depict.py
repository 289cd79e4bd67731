"""Drawings of structures."""

import re
from xml.etree import ElementTree

from bitspec_gui.chem.depict import structure_svg
from bitspec_gui.chem.parse import molecule_from_text


def test_a_structure_is_drawn_as_a_transparent_svg_of_the_size_asked_for() -> None:
    svg = structure_svg(molecule_from_text("Cn1c(=O)c2c(ncn2C)n(C)c1=O"), 320, 240, dark=False)
    root = ElementTree.fromstring(svg)
    assert root.get("width") == "320px"
    assert root.get("height") == "240px"
    assert "<rect" not in svg


def test_light_and_dark_drawings_differ_in_colour_only() -> None:
    molecule = molecule_from_text("CC(=O)Oc1ccccc1C(=O)O")
    light, dark = (structure_svg(molecule, 300, 200, dark=dark) for dark in (False, True))
    assert light != dark
    assert re.sub(r"#[0-9A-Fa-f]{6}", "", light) == re.sub(r"#[0-9A-Fa-f]{6}", "", dark)
