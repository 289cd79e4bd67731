"""The predictor's own fragments: which atoms are in the ions that a peak is made of."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.explanation import FRAGMENT_METHOD, Explanation, ExplanationRequest, IonOrigins, MethodInfo
from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.ml.explaining.masking import MaskableNetwork
from bitspec_gui.ml.explaining.origins import OriginsOfNetwork
from bitspec_gui.ml.explaining.scores import check_target, explanation_of

FRAGMENTS = MethodInfo(
    key=FRAGMENT_METHOD,
    name="Fragments",
    meaning="High for atoms that are in the ion, by the fragments that the network scores.",
    caution="It says what an ion is made of, not what in the molecule makes its peak high or low.",
    unit="probability of being in the ion",
    immediate=True,
    whole_meaning=(
        "High for atoms that are in many ions: the current of each fragment ion is shared out evenly among its atoms; the "
        "molecular ion, which holds them all, is left out."
    ),
    whole_unit="times the ion current of an average atom",
)

Scores = tuple[NDArray[np.float64], NDArray[np.float64]]


class FragmentExplainer:
    """Scores by the fragments that make a peak; takes no longer than a prediction."""

    def __init__(self, network: MaskableNetwork, origins: OriginsOfNetwork) -> None:
        self._network = network
        self._origins = origins

    @property
    def info(self) -> MethodInfo:
        """What it is called, and what its scores mean."""
        return FRAGMENTS

    def explain(self, request: ExplanationRequest, progress: ReportProgress, cancel: CancelToken | None = None) -> Explanation:
        """Scores for one molecule and target; raises `ExplanationError` for a peak that the molecule cannot have."""
        started = time.perf_counter()
        molecule = self._network.prepare(request.molecule)
        check_target(request.mz, molecule.features)
        origins = self._origins.required(request.molecule)
        bonds = np.array(molecule.bonds, dtype=np.int64).reshape(-1, 2)
        scores = scores_of_spectrum(origins, bonds) if request.mz is None else scores_of_peak(origins, request.mz, bonds)
        return explanation_of(request, self._network.version, molecule, *scores, info=self.info, origins=origins, started=started)


def scores_of_peak(origins: IonOrigins, mz: int, bonds: NDArray[np.int64]) -> Scores:
    """Probability of each atom (N,) to be in the ion at `mz`, and of each bond (K, 2) to be whole in it, (K,).

    Given that a fragment makes the peak; all 0 if none can. A bond that was cut has an atom outside the ion and counts as 0.
    """
    start, end = np.searchsorted(origins.mz, [mz, mz + 1])
    members, share = origins.members[origins.fragment[start:end]], origins.share[start:end]
    whole = members[:, bonds[:, 0]] & members[:, bonds[:, 1]]
    return np.asarray(share @ members, dtype=np.float64), np.asarray(share @ whole, dtype=np.float64)


def scores_of_spectrum(origins: IonOrigins, bonds: NDArray[np.int64]) -> Scores:
    """Ion current that each atom (N,) and bond (K, 2) carries, times that of an average atom.

    The current of each fragment ion is shared out evenly among its atoms, and between its bonds' ends. For ions that are there
    only if all their atoms are, these are the atoms' Shapley values (doi:10.1515/9781400881970-018): a small ion of great
    intensity says more of its few atoms than an ion of nearly all of them. The ion of the whole molecule would add the same to
    each and is left out; where nothing else is predicted, all atoms count the same.
    """
    current = origins.share * (origins.intensity * (1.0 - origins.unassigned))[origins.mz - 1]
    of_fragment = np.bincount(origins.fragment, weights=current, minlength=len(origins.members))
    size = origins.members.sum(axis=1)
    of_fragment[size == origins.members.shape[1]] = 0.0
    total = float(of_fragment.sum())
    if not total:
        return np.ones(origins.members.shape[1]), np.ones(len(bonds))
    each = of_fragment / size / total * origins.members.shape[1]
    whole = origins.members[:, bonds[:, 0]] & origins.members[:, bonds[:, 1]]
    return np.asarray(each @ origins.members, dtype=np.float64), np.asarray(each @ whole, dtype=np.float64)
