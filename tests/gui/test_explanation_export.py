"""An explanation as files, from the window: dialogs that do not block, files from the io lane."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget
from reported_explanations import report_content
from saving_driver import the_dialog, wait_for_word

from bitspec_gui.domain.errors import ExportError
from bitspec_gui.ui.explanation_export import ExplanationExport
from bitspec_gui.ui.explanation_pdf import write_explanation_pdf


@pytest.fixture
def export(qtbot, runner):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    exporter = ExplanationExport(window, runner)
    exporter.said = []
    exporter.told.connect(exporter.said.append)
    exporter.failed.connect(exporter.said.append)
    return exporter


def pages_of(path: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", path.read_bytes()))


@pytest.mark.parametrize(
    ("ask", "suffix", "begins"),
    [
        ("ask", ".pdf", b"%PDF-"),
        ("ask", ".csv", b"smiles,mz,method"),
        ("ask_report", ".html", b"<!DOCTYPE html>"),
        ("ask_scores", ".json", b"{"),
    ],
)
def test_typed_name_decides_the_format_and_the_file_is_written(qtbot, export, tmp_path, ask, suffix, begins):
    folders = []
    export.folder_changed.connect(folders.append)
    getattr(export, ask)(report_content(two=False), str(tmp_path))
    dialog = the_dialog(export)
    assert Path(dialog.selectedFiles()[0]).stem == "butylbenzene mz 91 fragments"
    assert not list(tmp_path.iterdir())  # The call is back, and nothing is written before the answer.
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    field.selectAll()
    qtbot.keyClicks(field, f"mine{suffix}")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert wait_for_word(qtbot, export) == f"Written: {tmp_path / f'mine{suffix}'}"
    assert (tmp_path / f"mine{suffix}").read_bytes().startswith(begins)
    assert folders == [str(tmp_path)]


def test_scores_of_two_methods_are_two_files(qtbot, export, tmp_path):
    export.export(report_content(), tmp_path / "a.json")
    assert wait_for_word(qtbot, export) == f"Written: {tmp_path / 'a.json'}, {tmp_path / 'a gradients 2.json'}"
    found = [json.loads((tmp_path / name).read_text(encoding="utf-8")) for name in ("a.json", "a gradients 2.json")]
    assert [each["method"]["key"] for each in found] == ["fragments", "gradients"]
    assert [atom["index"] for atom in found[0]["atoms"] if atom["selected"]] == [3, 4, 5, 6, 7, 8, 9]
    assert found[0]["target"]["intensity"] == 999


def test_picture_is_made_in_the_format_of_the_name_and_escape_makes_none(qtbot, export, tmp_path):
    asked = []

    def picture(suffix: str) -> bytes:
        asked.append(suffix)
        return b"<svg/>"

    export.ask_picture(report_content(), picture, str(tmp_path))
    qtbot.keyClick(the_dialog(export), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not export.parent().findChildren(QFileDialog))
    assert asked == []
    export.ask_picture(report_content(), picture, str(tmp_path))
    field = the_dialog(export).findChild(QLineEdit, "fileNameEdit")
    field.selectAll()
    qtbot.keyClicks(field, "map.svg")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    wait_for_word(qtbot, export)
    assert asked == [".svg"]
    assert (tmp_path / "map.svg").read_bytes() == b"<svg/>"


@pytest.mark.parametrize("suffix", [".pdf", ".html", ".json", ".csv"])
def test_folder_that_is_gone_is_told_in_a_sentence(qtbot, export, tmp_path, suffix):
    export.export(report_content(), tmp_path / "gone" / f"a{suffix}")
    error = wait_for_word(qtbot, export)
    assert isinstance(error, ExportError)
    assert "could not be written" in str(error)


def test_pdf_holds_the_report_as_vectors(qapp, tmp_path):
    write_explanation_pdf(report_content(), tmp_path / "a.pdf")
    content = (tmp_path / "a.pdf").read_bytes()
    assert b"What m/z 91 of butylbenzene rests on" in content.replace(b"\0", b"")
    assert b"/Subtype /Image" not in content
    assert 1 <= pages_of(tmp_path / "a.pdf") <= 4


def test_pdf_of_texts_without_end_comes_to_an_end(qapp, tmp_path):
    content = report_content(name="n" * 3000)
    (info, explanation, measured), *_ = content.results
    content = replace(content, results=((replace(info, meaning="many words " * 900), explanation, measured),))
    write_explanation_pdf(content, tmp_path / "a.pdf")
    assert pages_of(tmp_path / "a.pdf") < 20
