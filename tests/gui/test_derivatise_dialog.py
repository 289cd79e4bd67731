"""The window of derivatives, worked with mouse and keys."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QFileDialog, QTableView, QTreeWidget

from bitspec_gui.domain.derivatives import DerivativeKind
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.ui.derivatives.window import DerivativesDialog
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.tables.derivatives import COLUMNS
from bitspec_gui.ui.theme import DARK, LIGHT
from bitspec_gui.ui.thumbnails import Thumbnails

DOPAMINE = ("NCCc1ccc(O)c(O)c1", "dopamine")


@pytest.fixture
def open_dialog(qtbot, runner, services):
    opened = []

    def open_it(smiles=DOPAMINE[0], name=DOPAMINE[1], used=services, **more):
        drawings, thumbnails = Drawings(services.prediction, runner), Thumbnails(services.prediction, runner)
        molecule = services.prediction.molecule(smiles, name)
        dialog = DerivativesDialog(molecule, used, runner, drawings, thumbnails, LIGHT, None, **more)
        qtbot.addWidget(dialog)
        opened.append((dialog, drawings, thumbnails))
        dialog.show()
        return dialog

    yield open_it
    for _dialog, _drawings, thumbnails in opened:
        thumbnails.stop()


@pytest.fixture
def at_rest(qtbot, runner):
    def wait(dialog):
        qtbot.waitUntil(lambda: not runner.jobs and not dialog.flow.is_making, timeout=20_000)

    return wait


@pytest.fixture
def dialog(open_dialog, at_rest):
    shown = open_dialog()
    at_rest(shown)
    return shown


def click(qtbot, widget):
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def names(dialog):
    return [row.derivative.molecule.name for row in dialog.table.rows.rows]


def cells(dialog, row):
    model = dialog.table.rows
    return {name: model.index(row, column).data() for column, name in enumerate(COLUMNS)}


def test_window_opens_with_the_most_complete_derivative_and_its_spectrum_above_that_of_the_parent(dialog):
    assert names(dialog) == ["dopamine, 4 TMS (O,O,N,N)"]
    shown = cells(dialog, 0)
    assert shown["name"] == "4 TMS (O,O,N,N)"
    assert (shown["mass"], shown["shift"], shown["ion"], shown["base"]) == ("441", "+288", "426", "441")
    content = dialog.spectrum.view.content
    assert content.top_title.endswith("dopamine, 4 TMS (O,O,N,N)")
    assert content.bottom_title.endswith("dopamine")
    assert content.molecular_mass == 441
    assert dialog.status.text() == "1 derivative"


def test_drawing_of_the_parent_and_of_the_chosen_derivative_are_there(dialog):
    assert dialog.sites.structure.is_drawn
    assert dialog.spectrum.structure.is_drawn
    assert dialog.spectrum.structure.molecule.formula == "C20H43NO2Si4"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (DerivativeKind.ACETYL, "dopamine, 3 Ac (O,O,N)"),
        (DerivativeKind.TFA, "dopamine, 3 TFA (O,O,N)"),
        (DerivativeKind.TBDMS, "dopamine, 3 TBDMS (O,O,N)"),
        (DerivativeKind.METHYL, "dopamine, 4 Me (O,O,N,N)"),
    ],
)
def test_one_click_makes_another_kind_of_derivative(qtbot, dialog, at_rest, kind, name):
    click(qtbot, dialog.kinds.buttons[kind])
    at_rest(dialog)
    assert names(dialog) == [name]
    assert dialog.table.rows.rows[0].prediction is not None


def test_heading_of_the_ion_column_names_the_ion_of_the_kind(qtbot, dialog, at_rest):
    heading = lambda: dialog.table.rows.headerData(COLUMNS.index("ion"), Qt.Orientation.Horizontal)  # noqa: E731
    assert heading() == "M−15"
    click(qtbot, dialog.kinds.buttons[DerivativeKind.TBDMS])
    at_rest(dialog)
    assert heading() == "M−57"


def test_fewer_groups_typed_into_the_box_list_all_regioisomers(qtbot, dialog, at_rest):
    box = dialog.sites.groups
    box.selectAll()
    qtbot.keyClicks(box, "3")
    qtbot.keyClick(box, Qt.Key.Key_Tab)
    at_rest(dialog)
    assert sorted(names(dialog)) == [
        "dopamine, 3 TMS (O,N,N) at 1,2,3",
        "dopamine, 3 TMS (O,N,N) at 1,2,4",
        "dopamine, 3 TMS (O,O,N)",
    ]
    click(qtbot, dialog.sites.fewer)
    at_rest(dialog)
    assert len(names(dialog)) == 10
    assert all(row.prediction is not None for row in dialog.table.rows.rows)


def test_site_unticked_with_the_space_bar_bears_no_group_and_fewer_groups_fit(qtbot, dialog, at_rest):
    sites = dialog.sites.sites
    sites.setFocus()
    qtbot.keyClick(sites, Qt.Key.Key_Down)
    qtbot.keyClick(sites, Qt.Key.Key_Down)
    qtbot.keyClick(sites, Qt.Key.Key_Space)
    at_rest(dialog)
    assert dialog.sites.ticked == {1, 2, 4}
    assert (dialog.sites.groups.value(), dialog.sites.of.text()) == (3, "of 3")
    assert names(dialog) == ["dopamine, 3 TMS (O,N,N)"]


def test_no_site_ticked_lists_nothing_and_says_so(qtbot, dialog, at_rest):
    click(qtbot, dialog.sites.none)
    at_rest(dialog)
    assert names(dialog) == []
    assert dialog.status.text() == "No site is ticked."
    assert not dialog.buttons.export.isEnabled()
    click(qtbot, dialog.sites.usual)
    at_rest(dialog)
    assert names(dialog) == ["dopamine, 4 TMS (O,O,N,N)"]


def test_molecule_that_cannot_react_says_why(open_dialog, at_rest):
    shown = open_dialog("CCOCC", "ether")
    at_rest(shown)
    assert names(shown) == []
    assert "Nothing in this molecule reacts" in shown.status.text()
    assert "stay as they are: ether" in shown.sites.notes.text()
    assert not shown.sites.groups.isEnabled()


def test_arrow_keys_step_through_derivatives_and_the_spectrum_follows(qtbot, dialog, at_rest):
    click(qtbot, dialog.sites.fewer)
    at_rest(dialog)
    dialog.table.setFocus()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Down)
    assert dialog.spectrum.view.content.top_title.endswith(names(dialog)[1])
    at_rest(dialog)
    assert dialog.spectrum.structure.molecule.name == names(dialog)[1]


def test_spectrum_is_compared_with_another_derivative_or_with_nothing(qtbot, dialog, at_rest):
    click(qtbot, dialog.sites.fewer)
    at_rest(dialog)
    box = dialog.spectrum.compared
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_End)
    assert dialog.spectrum.view.content.bottom_title.endswith(names(dialog)[-1])
    qtbot.keyClick(box, Qt.Key.Key_Home)
    assert dialog.spectrum.view.content.bottom is None


def test_click_on_a_heading_sorts_and_the_chosen_derivative_stays_chosen(qtbot, dialog, at_rest):
    click(qtbot, dialog.sites.fewer)
    at_rest(dialog)
    chosen = dialog.table.current.derivative.molecule.name
    header = dialog.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(COLUMNS.index("mass")) + 10, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    masses = [row.derivative.molecule.nominal_mass for row in dialog.table.rows.rows]
    assert masses == sorted(masses)
    assert dialog.table.current.derivative.molecule.name == chosen


def test_buttons_hand_on_the_molecule_the_prediction_and_the_selected_ones(qtbot, dialog, at_rest):
    click(qtbot, dialog.sites.fewer)
    at_rest(dialog)
    with qtbot.waitSignal(dialog.show_wanted) as shown:
        click(qtbot, dialog.buttons.show_in_predict)
    assert shown.args[0].name == "dopamine, 4 TMS (O,O,N,N)"
    with qtbot.waitSignal(dialog.identify_wanted) as identified:
        click(qtbot, dialog.buttons.identify)
    assert isinstance(identified.args[0], Prediction)
    dialog.table.selectAll()
    with qtbot.waitSignal(dialog.keep_wanted) as kept:
        click(qtbot, dialog.buttons.keep)
    assert [each.molecule.name for each in kept.args[0]] == names(dialog)


@pytest.mark.parametrize("suffix", [".msp", ".csv"])
def test_export_writes_all_spectra(qtbot, dialog, at_rest, tmp_path, monkeypatch, suffix):
    click(qtbot, dialog.sites.fewer)
    at_rest(dialog)
    path = tmp_path / f"all{suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
    with qtbot.waitSignal(dialog.told):
        click(qtbot, dialog.buttons.export)
    text = path.read_text(encoding="utf-8")
    assert all(name in text for name in names(dialog))
    assert "11 spectra written" in dialog.status.text()


def test_export_into_a_folder_that_is_gone_says_so(qtbot, dialog, tmp_path, at_rest):
    dialog.export(tmp_path / "gone" / "all.msp")
    at_rest(dialog)
    assert "the folder does not exist" in dialog.problem.sentence


def test_ctrl_c_copies_the_selected_derivatives_as_a_table(qtbot, dialog):
    dialog.table.setFocus()
    qtbot.keyClick(dialog.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    heading, row = QGuiApplication.clipboard().text().splitlines()
    assert heading.startswith("name\tkind")
    assert row.startswith("dopamine, 4 TMS (O,O,N,N)\ttms")


def test_cancel_keeps_what_is_there_and_the_rest_can_be_predicted_later(qtbot, open_dialog, at_rest, predictor):
    shown = open_dialog()
    at_rest(shown)
    predictor.gate = threading.Event()
    click(qtbot, shown.sites.fewer)
    qtbot.waitUntil(lambda: shown.flow.is_predicting, timeout=10_000)
    # What was known from the first list is there at once.
    assert len(shown.predictions()) == 1
    click(qtbot, shown.stop_or_go)
    predictor.gate.set()
    at_rest(shown)
    assert 1 <= len(shown.predictions()) < 11
    assert "of them with a spectrum" in shown.status.text()
    assert shown.stop_or_go.text() == "Predict the rest"
    click(qtbot, shown.stop_or_go)
    at_rest(shown)
    assert len(shown.predictions()) == 11
    assert not shown.stop_or_go.isVisible()


def test_escape_stops_the_work_first_and_closes_the_window_then(qtbot, open_dialog, at_rest, predictor):
    predictor.gate = threading.Event()
    shown = open_dialog()
    qtbot.waitUntil(lambda: shown.flow.is_predicting, timeout=10_000)
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert shown.isVisible()
    predictor.gate.set()
    at_rest(shown)
    shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert not shown.isVisible()


def test_window_closed_in_the_middle_of_the_work_ends_it(qtbot, open_dialog, predictor, runner):
    predictor.gate = threading.Event()
    shown = open_dialog()
    qtbot.waitUntil(lambda: shown.flow.is_predicting, timeout=10_000)
    shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    shown.close()
    predictor.gate.set()
    qtbot.waitUntil(lambda: not runner.jobs, timeout=10_000)
    assert shown.predictions() == []


def test_quick_changes_predict_only_the_last_list(qtbot, dialog, at_rest, predictor):
    predictor.calls.clear()
    box = dialog.sites.groups
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(box, key)
    at_rest(dialog)
    assert box.value() == 1
    assert sorted(predictor.calls) == sorted(row.derivative.molecule.smiles for row in dialog.table.rows.rows)


def test_missing_model_is_said_in_a_sentence_and_structures_stay(qtbot, open_dialog, at_rest, services):
    from dataclasses import replace

    def load():
        raise ModelFileError("There is no model file.")

    shown = open_dialog(used=replace(services, prediction=PredictionService(load)))
    at_rest(shown)
    assert shown.problem.sentence == "There is no model file."
    assert names(shown) == ["dopamine, 4 TMS (O,O,N,N)"]
    assert shown.stop_or_go.text() == "Predict the rest"


def test_change_of_the_theme_draws_anew(dialog, at_rest):
    dialog.set_colours(DARK)
    at_rest(dialog)
    assert dialog.spectrum.view.colours is DARK
    assert dialog.sites.structure.is_drawn


def test_every_control_has_a_name_for_programs_and_for_readers_of_the_screen(dialog):
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QTableView, QTreeWidget)
    controls = [each for kind in kinds for each in dialog.findChildren(kind) if not each.objectName().startswith("qt_")]
    controls = [each for each in controls if type(each).__module__.startswith("bitspec") or each.parent().objectName()]
    nameless = [
        type(each).__name__ for each in controls if each.isVisible() and not (each.objectName() and each.accessibleName())
    ]
    assert len(controls) >= 19
    assert nameless == []


def test_long_list_can_be_stopped_and_that_is_said(qtbot, open_dialog, at_rest, monkeypatch):
    monkeypatch.setattr("bitspec_gui.ui.derivatives.flow.LONG_S", 0.0)
    shown = open_dialog("OCC(O)C(O)C(O)C(O)C(O)C(O)C(O)CO", "polyol")
    at_rest(shown)
    click(qtbot, shown.sites.fewer)
    qtbot.waitUntil(lambda: shown.stop_or_go.isVisible() and shown.flow.long_making is not None, timeout=10_000)
    click(qtbot, shown.stop_or_go)
    at_rest(shown)
    assert names(shown) == []
    assert "Cancelled before the derivatives were there" in shown.status.text()
    click(qtbot, shown.sites.fewer)
    at_rest(shown)
    assert len(names(shown)) == 1


def test_window_opens_the_derivatives_of_what_it_shows_and_predicts_and_keeps_the_chosen_one(qtbot, window):
    window.predict.input.selectAll()
    qtbot.keyClicks(window.predict.input, "OCCO ethylene glycol")
    qtbot.keyClick(window.predict.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.state.molecule.formula == "C2H6O2", timeout=20_000)
    window.actions_.derivatise.trigger()
    (shown,) = window.findChildren(DerivativesDialog)
    qtbot.waitUntil(lambda: len(shown.predictions()) == 1, timeout=20_000)
    assert names(shown) == ["ethylene glycol, 2 TMS (O,O)"]
    click(qtbot, shown.buttons.keep)
    click(qtbot, shown.buttons.show_in_predict)
    qtbot.waitUntil(lambda: window.state.molecule.formula == "C8H22O2Si2", timeout=20_000)
    assert "C8H22O2Si2" in [each.molecule.formula for each in window.session.kept]
