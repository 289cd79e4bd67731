"""Are peaks what they are said to be? Exact masses of assigned formulae against accurately measured ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.ports import Predictor
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.formats.benchmark_set import BenchmarkRow

ACCURATE_COLLECTION = "recetox_gc_hrms_2020"
TOLERANCE_DA = 0.010
CHUNK = 64


@dataclass(frozen=True)
class AnnotationAgreement:
    """Shares of measured intensity, each compound counting the same.

    ``assigned`` lies at a unit m/z whose predicted peak has an assignment; of that, ``agreeing`` lies within ``tolerance_da`` of
    the exact m/z of the first assignment, ``agreeing_any`` of any that is listed.
    """

    compounds: int
    assigned: float
    agreeing: float
    agreeing_any: float
    tolerance_da: float = TOLERANCE_DA


def annotation_agreement(
    predictor: Predictor, benchmark: Path, report: ReportProgress = ignore_progress, cancel: CancelToken | None = None
) -> AnnotationAgreement | None:
    """Agreement on the accurate-mass collection beside the benchmark's folder; None if it is not there or nothing is annotated.

    Raises
    ------
    UnreadableFile
        If the collection cannot be read.
    Cancelled
        When `cancel` is set.
    """
    from bitspec_gui.chem.parse import molecule_from_text
    from bitspec_gui.formats.other_spectra import read_other

    folder = benchmark.parent / "other_ei"
    if not (folder / f"{ACCURATE_COLLECTION}.jsonl").is_file():
        return None
    rows: list[BenchmarkRow] = []
    molecules = []
    for row in {row.connectivity: row for row in reversed(read_other(folder, ACCURATE_COLLECTION))}.values():
        try:
            molecules.append(molecule_from_text(row.smiles))
        except MoleculeError:
            continue
        rows.append(row)
    shares = []
    for start in range(0, len(rows), CHUNK):
        predictions = predictor.predict(molecules[start : start + CHUNK], cancel, annotate=True)
        shares += [agreement_of(p, row.spectrum) for p, row in zip(predictions, rows[start : start + CHUNK], strict=True)]
        report(Progress(start + len(predictions), len(rows), "Checking annotations"))
    table = np.array([share for share in shares if share is not None]).reshape(-1, 3)
    if not len(table):
        return None
    assigned, agreeing, any_agreeing = table.sum(axis=0)
    return AnnotationAgreement(len(table), assigned / len(table), agreeing / assigned, any_agreeing / assigned)


def agreement_of(prediction: Prediction, measured: Spectrum) -> tuple[float, float, float] | None:
    """Shares of measured intensity that are assigned, agree with the first assignment, and with any; None if not annotated."""
    if not prediction.annotations:
        return None
    of_peak = {annotation.mz: annotation.assignments for annotation in prediction.annotations}
    assigned = agreeing = any_agreeing = 0.0
    for mz, intensity in zip(measured.mz.tolist(), measured.intensity.tolist(), strict=True):
        assignments = of_peak.get(int(np.floor(mz + 0.5)), ())
        if assignments:
            fits = [abs(assignment.exact_mz - mz) <= TOLERANCE_DA for assignment in assignments]
            assigned += intensity
            agreeing += intensity * fits[0]
            any_agreeing += intensity * any(fits)
    total = float(measured.intensity.sum())
    return (assigned / total, agreeing / total, any_agreeing / total) if assigned else None
