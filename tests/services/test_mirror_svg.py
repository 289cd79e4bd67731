"""The drawing of spectra for reports."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_hits import NICOTINAMIDE, UNKNOWN

from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.services.mirror_svg import MEASURED_COLOUR, UNKNOWN_COLOUR, Side, mirror_svg

SVG = "{http://www.w3.org/2000/svg}"
TOP, BOTTOM = Side(UNKNOWN.spectrum, "Unknown", UNKNOWN_COLOUR), Side(NICOTINAMIDE.spectrum, "Nicotinamide", MEASURED_COLOUR)


def sticks(svg: str, colour: str) -> list[tuple[float, float]]:
    """Place and signed height (upwards) of the sticks of a colour."""
    (path,) = [each for each in ElementTree.fromstring(svg).iter(f"{SVG}path") if each.get("stroke") == colour]
    return [(float(x), -float(up)) for x, up in re.findall(r"M([\d.]+) [\d.]+v(-?[\d.]+)", path.get("d", ""))]


def labels(svg: str, colour: str) -> dict[str, tuple[float, float]]:
    texts = [each for each in ElementTree.fromstring(svg).iter(f"{SVG}text") if each.get("fill") == colour]
    return {each.text or "": (float(each.get("x", "")), float(each.get("y", ""))) for each in texts if each.get("text-anchor")}


def test_the_unknown_stands_up_and_the_hit_hangs_down_each_from_its_own_base_peak() -> None:
    svg = mirror_svg(TOP, BOTTOM)
    up, down = sticks(svg, UNKNOWN_COLOUR), sticks(svg, MEASURED_COLOUR)
    assert len(up) == 4
    assert len(down) == 6
    assert max(tall for _, tall in up) == pytest.approx(-min(tall for _, tall in down))
    assert all(tall > 0 for _, tall in up)
    assert all(tall < 0 for _, tall in down)
    assert up[-1][1] / up[0][1] == pytest.approx(100 / 30.5, rel=0.02)


def test_peaks_at_the_same_mass_stand_at_the_same_place() -> None:
    up, down = sticks(mirror_svg(TOP, BOTTOM), UNKNOWN_COLOUR), sticks(mirror_svg(TOP, BOTTOM), MEASURED_COLOUR)
    assert up[0][0] == down[1][0]  # m/z 51
    assert up[2][0] == down[4][0]  # m/z 106


def test_large_peaks_bear_their_mass_on_their_own_side() -> None:
    svg = mirror_svg(TOP, BOTTOM)
    up, down = labels(svg, UNKNOWN_COLOUR), labels(svg, MEASURED_COLOUR)
    assert set(up) == {"51", "78.10", "106", "122.04"}
    assert set(down) == {"39", "51", "78", "106", "122"}  # m/z 94 has 1 %
    assert max(y for _, y in up.values()) < min(y for _, y in down.values())


def test_one_spectrum_alone_stands_on_the_axis_at_the_foot() -> None:
    svg = mirror_svg(TOP, height=300)
    (path,) = [each for each in ElementTree.fromstring(svg).iter(f"{SVG}path") if each.get("stroke") == UNKNOWN_COLOUR]
    feet = {float(y) for y in re.findall(r"M[\d.]+ ([\d.]+)v", path.get("d", ""))}
    assert len(feet) == 1
    assert min(feet) > 250


def test_marked_peak_has_a_band_behind_it_over_both_spectra_and_one_outside_has_none() -> None:
    def bands(mz: float | None) -> list[ElementTree.Element]:
        drawn = ElementTree.fromstring(mirror_svg(TOP, TOP, height=300, marked_mz=mz))
        return [each for each in drawn.iter(f"{SVG}path") if each.get("stroke-width") == "7"]

    peak = float(TOP.spectrum.mz[0])
    (band,) = bands(peak)
    found = re.fullmatch(r"M([\d.]+) ([\d.]+)V([\d.]+)", band.get("d", ""))
    assert found is not None
    sticks = re.findall(r"M([\d.]+) [\d.]+v-", mirror_svg(TOP, TOP, height=300))
    assert found.group(1) in sticks
    assert float(found.group(2)) < 40
    assert float(found.group(3)) > 250
    assert bands(None) == bands(5000.0) == []


def test_title_with_signs_of_xml_is_shown_as_it_is_and_a_long_one_ends_early() -> None:
    svg = mirror_svg(Side(UNKNOWN.spectrum, "a <b> & \x00" + "c" * 400, UNKNOWN_COLOUR))
    (title,) = [each.text or "" for each in ElementTree.fromstring(svg).iter(f"{SVG}text") if each.get("font-weight")]
    assert title.startswith("a <b> &  ccc")
    assert title.endswith("…")
    assert len(title) < 150


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0.01, 1e6), st.floats(0, 1e12)), min_size=1, max_size=60))
def test_any_spectrum_gives_a_drawing_whose_parts_lie_within_it(peaks: list[tuple[float, float]]) -> None:
    spectrum = Spectrum(*np.array(peaks).T)
    svg = mirror_svg(Side(spectrum, "x", UNKNOWN_COLOUR), Side(spectrum, "y", MEASURED_COLOUR), width=500, height=200)
    assert len(svg) < 200_000
    for text in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        assert -1 <= float(text.get("x", "")) <= 501
        assert 0 <= float(text.get("y", "")) <= 200
