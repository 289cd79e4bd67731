"""Heat maps on a drawing: colours behind atoms and bonds, a line around a part, rings around atoms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.ui.sketcher.contours import Contour
from bitspec_gui.ui.sketcher.halos import ATOM_HALO, ends_on_scene
from bitspec_gui.ui.sketcher.ink import SCALE, InkedDrawing, on_scene
from bitspec_gui.ui.sketcher.palette import mixed

TINT_HALO = 1.15 * ATOM_HALO
"""Radius of the disc of colour behind an atom, in pixels at a zoom of 1."""
_BOND_TINT = 0.23 * SCALE
"""Half the width of the colour behind a bond."""
_TINT_STEPS = 5
"""Shades between the colours of two atoms: a gradient takes ten times as long."""
_CONTOUR = 0.055 * SCALE
_RING = 0.065 * SCALE
_RING_RADIUS = TINT_HALO + 0.07 * SCALE

BondTint = Mapping[int, Sequence[str]]
"""Colours along bonds, from where each begins to where it ends, by their ids; a bond of one colour has it all along."""


def tint_between(sketch: Sketch, tint: Mapping[int, str]) -> dict[int, tuple[str, ...]]:
    """Colours of the bonds between tinted atoms: those of the atoms, running into each other."""
    found: dict[int, tuple[str, ...]] = {}
    for key, bond in sketch.bonds.items():
        if bond.begin in tint and bond.end in tint:
            first, last = tint[bond.begin], tint[bond.end]
            steps = 1 if first == last else _TINT_STEPS
            found[key] = tuple(mixed(last, first, step / max(1, steps - 1)) for step in range(steps))
    return found


def paint_tint(painter: QPainter, drawn: InkedDrawing, tint: Mapping[int, str], bonds: BondTint) -> None:
    """Colours behind bonds and, over them, behind atoms; in the order given, ids that are not drawn passed over."""
    for key, shades in bonds.items():
        if key not in drawn.sketch.bonds:
            continue
        begin, end = ends_on_scene(drawn, key)
        cap = Qt.PenCapStyle.RoundCap if len(shades) == 1 else Qt.PenCapStyle.FlatCap
        for step, colour in enumerate(shades):
            # Each shade goes on to the end of the bond, under the next one: no seam is left between them.
            painter.setPen(QPen(QColor(colour), 2 * _BOND_TINT, Qt.PenStyle.SolidLine, cap))
            painter.drawLine(begin + (end - begin) * (0.3 + 0.4 * step / len(shades) if step else 0.0), end)
    painter.setPen(Qt.PenStyle.NoPen)
    for atom, colour in tint.items():
        if atom in drawn.sketch.atoms:
            painter.setBrush(QColor(colour))
            painter.drawEllipse(_middle(drawn, atom), TINT_HALO, TINT_HALO)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_contours(painter: QPainter, contours: Sequence[Contour], colour: str) -> None:
    """Lines around a part of the drawing."""
    pen = QPen(QColor(colour), _CONTOUR)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for contour in contours:
        painter.drawPolygon(QPolygonF([on_scene(point) for point in contour]))


def paint_rings(painter: QPainter, drawn: InkedDrawing, atoms: Collection[int], colour: str, paper: str) -> None:
    """Rings around atoms, set off from what is below by a thin rim of `paper`."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for rim, shade in ((2.2 * _RING, paper), (_RING, colour)):
        painter.setPen(QPen(QColor(shade), rim))
        for atom in atoms:
            if atom in drawn.sketch.atoms:
                painter.drawEllipse(_middle(drawn, atom), _RING_RADIUS, _RING_RADIUS)


def _middle(drawn: InkedDrawing, atom: int) -> QPointF:
    here = drawn.sketch.atoms[atom]
    return on_scene((here.x, here.y))
