"""From a molecule to its derivatives and their spectra, each step in its lane, the newest request winning."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from bitspec_gui.domain.derivatives import DerivatisationPlan, DerivativeKind, DerivativeList
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.services.derivatising import derivatisation_plan, derivatives, predicted
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.workers.job import Job
from bitspec_gui.workers.runner import Runner

_PARENT = -1

PAUSE_MS = 200
"""How long after the last tick the list is made anew."""

LONG_S = 0.4
"""How long a list is made before that is shown with a way to stop it."""


class DerivativeFlow(QObject):
    """Sites, then structures (lane ``query``), then spectra (lane ``batch``) as they come.

    ``planned`` carries a `DerivatisationPlan`, ``listed`` a `DerivativeList`, ``predicted`` the place of a derivative in the
    list with a `Prediction` or a sentence, ``parent_predicted`` says that `parent_prediction` is there, ``made_none``
    that a list was stopped before it was there. ``busy_changed`` says that work begins, goes on or ends, and ``failed`` carries
    an exception.
    """

    planned = Signal(object)
    listed = Signal(object)
    predicted = Signal(int, object)
    parent_predicted = Signal()
    made_none = Signal()
    busy_changed = Signal()
    failed = Signal(object)

    def __init__(self, molecule: Molecule, prediction: PredictionService, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._molecule, self._prediction, self._runner = molecule, prediction, runner
        self._known: dict[str, Prediction] = {}
        self._making: Job | None = None
        self._predicting: Job | None = None
        self._wish: tuple[DerivatisationPlan, frozenset[int], int, int] | None = None
        self._list: DerivativeList | None = None
        self._arrived: _Arrived | None = None
        self._open: set[int] = set()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._make)

    # What is going on

    @property
    def parent_prediction(self) -> Prediction | None:
        """Spectrum of the parent of the list, None until it is there."""
        return None if self._list is None else self._known.get(self._list.plan.parent.smiles)

    @property
    def waiting(self) -> int:
        """How many derivatives of the list have no spectrum yet."""
        return len(self._open)

    @property
    def is_making(self) -> bool:
        """Whether a list is on its way."""
        return self._pause.isActive() or (self._making is not None and not self._making.state.over)

    @property
    def long_making(self) -> Progress | None:
        """How far a list is that takes long enough to be told of, else None."""
        job = self._making
        if job is None or job.state.over or job.token.cancelled or job.started_at is None:
            return None
        return job.progress if time.monotonic() - job.started_at > LONG_S else None

    @property
    def is_predicting(self) -> bool:
        """Whether spectra are on their way."""
        return self._predicting is not None and not self._predicting.state.over and not self._predicting.token.cancelled

    # What is asked for

    def plan(self, kind: DerivativeKind) -> None:
        """Find the sites that a kind of derivatisation reaches."""
        self._abandon()
        self._making = self._runner.submit(
            "query",
            derivatisation_plan,
            self._molecule,
            kind,
            on_done=self.planned.emit,
            on_error=self._failed,
            key=self._key("making"),
        )
        self.busy_changed.emit()

    def list_soon(self, plan: DerivatisationPlan, ticked: Collection[int], fewest: int, most: int) -> None:
        """Make the list once no other wish has come for a moment."""
        self._abandon()
        self._wish = (plan, frozenset(ticked), fewest, most)
        self._pause.start()
        self.busy_changed.emit()

    def predict(self) -> None:
        """Predict the derivatives of the list that have no spectrum yet."""
        if self._list is None or self.is_predicting or not self._open:
            return
        places = sorted(self._open)
        molecules = [self._list.derivatives[place].molecule for place in places]
        parent = self._list.plan.parent
        with_parent = parent.smiles not in self._known
        arrived = _Arrived([_PARENT, *places] if with_parent else places)
        self._arrived = arrived
        name = parent.name or parent.formula
        title = self.tr("Predicting %1 derivatives of %2").replace("%1", f"{len(molecules):,}").replace("%2", name)
        self._predicting = self._runner.submit(
            "batch",
            _predict,
            self._prediction,
            [parent, *molecules] if with_parent else molecules,
            arrived,
            title=title,
            cancellable=True,
            on_error=self._failed,
            key=self._key("predicting"),
        )
        # Slots of this object, not lambdas: with the window they are gone, however long the lane takes to end.
        self._predicting.changed.connect(self._take)
        self._predicting.ended.connect(self._take)
        self.busy_changed.emit()

    def cancel(self) -> None:
        """Stop; the spectra that are there stay."""
        self._pause.stop()
        for job in (self._making, self._predicting):
            if job is not None:
                job.cancel()
        self.busy_changed.emit()

    def stop(self) -> None:
        """Ask no more (the window closes)."""
        self._abandon()

    def _abandon(self) -> None:
        self._pause.stop()
        self._arrived = None
        self._runner.abandon(self._key("making"))
        self._runner.abandon(self._key("predicting"))
        self._predicting = None
        self._list = None
        self._open = set()

    def _key(self, what: str) -> str:
        return f"derivatives-{what}-{id(self)}"

    # What comes

    def _make(self) -> None:
        if self._wish is None:
            return
        plan, ticked, fewest, most = self._wish
        self._making = self._runner.submit(
            "query",
            derivatives,
            plan,
            ticked,
            fewest,
            most,
            cancellable=True,
            on_done=self._listed,
            on_error=self._failed,
            on_cancel=self._making_cancelled,
            key=self._key("making"),
        )
        self._making.changed.connect(self.busy_changed)

    def _listed(self, found: DerivativeList) -> None:
        self._list = found
        self._open = set(range(len(found.derivatives)))
        self.listed.emit(found)
        for place, each in enumerate(found.derivatives):
            known = self._known.get(each.molecule.smiles)
            if known is not None:
                # The same structure bears another name in a list where others are like it.
                self._hand_on(place, replace(known, molecule=each.molecule))
        self.predict()
        self.busy_changed.emit()

    @Slot()
    def _take(self) -> None:
        for place, result in self._arrived.take() if self._arrived is not None else ():
            if isinstance(result, Prediction):
                self._known[result.molecule.smiles] = result
            if place == _PARENT:
                self.parent_predicted.emit()
            else:
                self._hand_on(place, result)
        self.busy_changed.emit()

    def _hand_on(self, place: int, result: Prediction | str) -> None:
        self._open.discard(place)
        self.predicted.emit(place, result)

    def _making_cancelled(self) -> None:
        self.made_none.emit()
        self.busy_changed.emit()

    def _failed(self, error: Exception) -> None:
        self.failed.emit(error)
        self.busy_changed.emit()


class _Arrived:
    """Spectra on their way from the lane to the window, with the places that they belong to."""

    def __init__(self, places: Sequence[int]) -> None:
        self._lock = threading.Lock()
        self._places = iter(places)
        self._new: list[tuple[int, Prediction | str]] = []

    def put(self, result: Prediction | str) -> None:
        """Add the next one (called in the lane)."""
        with self._lock:
            self._new.append((next(self._places), result))

    def take(self) -> list[tuple[int, Prediction | str]]:
        """Those that came since the last time."""
        with self._lock:
            new, self._new = self._new, []
        return new


def _predict(
    prediction: PredictionService,
    molecules: Sequence[Molecule],
    arrived: _Arrived,
    progress: ReportProgress,
    cancel: CancelToken,
) -> None:
    """Predict all and hand over what is there at once; in the batch lane."""
    for result in predicted(prediction, molecules, annotate=True, progress=progress, cancel=cancel):
        arrived.put(result)
