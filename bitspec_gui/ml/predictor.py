"""The `Predictor` port on a trained network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.ml.checkpoint import load_model
from bitspec_gui.ml.device import choose_device
from bitspec_gui.ml.graph import MoleculeFeatures, featurise, to_batch
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.spectra.binning import BINS, from_bins

BATCH_SIZE = 128


class NetworkPredictor:
    """Predicts with the networks of one model version on one device. Not for use from two threads at once.

    ``members`` names its networks; ``trained_on`` the split of the benchmark (``random``, ``scaffold``), empty if not known.
    """

    def __init__(self, network: Ensemble, version: ModelVersion, device: str = "auto", *, trained_on: str = "") -> None:
        self._device, self._device_reason = choose_device(device)
        self._network = network.to(self._device).eval()
        self._version = version
        self.members = tuple(network.configs)
        self.trained_on = trained_on

    @property
    def version(self) -> ModelVersion:
        """The network behind the predictions."""
        return self._version

    @property
    def device(self) -> str:
        """Where it runs and why."""
        return self._device_reason

    def predict(self, molecules: Sequence[Molecule], cancel: CancelToken | None = None) -> list[Prediction]:
        """One spectrum per molecule, in order; unit m/z, base peak 999, peaks below 0.5 left out.

        Raises
        ------
        Cancelled
            When `cancel` is set, between two batches.
        """
        features = [featurise(m.smiles, m.formula, m.nominal_mass) for m in molecules]
        bins = self.predict_bins(features, cancel)
        return [Prediction(m, from_bins(row), self._version) for m, row in zip(molecules, bins, strict=True)]

    @torch.inference_mode()
    def predict_bins(self, features: Sequence[MoleculeFeatures], cancel: CancelToken | None = None) -> NDArray[np.float32]:
        """Linear intensities on unit-mass bins, (len(features), 1000), the largest of each row 1."""
        rows = [np.zeros((0, BINS), dtype=np.float32)]
        for start in range(0, len(features), BATCH_SIZE):
            if cancel is not None:
                cancel.raise_if_cancelled()
            batch = to_batch(features[start : start + BATCH_SIZE]).to(self._device)
            intensity = self._network(batch).float().square()
            rows.append((intensity / intensity.amax(dim=1, keepdim=True)).cpu().numpy())
        return np.concatenate(rows)


def load_predictor(path: Path, device: str = "auto", member: str | None = None) -> NetworkPredictor:
    """Predictor of a model file (``NAME.json``), or of one member of it alone.

    Raises
    ------
    ModelFileError
        If the model file cannot be used, with the reason, or has no such member.
    DeviceUnavailable
        If `device` names one that this machine does not have.
    """
    network, description = load_model(path)
    version = description.version
    if member is not None:
        if member not in description.members:
            raise ModelFileError(f"{path.name} has no member {member}; it has {', '.join(description.members)}.")
        network = network.only(member)
        version = replace(version, name=f"{version.name}, {member} alone")
    return NetworkPredictor(network, version, device, trained_on=description.split)
