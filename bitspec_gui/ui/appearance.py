"""How the window looks: theme and font as the settings say, changed at once when the preferences or the system change."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from bitspec_gui.config.settings import Settings
from bitspec_gui.ui.actions import Actions, paint_icons
from bitspec_gui.ui.dialogs.preferences import PreferencesDialog
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.theme import application, apply_theme
from bitspec_gui.ui.thumbnails import Thumbnails
from bitspec_gui.ui.window_memory import WindowMemory


class Appearance(QObject):
    """Puts the theme on; `override` is a theme asked for at the start, which holds until another is chosen."""

    def __init__(
        self,
        window: QWidget,
        memory: WindowMemory,
        state: WindowState,
        actions: Actions,
        thumbnails: Thumbnails,
        override: str | None,
    ) -> None:
        super().__init__(window)
        self._window, self._memory, self._state = window, memory, state
        self._actions, self._thumbnails, self._override = actions, thumbnails, override

    def apply(self) -> None:
        """Theme and font as the settings say."""
        settings = self._memory.settings
        colours = apply_theme(application(), self._override or settings.theme, settings.font_size_pt)
        paint_icons(self._actions, colours.text)
        self._thumbnails.set_dark(colours.dark)
        self._state.set_colours(colours)

    def system_changed(self) -> None:
        """Follow the system from light to dark and back, if that is wished for."""
        if (self._override or self._memory.settings.theme) == "system":
            self.apply()

    def ask(self) -> None:
        """Open the preferences."""
        dialog = PreferencesDialog(self._memory.settings, self._window)
        dialog.accepted.connect(lambda: self._take(dialog.chosen))
        dialog.open()

    def _take(self, chosen: Settings) -> None:
        if chosen.theme != self._memory.settings.theme:
            self._override = None
        self._memory.take(chosen)
        self.apply()
