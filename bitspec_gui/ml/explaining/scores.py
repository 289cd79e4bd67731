"""Raw scores of atoms and bonds -> an `Explanation`: the same for what symmetry makes the same, and scaled."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.chem.molecule_features import MoleculeFeatures
from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, IonOrigins, MethodInfo
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.ml.explaining.candidates import candidates
from bitspec_gui.spectra.binning import BINS

FloatArray = NDArray[np.float64]


class ScoredMolecule(Protocol):
    """What has to be known of a molecule to make an explanation of scores.

    ``features`` are what the networks are told; ``bonds`` both atoms of each bond, the lower first, sorted; ``classes`` (N,)
    int64 the symmetry class of each atom (`chem.symmetry`); ``intensity`` (1000,) the predicted spectrum, adding up to 1.
    """

    @property
    def features(self) -> MoleculeFeatures: ...  # noqa: D102

    @property
    def bonds(self) -> tuple[tuple[int, int], ...]: ...  # noqa: D102

    @property
    def classes(self) -> NDArray[np.int64]: ...  # noqa: D102

    @property
    def intensity(self) -> FloatArray: ...  # noqa: D102


def explanation_of(
    request: ExplanationRequest,
    version: ModelVersion,
    molecule: ScoredMolecule,
    atom_scores: NDArray[np.floating],
    bond_scores: NDArray[np.floating] | None,
    *,
    info: MethodInfo,
    origins: IonOrigins | None,
    started: float,
) -> Explanation:
    """Explanation of raw scores, in the unit of the method.

    Parameters
    ----------
    atom_scores : (N,) float
        By place in the SMILES.
    bond_scores : (K,) float, optional
        In the order of ``molecule.bonds``; None where the method says nothing of bonds.
    origins : IonOrigins, optional
        Of the same molecule; None where no network scores fragments.
    started : float
        `time.perf_counter` when the method began.

    Raises
    ------
    ExplanationError
        For a peak that the molecule cannot have, or scores that are not numbers.
    """
    check_target(request.mz, molecule.features)
    atoms = np.asarray(atom_scores, dtype=np.float64)
    bonds = np.zeros(0) if bond_scores is None else np.asarray(bond_scores, dtype=np.float64)
    if not (np.isfinite(atoms).all() and np.isfinite(bonds).all()):
        raise ExplanationError(f"{info.name} gave no numbers for this molecule. Try another method.")
    atoms = mean_by_class(atoms, molecule.classes)
    bonds = mean_by_class(bonds, bond_classes(molecule)) if len(bonds) else bonds
    largest = float(np.abs(atoms).max(initial=0.0))
    scale = largest or 1.0
    variant = info.variant(request.variant)
    mz = request.mz
    fragments = molecule.features.fragments
    known = origins is not None and fragments is not None and mz is not None
    return Explanation(
        request=replace(request, variant=variant.key if variant else ""),
        model_version=version,
        atom_scores=atoms / scale,
        bonds=molecule.bonds,
        bond_scores=bonds / scale,
        largest=largest,
        share=1.0 if mz is None else float(molecule.intensity[mz - 1]),
        candidates=candidates(origins, fragments, molecule.classes, mz) if known else (),  # type: ignore[arg-type]
        unassigned=float(origins.unassigned[mz - 1]) if known else 1.0,  # type: ignore[union-attr, operator]
        seconds=time.perf_counter() - started,
    )


def check_target(mz: int | None, features: MoleculeFeatures) -> None:
    """Raise `ExplanationError` for a peak that a molecule cannot have; None stands for the whole spectrum."""
    if mz is None:
        return
    last = min(features.last_mass, BINS)
    if mz < 1:
        raise ExplanationError(f"There is no peak at m/z {mz}: ask for a whole number from 1 to {last}.")
    if mz > last:
        raise ExplanationError(
            f"This molecule cannot have a peak at m/z {mz}: its molecular ion is at m/z {features.nominal_mass}, and with all "
            f"isotopes it ends at m/z {last}."
        )


def mean_by_class(scores: FloatArray, classes: NDArray[np.int64]) -> FloatArray:
    """Each score replaced by the mean of its class, (N,); classes are numbered from 0."""
    total = np.bincount(classes, weights=scores)
    return np.asarray((total / np.maximum(np.bincount(classes), 1))[classes])


def bond_classes(molecule: ScoredMolecule) -> NDArray[np.int64]:
    """Symmetry class of each bond, (K,) int64: bonds of one kind between atoms of the same two classes."""
    kinds = {
        (begin, end): tuple(edge)
        for begin, end, edge in zip(*molecule.features.edge_index.tolist(), molecule.features.edges.tolist(), strict=True)
    }
    classes = molecule.classes.tolist()
    numbers: dict[object, int] = {}
    found = [
        numbers.setdefault((*sorted((classes[begin], classes[end])), kinds[begin, end]), len(numbers))
        for begin, end in molecule.bonds
    ]
    return np.array(found, dtype=np.int64)
