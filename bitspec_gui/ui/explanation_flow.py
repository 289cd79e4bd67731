"""From a prediction to heat maps beside the window: the quick ones first, then how far each can be trusted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from bitspec_gui.domain.errors import BitSpecError, ExplanationError
from bitspec_gui.domain.explanation import FRAGMENT_METHOD, Explanation, ExplanationRequest, Faithfulness, IonOrigins
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.services.explaining import ExplanationService
from bitspec_gui.services.sketching import read, sketch_of_molecule
from bitspec_gui.ui.explain_state import NO_PROGRESS, SIDES, ExplainPhase, ExplainState, Methods, same_request
from bitspec_gui.workers.job import Job
from bitspec_gui.workers.runner import Runner

MEASURE_PAUSE_MS = 150
"""How long a map must be looked at before it is measured how far it can be trusted: stepping through peaks measures nothing."""

SLOW_PAUSE_MS = 150
"""How long a peak or a method must be looked at before a slow map of it is begun."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Opened:
    """What the network allows for a molecule; ``problem`` says why nothing is known of its fragments."""

    methods: Methods
    origins: IonOrigins | None
    problem: str


@dataclass(frozen=True)
class _Making:
    """A map on its way."""

    request: ExplanationRequest
    job: Job


class ExplanationFlow(QObject):
    """Makes what `ExplainState` asks for.

    ``told`` carries a sentence for the status bar, ``failed`` an exception that nobody expected.
    """

    told = Signal(str)
    failed = Signal(object)

    def __init__(self, service: ExplanationService, runner: Runner, state: ExplainState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service, self._runner, self._state = service, runner, state
        self._measures = False
        self._jobs: dict[int, _Making] = {}
        self._waiting: dict[int, ExplanationRequest] = {}
        self._undrawable = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(MEASURE_PAUSE_MS)
        self._pause.timeout.connect(self._measure)
        self._slow_pause = QTimer(self)
        self._slow_pause.setSingleShot(True)
        self._slow_pause.setInterval(SLOW_PAUSE_MS)
        self._slow_pause.timeout.connect(self._begin_slow)

    # What every map needs

    def open(self) -> None:
        """Get to know the methods that there are for the subject, and its fragments; then make its maps."""
        subject = self._state.subject
        if subject is not None:
            self._state.set_phase(ExplainPhase.OPENING)
            self._runner.submit(
                "explain", _opened, self._service, subject.prediction.molecule, on_done=self._opened, on_error=self._not_opened,
                key="explain-opening",
            )  # fmt: skip

    def draw(self, molecule: Molecule) -> None:
        """Draw the molecule below the maps."""
        self._undrawable = ""
        self._runner.submit(
            "sketch", _drawn, molecule, on_done=lambda drawn: self._state.set_drawing(*drawn), on_error=self._not_drawn,
            key="explain-drawing",
        )  # fmt: skip

    def _not_drawn(self, error: Exception) -> None:
        self._undrawable = self.tr("The structure cannot be drawn: %1").replace("%1", str(error))
        self._state.set_phase(ExplainPhase.FAILED, self._undrawable)
        self._report(error)

    def _opened(self, opened: _Opened) -> None:
        self._state.set_methods(opened.methods, opened.origins, opened.problem)
        if self._undrawable:
            self._state.set_phase(ExplainPhase.FAILED, self._undrawable)
            return
        self._state.set_phase(ExplainPhase.READY)
        self.explain()

    def _not_opened(self, error: Exception) -> None:
        known = isinstance(error, BitSpecError)
        sentence = str(error) if known else self.tr("Nothing can be explained because of an error in BitSpec.")
        self._state.set_phase(ExplainPhase.FAILED, sentence)
        self._report(error)

    # The maps

    def explain(self) -> None:
        """Make what is missing: what was made before is there at once, then come the quick methods, then the others."""
        state = self._state
        if state.phase is not ExplainPhase.READY:
            return
        self._stop_measuring()
        quick = False
        for side in SIDES:
            info, request = state.info_of(side), state.request_of(side)
            if side not in state.shown_sides or info is None or request is None:
                self._let_go(side)
            elif state.is_current(side):
                self._let_go(side)
                self._know_candidates_from(state.sides[side].explanation)
            elif not self._is_on_its_way(side, request):
                self._let_go(side)
                kept = self._service.kept(request)
                if kept is not None:
                    state.take(side, kept, self._service.kept_faithfulness(kept))
                elif info.immediate:
                    quick = True
                    self._submit(side, request)
                else:
                    self._waiting[side] = request
                    state.set_busy(side, NO_PROGRESS)
        self._know_candidates(quick_side=quick)
        if self._waiting:
            self._slow_pause.start()
        else:
            self._slow_pause.stop()
        self._measure_soon()

    def _is_on_its_way(self, side: int, request: ExplanationRequest) -> bool:
        making = self._jobs.get(side)
        return making is not None and not making.job.token.cancelled and same_request(making.request, request)

    def _begin_slow(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for side, request in waiting.items():
            self._submit(side, request)

    def _let_go(self, side: int) -> None:
        """Make no map for a side any more."""
        self._jobs.pop(side, None)
        self._waiting.pop(side, None)
        self._runner.abandon(f"explain-map-{side}")
        self._state.set_idle(side)

    def _know_candidates_from(self, explanation: Explanation | None) -> None:
        if explanation is not None:
            self._state.take_candidates(explanation)

    def _know_candidates(self, *, quick_side: bool) -> None:
        """What a peak can be is known at once, even where the map takes long."""
        state = self._state
        if state.mz is None or state.candidates is not None or quick_side or state.methods.of(FRAGMENT_METHOD) is None:
            return
        request = state.request_of(0)
        if request is None:
            return
        # It is immediate, and knows what a peak can be whichever method draws the map.
        request = replace(request, method=FRAGMENT_METHOD, variant="", seed=0)
        kept = self._service.kept(request)
        if kept is not None:
            state.take_candidates(kept)
            return
        self._runner.submit(
            "explain", self._service.explain, request, cancellable=True, on_done=self._know_candidates_from,
            on_error=self._no_candidates, key="explain-candidates",
        )  # fmt: skip

    def _no_candidates(self, error: Exception) -> None:
        """The map says itself why there is nothing to explain."""
        if not isinstance(error, ExplanationError):
            self._report(error)

    def _submit(self, side: int, request: ExplanationRequest) -> None:
        info = self._state.methods.of(request.method)
        target = self.tr("the spectrum") if request.mz is None else f"m/z {request.mz}"
        words = self.tr("Explaining %1: %2").replace("%1", target).replace("%2", info.name if info is not None else "")
        job = self._runner.submit(
            "explain",
            self._service.explain,
            request,
            title="" if info is None or info.immediate else words,
            cancellable=True,
            on_done=lambda explanation: self._explained(side, explanation),
            on_error=lambda error: self._not_explained(side, error),
            on_cancel=lambda: self._cancelled(side),
            key=f"explain-map-{side}",
        )
        self._jobs[side] = _Making(request, job)
        self._state.set_busy(side, NO_PROGRESS)
        job.changed.connect(lambda: self._show_progress(side, job))

    def _show_progress(self, side: int, job: Job) -> None:
        making = self._jobs.get(side)
        if making is not None and making.job is job and not job.state.over:
            self._state.set_busy(side, job.progress)

    def _explained(self, side: int, explanation: Explanation) -> None:
        self._jobs.pop(side, None)
        _log.info("Explained m/z %s by %s in %.2f s", explanation.request.mz, explanation.request.method, explanation.seconds)
        self._state.take(side, explanation, self._service.kept_faithfulness(explanation))
        self._measure_soon()

    def _not_explained(self, side: int, error: Exception) -> None:
        self._jobs.pop(side, None)
        sentence = str(error) if isinstance(error, BitSpecError) else self.tr("There is no map because of an error in BitSpec.")
        self._state.set_idle(side, sentence, retriable=not isinstance(error, ExplanationError))
        self._report(error)
        self._measure_soon()

    def _cancelled(self, side: int) -> None:
        """The old map is back, and with it what it is a map of."""
        self._jobs.pop(side, None)
        state = self._state
        if state.sides[side].explanation is None:
            state.set_idle(side, self.tr("Cancelled before there was a map."), retriable=True)
            return
        state.set_idle(side)
        self.told.emit(self.tr("Cancelled; the map that was there before is shown again."))
        state.go_back(side)

    def cancel(self) -> bool:
        """Stop making maps; False if none is being made."""
        running = [each.job for each in self._jobs.values() if not each.job.state.over and not each.job.token.cancelled]
        waiting, self._waiting = self._waiting, {}
        self._slow_pause.stop()
        for job in running:
            job.cancel()
        for side in waiting:
            self._cancelled(side)
        return bool(running or waiting)

    # How far the maps can be trusted

    def set_measuring(self, measures: bool) -> None:
        """Whether to measure how far maps can be trusted, once they are there."""
        self._measures = measures
        if measures:
            self._measure_soon()
        else:
            self._stop_measuring()

    def _measure_soon(self) -> None:
        if (
            self._measures
            and not (self._jobs or self._waiting)
            and any(self._unmeasured(side) for side in self._state.shown_sides)
        ):
            self._pause.start()

    def _unmeasured(self, side: int) -> bool:
        shown = self._state.sides[side]
        return self._state.is_current(side) and shown.faithfulness is None and not shown.doubt

    def _measure(self) -> None:
        for side in self._state.shown_sides:
            explanation = self._state.sides[side].explanation
            if explanation is not None and self._unmeasured(side):
                self._runner.submit(
                    "explain", self._service.faithfulness, explanation, cancellable=True,
                    on_done=self._measured(side, explanation), on_error=self._not_measured(side, explanation),
                    key=f"explain-truth-{side}",
                )  # fmt: skip

    def _measured(self, side: int, explanation: Explanation) -> Callable[[Faithfulness], None]:
        def take(found: Faithfulness) -> None:
            if self._state.sides[side].explanation is explanation:
                self._state.take_faithfulness(side, found)

        return take

    def _not_measured(self, side: int, explanation: Explanation) -> Callable[[Exception], None]:
        def take(error: Exception) -> None:
            known = isinstance(error, BitSpecError)
            sentence = str(error) if known else self.tr("How far this can be trusted could not be measured.")
            if self._state.sides[side].explanation is explanation:
                self._state.take_faithfulness(side, None, sentence)
            self._report(error)

        return take

    # Ends

    def _report(self, error: Exception) -> None:
        if not isinstance(error, BitSpecError):
            self.failed.emit(error)

    def _stop_measuring(self) -> None:
        self._pause.stop()
        for side in SIDES:
            self._runner.abandon(f"explain-truth-{side}")

    def abandon(self) -> None:
        """Whatever is on its way is not wanted any more."""
        self._stop_measuring()
        self._slow_pause.stop()
        for side in SIDES:
            self._let_go(side)
        for key in ("explain-opening", "explain-drawing", "explain-candidates"):
            self._runner.abandon(key)


def _opened(service: ExplanationService, molecule: Molecule) -> _Opened:
    """Load what explains, and what fragments say of a molecule; in the explain lane."""
    methods = Methods(service.methods(), service.default_method(1), service.default_method(None))
    try:
        return _Opened(methods, service.origins(molecule), "")
    except ExplanationError as error:
        return _Opened(methods, None, str(error))


def _drawn(molecule: Molecule) -> tuple[Sketch, tuple[int, ...]]:
    """The molecule as it is drawn, and its drawn atoms in the order of its SMILES; in the sketch lane."""
    sketch = sketch_of_molecule(molecule)
    return sketch, read(sketch).atom_ids
