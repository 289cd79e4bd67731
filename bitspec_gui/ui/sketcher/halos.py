"""Outlines around atoms and bonds of a drawing, for what marks them."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from bitspec_gui.ui.sketcher.ink import SCALE, InkedDrawing, on_scene, rect_on_scene

ATOM_HALO = 0.30 * SCALE
"""Radius of the halo around an atom that is a corner of lines, in pixels at a zoom of 1."""
BOND_HALO = 0.19 * SCALE
"""Half the width of the halo along a bond."""
_LABEL_HALO = 0.13


def halo_of(drawn: InkedDrawing, owner: int) -> QPainterPath:
    """Outline around one atom with its label, or around a bond; empty for an id that is not drawn."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    if owner in drawn.sketch.atoms:
        _add_atom(path, drawn, owner)
    elif owner in drawn.sketch.bonds:
        _add_bond(path, drawn, owner)
    return path


def paint_halos(painter: QPainter, drawn: InkedDrawing, owners: Collection[int], colour: str, rim: float = 0.0) -> None:
    """Fill the halos of atoms, bonds, and the bonds between these atoms, in one colour, wider by `rim` pixels at a zoom of 1.

    The colour must cover what is below: the halos are filled one by one, which is faster by far than one shape of them all.
    """
    pen = QPen(QColor(colour), 2 * (BOND_HALO + rim), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    for key, bond in drawn.sketch.bonds.items():
        if key in owners or (bond.begin in owners and bond.end in owners):
            painter.drawLine(*ends_on_scene(drawn, key))
    painter.setPen(QPen(QColor(colour), 2 * rim) if rim else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    for atom in owners:
        if atom in drawn.sketch.atoms:
            painter.drawPath(halo_of(drawn, atom))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def ends_on_scene(drawn: InkedDrawing, bond: int) -> tuple[QPointF, QPointF]:
    """Where a bond begins and ends in the scene."""
    atoms, ends = drawn.sketch.atoms, drawn.sketch.bonds[bond]
    begin, end = atoms[ends.begin], atoms[ends.end]
    return on_scene((begin.x, begin.y)), on_scene((end.x, end.y))


def _add_atom(path: QPainterPath, drawn: InkedDrawing, atom: int) -> None:
    label = drawn.drawing.label_of.get(atom)
    if label is None:
        here = drawn.sketch.atoms[atom]
        path.addEllipse(on_scene((here.x, here.y)), ATOM_HALO, ATOM_HALO)
        return
    rect = rect_on_scene(label.box.grown(_LABEL_HALO))
    radius = min(ATOM_HALO, rect.width() / 2, rect.height() / 2)
    path.addRoundedRect(rect, radius, radius)


def _add_bond(path: QPainterPath, drawn: InkedDrawing, bond: int) -> None:
    begin, end = ends_on_scene(drawn, bond)
    along = end - begin
    length = (along.x() ** 2 + along.y() ** 2) ** 0.5
    capsule = QPainterPath()
    capsule.addRoundedRect(QRectF(-BOND_HALO, -BOND_HALO, length + 2 * BOND_HALO, 2 * BOND_HALO), BOND_HALO, BOND_HALO)
    if length:
        turn = QTransform(along.x() / length, along.y() / length, -along.y() / length, along.x() / length, begin.x(), begin.y())
    else:
        turn = QTransform.fromTranslate(begin.x(), begin.y())
    path.addPath(turn.map(capsule))
