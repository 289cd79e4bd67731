from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox
from window_driver import drop, url_data, wait_until_quiet

from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.problems import Problem
from bitspec_gui.ui.dialogs.import_report import ImportReportDialog

MSP = """Name: Butanal
InChIKey: ZTQSAGDEMFDKMZ-UHFFFAOYSA-N
SMILES: CCCC=O
Formula: C4H8O
Num Peaks: 3
27 300; 44 999; 72 500

Name: Broken
Num Peaks: 2
12 abc

"""


def report_dialog(window) -> ImportReportDialog | None:
    return next((d for d in window.findChildren(ImportReportDialog) if d.isVisible()), None)


def test_a_dropped_msp_becomes_a_library_and_its_report_says_what_was_left_out(qtbot, window, tmp_path):
    file = tmp_path / "mine.msp"
    file.write_text(MSP)
    window.tabs.setCurrentWidget(window.library)
    drop(window, url_data(file))
    qtbot.waitUntil(lambda: report_dialog(window) is not None, timeout=20_000)
    dialog = report_dialog(window)
    assert (dialog.report.added, dialog.report.rejected) == (1, 1)
    assert dialog.problems.topLevelItemCount() == 1
    assert "left out" in dialog.as_text()
    wait_until_quiet(qtbot, window)
    assert window.state.libraries[0].spectra == 1


def test_the_comparison_appears_when_the_compound_is_imported_afterwards(qtbot, window, tmp_path):
    window.predict.input.set_text("CCCC=O")
    qtbot.waitUntil(lambda: window.state.prediction.molecule.formula == "C4H8O")
    wait_until_quiet(qtbot, window)
    assert window.state.matches == ()
    file = tmp_path / "mine.msp"
    file.write_text(MSP)
    window.tabs.setCurrentWidget(window.library)
    drop(window, url_data(file))
    qtbot.waitUntil(lambda: bool(window.state.matches), timeout=20_000)
    assert window.state.chosen.record.name == "Butanal"


def test_the_library_tab_lists_searches_and_predicts_an_entry(qtbot, nicotinamide_library, window):
    window.tabs.setCurrentWidget(window.library)
    assert window.library.model.rowCount() == 3
    qtbot.keyClicks(window.library.search, "benz")
    qtbot.waitUntil(lambda: window.library.model.rowCount() == 1)
    assert window.library.count.text() == "1 spectrum"
    window.library.table.selectRow(0)
    qtbot.waitUntil(lambda: window.details.structure.is_drawn and window.details.structure.molecule.formula == "C6H6")
    assert window.library.view.content.molecular_mass == 78
    qtbot.mouseClick(window.library.predict, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.state.prediction.molecule.formula == "C6H6")
    assert window.tabs.currentWidget() is window.predict


def test_a_library_is_removed_only_once_that_is_confirmed(qtbot, nicotinamide_library, window):
    window.actions_.remove_library.trigger()
    box = window.findChild(QMessageBox, "confirmRemove")
    box.button(QMessageBox.StandardButton.Cancel).click()
    wait_until_quiet(qtbot, window)
    assert len(window.state.libraries) == 1
    window.actions_.remove_library.trigger()
    box = next(b for b in window.findChildren(QMessageBox, "confirmRemove") if b.isVisible())
    next(b for b in box.buttons() if b.objectName() == "confirmRemoveButton").click()
    qtbot.waitUntil(lambda: window.state.libraries == ())
    wait_until_quiet(qtbot, window)
    assert window.library.empty.isVisible() or window.tabs.currentWidget() is not window.library


def test_a_library_is_exported_to_msp(qtbot, nicotinamide_library, window, tmp_path, monkeypatch):
    target = tmp_path / "out.msp"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(target), ""))
    window.actions_.export_library.trigger()
    qtbot.waitUntil(target.exists)
    wait_until_quiet(qtbot, window)
    assert target.read_text().count("Num Peaks") == 3


