"""The *Train* tab in the whole window: what of the window follows it, what its keys reach, and a damaged database."""

from __future__ import annotations

import threading

import pytest
from made_versions import Machine
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from train_tab import laboratory_file
from window_driver import wait_until_quiet

from bitspec_gui.ui.theme import DARK
from bitspec_gui.ui.train_state import TrainPage

ALT, LEFT = Qt.KeyboardModifier.AltModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def damaged(services):
    """The database of fine-tuning as a failing disk may leave it."""
    file = services.paths.training / "training.sqlite"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database at all " * 900)
    return file


@pytest.fixture
def trains(qtbot, make_window):
    """A window that shows the *Train* tab, opened by a click on its title."""
    shown = make_window()
    shown.activateWindow()
    shown.training.start()
    bar = shown.tabs.tabBar()
    bar.setFocus()
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(shown.tabs.indexOf(shown.training.panel)).center())
    wait_until_quiet(qtbot, shown)
    return shown


@pytest.fixture
def alcohols(qtbot, trains, tmp_path):
    """The same with a dataset, of which the last spectrum has no structure."""
    trains.training.add_files([laboratory_file(tmp_path, compounds=4, without=("1-butanol",))])
    qtbot.waitUntil(lambda: bool(trains.training.train.spectra), timeout=10_000)
    wait_until_quiet(qtbot, trains)
    for dialog in trains.training.panel.window().findChildren(QPushButton, "closeReport"):
        dialog.click()
    return trains


def test_alt_and_a_number_reach_the_steps_from_the_titles_of_the_tabs(qtbot, trains):
    qtbot.keyClick(trains.tabs.tabBar(), Qt.Key.Key_5, ALT)
    assert trains.training.train.page is TrainPage.MODELS
    trains.tabs.setCurrentWidget(trains.predict)
    qtbot.keyClick(trains.predict.input, Qt.Key.Key_2, ALT)
    assert trains.training.train.page is TrainPage.MODELS, "steps of a tab that is not on show"


def test_the_right_dock_shows_the_spectrum_that_is_looked_at(qtbot, alcohols):
    table, details = alcohols.training.pages[TrainPage.SPECTRA].table, alcohols.details
    named = {each.record.name: each for each in alcohols.training.train.spectra}
    measured = {}
    for name, smiles in (("ethanol", "CCO"), ("1-propanol", "CCCO")):
        table.select_one(next(n for n in range(table.model().rowCount()) if table.model().index(n, 2).data() == name))
        qtbot.waitUntil(lambda smiles=smiles: details.facts["smiles"].text() == smiles, timeout=5_000)
        measured[name] = {row[0] for row in rows(details) if row[2] != "–"}
        assert measured[name] == {f"{mz:.0f}" for mz in named[name].record.spectrum.mz}
    assert measured["ethanol"] != measured["1-propanol"]
    alcohols.tabs.setCurrentWidget(alcohols.predict)
    assert details.facts["smiles"].text() != "CCCO"


def test_a_page_that_is_made_late_has_the_colours_of_the_theme(qtbot, make_window):
    window = make_window("dark")
    window.tabs.setCurrentWidget(window.training.panel)
    wait_until_quiet(qtbot, window)
    view = window.training.pages[TrainPage.SPECTRA].details.view
    assert view.colours is DARK


def test_a_model_that_could_not_be_loaded_no_longer_stands_as_in_use(qtbot, services, make_window):
    machine = Machine(services.paths.training.parent)
    version = machine.tuned("GC 7")
    machine.registry.use(version.version_id)
    machine.store.close()
    window = make_window()
    window.training.start()
    qtbot.waitUntil(lambda: in_use(window) == "GC 7", timeout=10_000)
    version.file.with_suffix(".safetensors").unlink()
    version.file.unlink()
    window.predictions.load_model()
    qtbot.waitUntil(lambda: in_use(window) == "bitspec-ei-2", timeout=10_000)
    wait_until_quiet(qtbot, window)


def test_escape_stops_reading_files_and_leaves_other_work_alone(qtbot, trains, tmp_path):
    gate = threading.Event()
    other = trains.runner.submit("io", lambda progress, cancel: gate.wait(20), title="Something else", cancellable=True)
    path = tmp_path / "many.msp"
    path.write_text(laboratory_file(tmp_path).read_text(encoding="utf-8") * 600, encoding="utf-8")
    trains.training.add_files([path])
    qtbot.waitUntil(lambda: trains.training.data.busy is not None, timeout=5_000)
    qtbot.keyClick(trains, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: trains.training.data.busy is None, timeout=10_000)
    assert not other.token.cancelled
    qtbot.keyClick(trains, Qt.Key.Key_Escape)
    assert not other.token.cancelled
    gate.set()
    wait_until_quiet(qtbot, trains)


def test_a_damaged_database_is_told_on_the_tab_and_set_aside_by_a_click(qtbot, damaged, trains, tmp_path):
    training = trains.training
    qtbot.waitUntil(lambda: training.panel.notice.isVisible(), timeout=5_000)
    assert str(damaged) in training.panel.notice.sentence
    assert trains.failures.dialog is None, "the tab says it; a window beside it would say it twice"
    qtbot.mouseClick(training.panel.findChild(QPushButton, "trainStartFresh"), LEFT)
    qtbot.waitUntil(lambda: not training.panel.notice.isVisible(), timeout=5_000)
    wait_until_quiet(qtbot, trains)
    kept = [file for file in damaged.parent.glob("training.damaged-*.sqlite") if file.read_bytes().startswith(b"no database")]
    assert len(kept) == 1
    training.add_files([laboratory_file(tmp_path, compounds=3)])
    qtbot.waitUntil(lambda: len(training.train.spectra) >= 3, timeout=10_000)
    wait_until_quiet(qtbot, trains)


def in_use(window):
    """The version that stands as the one that predicts."""
    active = window.training.train.active_version
    return active.version.name if active is not None else ""


def rows(details):
    model = details.model
    return [[model.index(r, c).data() for c in range(model.columnCount())] for r in range(model.rowCount())]
