"""What tells whether two unit-mass spectra are of one compound, as numbers: similarities, and where the two differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.spectra.ranking_contrast import contrast
from bitspec_gui.spectra.ranking_peaks import PairedPeaks, divided
from bitspec_gui.spectra.ranking_ratios import ratio_features
from bitspec_gui.spectra.similarity import Bins

Floats = NDArray[np.float32]

CANDIDATE_FEATURES = (
    "whole", "weighted_cosine", "cosine", "cosine_sqrt", "sdp", "faint", "strong", "query_unseen", "library_unseen",
    "reverse", "forward", "query_missing", "library_missing", "entropy", "entropy_sqrt",
    "base_of_query", "base_of_library", "distance_to_60", "distance_to_100", "distance_to_160", "distance_above_160",
    "peaks_query", "peaks_library", "peaks_common",
    "ratio_spread", "ratio_spread_untilted", "tilt", "untilted", "neighbour_ratios",
    "heavier_query", "heavier_library", "same_last", "above_mass", "ion_query", "ion_library", "ion_differs", "ion_lacks",
    "mass_unknown", "contrast_distance", "contrast_varied", "contrast_centred", "rare", "predicted", "confidence",
)  # fmt: skip
"""Names of what `candidate_features` gives, in its order."""

_CLOSE = 0.02
"""Keeps the logarithm of a disagreement finite; two injections of one sample rarely agree better."""

_SEEN = np.float32(0.1)
"""Square root of the share of the base peak, 1 %, from which a peak counts as seen."""

_REGIONS = (("to_60", 0, 60), ("to_100", 60, 100), ("to_160", 100, 160), ("above_160", 160, 1000))


def agreement(similarity: Floats) -> Floats:
    """A similarity up to 1 on a scale on which 0.99 is as far from 0.95 as 0.9 is from 0.6: -ln(1 - s + 0.02)."""
    return np.asarray(-np.log(np.maximum(1 - similarity, 0) + _CLOSE), dtype=np.float32)


def candidate_features(query: Bins, library: Bins, masses: NDArray[np.int16], confidence: NDArray[np.float32]) -> Floats:
    """Describe how a query and each candidate agree.

    Parameters
    ----------
    query : (1000,) float32
        Unit-mass bins, base peak 1.
    library : (K, 1000) float32
        Those of the candidates.
    masses : (K,) int16
        Nominal masses in Da, 0 where unknown.
    confidence : (K,) float32
        Confidence of predicted spectra, NaN for measured ones.

    Returns
    -------
    (K, F) float32
        In the order of `CANDIDATE_FEATURES`, all finite. Below the higher of the two lowest recorded m/z nothing is compared
        but by "whole" and what contrasts candidates: where a recording began says nothing about the compound.
    """
    whole = PairedPeaks.of(query, library)
    mz = np.arange(1, len(query) + 1, dtype=np.float32)
    likeness = whole.cosine(whole.roots * mz, whole.query * whole.mz, whole.library * whole.mz)
    peaks = whole.from_column(np.maximum((query > 0).argmax(), whole.lowest()))
    weight = peaks.mz
    share_q, share_library = whole.of_query(whole.roots * mz), whole.total(whole.library * weight)
    columns = {
        "whole": agreement(likeness),
        "query_unseen": 1 - divided(peaks.of_query(peaks.roots * mz), share_q),
        "library_unseen": 1 - divided(peaks.total(peaks.library * weight), share_library),
    }
    columns |= _cosines(peaks, mz)
    columns |= _one_sided(peaks, mz)
    columns |= _distances(peaks, mz)
    columns |= _counts(peaks, library)
    columns |= ratio_features(peaks, np.sqrt(peaks.library * peaks.query * weight))
    columns |= _molecular_ion(peaks, mz, library, masses)
    columns |= contrast(whole, likeness)
    for name in ("untilted", "contrast_varied", "contrast_centred", "rare"):
        columns[name] = agreement(columns[name])
    predicted = np.isfinite(confidence)
    columns["predicted"] = predicted.astype(np.float32)
    columns["confidence"] = np.where(predicted, confidence, np.float32(0))
    return np.stack([columns[name] for name in CANDIDATE_FEATURES], axis=1).astype(np.float32)


def _cosines(peaks: PairedPeaks, mz: Floats) -> dict[str, Floats]:
    """By powers of m/z and intensity; "sdp" is near that of Stein and Scott (m/z^3 I^0.6), without its costly power."""
    roots, q, lib, at = peaks.roots, peaks.query, peaks.library, peaks.mz
    linear, linear_q, linear_lib = roots * roots, q * q, lib * lib
    rows = {
        "weighted_cosine": (roots * mz, q * at, lib * at),
        "cosine": (linear, linear_q, linear_lib),
        "cosine_sqrt": (roots, q, lib),
        "sdp": (roots * mz**3, q * at**3, lib * at**3),
        "faint": (np.sqrt(roots * mz), np.sqrt(q * at), np.sqrt(lib * at)),
        "strong": (linear * mz, linear_q * at, linear_lib * at),
    }
    found = {name: agreement(peaks.cosine(*three)) for name, three in rows.items()}
    found["entropy"] = agreement(_entropy_similarity(peaks, linear, linear_q, linear_lib))
    found["entropy_sqrt"] = agreement(_entropy_similarity(peaks, roots, q, lib))
    return found


def _entropy_similarity(peaks: PairedPeaks, query: Floats, at_query: Floats, library: Floats) -> Floats:
    """Entropy similarity; only common peaks add to it (see `similarity.entropy_similarity`)."""
    common = (at_query > 0) & (library > 0)
    row = peaks.row[common]
    p = at_query[common] / peaks.of_query(query)[row]
    q = library[common] / peaks.total(library)[row]
    terms = (p + q) * np.log(p + q) - p * np.log(p) - q * np.log(q)
    return np.asarray(np.bincount(row, weights=terms, minlength=peaks.candidates) / np.log(4), dtype=np.float32)


def _one_sided(peaks: PairedPeaks, mz: Floats) -> dict[str, Floats]:
    """Agreement on the peaks of one of the two, and the shares of each that the other lacks."""
    a, b = peaks.query * peaks.mz, peaks.library * peaks.mz
    dot = peaks.total(a * b)
    of_query, of_library = peaks.roots * mz, peaks.total(b * b)
    in_query = np.where(peaks.query > 0, b, np.float32(0))
    in_library = np.where(peaks.library > 0, a, np.float32(0))
    return {
        "reverse": agreement(divided(dot, np.sqrt(peaks.total(in_library * in_library) * of_library))),
        "forward": agreement(divided(dot, np.sqrt(peaks.of_query(of_query**2) * peaks.total(in_query * in_query)))),
        "query_missing": 1 - divided(peaks.total(in_library), peaks.of_query(of_query)),
        "library_missing": 1 - divided(peaks.total(in_query), peaks.total(b)),
    }


def _distances(peaks: PairedPeaks, mz: Floats) -> dict[str, Floats]:
    """Euclidean distances of unit vectors of (m/z I)^0.5, by m/z region."""
    query = peaks.roots * np.sqrt(mz)
    own = np.maximum(np.sqrt(peaks.of_query(query * query)), np.float32(1e-12))
    theirs = peaks.library * np.sqrt(peaks.mz)
    a = peaks.query * np.sqrt(peaks.mz) / own[peaks.row]
    b = theirs / np.maximum(np.sqrt(peaks.total(theirs * theirs)), np.float32(1e-12))[peaks.row]
    terms = np.asarray(b * (b - 2 * a), dtype=np.float32)
    found = {}
    for name, low, high in _REGIONS:
        inside, here = (mz > low) & (mz <= high), (peaks.mz > low) & (peaks.mz <= high)
        squared = peaks.of_query(query * query * inside) / own**2 + peaks.total(terms * here)
        found[f"distance_{name}"] = np.sqrt(np.maximum(squared, 0))
    return found


def _counts(peaks: PairedPeaks, library: Bins) -> dict[str, Floats]:
    """Numbers of peaks from 1 % on, and what each shows at the other's largest peak."""
    in_query, in_library = peaks.query > _SEEN, peaks.library > _SEEN
    rows = np.arange(peaks.candidates)
    largest = peaks.largest(peaks.library)
    at_base = np.where((peaks.library == largest[peaks.row]) & (peaks.library > 0), peaks.query, np.float32(0))
    # The query's largest peak among those that count: the suffix maximum tells which column it is.
    backwards = peaks.roots[::-1]
    highest = np.maximum.accumulate(backwards)
    new = np.where(backwards >= highest, np.arange(len(backwards)), 0)
    base = len(backwards) - 1 - np.maximum.accumulate(new)[::-1][peaks.first]
    return {
        "base_of_query": np.sqrt(library[rows, base]),
        "base_of_library": peaks.largest(at_base),
        "peaks_query": np.log1p(peaks.of_query((peaks.roots > _SEEN).astype(np.float32))),
        "peaks_library": np.log1p(peaks.total(in_library.astype(np.float32))),
        "peaks_common": np.log1p(peaks.total((in_query & in_library).astype(np.float32))),
    }


