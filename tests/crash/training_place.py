"""A folder in which fine-tunings are killed: small networks or the fake core, a dataset of made spectra, no libraries."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np

from bitspec_gui.domain.model_registry import SUPPLIED, RegisteredVersion
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.domain.tuning_data import DatasetSpectrum
from bitspec_gui.domain.tuning_jobs import TuningJob
from bitspec_gui.domain.tuning_ports import FineTuner
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.services.tuning_jobs import TuningJobs
from bitspec_gui.storage.library_store import open_library_store
from bitspec_gui.storage.training.store import open_training_store

_CORES = [
    "CCO",
    "CCCCN",
    "c1ccccc1C",
    "CC(=O)OC",
    "CC(C)CO",
    "c1ccccc1O",
    "CCCCCC",
    "CCOCC",
    "CCC(=O)C",
    "CCCCCl",
    "CCSCC",
    "CCCO",
]
_BASE = "untrained"


class TrainingPlace:
    """What a process needs to train there; opened by each process anew.

    Parameters
    ----------
    folder : Path
        Of everything about fine-tuning.
    real : bool
        Whether networks are tuned; else the fake core counts steps.
    """

    def __init__(self, folder: Path, *, real: bool) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.base_file = folder / f"{_BASE}.json"
        self.store = open_training_store(folder / "training.sqlite")
        libraries = LibraryService(partial(open_library_store, folder / "bitspec.sqlite"))
        self.jobs = TuningJobs(lambda: self.store, folder, libraries, self.find_version, self._real_core if real else _fake_core)

    def find_version(self, sha256: str) -> Path | None:
        """As a registry does: by the sha256 of the weights."""
        return self.base_file if hashlib.sha256(_weights_of(self.base_file).read_bytes()).hexdigest() == sha256 else None

    def prepare(self, *, compounds: int) -> None:
        """Make the base model and the dataset."""
        _save_small_model(self.base_file)
        dataset = self.store.new_dataset("Made")
        self.store.add_spectra(dataset, [DatasetSpectrum(0, record) for record in _records(compounds)])

    def queue(self, name: str, *, epochs: int = 4, folds: int = 2) -> TuningJob:
        """Ask for a fine-tuning."""
        sha256 = hashlib.sha256(_weights_of(self.base_file).read_bytes()).hexdigest()
        base = RegisteredVersion(SUPPLIED, ModelVersion(_BASE, sha256, "CC0"), self.base_file, made_at=datetime.now(UTC))
        settings = TuningSettings(strategy=Strategy.LORA, epochs=epochs, least_steps=epochs, batch=4, folds=folds, device="cpu")
        return self.jobs.queue(name, self.store.datasets()[0].dataset_id, base, settings)

    def _real_core(self) -> FineTuner:
        from bitspec_gui.ml.finetuning.tuner import NetworkTuner

        return NetworkTuner(self.find_version)


def _fake_core() -> FineTuner:
    from tests.services.fake_tuner import FakeTuner

    return FakeTuner(steps=25, step_s=0.02)


def _weights_of(model: Path) -> Path:
    return model.with_suffix(".safetensors")


def _save_small_model(path: Path) -> None:
    import torch

    from bitspec_gui.ml.checkpoint import save_model
    from bitspec_gui.ml.network import Ensemble
    from bitspec_gui.ml.network_config import FingerprintConfig, FragmentConfig

    torch.manual_seed(7)
    fragments = FragmentConfig(graph_layers=2, graph_hidden=16, graph_heads=2, fragment_hidden=16, rest_hidden=16)
    fingerprint = FingerprintConfig(trunk_hidden=24, trunk_blocks=1, dropout=0.1)
    network = Ensemble({"fragments": fragments, "fingerprint": fingerprint}, {"fragments": 0.75, "fingerprint": 0.25})
    save_model(path, network, licence="CC0", description="For tests", training={}, metrics={})


def _records(compounds: int) -> list[SpectrumRecord]:
    """Spectra that nobody measured, of chains of growing length on a few cores: only that they are learnt from matters here."""
    from bitspec_gui.chem.parse import molecule_from_text

    generator = np.random.default_rng(11)
    found: dict[str, SpectrumRecord] = {}
    length = 0
    while len(found) < compounds:
        for core in _CORES:
            molecule = molecule_from_text("C" * length + core)
            mz = generator.choice(
                np.arange(30, molecule.nominal_mass + 1), size=min(12, molecule.nominal_mass - 30), replace=False
            )
            spectrum = Spectrum(mz.astype(np.float64), generator.uniform(1, 999, mz.size))
            found.setdefault(
                molecule.inchikey[:14],
                SpectrumRecord(
                    spectrum, name=molecule.smiles, smiles=molecule.smiles, inchikey=molecule.inchikey, energy_ev=70.0
                ),
            )
        length += 1
    return list(found.values())[:compounds]
