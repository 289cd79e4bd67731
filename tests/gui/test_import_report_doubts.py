from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTabBar

from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.problems import Problem
from bitspec_gui.ui.dialogs.import_report import ImportReportDialog

REJECTED = (Problem("/data/a.msp", 7, "No peaks."),)


def doubt_in(file: str) -> Problem:
    return Problem(
        file, 19, "ALA-1: 90 % of this spectrum lies above M.", kept="The record is kept, but doubtful.", rejected=False
    )


def shown(qtbot, report: ImportReport) -> ImportReportDialog:
    dialog = ImportReportDialog(report)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def click_tab(qtbot, dialog: ImportReportDialog, index: int) -> None:
    bar = dialog.lists.findChild(QTabBar)
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(index).center())


def test_doubtful_records_have_a_tab_of_their_own_beside_the_problems(qtbot):
    dialog = shown(qtbot, ImportReport("Mine", 9, 0, 1, REJECTED, doubtful=1, doubts=(doubt_in("/data/a.msp"),)))
    assert [dialog.lists.tabText(index) for index in range(2)] == ["What was wrong (1)", "Doubtful, but kept (1)"]
    assert dialog.findChild(QLabel, "import_doubtful").text() == "1"
    assert dialog.problems.isVisible()
    click_tab(qtbot, dialog, 1)
    assert dialog.doubts.isVisible()
    row = dialog.doubts.topLevelItem(0)
    assert [row.text(column) for column in range(4)] == ["a.msp", "19", "ALA-1: 90 % of this spectrum lies above M.", "kept"]


def test_the_selected_row_is_read_in_full_below_the_list(qtbot):
    second = Problem("/data/b.msp", 3, "B-2: The molecular ion (m/z 178) is missing.", kept="It is kept.", rejected=False)
    dialog = shown(qtbot, ImportReport("Mine", 9, 0, 1, REJECTED, doubtful=2, doubts=(doubt_in("/data/a.msp"), second)))
    assert dialog.sentence.text().startswith("No peaks.")
    click_tab(qtbot, dialog, 1)
    assert dialog.sentence.text() == "ALA-1: 90 % of this spectrum lies above M. The record is kept, but doubtful."
    dialog.doubts.setFocus()
    qtbot.keyClick(dialog.doubts, Qt.Key.Key_Down)
    assert dialog.sentence.text() == "B-2: The molecular ion (m/z 178) is missing. It is kept."


def test_without_problems_the_doubtful_records_are_seen_at_once(qtbot):
    dialog = shown(qtbot, ImportReport("Mine", 9, 0, 0, doubtful=1, doubts=(doubt_in("/data/a.msp"),)))
    assert dialog.lists.count() == 1
    assert dialog.doubts.isVisible()
    assert "Imported into “Mine”" in dialog.headline.text()


def test_a_report_without_either_shows_no_list(qtbot):
    dialog = shown(qtbot, ImportReport("Mine", 9, 0, 0))
    assert not dialog.lists.isVisible()
    assert not dialog.open_file.isVisible()


def test_the_file_to_open_is_that_of_the_list_on_show(qtbot, tmp_path, monkeypatch):
    file = tmp_path / "b.msp"
    file.write_text("Name: x\n")
    opened = []
    monkeypatch.setattr(
        "bitspec_gui.ui.dialogs.import_report.QDesktopServices.openUrl", lambda url: opened.append(url.toLocalFile())
    )
    dialog = shown(qtbot, ImportReport("Mine", 9, 0, 1, REJECTED, doubtful=1, doubts=(doubt_in(str(file)),)))
    click_tab(qtbot, dialog, 1)
    place = dialog.doubts.visualItemRect(dialog.doubts.topLevelItem(0)).center()
    qtbot.mouseClick(dialog.doubts.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert dialog.open_file.isEnabled()
    click_tab(qtbot, dialog, 0)
    assert not dialog.open_file.isEnabled()
    click_tab(qtbot, dialog, 1)
    qtbot.mouseClick(dialog.open_file, Qt.MouseButton.LeftButton)
    assert opened == [str(file)]


def test_the_saved_report_lists_the_doubtful_records(qtbot):
    text = shown(qtbot, ImportReport("Mine", 9, 0, 1, REJECTED, doubtful=1, doubts=(doubt_in("/data/a.msp"),))).as_text()
    assert "doubtful (kept)  1" in text
    assert "/data/a.msp, line 19: ALA-1: 90 % of this spectrum lies above M. The record is kept, but doubtful." in text
