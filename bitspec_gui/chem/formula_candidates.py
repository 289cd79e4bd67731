"""Molecular formulae of a given mass, how usual each is, and how well its isotopes agree with a cluster of peaks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.chem.isotopes import ELECTRON_DA, element_counts, element_pattern, isotope_mass, mass_number

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

HETERO = ("N", "O", "F", "Si", "P", "S", "Cl", "Br", "I")
ELEMENTS = ("C", "H", *HETERO)
_MOST = {"N": 8, "O": 12, "F": 18, "Si": 5, "P": 3, "S": 4, "Cl": 8, "Br": 4, "I": 3}

MASS_EDGES_DA = (120, 180, 250, 330)
"""Between these, how many atoms of an element are usual is learned apart."""

UNSATURATION_BINS = 14
"""Rings and double bonds a carbon, in steps of a tenth."""

_RARE = -13.0
"""Natural logarithm of how unusual a choice of heteroatoms may be to be considered at all."""

_MOST_CHOICES = 20_000
"""Choices of heteroatoms that are considered, the most usual ones."""

_CLUSTER = 12
"""Unit masses of an isotope cluster that are compared, from M - 2."""

_NOISE_OF_TOP, _NOISE_OF_PEAK, _NOISE_OF_BASE = 0.01, 0.07, 0.003
"""Error of a peak: shares of the cluster's largest peak, of the peak itself and of the base peak."""

_FREEDOM = 2.0


@dataclass(frozen=True, eq=False)
class FormulaPrior:
    """How usual numbers of atoms are, learned from formulae.

    Attributes
    ----------
    counts : dict of str to (B, n + 1) float64
        Natural logarithm of the probability of 0..n atoms of each of `HETERO`, for each of B ranges of mass.
    unsaturation : (B, `UNSATURATION_BINS`) float64
        The same of the rings and double bonds a carbon.
    """

    counts: dict[str, FloatArray]
    unsaturation: FloatArray

    @classmethod
    def from_formulae(cls, formulae: Iterable[str]) -> FormulaPrior:
        """Learn from molecular formulae, each counted once; formulae with other elements are passed over."""
        ranges = len(MASS_EDGES_DA) + 1
        counts = {element: np.full((ranges, _MOST[element] + 1), 0.02) for element in HETERO}
        unsaturation = np.full((ranges, UNSATURATION_BINS), 0.3)
        for formula in sorted(set(formulae)):
            atoms = element_counts(formula)
            if not atoms.get("C") or not set(atoms) <= set(ELEMENTS):
                continue
            row = np.array([atoms.get(element, 0) for element in ELEMENTS])
            place = _range_of(int(row @ _nominal()))
            for element in HETERO:
                counts[element][place, min(atoms.get(element, 0), _MOST[element])] += 1
            unsaturation[place, _unsaturation_bin(row[None])[0]] += 1
        return cls({each: _log_shares(table) for each, table in counts.items()}, _log_shares(unsaturation))

    def as_lists(self) -> dict[str, Any]:
        """The numbers, for JSON."""
        return {
            "counts": {each: table.round(4).tolist() for each, table in self.counts.items()},
            "unsaturation": self.unsaturation.round(4).tolist(),
        }

    @classmethod
    def from_lists(cls, lists: dict[str, Any]) -> FormulaPrior:
        """From `as_lists`; raises ValueError, KeyError or TypeError if the numbers do not form a prior."""
        counts = {element: np.array(lists["counts"][element], dtype=np.float64) for element in HETERO}
        unsaturation = np.array(lists["unsaturation"], dtype=np.float64)
        ranges = len(MASS_EDGES_DA) + 1
        shapes = [(table, (ranges, _MOST[element] + 1)) for element, table in counts.items()]
        for table, shape in [*shapes, (unsaturation, (ranges, UNSATURATION_BINS))]:
            if table.shape != shape or not np.isfinite(table).all():
                raise ValueError("the numbers are not those of a prior on formulae")
        return cls(counts, unsaturation)

    def usual(self, atoms: IntArray) -> FloatArray:
        """(F,) natural logarithm of how usual formulae (F, 11) of one mass are, up to a constant."""
        if not len(atoms):
            return np.zeros(0)
        place = _range_of(int(atoms[0] @ _nominal()))
        logarithms = self.unsaturation[place][_unsaturation_bin(atoms)].copy()
        for column, element in enumerate(HETERO, start=2):
            logarithms += self.counts[element][place][atoms[:, column]]
        return np.asarray(logarithms, dtype=np.float64)


