from __future__ import annotations

import pytest

from bitspec_gui.domain.library import LibraryQuery


@pytest.fixture
def names(store, make_record):
    library = store.open_library("first")
    store.add(
        library,
        [
            make_record("Hydroxycaffeine", formula="C8H10N4O3"),
            make_record("Caffeine monohydrate"),
            make_record("CAFFEINE", synonyms=("Théine", "1,3,7-Trimethylxanthine"), cas="58-08-2", accession="MSBNK-JP003477"),
            make_record("Ethanol 100%", formula="C2H6O", inchikey="LFQSCWFLJHTTHZ-UHFFFAOYSA-N"),
            make_record("a_b"),
            make_record("aXb"),
            make_record("βアラニン"),
        ],
    )
    store.add(store.open_library("second"), [make_record("Caffeine")])

    def search(text: str, **more: object) -> list[str]:
        found, total = store.entries(LibraryQuery(text, **more))
        assert total == len(found) or "limit" in more or "offset" in more
        return [entry.record.name for entry in found]

    return search


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("THÉINE", "CAFFEINE"),
        ("58-08-2", "CAFFEINE"),
        ("jp003477", "CAFFEINE"),
        ("c2h6o", "Ethanol 100%"),
        ("lfqscwfljhtthz", "Ethanol 100%"),
        ("100%", "Ethanol 100%"),
        ("a_b", "a_b"),
        ("βｱﾗﾆﾝ", "βアラニン"),
        ("trimethylxanthine CAFFEINE", "CAFFEINE"),
        ("  58-08-2\n", "CAFFEINE"),
    ],
)
def test_text_is_found_in_every_field_whatever_its_case(names, text, name):
    assert names(text) == [name]


def test_whole_fields_come_first_then_beginnings(names):
    assert names("caffeine") == ["CAFFEINE", "Caffeine", "Caffeine monohydrate", "Hydroxycaffeine"]


@pytest.mark.parametrize("text", ["%", "_", "*", "\\", "'; DROP TABLE spectrum; --", '" OR 1=1', "\0", "caf\udce9"])
def test_signs_that_mean_something_to_a_database_mean_themselves_here(names, text):
    assert len(names(text)) <= 8
    assert len(names("")) == 8
    assert "a_b" not in names("%")


def test_words_must_all_occur(names):
    assert names("caffeine ethanol") == []


def test_one_library_can_be_searched_alone(names, store):
    ids = {info.name: info.library_id for info in store.libraries()}
    assert names("caffeine", library_id=ids["second"]) == ["Caffeine"]
    assert names("", library_id=999) == []


def test_pages_are_cut_from_one_order(names, store):
    whole = names("")
    assert names("", limit=3) + names("", offset=3, limit=3) + names("", offset=6, limit=3) == whole
    found, total = store.entries(LibraryQuery("", offset=100))
    assert (found, total) == ([], 8)
    assert store.entries(LibraryQuery("", limit=0)) == ([], 8)
