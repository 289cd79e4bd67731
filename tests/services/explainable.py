"""A model whose predictions can be explained by hand: m/z 91 needs the first atoms of the SMILES, m/z 43 the others."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from bitspec_gui.domain.annotation import Assignment
from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, IonOrigins, MethodInfo, Variant
from bitspec_gui.domain.jobs import Progress
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule

TRUE = MethodInfo("true", "True atoms", "High for atoms that the peak needs.", "Made by hand.", "share", immediate=True)
LAYERS = MethodInfo(
    "layers", "Layers", "What a layer looks at.", "No evidence.", "weight",
    variants=(Variant("mean", "mean of the layers"), Variant("layer1", "layer 1")),
)  # fmt: skip
DICE = MethodInfo("dice", "Dice", "Nothing at all.", "Do not use it.", "points", signed=True, seeded=True)

ION_ATOMS = 3


class HandMade:
    """Keeps what it was asked; `while_explaining` and `while_masking` are called in the midst of its work."""

    def __init__(self, sha256: str = "ab" * 32) -> None:
        self.version = ModelVersion("hand-made", sha256, "CC0")
        self.explainers = [Method(self, info) for info in (TRUE, LAYERS, DICE)]
        self.asked: list[ExplanationRequest] = []
        self.masked = 0
        self.origins_asked = 0
        self.at_work = 0
        self.most_at_work = 0
        self.while_explaining: Callable[[MethodInfo], object] = lambda _info: None
        self.while_masking: Callable[[], object] = lambda: None
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.at_work += 1
            self.most_at_work = max(self.most_at_work, self.at_work)

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self.at_work -= 1

    def origins(self, molecule: Molecule) -> IonOrigins:
        with self:
            self.origins_asked += 1
            atoms = number_of_atoms(molecule)
            members = np.zeros((2, atoms), dtype=bool)
            members[0], members[1, :ION_ATOMS] = True, True
            one = np.array([91], dtype=np.int64)
            zero = np.zeros(1, dtype=np.int64)
            return IonOrigins(
                molecule, self.version, members, one, zero + 1, zero, zero, np.ones(1), np.zeros(1000), np.zeros(1000)
            )

    def intensities_without(self, molecule, masks, cancel=None):
        with self:
            if cancel is not None:
                cancel.raise_if_cancelled()
            self.masked += len(masks)
            self.while_masking()
            there = ~masks
            spectra = np.zeros((len(masks), 1000))
            spectra[:, 91 - 1] = 0.9 * there[:, :ION_ATOMS].all(axis=1)
            spectra[:, 43 - 1] = there[:, ION_ATOMS:].sum(axis=1) / max(masks.shape[1] - ION_ATOMS, 1)
            spectra[:, 15 - 1] = 0.1
            return spectra / spectra.sum(axis=1, keepdims=True)


class Method:
    def __init__(self, model: HandMade, info: MethodInfo) -> None:
        self.model, self.info = model, info

    def explain(self, request, progress, cancel=None):
        with self.model:
            self.model.asked.append(request)
            progress(Progress(1, 2, "Explaining"))
            self.model.while_explaining(self.info)
            if cancel is not None:
                cancel.raise_if_cancelled()
            if request.mz is not None and request.mz > request.molecule.nominal_mass + 5:
                raise ExplanationError(f"The molecule is too light for m/z {request.mz}.")
            return explanation_of(request, self.model.version, self.scores(request))

    def scores(self, request):
        atoms = number_of_atoms(request.molecule)
        if self.info is DICE:
            return np.random.default_rng(request.seed).uniform(-1, 1, atoms)
        return np.where(np.arange(atoms) < ION_ATOMS, 1.0, 0.1)


def explanation_of(request: ExplanationRequest, version: ModelVersion, scores) -> Explanation:
    """An explanation of a chain of carbons with these scores of its atoms, and a candidate if a peak was asked for."""
    scores = np.asarray(scores, dtype=np.float64)
    bonds = tuple((atom, atom + 1) for atom in range(len(scores) - 1))
    ion = Assignment("C3H7", tuple(range(ION_ATOMS)), -1, "C3H7", 43.0542, 0, 0.8)
    return Explanation(
        request=request,
        model_version=version,
        atom_scores=scores,
        bonds=bonds,
        bond_scores=np.linspace(0.0, 1.0, len(bonds)),
        largest=0.25,
        share=1.0 if request.mz is None else 0.341,
        candidates=() if request.mz is None else (ion,),
        unassigned=1.0 if request.mz is None else 0.2,
        seconds=0.125,
    )


def number_of_atoms(molecule: Molecule) -> int:
    """Of a molecule without ring numbers and two-letter elements in its SMILES."""
    return sum(sign.isalpha() and sign != "H" for sign in molecule.smiles)


def chain(length: int = 6, *, molblock: str = "", name: str = "") -> Molecule:
    """An alkane as a molecule, without coordinates unless some are given."""
    return Molecule("C" * length, f"KEY{length}", f"C{length}H{2 * length + 2}", 14 * length + 2, 0.0, molblock, name=name)
