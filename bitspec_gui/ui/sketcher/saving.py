"""Saving the drawing as a picture: asks where to, and writes in the io lane."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.services.atomic_text import replacing_file
from bitspec_gui.ui.sketcher.picture import picture_bytes
from bitspec_gui.workers.runner import Runner

Rings = Sequence[tuple[int, ...]]
FILTERS = {".svg": "SVG (*.svg)", ".png": "PNG (*.png)", ".pdf": "PDF (*.pdf)"}


class PictureSaving(QObject):
    """Asks and writes."""

    told = Signal(str)
    failed = Signal(object)
    folder_changed = Signal(str)

    def __init__(self, runner: Runner, window: QWidget) -> None:
        super().__init__(window)
        self._runner, self._window = runner, window
        self.folder = ""
        self.stem = "structure"

    def ask(self, sketch: Sketch, rings: Rings = ()) -> None:
        """Ask for a file name, and write the drawing, `rings` with circles, in its format."""
        if not sketch:
            self.told.emit(self.tr("There is nothing to save: nothing is drawn."))
            return
        suggestion = str(Path(self.folder) / f"{self.stem}.svg")
        name, kind = QFileDialog.getSaveFileName(self._window, self.tr("Save picture"), suggestion, ";;".join(FILTERS.values()))
        if not name:
            return
        path = Path(name)
        if path.suffix.lower() not in FILTERS:
            path = path.with_name(path.name + next((suffix for suffix, text in FILTERS.items() if text == kind), ".svg"))
        self.folder = str(path.parent)
        self.folder_changed.emit(self.folder)
        self.save(sketch, path, rings)

    def save(self, sketch: Sketch, path: Path, rings: Rings = ()) -> None:
        """Write the drawing, `rings` with circles, as .svg, .png or .pdf."""
        self._runner.submit(
            "io",
            _write,
            path,
            picture_bytes(sketch, path.suffix.lower(), aromatic_rings=rings),
            title=self.tr("Writing %1").replace("%1", path.name),
            on_done=lambda _nothing: self.told.emit(self.tr("Written: %1").replace("%1", str(path))),
            on_error=self.failed.emit,
        )


def _write(path: Path, content: bytes) -> None:
    """Write whole or not at all; in the io lane."""
    with replacing_file(path) as temporary:
        temporary.write_bytes(content)
