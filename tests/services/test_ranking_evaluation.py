"""What the ranking of hits is fitted and measured on, on a benchmark small enough to check by hand."""

import numpy as np
import pytest
from benchmark_folder import make_benchmark

from bitspec_gui.cli.ranking_table import ranking_text
from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.services.evaluation import Benchmark
from bitspec_gui.services.lookup_evaluation import measured_only
from bitspec_gui.services.ranking_evaluation import (
    NOT_FOUND,
    Outcome,
    calibration_error,
    comparison,
    compound_rank,
    evaluate_ranking,
    first_records,
    outcome_of,
    reliability,
    within_mass,
)
from bitspec_gui.services.ranking_questions import LookupLibrary, PredictedEntry, Setting, asked, cut_off
from bitspec_gui.services.ranking_training import ABSENT_SHARE, cross_validated, fit_ranking, fitting_set, fold_of
from bitspec_gui.spectra.ranking import Ranking
from bitspec_gui.spectra.ranking_fit import FitSettings
from bitspec_gui.spectra.ranking_pool import PoolSearch

PARTS = ("train", "val", "test")
QUICK = FitSettings(hidden=3, networks=1, epochs=3)


@pytest.fixture(scope="module")
def benchmark_set(tmp_path_factory: pytest.TempPathFactory) -> Benchmark:
    return Benchmark.load(make_benchmark(tmp_path_factory.mktemp("benchmark")), "random")


@pytest.fixture(scope="module")
def predicted(benchmark_set: Benchmark) -> list[PredictedEntry]:
    """Ethanol, cyclohexane, toluene and butanol, each with a peak that no measured spectrum has."""
    found = []
    for place, rows in enumerate(row for part in PARTS for row in benchmark_set.part(part).values()):
        if rows[0].accession[0] in "ACDE":
            bins = LookupLibrary.of(rows).bins[0].copy()
            bins[200 + place] = 0.1
            found.append(PredictedEntry(rows[0].connectivity, bins, rows[0].nominal_mass, 0.8))
    return found


@pytest.fixture(scope="module")
def mixed(benchmark_set: Benchmark, predicted: list[PredictedEntry]) -> LookupLibrary:
    return LookupLibrary.of(benchmark_set.rows, predicted)


@pytest.fixture(scope="module")
def ranking(benchmark_set: Benchmark, predicted: list[PredictedEntry]) -> Ranking:
    return fit_ranking(fitting_set(benchmark_set.rows, predicted), QUICK)


def accessions(library: LookupLibrary, setting: Setting) -> list[str]:
    return [question.row.accession for question in asked(library, setting, PARTS)]


def test_measured_and_predicted_spectra_of_one_compound_share_its_number(mixed: LookupLibrary) -> None:
    assert mixed.bins.shape == (11, 1000)
    assert np.isnan(mixed.confidence[:7]).all()
    assert mixed.confidence[7:].tolist() == pytest.approx([0.8] * 4)
    of_ethanol = mixed.numbers["LFQSCWFLJHTTHZ"]
    assert int((mixed.compound == of_ethanol).sum()) == 3


def test_each_setting_asks_only_what_can_be_answered_in_it(mixed: LookupLibrary) -> None:
    assert accessions(mixed, Setting.REPLICATE) == ["A1", "A2", "D1", "D2"]
    assert accessions(mixed, Setting.PREDICTED) == ["C1", "D1", "D2", "E1"]  # ethanol was trained on: its forecast would flatter
    assert accessions(mixed, Setting.ABSENT) == ["A1", "A2", "B1", "C1", "D1", "D2", "E1"]


def test_what_must_not_compete_is_left_out(mixed: LookupLibrary) -> None:
    by_setting = {
        setting: {question.row.accession: mixed.compound[np.setdiff1d(np.arange(11), question.excluded)].tolist() for question in
                  asked(mixed, setting, PARTS)}
        for setting in Setting
    }  # fmt: skip
    ethanol, toluene = mixed.numbers["LFQSCWFLJHTTHZ"], mixed.numbers["YXFVVABEGXRONW"]
    assert by_setting[Setting.REPLICATE]["A1"].count(ethanol) == 1  # the other record, and not the forecast
    assert by_setting[Setting.REPLICATE]["D1"].count(toluene) == 2
    assert by_setting[Setting.PREDICTED]["D1"].count(toluene) == 1
    assert by_setting[Setting.ABSENT]["D1"].count(toluene) == 0


def test_queries_of_a_compound_weigh_one_together(mixed: LookupLibrary) -> None:
    weights = [question.weight for question in asked(mixed, Setting.REPLICATE, PARTS)]
    assert weights == [0.5] * 4


