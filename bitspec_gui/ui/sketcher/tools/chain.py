"""The chain tool: a drag draws a zigzag of carbons, counted beside the pointer."""

from __future__ import annotations

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.chains import add_chain, chain_points
from bitspec_gui.sketch.geometry import best_direction
from bitspec_gui.ui.sketcher.tools.bond import BondTool, start_of
from bitspec_gui.ui.sketcher.tools.tool import Point, Pointer, tr


class ChainTool(BondTool):
    """Draws chains; a click is that of the single bond."""

    def drag(self, at: Pointer) -> None:
        """Show the chain and how many atoms it adds."""
        if self.start is not None and self.start.picked.bond is None:
            sketch, _last, points = self._chain(self.start, at)
            self.paper.show_preview(sketch)
            # On paper the first atom is new, too.
            count = len(points) + (self.start.picked.atom is None)
            self.paper.show_words(str(count), at.place)

    def release(self, at: Pointer, *, clicked: bool) -> None:
        """Draw the chain."""
        start = self.start
        if clicked or start is None or start.picked.bond is not None:
            super().release(at, clicked=clicked)
            return
        sketch, last, _points = self._chain(start, at)
        self.finish(sketch, tr("Draw chain"), atom=last)

    def _chain(self, start: Pointer, at: Pointer) -> tuple[Sketch, int, list[Point]]:
        begin: int | Point = start.place if start.picked.atom is None else start.picked.atom
        first = None if start.picked.atom is None else best_direction(self.sketch, start.picked.atom)
        points = chain_points(start_of(self.sketch, start), at.place, first)
        return (*add_chain(self.sketch, begin, points), points)
