"""What predicted peaks are made of, and how sure the model is, in the window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog, QMenu, QSplitter
from window_driver import NICOTINAMIDE_KEY, PlainPredictor, measured, wait_until_quiet

from bitspec_gui.domain.annotation import Assignment, PeakAnnotation
from bitspec_gui.storage.library_store import open_library_store
from bitspec_gui.ui.state import Phase
from bitspec_gui.ui.views.annotation_words import loss_name
from bitspec_gui.ui.views.label_layout import Candidate, place_labels
from bitspec_gui.ui.views.picture import picture_bytes

TINT = "#d9c4f7"
"""Of the kept atoms on a light background."""

RING = (1, 3, 4, 5, 6, 7, 8)
NICOTINAMIDE = (
    PeakAnnotation(51, (), 1.0),
    PeakAnnotation(
        94,
        (
            Assignment("C5H4NO", (1, 2, 3, 4, 5), 1, "CH2N", 94.02874, 0, 0.61),
            Assignment("C6H6O", RING, -1, "N2", 94.04132, 0, 0.3),
        ),
        0.09,
    ),
    PeakAnnotation(107, (Assignment("C6H5NO", RING, 1, "HN", 107.03656, 0, 0.2),), 0.8),
    PeakAnnotation(121, (), 1.0),
    PeakAnnotation(122, (Assignment("C6H6N2O", tuple(range(9)), 0, "", 122.04747, 0, 1.0),), 0.0),
)


class AnnotatingPredictor(PlainPredictor):
    """Knows how sure it is, and what the peaks of nicotinamide are made of."""

    def predict(self, molecules, cancel=None, *, annotate=False):
        known = super().predict(molecules, cancel, annotate=annotate)
        learned = [replace(each, confidence=0.81, trained_on=True) if each.molecule.formula == "C7H8" else each for each in known]
        return [self._annotated(each) if each.molecule.formula == "C6H6N2O" else each for each in learned]

    @staticmethod
    def _annotated(prediction):
        note = "No training compound is much like this one."
        return replace(
            prediction,
            confidence=0.81,
            trained_on=prediction.molecule.formula == "C2H6O",
            domain_notes=(note,),
            annotations=NICOTINAMIDE,
        )


@pytest.fixture
def predictor():
    return AnnotatingPredictor()


@pytest.fixture
def accurate_library(services):
    """One spectrum of nicotinamide with four decimals at m/z 94."""
    store = open_library_store(services.paths.database)
    peaks = [(51, 300), (78.0338, 700), (94.0291, 610), (122.0475, 999)]
    store.add(store.open_library("Accurate"), [measured("Nicotinamide", NICOTINAMIDE_KEY, peaks, smiles="NC(=O)c1cccnc1")])
    store.close()


def click_peak(qtbot, window, mz, percent=10.0):
    view = window.predict.view
    at = view.plot.mapFromScene(view._box.mapViewToScene(QPointF(mz, percent)))
    qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    wait_until_quiet(qtbot, window)


def click_row(qtbot, table, row):
    at = table.visualRect(table.model().index(row, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def cells(model, row):
    return [model.index(row, column).data() for column in range(model.columnCount())]


def tinted(window):
    """Pixels of the drawing in the tint of the kept atoms, as far as the drawing's scale rounds it."""
    image, tint = window.details.structure.grab().toImage(), QColor(TINT)
    wanted = {(tint.red() + r, tint.green() + g, tint.blue() + b) for r in (-1, 0, 1) for g in (-1, 0, 1) for b in (-1, 0, 1)}
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {place for place in places if image.pixelColor(*place).toTuple()[:3] in wanted}


def hover(window, mz, percent):
    view = window.predict.view
    view._hovered(view._box.mapViewToScene(QPointF(mz, percent)))
    return view._hover.text().splitlines()


