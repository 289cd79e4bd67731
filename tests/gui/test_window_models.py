"""Model versions and trainings in the whole window: what follows a change of model, and what a training means to the window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_versions import Machine, TwoPeaks
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton
from train_pages import job
from window_driver import drop, url_data, wait_until_quiet

from bitspec_gui.domain.tuning_jobs import JobState
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.version_headers import read_header
from bitspec_gui.ui.dialogs.training_goes_on import TrainingGoesOnDialog
from bitspec_gui.ui.train_state import TrainPage

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def machine(tmp_path):
    """A data folder with the supplied version and one that was tuned."""
    made = Machine(tmp_path / "machine")
    made.tuned("Own lab 1")
    yield made
    made.store.close()


@pytest.fixture
def services(services, machine):
    """Services that predict with whatever version the registry says is in use."""

    def load():
        return machine.registry.load(lambda file, _response: TwoPeaks(read_header(file).version))

    return replace(services, models=machine.registry, prediction=PredictionService(load))


@pytest.fixture
def shown(qtbot, make_window):
    window = make_window()
    window.start("Cc1ccccc1")
    wait_until_quiet(qtbot, window)
    qtbot.waitUntil(lambda: len(window.training.train.versions) == 2, timeout=5_000)
    return window


def model_of(window):
    return window.state.prediction.model_version.name


def listed_models(window):
    section = window.project.models
    return [] if section.isHidden() else [section.child(row).text(0) for row in range(section.childCount())]


def test_the_left_dock_lists_models_as_soon_as_one_was_tuned(qtbot, shown):
    assert listed_models(shown) == ["bitspec-ei-2", "Own lab 1"]
    item = shown.project.models.child(1)
    qtbot.mouseClick(shown.project.tree.viewport(), LEFT, pos=shown.project.tree.visualItemRect(item).center())
    assert shown.tabs.currentWidget() is shown.training.panel
    assert shown.training.train.page is TrainPage.MODELS
    assert shown.training.train.version.version.name == "Own lab 1"


def test_the_left_dock_keeps_quiet_about_models_while_there_is_but_one(qtbot, shown, machine):
    shown.project.show_versions(machine.registry.versions()[:1])
    assert listed_models(shown) == []


def test_another_model_predicts_what_is_on_show_anew(qtbot, shown, machine):
    assert model_of(shown) == "bitspec-ei-2"
    before = shown.state.prediction.spectrum
    shown.training.versions.use(machine.registry.versions()[1].version_id)
    qtbot.waitUntil(lambda: model_of(shown) == "Own lab 1", timeout=5_000)
    assert shown.state.prediction.spectrum != before
    assert "Own lab 1" in shown.status.model.words.text()
    wait_until_quiet(qtbot, shown)
    shown.training.versions.roll_back()
    qtbot.waitUntil(lambda: model_of(shown) == "bitspec-ei-2", timeout=5_000)
    wait_until_quiet(qtbot, shown)
    assert shown.state.prediction.spectrum == before


def test_a_model_that_is_dropped_on_the_window_is_taken_in(qtbot, shown, machine, tmp_path):
    sent = machine.registry.versions()[1]
    file = tmp_path / "from a colleague.bitspec"
    machine.registry.export(sent.version_id, file)
    machine.registry.remove(sent.version_id)
    shown.training.versions.refresh()
    qtbot.waitUntil(lambda: len(shown.training.train.versions) == 1, timeout=5_000)
    drop(shown, url_data(file))
    qtbot.waitUntil(lambda: listed_models(shown) == ["bitspec-ei-2", "Own lab 1"], timeout=5_000)
    assert shown.tabs.currentWidget() is shown.training.panel
    assert model_of(shown) == "bitspec-ei-2", "a model that was taken in is not used before someone says so"
    wait_until_quiet(qtbot, shown)


def test_the_menu_leads_to_every_page_of_the_tab(qtbot, shown):
    pages = {"train_plan": TrainPage.PLAN, "train_run": TrainPage.TRAINING, "train_models": TrainPage.MODELS}
    for name, page in pages.items():
        shown.tabs.setCurrentWidget(shown.predict)
        shown.findChild(QAction, name).trigger()
        assert shown.tabs.currentWidget() is shown.training.panel
        assert shown.training.train.page is page
    assert not shown.findChild(QAction, "train_pause").isEnabled()
    wait_until_quiet(qtbot, shown)


def test_the_status_bar_says_that_a_training_runs_and_leads_to_it(qtbot, shown):
    assert not shown.status.training.isVisible()
    shown.training.train.set_jobs([job(7, JobState.RUNNING, "GC 7")])
    assert "GC 7" in shown.status.training.text()
    qtbot.mouseClick(shown.status.training, LEFT)
    assert shown.tabs.currentWidget() is shown.training.panel
    assert shown.training.train.page is TrainPage.TRAINING
    shown.training.train.set_jobs([job(7, JobState.DONE, "GC 7")])
    assert not shown.status.training.isVisible()


def test_a_window_with_a_training_asks_before_it_closes(qtbot, shown):
    shown.training.train.set_jobs([job(7, JobState.RUNNING, "GC 7")])
    shown.close()
    dialog = shown.findChild(TrainingGoesOnDialog)
    assert shown.isVisible()
    qtbot.mouseClick(dialog.findChild(QPushButton, "trainingGoesOnStay"), LEFT)
    assert shown.isVisible()
    shown.close()
    asked = [each for each in shown.findChildren(TrainingGoesOnDialog) if each.isVisible()]
    qtbot.mouseClick(asked[0].findChild(QPushButton, "trainingGoesOnGoOn"), LEFT)
    qtbot.waitUntil(lambda: not shown.isVisible(), timeout=5_000)


def test_a_model_that_cannot_be_loaded_gives_way_to_the_one_that_comes_along(qtbot, make_window, machine):
    tuned = machine.registry.versions()[1]
    machine.registry.use(tuned.version_id)
    tuned.file.unlink()
    window = make_window()
    window.start("Cc1ccccc1")
    wait_until_quiet(qtbot, window)
    assert model_of(window) == "bitspec-ei-2"
    assert "Own lab 1" in window.status.currentMessage()
