"""Predicted libraries of another model: said, and predicted anew by clicks, with a way back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QMessageBox
from window_driver import PlainPredictor, measured, wait_until_quiet

from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.services import library_rebuild
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.ui.actions import make_actions
from bitspec_gui.ui.library_editing import LibraryEditing
from bitspec_gui.ui.library_flow import LibraryFlow
from bitspec_gui.ui.library_rebuilding import LibraryRebuilding
from bitspec_gui.ui.panels.library import LibraryPanel
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.thumbnails import Thumbnails

OLD = {"predicted_by": "older-model", "extra": (("Model_sha256", "ab" * 32),)}


class Shell(QMainWindow):
    """The Library tab with what it needs of the window."""

    def __init__(self, services, runner):
        super().__init__()
        self.runner, self.state = runner, WindowState(self)
        self.state.set_model(services.prediction.predictor().version, "CPU")
        self.library_flow = LibraryFlow(services.libraries, runner, self.state, self)
        thumbnails = Thumbnails(services.prediction, runner, self)
        self.library = LibraryPanel(self.state, make_actions(self, self.state), services.libraries, thumbnails, runner, self)
        self.editing = LibraryEditing(self, services, runner, self.state, self.library, self.library_flow)
        self.rebuilding = LibraryRebuilding(self, services, runner, self.state, self.library, self.library_flow)
        self.setCentralWidget(self.library)


@pytest.fixture
def window(qtbot, services, runner):
    shown = Shell(services, runner)
    qtbot.addWidget(shown)
    shown.show()
    yield shown
    shown.library.stop()


@pytest.fixture
def library_tab(qtbot, services, window, monkeypatch):
    """The Library tab with three alcohols that an older model predicted, and one measured spectrum."""
    monkeypatch.setattr(library_rebuild, "BATCH", 1)
    store = services.libraries.store()
    alcohols = [measured(f"alcohol {n}", None, [(31, 999), (43, 10 * n)], smiles="C" * n + "O", **OLD) for n in (1, 2, 3)]
    store.add(store.open_library("Alcohols"), alcohols)
    store.add(store.open_library("Vitamins"), [measured("Benzene", None, [(78, 999)], smiles="c1ccccc1")])
    window.library_flow.has_changed()
    wait_until_quiet(qtbot, window)
    return window.library


def click(qtbot, button) -> None:
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def answer(qtbot, window, name: str = "confirmRebuildButton") -> str:
    """Wait for the question, press a button of it, and say what it asked."""

    def asked() -> QMessageBox | None:
        return next((box for box in window.findChildren(QMessageBox, "confirmRebuild") if box.isVisible()), None)

    qtbot.waitUntil(lambda: asked() is not None)
    box = asked()
    words = f"{box.text()} {box.informativeText()}"
    button = next(each for each in box.buttons() if each.objectName() == name or (not name and not each.objectName()))
    click(qtbot, button)
    wait_until_quiet(qtbot, window)
    return words


def made_by(window) -> dict[str, str]:
    return {library.name: library.made_by for library in window.state.libraries}


def test_only_a_library_of_another_model_can_be_predicted_anew_and_others_say_why_not(qtbot, library_tab, window):
    action = library_tab.edits.rebuild_library
    assert (action.isEnabled(), "Select a predicted library" in action.toolTip()) == (False, True)
    library_tab.show_library("Vitamins")
    assert (action.isEnabled(), "holds measured spectra" in action.toolTip()) == (False, True)
    library_tab.show_library("Alcohols")
    assert action.isEnabled()
    kinds = library_tab.libraries_model
    assert [kinds.cell(row, "kind", Qt.ItemDataRole.DisplayRole) for row in range(2)] == ["predicted by older-model", "measured"]


def test_a_library_is_predicted_anew_after_a_question_with_a_time_and_undo_brings_the_old_one_back(qtbot, library_tab, window):
    library_tab.show_library("Alcohols")
    library_tab.edits.rebuild_library.trigger()
    words = answer(qtbot, window)
    assert words.startswith("Predict the 3 molecules of “Alcohols” again with test-model? It takes about 1 s")
    assert "Undo brings them back" in words
    assert made_by(window) == {"Alcohols": "test-model", "Vitamins": ""}
    assert "now holds 3 spectra predicted by test-model" in library_tab.offer.sentence
    assert not library_tab.edits.rebuild_library.isEnabled()
    for _ in range(2):
        library_tab.edits.undo.trigger()
        wait_until_quiet(qtbot, window)
    assert made_by(window)["Alcohols"] == "older-model"


def test_cancelling_the_question_changes_nothing(qtbot, library_tab, window):
    library_tab.show_library("Alcohols")
    library_tab.edits.rebuild_library.trigger()
    answer(qtbot, window, name="")
    assert made_by(window) == {"Alcohols": "older-model", "Vitamins": ""}


def test_after_a_change_of_the_model_the_tab_offers_to_rebuild_what_the_old_one_made(qtbot, library_tab, window, services):
    class Lab(PlainPredictor):
        version = ModelVersion("Lab 1", "cd" * 32, "CC BY 4.0")

    object.__setattr__(services, "prediction", PredictionService(Lab))
    window.state.set_model(Lab.version, "CPU")
    window.rebuilding.offer(tuple(services.libraries.stale(Lab.version)))
    assert "“Alcohols” (older-model)" in library_tab.outdated.sentence
    assert library_tab.outdated_rebuild.text() == "Rebuild with Lab 1…"
    click(qtbot, library_tab.outdated_rebuild)
    answer(qtbot, window)
    assert made_by(window)["Alcohols"] == "Lab 1"
    assert not library_tab.outdated.isVisible()


def test_what_another_model_made_can_be_left_as_it_is(qtbot, library_tab, window, services):
    window.rebuilding.offer(tuple(services.libraries.stale(window.state.model)))
    assert library_tab.outdated.isVisible()
    click(qtbot, library_tab.outdated_leave)
    assert not library_tab.outdated.isVisible()
    assert made_by(window)["Alcohols"] == "older-model"
