"""The predicted library as the ranking sees it, with predictions for all compounds of the benchmark that no model has seen."""

from __future__ import annotations

from pathlib import Path

from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.domain.jobs import CancelToken, ReportProgress, ignore_progress
from bitspec_gui.domain.ports import Predictor
from bitspec_gui.services.evaluation import Benchmark, predict_compounds
from bitspec_gui.services.ranking_questions import PredictedEntry
from bitspec_gui.spectra.binning import to_bins


def predicted_entries(
    library: Path,
    predictor: Predictor,
    benchmark: Benchmark,
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> list[PredictedEntry]:
    """Spectra of a predicted library, and those of val and test compounds that it lacks.

    Raises
    ------
    TrainingError
        If another model than `predictor` made the library.
    UnreadableFile
        If the library cannot be read.
    Cancelled
        When `cancel` is set.
    """
    from bitspec_gui.formats.compact_predicted import read_compact_predicted, read_predicted_notice

    notice = read_predicted_notice(library)
    if notice.model_sha256 != predictor.version.sha256:
        raise TrainingError(f"{library} was made by {notice.model}, not by {predictor.version}; one model must predict both.")
    found = [
        PredictedEntry(record.connectivity, to_bins(record.spectrum), record.nominal_mass or 0, record.confidence)
        for record in read_compact_predicted(library)
        if record.connectivity is not None and record.confidence is not None
    ]
    there = {entry.connectivity for entry in found}
    for grouped in (benchmark.val, benchmark.test):
        lacking = {key: rows for key, rows in grouped.items() if key not in there}
        predicted = predict_compounds(predictor, lacking, report, cancel)
        for (key, rows), bins, confidence in zip(lacking.items(), predicted.bins, predicted.confidence.tolist(), strict=True):
            if bins.any():
                found.append(PredictedEntry(key, bins, rows[0].nominal_mass, confidence))
    return found
