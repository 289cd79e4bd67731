"""Files of what was searched, from the window: dialogs that do not block, files from the io lane."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest
from made_hits import LIBRARIES, NICOTINAMIDE, UNKNOWN, hit, hit_list, three_hit_lists
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget
from reported_explanations import NicotinamidePeaks
from saving_driver import the_dialog, wait_for_word

from bitspec_gui.domain.errors import Cancelled, ExportError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.search import HitList, Score, SearchSettings
from bitspec_gui.services.report_peaks import HitPeaks
from bitspec_gui.ui.report_export import ReportExport
from bitspec_gui.ui.report_pdf import write_pdf_report


@pytest.fixture
def export(qtbot, runner):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    exporter = ReportExport(window, runner, lambda: LIBRARIES, lambda: "ranking-1")
    exporter.said = []
    exporter.told.connect(exporter.said.append)
    exporter.failed.connect(exporter.said.append)
    return exporter


def pdf_streams(path: Path) -> bytes:
    return b"".join(
        zlib.decompress(each) for each in re.findall(rb"stream\r?\n(x.+?)\r?\nendstream", path.read_bytes(), re.DOTALL)
    )


@pytest.mark.parametrize(
    ("ask", "suffix", "begins"),
    [
        ("ask_hit_list", ".csv", b"query,rank,name"),
        ("ask_hit_list", ".xlsx", b"PK"),
        ("ask_hit_list", ".json", b"["),
        ("ask_report", ".html", b"<!DOCTYPE html>"),
        ("ask_report", ".pdf", b"%PDF-"),
        ("ask_spectra", ".msp", b"Name: Peak 7\r\n"),
        ("ask_spectra", ".jdx", b"##TITLE=Peak 7\r\n"),
    ],
)
def test_typed_name_decides_the_format_and_the_file_is_written(qtbot, export, tmp_path, ask, suffix, begins):
    folders = []
    export.folder_changed.connect(folders.append)
    getattr(export, ask)(three_hit_lists(), str(tmp_path))
    dialog = the_dialog(export)
    assert dialog.isVisible()
    assert not list(tmp_path.iterdir())  # The call is back, and nothing is written before the answer.
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    field.selectAll()
    qtbot.keyClicks(field, f"mine{suffix}")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert wait_for_word(qtbot, export).startswith(f"Written: {tmp_path / f'mine{suffix}'}")
    assert (tmp_path / f"mine{suffix}").read_bytes().startswith(begins)
    assert folders == [str(tmp_path)]


def test_name_without_a_suffix_gets_that_of_the_chosen_kind(qtbot, export, tmp_path):
    export.ask_hit_list([hit_list()], str(tmp_path))
    dialog = the_dialog(export)
    assert Path(dialog.selectedFiles()[0]).name == "Peak 7 hits.csv"
    dialog.selectNameFilter("Excel (*.xlsx)")
    dialog.filterSelected.emit("Excel (*.xlsx)")
    assert Path(dialog.selectedFiles()[0]).name == "Peak 7 hits.xlsx"
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    field.selectAll()
    qtbot.keyClicks(field, "mine")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    wait_for_word(qtbot, export)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.xlsx"]


def test_escape_writes_nothing_and_the_dialog_goes(qtbot, export, tmp_path):
    export.ask_report([hit_list()], str(tmp_path))
    qtbot.keyClick(the_dialog(export), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not export.parent().findChildren(QFileDialog))
    assert not list(tmp_path.iterdir())


def test_before_a_search_there_is_nothing_to_write_and_no_dialog(export):
    export.ask_hit_list([])
    assert export.said == ["Nothing was searched yet, so there is nothing to write."]
    assert not export.parent().findChildren(QFileDialog)


def test_folder_that_is_gone_is_told_in_a_sentence(qtbot, export, tmp_path):
    for number, write in enumerate((export.write_report, export.write_hit_list, export.write_spectra)):
        export.said.clear()
        write([hit_list()], tmp_path / "gone" / ("a.pdf", "a.csv", "a.msp")[number])
        error = wait_for_word(qtbot, export)
        assert isinstance(error, ExportError)
        assert "could not be written" in str(error)


def test_spectra_that_were_left_out_are_told(qtbot, export, tmp_path):
    heavy = HitList(UNKNOWN, SearchSettings(), (hit(1, NICOTINAMIDE, "L", 0.9),), 1)
    export.write_spectra([heavy], tmp_path / "a.msp")
    assert wait_for_word(qtbot, export) == f"Written: {tmp_path / 'a.msp'}. 2 spectra written."


def test_report_on_combined_scores_names_the_ranking_and_others_do_not(qtbot, export, tmp_path):
    for name, score in (("a.html", Score.COMBINED), ("b.html", Score.COSINE)):
        export.said.clear()
        export.write_report([hit_list(score=score)], tmp_path / name)
        wait_for_word(qtbot, export)
    assert "<dt>Hits ranked by</dt><dd>ranking-1</dd>" in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "Hits ranked by" not in (tmp_path / "b.html").read_text(encoding="utf-8")


def test_pdf_has_a_page_a_query_and_more_for_its_hits(qapp, tmp_path):
    target = tmp_path / "report.pdf"
    assert write_pdf_report(three_hit_lists(), target, LIBRARIES) == 3
    assert len(re.findall(rb"/Type\s*/Page\b", target.read_bytes())) >= 4
    assert b"Identification of 3 spectra" in target.read_bytes().replace(b"\0", b"")
    # Vectors, not pictures: the sticks are lines, and no image is in the file.
    assert b"/Subtype /Image" not in target.read_bytes()
    assert len(re.findall(rb" l\n", pdf_streams(target))) > 100


@pytest.mark.parametrize("suffix", [".html", ".pdf"])
def test_report_says_what_the_peaks_of_the_best_hit_are_made_of(qtbot, export, runner, tmp_path, suffix):
    service = NicotinamidePeaks()
    with_peaks = ReportExport(export.parent(), runner, lambda: LIBRARIES, lambda: "ranking-1", service)
    with_peaks.told.connect(export.said.append)
    with_peaks.failed.connect(export.said.append)
    with_peaks.write_report([hit_list()], tmp_path / f"a{suffix}")
    assert wait_for_word(qtbot, export) == f"Written: {tmp_path / f'a{suffix}'}"
    assert sorted(service.asked) == [51, 78, 106, 122]
    if suffix == ".html":
        assert "What the peaks are made of, if it is hit 1: Nicotinamide" in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_peaks_stand_on_a_page_of_their_own(qapp, tmp_path):
    pages = []
    for peaks in (None, HitPeaks(NicotinamidePeaks())):
        target = tmp_path / f"{len(pages)}.pdf"
        write_pdf_report([hit_list()], target, LIBRARIES, peaks=peaks)
        pages.append(len(re.findall(rb"/Type\s*/Page\b", target.read_bytes())))
        assert b"/Subtype /Image" not in target.read_bytes()
    assert pages[1] == pages[0] + 1


def test_pdf_of_texts_without_end_comes_to_an_end(qapp, tmp_path):
    record = NICOTINAMIDE
    long = HitList(
        UNKNOWN,
        SearchSettings(),
        (hit(1, type(record)(record.spectrum, name="n" * 5000, licence="l " * 9000), "L" * 3000, 0.9),),
        1,
    )
    assert write_pdf_report([long], tmp_path / "report.pdf") == 1
    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "report.pdf").read_bytes())) < 40


def test_cancelled_pdf_leaves_the_old_file(qapp, tmp_path):
    target = tmp_path / "report.pdf"
    target.write_text("old")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        write_pdf_report([hit_list()], target, cancel=token)
    assert target.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1
