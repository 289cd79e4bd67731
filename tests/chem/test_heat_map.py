"""Heat maps without a window: every circle on its atom, the same in SVG and PNG, with a legend that says what it means."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from rdkit import Chem
from rdkit.Chem import rdDepictor

from bitspec_gui.chem.heat_map import heat_map_png, heat_map_svg
from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, MethodInfo
from bitspec_gui.domain.heat_colours import DARK_HEAT, LIGHT_HEAT, heat_colour
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule

SVG = "{http://www.w3.org/2000/svg}"
MODEL = ModelVersion("made-for-tests", "0" * 64, "CC0")
INFO = MethodInfo(
    "occlusion", "Occlusion", "High for atoms that matter.", "Not how the ion forms.", "share of the peak that is lost"
)
SIGNED = replace(INFO, name="Gradients", signed=True)
CAPTION = "m/z 43, C2H3O+, 40 % of the ion current\nWithout these 2 atoms m/z 43 falls to 12 %."
ETHYL_ACETATE = "CCOC(C)=O"


def explained(molecule: Molecule, scores: list[float], *, bonds: bool = True, largest: float = 0.5) -> Explanation:
    structure = Chem.MolFromSmiles(molecule.smiles)
    pairs = sorted(tuple(sorted((b.GetBeginAtomIdx(), b.GetEndAtomIdx()))) for b in structure.GetBonds())
    of_bonds = np.array([(scores[a] + scores[b]) / 2 for a, b in pairs]) if bonds else np.zeros(0)
    request = ExplanationRequest(molecule, "occlusion", 43)
    return Explanation(request, MODEL, np.array(scores), tuple(pairs), of_bonds, largest, 0.4)


@pytest.fixture(scope="module")
def acetate() -> Explanation:
    return explained(molecule_from_text(ETHYL_ACETATE), [0.0, 0.1, 0.3, 1.0, 0.8, 0.6])


def drawn(explanation: Explanation, info: MethodInfo = INFO, caption: str = CAPTION, **more: object) -> ElementTree.Element:
    return ElementTree.fromstring(heat_map_svg(explanation.request.molecule, explanation, info, caption=caption, **more))


def picture(explanation: Explanation, info: MethodInfo = INFO, caption: str = CAPTION, **more: object) -> QImage:
    image = QImage.fromData(heat_map_png(explanation.request.molecule, explanation, info, caption=caption, **more), "PNG")
    assert not image.isNull()
    return image


def circles(svg: ElementTree.Element) -> dict[int, ElementTree.Element]:
    """The group of each atom."""
    return {int(each.get("data-atom")): each for each in svg.iter(f"{SVG}g") if each.get("data-atom") is not None}


def said(svg: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in svg.iter(f"{SVG}text")]


def centre(group: ElementTree.Element) -> tuple[float, float]:
    (circle,) = group.iter(f"{SVG}circle")
    return float(circle.get("cx")), float(circle.get("cy"))


def ink_of(svg: ElementTree.Element, atom: int) -> list[ElementTree.Element]:
    """Letters of one atom as RDKit draws them."""
    return [each for each in svg.iter(f"{SVG}path") if each.get("class") == f"atom-{atom}"]


def is_grey(svg: ElementTree.Element, atom: int) -> bool:
    """Whether the letters of an atom are in the ink of what is lost; each in one colour."""
    (colour,) = {each.get("fill").lower() for each in ink_of(svg, atom)}
    assert colour in (LIGHT_HEAT.lost, LIGHT_HEAT.ink)
    return colour == LIGHT_HEAT.lost


def middle_of(paths: list[ElementTree.Element]) -> tuple[float, float]:
    numbers = [float(each) for path in paths for each in re.findall(r"-?\d+\.?\d*", path.get("d"))]
    return (min(numbers[::2]) + max(numbers[::2])) / 2, (min(numbers[1::2]) + max(numbers[1::2])) / 2


def test_each_circle_bears_place_element_score_and_its_colour(acetate: Explanation) -> None:
    groups = circles(drawn(acetate))
    assert [groups[atom].get("data-element") for atom in range(6)] == ["C", "C", "O", "C", "C", "O"]
    for atom, score in enumerate(acetate.atom_scores.tolist()):
        (circle,) = groups[atom].iter(f"{SVG}circle")
        assert float(groups[atom].get("data-score")) == pytest.approx(score, abs=1e-4)
        assert circle.get("fill") == heat_colour(score)


def test_each_bond_bears_its_atoms_and_score_and_none_where_the_method_scores_no_bonds(acetate: Explanation) -> None:
    bars = [each for each in drawn(acetate).iter(f"{SVG}g") if each.get("data-begin") is not None]
    found = {(int(each.get("data-begin")), int(each.get("data-end"))): float(each.get("data-score")) for each in bars}
    assert found == pytest.approx(dict(zip(acetate.bonds, acetate.bond_scores.tolist(), strict=True)), abs=1e-4)
    without = explained(acetate.request.molecule, acetate.atom_scores.tolist(), bonds=False)
    bars = [each for each in drawn(without).iter(f"{SVG}g") if each.get("data-begin") is not None]
    assert len(bars) == 5
    assert {each.get("data-score") for each in bars} == {None}


def test_circle_of_an_oxygen_lies_under_its_letter_whatever_the_order_of_the_drawing(acetate: Explanation) -> None:
    structure = Chem.MolFromSmiles("O=C(C)OCC")
    rdDepictor.Compute2DCoords(structure)
    turned = replace(acetate.request.molecule, molblock=Chem.MolToMolBlock(structure))
    for molecule in (acetate.request.molecule, turned):
        svg = drawn(replace(acetate, request=replace(acetate.request, molecule=molecule)))
        for atom in (2, 5):
            assert ink_of(svg, atom)
            assert middle_of(ink_of(svg, atom)) == pytest.approx(centre(circles(svg)[atom]), abs=2.5)


def test_input_in_another_order_gives_the_same_scores_colours_and_words(acetate: Explanation) -> None:
    other = molecule_from_text("O=C(C)OCC")
    assert other.smiles == acetate.request.molecule.smiles
    first, second = drawn(acetate), drawn(replace(acetate, request=replace(acetate.request, molecule=other)))
    assert said(first) == said(second)
    for atom, group in circles(first).items():
        assert group.attrib == circles(second)[atom].attrib
        assert {each.get("fill") for each in group} == {each.get("fill") for each in circles(second)[atom]}


def test_kept_fragment_is_outlined_and_what_is_lost_is_grey(acetate: Explanation) -> None:
    svg = drawn(acetate, kept=(3, 4, 5))
    text = ElementTree.tostring(svg, encoding="unicode")
    assert text.count(f'fill="{LIGHT_HEAT.kept}"') >= 3
    assert [is_grey(svg, atom) for atom in (2, 5)] == [True, False]
    assert "kept fragment" in said(svg)
    plain = drawn(acetate)
    assert "kept fragment" not in said(plain)
    assert [is_grey(plain, atom) for atom in (2, 5)] == [False, False]


def test_fragment_of_no_atoms_leaves_everything_grey(acetate: Explanation) -> None:
    svg = drawn(acetate, kept=())
    assert len(circles(svg)) == 6
    assert [is_grey(svg, atom) for atom in (2, 5)] == [True, True]


def test_legend_says_the_target_the_numbers_of_its_scale_and_what_they_are(acetate: Explanation) -> None:
    heading, *others = CAPTION.splitlines()
    assert said(drawn(acetate)) == [heading, "0", "0.25", "0.5", "share of the peak that is lost", *others]
    signed = replace(acetate, atom_scores=np.array([-0.5, 0, 0, 1.0, 0, 0]))
    assert said(drawn(signed, SIGNED))[1:4] == ["−0.5", "0", "0.5"]
    fills = {each.get("fill") for each in circles(drawn(signed, SIGNED))[0].iter(f"{SVG}circle")}
    assert fills == {heat_colour(-0.5)}


def test_without_a_legend_the_structure_gets_its_room_and_the_caption_stays(acetate: Explanation) -> None:
    svg = drawn(acetate, legend=False, size=(220, 180), caption="m/z 43")
    assert said(svg) == ["m/z 43"]
    assert max(centre(each)[1] for each in circles(svg).values()) < 150


def test_long_caption_leaves_half_the_height_to_the_structure_and_stands_whole_in_the_description(acetate: Explanation) -> None:
    caption = "m/z 43\n" + "many words " * 200 + "last"
    svg = drawn(acetate, caption=caption)
    assert said(svg)[-1].endswith("…")
    assert max(float(each.get("y")) for each in svg.iter(f"{SVG}text")) <= 460
    assert max(centre(each)[1] for each in circles(svg).values()) > 60
    assert svg.find(f"{SVG}desc").text.endswith("last")


def test_text_is_shown_and_never_taken_for_markup(acetate: Explanation) -> None:
    bad = '<script>alert("x")</script> & <sub>2</sub> \x07'
    molecule = replace(acetate.request.molecule, name=bad)
    explanation = replace(acetate, request=replace(acetate.request, molecule=molecule))
    svg = drawn(explanation, replace(INFO, name=bad, unit=bad, meaning=bad), bad)
    assert {each.tag.removeprefix(SVG) for each in svg.iter()} <= {"svg", "title", "desc", "rect", "g", "circle", "path", "text"}
    assert said(svg)[-1].startswith('<script>alert("x")</script> &')
    assert picture(explanation, replace(INFO, name=bad), bad).width() == 1120


def test_drawing_has_a_title_and_a_description_for_those_who_cannot_see_it(acetate: Explanation) -> None:
    svg = drawn(acetate)
    assert svg.get("role") == "img"
    assert svg.find(f"{SVG}title").text == "Occlusion: m/z 43 of C4H8O2"
    assert "High for atoms that matter. Not how the ion forms." in svg.find(f"{SVG}desc").text
    titles = [each.find(f"{SVG}title").text for each in circles(svg).values()]
    assert "O5: 0.60" in titles


@pytest.mark.parametrize("dark", [False, True])
def test_picture_shows_the_colours_of_the_drawing_at_twice_its_size(acetate: Explanation, dark: bool) -> None:
    svg, image = drawn(acetate, kept=(3, 4, 5), dark=dark), picture(acetate, kept=(3, 4, 5), dark=dark)
    assert (image.width(), image.height()) == (1120, 920)
    paper = DARK_HEAT.paper if dark else LIGHT_HEAT.paper
    assert image.pixelColor(2, 2).name() == image.pixelColor(1117, 917).name() == paper
    for atom, group in circles(svg).items():
        x, y = centre(group)
        (circle,) = group.iter(f"{SVG}circle")
        near = 0.85 * float(circle.get("r"))
        around = [(x + near * np.cos(a), y + near * np.sin(a)) for a in np.linspace(0, 6.28, 24, endpoint=False)]
        shown = [image.pixelColor(round(2 * at), round(2 * down)) for at, down in around]
        wanted = QColor(heat_colour(float(acetate.atom_scores[atom]), dark=dark))
        same = [max(abs(each.red() - wanted.red()), abs(each.green() - wanted.green())) <= 2 for each in shown]
        assert sum(same) >= 14, atom


def test_words_of_a_picture_stay_on_it(acetate: Explanation) -> None:
    wide = picture(acetate, caption="WWWW mmmm MMMM @@@@ " * 40 + "\n" + "w" * 300, size=(300, 460))
    edge = {wide.pixelColor(x, y).name() for x in (596, 598) for y in range(0, 920, 2)}
    assert edge == {LIGHT_HEAT.paper}


def test_letters_that_the_picture_has_not_are_spelt_out(acetate: Explanation) -> None:
    assert picture(acetate, caption="β-lactam, −0.5 …") == picture(acetate, caption="beta-lactam, -0.5 ...")
    assert picture(acetate, caption="β") != picture(acetate, caption="α")


def test_molecule_of_one_atom_has_its_circle() -> None:
    explanation = explained(molecule_from_text("C"), [1.0])
    (group,) = circles(drawn(explanation)).values()
    assert 0 < centre(group)[0] < 560
    assert picture(explanation).width() == 1120


def test_scores_of_another_molecule_are_refused(acetate: Explanation) -> None:
    with pytest.raises(ValueError, match="6 scores for 1 atoms"):
        heat_map_svg(molecule_from_text("C"), acetate, INFO, caption="")
