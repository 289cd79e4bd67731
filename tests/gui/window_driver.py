"""What the window tests share: a small predictor, measured spectra, drops, waiting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from bitspec_gui.domain.jobs import Progress, ignore_progress
from bitspec_gui.domain.library import LibraryQuery
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.search import Hit, HitList, SearchSettings
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.similarity import reverse_weighted_cosine, weighted_cosine


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


class PlainLookup:
    """Weighted cosine with every spectrum of the libraries, one after the other: the search service's part in window tests."""

    def __init__(self, libraries):
        self._libraries = libraries
        self.asked = []
        self.gate = None
        self.failure = None

    def prepare(self, progress=ignore_progress, cancel=None):
        progress(Progress(1, 1, "Indexing"))

    def search(self, record, settings=None, progress=ignore_progress, cancel=None):
        settings = settings or SearchSettings()
        self.asked.append((record, settings))
        while self.gate is not None and not self.gate.wait(0.01):
            if cancel is not None:
                cancel.raise_if_cancelled()
        if self.failure is not None:
            raise self.failure
        entries, _ = self._libraries.entries(LibraryQuery(limit=5000))
        kept = [entry for entry in entries if self._passes(entry, settings, record)]
        query = to_bins(record.spectrum)
        found = []
        for entry in kept:
            bins = to_bins(entry.record.spectrum)
            match = float(weighted_cosine(query, bins))
            if match > 0:
                own, asked = entry.record.retention_index, record.retention_index
                difference = None if own is None or asked is None else own - asked
                reverse = round(999 * float(reverse_weighted_cosine(query, bins)))
                found.append(Hit(0, entry, match, round(999 * match), reverse, match / 2, difference))
        found.sort(key=lambda hit: -hit.score)
        ranked = tuple(replace(hit, rank=rank) for rank, hit in enumerate(found[: settings.top], start=1))
        return HitList(record, settings, ranked, len(kept), len(entries) - len(kept))

    def search_many(self, records, settings=None, progress=ignore_progress, cancel=None):
        for number, record in enumerate(records):
            if cancel is not None:
                cancel.raise_if_cancelled()
            progress(Progress(number, len(records), record.name))
            yield self.search(record, settings, cancel=cancel)

    @staticmethod
    def _passes(entry, settings, record):
        wanted = settings.filter
        if wanted.libraries and entry.library not in wanted.libraries:
            return False
        if wanted.predicted is not None and wanted.predicted != (entry.record.predicted_by is not None):
            return False
        if any(to_bins(entry.record.spectrum)[peak.mz - 1] < peak.min_percent / 100 for peak in wanted.peaks):
            return False
        mass, window = settings.molecular_mass_da or record.nominal_mass, settings.mass_window_da
        if window is not None and mass is not None and abs((entry.record.nominal_mass or np.inf) - mass) > window:
            return False
        return wanted.name.lower() in entry.record.name.lower()


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
