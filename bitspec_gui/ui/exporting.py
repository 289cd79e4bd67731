"""Saving spectra, pictures and texts, and copying by focus."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.errors import ExportError
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.export import peaks_as_tsv, record_of, write_predictions, write_spectrum
from bitspec_gui.ui.views.picture import image_of, picture_bytes, picture_suffix
from bitspec_gui.ui.views.spectrum_view import SpectrumView
from bitspec_gui.workers.runner import Runner

SPECTRUM_FILTERS = {".msp": "MSP (*.msp)", ".jdx": "JCAMP-DX (*.jdx)", ".csv": "CSV (*.csv)", ".json": "JSON (*.json)"}
PICTURE_FILTERS = {".png": "PNG (*.png)", ".svg": "SVG (*.svg)", ".pdf": "PDF (*.pdf)"}


class ExportFlow(QObject):
    """Asks for a file name in the GUI thread, writes in the io lane."""

    told = Signal(str)
    failed = Signal(object)
    folder_changed = Signal(str)

    def __init__(self, window: QWidget, runner: Runner) -> None:
        super().__init__(window)
        self._window, self._runner = window, runner

    def ask_and_export(
        self, shown: SpectrumRecord | Prediction, view: SpectrumView, folder: str, *, picture_first: bool = False
    ) -> None:
        """Ask where to, and write the spectrum or the view in the format of the chosen name."""
        record = record_of(shown) if isinstance(shown, Prediction) else shown
        filters = {**PICTURE_FILTERS, **SPECTRUM_FILTERS} if picture_first else {**SPECTRUM_FILTERS, **PICTURE_FILTERS}
        suggestion = str(Path(folder) / (file_stem(record.name or record.formula or "spectrum") + next(iter(filters))))
        name, kind = QFileDialog.getSaveFileName(self._window, self.tr("Export"), suggestion, ";;".join(filters.values()))
        if not name:
            return
        path = Path(name)
        if path.suffix.lower() not in filters:
            path = path.with_name(path.name + next((suffix for suffix, text in filters.items() if text == kind), ".msp"))
        self.folder_changed.emit(str(path.parent))
        self.export(shown, view, path)

    def export(self, shown: SpectrumRecord | Prediction, view: SpectrumView, path: Path) -> None:
        """Write the spectrum (.msp, .jdx, .csv, .json), with what its peaks are made of, or the view (.png, .svg, .pdf)."""
        suffix = picture_suffix(path)
        if suffix is not None:
            content = picture_bytes(view, suffix)
            self._submit(path, _write_bytes, path, content)
        else:
            self._submit(path, _write_shown, path, shown)

    def save_text(self, path: Path, text: str) -> None:
        """Write a text."""
        self._submit(path, _write_bytes, path, text.encode("utf-8"))

    def copy_picture(self, view: SpectrumView) -> str:
        """Copy the view as a picture, its peaks as text beside it; returns what was copied in words."""
        if view.content is None:
            return ""
        data = QMimeData()
        data.setImageData(image_of(view))
        data.setText(peaks_as_tsv(view.content.top))
        QGuiApplication.clipboard().setMimeData(data)
        return self.tr("Spectrum copied as a picture")

    def _submit(self, path: Path, work: object, *args: object) -> None:
        assert callable(work)
        self._runner.submit(
            "io",
            work,
            *args,
            title=self.tr("Writing %1").replace("%1", path.name),
            on_done=lambda _nothing: self.told.emit(self.tr("Written: %1").replace("%1", str(path))),
            on_error=self.failed.emit,
        )


def copy_text_of(widget: QWidget | None) -> bool:
    """Copy the selected text of a text field that has the focus; False if it is none."""
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
        widget.copy()
        return True
    return False


def file_stem(name: str) -> str:
    """A file name made of a compound's name."""
    kept = "".join(letter if letter.isalnum() or letter in "-_ " else "_" for letter in name)[:60].strip()
    return kept or "spectrum"


def _write_shown(path: Path, shown: SpectrumRecord | Prediction) -> None:
    """Write a spectrum in the format of the suffix; in the io lane."""
    if isinstance(shown, Prediction):
        write_predictions([shown], path, annotated=bool(shown.annotations))
    else:
        write_spectrum(path, shown)


def _write_bytes(path: Path, content: bytes) -> None:
    """Write to a file beside it first, so that a full disk leaves an old file whole; in the io lane."""
    try:
        with new_file_for(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        reason = error.strerror or error
        raise ExportError(
            f"{path} could not be written ({reason}). Check the free space and the folder's permissions."
        ) from error
