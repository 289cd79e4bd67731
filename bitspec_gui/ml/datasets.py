"""Benchmark rows -> what training and choosing need, one item a compound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bitspec_gui.chem.label_check import contradiction
from bitspec_gui.chem.molecule_features import MoleculeFeatures, featurise
from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.domain.jobs import Progress, ReportProgress, ignore_progress
from bitspec_gui.formats.benchmark_set import BenchmarkRow, compounds, derivative_rows
from bitspec_gui.formats.other_spectra import ACCURATE_COLLECTION, COLLECTIONS, is_kept_for_testing, read_other, unseen
from bitspec_gui.spectra.binning import to_bins

LEAVE_OUT_DOUBTFUL = "-doubtful"


@dataclass(frozen=True)
class CompoundSet:
    """C compounds with their training targets and their query spectra.

    ``targets`` (C, 1000) float32: mean over a compound's records of the square-root spectrum scaled to unit length.
    ``queries`` (C, 1000) float32: the compound's first record by accession, largest bin 1. ``lowest_mz`` (C,) int64: below it
    nothing was recorded. ``connectivities``: first blocks of the InChIKeys.
    """

    features: list[MoleculeFeatures]
    targets: Tensor
    queries: NDArray[np.float32]
    lowest_mz: Tensor
    connectivities: list[str]

    def __len__(self) -> int:
        return len(self.features)

    @cached_property
    def sizes(self) -> list[int]:
        """Heavy atoms of each compound."""
        return [len(features.nodes) for features in self.features]


def mean_direction(spectra: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Mean of square-root spectra scaled to unit length, (1000,).

    The cosine of a prediction with each record, averaged with weight 1/replicates, equals the prediction's unit vector
    times this mean: a compound with many records costs one step, and the loss is the same to the last digit.
    """
    roots = np.sqrt(np.stack(spectra).astype(np.float64))
    lengths = np.linalg.norm(roots, axis=1, keepdims=True)
    return np.asarray((roots / np.maximum(lengths, 1e-12)).mean(axis=0), dtype=np.float32)


def compound_set(groups: Iterable[list[BenchmarkRow]], report: ReportProgress = ignore_progress) -> CompoundSet:
    """Featurise groups of rows, each of one compound at one energy and recorded over the same range, and bin their spectra."""
    features, targets, queries = [], [], []
    grouped = list(groups)
    for done, rows in enumerate(grouped):
        first = rows[0]
        features.append(featurise(first.smiles, first.formula, first.nominal_mass, first.energy_ev))
        binned = [to_bins(row.spectrum) for row in rows]
        targets.append(mean_direction(binned))
        queries.append(binned[0])
        if done % 200 == 0:
            report(Progress(done, len(grouped), "Reading structures"))
    lowest = torch.tensor([rows[0].lowest_mz for rows in grouped])
    return CompoundSet(
        features, torch.from_numpy(np.stack(targets)), np.stack(queries), lowest, [rows[0].connectivity for rows in grouped]
    )


def training_groups(folder: Path, rows: list[BenchmarkRow], extra_rows: Sequence[str]) -> list[list[BenchmarkRow]]:
    """Train rows as groups, each of one compound at one energy.

    Parameters
    ----------
    extra_rows : sequence of str
        Beside the unflagged rows: ``low_energy`` adds the rows measured below 70 eV, with their energy as an input, and
        ``derivatives`` those of derivatives that are filed under the parent, under the structure that was measured; a name of
        `formats.other_spectra.COLLECTIONS` adds that collection, from the folder ``other_ei`` beside `folder`, without the
        compounds of val and test; of the accurate-mass one, a fifth is kept for testing. ``-doubtful`` leaves out what
        `chem.label_check` doubts.

    Raises
    ------
    TrainingError
        If `extra_rows` names anything else.
    UnreadableFile
        If a file cannot be read.
    """
    unknown = [name for name in extra_rows if name not in ("low_energy", "derivatives", LEAVE_OUT_DOUBTFUL, *COLLECTIONS)]
    if unknown:
        raise TrainingError(f"There are no extra rows called {', '.join(unknown)}.")
    wrongly_filed: list[BenchmarkRow] = []
    if "derivatives" in extra_rows:
        wrongly_filed = derivative_rows(folder, rows, "train")
    replaced = {row.accession for row in wrongly_filed}
    usual = compounds([*(row for row in rows if row.accession not in replaced), *wrongly_filed], "train")
    groups = list(usual.values())
    if "low_energy" in extra_rows:
        by_energy: dict[tuple[str, float], list[BenchmarkRow]] = {}
        for compound in compounds(rows, "train", ["low_energy"]).values():
            for row in compound:
                by_energy.setdefault((row.connectivity, row.energy_ev), []).append(row)
        groups += by_energy.values()
    for collection in (name for name in extra_rows if name in COLLECTIONS):
        others = unseen(read_other(folder.parent / "other_ei", collection), rows)
        if collection == ACCURATE_COLLECTION:
            others = [row for row in others if not is_kept_for_testing(row)]
        groups += compounds(others, "train").values()
    if LEAVE_OUT_DOUBTFUL in extra_rows:
        believed = (
            [row for row in group if contradiction(row.spectrum, row.formula, smiles=row.smiles) is None] for group in groups
        )
        groups = [group for group in believed if group]
    return groups
