from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bitspec_gui.bootstrap import default_model

pytestmark = pytest.mark.xvfb

needs_model = pytest.mark.skipif(not default_model().is_file(), reason="the model that comes with BitSpec is not there")
needs_xdotool = pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed: nothing was typed")


def xdotool(environment, *arguments):
    return subprocess.run(["xdotool", *arguments], env=environment, capture_output=True, text=True, timeout=60).stdout.strip()


def find_window(environment, process, timeout_s=30):
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[1]
        found = xdotool(environment, "search", "--onlyvisible", "--name", "^BitSpec$")
        if found:
            return found.splitlines()[-1]
        time.sleep(0.1)
    raise AssertionError("no window appeared")


def focus(environment, window):
    xdotool(environment, "windowfocus", "--sync", window)
    time.sleep(0.3)


def wait_for(condition, timeout_s):
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def settings(environment):
    path = os.path.join(environment["BITSPEC_DATA_DIR"], "settings.json")
    with open(path, encoding="utf-8") as stream:
        return json.load(stream)


@needs_model
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_first_start_shows_a_predicted_and_a_measured_spectrum(start, tmp_path, theme):
    from PySide6.QtGui import QImage

    from bitspec_gui.ui.theme import DARK, LIGHT

    picture = tmp_path / "window.png"
    process = start("--screenshot", str(picture), "--theme", theme)
    _, errors = process.communicate(timeout=180)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    image = QImage(str(picture))
    assert image.width() >= 1000
    counts: dict[str, int] = {}
    for x in range(image.width()):
        for y in range(0, image.height(), 2):
            name = image.pixelColor(x, y).name()
            counts[name] = counts.get(name, 0) + 1
    colours = DARK if theme == "dark" else LIGHT
    assert counts.get(colours.predicted, 0) > 300
    assert counts.get(colours.measured, 0) > 300
    assert len(counts) > 50


@needs_model
@needs_xdotool
def test_a_typed_smiles_is_predicted_and_remembered(start, environment):
    process = start("--theme", "light")
    window = find_window(environment, process)
    focus(environment, window)
    xdotool(environment, "key", "--clearmodifiers", "ctrl+a")
    xdotool(environment, "type", "--delay", "20", "CCCCCO")
    xdotool(environment, "key", "Return")
    log = Path(environment["BITSPEC_DATA_DIR"]) / "logs" / "bitspec.log"
    assert wait_for(lambda: log.exists() and "Predicted CCCCCO" in log.read_text(encoding="utf-8"), 120)
    xdotool(environment, "key", "--clearmodifiers", "ctrl+q")
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert settings(environment)["last_molecule"] == "CCCCCO"


@needs_xdotool
def test_the_window_closes_in_time_while_the_model_is_being_loaded(start, environment):
    process = start()
    window = find_window(environment, process)
    focus(environment, window)
    xdotool(environment, "key", "--clearmodifiers", "ctrl+q")
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert "QThread" not in errors
    assert "Traceback" not in errors


def test_without_a_display_there_is_a_sentence_and_no_crash(environment):
    bare = {key: value for key, value in environment.items() if key != "DISPLAY"}
    done = subprocess.run([sys.executable, "-m", "bitspec_gui"], env=bare, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "no display" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unreadable_model_and_a_damaged_database_do_not_keep_the_window_shut(start, environment, tmp_path):
    os.makedirs(environment["BITSPEC_DATA_DIR"])
    with open(os.path.join(environment["BITSPEC_DATA_DIR"], "bitspec.sqlite"), "wb") as stream:
        stream.write(b"no database at all " * 500)
    process = start("--screenshot", str(tmp_path / "w.png"))
    _, errors = process.communicate(timeout=180)
    assert "Traceback" not in errors
    assert (tmp_path / "w.png").stat().st_size > 10_000


def test_nothing_heavy_is_imported_before_the_window_is_shown(environment):
    code = (
        "import sys, bitspec_gui.app as app\n"
        "def begin(window, options):\n"
        "    print([m for m in ('torch', 'rdkit', 'sqlalchemy', 'alembic') if m in sys.modules])\n"
        "    window.close()\n"
        "app._begin = begin\n"
        "sys.exit(app.main([]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_a_font_size_kept_in_the_settings_is_that_of_the_window_before_the_program_runs(environment):
    os.makedirs(environment["BITSPEC_DATA_DIR"])
    with open(os.path.join(environment["BITSPEC_DATA_DIR"], "settings.json"), "w", encoding="utf-8") as stream:
        json.dump({"font_size_pt": 17.0}, stream)
    code = (
        "import sys, bitspec_gui.app as app\n"
        "def begin(window, options):\n"
        "    parts = (window.menuBar(), window.tabs.tabBar(), window.details, window.project.tree, window.training.panel)\n"
        "    print({part.font().pointSizeF() for part in parts})\n"
        "    window.close()\n"
        "app._begin = begin\n"
        "sys.exit(app.main([]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "{17.0}"
