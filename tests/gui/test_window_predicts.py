from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from window_driver import NICOTINAMIDE_KEY, drop, measured, url_data, wait_until_quiet

from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.storage.library_store import open_library_store
from bitspec_gui.ui.state import Phase

MOLBLOCK = """
  drawn

  3  2  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 C   0  0
    1.5000    0.0000    0.0000 C   0  0
    2.2500    1.2990    0.0000 O   0  0
  1  2  1  0
  2  3  1  0
M  END
"""


def text_data(text):
    data = QMimeData()
    data.setText(text)
    return data


def formula(window):
    return window.state.prediction.molecule.formula


def test_first_start_shows_an_example_beside_its_measured_spectrum(qtbot, nicotinamide_library, window):
    assert window.state.phase is Phase.SHOWN
    assert formula(window) == "C6H6N2O"
    assert [match.record.accession for match in window.state.matches] == ["V-1", "V-2"]
    assert window.predict.comparison.match_factor.value.text() == str(window.state.matches[0].match_factor)
    assert window.predict.comparison.cosine.value.text() == f"{window.state.matches[0].cosine:.3f}"
    assert window.details.structure.is_drawn
    assert len(window.predict.view.peaks.series) == 2


def test_typed_smiles_is_predicted_after_a_pause(qtbot, window):
    window.predict.input.selectAll()
    qtbot.keyClicks(window.predict.input, "CCO")
    qtbot.waitUntil(lambda: formula(window) == "C2H6O", timeout=20_000)


def test_return_predicts_at_once(qtbot, window, predictor):
    window.predict.input.selectAll()
    qtbot.keyClicks(window.predict.input, "c1ccccc1C")
    qtbot.keyClick(window.predict.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: formula(window) == "C7H8")
    wait_until_quiet(qtbot, window)
    qtbot.wait(600)
    assert predictor.calls.count("Cc1ccccc1") == 1


def test_ctrl_return_predicts_from_anywhere_in_the_window(qtbot, window):
    window.predict.input.setPlainText("CCCC")
    window.predict.input.stop()
    window.details.table.setFocus()
    qtbot.keyClick(window.details.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: formula(window) == "C4H10")


def test_pasting_outside_a_text_field_predicts_what_is_on_the_clipboard(qtbot, window):
    QGuiApplication.clipboard().setText("  CC(=O)OC\r\n")
    window.predict.view.setFocus()
    qtbot.keyClick(window.predict.view.plot, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: formula(window) == "C3H6O2")


def test_pasting_into_the_input_replaces_only_the_selection_and_predicts(qtbot, window):
    QGuiApplication.clipboard().setText("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3\n")
    window.predict.input.setFocus()
    window.predict.input.selectAll()
    qtbot.keyClick(window.predict.input, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: formula(window) == "C2H6O")


def test_molblock_on_the_clipboard_is_read_whole(qtbot, window):
    QGuiApplication.clipboard().setText(MOLBLOCK)
    window.actions_.paste.trigger()
    qtbot.waitUntil(lambda: formula(window) == "C2H6O")
    assert "M  END" in window.predict.input.text


def test_smiles_text_dropped_on_the_spectrum_is_predicted(qtbot, window):
    drop(window, text_data("CCN"))
    qtbot.waitUntil(lambda: formula(window) == "C2H7N")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("ethanol.mol", MOLBLOCK, "C2H6O"),
        ("two.sdf", MOLBLOCK + "$$$$\n" + MOLBLOCK + "$$$$\n", "C2H6O"),
        ("list.smi", "CCCl chloroethane\nCCBr\n", "C2H5Cl"),
        ("note.txt", "CCCN propylamine\n", "C3H9N"),
    ],
)
def test_dropped_structure_files_are_predicted(qtbot, window, tmp_path, name, content, expected):
    file = tmp_path / name
    file.write_text(content)
    drop(window, url_data(file))
    qtbot.waitUntil(lambda: formula(window) == expected)
    assert window.settings.recent_files[0] == str(file)


