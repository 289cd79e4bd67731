"""Keys of the drawing: which key is which stroke."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from bitspec_gui.domain.sketch import BondStyle
from bitspec_gui.ui.sketcher.key_strokes import KeyStrokes

ELEMENT_KEYS = {
    "c": "C", "n": "N", "o": "O", "s": "S", "f": "F", "p": "P", "b": "B", "i": "I", "h": "H", "l": "Cl",
    "C": "Cl", "B": "Br", "S": "Si", "N": "Na", "L": "Li", "K": "K", "M": "Mg", "A": "Al", "E": "Se",
}  # fmt: skip
"""Elements by the letter typed, capital with Shift."""

RING_KEYS = {"a": "benzene", "r": "ring6", "4": "ring4", "5": "ring5", "6": "ring6", "7": "ring7", "8": "ring8"}
ORDER_KEYS = {"1": 1, "2": 2, "3": 3}
CHARGE_KEYS = {"+": 1, "=": 1, "-": -1, "_": -1, "−": -1}
STYLE_KEYS = {"w": BondStyle.WEDGE, "y": BondStyle.WAVY}
TURN_KEYS = {"[": 15.0, "]": -15.0}
"""Degrees to turn by, counter-clockwise."""

_ARROWS: Mapping[int, tuple[float, float]] = {
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}

Stroke = Callable[[], object]


class KeyMap:
    """Finds the stroke that a key stands for; `commands` are those of the canvas by name."""

    def __init__(self, strokes: KeyStrokes, commands: Mapping[str, Stroke]) -> None:
        self._strokes, self._commands = strokes, commands

    def uses(self, event: QKeyEvent) -> bool:
        """Whether a key means something here, and is to be kept from the window."""
        return (event.key() == Qt.Key.Key_Space and not event.modifiers()) or self._stroke(event) is not None

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key means; False if it means nothing here."""
        stroke = self._stroke(event)
        if stroke is None:
            return False
        stroke()
        return True

    def _stroke(self, event: QKeyEvent) -> Stroke | None:
        held, do = event.modifiers(), self._strokes
        if held & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
            return None
        # Not every key that there is has a name in Qt: they are compared as numbers.
        key, shift = event.key(), bool(held & Qt.KeyboardModifier.ShiftModifier)
        if held & Qt.KeyboardModifier.ControlModifier:
            return self._control_stroke(key, shift)
        if key in _ARROWS:
            return partial(do.walk, _ARROWS[key], to_bond=shift)
        plain: dict[int, Stroke] = {
            Qt.Key.Key_Return: do.ask_text,
            Qt.Key.Key_Enter: do.ask_text,
            Qt.Key.Key_Delete: do.erase,
            Qt.Key.Key_Backspace: do.erase,
            Qt.Key.Key_Home: partial(do.walk_to_end, 0),
            Qt.Key.Key_End: partial(do.walk_to_end, -1),
        }
        if key in plain:
            return None if shift else plain[key]
        if key == Qt.Key.Key_Escape:
            return do.escape if do.can_escape() else None
        return self._letter_stroke(_character(event))

    def _control_stroke(self, key: int, shift: bool) -> Stroke | None:
        editor, commands = self._strokes.editor, self._commands
        if key in _ARROWS:
            return partial(self._strokes.nudge, _ARROWS[key])
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            return commands["zoom in"]
        if key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            return commands["zoom out"]
        if shift:
            return editor.undo_stack.redo if key == Qt.Key.Key_Z else None
        strokes: dict[int, Stroke] = {
            Qt.Key.Key_Z: editor.undo_stack.undo,
            Qt.Key.Key_Y: editor.undo_stack.redo,
            Qt.Key.Key_A: editor.select_all,
            Qt.Key.Key_C: commands["copy"],
            Qt.Key.Key_Insert: commands["copy"],
            Qt.Key.Key_X: commands["cut"],
            Qt.Key.Key_V: commands["paste"],
            Qt.Key.Key_0: commands["fit"],
        }
        return strokes.get(key)

    def _letter_stroke(self, letter: str) -> Stroke | None:
        do = self._strokes
        if letter == "h" and do.pointed().bond is not None:
            return partial(do.set_style, BondStyle.HASH)
        tables: tuple[tuple[Mapping[str, Any], Callable[[Any], object]], ...] = (
            (ELEMENT_KEYS, do.set_element),
            (ORDER_KEYS, do.set_order),
            (RING_KEYS, do.draw_ring),
            (CHARGE_KEYS, do.change_charge),
            (STYLE_KEYS, do.set_style),
            (TURN_KEYS, do.turn),
        )
        for keys, stroke in tables:
            if letter in keys:
                return partial(stroke, keys[letter])
        return {".": do.cycle_radical, "d": do.make_deuterium}.get(letter)


def _character(event: QKeyEvent) -> str:
    """The letter, digit or sign of a key; Caps Lock makes no difference."""
    key = event.key()
    if Qt.Key.Key_A.value <= key <= Qt.Key.Key_Z.value:
        return chr(key) if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else chr(key).lower()
    return event.text()
