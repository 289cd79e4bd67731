"""The *Explain* tab at work: which prediction and peak it is about, and that it follows the window while it is on show."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.explaining import ExplanationService
from bitspec_gui.ui.explain_state import ExplainPhase, ExplainState, Subject, peak_to_begin_with, same_prediction
from bitspec_gui.ui.explanation_flow import ExplanationFlow
from bitspec_gui.ui.facts import shortened
from bitspec_gui.ui.state import WindowState
from bitspec_gui.workers.runner import Runner


class Explaining(QObject):
    """Drives `ExplainState`. Works only while the tab is on show, but for what is explicitly asked for by `show`.

    ``told`` carries a sentence for the status bar, ``failed`` an exception that nobody expected, ``peak_selected`` the peak that
    is looked at now.
    """

    told = Signal(str)
    failed = Signal(object)
    peak_selected = Signal(object)

    def __init__(self, service: ExplanationService, runner: Runner, state: ExplainState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._window: WindowState | None = None
        self._on_show = self._own = False
        self.flow = ExplanationFlow(service, runner, state, self)
        self.flow.told.connect(self.told)
        self.flow.failed.connect(self.failed)
        state.mz_changed.connect(self._mz_changed)
        state.choice_changed.connect(lambda _side: self.flow.explain())
        state.comparing_changed.connect(self.flow.explain)

    # What is explained

    def show(self, prediction: Prediction, measured: SpectrumRecord | None = None, title: str = "") -> None:
        """Explain a prediction; `title` is that of the measured spectrum shown below it."""
        state = self._state
        window = self._window.prediction if self._window is not None else None
        self._own = window is not None and window.molecule.smiles == prediction.molecule.smiles
        before = state.subject.prediction if state.subject is not None else None
        if before is not None and same_prediction(before, prediction):
            state.set_subject(Subject(prediction, measured, title))
            if before.molecule.molblock != prediction.molecule.molblock:
                self.flow.draw(prediction.molecule)
            if state.phase is ExplainPhase.FAILED:
                self.try_again()
            self._tell_peak()
            return
        self.flow.abandon()
        state.set_phase(ExplainPhase.OPENING)
        state.set_subject(Subject(prediction, measured, title))
        state.set_mz(peak_to_begin_with(prediction))
        self.flow.draw(prediction.molecule)
        self.flow.open()

    def follow(self, window: WindowState) -> None:
        """From now on explain what the window is about."""
        self._window = window
        window.prediction_changed.connect(self._follow_prediction)
        for signal in (window.matches_changed, window.chosen_changed, window.molecule_changed):
            signal.connect(self._follow_details)
        window.phase_changed.connect(self._follow_phase)
        window.peak_changed.connect(self._follow_peak)

    def show_window(self) -> None:
        """Explain what the window is about, whatever was explained before."""
        self._own = True
        self._take_window()
        self._follow_phase()

    def set_on_show(self, on_show: bool) -> None:
        """Whether the tab is looked at; what changed while it was not is taken up when it is."""
        if on_show == self._on_show:
            return
        self._on_show = on_show
        self.flow.set_measuring(on_show)
        if not on_show:
            return
        window = self._window
        if window is not None and window.prediction is not None and (self._own or self._state.subject is None):
            wanted = window.peak_mz
            self._take_window()
            if wanted is not None:
                self.select_peak(wanted)
        self._follow_phase()
        # Tabs end the selection of a peak when they change, after the page was shown.
        QTimer.singleShot(0, self, self._tell_peak)

    @property
    def has_subject(self) -> bool:
        """Whether there is a prediction that is explained."""
        return self._state.subject is not None

    def select_peak(self, mz: int | None) -> None:
        """Explain a peak by its unit m/z, or the whole spectrum."""
        if self._state.subject is not None:
            self._state.set_mz(mz)

    def step(self, step: int) -> None:
        """Explain the next peak, or the one before."""
        found = self._state.next_peak(step)
        if found is not None:
            self._state.set_mz(found)

    def try_again(self) -> None:
        """Try once more what failed or was cancelled."""
        if self._state.phase is ExplainPhase.READY:
            self.flow.explain()
        elif self._state.subject is not None:
            self.flow.draw(self._state.subject.prediction.molecule)
            self.flow.open()

    def another_seed(self, side: int) -> None:
        """Make a map again from another random beginning."""
        choice = self._state.sides[side].choice
        self._state.choose(side, replace(choice, seed=choice.seed + 1))

    def cancel(self) -> bool:
        """Stop making maps; False if none is being made."""
        return self.flow.cancel()

    def escape(self) -> bool:
        """What Esc means here: stop making a map, else let go of picked atoms, else of the candidate; False if of nothing."""
        state = self._state
        if self.cancel():
            return True
        if state.picked:
            state.pick(())
            return True
        if state.candidate_index is not None:
            state.choose_candidate(None)
            return True
        return False

    def stop(self) -> None:
        """Begin nothing any more (the window closes)."""
        self.flow.set_measuring(False)
        self.flow.abandon()

    # The window's molecule

    def _follow_prediction(self) -> None:
        self._own = True
        if self._on_show:
            self._take_window()

    def _follow_details(self) -> None:
        if self._on_show and self._own:
            self._take_window()

    def _take_window(self) -> None:
        window = self._window
        if window is None or window.prediction is None:
            return
        chosen, title = window.chosen, ""
        if chosen is not None:
            accession = chosen.record.accession
            title = f"{chosen.library}, {shortened(accession)}" if accession else chosen.library
        self.show(window.prediction, chosen.record if chosen is not None else None, title)

    def _follow_phase(self) -> None:
        stale = self._window is not None and self._own and self._window.stale
        self._state.set_outdated(self.tr("This is the last prediction, not that of the drawing or the input.") if stale else "")

    def _follow_peak(self) -> None:
        if self._on_show and self._window is not None and self._window.peak_mz is not None:
            self.select_peak(self._window.peak_mz)

    def _mz_changed(self) -> None:
        self._tell_peak()
        self.flow.explain()

    def _tell_peak(self) -> None:
        mz = self._state.mz
        if self._on_show and self._window is not None:
            # The tables in the docks are about what the tab on show is about.
            self._window.select_peak(mz)
        self.peak_selected.emit(mz)
