"""What a peak can be: its fragments with formula, atoms and loss, the likeliest first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.chem.fragment_features import FragmentFeatures
from bitspec_gui.chem.fragments import HYDROGEN_SHIFTS
from bitspec_gui.domain.annotation import Assignment
from bitspec_gui.domain.explanation import IonOrigins
from bitspec_gui.ml.annotation import IonTable

MOST_CANDIDATES = 20
"""Candidates listed of a peak."""

SMALLEST_CANDIDATE = 0.005
"""Candidates that make up less of what fragments make of a peak are not listed."""


@dataclass(frozen=True, order=True)
class _Candidate:
    """Fragments that only symmetry tells apart; sorted by rank: the likeliest first, of equals the one of the lowest atoms."""

    less: float
    atoms: tuple[int, ...]
    ion: int

    @property
    def share(self) -> float:
        return -self.less


def candidates(origins: IonOrigins, fragments: FragmentFeatures, classes: NDArray[np.int64], mz: int) -> tuple[Assignment, ...]:
    """What the peak at `mz` can be; none if no fragment has that mass.

    Fragments that only symmetry tells apart are one candidate: its probability is the sum over all of them, its atoms those of
    the one with the lowest places. As `Assignment` has it, probabilities are shares of the peak's predicted intensity; divided
    by 1 - ``origins.unassigned[mz - 1]`` they are those given that a fragment makes the peak.

    Parameters
    ----------
    classes : (N,) int64
        Symmetry class of each atom, by place in the SMILES.
    """
    ranked = sorted(_candidates(origins, len(fragments), classes, mz))
    shown = [candidate for candidate in ranked if candidate.share >= SMALLEST_CANDIDATE][:MOST_CANDIDATES]
    table = IonTable(fragments, np.array(sorted({candidate.ion for candidate in shown}), dtype=np.int64))
    by_fragments = 1.0 - float(origins.unassigned[mz - 1])
    return tuple(
        replace(table.assignment(candidate.ion, mz, candidate.share * by_fragments), atoms=candidate.atoms) for candidate in shown
    )


def _candidates(origins: IonOrigins, scored: int, classes: NDArray[np.int64], mz: int) -> list[_Candidate]:
    """Candidates in no order; the first `scored` fragments are those that the network knows."""
    start, end = np.searchsorted(origins.mz, [mz, mz + 1])
    fragment, shift, share = origins.fragment[start:end], origins.shift[start:end], origins.share[start:end]
    members = origins.members[fragment]
    equals: dict[tuple[bytes, int], list[int]] = defaultdict(list)
    for place, key in enumerate(zip(_same_by_symmetry(members, classes), shift.tolist(), strict=True)):
        equals[key].append(place)
    found = []
    for places in equals.values():
        atoms = min(tuple(np.flatnonzero(members[place]).tolist()) for place in places)
        known = next(place for place in places if fragment[place] < scored)
        ion = int(fragment[known]) * len(HYDROGEN_SHIFTS) + int(shift[known]) - HYDROGEN_SHIFTS[0]
        # Rounded, so that candidates whose probabilities are the same do not change places by the last digit.
        found.append(_Candidate(-round(float(share[places].sum()), 9), atoms, ion))
    return found


def _same_by_symmetry(members: NDArray[np.bool_], classes: NDArray[np.int64]) -> list[bytes]:
    """A key of each fragment (P, N) that symmetry cannot change: how many atoms it has of each class.

    Pieces are connected, and so next to never two that differ agree in this.
    """
    count = np.zeros((len(classes), int(classes.max(initial=0)) + 1), dtype=np.int16)
    count[np.arange(len(classes)), classes] = 1
    return [row.tobytes() for row in members.astype(np.int16) @ count]
