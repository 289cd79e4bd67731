"""A structure that a chemist has in mind for an unknown, beside what was found for it."""

from __future__ import annotations

from dataclasses import dataclass

from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.search import Hit


@dataclass(frozen=True)
class UnmatchedPeak:
    """A peak that one spectrum has and the other has not: unit m/z, intensity in % of its base peak."""

    mz: int
    percent: float


@dataclass(frozen=True)
class WhyNot:
    """How a structure's predicted spectrum stands beside an unknown's.

    Attributes
    ----------
    prediction : Prediction
        With its annotations, confidence and warnings.
    hit : Hit
        The prediction scored as the hits of the list are; ``hit.rank`` is where it would stand among them (from 1).
    hits : int
        How many hits that list has; 0 if nothing was searched yet.
    own_rank : int or None
        Rank of the best hit that is of this very compound, None if there is none.
    in_libraries : tuple of str
        Libraries that hold a measured spectrum of the compound.
    unexplained, missing : tuple of UnmatchedPeak
        The strongest peaks of the unknown that the prediction lacks, and those of the prediction that the unknown lacks.
    mass_difference_da : int or None
        Molecular mass of the structure less that of the unknown, if that is known.
    sentences : tuple of str
        The same in words, what matters most first.
    """

    prediction: Prediction
    hit: Hit
    hits: int
    own_rank: int | None
    in_libraries: tuple[str, ...]
    unexplained: tuple[UnmatchedPeak, ...]
    missing: tuple[UnmatchedPeak, ...]
    mass_difference_da: int | None
    sentences: tuple[str, ...]
