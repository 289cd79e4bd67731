"""What the window is about: the molecule asked for, its prediction, the measured spectra, what is selected."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QObject, Signal

from bitspec_gui.domain.annotation import Assignment, PeakAnnotation
from bitspec_gui.domain.library import LibraryEntry, LibraryInfo
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import MeasuredMatch, PredictedMatch, Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.ui.views.content import LabelMode, ViewMode


class Phase(Enum):
    """How far the molecule in the input has come; a drawing that is no molecule yet is unfinished, a text is refused."""

    EMPTY = "empty"
    READING = "reading"
    LOADING = "loading the model"
    PREDICTING = "predicting"
    SHOWN = "shown"
    UNFINISHED = "unfinished"
    REFUSED = "refused"
    FAILED = "failed"


class WindowState(QObject):
    """Read by the panels, written by the flows. Every change is told by one signal of its kind."""

    phase_changed = Signal()
    molecule_changed = Signal()
    prediction_changed = Signal()
    matches_changed = Signal()
    chosen_changed = Signal()
    rival_changed = Signal()
    peak_changed = Signal()
    assignment_changed = Signal()
    model_changed = Signal()
    libraries_changed = Signal()
    entry_changed = Signal()
    mode_changed = Signal()
    labels_changed = Signal()
    colours_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.phase = Phase.EMPTY
        self.sentence = ""
        self.molecule: Molecule | None = None
        self.prediction: Prediction | None = None
        self.matches: tuple[MeasuredMatch, ...] | None = None
        self.match_problem = ""
        self.chosen_index = 0
        self.rival: PredictedMatch | None = None
        self.peak_mz: int | None = None
        self.assignment_index = 0
        self.model: ModelVersion | None = None
        self.device = ""
        self.model_problem = ""
        self.libraries: tuple[LibraryInfo, ...] | None = None
        self.library_problem = ""
        self.opening_libraries = True
        self.loading_more = False
        self.entry: LibraryEntry | None = None
        self.mode = ViewMode.MIRROR
        self.labels_shown = True
        self.label_threshold_percent = 5.0
        self.label_mode = LabelMode.MZ
        self.colours: Colours = LIGHT

    @property
    def stale(self) -> bool:
        """Whether the prediction shown is not that of the molecule in the input."""
        return self.prediction is not None and self.phase is not Phase.SHOWN

    @property
    def chosen(self) -> MeasuredMatch | None:
        """The measured spectrum that is compared with."""
        if not self.matches:
            return None
        return self.matches[min(self.chosen_index, len(self.matches) - 1)]

    @property
    def counterpart(self) -> Spectrum | None:
        """The spectrum that the prediction is compared with: that of another molecule if one was chosen, else a measured one."""
        if self.rival is not None:
            return self.rival.prediction.spectrum
        return self.chosen.record.spectrum if self.chosen is not None else None

    @property
    def annotation(self) -> PeakAnnotation | None:
        """What the selected peak of the prediction is made of; None if no peak is selected or nothing is known of it."""
        if self.prediction is None:
            return None
        return next((each for each in self.prediction.annotations if each.mz == self.peak_mz), None)

    @property
    def assignment(self) -> Assignment | None:
        """The assignment of the selected peak that is looked at."""
        annotation = self.annotation
        if annotation is None or not annotation.is_assigned:
            return None
        return annotation.assignments[min(self.assignment_index, len(annotation.assignments) - 1)]

    def set_phase(self, phase: Phase, sentence: str = "") -> None:
        """Say how far the input has come; `sentence` is what was wrong with it."""
        self.phase, self.sentence = phase, sentence
        self.phase_changed.emit()

    def set_molecule(self, molecule: Molecule) -> None:
        """The input was read."""
        self.molecule = molecule
        self.molecule_changed.emit()

    def set_prediction(self, prediction: Prediction, rival: PredictedMatch | None = None) -> None:
        """A spectrum was predicted; its measured spectra are not known yet. `rival` goes on being compared with."""
        self.prediction, self.matches, self.match_problem, self.chosen_index = prediction, None, "", 0
        self.rival = rival
        self.peak_mz, self.assignment_index = None, 0
        self.phase, self.sentence = Phase.SHOWN, ""
        self.prediction_changed.emit()
        self.phase_changed.emit()

    def redraw(self, molecule: Molecule) -> None:
        """The molecule that was predicted is drawn in another way; what was selected stays so."""
        if self.prediction is not None:
            self.prediction = replace(self.prediction, molecule=molecule)
        self.phase, self.sentence = Phase.SHOWN, ""
        self.set_molecule(molecule)
        self.phase_changed.emit()

    def set_matches(self, matches: tuple[MeasuredMatch, ...], problem: str = "") -> None:
        """Measured spectra of the predicted compound, best first, or why they cannot be had. A choice still there is kept."""
        kept = self.chosen.entry_id if self.chosen is not None else None
        self.matches, self.match_problem = matches, problem
        self.chosen_index = next((i for i, match in enumerate(matches) if match.entry_id == kept), 0)
        self.matches_changed.emit()

    def choose(self, index: int) -> None:
        """Compare with another measured spectrum."""
        if not 0 <= index < len(self.matches or ()) or (index == self.chosen_index and self.rival is None):
            return
        self.chosen_index = index
        self.set_rival(None)
        self.chosen_changed.emit()

    def set_rival(self, rival: PredictedMatch | None) -> None:
        """Compare with another molecule's prediction; with None with measured spectra again."""
        if rival != self.rival:
            self.rival = rival
            self.rival_changed.emit()

    def select_peak(self, mz: int | None) -> None:
        """Select a peak by its unit m/z, wherever it is shown."""
        if mz != self.peak_mz:
            self.peak_mz, self.assignment_index = mz, 0
            self.peak_changed.emit()

    def choose_assignment(self, index: int) -> None:
        """Look at another assignment of the selected peak."""
        annotation = self.annotation
        if annotation is not None and index != self.assignment_index and 0 <= index < len(annotation.assignments):
            self.assignment_index = index
            self.assignment_changed.emit()

    def set_model(self, model: ModelVersion | None, device: str, problem: str = "") -> None:
        """The network that predicts, or why there is none."""
        self.model, self.device, self.model_problem = model, device, problem
        self.model_changed.emit()

    def set_libraries(self, libraries: tuple[LibraryInfo, ...], problem: str = "") -> None:
        """The libraries that there are, or why they cannot be read."""
        self.libraries, self.library_problem = libraries, problem
        self.libraries_changed.emit()

    def set_opening(self, opening: bool) -> None:
        """Whether the supplied library is still being loaded, so that nothing found yet means little."""
        if opening != self.opening_libraries:
            self.opening_libraries = opening
            self.libraries_changed.emit()

    def set_loading_more(self, loading: bool) -> None:
        """Whether a further supplied library is being loaded, so that a search does not see all of it yet."""
        if loading != self.loading_more:
            self.loading_more = loading
            self.libraries_changed.emit()

    def set_entry(self, entry: LibraryEntry | None) -> None:
        """The library entry that is looked at."""
        self.entry = entry
        self.peak_mz, self.assignment_index = None, 0
        self.entry_changed.emit()

    def set_mode(self, mode: ViewMode) -> None:
        """Mirror, predicted only or difference."""
        if mode is not self.mode:
            self.mode = mode
            self.mode_changed.emit()

    def set_labels(self, shown: bool, threshold_percent: float) -> None:
        """Labels on or off, and from which intensity."""
        self.labels_shown, self.label_threshold_percent = shown, threshold_percent
        self.labels_changed.emit()

    def set_label_mode(self, mode: LabelMode) -> None:
        """What labels say beside m/z."""
        if mode is not self.label_mode:
            self.label_mode = mode
            self.labels_changed.emit()

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self.colours = colours
        self.colours_changed.emit()