def test_expected_agreement_stands_beside_the_prediction_in_the_words_of_match_factors(qtbot, window):
    chip = window.predict.confidence
    assert chip.isVisible()
    assert chip.value.text() == "0.81"
    assert chip.title.text() == "Expected agreement, good"
    assert chip.accessibleName() == "Expected agreement, good: 0.81"
    assert window.state.colours.good in chip.value.styleSheet()
    assert "No training compound is much like this one." in window.predict.warnings.sentence


def test_a_compound_that_the_model_has_learned_from_is_told_apart(qtbot, window):
    window.predict.input.set_text("Cc1ccccc1")
    qtbot.waitUntil(lambda: window.predict.confidence.title.text() == "Expected agreement, good; learned from this compound")


def test_expected_agreement_is_grey_while_the_prediction_is_not_that_of_the_input(qtbot, window):
    window.predict.input.set_text("c1ccccc(N")
    qtbot.waitUntil(lambda: window.state.phase is Phase.REFUSED)
    assert window.predict.confidence.isVisible()
    assert window.state.colours.good not in window.predict.confidence.value.styleSheet()


def test_a_model_without_confidence_and_annotations_shows_none(qtbot, window):
    window.predict.input.set_text("CCO")
    qtbot.waitUntil(lambda: window.state.prediction.molecule.formula == "C2H6O")
    wait_until_quiet(qtbot, window)
    assert not window.predict.confidence.isVisible()
    click_peak(qtbot, window, 46)
    assert window.state.peak_mz == 46
    assert not window.details.assignments.isVisible()
    assert window.details.structure.is_drawn
    assert not tinted(window)
    assert window.details.model.as_tsv().splitlines()[0].split("\t") == ["m/z", "Pred. %", "Loss"]
    assert hover(window, 46, 10) == ["m/z 46 · 100.0 % · M"]


def test_labels_say_the_formula_or_the_loss_where_that_is_chosen(qtbot, window):
    chooser = window.findChild(QComboBox, "labelChooser")
    chooser.setFocus()
    drawn = [picture_bytes(window.predict.view, ".svg").decode()]
    for _ in range(2):
        qtbot.keyClick(chooser, Qt.Key.Key_Down)
        drawn.append(picture_bytes(window.predict.view, ".svg").decode())
    formula, loss = ("C₅H₄NO⁺", "−CH₂N")
    assert [formula in picture for picture in drawn] == [False, True, False]
    assert [loss in picture for picture in drawn] == [False, False, True]
    # Four fifths of m/z 107 fit no fragment: its label promises none.
    assert "C₆H₅NO⁺" not in drawn[1]
    assert ">107<" in drawn[1].replace(" ", "").replace("\n", "")


def test_the_menu_and_the_chooser_say_the_same_of_labels(qtbot, window):
    chooser, menu = window.findChild(QComboBox, "labelChooser"), window.findChild(QMenu, "menuLabels")
    assert menu.menuAction() in window.findChild(QMenu, "menuView").actions()

    def checked():
        return [action.text().replace("&", "") for action in menu.actions() if action.isChecked()]

    assert (checked(), chooser.currentText()) == (["m/z"], "m/z")
    for action, said in ((window.actions_.label_loss, "neutral loss"), (window.actions_.label_formula, "formula")):
        menu.popup(window.mapToGlobal(QPoint(20, 20)))
        qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
        assert chooser.currentText() == said
    assert "C₅H₄NO⁺" in picture_bytes(window.predict.view, ".svg").decode()
    chooser.setFocus()
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    assert checked() == ["Neutral loss"]


