"""Listing entries by tag, formula, elements and mass, and taking the conditions back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from window_driver import measured, wait_until_quiet

from bitspec_gui.storage.library_store import open_library_store


@pytest.fixture
def window(library_window):
    return library_window


@pytest.fixture(scope="module")
def library_database(tmp_path_factory):
    file = tmp_path_factory.mktemp("solvents") / "solvents.sqlite"
    store = open_library_store(file)
    library = store.open_library("Solvents")
    for name, formula, mass in (
        ("Butanal", "C4H8O", 72), ("Chlorobenzene", "C6H5Cl", 112), ("Silane", "SiH4", 32), ("Toluene", "C7H8", 92),
        ("Cobalt carbonyl", "C8Co2O8", 342),
    ):  # fmt: skip
        store.add(library, [measured(name, None, [(15, 99), (mass, 999)], formula=formula, nominal_mass=mass)])
    store.close()
    return file


@pytest.fixture
def tab(qtbot, window):
    qtbot.mouseClick(window.library.filters.more, Qt.MouseButton.LeftButton)
    return window.library


def names(tab):
    return [tab.model.index(row, 0).data() for row in range(tab.model.rowCount())]


def listed(qtbot, tab, *wanted):
    qtbot.waitUntil(lambda: names(tab) == list(wanted))


def test_further_conditions_are_out_of_sight_until_they_are_asked_for(qtbot, tab):
    assert tab.filters.formula.isVisible()
    qtbot.mouseClick(tab.filters.more, Qt.MouseButton.LeftButton)
    assert not tab.filters.formula.isVisible()


def test_a_formula_is_found_in_any_order_of_its_elements(qtbot, tab):
    qtbot.keyClicks(tab.filters.formula, "OC4H8")
    listed(qtbot, tab, "Butanal")
    assert tab.filters.more.text() == "Filters (1)"


def test_elements_are_read_as_chemists_write_them(qtbot, tab):
    for typed, found in (
        ("Cl", ["Chlorobenzene"]), ("cl", ["Chlorobenzene"]), ("Si, H", ["Silane"]), ("CO", ["Butanal", "Cobalt carbonyl"]),
        ("Co", ["Cobalt carbonyl"]),
    ):  # fmt: skip
        tab.filters.elements.clear()
        qtbot.keyClicks(tab.filters.elements, typed)
        qtbot.keyClick(tab.filters.elements, Qt.Key.Key_Return)
        listed(qtbot, tab, *found)


def test_elements_can_be_kept_out(qtbot, tab):
    qtbot.keyClicks(tab.filters.without, "O Si")
    listed(qtbot, tab, "Chlorobenzene", "Toluene")


def test_masses_can_be_limited_on_both_sides(qtbot, tab):
    tab.filters.min_mass.setFocus()
    tab.filters.min_mass.selectAll()
    qtbot.keyClicks(tab.filters.min_mass, "72")
    listed(qtbot, tab, "Butanal", "Chlorobenzene", "Toluene", "Cobalt carbonyl")
    tab.filters.max_mass.selectAll()
    qtbot.keyClicks(tab.filters.max_mass, "92")
    listed(qtbot, tab, "Butanal", "Toluene")


def test_a_condition_that_cannot_be_understood_is_marked_with_a_sentence(qtbot, tab):
    filters = tab.filters
    for line, typed, sentence in (
        (filters.formula, "C4H8Oo", "“C4H8Oo” is no molecular formula."),
        (filters.elements, "Cl Xx", "No element has the symbol “Xx”."),
        (filters.without, "qq", "No element has the symbol “Qq”."),
    ):
        qtbot.keyClicks(line, typed)
        qtbot.keyClick(line, Qt.Key.Key_Return)
        assert (filters.wrong.isVisible(), filters.wrong.text()) == (True, sentence)
        line.clear()
        qtbot.keyClick(line, Qt.Key.Key_Return)
        assert not filters.wrong.isVisible()
    listed(qtbot, tab, "Butanal", "Chlorobenzene", "Silane", "Toluene", "Cobalt carbonyl")


def test_masses_the_wrong_way_round_are_told(qtbot, tab):
    tab.filters.min_mass.setValue(100)
    tab.filters.max_mass.setValue(50)
    qtbot.waitUntil(lambda: tab.filters.wrong.isVisible())
    assert tab.filters.wrong.text() == "No mass is at least 100 and at most 50."


def test_nothing_that_matches_says_what_to_do_and_clear_lists_everything(qtbot, tab):
    qtbot.keyClicks(tab.search, "caffeine")
    listed(qtbot, tab)
    assert "Change or clear" in tab.table.hint
    qtbot.mouseClick(tab.filters.clear_all, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.model.rowCount() == 5)
    assert tab.search.text() == ""
    assert tab.table.hint == ""


def test_entries_are_listed_by_their_tag(qtbot, tab, window):
    editor = window.services.editing
    editor.add_tags(tab.model.ids[[1, 3]], ["aromatic"])
    window.library_flow.has_changed()
    wait_until_quiet(qtbot, window)
    box = tab.filters.tag
    assert [box.itemText(n) for n in range(box.count())] == ["Any tag", "aromatic (2)"]
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    listed(qtbot, tab, "Chlorobenzene", "Toluene")
    column = next(n for n in range(tab.model.columnCount()) if tab.model.headerData(n, Qt.Orientation.Horizontal) == "Tags")
    assert tab.model.index(0, column).data() == "aromatic"
    editor.remove_tags(tab.model.ids, ["aromatic"])
    window.library_flow.has_changed()
    wait_until_quiet(qtbot, window)
    assert box.currentText() == "Any tag"
    wait_until_quiet(qtbot, window)
    assert tab.model.rowCount() == 5
