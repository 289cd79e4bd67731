"""What a study of fine-tuning comes to: gain and forgetting by laboratory, size and strategy, and whether the aims are met."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bitspec_gui.domain.tuning import Strategy
from bitspec_gui.domain.tuning_study import PROPOSED, StudyCell
from bitspec_gui.domain.verdict import WORTH_HAVING, Judgement

STRATEGIES = tuple(strategy.value for strategy in Strategy)

NEAR_BEST = 0.01
"""By how much the proposed strategy may be behind the best one."""

ROUNDING = 1e-9

TIMED = "time"
"""Laboratory that shows how long a fine-tuning takes; it is in no other figure."""


@dataclass(frozen=True, order=True)
class Place:
    """A laboratory and a number of compounds."""

    laboratory: str
    size: int


@dataclass(frozen=True)
class Entry:
    """A strategy at a place, as the mean over draws of compounds; ``low`` and ``high`` are means of the intervals' ends."""

    gain: float
    low: float
    high: float
    forgetting: float
    with_response: float
    cpu_s: float
    draws: int


@dataclass(frozen=True)
class Agreement:
    """A verdict that a user would be told beside the truth: gain on the laboratory's compounds that nobody looked at.

    ``covered``: the interval that was told holds the truth. ``consistent``: both differ by no more than two samples of
    compounds do, as the truth is known from a sample only, too.
    """

    cell: StudyCell
    covered: bool
    consistent: bool
    wrong: str


class StudySummary:
    """Figures of a study.

    Parameters
    ----------
    cells : iterable of StudyCell
    """

    def __init__(self, cells: Iterable[StudyCell]) -> None:
        every = list(cells)
        self.cells = [cell for cell in every if cell.key.laboratory != TIMED]
        self.timed = [cell for cell in every if cell.key.laboratory == TIMED]

    @cached_property
    def places(self) -> list[Place]:
        """Laboratories in the order in which they were measured, each with its sizes."""
        laboratories = list(dict.fromkeys(cell.key.laboratory for cell in self.cells))
        found = {Place(cell.key.laboratory, cell.key.size) for cell in self.cells}
        return sorted(found, key=lambda place: (laboratories.index(place.laboratory), place.size))

    @cached_property
    def _entries(self) -> dict[tuple[Place, str], Entry]:
        grouped: dict[tuple[Place, str], list[StudyCell]] = {}
        for cell in self.cells:
            grouped.setdefault((Place(cell.key.laboratory, cell.key.size), cell.key.strategy), []).append(cell)
        return {key: _entry(found) for key, found in grouped.items()}

    def entry(self, place: Place, strategy: str) -> Entry | None:
        """What a strategy came to at a place; None if it was not measured."""
        return self._entries.get((place, strategy))

    def best(self, place: Place) -> tuple[str, Entry] | None:
        """The strategy with the largest gain, whatever it forgets; None if none was measured."""
        found = [(name, entry) for name in STRATEGIES if (entry := self.entry(place, name)) is not None]
        return max(found, key=lambda pair: pair[1].gain) if found else None

    def behind(self, place: Place) -> float | None:
        """By how much what is proposed is behind the best strategy; None if either was not measured."""
        proposed, best = self.entry(place, PROPOSED), self.best(place)
        return best[1].gain - proposed.gain if proposed is not None and best is not None else None

    @property
    def near_best(self) -> tuple[int, int]:
        """At how many places what is proposed is near the best, and of how many."""
        known = [behind for place in self.places if (behind := self.behind(place)) is not None]
        return sum(behind <= NEAR_BEST + ROUNDING for behind in known), len(known)

    @cached_property
    def agreements(self) -> list[Agreement]:
        """Verdicts of proposed fine-tunings beside the truth."""
        return [_agreement(cell) for cell in self.cells if cell.told is not None]


def _entry(cells: list[StudyCell]) -> Entry:
    values = [
        (cell.gain.mean, cell.gain.low, cell.gain.high, cell.forgetting, cell.public_with_response, cell.cpu_s) for cell in cells
    ]
    gain, low, high, forgetting, responded, cpu_s = np.mean(values, axis=0).tolist()
    return Entry(gain, low, high, forgetting, responded, cpu_s, len(cells))


def _agreement(cell: StudyCell) -> Agreement:
    told = cell.told
    if told is None:
        raise ValueError(f"nothing was told of {cell.key}")
    truth = cell.gain.mean
    wrong = ""
    if told.judgement in (Judgement.BETTER, Judgement.BETTER_BUT_FORGETS) and truth <= 0:
        wrong = "said to be better, and is not"
    elif told.judgement in (Judgement.NO_GAIN, Judgement.WORSE) and truth >= WORTH_HAVING:
        wrong = "a gain was overlooked"
    sides = [(each.high - each.low) / 2 for each in (told.gain, cell.gain)]
    consistent = abs(told.gain.mean - truth) <= math.hypot(*sides)
    return Agreement(cell, told.gain.low <= truth <= told.gain.high, consistent, wrong)
