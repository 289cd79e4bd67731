"""Libraries of made-up spectra for the tests of the search engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bitspec_gui.domain.ports import SearchEntry
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.spectra.search.index import LibraryIndex, open_index, write_index

Bins = np.ndarray


def families(generator: np.random.Generator, spectra: int, relatives: int = 12) -> Bins:
    """Spectra (D, 1000) that come in families of similar ones, with small, faint and lone peaks."""
    library = np.zeros((spectra, 1000), dtype=np.float32)
    for first in range(0, spectra, relatives):
        peaks = int(generator.integers(1, 60))
        at = generator.choice(int(generator.integers(70, 900)), peaks, replace=False)
        heights = generator.random(peaks) ** 3
        for spectrum in library[first : first + relatives]:
            spectrum[at] = heights * generator.lognormal(0, 0.3, peaks)
            spectrum[at[generator.random(peaks) < 0.1]] = 0
            spectrum[generator.integers(0, 1000, 2)] = 10.0 ** generator.uniform(-8, -1, 2)
            spectrum /= max(spectrum.max(), np.float32(1e-30))
    return library


def perturbed(generator: np.random.Generator, bins: Bins) -> Bins:
    """The same spectrum (1000,), measured once more."""
    again = bins * generator.lognormal(0, 0.3, bins.size) * (generator.random(bins.size) < 0.9)
    again[generator.integers(10, 500, 3)] += 0.02
    return (again / again.max()).astype(np.float32)


def entries(library: Bins, masses: np.ndarray | None = None, first_id: int = 1, batch: int = 500) -> Iterator[list[SearchEntry]]:
    """The spectra that have peaks, with ids from `first_id` on, as a store streams them."""
    for start in range(0, len(library), batch):
        yield [
            SearchEntry(
                entry_id=first_id + row,
                spectrum=Spectrum(np.flatnonzero(library[row]) + 1.0, library[row][library[row] > 0].astype(float)),
                nominal_mass=None if masses is None or masses[row] == 0 else int(masses[row]),
                retention_index=None,
                confidence=None,
            )
            for row in range(start, min(start + batch, len(library)))
            if library[row].any()
        ]


def indexed(path: Path, library: Bins, masses: np.ndarray | None = None, first_id: int = 1) -> LibraryIndex:
    """The index of a library (D, 1000)."""
    write_index(path, 1, "now", entries(library, masses, first_id))
    return open_index(path)
