"""From the benchmark and predicted spectra to a fitted ranking of hits."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bitspec_gui.domain.jobs import CancelToken, ReportProgress, ignore_progress
from bitspec_gui.domain.search import Score
from bitspec_gui.formats.benchmark_set import BenchmarkRow
from bitspec_gui.services.ranking_evaluation import Outcome, joined, one_outcome, within_mass
from bitspec_gui.services.ranking_questions import Asked, LookupLibrary, PredictedEntry, Setting, asked, cut_off, with_candidates
from bitspec_gui.spectra.ranking import Ranking, compound_probability
from bitspec_gui.spectra.ranking_features import CANDIDATE_FEATURES, candidate_features
from bitspec_gui.spectra.ranking_fit import FitSettings, Question, calibration, fit_networks, joined_questions, scaled
from bitspec_gui.spectra.ranking_network import mean_of
from bitspec_gui.spectra.ranking_pool import PoolSearch

NAME = "ranking-1"
POOL = ((Score.WEIGHTED_COSINE, 200), (Score.ENTROPY, 100))
"""Where candidates come from when a user searches."""

FITTED_POOL = ((Score.WEIGHTED_COSINE, 60), (Score.ENTROPY, 30))
"""Fewer suffice to learn from: what is further down is wrong by a wide margin."""

FITTED_PARTS = ("train", "val")
ABSENT_SHARE = 0.1
"""Share of whole queries to whole libraries, by weight, whose compound is taken not to be in the library at all."""

MOST_RECORDS = 3
_EVERY_CUT = 3
_EVERY_ABSENT = 3
_EVERY_WINDOW = 3
_HELD_BACK_IN = 3


@dataclass(frozen=True)
class FittingSet:
    """Questions with the InChIKey first block of each one's compound, and what is asked in words."""

    questions: tuple[Question, ...]
    compounds: tuple[str, ...]
    settings: tuple[str, ...]


def fold_of(connectivity: str, folds: int) -> int:
    """Fold of a compound in cross-validation, by the checksum of its InChIKey's first block."""
    return zlib.crc32(connectivity.encode("ascii")) // 7 % folds


