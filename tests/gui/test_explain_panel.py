"""The *Explain* tab: a peak and its atoms, two methods, how far they can be trusted, and work that can be cancelled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from explain_tab import LEFT
from made_explanations import BENZYL, measured, predicted
from PySide6.QtCore import QPoint, Qt

from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.ui.explain_state import peak_to_begin_with


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


def test_a_spectrum_without_annotations_begins_with_its_base_peak(butylbenzene):
    assert peak_to_begin_with(replace(predicted(butylbenzene), annotations=())) == 91


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
    assert tab.rows("explainCandidateTable")[0][2] == "100 %"


def test_a_measured_peak_that_no_fragment_has_the_mass_of_says_so(tab):
    tab.click_peak(73, -5.0)
    tab.quiet()
    assert "No fragment of this molecule that is considered has that mass" in tab.panel.candidates.words.text()
    assert "something else in the sample" in tab.panel.candidates.words.text()
    assert tab.rows("explainCandidateTable") == []


def test_a_peak_measured_midway_between_two_whole_numbers_may_be_of_two_charges(tab):
    spectrum = Spectrum([45.5, 91.05], [300, 999])
    tab.explaining.show(predicted(tab.molecule), replace(measured(), spectrum=spectrum), "Made library")
    tab.quiet()
    tab.click_peak(45.5, -5.0)
    tab.quiet()
    assert tab.panel.candidates.heading.text() == "What can m/z 46 be?"
    assert "measured at m/z 45.5: perhaps an ion of two charges" in tab.panel.candidates.words.text()
    tab.click_peak(91, -5.0)
    tab.quiet()
    assert "two charges" not in tab.panel.candidates.words.text()


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