def test_the_other_structures_of_a_file_are_offered_at_the_left(qtbot, window, tmp_path):
    file = tmp_path / "list.smi"
    file.write_text("CCCl chloroethane\nCCBr bromoethane\n")
    drop(window, url_data(file))
    qtbot.waitUntil(lambda: formula(window) == "C2H5Cl")
    molecules = window.project.molecules
    other = next(molecules.child(i) for i in range(molecules.childCount()) if molecules.child(i).text(0) == "bromoethane")
    window.project.tree.itemClicked.emit(other, 0)
    qtbot.waitUntil(lambda: formula(window) == "C2H5Br")


def test_unreadable_text_gives_a_sentence_and_keeps_the_last_prediction_greyed(qtbot, window):
    window.predict.input.set_text("c1ccccc(N")
    qtbot.waitUntil(lambda: window.state.phase is Phase.REFUSED)
    assert "not a SMILES" in window.predict.fault.text()
    assert window.predict.fault.isVisible()
    assert formula(window) == "C6H6N2O"
    assert window.predict.view.peaks.faded
    window.predict.input.set_text("CCO")
    qtbot.waitUntil(lambda: window.state.phase is Phase.SHOWN)
    assert not window.predict.fault.isVisible()
    assert not window.predict.view.peaks.faded


def test_a_mixture_is_refused_with_a_reason(qtbot, window):
    window.predict.input.set_text("CCO.CC")
    qtbot.waitUntil(lambda: window.state.phase is Phase.REFUSED)
    assert "mixture" in window.predict.fault.text()


def test_an_element_unknown_to_the_model_is_warned_of(qtbot, window):
    window.predict.input.set_text("C[Te]C")
    qtbot.waitUntil(lambda: formula(window) == "C2H6Te")
    assert "Te" in window.predict.warnings.sentence
    assert window.predict.warnings.isVisible()


def test_a_compound_in_no_library_is_said_so_with_a_way_to_add_one(qtbot, nicotinamide_library, window):
    window.predict.input.set_text("CCCCO")
    qtbot.waitUntil(lambda: formula(window) == "C4H10O")
    wait_until_quiet(qtbot, window)
    bar = window.predict.comparison
    assert "in your libraries" in bar.message.text()
    assert not bar.match_factor.isVisible()
    qtbot.mouseClick(bar.add_library, Qt.MouseButton.LeftButton)
    assert window.findChild(object, "addLibraryDialog").isVisible()


def test_another_measured_spectrum_can_be_chosen(qtbot, nicotinamide_library, window):
    chooser = window.predict.comparison.chooser
    chooser.setFocus()
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    assert window.state.chosen.record.accession == "V-2"
    assert window.predict.comparison.match_factor.value.text() == str(window.state.matches[1].match_factor)
    assert len(window.predict.view.peaks.series[1]) == 3


def test_a_measured_spectrum_that_is_not_the_compounds_own_is_shown_with_a_caution(qtbot, nicotinamide_library, services, window):
    store = open_library_store(services.paths.database)
    derivative = measured("Nicotinamide, 1 TMS", NICOTINAMIDE_KEY, [(73, 400), (179, 999), (194, 600)], accession="V-3")
    store.add(store.open_library("Filed under the parent"), [derivative])
    store.close()
    window.predict.input.ask_now()
    qtbot.waitUntil(lambda: len(window.state.matches or ()) == 3, timeout=20_000)
    assert window.predict.warnings.sentence == ""
    chooser = window.predict.comparison.chooser
    chooser.setFocus()
    qtbot.keyClick(chooser, Qt.Key.Key_End)
    assert window.state.chosen.record.accession == "V-3"
    assert "above the molecular ion" in window.predict.warnings.sentence


def test_the_window_is_usable_while_the_model_loads(qtbot, make_window, services):
    gate = threading.Event()
    inner = services.prediction.predictor()

    def load():
        gate.wait(10)
        return inner

    object.__setattr__(services, "prediction", PredictionService(load))
    window = make_window()
    window.start()
    qtbot.waitUntil(lambda: window.state.phase is Phase.LOADING, timeout=20_000)
    assert "Loading the model" in window.predict.status.text()
    qtbot.waitUntil(lambda: window.details.structure.is_drawn)
    window.predict.input.set_text("CCO")
    qtbot.waitUntil(lambda: window.state.molecule.formula == "C2H6O")
    gate.set()
    qtbot.waitUntil(lambda: window.state.prediction is not None and formula(window) == "C2H6O")


