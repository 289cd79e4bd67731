"""What every tool of the sketcher has in common: the pointer it follows, the paper it works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QCoreApplication, Qt

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.ui.sketcher.editor import SketchEditor

Point = tuple[float, float]

FIRST_BOND_DEG = 30.0
"""Direction of the first bond on empty paper."""


def tr(text: str) -> str:
    """Words of the tools in the language of the window."""
    return QCoreApplication.translate("SketchTools", text)


@dataclass(frozen=True)
class Pointer:
    """Where the mouse is, in bond lengths with y upwards; what lies there; and the keys held with it."""

    x: float
    y: float
    picked: Picked
    shift: bool = False
    control: bool = False
    alt: bool = False

    @property
    def place(self) -> Point:
        """The point."""
        return self.x, self.y

    @property
    def loose(self) -> bool:
        """Whether angles and lengths are to be free of steps."""
        return self.alt or self.control


class Paper(Protocol):
    """What a tool may ask of the canvas. Nothing of it changes the drawing."""

    @property
    def editor(self) -> SketchEditor:
        """The sketch and its history."""

    def show_preview(self, sketch: Sketch | None) -> None:
        """Show what the stroke would make of the sketch; None shows the sketch itself."""

    def show_outline(self, points: Sequence[Point]) -> None:
        """Show the box or lasso that selects."""

    def show_words(self, words: str, place: Point) -> None:
        """Show a few words beside the pointer, such as the length of a chain; empty words take them away."""

    def rotation_centre(self, place: Point) -> Point | None:
        """Centre to turn the selection about if its handle is at `place`."""

    def ask_text(self, target: int | Point) -> None:
        """Open the entry of an element or group at an atom, or on empty paper."""


class Tool:
    """A tool in hand. Each stroke is press, any number of drags, and release; `cancel` may come instead of the last.

    `drag` is not called before the pointer is four pixels from where it was pressed, and `release` says whether it ever was.
    """

    cursor = Qt.CursorShape.CrossCursor
    opens_text = False
    """Whether a double click on an atom opens the text entry."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.start: Pointer | None = None

    @property
    def editor(self) -> SketchEditor:
        """The sketch and its history."""
        return self.paper.editor

    @property
    def sketch(self) -> Sketch:
        """The sketch before the stroke."""
        return self.paper.editor.sketch

    def hover(self, at: Pointer) -> None:
        """The pointer moves and no button is held."""

    def leave(self) -> None:
        """The pointer leaves the canvas, or another tool is taken."""

    def press(self, at: Pointer) -> None:
        """A stroke begins."""
        self.start = at

    def drag(self, at: Pointer) -> None:
        """The pointer moves within a stroke."""

    def release(self, at: Pointer, *, clicked: bool) -> None:
        """A stroke ends; `clicked` if the pointer never went far."""
        self.start = None

    def cancel(self) -> None:
        """A stroke is given up: the drawing stays as it was."""
        self.start = None
        self.paper.show_preview(None)
        self.paper.show_outline(())
        self.paper.show_words("", (0.0, 0.0))

    def double_click(self, at: Pointer) -> bool:
        """A double click; False if it is to be taken as two clicks."""
        if self.opens_text and at.picked.atom is not None:
            self.paper.ask_text(at.picked.atom)
            return True
        return False

    def finish(self, sketch: Sketch, words: str, *, atom: int | None = None) -> None:
        """End the stroke with a changed sketch, and take the keyboard to an atom of it."""
        self.editor.apply(sketch, words)
        # What is done is on show already; cancelling first would draw the old sketch once more.
        self.cancel()
        if atom is not None:
            self.editor.set_current(Picked(atom=atom))
