"""Molecules drawn from an empty canvas with a real mouse and keyboard, without a SMILES, and known again by their InChIKeys."""

from __future__ import annotations

import shutil

import pytest
from screen_hands import Screen, beside, environment_on, hexagon, middle
from test_window_on_a_screen import needs_model, needs_xdotool, wait_for

pytestmark = [
    pytest.mark.xvfb,
    needs_model,
    needs_xdotool,
    pytest.mark.skipif(shutil.which("import") is None, reason="ImageMagick is not installed: the paper was not looked for"),
]

CAFFEINE = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"
ASPIRIN = "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"
GONANE = "UACIBCPNAKBWHX-UHFFFAOYSA-N"
PHENOL_TMS = "OJAJJFGMKAZGRZ-UHFFFAOYSA-N"


@pytest.fixture(scope="module")
def program(display, tmp_path_factory):
    """One program for all tests: each begins with an empty drawing."""
    folder = tmp_path_factory.mktemp("drawing")
    screen = Screen(environment_on(display, folder / "user"), folder)
    try:
        assert wait_for(lambda: screen.predicted(), 120), screen.told()
        yield screen
        assert "Traceback" not in screen.quit()
    finally:
        screen.kill()


@pytest.fixture
def screen(program):
    program.find_paper()
    program.take("single")
    yield program
    assert program.lives(), program.told()


def test_caffeine_of_two_rings_with_tools_and_keys_over_atoms(screen):
    c6, c5, c4, n3, c2, n1 = hexagon()
    n7, c8, n9 = (1.817, 0.809), (2.405, 0), (1.817, -0.809)
    screen.take("ring6")
    screen.click((0, 0))
    screen.take("ring5")
    screen.click(middle(c4, c5))
    for nitrogen in (n1, n3, n7, n9):
        screen.hover_and_press(nitrogen, "n")
    for carbonyl, way in ((c6, 90), (c2, 210)):
        screen.hover_and_press(carbonyl, "2")
        screen.hover_and_press(beside(carbonyl, way), "o")
    for nitrogen in (n1, n3, n7):
        screen.hover_and_press(nitrogen, "1")
    screen.hover_and_press(middle(c4, c5), "2")
    screen.hover_and_press(middle(c8, n9), "2")
    assert screen.shows(CAFFEINE), screen.predicted()
