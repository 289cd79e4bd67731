from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QStyle,
    QTableView,
)
from window_driver import wait_until_quiet

from bitspec_gui import app
from bitspec_gui.domain.errors import SettingsError
from bitspec_gui.ui.views.content import ViewMode


def test_an_exception_nobody_caught_becomes_one_dialog_and_the_window_lives_on(qtbot, window):
    window.failures.install()
    try:
        sys.excepthook(ValueError, ValueError("unexpected"), None)
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
        window.runner.submit("io", lambda: [][1])
        qtbot.waitUntil(lambda: window.failures.dialog is not None and window.failures.dialog.isVisible())
        dialog = window.failures.dialog
        qtbot.waitUntil(lambda: all(word in dialog.text for word in ("ValueError", "ZeroDivisionError", "IndexError")))
        dialog.copy.click()
        assert "Traceback" in QGuiApplication.clipboard().text()
        dialog.reject()
    finally:
        window.failures.uninstall()
    window.predict.input.set_text("CCO")
    qtbot.waitUntil(lambda: window.state.prediction.molecule.formula == "C2H6O")


def test_the_window_answers_while_a_lane_is_busy(qtbot, window):
    answered = threading.Event()
    ticks, outcomes = [], []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(1) if len(ticks) < 5 else answered.set())
    timer.start(10)

    def busy(progress, cancel):
        """Ends only when the window has answered five times meanwhile."""
        for _ in range(100_000):
            sum(number * number for number in range(2000))
            if answered.is_set() or cancel.cancelled:
                return answered.is_set()
        return False

    window.runner.submit("io", busy, title="Busy", cancellable=True, on_done=outcomes.append)
    wait_until_quiet(qtbot, window)
    timer.stop()
    assert outcomes == [True]


def test_settings_and_window_are_kept(qtbot, window, make_window):
    window.predict.input.set_text("CCO")
    qtbot.waitUntil(lambda: window.state.prediction.molecule.formula == "C2H6O")
    window.findChild(QSlider, "labelThreshold").setValue(17)
    window.docks.left.hide()
    window.resize(1000, 735)
    qtbot.wait(50)
    window.close()
    again = make_window()
    assert again.state.label_threshold_percent == 17
    assert again.docks.left.isHidden()
    assert again.height() == 735
    again.start()
    qtbot.waitUntil(lambda: again.state.prediction is not None, timeout=20_000)
    assert again.state.prediction.molecule.formula == "C2H6O"


def test_the_molecule_shown_is_kept_without_closing_so_that_a_crash_does_not_lose_it(qtbot, window, services):
    window.predict_text("CCO")
    qtbot.waitUntil(lambda: services.settings.load().last_molecule == "CCO", timeout=20_000)


def test_settings_that_cannot_be_saved_never_prevent_closing(qtbot, window, monkeypatch):
    def refuse(_settings):
        raise SettingsError("The disk is full.")

    monkeypatch.setattr(window.services.settings, "save", refuse)
    assert window.close()
    assert not window.isVisible()


@pytest.mark.parametrize("name", ["out.msp", "out.csv", "out.json", "out.png", "out.svg", "out.pdf"])
def test_the_prediction_is_exported_in_each_format(qtbot, window, tmp_path, monkeypatch, name):
    target = tmp_path / name
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(target), ""))
    window.actions_.export.trigger()
    qtbot.waitUntil(target.exists)
    wait_until_quiet(qtbot, window)
    assert target.stat().st_size > 100


def test_a_folder_that_cannot_be_written_gives_a_sentence(qtbot, window, tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    for name in ("out.png", "out.msp"):
        target = blocked / name
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, t=target, **_k: (str(t), ""))
        window.actions_.export.trigger()
        qtbot.waitUntil(lambda: window.failures.dialog is not None and window.failures.dialog.isVisible())
        assert name in window.failures.dialog.message.text()
        assert "Traceback" not in window.failures.dialog.text
        window.failures.dialog.reject()


def test_modes_and_labels_follow_their_keys(qtbot, nicotinamide_library, window):
    plot = window.predict.view.plot
    qtbot.keyClick(plot, Qt.Key.Key_D)
    assert window.state.mode is ViewMode.DIFFERENCE
    qtbot.keyClick(plot, Qt.Key.Key_M)
    assert window.state.mode is ViewMode.MIRROR
    qtbot.keyClick(plot, Qt.Key.Key_M)
    assert window.state.mode is ViewMode.TOP_ONLY
    assert len(window.predict.view.peaks.series) == 1
    qtbot.keyClick(plot, Qt.Key.Key_L)
    assert not window.predict.view.peaks.labels_shown


def test_letters_typed_into_the_input_are_text_not_keys(qtbot, window):
    window.predict.input.setFocus()
    window.predict.input.selectAll()
    qtbot.keyClicks(window.predict.input, "mlDP")
    assert window.predict.input.text == "mlDP"
    assert window.state.mode is ViewMode.MIRROR


