"""The *Explain* tab: heat maps on the structure above, the spectrum and what its peaks can be below."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from bitspec_gui.ui.explain_state import ExplainPhase, ExplainState
from bitspec_gui.ui.explaining import Explaining
from bitspec_gui.ui.facts import with_subscripts
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.panels.explain_candidates import ExplainCandidates
from bitspec_gui.ui.panels.explain_controls import ExplainControls
from bitspec_gui.ui.panels.explain_map import ExplainMap
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.views.content import SpectrumContent, mz_range
from bitspec_gui.ui.views.heat_map import HeatMapView
from bitspec_gui.ui.views.spectrum_view import SpectrumView

LEAST_PX = 290
"""Height of low maps above a low spectrum, without the controls."""

HEADING_FROM_PX = LEAST_PX + 60
"""Height, without the controls, from which there is room for the name of the molecule."""


class ExplainPanel(QWidget):
    """Everything of the tab.

    ``export_wanted`` carries one of `explain_controls.EXPORTS`, ``told`` a sentence; ``help_wanted`` asks how maps are read.
    """

    export_wanted = Signal(str)
    help_wanted = Signal()
    told = Signal(str)

    def __init__(self, window: WindowState, state: ExplainState, explaining: Explaining, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explainPanel")
        self._window, self._state, self._explaining = window, state, explaining
        self.headline = OneLine("explainHeadline", "title", self)
        self.facts = OneLine("explainFacts", "muted", self, shortest_px=0)
        self.status = OneLine("explainStatus", "muted", self, shortest_px=0)
        self.problem = Notice("explainNotice", "danger", self)
        self.retry = self.problem.add_button("explainTryAgain", self.tr("Try again"))
        self.controls = ExplainControls(state, self)
        self.maps = (ExplainMap(state, 0, self), ExplainMap(state, 1, self))
        self.view = SpectrumView("explainedSpectrum", self)
        self.candidates = ExplainCandidates(state, self)
        self._arrange()
        self._connect()
        self._show_colours()
        self._show_labels()
        self._show_subject()
        self._show_comparing()

    @property
    def shown_maps(self) -> tuple[HeatMapView, ...]:
        """Heat maps on show, one or two, for pictures of them."""
        return tuple(self.maps[side].view for side in self._state.shown_sides)

    def minimumSizeHint(self) -> QSize:
        """Room for low maps and a low spectrum below the controls, however many rows these need."""
        return QSize(330, LEAST_PX + self._height_of_controls())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the molecule goes without its name, which stands in the docks as well."""
        super().resizeEvent(event)
        self._heading.setVisible(self.height() - self._height_of_controls() >= HEADING_FROM_PX)

    def _height_of_controls(self) -> int:
        return self.controls.heightForWidth(max(self.width(), 330) - 24)

    def showEvent(self, event: QShowEvent) -> None:
        """The tab is looked at: take up what changed meanwhile."""
        super().showEvent(event)
        self._explaining.set_on_show(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: no work."""
        super().hideEvent(event)
        self._explaining.set_on_show(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc stops what goes on, or lets go of what is picked."""
        if event.key() == Qt.Key.Key_Escape and self._explaining.escape():
            return
        super().keyPressEvent(event)

    def _arrange(self) -> None:
        self._heading = QWidget(self)
        heading = QHBoxLayout(self._heading)
        heading.setContentsMargins(0, 0, 0, 0)
        heading.setSpacing(14)
        heading.addWidget(self.headline)
        heading.addWidget(self.facts)
        heading.addStretch(1)
        heading.addWidget(self.status)
        above = _splitter(Qt.Orientation.Horizontal, "explainMapSplitter", self)
        for each in self.maps:
            above.addWidget(each)
            each.setMinimumWidth(160)
        above.setSizes([100, 100])
        below = _splitter(Qt.Orientation.Horizontal, "explainSpectrumSplitter", self)
        below.addWidget(self.view)
        below.addWidget(self.candidates)
        self.candidates.setMinimumWidth(180)
        below.setStretchFactor(0, 2)
        below.setStretchFactor(1, 1)
        below.setSizes([580, 360])
        whole = _splitter(Qt.Orientation.Vertical, "explainSplitter", self)
        whole.addWidget(above)
        whole.addWidget(below)
        whole.setStretchFactor(0, 3)
        whole.setStretchFactor(1, 2)
        whole.setSizes([400, 240])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(7)
        layout.addWidget(self.problem)
        layout.addWidget(self._heading)
        layout.addWidget(self.controls)
        layout.addWidget(whole, 1)

    def _connect(self) -> None:
        window, state, explaining = self._window, self._state, self._explaining
        self.controls.step_wanted.connect(explaining.step)
        self.controls.seed_wanted.connect(explaining.another_seed)
        self.controls.export_wanted.connect(self.export_wanted)
        self.controls.help.clicked.connect(lambda _checked=False: self.help_wanted.emit())
        self.retry.clicked.connect(explaining.try_again)
        self.candidates.peak_wanted.connect(explaining.select_peak)
        for each in self.maps:
            each.cancel_wanted.connect(explaining.cancel)
            each.retry_wanted.connect(explaining.try_again)
            each.told.connect(self.told)
            each.truth.unfolded.connect(self._unfold)
        self.view.peak_picked.connect(self._peak_picked)
        self.view.plot.peak_step_wanted.connect(explaining.step)
        state.subject_changed.connect(self._show_subject)
        state.mz_changed.connect(self._show_peak)
        state.comparing_changed.connect(self._show_comparing)
        state.picked_changed.connect(lambda: self.view.light(state.lit if state.picked else None))
        for signal in (state.phase_changed, state.outdated_changed):
            signal.connect(self._show_phase)
        window.model_changed.connect(self._show_phase)
        window.mode_changed.connect(lambda: self.view.set_mode(window.mode))
        window.labels_changed.connect(self._show_labels)
        window.colours_changed.connect(self._show_colours)

    def _peak_picked(self, mz: int | None) -> None:
        """A click beside the peaks lets go of picked atoms, else of the peak."""
        if mz is None and self._state.picked:
            self._state.pick(())
        else:
            self._explaining.select_peak(mz)

    def _unfold(self, unfolded: bool) -> None:
        for each in self.maps:
            each.set_unfolded(unfolded)

    # What is shown

    def _show_subject(self) -> None:
        subject = self._state.subject
        if subject is None:
            self.headline.setText("")
            self.facts.setText("")
            self.view.show_content(None)
            self._show_phase()
            return
        prediction, record = subject.prediction, subject.measured
        molecule = prediction.molecule
        measured = record.name if record is not None else ""
        formula = with_subscripts(molecule.formula)
        self.headline.setText(molecule.name or measured or formula)
        self.facts.setText(f"{formula} · M {molecule.nominal_mass}")
        content = SpectrumContent(
            top=prediction.spectrum,
            top_title=self.tr("Predicted · %1").replace("%1", prediction.model_version.name),
            bottom=record.spectrum if record is not None else None,
            bottom_title=self.tr("Measured · %1").replace("%1", subject.title or measured),
            molecular_mass=molecule.nominal_mass,
            annotations=prediction.annotations,
        )
        self.view.show_content(content, keep_zoom=True)
        self._show_peak()
        self._show_phase()

    def _show_peak(self) -> None:
        """Mark the peak that is explained; one that no spectrum on show reaches to is not scrolled to."""
        mz = self._state.mz
        self.view.select_mz(mz if mz is not None and mz <= mz_range(self.view.content)[1] else None)

    def _show_comparing(self) -> None:
        self.maps[1].setVisible(self._state.comparing)

    def _show_phase(self) -> None:
        state = self._state
        failed, missing = state.phase is ExplainPhase.FAILED, self._window.model_problem if state.subject is None else ""
        self.retry.setVisible(failed)
        self.problem.say(state.sentence if failed else missing)
        hint = self.tr("Click a peak to see its atoms, an atom to see its peaks") if state.phase is ExplainPhase.READY else ""
        self.status.setText(state.outdated or hint)
        self.view.set_faded(bool(state.outdated))
        self.view.set_hint(self.tr("No spectrum to explain yet.") if state.subject is None else "")

    def _show_colours(self) -> None:
        colours = self._window.colours
        self.controls.set_colours(colours)
        self.view.set_colours(colours)
        self.candidates.fit()
        for each in self.maps:
            each.set_colours(colours)

    def _show_labels(self) -> None:
        window = self._window
        self.view.set_labels(window.labels_shown, window.label_threshold_percent, window.label_mode)


def _splitter(orientation: Qt.Orientation, name: str, parent: QWidget) -> QSplitter:
    splitter = QSplitter(orientation, parent)
    splitter.setObjectName(name)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(9)
    return splitter
