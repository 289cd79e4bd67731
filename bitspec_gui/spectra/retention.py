"""What a retention index says for or against a hit.

The penalty has the form of that of NIST's search program: nothing within the tolerance, then so much a step beyond it, up to a
bound. Errors of retention indices have heavy tails (typing errors, another phase, alkanes or FAMEs as the scale), so a penalty
that grew without bound, like that of a normal distribution, would throw away right hits for a wrong number in a library. The
ranking takes the logarithm of the factor as evidence (`ranking.RI_POWER`), where the bound is odds of 1 in 256.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEAST_FACTOR = 0.5
"""A retention index alone never takes more than half of a score: libraries hold wrong ones, and those of other phases."""

STEPS_TO_LEAST = 6.0
"""Tolerances beyond the first one after which the factor is the least."""


def retention_factor(difference: NDArray[np.float32], tolerance: float) -> NDArray[np.float32]:
    """Factor on a score for a difference of retention indices.

    Parameters
    ----------
    difference : (K,) float32
        Library's less the unknown's, in index units; NaN where either is missing.
    tolerance : float
        Difference up to which the factor is 1.

    Returns
    -------
    (K,) float32
        1 within the tolerance and where the difference is NaN, then falling linearly to `LEAST_FACTOR` over
        `STEPS_TO_LEAST` further tolerances.
    """
    beyond = np.abs(np.nan_to_num(difference, nan=0.0)) / max(tolerance, 1e-6) - 1.0
    fall = np.clip(beyond / STEPS_TO_LEAST, 0.0, 1.0)
    return np.asarray(1.0 - (1.0 - LEAST_FACTOR) * fall, dtype=np.float32)