def _molecular_ion(peaks: PairedPeaks, mz: Floats, library: Bins, masses: NDArray[np.int16]) -> dict[str, Floats]:
    """What the heaviest peaks say, and the query's peaks at and above the candidate's molecular mass."""
    seen_q = np.append(np.flatnonzero(peaks.roots > _SEEN) + 1, 0)[-2:].max()
    last_q = np.where(seen_q > peaks.first, seen_q, 0).astype(np.float32)
    last_library = peaks.largest(np.where(peaks.library > _SEEN, peaks.mz, np.float32(0)))
    known = (masses > 0) & (masses <= len(mz))
    at = np.where(known, masses, 1).astype(np.int64) - 1
    counts = known & (at >= peaks.first)
    weighted = np.append(np.cumsum((peaks.roots * mz)[::-1])[::-1], np.zeros(4, dtype=np.float32))
    above = divided(weighted[np.maximum(at + 3, peaks.first)], weighted[peaks.first])
    ion_q = np.where(counts, peaks.roots[at], np.float32(0))
    ion_library = np.where(counts, np.sqrt(library[np.arange(len(at)), at]), np.float32(0))
    return {
        "heavier_query": np.clip(last_q - last_library, 0, 50) / 10,
        "heavier_library": np.clip(last_library - last_q, 0, 50) / 10,
        "same_last": (last_q == last_library).astype(np.float32),
        "above_mass": np.where(known, above, np.float32(0)),
        "ion_query": ion_q,
        "ion_library": ion_library,
        "ion_differs": np.abs(ion_q - ion_library),
        "ion_lacks": np.where((ion_library > _SEEN) & (ion_q == 0), ion_library, np.float32(0)),
        "mass_unknown": (~known).astype(np.float32),
    }
