"""A drawing made ready to be painted: lines, areas and letters by colour."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.ui.sketcher.glyphs import outline
from bitspec_gui.ui.sketcher.palette import SketchPalette
from bitspec_gui.ui.sketcher.shapes import LINE, Box, Drawing, Point, Run

SCALE = 36.0
"""Length of a bond in the scene, in pixels at a zoom of 1."""
_THINNEST_PX = 1.0


def on_scene(point: Point) -> QPointF:
    """Where a point of a sketch is in the scene."""
    return QPointF(SCALE * point[0], -SCALE * point[1])


@dataclass(frozen=True)
class InkedDrawing:
    """A sketch, its drawing, and what paints it in the scene, by colour.

    Lines are kept one by one: painted so, they take a tenth of the time that one path of them all would.
    """

    sketch: Sketch
    drawing: Drawing
    lines: dict[str, list[QPolygonF]]
    circles: list[QRectF]
    areas: dict[str, list[QPolygonF]]
    letters: dict[str, list[QPainterPath]]
    ink: str

    def paint(self, painter: QPainter, zoom: float = 1.0) -> None:
        """Paint it; lines stay to be seen however small `zoom` is."""
        self.paint_bonds(painter, zoom)
        for colour, labels in self.letters.items():
            brush = QBrush(QColor(colour))
            for path in labels:
                painter.fillPath(path, brush)

    def paint_bonds(self, painter: QPainter, zoom: float = 1.0) -> None:
        """Paint all but the labels."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, lines in self.lines.items():
            painter.setPen(_line_pen(colour, zoom))
            for line in lines:
                painter.drawPolyline(line)
        if self.circles:
            painter.setPen(_line_pen(self.ink, zoom))
            for circle in self.circles:
                painter.drawEllipse(circle)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, areas in self.areas.items():
            painter.setBrush(QColor(colour))
            for area in areas:
                painter.drawPolygon(area)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _line_pen(colour: str, zoom: float) -> QPen:
    pen = QPen(QColor(colour), max(LINE * SCALE, _THINNEST_PX / max(zoom, 1e-6)))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def inked(sketch: Sketch, drawing: Drawing, palette: SketchPalette, faint: Collection[int] = ()) -> InkedDrawing:
    """What paints a drawing.

    Parameters
    ----------
    sketch : Sketch
    drawing : Drawing
        What is drawn of the sketch.
    palette : SketchPalette
    faint : collection of int
        Ids of atoms and bonds in lighter ink.
    """
    lines: dict[str, list[QPolygonF]] = {}
    areas: dict[str, list[QPolygonF]] = {}
    letters: dict[str, list[QPainterPath]] = {}
    for shapes, polygons in ((drawing.lines, lines), (drawing.areas, areas)):
        for shape in shapes:
            colour = palette.faint if shape.owner in faint else palette.ink
            polygons.setdefault(colour, []).append(QPolygonF([on_scene(point) for point in shape.points]))
    for label in drawing.labels:
        colour = palette.faint if label.atom in faint else palette.of_element(sketch.atoms[label.atom].symbol)
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        for run in label.runs:
            path.addPath(run_outline(run))
        letters.setdefault(colour, []).append(path)
    circles = [
        rect_on_scene(Box(x - radius, y - radius, x + radius, y + radius))
        for (x, y), radius in ((circle.centre, circle.radius) for circle in drawing.circles)
    ]
    return InkedDrawing(sketch, drawing, lines, circles, areas, letters, palette.ink)


def run_outline(run: Run) -> QPainterPath:
    """Outline of the letters of a run in the scene."""
    place = on_scene((run.x, run.y))
    return QTransform(run.size * SCALE, 0, 0, run.size * SCALE, place.x(), place.y()).map(outline(run.text))


def rect_on_scene(box: Box) -> QRectF:
    """A box of a sketch in the scene."""
    return QRectF(on_scene((box.left, box.top)), on_scene((box.right, box.bottom)))
