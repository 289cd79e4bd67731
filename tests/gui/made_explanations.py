"""Butylbenzene with a spectrum and a model made by hand, so that every figure of the *Explain* tab is known beforehand."""

from __future__ import annotations

import threading

import numpy as np

from bitspec_gui.domain.annotation import Assignment, PeakAnnotation
from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import Explanation, IonOrigins, MethodInfo, Variant
from bitspec_gui.domain.jobs import Progress
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord

SMILES = "CCCCc1ccccc1"
BONDS = ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (4, 9), (5, 6), (6, 7), (7, 8), (8, 9))
BENZYL, PROPYL, WHOLE = (3, 4, 5, 6, 7, 8, 9), (0, 1, 2), tuple(range(10))
VERSION = ModelVersion("hand-made", "ab" * 32, "CC0")

TROPYLIUM = Assignment("C7H7", BENZYL, 0, "C3H7", 91.0542, 0, 0.7)
HALF_RING = Assignment("C7H7", (0, 1, 2, 3, 4, 5, 9), -2, "C3H7", 91.0542, 0, 0.1)
CANDIDATES = {
    91: (TROPYLIUM, HALF_RING),
    43: (Assignment("C3H7", PROPYL, 0, "C7H7", 43.0542, 0, 1.0),),
    134: (Assignment("C10H14", WHOLE, 0, "", 134.1090, 0, 1.0),),
    119: (Assignment("C9H11", tuple(range(1, 10)), 0, "CH3", 119.0855, 0, 1e-9),),
}
UNASSIGNED = {91: 0.2, 119: 1 - 1e-9}
HEIGHTS = {43: 100.0, 91: 999.0, 134: 400.0}

FRAGMENTS = MethodInfo("fragments", "Fragments", "High in the ion.", "No evidence of cause.", "probability", immediate=True)
ATTENTION = MethodInfo(
    "attention", "Attention", "High where the network looks.", "No evidence of cause.", "weight", immediate=True,
    variants=(Variant("rollout", "rollout"), Variant("layer1", "layer 1")),
)  # fmt: skip
OCCLUSION = MethodInfo("occlusion", "Occlusion", "Lost without the atom.", "One atom at a time.", "share", signed=True)
DICE = MethodInfo("dice", "Dice", "Nothing at all.", "Do not use it.", "points", seeded=True)


class HandMade:
    """An `ExplainableModel`. Slow methods report progress and wait for `gate`, unless it is open."""

    def __init__(self) -> None:
        self.version = VERSION
        self.explainers = [_Method(self, info) for info in (FRAGMENTS, ATTENTION, OCCLUSION, DICE)]
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[tuple[str, int | None, str, int]] = []
        self.masked = 0
        self.failure: Exception | None = None

    def origins(self, molecule):
        members = np.zeros((4, 10), dtype=bool)
        for row, atoms in enumerate((WHOLE, BENZYL, PROPYL, HALF_RING.atoms)):
            members[row, list(atoms)] = True
        intensity, unassigned = np.zeros(1000), np.ones(1000)
        for mz, height in HEIGHTS.items():
            intensity[mz - 1] = height
            unassigned[mz - 1] = UNASSIGNED.get(mz, 0.0)
        unassigned[119 - 1] = UNASSIGNED[119]
        return IonOrigins(
            molecule, self.version, members, np.array([43, 91, 91, 134]), np.array([2, 1, 3, 0]), np.array([0, 0, -2, 0]),
            np.zeros(4, dtype=np.int64), np.array([1.0, 0.875, 0.125, 1.0]), unassigned, intensity / intensity.sum(),
        )  # fmt: skip

    def intensities_without(self, molecule, masks, cancel=None):
        if cancel is not None:
            cancel.raise_if_cancelled()
        self.masked += len(masks)
        spectra = np.full((len(masks), 1000), 1e-6)
        spectra[:, 91 - 1] = (~masks[:, list(BENZYL)]).mean(axis=1) ** 2
        spectra[:, 43 - 1] = (~masks[:, list(PROPYL)]).mean(axis=1) * 0.1
        spectra[:, 134 - 1] = 0.4
        return spectra / spectra.sum(axis=1, keepdims=True)


class _Method:
    def __init__(self, model, info):
        self.model, self.info = model, info

    def explain(self, request, progress, cancel=None):
        self.model.asked.append((request.method, request.mz, request.variant, request.seed))
        if self.model.failure is not None:
            raise self.model.failure
        if not self.info.immediate:
            progress(Progress(2, 5, "Explaining"))
            while not self.model.gate.wait(0.005):
                cancel.raise_if_cancelled()
        if request.mz is not None and request.mz > 136:
            raise ExplanationError(f"This molecule cannot have a peak at m/z {request.mz}.")
        candidates = CANDIDATES.get(request.mz, ())
        atoms = candidates[0].atoms if candidates else ()
        scores = np.array([1.0 if atom in atoms else 0.1 for atom in range(10)])
        if self.info is DICE:
            scores = np.random.default_rng(request.seed).uniform(0, 1, 10)
        return Explanation(
            request, self.model.version, scores, BONDS, np.array([min(scores[a], scores[b]) for a, b in BONDS]), 0.5,
            1.0 if request.mz is None else 0.3, candidates, UNASSIGNED.get(request.mz, 0.0 if candidates else 1.0), seconds=0.01,
        )  # fmt: skip


def predicted(molecule, version=VERSION):
    """The spectrum that the model explains, each peak with what it is made of."""
    annotations = tuple(PeakAnnotation(mz, CANDIDATES[mz], UNASSIGNED.get(mz, 0.0)) for mz in sorted(HEIGHTS))
    return Prediction(molecule, Spectrum(list(HEIGHTS), list(HEIGHTS.values())), version, annotations=annotations)


def measured():
    """A spectrum with two peaks that are not predicted: one that a fragment has the mass of, and one that none has."""
    return SpectrumRecord(Spectrum([43, 73, 91, 119, 134], [120, 300, 999, 80, 350]), name="Butylbenzene")
