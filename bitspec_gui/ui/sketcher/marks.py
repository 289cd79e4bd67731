"""Marks on a sketch: heat map, selection, pointer, faults and stereo labels."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from bitspec_gui.ui.sketcher.halos import ATOM_HALO, BOND_HALO, ends_on_scene, halo_of, paint_halos
from bitspec_gui.ui.sketcher.ink import SCALE, InkedDrawing, on_scene, run_outline
from bitspec_gui.ui.sketcher.notes import placed_notes
from bitspec_gui.ui.sketcher.palette import SketchPalette, mixed

_TINT_HALO = 1.15 * ATOM_HALO
_TINT_STEPS = 5
"""Shades between the colours of two atoms: a gradient takes ten times as long."""
_RIM = 0.08 * SCALE
"""By how much a selection reaches out from under a heat map."""


class SketchMarks:
    """What is marked on a drawing, by ids of atoms and bonds; ids that are not drawn are passed over."""

    def __init__(self) -> None:
        self.hover: int | None = None
        self.selection: frozenset[int] = frozenset()
        self.faults: Mapping[int, str] = {}
        self.stereo: Mapping[int, str] = {}
        self.tint: Mapping[int, str] = {}
        self._notes: tuple[InkedDrawing, Mapping[int, str], list[QPainterPath]] | None = None

    def fault_here(self) -> str:
        """What is wrong with the atom or bond under the pointer."""
        return "" if self.hover is None else self.faults.get(self.hover, "")

    def paint_below(self, painter: QPainter, drawn: InkedDrawing, palette: SketchPalette) -> None:
        """What lies behind the molecule."""
        if self.selection:
            paint_halos(painter, drawn, self.selection, palette.selection, _RIM if self.tint else 0.0)
        if self.tint:
            _paint_tint(painter, drawn, self.tint)
        for owner in self.faults:
            painter.fillPath(halo_of(drawn, owner), _clear(palette.fault, 0.16))
        if self.hover is not None:
            shape = halo_of(drawn, self.hover)
            painter.fillPath(shape, _clear(palette.accent, 0.22))
            painter.strokePath(shape, QPen(_clear(palette.accent, 0.75), 1.2))

    def paint_above(self, painter: QPainter, drawn: InkedDrawing, palette: SketchPalette) -> None:
        """What lies on the molecule."""
        for owner in self.faults:
            painter.strokePath(halo_of(drawn, owner), QPen(QColor(palette.fault), 1.4))
        if self.stereo:
            for note in self._stereo_outlines(drawn):
                painter.fillPath(note, QColor(palette.note))

    def _stereo_outlines(self, drawn: InkedDrawing) -> list[QPainterPath]:
        """Letters of the stereo labels, kept until they or the drawing change."""
        if self._notes is None or self._notes[0] is not drawn or self._notes[1] is not self.stereo:
            runs = placed_notes(drawn.sketch, drawn.drawing, self.stereo)
            self._notes = drawn, self.stereo, [run_outline(run) for run in runs]
        return self._notes[2]


def _clear(colour: str, opacity: float) -> QColor:
    clear = QColor(colour)
    clear.setAlphaF(opacity)
    return clear


def _paint_tint(painter: QPainter, drawn: InkedDrawing, tint: Mapping[int, str]) -> None:
    """Colours behind tinted atoms, running into each other along the bonds between them."""
    for key, bond in drawn.sketch.bonds.items():
        if bond.begin in tint and bond.end in tint:
            begin, end = ends_on_scene(drawn, key)
            first, last = tint[bond.begin], tint[bond.end]
            steps = 1 if first == last else _TINT_STEPS
            for step in range(steps):
                # Each shade goes on to the end of the bond, under the next one: no seam is left between them.
                colour = mixed(last, first, step / max(1, steps - 1))
                painter.setPen(QPen(QColor(colour), 2 * BOND_HALO, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
                painter.drawLine(begin + (end - begin) * (0.3 + 0.4 * step / steps if step else 0.0), end)
    painter.setPen(Qt.PenStyle.NoPen)
    for atom, colour in tint.items():
        if atom in drawn.sketch.atoms:
            here = drawn.sketch.atoms[atom]
            painter.setBrush(QColor(colour))
            painter.drawEllipse(on_scene((here.x, here.y)), _TINT_HALO, _TINT_HALO)
    painter.setBrush(Qt.BrushStyle.NoBrush)
