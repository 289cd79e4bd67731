"""What the window remembers from one start to the next: where it stood, what it showed, which files were opened."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QTimer, Signal
from PySide6.QtWidgets import QMainWindow

from bitspec_gui.config.settings import MAX_RECENT_FILES, Settings, SettingsStore
from bitspec_gui.domain.errors import MoleculeError, SettingsError
from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.as_text import as_text, from_text
from bitspec_gui.ui.session import Session
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.views.content import LabelMode

KEEP_AFTER_MS = 2000
"""How long after the last change settings are saved."""

_log = logging.getLogger(__name__)


class WindowMemory(QObject):
    """The settings in use, those that the store has loaded last, saved now and then, so that a crash loses little."""

    told = Signal(str)
    files_changed = Signal(tuple)

    def __init__(
        self, store: SettingsStore, settings: Settings, state: WindowState, session: Session, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self._store, self._state, self._session, self._window = store, state, session, window
        self._drawn: Sketch | None = None
        self.settings = settings
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_AFTER_MS)
        self._timer.timeout.connect(self.keep)
        state.label_threshold_percent = self.settings.label_threshold_percent
        state.label_mode = LabelMode(self.settings.label_words)

    @property
    def problem(self) -> str | None:
        """What was wrong with the settings file, as a sentence."""
        return self._store.problem

    @property
    def drawing(self) -> Sketch | None:
        """The drawing of the last session, None if there was none or it cannot be read."""
        if not self.settings.last_drawing:
            return None
        try:
            return from_text(self.settings.last_drawing)
        except MoleculeError as error:
            _log.warning("The drawing of the last session is not shown: %s", error)
            return None

    def remember_drawing(self, sketch: Sketch) -> None:
        """What is drawn, in whatever state."""
        self._drawn = sketch
        self.keep_soon()

    def keep_soon(self) -> None:
        """Save after a pause."""
        self._timer.start()

    def stop(self) -> None:
        """Save no more by itself (the window closes)."""
        self._timer.stop()

    def keep(self) -> None:
        """Save where the window stands and what it shows."""
        self._timer.stop()
        shown = self._state.prediction
        self.take(
            replace(
                self.settings,
                window_geometry=_base64(self._window.saveGeometry()),
                window_state=_base64(self._window.saveState()),
                label_threshold_percent=self._state.label_threshold_percent,
                label_words=self._state.label_mode.value,
                last_drawing=self.settings.last_drawing if self._drawn is None else as_text(self._drawn) if self._drawn else "",
                kept_molecules=self._session.lines,
                last_molecule=shown.molecule.smiles if shown is not None else self.settings.last_molecule,
            )
        )

    def take(self, settings: Settings) -> None:
        """Use and save settings; what cannot be saved is told and never prevents anything."""
        self.settings = settings
        try:
            self._store.save(settings)
        except SettingsError as error:
            _log.warning("%s", error)
            self.told.emit(str(error))

    def restore_window(self) -> None:
        """Put window and docks where they stood."""
        if self.settings.window_geometry:
            self._window.restoreGeometry(QByteArray.fromBase64(self.settings.window_geometry.encode()))
        if self.settings.window_state:
            self._window.restoreState(QByteArray.fromBase64(self.settings.window_state.encode()))

    def remember_files(self, paths: list[Path]) -> None:
        """Files that were opened head the recent ones."""
        new = [str(path) for path in paths[:3]]
        kept = [file for file in self.settings.recent_files if file not in new]
        self.settings = replace(self.settings, recent_files=tuple([*new, *kept][:MAX_RECENT_FILES]))
        self.files_changed.emit(self.settings.recent_files)
        self.keep_soon()

    def remember_whether_drawing(self, shown: bool) -> None:
        """Whether the drawing is shown beside the spectrum."""
        self.settings = replace(self.settings, drawing_shown=shown)
        self.keep_soon()

    def remember_unknowns(self, files: tuple[str, ...]) -> None:
        """Files whose spectra are to be identified."""
        if files != self.settings.unknown_files:
            self.settings = replace(self.settings, unknown_files=files)
            self.keep_soon()

    def remember_folder(self, folder: str) -> None:
        """Where the next file dialog begins."""
        self.settings = replace(self.settings, last_folder=folder)


def _base64(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode()
