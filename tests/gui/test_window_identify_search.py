from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from window_driver import drop, measured, url_data, wait_until_quiet

from bitspec_gui.domain.errors import SearchError
from bitspec_gui.domain.search import Score
from bitspec_gui.ui.identify_state import SearchPhase
from bitspec_gui.ui.tables.hits import COLUMNS
from bitspec_gui.ui.views.content import ViewMode

NICOTINAMIDE_PEAKS = "39 80; 51 300; 78 700; 94 610; 106 400; 121 90; 122 999"


def show_identify(qtbot, window):
    window.tabs.setCurrentWidget(window.identify)
    wait_until_quiet(qtbot, window)
    qtbot.waitUntil(lambda: window.unknowns.phase is not SearchPhase.SEARCHING, timeout=10_000)


def paste(qtbot, window, text):
    QGuiApplication.clipboard().setText(text)
    window.paste()
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN, timeout=10_000)
    wait_until_quiet(qtbot, window)


def columns_of(window, name):
    model = window.identify.hits.model
    return [model.index(row, COLUMNS.index(name)).data() for row in range(model.rowCount())]


def test_a_first_start_has_an_example_unknown_and_finds_it(qtbot, nicotinamide_library, window):
    assert window.unknowns.unknowns == ()
    show_identify(qtbot, window)
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN)
    assert window.unknowns.unknown.record.name == "Example unknown"
    assert window.unknowns.hit.match == 999
    assert "Vitamins" in window.unknowns.unknown.record.comment


def test_without_any_library_the_tab_says_what_to_do(qtbot, window):
    show_identify(qtbot, window)
    assert "no library" in window.identify.notes.sentence
    assert window.identify.add_library.isVisible()
    assert "paste peaks" in window.identify.view._hint.text()


def test_pasted_peaks_become_an_unknown_whose_best_hit_is_shown_below_it(qtbot, nicotinamide_library, window):
    paste(qtbot, window, NICOTINAMIDE_PEAKS)
    assert window.tabs.currentWidget() is window.identify
    assert columns_of(window, "name")[0] == "Nicotinamide"
    assert columns_of(window, "match")[0] == "999"
    content = window.identify.view.content
    assert content.top_is_unknown
    assert content.bottom is window.unknowns.hit.entry.record.spectrum
    model = window.identify.queries.model
    assert [model.index(0, column).data() for column in (1, 2)] == ["Nicotinamide", "999"]


def test_peaks_pasted_into_the_molecule_field_are_identified(qtbot, nicotinamide_library, window):
    window.activateWindow()
    window.predict.input.setFocus()
    before = window.predict.input.text
    QGuiApplication.clipboard().setText(NICOTINAMIDE_PEAKS)
    window.predict.input.paste()
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN)
    assert window.predict.input.text == before
    assert len(window.unknowns.unknowns) == 1


def test_a_pasted_smiles_is_still_predicted(qtbot, window):
    QGuiApplication.clipboard().setText("CCO")
    window.paste()
    qtbot.waitUntil(lambda: window.state.prediction.molecule.formula == "C2H6O")
    assert window.tabs.currentWidget() is window.predict
    assert window.unknowns.unknowns == ()


def test_up_and_down_step_through_hits_and_the_plot_follows_at_once(qtbot, nicotinamide_library, window):
    paste(qtbot, window, NICOTINAMIDE_PEAKS)
    table = window.identify.hits.table
    window.activateWindow()
    table.setFocus()
    seen = [window.unknowns.hit]
    for _ in range(2):
        qtbot.keyClick(table, Qt.Key.Key_Down)
        seen.append(window.unknowns.hit)
        assert window.identify.view.content.bottom is window.unknowns.hit.entry.record.spectrum
        assert str(window.unknowns.hit.rank) in window.identify.headline.text()
    assert [hit.rank for hit in seen] == [1, 2, 3]
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert window.unknowns.hit.rank == 3
    qtbot.keyClick(window.identify.view.plot, Qt.Key.Key_Up)
    assert window.unknowns.hit.rank == 2
    assert table.currentIndex().row() == 1


def test_the_details_say_where_the_hit_comes_from(qtbot, nicotinamide_library, window):
    paste(qtbot, window, NICOTINAMIDE_PEAKS)
    details = window.details
    assert details.facts["library"].text() == "Vitamins · V-1"
    assert details.facts["licence"].text() == "CC0"
    assert "GC-EI-Q" in details.facts["measured"].text()
    assert details.facts["cas"].text() == "98-92-0"
    qtbot.waitUntil(lambda: details.structure.is_drawn)
    heads = [details.model.headerData(c, Qt.Orientation.Horizontal) for c in range(details.model.columnCount())]
    assert heads == ["m/z", "Unk. %", "Hit %", "Loss"]
    window.tabs.setCurrentWidget(window.predict)
    assert not details.facts["library"].text()


