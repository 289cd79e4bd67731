"""A chemist teaches the program with a real mouse and real keys: spectra dropped, edited, learnt from, and the model used."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from file_manager import PLACE
from screen_hands import Screen, environment_on
from test_window_on_a_screen import focus, needs_model, needs_xdotool, wait_for, xdotool

from bitspec_gui.services.embedded import PREDICTED_NOTE
from bitspec_gui.storage.library_store import open_library_store
from bitspec_gui.ui.theme import LIGHT

pytestmark = [
    pytest.mark.xvfb,
    needs_model,
    needs_xdotool,
    pytest.mark.skipif(shutil.which("import") is None, reason="ImageMagick is not installed: the table was not looked for"),
]

FEW = {"methanol": ("CO", 32), "ethanol": ("CCO", 46), "1-propanol": ("CCCO", 60), "1-butanol": ("CCCCO", 74),
       "1-pentanol": ("CCCCCO", 88), "phenol": ("Oc1ccccc1", 94)}  # fmt: skip
"""Below ten compounds two numbers are fitted: that is quick."""

MORE = {"1-hexanol": ("CCCCCCO", 102), "1-heptanol": ("CCCCCCCO", 116), "1-octanol": ("CCCCCCCCO", 130),
        "benzyl alcohol": ("OCc1ccccc1", 108), "2-propanol": ("CC(C)O", 60), "anisole": ("COc1ccccc1", 108)}  # fmt: skip
"""With these there are enough for networks to learn: that takes long enough to be disturbed."""

STEPS_OF_A_DRAG = 8

ROW_PX = 260


def msp(compounds):
    """Spectra with M, losses of 1 and 18, and small ions."""
    records = []
    for name, (smiles, mass) in compounds.items():
        peaks = {mass: 300, mass - 1: 120, mass - 18: 640, 31: 999, 29: 410, 27: 90 + mass}
        lines = [f"Name: {name}", f"SMILES: {smiles}", f"Num Peaks: {len(peaks)}"]
        records.append("\n".join([*lines, *(f"{mz} {height}" for mz, height in sorted(peaks.items()))]))
    return "\n\n".join(records) + "\n"


class TrainScreen(Screen):
    """The *Train* tab on a screen, and what the database and the journals of fine-tuning hold meanwhile."""

    def __init__(self, environment, folder) -> None:
        super().__init__(environment, folder, "--theme", "light", "--tab", "train")
        self.training = Path(environment["BITSPEC_DATA_DIR"]) / "training"

    # What is there
    def read(self, sql):
        """Rows of the database; none while there is no such database."""
        file = self.training / "training.sqlite"
        if not file.exists():
            return []
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5) as connection:
            try:
                return connection.execute(sql).fetchall()
            except sqlite3.OperationalError:
                return []

    def used(self):
        """Names of the spectra that are used."""
        return {name for (name,) in self.read("select name from dataset_spectrum where used and removed_by is null")}

    def job(self):
        """Id, state and what was said of the newest job."""
        return (self.read("select job_id, state, said from job order by job_id desc limit 1") or [(0, "", "")])[0]

    def told_by_job(self, kind):
        """Events of a kind that the newest job told."""
        journal = self.training / "jobs" / str(self.job()[0]) / "journal.jsonl"
        lines = journal.read_text(encoding="utf-8").splitlines(keepends=True) if journal.exists() else []
        events = [json.loads(line) for line in lines if line.endswith("\n")]
        return [event for event in events if event["event"] == kind]

    def becomes(self, *states, timeout_s=60.0):
        """Whether the newest job comes into one of some states."""
        return wait_for(lambda: self.job()[1] in states, timeout_s)

    def row_looked_at(self):
        """Place of the row of the table that is selected: nothing else in that colour is as wide."""
        selected = self.picture() == int(LIGHT.selection.removeprefix("#"), 16)
        lines = np.flatnonzero(selected.sum(axis=1) >= ROW_PX)
        if not lines.size:
            return None
        row = lines[lines.size // 2]
        return int(np.median(np.flatnonzero(selected[row]))), int(row)

    # Hands
    def drop(self, *paths) -> None:
        """Carry files from a file manager into the middle of the window."""
        manager = Path(__file__).with_name("file_manager.py")
        source = subprocess.Popen([sys.executable, str(manager), *map(str, paths)], env=self.environment)
        try:
            assert wait_for(lambda: xdotool(self.environment, "search", "--onlyvisible", "--name", "^file manager$"), 20)
            start, end = (PLACE[0] + 20, PLACE[1] + 15), (600, 400)
            way = []
            for step in range(1, STEPS_OF_A_DRAG + 1):
                share = step / STEPS_OF_A_DRAG
                way += ["mousemove", *(round(a + share * (b - a)) for a, b in zip(start, end, strict=True)), "sleep", "0.06"]
            self.do("mousemove", *start, "sleep", "0.2", "mousedown", 1, "sleep", "0.2", *way, "sleep", "0.3", "mouseup", 1)
            source.wait(20)
        finally:
            source.kill()
            source.wait()

    def start_training(self) -> bool:
        """Make a plan and begin with what it proposes, as soon as it is made; whether a job was queued."""
        before = self.job()[0]
        self.press("alt+2")
        # The name of the new version takes the keyboard, and Enter in it begins.
        return wait_for(lambda: self.press("alt+n") or self.press("Return") or self.job()[0] > before, 60)

    def answer(self, title, key) -> None:
        """Press a key in a dialog, as soon as that is there."""
        assert wait_for(lambda: self.dialog(title), 10), f"no dialog {title!r}"
        focus(self.environment, self.dialog(title))
        self.press(key)

    def dialog(self, title):
        return xdotool(self.environment, "search", "--onlyvisible", "--name", f"^{title}$").split("\n")[-1]

    def end_runner(self) -> None:
        """End the process that trains, if one does."""
        for event in self.told_by_job("began")[-1:]:
            if self.job()[1] in ("running", "paused"):
                with_pid(event["pid"], signal.SIGKILL)


def with_pid(pid, number):
    """Send a signal, if the process is still there."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def without_the_predicted_library(database) -> None:
    """A user has removed the supplied predicted library: its 54,000 spectra are not loaded at the first start."""
    store = open_library_store(database)
    store.set_note(PREDICTED_NOTE, "removed")
    store.close()


