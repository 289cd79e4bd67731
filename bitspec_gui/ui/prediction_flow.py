"""From text to molecule to predicted spectrum to measured ones, each step in its lane, the newest request winning."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Signal

from bitspec_gui.domain.errors import BitSpecError, ModelFileError
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.ports import Predictor
from bitspec_gui.domain.prediction import MeasuredMatch, Prediction
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.ui.state import Phase, WindowState
from bitspec_gui.workers.runner import Runner

_log = logging.getLogger(__name__)


class PredictionFlow(QObject):
    """Drives `WindowState` from the input to the comparison."""

    unexpected = Signal(object)

    def __init__(self, services: Services, runner: Runner, state: WindowState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._runner, self._state = services, runner, state

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
        """Predict the molecule written in `text`; empty text leaves what is shown."""
        self._runner.abandon("prediction")
        if not text.strip():
            self._runner.abandon("molecule")
            self._state.set_phase(Phase.EMPTY)
            return
        self._state.set_phase(Phase.READING)
        self._runner.submit(
            "query",
            self._services.prediction.molecule,
            text,
            name,
            on_done=self._predict,
            on_error=self._molecule_failed,
            key="molecule",
        )

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

    def _predict(self, molecule: Molecule) -> None:
        self._state.set_molecule(molecule)
        loaded = self._state.model is not None
        self._state.set_phase(Phase.PREDICTING if loaded else Phase.LOADING)
        self._runner.submit(
            "compute",
            _predict,
            self._services.prediction,
            molecule,
            title=self.tr("Predicting %1").replace("%1", molecule.name or molecule.formula),
            on_done=self._predicted,
            on_error=self._prediction_failed,
            on_cancel=self._cancelled,
            key="prediction",
        )

    def _predicted(self, answer: tuple[Predictor, Prediction]) -> None:
        predictor, prediction = answer
        _log.info("Predicted %s with %s", prediction.molecule.smiles, prediction.model_version)
        self._model_loaded(predictor)
        self._state.set_prediction(prediction)
        self.look_up()

    def _molecule_failed(self, error: Exception) -> None:
        if isinstance(error, BitSpecError):
            self._state.set_phase(Phase.REFUSED, str(error))
        else:
            self._state.set_phase(Phase.FAILED, self.tr("This structure could not be read because of an error in BitSpec."))
            self.unexpected.emit(error)

    def _prediction_failed(self, error: Exception) -> None:
        if isinstance(error, ModelFileError):
            self._model_failed(error)
        elif isinstance(error, BitSpecError):
            self._state.set_phase(Phase.FAILED, str(error))
        else:
            self._state.set_phase(Phase.FAILED, self.tr("No spectrum was predicted because of an error in BitSpec."))
            self.unexpected.emit(error)

    def _cancelled(self) -> None:
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