def test_a_query_that_is_cut_off_has_its_base_peak_at_one_and_vanishes_if_nothing_is_left(mixed: LookupLibrary) -> None:
    questions = asked(mixed, Setting.ABSENT, PARTS)
    cut = cut_off(questions, (57,))
    assert [question.row.accession for question in cut] == ["B1", "C1", "D1", "D2"]
    assert all(question.query[:56].max() == 0 and question.query.max() == 1 for question in cut)


def test_the_protocol_asks_first_records_and_lets_none_of_them_compete(benchmark_set: Benchmark) -> None:
    library = LookupLibrary.of(benchmark_set.rows)
    questions = first_records(library, ("test",))
    assert [question.row.accession for question in questions] == ["D1"]
    competing = {library.rows[place].accession for place in range(7) if place not in questions[0].excluded}
    assert competing == {"A2", "B1", "C1", "D2", "E1"}


def test_plain_recall_is_that_of_the_look_up_protocol(benchmark_set: Benchmark, ranking: Ranking) -> None:
    library = LookupLibrary.of(benchmark_set.rows)
    outcome = outcome_of(ranking, library, first_records(library, PARTS), PoolSearch(library.bins))
    row = comparison("measured-only", len(library.compound), outcome)
    protocol, _ = measured_only(benchmark_set)
    assert (row.queries, row.plain_at_1, row.plain_at_10) == (protocol.queries, protocol.at_1, protocol.at_10)


def test_a_mass_window_keeps_other_compounds_out(mixed: LookupLibrary) -> None:
    (question,) = (each for each in within_mass(mixed, asked(mixed, Setting.PREDICTED, PARTS)) if each.row.accession == "D1")
    competing = np.setdiff1d(np.arange(11), question.excluded)
    assert {int(mass) for mass in mixed.mass[competing]} == {92}


def test_ties_count_against_the_right_compound_and_one_not_proposed_is_not_found() -> None:
    scores, compound = np.array([0.5, 0.9, 0.9, 0.2]), np.array([1, 1, 2, 3])
    assert [compound_rank(scores, compound, number) for number in (1, 2, 3, 4)] == [2, 2, 3, NOT_FOUND]


def test_reliability_sets_what_was_stated_beside_what_came_true() -> None:
    ranks = np.array([1, 1])
    outcome = Outcome(ranks, ranks, np.array([0.92, 0.94, 0.06, 0.0001]), np.array([True, False, False, True]))
    low, high = reliability([outcome])
    assert (low.low, low.high, low.hits, low.stated, low.right) == (0.05, 0.1, 1, pytest.approx(0.06), 0.0)
    assert (high.low, high.hits, high.stated, high.right) == (0.9, 2, pytest.approx(0.93), 0.5)
    assert calibration_error([low, high]) == pytest.approx((0.06 + 2 * 0.43) / 3)


def test_fitting_never_asks_about_test_compounds(benchmark_set: Benchmark, predicted: list[PredictedEntry]) -> None:
    given = fitting_set(benchmark_set.rows, predicted)
    assert not set(given.compounds) & set(benchmark_set.test)
    assert {"measured-only", "mixed, predicted only", "mixed, not in the library"} <= set(given.settings)


def test_the_share_of_absent_compounds_is_what_is_said(benchmark_set: Benchmark, predicted: list[PredictedEntry]) -> None:
    given = fitting_set(benchmark_set.rows, predicted)
    weights = dict.fromkeys(given.settings, 0.0)
    for question, words in zip(given.questions, given.settings, strict=True):
        weights[words] += question.weight
    absent = weights["mixed, not in the library"]
    present = sum(weight for words, weight in weights.items() if "cut off" not in words and "window" not in words) - absent
    assert absent / (absent + present) == pytest.approx(ABSENT_SHARE)


def test_cross_validation_asks_every_compound_once(benchmark_set: Benchmark, predicted: list[PredictedEntry]) -> None:
    given = fitting_set(benchmark_set.rows, predicted)
    folds = next(folds for folds in range(2, 20) if len({fold_of(key, folds) for key in given.compounds}) > 1)
    outcomes = cross_validated(given, folds, QUICK)
    assert sum(len(outcome.ranked) for outcome in outcomes.values()) == sum(len(q.values) > 0 for q in given.questions)


def test_the_table_names_every_setting_and_probabilities(
    benchmark_set: Benchmark, predicted: list[PredictedEntry], ranking: Ranking
) -> None:
    text = ranking_text(evaluate_ranking(ranking, benchmark_set.rows, predicted))
    for words in ("measured-only, no mass filter", "predicted-in-library, ±5 Da", "mixed, predicted only", "not in the library"):
        assert words in text
    assert ranking.version in text


def test_an_evaluation_stops_when_it_is_cancelled(
    benchmark_set: Benchmark, predicted: list[PredictedEntry], ranking: Ranking
) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        evaluate_ranking(ranking, benchmark_set.rows, predicted, cancel=token)
