from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.domain.errors import EditError, UnknownLibrary
from bitspec_gui.domain.library import LibraryEntry, LibraryQuery
from bitspec_gui.domain.library_edits import EDITABLE
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.services.library_editing import LibraryEditor
from bitspec_gui.storage.library_store import SqlLibraryStore, open_library_store

CAFFEINE = "Cn1c(=O)c2c(ncn2C)n(C)c1=O"
CAFFEINE_KEY = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"


def record(name: str, **said: object) -> SpectrumRecord:
    said.setdefault("spectrum", Spectrum(np.array([55.0, 109.0, 194.0]), np.array([200.0, 500.0, 999.0])))
    return SpectrumRecord(name=name, **said)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "bitspec.sqlite"


@pytest.fixture
def store(database: Path) -> Iterator[SqlLibraryStore]:
    opened = open_library_store(database)
    mine = opened.open_library("Mine")
    opened.add(mine, [record("a"), record("b", cas="64-17-5"), record("c")])
    opened.add(opened.open_library("Shipped", embedded=True, licence="BSD-2"), [record("s")])
    yield opened
    opened.close()


@pytest.fixture
def editor(store: SqlLibraryStore) -> LibraryEditor:
    return LibraryEditor(lambda: store)


def entries(store: SqlLibraryStore, **query: object) -> list[LibraryEntry]:
    return store.entries(LibraryQuery(**query))[0]


def ids(store: SqlLibraryStore, *names: str) -> list[int]:
    return [each.entry_id for each in entries(store) if each.record.name in names]


def content(store: SqlLibraryStore) -> list[tuple[str, int, SpectrumRecord, tuple[str, ...]]]:
    return [(each.library, each.entry_id, each.record, each.tags) for each in entries(store)]


def test_editing_is_undone_and_done_again(store, editor):
    before = content(store)
    done = editor.edit(ids(store, "a", "b"), {"name": "Ethanol", "comment": "checked", "retention_index": "458,5"})
    assert (done.description, done.entries) == ("Changed 2 entries of “Mine”", 2)
    after = content(store)
    assert [(each.name, each.comment, each.retention_index) for _, _, each, _ in after[:2]] == [("Ethanol", "checked", 458.5)] * 2
    assert after[2:] == before[2:]
    assert editor.undo().description == "Undone: Changed 2 entries of “Mine”"
    assert content(store) == before
    editor.redo()
    assert content(store) == after


def test_what_was_edited_is_found_by_its_new_name_and_no_longer_by_the_old(store, editor):
    editor.edit(ids(store, "a"), {"name": "Theobromine", "synonyms": "Xantheose; 3,7-Dimethylxanthine", "formula": "C7H8N4O2"})
    assert [each.record.name for each in entries(store, text="xantheose")] == ["Theobromine"]
    assert [each.record.name for each in entries(store, formula="O2N4C7H8")] == ["Theobromine"]
    assert [each.record.name for each in entries(store, min_mass_da=180, max_mass_da=180)] == ["Theobromine"]
    assert not ids(store, "a")
    editor.undo()
    assert entries(store, text="xantheose") == entries(store, formula="C7H8N4O2") == []


def test_a_new_structure_gives_key_formula_masses_and_doubt(store, editor):
    (entry,) = ids(store, "a")
    editor.edit([entry], {"smiles": CAFFEINE})
    changed = store.entries_by_id([entry])[0].record
    assert (changed.inchikey, changed.formula, changed.nominal_mass) == (CAFFEINE_KEY, "C8H10N4O2", 194)
    assert changed.exact_mass == pytest.approx(194.0804, abs=1e-4)
    assert changed.doubt is None
    assert [each.entry_id for each in store.spectra_of(CAFFEINE_KEY[:14])] == [entry]
    editor.edit([entry], {"smiles": "CCO"})
    assert "46" in str(store.entries_by_id([entry])[0].record.doubt)
    editor.edit([entry], {"smiles": ""})
    emptied = store.entries_by_id([entry])[0].record
    assert (emptied.smiles, emptied.inchi, emptied.inchikey, emptied.formula) == (None, None, None, "C2H6O")