def test_without_labels_there_is_no_choice_of_what_they_say(qtbot, window):
    choices = (window.actions_.label_mz, window.actions_.label_formula, window.actions_.label_loss)
    window.predict.view.plot.setFocus()
    qtbot.keyClick(window.predict.view.plot, Qt.Key.Key_L)
    assert [action.isEnabled() for action in choices] == [False] * 3
    qtbot.keyClick(window.predict.view.plot, Qt.Key.Key_L)
    assert [action.isEnabled() for action in choices] == [True] * 3


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("out.msp", '94 640 "C5H4NO+ -CH2N p=0.61"'),
        ("out.csv", ",CH2N,1 2 3 4 5,1,94.02874,0,0.61,0.09"),
        ("out.json", '"ion_formula": "C6H6O"'),
    ],
)
def test_an_exported_prediction_says_what_its_peaks_are_made_of(qtbot, window, tmp_path, monkeypatch, name, note):
    target = tmp_path / name
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(target), ""))
    qtbot.keyClick(window.predict.view.plot, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(target.exists)
    wait_until_quiet(qtbot, window)
    assert note in target.read_text(encoding="utf-8")


def test_what_labels_say_is_remembered(qtbot, window, make_window):
    chooser = window.findChild(QComboBox, "labelChooser")
    chooser.setFocus()
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    window.close()
    again = make_window()
    assert again.findChild(QComboBox, "labelChooser").currentText() == "formula"
    again.start()
    wait_until_quiet(qtbot, again)
    assert "C₅H₄NO⁺" in picture_bytes(again.predict.view, ".svg").decode()


def test_the_peak_table_has_ion_loss_and_probability_of_each_peak(qtbot, nicotinamide_library, window):
    model = window.details.model
    headings = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    assert headings == ["m/z", "Pred.", "Meas.", "Formula", "Loss", "Prob."]
    assert cells(model, model.row_of(94)) == ["94", "64.1", "61.1", "C₅H₄NO⁺", "−CH₂N", "61 %"]
    assert cells(model, model.row_of(51))[3:] == ["–", "", ""]
    assert model.index(model.row_of(51), 3).data(Qt.ItemDataRole.ToolTipRole) == "no fragment fits"
    assert cells(model, model.row_of(78))[3:] == ["", "", ""]
    assert "94\t64.1\t61.1\tC5H4NO+\tCH2N\t0.610" in model.as_tsv().splitlines()


def test_a_click_on_a_peak_lists_its_assignments_and_lights_up_the_likeliest(qtbot, window):
    assert not window.details.assignments.isVisible()
    assert not tinted(window)
    click_peak(qtbot, window, 94)
    panel = window.details.assignments
    assert panel.table.isVisible()
    assert panel.words.text() == "m/z 94: 9 % unexplained"
    assert cells(panel.model, 0) == ["C₅H₄NO⁺", "−CH₂N", "61 %", "+1", "94.0287", "5"]
    assert cells(panel.model, 1) == ["C₆H₆O⁺•", "−N₂", "30 %", "−1", "94.0413", "7"]
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [0]
    assert tinted(window)
    assert "C₅H₄NO⁺" in window.details.structure.accessibleDescription()


def test_a_row_of_the_peak_table_does_the_same(qtbot, window):
    table = window.details.table
    click_row(qtbot, table, window.details.model.row_of(122))
    wait_until_quiet(qtbot, window)
    assert window.details.assignments.words.text() == "m/z 122: fragments that fit"
    whole = tinted(window)
    click_row(qtbot, table, window.details.model.row_of(94))
    wait_until_quiet(qtbot, window)
    assert 0 < len(tinted(window)) < len(whole)


def test_another_assignment_lights_up_its_own_atoms(qtbot, window):
    click_peak(qtbot, window, 94)
    first = tinted(window)
    table = window.details.assignments.table
    click_row(qtbot, table, 1)
    wait_until_quiet(qtbot, window)
    second = tinted(window)
    assert second - first
    assert first - second
    qtbot.keyClick(table, Qt.Key.Key_Up)
    wait_until_quiet(qtbot, window)
    assert tinted(window) == first


def escape(qtbot, window):
    qtbot.keyClick(window.predict.view.plot, Qt.Key.Key_Escape)


def beside_the_peaks(qtbot, window):
    click_peak(qtbot, window, 70, 60)


def on_the_structure(qtbot, window):
    qtbot.mouseClick(window.details.structure, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))


def below_the_peaks_in_the_table(qtbot, window):
    viewport = window.details.table.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(20, viewport.height() - 3))


