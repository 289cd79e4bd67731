"""By how much each held-out spectrum changed, sorted: dots above the line rose, dots below it fell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QLabel, QWidget

from bitspec_gui.domain.verdict import Outcome, Verdict
from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.ui.training_words import signed
from bitspec_gui.ui.views.mirror_card import change_colour
from bitspec_gui.ui.views.plot_colours import colour_axis, words_on_plot

REACH_PX = 12.0
"""How near a dot the pointer must be, sideways."""

DOT_PX, SMALL_DOT_PX, MANY = 8, 5, 120

BAND_ALPHA = 45


class ChangesPlot(pg.PlotWidget):  # type: ignore[misc]
    """Dots to point at and pick; arrows step through them. `picked` carries an `Outcome`."""

    picked = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(self.tr("Change of each held-out spectrum, sorted"))
        self.setFrameShape(self.Shape.NoFrame)
        self.setMenuEnabled(False)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(180, 90)
        self._colours: Colours = LIGHT
        self._verdict: Verdict | None = None
        self._sorted: list[Outcome] = []
        self._chosen: Outcome | None = None
        self._dots = pg.ScatterPlotItem(pxMode=True)
        self._ring = pg.ScatterPlotItem(pxMode=True)
        self._hover = QLabel(self)
        self._hover.setObjectName(f"{name}Hover")
        self._hover.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hover.hide()
        self.scene().sigMouseMoved.connect(self._hovered)
        self.scene().sigMouseClicked.connect(self._clicked)
        self.set_colours(LIGHT)

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Show the changes of a verdict, or nothing."""
        self._verdict = verdict
        self._sorted = sorted(verdict.outcomes, key=lambda each: each.change) if verdict is not None else []
        self._chosen = None
        self._redraw()

    def choose(self, outcome: Outcome | None) -> None:
        """Ring the dot of a spectrum."""
        self._chosen = outcome
        self._draw_ring()

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._colours = colours
        self.setBackground(colours.base)
        for name, label in (("left", self.tr("Change")), ("bottom", self.tr("Held-out spectra, sorted"))):
            colour_axis(self.getAxis(name), colours, self.font(), label)
        self.getAxis("bottom").setStyle(showValues=False)
        self._hover.setStyleSheet(words_on_plot(colours))
        self._redraw()

    def place_of(self, outcome: Outcome) -> QPointF:
        """Where the dot of a spectrum lies in the view, in pixels."""
        box = self.getPlotItem().getViewBox()
        at = box.mapViewToScene(QPointF(self._place(outcome), outcome.change))
        return QPointF(self.mapFromScene(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the next dot, Home and End to the ends."""
        last = len(self._sorted) - 1
        here = self._place(self._chosen) if self._chosen is not None else -1
        places = {
            Qt.Key.Key_Left.value: max(0, here - 1), Qt.Key.Key_Right.value: min(last, here + 1), Qt.Key.Key_Home.value: 0,
            Qt.Key.Key_End.value: last,
        }  # fmt: skip
        place = places.get(event.key())
        if place is None or last < 0:
            super().keyPressEvent(event)
        else:
            self.picked.emit(self._sorted[place])

    def leaveEvent(self, event: Any) -> None:
        """Hide what was said about the dot under the pointer."""
        self._hover.hide()
        super().leaveEvent(event)

    def _place(self, outcome: Outcome) -> int:
        return next((place for place, each in enumerate(self._sorted) if each is outcome), -1)

    def _redraw(self) -> None:
        self.clear()
        self._hover.hide()
        self.getPlotItem().setVisible(bool(self._sorted))
        if not self._sorted or self._verdict is None:
            return
        c, changes = self._colours, np.array([each.change for each in self._sorted])
        low, high = self._verdict.gain.low, self._verdict.gain.high
        shade = QColor(c.predicted)
        shade.setAlpha(BAND_ALPHA)
        band = pg.LinearRegionItem((low, high), orientation="horizontal", brush=shade, pen=pg.mkPen(None), movable=False)
        self.addItem(band)
        self.addItem(pg.InfiniteLine(0, angle=0, pen=pg.mkPen(c.muted, width=1)))
        self.addItem(pg.InfiniteLine(self._verdict.gain.mean, angle=0, pen=pg.mkPen(c.predicted, style=Qt.PenStyle.DashLine)))
        size = DOT_PX if len(self._sorted) <= MANY else SMALL_DOT_PX
        brushes = [pg.mkBrush(change_colour(value, c)) for value in changes.tolist()]
        self._dots.setData(x=np.arange(changes.size), y=changes, size=size, brush=brushes, pen=pg.mkPen(None))
        self.addItem(self._dots)
        self.addItem(self._ring)
        self._draw_ring()
        margin = 0.08 * max(float(np.ptp(changes)), high - low, 0.02)
        self.setRange(
            xRange=(-0.6, changes.size - 0.4),
            yRange=(min(float(changes.min()), low, 0.0) - margin, max(float(changes.max()), high, 0.0) + margin),
            padding=0,
        )

    def _draw_ring(self) -> None:
        there = self._chosen is not None and self._place(self._chosen) >= 0
        x = [self._place(self._chosen)] if there and self._chosen is not None else []
        y = [self._chosen.change] if there and self._chosen is not None else []
        self._ring.setData(x=x, y=y, size=DOT_PX + 6, brush=pg.mkBrush(None), pen=pg.mkPen(self._colours.text, width=2))
        words = self._words(self._chosen) if there and self._chosen is not None else ""
        self.setAccessibleDescription(words)

    def _near(self, where: QPointF) -> Outcome | None:
        box = self.getPlotItem().getViewBox()
        if not self._sorted or not box.sceneBoundingRect().contains(where):
            return None
        place = round(box.mapSceneToView(where).x())
        if not 0 <= place < len(self._sorted):
            return None
        outcome = self._sorted[place]
        near = bool(abs(box.mapViewToScene(QPointF(place, 0)).x() - where.x()) <= REACH_PX)
        return outcome if near else None

    def _words(self, outcome: Outcome) -> str:
        words = self.tr("%1: %2 → %3, %4").replace("%2", f"{outcome.before:.3f}").replace("%3", f"{outcome.after:.3f}")
        return str(words.replace("%4", signed(outcome.change)).replace("%1", outcome.name or outcome.smiles))

    def _hovered(self, where: QPointF) -> None:
        outcome = self._near(where)
        if outcome is None:
            self._hover.hide()
            return
        self._hover.setText(self._words(outcome))
        self._hover.adjustSize()
        point = self.mapFromScene(where)
        x = min(point.x() + 12, self.width() - self._hover.width() - 4)
        self._hover.move(max(0, x), max(0, point.y() - self._hover.height() - 8))
        self._hover.show()
        self._hover.raise_()

    def _clicked(self, event: Any) -> None:
        outcome = self._near(event.scenePos())
        if outcome is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(outcome)
