"""Which masses the fragments of a molecular formula can have: on unit masses, and exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.chem.isotopes import ELECTRON_DA, element_counts, isotope_mass, isotope_pattern, last_isotope_mass, nominal_mass

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Hydrogens that an atom adds to a saturated skeleton (valence - 2); P and S are counted in their usual oxidised states.
_HYDROGENS = {"C": 2, "Si": 2, "Ge": 2, "N": 1, "B": 1, "P": 3, "O": 0, "S": 0, "F": -1, "Cl": -1, "Br": -1, "I": -1, "D": -1}
_ONE_BOND = ("H", "D", "F", "Cl", "Br", "I")
_DEUTERIUM_DA = 2.01410177812

_IONS_EXCESS_HYDROGENS = 3
"""An ion may bear one hydrogen more than the saturated fragment (protonated, as H3O+); 2 + 1."""
_LOSS_EXCESS_HYDROGENS = 4
_DA_A_LOSS = 14
"""What is lost is one saturated molecule (2) and H2 (2), and for every further 14 Da there may be another small molecule."""

_BARE_LOSSES = (*range(5, 14), *range(21, 26))
"""Losses in Da that EI spectra hardly show: more than four H, bare C and CH, and what lies between HF and C2H2."""
_ALWAYS_POSSIBLE = (1, 2, 14, 16, 17, 18, 19, 20, 28, 29, 32, 40, 44)
"""m/z of hydrogen, air, water and carbon dioxide, which come with the instrument; 29 is N2H+ and the isotope of N2."""
_UNSATURATED_ENOUGH_FOR_TWO_CHARGES = 4
_TWO_CHARGES_BELOW_DA = 30
_FAINT_LIGHTEST = 2.5
_MAX_COMBINATIONS = 500_000
_MAX_IONS = 2_000_000


@dataclass(frozen=True)
class FormulaLimits:
    """What the EI spectrum of a formula can show on unit masses.

    ``ion`` is the nominal mass of the molecule and ``last`` the last mass of its isotopes, both in Da. ``isotopes`` (K,) is the
    height of M, M+1, ... with M as 1; ``possible`` (ion + 1,) says of each mass whether a fragment can have it. Both are None for
    elements whose lightest isotope is not the usual one, or that are not known well enough (metals, B, Ge, Se), and for so much
    Cl and Br that the lightest isotope is faint.
    ``unsaturation`` is the number of rings and double bonds.
    """

    ion: int
    last: int
    isotopes: FloatArray | None
    possible: NDArray[np.bool_] | None
    unsaturation: float


@lru_cache(maxsize=16384)
def formula_limits(formula: str, deuterium: int = 0) -> FormulaLimits:
    """Limits of a formula in which `deuterium` of the hydrogens are D.

    A mass is possible if heavy atoms of the formula and a number of hydrogens make it up that the fragment can bear and the rest
    can do without.
    """
    counts = element_counts(formula)
    ion, last = nominal_mass(formula) + deuterium, last_isotope_mass(formula) + deuterium
    counts["H"] = counts.get("H", 0) - deuterium
    counts["D"] = deuterium
    unsaturation = 1 + sum(number * _HYDROGENS.get(s, 0) for s, number in counts.items() if s != "H") / 2 - counts["H"] / 2
    first, pattern = isotope_pattern(formula)
    heavy = {symbol: number for symbol, number in counts.items() if symbol != "H" and number}
    isotopes = pattern / pattern[0]
    if first < 0 or isotopes.max() > _FAINT_LIGHTEST or counts["H"] < 0 or not _countable(heavy):
        return FormulaLimits(ion, last, None, None, unsaturation)
    possible = _possible_masses(heavy, counts["H"], ion)
    if unsaturation >= _UNSATURATED_ENOUGH_FOR_TWO_CHARGES:
        possible[max(0, ion - _TWO_CHARGES_BELOW_DA) // 2 : (ion + 1) // 2 + 2] = True
    possible[[mass for mass in _ALWAYS_POSSIBLE if mass <= ion]] = True
    possible.flags.writeable = False
    return FormulaLimits(ion, last, isotopes, possible, unsaturation)


def _countable(heavy: Mapping[str, int]) -> bool:
    combinations = 1
    for symbol, number in heavy.items():
        if symbol not in _HYDROGENS:
            return False
        combinations *= number + 1
    return combinations <= _MAX_COMBINATIONS


def _combinations(heavy: Mapping[str, int], masses: Mapping[str, float]) -> tuple[FloatArray, IntArray]:
    """Mass, and hydrogens of the saturated skeleton less 2, of every choice of heavy atoms."""
    mass, hydrogens = np.zeros(1), np.zeros(1, dtype=np.int64)
    for symbol, number in heavy.items():
        taken = np.arange(number + 1)
        mass = np.add.outer(mass, masses[symbol] * taken).ravel()
        hydrogens = np.add.outer(hydrogens, _HYDROGENS[symbol] * taken).ravel()
    return mass, hydrogens


def _possible_masses(heavy: Mapping[str, int], hydrogens: int, ion: int) -> NDArray[np.bool_]:
    unit = {symbol: 2 if symbol == "D" else nominal_mass(symbol) for symbol in heavy}
    exact, room = _combinations(heavy, unit)
    mass = exact.astype(np.int64)
    lost = mass.max() - mass
    room_of_loss = room[-1] - room + _LOSS_EXCESS_HYDROGENS + (lost + 4) // _DA_A_LOSS
    fewest = np.maximum(0, hydrogens - room_of_loss)
    most = np.minimum(hydrogens, room + _IONS_EXCESS_HYDROGENS)
    # Each choice of heavy atoms makes a run of masses possible: +1 where it starts, -1 behind its end, and their running sum.
    # A run that would end before it starts is made empty.
    starts = np.bincount(mass + fewest, minlength=ion + 2)
    ends = np.bincount(mass + np.maximum(most + 1, fewest), minlength=ion + 2)
    possible = np.asarray(np.cumsum(starts - ends)[: ion + 1] > 0)
    if heavy.get("D", 0) == 0:
        possible[[ion - loss for loss in _BARE_LOSSES if loss < ion]] = False
    return possible


@lru_cache(maxsize=64)
def exact_ion_masses(formula: str) -> FloatArray | None:
    """m/z of all singly charged ions that atoms of the formula can make up (most abundant isotopes), ascending.

    None if an element is not known well enough, or there would be too many.
    """
    counts = element_counts(formula)
    hydrogens = counts.pop("H", 0)
    heavy = {symbol: number for symbol, number in counts.items() if number}
    if not _countable(heavy):
        return None
    mass, room = _combinations(heavy, {symbol: _exact_mass(symbol) for symbol in heavy})
    if mass.size * (hydrogens + 1) > _MAX_IONS:
        return None
    number = np.arange(hydrogens + 1)
    borne = number <= (room + _IONS_EXCESS_HYDROGENS)[:, None]
    ions = np.sort((mass[:, None] + _exact_mass("H") * number)[borne]) - ELECTRON_DA
    ions.flags.writeable = False
    return np.asarray(ions, dtype=np.float64)


def _exact_mass(symbol: str) -> float:
    return _DEUTERIUM_DA if symbol == "D" else isotope_mass(symbol)
