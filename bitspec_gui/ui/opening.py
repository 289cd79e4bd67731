"""What to do with files and text that were dropped, pasted or opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal

from bitspec_gui.domain.molecule import MOL2_START, is_block
from bitspec_gui.services.dropped_files import DroppedFiles, sort_dropped
from bitspec_gui.services.unknowns import looks_like_peaks
from bitspec_gui.ui.panels.molecule_input import holds_drawing, local_paths, molecule_text
from bitspec_gui.ui.sketcher.clipboard import OWN_TYPE
from bitspec_gui.workers.runner import Runner

KINDS_OF_FILES = (
    "*.mol *.sdf *.sd *.mol2 *.cdx *.cdxml *.smi *.inchi *.csv *.tsv *.txt *.msp *.msl *.jdx *.dx *.jcamp *.mgf *.cdf *.nc "
    "*.mzml *.mzxml *.ms *.zip *.gz *.bitspec"
)
"""Names that the files to open usually have; what is in them is found out by reading."""


def holds_something(data: QMimeData) -> bool:
    """Whether there is anything that BitSpec could take."""
    return bool(local_paths(data)) or holds_drawing(data) or bool(molecule_text(data).strip())


def _is_for_drawing(data: QMimeData) -> bool:
    """Whether the drawing understands more of it than text could say: a drawing of another program, or several structures."""
    if data.hasFormat(OWN_TYPE):
        return False
    if holds_drawing(data):
        return True
    text = data.text() if data.hasText() else ""
    if is_block(text):
        return text.count("$$$$") > 1 or text.count(MOL2_START) > 1
    return "inchi=" not in text.lower()[:20] and len([line for line in text.splitlines() if line.strip()]) > 1


class OpeningFlow(QObject):
    """Sorts what comes in, beside the window, and hands it on by signals.

    `drawing_found` brings the `QMimeData` of a drop or the clipboard that is to be drawn.
    """

    drawing_found = Signal(object)
    text_found = Signal(str)
    molecules_found = Signal(object)
    collections_found = Signal(object)
    spectra_found = Signal(object)
    runs_found = Signal(object)
    models_found = Signal(object)
    peaks_found = Signal(str)
    opened = Signal(object)
    told = Signal(str, str)
    failed = Signal(object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner

    def take(self, data: QMimeData) -> bool:
        """Take a drop or a paste: files first, then peaks, drawings and text; False if there was nothing in it."""
        paths = local_paths(data)
        if paths:
            self.open(paths)
            return True
        peaks = data.text() if data.hasText() else ""
        if looks_like_peaks(peaks):
            self.peaks_found.emit(peaks)
            return True
        if _is_for_drawing(data):
            self.drawing_found.emit(data)
            return True
        text = molecule_text(data)
        if text.strip():
            self.text_found.emit(text)
            return True
        return False

    def open(self, paths: Sequence[Path]) -> None:
        """Open files and folders, whatever they are."""
        self._runner.submit("open", sort_dropped, list(paths), on_done=self._sorted, on_error=self.failed.emit)
        self.opened.emit(list(paths))

    def _sorted(self, found: DroppedFiles) -> None:
        if found.molecules:
            self.molecules_found.emit(found.molecules)
        if found.collections:
            self.collections_found.emit(list(found.collections))
        if found.libraries:
            self.spectra_found.emit(list(found.libraries))
        if found.runs:
            self.runs_found.emit(list(found.runs))
        if found.models:
            self.models_found.emit(list(found.models))
        sentences = [str(problem) for problem in found.problems]
        if sentences:
            more = len(sentences) - 3
            shown = sentences[:3] + ([self.tr("And %1 more.").replace("%1", str(more))] if more > 0 else [])
            self.told.emit("\n".join(shown), "\n".join(sentences) if more > 0 else "")
