"""What the *Explain* tab is about: a prediction, the peak looked at, one or two heat maps, and the atoms picked in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from PySide6.QtCore import QObject, Signal

from bitspec_gui.domain.annotation import Assignment, KnownIon
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, Faithfulness, IonOrigins, MethodInfo
from bitspec_gui.domain.jobs import Progress
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.ui.views.content import percent_of_base_peak, unit_mz

NO_PROGRESS = Progress(0, 0)

STEP_FROM_PERCENT = 1.0
"""Peaks smaller than this, in % of the base peak, are passed over when stepping from peak to peak."""

SIDES = (0, 1)
"""The heat map that is always there, and the one beside it when two methods are compared."""


class ExplainPhase(Enum):
    """How far it is with what the maps need before any of them can be made."""

    EMPTY = "empty"
    OPENING = "opening"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class Subject:
    """A prediction, and the measured spectrum below it with its title, if there is one."""

    prediction: Prediction
    measured: SpectrumRecord | None = None
    title: str = ""


@dataclass(frozen=True)
class Choice:
    """A method as it was chosen for a map; an empty `key` is the default method of whatever is explained."""

    key: str = ""
    variant: str = ""
    seed: int = 0


@dataclass(frozen=True)
class MapSide:
    """One of the two maps.

    ``explanation`` stays on show while another one is made (``busy``). ``problem`` says why there is none of what was asked for
    (``retriable`` if that may change), ``doubt`` why it could not be measured how far the explanation can be trusted.
    """

    choice: Choice = Choice()
    explanation: Explanation | None = None
    faithfulness: Faithfulness | None = None
    busy: bool = False
    progress: Progress = NO_PROGRESS
    problem: str = ""
    retriable: bool = False
    doubt: str = ""


@dataclass(frozen=True)
class Methods:
    """Methods there are for a prediction, and which of them is the default for a peak and for the whole spectrum."""

    infos: tuple[MethodInfo, ...] = ()
    default_for_peak: str = ""
    default_for_whole: str = ""

    def of(self, key: str) -> MethodInfo | None:
        """The method of a key, None if there is none."""
        return next((each for each in self.infos if each.key == key), None)

    def default(self, mz: int | None) -> str:
        """Key of the default method for a peak, or for the whole spectrum."""
        return self.default_for_whole if mz is None else self.default_for_peak


class ExplainState(QObject):
    """Read by the panels, written by `Explaining` and the panels. Every change is told by one signal of its kind."""

    subject_changed = Signal()
    phase_changed = Signal()
    drawing_changed = Signal()
    methods_changed = Signal()
    mz_changed = Signal()
    choice_changed = Signal(int)
    side_changed = Signal(int)
    comparing_changed = Signal()
    candidates_changed = Signal()
    candidate_changed = Signal()
    picked_changed = Signal()
    threshold_changed = Signal()
    outdated_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.subject: Subject | None = None
        self.phase = ExplainPhase.EMPTY
        self.sentence = ""
        self.sketch: Sketch | None = None
        self.atom_ids: tuple[int, ...] = ()
        self.methods = Methods()
        self.origins: IonOrigins | None = None
        self.origins_problem = ""
        self.mz: int | None = None
        self.comparing = False
        self.sides = [MapSide(), MapSide()]
        self.candidates: tuple[Assignment, ...] | None = None
        self.unassigned = 1.0
        self.known: tuple[KnownIon, ...] = ()
        self.candidate_index: int | None = None
        self.picked: tuple[int, ...] = ()
        self.threshold = 0.0
        self.outdated = ""

    # What is derived

    @property
    def shown_sides(self) -> tuple[int, ...]:
        """Maps on show."""
        return SIDES if self.comparing else SIDES[:1]

    @property
    def candidate(self) -> Assignment | None:
        """The candidate for the peak that is looked at."""
        if not self.candidates or self.candidate_index is None:
            return None
        return self.candidates[min(self.candidate_index, len(self.candidates) - 1)]

    @property
    def lit(self) -> dict[int, float]:
        """Share of each peak whose ions hold all atoms that are picked, by unit m/z; empty if none is picked."""
        return self.origins.peaks_with(self.picked) if self.picked and self.origins is not None else {}

    @property
    def busy(self) -> bool:
        """Whether a map on show is being made."""
        return any(self.sides[side].busy for side in self.shown_sides)

    def info_of(self, side: int) -> MethodInfo | None:
        """The method chosen for a map."""
        return self.methods.of(self.sides[side].choice.key or self.methods.default(self.mz))

    def request_of(self, side: int) -> ExplanationRequest | None:
        """What a map is to show; None while there is nothing to explain."""
        info = self.info_of(side)
        if self.subject is None or info is None:
            return None
        choice = self.sides[side].choice
        variant = info.variant(choice.variant)
        return ExplanationRequest(
            self.subject.prediction.molecule,
            info.key,
            self.mz,
            variant.key if variant is not None else "",
            choice.seed if info.seeded else 0,
        )

    def is_current(self, side: int) -> bool:
        """Whether a map shows what was asked for."""
        wanted, explanation = self.request_of(side), self.sides[side].explanation
        return wanted is not None and explanation is not None and same_request(wanted, explanation.request)

    def next_peak(self, step: int) -> int | None:
        """The peak, predicted or measured, beside the one looked at; None if there is none further."""
        if self.subject is None:
            return None
        measured = self.subject.measured
        spectra = [self.subject.prediction.spectrum, *([measured.spectrum] if measured is not None else [])]
        peaks = sorted({mz for spectrum in spectra for mz in _peaks_worth_a_step(spectrum)})
        here = self.mz
        if here is None:
            return (peaks[0] if step > 0 else peaks[-1]) if peaks else None
        beyond = [mz for mz in peaks if (mz - here) * step > 0]
        return (min(beyond) if step > 0 else max(beyond)) if beyond else None

    # What changes

    def set_subject(self, subject: Subject | None) -> None:
        """Explain another prediction; of the same molecule and network what was chosen and made is kept."""
        before = self.subject
        self.subject = subject
        if before is None or subject is None or not same_prediction(before.prediction, subject.prediction):
            self.sketch, self.atom_ids, self.origins, self.origins_problem = None, (), None, ""
            self.mz, self.picked = None, ()
            self.sides = [MapSide(side.choice) for side in self.sides]
            self._forget_candidates()
            self.subject_changed.emit()
            for signal in (self.drawing_changed, self.mz_changed, self.candidates_changed, self.picked_changed):
                signal.emit()
            for side in SIDES:
                self.side_changed.emit(side)
        else:
            self.subject_changed.emit()

    def set_phase(self, phase: ExplainPhase, sentence: str = "") -> None:
        """Say how far it is; `sentence` is why nothing can be explained."""
        if (phase, sentence) != (self.phase, self.sentence):
            self.phase, self.sentence = phase, sentence
            self.phase_changed.emit()

    def set_drawing(self, sketch: Sketch, atom_ids: tuple[int, ...]) -> None:
        """The molecule as it is drawn; `atom_ids` are the drawn atoms in the order of the SMILES."""
        self.sketch, self.atom_ids = sketch, atom_ids
        self.drawing_changed.emit()

    def set_methods(self, methods: Methods, origins: IonOrigins | None, problem: str = "") -> None:
        """What the network allows; `problem` says why nothing is known of fragments."""
        self.methods, self.origins, self.origins_problem = methods, origins, problem
        self._tell_apart()
        self.methods_changed.emit()
        self.picked_changed.emit()

    def set_mz(self, mz: int | None) -> None:
        """Look at a peak by its unit m/z, or at the whole spectrum."""
        if mz != self.mz:
            self.mz = mz
            self._forget_candidates()
            self.mz_changed.emit()
            self.candidates_changed.emit()

    def choose(self, side: int, choice: Choice) -> None:
        """Another method for a map."""
        if choice != self.sides[side].choice:
            self.sides[side] = replace(self.sides[side], choice=choice, problem="")
            self.choice_changed.emit(side)

    def set_comparing(self, comparing: bool) -> None:
        """One map, or two side by side: by two methods, unless somebody chose the same one for both."""
        if comparing == self.comparing:
            return
        self.comparing = comparing
        self._tell_apart()
        self.comparing_changed.emit()

    def set_busy(self, side: int, progress: Progress) -> None:
        """A map is being made; the last one stays on show, pale."""
        self._change(side, busy=True, progress=progress, problem="")

    def set_idle(self, side: int, problem: str = "", *, retriable: bool = False) -> None:
        """Nothing is being made for a map any more; `problem` says why it is not there."""
        self._change(side, busy=False, progress=NO_PROGRESS, problem=problem, retriable=retriable)

    def take(self, side: int, explanation: Explanation, faithfulness: Faithfulness | None = None) -> None:
        """A map was made, and perhaps measured before."""
        self._change(
            side, explanation=explanation, faithfulness=faithfulness, busy=False, progress=NO_PROGRESS, problem="", doubt=""
        )
        self.take_candidates(explanation)

    def go_back(self, side: int) -> None:
        """Ask for what a map shows: its method, and its peak."""
        explanation = self.sides[side].explanation
        if explanation is None:
            return
        request = explanation.request
        before, self.mz = self.mz, request.mz
        if before != self.mz:
            self._forget_candidates()
        if not self.is_current(side):
            choice = Choice(request.method, request.variant, request.seed)
            self.sides[side] = replace(self.sides[side], choice=choice)
            self.choice_changed.emit(side)
        if before != self.mz:
            self.mz_changed.emit()
            self.candidates_changed.emit()

    def take_candidates(self, explanation: Explanation) -> None:
        """Know what the peak can be from any explanation of it."""
        if explanation.request.mz != self.mz or self.candidates is not None:
            return
        self.candidates, self.unassigned, self.known = explanation.candidates, explanation.unassigned, explanation.known
        self.candidate_index = 0 if explanation.candidates else None
        self.candidates_changed.emit()

    def take_faithfulness(self, side: int, faithfulness: Faithfulness | None, doubt: str = "") -> None:
        """It was measured how far a map can be trusted, or could not be."""
        self._change(side, faithfulness=faithfulness, doubt=doubt)

    def choose_candidate(self, index: int | None) -> None:
        """Look at one of the fragments that the peak can be, or at none."""
        if index != self.candidate_index:
            self.candidate_index = index
            self.candidate_changed.emit()

    def pick(self, atoms: tuple[int, ...]) -> None:
        """Pick atoms, by their places in the SMILES."""
        if atoms != self.picked:
            self.picked = atoms
            self.picked_changed.emit()

    def set_threshold(self, threshold: float) -> None:
        """Tint only atoms and bonds whose score is at least this share of the largest, 0..1."""
        if threshold != self.threshold:
            self.threshold = threshold
            self.threshold_changed.emit()

    def set_outdated(self, sentence: str) -> None:
        """Say why what is shown is not of the molecule in the drawing; empty if it is."""
        if sentence != self.outdated:
            self.outdated = sentence
            self.outdated_changed.emit()

    def _tell_apart(self) -> None:
        """Two maps of which nobody chose the second are by two methods."""
        first = self.info_of(0)
        if not self.comparing or first is None or self.sides[1].choice.key:
            return
        others = [each for each in self.methods.infos if each.key != first.key]
        other = next((each for each in others if each.immediate), others[0] if others else first)
        self.sides[1] = replace(self.sides[1], choice=Choice(other.key))
        self.choice_changed.emit(1)

    def _change(self, side: int, **changes: object) -> None:
        changed = replace(self.sides[side], **changes)  # type: ignore[arg-type]
        if changed != self.sides[side]:
            self.sides[side] = changed
            self.side_changed.emit(side)

    def _forget_candidates(self) -> None:
        self.candidates, self.unassigned, self.known, self.candidate_index = None, 1.0, (), None


def same_request(one: ExplanationRequest, other: ExplanationRequest) -> bool:
    """Whether two requests ask for the same scores; how the molecule is drawn and called does not matter."""
    return replace(one, molecule=other.molecule) == other and one.molecule.smiles == other.molecule.smiles


def peak_to_begin_with(prediction: Prediction) -> int | None:
    """Unit m/z of the largest peak that fragments explain and that has lost more than hydrogens; else of the base peak."""
    height = _percent_by_mz(prediction.spectrum)
    told: dict[int, float] = {}
    for each in prediction.annotations:
        if each.is_assigned and each.assignments[0].neutral_loss.strip("H0123456789"):
            told[each.mz] = height.get(each.mz, 0.0) * (1.0 - each.unassigned)
    among = told or height
    return max(among, key=lambda mz: (among[mz], mz)) if among else None


def _percent_by_mz(spectrum: Spectrum) -> Mapping[int, float]:
    """Largest peak at each unit m/z, in % of the base peak."""
    found: dict[int, float] = {}
    for mz, percent in zip(unit_mz(spectrum.mz).tolist(), percent_of_base_peak(spectrum).tolist(), strict=True):
        found[mz] = max(found.get(mz, 0.0), percent)
    return found


def _peaks_worth_a_step(spectrum: Spectrum) -> list[int]:
    there = np.flatnonzero(percent_of_base_peak(spectrum) >= STEP_FROM_PERCENT)
    return [int(mz) for mz in unit_mz(spectrum.mz)[there]]


def same_prediction(one: Prediction, other: Prediction) -> bool:
    """Whether two predictions are of the same molecule by the same network, however it is drawn and called."""
    return one.molecule.smiles == other.molecule.smiles and one.model_version == other.model_version
