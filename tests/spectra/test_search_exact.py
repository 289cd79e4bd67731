"""What the index finds is what looking at every spectrum finds, for every score."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.search import Score
from bitspec_gui.spectra.search.brute_force import brute_force_top, float_scores
from bitspec_gui.spectra.search.coding import FAINTEST, codes_of, intensity_table, words_of
from bitspec_gui.spectra.search.index import LibraryIndex, candidates, exact_top
from tests.spectra.search_spectra import families, indexed, perturbed

SCORES = [score for score in Score if score is not Score.COMBINED]
NUMBER = count()

# Few m/z, few intensities: spectra that are equal, that tie, and that have no peak in common.
PEAKS = st.dictionaries(
    st.sampled_from([1, 2, 15, 30, 79, 80, 500, 999, 1000]), st.sampled_from([1e-9, 1e-4, 0.3, 1]), max_size=4
)


def spectrum(peaks: dict[int, float]) -> np.ndarray:
    bins = np.zeros(1000, dtype=np.float32)
    for mz, intensity in peaks.items():
        bins[mz - 1] = intensity
    return bins / max(bins.max(), np.float32(1e-30))


def fetch_from(library: np.ndarray, first_id: int = 1) -> Callable[[np.ndarray], np.ndarray]:
    return lambda ids: library[ids - first_id]


def same_as_brute_force(
    index: LibraryIndex,
    library: np.ndarray,
    masses: np.ndarray,
    query: np.ndarray,
    score: Score,
    k: int,
    by_id: np.ndarray | None,
) -> None:
    """Ids and scores of an exact search of one index are those of brute force; `by_id` (D,) are factors in order of the ids."""
    ids = np.flatnonzero(library.any(axis=1)) + 1
    factors = None if by_id is None else [by_id[index.entry_ids - 1]]
    found = exact_top([index], query, score, k, fetch_from(library), factors=factors, query_mass=120)
    expected = brute_force_top(
        ids, library[ids - 1], masses[ids - 1], query, score, k, factors=None if by_id is None else by_id[ids - 1], query_mass=120
    )
    assert found[0].tolist() == expected[0].tolist()
    assert found[1].tolist() == expected[1].tolist()


@given(
    spectra=st.lists(PEAKS, max_size=30),
    query=PEAKS.filter(bool),
    score=st.sampled_from(SCORES),
    k=st.integers(1, 12),
    seed=st.none() | st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_small_libraries_with_ties_are_searched_exactly(
    tmp_path_factory: pytest.TempPathFactory, spectra: list[dict], query: dict, score: Score, k: int, seed: int | None
) -> None:
    library = np.stack([spectrum(each) for each in spectra]) if spectra else np.zeros((0, 1000), dtype=np.float32)
    masses = np.array([100 + 20 * (row % 3) if row % 4 else 0 for row in range(len(library))], dtype=np.int16)
    index = indexed(tmp_path_factory.getbasetemp() / f"{next(NUMBER)}.index", library, masses)
    factors = None if seed is None else np.random.default_rng(seed).choice([0, 0.25, 1], len(library)).astype(np.float32)
    same_as_brute_force(index, library, masses, spectrum(query), score, k, factors)


@pytest.fixture(scope="module")
def library() -> np.ndarray:
    made = families(np.random.default_rng(1), 5400)
    made[4000:4100] = made[17]
    return made


@pytest.fixture(scope="module")
def masses(library: np.ndarray) -> np.ndarray:
    return (np.random.default_rng(2).integers(0, 40, len(library)) * 14).astype(np.int16)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, library: np.ndarray, masses: np.ndarray) -> LibraryIndex:
    return indexed(tmp_path_factory.mktemp("search") / "families.index", library, masses)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("k", [1, 60])
@pytest.mark.parametrize("filtered", [False, True])
def test_a_library_of_families_is_searched_exactly(
    index: LibraryIndex, library: np.ndarray, masses: np.ndarray, score: Score, k: int, filtered: bool
) -> None:
    generator = np.random.default_rng(5)
    factors = (generator.random(len(library)) * (generator.random(len(library)) < 0.5)).astype(np.float32) if filtered else None
    for row in (0, 17, 5000):
        same_as_brute_force(index, library, masses, perturbed(generator, library[row]), score, k, factors)


def test_few_spectra_are_candidates_and_their_scores_are_as_right_as_they_say(index: LibraryIndex, library: np.ndarray) -> None:
    query = perturbed(np.random.default_rng(8), library[200])
    for score in SCORES:
        found = candidates([index], query, score, 20, query_mass=200)
        exact = found.factor * float_scores(score, query, library[found.entry_id - 1], found.mass, 200)
        assert 20 <= found.entry_id.size < 200, score
        assert (np.diff(found.score) <= 0).all()
        assert np.abs(found.score - exact).max() <= found.error
        assert found.error < 0.01 or score in (Score.COMPOSITE, Score.HYBRID)


def test_a_query_that_is_in_the_library_many_times_finds_every_copy(index: LibraryIndex, library: np.ndarray) -> None:
    found = candidates([index], library[17], Score.WEIGHTED_COSINE, 3)
    copies = {18, *range(4001, 4101)}
    assert copies <= set(found.entry_id.tolist())
    assert exact_top([index], library[17], Score.WEIGHTED_COSINE, 3, fetch_from(library))[0].tolist() == [18, 4001, 4002]


def test_more_equal_spectra_than_there_is_room_for_at_first_are_all_found(tmp_path: Path) -> None:
    library = np.repeat(spectrum({50: 1, 77: 0.5})[None], 17_000, axis=0)
    index = indexed(tmp_path / "equal.index", library)
    assert sorted(candidates([index], library[0], Score.WEIGHTED_COSINE, 5).entry_id.tolist()) == list(range(1, 17_001))
    assert exact_top([index], library[0], Score.WEIGHTED_COSINE, 5, fetch_from(library))[0].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("score", SCORES)
def test_two_libraries_are_searched_as_one(tmp_path: Path, library: np.ndarray, masses: np.ndarray, score: Score) -> None:
    first, second = library[:700], library[700:2100]
    indexes = [indexed(tmp_path / "1.index", first, masses[:700]), indexed(tmp_path / "2.index", second, masses[700:2100], 701)]
    query = perturbed(np.random.default_rng(9), library[690])
    both = exact_top(indexes, query, score, 30, fetch_from(library), query_mass=200)
    present = library[:2100].any(axis=1)
    ids = np.flatnonzero(present) + 1
    expected = brute_force_top(ids, library[ids - 1], masses[ids - 1], query, score, 30, query_mass=200)
    assert both[0].tolist() == expected[0].tolist()
    assert both[1].tolist() == expected[1].tolist()
    only_second = exact_top(indexes[1:], query, score, 30, fetch_from(library), query_mass=200)
    assert min(only_second[0]) > 700


def test_factors_that_leave_nothing_give_nothing(index: LibraryIndex, library: np.ndarray) -> None:
    for score in SCORES:
        none = [np.zeros(index.size, dtype=np.float32)]
        assert candidates([index], library[0], score, 10, factors=none, query_mass=1).entry_id.size == 0


def test_a_query_without_a_peak_or_without_libraries_finds_nothing(index: LibraryIndex) -> None:
    for score in SCORES:
        assert candidates([index], np.zeros(1000, dtype=np.float32), score, 10).entry_id.size == 0
        assert candidates([], spectrum({50: 1}), score, 10).entry_id.size == 0


def test_a_hybrid_search_for_an_unknown_mass_is_one_by_weighted_cosine(index: LibraryIndex, library: np.ndarray) -> None:
    for unknown in (None, 0):
        hybrid = exact_top([index], library[40], Score.HYBRID, 9, fetch_from(library), query_mass=unknown)
        plain = exact_top([index], library[40], Score.WEIGHTED_COSINE, 9, fetch_from(library))
        assert hybrid[0].tolist() == plain[0].tolist()


def test_a_combined_score_finds_no_candidates(index: LibraryIndex, library: np.ndarray) -> None:
    with pytest.raises(ValueError, match="combined"):
        candidates([index], library[0], Score.COMBINED, 10)


def test_factors_that_are_not_as_many_as_spectra_are_refused(index: LibraryIndex, library: np.ndarray) -> None:
    with pytest.raises(ValueError, match="factors"):
        candidates([index], library[0], Score.COSINE, 10, factors=[np.ones(index.size - 1, dtype=np.float32)])


@pytest.mark.parametrize("score", [Score.WEIGHTED_COSINE, Score.ENTROPY])
def test_a_search_stops_when_it_is_cancelled(index: LibraryIndex, library: np.ndarray, score: Score) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        candidates([index], library[0], score, 10, cancel=token)


@given(st.lists(PEAKS.filter(bool), min_size=1, max_size=10))
@settings(max_examples=60, deadline=None)
def test_words_hold_every_peak_at_its_bin_and_nearly_its_intensity(spectra: list[dict]) -> None:
    rows = [spectrum(each) for each in spectra]
    peaks = [np.flatnonzero(row) for row in rows]
    intensity = np.concatenate([row[at] for row, at in zip(rows, peaks, strict=True)])
    words, lengths = words_of(np.concatenate(peaks), codes_of(intensity), np.array([at.size for at in peaks]))
    for row, words_of_row in zip(rows, np.split(words, np.cumsum(lengths)[:-1]), strict=True):
        at = np.cumsum(words_of_row.astype(int) >> 10)
        code = words_of_row & 1023
        assert at[code > 0].tolist() == np.flatnonzero(row).tolist()
        expected = np.maximum(row[row > 0], FAINTEST)
        assert intensity_table()[code[code > 0]] == pytest.approx(expected, rel=0.007)
