"""What the model in use predicts for the spectrum of a dataset that is looked at."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.domain.tuning_data import DatasetSpectrum
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.recorded_range import cosine_from
from bitspec_gui.ui.state import WindowState
from bitspec_gui.workers.runner import Runner

KEPT = 200


@dataclass(frozen=True)
class Seen:
    """A spectrum beside its prediction; ``cosine`` from ``lowest_mz`` on, linear intensities on unit m/z."""

    spectrum_id: int
    prediction: Prediction | None = None
    cosine: float = 0.0
    lowest_mz: int = 1
    problem: str = ""


class TrainPrediction(QObject):
    """Predicts in the compute lane, the newest wish first.

    ``seen`` brings a `Seen`; ``shown_changed`` says that `prediction` and `measured` are of another spectrum than before.
    """

    seen = Signal(object)
    shown_changed = Signal()

    def __init__(self, service: PredictionService, runner: Runner, window: WindowState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service, self._runner = service, runner
        self._kept: OrderedDict[str, Prediction] = OrderedDict()
        self.prediction: Prediction | None = None
        self.measured: Spectrum | None = None
        """The spectrum looked at; `prediction` is that of its compound, as far as there is one."""
        window.model_changed.connect(lambda: self._kept.clear())

    def look(self, spectrum: DatasetSpectrum | None, lowest_mz: int) -> None:
        """Predict the compound of a spectrum, if it has a structure; None asks for nothing any more."""
        smiles = spectrum.record.smiles if spectrum is not None else None
        if spectrum is None or not smiles:
            self._runner.abandon("train-prediction")
            self._set(spectrum, None)
            return
        spectrum_id = spectrum.spectrum_id
        kept = self._kept.get(smiles)

        def done(answer: Seen) -> None:
            if answer.prediction is not None:
                self._kept[smiles] = answer.prediction
                self._kept.move_to_end(smiles)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._set(spectrum, answer.prediction)
            self.seen.emit(answer)

        def failed(error: Exception) -> None:
            if not isinstance(error, BitSpecError):
                self._runner.failed.emit(error)
            sentence = str(error) if isinstance(error, BitSpecError) else self.tr("It could not be predicted.")
            self._set(spectrum, None)
            self.seen.emit(Seen(spectrum_id, problem=sentence))

        self._runner.submit(
            "compute",
            _see,
            self._service,
            spectrum,
            kept,
            lowest_mz,
            cancellable=True,
            on_done=done,
            on_error=failed,
            key="train-prediction",
        )

    def _set(self, spectrum: DatasetSpectrum | None, prediction: Prediction | None) -> None:
        measured = spectrum.record.spectrum if spectrum is not None else None
        if prediction is not self.prediction or measured is not self.measured:
            self.prediction, self.measured = prediction, measured
            self.shown_changed.emit()


def _see(
    service: PredictionService,
    spectrum: DatasetSpectrum,
    kept: Prediction | None,
    lowest_mz: int,
    *,
    progress: ReportProgress,
    cancel: CancelToken,
) -> Seen:
    """A spectrum beside its prediction; in the compute lane."""
    record = spectrum.record
    prediction = kept or service.predict(service.molecule(record.smiles or "", record.name), cancel=cancel)
    seen = cosine_from(to_bins(prediction.spectrum), to_bins(record.spectrum), max(1, lowest_mz))
    return Seen(spectrum.spectrum_id, prediction, seen, lowest_mz)
