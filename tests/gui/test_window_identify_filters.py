from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from window_driver import measured, wait_until_quiet

from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.domain.run import Run
from bitspec_gui.domain.search import Hit, HitFilter, HitList, PeakCondition, Score, SearchSettings
from bitspec_gui.storage.library_store import open_library_store
from bitspec_gui.ui.filter_words import NotReadable, peaks_text, read_elements, read_formula, read_peaks
from bitspec_gui.ui.hit_words import percent_text, score_words, summary
from bitspec_gui.ui.identify_state import SearchPhase
from bitspec_gui.ui.tables.hits import COLUMNS, HitsTableModel

UNKNOWN = measured("Unknown", None, [(39, 80), (51, 300), (78, 700), (106, 400), (122, 999)], retention_index=1200.0)


@pytest.fixture
def searched(qtbot, nicotinamide_library, window):
    """A window in which an unknown has been searched."""
    window.identification.take(UNKNOWN)
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN)
    wait_until_quiet(qtbot, window)
    return window


def names(window):
    model = window.identify.hits.model
    return [model.index(row, COLUMNS.index("name")).data() for row in range(model.rowCount())]


def wait_for_search(qtbot, window):
    qtbot.waitUntil(lambda: window.unknowns.is_current(window.unknowns.key), timeout=10_000)
    wait_until_quiet(qtbot, window)


def test_every_condition_of_a_filter_reaches_the_search(qtbot, searched):
    searched.identify.settings.filters.click()
    panel = searched.identify.filter
    assert panel.isVisible()
    typed = {
        "formula": "C6 H6 N2 O", "elements": "N, O", "without_elements": "ClBr", "name": "nico", "cas": "98-92",
        "inchikey": "DFPAKSUCGFBDDF", "licence": "CC0", "substructure": "c1cccnc1", "peaks": "122 >= 50; 78; 51 10-40",
    }  # fmt: skip
    for name, text in typed.items():
        qtbot.keyClicks(panel.fields[name], text)
    qtbot.keyClicks(panel.least_mass, "100")
    qtbot.keyClicks(panel.most_mass, "150")
    qtbot.keyClick(panel.most_mass, Qt.Key.Key_Return)
    panel.kind.setCurrentIndex(panel.kind.findData(False))
    panel.kind.activated.emit(panel.kind.currentIndex())
    panel.libraries.menu().actions()[0].trigger()
    qtbot.waitUntil(lambda: searched.unknowns.settings.filter.substructure == "c1cccnc1", timeout=10_000)
    qtbot.waitUntil(lambda: searched.unknowns.settings.filter.libraries == ("Vitamins",))
    assert searched.unknowns.settings.filter == HitFilter(
        libraries=("Vitamins",), predicted=False, formula="C6H6N2O", elements=("N", "O"), without_elements=("Cl", "Br"),
        name="nico", cas="98-92", inchikey="DFPAKSUCGFBDDF", licence="CC0", substructure="c1cccnc1",
        peaks=(PeakCondition(122, 50.0), PeakCondition(78), PeakCondition(51, 10.0, 40.0)), min_mass_da=100, max_mass_da=150,
    )  # fmt: skip
    assert "13" in searched.identify.settings.filters.text()
    wait_for_search(qtbot, searched)
    qtbot.mouseClick(panel.clear, Qt.MouseButton.LeftButton)
    assert searched.unknowns.settings.filter == HitFilter()
    assert all(not field.text() for field in panel.fields.values())
    wait_for_search(qtbot, searched)
    assert len(names(searched)) == 3


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("substructure", "c1cccc(", "neither SMARTS nor SMILES"),
        ("formula", "C6Xx2", "not a molecular formula"),
        ("elements", "Cl Zz", "not an element"),
        ("peaks", "57 abc", "not a peak"),
        ("peaks", "57 200", "between 0 and 100"),
    ],
)
def test_a_condition_that_cannot_be_read_is_marked_said_and_left_out(qtbot, searched, field, text, words):
    searched.identify.settings.filters.click()
    panel = searched.identify.filter
    qtbot.keyClicks(panel.fields["name"], "nico")
    qtbot.keyClicks(panel.fields[field], text)
    qtbot.keyClick(panel.fields[field], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: words in panel.fault.text(), timeout=10_000)
    assert panel.fault.isVisible()
    assert panel.fields[field].property("fault") == "true"
    wait_for_search(qtbot, searched)
    assert searched.unknowns.settings.filter == HitFilter(name="nico")
    assert names(searched) == ["Nicotinamide", "Nicotinamide"]
    panel.fields[field].clear()
    panel.take()
    assert not panel.fault.isVisible()
    assert panel.fields[field].property("fault") == "false"
    wait_for_search(qtbot, searched)


def test_a_library_that_was_chosen_and_is_removed_is_no_longer_asked_for(qtbot, searched):
    store = open_library_store(searched.services.paths.database)
    store.add(store.open_library("Another"), [measured("Pyridine", None, [(52, 600), (79, 999)])])
    store.close()
    searched.library_flow.refresh()
    qtbot.waitUntil(lambda: len(searched.state.libraries) == 2)
    menu = searched.identify.filter.libraries.menu()
    next(action for action in menu.actions() if action.text() == "Another").trigger()
    qtbot.waitUntil(lambda: searched.unknowns.settings.filter.libraries == ("Another",))
    wait_for_search(qtbot, searched)
    searched.library_flow.remove("Another")
    qtbot.waitUntil(lambda: searched.unknowns.settings.filter.libraries == ())
    wait_for_search(qtbot, searched)
    assert searched.unknowns.phase is SearchPhase.SHOWN
    assert len(names(searched)) == 3


