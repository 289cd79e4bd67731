"""The ring tools: a click puts a ring on paper, fuses it to a bond or hangs it on an atom; a drag turns it."""

from __future__ import annotations

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.geometry import direction
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.sketch.rings import ring_at
from bitspec_gui.ui.sketcher.tools.bond import start_of
from bitspec_gui.ui.sketcher.tools.tool import Paper, Point, Pointer, Tool, tr

TURN_STEP_DEG = 15


class RingTool(Tool):
    """Draws rings of one kind; with Shift an atom becomes a corner of the ring instead of bearing it (spiro)."""

    def __init__(self, paper: Paper, template: str) -> None:
        super().__init__(paper)
        self.template = template

    def hover(self, at: Pointer) -> None:
        """Show the ring as a ghost where a click would put it on an atom or bond."""
        on_something = at.picked.atom is not None or at.picked.bond is not None
        self.paper.show_preview(self._ring(at, None) if on_something else None)

    def leave(self) -> None:
        """Take the ghost away."""
        self.paper.show_preview(None)

    def drag(self, at: Pointer) -> None:
        """Turn the ring with the pointer."""
        if self.start is not None:
            self.paper.show_preview(self._ring(self.start, self._angle(self.start, at)))

    def release(self, at: Pointer, *, clicked: bool) -> None:
        """Draw the ring."""
        if self.start is None:
            return
        sketch = self._ring(self.start, None if clicked else self._angle(self.start, at))
        added = sketch.atoms.keys() - self.sketch.atoms.keys()
        self.finish(sketch, tr("Draw ring"), atom=max(added, default=None))

    def _ring(self, start: Pointer, angle: float | None) -> Sketch:
        target: Picked | Point = start.place
        if start.picked.atom is not None or start.picked.bond is not None:
            target = start.picked
        return ring_at(self.sketch, self.template, target, angle, spiro=start.shift)

    def _angle(self, start: Pointer, at: Pointer) -> float:
        degrees = direction(*start_of(self.sketch, start), at.x, at.y)
        return degrees if at.loose else TURN_STEP_DEG * round(degrees / TURN_STEP_DEG)
