"""What is read from a GC-MS run: traces of ions, the spectrum of some scans less their background, and its peaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.run import Run
from bitspec_gui.domain.spectrum import Spectrum

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MOST_IONS = 12
UNIT_MASS_STEP_DA = 0.3
"""Peaks of one scan hardly ever lie closer together in a run of unit mass resolution."""

ACCURATE_DA = 0.01
ACCURATE_PPM = 20.0
"""Peaks of different scans of an accurate-mass run are the same one if no gap between them exceeds the larger of both."""

LEAST_PERCENT = 0.05
"""Peaks below this percentage of the base peak are left out of averaged spectra; they are noise."""

_MZ_DECIMALS = 5

_ION = re.compile(
    r"(?P<low>[0-9]+(?:\.[0-9]+)?)\s*(?:(?:±|\+\s*/?\s*-)\s*(?P<tolerance>[0-9]+(?:\.[0-9]+)?)|[-–]\s*(?P<high>[0-9]+(?:\.[0-9]+)?))?"
)
_BETWEEN_IONS = re.compile(r"[,;]\s*|(?<=[0-9])\s+(?=[0-9])")


@dataclass(frozen=True)
class MassWindow:
    """m/z from ``low`` to below ``high``, in Da, as ``label`` says it."""

    low: float
    high: float
    label: str


@dataclass(frozen=True)
class ChromatogramPeak:
    """A peak of a trace: the scans at its top, and where it begins and ends (both included)."""

    apex: int
    first: int
    last: int
    height: float


def mass_windows(text: str) -> tuple[MassWindow, ...]:
    """Ions as they are typed: "57, 71, 85", "57.07±0.02", "57.07+-0.02" or "50-60".

    A number without decimals means that unit mass, 56.5 to 57.5; one with decimals means half of its last place.

    Raises
    ------
    SpectrumError
        If a part is no m/z; the sentence names it.
    """
    parts = [part for part in _BETWEEN_IONS.split(text.strip()) if part.strip()]
    if len(parts) > MOST_IONS:
        raise SpectrumError(f"At most {MOST_IONS} ions are drawn at a time; these are {len(parts)}.")
    return tuple(dict.fromkeys(_window(part.strip()) for part in parts))


def _window(part: str) -> MassWindow:
    found = _ION.fullmatch(part)
    if found is None:
        raise SpectrumError(f"“{part[:30]}” is no m/z. Type ions as 57, 57.07±0.02 or 50-60.")
    low, tolerance, high = found["low"], found["tolerance"], found["high"]
    if high is not None:
        first, last = float(low) - _half_place(low), float(high) + _half_place(high)
        if float(high) <= float(low):
            raise SpectrumError(f"“{part[:30]}” ends before it begins.")
        return MassWindow(first, last, f"{low}–{high}")
    reach = _half_place(low) if tolerance is None else float(tolerance)
    if reach <= 0:
        raise SpectrumError(f"“{part[:30]}” allows no difference at all, so no peak would ever be found.")
    return MassWindow(float(low) - reach, float(low) + reach, low if tolerance is None else f"{low}±{tolerance}")


def _half_place(number: str) -> float:
    """Half of a number's last decimal: 0.5 for "57", 0.005 for "57.07"."""
    return float(0.5 * 10.0 ** -len(number.partition(".")[2]))


def extracted_ion(run: Run, window: MassWindow) -> FloatArray:
    """Intensity of the peaks in a window, scan by scan, (S,) float64."""
    inside = np.flatnonzero((run.mz >= np.float32(window.low)) & (run.mz < np.float32(window.high)))
    scans = np.searchsorted(run.starts, inside, side="right") - 1
    return np.bincount(scans, weights=run.intensity[inside], minlength=run.scans).astype(np.float64)


def is_unit_mass(run: Run) -> bool:
    """Whether the peaks of a run are resolved to unit masses only, as those of a quadrupole or an ion trap."""
    part = run.mz[:2_000_000].astype(np.float64)
    step = np.diff(part)
    step = step[step > 0]
    return not step.size or float((step < UNIT_MASS_STEP_DA).mean()) < 0.02


def averaged_spectrum(
    run: Run, first: int, last: int, background: Sequence[tuple[int, int]] = (), *, unit_mass: bool | None = None
) -> Spectrum:
    """Mean spectrum of some scans, less that of others.

    Parameters
    ----------
    first, last : int
        Scans to average, both included.
    background : sequence of (int, int)
        Ranges of scans, both ends included, whose mean is subtracted, for example before and after a peak.
    unit_mass : bool, optional
        What `is_unit_mass` says, if it is known already.

    Returns
    -------
    Spectrum
        Mean intensities. Peaks of different scans are one peak, at their intensity-weighted mean m/z, if they belong to the same
        unit mass or, in accurate-mass runs, lie as close as `ACCURATE_DA` and `ACCURATE_PPM` say. A single scan without
        background is given as it was recorded.

    Raises
    ------
    SpectrumError
        If the scans have no peaks, or none is left after the subtraction.
    """
    if first == last and not background:
        return run.scan(first)
    mz, share, signal = _pooled(run, first, last, background)
    if not signal.any():
        raise SpectrumError(f"{_scans_in_words(first, last)} no peaks.")
    unit = is_unit_mass(run) if unit_mass is None else unit_mass
    group = _groups(mz, unit)
    weight = np.where(signal, share, 0.0)
    above = np.bincount(group, weights=weight).astype(np.float64)
    centre = np.bincount(group, weights=weight * mz) / np.where(above > 0, above, 1.0)
    left = np.bincount(group, weights=share).astype(np.float64)
    kept = (above > 0) & (left > 0)
    kept &= left >= LEAST_PERCENT / 100.0 * left[kept].max(initial=0.0)
    if not kept.any():
        raise SpectrumError("Nothing is left when the background is subtracted. Choose scans on a peak, or another background.")
    return Spectrum(np.round(centre[kept], _MZ_DECIMALS), left[kept])


