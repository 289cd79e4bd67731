"""Which method is the one to use unless someone chooses, by a rule that is applied to what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bitspec_gui.services.explanation_evaluation import PEAKS, Evaluation

MOST_SECONDS = 2.0
"""Median time of an explanation of a method that may be the usual one."""

LEAST_STABILITY = 0.99
"""Rank correlation of scores with those from another seed, and of the atoms in another order, that the usual one has."""

RULE = (
    f"A method may be the usual one if it answers within {MOST_SECONDS:g} s (median), if another seed or order of atoms gives "
    f"the same scores (rank correlation {LEAST_STABILITY:g}), and if its gain over random orders of atoms is above 0 with all of "
    "its 95 % interval: the prediction does rest on the atoms that it points at. Of these, the one that hits most textbook cases "
    "wins for peaks, since it should name the atoms of the ion; of equals, the one of the larger gain. For whole spectra, of "
    "which no textbook says where they come from, the larger gain decides alone."
)
"""The rule in words; how it came about stands in ``resources/models/explanations.md``."""


@dataclass(frozen=True)
class Standing:
    """What counts of one method: hit rate (0..1; 0 for whole spectra), mean gain, and whether it may win."""

    hit_rate: float
    gain: float
    may_win: bool


@dataclass(frozen=True)
class Choice:
    """The method that wins for one kind of target (None if none may), and how all of them stand, by name."""

    target: str
    winner: str | None
    standings: Mapping[str, Standing]


def choose(evaluation: Evaluation, target: str, half: str | None) -> Choice:
    """Apply the rule to what was measured.

    Parameters
    ----------
    target : str
        `PEAKS` or `SPECTRUM` of `services.explanation_evaluation`.
    half : str or None
        Half of the table of cases that counts for peaks; None for all of it.
    """
    standings = {way.name: _standing(evaluation, way.name, target, half) for way in evaluation.ways}
    able = [name for name, standing in standings.items() if standing.may_win]
    winner = max(able, key=lambda name: (standings[name].hit_rate, standings[name].gain), default=None)
    return Choice(target, winner, standings)


def _standing(evaluation: Evaluation, name: str, target: str, half: str | None) -> Standing:
    hit_rate = evaluation.hit_rate(name, half) if target == PEAKS else 0.0
    gain, seconds = evaluation.interval(name, target, "gain"), evaluation.seconds(name, target)
    if gain is None:
        return Standing(hit_rate, 0.0, may_win=False)
    stabilities = [evaluation.interval(name, target, figure) for figure in ("other_seed", "other_order")]
    stable = all(each is None or each.mean >= LEAST_STABILITY for each in stabilities)
    return Standing(hit_rate, gain.mean, may_win=stable and gain.low > 0 and float(np.median(seconds)) <= MOST_SECONDS)
