"""Spectra of a library as they stream in -> compact arrays, some 130 bytes a spectrum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.ports import SearchEntry
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.search.coding import codes_of, intensity_table, words_of

_MOST_MASS_DA = np.iinfo(np.int16).max


class Collected:
    """What `add` was given, D spectra in that order; `finish` makes whole arrays of it.

    Attributes
    ----------
    entry_ids, masses, retention_index, confidence : (D,)
        As in `LibraryIndex`.
    words, lengths : (W,) uint16, (D,) int64
        Coded peaks and how many words each spectrum has.
    error : (D,) float32
        Distance between the unit vectors (m/z^1 I^0.5) of each spectrum and its code.
    cosine_error, entropy_distance : float
        As in `LibraryIndex`.
    """

    def __init__(self) -> None:
        self._batches: list[tuple[NDArray[np.generic], ...]] = []
        self.cosine_error = 0.0
        self.entropy_distance = 0.0
        self.size = 0

    def add(self, entries: Sequence[SearchEntry]) -> None:
        """Take in a batch of entries."""
        if not entries:
            return
        spectra = [to_bins(entry.spectrum) for entry in entries]
        peaks = [np.flatnonzero(bins) for bins in spectra]
        counts = np.array([each.size for each in peaks], dtype=np.int64)
        bins = np.concatenate(peaks).astype(np.int64)
        intensity = np.concatenate([values[at] for values, at in zip(spectra, peaks, strict=True)])
        codes = codes_of(intensity)
        words, lengths = words_of(bins, codes, counts)
        error = self._errors(bins, intensity.astype(np.float64), intensity_table()[codes], counts)
        self._batches.append(
            (
                np.array([entry.entry_id for entry in entries], dtype=np.int64),
                np.array([_mass(entry.nominal_mass) for entry in entries], dtype=np.int16),
                np.array([_or_nan(entry.retention_index) for entry in entries], dtype=np.float32),
                np.array([_or_nan(entry.confidence) for entry in entries], dtype=np.float32),
                words,
                lengths,
                error,
            )
        )
        self.size += len(entries)

    def _errors(
        self, bins: NDArray[np.int64], intensity: NDArray[np.float64], coded: NDArray[np.float64], counts: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """What coding does to each spectrum (D,): see `error`; widens `cosine_error` and `entropy_distance`."""
        spectrum = np.repeat(np.arange(counts.size), counts)

        def summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
            totals: NDArray[np.float64] = np.bincount(spectrum, weights=values, minlength=counts.size).astype(np.float64)
            return totals

        def distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
            lengths = [np.maximum(np.sqrt(summed(each**2)), 1e-300)[spectrum] for each in (one, other)]
            return np.sqrt(summed((one / lengths[0] - other / lengths[1]) ** 2))

        p = intensity / np.maximum(summed(intensity), 1e-300)[spectrum]
        q = coded / np.maximum(summed(coded), 1e-300)[spectrum]
        middle = (p + q) / 2
        # Terms of p and q together are sums of squares to first order, so that nothing cancels but rounding.
        divergence = 0.5 * summed(p * np.log(p / middle) + q * np.log(q / middle))
        self.entropy_distance = max(self.entropy_distance, float(np.sqrt(np.maximum(divergence, 0).max(initial=0.0) + 1e-12)))
        self.cosine_error = max(self.cosine_error, float(distance(intensity, coded).max(initial=0.0)))
        mz = (bins + 1).astype(np.float64)
        return distance(mz * np.sqrt(intensity), mz * np.sqrt(coded)).astype(np.float32)

    def finish(self) -> None:
        """Join the batches."""
        kinds = (np.int64, np.int16, np.float32, np.float32, np.uint16, np.int64, np.float32)
        columns = [
            np.concatenate([batch[place] for batch in self._batches]) if self._batches else np.zeros(0, dtype=kind)
            for place, kind in enumerate(kinds)
        ]
        self._batches.clear()
        self.entry_ids, self.masses, self.retention_index, self.confidence, self.words, self.lengths, self.error = columns


def _mass(mass: int | None) -> int:
    return mass if mass is not None and 0 < mass <= _MOST_MASS_DA else 0


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
