"""A chemist before a screen: the program in a window of its own, drawn in with a real mouse and real keys."""

from __future__ import annotations

import collections
import contextlib
import itertools
import json
import math
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from test_window_on_a_screen import find_window, focus, wait_for, xdotool

from bitspec_gui.ui.theme import LIGHT

SIZE = (1400, 900)
BOND_PX = 36.0
"""Length of a bond on empty paper."""

BUTTON_PX, GROUP_GAP_PX, GAP_X_PX, GAP_Y_PX = 28, 7, 4, 3
"""The tools around the paper, on a screen of usual resolution."""

PAD = (
    ("select", "lasso", "erase", "text"),
    ("single", "double", "triple", "wedge", "hash", "wavy", "either", "chain"),
    ("benzene", "cyclopentadiene", "ring3", "ring4", "ring5", "ring6", "ring7", "ring8"),
)
"""Tools at the left of the paper, two in a row."""

ELEMENTS = ("C", "H", "N", "O", "S", "P", "F", "Cl", "Br", "I", "Si")
"""Elements below the paper, in one row."""

STEPS_OF_A_DRAG = 6


def pixels(path):
    """A picture as an array of shape (height, width) of 0xRRGGBB, uint32."""
    from PySide6.QtGui import QImage

    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    lines = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return lines[:, : image.width()] & 0xFFFFFF


