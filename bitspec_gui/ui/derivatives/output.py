"""Derivatives on their way out: spectra into files, tables into the clipboard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from bitspec_gui.domain.derivatives import Derivative
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.services.derivatising import table_of
from bitspec_gui.services.export import write_predictions
from bitspec_gui.workers.runner import Runner


class DerivativeOutput(QObject):
    """Writes in the io lane. `told` carries a sentence, `failed` an exception."""

    told = Signal(str)
    failed = Signal(object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner

    def write(self, predictions: Sequence[Prediction], path: Path) -> None:
        """Write spectra in the format of the suffix."""

        def done(count: int) -> None:
            spectra = self.tr("1 spectrum") if count == 1 else self.tr("%1 spectra").replace("%1", f"{count:,}")
            self.told.emit(self.tr("%1 written: %2").replace("%1", spectra).replace("%2", str(path)))

        self._runner.submit(
            "io",
            write_predictions,
            list(predictions),
            path,
            annotated=any(each.annotations for each in predictions),
            title=self.tr("Writing %1").replace("%1", path.name),
            on_done=done,
            on_error=self.failed.emit,
        )

    def copy(self, derivatives: Sequence[Derivative]) -> None:
        """Copy derivatives as tab-separated text under a heading."""
        if derivatives:
            QGuiApplication.clipboard().setText(table_of(derivatives))
            self.told.emit(self.tr("%1 derivatives copied").replace("%1", str(len(derivatives))))
