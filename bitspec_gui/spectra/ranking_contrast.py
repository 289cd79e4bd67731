"""How a candidate agrees with a query where its rivals differ: what nearly all of them show tells nothing of which is right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.spectra.ranking_peaks import PairedPeaks, divided

Floats = NDArray[np.float32]

RIVALS = 15
"""Candidates most like the query, whose peaks say what distinguishes them."""

_NOISE_SHARE = 0.15
"""Spread of a peak between two recordings of one compound, as a share of the peak, on unit spectra of (m/z I)^0.5."""


def contrast(peaks: PairedPeaks, likeness: Floats) -> dict[str, Floats]:
    """Compare whole spectra on the peaks that tell the candidates apart, as unit vectors of (m/z I)^0.5.

    Parameters
    ----------
    peaks : PairedPeaks
        With every column counting.
    likeness : (K,) float32
        Any similarity to the query; the `RIVALS` highest define what is common.

    Returns
    -------
    dict of (K,) float32
        ``contrast_distance``: Euclidean, each peak by the share of its variance among the rivals that is not the noise of
        recordings; ``contrast_varied``: cosine with peaks weighted by the root of their standard deviation among the rivals;
        ``contrast_centred``: cosine of what is left after the rivals' mean is taken away, -1..1; ``rare``: cosine with peaks
        weighted by ln((K + 1) / (n + 1)), n of the K candidates showing the peak (inverse document frequency, Spärck Jones,
        doi:10.1108/eb026526).
    """
    mz = np.arange(1, len(peaks.roots) + 1, dtype=np.float32)
    query = peaks.roots * np.sqrt(mz)
    query = query / np.float32(max(float(np.linalg.norm(query)), 1e-12))
    roots = peaks.library * np.sqrt(peaks.mz)
    length = np.maximum(np.sqrt(peaks.total(roots * roots)), np.float32(1e-12))
    library = np.asarray(roots / length[peaks.row], dtype=np.float32)
    at = query[peaks.column]
    mean, variance = _rivals(peaks, library, likeness)
    apart = (variance / (variance + (_NOISE_SHARE * mean) ** 2 + np.float32(1e-5))).astype(np.float32)
    spread = (variance**0.25).astype(np.float32)
    shown = np.bincount(peaks.column[peaks.library > np.float32(0.1)], minlength=len(mz))
    rarity = np.log((peaks.candidates + 1) / (shown + 1)).astype(np.float32)
    squared = (apart * query * query).sum() + peaks.total(apart[peaks.column] * library * (library - 2 * at))
    centre = float((mean * mean).sum())
    dot = peaks.total(library * (at - mean[peaks.column])) - float((query * mean).sum()) + centre
    lengths = np.maximum(1 - 2 * peaks.total(library * mean[peaks.column]) + centre, 0) * float(((query - mean) ** 2).sum())
    return {
        "contrast_distance": np.sqrt(np.maximum(squared, 0)).astype(np.float32),
        "contrast_varied": peaks.cosine(query * spread, at * spread[peaks.column], library * spread[peaks.column]),
        "contrast_centred": divided(dot.astype(np.float32), np.sqrt(lengths).astype(np.float32)),
        "rare": peaks.cosine(query * rarity, at * rarity[peaks.column], library * rarity[peaks.column]),
    }


def _rivals(peaks: PairedPeaks, library: Floats, likeness: Floats) -> tuple[Floats, Floats]:
    """Mean and variance, each (1000,), of the unit spectra of the candidates most like the query."""
    chosen = np.argsort(-likeness, kind="stable")[:RIVALS]
    place = np.full(peaks.candidates, -1)
    place[chosen] = np.arange(len(chosen))
    here = place[peaks.row] >= 0
    rivals = np.zeros((len(chosen), len(peaks.roots)), dtype=np.float32)
    rivals[place[peaks.row[here]], peaks.column[here]] = library[here]
    return rivals.mean(axis=0), rivals.var(axis=0)
