"""Profile scans -> centroids: one peak for each hill between two valleys, without a model of the peak's shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

VALLEY = 0.75
"""Two maxima are two peaks if the valley between them lies below this share of the smaller one."""

GAP = 4.0
"""Points further apart than this many times the nearer neighbour's distance belong to different peaks."""

PROFILE_SPACING_DA = 0.15
_FEWEST_POINTS = 200


def looks_like_profile(mz: FloatArray, starts: IntArray) -> bool:
    """Whether scans of a file that does not say are profiles: most points lie closer together than peaks of any quadrupole.

    Parameters
    ----------
    mz : (P,) float64
        Points of all scans, scan after scan.
    starts : (S + 1,) int64
        Where the scans begin.
    """
    if mz.size < _FEWEST_POINTS or mz.size < 20 * (starts.size - 1):
        return False
    step = np.diff(mz[:1_000_000])
    step = step[step > 0]
    return bool(step.size and (step < PROFILE_SPACING_DA).mean() > 0.7)


def centroids_of_scans(mz: FloatArray, intensity: FloatArray, starts: IntArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Centroids of profile scans.

    Parameters
    ----------
    mz : (P,) float64
        m/z of the points in Da, ascending within a scan.
    intensity : (P,) float64
        > 0; points of intensity 0 may have been left out.
    starts : (S + 1,) int64
        Points of scan ``s`` are ``starts[s]:starts[s + 1]``.

    Returns
    -------
    mz, intensity : (C,) float64
        The intensity-weighted mean m/z of the points of a peak, and their sum, so that the total ion current stays what it was.
    starts : (S + 1,) int64
        Where the scans begin among the centroids.
    """
    if mz.size == 0:
        return mz, intensity, starts
    scan = np.repeat(np.arange(starts.size - 1), np.diff(starts))
    first = _peak_starts(mz, intensity, scan)
    peak = np.cumsum(first) - 1
    height = np.bincount(peak, weights=intensity).astype(np.float64)
    centre = np.bincount(peak, weights=mz * intensity) / height
    peaks_of_scan = np.bincount(scan[first], minlength=starts.size - 1)
    return centre, height, np.concatenate([[0], np.cumsum(peaks_of_scan)]).astype(np.int64)


def _peak_starts(mz: FloatArray, intensity: FloatArray, scan: IntArray) -> NDArray[np.bool_]:
    """Whether a peak begins at a point: at the first one of a scan, after a gap, and at the bottom of a valley."""
    size = mz.size
    breaks = np.ones(size, dtype=bool)
    breaks[1:] = (np.diff(scan) != 0) | _gaps(mz)
    segment = np.cumsum(breaks)
    before = np.concatenate([[-np.inf], np.where(np.diff(segment) == 0, intensity[:-1], -np.inf)])
    after = np.concatenate([np.where(np.diff(segment) == 0, intensity[1:], -np.inf), [-np.inf]])
    tops = np.flatnonzero((intensity > before) & (intensity >= after))
    if tops.size < 2:
        return breaks
    # Between two maxima: where the valley is, and how deep.
    lowest = np.minimum.reduceat(intensity, tops)[:-1]
    smaller = np.minimum(intensity[tops[:-1]], intensity[tops[1:]])
    apart = (segment[tops[:-1]] == segment[tops[1:]]) & (lowest < VALLEY * smaller)
    breaks[_valleys(intensity, tops, lowest)[apart]] = True
    return breaks


def _gaps(mz: FloatArray) -> NDArray[np.bool_]:
    step = np.diff(mz)
    left = np.concatenate([[np.inf], step[:-1]])
    right = np.concatenate([step[1:], [np.inf]])
    nearer = np.minimum(np.where(left > 0, left, np.inf), np.where(right > 0, right, np.inf))
    return np.asarray((step < 0) | (step > PROFILE_SPACING_DA) & (step > GAP * nearer) | (step > 0.5))


def _valleys(intensity: FloatArray, tops: IntArray, lowest: FloatArray) -> IntArray:
    """Place of the first lowest point between each maximum and the next."""
    between = np.repeat(np.arange(lowest.size), np.diff(tops))
    part = intensity[tops[0] : tops[-1]]
    at = np.flatnonzero(part == lowest[between])
    _, first = np.unique(between[at], return_index=True)
    return np.asarray(at[first] + tops[0])
