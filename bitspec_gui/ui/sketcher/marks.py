"""Marks on a sketch: heat map with what goes with it, selection, pointer, faults and stereo labels."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from bitspec_gui.ui.sketcher.contours import Contour, contours_around
from bitspec_gui.ui.sketcher.halos import halo_of, paint_halos
from bitspec_gui.ui.sketcher.ink import SCALE, InkedDrawing, run_outline
from bitspec_gui.ui.sketcher.notes import placed_notes
from bitspec_gui.ui.sketcher.palette import SketchPalette
from bitspec_gui.ui.sketcher.tints import BondTint, paint_contours, paint_rings, paint_tint, tint_between

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
        self.bond_tint: BondTint | None = None
        """None: a bond between two tinted atoms has their colours."""
        self.kept: frozenset[int] = frozenset()
        self.ringed: frozenset[int] = frozenset()
        self._notes: tuple[InkedDrawing, Mapping[int, str], list[QPainterPath]] | None = None
        self._contours: tuple[InkedDrawing, frozenset[int], list[Contour]] | None = None

    def fault_here(self) -> str:
        """What is wrong with the atom or bond under the pointer."""
        return "" if self.hover is None else self.faults.get(self.hover, "")

    def paint_below(self, painter: QPainter, drawn: InkedDrawing, palette: SketchPalette) -> None:
        """What lies behind the molecule."""
        if self.selection:
            paint_halos(painter, drawn, self.selection, palette.selection, _RIM if self.tint else 0.0)
        if self.tint or self.bond_tint:
            bonds = tint_between(drawn.sketch, self.tint) if self.bond_tint is None else self.bond_tint
            paint_tint(painter, drawn, self.tint, bonds)
        if self.kept:
            paint_contours(painter, self._contours_of_kept(drawn), palette.accent)
        if self.ringed:
            paint_rings(painter, drawn, self.ringed, palette.ink, palette.paper)
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

    def _contours_of_kept(self, drawn: InkedDrawing) -> list[Contour]:
        """Lines around what is kept, which stay until it or the drawing changes."""
        if self._contours is None or self._contours[0] is not drawn or self._contours[1] != self.kept:
            self._contours = drawn, self.kept, contours_around(drawn.sketch, drawn.drawing, self.kept)
        return self._contours[2]

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