def test_the_retention_index_is_stated_and_used(qtbot, services, searched):
    panel = searched.identify.settings
    assert not panel.ri.isVisible()
    qtbot.mouseClick(panel.use_ri, Qt.MouseButton.LeftButton, pos=panel.use_ri.rect().center() * 0.2)
    panel.use_ri.setChecked(True)
    assert panel.ri.isVisible()
    assert panel.ri.placeholderText() == "1200"
    qtbot.keyClicks(panel.ri, "1310")
    qtbot.keyClick(panel.ri, Qt.Key.Key_Return)
    panel.tolerance.setValue(20)
    wait_for_search(qtbot, searched)
    record, settings = services.lookup.asked[-1]
    assert record.retention_index == 1310
    assert (settings.use_retention_index, settings.retention_index_tolerance) == (True, 20.0)


def test_every_score_is_offered_with_words_on_what_it_is(searched):
    chooser = searched.identify.settings.score
    assert [chooser.itemData(row) for row in range(chooser.count())] == list(Score)
    for row, score in enumerate(Score):
        assert chooser.itemData(row, Qt.ItemDataRole.ToolTipRole) == score_words(score)[1]


def test_a_mass_hint_states_the_mass_of_the_unknown_and_a_formula_hint_filters(qtbot, searched):
    searched.identify.hints.mass_chosen.emit(122)
    assert searched.unknowns.unknown.record.nominal_mass == 122
    assert searched.unknowns.unknown.record.retention_index == 1200
    assert searched.identify.settings.mass.text() == "122"
    searched.identify.hints.formula_chosen.emit("C6H6N2O")
    assert searched.unknowns.settings.filter.formula == "C6H6N2O"
    assert searched.identify.filter.isVisible()
    wait_for_search(qtbot, searched)


def test_hits_of_all_unknowns_are_exported_from_the_menu(qtbot, searched, tmp_path, monkeypatch):
    target = tmp_path / "hits.csv"
    searched.identification.reports.write_hit_list(searched.unknowns.all_found, target)
    qtbot.waitUntil(target.exists)
    wait_until_quiet(qtbot, searched)
    with target.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["name"] for row in rows] == names(searched)
    searched.actions_.export_hits.trigger()
    dialog = next(each for each in searched.findChildren(QFileDialog) if each.isVisible())
    dialog.reject()


def test_scans_picked_in_a_run_are_searched_in_the_place_of_one_another(qtbot, searched):
    mz = np.tile(np.array([78, 106, 122], dtype=np.float32), 3)
    intensity = np.array([700, 400, 999, 70, 40, 99, 7, 4, 9], dtype=np.float32)
    tic = intensity.reshape(3, 3).sum(axis=1).astype(np.float64)
    run = Run("made.cdf", np.array([1.0, 1.1, 1.2]), tic, np.array([0, 3, 6, 9]), mz, intensity)
    searched.identify.chromatogram.show()
    searched.identify.chromatogram.show_run(run)
    before = len(searched.unknowns.unknowns)
    for scan in (0, 1):
        searched.identify.chromatogram._pick_scans(scan, scan)
        qtbot.waitUntil(lambda n=scan + 1: f"scan {n}" in searched.unknowns.unknown.record.name)
        wait_for_search(qtbot, searched)
    assert len(searched.unknowns.unknowns) == before + 1
    assert names(searched)[0] == "Nicotinamide"


def test_a_thousand_hits_are_sorted_by_every_column(qtbot):
    hits = tuple(
        Hit(n, LibraryEntry(n, f"L{n % 3}", replace(UNKNOWN, name=f"C{(n * 37) % 1000:04}", nominal_mass=50 + n % 400)),
            1 - n / 2000, 999 - n % 900, n % 999, None if n % 5 else n / 1000)
        for n in range(1, 1001)
    )  # fmt: skip
    model = HitsTableModel()
    model.show_hits(hits)
    for name, of in (("name", lambda hit: hit.entry.record.name), ("mass", lambda hit: hit.entry.record.nominal_mass)):
        for order, backwards in ((Qt.SortOrder.AscendingOrder, False), (Qt.SortOrder.DescendingOrder, True)):
            model.sort(COLUMNS.index(name), order)
            assert [of(hit) for hit in model.hits] == sorted(map(of, hits), reverse=backwards)
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        model.sort(COLUMNS.index("probability"), order)
        assert all(hit.probability is None for hit in model.hits[200:])
        assert all(hit.probability is not None for hit in model.hits[:200])


def test_words_of_filters_are_read_as_people_write_them():
    assert read_elements("Cl, Br;S") == ("Cl", "Br", "S")
    assert read_elements("CHN") == ("C", "H", "N")
    assert read_formula(" C6 H12O6 ") == "C6H12O6"
    peaks = read_peaks("57; 71 >= 20, 85 10-40\n99 <= 5")
    assert peaks == (PeakCondition(57), PeakCondition(71, 20), PeakCondition(85, 10, 40), PeakCondition(99, 0, 5))
    assert read_peaks(peaks_text(peaks)) == peaks
    assert read_peaks("") == ()
    for text in ("0", "1001", "57 60 70", "57 40-10"):
        with pytest.raises(NotReadable):
            read_peaks(text)


def test_words_on_hits_say_small_probabilities_and_what_was_passed_over():
    assert percent_text(0.004) == "< 1"
    assert percent_text(0.976) == "98"
    assert percent_text(None) == ""
    found = HitList(UNKNOWN, SearchSettings(), (), 1200, 34, 0.02)
    assert summary(found) == "0 hits of 1,200 spectra, 20 ms; 34 passed over"
