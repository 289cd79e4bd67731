"""The traces of a chromatogram with what is marked in it, as one graphics item that stays fast with many scans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

from bitspec_gui.ui.theme import LIGHT, Colours

FloatArray = NDArray[np.float64]

_EXTENT = QRectF(-1e7, -1e3, 2e7, 1e5)
_TOP_PX = 4.0
_POINTS_A_PIXEL = 3


@dataclass(frozen=True)
class Band:
    """Scans that are marked, as times from ``low`` to ``high``; one scan alone is also marked by a ``line`` at its time."""

    low: float
    high: float
    colour: str
    alpha: int
    line: float | None = None


class TracesItem(pg.GraphicsObject):  # type: ignore[misc]
    """Draws traces as lines of one pixel; where scans lie closer than pixels, from the least to the largest of each pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.colours: Colours = LIGHT
        self.time_min: FloatArray = np.zeros(0)
        self.traces: list[FloatArray] = []
        self.trace_colours: list[str] = []
        self.tops: tuple[int, ...] = ()
        self.bands: list[Band] = []

    def boundingRect(self) -> QRectF:
        """Everything that can be scrolled to; the item paints in the whole plot."""
        return _EXTENT

    def paint(self, painter: QPainter, _option: Any, _widget: Any = None) -> None:
        """Bands at the back, traces, and marks at the tops of peaks."""
        if self.time_min.size == 0:
            return
        to_pixels = painter.worldTransform()
        plot = to_pixels.mapRect(self.getViewBox().viewRect())
        painter.save()
        painter.resetTransform()
        painter.setClipRect(plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for band in self.bands:
            self._paint_band(painter, to_pixels, plot, band)
        x = to_pixels.m11() * self.time_min + to_pixels.dx()
        first, last = np.searchsorted(x, (plot.left(), plot.right()))
        part = slice(max(0, int(first) - 1), int(last) + 1)
        for values, colour in zip(self.traces, self.trace_colours, strict=True):
            painter.setPen(QPen(QColor(colour), 0))
            painter.drawPolyline(line_through(x[part], to_pixels.m22() * values[part] + to_pixels.dy()))
        self._paint_tops(painter, to_pixels, plot)
        painter.restore()

    def _paint_band(self, painter: QPainter, to_pixels: QTransform, plot: QRectF, band: Band) -> None:
        left, right = (to_pixels.map(QPointF(time, 0)).x() for time in (band.low, band.high))
        fill = QColor(band.colour)
        fill.setAlpha(band.alpha)
        painter.fillRect(QRectF(left, plot.top(), max(right - left, 1.0), plot.height()), fill)
        if band.line is not None:
            x = round(to_pixels.map(QPointF(band.line, 0)).x()) + 0.5
            painter.setPen(QPen(QColor(band.colour), 1))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def _paint_tops(self, painter: QPainter, to_pixels: QTransform, plot: QRectF) -> None:
        """Small triangles above the peaks that were found; of those that would overlap, the tallest."""
        if not self.tops or not self.traces:
            return
        places = np.array(self.tops)
        x = to_pixels.m11() * self.time_min[places] + to_pixels.dx()
        y = to_pixels.m22() * self.traces[0][places] + to_pixels.dy()
        inside = np.flatnonzero((x >= plot.left()) & (x <= plot.right()) & (y > plot.top()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colours.muted))
        taken: set[int] = set()
        for place in inside[np.argsort(y[inside], kind="stable")].tolist():
            column = int(x[place] // (2 * _TOP_PX))
            if taken.isdisjoint((column - 1, column, column + 1)):
                taken.add(column)
                a, tip = float(x[place]), float(y[place]) - 2.0
                base = tip - 1.5 * _TOP_PX
                painter.drawPolygon(QPolygonF([QPointF(a, tip), QPointF(a - _TOP_PX, base), QPointF(a + _TOP_PX, base)]))


def line_through(x: FloatArray, y: FloatArray) -> QPolygonF:
    """A line through points in pixels, (S,) each, `x` ascending; of very many, the least and the largest of each pixel column."""
    if x.size > _POINTS_A_PIXEL * (x[-1] - x[0] + 1):
        column = np.floor(x)
        starts = np.flatnonzero(np.concatenate([[True], np.diff(column) > 0]))
        low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
        x, y = np.repeat(column[starts] + 0.5, 2), np.column_stack([low, high]).ravel()
    return QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)])
