"""What explains a heat map: its scale as a bar with figures, from where on scores have a colour, and the marks of a fragment."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QLinearGradient, QPainter, QPen, QPolygonF

from bitspec_gui.domain.heat_colours import heat_colour, heat_colours
from bitspec_gui.ui.views.heat_map_words import LegendWords, figure_text

BAR_PX = 12.0
SWATCH_PX = 16
_GAP_PX = 2.0
_WORDS_GAP_PX = 6.0
_MARK_PX = 4.0
_STOPS = 16
"""Colours of the gradient on each side of 0: between them it runs straight in RGB, which is not to be told from the scale."""


def bar_height(metrics: QFontMetricsF) -> float:
    """Height of a bar with its figures and its mark, in pixels."""
    return _MARK_PX + BAR_PX + _GAP_PX + metrics.height()


def paint_heat_bar(
    painter: QPainter, room: QRectF, words: LegendWords, *, threshold: float, dark: bool, text: str, border: str
) -> None:
    """Paint a bar with its figures in the painter's font.

    Parameters
    ----------
    painter : QPainter
    room : QRectF
        As high as `bar_height` says.
    words : LegendWords
        Says what the ends stand for.
    threshold : float
        Below this share of the highest score nothing has a colour; marked on the bar if it is not 0.
    dark : bool
        Whether the map is on dark paper.
    text, border : str
        Colours of figures and frame, as ``#rrggbb``.
    """
    bar = QRectF(room.left() + 0.5, room.top() + _MARK_PX, room.width() - 1, BAR_PX)
    lowest = -1.0 if words.low < 0 else 0.0

    def place(score: float) -> float:
        return bar.left() + bar.width() * (score - lowest) / (1.0 - lowest)

    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    steps = _STOPS * (2 if lowest else 1)
    for step in range(steps + 1):
        gradient.setColorAt(step / steps, QColor(heat_colour(lowest + step / _STOPS, dark=dark)))
    painter.fillRect(bar, QBrush(gradient))
    shut = QRectF(place(max(lowest, -threshold)), bar.top(), place(threshold) - place(max(lowest, -threshold)), bar.height())
    if threshold > 0:
        painter.fillRect(shut, QColor(heat_colours(dark).paper))
        painter.fillRect(shut, QBrush(QColor(border), Qt.BrushStyle.BDiagPattern))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(border), 1.0))
    painter.drawRect(bar)
    if threshold > 0:
        _paint_marks(painter, [place(score) for score in (threshold, -threshold) if score >= lowest], bar, text)
    _paint_figures(painter, bar, words, text)


def _paint_marks(painter: QPainter, places: list[float], bar: QRectF, colour: str) -> None:
    """A line across the bar, with an arrowhead upon it, where colours begin."""
    for x in places:
        painter.setPen(QPen(QColor(colour), 1.2))
        painter.drawLine(QPointF(x, bar.top()), QPointF(x, bar.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        top = bar.top() - _MARK_PX
        painter.drawPolygon(QPolygonF([QPointF(x - _MARK_PX, top), QPointF(x + _MARK_PX, top), QPointF(x, bar.top())]))
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_figures(painter: QPainter, bar: QRectF, words: LegendWords, colour: str) -> None:
    """Figures at the ends of the scale and in its middle; none where all scores are 0."""
    if not words.high:
        return
    painter.setPen(QColor(colour))
    below = QRectF(bar.left(), bar.bottom() + _GAP_PX, bar.width(), QFontMetricsF(painter.font()).height())
    ends = (*(figure_text(each, digits=2) for each in (words.low, (words.low + words.high) / 2, words.high)),)
    sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
    for figure, side in zip(ends, sides, strict=True):
        painter.drawText(below, int(side | Qt.AlignmentFlag.AlignTop), figure)


def fragment_texts() -> tuple[str, str]:
    """What is said beside the outline and the grey of a fragment."""
    return QCoreApplication.translate("HeatMap", "kept fragment"), QCoreApplication.translate("HeatMap", "lost part")


def paint_fragment_keys(painter: QPainter, room: QRectF, texts: tuple[str, str], *, dark: bool, text: str) -> None:
    """Paint what the outline and the grey of a fragment mean, one beside the other."""
    heat, metrics = heat_colours(dark), QFontMetricsF(painter.font())
    left, middle = room.left() + 1.5, room.center().y()
    for swatch, words in zip(("kept", "lost"), texts, strict=True):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if swatch == "kept":
            painter.setPen(QPen(QColor(heat.kept), 1.8))
            painter.drawRoundedRect(QRectF(left, middle - 5, SWATCH_PX, 10), 5, 5)
        else:
            painter.setPen(QPen(QColor(heat.lost), 1.8))
            painter.drawPolyline(
                [QPointF(left, middle + 3), QPointF(left + 8, middle - 3), QPointF(left + SWATCH_PX, middle + 3)]
            )
        left += SWATCH_PX + _WORDS_GAP_PX
        painter.setPen(QColor(text))
        width = metrics.horizontalAdvance(words)
        painter.drawText(QRectF(left, room.top(), width + 2, room.height()), int(Qt.AlignmentFlag.AlignVCenter), words)
        left += width + 3 * _WORDS_GAP_PX
