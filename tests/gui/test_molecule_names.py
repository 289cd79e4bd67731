"""Names typed, chosen and pasted where a molecule is asked for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from window_driver import wait_until_quiet

from bitspec_gui.ui.state import Phase

FIELD_PAUSE_MS = 700
"""Longer than any pause after which a text is asked for."""


def formula(window):
    return window.state.prediction.molecule.formula


@pytest.fixture
def field(qtbot, window):
    """The molecule input of a window, empty and with the keyboard."""
    field = window.predict.input
    field.set_text("", ask=False)
    window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    wait_until_quiet(qtbot, window)
    return field


def typed(qtbot, field, text):
    qtbot.keyClicks(field, text)
    qtbot.waitUntil(lambda: field.suggestions.is_open, timeout=10_000)
    return [each.name for each in field.suggestions.compounds]


def test_typed_name_is_predicted_after_a_pause(qtbot, window, field):
    qtbot.keyClicks(field, "caffeine")
    qtbot.waitUntil(lambda: formula(window) == "C8H10N4O2", timeout=10_000)
    assert window.state.molecule.name == "caffeine"
    assert field.text == "caffeine"


def test_beginning_of_a_name_suggests_compounds_and_is_not_called_unreadable(qtbot, window, field):
    names = typed(qtbot, field, "caffe")
    assert names[0] == "caffeine"
    qtbot.wait(FIELD_PAUSE_MS)
    assert window.state.phase is not Phase.REFUSED
    assert field.suggestions.is_open


def test_arrow_and_enter_choose_a_suggestion(qtbot, window, field):
    names = typed(qtbot, field, "ibupr")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.suggestions.list.currentIndex().data() == names[0] == "ibuprofen"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: formula(window) == "C13H18O2", timeout=10_000)
    assert not field.suggestions.is_open
    assert field.text == "ibuprofen"


def test_arrow_up_from_the_first_suggestion_goes_back_to_the_text(qtbot, field):
    names = typed(qtbot, field, "naphthal")
    chosen = field.suggestions.list
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert chosen.currentIndex().data() == names[-1]
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert not chosen.currentIndex().isValid()
    qtbot.keyClick(field, Qt.Key.Key_PageDown)
    qtbot.keyClick(field, Qt.Key.Key_PageDown)
    assert chosen.currentIndex().data() == names[-1]


def test_clicked_suggestion_is_predicted_and_the_field_keeps_the_keyboard(qtbot, window, field):
    names = typed(qtbot, field, "acetylsal")
    row = names.index("aspirin")
    shown = field.suggestions.list
    place = shown.visualRect(shown.model().index(row, 0)).center()
    QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(place))
    qtbot.waitUntil(lambda: formula(window) == "C9H8O4", timeout=10_000)
    assert field.hasFocus()


def test_enter_without_a_choice_asks_for_the_text_itself(qtbot, window, field):
    typed(qtbot, field, "ibuprof")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.state.phase is Phase.REFUSED, timeout=10_000)
    assert "ibuprofen" in window.state.sentence
    assert not field.suggestions.is_open


@pytest.mark.parametrize("smiles", ["CCO", "CN", "Cn1cnc2c1c(=O)n(C)c(=O)n2C"])
def test_smiles_suggests_nothing_and_enter_is_its_own(qtbot, window, field, smiles):
    shown = []
    field.suggestions.answered.connect(lambda: shown.append(field.suggestions.compounds))
    for letter in smiles:
        qtbot.keyClick(field, letter)
        assert not field.suggestions.is_open
    qtbot.wait(200)
    assert shown == []
    qtbot.keyClick(field, Qt.Key.Key_Return)
    asked = {"CCO": "C2H6O", "CN": "CH5N"}.get(smiles, "C8H10N4O2")
    qtbot.waitUntil(lambda: formula(window) == asked, timeout=10_000)


def test_slowly_typed_smiles_is_read_letter_by_letter_as_a_smiles(qtbot, window, field):
    for letter, expected in (("C", "CH4"), ("C", "C2H6"), ("O", "C2H6O")):
        qtbot.keyClick(field, letter)
        qtbot.waitUntil(lambda expected=expected: formula(window) == expected, timeout=10_000)
        assert not field.suggestions.is_open


def test_abbreviation_that_is_a_smiles_too_is_read_as_one_and_the_name_can_be_chosen(qtbot, window, field):
    assert typed(qtbot, field, "PCP") == ["pentachlorophenol"]
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: formula(window) == "CH6P2", timeout=10_000)
    assert any("pentachlorophenol" in each for each in window.state.prediction.warnings)
    field.selectAll()
    typed(qtbot, field, "PCP")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: formula(window) == "C6HCl5O", timeout=10_000)


def test_escape_closes_the_suggestions_and_cancels_nothing(qtbot, window, field):
    cancelled = []
    window.actions_.cancel.triggered.connect(lambda: cancelled.append(True))
    typed(qtbot, field, "choleste")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not field.suggestions.is_open
    assert not cancelled
    assert field.text == "choleste"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert cancelled


def test_suggestions_go_when_the_keyboard_goes_elsewhere(qtbot, window, field):
    typed(qtbot, field, "toluen")
    window.predict.view.plot.setFocus()
    qtbot.waitUntil(lambda: not field.suggestions.is_open)


def test_cas_number_is_predicted_and_a_wrong_check_digit_is_named(qtbot, window, field):
    qtbot.keyClicks(field, "58-08-2")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: formula(window) == "C8H10N4O2", timeout=10_000)
    field.selectAll()
    qtbot.keyClicks(field, "58-08-3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.state.phase is Phase.REFUSED, timeout=10_000)
    assert "check digit" in window.state.sentence


def test_name_pasted_anywhere_in_the_window_is_predicted(qtbot, window):
    QGuiApplication.clipboard().setText("  Dibutyl phthalate\r\n")
    window.predict.view.plot.setFocus()
    qtbot.keyClick(window.predict.view.plot, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: formula(window) == "C16H22O4", timeout=10_000)


@pytest.mark.parametrize("text", ["Dibutyl phthalate", "84-74-2"])
def test_name_or_number_pasted_onto_the_drawing_is_drawn_and_predicted(qtbot, window, text):
    QGuiApplication.clipboard().setText(text)
    canvas = window.predict.sketcher.canvas
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: formula(window) == "C16H22O4", timeout=10_000)
    assert len(window.predict.sketcher.editor.sketch.atoms) == 20


def test_why_not_panel_suggests_names_too(qtbot, window):
    window.tabs.setCurrentWidget(window.identify)
    field = window.identify.why_not.input
    assert field.suggestions is not None
    assert "name" in field.accessibleName()
