"""Lists of thousands of molecules in the window, driven by clicks and keys."""

from __future__ import annotations

import csv
import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton

from bitspec_gui.domain.batch import RowState
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.panels.batch import BatchPanel
from bitspec_gui.ui.report_export import SaveDialog
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.batch import COLUMNS
from bitspec_gui.ui.thumbnails import Thumbnails

LEFT = Qt.MouseButton.LeftButton
ENDS = ("O", "Cl", "N", "Br", "F", "S", "I", "C#N", "C=O", "C(=O)O")


@pytest.fixture
def panel(qtbot, runner, services):
    state = WindowState()
    thumbnails = Thumbnails(services.prediction, runner, state)
    shown = BatchPanel(state, services, runner, thumbnails, Drawings(services.prediction, runner, state))
    shown.resize(1100, 640)
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.stop()
    thumbnails.stop()


def molecules(path, number):
    """A SMILES list of different chains with something at their end."""
    path.write_text("".join(f"{'C' * (1 + n // 10)}{ENDS[n % 10]} number {n}\n" for n in range(number)))
    return path


def finished(qtbot, panel):
    qtbot.waitUntil(lambda: not panel.flow.is_working and not panel.flow._again.isActive(), timeout=20_000)
    qtbot.waitUntil(lambda: not panel.flow._runner.jobs, timeout=20_000)


def open_and_hold(qtbot, panel, predictor, listed):
    """Open a list and wait until it is being predicted, which goes on when the gate that this gives is set."""
    gate = predictor.gate = threading.Event()
    panel.open([listed])
    qtbot.waitUntil(lambda: bool(predictor.calls), timeout=10_000)
    return gate


def texts(panel, column):
    model = panel.model
    return [model.index(row, COLUMNS.index(column)).data() for row in range(model.rowCount())]


def click_row(qtbot, panel, row, modifier=Qt.KeyboardModifier.NoModifier):
    panel.table.scrollTo(panel.model.index(row, 0))
    place = panel.table.visualRect(panel.model.index(row, COLUMNS.index("name"))).center()
    qtbot.mouseClick(panel.table.viewport(), LEFT, modifier, place)


