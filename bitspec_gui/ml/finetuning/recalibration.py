"""Confidence of a tuned version, from how well held-out compounds and unseen public ones were predicted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.ml.confidence import ConfidenceModel

FEWEST, FEWEST_PUBLIC = 10, 100
"""Own compounds, and public ones, below which they say too little."""

_HELD_NEAR = 5.0
"""Weight, in compounds, of offset 0 and slope 1."""

_STEPS = 50


@dataclass(frozen=True)
class Evidence:
    """Evidence (C, 6) of predictions (`ml.confidence.EVIDENCE`) and the cosines (C,) that they reached."""

    values: NDArray[np.float64]
    cosines: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.cosines)


def recalibrated(base: ConfidenceModel | None, own: Evidence, public: Evidence | None) -> ConfidenceModel | None:
    """Confidence of a tuned version: that of its base, moved and stretched by offset and slope of its logit.

    It is fitted to own compounds and public ones that nobody learned from, both weighing the same, or to either of them if the
    other ones are too few; with too few of both it stays that of the base. A model of all the evidence, fitted anew to so few,
    was too sure of everything else: tuned on 80 compounds of a laboratory that the base predicts at 0.93, it promised 0.91 of
    149 unseen public compounds, which reached 0.80 (mean absolute error 0.135, correlation 0.35); moved like this the base's has
    0.122 and 0.52, before 0.131 and 0.52.

    Parameters
    ----------
    own, public : Evidence
        Of compounds that neither the base nor the tuning has learned from: on others every model looks too good.
    """
    usable = [own] if len(own) >= FEWEST else []
    if public is not None and len(public) >= FEWEST_PUBLIC:
        usable.append(public)
    if not usable:
        return base
    count = sum(len(each) for each in usable)
    together = Evidence(np.concatenate([each.values for each in usable]), np.concatenate([each.cosines for each in usable]))
    weights = np.concatenate([np.full(len(each), count / len(usable) / len(each)) for each in usable])
    if base is not None:
        return moved(base, together, weights)
    return ConfidenceModel.calibrated(together.values, together.cosines, weights) if len(together) >= FEWEST_PUBLIC else None


def moved(base: ConfidenceModel, found: Evidence, weights: NDArray[np.float64]) -> ConfidenceModel:
    """The base's confidence with another offset and slope of its logit, held near to 0 and 1 where there is little evidence."""
    expected = np.clip(base(found.values), 1e-6, 1 - 1e-6)
    logit = np.log(expected / (1 - expected))
    terms = np.stack([np.ones_like(logit), logit], axis=1)
    values = np.array([0.0, 1.0])
    for _ in range(_STEPS):
        now = 1 / (1 + np.exp(-terms @ values))
        gradient = terms.T @ (weights * (now - found.cosines)) + _HELD_NEAR * (values - np.array([0.0, 1.0]))
        curvature = (terms * (weights * now * (1 - now))[:, None]).T @ terms + _HELD_NEAR * np.eye(2)
        values = values - np.linalg.solve(curvature, gradient)
    offset, slope = values
    scaled = np.array(base.weights) * slope
    scaled[0] += offset
    return replace(base, weights=tuple(round(float(value), 6) for value in scaled))
