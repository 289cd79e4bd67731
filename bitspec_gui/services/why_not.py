"""Why a structure is not among the hits: its predicted spectrum beside the unknown's, scored as the hits are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.domain.search import HitList, SearchSettings
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.why_not import UnmatchedPeak, WhyNot
from bitspec_gui.services.export import record_of
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.services.lookup import LookupService
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.spectra.binning import to_bins

STRONG_PERCENT = 5.0
"""A peak counts as unmatched from this intensity on, in % of its base peak."""

_FAINT_SHARE = 0.1
"""A peak is unmatched where the other spectrum has less than this share of it."""

MOST_PEAKS = 6

NOT_STORED = "predicted just now"
"""What stands in place of a library's name: the spectrum is in none."""


class WhyNotService:
    """Answers why a structure is not among the hits for an unknown; may be used by several threads."""

    def __init__(self, prediction: PredictionService, lookup: LookupService, libraries: LibraryService) -> None:
        self._prediction, self._lookup, self._libraries = prediction, lookup, libraries

    def compare(self, text: str, query: SpectrumRecord, found: HitList | None, cancel: CancelToken | None = None) -> WhyNot:
        """Predict the spectrum of the molecule written in `text` and hold it against an unknown.

        Parameters
        ----------
        text : str
            SMILES, InChI or molblock.
        query : SpectrumRecord
            The unknown.
        found : HitList or None
            What was found for it, None if nothing was searched yet.

        Raises
        ------
        MoleculeError, ModelFileError, StorageError, Cancelled
            If the structure cannot be read or predicted, a file cannot be used, or on the user's wish.
        """
        prediction = self._prediction.predict(self._prediction.molecule(text))
        if cancel is not None:
            cancel.raise_if_cancelled()
        searched = found if found is not None else HitList(query, SearchSettings(), (), 0)
        hit = self._lookup.place(searched, LibraryEntry(0, NOT_STORED, record_of(prediction)))
        connectivity = prediction.molecule.connectivity
        measured = self._libraries.measured_matches(prediction)
        own = next((each.rank for each in searched.hits if each.entry.record.connectivity == connectivity), None)
        unknown, predicted = to_bins(query.spectrum), to_bins(prediction.spectrum)
        mass = searched.settings.molecular_mass_da if searched.settings.molecular_mass_da is not None else query.molecular_mass_da
        answer = WhyNot(
            prediction=prediction,
            hit=hit,
            hits=len(searched.hits),
            own_rank=own,
            in_libraries=tuple(dict.fromkeys(match.library for match in measured)),
            unexplained=_unmatched(unknown, predicted),
            missing=_unmatched(predicted, unknown),
            mass_difference_da=None if mass is None else prediction.molecule.nominal_mass - mass,
            sentences=(),
        )
        return _with_words(answer)


def _unmatched(one: NDArray[np.float32], other: NDArray[np.float32]) -> tuple[UnmatchedPeak, ...]:
    """The strongest peaks of `one` that `other` lacks, both (1000,) with the base peak at 1."""
    lacking = np.flatnonzero((one >= STRONG_PERCENT / 100) & (other < _FAINT_SHARE * one))
    order = lacking[np.argsort(-one[lacking], kind="stable")][:MOST_PEAKS]
    return tuple(UnmatchedPeak(int(each) + 1, 100 * float(one[each])) for each in order)


def _with_words(answer: WhyNot) -> WhyNot:
    sentences = [_standing(answer)]
    if answer.mass_difference_da:
        sentences.append(
            f"Its molecular mass is {abs(answer.mass_difference_da)} Da {_more(answer.mass_difference_da)} than stated."
        )
    if answer.unexplained:
        sentences.append(f"The prediction lacks strong peaks of the unknown: m/z {_listed(answer.unexplained)}.")
    if answer.missing:
        sentences.append(f"The unknown lacks peaks that are predicted: m/z {_listed(answer.missing)}.")
    if answer.in_libraries:
        sentences.append(f"Measured spectra of this compound are in {', '.join(f'“{each}”' for each in answer.in_libraries)}.")
    else:
        sentences.append("No library holds a measured spectrum of this compound.")
    if answer.prediction.confidence is not None and answer.prediction.confidence < 0.5:
        sentences.append("The prediction itself is uncertain, so a poor match says little against the structure.")
    return replace(answer, sentences=(*sentences, *answer.prediction.warnings))


def _standing(answer: WhyNot) -> str:
    if answer.own_rank is not None:
        return f"This compound is among the hits, at rank {answer.own_rank}."
    if not answer.hits:
        return (
            f"Its predicted spectrum matches the unknown with {answer.hit.match} of 999; nothing was searched to rank it against."
        )
    if answer.hit.rank > answer.hits:
        return f"Its predicted spectrum would stand below all {answer.hits} hits, with a match of {answer.hit.match}."
    place = f"at rank {answer.hit.rank} among the {answer.hits} hits"
    return f"Its predicted spectrum would stand {place}, with a match of {answer.hit.match}."


def _more(difference: int) -> str:
    return "more" if difference > 0 else "less"


def _listed(peaks: Sequence[UnmatchedPeak]) -> str:
    return ", ".join(f"{peak.mz} ({peak.percent:.0f} %)" for peak in peaks)
