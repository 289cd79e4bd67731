"""Typing of elements and groups at an atom or on paper: the line to type in, and what becomes of the text."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from bitspec_gui.domain.elements import ELEMENT_OF
from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.edits import add_atom, sprout
from bitspec_gui.sketch.groups import GROUPS, expand
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.sketch.valence import valence_fault
from bitspec_gui.ui.sketcher.canvas import SketchCanvas
from bitspec_gui.ui.sketcher.editor import SketchEditor
from bitspec_gui.ui.sketcher.group_entry import GroupEntry

Target = int | tuple[float, float]
"""Id of an atom, or a place on paper in bond lengths."""


class GroupTyping(QObject):
    """Opens the entry where the canvas wants it, and expands what was typed as one step to undo."""

    told = Signal(str)

    def __init__(self, editor: SketchEditor, canvas: SketchCanvas, parent: QWidget) -> None:
        super().__init__(parent)
        self._editor, self._canvas = editor, canvas
        self.entry = GroupEntry([*GROUPS, *ELEMENT_OF], canvas.viewport())
        self._target: Target = (0.0, 0.0)
        canvas.text_wanted.connect(self.ask)
        self.entry.entered.connect(self._entered)
        self.entry.left.connect(canvas.setFocus)

    def ask(self, target: Target) -> None:
        """Open the entry at an atom or at a place on paper."""
        sketch = self._editor.sketch
        self._target = target
        text = ""
        if isinstance(target, int):
            if target not in sketch.atoms:
                return
            atom = sketch.atoms[target]
            text = "" if atom.is_plain_carbon else atom.symbol
            target = (atom.x, atom.y)
        self.entry.open_at(self._canvas.view_point(*target).toPoint(), text)

    def _entered(self, text: str) -> None:
        try:
            sketch, atom = self._expanded(text)
        except BitSpecError as error:
            if self.entry.isVisible():
                self.entry.say(str(error))
            else:
                self.told.emit(str(error))
            return
        self.entry.close_entry()
        self._editor.apply(sketch, self.tr("Type %1").replace("%1", text))
        self._editor.set_current(Picked(atom=atom))

    def _expanded(self, text: str) -> tuple[Sketch, int]:
        sketch = self._editor.sketch
        if isinstance(self._target, int) and self._target in sketch.atoms:
            return _written(sketch, self._target, text)
        place = (0.0, 0.0) if isinstance(self._target, int) else self._target
        drawn, atom = add_atom(sketch, *place)
        return expand(drawn, atom, text), atom


def _written(sketch: Sketch, atom: int, text: str) -> tuple[Sketch, int]:
    """The sketch with an element or group at an atom, and the id of its first atom.

    It takes the place of the atom. A group that has no room for the bonds there, such as CO2H on an atom of a ring, is attached
    by a bond of its own where that is sound. An element alone never is: whoever types N on a ring wants it in the ring.
    """
    instead = expand(sketch, atom, text)
    if text in ELEMENT_OF or not valence_fault(instead, atom):
        return instead, atom
    grown, end = sprout(sketch, atom)
    if end in sketch.atoms:
        return instead, atom
    attached = expand(grown, end, text)
    return (instead, atom) if valence_fault(attached, atom) or valence_fault(attached, end) else (attached, end)
