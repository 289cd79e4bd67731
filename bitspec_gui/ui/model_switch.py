"""Predicting with another model version from one moment to the next; what is on show is predicted anew."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.services.catalogue import Services
from bitspec_gui.ui.prediction_flow import PredictionFlow
from bitspec_gui.ui.state import WindowState
from bitspec_gui.workers.runner import Runner


class ModelSwitch(QObject):
    """Lets services and window go over to another version.

    ``outdated`` carries the predicted libraries (a tuple of `LibraryInfo`) that another version made than the one that predicts.
    """

    told = Signal(str)
    outdated = Signal(object)
    failed = Signal(object)

    def __init__(
        self, services: Services, runner: Runner, state: WindowState, predictions: PredictionFlow, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services, self._runner, self._state, self._predictions = services, runner, state, predictions
        self._chosen = False
        state.model_changed.connect(self._model_changed)

    def take(self, _version: RegisteredVersion) -> None:
        """Predict with the version that the registry says is in use."""
        self._services.prediction.replace()
        self._services.explaining.replace()
        self._chosen = True
        self._state.set_model(None, "")
        self._predictions.predict_again()

    def _model_changed(self) -> None:
        model = self._state.model
        if model is None:
            return
        if self._services.models.notice:
            self.told.emit(self._services.models.notice)
        if not self._chosen:
            return
        self._chosen = False
        self._runner.submit(
            "query", self._services.libraries.stale, model, on_done=self._found, on_error=self.failed.emit, key="outdated"
        )

    def _found(self, libraries: list[LibraryInfo]) -> None:
        self.outdated.emit(tuple(libraries))
