"""What the window tests share: a small predictor, measured spectra, drops, waiting."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord


class PlainPredictor:
    """A small deterministic predictor: the molecular ion, the loss of 1, 15 and 28, and low masses. For tests only."""

    def __init__(self):
        self.calls = []
        self.gate = None

    @property
    def version(self):
        return ModelVersion("test-model", "0123456789abcdef" * 4, "CC BY 4.0", "Rules of thumb, for tests")

    @property
    def device(self):
        return "CPU: no CUDA device found"

    def predict(self, molecules, cancel=None, *, annotate=False):
        self.calls.extend(molecule.smiles for molecule in molecules)
        if self.gate is not None:
            self.gate.wait(10)
        return [self._one(molecule) for molecule in molecules]

    def _one(self, molecule):
        mass = molecule.nominal_mass
        peaks = {mass: 999.0, mass - 1: 120.0, mass - 15: 300.0, mass - 28: 640.0, 51: 250.0, 39: 90.0}
        kept = {mz: i for mz, i in peaks.items() if 1 <= mz <= mass}
        return Prediction(molecule, Spectrum(list(kept), list(kept.values())), self.version)


NICOTINAMIDE_KEY = "DFPAKSUCGFBDDF-UHFFFAOYSA-N"


def measured(name, key, peaks, **more):
    mz, intensity = zip(*peaks, strict=True)
    return SpectrumRecord(Spectrum(mz, intensity), name=name, inchikey=key, **more)


def wait_until_quiet(qtbot, window):
    qtbot.waitUntil(lambda: not window.runner.jobs, timeout=20_000)


def drop(window, data):
    """What the window system does: the deepest widget that takes drops gets the event."""
    at = QPoint(400, 300)
    target = window.childAt(at) or window
    while target is not window and not target.acceptDrops():
        target = target.parentWidget()
    enter = QDragEnterEvent(at, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(
        target,
        QDropEvent(QPointF(at), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier),
    )


def url_data(*paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data
