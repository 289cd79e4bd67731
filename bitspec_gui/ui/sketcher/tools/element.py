"""The element tools: a click changes an atom or places one, a drag draws a bond to one."""

from __future__ import annotations

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.edits import add_atom, draw_bond, set_element
from bitspec_gui.ui.sketcher.tools.bond import DrawingTool, end_of
from bitspec_gui.ui.sketcher.tools.tool import Paper, Pointer, tr


class ElementTool(DrawingTool):
    """Places atoms of one element."""

    opens_text = True

    def __init__(self, paper: Paper, symbol: str) -> None:
        super().__init__(paper)
        self.symbol = symbol

    def release(self, at: Pointer, *, clicked: bool) -> None:
        """Change the atom, place one, or draw a bond to one."""
        start = self.start
        if start is None:
            return
        atom = start.picked.atom
        if clicked and atom is not None:
            self.finish(set_element(self.sketch, (atom,), self.symbol), tr("Change element"), atom=atom)
        elif start.picked.bond is not None:
            self.cancel()
        else:
            sketch, placed = self.drawn(start, start if clicked else at)
            self.finish(sketch, tr("Place atom"), atom=placed)

    def drawn(self, start: Pointer, at: Pointer) -> tuple[Sketch, int]:
        """The sketch with the atom where it would be, with its bond if the stroke began at an atom; and that atom."""
        if start.picked.atom is None:
            return add_atom(self.sketch, at.x, at.y, self.symbol)
        end = end_of(self.sketch, start, at)
        return draw_bond(self.sketch, start.picked.atom, end, 1, symbol=self.symbol)
