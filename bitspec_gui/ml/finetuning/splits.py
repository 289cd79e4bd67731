"""Which compounds a training learns from, which tell it when to stop, and which judge it: by compound, the same every time."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.tuning_defaults import FEWEST_COMPOUNDS

FEWEST_NEW = 10
"""Compounds that the base has not learned from, which alone are held out in turn if there are so many."""


@dataclass(frozen=True)
class Part:
    """Compounds of one training: to learn from, to stop early on, and held out for the verdict."""

    train: frozenset[str]
    val: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()


def shuffled(compounds: Iterable[str], seed: int) -> list[str]:
    """Compounds in an order that their names and the seed decide, whatever order they come in."""

    def place(compound: str) -> bytes:
        return hashlib.blake2b(f"{seed} {compound}".encode(), digest_size=16).digest()

    return sorted(set(compounds), key=place)


def parts_of(compounds: Sequence[str], settings: TuningSettings, known: Collection[str] = frozenset()) -> list[Part]:
    """Trainings whose held-out compounds make the verdict: one, or as many as there are folds.

    With folds nothing is taken away to stop early on: there is too little. The version that is handed out is then one more
    training, on all compounds.

    Parameters
    ----------
    known : collection of str
        Compounds that the base has learned from. Others are held out first; with folds these alone, if there are enough.

    Raises
    ------
    TrainingError
        If there are too few compounds to hold any out.
    """
    order = shuffled(compounds, settings.seed)
    if len(order) < FEWEST_COMPOUNDS:
        raise TrainingError(
            f"Fine-tuning needs spectra of at least {FEWEST_COMPOUNDS} different compounds, so that some can be held out to see "
            f"whether it helped. There are {len(order)}."
        )
    new = [compound for compound in order if compound not in known]
    if settings.folds > 1:
        judged = new if len(new) >= FEWEST_NEW else order
        folds = min(settings.folds, len(judged))
        held = [frozenset(judged[fold::folds]) for fold in range(folds)]
        return [Part(frozenset(order) - each, frozenset(), each) for each in held]
    count = min(len(order) - 2, max(1, round(len(order) * settings.held_out)))
    val = min(len(order) - count - 2, max(1, round(len(order) * settings.val))) if settings.val > 0 else 0
    held_out = frozenset([*new, *(compound for compound in order if compound in known)][:count])
    rest = [compound for compound in order if compound not in held_out]
    return [Part(frozenset(rest[val:]), frozenset(rest[:val]), held_out)]
