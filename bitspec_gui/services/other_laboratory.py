"""What another laboratory's accurate-mass spectra say about predictions, and about what peaks are said to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.ports import Predictor
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.formats.benchmark_set import BenchmarkRow
from bitspec_gui.services.evaluation import Benchmark, score
from bitspec_gui.spectra.binning import to_bins

TOLERANCE_DA = 0.010
CHUNK = 64


@dataclass(frozen=True)
class AnnotationAgreement:
    """Shares of measured intensity, each compound counting the same.

    ``assigned`` lies at a unit m/z whose predicted peak has an assignment; of that, ``agreeing`` lies within `TOLERANCE_DA` of
    the exact m/z of the first assignment, ``agreeing_any`` of any that is listed.
    """

    compounds: int
    assigned: float
    agreeing: float
    agreeing_any: float


@dataclass(frozen=True)
class OtherLaboratory:
    """Mean metrics on the ``compounds`` that no model is trained on, and agreement on these and on all of the collection."""

    collection: str
    compounds: int
    means: dict[str, float]
    kept: AnnotationAgreement | None
    all: AnnotationAgreement | None


def other_laboratory(
    predictor: Predictor,
    folder: Path,
    benchmark: Benchmark,
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> OtherLaboratory | None:
    """Evaluate on the accurate-mass collection in ``other_ei`` beside the benchmark's `folder`; None if it is not there.

    Compounds count as kept if they are kept for testing and are none of the benchmark's train compounds.

    Raises
    ------
    UnreadableFile
        If the collection cannot be read.
    Cancelled
        When `cancel` is set.
    """
    from bitspec_gui.formats.other_spectra import ACCURATE_COLLECTION, COLLECTIONS, is_kept_for_testing, read_other

    others = folder.parent / "other_ei"
    if not (others / f"{ACCURATE_COLLECTION}.jsonl").is_file():
        return None
    first_of_compound = {row.connectivity: row for row in reversed(read_other(others, ACCURATE_COLLECTION))}
    molecules, rows = _readable(list(first_of_compound.values()))
    predictions: list[Prediction] = []
    for start in range(0, len(rows), CHUNK):
        predictions += predictor.predict(molecules[start : start + CHUNK], cancel, annotate=True)
        report(Progress(len(predictions), len(rows), "Predicting for another laboratory"))
    kept = [place for place, row in enumerate(rows) if is_kept_for_testing(row) and row.connectivity not in benchmark.train]
    lowest = COLLECTIONS[ACCURATE_COLLECTION]
    return OtherLaboratory(
        collection=ACCURATE_COLLECTION,
        compounds=len(kept),
        means=_means([predictions[place] for place in kept], [rows[place] for place in kept], lowest),
        kept=agreement([predictions[place] for place in kept], [rows[place].spectrum for place in kept]),
        all=agreement(predictions, [row.spectrum for row in rows]),
    )


def _readable(rows: Sequence[BenchmarkRow]) -> tuple[list[Molecule], list[BenchmarkRow]]:
    from bitspec_gui.chem.parse import molecule_from_text

    molecules, kept = [], []
    for row in rows:
        try:
            molecules.append(molecule_from_text(row.smiles))
        except MoleculeError:
            continue
        kept.append(row)
    return molecules, kept


def _means(predictions: Sequence[Prediction], rows: Sequence[BenchmarkRow], lowest_mz: int) -> dict[str, float]:
    """Mean of every metric, predictions below `lowest_mz` left out as they were not recorded."""
    if not rows:
        return {}
    predicted = np.stack([to_bins(prediction.spectrum) for prediction in predictions])
    predicted[:, : lowest_mz - 1] = 0
    measured = np.stack([to_bins(row.spectrum) for row in rows])
    scores = score("another laboratory", predicted, measured)
    return {name: scores.mean(name) for name in scores.values}


def agreement(predictions: Sequence[Prediction], measured: Sequence[Spectrum]) -> AnnotationAgreement | None:
    """Agreement of assigned with measured exact masses; None if no prediction is annotated."""
    shares = [shares_of(prediction, spectrum) for prediction, spectrum in zip(predictions, measured, strict=True)]
    table = np.array([share for share in shares if share is not None]).reshape(-1, 3)
    if not len(table):
        return None
    assigned, first, any_listed = table.sum(axis=0).tolist()
    return AnnotationAgreement(len(table), assigned / len(table), first / assigned, any_listed / assigned)


def shares_of(prediction: Prediction, measured: Spectrum) -> tuple[float, float, float] | None:
    """Shares of measured intensity that are assigned, agree with the first assignment, and with any; None if nothing is."""
    of_peak = {annotation.mz: annotation.assignments for annotation in prediction.annotations}
    assigned = first = any_listed = 0.0
    for mz, intensity in zip(measured.mz.tolist(), measured.intensity.tolist(), strict=True):
        assignments = of_peak.get(int(np.floor(mz + 0.5)), ())
        if assignments:
            fits = [abs(assignment.exact_mz - mz) <= TOLERANCE_DA for assignment in assignments]
            assigned += intensity
            first += intensity * fits[0]
            any_listed += intensity * any(fits)
    total = float(measured.intensity.sum())
    return (assigned / total, first / total, any_listed / total) if assigned else None
