"""Whether an instrument's response is worth having: only if it helps compounds that it was not fitted on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from torch import Tensor

from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.finetuning.replay import subset
from bitspec_gui.ml.finetuning.response import fit
from bitspec_gui.ml.finetuning.scoring import cosines
from bitspec_gui.ml.finetuning.splits import shuffled
from bitspec_gui.ml.response import IDENTITY, Response

FOLDS = 3

LEAST_GAIN = 0.003
"""Mean rise of the cosine that a response must bring, beside one standard error (study of fine-tuning, EXPERIMENTS.md)."""

MOST_FITTED = 200
"""Compounds that two numbers are fitted to; more change nothing but the time."""


def choose_response(
    together: Tensor, compounds: CompoundSet, known: Response | None, seed: int, check: Callable[[], None]
) -> Response | None:
    """The response to be used, fitted to all compounds; `known`, which the base has, if a new one brings nothing.

    Parameters
    ----------
    together : (C, 1000)
        Square roots of intensities as the base predicts them, without a response.
    """
    names = shuffled(compounds.connectivities, seed)
    if len(names) < FOLDS:
        return known
    gains = np.zeros(len(compounds))
    before = cosines((known or IDENTITY).on_roots(together), compounds)
    for fold in range(FOLDS):
        held = set(names[fold::FOLDS])
        test = [row for row, name in enumerate(compounds.connectivities) if name in held]
        fitted = _fit(together, compounds, [name for name in names if name not in held], check)
        part = subset(compounds, test)
        gains[test] = cosines(fitted.on_roots(together[test]), part) - before[test]
    error = gains.std() / np.sqrt(len(names))
    if gains.mean() <= max(error, LEAST_GAIN):
        return known
    return _fit(together, compounds, names, check)


def _fit(together: Tensor, compounds: CompoundSet, names: list[str], check: Callable[[], None]) -> Response:
    chosen = set(names[:MOST_FITTED])
    rows = [row for row, name in enumerate(compounds.connectivities) if name in chosen][: 2 * MOST_FITTED]
    check()
    return fit(together[rows], subset(compounds, rows), check=check)
