"""Formulae and elements that an unknown's spectrum speaks for, given where its molecular ion may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.chem.formula_candidates import (
    ELEMENTS,
    FormulaPrior,
    cluster_agreement,
    exact_ion_mass,
    formula_text,
    formulae_of_mass,
    unsaturation_of,
)
from bitspec_gui.chem.subformulas import formula_limits
from bitspec_gui.domain.hints import FormulaHint
from bitspec_gui.domain.spectrum import Spectrum

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

HEAVIEST_DA = 600
"""Above, formulae of one unit mass are too many to mean anything."""

_CLOSER_LOOK = 80
"""Formulae whose fragments are looked at, those that are usual and agree in isotopes."""

_WEIGHT_OF_FRAGMENTS = 12.0
"""By this times ln(explained intensity) fragments count; chosen on training compounds."""

_SILYL_MZ, _SILYL_SHARE = 73, 0.25
_SILYL_SHOWN, _SILYL_ABSENT = float(np.log(0.57 / 0.031)), float(np.log(0.43 / 0.969))
"""How much likelier Si is with m/z 73, (CH3)3Si+, at a quarter of the base peak, and without; counted on training compounds."""

_EXACT_DECIMALS = 3
_LEAST_ERROR_DA, _RELATIVE_ERROR = 0.002, 4e-6


@dataclass(frozen=True, eq=False)
class WeighedFormulae:
    """Formulae of all masses that were weighed.

    Attributes
    ----------
    atoms : (F, 11) int64
        In the order of `chem.formula_candidates.ELEMENTS`.
    probability : (F,) float64
        Sums to 1 over all, or is empty.
    """

    atoms: IntArray
    probability: FloatArray

    def of_element(self, element: str) -> FloatArray:
        """Probability of 0, 1, 2 ... atoms of an element."""
        if not len(self.atoms):
            return np.ones(1)
        return np.asarray(np.bincount(self.atoms[:, ELEMENTS.index(element)], weights=self.probability), dtype=np.float64)


def weigh_formulae(
    spectrum: Spectrum, bins: NDArray[np.float32], masses: Sequence[tuple[int, float]], prior: FormulaPrior
) -> WeighedFormulae:
    """Weigh the formulae of candidate masses by how usual they are, isotopes, exact mass and fragments.

    Parameters
    ----------
    spectrum : Spectrum
        The unknown; where its m/z are exact (three decimals), so is the mass that formulae must have.
    bins : (1000,)
        The same on unit masses, base peak 1.
    masses : sequence of (int, float)
        Nominal masses (Da) with their probabilities.
    """
    exact = has_exact_masses(spectrum)
    atoms: list[IntArray] = []
    logarithms: list[FloatArray] = []
    for mass, probability in masses:
        if mass > HEAVIEST_DA or probability <= 0:
            continue
        some = formulae_of_mass(mass, prior)
        if not len(some):
            continue
        # How usual counts within one mass only: how usual a mass is, `masses` says.
        usual = prior.usual(some)
        usual -= usual.max() + np.log(np.exp(usual - usual.max()).sum())
        weight = np.log(probability) + usual + cluster_agreement(bins, mass, some) + _silyl(bins, some)
        if exact:
            weight += _exact_agreement(spectrum, mass, some)
        atoms.append(some)
        logarithms.append(weight)
    if not atoms:
        return WeighedFormulae(np.zeros((0, len(ELEMENTS)), np.int64), np.zeros(0))
    return _with_fragments(bins, np.concatenate(atoms), np.concatenate(logarithms))


def formula_hints(weighed: WeighedFormulae, spectrum: Spectrum, bins: NDArray[np.float32], most: int = 20) -> list[FormulaHint]:
    """The likeliest formulae in words and numbers, the best first."""
    best = np.argsort(-weighed.probability, kind="stable")[:most]
    exact = has_exact_masses(spectrum)
    hints = []
    for place in best:
        atoms = weighed.atoms[place]
        formula = formula_text(atoms)
        mass = formula_limits(formula).ion
        measured = _exact_mz(spectrum, mass) if exact else None
        error = None if measured is None else 1000 * (measured - float(exact_ion_mass(atoms[None])[0]))
        hints.append(
            FormulaHint(
                formula=formula,
                mass_da=mass,
                probability=float(weighed.probability[place]),
                unsaturation=float(unsaturation_of(atoms[None])[0]),
                error_mda=error,
                explained=explained_share(bins, formula),
            )
        )
    return hints


def explained_share(bins: NDArray[np.float32], formula: str) -> float:
    """Share (0..1) of the intensity up to M at masses that fragments of the formula can have; 1 where that is not known."""
    limits = formula_limits(formula)
    if limits.possible is None:
        return 1.0
    heights = np.sqrt(bins[: limits.ion])
    total = float(heights.sum())
    return float(heights[limits.possible[1 : len(heights) + 1]].sum()) / total if total > 0 else 1.0


def has_exact_masses(spectrum: Spectrum) -> bool:
    """Whether m/z were measured exactly: most have a third decimal that is not 0, and are not all at one defect."""
    decimals = np.abs(spectrum.mz * 10 ** (_EXACT_DECIMALS - 1) % 1)
    defects = spectrum.mz - np.floor(spectrum.mz + 0.5)
    return bool((np.minimum(decimals, 1 - decimals) > 0.05).mean() > 0.5 and np.ptp(defects) > 0.01)


def _exact_mz(spectrum: Spectrum, mass_da: int) -> float | None:
    there = np.flatnonzero(np.floor(spectrum.mz + 0.5) == mass_da)
    return float(spectrum.mz[there[np.argmax(spectrum.intensity[there])]]) if there.size else None


def _exact_agreement(spectrum: Spectrum, mass_da: int, atoms: IntArray) -> FloatArray:
    measured = _exact_mz(spectrum, mass_da)
    if measured is None:
        return np.zeros(len(atoms))
    spread = max(_LEAST_ERROR_DA, _RELATIVE_ERROR * measured)
    return np.asarray(-0.5 * (((measured - exact_ion_mass(atoms)) / spread) ** 2).clip(max=200), dtype=np.float64)


def _silyl(bins: NDArray[np.float32], atoms: IntArray) -> FloatArray:
    shown = bins[_SILYL_MZ - 1] >= _SILYL_SHARE
    with_silicon = _SILYL_SHOWN if shown else _SILYL_ABSENT
    return np.where(atoms[:, ELEMENTS.index("Si")] > 0, with_silicon, 0.0)


def _with_fragments(bins: NDArray[np.float32], atoms: IntArray, logarithms: FloatArray) -> WeighedFormulae:
    """Look closer at the likeliest; the others are weighed as if they explained as much as those do on average."""
    best = np.argsort(-logarithms, kind="stable")[:_CLOSER_LOOK]
    explained = np.array([explained_share(bins, formula_text(atoms[place])) for place in best])
    gain = _WEIGHT_OF_FRAGMENTS * np.log(np.maximum(explained, 0.02))
    weights = logarithms + float(gain.mean())
    weights[best] = logarithms[best] + gain
    shares = np.exp(weights - weights.max())
    return WeighedFormulae(atoms, shares / shares.sum())
