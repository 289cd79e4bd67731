"""The *Explain* tab: what it follows, what it says when something fails, what is taken out of it, and its room and keys."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from explain_tab import LEFT
from made_explanations import predicted
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.ui.explain_state import ExplainPhase
from bitspec_gui.ui.state import Phase
from bitspec_gui.ui.theme import DARK


def test_nothing_is_done_while_the_tab_is_hidden(hidden_tab):
    hidden_tab.predict()
    assert hidden_tab.model.asked == []
    assert hidden_tab.state.subject is None
    hidden_tab.show().quiet()
    assert hidden_tab.explanation().request.mz == 91


def test_the_peak_selected_elsewhere_is_the_one_that_is_explained_when_the_tab_comes(hidden_tab):
    hidden_tab.predict()
    hidden_tab.window.select_peak(43)
    hidden_tab.panel.show()
    hidden_tab.window.select_peak(None)  # As the main window does whenever another tab comes.
    hidden_tab.quiet()
    assert hidden_tab.state.mz == 43
    assert hidden_tab.window.peak_mz == 43


def test_a_peak_selected_in_the_table_of_the_dock_is_explained(tab):
    tab.window.select_peak(134)
    tab.quiet()
    assert tab.explanation().request.mz == 134


def test_the_same_molecule_drawn_anew_keeps_peak_method_and_maps(tab):
    tab.click_peak(43)
    tab.quiet()
    asked = len(tab.model.asked)
    lines = tab.molecule.molblock.splitlines()
    lines[4] = f"{float(lines[4][:10]) + 0.3:10.4f}" + lines[4][10:]
    tab.window.redraw(replace(tab.molecule, molblock="\n".join(lines) + "\n"))
    tab.quiet()
    assert tab.state.mz == 43
    assert tab.explanation().request.mz == 43
    assert len(tab.model.asked) == asked


def test_another_prediction_on_show_is_not_replaced_by_news_of_the_window(tab):
    other = replace(predicted(replace(molecule_from_text("CCCCCc1ccccc1"), name="Other")), annotations=())
    tab.explaining.show(other)
    tab.quiet()
    tab.window.set_matches(())
    tab.window.select_peak(134)
    assert tab.panel.headline.text() == "Other"
    tab.explaining.show_window()
    tab.quiet()
    assert tab.panel.headline.text() == "Butylbenzene"


def test_a_drawing_that_is_not_finished_leaves_the_maps_and_says_so(tab):
    tab.window.set_phase(Phase.UNFINISHED, "An atom has too many bonds.")
    assert tab.panel.status.text() == "This is the last prediction, not that of the drawing or the input."
    assert tab.explanation() is not None
    tab.window.set_phase(Phase.SHOWN)
    assert tab.panel.status.text().startswith("Click a peak")


def test_without_a_model_a_sentence_says_so_and_it_can_be_tried_again(qtbot, hidden_tab):
    hidden_tab.load_failure = ModelFileError("There is no model file.")
    hidden_tab.show().predict()
    assert hidden_tab.state.phase is ExplainPhase.FAILED
    assert hidden_tab.panel.problem.sentence == "There is no model file."
    hidden_tab.load_failure = None
    qtbot.mouseClick(hidden_tab.named("explainTryAgain"), LEFT)
    hidden_tab.quiet()
    assert not hidden_tab.panel.problem.isVisible()
    assert hidden_tab.explanation() is not None


def test_an_error_nobody_expected_is_reported_and_leaves_a_way_on(qtbot, tab):
    tab.model.failure = RuntimeError("made for the test")
    tab.click_peak(43)
    tab.quiet()
    assert [str(error) for error in tab.failed] == ["made for the test"]
    assert tab.panel.maps[0].problem.sentence == "There is no map because of an error in BitSpec."
    tab.model.failure = None
    qtbot.mouseClick(tab.named("explainRetry1"), LEFT)
    tab.quiet()
    assert tab.explanation().request.mz == 43


def test_export_asks_for_what_is_chosen(qtbot, tab):
    wanted = []
    tab.panel.export_wanted.connect(wanted.append)
    for action in tab.named("explainExport").menu().actions():
        action.trigger()
    assert wanted == ["picture", "scores", "report", "copy"]


def test_candidates_are_copied_as_a_table(tab):
    assert tab.panel.candidates.copy() == "2 candidates copied"
    assert QGuiApplication.clipboard().text().splitlines()[1].startswith("C7H7+\tC3H7\t0.7000\t0\t91.05420")


def test_a_narrow_table_of_candidates_gives_up_its_last_columns_and_says_them_when_pointed_at(tab):
    table, model = tab.named("explainCandidateTable"), tab.panel.candidates.model
    hidden = lambda: {name for place, name in enumerate(model.columns) if table.isColumnHidden(place)}  # noqa: E731
    tab.panel.resize(1700, 760)
    QApplication.processEvents()
    assert hidden() == set()
    tab.panel.resize(560, 760)
    QApplication.processEvents()
    assert hidden() == {"atoms", "exact"}
    assert "Exact m/z: 91.0542" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole).splitlines()


def test_a_map_of_fragments_that_do_not_make_the_peak_warns_and_names_no_ion(tab):
    tab.click_peak(91)
    tab.quiet()
    explanation = replace(tab.explanation(), unassigned=0.99, candidates=tab.explanation().candidates[1:])
    tab.state.take(0, explanation, None)
    legend = tab.panel.maps[0].legend
    assert legend.meaning.text().startswith("Careful: 99 % of this peak comes from no fragment")
    assert legend.target.text().count(" · ") == 1


def test_a_map_without_a_score_has_no_figures_on_its_scale(tab):
    tab.state.take(0, replace(tab.explanation(), largest=0.0, atom_scores=np.zeros(len(tab.state.atom_ids))), None)
    assert tab.panel.maps[0].legend.unit.text() == ""


def test_every_control_has_a_name_for_programs_and_one_for_people(tab):
    tab.named("explainCompare").click()
    tab.quiet()
    unnamed = [
        type(each).__name__
        for each in tab.panel.findChildren(QWidget)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisibleTo(tab.panel) and each.focusProxy() is None
        and not (each.objectName() and each.accessibleName())
        and not each.objectName().startswith("qt_")
    ]  # fmt: skip
    assert unnamed == []


def test_the_keyboard_reaches_target_method_map_spectrum_and_table_in_this_order(qtbot, tab):
    tab.named("explainPeak").setFocus()
    met = []
    for _ in range(40):
        focus = QApplication.focusWidget()
        if focus is None or focus.objectName() in met:
            break
        met.append(focus.objectName())
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    wanted = ["explainPeak", "explainMethod1", "explainThreshold", "heatMap1", "explainedSpectrumPlot", "explainCandidateTable"]
    assert [name for name in met if name in wanted] == wanted


@pytest.mark.parametrize("size", [(470, 420), (1000, 760)])
def test_maps_and_spectrum_have_room_in_small_and_large_windows(qtbot, tab, size):
    tab.named("explainCompare").click()
    tab.quiet()
    tab.panel.setMinimumSize(1, 1)
    tab.panel.resize(*size)
    QApplication.processEvents()
    for each in (tab.panel.maps[0].view, tab.panel.maps[1].view, tab.panel.view.plot):
        assert each.height() >= 90
        assert each.width() >= 140
    right = max(each.mapTo(tab.panel, each.rect().bottomRight()).x() for each in (*tab.panel.maps, tab.panel.candidates))
    bottom = tab.panel.candidates.mapTo(tab.panel, tab.panel.candidates.rect().bottomRight()).y()
    assert right <= size[0]
    assert bottom <= size[1]


def test_dark_colours_reach_every_part(tab):
    tab.window.set_colours(DARK)
    assert tab.panel.view.colours is DARK
    assert tab.panel.maps[0].view.backgroundBrush().color().name() == DARK.base


@pytest.mark.parametrize("size", [(790, 640), (1000, 900)])
def test_of_two_maps_each_keeps_more_than_half_of_the_height_of_its_side(qtbot, tab, size):
    qtbot.mouseClick(tab.named("explainCompare"), LEFT)
    tab.quiet()
    tab.panel.resize(*size)
    QApplication.processEvents()
    for side in tab.panel.maps:
        assert side.view.height() >= 0.55 * side.height()
        assert side.legend.method.isVisible()
        assert side.legend.bar.isVisible()
        assert side.truth.verdict.isVisible()


@pytest.mark.parametrize("height", [620, 680, 760])
def test_what_is_said_beside_a_map_is_not_cut_off_when_letters_grow(qtbot, tab, height):
    side = tab.panel.maps[0]
    parts = (side.truth.verdict, side.truth.words, side.truth.curves, side.legend.meaning, side.legend.bar)

    def is_whole():
        shown = [part for part in parts if part.isVisible()]
        within = max(part.mapTo(side, part.rect().bottomRight()).y() for part in shown) < side.height()
        return within and all(part.height() >= part.sizeHint().height() for part in shown)

    tab.panel.resize(1000, height)
    tab.panel.setStyleSheet("QLabel { font-size: 15pt; }")
    qtbot.waitUntil(is_whole)
    assert side.truth.verdict.isVisible()


def test_a_structure_that_cannot_be_drawn_says_so_instead_of_an_empty_map(qtbot, tab):
    molecule = replace(molecule_from_text("CCO"), molblock="no molblock")
    drawn, origins = threading.Event(), tab.model.origins
    tab.model.origins = lambda molecule: origins(molecule) if drawn.wait(10) else None
    tab.window.set_prediction(predicted(molecule))
    qtbot.waitUntil(lambda: tab.state.phase is ExplainPhase.FAILED)
    drawn.set()
    tab.quiet()
    assert tab.state.phase is ExplainPhase.FAILED
    assert tab.panel.problem.sentence.startswith("The structure cannot be drawn: ")


def test_a_model_that_cannot_be_used_is_said_where_there_is_nothing_to_explain(hidden_tab):
    hidden_tab.show()
    hidden_tab.window.set_model(None, None, "The weights are damaged.")
    assert hidden_tab.panel.problem.sentence == "The weights are damaged."
    assert not hidden_tab.named("explainTryAgain").isVisible()
    hidden_tab.window.set_model(None, None, "")
    hidden_tab.predict()
    assert not hidden_tab.panel.problem.isVisible()
