"""What a search asks of the libraries: entries for an index, filters, revisions that tell of every change."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitspec_gui.domain.errors import DamagedDatabase, SearchError, UnknownLibrary
from bitspec_gui.domain.library import EntryOrder, LibraryQuery
from bitspec_gui.domain.search import HitFilter
from bitspec_gui.storage.derived_values import composition
from bitspec_gui.storage.library_store import open_library_store


@pytest.fixture
def filled(store, make_record):
    measured = store.open_library("Measured", licence="CC BY")
    store.add(
        measured,
        [
            make_record("Benzene", formula="C6H6", cas="71-43-2", retention_index=654.0, smiles="c1ccccc1"),
            make_record("Ethanol", formula="OC2H6", synonyms=("Alcohol", "Weingeist"), inchikey="LFQSCWFLJHTTHZ-UHFFFAOYSA-N"),
            make_record("Chloroform", formula="CHCl3", licence="own licence", inchi="InChI=1S/CHCl3/c2-1(3)4/h1H"),
            make_record("Unknown", exact_mass=120.9),
        ],
    )
    predicted = store.open_library("Predicted", licence="MIT")
    store.add(
        predicted,
        [
            make_record("Ethanol", formula="C2H6O", nominal_mass=46, predicted_by="m", confidence=0.75),
            make_record("Methanol", formula="CH4O", predicted_by="m"),
        ],
    )
    return {"Measured": measured, "Predicted": predicted}


def names(store, wanted: HitFilter) -> list[str]:
    ids = store.passing(wanted)
    assert ids.dtype == np.int64
    assert (np.diff(ids) > 0).all()
    return [entry.record.name for entry in store.entries_by_id(ids)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (HitFilter(), ["Benzene", "Ethanol", "Chloroform", "Unknown", "Ethanol", "Methanol"]),
        (HitFilter(libraries=("Predicted", "absent")), ["Ethanol", "Methanol"]),
        (HitFilter(predicted=False, name="eth"), ["Ethanol"]),
        (HitFilter(predicted=True), ["Ethanol", "Methanol"]),
        (HitFilter(formula=" O C2 H6 "), ["Ethanol", "Ethanol"]),
        (HitFilter(elements=("C", "Cl")), ["Chloroform"]),
        (HitFilter(elements=("C",), without_elements=("O", "Cl")), ["Benzene"]),
        (HitFilter(name="WEIN"), ["Ethanol"]),
        (HitFilter(name="c6h6"), []),
        (HitFilter(cas="71-43"), ["Benzene"]),
        (HitFilter(inchikey="lfqscwfljhtthz"), ["Ethanol"]),
        (HitFilter(licence="OWN"), ["Chloroform"]),
        (HitFilter(licence="cc"), []),
        (HitFilter(licence="mit"), ["Ethanol", "Methanol"]),
        (HitFilter(min_mass_da=46, max_mass_da=78), ["Benzene", "Ethanol", "Ethanol"]),
        (HitFilter(min_mass_da=121, max_mass_da=121), ["Unknown"]),
        (HitFilter(name="%"), []),
    ],
)
def test_every_condition_of_a_filter_holds(store, filled, wanted, found):
    assert names(store, wanted) == found


def test_a_formula_or_element_that_is_none_is_said(store):
    with pytest.raises(SearchError, match="“caffeine” is not a molecular formula"):
        store.passing(HitFilter(formula="caffeine"))
    with pytest.raises(SearchError, match="“Xx” is not the symbol"):
        store.entry_ids(LibraryQuery(elements=("Xx",)))


def test_an_index_gets_every_spectrum_with_its_mass_and_confidence(store, filled):
    measured = [each for batch in store.search_entries(filled["Measured"]) for each in batch]
    assert [(each.nominal_mass, each.retention_index, each.confidence) for each in measured] == [
        (78, 654.0, None), (46, None, None), (118, None, None), (121, None, None),
    ]  # fmt: skip
    assert measured[0].spectrum == store.entries_by_id([measured[0].entry_id])[0].record.spectrum
    predicted = [each for batch in store.search_entries(filled["Predicted"]) for each in batch]
    assert [each.confidence for each in predicted] == [0.75, 0.0]
    with pytest.raises(UnknownLibrary):
        next(store.search_entries(99))


def test_entries_come_in_the_order_asked_for_and_missing_ones_are_passed_over(store, filled):
    assert [entry.entry_id for entry in store.entries_by_id([5, 99, 1, 5])] == [5, 1, 5]
    assert [entry.library for entry in store.entries_by_id(np.array([5, 1]))] == ["Predicted", "Measured"]
    assert store.entries_by_id([]) == []


def test_structures_are_smiles_else_inchi(store, filled):
    assert list(store.structures()) == [(1, "c1ccccc1"), (3, "InChI=1S/CHCl3/c2-1(3)4/h1H")]
    assert list(store.structures([3, 2, 1])) == [(3, "InChI=1S/CHCl3/c2-1(3)4/h1H"), (1, "c1ccccc1")]


def test_every_change_that_a_search_sees_gives_the_library_another_revision(store, filled, make_record):
    entry = store.entries_by_id([1])[0]
    changes = [
        lambda: store.add(filled["Measured"], [make_record("new")]),
        lambda: store.change_entries([(1, entry.record, dataclasses.replace(entry.record, retention_index=655.0))]),
        lambda: store.delete_entries([2]),
        lambda: store.undo(),
        lambda: store.move_entries([3], "Elsewhere"),
    ]
    seen = [store.revisions()]
    for change in changes:
        change()
        seen.append(store.revisions())
        assert seen[-1][filled["Measured"]] not in [each[filled["Measured"]] for each in seen[:-1]]
        assert seen[-1][filled["Predicted"]] == seen[0][filled["Predicted"]]
    store.remove_library("Measured")
    assert filled["Measured"] not in store.revisions()


def test_what_a_search_does_not_see_leaves_the_revision(store, filled, make_record):
    before = store.revisions()
    entry = store.entries_by_id([1])[0]
    store.add(filled["Measured"], [entry.record])
    store.change_entries([(1, entry.record, dataclasses.replace(entry.record, name="Benzol"))])
    store.set_tags([1], ["seen"], present=True)
    assert store.revisions() == before


def test_two_databases_never_have_the_same_revision(store, tmp_path, make_record):
    other = open_library_store(tmp_path / "other.sqlite")
    for each in (store, other):
        each.add(each.open_library("x"), [make_record()])
    assert store.revisions().keys() == other.revisions().keys()
    assert store.revisions() != other.revisions()
    other.close()


def test_damaged_peaks_are_said_to_be_damage_by_a_search_too(store, filled, database):
    import sqlite3

    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE spectrum SET intensity_blob = x'00' WHERE spectrum_id = 2")
    connection.close()
    with pytest.raises(DamagedDatabase, match="spectrum 2"):
        store.entries_by_id([1, 2])
    with pytest.raises(DamagedDatabase, match="spectrum 2"):
        list(store.search_entries(filled["Measured"]))


@pytest.mark.parametrize(
    ("order", "ascending", "descending"),
    [
        (EntryOrder.NAME, [1, 3, 2, 5, 6, 4], [4, 6, 2, 5, 3, 1]),
        (EntryOrder.FORMULA, [3, 6, 2, 5, 1, 4], [1, 2, 5, 6, 3, 4]),
        (EntryOrder.MASS, [6, 2, 5, 1, 3, 4], [4, 3, 1, 2, 5, 6]),
        (EntryOrder.CAS, [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]),
        (EntryOrder.LIBRARY, [1, 2, 3, 4, 5, 6], [5, 6, 1, 2, 3, 4]),
        (EntryOrder.CONFIDENCE, [5, 1, 2, 3, 4, 6], [5, 1, 2, 3, 4, 6]),
        (EntryOrder.CLOSENESS, [1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1]),
    ],
)
def test_lists_are_sorted_with_empty_values_last(store, filled, order, ascending, descending):
    up, down = LibraryQuery(order=order), LibraryQuery(order=order, descending=True)
    # “Ethanol” of the measured library has synonyms, by which equal names are told apart.
    expected = [ascending, descending]
    if order is EntryOrder.NAME:
        found = [[entry.record.name for entry in store.entries(each)[0]] for each in (up, down)]
        plain = ["Benzene", "Chloroform", "Ethanol", "Ethanol", "Methanol", "Unknown"]
        assert found == [plain, plain[::-1]]
        return
    assert [store.entry_ids(each).tolist() for each in (up, down)] == expected
    assert [entry.entry_id for entry in store.entries(dataclasses.replace(up, offset=2, limit=2))[0]] == ascending[2:4]


@given(st.permutations([("C", 12), ("H", 10), ("Cl", 1), ("N", 3), ("O", 2)]))
def test_a_formula_is_one_whatever_the_order_of_its_elements(elements):
    written = "".join(f"{symbol}{number if number > 1 else ''}" for symbol, number in elements)
    assert composition(written) == "|C:0012|H:0010|Cl:0001|N:0003|O:0002|"
