"""What stands beside a heat map, and pictures of both."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from heat_map_example import IDS, INFO, PROPANOL, SIGNED, explained, nearly
from PySide6.QtSvg import QSvgRenderer

from bitspec_gui.domain.heat_colours import heat_colour
from bitspec_gui.ui.theme import DARK, LIGHT
from bitspec_gui.ui.views.heat_legend import HeatLegend
from bitspec_gui.ui.views.heat_map_content import HeatMapContent
from bitspec_gui.ui.views.heat_map_picture import PICTURE_SUFFIXES, heat_map_bytes, image_of

SVG = "{http://www.w3.org/2000/svg}"

pytestmark = pytest.mark.usefixtures("qapp")


# The legend


@pytest.fixture
def legend(qtbot):
    shown = HeatLegend("legend")
    qtbot.addWidget(shown)
    shown.show_explanation(explained([1.0, 0.82, 0.0, -0.25]), SIGNED)
    shown.resize(260, shown.sizeHint().height())
    shown.show()
    return shown


def test_the_legend_names_method_target_unit_and_what_scores_mean_and_do_not(legend):
    assert legend.method.text() == "Made-up method, mean of both"
    assert legend.target.text() == "m/z 31 · CH₃O⁺ · 34 % of the ion current"
    assert legend.unit.text() == "parts of a test"
    assert INFO.meaning in legend.meaning.toolTip()
    assert INFO.caution in legend.meaning.toolTip()
    assert "−0.4 – 0.4 parts of a test" in legend.accessibleDescription()
    assert legend.minimumSizeHint().width() <= 260
    legend.show_explanation(explained([1.0, 0.0, 0.0, 0.0], mz=None), INFO)
    assert legend.target.text() == "the whole spectrum"


def bar_colour(legend, share):
    image = legend.bar.grab().toImage()
    return image.pixelColor(round(share * (image.width() - 1)), 8)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_bar_runs_from_the_lowest_to_the_highest_score_in_the_colours_of_the_map(legend, colours):
    legend.set_colours(colours)
    for share in (0.02, 0.25, 0.5, 0.75, 0.98):
        assert nearly(bar_colour(legend, share), heat_colour(2 * share - 1, dark=colours.dark)), share
    legend.show_explanation(explained([1.0, 0.0, 0.0, 0.0]), INFO)
    assert nearly(bar_colour(legend, 0.25), heat_colour(0.25, dark=colours.dark))


def test_the_bar_has_no_colour_below_the_threshold(legend):
    legend.show_explanation(explained([1.0, 0.0, 0.0, 0.0]), INFO)
    before = bar_colour(legend, 0.4)
    legend.set_threshold(0.5)
    below = {bar_colour(legend, share).name() for share in np.linspace(0.3, 0.45, 40)}
    assert before.name() not in below
    assert LIGHT.base in below
    assert nearly(bar_colour(legend, 0.8), heat_colour(0.8))
    assert "0.2" in legend.bar.toolTip()


def test_the_legend_explains_outline_and_grey_only_while_a_fragment_is_shown(legend):
    assert not legend.keys.isVisible()
    legend.set_fragment_shown(True)
    assert legend.keys.isVisible()
    assert "kept fragment" in legend.keys.accessibleName()


# Pictures

SHOWN = HeatMapContent(PROPANOL, IDS, explained([1.0, 0.5, 0.0, -0.4]), SIGNED, kept=(0, 1))
NOTE = "Without these 2 atoms m/z 31 falls to 12 %."


def test_the_svg_holds_map_and_legend_as_vectors_and_text():
    content = heat_map_bytes([SHOWN], ".svg", notes=[NOTE], title="1-Propanol <m/z 31>")
    root = ET.fromstring(content)
    assert root.findtext(f"{SVG}title") == "1-Propanol <m/z 31>"
    assert "O0 1.00" in root.findtext(f"{SVG}desc")
    texts = " ".join("".join(each.itertext()).strip() for each in root.iter(f"{SVG}text"))
    for part in ("Made-up method, mean of both", "−0.4", "0.4", "parts of a test", "kept fragment", NOTE, INFO.caution):
        assert part in texts, part
    fills = {each.get("fill") for each in root.iter()}
    assert {heat_colour(1.0), heat_colour(0.5), heat_colour(-0.4)} <= fills
    assert not list(root.iter(f"{SVG}image"))
    assert QSvgRenderer(content).isValid()


def test_two_maps_stand_side_by_side():
    one, two = image_of([SHOWN]), image_of([SHOWN, replace(SHOWN, kept=None)])
    assert two.width() > 1.9 * one.width()
    assert two.height() == one.height()


def test_the_pdf_is_one_page_of_the_size_of_the_picture():
    content = heat_map_bytes([SHOWN], ".pdf", notes=[NOTE])
    assert content.startswith(b"%PDF")
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    image = image_of([SHOWN], notes=[NOTE], scale=1.0)
    assert float(box.group(1)) == pytest.approx(0.75 * image.width(), abs=1.5)
    assert float(box.group(2)) == pytest.approx(0.75 * image.height(), abs=1.5)
    assert content.count(b"/Type /Page\n") == 1


def test_pictures_are_made_in_any_thread():
    with ThreadPoolExecutor(1) as other:
        for suffix in PICTURE_SUFFIXES:
            assert len(other.submit(heat_map_bytes, [SHOWN], suffix).result()) > 1000


def test_no_picture_is_made_of_nothing_or_in_an_unknown_format():
    with pytest.raises(ValueError, match="at least one"):
        heat_map_bytes([], ".svg")
    with pytest.raises(ValueError, match=r"\.gif"):
        heat_map_bytes([SHOWN], ".gif")
