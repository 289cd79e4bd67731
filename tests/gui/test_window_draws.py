"""Drawing and predicting together, in the window."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from sketch_driver import hands_on_the_window
from window_driver import wait_until_quiet

from bitspec_gui.services.sketching import sketch_of_text
from bitspec_gui.sketch.edits import set_element
from bitspec_gui.ui.main_window import MainWindow
from bitspec_gui.ui.state import Phase


@pytest.fixture
def hands(qtbot, window):
    return hands_on_the_window(qtbot, window)


def smiles(window):
    return window.state.prediction.molecule.smiles


def shows(window, wanted):
    return lambda: window.state.phase is Phase.SHOWN and smiles(window) == wanted


def titles(window):
    return [window.jobs.model.index(row, 0).data() for row in range(window.jobs.model.rowCount())]


def kept(window):
    return [each.molecule.smiles for each in window.session.kept]


def test_the_example_is_drawn_when_the_window_opens(window):
    assert len(window.predict.sketcher.sketch.atoms) == 9
    assert window.predict.sketcher.canvas.isVisible()


def test_the_spectrum_follows_each_stroke(qtbot, window, hands):
    hands.click((0, 0))
    qtbot.waitUntil(shows(window, "CC"))
    hands.point(max(hands.sketch.atoms))
    hands.keys("o")
    qtbot.waitUntil(shows(window, "CO"))
    assert window.predict.input.text == "CO"
    assert window.state.prediction.spectrum.mz.max() == 32


def test_no_answer_moves_the_paper_under_the_pointer(qtbot, window, hands):
    port = window.predict.sketcher.canvas.viewport()

    def place():
        return port.mapTo(window, QPoint(0, 0)), port.size()

    hands.click((0, 0))
    qtbot.waitUntil(shows(window, "CC"))
    wait_until_quiet(qtbot, window)
    before = place()
    hands.editor.apply(set_element(hands.sketch, [max(hands.sketch.atoms)], "Te"), "Change element")
    qtbot.waitUntil(lambda: window.predict.warnings.isVisible())
    assert place() == before
    for _ in range(6):
        hands.click(min(hands.sketch.atoms))
    qtbot.waitUntil(lambda: window.state.phase is Phase.UNFINISHED)
    assert place() == before
    hands.editor.apply(sketch_of_text("C" * 69), "Draw")
    qtbot.waitUntil(shows(window, "C" * 69))
    wait_until_quiet(qtbot, window)
    assert place() == before


def test_the_window_closes_in_the_middle_of_a_stroke(qtbot, window, hands):
    hands.keys("a")
    hands.press((0, 1))
    hands.move((0, 2))
    window.close()
    hands.move((1, 2))
    hands.release((1, 3))
    assert not window.isVisible()
    assert len(hands.sketch.atoms) in (6, 7)


def test_strokes_leave_no_trace_in_jobs_and_list(qtbot, window, hands):
    before = kept(window)
    jobs = titles(window)
    for key in ("c", "1", "1", "1"):
        hands.keys(key)
        wait_until_quiet(qtbot, window)
    qtbot.waitUntil(shows(window, "CCCC"))
    assert titles(window) == jobs
    assert kept(window) == before


def test_of_strokes_in_quick_succession_the_last_is_predicted(qtbot, window, hands, predictor):
    predictor.gate = threading.Event()
    for key in ("c", "1", "1", "1", "1"):
        hands.keys(key)
        qtbot.wait(40)
    predictor.gate.set()
    qtbot.waitUntil(shows(window, "CCCCC"))
    wait_until_quiet(qtbot, window)
    assert smiles(window) == "CCCCC"


def test_an_unfinished_drawing_says_what_is_missing_and_greys_the_last_spectrum(qtbot, window, hands):
    hands.click((0, 0))
    qtbot.waitUntil(shows(window, "CC"))
    hands.click((4, 3))
    qtbot.waitUntil(lambda: window.state.phase is Phase.UNFINISHED)
    assert "2 parts" in window.state.sentence or "2 separate parts" in window.state.sentence
    assert window.predict.view.peaks.faded
    assert smiles(window) == "CC"
    assert not window.predict.fault.isVisible()
    hands.keys("Ctrl+Z")
    qtbot.waitUntil(shows(window, "CC"))
    assert not window.predict.view.peaks.faded


def test_written_molecules_are_drawn_and_undo_brings_the_drawing_back(qtbot, window, hands):
    hands.click((0, 0))
    qtbot.waitUntil(shows(window, "CC"))
    window.predict.input.set_text("c1ccccc1O")
    qtbot.waitUntil(shows(window, "Oc1ccccc1"))
    assert len(hands.sketch.atoms) == 7
    window.predict.sketcher.canvas.setFocus()
    hands.keys("Ctrl+Z")
    qtbot.waitUntil(shows(window, "CC"))
    assert window.predict.input.text == "CC"


def test_a_drawing_that_is_moved_keeps_its_prediction_and_the_peak_that_is_looked_at(qtbot, window, hands, predictor):
    window.predict.input.set_text("CCO")
    qtbot.waitUntil(shows(window, "CCO"))
    wait_until_quiet(qtbot, window)
    window.state.select_peak(46)
    asked = len(predictor.calls)
    before = window.state.molecule.molblock
    hands.take("select")
    first = min(hands.sketch.atoms)
    hands.drag(first, hands.beside(first, 0, 2.0))
    qtbot.waitUntil(lambda: window.state.molecule.molblock != before)
    wait_until_quiet(qtbot, window)
    assert len(predictor.calls) == asked
    assert window.state.peak_mz == 46
    assert window.state.phase is Phase.SHOWN


def test_predict_does_not_redraw_what_was_drawn_by_hand(qtbot, window, hands):
    hands.keys("c", "1", "1")
    qtbot.waitUntil(shows(window, "CCC"))
    drawn = hands.sketch
    window.predict.input.ask_now()
    wait_until_quiet(qtbot, window)
    assert hands.sketch == drawn


def test_ctrl_return_predicts_the_drawing_and_keeps_it(qtbot, window, hands):
    hands.keys("c", "1", "1", "n")
    qtbot.waitUntil(shows(window, "CCN"))
    qtbot.keyClick(hands.canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: kept(window)[0] == "CCN")
    assert window.session.kept[0].prediction is not None


def test_a_salt_is_drawn_so_that_it_can_be_mended(qtbot, window, hands):
    window.predict.input.set_text("CC(=O)[O-].[Na+]")
    qtbot.waitUntil(lambda: window.state.phase is Phase.REFUSED)
    assert "mixture" in window.predict.fault.text()
    assert len(hands.sketch.atoms) == 5


def test_one_letter_keys_draw_on_the_canvas_and_do_not_reach_the_window(qtbot, window, hands):
    mode = window.state.mode
    hands.click((0, 0))
    hands.point(max(hands.sketch.atoms))
    hands.keys("p")
    qtbot.waitUntil(shows(window, "CP"))
    assert window.state.mode is mode


def test_isomers_are_compared_by_mirror(qtbot, window, hands):
    for text in ("CCCO", "CC(C)O"):
        window.predict.input.set_text(text)
        qtbot.waitUntil(shows(window, text))
        wait_until_quiet(qtbot, window)
    chooser = window.predict.comparison.chooser
    chooser.setFocus()
    row = chooser.findText("1-propanol", Qt.MatchFlag.MatchContains)
    chooser.setCurrentIndex(row)
    chooser.activated.emit(row)
    assert window.state.rival.prediction.molecule.smiles == "CCCO"
    assert window.predict.comparison.match_factor.isVisible()
    assert "Predicted" in window.predict.view.content.bottom_title
    hands.point(max(hands.sketch.atoms))
    hands.keys("n")
    qtbot.waitUntil(lambda: window.state.phase is Phase.SHOWN and smiles(window) != "CC(C)O")
    assert window.state.rival.prediction.molecule.smiles == "CCCO"
    window.actions_.stop_comparing.trigger()
    assert window.state.rival is None
    assert not window.actions_.stop_comparing.isEnabled()


def menu_of(window, wanted):
    entry = next(each for each in window.session.kept if each.molecule.smiles == wanted)
    return {action.objectName(): action for action in window.session_menu.made_for(entry).actions()}


def test_the_menu_of_a_listed_molecule_compares_identifies_and_removes(qtbot, window):
    window.predict.input.set_text("CCCO")
    qtbot.waitUntil(shows(window, "CCCO"))
    wait_until_quiet(qtbot, window)
    example = next(each for each in kept(window) if each != "CCCO")
    menu_of(window, example)["sessionCompare"].trigger()
    assert window.state.rival.prediction.molecule.smiles == example
    menu_of(window, example)["sessionIdentify"].trigger()
    assert window.tabs.currentWidget() is window.identify
    assert window.unknowns.unknown.record.predicted_by is not None
    menu_of(window, example)["sessionRemove"].trigger()
    assert kept(window) == ["CCCO"]


def test_a_listed_molecule_can_be_renamed(qtbot, window):
    menu_of(window, kept(window)[0])["sessionRename"].trigger()
    dialog = window.findChild(object, "renameMolecule")
    dialog.setTextValue("vitamin  PP")
    dialog.accept()
    assert window.session.kept[0].molecule.name == "vitamin PP"
    assert window.project.molecules.child(0).text(0) == "vitamin PP"


def test_drawing_and_list_are_there_again_at_the_next_start(qtbot, window, hands, make_window, services):
    hands.keys("c", "1", "1", "o")
    qtbot.waitUntil(shows(window, "CCO"))
    window.actions_.keep.trigger()
    hands.keys("1")
    qtbot.waitUntil(shows(window, "CCOC"))
    drawn = hands.sketch
    listed = kept(window)
    window.close()
    window.shut_down()
    again: MainWindow = make_window()
    again.start()
    qtbot.waitUntil(shows(again, "CCOC"), timeout=20_000)
    wait_until_quiet(qtbot, again)
    assert {(a.symbol, round(a.x, 2), round(a.y, 2)) for a in again.predict.sketcher.sketch.atoms.values()} == {
        (a.symbol, round(a.x, 2), round(a.y, 2)) for a in drawn.atoms.values()
    }
    qtbot.waitUntil(lambda: kept(again) == listed)
    assert all(each.prediction is not None for each in again.session.kept)


def test_in_a_narrow_window_drawing_and_spectrum_take_turns(qtbot, window):
    window.resize(900, 700)
    qtbot.waitUntil(lambda: window.width() == 900)
    panel = window.predict
    assert panel.sketcher.isVisible() != panel.spectrum_side.isVisible()
    shown = panel.sketcher.isVisible()
    window.actions_.drawing.trigger()
    assert panel.sketcher.isVisible() != shown


def test_a_drawn_molecule_gets_its_usual_name(qtbot, window, hands):
    hands.keys("c", "1", "1", "o")
    qtbot.waitUntil(lambda: window.predict.headline.text() == "ethanol")
    assert window.state.prediction.molecule.name == "ethanol"
    hands.keys("1", "1", "1", "1", "f")
    qtbot.waitUntil(shows(window, "CCOCCCF"))
    qtbot.waitUntil(lambda: window.predict.headline.text() != "ethanol")


def test_what_chemistry_says_of_a_written_molecule_is_about_the_atoms_that_are_drawn(qtbot, window, hands):
    for text in ("CCO", "C[C@H](N)C(=O)O", "c1ccccc1O"):
        window.predict.input.set_text(text)
        qtbot.waitUntil(lambda: window.state.phase is Phase.SHOWN)
        wait_until_quiet(qtbot, window)
    circles = []
    window.predict.sketcher.canvas.item.set_aromatic_rings = circles.append
    window.predict.sketcher.actions_["aromatic"].trigger()
    ((ring,),) = circles
    assert len(ring) == 6
    assert set(ring) < set(hands.sketch.atoms)
    assert [hands.sketch.atoms[key].symbol for key in ring] == ["C"] * 6


def test_a_molecule_of_the_list_comes_back_as_it_was_drawn(qtbot, window, hands):
    hands.click((0, 0))
    hands.take("select")
    hands.drag(hands.beside(min(hands.sketch.atoms), 200, 2.0), hands.beside(max(hands.sketch.atoms), 20, 2.0))
    hands.keys("[", "[")
    hands.take("single")
    hands.click(max(hands.sketch.atoms))
    qtbot.waitUntil(shows(window, "CCC"))
    window.actions_.keep.trigger()
    drawn = hands.sketch
    window.predict.input.set_text("CCO")
    qtbot.waitUntil(shows(window, "CCO"))
    row = next(each for each in range(2) if "CCC" in window.project.molecules.child(each).toolTip(0))
    window.project.tree.itemClicked.emit(window.project.molecules.child(row), 0)
    qtbot.waitUntil(shows(window, "CCC"))

    def slopes(sketch):
        first, *others = sketch.atoms.values()
        return [(round(each.x - first.x, 2), round(each.y - first.y, 2)) for each in others]

    assert slopes(hands.sketch) == slopes(drawn)


def test_a_drawing_that_is_moved_keeps_its_name(qtbot, window, hands):
    hands.keys("c", "1", "1", "o")
    qtbot.waitUntil(lambda: window.predict.headline.text() == "ethanol")
    before = window.state.molecule.molblock
    hands.take("select")
    first = min(hands.sketch.atoms)
    hands.drag(first, hands.beside(first, 200, 0.5))
    qtbot.waitUntil(lambda: window.state.molecule.molblock != before)
    wait_until_quiet(qtbot, window)
    assert window.predict.headline.text() == "ethanol"


def test_of_several_pasted_structures_the_others_are_listed_with_names_and_predictions(qtbot, window, hands):
    QGuiApplication.clipboard().setText("CCCl first\nCCBr second\nCCI third\n")
    window.predict.sketcher.canvas.setFocus()
    hands.keys("Ctrl+V")
    qtbot.waitUntil(shows(window, "CCCl"))
    qtbot.waitUntil(lambda: {"CCBr", "CCI"} < set(kept(window)))
    listed = {each.molecule.smiles: each for each in window.session.kept}
    assert listed["CCBr"].molecule.name == "second"
    assert listed["CCI"].prediction.molecule.name == "third"
