"""Changing libraries and entries in the window: by keys, menus and dialogs, and taken back."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialog, QMenu, QMessageBox
from window_driver import measured, wait_until_quiet

from bitspec_gui.storage.library_store import open_library_store

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(library_window):
    return library_window


@pytest.fixture(scope="module")
def library_database(tmp_path_factory):
    """A library of one's own with three spectra, and one that comes with BitSpec."""
    file = tmp_path_factory.mktemp("own") / "own.sqlite"
    store = open_library_store(file)
    own = store.open_library("Own")
    store.add(own, [
        measured("Butanal", None, [(44, 999), (72, 500)], smiles="CCCC=O", formula="C4H8O", nominal_mass=72),
        measured("Pentanal", None, [(44, 999), (86, 100)], smiles="CCCCC=O", formula="C5H10O", nominal_mass=86),
        measured("Hexanal", None, [(44, 999), (100, 80)], smiles="CCCCCC=O", formula="C6H12O", nominal_mass=100),
    ])  # fmt: skip
    given = store.open_library("Supplied", embedded=True)
    store.add(given, [measured("Benzene", None, [(78, 999)], smiles="c1ccccc1", formula="C6H6", nominal_mass=78)])
    store.close()
    return file


@pytest.fixture
def tab(window):
    window.activateWindow()
    window.library.table.setFocus()
    return window.library


def names(tab):
    return [tab.model.index(row, 0).data() for row in range(tab.model.rowCount())]