@pytest.fixture(scope="module")
def stage(display, tmp_path_factory):
    """One screen and one user's folder for all tests, which follow each other as on one afternoon."""
    folder = tmp_path_factory.mktemp("training")
    without_the_predicted_library(folder / "user" / "bitspec.sqlite")
    shown = TrainScreen(environment_on(display, folder / "user"), folder)
    try:
        yield shown
    finally:
        shown.end_runner()
        shown.kill()


@pytest.fixture
def screen(stage):
    yield stage
    assert stage.lives(), stage.told()


def test_dropped_spectra_become_a_dataset_and_an_edit_of_it_is_undone(screen):
    path = screen.folder / "alcohols.msp"
    path.write_text(msp(FEW), encoding="utf-8")
    screen.drop(path)
    assert wait_for(lambda: screen.used() == set(FEW), 20), screen.told()
    assert screen.read("select name from dataset") == [("alcohols",)]
    focus(screen.environment, screen.window)
    assert wait_for(lambda: screen.row_looked_at() is not None, 10)
    screen.do("mousemove", *screen.row_looked_at(), "click", 1)
    screen.press("space")
    assert wait_for(lambda: screen.used() == set(FEW) - {"methanol"}, 10), screen.used()
    screen.press("ctrl+z")
    assert wait_for(lambda: screen.used() == set(FEW), 10)


def test_what_was_learnt_is_judged_and_predicts_after_one_click(screen):
    assert screen.start_training(), screen.told()
    assert screen.becomes("done"), (screen.job(), screen.told_by_job("state"))
    (sentence,) = [event["verdict"]["sentence"] for event in screen.told_by_job("verdict")]
    ((version, metrics),) = screen.read("select name, metrics from version")
    assert json.loads(metrics)["sentence"] == sentence
    screen.press("alt+4")
    chosen = "select version.name from active_history join version using (version_id)"
    assert wait_for(lambda: screen.press("alt+u") or screen.read(chosen) == [(version,)], 20)
    assert wait_for(lambda: f"with {version} (" in screen.told(), 30), "nothing was predicted anew"


def test_a_killed_training_is_interrupted_and_goes_on_from_where_it_was(screen):
    path = screen.folder / "others.msp"
    path.write_text(msp(MORE), encoding="utf-8")
    screen.press("alt+1")
    screen.drop(path)
    assert wait_for(lambda: screen.used() == set(FEW) | set(MORE), 20)
    focus(screen.environment, screen.window)
    assert screen.start_training(), screen.told()
    checkpoint = screen.training / "jobs" / str(screen.job()[0]) / "work" / "core" / "checkpoint.json"
    assert wait_for(checkpoint.exists, 60), screen.told_by_job("phase")
    with_pid(screen.told_by_job("began")[-1]["pid"], signal.SIGKILL)
    assert screen.becomes("interrupted", timeout_s=10)
    assert "it can go on from its last checkpoint" in screen.job()[2]
    screen.press("alt+3")
    assert wait_for(lambda: screen.press("alt+r") or screen.job()[1] == "running", 20)
    assert wait_for(lambda: [event["resumed"] for event in screen.told_by_job("began")] == [False, True], 60)


def test_a_training_outlives_the_window_and_the_next_one_cancels_it(screen):
    assert screen.job()[1] == "running", screen.job()
    began = screen.told_by_job("began")[-1]
    focus(screen.environment, screen.window)
    screen.press("ctrl+q")
    screen.answer("A model is being trained", "alt+g")
    assert screen.process.wait(30) == 0
    assert with_pid(began["pid"], 0), "the training ended with the window"
    points = len(screen.told_by_job("point"))
    # The same hands, another window.
    TrainScreen.__init__(screen, screen.environment, screen.folder)
    assert wait_for(lambda: len(screen.told_by_job("point")) > points or screen.job()[1] != "running", 60)
    assert screen.job()[1] == "running", screen.job()
    assert screen.told_by_job("began")[-1] == began
    screen.press("alt+3")
    assert wait_for(lambda: screen.press("alt+c") or screen.dialog("Cancel the training") or screen.job()[1] == "cancelled", 20)
    if screen.job()[1] != "cancelled":
        screen.answer("Cancel the training", "alt+c")
    assert screen.becomes("cancelled", timeout_s=10), screen.job()
    assert wait_for(lambda: not with_pid(began["pid"], 0), 10)
    focus(screen.environment, screen.window)
