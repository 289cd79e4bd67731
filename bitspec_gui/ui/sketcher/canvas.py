"""The paper of the sketcher: what is drawn, and where mouse and keys go."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.geometry import centre
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.ui.sketcher.editor import SketchEditor
from bitspec_gui.ui.sketcher.key_strokes import KeyStrokes
from bitspec_gui.ui.sketcher.keys import KeyMap
from bitspec_gui.ui.sketcher.mouse import MouseHands
from bitspec_gui.ui.sketcher.overlay import HANDLE_REACH_PX, Overlay
from bitspec_gui.ui.sketcher.sight import Sight
from bitspec_gui.ui.sketcher.sketch_item import SketchItem
from bitspec_gui.ui.sketcher.spoken import words_on
from bitspec_gui.ui.theme import Colours

_LEAVES_OUT_MOVEMENTS = Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents


class SketchCanvas(Sight):
    """Where molecules are drawn. It is the `Paper` of the tools.

    ``text_wanted`` asks for the entry of an element or group, with the id of an atom or, on empty paper, a place ``(x, y)`` in
    bond lengths; ``menu_wanted`` for the context menu, with a point of the screen (what it is about is `SketchEditor.hover`).
    ``pointer_came`` tells that the mouse is here now.
    """

    text_wanted = Signal(object)
    menu_wanted = Signal(QPoint)
    copy_wanted = Signal()
    cut_wanted = Signal()
    paste_wanted = Signal()
    pointer_came = Signal()

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
        self._preview: Sketch | None = None
        self._fit_when_shown = False
        self._left_out_movements = QCoreApplication.testAttribute(_LEAVES_OUT_MOVEMENTS)
        self._mouse = MouseHands(self)
        self.set_hint(self.tr("Click to draw a bond, paste a structure, or type a SMILES or a name above."))
        editor.changed.connect(self._sketch_changed)
        editor.replaced.connect(self.fit_to_view)
        editor.selection_changed.connect(self._selection_changed)
        editor.hover_changed.connect(self._hover_changed)
        editor.current_changed.connect(self.tell_current)
        editor.tool_changed.connect(self._tool_changed)
        self._sketch_changed(editor.sketch)

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
        self.fit(*self.item.extent)

    def pointer_place(self) -> tuple[float, float] | None:
        """Where the mouse is on the paper, in bond lengths; None if it is elsewhere."""
        at = self.viewport().mapFromGlobal(self.cursor().pos())
        return self.paper_point(QPointF(at)) if self.viewport().rect().contains(at) else None

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
        handle = self._overlay.handle(self._editor.sketch, self.view_point, QRectF(self.viewport().rect()))
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
        self._mouse.cancel()
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
        selecting = self._mouse.selects
        self._overlay.framed = self._editor.selection.atoms_with_ends(self._editor.sketch) if selecting else frozenset()
        self.viewport().update()

    def _hover_changed(self) -> None:
        self.item.set_hover(self._editor.hover or None)

    def _tool_changed(self, name: str) -> None:
        self._mouse.take(name)
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
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke, or move the paper."""
        self.keep_place()
        self._mouse.press(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the stroke, or look at what lies under the pointer."""
        self._mouse.move(event)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        self._mouse.release(event)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the text entry or select a part, with tools that do so; else it is a second click."""
        self.keep_place()
        self._mouse.double_press(event)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu; by the keyboard, for the atom or bond where it is."""
        self._mouse.cancel()
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.viewport().mapToGlobal(self.view_point(*self._strokes.place()).toPoint())
            self._editor.set_hover(self._editor.current)
        else:
            self._editor.set_hover(self._mouse.pointer(QPointF(event.pos())).picked)
        event.accept()
        self.menu_wanted.emit(place)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Let no movement be left out here.

        On X11 Qt drops movements while later ones wait, even if a key was pressed between: the key would mean an atom pointed at
        before. What a movement costs here is far less than the time to the next one.
        """
        super().enterEvent(event)
        QCoreApplication.setAttribute(_LEAVES_OUT_MOVEMENTS, False)
        self._take_keys()
        self.pointer_came.emit()

    def _take_keys(self) -> None:
        """Let keys be about what is pointed at without a click before, unless somebody types or is in a table elsewhere."""
        elsewhere = QApplication.focusWidget()
        types = elsewhere is not None and elsewhere.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        if self.isActiveWindow() and not types and not isinstance(elsewhere, QAbstractItemView):
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more; under a menu, what it is about still is."""
        super().leaveEvent(event)
        QCoreApplication.setAttribute(_LEAVES_OUT_MOVEMENTS, self._left_out_movements)
        if QApplication.activePopupWidget() is None:
            self._mouse.leave()

    def leave_keyboard(self) -> None:
        """Let keys be about what is under the pointer."""
        self._strokes.stop_walking()

    # The keyboard
    def event(self, event: QEvent) -> bool:
        """Keys that are used here are no shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Within a stroke no key means anything but here.
            if self._mouse.within_stroke or self._keys.uses(event):
                event.accept()
                return True
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Draw with the keyboard."""
        if self._mouse.within_stroke:
            # Within a stroke only Esc means anything: it gives the stroke up.
            if event.key() == Qt.Key.Key_Escape:
                self._mouse.cancel()
            event.accept()
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat():
                self._mouse.hold_space()
            event.accept()
        elif self._keys.press(event):
            self.keep_place()
            event.accept()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A space bar that moved nothing selects."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            if self._mouse.let_space_go():
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
        self._mouse.let_space_go()
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
