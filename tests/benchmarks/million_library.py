"""A library of a million spectra, made from measured and predicted ones by changing each copy as real spectra differ.

Every copy has its peaks changed by a quarter (log-normal), a few small peaks more and some of the smallest less; in two of five
all peaks above some m/z are moved by CH2, up or down, as in a homologue. So a spectrum has relatives, few of them nearly equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.cli.train import DEFAULT_DATA
from bitspec_gui.domain.ports import SearchEntry
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.formats.benchmark_set import load_benchmark
from bitspec_gui.formats.compact_predicted import read_compact_predicted
from bitspec_gui.spectra.binning import to_bins

Bins = NDArray[np.float32]

PREDICTED = Path(__file__).parents[2] / "resources" / "libraries" / "chemicals-predicted.bitspec"
CH2_DA = 14
_AT_ONCE = 5000


@dataclass(frozen=True)
class FloatStore:
    """Peaks of a library, mapped from files: what an exact score is computed from. Spectrum i has the id i + 1."""

    offsets: NDArray[np.int64]
    bins: NDArray[np.uint16]
    intensity: NDArray[np.float32]

    @property
    def size(self) -> int:
        """Spectra."""
        return self.offsets.size - 1

    def fetch(self, ids: NDArray[np.int64]) -> Bins:
        """Bins (N, 1000) of spectra by id."""
        rows = np.zeros((ids.size, 1000), dtype=np.float32)
        for row, spectrum in zip(rows, (ids - 1).tolist(), strict=True):
            start, end = self.offsets[spectrum], self.offsets[spectrum + 1]
            row[self.bins[start:end]] = self.intensity[start:end]
        return rows

    def entries(self) -> Iterator[list[SearchEntry]]:
        """All spectra in batches, as a library store streams them."""
        for first in range(0, self.size, _AT_ONCE):
            batch = []
            for spectrum in range(first, min(first + _AT_ONCE, self.size)):
                start, end = self.offsets[spectrum], self.offsets[spectrum + 1]
                peaks = Spectrum(self.bins[start:end] + 1.0, self.intensity[start:end].astype(np.float64))
                batch.append(SearchEntry(spectrum + 1, peaks, None, None, None))
            yield batch


def models(queries: int) -> tuple[Bins, Bins]:
    """Spectra that the library is made from, and measured ones that are held out of it to ask with.

    Raises
    ------
    UnreadableFile
        If the development data cannot be read.
    """
    measured = np.stack([to_bins(row.spectrum) for row in load_benchmark(DEFAULT_DATA)])
    predicted = np.stack([to_bins(record.spectrum) for record in read_compact_predicted(PREDICTED)])
    held_out = np.random.default_rng(7).permutation(len(measured))[:queries]
    return np.concatenate([np.delete(measured, held_out, axis=0), predicted]), measured[held_out]


def make_store(folder: Path, spectra: int, originals: Bins) -> FloatStore:
    """A library of so many changed copies of `originals` (N, 1000), written to `folder`."""
    generator = np.random.default_rng(1)
    lengths, peaks = [], 0
    with (folder / "bins").open("wb") as bins, (folder / "intensity").open("wb") as intensity:
        for first in range(0, spectra, _AT_ONCE):
            number = min(_AT_ONCE, spectra - first)
            changed = change(originals[generator.integers(0, len(originals), number)], generator)
            at = np.nonzero(changed)
            bins.write(at[1].astype(np.uint16).tobytes())
            intensity.write(changed[at].tobytes())
            lengths.append(np.bincount(at[0], minlength=number))
            peaks += at[0].size
    return FloatStore(
        offsets=np.concatenate([[0], np.cumsum(np.concatenate(lengths))]),
        bins=np.memmap(folder / "bins", dtype=np.uint16, mode="r", shape=(peaks,)),
        intensity=np.memmap(folder / "intensity", dtype=np.float32, mode="r", shape=(peaks,)),
    )


def change(spectra: Bins, generator: np.random.Generator) -> Bins:
    """Changed copies of spectra (N, 1000), as if each were another measurement or another compound's."""
    changed = spectra * generator.lognormal(0, 0.25, spectra.shape).astype(np.float32)
    for homologue in np.flatnonzero(generator.random(len(changed)) < 0.4):
        _move_heavy_end(changed[homologue], generator)
    small = changed < 0.02
    changed[small & (generator.random(changed.shape, dtype=np.float32) < 0.35)] = 0
    for spectrum in changed:
        heaviest = max(int(np.flatnonzero(spectrum)[-1]) if spectrum.any() else 0, 20)
        count = generator.poisson(5)
        spectrum[generator.integers(14, heaviest + 1, count)] += generator.uniform(0.003, 0.02, count).astype(np.float32)
    return changed / np.maximum(changed.max(axis=1, keepdims=True), np.float32(1e-30))


def _move_heavy_end(spectrum: Bins, generator: np.random.Generator) -> None:
    peaks = np.flatnonzero(spectrum)
    if peaks.size < 4:
        return
    cut = int(peaks[generator.integers(peaks.size // 3, peaks.size)])
    shift = CH2_DA if generator.random() < 0.5 else -CH2_DA
    tail = spectrum[cut:].copy()
    spectrum[cut:] = 0
    start = max(cut + shift, 0)
    end = min(start + tail.size, spectrum.size)
    spectrum[start:end] += tail[: end - start]
