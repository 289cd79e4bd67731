"""An unknown spectrum -> ranked hits from measured and predicted libraries."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import SearchError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.domain.ports import LibraryStore
from bitspec_gui.domain.search import MATCH_TOP, MOST_HITS, Hit, HitList, Score, SearchSettings
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.search_filters import Factors, SearchFilters, chosen_libraries
from bitspec_gui.services.search_indexes import SearchIndexes, identity_of
from bitspec_gui.services.searched_libraries import SearchedLibraries
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.retention import retention_factor
from bitspec_gui.spectra.search.brute_force import float_scores
from bitspec_gui.spectra.similarity import reverse_weighted_cosine, weighted_cosine

if TYPE_CHECKING:
    from bitspec_gui.spectra.ranking import Ranking
    from bitspec_gui.spectra.search.index import LibraryIndex

Bins = NDArray[np.float32]
FloatArray = NDArray[np.float64]

HEAVIEST_RANKED_DA = 32_767

NO_PEAK = "No peak of this spectrum lies within m/z 1 to 1000, so there is nothing to search with."
NO_WINDOW = "The mass window was not used: the molecular mass of this unknown is not known."
NO_SHIFT = "A hybrid search needs the molecular mass of the unknown; without one it is a search by weighted cosine."
NOTHING_TO_SEARCH = "There is no library to search. Add one, or restore those that come with BitSpec."
NOTHING_PASSES = "No spectrum of the libraries passes the filters."


@dataclass(frozen=True)
class _Pool:
    """Candidates with all that their ranking needs: spectra (K, 1000), and of each (K,) its mass and the factor on its score."""

    entries: list[LibraryEntry]
    bins: Bins
    masses: NDArray[np.int16]
    factor: FloatArray


class LookupService:
    """Searches the libraries for unknowns; may be used by several threads.

    Parameters
    ----------
    open_store : callable
        Gives the store of the libraries; may raise `StorageError`.
    index_folder : Path
        Where index files are kept.
    load_ranking : callable
        Gives the ranking behind `Score.COMBINED`; called at the first search by it, may raise `ModelFileError`.
    """

    def __init__(self, open_store: Callable[[], LibraryStore], index_folder: Path, load_ranking: Callable[[], Ranking]) -> None:
        self._open_store = open_store
        self._indexes = SearchIndexes(index_folder)
        self._libraries = SearchedLibraries()
        self._filters = SearchFilters()
        self._load_ranking = load_ranking
        self._ranking: Ranking | None = None
        self._searching = threading.Lock()

    @property
    def ranking_version(self) -> str:
        """What `Score.COMBINED` was fitted as, for reports."""
        return self._ranked_by().version

    def prepare(self, progress: ReportProgress = ignore_progress, cancel: CancelToken | None = None) -> None:
        """Build what indexes are missing or stale, and compile, so that a search need not wait; raises as `search`."""
        store = self._open_store()
        indexes = self._indexes.fresh(store, self._libraries.of(store, identity_of(store)), progress, cancel)
        self._indexes.warm(indexes, (score for score, _ in self._ranked_by().pool))

    def search(
        self,
        record: SpectrumRecord,
        settings: SearchSettings | None = None,
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> HitList:
        """The library spectra that agree best with an unknown, exactly: no spectrum that passes the filters is passed over.

        Libraries that have changed are indexed first, so that a search never answers from a stale index.

        Raises
        ------
        SearchError
            If no peak of the unknown lies within m/z 1..1000, a library is named that is not there, or a filter cannot be read.
        StorageError, ModelFileError, Cancelled
            If the database or the ranking cannot be used, or on the user's wish.
        """
        settings = _sensible(settings or SearchSettings())
        query = to_bins(record.spectrum)
        if not query.any():
            raise SearchError(NO_PEAK)
        with self._searching:
            store = self._open_store()
            libraries = self._libraries.of(store, identity_of(store))
            indexes = self._indexes.fresh(store, chosen_libraries(libraries, settings.filter), progress, cancel)
            mass, ri, notes = _known_of(record, settings)
            self._indexes.warm(indexes, (score for score, _ in self._searches(settings, mass)))
            started = time.perf_counter()
            factors = self._filters.factors(store, indexes, settings, mass, ri, cancel)
            searched = sum(
                index.size if factor is None else int(np.count_nonzero(factor))
                for index, factor in zip(indexes, factors, strict=True)
            )
            if not searched:
                notes.append(NOTHING_PASSES if libraries else NOTHING_TO_SEARCH)
            hits = self._hits(store, indexes, factors, query, settings, mass, ri, cancel) if searched else []
        return HitList(
            query=record,
            settings=settings,
            hits=tuple(hits),
            searched=searched,
            passed_over=sum(info.spectra for info in libraries) - searched,
            duration_s=time.perf_counter() - started,
            notes=tuple(notes),
        )

    def search_many(
        self,
        records: Sequence[SpectrumRecord],
        settings: SearchSettings | None = None,
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> Iterator[HitList]:
        """One hit list a record, in order; one that cannot be searched has no hits and a note that says why.

        Raises
        ------
        SearchError, StorageError, ModelFileError, Cancelled
            As `search`, for what concerns all records; the lists that were given before stand.
        """
        settings = _sensible(settings or SearchSettings())
        store = self._open_store()
        chosen_libraries(self._libraries.of(store, identity_of(store)), settings.filter)
        self.prepare(progress, cancel)
        for number, record in enumerate(records):
            if cancel is not None:
                cancel.raise_if_cancelled()
            progress(Progress(number, len(records), f"Searching {record.name or f'spectrum {number + 1}'}"))
            if to_bins(record.spectrum).any():
                yield self.search(record, settings, cancel=cancel)
            else:
                yield HitList(record, settings, (), 0, notes=(NO_PEAK,))
        progress(Progress(len(records), len(records), f"{len(records):,} searched"))

    def place(self, found: HitList, entry: LibraryEntry) -> Hit:
        """Score a spectrum that may be in no library as the hits of a list are; its rank is where it would stand among them."""
        query, settings = to_bins(found.query.spectrum), found.settings
        mass, ri, _ = _known_of(found.query, settings)
        pool = _pool_of([*(hit.entry for hit in found.hits), entry], settings, ri)
        scores, probability = self._scored(query, pool, settings, mass)
        rank = 1 + int((scores[:-1] > scores[-1]).sum())
        match, reverse = _match_factors(query, pool.bins[-1:])
        factors = match[0], reverse[0]
        return _hit(rank, entry, float(scores[-1]), factors, _at(probability, -1), ri, _shift(mass, entry.record))

    def _hits(
        self,
        store: LibraryStore,
        indexes: Sequence[LibraryIndex],
        factors: Factors,
        query: Bins,
        settings: SearchSettings,
        mass: int | None,
        ri: float | None,
        cancel: CancelToken | None,
    ) -> list[Hit]:
        searches = self._searches(settings, mass)
        entries = _candidates(store, indexes, factors, query, searches, settings.top, mass, cancel)
        if not entries:
            return []
        pool = _pool_of(entries, settings, ri)
        scores, probability = self._scored(query, pool, settings, mass)
        hybrid_search = _without_mass(settings.score, mass) is Score.HYBRID
        ids = np.array([entry.entry_id for entry in entries])
        best = [int(each) for each in np.lexsort((ids, -scores)) if scores[each] > 0][: settings.top]
        match, reverse = _match_factors(query, pool.bins[best])
        return [
            _hit(
                place + 1,
                entries[each],
                float(scores[each]),
                (match[place], reverse[place]),
                _at(probability, each),
                ri,
                _shift(mass, entries[each].record) if hybrid_search else None,
            )
            for place, each in enumerate(best)
        ]

    def _searches(self, settings: SearchSettings, mass: int | None) -> tuple[tuple[Score, int], ...]:
        """By which scores candidates are found, and how many of each."""
        score = _without_mass(settings.score, mass)
        return self._ranked_by().pool if score is Score.COMBINED else ((score, settings.top),)

    def _scored(
        self, query: Bins, pool: _Pool, settings: SearchSettings, mass: int | None
    ) -> tuple[FloatArray, NDArray[np.float32] | None]:
        """Scores (K,) of a pool, and probabilities (K,) where the score has them."""
        score = _without_mass(settings.score, mass)
        if score is Score.COMBINED:
            return self._combined(query, pool)
        return pool.factor * float_scores(score, query, pool.bins, pool.masses, mass), None

    def _combined(self, query: Bins, pool: _Pool) -> tuple[FloatArray, NDArray[np.float32]]:
        from bitspec_gui.spectra.ranking import RankingInput

        records = [entry.record for entry in pool.entries]
        ranked = self._ranked_by().rank(
            RankingInput(
                query=query,
                library=pool.bins,
                masses=pool.masses,
                confidence=np.array(
                    [np.nan if each.confidence is None else each.confidence for each in records], dtype=np.float32
                ),
                compound=_compounds(pool.entries),
                ri_factor=pool.factor.astype(np.float32),
            )
        )
        return ranked.score.astype(np.float64), ranked.probability

    def _ranked_by(self) -> Ranking:
        if self._ranking is None:
            self._ranking = self._load_ranking()
        return self._ranking


def _ranked_mass(record: SpectrumRecord) -> int:
    """Mass as indexes and the ranking hold it, 0 where none is known; no compound is so heavy that it would not fit."""
    mass = record.molecular_mass_da or 0
    return mass if 0 < mass <= HEAVIEST_RANKED_DA else 0


def _sensible(settings: SearchSettings) -> SearchSettings:
    return replace(settings, top=min(max(settings.top, 1), MOST_HITS))


def _known_of(record: SpectrumRecord, settings: SearchSettings) -> tuple[int | None, float | None, list[str]]:
    """Mass and retention index of the unknown, and what to say where one is missing that is asked for."""
    mass = settings.molecular_mass_da if settings.molecular_mass_da is not None else record.molecular_mass_da
    ri = settings.retention_index if settings.retention_index is not None else record.retention_index
    notes = []
    if mass is None and settings.mass_window_da is not None:
        notes.append(NO_WINDOW)
    if mass is None and settings.score is Score.HYBRID:
        notes.append(NO_SHIFT)
    return mass, ri, notes


def _without_mass(score: Score, mass: int | None) -> Score:
    return Score.WEIGHTED_COSINE if score is Score.HYBRID and mass is None else score


def _shift(mass: int | None, record: SpectrumRecord) -> int | None:
    own = _ranked_mass(record)
    return mass - own if mass is not None and own else None


def _candidates(
    store: LibraryStore,
    indexes: Sequence[LibraryIndex],
    factors: Factors,
    query: Bins,
    searches: Sequence[tuple[Score, int]],
    top: int,
    mass: int | None,
    cancel: CancelToken | None,
) -> list[LibraryEntry]:
    """Every entry that can be among the best of any of `searches`, read from the store."""
    from bitspec_gui.spectra.search.index import candidates

    ids: dict[int, None] = {}
    for score, number in searches:
        found = candidates(indexes, query, score, max(number, top), factors=factors, query_mass=mass, cancel=cancel)
        ids.update(dict.fromkeys(int(each) for each in found.entry_id))
    return store.entries_by_id(list(ids))


def _pool_of(entries: list[LibraryEntry], settings: SearchSettings, ri: float | None) -> _Pool:
    bins = np.stack([to_bins(entry.record.spectrum) for entry in entries])
    factor = np.ones(len(entries))
    if settings.use_retention_index and ri is not None:
        own = [entry.record.retention_index for entry in entries]
        difference = np.array([np.nan if each is None else each - ri for each in own], dtype=np.float32)
        factor = retention_factor(difference, settings.retention_index_tolerance).astype(np.float64)
    masses = np.array([_ranked_mass(entry.record) for entry in entries], dtype=np.int16)
    return _Pool(entries, bins, masses, factor)


def _at(values: NDArray[np.float32] | None, place: int) -> float | None:
    return None if values is None else float(values[place])


def _compounds(entries: Sequence[LibraryEntry]) -> NDArray[np.int64]:
    """(K,) a number for each compound: the same InChIKey first block, else the same name."""
    numbers: dict[str, int] = {}
    keys = [entry.record.connectivity or _plain(entry.record.name) or f"entry {entry.entry_id}" for entry in entries]
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name.casefold()).strip()


def _match_factors(query: Bins, bins: Bins) -> tuple[list[int], list[int]]:
    """Match and reverse match, 0..999, of spectra (K, 1000)."""
    scores = weighted_cosine(query, bins), reverse_weighted_cosine(query, bins)
    match, reverse = ([round(MATCH_TOP * each) for each in some.tolist()] for some in scores)
    return match, reverse


def _hit(
    rank: int,
    entry: LibraryEntry,
    score: float,
    match_factors: tuple[int, int],
    probability: float | None,
    ri: float | None,
    shift: int | None = None,
) -> Hit:
    own = entry.record.retention_index
    return Hit(
        rank=rank,
        entry=entry,
        score=score,
        match=match_factors[0],
        reverse_match=match_factors[1],
        probability=probability,
        ri_difference=None if own is None or ri is None else own - ri,
        mass_shift_da=shift,
    )
