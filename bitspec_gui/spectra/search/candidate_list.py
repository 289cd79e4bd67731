"""Candidates of a search, gathered from several libraries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.spectra.search.library_index import LibraryIndex

Numbers = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Spectra that can be among the k best, K of them, best first by the score of their codes.

    Attributes
    ----------
    library_id, entry_id : (K,) int64
        Which they are.
    mass : (K,) int16
        Nominal molecular masses in Da, 0 = unknown.
    factor : (K,) float32
        Factors on their scores.
    score : (K,) float32
        Score of the coded spectrum times the factor.
    error : float
        The scores of the spectra themselves differ from `score` by no more.
    """

    library_id: NDArray[np.int64]
    entry_id: NDArray[np.int64]
    mass: NDArray[np.int16]
    factor: NDArray[np.float32]
    score: NDArray[np.float32]
    error: float


@dataclass(frozen=True, eq=False)
class Part:
    """Spectra of a library that may be candidates, N of them: ``places`` in the index, score, and what they can score at most."""

    index: LibraryIndex
    factors: NDArray[np.float32] | None
    places: NDArray[np.int64]
    score: Numbers
    high: Numbers

    def that_can_score(self, least: float) -> Part:
        """Those whose score can be `least`."""
        kept = self.high >= least
        return replace(self, places=self.places[kept], score=self.score[kept], high=self.high[kept])

    @property
    def factor(self) -> NDArray[np.float32]:
        """Factors on the scores, (N,)."""
        return np.ones(self.places.size, dtype=np.float32) if self.factors is None else self.factors[self.places]


def joined(parts: Sequence[Part], least: float) -> Candidates:
    """Of the spectra found in several libraries those that can score `least`, best first."""
    kept = [part.that_can_score(least) for part in parts]
    score = _together([part.score for part in kept]).astype(np.float32)
    order = np.argsort(-score, kind="stable")
    return Candidates(
        library_id=_together([np.full(part.places.size, part.index.library_id) for part in kept])[order].astype(np.int64),
        entry_id=_together([part.index.entry_ids[part.places] for part in kept])[order].astype(np.int64),
        mass=_together([part.index.masses[part.places] for part in kept])[order].astype(np.int16),
        factor=_together([part.factor for part in kept])[order].astype(np.float32),
        score=score[order],
        error=max((float((part.high - part.score).max(initial=0.0)) for part in kept), default=0.0),
    )


def _together(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.zeros(0)
