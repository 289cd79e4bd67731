"""The mouse on the drawing: strokes of the tool in hand, moving the paper, and looking at what lies under the pointer."""

from __future__ import annotations

import math
from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from bitspec_gui.sketch.picking import Picked, nearest
from bitspec_gui.ui.sketcher.tools.kinds import tool_of
from bitspec_gui.ui.sketcher.tools.select import SelectTool
from bitspec_gui.ui.sketcher.tools.tool import Paper, Point, Pointer

CLICK_PX = 4.0
"""A drag shorter than this is a click."""

REACH = 0.32
LEAST_REACH_PX, MOST_REACH_PX, LEAST_REACH = 6.0, 24.0, 0.1
"""How near to an atom or bond the pointer must be: `REACH` bond lengths, within these limits on the screen."""

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


class Desk(Paper, Protocol):
    """What the mouse may ask of the canvas."""

    @property
    def bond_px(self) -> float:
        """Pixels per bond length."""

    def viewport(self) -> QWidget:
        """What bears the cursor."""

    def paper_point(self, place: QPointF) -> Point:
        """What place of the paper is at a point of the viewport."""

    def pan(self, by: QPointF) -> None:
        """Move the paper by so many pixels."""

    def leave_keyboard(self) -> None:
        """Let keys be about what is under the pointer."""


class MouseHands:
    """What the mouse does. One thing at a time: what was begun goes on until its button is let go, or it is given up."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.tool = tool_of(desk.editor.tool, desk)
        self._pressed: QPointF | None = None
        self._dragging = False
        self._panning: QPointF | None = None
        self._panned_by = Qt.MouseButton.NoButton
        self._last_look: QPointF | None = None
        self._space_held = self._space_used = False
        self._show_cursor()

    @property
    def within_stroke(self) -> bool:
        """Whether a stroke is under way."""
        return self._pressed is not None

    @property
    def selects(self) -> bool:
        """Whether the tool in hand selects."""
        return isinstance(self.tool, SelectTool)

    def take(self, tool: str) -> None:
        """Take another tool."""
        self.cancel()
        self.tool.leave()
        self.tool = tool_of(tool, self._desk)
        self._show_cursor()

    def cancel(self) -> None:
        """Give up what is under way: the drawing stays as it was."""
        was_drawing, self._pressed, self._panning, self._dragging = self.within_stroke, None, None, False
        if was_drawing:
            self.tool.cancel()

    def pointer(self, place: QPointF, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> Pointer:
        """What lies at a point of the viewport, and the keys held."""
        x, y = self._desk.paper_point(place)
        bond_px = self._desk.bond_px
        reach = min(max(REACH, LEAST_REACH_PX / bond_px), max(LEAST_REACH, MOST_REACH_PX / bond_px))
        return Pointer(
            x,
            y,
            nearest(self._desk.editor.sketch, x, y, reach),
            shift=bool(held & Qt.KeyboardModifier.ShiftModifier),
            control=bool(held & Qt.KeyboardModifier.ControlModifier),
            alt=bool(held & Qt.KeyboardModifier.AltModifier),
        )

    # Buttons and movements
    def press(self, event: QMouseEvent) -> None:
        """Begin a stroke, or move the paper with the middle button or the space bar; the right button gives a stroke up."""
        button = event.button()
        if button == Qt.MouseButton.RightButton:
            self.cancel()
        elif self.within_stroke or self._panning is not None:
            return
        elif button == MIDDLE or (button == LEFT and self._space_held):
            self._panning, self._panned_by, self._space_used = event.position(), button, True
            self._show_cursor()
        elif button == LEFT:
            self._desk.leave_keyboard()
            self._pressed, self._dragging = event.position(), False
            self.tool.press(self.pointer(event.position(), event.modifiers()))

    def double_press(self, event: QMouseEvent) -> None:
        """Open the text entry or select a part, with tools that do so; else it is a second click."""
        at = self.pointer(event.position(), event.modifiers())
        if event.button() != LEFT or self._space_held or not self.tool.double_click(at):
            self.press(event)

    def move(self, event: QMouseEvent) -> None:
        """Go on with the stroke, or look at what lies under the pointer."""
        if self._panning is not None and event.buttons() & self._panned_by:
            self._desk.pan(event.position() - self._panning)
            self._panning = event.position()
            return
        if (self._panning is not None or self.within_stroke) and not event.buttons():
            # The button was let go where nobody told of it, as over a menu.
            self.cancel()
            self._show_cursor()
        at = self.pointer(event.position(), event.modifiers())
        if self._pressed is not None:
            off = event.position() - self._pressed
            self._dragging = self._dragging or math.hypot(off.x(), off.y()) >= CLICK_PX
            if self._dragging:
                self._desk.editor.set_hover(Picked(atom=at.picked.atom))
                self.tool.drag(at)
        elif event.globalPosition() != self._last_look:
            # Closing pop-ups and the like tell of movements that are none: the keyboard keeps its place then.
            self._last_look = event.globalPosition()
            self._desk.leave_keyboard()
            self.tool.hover(at)
            self._look(at)

    def release(self, event: QMouseEvent) -> None:
        """End the stroke."""
        if self._panning is not None:
            if event.button() == self._panned_by:
                self._panning = None
                self._show_cursor()
        elif event.button() == LEFT and self.within_stroke:
            clicked, self._pressed, self._dragging = not self._dragging, None, False
            self.tool.release(self.pointer(event.position(), event.modifiers()), clicked=clicked)
            # What lies there now may be new. A ring's ghost waits for the next movement.
            self._look(self.pointer(event.position(), event.modifiers()))

    def leave(self) -> None:
        """The pointer goes elsewhere; should it come back to the very same point, it has moved."""
        self._last_look = None
        if not self.within_stroke:
            self._desk.editor.set_hover(Picked())
            self.tool.leave()

    def _look(self, at: Pointer) -> None:
        self._desk.editor.set_hover(at.picked)
        if self.selects:
            over = Qt.CursorShape.SizeAllCursor if at.picked else self.tool.cursor
            on_handle = self._desk.rotation_centre(at.place) is not None
            self._desk.viewport().setCursor(Qt.CursorShape.PointingHandCursor if on_handle else over)

    # The space bar
    def hold_space(self) -> None:
        """The space bar is pressed: with it the mouse moves the paper."""
        self._space_held, self._space_used = True, False
        self._show_cursor()

    def let_space_go(self) -> bool:
        """The space bar is let go, or the keyboard is elsewhere; returns whether it was held and moved nothing."""
        unused, self._space_held = self._space_held and not self._space_used, False
        self._show_cursor()
        return unused

    def _show_cursor(self) -> None:
        shape = self.tool.cursor
        if self._panning is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._space_held:
            shape = Qt.CursorShape.OpenHandCursor
        self._desk.viewport().setCursor(shape)