def paper_in(take_picture, base=LIGHT.base, timeout_s=20.0):
    """Where the paper is, as `paper_of` says, as soon as a picture of the screen shows it."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            return paper_of(take_picture(), base)
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def paper_of(picture, base=LIGHT.base):
    """Left, top, right and bottom of the paper: the leftmost of the large areas in the base colour.

    It is found by runs of that colour along lines: those between the same two columns on many lines are an area, whatever is
    written or drawn between.
    """
    colour = int(base.removeprefix("#"), 16)
    runs = collections.defaultdict(list)
    for y, line in enumerate(picture):
        edges = np.flatnonzero(np.diff(np.concatenate(([False], line == colour, [False])).astype(np.int8)))
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            if end - start >= 220:
                runs[start, end].append(y)
    areas = [(left, right, lines) for (left, right), lines in runs.items() if len(lines) >= 150]
    assert areas, "no paper is to be seen"
    left, right, lines = min(areas, key=lambda area: area[:2])
    return left, lines[0], right, lines[-1] + 1


class Screen:
    """One program on one display. Places on the paper are (x, y) in bond lengths, y upwards, (0, 0) in its middle."""

    def __init__(self, environment, folder, *options) -> None:
        self.environment, self.folder = environment, Path(folder)
        self.log = Path(environment["BITSPEC_DATA_DIR"]) / "logs" / "bitspec.log"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bitspec_gui", "--size", "{}x{}".format(*SIZE), *(options or ("--theme", "light"))],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.window = find_window(environment, self.process)
        focus(environment, self.window)
        self._paper = (0, 0, 0, 0)

    # The program
    def told(self) -> str:
        """The log."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def lives(self) -> bool:
        """Whether the program runs and nothing unexpected has happened in it."""
        return self.process.poll() is None and "Traceback" not in self.told() and "ERROR" not in self.told()

    def predicted(self) -> str:
        """SMILES of the molecule predicted last."""
        found = re.findall(r"prediction_flow: Predicted (\S+) with", self.told())
        return found[-1] if found else ""

    def quit(self) -> str:
        """Close the program as a user would; returns what it said on standard error."""
        focus(self.environment, self.window)
        self.press("ctrl+q")
        _, errors = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, errors
        return errors

    def kill(self) -> None:
        """End the program, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    # What is to be seen
    def picture(self, name="now"):
        """The window as an array of pixels."""
        path = self.folder / f"{name}.png"
        subprocess.run(["import", "-window", self.window, f"png:{path}"], env=self.environment, check=True, timeout=60)
        return pixels(path)

    def drawing(self):
        """What is to be seen on the paper, without the frame that the keyboard's focus gives it."""
        left, top, right, bottom = self._paper
        return self.picture()[top + 4 : bottom - 4, left + 4 : right - 4]

    def is_blank(self) -> bool:
        """Whether nothing but the hint is on the paper."""
        return bool((self.drawing() == self._blank).all())

    def find_paper(self) -> None:
        """Empty the drawing, and see where the paper is."""
        self.press("ctrl+n")
        self.point_away()
        assert wait_for(lambda: self._has_paper(), 10), "no paper is to be seen"
        self._blank = self.drawing()

    def _has_paper(self) -> bool:
        before, self._paper = self._paper, paper_in(self.picture)
        return before == self._paper

    # Mouse and keys
    def do(self, *arguments) -> None:
        """Let xdotool do something; many things at once are quick."""
        xdotool(self.environment, *map(str, arguments))

    def pixel(self, place):
        """Where a place of the paper is on the screen, as long as nobody has zoomed."""
        left, top, right, bottom = self._paper
        return round((left + right) / 2 + place[0] * BOND_PX), round((top + bottom) / 2 - place[1] * BOND_PX)

    def button(self, name):
        """Where a tool is on the screen."""
        left, top, _, bottom = self._paper
        first = left - GAP_X_PX - 2 * BUTTON_PX
        if name in ELEMENTS:
            return first + BUTTON_PX * ELEMENTS.index(name) + BUTTON_PX // 2, bottom + GAP_Y_PX + BUTTON_PX // 2
        group = next(place for place, names in enumerate(PAD) if name in names)
        above = sum(len(names) // 2 for names in PAD[:group]) * BUTTON_PX + group * GROUP_GAP_PX
        row, column = divmod(PAD[group].index(name), 2)
        return first + column * BUTTON_PX + BUTTON_PX // 2, top + above + row * BUTTON_PX + BUTTON_PX // 2

    def take(self, tool) -> None:
        """Click a tool."""
        self.do("mousemove", *self.button(tool), "click", 1)

    def click(self, *places) -> None:
        """Click places one after the other."""
        self.do(*itertools.chain.from_iterable(("mousemove", *self.pixel(place), "click", "1") for place in places))

    def point(self, place) -> None:
        """Bring the pointer to a place."""
        self.do("mousemove", *self.pixel(place))

    def point_away(self) -> None:
        """Take the pointer off the paper."""
        self.do("mousemove", SIZE[0] // 2, 5)

    def hover_and_press(self, place, *keys) -> None:
        """Point at a place and press keys there."""
        self.do("mousemove", *self.pixel(place), "key", "--clearmodifiers", *keys)

    def drag(self, *places, button=1) -> None:
        """Press at the first place, go over the others, let go at the last."""
        way = [self.pixel(place) for place in places]
        self.do("mousemove", *way[0], "mousedown", button, *_way(way), "mouseup", button)

    def press(self, *keys) -> None:
        """Press keys where the keyboard is."""
        self.do("key", "--clearmodifiers", *keys)

    def choose(self, *keys) -> None:
        """Press keys one after the other, as slowly as menus open."""
        for key in keys:
            self.do("key", "--clearmodifiers", key, "sleep", 0.15)

    def write(self, text) -> None:
        """Type a text and Enter."""
        self.do("type", "--delay", "8", text)
        self.press("Return")

    # The answer
    def shows(self, inchikey, timeout_s=20.0) -> bool:
        """Whether the molecule that is predicted becomes the one meant."""
        return wait_for(lambda: inchikey_of(self.predicted()) == inchikey, timeout_s)

    def clipboard(self):
        """What other programs find on the clipboard: bytes by MIME type."""
        code = (
            "import json, sys\n"
            "from PySide6.QtWidgets import QApplication\n"
            "app = QApplication([]); data = app.clipboard().mimeData()\n"
            "print(json.dumps({kind: bytes(data.data(kind)).hex() for kind in data.formats()}))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], env=self.environment, capture_output=True, text=True, timeout=60, check=True
        )
        return {kind: bytes.fromhex(found) for kind, found in json.loads(done.stdout).items()}

    @contextlib.contextmanager
    def others_copy(self, offered):
        """Another program has something on the clipboard: bytes by MIME type."""
        code = (
            "import json, sys\n"
            "from PySide6.QtCore import QMimeData, QTimer\n"
            "from PySide6.QtWidgets import QApplication\n"
            "app = QApplication([]); data = QMimeData()\n"
            "for kind, found in json.loads(sys.argv[1]).items(): data.setData(kind, bytes.fromhex(found))\n"
            "app.clipboard().setMimeData(data)\n"
            "QTimer.singleShot(200, lambda: print('ready', flush=True))\n"
            "app.exec()\n"
        )
        words = json.dumps({kind: found.hex() for kind, found in offered.items()})
        other = subprocess.Popen([sys.executable, "-c", code, words], env=self.environment, stdout=subprocess.PIPE, text=True)
        try:
            assert other.stdout.readline().strip() == "ready"
            yield
        finally:
            other.kill()
            other.communicate()


def _way(way):
    """Movements of xdotool over points, in small steps."""
    for (x0, y0), (x1, y1) in itertools.pairwise(way):
        for step in range(1, STEPS_OF_A_DRAG + 1):
            share = step / STEPS_OF_A_DRAG
            yield from ("mousemove", round(x0 + share * (x1 - x0)), round(y0 + share * (y1 - y0)))


def beside(place, degrees, length=1.0):
    """A place in a direction from another."""
    return place[0] + length * math.cos(math.radians(degrees)), place[1] + length * math.sin(math.radians(degrees))


def middle(one, other):
    """The place half way between two."""
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def hexagon(centre=(0.0, 0.0)):
    """Corners of a ring of six that stands on a corner: top first, then clockwise."""
    return [beside(centre, 90 - 60 * corner) for corner in range(6)]


def inchikey_of(smiles):
    """InChIKey of a SMILES, empty if there is none."""
    from rdkit import Chem

    molecule = Chem.MolFromSmiles(smiles) if smiles else None
    return Chem.MolToInchiKey(molecule) if molecule is not None else ""


def environment_on(display, folder):
    """What the program is started with: a display and a user's folder of its own."""
    kept = {key: value for key, value in os.environ.items() if key not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    return {**kept, "DISPLAY": display, "BITSPEC_DATA_DIR": str(folder), "QT_SCALE_FACTOR": "1"}
