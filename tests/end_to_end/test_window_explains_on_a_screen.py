"""A chemist asks with a real mouse and real keys which atoms made a peak: butylbenzene on the *Explain* tab of the program."""

from __future__ import annotations

import json
import re
import shutil
import time
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from screen_hands import Screen, environment_on, paper_in
from test_window_on_a_screen import focus, needs_model, needs_xdotool, wait_for, xdotool

from bitspec_gui.domain.heat_colours import LIGHT_HEAT
from bitspec_gui.ui.sketcher.contours import REACH
from bitspec_gui.ui.theme import LIGHT
from bitspec_gui.ui.views.heat_map import HeatMapView

pytestmark = [
    pytest.mark.xvfb,
    needs_model,
    needs_xdotool,
    pytest.mark.skipif(shutil.which("import") is None, reason="ImageMagick is not installed: the map was not looked for"),
]

SMILES = "CCCCc1ccccc1"
PROPYL, BENZYL = (0, 1, 2), (3, 4, 5, 6, 7, 8, 9)
PREDICTED = int(LIGHT.predicted.removeprefix("#"), 16)
TALL_PX = 16
"""Height of sticks that are no letters and no small peaks."""

NEAR_THE_ATOM = 0.22
"""In bond lengths: within the colour of an atom, beside the lines that end there."""


class ExplainScreen(Screen):
    """The *Explain* tab on a screen; atoms by their place in the SMILES."""

    def __init__(self, environment, folder) -> None:
        super().__init__(environment, folder, "--theme", "light", "--tab", "explain", "--molecule", SMILES)
        self._atoms = np.zeros((0, 2))

    # Keys
    def menu(self, *keys) -> None:
        """Choose from the menu *Explain*."""
        self.choose("alt+x", *keys)

    def save(self, key, path) -> None:
        """Save a picture or scores by the menu and the dialog that asks where to."""
        self.menu(key)
        assert wait_for(lambda: self._dialog(), 10), "no dialog asks where to save"

        def written() -> bool:
            # Without a window manager the first keys may come before the dialog takes them: then they are typed again.
            if self._dialog():
                focus(self.environment, self._dialog())
                self.do("key", "ctrl+a", "type", "--delay", "3", str(path))
                self.press("Return")
            return wait_for(path.exists, 5)

        assert any(written() for _ in range(3)), self.told()
        assert wait_for(lambda: not self._dialog(), 5)
        focus(self.environment, self.window)

    def _dialog(self):
        return xdotool(self.environment, "search", "--onlyvisible", "--name", "^Export |^Save ").split("\n")[-1]

    # Where things are
    def learn_places(self) -> None:
        """See where the map is, and work out where its atoms are."""
        self.point_away()
        self._paper = paper_in(self.picture, LIGHT_HEAT.paper)
        scores = self.folder / "scores.json"
        self.save("s", scores)
        block = json.loads(scores.read_text(encoding="utf-8"))["molecule"]["molblock"].splitlines()
        places = np.array([[float(line[:10]), float(line[10:20])] for line in block[4:14]])
        places /= np.hypot(*(places[1] - places[0]))
        least, most = places.min(axis=0), places.max(axis=0)
        left, top, right, bottom = self._paper
        room = np.array([right - left, bottom - top]) - 2 * HeatMapView.margin_px
        self._bond_px = min(HeatMapView.comfortable_bond_px, *(room / (most - least + 2 * REACH)))
        off = (places - (least + most) / 2) * (1, -1) * self._bond_px
        self._atoms = off + np.array([left + right, top + bottom]) / 2

    def atom(self, place):
        """Where an atom is on the screen."""
        return tuple(int(at) for at in self._atoms[place].round())

    def tinted(self):
        """Atoms that are vermilion on the map."""
        picture, angles = self.picture(), np.radians(np.arange(15, 375, 30))
        around = NEAR_THE_ATOM * self._bond_px * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        found = []
        for place, at in enumerate(self._atoms):
            x, y = (at + around).round().astype(int).T
            colours = picture[y, x]
            red, blue = colours >> 16, colours & 0xFF
            if np.mean((red > 180) & (blue < 120)) > 0.5:
                found.append(place)
        return tuple(found)

    def sticks(self):
        """Height in pixels of the tall blue sticks below the map, by the column of the screen."""
        left, _, right, bottom = self._paper
        blue = self.picture()[bottom + 60 :, left + 60 : right] == PREDICTED
        return {left + 60 + int(x): int(n) for x, n in enumerate(blue.sum(axis=0)) if n >= TALL_PX}

    def foot_of(self, column):
        """A place on a stick, a little above the axis."""
        lines = np.flatnonzero(self.picture()[self._paper[3] + 60 :, column] == PREDICTED)
        return column, int(self._paper[3] + 60 + lines.max() - 3)

    def explained(self):
        """What the log says was explained: m/z and method, the newest last."""
        return re.findall(r"Explained m/z (\w+) by (\w+)", self.told())


