"""A sketch that is being worked on: undo and redo without end, the tool in hand, what is selected and what is pointed at."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.picking import Picked, bonds_within
from bitspec_gui.sketch.transforms import inserted

FIRST_TOOL = "single"


@dataclass(frozen=True)
class Selection:
    """Ids of the atoms and bonds that are selected."""

    atoms: frozenset[int] = frozenset()
    bonds: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is selected."""
        return bool(self.atoms or self.bonds)

    def atoms_with_ends(self, sketch: Sketch) -> frozenset[int]:
        """The selected atoms, and those at the ends of selected bonds: what moves when the selection is moved."""
        ends = {end for key in self.bonds for end in (sketch.bonds[key].begin, sketch.bonds[key].end)}
        return self.atoms | ends


class SketchEditor(QObject):
    """The sketch, its history and what the hands are at.

    `changed` carries the sketch after each finished stroke, undo and redo: never while a stroke is under way. `replaced` follows
    it if the whole drawing is another one. `current_changed` tells of the atom or bond that the keyboard is at.
    """

    changed = Signal(object)
    replaced = Signal()
    selection_changed = Signal()
    hover_changed = Signal()
    current_changed = Signal()
    tool_changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._sketch = Sketch()
        self._told = self._sketch
        self._replacing = False
        self._tool = FIRST_TOOL
        self._selection = Selection()
        self._hover = Picked()
        self._current = Picked()
        self.undo_stack.indexChanged.connect(self._tell)

    # The drawing
    @property
    def sketch(self) -> Sketch:
        """The sketch as it is after the last finished stroke."""
        return self._sketch

    def apply(self, sketch: Sketch, words: str, *, merge_key: str | None = None) -> bool:
        """Make `sketch` the drawing, as one step that can be undone.

        Parameters
        ----------
        sketch : Sketch
            What a stroke made of the present sketch.
        words : str
            What the step is called beside *Undo*, such as "Draw bond".
        merge_key : str, optional
            Steps that follow each other with the same key become one.

        Returns
        -------
        bool
            Whether anything changed; if not, there is nothing to undo either.
        """
        if sketch.atoms == self._sketch.atoms and sketch.bonds == self._sketch.bonds:
            return False
        self.undo_stack.push(_Step(self._put, self._sketch, sketch, words, merge_key))
        return True

    def replace(self, sketch: Sketch, words: str) -> bool:
        """Put another drawing in the place of this one, as a step that can be undone. Its atoms get ids that were never used."""
        fresh = inserted(Sketch(next_id=self._sketch.next_id), sketch, 0.0, 0.0)[0]
        self._replacing = True
        try:
            return self.apply(fresh, words)
        finally:
            self._replacing = False

    def forget_history(self) -> None:
        """Keep the drawing as it is and forget how it came about."""
        self.undo_stack.clear()

    def _put(self, sketch: Sketch) -> None:
        before, self._sketch = self._sketch, sketch
        self._let_go_of_what_is_gone(before)

    def _tell(self) -> None:
        if self._told is not self._sketch:
            # Nothing in common with what was last on show: it is another drawing, also when it comes back by undo.
            other = bool(self._told) and bool(self._sketch) and not (self._told.atoms.keys() & self._sketch.atoms.keys())
            self._told = self._sketch
            self.changed.emit(self._sketch)
            if other or self._replacing:
                self.replaced.emit()

    def _let_go_of_what_is_gone(self, before: Sketch) -> None:
        sketch = self._sketch
        self.set_selection(self._selection.atoms & sketch.atoms.keys(), self._selection.bonds & sketch.bonds.keys())
        if not _is_there(self._hover, sketch):
            self.set_hover(Picked())
        if not _is_there(self._current, sketch):
            self.set_current(_nearest_to(_place(self._current, before), sketch))

    # The hands
    @property
    def tool(self) -> str:
        """Name of the tool in hand, such as ``single``, ``ring6`` or ``element:N``."""
        return self._tool

    def set_tool(self, name: str) -> None:
        """Take another tool."""
        if name != self._tool:
            self._tool = name
            self.tool_changed.emit(name)

    @property
    def selection(self) -> Selection:
        """What is selected."""
        return self._selection

    def set_selection(self, atoms: Iterable[int] = (), bonds: Iterable[int] = ()) -> None:
        """Select these atoms and bonds and nothing else; ids that are not in the drawing are passed over."""
        wanted = Selection(
            frozenset(atoms) & self._sketch.atoms.keys(),
            frozenset(bonds) & self._sketch.bonds.keys(),
        )
        if wanted != self._selection:
            self._selection = wanted
            self.selection_changed.emit()

    def select_part(self, atoms: Iterable[int]) -> None:
        """Select atoms and the bonds between them."""
        chosen = frozenset(atoms)
        self.set_selection(chosen, bonds_within(self._sketch, chosen))

    def select_all(self) -> None:
        """Select everything."""
        self.set_selection(self._sketch.atoms, self._sketch.bonds)

    @property
    def hover(self) -> Picked:
        """The atom or bond under the pointer."""
        return self._hover

    def set_hover(self, picked: Picked) -> None:
        """Say what is under the pointer."""
        if picked != self._hover:
            self._hover = picked
            self.hover_changed.emit()

    @property
    def current(self) -> Picked:
        """The atom or bond that the keyboard is at."""
        return self._current

    def set_current(self, picked: Picked) -> None:
        """Take the keyboard to an atom or bond, or nowhere."""
        if picked != self._current and _is_there(picked, self._sketch):
            self._current = picked
            self.current_changed.emit()


class _Step(QUndoCommand):
    """One stroke: what was there before, and after."""

    def __init__(self, put: Callable[[Sketch], None], before: Sketch, after: Sketch, words: str, merge_key: str | None) -> None:
        super().__init__(words)
        self._put, self._before, self._after, self.merge_key = put, before, after, merge_key

    def id(self) -> int:
        """Qt tries to merge steps of the same number only."""
        return -1 if self.merge_key is None else 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take the step that follows into this one if both are of one kind."""
        if not isinstance(other, _Step) or other.merge_key != self.merge_key:
            return False
        self._after = other._after
        # Back where it began: nothing to undo.
        self.setObsolete(self._after.atoms == self._before.atoms and self._after.bonds == self._before.bonds)
        return True

    def redo(self) -> None:
        self._put(self._after)

    def undo(self) -> None:
        self._put(self._before)


def _is_there(picked: Picked, sketch: Sketch) -> bool:
    if picked.atom is not None:
        return picked.atom in sketch.atoms
    return picked.bond is None or picked.bond in sketch.bonds


def _place(picked: Picked, sketch: Sketch) -> tuple[float, float] | None:
    if picked.atom is not None and picked.atom in sketch.atoms:
        atom = sketch.atoms[picked.atom]
        return atom.x, atom.y
    if picked.bond is not None and picked.bond in sketch.bonds:
        bond = sketch.bonds[picked.bond]
        one, other = sketch.atoms[bond.begin], sketch.atoms[bond.end]
        return (one.x + other.x) / 2, (one.y + other.y) / 2
    return None


def _nearest_to(place: tuple[float, float] | None, sketch: Sketch) -> Picked:
    if place is None or not sketch:
        return Picked()
    x, y = place
    return Picked(atom=min(sketch.atoms, key=lambda key: math.hypot(sketch.atoms[key].x - x, sketch.atoms[key].y - y)))