@pytest.mark.parametrize("leave", [escape, beside_the_peaks, on_the_structure, below_the_peaks_in_the_table])
def test_escape_or_a_click_elsewhere_ends_it(qtbot, window, leave):
    click_peak(qtbot, window, 94)
    assert tinted(window)
    leave(qtbot, window)
    wait_until_quiet(qtbot, window)
    assert window.state.peak_mz is None
    assert not window.details.assignments.isVisible()
    assert not tinted(window)
    assert window.details.structure.accessibleDescription() == ""


def test_a_peak_that_no_fragment_fits_says_so(qtbot, window):
    click_peak(qtbot, window, 51)
    panel = window.details.assignments
    assert panel.words.text() == "m/z 51: no fragment fits"
    assert panel.words.isVisible()
    assert not panel.table.isVisible()
    assert not tinted(window)
    assert hover(window, 51, 10) == ["m/z 51 · 25.0 % · M − 71", "no fragment fits"]


def test_a_measured_peak_where_none_is_predicted_says_so(qtbot, nicotinamide_library, window):
    click_peak(qtbot, window, 78, -10)
    assert window.details.assignments.words.text() == "m/z 78: no peak is predicted here"
    assert not tinted(window)


def test_pointing_at_a_peak_tells_its_ion_and_how_far_the_measured_one_is_off(qtbot, accurate_library, window):
    ion = ["C₅H₄NO⁺ · −CH₂N · 61 %", "exact m/z 94.0287", "measured 94.0291: +0.4 mDa, +4 ppm"]
    assert hover(window, 94, 10) == ["m/z 94 · 64.1 % · M − 28", *ion]
    assert hover(window, 94.03, -10) == ["m/z 94.03 · 61.1 % · M − 28", *ion]


def test_a_measured_peak_without_decimals_is_no_measure_of_exact_mass(qtbot, nicotinamide_library, window):
    assert hover(window, 94, 10)[-1] == "exact m/z 94.0287"


def test_another_molecule_ends_the_selection(qtbot, window):
    click_peak(qtbot, window, 94)
    window.predict.input.set_text("CCO")
    qtbot.waitUntil(lambda: window.state.prediction.molecule.formula == "C2H6O")
    wait_until_quiet(qtbot, window)
    assert not window.details.assignments.isVisible()
    assert not tinted(window)


def test_the_library_tab_shows_no_assignments(qtbot, nicotinamide_library, window):
    click_peak(qtbot, window, 94)
    window.tabs.setCurrentWidget(window.library)
    click_row(qtbot, window.library.table, 0)
    wait_until_quiet(qtbot, window)
    window.state.select_peak(94)
    assert not window.details.assignments.isVisible()
    window.tabs.setCurrentWidget(window.predict)
    wait_until_quiet(qtbot, window)
    click_peak(qtbot, window, 94)
    assert window.details.assignments.isVisible()
    assert tinted(window)


def test_assignments_are_copied_from_their_table(qtbot, window):
    click_peak(qtbot, window, 94)
    window.activateWindow()
    window.details.assignments.table.setFocus()
    window.copy_by_focus()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["Ion", "Loss", "Prob.", "±H", "Exact m/z", "Atoms"]
    assert lines[1].split("\t") == ["C5H4NO+", "CH2N", "0.6100", "+1", "94.02874", "1 2 3 4 5"]
    assert len(lines) == 3


def test_an_assignment_says_when_pointed_at_what_kind_of_ion_it_is_and_what_was_lost(qtbot, window):
    click_peak(qtbot, window, 94)
    model = window.details.assignments.model
    first, second = (model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole).splitlines() for row in (0, 1))
    assert first[1] == "Even-electron ion"
    assert "Hydrogens that came over from the lost part: 1 (a rearrangement, such as McLafferty's)" in first
    assert second[1:3] == ["Odd-electron ion (a radical cation)", "Lost: nitrogen"]
    assert "Hydrogens that went with the lost part: 1" in second


@pytest.mark.parametrize(
    ("loss", "name"), [("HCl", "hydrogen chloride"), ("H2O", "water"), ("C2H2O", "ketene"), ("C2H4O2", ""), ("", "")]
)
def test_a_loss_is_named_only_where_its_formula_leaves_no_doubt(loss, name):
    assert loss_name(Assignment("CH3", (0,), 0, loss, 15.02, 0, 1.0)) == name


