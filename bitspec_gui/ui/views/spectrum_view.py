"""A mass spectrum, or two head to tail, to look at, zoom, pick from and copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QMenu, QVBoxLayout, QWidget

from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.ui.views.annotation_words import annotation_lines
from bitspec_gui.ui.views.content import (
    LabelMode,
    SpectrumContent,
    Sticks,
    ViewMode,
    loss_text,
    measured_mz_at,
    mz_range,
    mz_text,
    sticks_of,
)
from bitspec_gui.ui.views.peaks_item import PeaksItem, Titles
from bitspec_gui.ui.views.plot_colours import colour_axis, words_on_plot

PICK_RADIUS_PX = 7.0

HEADROOM_PX = 38.0
"""Room above the base peak for its label and for words in the corner."""

LOW_VIEW_PX = 190
"""Height below which a view leaves out the names of its axes and the losses, so that the peaks keep some room."""

MOST_PERCENT = 200.0


class _PercentAxis(pg.AxisItem):  # type: ignore[misc]
    """Percent of the base peak, positive on both sides of zero."""

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        return [f"{abs(value):.4g}" if abs(value) <= 100.001 else "" for value in values]


class _LossAxis(pg.AxisItem):  # type: ignore[misc]
    """Loss from the molecular ion in Da, along the top."""

    molecular_mass: int | None = None

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        if self.molecular_mass is None:
            return []
        mass = self.molecular_mass
        levels: list[tuple[float, list[float]]] = super().tickValues(mass - high, mass - low, size)
        return [(step, [mass - value for value in values if value >= 0]) for step, values in levels]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        return [] if self.molecular_mass is None else [f"{self.molecular_mass - value:.4g}" for value in values]


class _SpectrumBox(pg.ViewBox):  # type: ignore[misc]
    """Wheel zooms m/z (with Ctrl: intensity), drag pans, a click picks."""

    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(x=True, y=False)
        self.disableAutoRange()
        self.intensity_zoomed = False

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        if axis is None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = 1.02 ** (-event.delta() * 0.125)
            (_x, (low, high)) = self.viewRange()
            self.setYRange(max(low * factor, -MOST_PERCENT if low < 0 else 0), min(high * factor, MOST_PERCENT), padding=0)
            self.intensity_zoomed = True
            event.accept()
            return
        super().wheelEvent(event, axis=0)

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            super().mouseDragEvent(event, axis=0)
        else:
            event.ignore()

    def mouseClickEvent(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        if not event.double():
            self.picked.emit(event.scenePos())


class _Plot(pg.PlotWidget):  # type: ignore[misc]
    """The plot; a double click asks for the whole spectrum, up and down for another measured one, left and right for a peak."""

    reset_wanted = Signal()
    step_wanted = Signal(int)
    peak_step_wanted = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up.value: -1, Qt.Key.Key_Down.value: 1}.get(event.key())
        sideways = {Qt.Key.Key_Left.value: -1, Qt.Key.Key_Right.value: 1}.get(event.key())
        if step is not None:
            self.step_wanted.emit(step)
        elif sideways is not None:
            self.peak_step_wanted.emit(sideways)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset_wanted.emit()


class SpectrumView(QWidget):
    """Spectrum plot; what it shows is set by `show_content`, what is picked goes out by `peak_picked` (int m/z or None)."""

    peak_picked = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(self.tr("Mass spectrum"))
        self.content: SpectrumContent | None = None
        self.mode = ViewMode.MIRROR
        self.colours = LIGHT
        self.context_menu: QMenu | None = None
        self._box = _SpectrumBox()
        self._losses = _LossAxis("top")
        axes = {"left": _PercentAxis("left"), "top": self._losses}
        self.plot = _Plot(self, viewBox=self._box, axisItems=axes)
        self.plot.setObjectName(f"{name}Plot")
        self.plot.setAccessibleName(self.tr("Mass spectrum plot"))
        self.plot.setAcceptDrops(False)
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.hideButtons()
        self.plot.setMinimumSize(200, 96)
        self.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.plot)
        self.peaks = PeaksItem(self.colours)
        self.plot.addItem(self.peaks)
        self._hover = QLabel(self)
        self._hover.setObjectName(f"{name}Hover")
        self._hover.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hover.hide()
        self._hint = QLabel(self)
        self._hint.setObjectName(f"{name}Hint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setProperty("role", "muted")
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hint.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self._box.picked.connect(self._pick)
        self.plot.reset_wanted.connect(self.reset_zoom)
        self._box.sigResized.connect(lambda _box: self._resized())
        self.plot.scene().sigMouseMoved.connect(self._hovered)
        self.set_colours(LIGHT)
        self.show_content(None)

    # What is shown

    def show_content(self, content: SpectrumContent | None, *, keep_zoom: bool = False) -> None:
        """Show a content (None = an empty plot); a zoom into the one before is kept if asked for."""
        keep_zoom = keep_zoom and self.is_zoomed
        self.content = content
        self.peaks.selected_mz = None
        self._redraw()
        if not keep_zoom:
            self.reset_zoom()

    @property
    def is_zoomed(self) -> bool:
        """Whether another part than the whole m/z range is on show."""
        return not np.allclose(self._box.viewRange()[0], mz_range(self.content), atol=1e-6)

    def set_mode(self, mode: ViewMode) -> None:
        """Mirror, one spectrum or difference."""
        self.mode = mode
        self._redraw()
        self._reset_intensity()

    def set_labels(self, shown: bool, threshold_percent: float, mode: LabelMode = LabelMode.MZ) -> None:
        """Label peaks from a threshold in % of the base peak."""
        self.peaks.labels_shown, self.peaks.threshold_percent, self.peaks.label_mode = shown, threshold_percent, mode
        self.peaks.update()

    def set_faded(self, faded: bool) -> None:
        """Grey the spectra: they are not those of what is being asked for."""
        self.peaks.faded = faded
        self.peaks.update()

    def set_hint(self, sentence: str) -> None:
        """Words in the middle of the plot, on a card if there are spectra behind them; empty for none."""
        role = "muted" if self.content is None else "note"
        if self._hint.property("role") != role:
            self._hint.setProperty("role", role)
            self._hint.setMargin(9 if role == "note" else 0)
            self._hint.style().unpolish(self._hint)
            self._hint.style().polish(self._hint)
        self._hint.setText(sentence)
        self._hint.setVisible(bool(sentence))
        self._place_hint()

    def select_mz(self, mz: int | None) -> None:
        """Highlight the peak at a unit m/z; scrolls there if it is out of sight."""
        if mz == self.peaks.selected_mz:
            return
        self.peaks.selected_mz = mz
        if mz is not None:
            low, high = self._box.viewRange()[0]
            if not low <= mz <= high:
                half = (high - low) / 2
                self._box.setXRange(mz - half, mz + half, padding=0)
        self.peaks.update()

    def light(self, lit: Mapping[int, float] | None) -> None:
        """Light up a share (0..1) of the peaks at unit m/z, the others go pale; with None none is lit and none pale."""
        if lit != self.peaks.lit:
            self.peaks.lit = lit
            self.peaks.update()

    def reset_zoom(self) -> None:
        """Show everything."""
        low, high = mz_range(self.content)
        self._box.setLimits(xMin=0, xMax=max(high, 50) + 20, minXRange=4)
        self._box.setXRange(low, high, padding=0)
        self._reset_intensity()

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self.colours = colours
        self.peaks.colours = colours
        self.peaks.label_font = self.font()
        self.plot.setBackground(colours.base)
        for name, label in (("left", self.tr("Relative intensity (%)")), ("bottom", "m/z"), ("top", self.tr("Loss from M (Da)"))):
            colour_axis(self.plot.getAxis(name), colours, self.font(), label)
        self._fit_axes()
        self._hover.setStyleSheet(words_on_plot(colours))
        self.peaks.update()

    def _redraw(self) -> None:
        content = self.content
        self.peaks.series = sticks_of(content, self.mode)
        mirrored = content is not None and content.bottom is not None and self.mode is not ViewMode.TOP_ONLY
        top, bottom = (content.top_title, content.bottom_title if mirrored else "") if content is not None else ("", "")
        if mirrored and self.mode is ViewMode.DIFFERENCE:
            top, bottom = self.tr("More in: %1").replace("%1", top), self.tr("More in: %1").replace("%1", bottom)
        if mirrored and self.mode is ViewMode.REVERSE:
            top = self.tr("%1 · only the peaks that are below as well").replace("%1", top)
        self.peaks.titles = _titles(content, top, bottom)
        self.peaks.molecular_mass = content.molecular_mass if content is not None else None
        self.peaks.annotations = {each.mz: each for each in content.annotations} if content is not None else {}
        self._losses.molecular_mass = self.peaks.molecular_mass
        self._fit_axes()
        self._losses.picture = None
        self._losses.update()
        self._hover.hide()
        self.peaks.update()

    def _fit_axes(self) -> None:
        roomy = self.height() >= LOW_VIEW_PX
        shown = {"left": self.content is not None, "bottom": self.content is not None}
        shown["top"] = roomy and self.peaks.molecular_mass is not None
        for name, there in shown.items():
            self.plot.showAxis(name, there)
            self.plot.getAxis(name).showLabel(roomy)

    def _resized(self) -> None:
        if not self._box.intensity_zoomed:
            self._reset_intensity()

    def _reset_intensity(self) -> None:
        two_sided = self.content is not None and self.content.bottom is not None and self.mode is not ViewMode.TOP_ONLY
        height = max(float(self._box.height()), 1.0) / (2 if two_sided else 1)
        full = 100.0 * height / max(height - HEADROOM_PX, 0.5 * height)
        self._box.intensity_zoomed = False
        self._box.setYRange(-full if two_sided else 0, full, padding=0)

    # What is pointed at

    def peak_at(self, where: QPointF) -> tuple[Sticks, int] | None:
        """Peak near a point of the scene: the one with the nearest stick within reach, else None."""
        area = self._box.sceneBoundingRect()
        if not area.contains(where):
            return None
        at = self._box.mapSceneToView(where)
        pixels_per_da = area.width() / max(self._box.viewRect().width(), 1e-9)
        reach = PICK_RADIUS_PX / pixels_per_da
        best: tuple[float, Sticks, int] | None = None
        for sticks in self.peaks.series:
            same_side = (sticks.height >= 0) == (at.y() >= 0)
            near = np.flatnonzero((np.abs(sticks.mz - at.x()) <= reach) & same_side)
            for i in near.tolist():
                # Among sticks in reach, a click above a small peak beside a tall one means the tall one.
                above = max(0.0, abs(at.y()) - abs(float(sticks.height[i])) - 6.0)
                distance = abs(float(sticks.mz[i]) - at.x()) / reach + 0.05 * above
                if best is None or distance < best[0]:
                    best = (distance, sticks, i)
        return None if best is None else (best[1], best[2])

    def describe(self, sticks: Sticks, index: int) -> str:
        """Words on a peak: m/z, intensity, loss from M; where a peak is predicted there, what it is made of."""
        mz = float(sticks.mz[index])
        parts = [f"m/z {mz_text(mz)}", f"{abs(float(sticks.height[index])):.1f} %"]
        loss = loss_text(mz, self.peaks.molecular_mass)
        lines = [" · ".join([*parts, loss] if loss else parts)]
        unit = int(np.floor(mz + 0.5))
        annotation = self.peaks.annotations.get(unit)
        if annotation is not None:
            lines += annotation_lines(annotation, measured_mz_at(self.content, unit))
        return "\n".join(lines)

    def _hovered(self, where: QPointF) -> None:
        found = self.peak_at(where)
        if found is None:
            self._hover.hide()
            return
        self._hover.setText(self.describe(*found))
        self._hover.adjustSize()
        point = self.plot.mapTo(self, self.plot.mapFromScene(where))
        x = min(point.x() + 14, self.width() - self._hover.width() - 4)
        self._hover.move(max(0, x), max(0, point.y() - self._hover.height() - 8))
        self._hover.show()
        self._hover.raise_()

    def _pick(self, where: QPointF) -> None:
        found = self.peak_at(where)
        self.peak_picked.emit(None if found is None else int(np.floor(found[0].mz[found[1]] + 0.5)))

    def leaveEvent(self, event: Any) -> None:
        """Hide what was said about the peak under the pointer."""
        self._hover.hide()
        super().leaveEvent(event)

    def resizeEvent(self, event: Any) -> None:
        """Show as much of the axes as there is room for, and keep the hint in the middle."""
        super().resizeEvent(event)
        self._fit_axes()
        self._place_hint()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu that the panel gave to the view."""
        if self.context_menu is not None:
            self.context_menu.exec(event.globalPos())

    def _place_hint(self) -> None:
        width = max(120, int(self.width() * 0.7))
        self._hint.setFixedWidth(width)
        self._hint.adjustSize()
        self._hint.move((self.width() - width) // 2, (self.height() - self._hint.height()) // 2)


def _titles(content: SpectrumContent | None, top: str, bottom: str) -> Titles:
    if content is None:
        return Titles()
    return Titles(top, bottom, content.top_is_measured, content.top_is_unknown, content.bottom_is_measured)
