"""Tools that mark an atom with a click: charge, unpaired electron, isotope."""

from __future__ import annotations

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.edits import change_charge, cycle_radical, set_isotope
from bitspec_gui.ui.sketcher.tools.tool import Paper, Pointer, Tool, tr

HEAVY_ISOTOPES = {"H": 2, "C": 13, "N": 15, "O": 18, "S": 34, "Cl": 37, "Br": 81, "Si": 29, "B": 10, "F": 18, "P": 32, "I": 125}
"""The isotope that a label of an element most likely means, by its mass number."""


class MarkTool(Tool):
    """A tool that changes the atom clicked."""

    words = ""

    def marked(self, atom: int) -> Sketch:
        """The sketch with the atom marked."""
        raise NotImplementedError

    def release(self, at: Pointer, *, clicked: bool) -> None:
        """Mark the atom if the pointer is still there."""
        start = self.start
        if start is None or start.picked.atom is None or at.picked.atom != start.picked.atom:
            self.cancel()
            return
        self.finish(self.marked(start.picked.atom), self.words, atom=start.picked.atom)


class ChargeTool(MarkTool):
    """Adds to the charge."""

    def __init__(self, paper: Paper, by: int) -> None:
        super().__init__(paper)
        self.by, self.words = by, tr("Change charge")

    def marked(self, atom: int) -> Sketch:
        """The atom with one charge more or less."""
        return change_charge(self.sketch, (atom,), self.by)


class RadicalTool(MarkTool):
    """Gives unpaired electrons: none, one, two."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(paper)
        self.words = tr("Change radical")

    def marked(self, atom: int) -> Sketch:
        """The atom with the next number of unpaired electrons."""
        return cycle_radical(self.sketch, (atom,))


class IsotopeTool(MarkTool):
    """Labels with the heavy isotope, and takes the label off again."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(paper)
        self.words = tr("Change isotope")

    def marked(self, atom: int) -> Sketch:
        """The atom as its heavy isotope, or natural again."""
        return with_isotope(self.sketch, atom)


def with_isotope(sketch: Sketch, atom: int) -> Sketch:
    """Label an atom with its element's usual heavy isotope, or take its label off."""
    drawn = sketch.atoms[atom]
    heavy = HEAVY_ISOTOPES.get(drawn.symbol, 0)
    return set_isotope(sketch, (atom,), 0 if drawn.isotope else heavy)
