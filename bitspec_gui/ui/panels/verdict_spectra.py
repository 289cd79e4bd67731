"""A held-out spectrum of a verdict: what was predicted before, and after, each head to tail with what was measured."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.domain.verdict import Outcome
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.training_words import signed
from bitspec_gui.ui.views.content import SpectrumContent
from bitspec_gui.ui.views.spectrum_view import SpectrumView

BESIDE_FROM_PX = 620
"""Width from which the two stand side by side; else one above the other, where peaks are compared more easily."""


class VerdictSpectra(QWidget):
    """Two views that zoom and pan as one."""

    def __init__(self, window: WindowState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("verdictSpectra")
        self._window = window
        self.outcome: Outcome | None = None
        self.headline = OneLine("verdictSpectrumHeadline", "section", self)
        self.before = SpectrumView("verdictBefore", self)
        self.after = SpectrumView("verdictAfter", self)
        self.before.setAccessibleName(self.tr("Predicted before, against the measured spectrum"))
        self.after.setAccessibleName(self.tr("Predicted after, against the measured spectrum"))
        self._both = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._both.setSpacing(6)
        for view in (self.before, self.after):
            view.setMinimumHeight(110)
            self._both.addWidget(view, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.headline)
        column.addLayout(self._both, 1)
        self._box(self.after).setXLink(self._box(self.before))
        self.before.peak_picked.connect(self._pick)
        self.after.peak_picked.connect(self._pick)
        window.colours_changed.connect(self._show_colours)
        window.labels_changed.connect(self._show_labels)
        self._show_colours()
        self._show_labels()
        self.show_outcome(None)

    def sizeHint(self) -> QSize:
        """Room for two views."""
        return QSize(380, 300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room for it."""
        super().resizeEvent(event)
        beside = self.width() >= BESIDE_FROM_PX and self.width() > 2 * self.height()
        wanted = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._both.direction() is not wanted:
            self._both.setDirection(wanted)

    def show_outcome(self, outcome: Outcome | None) -> None:
        """Show a held-out spectrum, or a hint."""
        self.outcome = outcome
        if outcome is None:
            self.headline.setText("")
            self.before.show_content(None)
            self.after.show_content(None)
            self.before.set_hint(self.tr("Choose a spectrum to see it before and after."))
            return
        words = self.tr("%1 · cosine %2 before, %3 after (%4)").replace("%2", f"{outcome.before:.3f}")
        words = words.replace("%3", f"{outcome.after:.3f}").replace("%4", signed(outcome.change))
        self.headline.setText(words.replace("%1", outcome.name or outcome.smiles))
        self.before.set_hint("")
        self.before.show_content(self._content(outcome.predicted_before, outcome.measured, self.tr("Before: the base model")))
        self.after.show_content(self._content(outcome.predicted_after, outcome.measured, self.tr("After: the tuned model")))

    def _content(self, predicted: Spectrum, measured: Spectrum, title: str) -> SpectrumContent:
        return SpectrumContent(predicted, title, bottom=measured, bottom_title=self.tr("Measured, held out"))

    def _pick(self, mz: int | None) -> None:
        for view in (self.before, self.after):
            view.select_mz(mz)

    @staticmethod
    def _box(view: SpectrumView) -> Any:
        return view.plot.getPlotItem().getViewBox()

    def _show_colours(self) -> None:
        for view in (self.before, self.after):
            view.set_colours(self._window.colours)

    def _show_labels(self) -> None:
        window = self._window
        for view in (self.before, self.after):
            view.set_labels(window.labels_shown, window.label_threshold_percent, window.label_mode)