@pytest.fixture(scope="module")
def program(display, tmp_path_factory):
    """One program for all tests, which explains m/z 91 of butylbenzene as it begins."""
    folder = tmp_path_factory.mktemp("explaining")
    screen = ExplainScreen(environment_on(display, folder / "user"), folder)
    try:
        assert wait_for(lambda: ("91", "fragments") in screen.explained(), 120), screen.told()
        focus(screen.environment, screen.window)
        screen.learn_places()
        yield screen
    finally:
        screen.kill()


@pytest.fixture
def screen(program):
    assert wait_for(lambda: program.tinted() == BENZYL, 15), program.tinted()
    yield program
    assert program.lives(), program.told()


def test_a_click_on_the_base_peak_tints_the_benzyl_group(screen):
    screen.press("ctrl+shift+e")
    assert wait_for(lambda: "None" in dict(screen.explained()), 15), screen.told()
    sticks = screen.sticks()
    screen.do("mousemove", *screen.foot_of(max(sticks, key=sticks.get)), "click", 1)
    screen.point_away()
    assert wait_for(lambda: screen.tinted() == BENZYL, 15), screen.tinted()


def test_a_lasso_around_the_chain_lights_the_peaks_that_hold_it(screen):
    before = screen.sticks()
    reach = round(0.6 * screen._bond_px)
    columns, lines = zip(*(screen.atom(place) for place in PROPYL), strict=True)
    left, top, right, bottom = min(columns) - reach, min(lines) - reach, max(columns) + reach // 3, max(lines) + reach
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    steps = [value for corner in corners for value in ("mousemove", *corner, "sleep", 0.03)]
    screen.do("mousemove", *corners[0], "mousedown", 1, *steps, "mouseup", 1)
    screen.point_away()
    molecular_ion = max(before)
    others = [column for column in before if molecular_ion - column > 4]
    assert others
    assert wait_for(lambda: not screen.sticks().keys() & set(others), 10), screen.sticks()
    assert molecular_ion in screen.sticks(), "the molecular ion holds every atom"
    screen.press("Escape")
    assert wait_for(lambda: screen.sticks() == before, 10)


def test_a_slow_map_is_cancelled_by_escape_and_the_one_before_is_back(screen):
    before = screen.drawing()
    screen.menu("m", "Down", "Down", "Return")
    time.sleep(0.2)
    screen.press("Escape")
    assert wait_for(lambda: np.array_equal(screen.drawing(), before), 10)
    assert "gnnexplainer" not in {method for _, method in screen.explained()}


def test_the_heat_map_is_saved_as_an_svg_with_its_legend(screen):
    path = screen.folder / "map.svg"
    screen.save("p", path)
    drawn = ET.parse(path).getroot()
    words = " ".join(" ".join(each.itertext()) for each in drawn.iter())
    assert drawn.tag.endswith("svg")
    assert LIGHT_HEAT.positive in path.read_text(encoding="utf-8").lower()
    assert "Fragments" in words
    assert "m/z 91" in words


def test_the_program_ends_while_a_slow_map_is_being_made(program):
    program.menu("m", "Down", "Down", "Return")
    time.sleep(0.3)
    assert "Traceback" not in program.quit()
