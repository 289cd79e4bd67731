"""What an instrument makes of intensities, in two numbers, beside the networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from bitspec_gui.spectra.binning import BINS

BOUNDS = {"power": (0.1, 10.0), "trend": (-20.0, 20.0)}
"""What a fit, or a model file, may say."""

_REFERENCE_MZ = 100.0
_SMALLEST = 1e-18
"""Stands for 0 where a logarithm is taken: far below what float32 can hold apart in a spectrum that adds up to 1."""


@dataclass(frozen=True)
class Response:
    """I' = I ** power * (m/z / 100) ** trend, with m/z held to the range that was recorded.

    ``power`` 1 and ``trend`` 0 change nothing, to the last bit. Networks cannot learn this and stay as good elsewhere: they would
    have to predict two spectra of one molecule. Here it can be switched off.
    """

    power: float = 1.0
    trend: float = 0.0
    lowest_mz: int = 1
    highest_mz: int = BINS

    @property
    def identity(self) -> bool:
        """Whether it changes nothing."""
        return self.power == 1.0 and self.trend == 0.0

    def on_roots(self, roots: Tensor) -> Tensor:
        """Square roots of intensities of unit length (B, 1000) -> those that the instrument records; zeros stay zeros."""
        if self.identity:
            return roots
        # Of square roots, half the exponents of intensities.
        bent = respond(roots, self.power, self.trend / 2, (self.lowest_mz, self.highest_mz))
        return functional.normalize(bent, dim=1)

    def on_intensities(self, intensity: Tensor) -> Tensor:
        """The same for intensities (B, 1000), not scaled; gradients are finite where an intensity is 0."""
        return intensity if self.identity else respond(intensity, self.power, self.trend, (self.lowest_mz, self.highest_mz))

    def as_json(self) -> dict[str, Any]:
        """Plain values for a model file."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Response:
        """Response of a model file.

        Raises
        ------
        ValueError
            If the values are missing, or no response that could have been fitted.
        """
        try:
            found = cls(float(values["power"]), float(values["trend"]), int(values["lowest_mz"]), int(values["highest_mz"]))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"the instrument's response lacks or garbles an entry: {error}") from error
        for name, (least, most) in BOUNDS.items():
            if not least <= getattr(found, name) <= most:
                raise ValueError(f"the instrument's response has a {name} of {getattr(found, name):g}")
        if not 1 <= found.lowest_mz <= found.highest_mz <= BINS:
            raise ValueError(f"the instrument's response is for m/z {found.lowest_mz} to {found.highest_mz}")
        return found


IDENTITY = Response()


def respond(values: Tensor, power: float | Tensor, trend: float | Tensor, recorded: tuple[int, int] = (1, BINS)) -> Tensor:
    """``values`` (B, 1000) to a power, times ``(m/z / 100) ** trend``, with m/z held to the range ``recorded``; 0 stays 0.

    ``power`` and ``trend`` may be tensors that are being fitted.
    """
    mz = torch.arange(1, BINS + 1, device=values.device, dtype=values.dtype).clamp(*recorded)
    exponent = torch.log(values.clamp(min=_SMALLEST)) * power + trend * torch.log(mz / _REFERENCE_MZ)
    return torch.where(values > 0, torch.exp(exponent), 0.0)
