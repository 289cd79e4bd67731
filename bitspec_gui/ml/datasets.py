"""Benchmark rows -> what training and choosing need, one item a compound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bitspec_gui.domain.jobs import Progress, ReportProgress, ignore_progress
from bitspec_gui.formats.benchmark_set import BenchmarkRow
from bitspec_gui.ml.graph import MoleculeFeatures, featurise
from bitspec_gui.spectra.binning import to_bins


@dataclass(frozen=True)
class CompoundSet:
    """C compounds with their training targets and their query spectra.

    ``targets`` (C, 1000) float32: mean over a compound's records of the square-root spectrum scaled to unit length.
    ``queries`` (C, 1000) float32: the compound's first record by accession, largest bin 1.
    """

    features: list[MoleculeFeatures]
    targets: Tensor
    queries: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.features)


def mean_direction(spectra: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Mean of square-root spectra scaled to unit length, (1000,).

    The cosine of a prediction with each record, averaged with weight 1/replicates, equals the prediction's unit vector
    times this mean: a compound with many records costs one step, and the loss is the same to the last digit.
    """
    roots = np.sqrt(np.stack(spectra).astype(np.float64))
    lengths = np.linalg.norm(roots, axis=1, keepdims=True)
    return np.asarray((roots / np.maximum(lengths, 1e-12)).mean(axis=0), dtype=np.float32)


def compound_set(
    grouped: dict[str, list[BenchmarkRow]],
    report: ReportProgress = ignore_progress,
    read: Callable[[str, str, int], MoleculeFeatures] = featurise,
) -> CompoundSet:
    """Featurise compounds (``formats.benchmark_set.compounds``) and bin their spectra."""
    features, targets, queries = [], [], []
    for done, rows in enumerate(grouped.values()):
        first = rows[0]
        features.append(read(first.smiles, first.formula, first.nominal_mass))
        binned = [to_bins(row.spectrum) for row in rows]
        targets.append(mean_direction(binned))
        queries.append(binned[0])
        if done % 200 == 0:
            report(Progress(done, len(grouped), "Reading structures"))
    return CompoundSet(features, torch.from_numpy(np.stack(targets)), np.stack(queries))
