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
    """Confidence of a tuned version.

    With public compounds that nobody learned from, it is fitted anew to both, own and public ones weighing the same; without, the
    base's is moved and stretched by offset and slope of its logit. On a study of one laboratory the first had a mean absolute
    error of 0.154, the second of 0.161, the base's own 0.192 (resources/models/EXPERIMENTS.md). With too few own ones it is
    fitted to many public ones alone, or stays that of the base.

    Parameters
    ----------
    own, public : Evidence
        Of compounds that neither the base nor the tuning has learned from: on others every model looks too good.
    """
    if len(own) < FEWEST:
        many = public is not None and len(public) >= FEWEST_PUBLIC
        return ConfidenceModel.calibrated(public.values, public.cosines) if many and public is not None else base
    if public is not None and len(public) >= FEWEST_PUBLIC:
        weights = np.concatenate([np.full(len(each), 0.5 / len(each)) for each in (own, public)])
        return ConfidenceModel.calibrated(
            np.concatenate([own.values, public.values]),
            np.concatenate([own.cosines, public.cosines]),
            weights * (len(own) + len(public)),
        )
    return base and moved(base, own)


def moved(base: ConfidenceModel, own: Evidence) -> ConfidenceModel:
    """The base's confidence with another offset and slope of its logit, held near to 0 and 1 where there is little evidence."""
    expected = np.clip(base(own.values), 1e-6, 1 - 1e-6)
    logit = np.log(expected / (1 - expected))
    terms = np.stack([np.ones_like(logit), logit], axis=1)
    values = np.array([0.0, 1.0])
    for _ in range(_STEPS):
        now = 1 / (1 + np.exp(-terms @ values))
        gradient = terms.T @ (now - own.cosines) + _HELD_NEAR * (values - np.array([0.0, 1.0]))
        curvature = (terms * (now * (1 - now))[:, None]).T @ terms + _HELD_NEAR * np.eye(2)
        values = values - np.linalg.solve(curvature, gradient)
    offset, slope = values
    weights = np.array(base.weights) * slope
    weights[0] += offset
    return replace(base, weights=tuple(round(float(value), 6) for value in weights))