def _pooled(
    run: Run, first: int, last: int, background: Sequence[tuple[int, int]]
) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Peaks of all scans by m/z, what each adds to the result, and whether it is one of the signal."""
    parts = [_peaks(run, first, last)]
    shares = [parts[0][1] / (last - first + 1)]
    behind = [_peaks(run, low, high) for low, high in background]
    scans = sum(high - low + 1 for low, high in background)
    shares += [-intensity / scans for _, intensity in behind]
    mz = np.concatenate([part[0] for part in (*parts, *behind)])
    share = np.concatenate(shares)
    order = np.argsort(mz, kind="stable")
    return mz[order], share[order], (np.arange(mz.size) < parts[0][0].size)[order]


def _peaks(run: Run, first: int, last: int) -> tuple[FloatArray, FloatArray]:
    if not 0 <= first <= last < run.scans:
        raise IndexError(f"scans {first} to {last} of {run.scans}")
    part = slice(int(run.starts[first]), int(run.starts[last + 1]))
    return run.mz[part].astype(np.float64), run.intensity[part].astype(np.float64)


def _groups(mz: FloatArray, unit_mass: bool) -> IntArray:
    """Which peak each point belongs to, from 0; `mz` ascends."""
    if unit_mass:
        apart = np.diff(np.floor(mz + 0.5)) > 0
    else:
        apart = np.diff(mz) > np.maximum(ACCURATE_DA / 2, ACCURATE_PPM * 1e-6 * mz[1:])
    return np.concatenate([[0], np.cumsum(apart)]).astype(np.int64)


def _scans_in_words(first: int, last: int) -> str:
    return f"Scan {first + 1} has" if first == last else f"Scans {first + 1} to {last + 1} have"


def scan_at(run: Run, time_min: float) -> int:
    """The scan recorded nearest to a time."""
    after = int(np.searchsorted(run.time_min, time_min))
    if after == 0:
        return 0
    if after == run.scans:
        return run.scans - 1
    return after if run.time_min[after] - time_min < time_min - run.time_min[after - 1] else after - 1


def apex_near(trace: FloatArray, scan: int, reach: int = 5) -> int:
    """Top of the hill on which a scan stands: uphill from it, looking `reach` scans ahead over small dips."""
    at = int(scan)
    while True:
        low, high = max(0, at - reach), min(trace.size, at + reach + 1)
        best = low + int(np.argmax(trace[low:high]))
        if trace[best] <= trace[at]:
            return at
        at = best


def noise_of(trace: FloatArray) -> float:
    """Standard deviation of a trace's noise, from the median size of its second differences, in which slopes vanish."""
    if trace.size < 4:
        return 0.0
    return float(1.4826 * np.median(np.abs(np.diff(trace, n=2))) / np.sqrt(6.0))


def find_peaks(trace: FloatArray, *, signal_to_noise: float = 10.0, least_percent: float = 0.1) -> tuple[ChromatogramPeak, ...]:
    """Peaks of a trace, from left to right.

    A peak is a maximum that rises above the valleys on both sides by `signal_to_noise` times the noise and by `least_percent` of
    the trace's range. It begins and ends where the trace has come down to a twentieth of that rise, or in the valley.
    """
    if trace.size < 3:
        return ()
    span = float(trace.max() - trace.min())
    rise = max(signal_to_noise * noise_of(trace), least_percent / 100.0 * span)
    if rise <= 0:
        return ()
    tops, valleys = _turning_points(trace, rise)
    peaks = []
    for top, left, right in zip(tops, valleys[:-1], valleys[1:], strict=True):
        foot = max(float(trace[left]), float(trace[right]))
        low = foot + 0.05 * (float(trace[top]) - foot)
        before = np.flatnonzero(trace[left : top + 1] <= low)
        after = np.flatnonzero(trace[top : right + 1] <= low)
        first = left + int(before[-1]) if before.size else left
        last = top + int(after[0]) if after.size else right
        peaks.append(ChromatogramPeak(top, first, last, float(trace[top]) - foot))
    return tuple(peaks)


def _turning_points(trace: FloatArray, rise: float) -> tuple[list[int], list[int]]:
    """Maxima that stand `rise` above the minima on both sides, and the minima: one before each maximum, one after the last."""
    values = trace.tolist()
    tops: list[int] = []
    between: list[int] = []
    low = high = 0
    climbing = True
    for at, value in enumerate(values):
        if climbing:
            if value > values[high]:
                high = at
            elif value <= values[high] - rise:
                tops.append(high)
                low, climbing = at, False
        elif value < values[low]:
            low = at
        elif value >= values[low] + rise:
            between.append(low)
            high, climbing = at, True
    if not tops:
        return [], []
    before = int(np.argmin(trace[: tops[0] + 1]))
    after = tops[-1] + int(np.argmin(trace[tops[-1] : between[-1] + 1 if len(between) == len(tops) else None]))
    valleys = [before, *between[: len(tops) - 1], after]
    if values[tops[0]] < values[before] + rise:
        # The run begins on the way down, for example from the solvent: that is no peak.
        return tops[1:], valleys[1:]
    return tops, valleys
