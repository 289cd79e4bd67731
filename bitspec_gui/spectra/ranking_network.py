"""The small networks behind the ranking of hits: features of a candidate in, log-odds out; in numpy, with their gradient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MOST_SPREADS = 6.0
"""Standardised features are held within this, so that no absurd spectrum leaves the range that was learned."""

_DIGITS = 6


@dataclass(frozen=True, eq=False)
class RankingNetwork:
    """One hidden layer (SiLU) and a direct path: ``odds = direct.z + output.silu(hidden z + bias)``, z standardised features.

    Attributes
    ----------
    mean, spread : (F,) float32
        By which features are standardised.
    hidden : (F, H) float32
    bias, output : (H,) float32
    direct : (F,) float32
    absent : (1,) float32
        Log-odds of "not in the library", on the same scale.
    """

    mean: Floats
    spread: Floats
    hidden: Floats
    bias: Floats
    output: Floats
    direct: Floats
    absent: Floats

    def standardised(self, values: Floats) -> Floats:
        """Features (..., F) on the scale that the network takes."""
        return np.asarray(np.clip((values - self.mean) / self.spread, -MOST_SPREADS, MOST_SPREADS), dtype=np.float32)

    def odds(self, standardised: Floats) -> Floats:
        """Log-odds (...) of standardised features (..., F)."""
        inner = standardised @ self.hidden + self.bias
        return np.asarray(standardised @ self.direct + (inner * _sigmoid(inner)) @ self.output, dtype=np.float32)

    def as_lists(self) -> dict[str, Any]:
        """The numbers, for JSON, with 6 significant digits."""
        return {field.name: _rounded(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_lists(cls, lists: dict[str, Any], features: int) -> RankingNetwork:
        """From `as_lists`; raises ValueError, KeyError or TypeError if the numbers do not form a network."""
        arrays = {field.name: np.array(lists[field.name], dtype=np.float32) for field in fields(cls)}
        units = arrays["bias"].size
        shapes = {"hidden": (features, units), "bias": (units,), "output": (units,), "absent": (1,)}
        for name, array in arrays.items():
            if array.shape != shapes.get(name, (features,)) or not np.isfinite(array).all():
                raise ValueError(f"the numbers of {name} are not those of a network")
        if not (arrays["spread"] > 0).all():
            raise ValueError("a feature has no spread")
        return cls(**arrays)


def mean_of(networks: Sequence[RankingNetwork], values: Floats) -> tuple[NDArray[np.float64], float]:
    """Mean log-odds (K,) of candidates with features (K, F), and of "not in the library"."""
    odds = np.mean([network.odds(network.standardised(values)) for network in networks], axis=0, dtype=np.float64)
    return np.asarray(odds, dtype=np.float64), float(np.mean([network.absent[0] for network in networks], dtype=np.float64))


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -40, 40))), dtype=np.float32)


def _rounded(array: Floats) -> Any:
    return np.vectorize(lambda value: float(f"{value:.{_DIGITS}g}"), otypes=[np.float64])(array).tolist()
