"""How much better than plain matching the ranking of hits is, and whether its probabilities are true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.jobs import CancelToken, ReportProgress, ignore_progress
from bitspec_gui.domain.search import Score
from bitspec_gui.formats.benchmark_set import BenchmarkRow
from bitspec_gui.services.ranking_questions import (
    FIRST_RECORDED,
    Asked,
    LookupLibrary,
    PredictedEntry,
    Setting,
    asked,
    cut_off,
    with_candidates,
)
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.ranking import Ranking
from bitspec_gui.spectra.ranking_pool import PoolSearch

MASS_WINDOW_DA = 5
PROBABILITY_EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
NOT_FOUND = 1_000_000
"""Rank of a compound that the searches did not propose."""

NOT_RECORDED_BELOW = {"recetox_gc_hrms_2020": 70, "mona2020_ucdavis": 85}
"""Collections of other laboratories whose spectra are looked up in the benchmark, with the lowest m/z recorded."""


@dataclass(frozen=True)
class RankingComparison:
    """Recall of plain weighted cosine and of the ranking on the same queries: shares with the right compound first, in ten."""

    setting: str
    queries: int
    library_spectra: int
    plain_at_1: float
    plain_at_10: float
    ranked_at_1: float
    ranked_at_10: float


@dataclass(frozen=True)
class ReliabilityRow:
    """Hits, one a compound, whose probability lies in ``low``..``high``: how many, the mean probability, the share right."""

    low: float
    high: float
    hits: int
    stated: float
    right: float


@dataclass(frozen=True)
class RankingEvaluation:
    """All of it; ``reliability`` maps a setting to its table."""

    version: str
    comparisons: tuple[RankingComparison, ...]
    reliability: dict[str, tuple[ReliabilityRow, ...]]


@dataclass(frozen=True, eq=False)
class Outcome:
    """Ranks (Q,) of the right compound by both methods, and of each query's hits the probability and whether it is right."""

    plain: NDArray[np.int64]
    ranked: NDArray[np.int64]
    probability: NDArray[np.float64]
    right: NDArray[np.bool_]


def compound_rank(scores: NDArray[np.float64], compound: NDArray[np.int64], right: int) -> int:
    """Rank of a compound by its best score, from 1; ties count against it. `NOT_FOUND` if it has none."""
    own = scores[compound == right]
    if not own.size:
        return NOT_FOUND
    return 1 + len(np.unique(compound[(scores >= own.max()) & (compound != right)]))


