"""The `Predictor` port on a trained network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from bitspec_gui.chem.molecule_features import MoleculeFeatures, featurise
from bitspec_gui.domain.annotation import PeakAnnotation
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.model_version import RESPONSE_OFF, ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.ml.annotation import annotate
from bitspec_gui.ml.batches import MoleculeBatch, to_batch
from bitspec_gui.ml.calibration import evidence
from bitspec_gui.ml.confidence import ConfidenceModel, TrainingDomain
from bitspec_gui.ml.device import choose_device, one_core
from bitspec_gui.ml.molecular_ion import with_natural_isotopes
from bitspec_gui.ml.network import Ensemble, EnsemblePrediction
from bitspec_gui.ml.response import Response
from bitspec_gui.ml.tuned_files import load_version
from bitspec_gui.spectra.binning import from_bins

BATCH_SIZE = 32

FEW = 4
"""Molecules that one processor core computes as fast as several, which would only wait for each other when others are busy."""


class NetworkPredictor:
    """Predicts with the networks of one model version on one device. Not for use from two threads at once.

    ``members`` names its networks; ``trained_on`` the split of the benchmark (``random``, ``scaffold``), empty if not known.
    """

    def __init__(
        self,
        network: Ensemble,
        version: ModelVersion,
        device: str = "auto",
        *,
        trained_on: str = "",
        confidence: ConfidenceModel | None = None,
        domain: TrainingDomain | None = None,
    ) -> None:
        self._device, self._device_reason = choose_device(device)
        self._network = network.to(self._device).eval()
        self._version = version
        self._confidence, self._domain = confidence, domain
        self.members = tuple(network.configs)
        self.trained_on = trained_on

    @property
    def version(self) -> ModelVersion:
        """The network behind the predictions."""
        return self._version

    @property
    def network(self) -> Ensemble:
        """The networks themselves; whoever wants them for something else than predicting works on a copy."""
        return self._network

    @property
    def response(self) -> Response | None:
        """What the instrument that it was tuned to makes of intensities, as far as predictions follow it."""
        return self._network.response

    @property
    def torch_device(self) -> torch.device:
        """Where it runs, as torch names it."""
        return self._device

    @property
    def device(self) -> str:
        """Where it runs and why."""
        return self._device_reason

    def predict(
        self, molecules: Sequence[Molecule], cancel: CancelToken | None = None, *, annotate: bool = False
    ) -> list[Prediction]:
        """One spectrum per molecule, in order; unit m/z, base peak 999, peaks below 0.5 left out.

        Each peak says what it is made of if `annotate` is set and the model scores fragments.

        Raises
        ------
        Cancelled
            When `cancel` is set, between two batches.
        """
        # Molecules of about one size need little padding when they are joined.
        order = sorted(range(len(molecules)), key=lambda place: molecules[place].nominal_mass)
        predictions: dict[int, Prediction] = {}
        for start in range(0, len(order), BATCH_SIZE):
            if cancel is not None:
                cancel.raise_if_cancelled()
            places = order[start : start + BATCH_SIZE]
            with one_core(len(places) <= FEW):
                found = self._predict_batch([molecules[place] for place in places], annotate=annotate)
            predictions.update(zip(places, found, strict=True))
        return [predictions[place] for place in range(len(molecules))]

    @torch.inference_mode()
    def _predict_batch(self, molecules: Sequence[Molecule], *, annotate: bool) -> list[Prediction]:
        needed = self._network.needs_fragments
        features = [featurise(m.smiles, m.formula, m.nominal_mass, with_fragments=needed) for m in molecules]
        batch = to_batch(features).to(self._device)
        predicted = self._network.predict(batch)
        intensity = with_natural_isotopes(predicted.roots.square(), batch).cpu().numpy()
        spectra = [from_bins(row) for row in intensity]
        annotations: list[tuple[PeakAnnotation, ...]] = [()] * len(molecules)
        if annotate and predicted.ions:
            annotations = _annotations(spectra, features, predicted)
        confidences, notes = self._trust(predicted, batch, features)
        domain = self._domain
        trained_on = [None if domain is None else domain.holds(molecule.connectivity) for molecule in molecules]
        return [
            Prediction(*prediction)
            for prediction in zip(
                molecules, spectra, [self._version] * len(molecules), confidences, notes, trained_on, annotations, strict=True
            )
        ]

    def _trust(
        self, predicted: EnsemblePrediction, batch: MoleculeBatch, features: Sequence[MoleculeFeatures]
    ) -> tuple[list[float | None], list[tuple[str, ...]]]:
        """Confidence of each prediction, and sentences on how the molecule is unlike what was learned."""
        if self._domain is None:
            return [None] * len(features), [()] * len(features)
        nearest = self._domain.nearest(features)
        notes = [self._domain.notes(m.nominal_mass, near) for m, near in zip(features, nearest.tolist(), strict=True)]
        if self._confidence is None:
            return [None] * len(features), notes
        expected = self._confidence(evidence(predicted, batch, nearest))
        return [round(value, 3) for value in expected.tolist()], notes


def _annotations(
    spectra: Sequence[Spectrum], features: Sequence[MoleculeFeatures], predicted: EnsemblePrediction
) -> list[tuple[PeakAnnotation, ...]]:
    by_member = [(ions.fragments.cpu().numpy(), ions.rest.cpu().numpy()) for ions in predicted.ions]
    annotations: list[tuple[PeakAnnotation, ...]] = []
    start = 0
    for place, (spectrum, molecule) in enumerate(zip(spectra, features, strict=True)):
        if molecule.fragments is None:
            annotations.append(())
            continue
        end = start + len(molecule.fragments)
        scored = [(fragments[start:end], rest[place]) for fragments, rest in by_member]
        annotations.append(annotate([int(mz) for mz in spectrum.mz], molecule.fragments, scored))
        start = end
    return annotations


def load_predictor(
    path: Path,
    device: str = "auto",
    member: str | None = None,
    *,
    find_base: Callable[[str], Path | None] | None = None,
    response: bool = True,
) -> NetworkPredictor:
    """Predictor of a model file (``NAME.json``), or of one member of it alone.

    Parameters
    ----------
    find_base : callable, optional
        Finds the model file of the sha256 that a small version needs (`ml.tuned_files`).
    response : bool
        Whether predictions follow the response of the instrument that the version was tuned to, if it has one.

    Raises
    ------
    ModelFileError
        If the model file cannot be used, with the reason, or has no such member.
    DeviceUnavailable
        If `device` names one that this machine does not have.
    """
    network, description = load_version(path, find_base)
    version = description.version
    if not response and network.response is not None:
        network.response = None
        # Whoever keeps predictions knows them by the name of their version.
        version = replace(version, name=version.name + RESPONSE_OFF)
    if member is not None:
        if member not in description.members:
            raise ModelFileError(f"{path.name} has no member {member}; it has {', '.join(description.members)}.")
        network = network.only(member)
        version = replace(version, name=f"{version.name}, {member} alone")
        return NetworkPredictor(network, version, device, trained_on=description.split)
    return NetworkPredictor(
        network,
        version,
        device,
        trained_on=description.split,
        confidence=description.confidence,
        domain=description.domain,
    )
