from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from test_window_on_a_screen import find_window, focus, needs_xdotool, wait_for, xdotool

from bitspec_gui.bootstrap import default_ranking

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.skipif(not default_ranking().is_file(), reason="the ranking of hits that comes with BitSpec is not there"),
]

needs_import = pytest.mark.skipif(shutil.which("import") is None, reason="ImageMagick is not installed: nothing was looked at")


WITH_PREDICTED = 50_000
"""Spectra that both libraries that come along have at least."""


def picture(environment, window, path):
    subprocess.run(["import", "-window", window, f"png:{path}"], env=environment, check=True, timeout=60)
    from PySide6.QtGui import QImage

    return QImage(str(path))


def plot_differs(one, other):
    """Pixels of the plot that differ, of every other line: docks and jobs change by themselves."""
    columns, lines = range(210, 750), range(150, 380, 2)
    return sum(one.pixel(x, y) != other.pixel(x, y) for x in columns for y in lines)


def spectra_searched(log):
    """Spectra of the last search that the log tells of: the predicted library comes after the measured one."""
    told = (
        re.findall(r"Searched Example unknown: \d+ hits of (\d+) spectra", log.read_text(encoding="utf-8"))
        if log.exists()
        else []
    )
    return int(told[-1]) if told else 0


def settled(environment, window, folder):
    """Picture of a window whose plot has come to rest."""
    pictures = [picture(environment, window, folder / "first.png")]

    def rests():
        pictures.append(picture(environment, window, folder / "first.png"))
        return plot_differs(*pictures[-2:]) == 0

    assert wait_for(rests, 20)
    return pictures[-1]


@needs_xdotool
@needs_import
def test_the_example_is_identified_and_its_hits_are_stepped_through_by_keyboard(start, environment, tmp_path):
    process = start("--theme", "light", "--tab", "identify", "--size", "1200x800")
    window = find_window(environment, process)
    log = Path(environment["BITSPEC_DATA_DIR"]) / "logs" / "bitspec.log"
    assert wait_for(lambda: spectra_searched(log) >= WITH_PREDICTED, 200), log.read_text(encoding="utf-8")
    focus(environment, window)
    first = settled(environment, window, tmp_path)

    def shows(keys, condition):
        for key in keys:
            xdotool(environment, "key", "--clearmodifiers", key)
        return wait_for(lambda: condition(plot_differs(picture(environment, window, tmp_path / "now.png"), first)), 20)

    assert shows(["Down", "Down", "Down"], lambda pixels: pixels > 500)
    assert shows(["Up", "Up", "Up"], lambda pixels: pixels == 0)
    assert shows(["d"], lambda pixels: pixels > 500)
    assert shows(["m"], lambda pixels: pixels == 0)
    assert shows(["l"], lambda pixels: pixels > 100)
    xdotool(environment, "key", "--clearmodifiers", "ctrl+q")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
