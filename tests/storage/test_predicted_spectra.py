"""Predicted spectra in the database: counted, listed by themselves, and never given as measurements."""

from __future__ import annotations

import pytest

from bitspec_gui.domain.library import LibraryQuery

CAFFEINE = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"


@pytest.fixture
def filled(store, make_record):
    """A measured caffeine, a predicted one in another library and, there, another predicted compound."""
    measured, predicted = store.open_library("Measured"), store.open_library("Predicted")
    store.add(measured, [make_record("Caffeine", inchikey=CAFFEINE)])
    store.add(
        predicted,
        [
            make_record("Caffeine", inchikey=CAFFEINE, predicted_by="m", confidence=0.8),
            make_record("Theine", inchikey="AAAAAAAAAAAAAA-UHFFFAOYSA-N", predicted_by="m"),
        ],
    )
    return {"Measured": measured, "Predicted": predicted}


def test_spectra_of_a_compound_are_measured_ones_only(store, filled):
    assert [(entry.library, entry.record.predicted_by) for entry in store.spectra_of(CAFFEINE[:14])] == [("Measured", None)]
    assert store.spectra_of("AAAAAAAAAAAAAA") == []


@pytest.mark.parametrize(("wanted", "found"), [(None, 3), (True, 2), (False, 1)])
def test_entries_are_listed_by_whether_they_were_measured(store, filled, wanted, found):
    entries, total = store.entries(LibraryQuery(predicted=wanted))
    assert len(entries) == total == found
    assert all(wanted is None or (entry.record.predicted_by is not None) is wanted for entry in entries)
    assert store.entries(LibraryQuery(text="caff", predicted=wanted))[1] == (2 if wanted is None else 1)


def test_libraries_count_what_was_predicted(store, filled, make_record):
    counts = {info.name: (info.spectra, info.predicted, info.wholly_predicted) for info in store.libraries()}
    assert counts == {"Measured": (1, 0, False), "Predicted": (2, 2, True)}
    store.add(filled["Predicted"], [make_record("Measured after all")])
    assert [(info.spectra, info.predicted, info.wholly_predicted) for info in store.libraries()][1] == (3, 2, False)
    store.open_library("Empty")
    assert not next(info for info in store.libraries() if info.name == "Empty").wholly_predicted


def test_keys_of_a_library_are_its_own(store, filled, make_record):
    store.add(filled["Measured"], [make_record("without a key")])
    assert store.inchikeys(filled["Measured"]) == {CAFFEINE}
    assert store.inchikeys(filled["Predicted"]) == {CAFFEINE, "AAAAAAAAAAAAAA-UHFFFAOYSA-N"}


def test_doubtful_entries_are_listed_by_themselves(store, filled, make_record):
    store.add(
        filled["Measured"],
        [make_record("Not caffeine", doubt="It reaches above M."), make_record("Not theine", doubt="So does it.")],
    )
    names = [entry.record.name for entry in store.entries(LibraryQuery(doubtful=True))[0]]
    assert names == ["Not caffeine", "Not theine"]
    assert store.entries(LibraryQuery(doubtful=True, text="theine"))[1] == 1
    assert store.entries(LibraryQuery(doubtful=True, library_id=filled["Predicted"])) == ([], 0)
    assert store.entries(LibraryQuery())[1] == 5
