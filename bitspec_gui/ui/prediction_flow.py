"""From text or drawing to molecule to predicted spectrum to measured ones, each step in its lane, the newest request winning."""

from __future__ import annotations

import logging
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from bitspec_gui.domain.errors import BitSpecError, ModelFileError
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.ports import Predictor
from bitspec_gui.domain.prediction import MeasuredMatch, Prediction
from bitspec_gui.domain.sketch import Sketch, SketchReading
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.comparison import predicted_match
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.sketching import read
from bitspec_gui.services.structure_input import StructureInput, read_structure_input
from bitspec_gui.ui.session import Session
from bitspec_gui.ui.state import Phase, WindowState
from bitspec_gui.workers.runner import Runner

_log = logging.getLogger(__name__)

SLOW_MS = 300
"""How long a drawing's prediction may take before the last one is greyed: flickering helps nobody."""


class PredictionFlow(QObject):
    """Drives `WindowState` from the input to the comparison.

    `text_read` brings the `StructureInput` of a text, `sketch_read` the `SketchReading` of a drawing.
    """

    unexpected = Signal(object)
    text_read = Signal(object)
    sketch_read = Signal(object)

    def __init__(
        self, services: Services, runner: Runner, state: WindowState, session: Session, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services, self._runner, self._state, self._session = services, runner, state, session
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW_MS)
        self._slow.timeout.connect(lambda: self._state.set_phase(Phase.PREDICTING))

    def load_model(self) -> None:
        """Load the network beside the window; predictions asked for meanwhile follow it."""
        self._runner.submit(
            "compute",
            self._services.prediction.predictor,
            title=self.tr("Loading the model"),
            on_done=self._model_loaded,
            on_error=self._model_failed,
            key="model",
        )

    def request(self, text: str, name: str = "") -> None:
        """Predict the molecule written in `text` and put it on the list; empty text leaves what is shown."""
        self.forget_requests()
        if not text.strip():
            self._state.set_phase(Phase.EMPTY)
            return
        self._state.set_phase(Phase.READING)
        self._runner.submit(
            "query",
            read_structure_input,
            self._services.prediction,
            text,
            name,
            on_done=self._text_read,
            on_error=self._molecule_failed,
            key="molecule",
        )

    def request_sketch(self, sketch: Sketch) -> None:
        """Predict what is drawn; a drawing that is no molecule yet leaves what is shown, greyed."""
        self.forget_requests()
        self._runner.submit("sketch", read, sketch, on_done=self._sketch_read, on_error=self._molecule_failed, key="molecule")

    def stop(self) -> None:
        """Begin nothing any more (the window closes)."""
        self._slow.stop()

    def predict_again(self) -> None:
        """Try once more what failed: the model is loaded anew, the molecule predicted."""
        if self._state.model is None:
            self._state.set_model(None, "")
        molecule = self._state.molecule
        if molecule is not None:
            self._predict(molecule)
        else:
            self.load_model()

    def look_up(self) -> None:
        """Find the measured spectra of the predicted compound (again, when libraries have changed)."""
        prediction = self._state.prediction
        if prediction is None:
            return
        self._runner.submit(
            "query",
            self._services.libraries.measured_matches,
            prediction,
            on_done=self._matched,
            on_error=self._match_failed,
            key="matches",
        )

    def forget_requests(self) -> None:
        """Whatever is on its way is not wanted any more."""
        self._slow.stop()
        self._runner.abandon("molecule")
        self._runner.abandon("prediction")

    def _text_read(self, found: StructureInput) -> None:
        self.text_read.emit(found)
        if found.molecule is None:
            self._state.set_phase(Phase.REFUSED, found.sentence)
            return
        self._session.keep(found.molecule)
        kept = self._session.of(found.molecule.smiles)
        self._predict(kept.molecule if kept is not None else found.molecule)

    def _sketch_read(self, reading: SketchReading) -> None:
        self.sketch_read.emit(reading)
        shown = self._state.prediction
        if reading.molecule is None:
            self._state.set_phase(Phase.UNFINISHED if reading.sentence else Phase.EMPTY, reading.sentence)
            return
        kept = self._session.of(reading.molecule.smiles)
        molecule = replace(reading.molecule, name=kept.molecule.name) if kept is not None else reading.molecule
        if shown is not None and shown.molecule.smiles == molecule.smiles:
            self._state.redraw(replace(molecule, name=molecule.name or shown.molecule.name))
        else:
            self._predict(molecule, live=True)

    def _predict(self, molecule: Molecule, *, live: bool = False) -> None:
        """Predict a molecule; of a drawing, which is predicted after each stroke, quietly."""
        self._state.set_molecule(molecule)
        loaded = self._state.model is not None
        if live and loaded:
            self._slow.start()
        else:
            self._state.set_phase(Phase.PREDICTING if loaded else Phase.LOADING)
        words = self.tr("Predicting %1").replace("%1", molecule.name or molecule.formula)
        self._runner.submit(
            "compute",
            _predict,
            self._services.prediction,
            molecule,
            title="" if live else words,
            on_done=self._predicted,
            on_error=self._prediction_failed,
            on_cancel=self._cancelled,
            key="prediction",
        )

    def _predicted(self, answer: tuple[Predictor, Prediction]) -> None:
        predictor, prediction = answer
        self._slow.stop()
        _log.info("Predicted %s with %s", prediction.molecule.smiles, prediction.model_version)
        self._model_loaded(predictor)
        self._session.add_prediction(prediction)
        rival = self._state.rival
        self._state.set_prediction(prediction, predicted_match(prediction, rival.prediction) if rival is not None else None)
        self.look_up()
        self._look_for_name(prediction.molecule)

    def _look_for_name(self, molecule: Molecule) -> None:
        """Find the usual name of a molecule that was given without one."""
        if molecule.name:
            return

        def named(name: str) -> None:
            shown = self._state.prediction
            if name and shown is not None and shown.molecule.smiles == molecule.smiles and self._state.phase is Phase.SHOWN:
                self._state.redraw(replace(shown.molecule, name=name))
                self._session.name(molecule.smiles, name)

        names = self._services.names
        self._runner.submit("names", names.name_of, molecule.smiles, on_done=named, on_error=self._name_failed, key="name")

    def _name_failed(self, error: Exception) -> None:
        """A molecule goes without a name; that the index cannot be read is told where a name is asked for."""
        _log.warning("No name was looked for: %s", error)
        if not isinstance(error, BitSpecError):
            self.unexpected.emit(error)

    def _molecule_failed(self, error: Exception) -> None:
        if isinstance(error, BitSpecError):
            self._state.set_phase(Phase.REFUSED, str(error))
        else:
            self._state.set_phase(Phase.FAILED, self.tr("This structure could not be read because of an error in BitSpec."))
            self.unexpected.emit(error)

    def _prediction_failed(self, error: Exception) -> None:
        self._slow.stop()
        if isinstance(error, ModelFileError):
            self._model_failed(error)
        elif isinstance(error, BitSpecError):
            self._state.set_phase(Phase.FAILED, str(error))
        else:
            self._state.set_phase(Phase.FAILED, self.tr("No spectrum was predicted because of an error in BitSpec."))
            self.unexpected.emit(error)

    def _cancelled(self) -> None:
        self._slow.stop()
        self._state.set_phase(Phase.FAILED, self.tr("Cancelled. Press Predict to try again."))

    def _model_loaded(self, predictor: Predictor) -> None:
        if self._state.model != predictor.version or self._state.device != predictor.device:
            self._state.set_model(predictor.version, predictor.device)

    def _model_failed(self, error: Exception) -> None:
        self._state.set_model(None, "", str(error))
        if self._state.phase in (Phase.LOADING, Phase.PREDICTING):
            self._state.set_phase(Phase.FAILED, self.tr("No spectrum can be predicted without a model."))
        if not isinstance(error, BitSpecError):
            self.unexpected.emit(error)

    def _matched(self, matches: list[MeasuredMatch]) -> None:
        self._state.set_matches(tuple(matches))

    def _match_failed(self, error: Exception) -> None:
        self._state.set_matches((), str(error))
        if not isinstance(error, BitSpecError):
            self.unexpected.emit(error)


def _predict(service: PredictionService, molecule: Molecule) -> tuple[Predictor, Prediction]:
    """Predict, and say with which network; in the compute lane."""
    prediction = service.predict(molecule)
    return service.predictor(), prediction
