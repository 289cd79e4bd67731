"""How far a prediction can be trusted: expected agreement with a measurement, and why a molecule is unlike what was learned."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.chem.fingerprint import FINGERPRINT_BITS
from bitspec_gui.chem.molecule_features import MoleculeFeatures
from bitspec_gui.domain.errors import ModelFileError

EVIDENCE = ("agreement", "nearest", "explained", "peaks", "base_peak", "mass")
"""What confidence is computed from: mean cosine of the members with their mean; Tanimoto similarity to the nearest training
compound; share of the intensity that fragments account for; logarithm of the effective number of peaks; share of the base peak;
nominal mass in kDa."""

FAR = 0.3
"""Similarity to the nearest training compound below which a molecule counts as unlike all of them.

On val, the mean cosine is 0.63 below it and 0.80 above."""

_RIDGE = 1e-2
_STEPS = 50


@dataclass(frozen=True)
class ConfidenceModel:
    """Logistic regression from evidence and its squares to the expected cosine; ``weights`` (13,) begin with the constant."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]

    def __call__(self, evidence: NDArray[np.float64]) -> NDArray[np.float64]:
        """Expected cosine with the measured spectrum, 0..1, (B,), of evidence (B, 6) in the order of `EVIDENCE`."""
        return np.asarray(_logistic(self._terms(evidence) @ np.array(self.weights)))

    def _terms(self, evidence: NDArray[np.float64]) -> NDArray[np.float64]:
        return _terms((evidence - np.array(self.mean)) / np.array(self.scale))

    @classmethod
    def calibrated(
        cls, evidence: NDArray[np.float64], cosines: NDArray[np.float64], counts: NDArray[np.float64] | None = None
    ) -> ConfidenceModel:
        """Fit to the cosines (C,) that predictions with this evidence (C, 6) reached on compounds that were not trained on.

        Newton's method on the cross-entropy with cosines as soft labels, so that the mean confidence is the mean cosine. Each
        compound counts once, or as often as `counts` (C,) says.
        """
        mean, scale = evidence.mean(axis=0), evidence.std(axis=0) + 1e-9
        terms = _terms((evidence - mean) / scale)
        times = np.ones(len(cosines)) if counts is None else counts
        weights = np.zeros(terms.shape[1])
        penalty = np.full(len(weights), _RIDGE * len(terms))
        penalty[0] = 0.0
        for _ in range(_STEPS):
            expected = _logistic(terms @ weights)
            gradient = terms.T @ (times * (expected - cosines)) + penalty * weights
            curvature = (terms * (times * expected * (1 - expected))[:, None]).T @ terms + np.diag(penalty + 1e-9)
            weights = weights - np.linalg.solve(curvature, gradient)
        return cls(*(tuple(round(float(value), 6) for value in values) for values in (mean, scale, weights)))

    def as_json(self) -> dict[str, Any]:
        """Plain values for a model file."""
        return {"evidence": list(EVIDENCE), "mean": self.mean, "scale": self.scale, "weights": self.weights}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ConfidenceModel:
        """Confidence of a model file; raises `ModelFileError` if it was computed from other evidence."""
        if tuple(values.get("evidence", ())) != EVIDENCE:
            raise ModelFileError("The model file computes its confidence from evidence that this BitSpec does not know.")
        return cls(*(tuple(float(value) for value in values[name]) for name in ("mean", "scale", "weights")))


@dataclass(frozen=True)
class TrainingDomain:
    """What the training compounds were like.

    ``fingerprints`` (C, 256) uint8: their substructures on 2048 bits, packed. ``compounds`` (K,) int64, ascending: checksums of
    the first blocks of their InChIKeys. All but one in fifty weigh no more than ``heaviest`` Da.
    """

    fingerprints: NDArray[np.uint8]
    compounds: NDArray[np.int64]
    heaviest: int

    @classmethod
    def of(cls, features: Sequence[MoleculeFeatures], connectivities: Sequence[str]) -> TrainingDomain:
        """Domain of training compounds, given with the first blocks of their InChIKeys."""
        masses = [molecule.nominal_mass for molecule in features]
        compounds = np.unique(np.array([_checksum(connectivity) for connectivity in connectivities], dtype=np.int64))
        return cls(np.unique(_packed(features), axis=0), compounds, int(np.quantile(masses, 0.98)))

    def holds(self, connectivity: str) -> bool:
        """Whether the compound of this InChIKey (first block) is one of them."""
        checksum = _checksum(connectivity)
        place = int(np.searchsorted(self.compounds, checksum))
        return place < len(self.compounds) and int(self.compounds[place]) == checksum

    def nearest(self, features: Sequence[MoleculeFeatures]) -> NDArray[np.float64]:
        """Tanimoto similarity of each molecule to the training compound most like it, (B,), on Morgan-2 bits."""
        similarity = []
        for bits in _packed(features).view(np.uint64):
            common = np.bitwise_count(self._words & bits).sum(axis=1, dtype=np.int32)
            either = self._sizes + np.bitwise_count(bits).sum(dtype=np.int32) - common
            similarity.append(float((common / np.maximum(either, 1)).max(initial=0.0)))
        return np.array(similarity)

    @cached_property
    def _words(self) -> NDArray[np.uint64]:
        return np.ascontiguousarray(self.fingerprints).view(np.uint64)

    @cached_property
    def _sizes(self) -> NDArray[np.int32]:
        return np.asarray(np.bitwise_count(self._words).sum(axis=1, dtype=np.int32))

    def notes(self, nominal_mass: int, nearest: float) -> tuple[str, ...]:
        """Sentences that say why a molecule is unlike what the model learned from; none if it is not."""
        notes = []
        if nearest < FAR:
            notes.append(
                f"No training compound is much like this one (the nearest has a similarity of {nearest:.2f}); "
                "on such molecules the model was less often right."
            )
        if nominal_mass > self.heaviest:
            notes.append(f"At {nominal_mass} Da it is heavier than nearly all training compounds (up to {self.heaviest} Da).")
        return tuple(notes)


def _checksum(connectivity: str) -> int:
    digest = hashlib.blake2b(connectivity.encode("ascii"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _packed(features: Sequence[MoleculeFeatures]) -> NDArray[np.uint8]:
    found = np.stack([molecule.fingerprint for molecule in features]) > 0
    return np.packbits(found[:, : FINGERPRINT_BITS // 2] | found[:, FINGERPRINT_BITS // 2 :], axis=1)


def _terms(standard: NDArray[np.float64]) -> NDArray[np.float64]:
    bounded = np.clip(standard, -3, 3)
    return np.concatenate([np.ones((len(bounded), 1)), bounded, bounded**2], axis=1)


def _logistic(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-values)))
