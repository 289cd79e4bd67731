"""One heat map with all that belongs to it: how far it is, its legend, and how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from bitspec_gui.domain.explanation import Explanation
from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.ui.explain_state import ExplainPhase, ExplainState
from bitspec_gui.ui.panels.explain_truth import ExplainTruth
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.theme import Colours
from bitspec_gui.ui.views.heat_legend import HeatLegend
from bitspec_gui.ui.views.heat_map import HeatMapView

BESIDE_FROM_PX = 620
"""Width from which legend and figures stand beside the map, which so is as high as there is room."""

LINES_BESIDE = 4
"""Of what a method means, and of what was measured, where these stand beside the map."""

LEAST_BESIDE_PX, MOST_BESIDE_PX = 250, 360
"""Width of what stands beside the map: within these, a share of the whole."""

SHARE_BESIDE = 0.4

ANY_WIDTH_PX = 16_777_215
"""Qt's own limit, which is none."""

LEAST_PX = 150
"""Height of a map with its verdict."""

MAP_FROM_PX, MAP_SHARE = 170, 0.56
"""Height that a map keeps, in pixels and as a share of the whole, as long as there are words below it that can be left out."""


@dataclass(frozen=True)
class _Words:
    """What is said of a map: lines of the sentence and of the meaning, and how much of the legend."""

    curves: bool
    sentence: int
    meaning: int
    target: bool = True
    unit: bool = True
    legend: bool = True