def click_heading(qtbot, panel, column):
    header = panel.table.horizontalHeader()
    section = COLUMNS.index(column)
    place = QPoint(header.sectionViewportPosition(section) + 12, header.height() // 2)
    qtbot.mouseClick(header.viewport(), LEFT, pos=place)


def test_empty_tab_says_what_to_do_and_offers_to_open_files(qtbot, panel):
    assert panel.choose.isVisible()
    assert not panel.table.isVisible()
    words = panel.findChild(QLabel, "batchEmptyWords")
    assert words.height() >= words.heightForWidth(words.width())
    qtbot.mouseClick(panel.choose, LEFT)
    dialog = panel.findChild(object, "batchOpen")
    assert dialog is not None
    dialog.close()


def test_rows_appear_and_predictions_stream_in_as_a_table(qtbot, panel, tmp_path):
    panel.open([molecules(tmp_path / "list.smi", 120)])
    finished(qtbot, panel)
    assert panel.table.isVisible()
    assert panel.model.rowCount() == 120
    assert set(texts(panel, "state")) == {"predicted"}
    assert texts(panel, "name")[:2] == ["number 0", "number 1"]
    assert texts(panel, "formula")[0] == "CH₄O"
    assert texts(panel, "mass")[0] == "32"
    assert texts(panel, "base_peak")[0] == "32"
    assert texts(panel, "peaks")[0].startswith("32 (100)  4 (64)  17 (30)")
    assert panel.controls.words.text() == "120 of 120 predicted"
    assert panel.controls.progress.value() == panel.controls.progress.maximum() == 120
    assert not panel.controls.cancel.isVisible()
    assert not panel.controls.go_on.isVisible()


def test_row_that_is_looked_at_shows_its_spectrum_beside_the_measured_one(qtbot, panel, tmp_path, nicotinamide_library):
    file = tmp_path / "list.csv"
    file.write_text("id,name,smiles\nA,ethanol,CCO\nB,nicotinamide,NC(=O)c1cccnc1\nC,broken,C(\n")
    panel.open([file])
    finished(qtbot, panel)
    click_row(qtbot, panel, 1)
    finished(qtbot, panel)
    details = panel.details
    assert details.headline.text() == "nicotinamide"
    assert details.view.content.molecular_mass == 122
    assert details.view.content.bottom is not None
    assert "Vitamins" in details.view.content.bottom_title
    assert "match factor" in details.facts.text()
    assert details.structure.is_drawn
    qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    finished(qtbot, panel)
    assert details.headline.text() == "broken"
    assert "line 4" in details.refused.sentence
    assert "parenthes" in details.refused.sentence
    assert details.view.content is None
    assert not details.show_in_predict.isEnabled()
    qtbot.keyClick(panel.table, Qt.Key.Key_Home)
    finished(qtbot, panel)
    assert details.headline.text() == "ethanol"
    assert details.view.content.bottom is None


def test_cancel_keeps_what_is_done_and_the_rest_is_predicted_on_request(qtbot, panel, predictor, tmp_path):
    gate = open_and_hold(qtbot, panel, predictor, molecules(tmp_path / "list.smi", 150))
    qtbot.waitUntil(panel.controls.cancel.isVisible, timeout=10_000)
    qtbot.mouseClick(panel.controls.cancel, LEFT)
    gate.set()
    finished(qtbot, panel)
    counts = panel.flow.rows.counts
    assert counts.waiting > 0
    assert "waiting" in texts(panel, "state")
    qtbot.mouseClick(panel.controls.go_on, LEFT)
    finished(qtbot, panel)
    assert panel.flow.rows.counts.predicted == 150
    assert len(set(predictor.calls)) == 150


def test_cancel_and_go_on_at_once_loses_nothing(qtbot, panel, predictor, tmp_path):
    gate = open_and_hold(qtbot, panel, predictor, molecules(tmp_path / "list.smi", 100))
    qtbot.mouseClick(panel.controls.cancel, LEFT)
    panel.flow.go_on()
    gate.set()
    finished(qtbot, panel)
    assert panel.flow.rows.counts.predicted == 100


def test_cancel_in_the_jobs_dock_or_by_escape_is_the_same(qtbot, panel, runner, predictor, tmp_path):
    gate = open_and_hold(qtbot, panel, predictor, molecules(tmp_path / "list.smi", 150))
    assert [job.title for job in runner.jobs if job.visible] == ["Predicting list.smi"]
    assert runner.cancel_newest_visible()
    gate.set()
    finished(qtbot, panel)
    assert 0 < panel.flow.rows.counts.waiting <= 150
    assert panel.controls.go_on.isVisible()
    assert not panel.controls.cancel.isVisible()


def test_window_that_closes_does_not_wait_for_the_list(qtbot, panel, runner, predictor, tmp_path):
    gate = open_and_hold(qtbot, panel, predictor, molecules(tmp_path / "list.smi", 400))
    panel.stop()
    gate.set()
    assert runner.shutdown(timeout_s=5)
    assert len(predictor.calls) < 400


def test_second_file_is_added_to_the_list_and_clear_begins_anew(qtbot, panel, tmp_path):
    panel.open([molecules(tmp_path / "one.smi", 30)])
    second = tmp_path / "two.smi"
    second.write_text("c1ccccc1 benzene\nCO again\n")
    panel.open([second])
    finished(qtbot, panel)
    assert panel.model.rowCount() == 32
    assert texts(panel, "state")[-2:] == ["predicted", "as row 1"]
    assert texts(panel, "name")[-2:] == ["benzene", "again"]
    qtbot.mouseClick(panel.controls.clear, LEFT)
    finished(qtbot, panel)
    assert panel.model.rowCount() == 0
    assert panel.choose.isVisible()
    panel.open([second])
    finished(qtbot, panel)
    assert panel.model.rowCount() == 2


def test_clear_while_predicting_lets_nothing_of_the_old_list_through(qtbot, panel, predictor, tmp_path):
    gate = open_and_hold(qtbot, panel, predictor, molecules(tmp_path / "one.smi", 100))
    qtbot.mouseClick(panel.controls.clear, LEFT)
    gate.set()
    second = tmp_path / "two.smi"
    second.write_text("c1ccccc1 benzene\n")
    panel.open([second])
    finished(qtbot, panel)
    assert texts(panel, "name") == ["benzene"]
    assert texts(panel, "state") == ["predicted"]


def test_any_column_sorts_and_the_selection_stays_with_its_molecule(qtbot, panel, tmp_path):
    file = tmp_path / "list.smi"
    file.write_text("CCCO propanol\nC( broken\nCO methanol\nCCl chloromethane\n")
    panel.open([file])
    finished(qtbot, panel)
    click_row(qtbot, panel, 2)
    click_heading(qtbot, panel, "name")
    finished(qtbot, panel)
    assert texts(panel, "name") == ["broken", "chloromethane", "methanol", "propanol"]
    click_heading(qtbot, panel, "mass")
    finished(qtbot, panel)
    assert texts(panel, "mass") == ["32", "50", "60", ""]
    click_heading(qtbot, panel, "mass")
    finished(qtbot, panel)
    assert texts(panel, "mass") == ["60", "50", "32", ""]
    assert panel.model.row_at(panel.table.current_row).name == "methanol"
    assert panel.details.headline.text() == "methanol"
    click_heading(qtbot, panel, "structure")
    finished(qtbot, panel)
    assert texts(panel, "number") == ["1", "2", "3", "4"]


def test_words_and_states_narrow_the_table(qtbot, panel, tmp_path):
    file = tmp_path / "list.smi"
    file.write_text("CCCO propanol\nC( broken\nCO methanol\nCCl chloromethane\n")
    panel.open([file])
    finished(qtbot, panel)
    qtbot.keyClicks(panel.controls.search, "methan")
    qtbot.keyClick(panel.controls.search, Qt.Key.Key_Return)
    finished(qtbot, panel)
    assert texts(panel, "name") == ["methanol", "chloromethane"]
    assert "2 shown" in panel.controls.count.text()
    panel.controls.search.clear()
    qtbot.keyClick(panel.controls.search, Qt.Key.Key_Return)
    qtbot.keyClick(panel.controls.state, Qt.Key.Key_R)
    finished(qtbot, panel)
    assert texts(panel, "name") == ["broken"]
    panel.open([molecules(tmp_path / "more.smi", 12)])
    finished(qtbot, panel)
    assert texts(panel, "name") == ["broken"]


def test_rows_that_come_while_the_table_is_sorted_find_their_place(qtbot, panel, tmp_path):
    first, second = tmp_path / "one.smi", tmp_path / "two.smi"
    first.write_text("CCCCO d\nCO b\n")
    second.write_text("CCO c\nC a\n")
    panel.open([first])
    finished(qtbot, panel)
    click_heading(qtbot, panel, "name")
    finished(qtbot, panel)
    panel.open([second])
    finished(qtbot, panel)
    qtbot.waitUntil(lambda: texts(panel, "name") == ["a", "b", "c", "d"], timeout=5_000)
    assert set(texts(panel, "state")) == {"predicted"}


def test_refused_rows_are_counted_and_reported_with_file_and_line(qtbot, panel, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("smiles,name\nCCO,good\nC(,open\n,empty\n")
    panel.open([tmp_path / "absent.sdf", file])
    finished(qtbot, panel)
    assert "absent.sdf" in panel.notice.sentence
    assert "2 refused" in panel.controls.words.text()
    qtbot.mouseClick(panel.notice_report, LEFT)
    dialog = panel.findChild(object, "batchReport")
    assert "1 of 3 rows" in dialog.headline.text()
    assert dialog.problems.topLevelItemCount() == 3
    assert dialog.problems.topLevelItem(1).text(1) == "3"
    saved = []
    dialog.save_wanted.connect(lambda path, text: saved.append(text))
    assert str(file) in dialog.as_text()
    assert "Refused: 2" in dialog.as_text()
    dialog.close()


def test_file_without_any_good_molecule_says_so(qtbot, panel, tmp_path):
    file = tmp_path / "prose.smi"
    file.write_text("Dear colleague,\nplease find attached (nothing\n")
    panel.open([file])
    finished(qtbot, panel)
    assert "None of the 2 rows" in panel.notice.sentence
    assert not panel.controls.export_spectra.isEnabled()


def test_whole_list_is_exported_in_every_format(qtbot, panel, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("id,name,smiles\nA,ethanol,CCO\nB,bad,C(\nC,benzene,c1ccccc1\n")
    panel.open([file])
    finished(qtbot, panel)
    said = []
    panel.told.connect(said.append)
    for suffix in (".msp", ".jdx", ".mgf", ".sdf", ".json", ".csv"):
        target = tmp_path / f"out{suffix}"
        trigger = panel.controls.export_table if suffix == ".csv" else panel.controls.export_spectra
        trigger.trigger()
        dialog = panel.findChild(SaveDialog)
        dialog.chosen.emit(target)
        dialog.close()
        dialog.deleteLater()
        finished(qtbot, panel)
        qtbot.waitUntil(lambda: panel.findChild(SaveDialog) is None, timeout=5000)
        assert "benzene" in target.read_text(encoding="utf-8")
    assert len(said) == 6
    with (tmp_path / "out.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["state"] for row in rows] == ["predicted", "refused", "predicted"]
    assert "parenthes" in rows[1]["problem"]
    assert rows[0]["peaks"].split()[-1] == "46:999"


def test_selected_rows_alone_are_exported_and_copied(qtbot, panel, tmp_path, qapp):
    panel.open([molecules(tmp_path / "list.smi", 30)])
    finished(qtbot, panel)
    click_row(qtbot, panel, 1)
    click_row(qtbot, panel, 3, Qt.KeyboardModifier.ShiftModifier)
    assert "3 selected" in panel.controls.count.text()
    qtbot.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = qapp.clipboard().text().splitlines()
    assert [line.split("\t")[1] for line in copied[1:]] == ["number 1", "number 2", "number 3"]
    panel.controls.export_table.trigger()
    dialog = panel.findChild(SaveDialog)
    dialog.chosen.emit(tmp_path / "some.csv")
    dialog.close()
    finished(qtbot, panel)
    assert len((tmp_path / "some.csv").read_text().splitlines()) == 4


def test_many_rows_are_copied_beside_the_window(qtbot, panel, tmp_path, qapp):
    file = tmp_path / "list.smi"
    file.write_text("".join(f"CCO number {n}\n" for n in range(400)))
    panel.open([file])
    finished(qtbot, panel)
    panel.table.selectAll()
    said = []
    panel.told.connect(said.append)
    qtbot.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "400 rows copied" in said, timeout=10_000)
    assert len(qapp.clipboard().text().splitlines()) == 401


def test_list_becomes_a_library_to_search_in_each_compound_once(qtbot, panel, services, tmp_path):
    file = tmp_path / "list.smi"
    file.write_text("CCO ethanol\nOCC again\nc1ccccc1 benzene\nC( bad\n")
    panel.open([file])
    finished(qtbot, panel)
    changed = []
    panel.library_changed.connect(lambda: changed.append(True))
    panel.controls.make_library.trigger()
    dialog = panel.commands.asking
    dialog.target.setEditText("My candidates")
    qtbot.mouseClick(dialog.findChild(QPushButton, "targetLibraryOk"), LEFT)
    qtbot.waitUntil(lambda: bool(changed), timeout=10_000)
    finished(qtbot, panel)
    made = next(each for each in services.libraries.libraries() if each.name == "My candidates")
    assert (made.spectra, made.predicted) == (2, 2)
    assert panel.commands.asking is None


def test_library_of_measured_spectra_is_refused_in_the_dialog(qtbot, panel, tmp_path, nicotinamide_library):
    panel.open([molecules(tmp_path / "list.smi", 3)])
    finished(qtbot, panel)
    panel.controls.make_library.trigger()
    dialog = panel.commands.asking
    dialog.target.setEditText("Vitamins")
    qtbot.mouseClick(dialog.findChild(QPushButton, "targetLibraryOk"), LEFT)
    qtbot.waitUntil(lambda: "measured" in dialog.problem.text(), timeout=10_000)
    dialog.close()


def test_row_goes_to_predict_identify_and_the_list_of_the_session(qtbot, panel, tmp_path):
    panel.open([molecules(tmp_path / "list.smi", 30)])
    finished(qtbot, panel)
    shown, identified, kept = [], [], []
    panel.show_wanted.connect(shown.append)
    panel.identify_wanted.connect(identified.append)
    panel.keep_wanted.connect(kept.append)
    click_row(qtbot, panel, 2)
    finished(qtbot, panel)
    qtbot.mouseClick(panel.details.identify, LEFT)
    assert identified[0].molecule.name == "number 2"
    qtbot.mouseClick(panel.details.show_in_predict, LEFT)
    qtbot.waitUntil(lambda: bool(shown), timeout=10_000)
    assert isinstance(shown[0], Prediction)
    assert shown[0].molecule.molblock
    click_row(qtbot, panel, 4, Qt.KeyboardModifier.ShiftModifier)
    qtbot.mouseClick(panel.details.keep, LEFT)
    qtbot.waitUntil(lambda: bool(kept), timeout=10_000)
    assert [each.molecule.name for each in kept[0]] == ["number 2", "number 3", "number 4"]
    assert all(each.molecule.molblock for each in kept[0])


def test_what_is_looked_at_is_predicted_first(qtbot, panel, predictor, tmp_path):
    predictor.gate = threading.Event()
    panel.open([molecules(tmp_path / "list.smi", 450)])
    qtbot.waitUntil(lambda: panel.model.rowCount() == 450, timeout=10_000)
    panel.table.scrollToBottom()
    qtbot.waitUntil(lambda: 449 in panel.flow.batch._in_sight, timeout=5_000)
    predictor.gate.set()
    finished(qtbot, panel)
    last = panel.flow.rows[449].compound.smiles
    assert predictor.calls.index(last) < 200


def test_model_that_is_missing_is_said_and_the_rows_wait(qtbot, panel, services, monkeypatch, tmp_path):
    from bitspec_gui.domain.errors import ModelFileError

    def missing():
        raise ModelFileError("The model file m.json is missing.")

    monkeypatch.setattr(services.prediction, "predictor", missing)
    panel.open([molecules(tmp_path / "list.smi", 5)])
    finished(qtbot, panel)
    assert "m.json is missing" in panel.problem.sentence
    assert panel.controls.go_on.isVisible()
    assert panel.flow.rows.counts.waiting == 5
    assert all(panel.flow.rows[n].state is RowState.WAITING for n in range(5))
