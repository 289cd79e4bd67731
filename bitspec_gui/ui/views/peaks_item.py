"""The sticks of a spectrum with their labels, as one graphics item that stays fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTransform

from bitspec_gui.domain.annotation import PeakAnnotation
from bitspec_gui.ui.theme import Colours
from bitspec_gui.ui.views.annotation_words import label_lines
from bitspec_gui.ui.views.content import LabelMode, Sticks
from bitspec_gui.ui.views.label_layout import Candidate, Placed, place_labels

ION_MARK = "M⁺•"
NOT_LIT_SHARE = 0.28
"""How much of its colour a stick keeps that is not lit."""

TITLE_GAP_PX = 8.0
"""Pixels kept free between a title and the mark of the molecular ion."""

_ALIGNMENT = {-1: Qt.AlignmentFlag.AlignRight, 0: Qt.AlignmentFlag.AlignHCenter, 1: Qt.AlignmentFlag.AlignLeft}
_EXTENT = QRectF(-100.0, -200.0, 3000.0, 400.0)


@dataclass(frozen=True)
class Titles:
    """Words in the corners: what stands above and what below the axis."""

    top: str = ""
    bottom: str = ""
    top_measured: bool = False
    top_unknown: bool = False
    bottom_measured: bool = True


class PeaksItem(pg.GraphicsObject):  # type: ignore[misc]
    """Draws sticks as filled rectangles in device pixels: crisp, never antialiased, as wide as the zoom allows."""

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self.colours = colours
        self.series: list[Sticks] = []
        self.titles = Titles()
        self.molecular_mass: int | None = None
        self.annotations: Mapping[int, PeakAnnotation] = {}
        self.labels_shown = True
        self.label_mode = LabelMode.MZ
        self.threshold_percent = 5.0
        self.selected_mz: int | None = None
        self.lit: Mapping[int, float] | None = None
        self.faded = False
        self.label_font = QFont()

    def boundingRect(self) -> QRectF:
        """Everything that can be scrolled to; the item paints in the whole plot."""
        return _EXTENT

    def paint(self, painter: QPainter, _option: Any, _widget: Any = None) -> None:
        """Sticks, labels, the line at zero and the mark of the molecular ion."""
        if not self.series:
            return
        to_pixels = painter.worldTransform()
        plot = to_pixels.mapRect(self.getViewBox().viewRect())
        painter.save()
        painter.resetTransform()
        painter.setClipRect(plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setOpacity(0.35 if self.faded else 1.0)
        ion_x = self._ion_x(to_pixels, plot)
        mark = None if ion_x is None else self._paint_ion(painter, plot, ion_x)
        for sticks in self.series:
            self._paint_sticks(painter, to_pixels, plot, sticks)
        zero = round(to_pixels.map(QPointF(0, 0)).y()) + 0.5
        painter.setPen(QPen(QColor(self.colours.muted), 1))
        painter.drawLine(QPointF(plot.left(), zero), QPointF(plot.right(), zero))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        taken = self._paint_titles(painter, plot, mark, ion_x)
        if self.labels_shown:
            self._paint_labels(painter, to_pixels, plot, taken, ion_x)
        painter.restore()

    def colour_of(self, sticks: Sticks) -> QColor:
        """Colour of a series."""
        return QColor(self._colour(measured=sticks.measured, unknown=sticks.unknown))

    def _colour(self, *, measured: bool, unknown: bool = False) -> str:
        if unknown:
            return self.colours.text
        return self.colours.measured if measured else self.colours.predicted

    def _paint_sticks(self, painter: QPainter, to_pixels: QTransform, plot: QRectF, sticks: Sticks) -> None:
        x = to_pixels.m11() * sticks.mz + to_pixels.dx()
        tip = to_pixels.m22() * sticks.height + to_pixels.dy()
        zero = float(to_pixels.dy())
        width = stick_width(abs(to_pixels.m11()))
        inside = (x >= plot.left() - width) & (x <= plot.right() + width)
        left = np.floor(x[inside] - width / 2 + 0.5)
        top = np.minimum(tip[inside], zero)
        height = np.maximum(np.abs(tip[inside] - zero), 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        sizes = [QRectF(a, b, width, h) for a, b, h in zip(left.tolist(), top.tolist(), height.tolist(), strict=True)]
        unit = np.floor(sticks.mz[inside] + 0.5)
        self._fill(painter, sizes, unit, self.colour_of(sticks), zero)
        if self.selected_mz is not None:
            chosen = np.flatnonzero(unit == self.selected_mz).tolist()
            wide = max(width, 3.0)
            self._fill(painter, [sizes[i].adjusted((width - wide) / 2, 0, (wide - width) / 2, 0) for i in chosen],
                       unit[chosen], QColor(self.colours.ion), zero)  # fmt: skip

    def _fill(self, painter: QPainter, sticks: list[QRectF], unit_mz: NDArray[np.float64], colour: QColor, zero: float) -> None:
        """Fill sticks, or the lit parts of pale ones."""
        painter.setBrush(colour if self.lit is None else _pale(colour, self.colours.base))
        painter.drawRects(sticks)
        if self.lit is not None:
            painter.setBrush(colour)
            painter.drawRects(_lit_parts(sticks, unit_mz, self.lit, zero))

    def _ion_x(self, to_pixels: QTransform, plot: QRectF) -> float | None:
        """Where M lies across the plot, in pixels; None if that is unknown or out of sight."""
        if self.molecular_mass is None:
            return None
        x = round(to_pixels.map(QPointF(self.molecular_mass, 0)).x()) + 0.5
        return x if plot.left() <= x <= plot.right() else None

    def _bold(self) -> QFont:
        bold = QFont(self.label_font)
        bold.setBold(True)
        return bold

    def _paint_ion(self, painter: QPainter, plot: QRectF, x: float) -> QRectF:
        """The mark of M at the top, and from below it a dotted line; returns the box of the mark."""
        bold = self._bold()
        metrics = QFontMetricsF(bold)
        width = metrics.horizontalAdvance(ION_MARK)
        left = min(max(x - width / 2, plot.left()), plot.right() - width)
        box = QRectF(left, plot.top() + 2, width + 2, metrics.height())
        painter.setPen(QPen(QColor(self.colours.ion), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, box.bottom() + 1), QPointF(x, plot.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setFont(bold)
        painter.setPen(QColor(self.colours.ion))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, ION_MARK)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        return box

    def _interrupt_line(self, painter: QPainter, box: QRectF, ion_x: float | None) -> None:
        """Take the dotted line of M away where words will stand."""
        if ion_x is None or not box.left() - 1 <= ion_x <= box.right() + 1:
            return
        opacity = painter.opacity()
        painter.setOpacity(1.0)
        painter.fillRect(QRectF(ion_x - 1.5, box.top(), 3.0, box.height()), QColor(self.colours.base))
        painter.setOpacity(opacity)

    def _paint_titles(self, painter: QPainter, plot: QRectF, mark: QRectF | None, ion_x: float | None) -> list[QRectF]:
        bold = self._bold()
        painter.setFont(bold)
        metrics = QFontMetricsF(bold)
        taken = [] if mark is None else [mark]
        line = QRectF(plot.left() + 10, plot.top() + 4, max(plot.width() - 24, 0.0), metrics.height())
        top = self._colour(measured=self.titles.top_measured, unknown=self.titles.top_unknown)
        bottom = self._colour(measured=self.titles.bottom_measured)
        for text, colour, space in (
            (self.titles.top, top, title_space(line, mark, metrics.horizontalAdvance(self.titles.top))),
            (self.titles.bottom, bottom, line.translated(0, plot.height() - metrics.height() - 8)),
        ):
            if not text:
                continue
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, space.width())
            box = QRectF(space.left(), space.top(), metrics.horizontalAdvance(shown) + 2, metrics.height())
            self._interrupt_line(painter, box, ion_x)
            painter.setPen(QColor(colour))
            # In a picture larger than the screen, letters are not rounded to the same widths.
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, shown)
            taken.append(box)
        return taken

    def _paint_labels(
        self, painter: QPainter, to_pixels: QTransform, plot: QRectF, taken: list[QRectF], ion_x: float | None
    ) -> None:
        painter.setFont(self.label_font)
        metrics = QFontMetricsF(self.label_font)
        texts: list[tuple[str, ...]] = []
        candidates: list[Candidate] = []
        for sticks in self.series:
            size = np.abs(sticks.height)
            chosen = (
                np.floor(sticks.mz + 0.5) == self.selected_mz if self.selected_mz is not None else np.zeros(len(sticks), bool)
            )
            kept = np.flatnonzero((size >= self.threshold_percent) | chosen)
            kept = kept[np.argsort(-size[kept], kind="stable")[:120]]
            for i in kept.tolist():
                end = to_pixels.map(QPointF(sticks.mz[i], sticks.height[i]))
                text = self._label(float(sticks.mz[i]), measured=sticks.measured)
                weight = float(size[i]) + (1000.0 if chosen[i] else 0.0)
                widths = [metrics.horizontalAdvance(line) for line in text]
                upwards = bool(sticks.height[i] >= 0)
                place = len(texts)
                candidates.append(Candidate(end.x(), end.y(), max(widths), weight, upwards, place, len(text), widths[0]))
                texts.append(text)
        ends = [(to_pixels.m11() * s.mz + to_pixels.dx(), to_pixels.m22() * s.height + to_pixels.dy()) for s in self.series]
        zero = float(to_pixels.dy())

        def blocked(box: Placed) -> bool:
            if any(QRectF(box.left, box.top, box.width, box.height).intersects(other) for other in taken):
                return True
            return any(
                bool(
                    (
                        (x > box.left - 1)
                        & (x < box.left + box.width + 1)
                        & (np.minimum(tip, zero) < box.top + box.height - 1)
                        & (np.maximum(tip, zero) > box.top + 1)
                    ).any()
                )
                for x, tip in ends
            )

        bounds = (plot.left() + 1, plot.top() + 1, plot.right() - 1, plot.bottom() - 1)
        for box in place_labels(candidates, metrics.height() * 0.92, bounds, blocked=blocked):
            self._interrupt_line(painter, QRectF(box.left, box.top, box.width, box.height), ion_x)
            line = box.height / box.lines
            painter.setPen(QColor(self.colours.text))
            for number, words in enumerate(texts[box.index][: box.lines]):
                area = QRectF(box.left, box.top + number * line, box.width + 1, line)
                painter.drawText(area, _ALIGNMENT[box.side] | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, words)

    def _label(self, mz: float, *, measured: bool) -> tuple[str, ...]:
        # What a measured peak is made of is not known: only predicted ones bear their ion.
        annotation = None if measured else self.annotations.get(int(np.floor(mz + 0.5)))
        return label_lines(mz, annotation, self.label_mode, self.molecular_mass)


def _pale(colour: QColor, paper: str) -> QColor:
    """The colour of sticks, or parts of them, that are not lit: opaque, for the chosen stick lies over another one."""
    back = QColor(paper)
    parts = zip((colour.red(), colour.green(), colour.blue()), (back.red(), back.green(), back.blue()), strict=True)
    return QColor(*(round(NOT_LIT_SHARE * front + (1 - NOT_LIT_SHARE) * behind) for front, behind in parts))


def _lit_parts(sticks: list[QRectF], unit_mz: NDArray[np.float64], lit: Mapping[int, float], zero: float) -> list[QRectF]:
    """The part of each stick (P,), from the line at `zero` on, that is lit: its height is the share in `lit`."""
    parts = []
    for stick, mz in zip(sticks, unit_mz.tolist(), strict=True):
        height = stick.height() * min(lit.get(int(mz), 0.0), 1.0)
        if height > 0:
            height = max(height, 1.0)
            top = stick.bottom() - height if stick.bottom() <= zero + 1.0 else stick.top()
            parts.append(QRectF(stick.left(), top, stick.width(), height))
    return parts


def title_space(line: QRectF, mark: QRectF | None, wanted: float) -> QRectF:
    """The part of a line that a title `wanted` pixels wide gets: left of the mark if it fits there, else the wider side."""
    if mark is None:
        return line
    left, right = mark.left() - TITLE_GAP_PX - line.left(), line.right() - mark.right() - TITLE_GAP_PX
    if wanted <= left or left >= right:
        return QRectF(line.left(), line.top(), min(left, line.width()), line.height())
    return QRectF(mark.right() + TITLE_GAP_PX, line.top(), right, line.height())


def stick_width(pixels_per_da: float) -> float:
    """Whole pixels for a stick: two when zoomed out, up to eight when there is room between unit masses."""
    return float(min(8, max(2, int(0.35 * pixels_per_da))))
