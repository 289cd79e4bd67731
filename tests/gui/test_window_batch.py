"""Collections of molecules dropped on the whole window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from window_driver import drop, url_data, wait_until_quiet

from bitspec_gui.ui.tables.batch import COLUMNS

LEFT = Qt.MouseButton.LeftButton


def collection(path, number=60):
    path.write_text("".join(f"{'C' * (1 + n // 3)}{('O', 'N', 'Cl')[n % 3]} number {n}\n" for n in range(number)))
    return path


def looked_at(qtbot, window, row):
    table = window.batch.table
    place = table.visualRect(window.batch.model.index(row, COLUMNS.index("name"))).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    wait_until_quiet(qtbot, window)


def test_dropped_collection_is_predicted_as_a_list_in_its_tab(qtbot, window, tmp_path):
    drop(window, url_data(collection(tmp_path / "many.smi")))
    qtbot.waitUntil(lambda: window.batch.model.rowCount() == 60, timeout=10_000)
    wait_until_quiet(qtbot, window)
    assert window.tabs.currentWidget() is window.batch
    assert window.batch.flow.rows.counts.predicted == 60
    # The molecule that was shown before is still there.
    assert window.state.molecule.name == "Nicotinamide"


def test_few_structures_are_no_collection(qtbot, window, tmp_path):
    drop(window, url_data(collection(tmp_path / "few.smi", 3)))
    wait_until_quiet(qtbot, window)
    assert window.tabs.currentWidget() is window.predict
    assert window.batch.model.rowCount() == 0


def test_row_of_the_list_is_shown_in_predict_and_kept_in_the_session(qtbot, window, tmp_path):
    window.opening.open([collection(tmp_path / "many.smi")])
    qtbot.waitUntil(lambda: window.batch.model.rowCount() == 60, timeout=10_000)
    wait_until_quiet(qtbot, window)
    looked_at(qtbot, window, 1)
    qtbot.mouseClick(window.batch.details.keep, LEFT)
    wait_until_quiet(qtbot, window)
    assert "number 1" in [each.molecule.name for each in window.session.kept]
    looked_at(qtbot, window, 2)
    qtbot.mouseClick(window.batch.details.show_in_predict, LEFT)
    qtbot.waitUntil(lambda: window.state.prediction.molecule.name == "number 2", timeout=10_000)
    assert window.tabs.currentWidget() is window.predict
    wait_until_quiet(qtbot, window)


def test_escape_stops_the_list_and_the_window_closes_though_rows_wait(qtbot, window, predictor, tmp_path):
    import threading

    predictor.gate = threading.Event()
    window.opening.open([collection(tmp_path / "many.smi", 150)])
    qtbot.waitUntil(lambda: window.batch.flow.is_working and len(predictor.calls) > 1, timeout=10_000)
    window.batch.table.setFocus()
    qtbot.keyClick(window.batch.table, Qt.Key.Key_Escape)
    assert window.batch.flow.is_stopping
    predictor.gate.set()
    qtbot.waitUntil(lambda: not window.batch.flow.is_working, timeout=10_000)
    assert window.batch.flow.rows.counts.waiting > 0
    assert window.batch.controls.go_on.isVisible()


def test_copy_export_and_details_are_about_the_row_that_is_looked_at(qtbot, window, tmp_path):
    file = tmp_path / "few.smi"
    file.write_text("CCCCO butanol\nCCCN propylamine\n")
    window.tabs.setCurrentWidget(window.batch)
    drop(window, url_data(file))
    qtbot.waitUntil(lambda: window.batch.flow.rows.counts.predicted == 2, timeout=20_000)
    wait_until_quiet(qtbot, window)
    looked_at(qtbot, window, 1)
    qtbot.waitUntil(lambda: window.on_show.record is not None and window.on_show.record.name == "propylamine")
    assert window.details.facts["formula"].text() == "C₃H₉N"
    assert window.on_show.view is window.batch.view
    assert window.actions_.export.isEnabled()
    window.actions_.identify_this.trigger()
    assert window.unknowns.unknown.record.name == "propylamine"
