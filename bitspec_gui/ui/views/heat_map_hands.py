"""Mouse and keys on a heat map: atoms are picked by clicks, by a lasso, or walked to with the arrows."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from bitspec_gui.sketch.picking import Picked, nearest, within
from bitspec_gui.ui.sketcher.mouse import CLICK_PX, LEAST_REACH, LEAST_REACH_PX, MOST_REACH_PX, REACH
from bitspec_gui.ui.sketcher.tools.select import LASSO_STEP
from bitspec_gui.ui.sketcher.walking import Point, ahead_of, bond_ahead, place_of
from bitspec_gui.ui.views.heat_map_content import HeatMapContent

_ARROWS: dict[int, Point] = {
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}
_ADDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class Map(Protocol):
    """What mouse and keys may ask of the view."""

    @property
    def content(self) -> HeatMapContent:
        """What is shown."""

    @property
    def picked(self) -> frozenset[int]:
        """The picked atoms, by their place in the SMILES."""

    @property
    def bond_px(self) -> float:
        """Pixels per bond length."""

    def paper_point(self, place: QPointF) -> Point:
        """What place of the paper is at a point of the viewport."""

    def pan(self, by: QPointF) -> None:
        """Move the paper by so many pixels."""

    def pick(self, places: Collection[int]) -> None:
        """Pick these atoms, and tell."""

    def look_at(self, picked: Picked, at: QPointF | None) -> None:
        """Mark what the pointer is at, and tell its figures; with no point, what the keyboard is at."""

    def show_lasso(self, way: Collection[Point]) -> None:
        """Show the lasso so far; none takes it away."""

    def reveal(self, x: float, y: float) -> None:
        """Bring a place of the paper into sight."""


class MapMouse:
    """What the mouse does: a click picks an atom or both of a bond, a drag is a lasso, the middle button moves the paper."""

    def __init__(self, shown: Map) -> None:
        self._map = shown
        self._pressed: QPointF | None = None
        self._way: list[Point] = []
        self._panning: QPointF | None = None

    @property
    def within_stroke(self) -> bool:
        """Whether a stroke is under way."""
        return self._pressed is not None

    def cancel(self) -> None:
        """Give up what is under way."""
        self._pressed = self._panning = None
        self._way = []
        self._map.show_lasso(())

    def met(self, place: QPointF) -> Picked:
        """What lies at a point of the viewport."""
        bond_px = self._map.bond_px
        reach = min(max(REACH, LEAST_REACH_PX / bond_px), max(LEAST_REACH, MOST_REACH_PX / bond_px))
        return nearest(self._map.content.sketch, *self._map.paper_point(place), reach)

    def press(self, event: QMouseEvent) -> None:
        """Begin a click or a lasso, or move the paper; the right button gives a stroke up."""
        if event.button() == Qt.MouseButton.RightButton:
            self.cancel()
        elif event.button() == Qt.MouseButton.MiddleButton and not self.within_stroke:
            self._panning = event.position()
        elif event.button() == Qt.MouseButton.LeftButton and self._panning is None:
            self._pressed = event.position()
            self._way = []

    def move(self, event: QMouseEvent) -> None:
        """Go on with the stroke, or look at what lies under the pointer."""
        at = event.position()
        if (self._panning is not None or self.within_stroke) and not event.buttons():
            # The button was let go where nobody told of it, as over a menu.
            self.cancel()
        if self._panning is not None:
            self._map.pan(at - self._panning)
            self._panning = at
        elif self._pressed is None:
            self._map.look_at(self.met(at), at)
        elif self._way or _length(at - self._pressed) >= CLICK_PX:
            self._go_on(at)

    def release(self, event: QMouseEvent) -> None:
        """End the stroke: pick."""
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panning = None
            return
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        pressed, way = self._pressed, self._way
        self.cancel()
        content, picked = self._map.content, self._map.picked
        adds = bool(event.modifiers() & _ADDING)
        if way:
            inside = content.places_of(within(content.sketch, way))
            self._map.pick(picked | inside if adds else inside)
            return
        met = content.places_at(self.met(pressed))
        if not adds:
            self._map.pick(met)
        elif met:
            self._map.pick(toggled(picked, met))

    def _go_on(self, at: QPointF) -> None:
        if not self._way and self._pressed is not None:
            self._way = [self._map.paper_point(self._pressed)]
        here = self._map.paper_point(at)
        if math.dist(here, self._way[-1]) >= LASSO_STEP:
            self._way.append(here)
        self._map.show_lasso((*self._way, here))


class MapKeys:
    """What keys do: arrows walk from atom to atom (with Shift to a bond), Space and Return pick, Esc picks none."""

    def __init__(self, shown: Map) -> None:
        self._map = shown
        self.current = Picked()
        """The atom or bond where the keyboard is."""

    def uses(self, event: QKeyEvent) -> bool:
        """Whether a key means something here, and is to be kept from the window."""
        held, key = event.modifiers(), event.key()
        if not self._map.content.sketch:
            return False
        if key == Qt.Key.Key_Escape:
            return not held and bool(self._map.picked)
        if key in _ARROWS:
            return not held & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        plain = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Home, Qt.Key.Key_End)
        return key in plain and not held & ~Qt.KeyboardModifier.KeypadModifier

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key means; False if it means nothing here."""
        if not self.uses(event):
            return False
        key = event.key()
        if key in _ARROWS:
            self._walk(_ARROWS[key], to_bond=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Escape:
            self._map.pick(())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            ids = self._map.content.atom_ids
            if ids:
                self._go(Picked(atom=ids[0 if key == Qt.Key.Key_Home else -1]))
        elif not event.isAutoRepeat():
            here = self._map.content.places_at(self.current)
            self._map.pick(toggled(self._map.picked, here) if key == Qt.Key.Key_Space else here)
        return True

    def start(self) -> None:
        """The keyboard came: let it be at an atom."""
        content = self._map.content
        if place_of(content.sketch, self.current) is None:
            highest = content.explanation.order[:1] if content.explanation is not None else ()
            self.current = next(
                (Picked(atom=content.atom_ids[place]) for place in (*highest, *range(len(content.atom_ids)))), Picked()
            )
        self._map.look_at(self.current, None)

    def _walk(self, way: Point, *, to_bond: bool) -> None:
        sketch = self._map.content.sketch
        if place_of(sketch, self.current) is None:
            self.start()
        else:
            self._go((bond_ahead if to_bond else ahead_of)(sketch, self.current, way))

    def _go(self, picked: Picked) -> None:
        self.current = picked
        here = place_of(self._map.content.sketch, picked)
        if here is not None:
            self._map.reveal(*here)
        self._map.look_at(picked, None)


def toggled(picked: frozenset[int], some: frozenset[int]) -> frozenset[int]:
    """Take some atoms away if all of them are picked, else add them."""
    return picked - some if some <= picked else picked | some


def _length(way: QPointF) -> float:
    return math.hypot(way.x(), way.y())
