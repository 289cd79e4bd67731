"""Fragments that symmetry makes the same, treated the same.

Of a large molecule only the first 256 fragments are scored, so that one of two that are the same may be left out: the m/z 105 of
a molecule with two benzyl groups would be said to come from one of them alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.chem.fragments import HYDROGEN_SHIFTS
from bitspec_gui.domain.explanation import IonOrigins

MOST_FRAGMENTS = 1024
"""Fragments with their equals; a molecule that has more is left as it is."""


def with_equals(members: NDArray[np.bool_], generators: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Fragments (F, N) and, after them, those that symmetry makes the same as one of them, (F + X, N); and orbits, (F + X,).

    Fragments of one number in the second array are the same.

    Parameters
    ----------
    generators : (G, N) int64
        Permutations that give all ways to lay the molecule onto itself.
    """
    rows, orbit = list(members), [-1] * len(members)
    place_of = {row.tobytes(): place for place, row in enumerate(rows)}
    for number, start in enumerate(range(len(members))):
        waiting = [start] if orbit[start] < 0 else []
        orbit[start] = number if waiting else orbit[start]
        while waiting:
            for row in _laid(rows[waiting.pop()], generators):
                place = place_of.setdefault(row.tobytes(), len(rows))
                if place == len(rows):
                    rows.append(row)
                    orbit.append(-1)
                if orbit[place] < 0:
                    orbit[place] = number
                    waiting.append(place)
            if len(rows) > MOST_FRAGMENTS:
                return members, np.arange(len(members))
    return np.array(rows), np.array(orbit, dtype=np.int64)


def _laid(row: NDArray[np.bool_], generators: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where a fragment (N,) lies once the molecule is laid onto itself, by each permutation, (G, N)."""
    laid = np.zeros(generators.shape, dtype=bool)
    np.put_along_axis(laid, generators, np.broadcast_to(row, laid.shape), axis=1)
    return laid


def symmetric(origins: IonOrigins, generators: NDArray[np.int64]) -> IonOrigins:
    """Origins in which what fragments that are the same make together is shared out evenly among them.

    Fragments that were not scored, but are the same as one that was, come after the others in ``members``.
    """
    if not len(generators):
        return origins
    members, orbit = with_equals(origins.members, generators)
    of_orbit = np.argsort(orbit, kind="stable")
    size = np.bincount(orbit)
    start = np.cumsum(size) - size
    # Contributions of one orbit to one bin with one hydrogen shift, and so with one isotope, are put together.
    bins, shifts = int(origins.mz.max(initial=0)) + 1, len(HYDROGEN_SHIFTS)
    keys = np.ravel_multi_index(
        (origins.mz, origins.shift - HYDROGEN_SHIFTS[0], orbit[origins.fragment]), (bins, shifts, len(size))
    )
    groups, first, group = np.unique(keys, return_index=True, return_inverse=True)
    mz, shift, of_group = np.unravel_index(groups, (bins, shifts, len(size)))
    total = np.bincount(group, weights=origins.share, minlength=len(groups))
    equals = size[of_group]
    row = np.repeat(np.arange(len(groups)), equals)
    within = np.arange(len(row)) - np.repeat(np.cumsum(equals) - equals, equals)
    return replace(
        origins,
        members=members,
        mz=mz[row],
        fragment=of_orbit[start[of_group[row]] + within],
        shift=shift[row] + HYDROGEN_SHIFTS[0],
        isotope=origins.isotope[first][row],
        share=(total / equals)[row],
    )