def fitting_set(
    rows: Sequence[BenchmarkRow],
    predicted: Sequence[PredictedEntry],
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> FittingSet:
    """Questions of every setting, on train and val compounds.

    Replicates are asked of the measured spectra alone and of these with the predicted ones; compounds of which only the
    prediction is in the library are val compounds, because the predictor has learned from train compounds.

    Raises
    ------
    Cancelled
        When `cancel` is set.
    """
    measured = LookupLibrary.of(rows)
    mixed = LookupLibrary.of(rows, predicted)
    replicates = asked(measured, Setting.REPLICATE, FITTED_PARTS, MOST_RECORDS)
    replicates_mixed = asked(mixed, Setting.REPLICATE, FITTED_PARTS, MOST_RECORDS)
    forecast = asked(mixed, Setting.PREDICTED, FITTED_PARTS, MOST_RECORDS)
    absent = asked(mixed, Setting.ABSENT, FITTED_PARTS, 1)[::_EVERY_ABSENT]
    present = replicates + replicates_mixed + forecast
    of_present = sum(question.weight for question in present)
    scale = of_present * ABSENT_SHARE / (1 - ABSENT_SHARE) / max(len(absent), 1)
    in_measured, in_mixed = _Answering(measured, report, cancel), _Answering(mixed, report, cancel)
    groups = (
        ("measured-only", in_measured, replicates, 1.0),
        ("measured-only, cut off", in_measured, cut_off(replicates[::_EVERY_CUT]), 1.0),
        ("mixed, measured and predicted", in_mixed, replicates_mixed, 1.0),
        ("mixed, predicted only", in_mixed, forecast, 1.0),
        ("mixed, predicted only, cut off", in_mixed, cut_off(forecast[::_EVERY_CUT]), 1.0),
        ("mixed, not in the library", in_mixed, absent, scale),
        ("measured-only, mass window", in_measured, within_mass(measured, replicates[::_EVERY_WINDOW]), 1.0),
        ("mixed, mass window", in_mixed, within_mass(mixed, replicates_mixed[::_EVERY_WINDOW]), 1.0),
        ("mixed, predicted only, mass window", in_mixed, within_mass(mixed, forecast), 1.0),
    )
    found: list[Question] = []
    for _, answering, some, weight in groups:
        found += answering.questions(some, weight)
    return FittingSet(
        questions=tuple(found),
        compounds=tuple(question.row.connectivity for _, _, some, _ in groups for question in some),
        settings=tuple(words for words, _, some, _ in groups for _ in some),
    )


class _Answering:
    """A library that is searched for candidates."""

    def __init__(self, library: LookupLibrary, report: ReportProgress, cancel: CancelToken | None) -> None:
        self._library, self._report, self._cancel = library, report, cancel
        self._search = PoolSearch(library.bins)

    def questions(self, some: Sequence[Asked], scale: float) -> list[Question]:
        """Features of the candidates of each query, its weight times `scale`."""
        found = []
        for question, given in with_candidates(self._library, some, FITTED_POOL, self._search, self._report, self._cancel):
            values = candidate_features(given.query, given.library, given.masses, given.confidence)
            found.append(Question(values, given.compound, question.compound, question.weight * scale))
        return found


def fit_ranking(
    given: FittingSet,
    settings: FitSettings | None = None,
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
    left_out: Collection[str] = (),
) -> Ranking:
    """Fit the ranking on the questions about compounds (InChIKey first blocks) that are not `left_out`, and calibrate it.

    Scale and shift of the log-odds come from networks that were fitted on two thirds of the compounds and asked about the others.

    Raises
    ------
    Cancelled
        When `cancel` is set.
    ValueError
        If nothing is left to fit on.
    """
    settings = settings or FitSettings()
    questions = [question for question, key in zip(given.questions, given.compounds, strict=True) if key not in left_out]
    folds = [fold_of(key, _HELD_BACK_IN) for key in given.compounds if key not in left_out]
    networks = fit_networks(questions, settings, report, cancel)
    scale, shift = _calibration(questions, folds, settings, report, cancel)
    return Ranking(
        version=NAME,
        pool=POOL,
        networks=tuple(scaled(network, scale, shift) for network in networks),
        fitted_on=f"{len(questions)} queries about train and val compounds of the benchmark",
    )


def _calibration(
    questions: Sequence[Question],
    folds: Sequence[int],
    settings: FitSettings,
    report: ReportProgress,
    cancel: CancelToken | None,
) -> tuple[float, float]:
    """Scale and shift that calibrate; (1, 0) where there are too few compounds to hold any back."""
    found = []
    for fold in range(_HELD_BACK_IN):
        held_back = [q for q, own in zip(questions, folds, strict=True) if own == fold and len(q.values)]
        others = [q for q, own in zip(questions, folds, strict=True) if own != fold and len(q.values)]
        if not held_back or not others:
            return 1.0, 0.0
        networks = fit_networks(others, replace(settings, networks=min(settings.networks, 2)), report, cancel)
        odds, absent = mean_of(networks, np.concatenate([question.values for question in held_back]))
        found.append(calibration(odds.astype(np.float32), absent, joined_questions(held_back)))
    scale, shift = np.mean(found, axis=0).tolist()
    return float(scale), float(shift)


def cross_validated(
    given: FittingSet,
    folds: int,
    settings: FitSettings | None = None,
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> dict[str, Outcome]:
    """Fit on all folds of compounds but one, and ask about that one: outcomes by what was asked.

    Ranks are among the candidates of the fitting pool, and plain weighted cosine is that of the same candidates.

    Raises
    ------
    Cancelled
        When `cancel` is set.
    """
    plain = CANDIDATE_FEATURES.index("whole")
    found: dict[str, list[Outcome]] = {}
    for fold in range(folds):
        left_out = {key for key in given.compounds if fold_of(key, folds) == fold}
        ranking = fit_ranking(given, settings, report, cancel, left_out=left_out)
        for question, key, words in zip(given.questions, given.compounds, given.settings, strict=True):
            if key in left_out and len(question.values):
                odds, absent = mean_of(ranking.networks, question.values)
                probability = compound_probability(odds, absent, question.compound)
                scores = question.values[:, plain].astype(np.float64)
                found.setdefault(words, []).append(one_outcome(scores, odds, probability, question.compound, question.right))
    return {words: joined(outcomes) for words, outcomes in found.items()}
