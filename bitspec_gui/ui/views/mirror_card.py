"""Two spectra head to tail on a small card: a predicted one above, the measured one below, and how well they agree."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.domain.tuning_jobs import ExampleSeen
from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.ui.views.content import percent_of_base_peak

LEAST_WIDTH_PX = 66

PLOT_HEIGHT_PX = 46

SAME = 0.005
"""Cosines that differ by less are said to be the same."""


class MirrorCard(QAbstractButton):
    """Shows an example; checkable, so that one of several can be looked at larger."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._colours: Colours = LIGHT
        self.example: ExampleSeen | None = None

    def show_example(self, example: ExampleSeen | None) -> None:
        """Show a compound as it is predicted now, or nothing."""
        self.example = example
        self.setVisible(example is not None)
        if example is not None:
            words = self.tr("%1: cosine %2 by the base model, %3 now").replace("%1", example.name or example.smiles)
            words = words.replace("%2", f"{example.cosine_before:.2f}").replace("%3", f"{example.cosine_now:.2f}")
            self.setAccessibleName(words)
            self.setToolTip(words + "\n" + self.tr("Above: predicted now. Below: measured. Click to see it larger."))
        self.update()

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._colours = colours
        self.update()

    def sizeHint(self) -> QSize:
        """A line for the name, the plot, a line for the cosines."""
        return QSize(130, 2 * self.fontMetrics().lineSpacing() + PLOT_HEIGHT_PX + 14)

    def minimumSizeHint(self) -> QSize:
        """As high as it is, and not much narrower."""
        return QSize(LEAST_WIDTH_PX, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A card with a name, sticks and cosines; its frame says whether it is looked at."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        c = self._colours
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        strong = self.isChecked() or self.hasFocus()
        painter.setPen(QPen(QColor(c.accent if strong else c.border), 2 if self.isChecked() and self.hasFocus() else 1))
        painter.setBrush(QColor(c.selection if self.isChecked() else c.base))
        painter.drawRoundedRect(frame, 5, 5)
        if self.example is not None:
            self._paint_example(painter, self.example, frame.adjusted(7, 4, -7, -4))
        painter.end()

    def _paint_example(self, painter: QPainter, example: ExampleSeen, area: QRectF) -> None:
        c, metrics = self._colours, self.fontMetrics()
        line = float(metrics.lineSpacing())
        name = metrics.elidedText(example.name or example.smiles, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.setPen(QColor(c.text))
        painter.drawText(QRectF(area.left(), area.top(), area.width(), line), int(Qt.AlignmentFlag.AlignLeft), name)
        plot = QRectF(area.left(), area.top() + line + 2, area.width(), area.height() - 2 * line - 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        _paint_sticks(painter, example.now, example.measured, plot, c)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QColor(change_colour(example.cosine_now - example.cosine_before, c)))
        words = _cosines(example, lambda text: metrics.horizontalAdvance(text) <= area.width())
        painter.drawText(QRectF(area.left(), area.bottom() - line, area.width(), line), int(Qt.AlignmentFlag.AlignLeft), words)


def _cosines(example: ExampleSeen, fits: Callable[[str], bool]) -> str:
    """Both cosines, or how they changed where only that has room: a figure that is cut off would be another figure."""
    both = f"{example.cosine_before:.2f} → {example.cosine_now:.2f}"
    change = round(example.cosine_now - example.cosine_before, 2) + 0.0
    return both if fits(both) else f"{change:+.2f}".replace("-", "−")


def change_colour(change: float, colours: Colours) -> str:
    """Colour of a rise, a fall, or neither."""
    return colours.muted if abs(change) < SAME else colours.excellent if change > 0 else colours.poor


def _paint_sticks(painter: QPainter, above: Spectrum, below: Spectrum, area: QRectF, colours: Colours) -> None:
    filled = [spectrum for spectrum in (above, below) if len(spectrum)]
    if not filled:
        return
    low = min(float(spectrum.mz.min()) for spectrum in filled) - 2
    high = max(float(spectrum.mz.max()) for spectrum in filled) + 2
    axis, half = area.center().y(), area.height() / 2
    for spectrum, colour, direction in ((above, colours.predicted, -1.0), (below, colours.measured, 1.0)):
        if len(spectrum):
            x = area.left() + area.width() * (spectrum.mz - low) / max(high - low, 1.0)
            y = axis + direction * half * percent_of_base_peak(spectrum) / 100.0
            painter.setPen(QPen(QColor(colour), 1))
            painter.drawLines([QLineF(a, axis, a, b) for a, b in zip(np.round(x).tolist(), y.tolist(), strict=True)])
    painter.setPen(QPen(QColor(colours.border), 1))
    painter.drawLine(QLineF(area.left(), axis, area.right(), axis))