def click(qtbot, tab, name, modifier=Qt.KeyboardModifier.NoModifier):
    place = tab.table.visualRect(tab.model.index(names(tab).index(name), 0)).center()
    qtbot.mouseClick(tab.table.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def dialog(qtbot, window, name):
    def found():
        return next((each for each in window.findChildren(QDialog, name) if each.isVisible()), None)

    qtbot.waitUntil(lambda: found() is not None)
    return found()


def confirm(qtbot, window, box):
    qtbot.mouseClick(box.ok, Qt.MouseButton.LeftButton)
    wait_until_quiet(qtbot, window)


def key(qtbot, window, tab, which, modifier=Qt.KeyboardModifier.NoModifier):
    window.activateWindow()
    tab.table.setFocus()
    qtbot.waitUntil(tab.table.hasFocus)
    qtbot.keyClick(tab.table, which, modifier)
    wait_until_quiet(qtbot, window)


def libraries(window):
    return {library.name: library.spectra for library in window.state.libraries}


def test_del_deletes_at_once_and_the_notice_takes_it_back(qtbot, tab, window):
    click(qtbot, tab, "Pentanal")
    key(qtbot, window, tab, Qt.Key.Key_Delete)
    assert names(tab) == ["Butanal", "Hexanal", "Benzene"]
    assert libraries(window) == {"Own": 2, "Supplied": 1}
    assert tab.offer.isVisible()
    assert "Deleted" in tab.offer.sentence
    qtbot.mouseClick(tab.offer_undo, Qt.MouseButton.LeftButton)
    wait_until_quiet(qtbot, window)
    assert names(tab) == ["Butanal", "Pentanal", "Hexanal", "Benzene"]
    assert not tab.offer.isVisible()


def test_after_del_the_next_entry_is_selected_so_that_del_can_be_pressed_again(qtbot, tab, window):
    click(qtbot, tab, "Butanal")
    for left in (["Pentanal", "Hexanal", "Benzene"], ["Hexanal", "Benzene"]):
        key(qtbot, window, tab, Qt.Key.Key_Delete)
        assert names(tab) == left
        assert window.state.entry.record.name == left[0]


def test_several_entries_are_deleted_and_undone_and_redone_by_keys(qtbot, tab, window):
    click(qtbot, tab, "Butanal")
    click(qtbot, tab, "Hexanal", SHIFT)
    key(qtbot, window, tab, Qt.Key.Key_Delete)
    assert names(tab) == ["Benzene"]
    key(qtbot, window, tab, Qt.Key.Key_Z, CONTROL)
    assert names(tab) == ["Butanal", "Pentanal", "Hexanal", "Benzene"]
    assert "Redo: " in tab.edits.redo.text().replace("&", "")
    key(qtbot, window, tab, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert names(tab) == ["Benzene"]


def test_del_in_the_search_field_deletes_letters_and_no_entries(qtbot, tab, window):
    click(qtbot, tab, "Pentanal")
    tab.search.setText("nal")
    tab.search.setFocus()
    tab.search.setCursorPosition(0)
    qtbot.keyClick(tab.search, Qt.Key.Key_Delete)
    tab.filters.apply_now()
    wait_until_quiet(qtbot, window)
    assert tab.search.text() == "al"
    assert libraries(window)["Own"] == 3


def test_f2_edits_an_entry_and_undo_takes_it_back(qtbot, tab, window):
    click(qtbot, tab, "Butanal")
    key(qtbot, window, tab, Qt.Key.Key_F2)
    box = dialog(qtbot, window, "editEntry")
    line = box.fields["name"]
    assert line.text() == "Butanal"
    line.selectAll()
    qtbot.keyClicks(line, "Butyraldehyde")
    qtbot.keyClicks(box.fields["retention_index"], "593.5")
    confirm(qtbot, window, box)
    assert names(tab)[0] == "Butyraldehyde"
    assert window.state.entry.record.retention_index == 593.5
    assert tab.headline.text() == "Butyraldehyde"
    key(qtbot, window, tab, Qt.Key.Key_Z, CONTROL)
    assert names(tab)[0] == "Butanal"
    assert window.state.entry.record.retention_index is None


def test_a_new_structure_brings_its_formula_and_is_drawn_while_it_is_typed(qtbot, tab, window):
    click(qtbot, tab, "Butanal")
    key(qtbot, window, tab, Qt.Key.Key_F2)
    box = dialog(qtbot, window, "editEntry")
    qtbot.waitUntil(lambda: box.structure.is_drawn)
    box.fields["smiles"].selectAll()
    qtbot.keyClicks(box.fields["smiles"], "CC(C)C=O")
    box.fields["formula"].clear()
    qtbot.waitUntil(lambda: box.structure.is_drawn and box.structure.molecule.smiles == "CC(C)C=O")
    confirm(qtbot, window, box)
    record = window.state.entry.record
    assert (record.smiles, record.formula) == ("CC(C)C=O", "C4H8O")
    assert record.inchikey == "AMIMRNSIRUDHCM-UHFFFAOYSA-N"


def test_what_makes_no_sense_is_refused_with_a_sentence_and_stays_to_be_corrected(qtbot, tab, window):
    click(qtbot, tab, "Butanal")
    key(qtbot, window, tab, Qt.Key.Key_F2)
    box = dialog(qtbot, window, "editEntry")
    qtbot.keyClicks(box.fields["retention_index"], "soon")
    confirm(qtbot, window, box)
    assert box.isVisible()
    assert box.problem.isVisible()
    assert "soon" in box.problem.text()
    assert box.fields["retention_index"].text() == "soon"
    box.fields["retention_index"].setText("594")
    confirm(qtbot, window, box)
    assert window.state.entry.record.retention_index == 594


def test_several_entries_share_what_is_typed_and_keep_what_is_left_empty(qtbot, tab, window):
    click(qtbot, tab, "Butanal")
    click(qtbot, tab, "Pentanal", CONTROL)
    key(qtbot, window, tab, Qt.Key.Key_F2)
    box = dialog(qtbot, window, "editEntry")
    assert "name" not in box.fields
    qtbot.keyClicks(box.fields["instrument"], "GC-EI-Q")
    confirm(qtbot, window, box)
    instruments = [tab.model.entry_at(row).record.instrument for row in range(3)]
    assert instruments == ["GC-EI-Q", "GC-EI-Q", None]
    assert names(tab)[:2] == ["Butanal", "Pentanal"]


def test_closing_the_dialog_without_a_change_makes_no_edit(qtbot, tab, window):
    click(qtbot, tab, "Butanal")
    key(qtbot, window, tab, Qt.Key.Key_F2)
    confirm(qtbot, window, dialog(qtbot, window, "editEntry"))
    assert not tab.edits.undo.isEnabled()


def test_entries_that_come_with_bitspec_are_not_changed_and_the_tool_tip_says_why(qtbot, tab, window):
    click(qtbot, tab, "Benzene")
    edits = tab.edits
    for action in (edits.edit_entry, edits.delete_entries, edits.move_entries):
        assert not action.isEnabled()
        assert action.toolTip().startswith("“Supplied” comes with BitSpec and cannot be changed.")
    assert edits.tag_entries.isEnabled()
    assert edits.copy_entries.isEnabled()
    key(qtbot, window, tab, Qt.Key.Key_Delete)
    assert "Benzene" in names(tab)
    click(qtbot, tab, "Butanal")
    assert edits.delete_entries.isEnabled()
    assert "Del" in edits.delete_entries.toolTip()


def test_without_a_selection_and_in_other_tabs_the_actions_say_what_is_missing(qtbot, tab, window):
    tab.table.clearSelection()
    assert tab.edits.delete_entries.toolTip() == "Select entries in the table first."
    assert tab.edits.undo.toolTip() == "There is no change of libraries or entries to take back."
    window.tabs.setCurrentWidget(window.predict)
    assert not tab.edits.undo.isEnabled()
    assert tab.edits.tag_entries.toolTip() == "Open the Library tab for this."


def test_tags_are_put_on_and_taken_off(qtbot, tab, window):
    tab.table.selectAll()
    key(qtbot, window, tab, Qt.Key.Key_T, CONTROL)
    box = dialog(qtbot, window, "editTags")
    qtbot.keyClicks(box.new, "checked, aldehydes ")
    confirm(qtbot, window, box)
    assert [tab.model.entry_at(row).tags for row in range(4)] == [("aldehydes", "checked")] * 4
    click(qtbot, tab, "Benzene")
    key(qtbot, window, tab, Qt.Key.Key_T, CONTROL)
    box = dialog(qtbot, window, "editTags")
    item = next(box.list.item(n) for n in range(box.list.count()) if box.list.item(n).text().startswith("aldehydes"))
    assert item.checkState() == Qt.CheckState.Checked
    box.list.setCurrentItem(item)
    qtbot.keyClick(box.list, Qt.Key.Key_Space)
    confirm(qtbot, window, box)
    assert [tab.model.entry_at(row).tags for row in (0, 3)] == [("aldehydes", "checked"), ("checked",)]
    tab.table.selectAll()
    key(qtbot, window, tab, Qt.Key.Key_T, CONTROL)
    box = dialog(qtbot, window, "editTags")
    states = {box.list.item(n).text().split("  ")[0]: box.list.item(n).checkState() for n in range(box.list.count())}
    assert states == {"aldehydes": Qt.CheckState.PartiallyChecked, "checked": Qt.CheckState.Checked}
    confirm(qtbot, window, box)
    assert tab.model.entry_at(3).tags == ("checked",)


def test_a_library_is_made_and_filled_with_copies_also_of_what_comes_with_bitspec(qtbot, tab, window):
    tab.edits.new_library.trigger()
    box = dialog(qtbot, window, "libraryName")
    confirm(qtbot, window, box)
    assert box.problem.text() == "A library needs a name."
    qtbot.keyClicks(box.name, "Mine")
    confirm(qtbot, window, box)
    assert libraries(window)["Mine"] == 0
    tab.table.selectAll()
    tab.edits.copy_entries.trigger()
    box = dialog(qtbot, window, "targetLibrary")
    assert [box.target.itemText(n) for n in range(box.target.count())] == ["Mine", "Own"]
    confirm(qtbot, window, box)
    assert libraries(window) == {"Mine": 4, "Own": 3, "Supplied": 1}
    key(qtbot, window, tab, Qt.Key.Key_Z, CONTROL)
    assert libraries(window)["Mine"] == 0


def test_a_name_that_is_taken_is_refused_in_the_dialog(qtbot, tab, window):
    tab.edits.new_library.trigger()
    box = dialog(qtbot, window, "libraryName")
    qtbot.keyClicks(box.name, "Own")
    confirm(qtbot, window, box)
    assert box.isVisible()
    assert "Own" in box.problem.text()


def test_entries_are_moved_into_a_new_library(qtbot, tab, window):
    click(qtbot, tab, "Hexanal")
    tab.edits.move_entries.trigger()
    box = dialog(qtbot, window, "targetLibrary")
    box.target.setFocus()
    box.target.lineEdit().selectAll()
    qtbot.keyClicks(box.target.lineEdit(), "Other")
    confirm(qtbot, window, box)
    assert libraries(window) == {"Other": 1, "Own": 2, "Supplied": 1}


def test_an_empty_library_says_how_to_fill_it(qtbot, tab, window):
    tab.edits.new_library.trigger()
    box = dialog(qtbot, window, "libraryName")
    qtbot.keyClicks(box.name, "Mine")
    confirm(qtbot, window, box)
    tab.show_library("Mine")
    wait_until_quiet(qtbot, window)
    assert "copy or move" in tab.table.hint


def test_a_library_is_renamed_and_keeps_being_listed(qtbot, tab, window):
    tab.show_library("Own")
    wait_until_quiet(qtbot, window)
    tab.libraries_table.setFocus()
    qtbot.keyClick(tab.libraries_table, Qt.Key.Key_F2)
    box = dialog(qtbot, window, "libraryName")
    assert box.name.text() == "Own"
    qtbot.keyClicks(box.name, "Aldehydes")
    confirm(qtbot, window, box)
    assert libraries(window) == {"Aldehydes": 3, "Supplied": 1}
    assert tab.filter.currentText() == "Aldehydes"
    assert names(tab) == ["Butanal", "Pentanal", "Hexanal"]


def test_a_library_that_comes_with_bitspec_keeps_its_name_and_that_is_told(qtbot, tab, window):
    tab.show_library("Supplied")
    wait_until_quiet(qtbot, window)
    tab.edits.rename_library.trigger()
    assert window.status.currentMessage() == "“Supplied” comes with BitSpec and keeps its name."


def test_libraries_are_merged_and_parted_again(qtbot, tab, window):
    editor = window.services.editing
    editor.copy_entries(tab.model.ids[:1], "More")
    window.library_flow.has_changed()
    wait_until_quiet(qtbot, window)
    tab.edits.merge_libraries.trigger()
    box = dialog(qtbot, window, "mergeLibraries")
    confirm(qtbot, window, box)
    assert "Check the libraries" in box.problem.text()
    for row in range(box.list.count()):
        box.list.item(row).setCheckState(Qt.CheckState.Checked)
    box.target.setCurrentText("All")
    confirm(qtbot, window, box)
    assert set(libraries(window)) == {"All", "Supplied"}
    key(qtbot, window, tab, Qt.Key.Key_Z, CONTROL)
    assert libraries(window) == {"More": 1, "Own": 3, "Supplied": 1}


def test_del_on_a_library_asks_first_and_undo_brings_it_back(qtbot, tab, window):
    tab.show_library("Own")
    wait_until_quiet(qtbot, window)
    tab.libraries_table.setFocus()
    qtbot.keyClick(tab.libraries_table, Qt.Key.Key_Delete)
    box = next(each for each in window.findChildren(QMessageBox, "confirmRemove") if each.isVisible())
    assert "Undo" in box.informativeText()
    qtbot.mouseClick(next(b for b in box.buttons() if b.objectName() == "confirmRemoveButton"), Qt.MouseButton.LeftButton)
    wait_until_quiet(qtbot, window)
    assert libraries(window) == {"Supplied": 1}
    assert tab.offer.sentence == "The library “Own” was removed."
    qtbot.mouseClick(tab.offer_undo, Qt.MouseButton.LeftButton)
    wait_until_quiet(qtbot, window)
    assert libraries(window) == {"Own": 3, "Supplied": 1}


def test_the_menu_of_an_entry_offers_all_and_does_it(qtbot, tab, window):
    click(qtbot, tab, "Butanal")
    menu = window.findChild(QMenu, "entriesMenu")
    tab.table.customContextMenuRequested.emit(QPoint(30, 10))
    qtbot.waitUntil(menu.isVisible)
    offered = {action.objectName() for action in menu.actions() if not action.isSeparator()}
    assert {"edit_entry", "tag_entries", "copy_entries", "move_entries", "delete_entries", "undo", "redo"} <= offered
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(tab.edits.delete_entries).center())
    wait_until_quiet(qtbot, window)
    assert names(tab) == ["Pentanal", "Hexanal", "Benzene"]


def test_the_window_is_told_of_edits_and_other_panels_read_again(qtbot, tab, window):
    window.start("CCCC=O")
    qtbot.waitUntil(lambda: window.state.prediction is not None)
    wait_until_quiet(qtbot, window)
    window.tabs.setCurrentWidget(tab)
    wait_until_quiet(qtbot, window)
    click(qtbot, tab, "Butanal")
    key(qtbot, window, tab, Qt.Key.Key_F2)
    box = dialog(qtbot, window, "editEntry")
    qtbot.keyClicks(box.fields["inchikey"], "ZTQSAGDEMFDKMZ-UHFFFAOYSA-N")
    confirm(qtbot, window, box)
    assert [match.record.name for match in window.state.matches] == ["Butanal"]


def test_reports_of_imports_are_kept_shown_again_and_forgotten(qtbot, tab, window, tmp_path):
    file = tmp_path / "mine.msp"
    file.write_text("Name: A\nNum Peaks: 1\n50 999\n\nName: Broken\nNum Peaks: 2\n12 abc\n\n")
    window.library_flow.add([file])
    wait_until_quiet(qtbot, window)
    first = dialog(qtbot, window, "importReport")
    text = first.as_text()
    first.reject()
    tab.edits.import_reports.trigger()
    box = dialog(qtbot, window, "importReports")
    row = box.list.topLevelItem(0)
    assert [row.text(n) for n in (2, 3, 4, 5)] == ["mine.msp", "1", "1", "1"]
    qtbot.mouseClick(box.show_report, Qt.MouseButton.LeftButton)
    again = dialog(qtbot, window, "importReport")
    assert again.as_text() == text
    again.reject()
    qtbot.mouseClick(box.forget, Qt.MouseButton.LeftButton)
    wait_until_quiet(qtbot, window)
    assert box.empty.isVisible()
    assert window.services.libraries.import_reports() == []


def test_an_edit_that_still_waits_can_be_cancelled_and_changes_nothing(qtbot, tab, window):
    gate = threading.Event()
    window.runner.submit("edit", gate.wait, 20)
    click(qtbot, tab, "Butanal")
    qtbot.keyClick(tab.table, Qt.Key.Key_Delete)
    assert any(job.title == "Changing libraries" for job in window.runner.jobs)
    window.actions_.cancel.trigger()
    gate.set()
    wait_until_quiet(qtbot, window)
    assert libraries(window)["Own"] == 3
    assert not tab.edits.undo.isEnabled()


def test_entries_can_be_edited_while_an_import_goes_on(qtbot, tab, window):
    gate = threading.Event()
    window.runner.submit("io", gate.wait, 20)
    click(qtbot, tab, "Butanal")
    qtbot.keyClick(tab.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(tab) == ["Pentanal", "Hexanal", "Benzene"])
    gate.set()
    wait_until_quiet(qtbot, window)


def test_the_edits_of_yesterday_can_be_undone_today(qtbot, tab, window, make_window):
    click(qtbot, tab, "Butanal")
    key(qtbot, window, tab, Qt.Key.Key_Delete)
    window.close()
    again = make_window()
    again.start()
    again.tabs.setCurrentWidget(again.library)
    wait_until_quiet(qtbot, again)
    again.library.edits.undo.trigger()
    wait_until_quiet(qtbot, again)
    assert sorted(names(again.library)) == ["Benzene", "Butanal", "Hexanal", "Pentanal"]


def test_the_address_of_a_shared_database_is_kept_in_the_settings(qtbot, window, services):
    window.actions_.preferences.trigger()
    box = dialog(qtbot, window, "preferencesDialog")
    qtbot.keyClicks(box.database_url, " postgresql+psycopg://me@lab/spectra ")
    box.accept()
    assert services.settings.load().database_url == "postgresql+psycopg://me@lab/spectra"