def test_of_several_molecules_asked_for_quickly_the_last_is_shown(qtbot, window, predictor):
    predictor.gate = threading.Event()
    for smiles in ("CC", "CCC", "CCCC", "CCCCC"):
        window.predict.input.set_text(smiles)
        qtbot.wait(30)
    predictor.gate.set()
    qtbot.waitUntil(lambda: formula(window) == "C5H12")
    wait_until_quiet(qtbot, window)
    assert formula(window) == "C5H12"


def test_escape_cancels_a_prediction(qtbot, window, predictor):
    predictor.gate = threading.Event()
    window.predict.input.set_text("CCCCCC")
    qtbot.waitUntil(lambda: window.state.phase is Phase.PREDICTING)
    qtbot.keyClick(window.predict.view.plot, Qt.Key.Key_Escape)
    assert window.state.phase is Phase.FAILED
    assert "Cancelled" in window.predict.fault.text()
    predictor.gate.set()
    wait_until_quiet(qtbot, window)
    assert formula(window) == "C6H6N2O"


def test_a_missing_model_is_said_with_a_way_on_and_everything_else_works(
    qtbot, make_window, services, nicotinamide_library, predictor
):
    broken = [True]

    def load():
        if broken[0]:
            raise ModelFileError("The model file is missing. Install BitSpec again.")
        return predictor

    object.__setattr__(services, "prediction", PredictionService(load))
    window = make_window()
    window.start()
    qtbot.waitUntil(lambda: window.predict.model_notice.isVisible(), timeout=20_000)
    wait_until_quiet(qtbot, window)
    assert "model file is missing" in window.predict.model_notice.sentence
    assert window.library.model.rowCount() == 3
    broken[0] = False
    qtbot.mouseClick(window.predict.retry, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.state.phase is Phase.SHOWN)
    assert not window.predict.model_notice.isVisible()


def test_a_small_window_stays_as_small_and_gives_its_room_to_the_spectrum(qtbot, nicotinamide_library, window):
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.height() == 800)
    jobs = window.docks.jobs.height()
    window.resize(800, 560)
    qtbot.waitUntil(lambda: window.docks.jobs.height() < jobs)
    window.predict.input.set_text("CCCC[Sn](CCCC)(CCCC)CCCC")
    qtbot.waitUntil(lambda: window.predict.warnings.isVisible())
    wait_until_quiet(qtbot, window)
    window.tabs.setCurrentWidget(window.library)
    wait_until_quiet(qtbot, window)
    assert window.width() == 800


def test_a_molecule_of_this_session_can_be_called_back(qtbot, window):
    window.predict.input.set_text("CCO")
    qtbot.waitUntil(lambda: formula(window) == "C2H6O")
    molecules = window.project.molecules
    assert molecules.childCount() == 2
    window.project.tree.itemClicked.emit(molecules.child(1), 0)
    qtbot.waitUntil(lambda: formula(window) == "C6H6N2O")
    assert window.state.prediction.molecule.name == "Nicotinamide"


def test_up_and_down_step_through_the_measured_spectra_and_keep_the_zoom(qtbot, nicotinamide_library, window):
    plot = window.predict.view.plot
    window.predict.view._box.setXRange(70, 110, padding=0)
    qtbot.keyClick(plot, Qt.Key.Key_Down)
    assert window.state.chosen.record.accession == "V-2"
    assert window.predict.view._box.viewRange()[0] == [70, 110]
    qtbot.keyClick(plot, Qt.Key.Key_Down)
    assert window.state.chosen.record.accession == "V-2"
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    assert window.state.chosen.record.accession == "V-1"


def test_requests_overtaken_by_newer_ones_leave_no_trace_in_the_jobs(qtbot, window, predictor):
    predictor.gate = threading.Event()
    for smiles in ("CC", "CCC", "CCCC"):
        window.predict.input.set_text(smiles)
        qtbot.waitUntil(lambda s=smiles: window.state.molecule.smiles == s)
    predictor.gate.set()
    wait_until_quiet(qtbot, window)
    titles = [window.jobs.model.index(row, 0).data() for row in range(window.jobs.model.rowCount())]
    assert titles.count("Predicting C4H10") == 1
    assert "Predicting C2H6" not in titles
