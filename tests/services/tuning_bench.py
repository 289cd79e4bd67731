"""A dataset store on disk, a service on it, and small files of spectra and structures to drop."""

from __future__ import annotations

from pathlib import Path

from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.tuning_data import DatasetSpectrum
from bitspec_gui.services.tuning_data import TuningDataService
from bitspec_gui.storage.training.store import SqlTrainingStore

PEAKS = {
    "Toluene": ("Cc1ccccc1", "39 100\n51 80\n63 90\n65 130\n89 40\n91 999\n92 700\n93 50\n"),
    "Ethanol": ("CCO", "15 60\n27 220\n29 300\n31 999\n45 510\n46 210\n"),
    "Acetone": ("CC(C)=O", "15 230\n27 60\n42 80\n43 999\n58 640\n"),
    "Cyclohexane": ("C1CCCCC1", "27 100\n39 160\n41 560\n55 320\n56 999\n69 250\n84 780\n"),
}


def msp(*names: str, structures: bool = True, more: str = "") -> str:
    records = []
    for name in names:
        smiles, peaks = PEAKS[name]
        structure = f"SMILES: {smiles}\n" if structures else ""
        records.append(f"Name: {name}\n{structure}{more}Num Peaks: {peaks.count(chr(10))}\n{peaks}\n")
    return "".join(records)


class Bench:
    """A dataset store on disk, a service on it, and files to drop."""

    def __init__(self, folder: Path, store: SqlTrainingStore) -> None:
        self.folder, self.store = folder, store
        self.service = TuningDataService(lambda: store, folder / "training")

    def file(self, text: str, name: str = "lab.msp") -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def drop(self, *paths: Path, into: int | None = None) -> tuple[int, ImportReport]:
        return self.service.import_files(list(paths), dataset_id=into)

    def by_name(self, dataset_id: int) -> dict[str, DatasetSpectrum]:
        return {spectrum.record.name: spectrum for spectrum in self.service.spectra(dataset_id)}


def told(report: ImportReport) -> str:
    return "\n".join(map(str, report.problems))