def test_the_chosen_peak_stays_in_sight_when_its_assignments_take_room_from_the_table(qtbot, window):
    table = window.details.table
    row = window.details.model.index(window.details.model.row_of(122), 0)
    just_enough = table.visualRect(row).bottom() + table.horizontalHeader().height() + 8
    splitter = window.findChild(QSplitter, "detailsSplitter")
    splitter.setSizes([sum(splitter.sizes()) - just_enough, just_enough])
    qtbot.waitUntil(lambda: table.height() <= just_enough)
    assert table.viewport().rect().contains(table.visualRect(row))
    click_peak(qtbot, window, 122)
    qtbot.waitUntil(lambda: table.height() < just_enough - 30)
    qtbot.waitUntil(lambda: table.viewport().rect().contains(table.visualRect(row)))


def test_in_a_narrow_window_the_tools_lose_their_words_and_keep_their_places(qtbot, window):
    tools = window.findChild(object, "spectrumTools")
    window.docks.left.hide()
    window.docks.right.hide()
    window.actions_.drawing.trigger()
    window.resize(1300, 700)
    qtbot.waitUntil(lambda: tools.slider.isVisible())
    window.resize(420, 700)
    qtbot.waitUntil(lambda: tools.width() < 500)
    assert not tools.slider.isVisible()
    assert tools.labels.isVisible()
    right = max(child.geometry().right() for child in tools.findChildren(object) if getattr(child, "isVisible", bool)()
                and child.parent() is tools)  # fmt: skip
    assert right <= tools.width()


def test_a_measured_peak_bears_no_ion_in_its_label(qtbot, nicotinamide_library, window):
    chooser = window.findChild(QComboBox, "labelChooser")
    chooser.setFocus()
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    picture = picture_bytes(window.predict.view, ".svg").decode()
    assert picture.count("94<") == 2
    assert picture.count("C₅H₄NO⁺<") == 1


def test_a_label_of_two_lines_is_one_where_there_is_room_for_one():
    above = Candidate(50, 100, 30, 9, True, 0, lines=2, first_width=14)
    roof = (0, 70, 200, 200)
    (whole,) = place_labels([above], 12, roof)
    assert (whole.lines, whole.width, whole.height, whole.top) == (2, 30, 24, 74)
    (first,) = place_labels([above], 12, (0, 80, 200, 200))
    assert (first.lines, first.width, first.height, first.top) == (1, 14, 12, 86)
    beside = Candidate(72, 100, 30, 5, True, 1, lines=2, first_width=14)
    found = place_labels([above, beside], 12, (0, 70, 95, 200))
    assert [(box.index, box.lines, box.left) for box in found] == [(0, 2, 35), (1, 1, 70)]


def test_a_label_without_room_over_its_stick_begins_at_the_stick_and_reaches_to_the_free_side():
    taller = 53

    def blocked(box):
        return box.left <= taller <= box.left + box.width

    (left,) = place_labels([Candidate(50, 100, 16, 9, True, 0)], 12, (0, 0, 200, 200), blocked=blocked)
    assert (left.left, left.side) == (36, -1)
    (right,) = place_labels([Candidate(56, 100, 16, 9, True, 0)], 12, (0, 0, 200, 200), blocked=blocked)
    assert (right.left, right.side) == (54, 1)


def test_the_atoms_of_the_selected_peak_light_up_in_the_drawing(window):
    window.state.select_peak(122)
    sketcher = window.predict.sketcher
    assert set(sketcher.canvas.item.tint) == set(sketcher.sketch.atoms)
    window.state.select_peak(94)
    lit = [sketcher.sketch.atoms[key].symbol for key in sketcher.canvas.item.tint]
    assert sorted(lit) == ["C", "C", "C", "C", "O"]
    window.state.select_peak(None)
    assert not window.predict.sketcher.canvas.item.tint
