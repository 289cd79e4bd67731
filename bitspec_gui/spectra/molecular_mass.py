"""Where the molecular ion of an unknown may lie: candidates for its nominal mass, with probabilities, from the spectrum alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.spectra.binning import BINS
from bitspec_gui.spectra.ranking_network import RankingNetwork, mean_of
from bitspec_gui.spectra.similarity import Bins

SIGNIFICANT = 0.01
"""Share of the base peak from which a peak counts as one of the compound's."""

BELOW_TOP_DA, ABOVE_TOP_DA = 12, 100
"""How far from the highest significant m/z candidates lie. Below it is an isotope peak or noise, above it M itself is missing."""

WINDOW_BELOW_DA, WINDOW_ABOVE_DA = 120, 10
"""What a candidate is judged by: the peaks from this far below it (losses) to this far above (isotopes, and what may not be)."""

_SHAPE = 9
FEATURES = 2 * (WINDOW_BELOW_DA + WINDOW_ABOVE_DA) + _SHAPE
"""Values a candidate: square root and logarithm of each intensity in its window, and its place among the peaks."""


@dataclass(frozen=True, eq=False)
class MassCandidates:
    """Candidates for the nominal mass of the molecule, the likeliest first.

    Attributes
    ----------
    masses : (K,) int64
        In Da.
    probability : (K,) float64
        Their sum and ``elsewhere``, the probability that it is none of them, are 1.
    """

    masses: NDArray[np.int64]
    probability: NDArray[np.float64]
    elsewhere: float


@dataclass(frozen=True, eq=False)
class MassFinder:
    """Fitted networks whose mean log-odds weigh the candidates."""

    networks: tuple[RankingNetwork, ...]

    def candidates(self, bins: Bins) -> MassCandidates:
        """Candidates of a spectrum (1000,); none if it has no peak in range."""
        if not bins.any():
            return MassCandidates(np.zeros(0, np.int64), np.zeros(0), 1.0)
        masses, values = candidate_masses(bins)
        odds, absent = mean_of(self.networks, values)
        top = max(float(odds.max()), absent)
        shares = np.exp(odds - top)
        none = float(np.exp(absent - top))
        order = np.argsort(-shares, kind="stable")
        total = float(shares.sum()) + none
        return MassCandidates(masses[order], shares[order] / total, none / total)


def highest_significant_mz(bins: Bins) -> int:
    """m/z of the last bin of a spectrum (1000,), not all 0, that reaches `SIGNIFICANT` of its base peak."""
    return int(np.flatnonzero(bins >= SIGNIFICANT * bins.max())[-1]) + 1


def candidate_masses(bins: Bins) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Candidates (K,) in Da for the mass of the molecule, and what each is judged by (K, `FEATURES`)."""
    bins = bins / bins.max()
    top = highest_significant_mz(bins)
    masses = np.arange(max(top - BELOW_TOP_DA, 1), top + ABOVE_TOP_DA + 1)
    padded = np.zeros(WINDOW_BELOW_DA + BINS + ABOVE_TOP_DA + WINDOW_ABOVE_DA + 1, dtype=np.float32)
    padded[WINDOW_BELOW_DA : WINDOW_BELOW_DA + BINS] = bins
    windows = (WINDOW_BELOW_DA + masses - 1)[:, None] + np.arange(1 - WINDOW_BELOW_DA, WINDOW_ABOVE_DA + 1)
    roots, logarithms = np.sqrt(padded), np.log1p(1000 * padded) / np.float32(7)
    return masses, np.concatenate([roots[windows], logarithms[windows], _shape(bins, masses, top)], axis=1)


def _shape(bins: Bins, masses: NDArray[np.int64], top: int) -> NDArray[np.float32]:
    """Place and parity of candidates (K, `_SHAPE`): the nitrogen rule needs to know where odd and even m/z are strong."""
    total = float(bins.sum())
    beyond = np.concatenate([np.cumsum(bins[::-1])[::-1], np.zeros(ABOVE_TOP_DA + 8, np.float32)])
    odd_share = float(bins[0::2].sum()) / total
    even = masses % 2 == 0
    columns = (
        np.sqrt(np.maximum(beyond[masses + 2], 0) / total),
        masses / 300,
        ~even,
        ~even * odd_share,
        even * odd_share,
        (masses - top) / 50,
        masses == top,
        masses > top,
        masses == top - 1,
    )
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)
