"""An unknown spectrum against libraries in a real database: hits, filters, freshness, and what is said."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.bootstrap import default_ranking
from bitspec_gui.domain.errors import Cancelled, SearchError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.search import HitFilter, PeakCondition, Score, SearchSettings
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.services import lookup
from bitspec_gui.services.lookup import LookupService
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.ranking import load_ranking
from bitspec_gui.spectra.similarity import weighted_cosine
from bitspec_gui.storage.library_store import SqlLibraryStore, open_library_store

TOLUENE = SpectrumRecord(
    Spectrum([39, 51, 63, 65, 91, 92], [90, 60, 70, 120, 999, 650]),
    name="Toluene", smiles="Cc1ccccc1", inchikey="YXFVVABEGXRONW-UHFFFAOYSA-N", formula="C7H8", nominal_mass=92,
    retention_index=763.0, cas="108-88-3", licence="CC0",
)  # fmt: skip
ETHYLBENZENE = SpectrumRecord(
    Spectrum([39, 51, 65, 77, 91, 106], [60, 80, 90, 80, 999, 310]),
    name="Ethylbenzene", smiles="CCc1ccccc1", inchikey="YNQLUTRBYVCPMQ-UHFFFAOYSA-N", formula="C8H10", nominal_mass=106,
    retention_index=855.0, licence="CC BY",
)  # fmt: skip
CHLOROBENZENE = SpectrumRecord(
    Spectrum([50, 51, 77, 112, 114], [100, 120, 450, 999, 320]),
    name="Chlorobenzene", smiles="Clc1ccccc1", inchikey="MVPPADPHJFYWMZ-UHFFFAOYSA-N", formula="C6H5Cl", nominal_mass=112,
    licence="CC BY",
)  # fmt: skip
PREDICTED_TOLUENE = replace(
    TOLUENE, spectrum=Spectrum([39, 65, 91, 92], [80, 100, 999, 700]), predicted_by="bitspec-ei-2", confidence=0.8, name="toluene"
)
UNKNOWN = SpectrumRecord(Spectrum([39, 51, 63, 65, 91, 92], [80, 50, 60, 110, 999, 700]), name="Peak 1")


@pytest.fixture
def store(tmp_path: Path) -> SqlLibraryStore:
    store = open_library_store(tmp_path / "bitspec.sqlite")
    store.add(store.open_library("Mine"), [TOLUENE, ETHYLBENZENE, CHLOROBENZENE])
    store.add(store.open_library("Predicted"), [PREDICTED_TOLUENE])
    return store


@pytest.fixture
def service(store: SqlLibraryStore, tmp_path: Path) -> LookupService:
    return LookupService(lambda: store, tmp_path / "index", lambda: load_ranking(default_ranking()))


def _names(service: LookupService, settings: SearchSettings, record: SpectrumRecord = UNKNOWN) -> list[str]:
    return [hit.entry.record.name for hit in service.search(record, settings).hits]


PLAIN = SearchSettings(score=Score.WEIGHTED_COSINE)


@pytest.mark.parametrize("score", list(Score))
def test_the_right_compound_comes_first_by_every_score(service: LookupService, score: Score) -> None:
    found = service.search(UNKNOWN, SearchSettings(score=score, molecular_mass_da=92))
    assert found.hits[0].entry.record.connectivity == TOLUENE.connectivity
    assert [hit.rank for hit in found.hits] == list(range(1, len(found.hits) + 1))
    assert found.searched == 4


def test_hits_say_match_factors_of_the_stored_spectra(service: LookupService) -> None:
    hit = service.search(UNKNOWN, PLAIN).hits[0]
    expected = float(weighted_cosine(to_bins(UNKNOWN.spectrum), to_bins(hit.entry.record.spectrum)))
    assert hit.score == pytest.approx(expected, abs=1e-9)
    assert hit.match == round(999 * expected)
    assert hit.reverse_match >= hit.match
    assert hit.probability is None


def test_combined_search_gives_probabilities_that_sum_to_at_most_one(service: LookupService) -> None:
    hits = service.search(UNKNOWN).hits
    best = {hit.entry.record.connectivity: hit.probability for hit in reversed(hits)}
    assert all(probability is not None and 0 <= probability <= 1 for probability in best.values())
    assert sum(probability or 0 for probability in best.values()) <= 1.001


def test_a_spectrum_without_peaks_in_range_is_refused_in_a_sentence(service: LookupService) -> None:
    with pytest.raises(SearchError, match="nothing to search with"):
        service.search(SpectrumRecord(Spectrum([2000.0], [1.0])))


def test_a_batch_goes_on_after_a_spectrum_that_cannot_be_searched(service: LookupService) -> None:
    lists = list(service.search_many([UNKNOWN, SpectrumRecord(Spectrum([2000.0], [1.0])), TOLUENE]))
    assert [bool(each.hits) for each in lists] == [True, False, True]
    assert "m/z 1 to 1000" in lists[1].notes[0]


def test_a_batch_can_be_cancelled_between_two_spectra(service: LookupService) -> None:
    token = CancelToken()
    results = service.search_many([UNKNOWN, UNKNOWN], cancel=token)
    next(results)
    token.cancel()
    with pytest.raises(Cancelled):
        next(results)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (HitFilter(libraries=("Predicted",)), ["toluene"]),
        (HitFilter(predicted=True), ["toluene"]),
        (HitFilter(predicted=False, formula="H8C7"), ["Toluene"]),
        (HitFilter(elements=("Cl",)), ["Chlorobenzene"]),
        (HitFilter(predicted=False, without_elements=("Cl",)), ["Toluene", "Ethylbenzene"]),
        (HitFilter(name="ETHYLB"), ["Ethylbenzene"]),
        (HitFilter(cas="108-88-3", predicted=False), ["Toluene"]),
        (HitFilter(inchikey="YNQLUTRBYVCPMQ"), ["Ethylbenzene"]),
        (HitFilter(licence="cc0", predicted=False), ["Toluene"]),
        (HitFilter(substructure="CC1=CC=CC=C1", predicted=False), ["Toluene", "Ethylbenzene"]),
        (HitFilter(substructure="[CX4;H2]"), ["Ethylbenzene"]),
        (HitFilter(peaks=(PeakCondition(106, 20.0),)), ["Ethylbenzene"]),
        (HitFilter(peaks=(PeakCondition(91, 50.0), PeakCondition(77)), predicted=False), ["Ethylbenzene"]),
        (HitFilter(min_mass_da=100, max_mass_da=110), ["Ethylbenzene"]),
    ],
)
def test_only_what_passes_the_filter_competes(service: LookupService, wanted: HitFilter, names: list[str]) -> None:
    found = service.search(UNKNOWN, replace(PLAIN, filter=wanted))
    assert [hit.entry.record.name for hit in found.hits] == names
    assert found.searched + found.passed_over == 4


def test_a_substructure_that_cannot_be_read_is_said(service: LookupService) -> None:
    with pytest.raises(SearchError, match="neither SMARTS nor SMILES"):
        service.search(UNKNOWN, SearchSettings(filter=HitFilter(substructure="C1CC(")))


def test_a_filter_that_nothing_passes_is_said(service: LookupService) -> None:
    found = service.search(UNKNOWN, SearchSettings(filter=HitFilter(elements=("Xe",))))
    assert found.hits == ()
    assert found.notes == (lookup.NOTHING_PASSES,)


def test_an_unknown_library_is_said_with_those_that_there_are(service: LookupService) -> None:
    with pytest.raises(SearchError, match=r"no library named “Nowhere”.*“Mine”, “Predicted”"):
        service.search(UNKNOWN, SearchSettings(filter=HitFilter(libraries=("Nowhere",))))


def test_a_mass_window_keeps_other_masses_out(service: LookupService) -> None:
    assert set(_names(service, replace(PLAIN, molecular_mass_da=92, mass_window_da=5))) == {"Toluene", "toluene"}


def test_a_mass_window_without_a_mass_is_not_used_and_said(service: LookupService) -> None:
    found = service.search(UNKNOWN, replace(PLAIN, mass_window_da=5))
    assert found.searched == 4
    assert found.notes == (lookup.NO_WINDOW,)


def test_a_far_retention_index_lowers_a_hit_and_a_missing_one_never_hides_it(service: LookupService) -> None:
    settings = replace(PLAIN, use_retention_index=True, retention_index=855.0, top=10)
    plain = {hit.entry.record.name: hit for hit in service.search(UNKNOWN, replace(PLAIN, retention_index=855.0)).hits}
    found = {hit.entry.record.name: hit for hit in service.search(UNKNOWN, settings).hits}
    assert found["Toluene"].score < plain["Toluene"].score
    assert found["Toluene"].ri_difference == pytest.approx(-92.0)
    assert found["Ethylbenzene"].score == pytest.approx(plain["Ethylbenzene"].score)
    assert found["Chlorobenzene"].score == pytest.approx(plain["Chlorobenzene"].score)
    assert found["Chlorobenzene"].ri_difference is None


def test_hybrid_search_finds_a_homologue_by_its_losses(service: LookupService) -> None:
    homologue = SpectrumRecord(
        Spectrum([53, 65, 79, 91, 105, 120], [60, 80, 90, 80, 999, 310]), name="one CH2 more than ethylbenzene"
    )
    found = service.search(homologue, SearchSettings(score=Score.HYBRID, molecular_mass_da=120))
    best = found.hits[0]
    assert best.entry.record.name == "Ethylbenzene"
    assert best.mass_shift_da == 14
    assert best.score > 0.85
    assert best.match < 300


def test_hybrid_search_without_a_mass_says_what_it_did_instead(service: LookupService) -> None:
    found = service.search(UNKNOWN, SearchSettings(score=Score.HYBRID))
    assert found.notes == (lookup.NO_SHIFT,)
    assert found.hits[0].mass_shift_da is None


def test_a_spectrum_added_after_a_search_is_found_by_the_next(service: LookupService, store: SqlLibraryStore) -> None:
    assert len(service.search(UNKNOWN).hits) == 4
    store.add(store.open_library("Mine"), [replace(TOLUENE, name="Toluene again")])
    assert "Toluene again" in _names(service, SearchSettings())


def test_a_removed_library_gives_no_hits_any_more(service: LookupService, store: SqlLibraryStore) -> None:
    service.prepare()
    store.remove("Mine")
    assert _names(service, SearchSettings()) == ["toluene"]


def test_only_the_library_that_changed_is_indexed_again(service: LookupService, store: SqlLibraryStore, tmp_path: Path) -> None:
    service.prepare()
    before = {file.name for file in (tmp_path / "index").glob("*.index")}
    store.add(store.open_library("Mine"), [replace(TOLUENE, name="Toluene again")])
    service.prepare()
    after = {file.name for file in (tmp_path / "index").glob("*.index")}
    assert len(before) == len(after) == 2
    assert len(before & after) == 1


def test_a_damaged_index_is_made_anew(service: LookupService, store: SqlLibraryStore, tmp_path: Path) -> None:
    service.prepare()
    for file in (tmp_path / "index").glob("*.index"):
        file.write_bytes(file.read_bytes()[:100])
    again = LookupService(lambda: store, tmp_path / "index", lambda: load_ranking(default_ranking()))
    assert len(again.search(UNKNOWN, PLAIN).hits) == 4


def test_what_a_crash_left_half_written_is_cleared_away_but_not_what_is_being_written(
    service: LookupService, tmp_path: Path
) -> None:
    service.prepare()
    old, new = (tmp_path / "index" / f".a-{name}.index.0f.part" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    service.prepare()
    assert (old.exists(), new.exists()) == (False, True)


def test_absurd_masses_in_a_library_do_not_stop_a_search(store: SqlLibraryStore, service: LookupService) -> None:
    store.add(
        store.open_library("Mine"), [replace(TOLUENE, name="Heavy", nominal_mass=5_000_000), replace(TOLUENE, nominal_mass=-3)]
    )
    assert "Heavy" in _names(service, SearchSettings())
    assert service.search(UNKNOWN, SearchSettings(score=Score.HYBRID, molecular_mass_da=92)).hits


def test_two_databases_that_share_a_folder_do_not_meet_each_others_indexes(
    service: LookupService, store: SqlLibraryStore, tmp_path: Path
) -> None:
    other = open_library_store(tmp_path / "other.sqlite")
    other.add(other.open_library("Mine"), [CHLOROBENZENE])
    of_other = LookupService(lambda: other, tmp_path / "index", lambda: load_ranking(default_ranking()))
    assert _names(of_other, PLAIN) == ["Chlorobenzene"]
    assert len(_names(service, PLAIN)) == 4
    assert _names(of_other, PLAIN) == ["Chlorobenzene"]


def test_no_library_at_all_is_said(tmp_path: Path) -> None:
    empty = open_library_store(tmp_path / "empty.sqlite")
    found = LookupService(lambda: empty, tmp_path / "index", lambda: load_ranking(default_ranking())).search(UNKNOWN)
    assert found.hits == ()
    assert found.notes == (lookup.NOTHING_TO_SEARCH,)


def test_top_hundred_is_that_of_comparing_with_every_spectrum(store: SqlLibraryStore, service: LookupService) -> None:
    generator = np.random.default_rng(3)
    records = [_random(generator, number) for number in range(700)]
    store.add(store.open_library("Many"), records)
    query = _random(generator, 1000)
    found = service.search(query, replace(PLAIN, filter=HitFilter(libraries=("Many",))))
    scores = weighted_cosine(to_bins(query.spectrum), np.stack([to_bins(each.spectrum) for each in records]))
    best = np.lexsort((np.arange(700), -scores))[:100]
    assert [hit.entry.record.name for hit in found.hits] == [records[each].name for each in best]


def _random(generator: np.random.Generator, number: int) -> SpectrumRecord:
    mz: Sequence[float] = generator.choice(np.arange(30, 200), 40, replace=False).astype(float)
    return SpectrumRecord(Spectrum(mz, generator.exponential(size=40) ** 2), name=f"compound {number}")


def test_a_renamed_library_is_known_by_its_new_name(store: SqlLibraryStore, service: LookupService) -> None:
    service.search(UNKNOWN, PLAIN)
    store.rename_library("Mine", "Ours")
    found = service.search(UNKNOWN, replace(PLAIN, filter=HitFilter(libraries=("Ours",))))
    assert {hit.entry.library for hit in found.hits} == {"Ours"}
    assert found.searched + found.passed_over == 4


def test_a_mass_window_knows_the_mass_of_a_formula(store: SqlLibraryStore, service: LookupService) -> None:
    store.add(store.open_library("Formulae"), [replace(TOLUENE, name="by formula", nominal_mass=None)])
    settings = replace(PLAIN, mass_window_da=0, filter=HitFilter(libraries=("Formulae",)))
    found = service.search(replace(UNKNOWN, formula="C7H8"), settings)
    assert [hit.entry.record.name for hit in found.hits] == ["by formula"]
    assert found.notes == ()


def test_hybrid_search_scores_and_ranks_by_the_same_masses(store: SqlLibraryStore, service: LookupService) -> None:
    shifted = Spectrum([53, 65, 79, 91, 105, 120], [60, 80, 90, 80, 999, 310])
    store.add(store.open_library("Formulae"), [replace(ETHYLBENZENE, name="by formula", nominal_mass=None)])
    found = service.search(SpectrumRecord(shifted, formula="C9H12"), SearchSettings(score=Score.HYBRID))
    assert {hit.mass_shift_da for hit in found.hits[:2]} == {14}
    assert found.hits[0].score == pytest.approx(found.hits[1].score)
