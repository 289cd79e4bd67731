"""The shipped ranking on test compounds of the benchmark, which it was never fitted on."""

from pathlib import Path

import pytest

from bitspec_gui.bootstrap import default_ranking
from bitspec_gui.services.evaluation import Benchmark
from bitspec_gui.services.ranking_evaluation import comparison, first_records, outcome_of, reliability
from bitspec_gui.services.ranking_questions import LookupLibrary, cut_off
from bitspec_gui.spectra.ranking import load_ranking
from bitspec_gui.spectra.ranking_pool import PoolSearch

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "massbank_ei"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the development data (../shared/data) are not here"),
]


@pytest.fixture(scope="module")
def library() -> LookupLibrary:
    return LookupLibrary.of(Benchmark.load(DATA, "random").rows)


def test_replicates_of_test_compounds_are_found_as_often_as_was_promised(library: LookupLibrary) -> None:
    outcome = outcome_of(load_ranking(default_ranking()), library, first_records(library, ("test",)), PoolSearch(library.bins))
    row = comparison("measured-only", len(library.compound), outcome)
    assert row.queries == 132
    assert row.ranked_at_1 >= max(0.78, row.plain_at_1)
    assert row.ranked_at_10 >= 0.94
    sure = [each for each in reliability([outcome]) if each.low >= 0.9]
    assert sum(each.hits * each.right for each in sure) >= 0.9 * sum(each.hits for each in sure) > 0


def test_spectra_that_were_not_recorded_at_low_masses_are_found_far_more_often(library: LookupLibrary) -> None:
    questions = cut_off(first_records(library, ("test",)), (85,))
    outcome = outcome_of(load_ranking(default_ranking()), library, questions, PoolSearch(library.bins))
    row = comparison("cut off", len(library.compound), outcome)
    assert row.ranked_at_1 > row.plain_at_1 + 0.1