def test_keys_choose_mirror_difference_reverse_and_labels(qtbot, nicotinamide_library, window):
    paste(qtbot, window, NICOTINAMIDE_PEAKS + "; 300 200")
    plot, view = window.identify.view.plot, window.identify.view
    qtbot.keyClick(plot, Qt.Key.Key_R)
    assert window.state.mode is ViewMode.REVERSE
    assert 300 not in view.peaks.series[0].mz
    assert 122 in view.peaks.series[0].mz
    qtbot.keyClick(plot, Qt.Key.Key_R)
    assert window.state.mode is ViewMode.MIRROR
    assert 300 in view.peaks.series[0].mz
    qtbot.keyClick(plot, Qt.Key.Key_D)
    assert window.state.mode is ViewMode.DIFFERENCE
    qtbot.keyClick(plot, Qt.Key.Key_M)
    qtbot.keyClick(plot, Qt.Key.Key_L)
    assert not view.peaks.labels_shown


def test_the_reverse_view_belongs_to_the_identify_tab(qtbot, nicotinamide_library, window):
    assert not window.actions_.reverse_view.isEnabled()
    show_identify(qtbot, window)
    assert window.actions_.reverse_view.isEnabled()
    assert "unknown" in window.actions_.predicted_only.text().lower().replace("&", "")
    window.tabs.setCurrentWidget(window.predict)
    assert not window.actions_.reverse_view.isEnabled()
    assert "predicted" in window.actions_.predicted_only.text().lower().replace("&", "")


def test_hits_sort_by_any_column_and_what_has_no_value_comes_last(qtbot, nicotinamide_library, window):
    paste(qtbot, window, NICOTINAMIDE_PEAKS)
    table, first = window.identify.hits.table, window.unknowns.hit
    header = table.horizontalHeader()
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        header.setSortIndicator(COLUMNS.index("cas"), order)
        assert columns_of(window, "cas") == ["98-92-0", "", ""]
    header.setSortIndicator(COLUMNS.index("mass"), Qt.SortOrder.AscendingOrder)
    assert columns_of(window, "mass") == ["78", "122", "122"]
    assert window.unknowns.hit is first
    assert window.identify.hits.model.hit_at(table.currentIndex().row()) is first


def test_words_narrow_the_hits_and_say_how_many_are_hidden(qtbot, nicotinamide_library, window):
    paste(qtbot, window, NICOTINAMIDE_PEAKS)
    hits = window.identify.hits
    qtbot.keyClicks(hits.words, "benz")
    assert columns_of(window, "name") == ["Benzene"]
    assert window.unknowns.hit.entry.record.name == "Benzene"
    assert "2 hidden" in hits.summary.text()
    hits.words.clear()
    assert len(columns_of(window, "name")) == 3


def test_a_search_that_fails_says_why_and_f5_tries_again(qtbot, services, nicotinamide_library, window):
    paste(qtbot, window, NICOTINAMIDE_PEAKS)
    services.lookup.failure = SearchError("There is no library named “X”.")
    window.actions_.search.trigger()
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.FAILED)
    assert "no library named" in window.identify.problem.sentence
    assert window.identify.hits.model.rowCount() == 3
    services.lookup.failure = None
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN)
    assert window.identify.problem.sentence == ""


def test_escape_cancels_a_search_and_the_window_says_so(qtbot, services, nicotinamide_library, window):
    paste(qtbot, window, NICOTINAMIDE_PEAKS)
    services.lookup.gate = threading.Event()
    window.actions_.search.trigger()
    qtbot.wait(30)
    assert window.unknowns.phase is SearchPhase.SEARCHING
    window.actions_.cancel.trigger()
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.CANCELLED)
    assert "F5" in window.identify.problem.sentence
    services.lookup.gate.set()
    wait_until_quiet(qtbot, window)


def test_the_newest_search_wins(qtbot, services, nicotinamide_library, window):
    paste(qtbot, window, NICOTINAMIDE_PEAKS)
    services.lookup.gate = threading.Event()
    window.actions_.search.trigger()
    window.identify.settings.score.setCurrentIndex(window.identify.settings.score.findData(Score.COSINE))
    window.identify.settings.score.activated.emit(window.identify.settings.score.currentIndex())
    window.actions_.search.trigger()
    services.lookup.gate.set()
    wait_until_quiet(qtbot, window)
    assert window.unknowns.hit_list.settings.score is Score.COSINE


