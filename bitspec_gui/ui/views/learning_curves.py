"""Learning curves: the loss above, cosines below, of every training of a job, to watch, point at and save."""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from bitspec_gui.services.training_course import Curve, TrainingCourse
from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.ui.training_words import curve_words
from bitspec_gui.ui.views.curves_item import CurveLine, CurvesItem
from bitspec_gui.ui.views.picture import scene_picture
from bitspec_gui.ui.views.plot_colours import colour_axis, words_on_plot

COSINES = (Curve.VAL, Curve.TRAIN, Curve.PUBLIC)

LEAST_SPAN = 0.04
"""Cosines that differ by less are not drawn as if they differed much."""

LOW_VIEW_PX = 230
"""Height below which the axes go without their names."""

PICTURE_PX = (860, 560)

_WIDTHS = {Curve.LOSS: 2.0, Curve.VAL: 2.0, Curve.TRAIN: 1.0, Curve.PUBLIC: 2.0}


class _Canvas(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Both plots; arrows step through the points, Home and a double click show all."""

    step_wanted = Signal(int)
    reset_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left.value: -1, Qt.Key.Key_Right.value: 1}.get(event.key())
        if step is not None:
            self.step_wanted.emit(step)
        elif event.key() == Qt.Key.Key_Home.value:
            self.reset_wanted.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset_wanted.emit()


class LearningCurves(QWidget):
    """What a course of training looks like. Curves of the run looked at are strong, those of the others pale."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.colours: Colours = LIGHT
        self._course = TrainingCourse()
        self._run: int | None = None
        self._hidden: frozenset[Curve] = frozenset()
        self._ended = False
        self._zoomed = False
        self.canvas = _Canvas(self)
        self.canvas.setObjectName(f"{name}Plot")
        self.canvas.setAccessibleName(self.tr("Learning curves"))
        self.canvas.setAcceptDrops(False)
        self.canvas.setFrameShape(self.canvas.Shape.NoFrame)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas.setMinimumSize(220, 120)
        self.canvas.ci.layout.setSpacing(2)
        self.canvas.ci.setContentsMargins(2, 4, 6, 2)
        self.setFocusProxy(self.canvas)
        self.loss, self.loss_item = self._plot(0)
        self.cosine, self.cosine_item = self._plot(1)
        self.loss.setXLink(self.cosine)
        self.canvas.ci.layout.setRowStretchFactor(0, 2)
        self.canvas.ci.layout.setRowStretchFactor(1, 3)
        self._marks = [self._mark(plot) for plot in (self.loss, self.cosine)]
        self._at: int | None = None
        self._hover, self._hint = self._label(f"{name}Hover"), self._label(f"{name}Hint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.canvas.scene().sigMouseMoved.connect(self._hovered)
        self.canvas.step_wanted.connect(self._step)
        self.canvas.reset_wanted.connect(self.reset_zoom)
        self.cosine.getViewBox().sigRangeChangedManually.connect(self._zoomed_by_hand)
        self.loss.getViewBox().sigRangeChangedManually.connect(self._zoomed_by_hand)
        self.set_colours(LIGHT)

    # What is shown

    def show_course(self, course: TrainingCourse, *, ended: bool) -> None:
        """Show what a job has told so far; of one that goes on there is room for the steps to come."""
        if course is not self._course:
            self._run, self._zoomed = None, False
        self._course, self._ended = course, ended
        self._draw()

    def choose_run(self, run: int | None) -> None:
        """Look at one training of the job; None for the latest."""
        if run != self._run:
            self._run = run
            self._draw()

    def hide_curves(self, hidden: Collection[Curve]) -> None:
        """Leave out curves."""
        self._hidden = frozenset(hidden)
        self._draw()

    @property
    def run(self) -> int | None:
        """The training that is looked at."""
        runs = self._course.runs
        return self._run if self._run in runs else runs[-1] if runs else None

    def set_hint(self, sentence: str) -> None:
        """Words in the middle; empty for none."""
        self._hint.setText(sentence)
        self._hint.setVisible(bool(sentence))
        self.canvas.ci.setVisible(not sentence)
        self._place_hint()

    def reset_zoom(self) -> None:
        """Show everything."""
        self._zoomed = False
        self._fit()

    def colour_of(self, curve: Curve) -> str:
        """Colour of a curve."""
        c = self.colours
        return {Curve.LOSS: c.ion, Curve.VAL: c.predicted, Curve.TRAIN: c.muted, Curve.PUBLIC: c.measured}[curve]

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self.colours = colours
        self.canvas.setBackground(colours.base)
        for plot, left in ((self.loss, self.tr("Loss")), (self.cosine, self.tr("Cosine"))):
            for name, label in (("left", left), ("bottom", self.tr("Step"))):
                colour_axis(plot.getAxis(name), colours, self.font(), label)
            # Left axes as wide as each other keep the plots one above the other.
            plot.getAxis("left").setWidth(self.fontMetrics().horizontalAdvance("0.000") + 34)
        for mark in self._marks:
            mark.setPen(pg.mkPen(colours.muted, style=Qt.PenStyle.DotLine))
        self._hover.setStyleSheet(words_on_plot(colours))
        self._fit_axes()
        self._draw()

    def picture(self, suffix: str) -> bytes:
        """Content of a picture file (.png, .svg, .pdf) of the curves with their legend: dark on white, fit for print."""
        print_out = LearningCurves(f"{self.objectName()}Print")
        print_out.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        print_out.resize(*PICTURE_PX)
        print_out.show_course(self._course, ended=self._ended)
        print_out.choose_run(self._run)
        print_out.hide_curves(self._hidden)
        for plot, curves in ((print_out.loss, (Curve.LOSS,)), (print_out.cosine, COSINES)):
            plot.setTitle(print_out._legend(curves), size="9pt")
        print_out.show()
        canvas = print_out.canvas
        content = scene_picture(canvas.scene(), QRectF(canvas.viewport().rect()), suffix, self.logicalDpiX())
        print_out.close()
        print_out.deleteLater()
        return content

    def _legend(self, curves: Collection[Curve]) -> str:
        shown = [curve for curve in curves if curve not in self._hidden]
        marks = {Curve.TRAIN: "─", Curve.PUBLIC: "╌"}
        return " &nbsp; ".join(
            f'<span style="color:{self.colour_of(curve)}">{marks.get(curve, "━")} {escape(curve_words(curve))}</span>'
            for curve in shown
        )

    # Drawing

    def _plot(self, row: int) -> tuple[Any, CurvesItem]:
        plot = self.canvas.addPlot(row=row, col=0)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.getViewBox().setMouseEnabled(x=True, y=False)
        plot.disableAutoRange()
        item = CurvesItem()
        plot.addItem(item)
        return plot, item

    def _mark(self, plot: Any) -> Any:
        mark = pg.InfiniteLine(0)
        mark.hide()
        plot.addItem(mark)
        return mark

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        label.hide()
        return label

    def _draw(self) -> None:
        self.loss_item.show_lines(self._lines((Curve.LOSS,)))
        self.cosine_item.show_lines(self._lines(COSINES))
        if not self._zoomed:
            self._fit()
        if self._at is not None:
            self._look_at(self._at)

    def _lines(self, curves: Collection[Curve]) -> tuple[CurveLine, ...]:
        lines = []
        for run in self._course.runs:
            for curve in curves:
                if curve in self._hidden:
                    continue
                x, y = self._course.series(run, curve)
                if x.size:
                    colour, dashed = self.colour_of(curve), curve is Curve.PUBLIC
                    lines.append(CurveLine(x, y, colour, _WIDTHS[curve], dashed=dashed, pale=run != self.run))
        return tuple(lines)

    def _fit(self) -> None:
        lines = (*self.loss_item.lines, *self.cosine_item.lines)
        told = max((float(line.x[-1]) for line in lines), default=1.0)
        planned = max((self._course.steps(run) for run in self._course.runs), default=1)
        high = told if self._ended else max(told, float(planned))
        for plot in (self.loss, self.cosine):
            plot.setLimits(xMin=0, xMax=1.04 * max(high, told), minXRange=2)
        self.cosine.setXRange(0, 1.02 * max(high, 1.0), padding=0)
        low, top = _span(self.loss_item.lines, 0.0)
        self.loss.setYRange(max(0.0, low), top, padding=0)
        low, top = _span(self.cosine_item.lines, LEAST_SPAN)
        self.cosine.setYRange(low, min(top, 1.02), padding=0)

    def _zoomed_by_hand(self, *_: object) -> None:
        self._zoomed = True

    # What is pointed at

    def words_at(self, step: int) -> str:
        """All that was measured of the run looked at, at the point nearest to a step."""
        run = self.run
        if run is None:
            return ""
        title = self._course.title(run)
        lines = [" · ".join(part for part in (title, self.tr("step %1").replace("%1", str(step))) if part)]
        for curve in (*COSINES, Curve.LOSS):
            x, y = self._course.series(run, curve)
            there = np.flatnonzero(x == step)
            if there.size and curve not in self._hidden:
                lines.append(f"{curve_words(curve)}: {y[there[-1]]:.3f}")
        return "\n".join(lines)

    def _steps(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        run = self.run
        return self._course.series(run, Curve.LOSS)[0] if run is not None else np.zeros(0)

    def _hovered(self, where: QPointF) -> None:
        plot = next((each for each in (self.loss, self.cosine) if each.sceneBoundingRect().contains(where)), None)
        steps = self._steps()
        if plot is None or not steps.size:
            self._look_away()
            return
        at = plot.getViewBox().mapSceneToView(where).x()
        self._look_at(int(steps[np.argmin(np.abs(steps - at))]))

    def _step(self, by: int) -> None:
        steps = self._steps()
        if not steps.size:
            return
        here = int(np.argmin(np.abs(steps - self._at))) + by if self._at is not None else (0 if by > 0 else steps.size - 1)
        self._look_at(int(steps[min(max(here, 0), steps.size - 1)]))

    def _look_at(self, step: int) -> None:
        self._at = step
        words = self.words_at(step)
        for mark in self._marks:
            mark.setPos(step)
            mark.show()
        self.canvas.setAccessibleDescription(words)
        self._hover.setText(words)
        self._hover.adjustSize()
        box = self.cosine.getViewBox()
        x = self.canvas.mapFromScene(box.mapViewToScene(QPointF(step, 0))).x()
        right = x + 14 + self._hover.width() <= self.width()
        self._hover.move(max(0, x + 14 if right else x - 14 - self._hover.width()), 6)
        self._hover.setVisible(bool(words))
        self._hover.raise_()

    def _look_away(self) -> None:
        self._at = None
        self._hover.hide()
        for mark in self._marks:
            mark.hide()

    def leaveEvent(self, event: Any) -> None:
        """Hide what was said about the point under the pointer."""
        self._look_away()
        super().leaveEvent(event)

    def resizeEvent(self, event: Any) -> None:
        """Show as much of the axes as there is room for, and keep the words where they belong."""
        super().resizeEvent(event)
        self._fit_axes()
        self._place_hint()

    def _fit_axes(self) -> None:
        roomy = self.height() >= LOW_VIEW_PX
        self.loss.getAxis("bottom").setStyle(showValues=False)
        self.loss.getAxis("bottom").showLabel(False)
        self.cosine.getAxis("bottom").showLabel(roomy)
        for plot in (self.loss, self.cosine):
            plot.getAxis("left").showLabel(roomy)

    def _place_hint(self) -> None:
        self._hint.setFixedWidth(max(120, int(self.width() * 0.7)))
        self._hint.adjustSize()
        self._hint.move((self.width() - self._hint.width()) // 2, (self.height() - self._hint.height()) // 2)


def _span(lines: Collection[CurveLine], least: float) -> tuple[float, float]:
    """Least and largest value that is drawn, with some room about them."""
    if not lines:
        return 0.0, 1.0
    low, high = min(float(line.y.min()) for line in lines), max(float(line.y.max()) for line in lines)
    room = max(high - low, least, 1e-6)
    middle = (low + high) / 2
    return middle - 0.58 * room, middle + 0.58 * room
