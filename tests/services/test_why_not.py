"""A structure in mind beside the hits for an unknown: where it would stand, and what speaks against it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_lookup import CHLOROBENZENE, ETHYLBENZENE, TOLUENE, UNKNOWN
from test_prediction_service import KnownAnswers

from bitspec_gui.bootstrap import default_ranking
from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.search import Score, SearchSettings
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.services.lookup import LookupService
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.why_not import WhyNotService
from bitspec_gui.spectra.ranking import load_ranking
from bitspec_gui.storage.library_store import open_library_store

PLAIN = SearchSettings(score=Score.WEIGHTED_COSINE)


@pytest.fixture
def lookup(tmp_path: Path) -> LookupService:
    store = open_library_store(tmp_path / "bitspec.sqlite")
    store.add(store.open_library("Mine"), [TOLUENE, ETHYLBENZENE, CHLOROBENZENE])
    return LookupService(lambda: store, tmp_path / "index", lambda: load_ranking(default_ranking()))


@pytest.fixture
def service(lookup: LookupService, tmp_path: Path) -> WhyNotService:
    libraries = LibraryService(lambda: open_library_store(tmp_path / "bitspec.sqlite"))
    return WhyNotService(PredictionService(KnownAnswers), lookup, libraries)


def test_a_structure_that_fits_badly_stands_below_all_hits_and_says_what_is_lacking(
    service: WhyNotService, lookup: LookupService
) -> None:
    answer = service.compare("CCO", UNKNOWN, lookup.search(UNKNOWN, PLAIN))
    assert answer.hit.rank > answer.hits > 0
    assert [peak.mz for peak in answer.unexplained][:2] == [91, 92]
    assert [peak.mz for peak in answer.missing] == [46, 15]
    assert answer.own_rank is None
    assert "below all" in answer.sentences[0]
    assert any("No library holds" in sentence for sentence in answer.sentences)


def test_a_structure_among_the_hits_says_its_rank_and_where_it_was_measured(
    service: WhyNotService, lookup: LookupService
) -> None:
    answer = service.compare("Cc1ccccc1", UNKNOWN, lookup.search(UNKNOWN, PLAIN))
    assert answer.own_rank == 1
    assert answer.in_libraries == ("Mine",)
    assert "rank 1" in answer.sentences[0]


@pytest.mark.parametrize("score", list(Score))
def test_the_structure_is_scored_as_the_hits_are(service: WhyNotService, lookup: LookupService, score: Score) -> None:
    found = lookup.search(replace(UNKNOWN, nominal_mass=92), SearchSettings(score=score))
    answer = service.compare("Cc1ccccc1", found.query, found)
    better = [hit for hit in found.hits if hit.score > answer.hit.score]
    assert answer.hit.rank == len(better) + 1
    assert (answer.hit.probability is not None) == (score is Score.COMBINED)


def test_a_mass_that_differs_from_the_unknowns_is_said(service: WhyNotService) -> None:
    answer = service.compare("CCO", replace(UNKNOWN, nominal_mass=92), None)
    assert answer.mass_difference_da == 46 - 92
    assert any("46 Da less" in sentence for sentence in answer.sentences)
    assert "nothing was searched" in answer.sentences[0]


def test_text_that_is_no_structure_is_refused_in_a_sentence(service: WhyNotService) -> None:
    with pytest.raises(MoleculeError):
        service.compare("no such thing (", UNKNOWN, None)
