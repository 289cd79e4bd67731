"""Many formulae of the same elements at once: their text, their masses, and where their isotope peaks lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.chem.isotopes import element_pattern, isotope_mass, mass_number


class FormulaWriter:
    """Writes counts of `elements` as a formula in Hill's order: C, H, then by alphabet; without C all by alphabet."""

    def __init__(self, elements: Sequence[str]) -> None:
        places = {element: place for place, element in enumerate(elements)}
        by_alphabet = sorted(places)
        self._carbon = places.get("C")
        self._without_carbon = [(element, places[element]) for element in by_alphabet]
        organic = [element for element in ("C", "H") if element in places]
        self._with_carbon = [(element, places[element]) for element in (*organic, *(e for e in by_alphabet if e not in organic))]

    def __call__(self, counts: Sequence[int]) -> str:
        """Formula of counts in the order of the elements; empty for no atoms."""
        order = self._with_carbon if self._carbon is not None and counts[self._carbon] else self._without_carbon
        text = ""
        for element, place in order:
            number = counts[place]
            if number:
                text += element if number == 1 else f"{element}{number}"
        return text


@dataclass(frozen=True)
class IsotopeTable:
    """Masses (Da) of the most abundant isotopes of E elements, ``nominal`` (E,) int64 and ``exact`` (E,) float64.

    ``one`` and ``two`` (E, 2) float64: abundance relative to the most abundant isotope, and exact mass beyond it, of the
    isotopes one and two unit masses above it.
    """

    nominal: NDArray[np.int64]
    exact: NDArray[np.float64]
    one: NDArray[np.float64]
    two: NDArray[np.float64]

    @classmethod
    def of(cls, elements: tuple[str, ...]) -> IsotopeTable:
        """Table of these elements."""
        return _table(elements)

    def heavier(self, counts: NDArray[np.int64]) -> Callable[[int, int], float]:
        """Mean exact mass (Da) by which isotopologues of formulae (I, E) are heavier than the most abundant one.

        The function that is given takes a formula's row and how many unit masses above the most abundant one to look.

        Within 1 mDa for offsets up to 4: steps of two, where single atoms two units heavier (Cl, Br, S, Si, O) and pairs of
        atoms one unit heavier share by abundance, and a step of one for the remainder.
        """
        weight_one = counts @ self.one[:, 0]
        one = np.divide(counts @ self.one.prod(axis=1), weight_one, out=np.ones(len(counts)), where=weight_one > 0)
        singles, pairs = counts @ self.two[:, 0], weight_one**2 / 2
        both = singles + pairs
        two = np.divide(counts @ self.two.prod(axis=1) + pairs * 2 * one, both, out=np.full(len(counts), 2.0), where=both > 0)
        ones, twos = one.tolist(), two.tolist()

        def shift(row: int, offset: int) -> float:
            return float(offset) if offset < 0 else float(offset // 2 * twos[row] + offset % 2 * ones[row])

        return shift


@lru_cache(maxsize=256)
def _table(elements: tuple[str, ...]) -> IsotopeTable:
    return IsotopeTable(
        nominal=np.array([mass_number(element) for element in elements], dtype=np.int64),
        exact=np.array([isotope_mass(element) for element in elements]),
        one=np.array([_heavier(element, 1) for element in elements]),
        two=np.array([_heavier(element, 2) for element in elements]),
    )


def _heavier(element: str, offset: int) -> tuple[float, float]:
    pattern = dict(element_pattern(element))
    if offset not in pattern:
        return 0.0, 0.0
    return pattern[offset] / pattern[0], isotope_mass(element, offset) - isotope_mass(element)
