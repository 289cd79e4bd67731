"""Predicted library spectra in the window: marked wherever they are seen, and never taken for measurements."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QMessageBox
from window_driver import NICOTINAMIDE_KEY, measured, wait_until_quiet

from bitspec_gui.formats.compact import CompactNotice, write_compact
from bitspec_gui.formats.compact_predicted import write_compact_predicted
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.storage.library_store import open_library_store

PEAKS = [(51, 300), (78, 700), (106, 400), (122, 999)]


@pytest.fixture
def supplied(services, tmp_path, monkeypatch):
    """A measured and a predicted library that come with BitSpec; both hold nicotinamide."""
    nicotinamide = {"smiles": "NC(=O)c1cccnc1", "formula": "C6H6N2O", "nominal_mass": 122, "cas": "98-92-0"}
    by_model = {"predicted_by": "bitspec-ei-9", "confidence": 0.812, "licence": "CC BY 4.0"}
    given, predicted = tmp_path / "measured.bitspec", tmp_path / "predicted.bitspec"
    write_compact(
        [measured("Nicotinamide", NICOTINAMIDE_KEY, PEAKS, accession="V-1", **nicotinamide)],
        given, CompactNotice("Vitamins", "CC0", "", "them"),
    )  # fmt: skip
    write_compact_predicted(
        [
            measured("Nicotinamide", NICOTINAMIDE_KEY, PEAKS, **nicotinamide, **by_model),
            measured("Benzene", "UHOVQNZJYSORNB-UHFFFAOYSA-N", [(52, 200), (78, 999)], smiles="c1ccccc1", formula="C6H6",
                     nominal_mass=78, **by_model),
        ],
        predicted, library="Chemicals",
    )  # fmt: skip
    libraries = LibraryService(lambda: open_library_store(services.paths.database), given, predicted)
    object.__setattr__(services, "libraries", libraries)
    yield libraries
    libraries.close()


@pytest.fixture
def library_tab(qtbot, supplied, window):
    window.tabs.setCurrentWidget(window.library)
    wait_until_quiet(qtbot, window)
    return window.library


def column(table, name: str) -> list[str]:
    model = table.model()
    headings = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]
    return [model.index(row, headings.index(name)).data() for row in range(model.rowCount())]


def choose(qtbot, box, words: str) -> None:
    """Choose from a closed box with the keyboard."""
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.findText(words)):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == words


def test_a_first_start_shows_both_libraries_and_says_which_is_predicted(qtbot, library_tab, window):
    assert column(library_tab.libraries_table, "Library") == ["Chemicals", "Vitamins"]
    assert column(library_tab.libraries_table, "Kind") == ["predicted by bitspec-ei-9", "measured"]
    section = window.project.libraries
    assert [(section.child(n).text(0), section.child(n).text(1)) for n in range(section.childCount())] == [
        ("Chemicals (predicted)", "2"),
        ("Vitamins", "1"),
    ]
    assert [section.child(n).font(0).italic() for n in range(2)] == [True, False]
    place = window.project.tree.visualItemRect(section.child(0)).center()
    qtbot.mouseClick(window.project.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert library_tab.selected_library == "Chemicals"
    assert "predicted" in section.child(0).toolTip(0)


def test_entries_are_marked_and_can_be_listed_by_kind(qtbot, library_tab):
    assert sorted(column(library_tab.table, "Spectrum")) == ["measured", "predicted", "predicted"]
    choose(qtbot, library_tab.kind, "Predicted only")
    qtbot.waitUntil(lambda: library_tab.model.rowCount() == 2)
    assert column(library_tab.table, "Library") == ["Chemicals", "Chemicals"]
    choose(qtbot, library_tab.kind, "Measured only")
    qtbot.waitUntil(lambda: library_tab.model.rowCount() == 1)
    assert column(library_tab.table, "Library") == ["Vitamins"]
    qtbot.keyClicks(library_tab.search, "benz")
    qtbot.waitUntil(lambda: library_tab.model.rowCount() == 0)
    choose(qtbot, library_tab.kind, "Measured and predicted")
    qtbot.waitUntil(lambda: column(library_tab.table, "Name") == ["Benzene"])


def test_a_predicted_entry_says_so_in_the_spectrum_the_details_and_what_is_copied(qtbot, library_tab, window):
    choose(qtbot, library_tab.kind, "Predicted only")
    qtbot.waitUntil(lambda: library_tab.model.rowCount() == 2)
    library_tab.table.selectRow(0)
    qtbot.waitUntil(lambda: window.state.entry is not None)
    facts = window.details.facts
    assert facts["predicted"].text().startswith("Predicted by bitspec-ei-9, confidence 0.81 – not measured")
    assert facts["predicted"].isVisibleTo(window)
    assert not facts["measured"].isVisibleTo(window)
    assert library_tab.view.content.top_title == "Predicted, not measured · Chemicals"
    assert not library_tab.view.content.top_is_measured
    peaks = window.details.model
    headings = [peaks.headerData(c, Qt.Orientation.Horizontal) for c in range(peaks.columnCount())]
    assert "Pred. %" in headings
    assert "Meas. %" not in headings
    window.library.copy_rows()
    assert "\tpredicted\t" in QGuiApplication.clipboard().text().splitlines()[1]


def test_a_measured_entry_is_not_marked_as_predicted(qtbot, library_tab, window):
    choose(qtbot, library_tab.kind, "Measured only")
    qtbot.waitUntil(lambda: library_tab.model.rowCount() == 1)
    library_tab.table.selectRow(0)
    qtbot.waitUntil(lambda: window.state.entry is not None)
    assert window.details.facts["measured"].text().startswith("Vitamins")
    assert not window.details.facts["predicted"].isVisibleTo(window)
    assert library_tab.view.content.top_title == "Measured · Vitamins · V-1"


def test_a_prediction_is_compared_with_measured_spectra_only(qtbot, supplied, window):
    assert [match.library for match in window.state.matches] == ["Vitamins"]
    window.predict.input.set_text("c1ccccc1")
    qtbot.waitUntil(lambda: window.state.prediction.molecule.formula == "C6H6")
    wait_until_quiet(qtbot, window)
    assert window.state.matches == ()
    assert "No measured spectrum" in window.predict.comparison.message.text()


def test_the_measured_library_is_there_before_the_predicted_one_is_loaded(qtbot, supplied, make_window, monkeypatch):
    seen = []
    ensure = supplied.ensure_predicted

    def held(progress, cancel):
        seen.append([info.name for info in supplied.libraries()])
        return ensure(progress, cancel)

    monkeypatch.setattr(supplied, "ensure_predicted", held)
    shown = make_window()
    shown.start()
    wait_until_quiet(qtbot, shown)
    assert seen == [["Vitamins"]]
    assert [library.name for library in shown.state.libraries] == ["Chemicals", "Vitamins"]


def test_a_damaged_predicted_library_is_told_and_the_measured_one_works(qtbot, supplied, make_window, tmp_path):
    file = tmp_path / "predicted.bitspec"
    file.write_bytes(file.read_bytes()[:-20])
    shown = make_window()
    shown.start()
    qtbot.waitUntil(lambda: shown.failures.dialog is not None and shown.failures.dialog.isVisible())
    assert "predicted.bitspec" in shown.failures.dialog.message.text()
    wait_until_quiet(qtbot, shown)
    assert [library.name for library in shown.state.libraries] == ["Vitamins"]
    assert [match.library for match in shown.state.matches] == ["Vitamins"]


def choose_in_menu(qtbot, window, name: str) -> None:
    """Open the Library menu and click an item."""
    menu = window.findChild(QMenu, "menuLibrary")
    menu.popup(window.mapToGlobal(window.rect().topLeft()))
    item = menu.actionGeometry(getattr(window.actions_, name)).center()
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=item)


def remove(qtbot, window, name: str) -> str:
    """Remove a library by the menu; returns what the question said of it."""
    window.library.show_library(name)
    choose_in_menu(qtbot, window, "remove_library")
    box = next(each for each in window.findChildren(QMessageBox, "confirmRemove") if each.isVisible())
    told = box.informativeText()
    button = next(each for each in box.buttons() if each.objectName() == "confirmRemoveButton")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: name not in [library.name for library in window.state.libraries])
    wait_until_quiet(qtbot, window)
    return told


@pytest.mark.parametrize("gone", [["Vitamins"], ["Chemicals"], ["Vitamins", "Chemicals"]])
def test_removed_supplied_libraries_come_back_by_the_menu(qtbot, library_tab, window, gone):
    for name in gone:
        assert "Restore the supplied libraries" in remove(qtbot, window, name)
    actions = window.actions_
    left = 2 - len(gone)
    assert (actions.remove_library.isEnabled(), actions.export_library.isEnabled()) == (left > 0, left > 0)
    assert actions.restore_library.text().replace("&", "") == "Restore the supplied libraries"
    choose_in_menu(qtbot, window, "restore_library")
    qtbot.waitUntil(lambda: column(library_tab.libraries_table, "Library") == ["Chemicals", "Vitamins"])
    wait_until_quiet(qtbot, window)
    assert window.status.currentMessage() == "The supplied libraries are back"
    assert actions.remove_library.isEnabled()
    assert column(library_tab.libraries_table, "Kind") == ["predicted by bitspec-ei-9", "measured"]


def test_restoring_when_nothing_was_removed_says_so(qtbot, library_tab, window):
    choose_in_menu(qtbot, window, "restore_library")
    wait_until_quiet(qtbot, window)
    assert window.status.currentMessage() == "No supplied library was missing"
    assert column(library_tab.libraries_table, "Library") == ["Chemicals", "Vitamins"]


def test_a_library_of_ones_own_is_not_promised_to_come_back(qtbot, services, supplied, window):
    store = open_library_store(services.paths.database)
    store.add(store.open_library("Own"), [measured("Butanal", None, [(44, 999), (72, 500)])])
    store.close()
    window.library_flow.refresh()
    window.tabs.setCurrentWidget(window.library)
    wait_until_quiet(qtbot, window)
    assert remove(qtbot, window, "Own") == "Undo brings it back. The files it was imported from are not touched."


def test_what_a_cancelled_restoring_has_loaded_is_listed(qtbot, supplied, library_tab, window, monkeypatch):
    remove(qtbot, window, "Vitamins")
    restore = supplied.restore_embedded

    def broken_off(progress, cancel):
        restore(progress, cancel)
        cancel.cancel()
        cancel.raise_if_cancelled()

    monkeypatch.setattr(supplied, "restore_embedded", broken_off)
    choose_in_menu(qtbot, window, "restore_library")
    qtbot.waitUntil(lambda: column(library_tab.libraries_table, "Library") == ["Chemicals", "Vitamins"])
    wait_until_quiet(qtbot, window)
    assert window.jobs.table.model().index(0, 2).data() == "cancelled"
