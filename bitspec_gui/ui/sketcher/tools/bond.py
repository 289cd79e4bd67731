"""The bond tools: a click sprouts, a drag draws, a click on a bond changes it."""

from __future__ import annotations

from bitspec_gui.domain.sketch import BondStyle, Sketch
from bitspec_gui.sketch.edits import cycle_order, cycle_wedge, draw_bond, set_bond, sprout
from bitspec_gui.sketch.geometry import ahead, snapped
from bitspec_gui.ui.sketcher.tools.tool import FIRST_BOND_DEG, Paper, Point, Pointer, Tool, tr


class DrawingTool(Tool):
    """A tool whose drags draw a bond, or something at the end of one, and show it on the way; on a bond they draw nothing."""

    def drag(self, at: Pointer) -> None:
        """Show what would be drawn."""
        if self.start is not None and self.start.picked.bond is None:
            self.paper.show_preview(self.drawn(self.start, at)[0])

    def drawn(self, start: Pointer, at: Pointer) -> tuple[Sketch, int]:
        """The sketch with what a stroke from `start` to `at` draws, and the atom it leads to."""
        raise NotImplementedError


class BondTool(DrawingTool):
    """Draws bonds of one order and style."""

    def __init__(self, paper: Paper, order: int = 1, style: BondStyle = BondStyle.PLAIN) -> None:
        super().__init__(paper)
        self.order, self.style = order, style

    def release(self, at: Pointer, *, clicked: bool) -> None:
        """Draw the bond, sprout one, or change the one that was clicked."""
        start = self.start
        if start is None:
            return
        if start.picked.bond is not None:
            changed = self._clicked_bond(start.picked.bond) if at.picked == start.picked else self.sketch
            self.finish(changed, tr("Change bond"))
        elif clicked and start.picked.atom is not None:
            sketch, atom = sprout(self.sketch, start.picked.atom, order=self.order, style=self.style)
            self.finish(sketch, tr("Draw bond"), atom=atom)
        elif clicked:
            end = ahead(*start.place, FIRST_BOND_DEG)
            sketch, atom = draw_bond(self.sketch, start.place, end, self.order, self.style)
            self.finish(sketch, tr("Draw bond"), atom=atom)
        else:
            sketch, atom = self.drawn(start, at)
            self.finish(sketch, tr("Draw bond"), atom=atom)

    def _clicked_bond(self, key: int) -> Sketch:
        bond = self.sketch.bonds[key]
        if self.style in (BondStyle.WEDGE, BondStyle.HASH):
            return cycle_wedge(self.sketch, key, self.style)
        if self.style is not BondStyle.PLAIN:
            same = bond.style is self.style
            return set_bond(self.sketch, (key,), bond.order if same else 1, BondStyle.PLAIN if same else self.style)
        if self.order == 1:
            # A wedge becomes a plain bond before its order is touched.
            return cycle_order(self.sketch, key) if bond.style is BondStyle.PLAIN else set_bond(self.sketch, (key,), 1)
        return set_bond(self.sketch, (key,), 1 if bond.order == self.order else self.order)

    def drawn(self, start: Pointer, at: Pointer) -> tuple[Sketch, int]:
        """The sketch with the bond, and the atom it leads to."""
        begin: int | Point = start.place if start.picked.atom is None else start.picked.atom
        return draw_bond(self.sketch, begin, end_of(self.sketch, start, at), self.order, self.style)


def end_of(sketch: Sketch, start: Pointer, at: Pointer) -> int | Point:
    """Where a bond that is dragged ends: the atom under the pointer, or a point in steps of direction and length."""
    if at.picked.atom is not None and at.picked.atom != start.picked.atom:
        return at.picked.atom
    return snapped(*start_of(sketch, start), at.x, at.y, free=at.loose)


def start_of(sketch: Sketch, start: Pointer) -> Point:
    """Where a stroke begins: the middle of the atom under the pointer, else just there."""
    if start.picked.atom is None:
        return start.place
    atom = sketch.atoms[start.picked.atom]
    return atom.x, atom.y
