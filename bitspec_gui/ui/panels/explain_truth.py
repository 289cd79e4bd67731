"""How far a heat map can be trusted: a verdict, what was measured in a sentence, and on request the curves behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from bitspec_gui.domain.explanation import FRAGMENT_METHOD, Explanation, Faithfulness
from bitspec_gui.services.explanation_words import Verdict, in_words, verdict_of, verdict_words
from bitspec_gui.ui.explain_state import ExplainState
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.some_lines import SomeLines
from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.ui.views.plot_colours import colour_axis

CURVES_HEIGHT_PX = 128

FOLDED, UNFOLDED = "▸", "▾"

RANDOM_ALPHA = 60
"""Of 255: the band in which random atoms lie."""


class ExplainTruth(QWidget):
    """A line with the verdict, two with the sentence, and a plot that folds out; always as high, whatever is known.

    ``unfolded`` tells whether the curves are to be shown, for both maps alike.
    """

    unfolded = Signal(bool)

    def __init__(self, state: ExplainState, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"explainTruth{side + 1}")
        self._state, self._side, self._colours = state, side, LIGHT
        self.verdict = OneLine(f"explainVerdict{side + 1}", "", self, shortest_px=0)
        self.words = SomeLines(f"explainTruthWords{side + 1}", "muted", 2, self)
        self.fold = QToolButton(self)
        self.fold.setObjectName(f"explainCurves{side + 1}")
        self.fold.setAccessibleName(self.tr("Show how the peak falls as atoms are left out"))
        self.fold.setText(FOLDED)
        self.fold.setToolTip(self.tr("Curves: show what is left of the prediction as atoms are left out, beside random atoms"))
        self.fold.setCheckable(True)
        self.fold.setProperty("role", "fact")
        self.fold.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.curves = FaithfulnessCurves(f"explainCurvePlot{side + 1}", self)
        self.curves.hide()
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.fold)
        line.addWidget(self.verdict, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(line)
        column.addWidget(self.words)
        column.addWidget(self.curves)
        self.fold.toggled.connect(self.unfolded)
        state.side_changed.connect(lambda changed: self.refresh() if changed == side else None)
        self.refresh()

    def set_unfolded(self, unfolded: bool) -> None:
        """Show the curves or not; tells nobody."""
        self.fold.blockSignals(True)
        self.fold.setChecked(unfolded)
        self.fold.blockSignals(False)
        self.fold.setText(UNFOLDED if unfolded else FOLDED)
        self.curves.setVisible(unfolded)

    def set_lines(self, lines: int) -> None:
        """How many lines there are for the sentence; without any the verdict says it when it is pointed at."""
        self.words.setVisible(lines > 0)
        self.words.set_lines(lines)

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._colours = colours
        self.curves.set_colours(colours)
        self.refresh()

    def refresh(self) -> None:
        """Say what is known of the map that is shown."""
        shown = self._state.sides[self._side]
        explanation, found = shown.explanation, shown.faithfulness
        if explanation is None or shown.busy or shown.problem:
            verdict, words, whole = "", "", ""
        elif found is not None:
            verdict, whole = _short(verdict_of(found), self), verdict_words(found)
            words = in_words(explanation, found)
        elif shown.doubt:
            verdict, words, whole = self.tr("Not measured"), shown.doubt, shown.doubt
        else:
            verdict, words, whole = self.tr("Measuring how far this can be trusted…"), "", ""
        self.verdict.setText(verdict)
        self.verdict.setToolTip("\n".join(text for text in (whole, words) if text))
        colour = self._colours.muted if found is None or explanation is None or not verdict else self._colour(explanation, found)
        self.verdict.setStyleSheet(f"color: {colour}; font-weight: 600;")
        self.words.setText(words)
        self.setAccessibleName(self.tr("How far the map can be trusted"))
        self.setAccessibleDescription(" ".join(text for text in (whole, words) if text))
        self.fold.setEnabled(found is not None)
        self.curves.show_faithfulness(None if shown.busy or shown.problem else found)

    def _colour(self, explanation: Explanation, found: Faithfulness) -> str:
        """Green to red; a map of what the ion is made of may be right although its test fails."""
        verdict = verdict_of(found)
        ion = explanation.request.method == FRAGMENT_METHOD and explanation.request.mz is not None
        return str(getattr(self._colours, "fair" if ion and verdict is Verdict.NO_BETTER else _COLOURS[verdict]))


class FaithfulnessCurves(pg.PlotWidget):  # type: ignore[misc]
    """What is left of the target as atoms are masked, and as nothing else is kept, beside the same for random atoms."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(self.tr("Curves of what is left as atoms are left out"))
        self.getPlotItem().hide()
        self.setToolTip(
            self.tr(
                "Solid: what is left of the peak without the atoms of the highest scores; the lower the better.\n"
                "Dotted: what is left with nothing but them; the higher the better.\n"
                "Bands: half of the orders of random atoms. Dashed: the atoms that the map points at."
            )
        )
        self.setFixedHeight(CURVES_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFrameShape(self.Shape.NoFrame)
        self.setMenuEnabled(False)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._found: Faithfulness | None = None
        self._colours = LIGHT
        self.set_colours(LIGHT)

    def show_faithfulness(self, found: Faithfulness | None) -> None:
        """Show curves, or an empty plot."""
        if found is not self._found:
            self._found = found
            # Axes without curves look like a measurement of nothing.
            self.getPlotItem().setVisible(found is not None)
            self._redraw()

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._colours = colours
        self.setBackground(colours.base)
        for name in ("left", "bottom"):
            colour_axis(self.getAxis(name), colours, self.font())
        self.setLabel("bottom", self.tr("atoms left out (–) or kept (··)"), **{"color": colours.muted})
        self._redraw()

    def _redraw(self) -> None:
        self.clear()
        found = self._found
        if found is None:
            return
        colours = self._colours
        both = (
            (found.deletion, found.random_deletion, colours.measured, Qt.PenStyle.SolidLine),
            (found.insertion, found.random_insertion, colours.predicted, Qt.PenStyle.DotLine),
        )
        for own, random, colour, style in both:
            self._band(found.sizes, random, colour)
            self.plot(found.sizes, np.clip(own, 0, None), pen=pg.mkPen(colour, width=2, style=style))
        self.addItem(pg.InfiniteLine(found.selected, pen=pg.mkPen(colours.muted, style=Qt.PenStyle.DashLine)))
        highest = max(1.05, min(2.0, float(max(found.deletion.max(), found.insertion.max()))))
        self.setRange(xRange=(0, int(found.sizes[-1])), yRange=(0, highest), padding=0.02)

    def _band(self, sizes: Any, random: Any, colour: str) -> None:
        """Where half of the random orders lie about their mean."""
        low, high = np.quantile(random, (0.25, 0.75), axis=0)
        edges = [pg.PlotCurveItem(sizes, edge, pen=None) for edge in (low, high)]
        shade = QColor(colour)
        shade.setAlpha(RANDOM_ALPHA)
        band = pg.FillBetweenItem(*edges, brush=shade)
        for item in (*edges, band):
            self.addItem(item)


_COLOURS = {
    Verdict.CLEARLY_BETTER: "excellent",
    Verdict.BETTER: "good",
    Verdict.NO_BETTER: "poor",
    Verdict.SAYS_NOTHING: "muted",
}


def _short(verdict: Verdict, words: QWidget) -> str:
    texts = {
        Verdict.CLEARLY_BETTER: words.tr("The network relies on these atoms"),
        Verdict.BETTER: words.tr("The network relies partly on them"),
        Verdict.NO_BETTER: words.tr("Other atoms matter as much"),
        Verdict.SAYS_NOTHING: words.tr("Does not tell atoms apart"),
    }
    return texts[verdict]
