"""What a spectrum view is asked to show, and the sticks that come of it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.annotation import PeakAnnotation
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.spectra.binning import to_bins

FloatArray = NDArray[np.float64]


_ROUNDED_BELOW_DA = 500.0


class ViewMode(Enum):
    """How the two spectra stand to each other."""

    MIRROR = "mirror"
    TOP_ONLY = "top only"
    DIFFERENCE = "difference"
    REVERSE = "reverse"


class LabelMode(Enum):
    """What the labels of peaks say; the values are those of the settings file."""

    MZ = "mz"
    FORMULA = "formula"
    LOSS = "loss"


@dataclass(frozen=True)
class SpectrumContent:
    """One spectrum, or two to compare. ``molecular_mass`` is the nominal mass (Da) of M, None if unknown.

    ``annotations`` say what the peaks of a predicted top spectrum are made of, as far as that is known. An unknown on top
    (``top_is_unknown``) has a colour of its own; ``bottom_is_measured`` is False for a predicted library spectrum.
    """

    top: Spectrum
    top_title: str
    bottom: Spectrum | None = None
    bottom_title: str = ""
    molecular_mass: int | None = None
    top_is_measured: bool = False
    annotations: tuple[PeakAnnotation, ...] = ()
    top_is_unknown: bool = False
    bottom_is_measured: bool = True


@dataclass(frozen=True)
class Sticks:
    """A series to draw: m/z (P,), signed height in % of the base peak (P,), negative = below the axis."""

    mz: FloatArray
    height: FloatArray
    measured: bool
    unknown: bool = False

    def __len__(self) -> int:
        return int(self.mz.size)


def percent_of_base_peak(spectrum: Spectrum) -> FloatArray:
    """Intensities (P,) with the base peak at 100."""
    top = float(spectrum.intensity.max())
    return np.asarray(spectrum.intensity * (100.0 / top if top > 0 else 0.0), dtype=np.float64)


def sticks_of(content: SpectrumContent | None, mode: ViewMode) -> list[Sticks]:
    """Series to draw for a content in a mode; the difference is top less bottom on unit-mass bins.

    The reverse view leaves out the peaks of the top spectrum that the bottom one lacks, as a reverse search does.
    """
    if content is None:
        return []
    measured, unknown = content.top_is_measured or content.top_is_unknown, content.top_is_unknown
    top = Sticks(content.top.mz, percent_of_base_peak(content.top), measured, unknown)
    if content.bottom is None or mode is ViewMode.TOP_ONLY:
        return [top]
    if mode is not ViewMode.DIFFERENCE:
        bottom = Sticks(content.bottom.mz, -percent_of_base_peak(content.bottom), content.bottom_is_measured)
        if mode is ViewMode.REVERSE:
            shared = np.isin(unit_mz(top.mz), unit_mz(bottom.mz[bottom.height < 0]))
            top = Sticks(top.mz[shared], top.height[shared], measured, unknown)
        return [top, bottom]
    difference = 100.0 * (to_bins(content.top).astype(np.float64) - to_bins(content.bottom))
    mz = np.arange(1, difference.size + 1, dtype=np.float64)
    more, less = difference >= 0.05, difference <= -0.05
    return [
        Sticks(mz[more], difference[more], measured, unknown),
        Sticks(mz[less], difference[less], content.bottom_is_measured),
    ]


def unit_mz(mz: FloatArray) -> NDArray[np.int64]:
    """The unit m/z (P,) that peaks belong to."""
    return np.floor(mz + 0.5).astype(np.int64)


def mz_range(content: SpectrumContent | None) -> tuple[float, float]:
    """m/z from and to which a content is shown whole."""
    if content is None:
        return 0.0, 200.0
    arrays = [content.top.mz] + ([content.bottom.mz] if content.bottom is not None else [])
    low = min(float(mz.min()) for mz in arrays)
    high = max(float(mz.max()) for mz in arrays)
    if content.molecular_mass is not None:
        high = max(high, content.molecular_mass + 2.0)
    margin = max(4.0, 0.04 * (high - low))
    return max(0.0, low - margin), high + margin


def nominal_mass_of(record: SpectrumRecord) -> int | None:
    """Nominal mass (Da) as recorded, or rounded from the exact mass where the mass defect leaves no doubt; else None."""
    if record.nominal_mass is not None:
        return record.nominal_mass
    exact = record.exact_mass
    return round(exact) if exact is not None and exact < _ROUNDED_BELOW_DA and abs(exact - round(exact)) < 0.4 else None


def measured_mz_at(content: SpectrumContent | None, mz: int) -> float | None:
    """m/z of the largest peak of the bottom spectrum at a unit m/z, None if it has none there."""
    if content is None or content.bottom is None:
        return None
    there = np.flatnonzero(np.floor(content.bottom.mz + 0.5) == mz)
    if not there.size:
        return None
    return float(content.bottom.mz[there[np.argmax(content.bottom.intensity[there])]])


def mz_text(mz: float) -> str:
    """m/z as a label: whole where it is whole, else with two decimals."""
    return f"{mz:.0f}" if abs(mz - round(mz)) < 0.005 else f"{mz:.2f}"


def loss_text(mz: float, molecular_mass: int | None) -> str:
    """Loss from the molecular ion in Da, for example ``M − 15``; empty above M or where M is unknown."""
    if molecular_mass is None:
        return ""
    loss = molecular_mass - round(mz)
    if loss == 0:
        return "M"
    return f"M − {loss}" if loss > 0 else f"M + {-loss}" if loss >= -4 else ""