def test_a_changed_setting_searches_again_by_itself(qtbot, services, nicotinamide_library, window):
    paste(qtbot, window, NICOTINAMIDE_PEAKS)
    asked = len(services.lookup.asked)
    panel = window.identify.settings
    qtbot.keyClicks(panel.mass, "122")
    qtbot.keyClick(panel.mass, Qt.Key.Key_Return)
    panel.window_da.setCurrentIndex(panel.window_da.findData(5))
    panel.window_da.activated.emit(panel.window_da.currentIndex())
    qtbot.waitUntil(lambda: len(services.lookup.asked) > asked and window.unknowns.is_current(window.unknowns.key))
    assert columns_of(window, "mass") == ["122", "122"]
    record, settings = services.lookup.asked[-1]
    assert record.nominal_mass == 122
    assert settings.mass_window_da == 5
    panel.mass.clear()
    panel.mass.editingFinished.emit()
    qtbot.waitUntil(lambda: services.lookup.asked[-1][0].nominal_mass is None)


@pytest.mark.parametrize("text", ["122 999"])
def test_an_unknown_of_one_peak_is_searched(qtbot, nicotinamide_library, window, text):
    window.tabs.setCurrentWidget(window.identify)
    window.identification.take(measured("One peak", None, [(122, 999)]))
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN)
    assert columns_of(window, "name") == ["Nicotinamide", "Nicotinamide"]


def test_a_library_that_is_removed_goes_from_the_hits(qtbot, services, nicotinamide_library, window):
    paste(qtbot, window, NICOTINAMIDE_PEAKS)
    window.library_flow.remove("Vitamins")
    qtbot.waitUntil(lambda: window.unknowns.hit_list.hits == (), timeout=10_000)
    wait_until_quiet(qtbot, window)
    assert window.identify.hits.model.rowCount() == 0
    assert window.identify.view.content.bottom is None
    assert window.identify.notes.sentence


def test_rows_of_hits_are_copied_as_text(qtbot, nicotinamide_library, window):
    paste(qtbot, window, NICOTINAMIDE_PEAKS)
    window.activateWindow()
    window.identify.hits.table.setFocus()
    window.identify.hits.table.selectAll()
    window.copy_by_focus()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 4
    assert lines[0].split("\t")[-2:] == ["SMILES", "InChIKey"]
    assert "NC(=O)c1cccnc1" in lines[1]


def test_the_prediction_and_the_measured_spectrum_are_identified_from_the_predict_tab(qtbot, nicotinamide_library, window):
    assert window.actions_.identify_measured.isEnabled()
    window.actions_.identify_this.trigger()
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN)
    assert window.unknowns.unknown.record.predicted_by is not None
    window.tabs.setCurrentWidget(window.predict)
    window.actions_.identify_measured.trigger()
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN and window.unknowns.hit is not None)
    assert window.unknowns.hit.match == 999
    assert len(window.unknowns.unknowns) == 2


def test_a_library_entry_is_identified_from_the_library_tab(qtbot, nicotinamide_library, window):
    window.tabs.setCurrentWidget(window.library)
    wait_until_quiet(qtbot, window)
    assert not window.actions_.identify_this.isEnabled()
    window.library.table.selectRow(2)
    qtbot.waitUntil(lambda: window.state.entry is not None)
    name = window.state.entry.record.name
    window.actions_.identify_this.trigger()
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN)
    assert window.unknowns.hit.entry.record.name == name


def test_a_double_click_on_a_hit_predicts_its_compound(qtbot, nicotinamide_library, window):
    paste(qtbot, window, NICOTINAMIDE_PEAKS)
    window.identify.hits.words.setText("benzene")
    table = window.identify.hits.table
    at = table.visualRect(window.identify.hits.model.index(0, COLUMNS.index("name"))).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: window.state.prediction.molecule.formula == "C6H6")
    assert window.tabs.currentWidget() is window.predict


def test_text_dropped_on_the_window_may_be_peaks(qtbot, nicotinamide_library, window):
    data = QMimeData()
    data.setText(NICOTINAMIDE_PEAKS)
    drop(window, data)
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN)
    assert window.unknowns.hit.match == 999


def test_a_spectrum_file_dropped_on_the_tab_is_identified(qtbot, nicotinamide_library, window, tmp_path):
    file = tmp_path / "unknown.msp"
    file.write_text(f"Name: Peak 7\nNum Peaks: 7\n{NICOTINAMIDE_PEAKS}\n\n")
    window.tabs.setCurrentWidget(window.identify)
    drop(window, url_data(file))
    qtbot.waitUntil(lambda: window.unknowns.unknown is not None and window.unknowns.unknown.record.name == "Peak 7")
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN)
    assert not window.notice.isVisible()
