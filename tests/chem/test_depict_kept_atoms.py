"""Structures with a part tinted: what is kept, what is grey, and which atom is which."""

from __future__ import annotations

import re

import pytest

from bitspec_gui.chem.depict import structure_svg
from bitspec_gui.chem.parse import molecule_from_text

ETHANOL_DRAWN_FROM_ITS_OXYGEN = """
  drawn

  3  2  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 O   0  0
    1.5000    0.0000    0.0000 C   0  0
    2.2500    1.2990    0.0000 C   0  0
  1  2  1  0
  2  3  1  0
M  END
"""
GREYS = {False: "#8a94a2", True: "#77838f"}


def lines_of(svg: str) -> dict[frozenset[int], set[str]]:
    """Stroke colours of the bonds by the atoms at their ends; bands of tint have no stroke width."""
    found: dict[frozenset[int], set[str]] = {}
    for element in re.findall(r"<path class='bond[^>]*>", svg):
        if "fill:none" in element:
            atoms = frozenset(int(atom) for atom in re.findall(r"atom-(\d+)", element))
            found.setdefault(atoms, set()).add(re.search(r"stroke:(#\w{6})", element).group(1).lower())
    return found


@pytest.mark.parametrize("dark", [False, True])
def test_bonds_of_the_kept_part_keep_their_colour_and_all_others_are_grey(dark: bool) -> None:
    molecule = molecule_from_text("CCCCc1ccccc1")
    kept = {3, 4, 5, 6, 7, 8, 9}
    lines = lines_of(structure_svg(molecule, 300, 200, dark=dark, kept=sorted(kept)))
    assert len(lines) == 10
    for atoms, colours in lines.items():
        assert (colours == {GREYS[dark]}) == (not atoms <= kept)


def test_without_a_choice_nothing_is_grey_or_tinted() -> None:
    svg = structure_svg(molecule_from_text("CCCCc1ccccc1"), 300, 200, dark=False).lower()
    assert GREYS[False] not in svg
    assert "ellipse" not in svg


def test_a_fragment_of_one_atom_is_tinted() -> None:
    svg = structure_svg(molecule_from_text("CCO"), 300, 200, dark=False, kept=[0])
    assert svg.count("<ellipse") == 1
    assert all(colours == {GREYS[False]} for colours in lines_of(svg).values())


def test_atoms_are_counted_in_the_smiles_though_the_drawing_counts_from_another_end() -> None:
    molecule = molecule_from_text(ETHANOL_DRAWN_FROM_ITS_OXYGEN)
    assert molecule.smiles == "CCO"
    svg = structure_svg(molecule, 300, 200, dark=False, kept=[1, 2])
    lines = lines_of(svg)
    assert lines[frozenset({1, 2})] == {GREYS[False]}
    assert GREYS[False] not in lines[frozenset({0, 1})]
    (letter, *_) = re.findall(r"<path class='atom-0' d='[^']*' fill='(#\w{6})'/>", svg)
    assert letter.lower() != GREYS[False]
