"""Which atoms and bonds a prediction rests on, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.annotation import Assignment, KnownIon
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule

FloatArray = NDArray[np.float64]

FRAGMENT_METHOD = "fragments"
"""Key of the method that says what an ion is made of."""

SELECTED_FROM = 0.5
"""Atoms whose score is at least this share of the highest are what an explanation points at, unless someone moves the slider."""

MASKED_ATOM = (
    "A masked atom is one that the networks know nothing of: its features and those of its bonds are zero, no message of the "
    "graph network leaves it or reaches it, its state is not read, substructures of the fingerprint that hold it and the "
    "composition do not count it, and what is told of a fragment counts by the share of its atoms that are not masked. The mass "
    "of the molecule and the masses of its fragments stay, so that every peak stays in its place."
)
"""What it means that an atom is masked, as a sentence for people who read a file of scores; `ml.explaining.masking` does it."""


@dataclass(frozen=True)
class Variant:
    """One of several ways to apply a method, such as the attention of one layer."""

    key: str
    name: str


@dataclass(frozen=True)
class MethodInfo:
    """A way to explain predictions, as people choose it.

    ``meaning`` is a sentence on what high scores say of a peak, ``caution`` one on what they do not say; ``unit`` says what a
    score of 1 times `Explanation.largest` is. ``whole_meaning`` and ``whole_unit`` stand in their place for the whole spectrum,
    where that differs (`for_target`). A ``signed`` method tells apart what holds a peak up (positive) and what keeps it down. An
    ``immediate`` one takes no longer than a prediction, a ``seeded`` one begins at random. The first of ``variants`` is the usual
    one; none where there is nothing to choose.
    """

    key: str
    name: str
    meaning: str
    caution: str
    unit: str
    signed: bool = False
    immediate: bool = False
    seeded: bool = False
    variants: tuple[Variant, ...] = ()
    whole_meaning: str = ""
    whole_unit: str = ""

    def for_target(self, mz: int | None) -> MethodInfo:
        """The method with the words for a peak, or for the whole spectrum (None)."""
        if mz is not None:
            return self
        return replace(self, meaning=self.whole_meaning or self.meaning, unit=self.whole_unit or self.unit)

    def variant(self, key: str) -> Variant | None:
        """The variant of that key, the usual one for an empty key; None if there is none."""
        return next((each for each in self.variants if key in ("", each.key)), None)


@dataclass(frozen=True)
class ExplanationRequest:
    """What is to be explained, and how.

    ``mz`` is the unit m/z of one peak of the predicted spectrum, None for the whole spectrum. ``variant`` is empty for the usual
    one of the method; ``seed`` matters to seeded methods only.
    """

    molecule: Molecule
    method: str
    mz: int | None = None
    variant: str = ""
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Explanation:
    """Scores of atoms and bonds.

    Atoms are heavy atoms by their place in the molecule's SMILES, from 0. Atoms that the molecule's symmetry makes the same have
    the same score.

    Attributes
    ----------
    request : ExplanationRequest
        What was explained; with the variant that was used.
    model_version : ModelVersion
        The network whose prediction it is.
    atom_scores : (N,) float64
        The largest magnitude is 1 (all 0 if nothing matters); from 0 to 1, of signed methods from -1 to 1.
    bonds : tuple of (int, int)
        Both atoms of each bond, the lower first, sorted.
    bond_scores : (K,) float64
        On the scale of the atoms, in the order of `bonds`; empty where a method says nothing of bonds.
    largest : float
        What a score of 1 is in the unit of the method.
    share : float
        Share of the peak in the predicted ion current, 0..1; 1 for the whole spectrum.
    candidates : tuple of Assignment
        Fragments that can be the peak, the likeliest first, symmetric ones listed once; none for the whole spectrum.
    unassigned : float
        Share of the peak's predicted intensity that no fragment accounts for, 0..1.
    known : tuple of KnownIon
        What the peak may be by rearrangements that textbooks know, where fragments do not account for most of it.
    seconds : float
        How long it took.
    """

    request: ExplanationRequest
    model_version: ModelVersion
    atom_scores: FloatArray
    bonds: tuple[tuple[int, int], ...]
    bond_scores: FloatArray
    largest: float
    share: float
    candidates: tuple[Assignment, ...] = ()
    unassigned: float = 1.0
    known: tuple[KnownIon, ...] = ()
    seconds: float = 0.0

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Atoms from the highest score to the lowest, equal ones by their place."""
        return tuple(np.argsort(-np.round(self.atom_scores, 6), kind="stable").tolist())

    def selected(self, threshold: float = SELECTED_FROM) -> tuple[int, ...]:
        """Atoms whose score is at least `threshold` of the highest one, ascending; none if no score is positive."""
        highest = float(self.atom_scores.max(initial=0.0))
        if highest <= 0:
            return ()
        return tuple(np.flatnonzero(self.atom_scores >= threshold * highest - 1e-9).tolist())


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """What becomes of a prediction without the atoms that an explanation points at, and with nothing but them.

    The target is the share of the peak in the ion current, divided by that of the whole molecule; for a whole spectrum the
    cosine with the prediction of the whole molecule. So 1 is "as predicted". Areas lie under curves that are cut at 0 and 1 (a
    peak that grows is no more than kept), over the share of atoms from 0 to 1.

    Fidelity+ and fidelity- are the analogues, on a share of intensity, of those of classifiers; see GraphFramEx, Amara et al.
    2022, arXiv:2206.09677.

    Attributes
    ----------
    order : tuple of int
        Atoms as they are masked, the highest score first.
    sizes : (S,) int64
        Numbers of atoms, ascending; the first is 0, the last all of them.
    deletion : (S,) float64
        Target when the first n atoms of `order` are masked.
    insertion : (S,) float64
        Target when all but the first n are masked.
    random_deletion, random_insertion : (R, S) float64
        The same for atoms in R random orders.
    selected : int
        How many atoms the explanation points at; one of `sizes`.
    random_orders : tuple of tuple of int
        The R random orders, so that others can repeat the measurement.
    """

    order: tuple[int, ...]
    sizes: NDArray[np.int64]
    deletion: FloatArray
    insertion: FloatArray
    random_deletion: FloatArray
    random_insertion: FloatArray
    selected: int
    random_orders: tuple[tuple[int, ...], ...] = ()

    @property
    def fidelity_plus(self) -> float:
        """How much of the target is lost without the selected atoms, at most 1; negative if it grows."""
        return 1.0 - self._at_selected(self.deletion)

    @property
    def fidelity_minus(self) -> float:
        """How much of the target is lost when only the selected atoms stay, at most 1; negative if it grows."""
        return 1.0 - self._at_selected(self.insertion)

    @property
    def random_fidelity_plus(self) -> float:
        """`fidelity_plus` of as many random atoms, mean."""
        return 1.0 - self._at_selected(self.random_deletion.mean(axis=0))

    @property
    def random_fidelity_minus(self) -> float:
        """`fidelity_minus` of as many random atoms, mean."""
        return 1.0 - self._at_selected(self.random_insertion.mean(axis=0))

    @property
    def characterization(self) -> float:
        """Harmonic mean of `fidelity_plus` and 1 - `fidelity_minus`, both cut at 0 and 1: 1 if these atoms do it all alone."""
        return _harmonic_mean(self.fidelity_plus, 1.0 - self.fidelity_minus)

    @property
    def random_characterization(self) -> float:
        """`characterization` of as many random atoms, mean over the random orders."""
        deletion, insertion = self._column(self.random_deletion), self._column(self.random_insertion)
        return float(np.mean([_harmonic_mean(1.0 - gone, kept) for gone, kept in zip(deletion, insertion, strict=True)]))

    @property
    def deletion_area(self) -> float:
        """Area under `deletion`; the smaller the better."""
        return float(self._areas(self.deletion))

    @property
    def insertion_area(self) -> float:
        """Area under `insertion`; the larger the better."""
        return float(self._areas(self.insertion))

    @property
    def deletion_gain(self) -> float:
        """How much smaller `deletion_area` is than in random orders, mean; above 0 if the explanation is better than chance."""
        return float(self._areas(self.random_deletion).mean()) - self.deletion_area

    @property
    def insertion_gain(self) -> float:
        """How much larger `insertion_area` is than in random orders, mean; above 0 if the explanation is better than chance."""
        return self.insertion_area - float(self._areas(self.random_insertion).mean())

    @property
    def beats_random(self) -> float:
        """Share of random orders whose area between both curves is smaller; one that is equal counts half."""
        own, others = self._between
        return float(np.mean((others < own - 1e-9) + 0.5 * (np.abs(others - own) <= 1e-9)))

    @property
    def standard_score(self) -> float:
        """How far the area between both curves stands out of those of random orders, in standard errors of one more order.

        For an explanation made at random it is distributed as Student's t with R - 1 degrees of freedom, as far as areas of
        random orders are normal.
        """
        own, others = self._between
        if len(others) < 2 or abs(own - others.mean()) <= 1e-9:
            return 0.0
        error = float(others.std(ddof=1)) * float(np.sqrt(1.0 + 1.0 / len(others)))
        return float(own - others.mean()) / max(error, 1e-9)

    @property
    def _between(self) -> tuple[float, FloatArray]:
        """Area between insertion and deletion: of the explanation, and of each random order (R,)."""
        return self.insertion_area - self.deletion_area, self._areas(self.random_insertion) - self._areas(self.random_deletion)

    def _areas(self, curves: FloatArray) -> FloatArray:
        """Area under each curve (..., S) between the first and the last size."""
        return np.asarray(np.trapezoid(np.clip(curves, 0.0, 1.0), self.sizes / max(int(self.sizes[-1]), 1)), dtype=np.float64)

    def _column(self, curves: FloatArray) -> FloatArray:
        return np.asarray(curves[..., int(np.searchsorted(self.sizes, self.selected))], dtype=np.float64)

    def _at_selected(self, curve: FloatArray) -> float:
        return float(self._column(curve))


