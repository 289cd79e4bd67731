"""The selecting tools: click, box or lasso; drag what is selected, copy it, turn it."""

from __future__ import annotations

import math
from enum import Enum

from PySide6.QtCore import Qt

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.merging import merged
from bitspec_gui.sketch.picking import Picked, in_box, within
from bitspec_gui.sketch.transforms import components, inserted, moved, part, rotated
from bitspec_gui.ui.sketcher.editor import Selection
from bitspec_gui.ui.sketcher.tools.tool import Paper, Point, Pointer, Tool, tr

TURN_STEP_DEG = 15
LASSO_STEP = 0.08
"""Distance (bond lengths) between the points of a lasso."""


class _Doing(Enum):
    NOTHING = "nothing"
    OUTLINE = "outline"
    MOVING = "moving"
    TURNING = "turning"


class SelectTool(Tool):
    """Selects by clicks and by a box."""

    cursor = Qt.CursorShape.ArrowCursor
    opens_text = True

    def __init__(self, paper: Paper) -> None:
        super().__init__(paper)
        self._doing = _Doing.NOTHING
        self._centre: Point = (0.0, 0.0)
        self._way: list[Point] = []

    def press(self, at: Pointer) -> None:
        """Decide by what lies under the pointer what the stroke will do."""
        super().press(at)
        self._way = [at.place]
        centre = self.paper.rotation_centre(at.place)
        if centre is not None:
            self._doing, self._centre = _Doing.TURNING, centre
        elif at.picked == Picked():
            self._doing = _Doing.OUTLINE
        else:
            self._doing = _Doing.MOVING
            if not self._is_selected(at.picked) and not at.shift:
                self._select_one(at.picked)

    def drag(self, at: Pointer) -> None:
        """Show the outline, or what is selected where it would be."""
        if self._doing is _Doing.OUTLINE:
            self.paper.show_outline(self._outline(at))
        elif self._doing is _Doing.MOVING:
            self.paper.show_preview(self._moved(at)[0])
        elif self._doing is _Doing.TURNING:
            degrees = self._degrees(at)
            self.paper.show_preview(self._turned(degrees))
            self.paper.show_words(f"{degrees:.0f}°", at.place)

    def release(self, at: Pointer, *, clicked: bool) -> None:
        """Select, or make the movement one step."""
        start, doing = self.start, self._doing
        self._doing = _Doing.NOTHING
        if start is None:
            return
        if clicked:
            self.cancel()
            self._clicked(start)
        elif doing is _Doing.OUTLINE:
            inside = self._inside(at)
            self.cancel()
            self.editor.select_part(inside | self.editor.selection.atoms if at.shift else inside)
        elif doing is _Doing.MOVING:
            self._drop(at)
        elif doing is _Doing.TURNING:
            self.finish(self._turned(self._degrees(at)), tr("Turn"))

    def cancel(self) -> None:
        """Give the stroke up."""
        super().cancel()
        self._doing = _Doing.NOTHING

    def double_click(self, at: Pointer) -> bool:
        """On an atom: its text. On a bond: the whole part that it belongs to is selected."""
        if super().double_click(at):
            return True
        if at.picked.bond is not None:
            begin = self.sketch.bonds[at.picked.bond].begin
            self.editor.select_part(next(part for part in components(self.sketch) if begin in part))
        return True

    # Selecting
    def _is_selected(self, picked: Picked) -> bool:
        chosen = self.editor.selection
        return picked.atom in chosen.atoms or picked.bond in chosen.bonds

    def _select_one(self, picked: Picked) -> None:
        self.editor.set_selection(
            () if picked.atom is None else (picked.atom,),
            () if picked.bond is None else (picked.bond,),
        )
        self.editor.set_current(picked)

    def _clicked(self, start: Pointer) -> None:
        picked, chosen = start.picked, self.editor.selection
        if picked == Picked():
            if not start.shift:
                self.editor.set_selection()
        elif start.shift:
            self.editor.set_selection(
                chosen.atoms ^ ({picked.atom} if picked.atom is not None else set()),
                chosen.bonds ^ ({picked.bond} if picked.bond is not None else set()),
            )
            self.editor.set_current(picked)
        else:
            self._select_one(picked)

    def _outline(self, at: Pointer) -> list[Point]:
        (x0, y0), (x1, y1) = self._way[0], at.place
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]

    def _inside(self, at: Pointer) -> frozenset[int]:
        return in_box(self.sketch, *self._way[0], *at.place)

    # Moving and turning
    def _held(self) -> frozenset[int]:
        start = self.start
        chosen = self.editor.selection
        if start is not None and not self._is_selected(start.picked):
            chosen = Selection(
                chosen.atoms | ({start.picked.atom} if start.picked.atom is not None else set()),
                chosen.bonds | ({start.picked.bond} if start.picked.bond is not None else set()),
            )
        return chosen.atoms_with_ends(self.sketch)

    def _moved(self, at: Pointer) -> tuple[Sketch, frozenset[int]]:
        """The sketch with what is held where the pointer is (a copy of it with Ctrl or Alt), and the atoms that moved."""
        if self.start is None:
            return self.sketch, frozenset()
        dx, dy = at.x - self.start.x, at.y - self.start.y
        held = self._held()
        if at.loose:
            sketch, copies = inserted(self.sketch, part(self.sketch, held), dx, dy)
            return sketch, frozenset(copies)
        return moved(self.sketch, held, dx, dy), held

    def _drop(self, at: Pointer) -> None:
        sketch, held = self._moved(at)
        copied = at.loose
        self.finish(merged(sketch, held), tr("Copy part") if copied else tr("Move"))
        if copied:
            self.editor.select_part(held)

    def _degrees(self, at: Pointer) -> float:
        if self.start is None:
            return 0.0
        x, y = self._centre
        turn = math.degrees(math.atan2(at.y - y, at.x - x) - math.atan2(self.start.y - y, self.start.x - x))
        turn = (turn + 180) % 360 - 180
        return turn if at.loose else float(TURN_STEP_DEG * round(turn / TURN_STEP_DEG))

    def _turned(self, degrees: float) -> Sketch:
        return rotated(self.sketch, self.editor.selection.atoms_with_ends(self.sketch), degrees, self._centre)


class LassoTool(SelectTool):
    """Selects what a line is drawn around."""

    def _outline(self, at: Pointer) -> list[Point]:
        if math.dist(self._way[-1], at.place) >= LASSO_STEP:
            self._way.append(at.place)
        return [*self._way, at.place]

    def _inside(self, at: Pointer) -> frozenset[int]:
        return within(self.sketch, [*self._way, at.place])
