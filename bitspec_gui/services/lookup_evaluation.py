"""The look-up part of the evaluation protocol: how often the right compound comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.services.evaluation import Benchmark, Bins, queries_of
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.similarity import weighted

MASS_WINDOW_DA = 5
SCORE = "weighted cosine, m/z^1 I^0.5"


@dataclass(frozen=True)
class Recall:
    """Share of queries whose compound is among the first 1 and 10."""

    setting: str
    queries: int
    library_spectra: int
    at_1: float
    at_10: float


@dataclass(frozen=True)
class _Library:
    """Spectra as unit vectors (L, 1000), with the compound number and nominal mass (Da) of each, (L,)."""

    vectors: NDArray[np.float32]
    compound: NDArray[np.int64]
    mass: NDArray[np.int64]


def _unit(bins: Bins) -> NDArray[np.float32]:
    vectors = weighted(bins, 1, 0.5)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def ranks(
    queries: Bins, right: Sequence[int], masses: Sequence[int], library: _Library, mass_window_da: int | None
) -> NDArray[np.int64]:
    """Rank of the right compound for each query, by its best entry; ties count against it.

    Parameters
    ----------
    queries : (Q, 1000)
    right, masses : (Q,)
        Number of the right compound and nominal mass (Da) of each query.
    mass_window_da : int or None
        Only entries within this many Da compete; None lets all compete.
    """
    found = []
    compounds = int(library.compound.max()) + 1
    for vector, compound, mass in zip(_unit(queries), right, masses, strict=True):
        scores = library.vectors @ vector
        if mass_window_da is not None:
            scores = np.where(np.abs(library.mass - mass) <= mass_window_da, scores, -1.0)
        best = np.full(compounds, -1.0, dtype=np.float32)
        np.maximum.at(best, library.compound, scores)
        own = best[compound]
        best[compound] = -2.0
        found.append(1 + int((best >= own).sum()))
    return np.array(found, dtype=np.int64)


def _recall(setting: str, found: NDArray[np.int64], library: _Library) -> Recall:
    return Recall(setting, len(found), len(library.vectors), float((found <= 1).mean()), float((found <= 10).mean()))


def _settings(name: str, queries: Bins, right: list[int], masses: list[int], library: _Library) -> list[Recall]:
    windows = ((None, "no mass filter"), (MASS_WINDOW_DA, f"±{MASS_WINDOW_DA} Da"))
    return [_recall(f"{name}, {words}", ranks(queries, right, masses, library, window), library) for window, words in windows]


def predicted_in_library(benchmark: Benchmark, predicted: Bins, label: str = "predicted-in-library") -> list[Recall]:
    """Measured spectra of train and val compounds compete with `predicted` (C, 1000), those of the test compounds."""
    bins, compound, mass = [], [], []
    number = 0
    for grouped in (benchmark.train, benchmark.val):
        for rows in grouped.values():
            bins += [to_bins(row.spectrum) for row in rows]
            compound += [number] * len(rows)
            mass += [rows[0].nominal_mass] * len(rows)
            number += 1
    masses = [rows[0].nominal_mass for rows in benchmark.test.values()]
    right = list(range(number, number + len(masses)))
    library = _Library(
        vectors=_unit(np.concatenate([np.stack(bins), predicted])),
        compound=np.array(compound + right),
        mass=np.array(mass + masses),
    )
    return _settings(label, queries_of(benchmark.test), right, masses, library)


def measured_only(benchmark: Benchmark) -> list[Recall]:
    """Compounds of any part with two records or more: the first record is the query, all other records are the library."""
    bins, compound, mass = [], [], []
    queries, right, masses = [], [], []
    everyone = [rows for part in ("train", "val", "test") for rows in benchmark.part(part).values()]
    for number, rows in enumerate(everyone):
        kept = rows if len(rows) == 1 else rows[1:]
        if len(rows) > 1:
            queries.append(to_bins(rows[0].spectrum))
            right.append(number)
            masses.append(rows[0].nominal_mass)
        bins += [to_bins(row.spectrum) for row in kept]
        compound += [number] * len(kept)
        mass += [rows[0].nominal_mass] * len(kept)
    library = _Library(_unit(np.stack(bins)), np.array(compound), np.array(mass))
    return _settings("measured-only", np.stack(queries), right, masses, library)
