"""The text tool: a click on an atom or on paper, and an element or a group is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt

from bitspec_gui.ui.sketcher.tools.tool import Pointer, Tool


class TextTool(Tool):
    """Asks for the element or group at an atom, or on empty paper."""

    cursor = Qt.CursorShape.IBeamCursor
    opens_text = True

    def release(self, at: Pointer, *, clicked: bool) -> None:
        """Ask for the text."""
        start = self.start
        self.cancel()
        if start is None:
            return
        if start.picked.atom is not None:
            self.paper.ask_text(start.picked.atom)
        elif start.picked.bond is None:
            self.paper.ask_text(start.place)