def formulae_of_mass(mass_da: int, prior: FormulaPrior) -> IntArray:
    """Numbers of atoms (F, 11), in the order of `ELEMENTS`, of closed-shell molecules of a mass that are not too unusual."""
    hetero = _hetero_choices(prior, _range_of(mass_da))
    nominal = _nominal()
    rest = mass_da - hetero @ nominal[2:]
    carbons = np.arange(1, max(mass_da // 12, 1) + 1)
    hydrogens = rest[:, None] - 12 * carbons[None]
    valence = hetero @ np.array([1, 0, -1, 2, 1, 0, -1, -1, -1])
    most = 2 * carbons[None] + 2 + valence[:, None]
    row, column = np.nonzero((hydrogens >= 0) & (hydrogens <= most) & ((most - hydrogens) % 2 == 0))
    return np.concatenate([carbons[column][:, None], hydrogens[row, column][:, None], hetero[row]], axis=1).astype(np.int64)


def unsaturation_of(atoms: IntArray) -> FloatArray:
    """(F,) rings and double bonds of formulae (F, 11)."""
    c, h, n, _o, f, si, p, _s, cl, br, i = atoms.T
    return np.asarray(1 + c + si + (n + p - h - f - cl - br - i) / 2, dtype=np.float64)


def exact_ion_mass(atoms: IntArray) -> FloatArray:
    """(F,) m/z of the molecular ions M+. of formulae (F, 11)."""
    return np.asarray(atoms @ np.array([isotope_mass(element) for element in ELEMENTS]) - ELECTRON_DA, dtype=np.float64)


def cluster_agreement(bins: NDArray[np.float32], mass_da: int, atoms: IntArray) -> FloatArray:
    """(F,) natural logarithm of how probable the peaks from M + 1 on are with the isotopes of each formula, up to a constant.

    Parameters
    ----------
    bins : (1000,)
        The spectrum, base peak 1; M and the peaks from M - 2 on are explained first, what they leave unexplained above M is held
        against a formula.
    """
    patterns, where = _patterns(atoms)
    padded = np.concatenate([bins.astype(np.float64), np.zeros(_CLUSTER)])
    start = mass_da - 3
    measured = padded[max(start, 0) : mass_da - 1 + _CLUSTER - 2]
    measured = np.concatenate([np.zeros(_CLUSTER - len(measured)), measured])
    left = np.repeat(measured[None], len(patterns), axis=0)
    for first in range(3):
        height = np.maximum(left[:, first], 0)
        left[:, first:] -= height[:, None] * patterns[:, : _CLUSTER - first]
    error_squared = (_NOISE_OF_TOP * measured[2:].max()) ** 2 + (_NOISE_OF_PEAK * measured[3:]) ** 2 + _NOISE_OF_BASE**2
    # Student's t: a stray peak of background counts against a formula, but does not decide alone.
    tails = np.log1p(left[:, 3:] ** 2 / error_squared / _FREEDOM)
    return np.asarray(-(_FREEDOM + 1) / 2 * tails.sum(axis=1), dtype=np.float64)[where]


def formula_text(atoms: NDArray[np.int64]) -> str:
    """One formula (11,) in Hill's order."""
    from bitspec_gui.chem.formulae import FormulaWriter

    return FormulaWriter(ELEMENTS)(atoms.tolist())


def _patterns(atoms: IntArray) -> tuple[FloatArray, IntArray]:
    """Isotope patterns (T, `_CLUSTER`) from M on, M as 1, of the T different ones among formulae, and which each formula has."""
    telling = atoms.copy()
    telling[:, [1, 4, 6, 10]] = 0  # H, F, P and I have one isotope, as far as a unit-mass spectrum shows.
    distinct, where = np.unique(telling, axis=0, return_inverse=True)
    size = 64
    transformed = np.ones((len(distinct), size), dtype=np.complex128)
    for column, element in enumerate(ELEMENTS):
        if element in ("H", "F", "P", "I"):
            continue
        single = np.zeros(size)
        for offset, abundance in element_pattern(element):
            if offset >= 0:
                single[offset] = abundance
        single /= single[0]
        transformed *= np.fft.fft(single)[None] ** distinct[:, column][:, None]
    patterns = np.fft.ifft(transformed).real[:, :_CLUSTER]
    return np.asarray(patterns, dtype=np.float64), where.reshape(-1)


@lru_cache(maxsize=1)
def _nominal() -> IntArray:
    return np.array([mass_number(element) for element in ELEMENTS], dtype=np.int64)


@lru_cache(maxsize=16)
def _hetero_choices(prior: FormulaPrior, place: int) -> IntArray:
    """Choices (V, 9) of heteroatoms that are not too rare in a range of mass."""
    chosen, logarithm = np.zeros((1, 0), dtype=np.int64), np.zeros(1)
    for element in HETERO:
        table = prior.counts[element][place] - prior.counts[element][place].max()
        sums = logarithm[:, None] + table[None]
        row, number = np.nonzero(sums >= _RARE)
        usual = sums[row, number]
        # What is learned from few formulae rules little out: the number of choices has to end somewhere.
        kept = np.sort(np.argsort(-usual, kind="stable")[:_MOST_CHOICES])
        chosen = np.concatenate([chosen[row[kept]], number[kept][:, None]], axis=1)
        logarithm = usual[kept]
    return chosen


def _range_of(mass_da: int) -> int:
    return int(np.searchsorted(MASS_EDGES_DA, mass_da, side="right"))


def _unsaturation_bin(atoms: IntArray) -> IntArray:
    share = 10 * unsaturation_of(atoms) / np.maximum(atoms[:, 0], 1)
    return np.clip(np.floor(share + 0.5), 0, UNSATURATION_BINS - 1).astype(np.int64)


def _log_shares(table: FloatArray) -> FloatArray:
    return np.asarray(np.log(table / table.sum(axis=-1, keepdims=True)), dtype=np.float64)
