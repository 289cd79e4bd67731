from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.errors import UnknownLibrary
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord

CAFFEINE = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
maybe_words = st.none() | words
maybe_number = st.none() | st.floats(allow_nan=False, width=64)
peaks = st.lists(
    st.tuples(st.floats(1e-3, 5000), st.one_of(st.floats(0, 1e12), st.integers(0, 999).map(float))), min_size=1, max_size=30
)
spectra = peaks.map(lambda pairs: Spectrum(*(np.array(column, float) for column in zip(*pairs, strict=True))))
records = st.builds(
    SpectrumRecord,
    spectra,
    name=words,
    accession=maybe_words,
    synonyms=st.lists(words, max_size=3).map(tuple),
    smiles=maybe_words,
    inchi=maybe_words,
    inchikey=st.none() | st.just(CAFFEINE) | words,
    formula=maybe_words,
    cas=maybe_words,
    nominal_mass=st.none() | st.integers(0, 10**6),
    exact_mass=maybe_number,
    retention_index=maybe_number,
    instrument=maybe_words,
    energy_ev=maybe_number,
    licence=maybe_words,
    authors=maybe_words,
    comment=maybe_words,
    source_file=words,
    line=st.none() | st.integers(1, 10**9),
    extra=st.lists(st.tuples(words, words), max_size=3).map(tuple),
)
_numbers = itertools.count()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(records, max_size=4))
def test_records_come_back_exactly_and_in_order(store, given_records):
    library = store.open_library(f"Library {next(_numbers)}")
    added = store.add(library, given_records)
    back = list(store.records(library))
    assert added == len(back) <= len(given_records)
    waiting = iter(given_records)
    assert all(any(each == other for other in waiting) for each in back)
    assert store.add(library, given_records) == 0


def test_a_record_that_sqlite_cannot_hold_as_it_is_still_gets_in(store, make_record):
    odd = make_record("nul\0byte", source_file="caf\udce9.msp", nominal_mass=10**30)
    library = store.open_library("Odd")
    assert store.add(library, [odd]) == 1
    (back,) = store.records(library)
    assert back.spectrum == odd.spectrum
    assert back.name == "nul\0byte"
    assert back.source_file == "caf\\udce9.msp"
    assert back.nominal_mass is None


def test_a_batch_that_was_added_before_adds_nothing(store, make_record):
    batch = [make_record(f"n{number}") for number in range(20)]
    library = store.open_library("Twice")
    assert store.add(library, batch) == 20
    assert store.add(library, batch) == 0
    assert store.add(library, [*batch, make_record("new")]) == 1
    assert store.libraries()[0].spectra == 21


def test_a_record_twice_in_one_batch_is_added_once(store, make_record):
    assert store.add(store.open_library("x"), [make_record(), make_record()]) == 1


def test_the_same_record_from_a_folder_and_from_a_zip_is_one(store, make_record):
    library = store.open_library("x")
    store.add(library, [make_record(source_file="records.zip/a.txt", line=1)])
    assert store.add(library, [make_record(source_file="folder/a.txt", line=7)]) == 0


def test_keys_computed_from_the_structure_make_no_other_record(store, make_record):
    library = store.open_library("x")
    bare = make_record(inchi="InChI=1S/CH4/h1H4")
    computed = dataclasses.replace(bare, smiles="C", inchikey="VNWKTOKETHGBQD-UHFFFAOYSA-N", formula="CH4", nominal_mass=16)
    assert store.add(library, [bare]) == 1
    assert store.add(library, [computed]) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"accession": "B"},
        {"name": "Theine"},
        {"smiles": "C"},
        {"inchikey": CAFFEINE},
        {"retention_index": 1801.0},
        {"energy_ev": 20.0},
        {"instrument": "other"},
        {"spectrum": Spectrum(np.array([109.0, 194.0]), np.array([500.0, 998.0]))},
        {"spectrum": Spectrum(np.array([109.0, 194.0001]), np.array([500.0, 999.0]))},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_measurement_is_another_record(store, make_record, change):
    library = store.open_library("x")
    first = make_record(accession="A")
    assert store.add(library, [first, dataclasses.replace(first, **change)]) == 2


def test_two_libraries_may_hold_the_same_record(store, make_record):
    assert store.add(store.open_library("a"), [make_record()]) == 1
    assert store.add(store.open_library("b"), [make_record()]) == 1


def test_open_library_gives_the_same_id_for_the_same_name(store):
    assert store.open_library("a", source="first") == store.open_library("a", source="second")
    assert store.libraries()[0].source == "first"


def test_libraries_count_spectra_and_compounds_and_come_by_name(store, make_record):
    store.open_library("Zebra")
    library = store.open_library("apple")
    isomers = [make_record("a", inchikey=CAFFEINE), make_record("b", inchikey=CAFFEINE[:14] + "-ABCDEFGHSA-N"), make_record("c")]
    store.add(library, isomers)
    found = store.libraries()
    assert [(info.name, info.spectra, info.compounds) for info in found] == [("apple", 3, 1), ("Zebra", 0, 0)]


def test_licences_of_the_records_describe_the_library(store, make_record):
    library = store.open_library("x")
    store.add(library, [make_record("a", licence="CC BY"), make_record("b", licence="CC BY-SA"), make_record("c")])
    store.add(library, [make_record("d", licence="CC BY")])
    assert store.libraries()[0].licence == "CC BY; CC BY-SA"


def test_a_library_of_very_many_licences_names_a_few(store, make_record):
    store.add(store.open_library("x"), [make_record(str(n), licence=f"L{n}") for n in range(50)])
    assert store.libraries()[0].licence == "L0; L1; L2; L3; L4; others"


def test_removing_a_library_removes_its_spectra_only(store, make_record):
    gone, stays = store.open_library("gone"), store.open_library("stays")
    store.add(gone, [make_record(inchikey=CAFFEINE)])
    store.add(stays, [make_record(inchikey=CAFFEINE)])
    removed = store.remove("gone")
    assert (removed.name, removed.spectra) == ("gone", 1)
    assert [entry.library for entry in store.spectra_of(CAFFEINE[:14])] == ["stays"]
    assert store.open_library("new") not in (gone, stays)


def test_unknown_libraries_are_said_to_be_unknown(store, make_record):
    with pytest.raises(UnknownLibrary, match="no library named “nothing”"):
        store.remove("nothing")
    with pytest.raises(UnknownLibrary):
        store.add(99, [make_record()])
    with pytest.raises(UnknownLibrary):
        next(store.records(99))


def test_spectra_of_a_compound_come_from_all_libraries_and_all_stereoisomers(store, make_record):
    store.add(store.open_library("b"), [make_record("racemate", inchikey=CAFFEINE)])
    store.add(store.open_library("a"), [make_record("isomer", inchikey=CAFFEINE[:14] + "-ABCDEFGHSA-N"), make_record("none")])
    assert [(entry.library, entry.record.name) for entry in store.spectra_of(CAFFEINE[:14])] == [
        ("b", "racemate"),
        ("a", "isomer"),
    ]


def test_records_can_be_written_while_they_are_streamed(store, make_record):
    library = store.open_library("x")
    store.add(library, [make_record(f"n{number}") for number in range(1200)])
    stream = store.records(library)
    next(stream)
    store.add(library, [make_record("later")])
    assert [each.name for each in stream][-1] == "later"


def test_notes_are_kept(store):
    assert store.note("key") is None
    store.set_note("key", "one")
    store.set_note("key", "two")
    assert store.note("key") == "two"
