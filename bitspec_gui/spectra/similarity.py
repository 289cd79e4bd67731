"""How alike two binned spectra are. Definitions follow the evaluation protocol; every score is 0..1, 1 = the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Bins = NDArray[np.float32]
FloatArray = NDArray[np.float64]


def weighted(bins: Bins, mz_power: float, intensity_power: float) -> FloatArray:
    """Bins (..., 1000) as m/z**mz_power * I**intensity_power, float64."""
    mz = np.arange(1, bins.shape[-1] + 1, dtype=np.float64)
    scaled: FloatArray = mz**mz_power * bins.astype(np.float64) ** intensity_power
    return scaled


def _cosine(a: FloatArray, b: FloatArray) -> FloatArray:
    norm = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    dot = np.asarray((a * b).sum(axis=-1), dtype=np.float64)
    result: FloatArray = np.divide(dot, norm, out=np.zeros_like(dot), where=norm > 0)
    return result


def cosine(a: Bins, b: Bins) -> FloatArray:
    """Cosine of linear intensities; a and b are (..., 1000), the result (...)."""
    return _cosine(weighted(a, 0, 1), weighted(b, 0, 1))


def cosine_sqrt(a: Bins, b: Bins) -> FloatArray:
    """Cosine of square-root intensities."""
    return _cosine(weighted(a, 0, 0.5), weighted(b, 0, 0.5))


def weighted_cosine(a: Bins, b: Bins) -> FloatArray:
    """Cosine of m/z * I^0.5, the usual library match (Stein and Scott, doi:10.1016/1044-0305(94)87009-8)."""
    return _cosine(weighted(a, 1, 0.5), weighted(b, 1, 0.5))


def sdp(a: Bins, b: Bins) -> FloatArray:
    """Cosine of m/z^3 * I^0.6 (Stein and Scott, doi:10.1016/1044-0305(94)87009-8)."""
    return _cosine(weighted(a, 3, 0.6), weighted(b, 3, 0.6))


def reverse_weighted_cosine(query: Bins, library: Bins) -> FloatArray:
    """Weighted cosine of the query's peaks that the library spectrum has, with the whole library spectrum.

    Peaks of the query alone, as a co-eluting compound or the background leaves them, lower nothing (Stein,
    doi:10.1016/S1044-0305(99)00047-1). Both are (..., 1000), the result (...).
    """
    shared = np.where(library > 0, query, np.float32(0))
    return _cosine(weighted(shared, 1, 0.5), weighted(library, 1, 0.5))


def composite(query: Bins, library: Bins) -> FloatArray:
    """Stein and Scott's composite of dot product and ratios of neighbouring common peaks (doi:10.1016/1044-0305(94)87009-8).

    ``(N_U F_D + N_R F_R) / (N_U + N_R)``: F_D is the square of the weighted cosine (m/z^1 I^0.5), N_U the number of the query's
    peaks, and F_R the mean over the N_R pairs of neighbouring common peaks of ``min(r, 1/r)``, r being how the ratio of the two
    peaks (on I^0.5) differs between the spectra; each pair counts with the m/z of its heavier peak, as in NIST's program.
    Both are (..., 1000), the result (...).
    """
    dot_product = weighted_cosine(query, library) ** 2
    ratios, pairs = _neighbour_ratios(*np.broadcast_arrays(query, library))
    peaks = (query > 0).sum(axis=-1)
    total = peaks + pairs
    summed = peaks * dot_product + pairs * ratios
    result: FloatArray = np.divide(summed, total, out=np.zeros_like(dot_product), where=total > 0)
    return result


def _neighbour_ratios(query: Bins, library: Bins) -> tuple[FloatArray, FloatArray]:
    """F_R of `composite` and the number of pairs behind it, both (...); F_R is 0 where there is no pair."""
    # Columns are those of the query and lie in rows, so that a spectrum scores the same to the last bit in any company.
    mz = 1 + np.flatnonzero((query > 0).any(axis=tuple(range(query.ndim - 1))))
    a = np.sqrt(np.take(query, mz - 1, axis=-1).astype(np.float64))
    b = np.sqrt(np.take(library, mz - 1, axis=-1).astype(np.float64))
    common = (a > 0) & (b > 0)
    if mz.size == 0:
        return np.zeros(a.shape[:-1]), np.zeros(a.shape[:-1])
    # The column of the nearest common peak before each one, -1 where there is none.
    last = np.maximum.accumulate(np.where(common, np.arange(mz.size), -1), axis=-1)
    before = np.concatenate([np.full((*last.shape[:-1], 1), -1), last[..., :-1]], axis=-1)
    paired = common & (before >= 0)
    at = np.maximum(before, 0)
    one = np.where(paired, b * np.take_along_axis(a, at, axis=-1), 1.0)
    other = np.where(paired, a * np.take_along_axis(b, at, axis=-1), 1.0)
    weight = np.where(paired, mz, 0.0)
    summed = (weight * np.minimum(one, other) / np.maximum(one, other)).sum(axis=-1)
    weights = weight.sum(axis=-1)
    ratios: FloatArray = np.divide(summed, weights, out=np.zeros_like(summed), where=weights > 0)
    return ratios, paired.sum(axis=-1).astype(np.float64)


def hybrid(query: Bins, library: Bins, shift_da: int | NDArray[np.integer]) -> FloatArray:
    """Weighted cosine after peaks of the library spectrum that explain the query better so were shifted by `shift_da`.

    The hybrid search (Moorthy et al., doi:10.1021/acs.analchem.7b03320) finds compounds that differ from the unknown in one
    place: fragments without that place agree in m/z, those with it in their neutral loss.

    Parameters
    ----------
    query, library : (..., 1000)
        Unit-mass bins.
    shift_da : int or (...) integers
        Nominal mass of the query less that of the library spectrum, in Da.

    Returns
    -------
    (...) float64
        0..1. Each peak counts at its own m/z, or `shift_da` above where the query is larger there; intensities that come to
        lie on one m/z are summed.
    """
    queries, spectra = np.broadcast_arrays(query, library)
    shifts = np.broadcast_to(np.asarray(shift_da), spectra.shape[:-1])
    moved = np.empty(spectra.shape, dtype=np.float64)
    for shift in np.unique(shifts).tolist():
        rows = shifts == shift
        moved[rows] = _shifted(queries[rows], spectra[rows], shift)
    return _cosine(weighted(query, 1, 0.5), np.arange(1, library.shape[-1] + 1) * np.sqrt(moved))


def _shifted(query: Bins, library: Bins, shift: int) -> FloatArray:
    """Intensities (R, 1000) of library spectra whose peaks lie where the query (R, 1000) is larger: at home or `shift` above."""
    size = library.shape[-1]
    result = library.astype(np.float64)
    if shift == 0 or abs(shift) >= size:
        return result
    home = slice(max(0, -shift), size - max(0, shift))
    target = slice(max(0, shift), size - max(0, -shift))
    going = np.where(query[..., target] > query[..., home], library[..., home], np.float32(0)).astype(np.float64)
    result[..., home] -= going
    result[..., target] += going
    return result


def entropy_similarity(a: Bins, b: Bins) -> FloatArray:
    """1 - (2 S_ab - S_a - S_b) / ln 4 on spectra summing to 1 (Li et al., doi:10.1038/s41592-021-01331-z).

    Written as a sum over the common peaks, which it equals, so that spectra without one score exactly 0.
    """
    p = a.astype(np.float64)
    q = b.astype(np.float64)
    p = p / np.maximum(p.sum(axis=-1, keepdims=True), 1e-300)
    q = q / np.maximum(q.sum(axis=-1, keepdims=True), 1e-300)
    common = (p > 0) & (q > 0)
    ratio = np.divide(q, p, out=np.ones(common.shape), where=common)
    terms = p * np.log1p(ratio) + q * np.log1p(1 / ratio)
    return np.asarray(np.where(common, terms, 0.0).sum(axis=-1) / np.log(4), dtype=np.float64)


def base_peak_agrees(a: Bins, b: Bins) -> FloatArray:
    """1.0 where both have their largest bin at the same m/z."""
    return np.asarray(a.argmax(axis=-1) == b.argmax(axis=-1), dtype=np.float64)


def match_factor(a: Bins, b: Bins) -> int:
    """Match factor 0..999 as library search programs show it: 999 times the weighted cosine."""
    return round(999 * float(weighted_cosine(a, b)))


METRICS: dict[str, Callable[[Bins, Bins], FloatArray]] = {
    "cosine": cosine,
    "cosine_sqrt": cosine_sqrt,
    "weighted_cosine": weighted_cosine,
    "sdp": sdp,
    "entropy": entropy_similarity,
    "base_peak": base_peak_agrees,
}
