"""The *Explain* tab: a peak and its atoms, two methods, how far they can be trusted, and work that can be cancelled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_explanations import BENZYL, SMILES, HandMade, measured, predicted
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.services.explaining import ExplanationService
from bitspec_gui.ui.explain_state import ExplainPhase, ExplainState, peak_to_begin_with
from bitspec_gui.ui.explaining import Explaining
from bitspec_gui.ui.panels.explain import ExplainPanel
from bitspec_gui.ui.state import Phase, WindowState
from bitspec_gui.ui.theme import DARK

LEFT = Qt.MouseButton.LeftButton


class Tab:
    """The tab in a window of its own, with the hands on it."""

    def __init__(self, qtbot, runner, molecule):
        self.qtbot, self.runner, self.molecule = qtbot, runner, molecule
        self.model = HandMade()
        self.load_failure: Exception | None = None
        self.window, self.state = WindowState(), ExplainState()
        self.explaining = Explaining(ExplanationService(self.load), runner, self.state)
        self.explaining.follow(self.window)
        for pause in self.pauses:
            pause.setInterval(10)
        self.told: list[str] = []
        self.failed: list[Exception] = []
        self.explaining.told.connect(self.told.append)
        self.explaining.failed.connect(self.failed.append)
        self.panel = ExplainPanel(self.window, self.state, self.explaining)
        qtbot.addWidget(self.panel)
        self.panel.resize(1000, 760)

    @property
    def pauses(self):
        return self.explaining.flow._pause, self.explaining.flow._slow_pause

    def load(self):
        if self.load_failure is not None:
            raise self.load_failure
        return self.model

    def show(self):
        with self.qtbot.waitExposed(self.panel):
            self.panel.show()
        self.panel.activateWindow()
        return self

    def predict(self, *, with_measured=False):
        prediction = predicted(self.molecule)
        self.window.set_prediction(prediction)
        if with_measured:
            self.explaining.show(prediction, measured(), "Made library")
        return self.quiet()

    def quiet(self):
        self.qtbot.waitUntil(lambda: not (self.runner.jobs or any(each.isActive() for each in self.pauses)), timeout=10_000)
        QApplication.processEvents()
        return self

    def named(self, name):
        return self.panel.findChild(QWidget, name)

    def click_peak(self, mz, percent=1.0):
        view = self.panel.view
        at = view.plot.mapFromScene(view._box.mapViewToScene(QPointF(mz, percent)))
        self.qtbot.mouseClick(view.plot.viewport(), LEFT, pos=at)

    def atom_at(self, place, side=0):
        view = self.panel.maps[side].view
        atom = view.content.sketch.atoms[view.content.atom_ids[place]]
        return view.view_point(atom.x, atom.y).toPoint()

    def click_atom(self, place, modifier=Qt.KeyboardModifier.NoModifier, side=0):
        self.qtbot.mouseClick(self.panel.maps[side].view.viewport(), LEFT, modifier, self.atom_at(place, side))

    def choose(self, name, text):
        """Choose an item of a combo box by its first letters, as the keyboard does."""
        box = self.named(name)
        box.setFocus()
        place = next(place for place in range(box.count()) if box.itemText(place).startswith(text))
        while box.currentIndex() != place:
            self.qtbot.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < place else Qt.Key.Key_Up)

    def type_peak(self, text):
        box = self.named("explainPeak")
        box.setFocus()
        box.selectAll()
        self.qtbot.keyClicks(box, text)
        self.qtbot.keyClick(box, Qt.Key.Key_Return)

    def explanation(self, side=0):
        return self.panel.maps[side].view.content.explanation

    def legend(self, side=0):
        legend = self.panel.maps[side].legend
        return legend.method.text(), legend.target.text()

    def rows(self, name):
        model = self.named(name).model()
        return [[model.index(r, c).data() for c in range(model.columnCount())] for r in range(model.rowCount())]


@pytest.fixture(scope="module")
def molecule():
    return replace(molecule_from_text(SMILES), name="Butylbenzene")


@pytest.fixture
def hidden_tab(qtbot, runner, molecule):
    made = Tab(qtbot, runner, molecule)
    yield made
    made.model.gate.set()
    made.panel.hide()
    made.explaining.stop()
    made.quiet()


@pytest.fixture
def tab(hidden_tab):
    """The tab on show with a prediction and the measured spectrum below it."""
    return hidden_tab.show().predict(with_measured=True)


def test_an_empty_tab_says_what_to_do_next(hidden_tab):
    hidden_tab.show()
    assert "Predict a molecule" in hidden_tab.panel.maps[0].view.accessibleDescription()
    assert not hidden_tab.named("explainPeak").isEnabled()
    assert not hidden_tab.named("explainExport").isEnabled()


def test_it_begins_with_the_largest_peak_that_fragments_explain(tab):
    assert tab.state.mz == 91
    assert tab.named("explainPeak").text() == "m/z 91"
    assert tab.panel.view.peaks.selected_mz == 91
    assert tab.explanation().request.mz == 91
    assert tab.legend()[0] == "Fragments"
    assert tab.legend()[1].startswith("m/z 91 · C₇H₇⁺")


def test_a_spectrum_without_annotations_begins_with_its_base_peak(molecule):
    assert peak_to_begin_with(replace(predicted(molecule), annotations=())) == 91


def test_a_click_on_a_predicted_peak_explains_it(tab):
    tab.click_peak(43)
    tab.quiet()
    assert tab.explanation().request.mz == 43
    assert tab.rows("explainCandidateTable")[0][:2] == ["C₃H₇⁺", "−C₇H₇"]
    assert tab.window.peak_mz == 43


def test_a_click_on_a_measured_peak_that_is_not_predicted_says_so_and_lists_what_has_its_mass(tab):
    tab.click_peak(119, -5.0)
    tab.quiet()
    assert tab.panel.candidates.heading.text() == "What can m/z 119 be?"
    assert "next to nothing at m/z 119" in tab.panel.candidates.words.text()
    assert tab.rows("explainCandidateTable")[0][3] == "100 %"


def test_a_measured_peak_that_no_fragment_has_the_mass_of_says_so(tab):
    tab.click_peak(73, -5.0)
    tab.quiet()
    assert "No fragment of this molecule has that mass" in tab.panel.candidates.words.text()
    assert "something else in the sample" in tab.panel.candidates.words.text()
    assert tab.rows("explainCandidateTable") == []


def test_a_peak_is_asked_for_by_typing_it_and_let_go_of_for_the_whole_spectrum(qtbot, tab):
    tab.type_peak("43")
    tab.quiet()
    assert tab.explanation().request.mz == 43
    qtbot.mouseClick(tab.named("explainWhole"), LEFT)
    tab.quiet()
    assert tab.explanation().request.mz is None
    assert tab.named("explainPeak").text() == "whole spectrum"
    assert tab.legend()[1] == "the whole spectrum"
    assert [row[0] for row in tab.rows("explainPeakTable")] == ["91", "134", "43"]


def test_left_and_right_go_from_peak_to_peak_predicted_or_measured(qtbot, tab):
    plot = tab.panel.view.plot
    met = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left):
        qtbot.keyClick(plot, key)
        met.append(tab.state.mz)
    assert met == [119, 134, 134, 119, 91, 73]
    qtbot.keyClick(tab.named("explainPeak"), Qt.Key.Key_Up)
    assert tab.state.mz == 91


def test_a_peak_above_the_molecule_says_why_it_has_no_map(tab):
    tab.type_peak("500")
    tab.quiet()
    problem = tab.panel.maps[0].problem
    assert problem.isVisible()
    assert problem.sentence == "This molecule cannot have a peak at m/z 500."
    assert not tab.named("explainRetry1").isVisible()
    assert tab.explanation() is None
    tab.type_peak("91")
    tab.quiet()
    assert not problem.isVisible()
    assert tab.explanation().request.mz == 91


def test_a_peak_seen_before_is_there_at_once(tab):
    tab.click_peak(43)
    tab.quiet()
    tab.click_peak(91)
    assert tab.explanation().request.mz == 91
    assert tab.state.sides[0].faithfulness is not None
    assert [asked[:2] for asked in tab.model.asked] == [("fragments", 91), ("fragments", 43)]


def test_what_was_measured_is_said_with_a_verdict_and_curves(qtbot, tab):
    truth = tab.panel.maps[0].truth
    assert truth.verdict.text() == "The network relies on these atoms"
    assert truth.words.text().startswith("Without these 7 atoms m/z 91 falls to 0 % of what is predicted (7 random atoms:")
    fold = tab.named("explainCurves1")
    if fold.isChecked():
        qtbot.mouseClick(fold, LEFT)
    assert not truth.curves.isVisible()
    qtbot.mouseClick(fold, LEFT)
    assert truth.curves.isVisible()
    drawn = [
        item for item in truth.curves.listDataItems() if len(item.getData()[0]) == len(tab.state.sides[0].faithfulness.sizes)
    ]
    assert len(drawn) >= 2


def test_stepping_quickly_measures_only_where_it_ends(qtbot, tab):
    masked, pause = tab.model.masked, tab.explaining.flow._pause
    pause.setInterval(60_000)
    for _ in range(3):
        qtbot.keyClick(tab.panel.view.plot, Qt.Key.Key_Left)
        qtbot.waitUntil(lambda: not tab.runner.jobs)
    assert tab.state.mz == 43
    assert tab.model.masked == masked
    pause.start(0)
    tab.quiet()
    assert tab.state.sides[0].faithfulness is not None


def test_stepping_quickly_begins_slow_maps_only_where_it_ends(qtbot, tab):
    tab.choose("explainMethod1", "Occlusion")
    tab.quiet()
    pause = tab.explaining.flow._slow_pause
    pause.setInterval(60_000)
    for _ in range(3):
        qtbot.keyClick(tab.panel.view.plot, Qt.Key.Key_Left)
        qtbot.waitUntil(lambda: not tab.runner.jobs)
    pause.start(0)
    tab.quiet()
    assert [asked for asked in tab.model.asked if asked[0] == "occlusion"] == [("occlusion", 91, "", 0), ("occlusion", 43, "", 0)]


def test_escape_before_a_slow_map_is_begun_goes_back_as_well(qtbot, tab):
    tab.click_peak(43)
    tab.quiet()
    tab.explaining.flow._slow_pause.setInterval(60_000)
    tab.choose("explainMethod1", "Occlusion")
    assert tab.panel.maps[0].view.item.opacity() < 1
    qtbot.keyClick(tab.panel.maps[0].view, Qt.Key.Key_Escape)
    tab.quiet()
    assert tab.legend()[0] == "Fragments"
    assert "occlusion" not in [asked[0] for asked in tab.model.asked]


def test_the_chosen_candidate_is_outlined_and_none_is_where_the_table_is_empty(qtbot, tab):
    table, content = tab.named("explainCandidateTable"), lambda: tab.panel.maps[0].view.content
    assert content().kept == BENZYL
    qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualRect(table.model().index(1, 0)).center())
    assert content().kept == (0, 1, 2, 3, 4, 5, 9)
    qtbot.keyClick(table, Qt.Key.Key_Up)
    assert content().kept == BENZYL
    qtbot.mouseClick(table.viewport(), LEFT, pos=QPoint(20, table.viewport().height() - 3))
    assert content().kept is None


def test_picked_atoms_light_up_the_peaks_that_hold_them(qtbot, tab):
    tab.click_atom(0)
    assert tab.state.picked == (0,)
    assert tab.panel.view.peaks.lit == pytest.approx({43: 1.0, 91: 0.1, 134: 1.0})
    assert tab.panel.candidates.heading.text() == "3 peaks hold this atom"
    tab.click_atom(9, Qt.KeyboardModifier.ControlModifier)
    assert tab.state.picked == (0, 9)
    assert tab.panel.candidates.heading.text() == "2 peaks hold these 2 atoms"
    assert tab.panel.candidates.words.text().startswith("33 % of the ion current")
    assert [row[:3] for row in tab.rows("explainPeakTable")] == [["134", "40.0", "100 %"], ["91", "100.0", "10 %"]]
    table = tab.named("explainPeakTable")
    qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualRect(table.model().index(0, 0)).center())
    assert tab.state.mz == 134


def test_escape_lets_go_of_picked_atoms_and_then_of_the_candidate(qtbot, tab):
    tab.click_atom(0)
    view = tab.panel.maps[0].view
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert tab.state.picked == ()
    assert tab.panel.view.peaks.lit is None
    assert tab.named("explainCandidateTable").isVisible()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.content.kept is None


def test_a_click_beside_the_peaks_lets_go_of_atoms_and_then_of_the_peak(tab):
    tab.click_atom(0)
    tab.click_peak(60, 80.0)
    assert (tab.state.picked, tab.state.mz) == ((), 91)
    tab.click_peak(60, 80.0)
    assert tab.state.mz is None


def test_two_methods_stand_side_by_side_with_their_legends(qtbot, tab):
    qtbot.mouseClick(tab.named("explainCompare"), LEFT)
    tab.quiet()
    assert tab.panel.maps[1].isVisible()
    assert [tab.legend(side)[0] for side in (0, 1)] == ["Fragments", "Attention, rollout"]
    tab.choose("explainVariant2", "layer 1")
    tab.quiet()
    assert tab.legend(1)[0] == "Attention, layer 1"
    tab.click_atom(0, side=1)
    assert tab.panel.maps[0].view.picked == {0}
    assert [view.content.explanation.request.method for view in tab.panel.shown_maps] == ["fragments", "attention"]
    assert all(side.faithfulness is not None for side in tab.state.sides)
    qtbot.mouseClick(tab.named("explainCompare"), LEFT)
    assert not tab.panel.maps[1].isVisible()
    assert len(tab.panel.shown_maps) == 1


def test_the_default_method_is_marked_and_methods_say_what_they_mean(tab):
    box = tab.named("explainMethod1")
    assert [box.itemText(place) for place in range(box.count())] == ["Fragments (default)", "Attention", "Occlusion", "Dice"]
    assert box.itemData(1, Qt.ItemDataRole.ToolTipRole) == "High where the network looks.\n\nNo evidence of cause."
    assert not tab.named("explainVariant1").isVisible()
    assert not tab.named("explainSeed1").isVisible()


def test_the_threshold_takes_the_colour_of_lesser_atoms(qtbot, tab):
    slider, view = tab.named("explainThreshold"), tab.panel.maps[0].view
    before = set(view.content.tint(dark=False))
    slider.setFocus()
    for _ in range(5):
        qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert tab.named("explainThresholdFigure").text() == "50 %"
    after = set(view.content.tint(dark=False))
    assert len(before) == 10
    assert len(after) == len(BENZYL)


def test_a_slow_map_is_made_beside_the_window_with_progress_and_its_candidates_are_there_meanwhile(tab):
    tab.choose("explainMethod1", "Occlusion")
    tab.quiet()
    tab.model.gate.clear()
    tab.click_peak(43)
    bar = tab.named("explainProgress1")
    tab.qtbot.waitUntil(lambda: (bar.isVisible(), bar.maximum(), bar.value()) == (True, 5, 2))
    assert [job.title for job in tab.runner.jobs if job.visible] == ["Explaining m/z 43: Occlusion"]
    assert tab.rows("explainCandidateTable")[0][0] == "C₃H₇⁺"
    assert tab.panel.maps[0].view.item.opacity() < 1
    assert tab.explanation().request.mz == 91
    tab.model.gate.set()
    tab.quiet()
    assert not bar.isVisible()
    assert (tab.explanation().request.method, tab.explanation().request.mz) == ("occlusion", 43)
    assert tab.panel.maps[0].view.item.opacity() == 1


@pytest.mark.parametrize("how", ["button", "escape"])
def test_a_cancelled_map_gives_way_to_the_one_before_with_its_peak_and_method(qtbot, tab, how):
    tab.choose("explainMethod1", "Occlusion")
    tab.quiet()
    tab.model.gate.clear()
    tab.click_peak(43)
    qtbot.waitUntil(lambda: tab.named("explainCancel1").isVisible())
    if how == "button":
        qtbot.mouseClick(tab.named("explainCancel1"), LEFT)
    else:
        qtbot.keyClick(tab.panel.maps[0].view, Qt.Key.Key_Escape)
    tab.quiet()
    assert tab.state.mz == 91
    assert tab.panel.view.peaks.selected_mz == 91
    assert (tab.explanation().request.method, tab.explanation().request.mz) == ("occlusion", 91)
    assert tab.panel.maps[0].view.item.opacity() == 1
    assert tab.told == ["Cancelled; the map that was there before is shown again."]
    assert [asked[:2] for asked in tab.model.asked].count(("occlusion", 91)) == 1


def test_a_cancelled_method_gives_way_to_the_one_before(qtbot, tab):
    tab.model.gate.clear()
    tab.choose("explainMethod1", "Occlusion")
    qtbot.waitUntil(lambda: tab.named("explainCancel1").isVisible())
    qtbot.mouseClick(tab.named("explainCancel1"), LEFT)
    tab.quiet()
    assert tab.named("explainMethod1").currentText() == "Fragments (default)"
    assert tab.legend()[0] == "Fragments"


def test_a_first_map_that_is_cancelled_can_be_made_after_all(qtbot, hidden_tab):
    tab = hidden_tab.show()
    tab.state.sides[0] = replace(tab.state.sides[0], choice=replace(tab.state.sides[0].choice, key="occlusion"))
    tab.model.gate.clear()
    tab.window.set_prediction(predicted(tab.molecule))
    qtbot.waitUntil(lambda: tab.named("explainCancel1").isVisible())
    qtbot.mouseClick(tab.named("explainCancel1"), LEFT)
    tab.quiet()
    assert tab.panel.maps[0].problem.sentence == "Cancelled before there was a map."
    tab.model.gate.set()
    qtbot.mouseClick(tab.named("explainRetry1"), LEFT)
    tab.quiet()
    assert tab.explanation().request.method == "occlusion"


def test_another_seed_is_another_beginning(qtbot, tab):
    tab.choose("explainMethod1", "Dice")
    tab.quiet()
    first = tab.explanation().atom_scores
    qtbot.mouseClick(tab.named("explainSeed1"), LEFT)
    tab.quiet()
    assert tab.explanation().request.seed == 1
    assert tab.legend()[0] == "Dice, seed 1"
    assert list(tab.explanation().atom_scores) != list(first)


def test_the_other_map_goes_on_being_made_while_one_is_chosen(qtbot, tab):
    qtbot.mouseClick(tab.named("explainCompare"), LEFT)
    tab.quiet()
    tab.model.gate.clear()
    tab.choose("explainMethod1", "Occlusion")
    tab.choose("explainVariant2", "layer 1")
    tab.model.gate.set()
    tab.quiet()
    assert [asked[:2] for asked in tab.model.asked].count(("occlusion", 91)) == 1
    assert [tab.legend(side)[0] for side in (0, 1)] == ["Occlusion", "Attention, layer 1"]


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
    assert tab.panel.status.text() == ""


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
    assert QGuiApplication.clipboard().text().splitlines()[1].startswith("C7H7+\tC3H7\t91.05420")


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