def test_a_damaged_database_is_told_and_can_be_set_aside(qtbot, services, make_window):
    services.paths.data.mkdir(parents=True)
    services.paths.database.write_bytes(b"this is no database" * 200)
    window = make_window()
    window.start()
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "damagedDatabase") is not None, timeout=20_000)
    wait_until_quiet(qtbot, window)
    assert window.state.prediction is not None
    boxes = window.findChildren(QMessageBox, "damagedDatabase")
    assert len(boxes) == 1
    next(b for b in boxes[0].buttons() if b.objectName() == "startFresh").click()
    qtbot.waitUntil(lambda: window.state.library_problem == "" and window.state.libraries is not None, timeout=20_000)
    wait_until_quiet(qtbot, window)
    kept = [p for p in services.paths.data.iterdir() if p.is_file() and p.read_bytes().startswith(b"this is no database")]
    assert len(kept) == 1


def test_an_import_can_be_cancelled_and_keeps_what_was_read(qtbot, window, tmp_path):
    record = "Name: C{n}\nNum Peaks: 2\n{a} 300; {b} 999\n\n"
    file = tmp_path / "big.msp"
    file.write_text("".join(record.format(n=n, a=40 + n % 50, b=100 + n % 300) for n in range(30_000)))
    window.tabs.setCurrentWidget(window.library)
    drop(window, url_data(file))
    qtbot.waitUntil(lambda: any(job.visible and job.progress.done > 0 for job in window.runner.jobs), timeout=20_000)
    assert window.jobs.cancel.isEnabled()
    qtbot.mouseClick(window.jobs.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: report_dialog(window) is not None, timeout=20_000)
    report = report_dialog(window).report
    assert report.cancelled
    assert 0 < report.added < 30_000
    jobs = window.jobs.table.model()
    assert jobs.index(0, 2).data() == "cancelled"


def test_the_report_counts_everything_and_can_be_saved(qtbot, tmp_path, monkeypatch):
    problems = (Problem("/data/a.msp", 7, "No peaks."), Problem("/data/a.msp", 19, "A peak is not a number."))
    dialog = ImportReportDialog(ImportReport("Mine", 10, 3, 2, problems, files=("/data/a.msp",)))
    qtbot.addWidget(dialog)
    text = dialog.as_text()
    for words in ("records present  15", "read             13", "rejected         2", "line 7", "line 19"):
        assert words in text
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(tmp_path / "r.txt"), ""))
    with qtbot.waitSignal(dialog.save_wanted) as saved:
        dialog.save.click()
    assert saved.args == [tmp_path / "r.txt", text]


def test_the_dialog_says_where_massbank_can_be_had(qtbot, window):
    window.actions_.where_libraries.trigger()
    words = window.findChild(object, "addLibraryWords").text()
    assert "https://github.com/MassBank/MassBank-data/releases" in words
    assert "zenodo" in words.lower()


def test_a_file_that_is_nothing_is_told_in_a_sentence(qtbot, window, tmp_path):
    file = tmp_path / "picture.bin"
    file.write_bytes(b"\x00\x01\x02" * 100)
    drop(window, url_data(file))
    qtbot.waitUntil(lambda: window.failures.dialog is not None and window.failures.dialog.isVisible())
    assert "picture.bin" in window.failures.dialog.message.text()


def test_rows_of_the_library_are_copied_as_text(qtbot, nicotinamide_library, window):
    window.tabs.setCurrentWidget(window.library)
    window.activateWindow()
    window.library.table.setFocus()
    window.library.table.selectRow(0)
    window.copy_by_focus()
    lines = QGuiApplication.clipboard().text().splitlines()
    if window.library.table.hasFocus():
        assert len(lines) == 2
        assert "\t" in lines[1]
    else:
        pytest.fail("the table has no focus")


def test_log_dock_shows_and_filters_what_is_logged(qtbot, window):
    logging.getLogger("bitspec_gui.test").warning("a warning of the test")
    logging.getLogger("bitspec_gui.test").error("an error of the test")
    qtbot.waitUntil(lambda: "an error of the test" in window.log.text.toPlainText())
    window.log.words.setText("warning of")
    assert "an error of the test" not in window.log.text.toPlainText()
    assert "a warning of the test" in window.log.text.toPlainText()
