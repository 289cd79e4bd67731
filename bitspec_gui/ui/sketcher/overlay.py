"""What lies over the drawing but does not belong to it: the frame of a selection, the lasso, the keyboard's place, the hint."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.geometry import bounds
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.ui.theme import LIGHT, Colours

FRAME_MARGIN = 0.5
"""Room between the atoms that are selected and the frame around them, in bond lengths."""

HANDLE_RADIUS_PX = 7.5
HANDLE_REACH_PX = 10.0
HANDLE_DISTANCE_PX = 14.0
CURRENT_RADIUS = 0.36
"""Radius of the ring around the keyboard's atom, in bond lengths."""

Point = tuple[float, float]
ToView = Callable[[float, float], QPointF]
"""From bond lengths to pixels of the view."""


@dataclass
class Overlay:
    """What is to be seen over the drawing; points are in bond lengths."""

    colours: Colours = LIGHT
    outline: tuple[Point, ...] = ()
    words: str = ""
    words_at: Point = (0.0, 0.0)
    framed: frozenset[int] = frozenset()
    current: Picked = field(default_factory=Picked)
    hint: str = ""

    def paint(self, painter: QPainter, sketch: Sketch, to_view: ToView, room: QRectF) -> None:
        """Paint it, in pixels of the view, for the sketch that is on show."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not sketch and self.hint:
            self._paint_hint(painter, room)
        self._paint_current(painter, sketch, to_view)
        self._paint_frame(painter, sketch, to_view, room)
        self._paint_outline(painter, to_view)
        if self.words:
            self._paint_words(painter, to_view(*self.words_at), room)

    def handle(self, sketch: Sketch, to_view: ToView, room: QRectF | None = None) -> QPointF | None:
        """Middle of the handle that turns the selection, in pixels, within `room`; None if there is nothing to turn."""
        found = self._frame_and_handle(sketch, to_view, room)
        return None if found is None else found[2]

    def _frame_and_handle(self, sketch: Sketch, to_view: ToView, room: QRectF | None) -> tuple[QRectF, QPointF, QPointF] | None:
        """The frame, the corner of it that bears the handle, and the handle: the first corner at which it is in sight."""
        frame = self._frame(sketch, to_view)
        if frame is None:
            return None
        off = HANDLE_DISTANCE_PX
        corners = (
            (frame.topRight(), QPointF(off, -off)), (frame.topLeft(), QPointF(-off, -off)),
            (frame.bottomRight(), QPointF(off, off)), (frame.bottomLeft(), QPointF(-off, off)),
        )  # fmt: skip
        edge = HANDLE_RADIUS_PX + 1
        inner = None if room is None else room.adjusted(edge, edge, -edge, -edge)
        for corner, way in corners:
            if inner is None or inner.contains(corner + way):
                return frame, corner, corner + way
        # It is larger than the paper in sight: the handle stays in sight, within the frame.
        corner, at = corners[0][0], corners[0][0] + corners[0][1]
        x = min(max(at.x(), inner.left()), inner.right()) if inner is not None else at.x()
        y = min(max(at.y(), inner.top()), inner.bottom()) if inner is not None else at.y()
        return frame, corner, QPointF(x, y)

    def _frame(self, sketch: Sketch, to_view: ToView) -> QRectF | None:
        framed = self.framed & sketch.atoms.keys()
        if len(framed) < 2:
            return None
        left, bottom, right, top = bounds(sketch, framed)
        margin = FRAME_MARGIN
        return QRectF(to_view(left - margin, top + margin), to_view(right + margin, bottom - margin))

    def _paint_frame(self, painter: QPainter, sketch: Sketch, to_view: ToView, room: QRectF) -> None:
        found = self._frame_and_handle(sketch, to_view, room)
        if found is None:
            return
        frame, corner, handle = found
        pen = QPen(QColor(self.colours.accent), 1.0, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, 3, 3)
        pen.setStyle(Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.drawLine(corner, handle)
        painter.setBrush(QColor(self.colours.base))
        painter.drawEllipse(handle, HANDLE_RADIUS_PX, HANDLE_RADIUS_PX)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _paint_turn(painter, handle)

    def _paint_outline(self, painter: QPainter, to_view: ToView) -> None:
        if len(self.outline) < 2:
            return
        accent = QColor(self.colours.accent)
        painter.setPen(QPen(accent, 1.0, Qt.PenStyle.DashLine))
        accent.setAlpha(28)
        painter.setBrush(accent)
        painter.drawPolygon(QPolygonF([to_view(*point) for point in self.outline]))

    def _paint_current(self, painter: QPainter, sketch: Sketch, to_view: ToView) -> None:
        ends = _ends(sketch, self.current)
        if not ends:
            return
        pen = QPen(QColor(self.colours.accent), 1.6, Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = [to_view(*end) for end in ends]
        radius = abs(to_view(CURRENT_RADIUS, 0).x() - to_view(0, 0).x())
        if len(points) == 1:
            painter.drawEllipse(points[0], radius, radius)
            return
        way = points[1] - points[0]
        painter.save()
        painter.translate((points[0] + points[1]) * 0.5)
        painter.rotate(math.degrees(math.atan2(way.y(), way.x())))
        length = math.hypot(way.x(), way.y())
        painter.drawRoundedRect(QRectF(-length / 2, -radius * 0.6, length, 1.2 * radius), radius * 0.6, radius * 0.6)
        painter.restore()

    def _paint_words(self, painter: QPainter, at: QPointF, room: QRectF) -> None:
        metrics = QFontMetricsF(painter.font())
        box = metrics.boundingRect(self.words).adjusted(-6, -3, 6, 3)
        box.moveTopLeft(at + QPointF(14, -12 - box.height()))
        box.moveRight(min(box.right(), room.right() - 2))
        box.moveTop(max(box.top(), room.top() + 2))
        painter.setPen(QColor(self.colours.border))
        painter.setBrush(QColor(self.colours.raised))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(self.colours.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.words)

    def _paint_hint(self, painter: QPainter, room: QRectF) -> None:
        painter.setPen(QColor(self.colours.muted))
        inside = room.adjusted(16, 12, -16, -12)
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self.hint)


def _paint_turn(painter: QPainter, middle: QPointF) -> None:
    """An arrow that goes round, so that the handle says what it does."""
    radius, end_deg = 0.5 * HANDLE_RADIUS_PX, 30.0
    painter.drawArc(QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius), round(end_deg * 16), 290 * 16)
    tip = middle + QPointF(radius * math.cos(math.radians(end_deg)), -radius * math.sin(math.radians(end_deg)))
    painter.drawPolyline([tip + QPointF(-2.6, 0.2), tip, tip + QPointF(0.4, -2.8)])


def _ends(sketch: Sketch, picked: Picked) -> list[Point]:
    if picked.atom is not None and picked.atom in sketch.atoms:
        atoms = [picked.atom]
    elif picked.bond is not None and picked.bond in sketch.bonds:
        atoms = [sketch.bonds[picked.bond].begin, sketch.bonds[picked.bond].end]
    else:
        atoms = []
    return [(sketch.atoms[atom].x, sketch.atoms[atom].y) for atom in atoms]