def test_an_inchi_gives_the_smiles_too(store, editor):
    (entry,) = ids(store, "a")
    editor.edit([entry], {"inchi": "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3"})
    changed = store.entries_by_id([entry])[0].record
    assert (changed.smiles, changed.formula, changed.nominal_mass) == ("CCO", "C2H6O", 46)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"smiles": "C1CC"}, "ring 1 is opened but not closed"),
        ({"smiles": CAFFEINE, "formula": "C2H6O"}, "has the formula C8H10N4O2, not C2H6O"),
        ({"smiles": CAFFEINE, "inchikey": "LFQSCWFLJHTTHZ-UHFFFAOYSA-N"}, "has the InChIKey RYYV"),
        ({"smiles": CAFFEINE, "nominal_mass": "46"}, "has the nominal mass 194 Da, not 46 Da"),
        ({"smiles": "CCO", "inchi": "InChI=1S/CH4/h1H4"}, "different compounds"),
        ({"cas": "58-08-3"}, "last digit should be 2"),
        ({"cas": "caffeine"}, "is not a CAS number"),
        ({"inchikey": "RYYV"}, "is not an InChIKey"),
        ({"formula": "caffeine"}, "is not a molecular formula"),
        ({"formula": "C2H6O", "nominal_mass": "47"}, "has the nominal mass 46 Da"),
        ({"retention_index": "high"}, "must be a number"),
        ({"retention_index": "inf"}, "must be a number"),
        ({"nominal_mass": "1.5"}, "whole number"),
        ({"doubt": ""}, "cannot be changed"),
        ({"comment": "x" * 200_000}, "too long"),
        ({"name": "a"}, "nothing to change"),
    ],
)
def test_values_that_make_no_sense_are_refused_and_nothing_is_changed(store, editor, changes, sentence):
    before = content(store)
    with pytest.raises(EditError, match=sentence):
        editor.edit(ids(store, "a"), changes)
    assert content(store) == before
    assert editor.history().undo_text == ""


def test_a_formula_against_the_structure_that_an_entry_has_is_refused(store, editor):
    editor.edit(ids(store, "a"), {"smiles": CAFFEINE})
    with pytest.raises(EditError, match="Change the structure instead"):
        editor.edit(ids(store, "a"), {"formula": "C2H6O"})


def test_every_field_can_be_edited_and_emptied(store, editor):
    texts = dict.fromkeys(EDITABLE, "") | {
        "name": "n", "synonyms": "x; y", "formula": "C2H6O", "cas": "64-17-5", "smiles": "OCC", "inchikey": "",
        "accession": "A1", "nominal_mass": "46", "retention_index": "458", "instrument": "GC", "energy_ev": "70",
        "licence": "CC0", "authors": "we", "comment": "two\nlines",
    }  # fmt: skip
    del texts["inchi"], texts["inchikey"]
    (entry,) = ids(store, "a")
    editor.edit([entry], texts)
    changed = store.entries_by_id([entry])[0].record
    assert (changed.smiles, changed.synonyms, changed.energy_ev, changed.comment) == ("OCC", ("x", "y"), 70.0, "two\nlines")
    editor.edit([entry], dict.fromkeys(EDITABLE, ""))
    emptied = store.entries_by_id([entry])[0].record
    assert all(not getattr(emptied, field) for field in set(EDITABLE))


def test_deleted_entries_are_nowhere_and_come_back_with_id_and_tags(store, editor):
    editor.add_tags(ids(store, "a"), ["solvent"])
    before = content(store)
    gone = ids(store, "a", "c")
    done = editor.delete(gone)
    assert (done.description, done.entries) == ("Deleted 2 entries of “Mine”", 2)
    assert [each.record.name for each in entries(store)] == ["b", "s"]
    assert store.entries_by_id(gone) == []
    assert list(store.structures(gone)) == []
    assert editor.tags() == []
    assert {info.name: info.spectra for info in store.libraries()} == {"Mine": 1, "Shipped": 1}
    editor.undo()
    assert content(store) == before
    assert [(tag.name, tag.entries) for tag in editor.tags()] == [("solvent", 1)]


