"""Fits what an instrument makes of intensities to its own spectra, beside the networks."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.response import BOUNDS, IDENTITY, Response, respond
from bitspec_gui.ml.training import cosine_loss
from bitspec_gui.spectra.binning import BINS

_LOWEST_TREND_MZ = 20
_STEPS = 60


def fit(
    roots: Tensor,
    compounds: CompoundSet,
    *,
    ridge: float = 0.05,
    linear_share: float = 0.5,
    check: Callable[[], None] = lambda: None,
) -> Response:
    """Response that brings predictions nearest to what was measured.

    Parameters
    ----------
    roots : (C, 1000)
        Square roots of the intensities that a model predicts for the compounds.
    ridge : float
        Divided by C, holds the response near to the identity where there are few compounds.
    linear_share : float
        Of the loss; the rest is the cosine of square roots.
    check : callable
        Called at every step, and may raise.
    """
    recorded = recorded_range(compounds)
    change = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.LBFGS([change], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        check()
        optimizer.zero_grad()
        # Of square roots, half the exponents of intensities.
        responded = functional.normalize(respond(roots, 1 + change[0], change[1] / 2, recorded), dim=1)
        loss = cosine_loss(responded, compounds.targets, compounds.lowest_mz, linear_share)
        loss = loss + ridge / len(compounds) * change.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    power, trend = 1 + float(change.detach()[0]), float(change.detach()[1])
    if not (math.isfinite(power) and math.isfinite(trend)):
        return IDENTITY
    return Response(_within("power", power), _within("trend", trend), *recorded)


def recorded_range(compounds: CompoundSet) -> tuple[int, int]:
    """Lowest m/z that was recorded, and the m/z that a tenth of the compounds exceed: beyond it little speaks for a trend."""
    lowest = max(int(compounds.lowest_mz.min()), _LOWEST_TREND_MZ)
    masses = torch.tensor([float(features.nominal_mass) for features in compounds.features])
    return lowest, min(BINS, max(lowest, int(torch.quantile(masses, 0.9))))


def _within(name: str, value: float) -> float:
    least, most = BOUNDS[name]
    return min(max(value, least), most)
