"""Curves as one graphics item that stays fast with many points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from bitspec_gui.ui.views.traces_item import line_through

FloatArray = NDArray[np.float64]

_EXTENT = QRectF(-1e7, -1e4, 2e7, 2e4)

DOTS_UP_TO = 60
"""Points of a curve that are few enough to be marked one by one."""

_DOT_PX = 3.0


@dataclass(frozen=True)
class CurveLine:
    """A curve through points ``x`` (ascending) and ``y``, (P,) each; a pale one stands behind the others."""

    x: FloatArray
    y: FloatArray
    colour: str
    width: float = 2.0
    dashed: bool = False
    pale: bool = False


class CurvesItem(pg.GraphicsObject):  # type: ignore[misc]
    """Draws curves; of points that lie closer than pixels, from the least to the largest of each pixel column."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[CurveLine, ...] = ()

    def show_lines(self, lines: tuple[CurveLine, ...]) -> None:
        """Draw these curves."""
        self.lines = lines
        self.update()

    def boundingRect(self) -> QRectF:
        """Everything that can be scrolled to; the item paints in the whole plot."""
        return _EXTENT

    def paint(self, painter: QPainter, _option: Any, _widget: Any = None) -> None:
        """Pale curves first, then the others."""
        to_pixels = painter.worldTransform()
        plot = to_pixels.mapRect(self.getViewBox().viewRect())
        painter.save()
        painter.resetTransform()
        painter.setClipRect(plot)
        for line in sorted(self.lines, key=lambda line: not line.pale):
            x = to_pixels.m11() * line.x + to_pixels.dx()
            y = to_pixels.m22() * line.y + to_pixels.dy()
            first, last = np.searchsorted(x, (plot.left(), plot.right()))
            part = slice(max(0, int(first) - 1), int(last) + 1)
            if x[part].size:
                _paint_line(painter, line, x[part], y[part])
        painter.restore()


def _paint_line(painter: QPainter, line: CurveLine, x: FloatArray, y: FloatArray) -> None:
    colour = QColor(line.colour)
    colour.setAlpha(70 if line.pale else 255)
    few = x.size <= DOTS_UP_TO
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, few)
    pen = QPen(colour, line.width)
    if line.dashed:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(line_through(x, y))
    if few and not line.pale:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        radius = _DOT_PX if line.width > 1 else 0.6 * _DOT_PX
        for a, b in zip(x.tolist(), y.tolist(), strict=True):
            painter.drawEllipse(QPointF(a, b), radius, radius)
