from __future__ import annotations

import threading
import time
import zipfile

import pytest
from PySide6.QtCore import Qt
from window_driver import drop, url_data, wait_until_quiet

from bitspec_gui.ui.identify_state import SearchPhase


def msp(count, start=0):
    record = "Name: Unknown {n}\nNum Peaks: 3\n{a} 300; {b} 999; {c} 200\n\n"
    return "".join(record.format(n=n, a=40 + n % 40, b=100 + n % 90, c=200 + n % 7) for n in range(start, start + count))


def names(window):
    return [each.record.name for each in window.unknowns.unknowns]


@pytest.fixture
def file_of(tmp_path):
    def write(name, count):
        file = tmp_path / name
        file.write_text(msp(count))
        return file

    return write


def test_a_file_of_few_spectra_dropped_on_the_predict_tab_is_identified_and_a_library_is_offered(qtbot, window, file_of):
    drop(window, url_data(file_of("few.msp", 3)))
    qtbot.waitUntil(lambda: len(window.unknowns.unknowns) == 3)
    assert window.tabs.currentWidget() is window.identify
    assert names(window) == ["Unknown 0", "Unknown 1", "Unknown 2"]
    assert window.unknowns.unknown.record.name == "Unknown 0"
    assert "3 spectra" in window.notice.sentence
    wait_until_quiet(qtbot, window)
    assert window.state.libraries == ()
    qtbot.mouseClick(window.intake.add_library, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.state.libraries), timeout=10_000)
    assert window.state.libraries[0].spectra == 3
    assert not window.notice.isVisible()
    wait_until_quiet(qtbot, window)


def test_a_larger_file_is_asked_about_without_blocking(qtbot, window, file_of):
    drop(window, url_data(file_of("many.msp", 60)))
    qtbot.waitUntil(lambda: window.notice.isVisible())
    assert "60 spectra" in window.notice.sentence
    assert window.unknowns.unknowns == ()
    window.predict_text("CCO")
    qtbot.waitUntil(lambda: window.state.prediction.molecule.formula == "C2H6O")
    qtbot.mouseClick(window.intake.identify, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.unknowns.unknowns) == 60)
    assert not window.notice.isVisible()
    wait_until_quiet(qtbot, window)


def test_what_is_asked_about_can_become_a_library(qtbot, window, file_of):
    drop(window, url_data(file_of("many.msp", 60)))
    qtbot.waitUntil(lambda: window.notice.isVisible())
    qtbot.mouseClick(window.intake.add_library, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.state.libraries), timeout=10_000)
    assert window.unknowns.unknowns == ()
    wait_until_quiet(qtbot, window)


def test_what_is_asked_about_can_be_left_alone(qtbot, window, file_of):
    drop(window, url_data(file_of("many.msp", 60)))
    qtbot.waitUntil(lambda: window.notice.isVisible())
    qtbot.mouseClick(window.intake.not_now, Qt.MouseButton.LeftButton)
    wait_until_quiet(qtbot, window)
    assert not window.notice.isVisible()
    assert window.unknowns.unknowns == ()
    assert window.state.libraries == ()


def test_on_the_identify_tab_many_spectra_are_unknowns_without_a_question(qtbot, window, file_of):
    window.tabs.setCurrentWidget(window.identify)
    drop(window, url_data(file_of("many.msp", 60)))
    qtbot.waitUntil(lambda: len(window.unknowns.unknowns) == 60)
    assert not window.notice.isVisible()
    wait_until_quiet(qtbot, window)


def test_on_the_library_tab_spectra_are_a_library(qtbot, window, file_of):
    window.tabs.setCurrentWidget(window.library)
    drop(window, url_data(file_of("few.msp", 3)))
    qtbot.waitUntil(lambda: bool(window.state.libraries), timeout=10_000)
    assert window.unknowns.unknowns == ()
    wait_until_quiet(qtbot, window)


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_folders_and_archives_are_asked_about_even_on_the_identify_tab(qtbot, window, tmp_path, file_of, kind):
    folder = tmp_path / "spectra"
    folder.mkdir()
    file_of("few.msp", 3).rename(folder / "few.msp")
    where = folder
    if kind == "zip":
        where = tmp_path / "spectra.zip"
        with zipfile.ZipFile(where, "w") as archive:
            archive.write(folder / "few.msp", "few.msp")
    window.tabs.setCurrentWidget(window.identify)
    drop(window, url_data(where))
    qtbot.waitUntil(lambda: window.notice.isVisible())
    assert where.name in window.notice.sentence
    qtbot.mouseClick(window.intake.identify, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.unknowns.unknowns) == 3)
    wait_until_quiet(qtbot, window)


