"""The table of library entries: any number of rows, of which those looked at are fetched, with structures, sorted as wished."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from window_driver import measured, wait_until_quiet

from bitspec_gui.domain.errors import StorageError
from bitspec_gui.storage.library_store import open_library_store
from bitspec_gui.ui.tables.entries import KEPT_PAGES, PAGE, STILL_COMING
from bitspec_gui.ui.tables.entry_columns import COLUMNS

MANY = 4500
NAME, MASS, STRUCTURE = (COLUMNS.index(each) for each in ("name", "mass", "structure"))


@pytest.fixture
def window(library_window):
    return library_window


@pytest.fixture(scope="module")
def library_database(tmp_path_factory):
    file = tmp_path_factory.mktemp("many") / "many.sqlite"
    store = open_library_store(file)
    library = store.open_library("Many")
    peaks = [[(40 + n % 100, 10), (300 + n % 7, 5 + n)] for n in range(MANY)]
    store.add(library, [measured(f"Compound {n:05}", None, peaks[n], nominal_mass=MANY - n) for n in range(MANY)])
    store.close()
    return file


@pytest.fixture
def tab(window):
    return window.library


def shown(tab):
    """Names in the rows that are to be seen."""
    table = tab.table
    rows = range(table.rowAt(0), table.rowAt(table.viewport().height() - 1) + 1)
    return [tab.model.index(row, NAME).data() for row in rows]


def click_heading(qtbot, tab, column):
    header = tab.table.horizontalHeader()
    at = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at, 8))


def fetched_pages(tab):
    return sum(1 for row in range(0, MANY, PAGE) if tab.model.entry_at(row) is not None)


def test_all_rows_are_there_at_once_though_few_are_fetched(tab):
    assert tab.model.rowCount() == MANY
    assert tab.count.text() == "4,500 spectra"
    assert shown(tab)[0] == "Compound 00000"
    assert fetched_pages(tab) <= 3


def test_a_jump_to_the_end_fetches_the_last_rows_and_not_those_between(qtbot, tab, window):
    bar = tab.table.verticalScrollBar()
    bar.setValue(bar.maximum())
    tab.table.viewport().repaint()
    assert tab.model.index(MANY - 1, NAME).data() == STILL_COMING
    qtbot.waitUntil(lambda: tab.model.index(MANY - 1, NAME).data() == f"Compound {MANY - 1:05}")
    wait_until_quiet(qtbot, window)
    assert STILL_COMING not in shown(tab)
    assert fetched_pages(tab) <= 5


def test_pages_that_were_scrolled_past_are_not_fetched(qtbot, tab, window):
    bar = tab.table.verticalScrollBar()
    for share in range(0, 101, 2):
        bar.setValue(bar.maximum() * share // 100)
        tab.table.viewport().repaint()
    qtbot.waitUntil(lambda: shown(tab)[-1] == f"Compound {MANY - 1:05}")
    assert fetched_pages(tab) < 15


def test_memory_is_bounded_however_far_one_scrolls(qtbot, tab, window):
    for page in range(KEPT_PAGES + 12):
        tab.model.fetch_row(page * PAGE)
        qtbot.waitUntil(lambda page=page: tab.model.entry_at(page * PAGE) is not None)
    assert fetched_pages(tab) <= KEPT_PAGES
    assert shown(tab)[0] == "Compound 00000"
    passed = tab.model.index(5 * PAGE, NAME)
    assert passed.data() == STILL_COMING
    qtbot.waitUntil(lambda: passed.data() == f"Compound {5 * PAGE:05}")


def test_the_end_key_selects_the_last_entry_and_shows_its_spectrum(qtbot, tab, window):
    tab.table.setFocus()
    tab.table.selectRow(0)
    qtbot.keyClick(tab.table, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: tab.headline.text() == f"Compound {MANY - 1:05}")
    assert window.state.entry.entry_id == tab.model.ids[-1]
    qtbot.keyClick(tab.table, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: tab.headline.text() == "Compound 00000")
    qtbot.keyClick(tab.table, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert tab.table.selected_number == MANY
    qtbot.keyClick(tab.table, Qt.Key.Key_Home)
    assert tab.table.selected_number == 1


def test_a_click_on_a_heading_sorts_all_entries_and_keeps_the_one_selected(qtbot, tab, window):
    tab.table.selectRow(2)
    qtbot.waitUntil(lambda: window.state.entry is not None)
    click_heading(qtbot, tab, MASS)
    wait_until_quiet(qtbot, window)
    assert tab.model.index(0, NAME).data() == f"Compound {MANY - 1:05}"
    assert tab.table.selected_rows.tolist() == [MANY - 3]
    qtbot.waitUntil(lambda: "Compound 00002" in shown(tab))
    assert window.state.entry.record.name == "Compound 00002"
    click_heading(qtbot, tab, MASS)
    wait_until_quiet(qtbot, window)
    assert tab.model.index(0, NAME).data() == "Compound 00000"


def test_structures_cannot_be_sorted_by_and_the_order_stays_that_of_the_import(qtbot, tab, window):
    click_heading(qtbot, tab, STRUCTURE)
    wait_until_quiet(qtbot, window)
    assert tab.table.horizontalHeader().sortIndicatorSection() == -1
    assert tab.model.index(0, NAME).data() == "Compound 00000"


def test_the_selection_is_kept_when_other_entries_are_listed(qtbot, tab, window):
    tab.table.selectRow(700)
    qtbot.waitUntil(lambda: window.state.entry is not None and window.state.entry.record.name == "Compound 00700")
    qtbot.keyClicks(tab.search, "compound 00700")
    qtbot.waitUntil(lambda: tab.model.rowCount() == 1)
    wait_until_quiet(qtbot, window)
    assert tab.table.selected_rows.tolist() == [0]
    assert window.state.entry.record.name == "Compound 00700"
    tab.search.clear()
    qtbot.waitUntil(lambda: tab.model.rowCount() == MANY)
    wait_until_quiet(qtbot, window)
    assert tab.table.selected_rows.tolist() == [700]


def test_what_is_listed_anew_stays_where_it_was_scrolled_to(qtbot, tab, window):
    tab.table.verticalScrollBar().setValue(tab.table.verticalScrollBar().maximum() // 2)
    qtbot.waitUntil(lambda: STILL_COMING not in shown(tab))
    before = shown(tab)
    window.library_flow.has_changed()
    wait_until_quiet(qtbot, window)
    assert shown(tab) == before


def test_all_entries_are_selected_by_the_keyboard_without_being_fetched(qtbot, tab, window):
    tab.table.setFocus()
    qtbot.keyClick(tab.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert tab.table.selected_number == MANY
    assert tab.count.text() == "4,500 of 4,500 selected"
    assert tab.table.selected_ids.size == MANY
    assert fetched_pages(tab) <= 3


def test_rows_that_were_not_fetched_are_copied_too(qtbot, tab, window):
    tab.table.setFocus()
    tab.table.selectAll()
    window.copy_by_focus()
    wait_until_quiet(qtbot, window)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == MANY + 1
    assert lines[0].startswith("Name\tSpectrum\tFormula\t")
    assert lines[-1].startswith(f"Compound {MANY - 1:05}\tmeasured\t")
    assert window.status.currentMessage() == "4,500 entries copied"


def test_a_database_that_fails_is_told_once_and_asked_again_by_the_next_search(qtbot, tab, window, monkeypatch):
    asked = []

    def fail(_ids):
        asked.append(1)
        raise StorageError("The disk is gone.")

    monkeypatch.setattr(window.services.libraries, "entries_by_id", fail)
    bar = tab.table.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: tab.problem.sentence == "The disk is gone.")
    wait_until_quiet(qtbot, window)
    tab.table.viewport().repaint()
    qtbot.wait(50)
    wait_until_quiet(qtbot, window)
    assert len(asked) == 1
    monkeypatch.undo()
    tab.search_now()
    wait_until_quiet(qtbot, window)
    assert tab.problem.sentence == ""
    assert STILL_COMING not in shown(tab)


def test_structures_are_drawn_in_the_table_and_those_that_cannot_be_are_left_out(qtbot, services, window):
    store = open_library_store(services.paths.database)
    store.remove_library("Many")
    library = store.open_library("Drawn")
    store.add(
        library, [measured("Benzene", None, [(78, 999)], smiles="c1ccccc1"), measured("Odd", None, [(9, 9)], smiles="c1cc")]
    )
    store.close()
    window.library_flow.refresh()
    wait_until_quiet(qtbot, window)
    tab = window.library

    def ink(row):
        image = tab.table.viewport().grab(tab.table.visualRect(tab.model.index(row, STRUCTURE))).toImage()
        return sum(image.pixelColor(x, y).lightness() < 128 for x in range(image.width()) for y in range(image.height()))

    qtbot.waitUntil(lambda: ink(0) > 50)
    assert ink(1) == 0
    assert tab.model.index(0, STRUCTURE).data() is None
    window.thumbnails.set_dark(True)
    qtbot.waitUntil(lambda: ink(0) == 0)
    low = tab.table.rowHeight(0)
    tab.structures.trigger()
    assert tab.table.isColumnHidden(STRUCTURE)
    assert tab.table.rowHeight(0) < low
