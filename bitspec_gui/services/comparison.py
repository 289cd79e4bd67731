"""A prediction beside the measured spectra of the same compound, or beside another prediction."""

from __future__ import annotations

from collections.abc import Iterable

from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.domain.prediction import MeasuredMatch, PredictedMatch, Prediction
from bitspec_gui.domain.spectrum import USUAL_ENERGY_EV, SpectrumRecord
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.similarity import cosine, match_factor

USUAL_ENERGIES_EV = (60.0, 80.0)
"""Electron energies in this range give much the same spectrum as 70 eV."""


def measured_matches(prediction: Prediction, entries: Iterable[LibraryEntry]) -> list[MeasuredMatch]:
    """How well `prediction` agrees with each measured spectrum, the best first.

    Predicted spectra among `entries` are passed over: they are no measurement to compare with.
    Both are compared on unit-mass bins 1..1000. Order: spectra without a caution, match factor, cosine, order of `entries`.
    """
    predicted = to_bins(prediction.spectrum)
    matches = []
    for entry in entries:
        if entry.record.predicted_by is not None:
            continue
        measured = to_bins(entry.record.spectrum)
        matches.append(
            MeasuredMatch(
                entry_id=entry.entry_id,
                library=entry.library,
                record=entry.record,
                match_factor=match_factor(predicted, measured),
                cosine=float(cosine(predicted, measured)),
                caution=caution(prediction.molecule.formula, entry.record),
            )
        )
    return sorted(matches, key=lambda match: (bool(match.caution), -match.match_factor, -match.cosine))


def predicted_match(prediction: Prediction, other: Prediction) -> PredictedMatch:
    """How well two predictions agree, an isomer's for example, on unit-mass bins 1..1000."""
    bins, others = to_bins(prediction.spectrum), to_bins(other.spectrum)
    return PredictedMatch(other, match_factor(bins, others), float(cosine(bins, others)))


def caution(formula: str, record: SpectrumRecord) -> str:
    """Why a measured spectrum filed under a compound of `formula` may not be its 70 eV spectrum; empty if nothing says so."""
    from bitspec_gui.chem.filed_compound import isotope_labelled
    from bitspec_gui.chem.label_check import contradiction

    if isotope_labelled(record.smiles, record.inchi):
        return "The measured spectrum is that of an isotope-labelled compound; predictions are for natural isotopes."
    doubt = record.doubt or contradiction(record.spectrum, formula, smiles=record.smiles, inchi=record.inchi)
    if doubt:
        return f"The measured spectrum may not be that of this compound: {doubt}"
    low, high = USUAL_ENERGIES_EV
    if record.energy_ev is not None and not low <= record.energy_ev <= high:
        return f"This spectrum was measured at {record.energy_ev:g} eV; predictions are for {USUAL_ENERGY_EV:g} eV."
    return ""
