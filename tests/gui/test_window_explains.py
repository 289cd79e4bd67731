"""The *Explain* tab in the window: how one comes there, and that docks, keys and jobs are about what it explains."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_explanations import SMILES, HandMade, predicted
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QDialog, QMenu, QWidget
from window_driver import PlainPredictor, wait_until_quiet

from bitspec_gui.services.explaining import ExplanationService

LEFT = Qt.MouseButton.LeftButton


class ButylbenzenePredictor(PlainPredictor):
    """Predicts what the model made by hand explains; other molecules as ever."""

    def _one(self, molecule):
        return predicted(molecule, self.version) if molecule.smiles == SMILES else super()._one(molecule)


@pytest.fixture
def predictor():
    return ButylbenzenePredictor()


@pytest.fixture
def model():
    return HandMade()


@pytest.fixture
def services(services, model):
    return replace(services, explaining=ExplanationService(lambda: model))


@pytest.fixture
def explained(qtbot, make_window, model):
    """A window that shows butylbenzene in the *Predict* tab."""
    shown = make_window()
    for pause in (shown.explaining.flow._pause, shown.explaining.flow._slow_pause):
        pause.setInterval(10)
    shown.resize(1200, 800)
    shown.start(SMILES)
    wait_until_quiet(qtbot, shown)
    yield shown
    model.gate.set()


def settle(qtbot, window):
    flow = window.explaining.flow
    qtbot.waitUntil(lambda: not (window.runner.jobs or flow._pause.isActive() or flow._slow_pause.isActive()), timeout=20_000)


def click_peak(qtbot, view, mz, percent=1.0):
    at = view.plot.mapFromScene(view._box.mapViewToScene(QPointF(mz, percent)))
    qtbot.mouseClick(view.plot.viewport(), LEFT, pos=at)


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    window.activateWindow()
    qtbot.keyClick(window, key, modifier)


def open_by_tab(qtbot, window):
    bar = window.tabs.tabBar()
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(window.tabs.indexOf(window.explain)).center())
    settle(qtbot, window)


def test_the_selected_peak_is_explained_and_the_dock_is_about_it(qtbot, explained):
    click_peak(qtbot, explained.predict.view, 43)
    open_by_tab(qtbot, explained)
    assert explained.explain.maps[0].view.content.explanation.request.mz == 43
    table, model = explained.details.table, explained.details.model
    assert [index.row() for index in table.selectionModel().selectedRows()] == [model.row_of(43)]
    other = model.index(model.row_of(134), 0)
    table.scrollTo(other)
    qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualRect(other).center())
    settle(qtbot, explained)
    assert explained.explain.maps[0].view.content.explanation.request.mz == 134


def test_ctrl_e_explains_and_escape_lets_go_of_atoms_before_it_does_of_the_peak(qtbot, explained):
    click_peak(qtbot, explained.predict.view, 43)
    press(qtbot, explained, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, explained)
    assert explained.tabs.currentWidget() is explained.explain
    view = explained.explain.maps[0].view
    atom = view.content.sketch.atoms[view.content.atom_ids[0]]
    qtbot.mouseClick(view.viewport(), LEFT, pos=view.view_point(atom.x, atom.y).toPoint())
    assert explained.explain_state.picked == (0,)
    explained.explain.view.plot.setFocus()
    press(qtbot, explained, Qt.Key.Key_Escape)
    assert explained.explain_state.picked == ()
    assert explained.state.peak_mz == 43


def test_a_slow_map_is_a_job_that_escape_ends(qtbot, explained, model):
    open_by_tab(qtbot, explained)
    box = explained.findChild(QWidget, "explainMethod1")
    model.gate.clear()
    box.setFocus()
    qtbot.keyClicks(box, "Occl")
    qtbot.waitUntil(lambda: explained.findChild(QWidget, "explainCancel1").isVisible())
    qtbot.waitUntil(lambda: [job.title for job in explained.runner.jobs if job.visible] == ["Explaining m/z 91: Occlusion"])
    press(qtbot, explained, Qt.Key.Key_Escape)
    settle(qtbot, explained)
    assert explained.explain.maps[0].view.content.explanation.request.method == "fragments"
    assert box.currentText() == "Fragments (default)"
    assert explained.state.peak_mz == 91


def test_another_molecule_is_explained_when_its_tab_is_seen_again(qtbot, explained, model):
    open_by_tab(qtbot, explained)
    explained.predict_text("CCO")
    settle(qtbot, explained)
    assert explained.explain.headline.text() != "ethanol"
    asked = len(model.asked)
    explained.predict_text(SMILES)
    settle(qtbot, explained)
    assert len(model.asked) == asked
    open_by_tab(qtbot, explained)
    assert explained.explain_state.subject.prediction.molecule.smiles == SMILES
    assert len(model.asked) == asked


def choose_in_menu(window, *names):
    """Choose an item of the *Explain* menu by its name, and of a menu in it."""
    menu = window.menuBar().findChild(QMenu, "menuExplain")
    action = None
    for name in names:
        action = next(each for each in menu.actions() if name in (each.objectName(), each.menu() and each.menu().objectName()))
        menu = action.menu()
    assert action.isEnabled()
    action.trigger()


def test_all_of_the_tab_can_be_reached_from_the_menu_bar_whatever_tab_is_on_show(qtbot, explained):
    state = explained.explain_state
    choose_in_menu(explained, "explain")
    settle(qtbot, explained)
    assert (explained.tabs.currentWidget(), state.mz) == (explained.explain, 91)
    explained.tabs.setCurrentWidget(explained.predict)
    choose_in_menu(explained, "explain_next")
    settle(qtbot, explained)
    assert (explained.tabs.currentWidget(), state.mz) == (explained.explain, 134)
    choose_in_menu(explained, "explain_previous")
    assert state.mz == 91
    choose_in_menu(explained, "explain_compare")
    settle(qtbot, explained)
    assert explained.explain.maps[1].isVisible()
    choose_in_menu(explained, "explain_compare")
    assert not state.comparing
    choose_in_menu(explained, "menuExplainMethod", "explainByOcclusion")
    settle(qtbot, explained)
    assert explained.explain.maps[0].view.content.explanation.request.method == "occlusion"
    assert explained.findChild(QWidget, "explainMethod1").currentText() == "Occlusion"
    choose_in_menu(explained, "explain_whole")
    settle(qtbot, explained)
    assert explained.explain.maps[0].view.content.explanation.request.mz is None


def test_the_menu_offers_only_what_can_be_done(qtbot, make_window):
    window = make_window()
    for name in ("explain_next", "explain_compare", "explain_report"):
        assert not window.findChild(QAction, name).isEnabled()
    window.start(SMILES)
    wait_until_quiet(qtbot, window)
    assert window.findChild(QAction, "explain_next").isEnabled()
    assert not window.findChild(QAction, "explain_report").isEnabled()
    open_by_tab(qtbot, window)
    assert window.findChild(QAction, "explain_report").isEnabled()
    assert window.findChild(QAction, "explain_compare").isEnabled()


def test_the_whole_spectrum_of_a_molecule_that_is_not_explained_yet_is_asked_for_by_keys(qtbot, explained):
    press(qtbot, explained, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, explained)
    assert explained.tabs.currentWidget() is explained.explain
    assert explained.explain.maps[0].view.content.explanation.request.mz is None


def test_how_maps_are_read_is_told_with_the_methods_own_words(qtbot, explained, model):
    open_by_tab(qtbot, explained)
    qtbot.mouseClick(explained.findChild(QWidget, "explainHelp"), LEFT)
    dialog = explained.findChild(QDialog, "explainHelpDialog")
    words = dialog.text.toPlainText()
    assert "Which atoms made this peak?" in words
    assert all(each.info.caution in words for each in model.explainers)
    dialog.close()


def test_ctrl_c_in_the_table_of_candidates_copies_them(qtbot, explained):
    open_by_tab(qtbot, explained)
    explained.activateWindow()
    explained.explain.candidates.table.setFocus()
    explained.copy_by_focus()
    assert QGuiApplication.clipboard().text().startswith("Ion\tLoss")


def test_the_dock_leaves_the_list_of_fragments_to_the_tab_that_has_one(qtbot, explained):
    click_peak(qtbot, explained.predict.view, 43)
    assert explained.details.assignments.isVisible()
    open_by_tab(qtbot, explained)
    assert explained.state.peak_mz == 43
    assert not explained.details.assignments.isVisible()
    assert explained.details.structure.accessibleDescription() == ""
    explained.tabs.setCurrentWidget(explained.predict)
    click_peak(qtbot, explained.predict.view, 43)
    assert explained.details.assignments.isVisible()


def test_escape_lets_go_of_the_peak_last_in_the_tab_as_in_the_dock(qtbot, explained):
    open_by_tab(qtbot, explained)
    press(qtbot, explained, Qt.Key.Key_Escape)
    assert (explained.explain_state.candidate_index, explained.explain_state.mz) == (None, 91)
    press(qtbot, explained, Qt.Key.Key_Escape)
    settle(qtbot, explained)
    assert (explained.explain_state.mz, explained.state.peak_mz) == (None, None)
    assert explained.explain.maps[0].view.content.explanation.request.mz is None


def test_a_molecule_of_a_list_that_was_kept_without_its_drawing_is_explained_with_one(qtbot, explained):
    whole = explained.state.prediction
    explained.predict_text("CCO")
    settle(qtbot, explained)
    bare = replace(whole, molecule=replace(whole.molecule, molblock=""), annotations=())
    explained.session.keep(bare.molecule, bare)
    explained.explain_shown.explain_kept(SMILES)
    settle(qtbot, explained)
    content = explained.explain.maps[0].view.content
    assert len(content.sketch.atoms) == 10
    assert content.explanation.request.mz == 91
    assert explained.explain_state.subject.prediction.annotations
