"""A prediction beside the measured spectra of the same compound."""

from __future__ import annotations

from collections.abc import Iterable

from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.domain.prediction import MeasuredMatch, Prediction
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.similarity import cosine, match_factor


def measured_matches(prediction: Prediction, entries: Iterable[LibraryEntry]) -> list[MeasuredMatch]:
    """How well `prediction` agrees with each measured spectrum, the best first.

    Both are compared on unit-mass bins 1..1000. Order: match factor, then cosine, then the order of `entries`.
    """
    predicted = to_bins(prediction.spectrum)
    matches = []
    for entry in entries:
        measured = to_bins(entry.record.spectrum)
        matches.append(
            MeasuredMatch(
                entry_id=entry.entry_id,
                library=entry.library,
                record=entry.record,
                match_factor=match_factor(predicted, measured),
                cosine=float(cosine(predicted, measured)),
            )
        )
    return sorted(matches, key=lambda match: (-match.match_factor, -match.cosine))
