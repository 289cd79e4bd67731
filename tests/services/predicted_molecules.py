"""A small deterministic predictor and molecules for it, for tests of predicted libraries. It writes down what it was asked."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum


class CountingPredictor:
    """M, and a peak that depends on what else is in the batch, as rounding does in a real network."""

    device = "CPU"

    def __init__(self, name: str = "model-1", sha256: str = "ab" * 32, *, pause_s: float = 0.0) -> None:
        self.version = ModelVersion(name, sha256, "CC BY 4.0")
        self.asked: list[str] = []
        self.pause_s = pause_s

    def predict(self, molecules, cancel=None, *, annotate=False):
        if cancel is not None:
            cancel.raise_if_cancelled()
        time.sleep(self.pause_s)
        self.asked += [molecule.smiles for molecule in molecules]
        together = float(sum(molecule.nominal_mass for molecule in molecules) % 700 + 100)
        spectra = [Spectrum([15.0, float(each.nominal_mass)], [together, 999.0]) for each in molecules]
        return [Prediction(m, s, self.version, confidence=0.61239) for m, s in zip(molecules, spectra, strict=True)]


def table_of(path: Path, count: int) -> Path:
    """Table of up to 180 alkanols, amines and thiols, each with a CAS number; one row is repeated and one unreadable."""
    rows = ["name,cas,smiles"]
    for n in range(1, count + 1):
        series, length = divmod(n - 1, 60)
        rows.append(f"alkanol {n},{1000 + n}-11-1,{'C' * (length + 1)}{'ONS'[series]}")
        if n == 3:
            rows += ["again,64-17-5,OCC", "broken,,C(("]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def build_slowly(database: str, table: str) -> None:
    """Build a library so slowly that it can be killed on the way; run in a process of its own."""
    from bitspec_gui.services.libraries import LibraryService
    from bitspec_gui.services.prediction import PredictionService
    from bitspec_gui.storage.library_store import open_library_store

    predictor = CountingPredictor(pause_s=0.5)
    libraries = LibraryService(lambda: open_library_store(Path(database)))
    libraries.build_predicted(PredictionService(lambda: predictor), Path(table), "Alkanols")


if __name__ == "__main__":
    build_slowly(*sys.argv[1:])