def outcome_of(
    ranking: Ranking,
    library: LookupLibrary,
    questions: Sequence[Asked],
    search: PoolSearch,
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> Outcome:
    """Ask all questions by plain weighted cosine over the whole library, and by the ranking."""
    found = []
    for question, given in with_candidates(library, questions, ranking.pool, search, report, cancel):
        scores = search.scores(question.query, Score.WEIGHTED_COSINE).astype(np.float64)
        competing = np.ones(len(scores), dtype=np.bool_)
        competing[question.excluded] = False
        plain = compound_rank(scores[competing], library.compound[competing], question.compound)
        result = ranking.rank(given)
        ranked = result.score.astype(np.float64)
        outcome = one_outcome(ranked, ranked, result.probability.astype(np.float64), given.compound, question.compound)
        found.append(replace(outcome, plain=np.array([plain])))
    return joined(found)


def one_outcome(
    plain: NDArray[np.float64],
    ranked: NDArray[np.float64],
    probability: NDArray[np.float64],
    compound: NDArray[np.int64],
    right: int,
) -> Outcome:
    """Outcome of one query from scores by both methods and probabilities of the same candidates, all (K,)."""
    numbers, first = np.unique(compound, return_index=True)
    return Outcome(
        plain=np.array([compound_rank(plain, compound, right)]),
        ranked=np.array([compound_rank(ranked, compound, right)]),
        probability=probability[first],
        right=numbers == right,
    )


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """Outcomes of several queries as one; there must be one at least."""
    columns = {field.name: np.concatenate([getattr(outcome, field.name) for outcome in outcomes]) for field in fields(Outcome)}
    return Outcome(**columns)


def comparison(setting: str, library_spectra: int, outcome: Outcome) -> RankingComparison:
    """Recall from ranks."""
    shares = [float((ranks <= most).mean()) for ranks in (outcome.plain, outcome.ranked) for most in (1, 10)]
    return RankingComparison(setting, len(outcome.plain), library_spectra, *shares)


def reliability(outcomes: Iterable[Outcome], edges: Sequence[float] = PROBABILITY_EDGES) -> tuple[ReliabilityRow, ...]:
    """Stated probabilities beside what came true; hits below 0.1 % are left out, else they would be all of the first row."""
    outcomes = list(outcomes)
    stated = np.concatenate([outcome.probability for outcome in outcomes])
    right = np.concatenate([outcome.right for outcome in outcomes])
    kept = stated >= 0.001
    stated, right = stated[kept], right[kept]
    place = np.clip(np.searchsorted(edges, stated, side="right") - 1, 0, len(edges) - 2)
    rows = []
    for number in range(len(edges) - 1):
        inside = place == number
        if inside.any():
            means = float(stated[inside].mean()), float(right[inside].mean())
            rows.append(ReliabilityRow(edges[number], edges[number + 1], int(inside.sum()), *means))
    return tuple(rows)


def calibration_error(rows: Sequence[ReliabilityRow]) -> float:
    """Mean difference between what was stated and what came true, over hits."""
    return sum(row.hits * abs(row.stated - row.right) for row in rows) / max(sum(row.hits for row in rows), 1)


def within_mass(library: LookupLibrary, questions: Iterable[Asked], window_da: int = MASS_WINDOW_DA) -> list[Asked]:
    """The same questions with only compounds within the window of the right mass competing."""
    masses = library.mass.astype(np.int64)
    return [
        replace(
            question, excluded=np.union1d(question.excluded, np.flatnonzero(abs(masses - question.row.nominal_mass) > window_da))
        )
        for question in questions
    ]


def first_records(library: LookupLibrary, parts: Iterable[str]) -> list[Asked]:
    """The protocol's measured-only queries: the first record of each compound with two or more; no first record competes."""
    everyone = asked(library, Setting.REPLICATE, ("train", "val", "test"), most=1)
    place = {row.accession: number for number, row in enumerate(library.rows)}
    firsts = np.array([place[question.row.accession] for question in everyone], dtype=np.int64)
    wanted = frozenset(parts)
    return [
        replace(question, excluded=np.union1d(question.excluded, firsts)) for question in everyone if question.row.part in wanted
    ]


def elsewhere(library: LookupLibrary, folder: Path, collection: str) -> list[Asked]:
    """Spectra of another laboratory's collection as queries, of compounds that the library has measured.

    Raises
    ------
    UnreadableFile
        If the collection cannot be read.
    """
    from bitspec_gui.formats.other_spectra import read_other

    measured = {row.connectivity for row in library.rows}
    return [
        Asked(to_bins(row.spectrum), row, library.numbers[row.connectivity], np.zeros(0, dtype=np.int64))
        for row in read_other(folder, collection)
        if row.connectivity in measured
    ]


def evaluate_ranking(
    ranking: Ranking,
    rows: Sequence[BenchmarkRow],
    predicted: Sequence[PredictedEntry],
    others: Path | None = None,
    part: str = "test",
    flagged: Sequence[BenchmarkRow] = (),
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> RankingEvaluation:
    """Compare the ranking with plain weighted cosine on compounds of `part`.

    Parameters
    ----------
    rows : sequence of BenchmarkRow
        All rows that score (no flags), of every part.
    predicted : sequence of PredictedEntry
        The predicted library, with predictions for the compounds of `part` among them.
    others : Path or None
        Folder of other laboratories' collections.
    flagged : sequence of BenchmarkRow
        Rows with flags, for a count over all rows: low energies, derivatives filed under their parent, and the like.

    Raises
    ------
    Cancelled
        When `cancel` is set.
    UnreadableFile
        If a collection in `others` cannot be read.
    """
    comparisons: list[RankingComparison] = []

    def ask(words: str, library: LookupLibrary, questions: Sequence[Asked], search: PoolSearch) -> Outcome | None:
        if not questions:
            return None
        outcome = outcome_of(ranking, library, questions, search, report, cancel)
        comparisons.append(comparison(words, len(library.compound), outcome))
        return outcome

    measured = LookupLibrary.of(rows)
    search = PoolSearch(measured.bins)
    queries = first_records(measured, (part,))
    present = [ask("measured-only, no mass filter", measured, queries, search)]
    ask(f"measured-only, ±{MASS_WINDOW_DA} Da", measured, within_mass(measured, queries), search)
    every = asked(measured, Setting.REPLICATE, (part,))
    present.append(ask("measured-only, every record in turn", measured, every, search))
    for first in FIRST_RECORDED:
        ask(f"the same, recorded from m/z {first}", measured, cut_off(every, (first,)), search)
    if others is not None:
        for collection in NOT_RECORDED_BELOW:
            if (others / f"{collection}.jsonl").is_file():
                ask(f"measured-only, queries of {collection}", measured, elsewhere(measured, others, collection), search)
    if flagged:
        whole = LookupLibrary.of([*rows, *flagged])
        firsts = asked(whole, Setting.REPLICATE, (part,), most=1)
        ask("measured-only, flagged rows as well, one in turn", whole, firsts, PoolSearch(whole.bins))
    forecast = _protocol_library(rows, predicted, part)
    search = PoolSearch(forecast.bins)
    queries = _forecast_questions(forecast, rows, part)
    ask("predicted-in-library, no mass filter", forecast, queries, search)
    ask(f"predicted-in-library, ±{MASS_WINDOW_DA} Da", forecast, within_mass(forecast, queries), search)
    mixed = LookupLibrary.of(rows, predicted)
    search = PoolSearch(mixed.bins)
    present.append(ask("mixed, measured and predicted", mixed, asked(mixed, Setting.REPLICATE, (part,)), search))
    present.append(ask("mixed, predicted only", mixed, asked(mixed, Setting.PREDICTED, (part,), most=1), search))
    absent = outcome_of(ranking, mixed, asked(mixed, Setting.ABSENT, (part,), most=1), search, report, cancel)
    there = [outcome for outcome in present if outcome is not None]
    tables = {"compound in the library": reliability(there), "compound not in the library": reliability([absent])}
    return RankingEvaluation(ranking.version, tuple(comparisons), tables)


def _protocol_library(rows: Sequence[BenchmarkRow], predicted: Sequence[PredictedEntry], part: str) -> LookupLibrary:
    """Measured spectra of the other parts (for test: train and val), predicted ones of the compounds of `part`."""
    own = {row.connectivity for row in rows if row.part == part}
    others = [row for row in rows if row.part not in (part, "test")]
    return LookupLibrary.of(others, [entry for entry in predicted if entry.connectivity in own])


def _forecast_questions(library: LookupLibrary, rows: Sequence[BenchmarkRow], part: str) -> list[Asked]:
    """The first record of each compound of `part` that has a prediction."""
    firsts: dict[str, BenchmarkRow] = {}
    for row in rows:
        if row.part == part and row.connectivity in library.numbers:
            firsts.setdefault(row.connectivity, row)
    nothing = np.zeros(0, dtype=np.int64)
    return [Asked(to_bins(row.spectrum), row, library.numbers[key], nothing) for key, row in firsts.items()]
