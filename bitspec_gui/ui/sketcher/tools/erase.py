"""The eraser: a click takes an atom or bond away, a drag all that it goes over."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt

from bitspec_gui.sketch.edits import delete
from bitspec_gui.sketch.picking import Picked, nearest
from bitspec_gui.ui.sketcher.tools.tool import Paper, Pointer, Tool, tr

STEP = 0.15
"""How densely (bond lengths) the way of the eraser is looked at: the mouse may move in leaps."""


class EraseTool(Tool):
    """Erases."""

    cursor = Qt.CursorShape.PointingHandCursor

    def __init__(self, paper: Paper) -> None:
        super().__init__(paper)
        self._left = paper.editor.sketch
        self._last = (0.0, 0.0)

    def press(self, at: Pointer) -> None:
        """Begin with what lies under the pointer."""
        super().press(at)
        self._left, self._last = self.sketch, at.place
        self._rub(at.picked)

    def drag(self, at: Pointer) -> None:
        """Erase what lies on the way."""
        if self.start is None:
            return
        (x0, y0), self._last = self._last, at.place
        steps = max(1, math.ceil(math.hypot(at.x - x0, at.y - y0) / STEP))
        for i in range(1, steps + 1):
            x, y = x0 + (at.x - x0) * i / steps, y0 + (at.y - y0) * i / steps
            self._rub(nearest(self._left, x, y, reach=2 * STEP))

    def release(self, at: Pointer, *, clicked: bool) -> None:
        """Make it one step."""
        if self.start is not None:
            self.finish(self._left, tr("Erase"))

    def _rub(self, picked: Picked) -> None:
        if picked.atom is not None:
            self._left = delete(self._left, atoms=(picked.atom,))
        elif picked.bond is not None:
            self._left = delete(self._left, bonds=(picked.bond,))
        else:
            return
        self.paper.show_preview(self._left)