def test_a_peak_chosen_in_the_table_lights_up_in_the_spectrum_and_back(qtbot, nicotinamide_library, window):
    table = window.details.table
    row = window.details.model.row_of(94)
    qtbot.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(window.details.model.index(row, 0)).center()
    )
    assert window.predict.view.peaks.selected_mz == 94
    window.predict.view.peak_picked.emit(122)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [window.details.model.row_of(122)]
    window.predict.view.peak_picked.emit(None)
    assert table.selectionModel().selectedRows() == []


def test_copy_follows_the_focus(qtbot, nicotinamide_library, window):
    clipboard = QGuiApplication.clipboard()
    window.activateWindow()
    window.details.structure.setFocus()
    window.copy_by_focus()
    assert clipboard.text() == "NC(=O)c1cccnc1"
    assert "M  END" in bytes(clipboard.mimeData().data("chemical/x-mdl-molfile").data()).decode()
    window.details.table.setFocus()
    window.copy_by_focus()
    assert clipboard.text().splitlines()[0].split("\t") == ["m/z", "Pred. %", "Meas. %", "Loss"]
    window.predict.view.setFocus()
    window.copy_by_focus()
    assert clipboard.mimeData().hasImage()
    window.predict.input.setFocus()
    window.predict.input.selectAll()
    window.copy_by_focus()
    assert clipboard.text() == window.predict.input.text


def test_themes_change_at_once_from_the_preferences(qtbot, services, make_window):
    window = make_window(theme=None)
    window.actions_.preferences.trigger()
    dialog = window.findChild(object, "preferencesDialog")
    dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
    dialog.own_size.setChecked(True)
    dialog.font_size.setValue(13)
    dialog.accept()
    assert window.state.colours.dark
    assert window.predict.view.plot.backgroundBrush().color().name() == window.state.colours.base
    assert window.font().pointSizeF() == 13
    assert services.settings.load().theme == "dark"


def test_a_font_size_kept_in_the_settings_is_that_of_every_part_from_the_start(services, make_window):
    services.settings.save(replace(services.settings.load(), font_size_pt=14.0))
    window = make_window()
    parts = (window.tabs.tabBar(), window.details, window.explain.controls.compare, window.explain.maps[0].legend.target)
    assert [part.font().pointSizeF() for part in parts] == [14.0] * 4
    for tab in range(window.tabs.count()):
        window.tabs.setCurrentIndex(tab)
        for width in (1400, 1150, 900):
            window.resize(width, 800)
            QApplication.processEvents()


def test_buttons_of_dialogs_bear_no_icons_of_the_system_that_vanish_on_dark(qtbot, make_window):
    window = make_window(theme="dark")
    window.actions_.preferences.trigger()
    dialog = window.findChild(QDialog, "preferencesDialog")
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons.style().styleHint(QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons, None, buttons) == 0
    dialog.reject()


def test_every_control_has_a_name_for_screen_readers_and_tests(qtbot, window):
    kinds = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QSlider, QTableView)
    # The buttons that clear a line of text and the corners of tables are Qt's own.
    unnamed = [
        (type(widget).__name__, widget.objectName(), widget.parent().objectName())
        for kind in kinds
        for widget in window.findChildren(kind)
        if not widget.objectName() or not (widget.accessibleName() or getattr(widget, "text", str)())
        if not isinstance(widget.parent(), QLineEdit)
    ]
    assert [each for each in unnamed if not each[1].startswith("qt_") and "Table" not in each[2]] == []


def test_all_actions_have_texts_and_no_two_share_a_key(window):
    keys = [key.toString() for action in window.actions() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))
    assert all(action.text() and action.statusTip() for action in window.actions())


def test_closing_while_work_runs_ends_the_work(qtbot, window):
    def endless(progress, cancel):
        while not cancel.cancelled:
            time.sleep(0.005)

    window.runner.submit("io", endless, title="Endless", cancellable=True)
    qtbot.wait(30)
    window.close()
    assert window.shut_down()


def test_without_a_display_the_program_says_so():
    assert "no display" in app.missing_display({}, "linux")
    assert app.missing_display({"DISPLAY": ":0"}, "linux") == ""
    assert app.missing_display({"WAYLAND_DISPLAY": "wayland-0"}, "linux") == ""
    assert app.missing_display({"QT_QPA_PLATFORM": "offscreen"}, "linux") == ""
    assert app.missing_display({}, "darwin") == ""


def test_a_missing_system_library_is_named_with_its_package():
    words = app.missing_library(ImportError("libEGL.so.1: cannot open shared object file: No such file or directory"))
    assert "apt install libegl1" in words


def test_about_shows_version_and_licence(qtbot, window):
    window.actions_.about.trigger()
    assert "MIT" in window.findChild(object, "notices").toPlainText()
