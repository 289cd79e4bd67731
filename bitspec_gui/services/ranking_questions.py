"""Queries whose compound is known, with the candidates that a search finds for them: to fit and to measure the ranking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.search import Score
from bitspec_gui.formats.benchmark_set import BenchmarkRow
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.ranking import RankingInput
from bitspec_gui.spectra.ranking_pool import PoolSearch
from bitspec_gui.spectra.similarity import Bins

FIRST_RECORDED = (40, 50, 70, 85)
"""m/z at which recordings often begin; queries cut off there teach the ranking not to miss what was not recorded."""


class Setting(Enum):
    """Which spectra of the query's own compound the library holds; the values are those of tables."""

    REPLICATE = "its other measured spectra"
    PREDICTED = "its predicted spectrum only"
    ABSENT = "none"


@dataclass(frozen=True)
class PredictedEntry:
    """A predicted spectrum of a library: InChIKey first block, bins (1000,), nominal mass in Da (0 unknown), confidence."""

    connectivity: str
    bins: Bins
    mass: int
    confidence: float


@dataclass(frozen=True, eq=False)
class LookupLibrary:
    """Measured spectra first, then predicted ones.

    Attributes
    ----------
    bins : (L, 1000) float32
    compound : (L,) int64
        Number of the compound (InChIKey first block), by ``numbers``.
    mass : (L,) int16
        Nominal mass in Da, 0 where unknown.
    confidence : (L,) float32
        NaN for measured spectra.
    rows : tuple of BenchmarkRow
        The measured ones.
    numbers : dict
        Number of each compound.
    """

    bins: Bins
    compound: NDArray[np.int64]
    mass: NDArray[np.int16]
    confidence: NDArray[np.float32]
    rows: tuple[BenchmarkRow, ...]
    numbers: dict[str, int]

    @classmethod
    def of(cls, rows: Sequence[BenchmarkRow], predicted: Sequence[PredictedEntry] = ()) -> LookupLibrary:
        """Put measured rows and predicted spectra together."""
        keys = [row.connectivity for row in rows] + [entry.connectivity for entry in predicted]
        numbers: dict[str, int] = {}
        compound = [numbers.setdefault(key, len(numbers)) for key in keys]
        bins = np.zeros((len(keys), 1000), dtype=np.float32)
        for place, row in enumerate(rows):
            bins[place] = to_bins(row.spectrum)
        for place, entry in enumerate(predicted, start=len(rows)):
            bins[place] = entry.bins
        return cls(
            bins=bins,
            compound=np.array(compound, dtype=np.int64),
            mass=np.array([row.nominal_mass for row in rows] + [entry.mass for entry in predicted], dtype=np.int16),
            confidence=np.array([np.nan] * len(rows) + [entry.confidence for entry in predicted], dtype=np.float32),
            rows=tuple(rows),
            numbers=numbers,
        )


@dataclass(frozen=True, eq=False)
class Asked:
    """A query: bins (1000,), number of its compound, its nominal mass, and the library rows that must not compete."""

    query: Bins
    row: BenchmarkRow
    compound: int
    excluded: NDArray[np.int64]
    weight: float = 1.0


def asked(library: LookupLibrary, setting: Setting, parts: Iterable[str], most: int | None = None) -> list[Asked]:
    """Every record of the library's measured compounds of `parts`, as a query in a setting.

    At most `most` records a compound are asked (all if None); together the queries of a compound weigh 1. For a train compound
    its own prediction never competes: the predictor has learned from its spectra, so it would flatter.
    """
    wanted = frozenset(parts)
    places: dict[str, list[int]] = {}
    for place, row in enumerate(library.rows):
        places.setdefault(row.connectivity, []).append(place)
    predicted: dict[int, list[int]] = {}
    for place in range(len(library.rows), len(library.compound)):
        predicted.setdefault(int(library.compound[place]), []).append(place)
    found = []
    for key, own in places.items():
        number = library.numbers[key]
        forecast = predicted.get(number, [])
        part = library.rows[own[0]].part
        lacking = (setting is Setting.REPLICATE and len(own) < 2) or (setting is Setting.PREDICTED and not forecast)
        if part not in wanted or lacking or (setting is Setting.PREDICTED and part == "train"):
            continue
        chosen = own[:most]
        for place in chosen:
            if setting is Setting.REPLICATE:
                excluded = [place, *(forecast if part == "train" else [])]
            else:
                excluded = own if setting is Setting.PREDICTED else [*own, *forecast]
            row = library.rows[place]
            found.append(Asked(library.bins[place], row, number, np.array(excluded, dtype=np.int64), 1 / len(chosen)))
    return found


def cut_off(questions: Iterable[Asked], firsts: Sequence[int] = FIRST_RECORDED) -> list[Asked]:
    """The same queries as if recorded from a higher m/z on, by turns from each of `firsts`; empty ones are left out."""
    found = []
    for number, question in enumerate(questions):
        query = question.query.copy()
        query[: firsts[number % len(firsts)] - 1] = 0
        if query.any():
            found.append(replace(question, query=query / query.max()))
    return found


def with_candidates(
    library: LookupLibrary,
    questions: Sequence[Asked],
    searches: Sequence[tuple[Score, int]],
    search: PoolSearch,
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> Iterator[tuple[Asked, RankingInput]]:
    """Each query with what the searches find for it; `search` is over the library's bins.

    Raises
    ------
    Cancelled
        When `cancel` is set.
    """
    for number, question in enumerate(questions):
        if cancel is not None:
            cancel.raise_if_cancelled()
        allowed = np.ones(len(library.compound), dtype=np.bool_)
        allowed[question.excluded] = False
        rows = search.pool(question.query, searches, allowed)
        yield (
            question,
            RankingInput(
                query=question.query,
                library=library.bins[rows],
                masses=library.mass[rows],
                confidence=library.confidence[rows],
                compound=library.compound[rows],
                ri_factor=np.ones(len(rows), dtype=np.float32),
            ),
        )
        if number % 50 == 0:
            report(Progress(number, len(questions), "Searching candidates"))
