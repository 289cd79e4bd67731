"""A chromatogram to look at, zoom and pick scans from: the total-ion current and traces of ions over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from html import escape
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from bitspec_gui.services.runs import Trace
from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.ui.views.plot_colours import colour_axis, words_on_plot
from bitspec_gui.ui.views.traces_item import Band, FloatArray, TracesItem

HEADROOM = 1.12
"""Room above the largest value on show, for the marks of the peaks."""

LOW_VIEW_PX = 150
"""Height below which a view leaves out the names of its axes, so that the traces keep some room."""

_ZOOM_STEP = 1.5
_NO_TIMES = np.zeros(0)


class PickMode(Enum):
    """What dragging with the left button does: pan, pick scans, or pick scans of the background."""

    SCAN = "scan"
    RANGE = "range"
    BACKGROUND = "background"


@dataclass(frozen=True)
class ChromatogramContent:
    """What is drawn: times (S,) in minutes, the total-ion current, traces of ions, and the scans at the tops of peaks."""

    time_min: FloatArray
    total: Trace
    ions: tuple[Trace, ...] = ()
    tops: tuple[int, ...] = ()


class _ChromatogramBox(pg.ViewBox):  # type: ignore[misc]
    """Wheel zooms time (with Ctrl: intensity), drag pans or draws a band, a click picks."""

    clicked = Signal(float)
    banded = Signal(float, float, object, bool)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(x=True, y=False)
        self.disableAutoRange()
        self.mode = PickMode.SCAN
        self.intensity_zoomed = False

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        if axis is None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.intensity_zoomed = True
            self.setYRange(0, max(self.viewRange()[1][1] * 1.02 ** (-event.delta() * 0.125), 1e-6), padding=0)
            event.accept()
            return
        super().wheelEvent(event, axis=0)

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        mode = self.mode
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            mode = PickMode.RANGE
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            mode = PickMode.BACKGROUND
        if mode is PickMode.SCAN:
            super().mouseDragEvent(event, axis=0)
            return
        event.accept()
        ends = sorted(self.mapToView(point).x() for point in (event.buttonDownPos(), event.pos()))
        self.banded.emit(ends[0], ends[1], mode, event.isFinish())

    def mouseClickEvent(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        if not event.double():
            self.clicked.emit(self.mapSceneToView(event.scenePos()).x())


class _Plot(pg.PlotWidget):  # type: ignore[misc]
    """The plot: a double click shows all, arrows step through scans and, with Ctrl, through peaks; + and - zoom."""

    reset_wanted = Signal()
    step_wanted = Signal(int)
    peak_wanted = Signal(int)
    zoom_wanted = Signal(float)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left.value: -1, Qt.Key.Key_Right.value: 1}.get(event.key())
        zoom = {Qt.Key.Key_Plus.value: 1 / _ZOOM_STEP, Qt.Key.Key_Minus.value: _ZOOM_STEP}.get(event.key())
        if step is not None:
            by_peaks = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            (self.peak_wanted if by_peaks else self.step_wanted).emit(step)
        elif zoom is not None:
            self.zoom_wanted.emit(zoom)
        elif event.key() == Qt.Key.Key_Home.value:
            self.reset_wanted.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset_wanted.emit()


class ChromatogramView(QWidget):
    """Chromatogram plot. What is picked goes out as times in minutes; what is marked is set from outside, as scans."""

    time_picked = Signal(float)
    range_picked = Signal(float, float)
    background_picked = Signal(float, float)
    step_wanted = Signal(int)
    peak_wanted = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(self.tr("Chromatogram"))
        self.content: ChromatogramContent | None = None
        self.colours: Colours = LIGHT
        self._marked: tuple[tuple[int, int], ...] = ()
        self._background: tuple[tuple[int, int], ...] = ()
        self._background_in_use = True
        self._drawn_band: Band | None = None
        self._fitting = False
        self._box = _ChromatogramBox()
        self.plot = _Plot(self, viewBox=self._box)
        self.plot.setObjectName(f"{name}Plot")
        self.plot.setAccessibleName(self.tr("Chromatogram plot"))
        self.plot.setAcceptDrops(False)
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.hideButtons()
        self.plot.setMinimumSize(200, 90)
        self.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.plot)
        self.item = TracesItem()
        self.plot.addItem(self.item)
        self._legend, self._hover, self._hint = (self._label(f"{name}{part}") for part in ("Legend", "Hover", "Hint"))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self._connect()
        self.set_colours(LIGHT)
        self.show_content(None)

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        label.hide()
        return label

    def _connect(self) -> None:
        self._box.clicked.connect(self._clicked)
        self._box.banded.connect(self._banded)
        self._box.sigXRangeChanged.connect(lambda *_: self._fit_intensity())
        self.plot.reset_wanted.connect(self.reset_zoom)
        self.plot.step_wanted.connect(self.step_wanted)
        self.plot.peak_wanted.connect(self.peak_wanted)
        self.plot.zoom_wanted.connect(self._zoom)
        self.plot.scene().sigMouseMoved.connect(self._hovered)

    # What is shown

    def show_content(self, content: ChromatogramContent | None, *, keep_zoom: bool = False) -> None:
        """Show a chromatogram (None = an empty plot)."""
        self.content = content
        self.item.time_min = _NO_TIMES if content is None else content.time_min
        self.item.traces = [] if content is None else _scaled(content)
        self.item.tops = () if content is None else content.tops
        self._fit_axes()
        self._show_legend()
        self._hover.hide()
        if not keep_zoom or content is None:
            self.mark((), ())
            self.reset_zoom()
        self._fit_intensity()
        self.item.update()

    def mark(self, picked: Sequence[tuple[int, int]], background: Sequence[tuple[int, int]], *, in_use: bool = True) -> None:
        """Mark the scans that are picked, and those of the background; `in_use` False = not subtracted at present."""
        self._marked, self._background, self._background_in_use = tuple(picked), tuple(background), in_use
        self._draw_bands()
        if self._marked and self.content is not None:
            self._bring_into_sight(*(float(self.content.time_min[scan]) for scan in self._marked[0]))

    def set_mode(self, mode: PickMode) -> None:
        """What dragging does."""
        self._box.mode = mode
        self.plot.viewport().setCursor(Qt.CursorShape.ArrowCursor if mode is PickMode.SCAN else Qt.CursorShape.SplitHCursor)

    def set_hint(self, sentence: str) -> None:
        """Words in the middle of the plot; empty for none."""
        self._hint.setText(sentence)
        self._hint.setVisible(bool(sentence))
        self._place_labels()

    def reset_zoom(self) -> None:
        """Show the whole run."""
        times = _NO_TIMES if self.content is None else self.content.time_min
        low, high = (float(times[0]), float(times[-1])) if times.size else (0.0, 1.0)
        room = max(high - low, 1e-3)
        self._box.intensity_zoomed = False
        self._box.setLimits(xMin=low - 0.02 * room, xMax=high + 0.02 * room, minXRange=min(room, 0.005), yMin=0)
        self._box.setXRange(low - 0.01 * room, high + 0.01 * room, padding=0)
        self._fit_intensity()

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self.colours = colours
        self.plot.setBackground(colours.base)
        for name, label in (("left", self.tr("% of largest")), ("bottom", self.tr("Retention time (min)"))):
            colour_axis(self.plot.getAxis(name), colours, self.font(), label)
        for words in (self._hover, self._legend):
            words.setStyleSheet(words_on_plot(colours))
        self.item.colours = colours
        self._show_legend()
        self._draw_bands()

    def trace_colours(self) -> list[str]:
        """Colours of the total-ion current and of the ions, in order."""
        c = self.colours
        ions = (c.predicted, c.excellent, c.ion, c.fair, c.poor, c.good)
        count = 0 if self.content is None else len(self.content.ions)
        return [c.muted if count else c.measured, *(ions[i % len(ions)] for i in range(count))]

    def _show_legend(self) -> None:
        content = self.content
        self.item.trace_colours = self.trace_colours()[: len(self.item.traces)]
        traces = () if content is None else (content.total, *content.ions)
        lines = (
            f'<span style="color:{colour}">■</span> {escape(trace.label)} · {float(trace.intensity.max(initial=0.0)):.3g}'
            for trace, colour in zip(traces, self.item.trace_colours, strict=True)
        )
        self._legend.setText("<br>".join(lines))
        self._legend.setVisible(len(traces) > 1)
        self._place_labels()

    def _draw_bands(self) -> None:
        c = self.colours
        bands: list[Band] = []
        if self.content is not None:
            faded = 90 if self._background_in_use else 30
            bands += [Band(*self._edges(first, last), c.fair, faded) for first, last in self._background]
            for first, last in self._marked:
                line = float(self.content.time_min[first]) if first == last else None
                bands.append(Band(*self._edges(first, last), c.accent, 70, line))
        if self._drawn_band is not None:
            bands.append(self._drawn_band)
        self.item.bands = bands
        self.item.update()

    def _edges(self, first: int, last: int) -> tuple[float, float]:
        """Times halfway to the scans beside a range."""
        times = self.content.time_min if self.content is not None else _NO_TIMES
        low = times[first] if first == 0 else (times[first - 1] + times[first]) / 2
        high = times[last] if last == times.size - 1 else (times[last] + times[last + 1]) / 2
        return float(low), float(high)

    def _fit_intensity(self) -> None:
        # Setting one range makes pyqtgraph tell of the other one too, over and over where limits meet.
        if self._fitting or self._box.intensity_zoomed or self.content is None:
            return
        low, high = self._box.viewRange()[0]
        first, last = np.searchsorted(self.content.time_min, (low, high))
        part = slice(max(0, int(first) - 1), int(last) + 1)
        top = max((float(values[part].max(initial=0.0)) for values in self.item.traces), default=0.0)
        self._fitting = True
        self._box.setYRange(0, HEADROOM * (top if top > 0 else 100.0), padding=0)
        self._fitting = False

    def _bring_into_sight(self, first: float, last: float) -> None:
        low, high = self._box.viewRange()[0]
        if first < low or last > high:
            middle, half = (first + last) / 2, max((high - low) / 2, last - first)
            self._box.setXRange(middle - half, middle + half, padding=0)

    def _zoom(self, factor: float) -> None:
        low, high = self._box.viewRange()[0]
        times = _NO_TIMES if self.content is None else self.content.time_min
        middle = float(times[list(self._marked[0])].mean()) if self._marked and times.size else (low + high) / 2
        if not low <= middle <= high:
            middle = (low + high) / 2
        self._box.setXRange(middle - (middle - low) * factor, middle + (high - middle) * factor, padding=0)

    # What is pointed at

    def _clicked(self, time: float) -> None:
        if self.content is not None:
            self.time_picked.emit(time)

    def _banded(self, low: float, high: float, mode: PickMode, finished: bool) -> None:
        self._drawn_band = None
        if self.content is not None and finished:
            (self.range_picked if mode is PickMode.RANGE else self.background_picked).emit(low, high)
        elif self.content is not None:
            self._drawn_band = Band(low, high, self.colours.accent if mode is PickMode.RANGE else self.colours.fair, 90)
        self._draw_bands()

    def _hovered(self, where: QPointF) -> None:
        content = self.content
        if content is None or not self._box.sceneBoundingRect().contains(where):
            self._hover.hide()
            return
        scan = int(np.argmin(np.abs(content.time_min - self._box.mapSceneToView(where).x())))
        words = self.tr("%1 min · scan %2 · %3").replace("%1", f"{content.time_min[scan]:.3f}").replace("%2", str(scan + 1))
        self._hover.setText(words.replace("%3", f"{content.total.intensity[scan]:,.0f}"))
        self._hover.adjustSize()
        point = self.plot.mapTo(self, self.plot.mapFromScene(where))
        x = min(point.x() + 14, self.width() - self._hover.width() - 4)
        self._hover.move(max(0, x), max(0, point.y() - self._hover.height() - 8))
        self._hover.show()
        self._hover.raise_()

    def leaveEvent(self, event: Any) -> None:
        """Hide what was said about the scan under the pointer."""
        self._hover.hide()
        super().leaveEvent(event)

    def resizeEvent(self, event: Any) -> None:
        """Show as much of the axes as there is room for, and keep the words where they belong."""
        super().resizeEvent(event)
        self._fit_axes()
        self._place_labels()

    def _fit_axes(self) -> None:
        for axis in ("left", "bottom"):
            self.plot.showAxis(axis, self.content is not None)
            self.plot.getAxis(axis).showLabel(self.height() >= LOW_VIEW_PX)

    def _place_labels(self) -> None:
        self._legend.adjustSize()
        self._legend.move(max(0, self.width() - self._legend.width() - 10), 6)
        self._hint.setFixedWidth(max(120, int(self.width() * 0.7)))
        self._hint.adjustSize()
        self._hint.move((self.width() - self._hint.width()) // 2, (self.height() - self._hint.height()) // 2)


def _scaled(content: ChromatogramContent) -> list[FloatArray]:
    """Percent of the largest value: of the total-ion current for itself, of all ions together for those."""
    total = float(content.total.intensity.max(initial=0.0))
    ions = max((float(trace.intensity.max(initial=0.0)) for trace in content.ions), default=0.0)
    result = [content.total.intensity * (100.0 / total if total > 0 else 0.0)]
    return result + [trace.intensity * (100.0 / ions if ions > 0 else 0.0) for trace in content.ions]
