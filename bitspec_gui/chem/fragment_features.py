"""Fragments as numbers: who belongs to them, what they weigh, and where their isotopes lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from bitspec_gui.chem.fragments import HYDROGEN_SHIFTS, enumerate_fragments
from bitspec_gui.chem.isotopes import element_pattern, mass_number

ISOTOPE_WINDOW = 12
"""Unit masses that the isotopes of a fragment may cover; all of Cl, Br, S, Si, and the heaviest of Sn."""

_ELEMENTS = ("C", "N", "O", "F", "Si", "P", "S", "Cl", "Br", "I", "B")
_MAX_BONDS = 4
FRAGMENT_FEATURES = len(_ELEMENTS) + 1 + 8 + _MAX_BONDS + 1

_VALENCES = {"N": 3, "P": 3, "B": 3, "As": 3, "F": 1, "Cl": 1, "Br": 1, "I": 1, "C": 4, "Si": 4, "Ge": 4, "Sn": 4}
_MOST_VALENCES = _VALENCES | {"H": 1, "O": 2, "S": 6, "P": 5}
_MOST_OTHERWISE = 6
_VISIBLE = 0.004
_NEGLIGIBLE = 2e-4
_LENGTH = 64
_ORIGIN = 20
_SHIFTS = np.array(HYDROGEN_SHIFTS)


@dataclass(frozen=True)
class FragmentFeatures:
    """Fragments of one molecule, the whole molecule first.

    ``members`` (F, N) uint8: 1 where a heavy atom belongs to a fragment. ``values`` (F, 25) float32: formula, unsaturation,
    parity, masses, sizes and cut bonds. ``base`` (F,) int32: unit mass (Da) of the first isotopologue in ``isotopes``
    (F, 12) float32, whose rows add up to 1; both for the hydrogens that the atoms bear. ``elements`` names the columns of
    ``counts`` (F, E) int16; ``hydrogens`` (F,) int16. ``possible`` (F, 9) bool: hydrogen shifts for which the fragment, or what
    it left behind, has the hydrogens.
    """

    members: NDArray[np.uint8]
    values: NDArray[np.float32]
    base: NDArray[np.int32]
    isotopes: NDArray[np.float32]
    elements: tuple[str, ...]
    counts: NDArray[np.int16]
    hydrogens: NDArray[np.int16]
    possible: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.members)


def fragment_features(molecule: Chem.Mol) -> FragmentFeatures:
    """Fragments of a molecule of heavy atoms with implicit hydrogens."""
    found = enumerate_fragments(molecule)
    atoms = list(molecule.GetAtoms())
    symbols = [atom.GetSymbol() for atom in atoms]
    elements = tuple(sorted(set(symbols)))
    one_hot = np.array([[symbol == element for element in elements] for symbol in symbols], dtype=np.float32)
    borne = np.array([atom.GetTotalNumHs() for atom in atoms], dtype=np.float32)
    members = found.members.astype(np.float32)
    counts, hydrogens = members @ one_hot, members @ borne
    nominal = counts @ np.array([mass_number(element) for element in elements], dtype=np.float32) + hydrogens
    first, isotopes = _isotopes(counts, elements)
    return FragmentFeatures(
        members=found.members,
        values=_values(elements, counts, hydrogens, nominal, members.sum(axis=1), found.bonds_cut),
        base=(nominal + first).astype(np.int32),
        isotopes=isotopes,
        elements=elements,
        counts=counts.astype(np.int16),
        hydrogens=hydrogens.astype(np.int16),
        possible=(hydrogens[:, None] + _SHIFTS >= 0) & (hydrogens[:, None] + _SHIFTS <= hydrogens[0]),
    )


def bearable_shifts(fragments: FragmentFeatures) -> NDArray[np.bool_]:
    """Hydrogen shifts (F, 9) for which a fragment can be an ion: no more hydrogens than a saturated, protonated molecule bears.

    Networks give something to every shift; where nothing else has a mass, it would be shown as an ion that cannot exist.
    """
    valences = np.array([_MOST_VALENCES.get(element, _MOST_OTHERWISE) for element in fragments.elements], dtype=np.int64)
    most = 2 + fragments.counts.astype(np.int64) @ (valences - 2) + 1
    # What a fragment bears as it stands it can bear, whatever its elements.
    return np.asarray((_SHIFTS[None, :] <= 0) | (fragments.hydrogens[:, None] + _SHIFTS[None, :] <= most[:, None]))


def _values(
    elements: tuple[str, ...],
    counts: NDArray[np.float32],
    hydrogens: NDArray[np.float32],
    nominal: NDArray[np.float32],
    sizes: NDArray[np.float32],
    bonds_cut: NDArray[np.int16],
) -> NDArray[np.float32]:
    """Columns of ``FragmentFeatures.values``, each of a size that a network can work with."""
    columns = np.zeros((len(counts), len(_ELEMENTS) + 1), dtype=np.float32)
    for place, element in enumerate(elements):
        columns[:, _ELEMENTS.index(element) if element in _ELEMENTS else len(_ELEMENTS)] += counts[:, place]
    valences = np.array([_VALENCES.get(element, 2) for element in elements], dtype=np.float32)
    unsaturation = 1 + (counts @ (valences - 2) - hydrogens) / 2
    # A whole number of rings and double bonds: the fragment as it stands has an even number of electrons when neutral.
    odd = np.round(2 * unsaturation) % 2
    rest = (
        np.log1p(hydrogens),
        unsaturation / 10,
        odd,
        1 - odd,
        nominal / 250,
        (nominal[0] - nominal) / 250,
        sizes / sizes[0],
        np.log1p(sizes),
    )
    cut = np.eye(_MAX_BONDS + 1, dtype=np.float32)[np.minimum(bonds_cut, _MAX_BONDS)]
    return np.concatenate([np.log1p(columns), np.stack(rest, axis=1), cut], axis=1).astype(np.float32)


def _isotopes(counts: NDArray[np.float32], elements: tuple[str, ...]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """First visible offset (Da) from the nominal mass, and abundances from there on, (F,) and (F, 12).

    A convolution of many atoms' patterns is a product of powers of their Fourier transforms.
    """
    spectrum = np.exp(counts @ np.stack([_transformed_pattern(element) for element in elements]))
    pattern = np.roll(np.fft.irfft(spectrum, _LENGTH, axis=1), _ORIGIN, axis=1)
    first = (pattern >= _VISIBLE).argmax(axis=1)
    places = np.minimum(first[:, None] + np.arange(ISOTOPE_WINDOW), _LENGTH - 1)
    window = np.take_along_axis(pattern, places, axis=1)
    window[window < _NEGLIGIBLE] = 0.0
    return first - _ORIGIN, (window / window.sum(axis=1, keepdims=True)).astype(np.float32)


@cache
def _transformed_pattern(element: str) -> NDArray[np.complex128]:
    pattern = np.zeros(_LENGTH)
    for offset, abundance in element_pattern(element):
        pattern[offset % _LENGTH] = abundance
    return np.asarray(np.log(np.fft.rfft(pattern / pattern.sum()) + 1e-12))
