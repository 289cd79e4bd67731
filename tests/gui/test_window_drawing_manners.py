"""What a chemist expects of drawing beside text, spectrum and list, and would be annoyed to miss."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox, QLineEdit, QPlainTextEdit
from sketch_driver import Hands, hands_on_the_window
from window_driver import wait_until_quiet

from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.ui.facts import with_subscripts
from bitspec_gui.ui.sketcher.group_entry import GroupEntry
from bitspec_gui.ui.state import Phase

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def hands(qtbot, window):
    return hands_on_the_window(qtbot, window)


def shows(window, wanted):
    return lambda: window.state.phase is Phase.SHOWN and window.state.prediction.molecule.smiles == wanted


def draw_two_parts(qtbot, window, hands):
    hands.click((0, 0))
    qtbot.waitUntil(shows(window, "CC"))
    hands.click((3, 3))
    qtbot.waitUntil(lambda: window.state.phase is Phase.UNFINISHED)


def test_the_predict_button_leaves_an_unfinished_drawing_as_it_is(qtbot, window, hands):
    draw_two_parts(qtbot, window, hands)
    drawn = hands.sketch
    qtbot.mouseClick(window.predict.button, LEFT)
    wait_until_quiet(qtbot, window)
    assert hands.sketch is drawn
    assert window.state.phase is Phase.UNFINISHED


def test_the_predict_button_takes_what_was_typed_after_drawing(qtbot, window, hands):
    hands.click((0, 0))
    qtbot.waitUntil(shows(window, "CC"))
    field = window.predict.input
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "CCO")
    qtbot.mouseClick(window.predict.button, LEFT)
    qtbot.waitUntil(shows(window, "CCO"))
    assert len(hands.sketch.atoms) == 3


def test_what_is_drawn_after_typing_is_what_the_predict_button_takes(qtbot, window, hands):
    field = window.predict.input
    field.setFocus()
    QTest.keyClicks(field, "CCO")
    hands.click((0, 0))
    hands.click((3, 3))
    qtbot.mouseClick(window.predict.button, LEFT)
    wait_until_quiet(qtbot, window)
    assert len(hands.sketch.atoms) == 4
    assert window.state.phase is Phase.UNFINISHED


def test_an_emptied_drawing_empties_the_text(qtbot, window, hands):
    hands.click((0, 0))
    qtbot.waitUntil(lambda: window.predict.input.text == "CC")
    window.predict.sketcher.actions_["clear"].trigger()
    qtbot.waitUntil(lambda: window.predict.input.text == "")
    hands.keys("Ctrl+Z")
    qtbot.waitUntil(lambda: window.predict.input.text == "CC")


def test_what_is_missing_stands_over_the_greyed_spectrum_until_the_drawing_is_whole(qtbot, window, hands):
    hint = window.predict.view._hint
    draw_two_parts(qtbot, window, hands)
    assert hint.isVisible()
    assert "2 parts" in hint.text()
    assert window.predict.view.peaks.faded
    hands.keys("Ctrl+Z")
    qtbot.waitUntil(shows(window, "CC"))
    assert not hint.isVisible()


def test_new_drawing_stays_empty_when_a_text_is_still_being_read(qtbot, window, hands, predictor):
    window.predict.input.set_text("CCCCO")
    window.actions_.new_drawing.trigger()
    wait_until_quiet(qtbot, window)
    assert not hands.sketch
    assert window.state.phase is Phase.EMPTY
    assert window.predict.input.text == ""


def test_a_stroke_gives_up_the_prediction_before_it_at_once(qtbot, window, hands, predictor):
    predictor.gate = threading.Event()
    hands.click((0, 0))
    qtbot.waitUntil(lambda: window.predict.input.text == "CC")
    hands.click(max(hands.sketch.atoms))
    predictor.gate.set()
    qtbot.waitUntil(shows(window, "CCC"))
    wait_until_quiet(qtbot, window)
    assert window.predict.input.text == "CCC"


def test_comparing_with_a_prediction_names_both_and_is_ended_in_the_same_list(qtbot, window, hands):
    for smiles in ("CCCO", "CC(C)O"):
        window.predict.input.set_text(smiles)
        qtbot.waitUntil(shows(window, smiles))
        wait_until_quiet(qtbot, window)
    bar = window.predict.comparison
    bar.chooser.activated.emit(bar.chooser.findText("1-propanol", Qt.MatchFlag.MatchContains))
    assert window.state.rival.prediction.molecule.smiles == "CCCO"
    assert "isopropanol" in window.predict.view.content.top_title
    assert "1-propanol" in window.predict.view.content.bottom_title
    bar.chooser.activated.emit(bar.chooser.findText("Compare with nothing"))
    assert window.state.rival is None
    assert bar.chooser.findText("Compare with nothing") == -1
    assert window.predict.view.content.bottom is None


def test_in_a_narrow_window_a_button_turns_from_the_drawing_to_the_spectrum(qtbot, window):
    panel = window.predict
    window.resize(1500, 900)
    qtbot.waitUntil(lambda: panel.spectrum_side.isVisible() and panel.sketcher.isVisible())
    assert not panel.by_turns.isVisible()
    window.resize(900, 700)
    qtbot.waitUntil(panel.by_turns.isVisible)
    assert panel.sketcher.isVisible()
    qtbot.mouseClick(panel.by_turns, LEFT)
    assert panel.spectrum_side.isVisible()
    assert not panel.sketcher.isVisible()


def test_a_warning_is_seen_also_where_the_drawing_hides_the_spectrum(qtbot, window):
    window.resize(900, 700)
    qtbot.waitUntil(window.predict.by_turns.isVisible)
    window.predict.input.set_text("CCCC[Sn](CCCC)(CCCC)CCCC")
    qtbot.waitUntil(window.predict.warnings.isVisible)
    window.resize(1500, 900)
    qtbot.waitUntil(window.predict.spectrum_side.isVisible)
    assert window.predict.warnings.parentWidget() is window.predict.spectrum_side


def test_everything_in_the_predict_tab_that_can_be_used_has_a_name_for_programs_and_one_for_people(window):
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractItemView, GroupEntry)
    found = [each for kind in kinds for each in window.predict.findChildren(kind)]
    # Parts that Qt makes for itself within a control are read out with it.
    controls = [each for each in found if not each.objectName().startswith("qt_") and not _is_within_a_chooser(each)]
    assert len(controls) > 50
    nameless = [repr(each) for each in controls if not each.objectName()]
    silent = [
        each.objectName() for each in controls if not (each.accessibleName() or _words_on(each)) and each.focusProxy() is None
    ]
    assert nameless == []
    assert silent == []
    names = [each.objectName() for each in window.predict.sketcher.findChildren(QAbstractButton)]
    assert len(names) == len(set(names))


def _is_within_a_chooser(control):
    above = control.parent()
    while above is not None and not isinstance(above, QComboBox):
        above = above.parent()
    return above is not None


def _words_on(control):
    return control.text() if isinstance(control, QAbstractButton) else ""


def test_plus_and_minus_stay_side_by_side_at_every_width(qtbot, window):
    panel = window.predict.sketcher
    names = ("sketchTool-charge+", "sketchTool-charge-", "sketchTool-radical", "sketchTool-isotope")
    marks = [panel.findChild(QAbstractButton, name) for name in names]
    for width in (800, 1000, 1150, 1280, 1400, 1500):
        window.resize(width, 900)
        qtbot.waitUntil(lambda width=width: window.width() == width and panel.isVisible())
        assert len({mark.mapTo(panel, mark.rect().topLeft()).y() for mark in marks}) == 1
        assert all(panel.rect().contains(mark.mapTo(panel, mark.rect().bottomRight())) for mark in marks)


def test_the_footer_counts_labels_in_the_masses_and_writes_them_as_chemists_do(qtbot, window, hands):
    hands.click((0, 0))
    first = min(hands.sketch.atoms)
    hands.take("isotope")
    hands.click(first)
    footer = window.predict.sketcher.footer
    qtbot.waitUntil(lambda: footer.formula.text() == "C¹³CH₆")
    assert (footer.nominal_mass.text(), footer.exact_mass.text(), footer.hydrogens.text()) == ("31 Da", "31.05031", "6 H")


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("C4H12N+", "C₄H₁₂N⁺"), ("C2H3O2-", "C₂H₃O₂⁻"), ("C10H22N2+2", "C₁₀H₂₂N₂²⁺"), ("C[13C]H6", "C¹³CH₆"),
        ("CD4", "CD₄"), ("C6H6", "C₆H₆"), ("", ""),
    ],
)  # fmt: skip
def test_charges_and_labels_of_formulae_are_raised(formula, shown):
    assert with_subscripts(formula) == shown


def test_without_a_model_drawing_goes_on_and_nothing_moves_the_paper(qtbot, make_window, services):
    def load(threads=None):
        raise ModelFileError("The model file is missing.")

    object.__setattr__(services, "prediction", PredictionService(load))
    window = make_window()
    window.start()
    qtbot.waitUntil(window.predict.model_notice.isVisible, timeout=20_000)
    wait_until_quiet(qtbot, window)
    window.actions_.new_drawing.trigger()
    hands = Hands(window.predict.sketcher.canvas)
    port, footer = hands.canvas.viewport(), window.predict.sketcher.footer
    places = set()
    window.state.phase_changed.connect(lambda: places.add((port.mapTo(window, QPoint(0, 0)).toTuple(), port.size().toTuple())))
    hands.click((0, 0))
    qtbot.waitUntil(lambda: footer.formula.text() == "C₂H₆")
    wait_until_quiet(qtbot, window)
    hands.click(max(hands.sketch.atoms))
    qtbot.waitUntil(lambda: footer.formula.text() == "C₃H₈")
    wait_until_quiet(qtbot, window)
    assert window.state.phase is Phase.FAILED
    assert window.predict.model_notice.isVisible()
    assert len(places) == 1


def test_undo_does_not_take_away_what_was_there_at_the_start(qtbot, window):
    sketcher = window.predict.sketcher
    assert sketcher.sketch
    assert not sketcher.actions_["undo"].isEnabled()
    hands = Hands(sketcher.canvas)
    hands.click(min(hands.sketch.atoms))
    assert sketcher.actions_["undo"].isEnabled()
    hands.keys("Ctrl+Z", "Ctrl+Z", "Ctrl+Z")
    assert len(hands.sketch.atoms) == 9


def enter(canvas):
    at = QPointF(canvas.viewport().rect().center())
    QApplication.sendEvent(canvas, QEnterEvent(at, at, QPointF(canvas.mapToGlobal(at.toPoint()))))


def test_keys_reach_what_is_pointed_at_without_a_click_but_nothing_is_taken_from_who_types(qtbot, window, hands):
    canvas = hands.canvas
    hands.click((0, 0))
    qtbot.waitUntil(shows(window, "CC"))
    window.predict.view.plot.setFocus()
    enter(canvas)
    assert canvas.hasFocus()
    field = window.predict.input
    field.setFocus()
    QTest.keyClicks(field, "O")
    enter(canvas)
    assert field.hasFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    wait_until_quiet(qtbot, window)
    enter(canvas)
    assert canvas.hasFocus()
    window.details.table.setFocus()
    enter(canvas)
    assert window.details.table.hasFocus()


def test_the_hydrogen_button_adds_the_others_where_some_are_drawn_for_their_wedges(qtbot, window, hands):
    window.predict.input.set_text("C1CC[C@H]2CCCC[C@@H]2C1")
    qtbot.waitUntil(lambda: "H" in hands.symbols().split())
    button, drawn = window.predict.sketcher.footer.hydrogens, len(hands.sketch.atoms)
    qtbot.waitUntil(button.isEnabled)
    assert not button.isChecked()
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: hands.symbols().split().count("H") == 18)
    assert button.isChecked()
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: len(hands.sketch.atoms) < drawn)
    assert not button.isChecked()