def _harmonic_mean(one: float, other: float) -> float:
    one, other = min(max(one, 0.0), 1.0), min(max(other, 0.0), 1.0)
    return 0.0 if one * other == 0.0 else 2.0 / (1.0 / one + 1.0 / other)


@dataclass(frozen=True, eq=False)
class IonOrigins:
    """Which fragments make each bin of a predicted spectrum.

    What fragments that symmetry makes the same make together is shared out evenly among them.

    Attributes
    ----------
    molecule : Molecule
        What was predicted.
    model_version : ModelVersion
        By which network.
    members : (F, N) bool
        Heavy atoms, by their place in the SMILES, of each fragment.
    mz : (C,) int64
        Unit m/z of each contribution, ascending.
    fragment : (C,) int64
        The fragment it comes from, a row of `members`.
    shift : (C,) int64
        Hydrogens that it gained (+) or lost (-).
    isotope : (C,) int64
        Da above the lightest visible isotopologue of the ion.
    share : (C,) float64
        Its share of all that fragments make at this m/z; the shares of one m/z add up to 1.
    unassigned : (1000,) float64
        Share of each bin's predicted intensity (bin of m/z n at n - 1) that no fragment accounts for; 1 where nothing can be.
    intensity : (1000,) float64
        The predicted spectrum, adding up to 1.
    """

    molecule: Molecule
    model_version: ModelVersion
    members: NDArray[np.bool_]
    mz: NDArray[np.int64]
    fragment: NDArray[np.int64]
    shift: NDArray[np.int64]
    isotope: NDArray[np.int64]
    share: FloatArray
    unassigned: FloatArray
    intensity: FloatArray

    def atoms_of(self, mz: int) -> FloatArray:
        """How probable it is for each atom to be in the ion at `mz`, (N,), given that a fragment makes it; 0 if none can."""
        start, end = np.searchsorted(self.mz, [mz, mz + 1])
        return np.asarray(self.share[start:end] @ self.members[self.fragment[start:end]], dtype=np.float64)

    def peaks_with(self, atoms: Collection[int]) -> dict[int, float]:
        """Share of each peak's predicted intensity whose ions hold all the `atoms`, by unit m/z; none of share 0."""
        holds = np.asarray(self.members[:, sorted(atoms)].all(axis=1))
        weights = self.share * holds[self.fragment]
        by_fragments = np.bincount(self.mz, weights=weights, minlength=len(self.intensity) + 1)[1:]
        total = np.asarray(by_fragments * (1.0 - self.unassigned), dtype=np.float64)
        return {int(place) + 1: float(total[place]) for place in np.flatnonzero(total > 1e-6)}
