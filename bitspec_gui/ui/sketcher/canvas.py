"""The paper of the sketcher: mouse, wheel and keys go to the tool in hand, to the keyboard's hands, or move the view."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.geometry import bounds, centre
from bitspec_gui.sketch.picking import Picked, nearest
from bitspec_gui.ui.sketcher.editor import SketchEditor
from bitspec_gui.ui.sketcher.key_strokes import KeyStrokes
from bitspec_gui.ui.sketcher.keys import KeyMap
from bitspec_gui.ui.sketcher.overlay import HANDLE_REACH_PX, Overlay
from bitspec_gui.ui.sketcher.sight import Sight
from bitspec_gui.ui.sketcher.sketch_item import SketchItem
from bitspec_gui.ui.sketcher.spoken import words_on
from bitspec_gui.ui.sketcher.tools.kinds import tool_of
from bitspec_gui.ui.sketcher.tools.select import SelectTool
from bitspec_gui.ui.sketcher.tools.tool import Pointer
from bitspec_gui.ui.theme import Colours

CLICK_PX = 4.0
"""A drag shorter than this is a click."""

REACH = 0.32
LEAST_REACH_PX, MOST_REACH_PX = 6.0, 24.0
"""How near to an atom or bond the pointer must be: `REACH` bond lengths, within these limits on the screen."""


class SketchCanvas(Sight):
    """Where molecules are drawn. It is the `Paper` of the tools.

    ``text_wanted`` asks for the entry of an element or group, with the id of an atom or, on empty paper, a place ``(x, y)`` in
    bond lengths; ``menu_wanted`` for the context menu, with a point of the screen (what it is about is `SketchEditor.hover`).
    """

    text_wanted = Signal(object)
    menu_wanted = Signal(QPoint)
    copy_wanted = Signal()
    cut_wanted = Signal()
    paste_wanted = Signal()

    def __init__(self, editor: SketchEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sketchCanvas")
        self.setAccessibleName(self.tr("Drawing of the molecule"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        # Letters are strokes here, not words: an input method would swallow them.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._editor = editor
        self.item = SketchItem()
        self._scene.addItem(self.item)
        self._overlay = Overlay()
        self._strokes = KeyStrokes(self)
        self._keys = KeyMap(
            self._strokes,
            {
                "copy": self.copy_wanted.emit,
                "cut": self.cut_wanted.emit,
                "paste": self.paste_wanted.emit,
                "fit": self.fit_to_view,
                "zoom in": self.zoom_in,
                "zoom out": self.zoom_out,
            },
        )
        self._tool = tool_of(editor.tool, self)
        self._preview: Sketch | None = None
        self._pressed: QPointF | None = None
        self._dragging = False
        self._panning: QPointF | None = None
        self._panned_by = Qt.MouseButton.NoButton
        self._last_look: QPointF | None = None
        self._space_held = self._space_used = False
        self._fit_when_shown = False
        self.set_hint(self.tr("Click to draw a bond, paste a structure, or type a SMILES or a name above."))
        editor.changed.connect(self._sketch_changed)
        editor.replaced.connect(self.fit_to_view)
        editor.selection_changed.connect(self._selection_changed)
        editor.hover_changed.connect(self._hover_changed)
        editor.current_changed.connect(self.tell_current)
        editor.tool_changed.connect(self._tool_changed)
        self._sketch_changed(editor.sketch)
        self._show_cursor()
        self.tell_current()

    # What others ask of it
    @property
    def editor(self) -> SketchEditor:
        """The sketch and its history."""
        return self._editor

    @property
    def shown(self) -> Sketch:
        """The sketch as it is to be seen: within a stroke, what it would become."""
        return self._editor.sketch if self._preview is None else self._preview

    def set_colours(self, colours: Colours) -> None:
        """Paint in the colours of a theme."""
        self.item.set_colours(colours)
        self._overlay.colours = colours
        palette = self.viewport().palette()
        palette.setColor(QPalette.ColorRole.Base, colours.base)
        self.viewport().setPalette(palette)
        self.setBackgroundBrush(palette.brush(QPalette.ColorRole.Base))
        self.viewport().update()

    def set_hint(self, hint: str) -> None:
        """Say on empty paper what to do."""
        self._overlay.hint = hint
        self.viewport().update()

    def fit_to_view(self) -> None:
        """Show the whole drawing in the middle, with bonds of a comfortable length at most."""
        self._fit_when_shown = not self.isVisible()
        self.fit(*bounds(self._editor.sketch))

    def pointer_place(self) -> tuple[float, float] | None:
        """Where the mouse is on the paper, in bond lengths; None if it is elsewhere."""
        at = self.viewport().mapFromGlobal(self.cursor().pos())
        return self.paper_point(QPointF(at)) if self.viewport().rect().contains(at) else None

    def cancel_stroke(self) -> bool:
        """Give up what the mouse is at; False if it was not at anything."""
        self._panning = None
        if self._pressed is None:
            return False
        self._pressed, self._dragging = None, False
        self._tool.cancel()
        return True

    # What tools ask of it
    def show_preview(self, sketch: Sketch | None) -> None:
        """Show what the stroke would make of the sketch; None shows the sketch itself."""
        self._preview = None if sketch is self._editor.sketch else sketch
        self.item.set_preview(self._preview)
        self.viewport().update()

    def show_outline(self, points: Sequence[tuple[float, float]]) -> None:
        """Show the box or lasso that selects."""
        self._overlay.outline = tuple(points)
        self.viewport().update()

    def show_words(self, words: str, place: tuple[float, float]) -> None:
        """Show a few words beside the pointer; empty words take them away."""
        self._overlay.words, self._overlay.words_at = words, place
        self.viewport().update()

    def rotation_centre(self, place: tuple[float, float]) -> tuple[float, float] | None:
        """Centre to turn the selection about if its handle is at `place`."""
        handle = self._overlay.handle(self._editor.sketch, self.view_point)
        if handle is None:
            return None
        off = self.view_point(*place) - handle
        if math.hypot(off.x(), off.y()) > HANDLE_REACH_PX:
            return None
        return centre(self._editor.sketch, self._overlay.framed)

    def ask_text(self, target: int | tuple[float, float]) -> None:
        """Ask for the entry of an element or group."""
        self.text_wanted.emit(target)

    # What the editor tells
    def _sketch_changed(self, sketch: Sketch) -> None:
        # Undone from a menu while the mouse is held: what the stroke began with is gone.
        self.cancel_stroke()
        self._preview = None
        self.item.set_preview(None)
        self.item.set_sketch(sketch)
        self._frame_selection()
        self.tell_current()
        if sketch and not self._anything_in_sight():
            self.fit_to_view()

    def _anything_in_sight(self) -> bool:
        left, bottom, right, top = self.paper_in_sight()
        return any(left <= atom.x <= right and bottom <= atom.y <= top for atom in self._editor.sketch.atoms.values())

    def _selection_changed(self) -> None:
        chosen = self._editor.selection
        self.item.set_selection(chosen.atoms, chosen.bonds)
        self._frame_selection()

    def _frame_selection(self) -> None:
        selecting = isinstance(self._tool, SelectTool)
        self._overlay.framed = self._editor.selection.atoms_with_ends(self._editor.sketch) if selecting else frozenset()
        self.viewport().update()

    def _hover_changed(self) -> None:
        self.item.set_hover(self._editor.hover or None)

    def _tool_changed(self, name: str) -> None:
        self.cancel_stroke()
        self._tool.leave()
        self._tool = tool_of(name, self)
        self._show_cursor()
        self._frame_selection()

    def tell_current(self) -> None:
        """Show where the keyboard is, and say so to screen readers."""
        current = self._editor.current if self._strokes.walking else Picked()
        self._overlay.current = current if self.hasFocus() else Picked()
        words = words_on(self._editor.sketch, current)
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)
            # Readers look at a description when the focus comes; while walking it is to be said at once.
            if self._strokes.walking and QAccessible.isActive():
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
        self.viewport().update()

    # The mouse
    def _pointer(self, place: QPointF, held: Qt.KeyboardModifier) -> Pointer:
        x, y = self.paper_point(place)
        return Pointer(
            x,
            y,
            nearest(self._editor.sketch, x, y, self._reach()),
            shift=bool(held & Qt.KeyboardModifier.ShiftModifier),
            control=bool(held & Qt.KeyboardModifier.ControlModifier),
            alt=bool(held & Qt.KeyboardModifier.AltModifier),
        )

    def _reach(self) -> float:
        return min(max(REACH, LEAST_REACH_PX / self.bond_px), max(MOST_REACH_PX / self.bond_px, 0.1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke, or move the paper with the middle button or the space bar."""
        button = event.button()
        self.keep_place()
        if button == Qt.MouseButton.RightButton:
            self.cancel_stroke()
        elif self._pressed is not None or self._panning is not None:
            # One thing at a time: what began first goes on.
            event.accept()
        elif button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and self._space_held):
            self._panning, self._panned_by = event.position(), button
            self._space_used = True
            self._show_cursor()
        elif button == Qt.MouseButton.LeftButton:
            self._strokes.stop_walking()
            self._pressed, self._dragging = event.position(), False
            self._tool.press(self._pointer(event.position(), event.modifiers()))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the stroke, or look at what lies under the pointer."""
        held = event.buttons()
        if self._panning is not None and held & self._panned_by:
            self.pan(event.position() - self._panning)
            self._panning = event.position()
            return
        if (self._panning is not None or self._pressed is not None) and not held:
            # The button was let go where nobody told of it, as over a menu.
            self.cancel_stroke()
            self._show_cursor()
        at = self._pointer(event.position(), event.modifiers())
        if self._pressed is None:
            # Closing pop-ups and the like tell of movements that are none: the keyboard keeps its place then.
            if event.globalPosition() != self._last_look:
                self._strokes.stop_walking()
                self._look(at)
            self._last_look = event.globalPosition()
            return
        off = event.position() - self._pressed
        self._dragging = self._dragging or math.hypot(off.x(), off.y()) >= CLICK_PX
        if self._dragging:
            self._editor.set_hover(Picked(atom=at.picked.atom))
            self._tool.drag(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        if self._panning is not None:
            if event.button() == self._panned_by:
                self._panning = None
                self._show_cursor()
        elif event.button() == Qt.MouseButton.LeftButton and self._pressed is not None:
            clicked, self._pressed = not self._dragging, None
            self._dragging = False
            self._tool.release(self._pointer(event.position(), event.modifiers()), clicked=clicked)
            self._look(self._pointer(event.position(), event.modifiers()), ghosts=False)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the text entry or select a part, with tools that do so; else it is a second click."""
        if event.button() == Qt.MouseButton.LeftButton and not self._space_held:
            at = self._pointer(event.position(), event.modifiers())
            if self._tool.double_click(at):
                event.accept()
                return
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu; by the keyboard, for the atom or bond where it is."""
        self.cancel_stroke()
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            target = self._strokes.place()
            place = self.viewport().mapToGlobal(self.view_point(*target).toPoint())
            self._editor.set_hover(self._editor.current)
        else:
            self._editor.set_hover(self._pointer(QPointF(event.pos()), Qt.KeyboardModifier.NoModifier).picked)
        event.accept()
        self.menu_wanted.emit(place)

    def _look(self, at: Pointer, *, ghosts: bool = True) -> None:
        self._editor.set_hover(at.picked)
        if ghosts:
            self._tool.hover(at)
        if isinstance(self._tool, SelectTool):
            on_handle = self.rotation_centre(at.place) is not None
            inside = bool(at.picked)
            shape = Qt.CursorShape.SizeAllCursor if inside else self._tool.cursor
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if on_handle else shape)

    def _show_cursor(self) -> None:
        if self._panning is not None:
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space_held:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.viewport().setCursor(self._tool.cursor)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        if self._pressed is None and QApplication.activePopupWidget() is None:
            self._editor.set_hover(Picked())
            self._tool.leave()

    # The keyboard
    def event(self, event: QEvent) -> bool:
        """Keys that are used here are no shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Within a stroke no key means anything but here.
            if self._pressed is not None or self._keys.uses(event):
                event.accept()
                return True
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Draw with the keyboard."""
        if self._pressed is not None:
            # Within a stroke only Esc means anything: it gives the stroke up.
            if event.key() == Qt.Key.Key_Escape:
                self.cancel_stroke()
            event.accept()
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat():
                self._space_held, self._space_used = True, False
                self._show_cursor()
            event.accept()
        elif self._keys.press(event):
            self.keep_place()
            event.accept()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A space bar that moved nothing selects."""
        if event.key() == Qt.Key.Key_Space and self._space_held and not event.isAutoRepeat():
            self._space_held = False
            self._show_cursor()
            if not self._space_used:
                self._strokes.toggle_selected()
            event.accept()
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys go here."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._strokes.start_walking()
        self.tell_current()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget what keys were held."""
        super().focusOutEvent(event)
        self._space_held = False
        self._show_cursor()
        self.tell_current()

    # Painting
    def showEvent(self, event: QShowEvent) -> None:
        """Fit what was put here before there was a size."""
        super().showEvent(event)
        if self._fit_when_shown:
            self.fit_to_view()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the drawing, what lies over it, and a frame when the keyboard is here."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        room = QRectF(self.viewport().rect())
        self._overlay.paint(painter, self.shown, self.view_point, room)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(room.adjusted(1, 1, -1, -1), 4, 4)
        painter.end()