class ExplainMap(QWidget):
    """The map of one side. ``cancel_wanted`` asks to stop making it, ``retry_wanted`` to make it after all."""

    told = Signal(str)
    cancel_wanted = Signal()
    retry_wanted = Signal()

    def __init__(self, state: ExplainState, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"explainMap{side + 1}")
        self._state, self._side = state, side
        self._unfolded: bool | None = None
        self.view = HeatMapView(f"heatMap{side + 1}", self)
        self.progress = QProgressBar(self)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.problem = Notice(f"explainProblem{side + 1}", "danger", self)
        self.retry = self.problem.add_button(f"explainRetry{side + 1}", self.tr("Try again"))
        self.legend = HeatLegend(f"heatLegend{side + 1}", self)
        self.truth = ExplainTruth(state, side, self)
        self._arrange()
        self.view.atoms_picked.connect(state.pick)
        self.view.told.connect(self.told)
        self.cancel.clicked.connect(self.cancel_wanted)
        self.retry.clicked.connect(self.retry_wanted)
        state.drawing_changed.connect(self._show_drawing)
        state.side_changed.connect(lambda changed: self._show_side() if changed == side else None)
        for signal in (state.candidate_changed, state.candidates_changed):
            signal.connect(self._show_fragment)
        state.picked_changed.connect(lambda: self.view.set_picked(state.picked))
        state.threshold_changed.connect(self._show_threshold)
        state.phase_changed.connect(self._show_hint)
        self._show_drawing()

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self.view.set_colours(colours)
        self.legend.set_colours(colours)
        self.truth.set_colours(colours)

    def set_unfolded(self, unfolded: bool) -> None:
        """Show the curves behind the verdict or not, wherever they stand."""
        self._unfolded = unfolded
        self._share_room()

    def minimumSizeHint(self) -> QSize:
        """Room for a small map without words."""
        return QSize(160, LEAST_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words stand beside the map or below it; in a low window the map keeps the room."""
        super().resizeEvent(event)
        self._share_room()

    def changeEvent(self, event: QEvent) -> None:
        """Letters of another size need other room, once every part has them."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            QTimer.singleShot(0, self, self._share_room)

    def showEvent(self, event: QShowEvent) -> None:
        """What is shown for the first time gets its letters only now."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._share_room)

    def _share_room(self) -> None:
        beside = self.width() >= BESIDE_FROM_PX
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        # As wide whatever is said there: an answer must not move the map.
        wide = min(max(LEAST_BESIDE_PX, round(SHARE_BESIDE * self.width())), MOST_BESIDE_PX)
        self._words.setMinimumWidth(wide if beside else 0)
        self._words.setMaximumWidth(wide if beside else ANY_WIDTH_PX)
        kept = 0 if beside else max(MAP_FROM_PX, round(MAP_SHARE * self.height()))
        for words in self._ways_to_say(beside=beside):
            self._say(words)
            if self._words.sizeHint().height() <= self.height() - kept:
                break

    def _ways_to_say(self, *, beside: bool) -> list[_Words]:
        """Ever fewer words; all but the verdict can also be read by pointing at it or at the scale."""
        curves = beside if self._unfolded is None else self._unfolded
        # What somebody asked for is shown, even if little room is left for the map.
        folds = (curves,) if self._unfolded is not None else (curves, False)
        # What was measured goes before what the method means, which is the same for every peak.
        lines = ((LINES_BESIDE, LINES_BESIDE), (LINES_BESIDE, 2), (LINES_BESIDE, 0), (2, 0)) if beside else ((2, 1),)
        whole = [_Words(fold, *each) for fold in folds for each in lines]
        few = _Words(folds[-1], 0, 0)
        shorter = [replace(few, sentence=2), few, replace(few, target=False), replace(few, target=False, unit=False)]
        return [*whole, *shorter, replace(few, legend=False)]

    def _say(self, words: _Words) -> None:
        self.truth.set_unfolded(words.curves)
        self.truth.set_lines(words.sentence)
        self.legend.set_shown(target=words.target, unit=words.unit, meaning_lines=words.meaning)
        self.legend.setVisible(words.legend)
        for part in (self.truth, self.legend):
            # The sum below knows of what was hidden within them only when it is told.
            part.updateGeometry()

    def _arrange(self) -> None:
        number = self._side + 1
        self.progress.setObjectName(f"explainProgress{number}")
        self.progress.setAccessibleName(self.tr("How far the map is"))
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(14)
        self.cancel.setObjectName(f"explainCancel{number}")
        self.cancel.setAccessibleName(self.tr("Stop making the map"))
        self.cancel.setToolTip(self.tr("Stop, and show the map that was there before (Esc)"))
        # It lies over the map: a bar between map and legend would move the drawing when it comes and goes.
        self._working = QWidget(self.view)
        line = QHBoxLayout(self._working)
        line.setContentsMargins(10, 8, 10, 8)
        line.setSpacing(8)
        line.addWidget(self.progress, 1)
        line.addWidget(self.cancel)
        self._working.hide()
        over = QVBoxLayout(self.view)
        over.setContentsMargins(0, 0, 0, 0)
        over.addStretch(1)
        over.addWidget(self._working)
        self._words = QWidget(self)
        words = QVBoxLayout(self._words)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(4)
        words.addWidget(self.legend)
        words.addWidget(self.truth)
        words.addStretch(1)
        # The outline comes and goes with the candidate that is looked at; the map is not to move for it.
        kept = self.legend.keys.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.legend.keys.setSizePolicy(kept)
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._row.setSpacing(8)
        self._row.addWidget(self.view, 1)
        self._row.addWidget(self._words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.problem)
        column.addLayout(self._row, 1)

    # What is shown

    def _show_drawing(self) -> None:
        self.view.show_molecule(self._state.sketch or Sketch(), self._state.atom_ids)
        self._show_side()
        self.view.set_picked(self._state.picked)

    def _show_side(self) -> None:
        shown = self._state.sides[self._side]
        # What a problem is about has no map, and that of another peak would be taken for it.
        explanation = None if shown.problem else self._drawable(shown.explanation)
        info = self._state.methods.of(explanation.request.method) if explanation is not None else None
        self.view.show_explanation(explanation, info)
        self.legend.show_explanation(explanation, info)
        self.view.set_busy(shown.busy)
        slow = self._state.info_of(self._side)
        self._working.setVisible(shown.busy and slow is not None and not slow.immediate)
        self.progress.setRange(0, shown.progress.total)
        self.progress.setValue(shown.progress.done)
        self.retry.setVisible(shown.retriable)
        self.problem.say(shown.problem)
        self._show_fragment()
        self._show_threshold()
        self._show_hint()

    def _drawable(self, explanation: Explanation | None) -> Explanation | None:
        """The explanation, unless the drawing of its molecule has not come yet."""
        if explanation is None or len(explanation.atom_scores) != len(self._state.atom_ids):
            return None
        return explanation

    def _show_fragment(self) -> None:
        """Outline the candidate that is looked at, in a map of the same peak."""
        candidate, explanation = self._state.candidate, self._state.sides[self._side].explanation
        same = explanation is not None and explanation.request.mz == self._state.mz and bool(self._state.sketch)
        kept = candidate.atoms if candidate is not None and same else None
        self.view.set_fragment(kept)
        self.legend.set_fragment_shown(kept is not None)

    def _show_threshold(self) -> None:
        self.view.set_threshold(self._state.threshold)
        self.legend.set_threshold(self._state.threshold)

    def _show_hint(self) -> None:
        state = self._state
        hints = {
            ExplainPhase.EMPTY: self.tr(
                "Predict a molecule on the Predict tab. Then click a peak to see which atoms and bonds it rests on."
            ),
            ExplainPhase.OPENING: self.tr("Reading the molecule…"),
        }
        nothing_drawn = not state.sketch
        self.view.set_hint(hints.get(state.phase, "") if nothing_drawn else "")
