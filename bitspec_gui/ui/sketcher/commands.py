"""What the commands of the drawing do: those that need chemistry work in the lane ``sketch``, all are one step to undo."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QObject, Signal

from bitspec_gui.domain.sketch import PastedStructures, Sketch
from bitspec_gui.services.sketching import cleaned, structures_in, with_explicit_hydrogens, without_explicit_hydrogens
from bitspec_gui.sketch.edits import delete
from bitspec_gui.sketch.geometry import bounds, centre
from bitspec_gui.sketch.transforms import flipped, inserted
from bitspec_gui.ui.sketcher.clipboard import SketchClipboard, is_for_window, offers, on_clipboard, own_sketch
from bitspec_gui.ui.sketcher.editor import SketchEditor
from bitspec_gui.ui.sketcher.reading_marks import ReadingMarks
from bitspec_gui.workers.runner import Runner

_KEY = "sketch-command"
_ASIDE = 1.0
"""Bond lengths between a drawing and what is pasted beside it."""


class SketchCommands(QObject):
    """Commands on the editor's drawing.

    `structures_found` tells of a paste with several structures, `window_paste_wanted` that the clipboard holds what is the
    window's business: files, or peaks.
    """

    told = Signal(str)
    failed = Signal(object)
    structures_found = Signal(object)
    window_paste_wanted = Signal()

    def __init__(self, editor: SketchEditor, marks: ReadingMarks, runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._editor, self._marks, self._runner = editor, marks, runner
        self.look_up: Callable[[str], str] | None = None
        """What gives the SMILES of a pasted name or CAS number; called in the lane."""
        self.clipboard = SketchClipboard(runner, self)
        self.clipboard.told.connect(self.told)
        self.clipboard.failed.connect(self.failed)

    # The clipboard

    def copy(self) -> bool:
        """Copy what is selected, else all; False if there is nothing."""
        return self.clipboard.copy(self._editor.sketch, self._chosen(), self._marks.rings)

    def cut(self) -> None:
        """Copy what is selected, and erase it."""
        atoms = self._chosen()
        if not atoms:
            self.told.emit(self.tr("Select what is to be cut first."))
        elif self.copy():
            self._editor.apply(delete(self._editor.sketch, atoms=atoms), self.tr("Cut"))

    def copy_as(self, form: str) -> None:
        """Copy one form alone: ``smiles``, ``inchi``, ``inchikey``, ``molblock`` or ``picture``."""
        self.clipboard.copy_as(self._editor.sketch, self._chosen(), form, self._marks.rings)

    def paste(self, place: tuple[float, float] | None = None) -> None:
        """Paste a part of a drawing at `place`, else beside what is drawn; another structure takes the drawing's place."""
        data = on_clipboard()
        if is_for_window(data):
            self.window_paste_wanted.emit()
            return
        self.take(data, place)

    def take(self, data: QMimeData, place: tuple[float, float] | None = None) -> None:
        """Take what was pasted or dropped."""
        own = own_sketch(data)
        if own is not None:
            self._insert(own, place)
            return
        found = offers(data)
        if not found:
            self.told.emit(self.tr("There is no structure on the clipboard."))
            return
        self._runner.submit(
            "sketch",
            structures_in,
            found,
            self.look_up,
            on_done=self._structures,
            on_error=self.failed.emit,
            key="sketch-paste",
        )

    def _insert(self, own: Sketch, place: tuple[float, float] | None) -> None:
        sketch = self._editor.sketch
        x, y = centre(own)
        if place is None:
            place = _beside(sketch, own)
        drawn, new = inserted(sketch, own, place[0] - x, place[1] - y)
        self._editor.apply(drawn, self.tr("Paste"))
        # What was pasted is moved to its place next.
        self._editor.set_tool("select")
        self._editor.select_part(new)

    def _structures(self, found: PastedStructures) -> None:
        sentences = [str(problem) for problem in found.problems]
        if found.sketches:
            self._editor.replace(found.sketches[0], self.tr("Paste structure"))
            if len(found.sketches) > 1:
                self.structures_found.emit(found)
        elif not sentences:
            sentences = [self.tr("There is no structure on the clipboard.")]
        if sentences:
            self.told.emit(" ".join(sentences))

    # Erasing

    def delete(self) -> None:
        """Erase what is selected."""
        selection = self._editor.selection
        if selection:
            self._editor.apply(delete(self._editor.sketch, atoms=selection.atoms, bonds=selection.bonds), self.tr("Erase"))

    def clear(self) -> None:
        """Erase the whole drawing."""
        sketch = self._editor.sketch
        self._editor.apply(delete(sketch, atoms=sketch.atoms), self.tr("Clear"))

    # Layout

    def flip(self, *, horizontally: bool) -> None:
        """Mirror what is selected, else all; wedges turn with it, so that the molecule stays the same."""
        sketch = self._editor.sketch
        atoms = self._chosen() or frozenset(sketch.atoms)
        self._editor.apply(flipped(sketch, atoms, horizontally=horizontally), self.tr("Flip"))

    def clean(self) -> None:
        """Lay out what is selected, else all, anew."""
        atoms = self._chosen()
        self._change(lambda sketch: cleaned(sketch, atoms or None), self.tr("Clean up"))

    def show_hydrogens(self, shown: bool) -> None:
        """Draw all hydrogen atoms, or only those that mean something."""
        if shown:
            self._change(with_explicit_hydrogens, self.tr("Add hydrogens"))
        else:
            self._change(without_explicit_hydrogens, self.tr("Remove hydrogens"))

    def _change(self, change: Callable[[Sketch], Sketch], words: str) -> None:
        """Do something to the drawing in the lane; a stroke drawn in the meantime wins."""
        before = self._editor.sketch
        if not before:
            return

        def done(after: Sketch) -> None:
            if self._editor.sketch is before:
                self._editor.apply(after, words)
            else:
                self.told.emit(self.tr("The drawing was changed meanwhile; nothing was done to it."))

        self._runner.submit("sketch", change, before, on_done=done, on_error=self.failed.emit, key=_KEY)

    def _chosen(self) -> frozenset[int]:
        return self._editor.selection.atoms_with_ends(self._editor.sketch)


def _beside(sketch: Sketch, own: Sketch) -> tuple[float, float]:
    """Middle of the free place at the right of a drawing where a part fits."""
    if not sketch:
        return 0.0, 0.0
    _left, bottom, right, top = bounds(sketch)
    own_left, _bottom, own_right, _top = bounds(own)
    return right + _ASIDE + (own_right - own_left) / 2, (bottom + top) / 2