def test_records_that_cannot_be_read_are_told_with_their_line_and_the_others_are_kept(qtbot, window, tmp_path):
    file = tmp_path / "broken.msp"
    file.write_text(msp(2) + "Name: Broken\nNum Peaks: 2\n12 abc\n\n" + msp(1, start=2))
    window.tabs.setCurrentWidget(window.identify)
    drop(window, url_data(file))
    qtbot.waitUntil(lambda: window.failures.dialog is not None and window.failures.dialog.isVisible())
    said = window.failures.dialog.message.text()
    assert "3 of 4" in said
    assert "line 11" in said
    assert names(window) == ["Unknown 0", "Unknown 1", "Unknown 2"]
    wait_until_quiet(qtbot, window)


def test_search_all_keeps_a_result_for_each_unknown(qtbot, nicotinamide_library, window, file_of):
    window.tabs.setCurrentWidget(window.identify)
    drop(window, url_data(file_of("many.msp", 40)))
    qtbot.waitUntil(lambda: len(window.unknowns.unknowns) == 40)
    wait_until_quiet(qtbot, window)
    qtbot.mouseClick(window.identify.settings.search_all, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.unknowns.all_found) == 40, timeout=20_000)
    wait_until_quiet(qtbot, window)
    model = window.identify.queries.model
    row = 12
    best = window.unknowns.hit_list_of(model.unknown_at(row).key).hits
    assert model.index(row, 1).data() == (best[0].entry.record.name if best else "no hit")
    window.identify.queries.table.selectRow(row)
    assert window.unknowns.hit_list is window.unknowns.hit_list_of(model.unknown_at(row).key)
    told = []
    window.identification.search.told.connect(told.append)
    window.actions_.search_all.trigger()
    assert len(told) == 1
    assert "already" in told[0]


def test_search_all_can_be_cancelled_and_keeps_what_was_found(qtbot, services, nicotinamide_library, window, file_of):
    window.tabs.setCurrentWidget(window.identify)
    drop(window, url_data(file_of("many.msp", 45)))
    qtbot.waitUntil(lambda: len(window.unknowns.unknowns) == 45)
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN)
    wait_until_quiet(qtbot, window)
    lookup, search = services.lookup, services.lookup.search
    passed, told = [], []
    window.identification.search.told.connect(told.append)

    def no_end_after_ten(record, settings=None, **more):
        while len(passed) == 10:
            more["cancel"].raise_if_cancelled()
            time.sleep(0.005)
        passed.append(record)
        return search(record, settings, **more)

    lookup.search = no_end_after_ten
    window.actions_.search_all.trigger()
    assert not window.actions_.search_all.isEnabled()
    qtbot.waitUntil(lambda: len(passed) == 10, timeout=10_000)
    window.actions_.cancel.trigger()
    wait_until_quiet(qtbot, window)
    assert len(window.unknowns.all_found) == 11
    assert told
    assert told[-1].endswith("unknowns searched")
    assert window.actions_.search_all.isEnabled()


def test_unknowns_are_taken_off_the_list(qtbot, window, file_of):
    window.tabs.setCurrentWidget(window.identify)
    drop(window, url_data(file_of("few.msp", 5)))
    qtbot.waitUntil(lambda: len(window.unknowns.unknowns) == 5)
    wait_until_quiet(qtbot, window)
    window.identify.queries.table.selectRow(2)
    window.actions_.remove_unknowns.trigger()
    assert names(window) == ["Unknown 0", "Unknown 1", "Unknown 3", "Unknown 4"]
    assert window.unknowns.unknown.record.name == "Unknown 3"
    window.identify.queries.table.selectAll()
    window.actions_.remove_unknowns.trigger()
    assert window.unknowns.unknowns == ()
    assert window.unknowns.unknown is None
    assert window.identify.hits.model.rowCount() == 0
    assert not window.actions_.search.isEnabled()
    wait_until_quiet(qtbot, window)