def test_a_removed_library_comes_back_even_after_a_restart(database, store, editor):
    before = content(store)
    editor.remove_library("Mine")
    assert [info.name for info in store.libraries()] == ["Shipped"]
    store.close()
    again = LibraryEditor(lambda: reopened)
    reopened = open_library_store(database)
    assert again.history().undo_text == "Removed the library “Mine” with 3 entries"
    again.undo()
    assert content(reopened) == before
    reopened.close()


def test_a_library_that_comes_back_to_a_taken_name_gets_another_and_says_so(store, editor):
    editor.remove_library("Mine")
    store.add(store.open_library("Mine"), [record("new")])
    done = editor.undo()
    assert {info.name: info.spectra for info in store.libraries()} == {"Mine": 1, "Mine (2)": 3, "Shipped": 1}
    assert done.notes == ("There is another library named “Mine” now: this one is called “Mine (2)”.",)


def test_entries_are_moved_and_copied_to_a_library_that_is_made(store, editor):
    before = content(store)
    editor.move_entries(ids(store, "a"), "Solvents")
    editor.copy_entries(ids(store, "b", "s"), "Solvents")
    assert [(each.record.name, each.library) for each in entries(store)] == [
        ("a", "Solvents"), ("b", "Mine"), ("c", "Mine"), ("s", "Shipped"), ("b", "Solvents"), ("s", "Solvents"),
    ]  # fmt: skip
    assert entries(store)[-1].record.licence == "BSD-2"
    with pytest.raises(EditError, match="in “Solvents” already"):
        editor.copy_entries(ids(store, "a"), "Solvents")
    editor.undo()
    editor.undo()
    assert content(store) == before
    assert [info.name for info in store.libraries()] == ["Mine", "Shipped"]
    editor.redo()
    editor.redo()
    assert [info.spectra for info in store.libraries() if info.name == "Solvents"] == [3]
    assert editor.history().redo_text == ""


def test_merged_libraries_keep_equal_measurements_once_and_come_apart_again(store, editor):
    other = store.open_library("Other", licence="CC0")
    store.add(other, [record("b", cas="64-17-5"), record("d")])
    before = content(store)
    editor.merge_libraries(["Mine", "Other"], "Mine")
    assert [each.record.name for each in entries(store, library_id=1)] == ["a", "b", "c", "d"]
    assert next(each for each in entries(store) if each.record.name == "d").record.licence == "CC0"
    assert [info.name for info in store.libraries()] == ["Mine", "Shipped"]
    editor.undo()
    assert content(store) == before


def test_libraries_are_made_renamed_and_undone(store, editor):
    editor.new_library("Empty")
    assert [info.spectra for info in store.libraries() if info.name == "Empty"] == [0]
    editor.rename_library("Mine", "Ours")
    assert [info.name for info in store.libraries()] == ["Empty", "Ours", "Shipped"]
    for name in ("Ours", "Shipped", "  "):
        with pytest.raises(EditError):
            editor.rename_library("Empty", name)
    with pytest.raises(EditError, match="already"):
        editor.new_library("Ours")
    with pytest.raises(UnknownLibrary):
        editor.rename_library("Mine", "x")
    editor.undo()
    editor.undo()
    assert [info.name for info in store.libraries()] == ["Mine", "Shipped"]


