"""A chemist's hands on the drawing: real clicks, drags and keys."""

from __future__ import annotations

import itertools
import math

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from window_driver import wait_until_quiet

from bitspec_gui.services import sketching
from bitspec_gui.sketch.picking import nearest
from bitspec_gui.ui.sketcher.canvas import SketchCanvas
from bitspec_gui.ui.sketcher.editor import SketchEditor

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier

NAMED_KEYS = {
    "Enter": Qt.Key.Key_Return, "Delete": Qt.Key.Key_Delete, "Backspace": Qt.Key.Key_Backspace, "Esc": Qt.Key.Key_Escape,
    "Space": Qt.Key.Key_Space, "Left": Qt.Key.Key_Left, "Right": Qt.Key.Key_Right, "Up": Qt.Key.Key_Up, "Down": Qt.Key.Key_Down,
    "Home": Qt.Key.Key_Home, "End": Qt.Key.Key_End, "Tab": Qt.Key.Key_Tab,
}  # fmt: skip


def hands_on_a_canvas(qtbot, size=(800, 600)):
    """Hands on an empty canvas that is shown and has the focus."""
    editor = SketchEditor()
    canvas = SketchCanvas(editor)
    qtbot.addWidget(canvas)
    canvas.resize(*size)
    with qtbot.waitActive(canvas):
        canvas.show()
        canvas.activateWindow()
    canvas.setFocus()
    return Hands(canvas)


def hands_on_the_window(qtbot, window):
    """Hands on an empty canvas of the window."""
    window.resize(1400, 900)
    window.actions_.new_drawing.trigger()
    wait_until_quiet(qtbot, window)
    return Hands(window.predict.sketcher.canvas)


def draw(panel, text):
    """Draws what a text such as SMILES means, in place of what is drawn."""
    panel.set_sketch(sketching.sketch_of_text(text), "Draw")


def pixel_of(panel, atom) -> QPoint:
    """Where on the canvas of a sketcher an atom is."""
    return Hands(panel.canvas).pixel(atom)


class Hands:
    """Mouse and keys on a canvas. Places are (x, y) in bond lengths, or ids of atoms; angles in degrees."""

    def __init__(self, canvas) -> None:
        self.canvas, self.editor = canvas, canvas.editor

    @property
    def sketch(self):
        return self.editor.sketch

    def pixel(self, place) -> QPoint:
        if isinstance(place, int):
            place = (self.sketch.atoms[place].x, self.sketch.atoms[place].y)
        return self.canvas.view_point(*place).toPoint()

    def beside(self, atom: int, angle: float, length: float = 1.0):
        """A place in a direction from an atom."""
        drawn = self.sketch.atoms[atom]
        return drawn.x + length * math.cos(math.radians(angle)), drawn.y + length * math.sin(math.radians(angle))

    def middle(self, one: int, other: int):
        a, b = self.sketch.atoms[one], self.sketch.atoms[other]
        return (a.x + b.x) / 2, (a.y + b.y) / 2

    def take(self, tool: str) -> None:
        self.editor.set_tool(tool)

    def point(self, place) -> None:
        self._mouse(QEvent.Type.MouseMove, self.pixel(place), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, NONE)

    def click(self, place, modifiers=NONE) -> None:
        at = self.pixel(place)
        self._mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, modifiers)
        self._mouse(QEvent.Type.MouseButtonPress, at, LEFT, LEFT, modifiers)
        self._mouse(QEvent.Type.MouseButtonRelease, at, LEFT, Qt.MouseButton.NoButton, modifiers)

    def double_click(self, place) -> None:
        at = self.pixel(place)
        self.click(place)
        self._mouse(QEvent.Type.MouseButtonDblClick, at, LEFT, LEFT, NONE)
        self._mouse(QEvent.Type.MouseButtonRelease, at, LEFT, Qt.MouseButton.NoButton, NONE)

    def press(self, place, modifiers=NONE, button=LEFT) -> None:
        self._mouse(QEvent.Type.MouseButtonPress, self.pixel(place), button, button, modifiers)

    def move(self, place, modifiers=NONE, button=LEFT) -> None:
        self._mouse(QEvent.Type.MouseMove, self.pixel(place), Qt.MouseButton.NoButton, button, modifiers)

    def release(self, place, modifiers=NONE, button=LEFT) -> None:
        self._mouse(QEvent.Type.MouseButtonRelease, self.pixel(place), button, Qt.MouseButton.NoButton, modifiers)

    def drag(self, *places, modifiers=NONE, button=LEFT) -> None:
        """Press at the first place, move over the others in small steps, let go at the last."""
        way = [QPointF(self.pixel(place)) for place in places]
        self._mouse(QEvent.Type.MouseMove, way[0].toPoint(), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, modifiers)
        self._mouse(QEvent.Type.MouseButtonPress, way[0].toPoint(), button, button, modifiers)
        for start, end in itertools.pairwise(way):
            for step in range(1, 7):
                at = (start + (end - start) * step / 6).toPoint()
                self._mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, button, modifiers)
        self._mouse(QEvent.Type.MouseButtonRelease, way[-1].toPoint(), button, Qt.MouseButton.NoButton, modifiers)

    def keys(self, *strokes: str) -> None:
        """Type letters and named keys; ``Ctrl+`` and ``Shift+`` before one hold these."""
        for stroke in strokes:
            held = NONE
            while "+" in stroke[:-1]:
                name, stroke = stroke.split("+", 1)
                held |= {"Ctrl": Qt.KeyboardModifier.ControlModifier, "Shift": Qt.KeyboardModifier.ShiftModifier}[name]
            if stroke in NAMED_KEYS:
                QTest.keyClick(self.canvas, NAMED_KEYS[stroke], held)
            elif held and len(stroke) == 1 and stroke.isalnum():
                QTest.keyClick(self.canvas, Qt.Key(ord(stroke.upper())), held)
            else:
                QTest.keyClick(self.canvas, stroke, held)

    def newest(self) -> int:
        """The atom drawn last."""
        return max(self.sketch.atoms)

    def atom_at(self, place) -> int:
        found = nearest(self.sketch, *place, reach=0.2).atom
        assert found is not None, f"no atom at {place}"
        return found

    def symbols(self) -> str:
        """The elements drawn, in the order of drawing."""
        return " ".join(atom.symbol for atom in self.sketch.atoms.values())

    def inchikey(self) -> str:
        reading = sketching.read(self.sketch)
        assert reading.molecule is not None, reading.sentence
        return reading.molecule.inchikey

    def smiles(self) -> str:
        reading = sketching.read(self.sketch)
        assert reading.molecule is not None, reading.sentence
        return reading.molecule.smiles

    def _mouse(self, kind, at: QPoint, button, buttons, modifiers) -> None:
        port = self.canvas.viewport()
        event = QMouseEvent(kind, QPointF(at), QPointF(port.mapToGlobal(at)), button, buttons, modifiers)
        QApplication.sendEvent(port, event)
