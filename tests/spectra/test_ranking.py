"""The ranking of hits: its features against plain similarities, its fit, its probabilities and its file."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bitspec_gui.config.paths import resources_dir
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.search import Score
from bitspec_gui.spectra.ranking import Ranking, RankingInput, load_ranking, save_ranking
from bitspec_gui.spectra.ranking_features import CANDIDATE_FEATURES, agreement, candidate_features
from bitspec_gui.spectra.ranking_fit import (
    FitSettings,
    Question,
    calibration,
    fit_networks,
    gradient_of,
    joined_questions,
    loss_of,
    scaled,
)
from bitspec_gui.spectra.ranking_network import RankingNetwork
from bitspec_gui.spectra.ranking_pool import SCORES, PoolSearch
from bitspec_gui.spectra.similarity import (
    cosine,
    cosine_sqrt,
    entropy_similarity,
    reverse_weighted_cosine,
    weighted_cosine,
)

BINNED = arrays.arrays(np.float32, 1000, elements=st.just(0) | st.floats(2**-10, 1, width=32), fill=st.just(np.float32(0)))
LIBRARIES = st.lists(BINNED, min_size=1, max_size=6).map(np.stack)
PLAIN = {
    "whole": weighted_cosine,
    "weighted_cosine": weighted_cosine,
    "cosine": cosine,
    "cosine_sqrt": cosine_sqrt,
    "entropy": entropy_similarity,
    "reverse": reverse_weighted_cosine,
}


def spectrum(**peaks: float) -> np.ndarray:
    bins = np.zeros(1000, dtype=np.float32)
    for mz, intensity in peaks.items():
        bins[int(mz[1:]) - 1] = intensity
    return bins


def random_spectra(count: int, seed: int = 0) -> np.ndarray:
    """Spectra of 30 peaks or so between m/z 40 and 200, all of which begin at m/z 40."""
    generator = np.random.default_rng(seed)
    bins = np.zeros((count, 1000), dtype=np.float32)
    for row in bins:
        row[generator.integers(40, 200, 30)] = generator.random(30) ** 3
        row[39] = 0.3
        row /= row.max()
    return bins


def features(query: np.ndarray, library: np.ndarray, masses: list[int] | None = None) -> dict[str, np.ndarray]:
    count = len(library)
    values = candidate_features(
        query, library, np.array(masses or [0] * count, dtype=np.int16), np.full(count, np.nan, dtype=np.float32)
    )
    return dict(zip(CANDIDATE_FEATURES, values.T, strict=True))


def asked(query: np.ndarray, library: np.ndarray, **changed: np.ndarray) -> RankingInput:
    count = len(library)
    values = {
        "masses": np.zeros(count, dtype=np.int16),
        "confidence": np.full(count, np.nan, dtype=np.float32),
        "compound": np.arange(count, dtype=np.int64),
        "ri_factor": np.ones(count, dtype=np.float32),
    }
    return RankingInput(query=query, library=library, **(values | changed))


def noisy_questions(count: int, seed: int = 0) -> list[Question]:
    """Queries that are a distorted copy of one of eight candidates; every fifth has no right one."""
    generator = np.random.default_rng(seed)
    found = []
    for number in range(count):
        library = random_spectra(8, seed=1000 * seed + number)
        query = library[3] * generator.lognormal(0, 0.5, 1000).astype(np.float32)
        query /= query.max()
        values = np.stack(list(features(query, library).values()), axis=1)
        compound = np.arange(8)
        keep = compound != 3 if number % 5 == 0 else compound >= 0
        found.append(Question(values[keep], compound[keep], 3))
    return found


@pytest.fixture(scope="module")
def fitted() -> Ranking:
    networks = fit_networks(noisy_questions(60), FitSettings(hidden=6, networks=2, epochs=15, batch=16))
    return Ranking("test", ((Score.WEIGHTED_COSINE, 20),), networks, "distorted copies")


@pytest.fixture(scope="module")
def shipped() -> Ranking:
    return load_ranking(resources_dir() / "models" / "ranking-1.json")


@pytest.mark.parametrize("name", PLAIN)
def test_features_named_after_a_similarity_are_that_similarity(name: str) -> None:
    library = random_spectra(20)
    expected = agreement(PLAIN[name](library[0], library).astype(np.float32))
    assert features(library[0], library)[name] == pytest.approx(expected, abs=2e-3)


@given(BINNED, LIBRARIES, st.lists(st.integers(0, 32767), min_size=6, max_size=6))
@settings(max_examples=60, deadline=None)
def test_features_are_finite_whatever_the_spectra(query: np.ndarray, library: np.ndarray, masses: list[int]) -> None:
    for name, values in features(query, library, masses[: len(library)]).items():
        assert np.isfinite(values).all(), name


def test_features_do_not_depend_on_the_order_of_candidates() -> None:
    library = random_spectra(12)
    order = np.random.default_rng(5).permutation(12)
    straight, shuffled = features(library[0], library), features(library[0], library[order])
    for name, values in straight.items():
        assert shuffled[name] == pytest.approx(values[order], abs=1e-4), name


def test_peaks_below_where_the_query_was_recorded_lower_only_the_whole_similarity() -> None:
    library = random_spectra(5)
    query = library[0].copy()
    query[:84] = 0
    found = features(query, library)
    assert found["weighted_cosine"][0] == pytest.approx(agreement(np.float32(1)), abs=1e-3)
    assert found["whole"][0] < found["weighted_cosine"][0] - 0.1
    assert found["library_unseen"][0] > 0.05


def test_peaks_of_the_query_above_the_candidates_mass_are_counted_by_their_weight() -> None:
    query = spectrum(m50=1.0, m100=0.25)
    above = features(query, np.stack([query, query, query]), [60, 98, 0])["above_mass"]
    assert above.tolist() == pytest.approx([50 / 100, 0, 0])


def test_an_instruments_slant_along_the_mass_scale_is_taken_away() -> None:
    straight = random_spectra(1)[0]
    slanted = straight * np.exp(-0.008 * np.arange(1000, dtype=np.float32))
    found = features(straight, (slanted / slanted.max())[None])
    assert found["untilted"][0] > found["weighted_cosine"][0]
    assert found["ratio_spread_untilted"][0] < 0.3 * found["ratio_spread"][0]


def test_the_neighbour_ratio_of_two_small_spectra_is_that_computed_by_hand() -> None:
    query, library = spectrum(m40=1.0, m50=0.25, m60=1.0), spectrum(m40=1.0, m50=1.0, m60=1.0)
    # On square roots r is 2 for both pairs, so min(r, 1/r) is one half each.
    assert features(query, library[None])["neighbour_ratios"][0] == pytest.approx(0.5)


@pytest.mark.parametrize("score", SCORES)
def test_the_pool_search_gives_the_scores_of_the_plain_formula(score: Score) -> None:
    library = random_spectra(40)
    formula = {Score.WEIGHTED_COSINE: weighted_cosine, Score.ENTROPY: entropy_similarity}[score]
    assert PoolSearch(library).scores(library[7], score) == pytest.approx(formula(library[7], library), abs=1e-5)


def test_a_pool_holds_the_best_of_each_search_and_nothing_that_is_not_allowed() -> None:
    library = random_spectra(40)
    allowed = np.ones(40, dtype=bool)
    allowed[7] = False
    search = PoolSearch(library)
    pool = search.pool(library[7], ((Score.WEIGHTED_COSINE, 5), (Score.ENTROPY, 5)), allowed)
    assert 7 not in pool
    assert 5 <= len(pool) <= 10
    best = np.argsort(-np.where(allowed, weighted_cosine(library[7], library), -1))[:5]
    assert set(best.tolist()) <= set(pool.tolist())
    with pytest.raises(ValueError, match="no search by cosine"):
        search.scores(library[7], Score.COSINE)


def test_the_gradient_is_that_of_finite_differences() -> None:
    questions = noisy_questions(6)
    (network,) = fit_networks(questions, FitSettings(hidden=3, networks=1, epochs=1, dropout=0))
    batch = joined_questions([Question(network.standardised(q.values), q.compound, q.right, q.weight) for q in questions])
    gradient = gradient_of(network, batch)
    generator = np.random.default_rng(0)
    for name in ("hidden", "bias", "output", "direct", "absent"):
        value = getattr(network, name)
        direction = generator.standard_normal(value.shape).astype(np.float32)
        step = np.float32(3e-3)
        losses = [loss_of(RankingNetwork(**{**vars(network), name: value + sign * step * direction}), batch) for sign in (1, -1)]
        assert (losses[0] - losses[1]) / (2 * step) == pytest.approx(
            float((gradient[name] * direction).sum()), abs=2e-2, rel=5e-2
        )


def test_fitting_tells_the_right_compound_from_others_and_knows_when_it_is_absent(fitted: Ranking) -> None:
    right, present, absent = 0, [], []
    for question in noisy_questions(40, seed=1):
        batch = joined_questions([question])
        odds = np.mean([n.odds(n.standardised(batch.values)) for n in fitted.networks], axis=0)
        is_there = bool((question.compound == question.right).any())
        right += is_there and question.compound[odds.argmax()] == question.right
        (present if is_there else absent).append(odds.max())
    assert right == len(present)
    assert np.median(present) > np.median(absent)


def test_the_same_questions_give_the_same_networks() -> None:
    once, again = (fit_networks(noisy_questions(10), FitSettings(hidden=4, networks=1, epochs=2))[0] for _ in range(2))
    assert once.as_lists() == again.as_lists()


def test_fitting_on_nothing_is_refused() -> None:
    nothing = Question(np.zeros((0, len(CANDIDATE_FEATURES)), dtype=np.float32), np.zeros(0, dtype=np.int64), 0)
    with pytest.raises(ValueError, match="no question"):
        fit_networks([nothing])


def test_probabilities_of_compounds_sum_to_at_most_one_and_spectra_of_one_compound_share_theirs(fitted: Ranking) -> None:
    library = random_spectra(9)
    compound = np.array([0, 0, 1, 2, 3, 4, 5, 6, 7])
    ranked = fitted.rank(asked(library[0], library, compound=compound))
    assert ranked.probability[0] == ranked.probability[1]
    assert 0 < ranked.probability[1:].sum() <= 1
    assert ranked.score.argmax() == 0
    assert ((ranked.score > 0) & (ranked.score < 1)).all()


def test_a_spectrum_twice_in_the_library_under_one_compound_is_no_more_probable(fitted: Ranking) -> None:
    library = random_spectra(6)
    alone = fitted.rank(asked(library[0], library))
    doubled = fitted.rank(asked(library[0], library, compound=np.array([0, 1, 2, 3, 4, 4])))
    assert doubled.probability[0] >= alone.probability[0]


def test_a_retention_index_that_is_far_off_lowers_score_and_probability(fitted: Ranking) -> None:
    library = random_spectra(6)
    factor = np.array([0.5, 1, 1, 1, 1, 1], dtype=np.float32)
    plain, lowered = fitted.rank(asked(library[0], library)), fitted.rank(asked(library[0], library, ri_factor=factor))
    assert lowered.score[0] < plain.score[0]
    assert lowered.probability[0] < plain.probability[0]
    assert lowered.score[1:].tolist() == plain.score[1:].tolist()


def test_no_candidates_give_no_scores(fitted: Ranking) -> None:
    ranked = fitted.rank(asked(spectrum(m43=1.0), np.zeros((0, 1000), dtype=np.float32)))
    assert (ranked.score.shape, ranked.probability.shape) == ((0,), (0,))


def test_candidates_without_a_common_peak_are_improbable_and_do_no_harm(fitted: Ranking) -> None:
    ranked = fitted.rank(asked(spectrum(m900=1.0), np.concatenate([random_spectra(3), np.zeros((1, 1000), np.float32)])))
    assert np.isfinite(ranked.score).all()
    assert np.isfinite(ranked.probability).all()


def test_a_ranking_is_the_same_after_it_was_written_and_read(fitted: Ranking, tmp_path: Path) -> None:
    path = tmp_path / "ranking.json"
    path.write_text(save_ranking(fitted))
    read = load_ranking(path)
    library = random_spectra(6)
    assert read.rank(asked(library[0], library)).score == pytest.approx(fitted.rank(asked(library[0], library)).score, abs=1e-4)
    assert (read.pool, read.fitted_on, read.version.split(" (")[0]) == (fitted.pool, fitted.fitted_on, "test")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[: len(text) // 2], "is not a ranking"),
        (lambda text: text.replace("0.", "1.", 1), "is damaged"),
        (lambda text: text.replace('"format": 1', '"format": 9'), "has format 9"),
        (lambda _: "[]", "is not a ranking"),
        (lambda _: "", "is not a ranking"),
    ],
)
def test_a_damaged_file_is_refused_by_name(fitted: Ranking, tmp_path: Path, change: object, said: str) -> None:
    path = tmp_path / "ranking.json"
    assert callable(change)
    path.write_text(change(save_ranking(fitted)))
    with pytest.raises(ModelFileError, match=said) as refused:
        load_ranking(path)
    assert str(path) in str(refused.value)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"absent\.json cannot be read"):
        load_ranking(tmp_path / "absent.json")


def test_the_shipped_ranking_puts_an_equal_spectrum_first_and_nearly_sure(shipped: Ranking) -> None:
    library = random_spectra(30)
    ranked = shipped.rank(asked(library[11], library))
    assert ranked.score.argmax() == 11
    assert ranked.probability[11] > 0.9
    assert shipped.pool
    assert json.loads(save_ranking(shipped))["features"] == list(CANDIDATE_FEATURES)


def test_whether_a_spectrum_is_predicted_and_with_which_confidence_enters_its_probability(shipped: Ranking) -> None:
    library = random_spectra(30)
    query = 0.7 * library[11] + 0.3 * library[12]
    said = []
    for confidence in (np.nan, 0.4, 0.95):
        of_all = np.full(30, np.nan, dtype=np.float32)
        of_all[11] = confidence
        said.append(float(shipped.rank(asked(query, library, confidence=of_all)).probability[11]))
    assert len(set(said)) == 3


def test_calibration_undoes_log_odds_that_are_too_small() -> None:
    questions = noisy_questions(120)
    (network,) = fit_networks(questions[:60], FitSettings(hidden=3, networks=1, epochs=15, batch=16))
    batch = joined_questions([Question(network.standardised(q.values), q.compound, q.right, q.weight) for q in questions[60:]])
    scale, shift = calibration(network.odds(batch.values), float(network.absent[0]), batch)
    timid = scaled(network, 0.7, 0.0)
    timid_scale, _ = calibration(timid.odds(batch.values), float(timid.absent[0]), batch)
    assert timid_scale == pytest.approx(scale / 0.7, rel=0.1)
    assert loss_of(scaled(network, scale, shift), batch) <= loss_of(network, batch) < loss_of(timid, batch)
