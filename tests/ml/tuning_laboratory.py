"""A laboratory for tests of fine-tuning: a small untrained base with its files, and spectra of a few molecules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from few_compounds import SMILES, features_of

from bitspec_gui.chem.parse import structure_keys
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.domain.tuning import Strategy, TuningSettings, TuningTask
from bitspec_gui.domain.tuning_jobs import RunControl, TuningEvent, Wish
from bitspec_gui.ml.batches import to_batch
from bitspec_gui.ml.checkpoint import save_model
from bitspec_gui.ml.confidence import ConfidenceModel, TrainingDomain
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.network_config import FingerprintConfig, FragmentConfig
from bitspec_gui.ml.response import IDENTITY, Response
from bitspec_gui.spectra.binning import from_bins

CONFIGS = {
    "fragments": FragmentConfig(graph_layers=1, graph_hidden=16, graph_heads=2, fragment_hidden=16, rest_hidden=16),
    "fingerprint": FingerprintConfig(trunk_hidden=16, trunk_blocks=1, dropout=0.1),
}
OWN = [
    *("CCCCO", "CCCCCN", "c1ccccc1CC", "CC(=O)OCC", "CCOCC", "CCCCCC", "CC(C)=O", "OCCO", "c1ccncc1", "C1CCCCC1", "CCCCC=O"),
    *("CC(C)CO", "CCS", "Clc1ccccc1", "NCCO"),
]
PUBLIC = ["CCCCCCC", "c1ccccc1O", "CC(=O)C", "CCC(=O)O", "C1CCCC1", "CCCl", "CCCCCCN", "c1ccc(N)cc1", "COC", "CCCC", "CCOC(C)=O"]

QUICK = TuningSettings(
    strategy=Strategy.LORA, rate=5e-3, epochs=1, least_steps=4, batch=4, rank=2, width=4, replay=1.0, patience=0, folds=2, seed=3
)


def save_base(path: Path) -> Path:
    """An untrained base that has learned from the compounds of `few_compounds`, as it says."""
    torch.manual_seed(3)
    features = [features_of(smiles) for smiles in SMILES]
    domain = TrainingDomain.of(features, [key(smiles)[:14] for smiles in SMILES])
    confidence = ConfidenceModel((0.5,) * 6, (1.0,) * 6, (0.2, *(0.05 for _ in range(12))))
    network = Ensemble(CONFIGS, {"fragments": 0.75, "fingerprint": 0.25}).eval()
    save_model(
        path, network, licence="CC0", description="untrained", training={}, metrics={}, confidence=confidence, domain=domain
    )
    return path


def key(smiles: str) -> str:
    found = structure_keys(smiles, None)
    assert found is not None
    return found.inchikey


def measured(smiles: str, seed: int = 1) -> SpectrumRecord:
    """A made-up spectrum, the same every time."""
    mass = features_of(smiles).nominal_mass
    draw = np.random.default_rng([seed, mass, len(smiles)])
    mz = np.unique(draw.integers(15, mass + 1, size=6)).astype(float)
    return SpectrumRecord(
        Spectrum(mz, draw.random(len(mz)) + 0.1), name=smiles, smiles=smiles, inchikey=key(smiles), source_file="mine.msp"
    )


def as_recorded(network: Ensemble, smiles: str, response: Response = IDENTITY) -> SpectrumRecord:
    """What a network predicts, as an instrument would record it."""
    with torch.no_grad():
        roots = response.on_roots(network(to_batch([features_of(smiles)])))
    return replace(measured(smiles), spectrum=from_bins(roots[0].square().numpy()))


def task_of(base: Path, settings: TuningSettings = QUICK, own: list[SpectrumRecord] | None = None) -> TuningTask:
    """A task on the laboratory's own spectra; public molecules without spectra are replayed."""
    records = own if own is not None else [measured(smiles) for smiles in OWN]
    return TuningTask("Mine", base, settings, records, molecules=[*PUBLIC, *OWN[:2]], dataset_name="Mine", dataset_hash="0" * 64)


class StopAfter(RunControl):
    """Wishes something at one of the times that it is asked; before, nothing."""

    def __init__(self, checks: int, wish: Wish = Wish.STOP) -> None:
        self.asked = 0
        super().__init__(lambda: wish if self._count() >= checks else Wish.RUN)

    def _count(self) -> int:
        self.asked += 1
        return self.asked


def ignore(event: TuningEvent) -> None:
    """Report to nobody."""
    del event