def test_the_unknowns_of_files_are_there_again_after_a_restart(qtbot, window, make_window, file_of):
    window.tabs.setCurrentWidget(window.identify)
    file = file_of("few.msp", 4)
    drop(window, url_data(file))
    qtbot.waitUntil(lambda: len(window.unknowns.unknowns) == 4)
    wait_until_quiet(qtbot, window)
    window.close()
    again = make_window()
    again.start()
    qtbot.waitUntil(lambda: len(again.unknowns.unknowns) == 4, timeout=10_000)
    wait_until_quiet(qtbot, again)
    assert again.tabs.currentWidget() is again.predict
    assert again.settings.unknown_files == (str(file),)


def test_a_missing_file_of_the_last_session_is_no_trouble(qtbot, window, make_window, file_of):
    window.tabs.setCurrentWidget(window.identify)
    file = file_of("few.msp", 4)
    drop(window, url_data(file))
    qtbot.waitUntil(lambda: len(window.unknowns.unknowns) == 4)
    wait_until_quiet(qtbot, window)
    window.close()
    file.unlink()
    again = make_window()
    again.start()
    wait_until_quiet(qtbot, again)
    assert again.unknowns.unknowns == ()
    assert again.failures.dialog is None


def test_in_a_narrow_window_a_chooser_takes_the_place_of_the_list(qtbot, nicotinamide_library, window, file_of):
    window.tabs.setCurrentWidget(window.identify)
    drop(window, url_data(file_of("few.msp", 3)))
    qtbot.waitUntil(lambda: len(window.unknowns.unknowns) == 3)

    def becomes_small():
        # How small it may be is known once the tab that was left is laid out no more.
        window.resize(800, 600)
        return window.width() <= 800 and window.height() <= 600

    qtbot.waitUntil(becomes_small)
    qtbot.waitUntil(lambda: window.identify.chooser.isVisible())
    assert not window.identify.queries.isVisible()
    window.identify.chooser.setCurrentIndex(2)
    window.identify.chooser.activated.emit(2)
    assert window.unknowns.unknown.record.name == "Unknown 2"
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN)
    wait_until_quiet(qtbot, window)


def test_unknowns_are_at_hand_in_the_project_dock(qtbot, window, file_of):
    window.tabs.setCurrentWidget(window.identify)
    drop(window, url_data(file_of("many.msp", 20)))
    qtbot.waitUntil(lambda: len(window.unknowns.unknowns) == 20)
    wait_until_quiet(qtbot, window)
    section = window.project.unknowns
    assert section.childCount() == 13
    assert "8 more" in section.child(12).text(0)
    window.tabs.setCurrentWidget(window.predict)
    window.project.tree.itemClicked.emit(section.child(3), 0)
    assert window.tabs.currentWidget() is window.identify
    assert window.unknowns.unknown.record.name == "Unknown 3"
    wait_until_quiet(qtbot, window)


def test_while_a_library_is_being_loaded_the_hits_are_said_not_to_be_all(qtbot, nicotinamide_library, window):
    window.tabs.setCurrentWidget(window.identify)
    qtbot.waitUntil(lambda: window.unknowns.phase is SearchPhase.SHOWN)
    assert "loaded" not in window.identify.notes.sentence
    window.state.set_loading_more(True)
    assert "being loaded" in window.identify.notes.sentence
    window.state.set_loading_more(False)
    assert "being loaded" not in window.identify.notes.sentence


def test_closing_while_many_unknowns_are_searched_ends_the_search(qtbot, services, nicotinamide_library, window, file_of):
    window.tabs.setCurrentWidget(window.identify)
    drop(window, url_data(file_of("many.msp", 30)))
    qtbot.waitUntil(lambda: len(window.unknowns.unknowns) == 30)
    wait_until_quiet(qtbot, window)
    services.lookup.gate = threading.Event()
    window.actions_.search_all.trigger()
    window.actions_.search.trigger()
    qtbot.wait(20)
    window.close()
    assert window.shut_down()
