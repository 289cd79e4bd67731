"""An explanation as files: a report, scores, or a picture of its heat map. Asks where to, and writes in the io lane."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from bitspec_gui.services.atomic_text import replacing, replacing_file
from bitspec_gui.services.explanation_files import write_explanation
from bitspec_gui.services.explanation_report import ExplanationReportContent
from bitspec_gui.services.explanation_report_html import explanation_report_html
from bitspec_gui.ui.explanation_pdf import write_explanation_pdf
from bitspec_gui.ui.exporting import PICTURE_FILTERS, file_stem
from bitspec_gui.ui.report_export import REPORT_FILTERS, SaveDialog
from bitspec_gui.workers.runner import Runner

SCORE_FILTERS = {".json": "JSON (*.json)", ".csv": "CSV (*.csv)"}

Picture = Callable[[str], bytes]
"""Gives the heat map as it is shown, in the format of a suffix such as ``.svg``; called in the GUI thread."""


class ExplanationExport(QObject):
    """Writes explanations; the dialogs do not block.

    Parameters
    ----------
    window : QWidget
        Parent of the dialogs.
    runner : Runner
    """

    told = Signal(str)
    failed = Signal(object)
    folder_changed = Signal(str)

    def __init__(self, window: QWidget, runner: Runner) -> None:
        super().__init__(window)
        self._window, self._runner = window, runner

    def ask(self, content: ExplanationReportContent, folder: str = "") -> None:
        """Ask where to, and write a report (PDF, HTML) or the scores (JSON, CSV)."""
        self._ask(self.tr("Export explanation"), {**REPORT_FILTERS, **SCORE_FILTERS}, content, folder)

    def ask_report(self, content: ExplanationReportContent, folder: str = "") -> None:
        """Ask where to, and write a report: PDF or HTML."""
        self._ask(self.tr("Write report"), REPORT_FILTERS, content, folder)

    def ask_scores(self, content: ExplanationReportContent, folder: str = "") -> None:
        """Ask where to, and write scores of atoms and bonds: JSON or CSV."""
        self._ask(self.tr("Export scores"), SCORE_FILTERS, content, folder)

    def ask_picture(self, content: ExplanationReportContent, picture: Picture, folder: str = "") -> None:
        """Ask where to, and write the heat map as it is shown: PNG, SVG or PDF."""
        dialog = SaveDialog(self._window, self.tr("Save picture"), folder, _stem(content), PICTURE_FILTERS)

        def chosen(path: Path) -> None:
            self.folder_changed.emit(str(path.parent))
            self.export_picture(picture, path)

        dialog.chosen.connect(chosen)
        dialog.open()

    def export(self, content: ExplanationReportContent, path: Path) -> None:
        """Write a report (.pdf, .html) or scores (.json, .csv); of several methods the scores of each in a file of its own."""
        self._submit(path, _write, content)

    def export_picture(self, picture: Picture, path: Path) -> None:
        """Write the heat map in the format of the suffix."""
        self._submit(path, _write_bytes, picture(path.suffix.lower()))

    def _ask(self, title: str, filters: Mapping[str, str], content: ExplanationReportContent, folder: str) -> None:
        dialog = SaveDialog(self._window, title, folder, _stem(content), filters)

        def chosen(path: Path) -> None:
            self.folder_changed.emit(str(path.parent))
            self.export(content, path)

        dialog.chosen.connect(chosen)
        dialog.open()

    def _submit(self, path: Path, work: Callable[..., list[Path]], content: object) -> None:
        def done(written: list[Path]) -> None:
            self.told.emit(self.tr("Written: %1").replace("%1", ", ".join(map(str, written))))

        self._runner.submit(
            "io",
            work,
            path,
            content,
            title=self.tr("Writing %1").replace("%1", path.name),
            on_done=done,
            on_error=self.failed.emit,
        )


def _stem(content: ExplanationReportContent) -> str:
    """What the file may be called: molecule, peak and method."""
    request = content.explanation.request
    peak = "spectrum" if request.mz is None else f"mz {request.mz}"
    return file_stem(f"{content.name} {peak} {' and '.join(info.key for info, *_ in content.results)}")


def _write(path: Path, content: ExplanationReportContent) -> list[Path]:
    """Write what the suffix asks for; returns the files."""
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        write_explanation_pdf(content, path)
        return [path]
    if suffix == ".html":
        with replacing(path) as stream:
            stream.write(explanation_report_html(content))
        return [path]
    written = []
    for place, (info, explanation, measured) in enumerate(content.results):
        target = path if place == 0 else path.with_name(f"{path.stem} {info.key} {place + 1}{path.suffix}")
        write_explanation(target, explanation, info, measured, content.prediction)
        written.append(target)
    return written


def _write_bytes(path: Path, picture: bytes) -> list[Path]:
    with replacing_file(path) as temporary:
        temporary.write_bytes(picture)
    return [path]
