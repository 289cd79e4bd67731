"""Isotope patterns on unit masses, and where a molecule's spectrum must end."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

VISIBLE_ABUNDANCE = 1e-3
"""Isotopologues below this share of the molecular ion's largest peak are not expected in a spectrum (0.1 % of M)."""

ELECTRON_DA = 0.00054858
"""Mass of the electron that an ion lacks."""

_ELEMENT = re.compile(r"([A-Z][a-z]?)(\d*)")


def element_counts(formula: str) -> dict[str, int]:
    """Atoms by element in a molecular formula such as ``C8H10N4O2``; charges and isotope labels are ignored."""
    counts: dict[str, int] = {}
    for symbol, number in _ELEMENT.findall(formula):
        counts[symbol] = counts.get(symbol, 0) + int(number or 1)
    return counts


@cache
def mass_number(symbol: str) -> int:
    """Mass number of an element's most abundant isotope."""
    table = Chem.GetPeriodicTable()
    return int(table.GetMostCommonIsotope(table.GetAtomicNumber(symbol)))


@cache
def element_pattern(symbol: str) -> tuple[tuple[int, float], ...]:
    """(offset from the most abundant isotope in Da, natural abundance) of every stable isotope."""
    table = Chem.GetPeriodicTable()
    number = table.GetAtomicNumber(symbol)
    common = mass_number(symbol)
    pattern = []
    for mass in range(max(1, common - 20), common + 21):
        abundance = table.GetAbundanceForIsotope(number, mass)
        if abundance > 0:
            pattern.append((mass - common, abundance / 100.0))
    return tuple(pattern) or ((0, 1.0),)


@cache
def isotope_mass(symbol: str, offset: int = 0) -> float:
    """Exact mass (Da) of the isotope `offset` unit masses above an element's most abundant one, which is the default."""
    table = Chem.GetPeriodicTable()
    return float(table.GetMassForIsotope(table.GetAtomicNumber(symbol), mass_number(symbol) + offset))


def nominal_mass(formula: str) -> int:
    """Sum of the mass numbers of each element's most abundant isotope, in Da."""
    return sum(mass_number(symbol) * count for symbol, count in element_counts(formula).items())


def _convolved(symbol: str, count: int) -> tuple[int, NDArray[np.float64]]:
    pattern = element_pattern(symbol)
    low, high = pattern[0][0], pattern[-1][0]
    single = np.zeros(high - low + 1)
    for offset, abundance in pattern:
        single[offset - low] = abundance
    total = np.ones(1)
    square = single
    remaining = count
    while remaining:
        if remaining & 1:
            total = np.convolve(total, square)
        remaining >>= 1
        if remaining:
            square = np.convolve(square, square)
    return low * count, total


@lru_cache(maxsize=65536)
def isotope_pattern(formula: str) -> tuple[int, NDArray[np.float64]]:
    """Unit-mass isotope pattern of a formula.

    Returns
    -------
    first : int
        Offset in Da of the pattern's first entry from the nominal mass (0 or below).
    abundance : (K,) float64
        Share of each following unit mass, the largest scaled to 1; natural abundances as tabulated in RDKit.
    """
    first, total = 0, np.ones(1)
    for symbol, count in element_counts(formula).items():
        offset, part = _convolved(symbol, count)
        first += offset
        total = np.convolve(total, part)
    total = total / total.max()
    total.flags.writeable = False
    return first, total


def last_isotope_mass(formula: str) -> int:
    """Highest unit mass (Da) at which the molecular ion's isotopes are visible; nothing is predicted above it."""
    first, abundance = isotope_pattern(formula)
    visible = np.flatnonzero(abundance >= VISIBLE_ABUNDANCE)
    return nominal_mass(formula) + first + int(visible[-1])