def test_what_comes_with_bitspec_cannot_be_changed_but_tagged(store, editor):
    shipped = ids(store, "s")
    refused: list[Callable[[], object]] = [
        lambda: editor.edit(shipped, {"name": "x"}),
        lambda: editor.delete(shipped),
        lambda: editor.move_entries(shipped, "Mine"),
        lambda: editor.copy_entries(ids(store, "a"), "Shipped"),
        lambda: editor.merge_libraries(["Mine", "Shipped"], "Mine"),
        lambda: editor.rename_library("Shipped", "x"),
        lambda: editor.remove_library("Shipped"),
    ]
    before = content(store)
    for change in refused:
        with pytest.raises(EditError, match="comes with BitSpec and cannot be changed"):
            change()
    assert content(store) == before
    editor.add_tags(shipped, ["seen"])
    assert entries(store, tag="seen")[0].record.name == "s"


def test_tags_are_put_on_taken_off_counted_and_undone(store, editor):
    editor.add_tags(ids(store, "a", "b"), ["terpene", " to  check ", ""])
    editor.add_tags(ids(store, "b", "c"), ["terpene"])
    assert [(tag.name, tag.entries) for tag in editor.tags()] == [("terpene", 3), ("to check", 2)]
    assert [each.tags for each in entries(store, library_id=1)] == [
        ("terpene", "to check"),
        ("terpene", "to check"),
        ("terpene",),
    ]
    editor.undo()
    assert [each.record.name for each in entries(store, tag="terpene")] == ["a", "b"]
    editor.remove_tags(ids(store, "a", "b", "c"), ["to check"])
    assert [tag.name for tag in editor.tags()] == ["terpene"]
    with pytest.raises(EditError, match="already"):
        editor.add_tags(ids(store, "a"), ["terpene"])
    with pytest.raises(EditError, match="None of the entries"):
        editor.remove_tags(ids(store, "a"), ["to check"])
    with pytest.raises(EditError, match="needs a name"):
        editor.add_tags(ids(store, "a"), [" "])


def test_undoing_leaves_alone_what_was_done_since(store, editor):
    gone = ids(store, "a")
    editor.delete(gone)
    store.add(1, [record("a")])
    assert "already there" in editor.undo().notes[0]
    assert len(ids(store, "a")) == 1
    editor.edit(ids(store, "b"), {"name": "B"})
    other = SpectrumRecord(store.entries_by_id(ids(store, "B"))[0].record.spectrum, name="B", cas="64-17-5")
    store.change_entries([(ids(store, "B")[0], other, SpectrumRecord(other.spectrum, name="bee", cas="64-17-5"))])
    editor.undo()
    editor.undo()
    assert ids(store, "b")


def test_a_new_edit_ends_what_could_be_done_again(store, editor):
    editor.delete(ids(store, "a"))
    editor.undo()
    editor.delete(ids(store, "b"))
    with pytest.raises(EditError, match="nothing to do again"):
        editor.redo()
    editor.undo()
    with pytest.raises(EditError, match="nothing to undo"):
        editor.undo()


def test_choosing_nothing_or_what_is_gone_is_said(store, editor):
    with pytest.raises(EditError, match="Choose at least one"):
        editor.delete([])
    with pytest.raises(EditError, match="no longer there"):
        editor.delete([999])
    assert editor.history().undo_text == ""


def test_a_library_removed_through_the_service_can_be_undone(database, store, editor):
    service = LibraryService(lambda: store)
    assert service.remove("Mine").spectra == 3
    editor.undo()
    assert [info.name for info in service.libraries()] == ["Mine", "Shipped"]


def test_reports_of_imports_are_kept(tmp_path, database, store):
    service = LibraryService(lambda: store)
    good = tmp_path / "few.msp"
    good.write_text("NAME: A\nNum Peaks: 1\n41 999\n\nNAME: B\nNum Peaks: 1\nbroken\n")
    report = service.import_paths([good])
    assert (report.added, report.rejected) == (1, 1)
    (kept,) = service.import_reports()
    assert kept.report == report
    assert kept.made_at.tzinfo is not None
    service.remove_import_report(kept.report_id)
    assert service.import_reports() == []
