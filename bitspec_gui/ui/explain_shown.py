"""Explaining what is on show: the prediction, a hit for an unknown, a library entry, or a row of a batch."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QTabWidget

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.ui.explaining import Explaining
from bitspec_gui.ui.identify_state import IdentifyState
from bitspec_gui.ui.on_show import Panels
from bitspec_gui.ui.session import Session
from bitspec_gui.ui.state import WindowState
from bitspec_gui.workers.runner import Runner

WHOLE = 0
"""Stands for the whole spectrum where an m/z is asked for; None is whatever peak there is to begin with."""


class ExplainShown(QObject):
    """Brings what the tab on show is about to the *Explain* tab, with the measured spectrum that belongs to it.

    `shown` asks the window to bring that tab to the front.
    """

    shown = Signal()
    told = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        tabs: QTabWidget,
        panels: Panels,
        explaining: Explaining,
        service: PredictionService,
        runner: Runner,
        state: WindowState,
        unknowns: IdentifyState,
        session: Session,
    ) -> None:
        super().__init__(tabs)
        self._tabs, self._panels, self._explaining = tabs, panels, explaining
        self._service, self._runner, self._session = service, runner, session
        self._state, self._unknowns = state, unknowns

    def explain(self) -> None:
        """Explain what the tab on show is about; the peak that is selected there, if one is."""
        self._explain(self._state.peak_mz)

    def _explain(self, mz: int | None) -> None:
        shown, panels, entry, hit = self._tabs.currentWidget(), self._panels, self._state.entry, self._unknowns.hit
        unknown, row = self._unknowns.unknown, panels.batch.prediction
        if shown is panels.identify and hit is not None and unknown is not None:
            self._explain_compound(hit.entry.record, unknown.record, unknown.record.name, mz)
        elif shown is panels.library and entry is not None:
            measured = entry.record if entry.record.predicted_by is None else None
            self._explain_compound(entry.record, measured, entry.library, mz)
        elif shown is panels.batch and row is not None:
            self._show_whole(row, mz)
        elif self._state.prediction is not None:
            self._explaining.show_window()
            self._open(mz)
        else:
            self.told.emit(self._state.model_problem or self.tr("Draw or write a molecule first."))

    def explain_whole(self) -> None:
        """Explain the whole spectrum of what the tab on show is about."""
        if self._tabs.currentWidget() is self._panels.explain and self._explaining.has_subject:
            self._explaining.select_peak(None)
        else:
            self._explain(WHOLE)

    def explain_kept(self, smiles: str) -> None:
        """Explain a molecule of the list; its measured spectra are shown with it where it is the one that is drawn."""
        kept, shown = self._session.of(smiles), self._state.prediction
        if shown is not None and shown.molecule.smiles == smiles:
            self._explaining.show_window()
            self._open(None)
        elif kept is not None and kept.prediction is not None:
            self._show_whole(kept.prediction, None)
        else:
            self.told.emit(self.tr("It has no predicted spectrum yet: click it once to predict it."))

    def _explain_compound(self, record: SpectrumRecord, measured: SpectrumRecord | None, title: str, mz: int | None) -> None:
        """Predict the compound of a record first."""
        text = record.smiles or record.inchi
        if text:
            self._predict(text, record.name, measured, title, mz)
        else:
            self.told.emit(self.tr("It has no structure whose spectrum could be explained."))

    def _show_whole(self, prediction: Prediction, mz: int | None) -> None:
        """Explain a prediction; those of lists have neither a drawing nor annotations, and are made again with both."""
        molecule = prediction.molecule
        if molecule.molblock and prediction.annotations:
            self._show(prediction, None, "", mz)
        else:
            self._predict(molecule.smiles, molecule.name, None, "", mz)

    def _predict(self, text: str, name: str, measured: SpectrumRecord | None, title: str, mz: int | None) -> None:
        self._runner.submit(
            "compute", self._service.predict_text, text, name,
            on_done=lambda prediction: self._show(prediction, measured, title, mz), on_error=self._not_predicted, key="explain",
        )  # fmt: skip

    def _not_predicted(self, error: Exception) -> None:
        if isinstance(error, BitSpecError):
            self.told.emit(str(error))
        else:
            self.failed.emit(error)

    def _show(self, prediction: Prediction, measured: SpectrumRecord | None, title: str, mz: int | None) -> None:
        self._explaining.show(prediction, measured, title)
        self._open(mz)

    def _open(self, mz: int | None) -> None:
        self.shown.emit()
        if mz is not None:
            self._explaining.select_peak(mz if mz != WHOLE else None)
