"""A sketch on the screen: one graphics item that paints the molecule and all marks on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.ui.sketcher.drawing import drawing_of
from bitspec_gui.ui.sketcher.ink import SCALE, InkedDrawing, inked
from bitspec_gui.ui.sketcher.marks import SketchMarks
from bitspec_gui.ui.sketcher.palette import SketchPalette, sketch_palette
from bitspec_gui.ui.sketcher.tints import BondTint
from bitspec_gui.ui.theme import LIGHT, Colours

if TYPE_CHECKING:
    from bitspec_gui.sketch.picking import Picked

__all__ = ["SCALE", "SketchItem"]

_MARGIN = 1.0
"""Room for marks around the drawing, in bond lengths."""


class SketchItem(QGraphicsItem):
    """Paints a sketch. In its scene a bond is `SCALE` long, x is to the right and y downwards: ``(SCALE * x, -SCALE * y)``.

    What is worked out once for a sketch is kept, so that painting it again costs little; it is worked out anew, when next
    painted, after the sketch, the preview, the colours or the rings with circles have changed.
    """

    def __init__(self, colours: Colours = LIGHT, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._sketch = Sketch()
        self._preview: Sketch | None = None
        self._palette = sketch_palette(colours)
        self._rings: tuple[tuple[int, ...], ...] = ()
        self._faint: frozenset[int] = frozenset()
        self._marks = SketchMarks()
        self._inked: InkedDrawing | None = None

    @property
    def sketch(self) -> Sketch:
        """The sketch itself, whatever is shown as a preview."""
        return self._sketch

    def set_sketch(self, sketch: Sketch) -> None:
        """Paint this sketch."""
        if sketch is not self._sketch:
            self._sketch = sketch
            self._redraw()

    def set_preview(self, preview: Sketch | None) -> None:
        """Show what the sketch would become, the whole of it: what is new or changed in lighter ink. None: the sketch itself."""
        if preview is not self._preview:
            self._preview = preview
            self._redraw()

    def set_colours(self, colours: Colours) -> None:
        """Paint in the colours of a theme."""
        self.set_palette(sketch_palette(colours))

    def set_palette(self, palette: SketchPalette) -> None:
        """Paint in these colours."""
        self._palette = palette
        self._redraw()

    def set_aromatic_rings(self, rings: Sequence[tuple[int, ...]]) -> None:
        """Paint these rings, ids of the atoms around each, with a circle instead of double bonds."""
        if tuple(rings) != self._rings:
            self._rings = tuple(rings)
            self._redraw()

    def set_hover(self, picked: Picked | None) -> None:
        """Mark the atom or bond under the pointer, and tell on it what is wrong with it."""
        owner = None if picked is None else picked.atom if picked.atom is not None else picked.bond
        if owner != self._marks.hover:
            self._marks.hover = owner
            self._tell_fault()
            self.update()

    def set_selection(self, atoms: frozenset[int], bonds: frozenset[int]) -> None:
        """Mark what is selected."""
        self._marks.selection = atoms | bonds
        self.update()

    def set_faults(self, faults: Mapping[int, str]) -> None:
        """Mark atoms and bonds, by their ids, that are no sound chemistry; the sentence is shown when the pointer is there."""
        self._marks.faults = dict(faults)
        self._tell_fault()
        self.update()

    def set_stereo_labels(self, labels: Mapping[int, str]) -> None:
        """Write CIP labels (R, S, E, Z) beside atoms and bonds, by their ids."""
        self._marks.stereo = dict(labels)
        self.update()

    @property
    def tint(self) -> Mapping[int, str]:
        """Colours behind atoms, by their ids."""
        return self._marks.tint

    def set_tint(self, tint: Mapping[int, str], bonds: BondTint | None = None) -> None:
        """Colours, as ``#rrggbb``, behind atoms and bonds by their ids: a heat map. The last are painted uppermost.

        Without `bonds`, those between two tinted atoms have the colours of these.
        """
        self._marks.tint = dict(tint)
        self._marks.bond_tint = None if bonds is None else dict(bonds)
        self.update()

    def set_kept(self, atoms: Collection[int]) -> None:
        """Draw one line around these atoms, by their ids, and the bonds between them; none takes it away."""
        self._marks.kept = frozenset(atoms)
        self.update()

    def set_ringed(self, atoms: Collection[int]) -> None:
        """Draw a ring around each of these atoms, by their ids."""
        self._marks.ringed = frozenset(atoms)
        self.update()

    def set_faint(self, owners: Collection[int]) -> None:
        """Paint these atoms and bonds, by their ids, in lighter ink."""
        if frozenset(owners) != self._faint:
            self._faint = frozenset(owners)
            self._redraw()

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Smallest x and y and largest x and y of the drawing with its labels, in bond lengths; four zeros if it is empty."""
        box = self._drawn().drawing.box
        return (0.0, 0.0, 0.0, 0.0) if box is None else (box.left, box.bottom, box.right, box.top)

    def boundingRect(self) -> QRectF:
        """What is drawn, and room for the marks on it."""
        box = self._drawn().drawing.box
        if box is None:
            return QRectF()
        wide = box.grown(_MARGIN)
        return QRectF(wide.left * SCALE, -wide.top * SCALE, (wide.right - wide.left) * SCALE, (wide.top - wide.bottom) * SCALE)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Heat map, selection, pointer, then the molecule, then what is wrong with it."""
        drawn = self._drawn()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        self._marks.paint_below(painter, drawn, self._palette)
        drawn.paint(painter, zoom)
        self._marks.paint_above(painter, drawn, self._palette)

    def _redraw(self) -> None:
        self.prepareGeometryChange()
        self._inked = None
        self.update()

    def _drawn(self) -> InkedDrawing:
        if self._inked is None:
            shown = self._sketch if self._preview is None else self._preview
            new = frozenset() if self._preview is None else _changed(self._sketch, self._preview)
            self._inked = inked(shown, drawing_of(shown, aromatic_rings=self._rings), self._palette, new | self._faint)
        return self._inked

    def _tell_fault(self) -> None:
        self.setToolTip(self._marks.fault_here())


def _changed(before: Sketch, after: Sketch) -> frozenset[int]:
    """Ids of the atoms and bonds that are new or another; what has only moved is the same."""
    atoms = {
        key
        for key, atom in after.atoms.items()
        if key not in before.atoms or replace(before.atoms[key], x=atom.x, y=atom.y) != atom
    }
    return frozenset(atoms | {key for key, bond in after.bonds.items() if before.bonds.get(key) != bond})
