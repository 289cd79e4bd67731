"""The library database on a PostgreSQL server: the same promises as on a file. Skipped where there is no server."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from postgresql_server import PASSWORD, NoServer, drop_database, new_database, running_server

from bitspec_gui.domain.errors import EditError, StorageError
from bitspec_gui.domain.library import EntryOrder, ImportReport, LibraryQuery
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.search import HitFilter
from bitspec_gui.storage import server as server_module
from bitspec_gui.storage.library_store import SqlLibraryStore, open_library_store

pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed")

CAFFEINE = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    try:
        with running_server() as address:
            yield address
    except NoServer as why:
        pytest.skip(str(why))


@pytest.fixture
def empty(server: str) -> Iterator[str]:
    made = new_database(server)
    yield made
    drop_database(made)


@pytest.fixture(scope="module")
def tables(server: str) -> Iterator[str]:
    """Address of a database that has its tables, to be copied: making them takes longer."""
    made = new_database(server)
    open_library_store(made).close()
    yield made
    drop_database(made)


@pytest.fixture
def address(server: str, tables: str) -> Iterator[str]:
    made = new_database(server, template=tables.rpartition("/")[2])
    yield made
    drop_database(made)


@pytest.fixture
def store(address: str) -> Iterator[SqlLibraryStore]:
    opened = open_library_store(address)
    yield opened
    opened.close()


def test_records_come_back_exactly(store, make_record):
    said = {
        "synonyms": ("Théine", "x" * 5000), "inchikey": CAFFEINE, "formula": "C8H10N4O2", "cas": "58-08-2", "line": 10**11,
        "nominal_mass": 10**12, "retention_index": 1801.25, "exact_mass": 194.08037556, "comment": "β", "extra": (("a", "b"),),
    }  # fmt: skip
    wanted = [make_record("Caffeine", **said), make_record("plain", peaks=((1.25, 0.1), (1e3, 1e12)))]
    library = store.open_library("Lab")
    assert store.add(library, [*wanted, wanted[1]]) == 2
    assert store.add(library, wanted) == 0
    assert list(store.records(library)) == wanted
    assert [each.record for each in store.spectra_of(CAFFEINE[:14])] == wanted[:1]


def test_a_character_that_the_server_cannot_hold_becomes_an_escape(store, make_record):
    library = store.open_library("nul\0library")
    store.add(library, [make_record("nul\0byte", source_file="caf\udce9.msp")])
    (back,) = store.records(library)
    assert (back.name, back.source_file) == ("nul\\x00byte", "caf\\udce9.msp")
    assert store.entries(LibraryQuery("nul\0"))[1] == 1


def test_lists_filters_and_orders_are_those_of_a_file(address, store, database, make_record):
    file = open_library_store(database)
    records = [
        make_record("benzene", formula="C6H6", nominal_mass=78, cas="71-43-2", retention_index=654.0),
        make_record("Éthanol 100%", formula="C2H6O", inchikey="LFQSCWFLJHTTHZ-UHFFFAOYSA-N", synonyms=("alcohol",)),
        make_record("a_b", formula="CHCl3", licence="CC BY"),
        make_record("Zinc thing", doubt="why"),
        make_record("acetone", formula="OC3H6", predicted_by="m", confidence=0.5),
    ]
    for each in (store, file):
        each.add(each.open_library("x"), records)
        each.set_tags([1, 3], ["solvent", "Lösung"], present=True)
    queries = [LibraryQuery(order=order, descending=down) for order in EntryOrder for down in (False, True)]
    queries += [
        LibraryQuery("ÉTHANOL"), LibraryQuery("%"), LibraryQuery("a_b"), LibraryQuery(tag="Lösung"), LibraryQuery(doubtful=True),
        LibraryQuery(formula="C3OH6"), LibraryQuery(elements=("Cl",)), LibraryQuery(without_elements=("O",)),
        LibraryQuery(min_mass_da=50, max_mass_da=80), LibraryQuery(predicted=True), LibraryQuery("e", limit=1, offset=1),
    ]  # fmt: skip
    for query in queries:
        assert store.entry_ids(query).tolist() == file.entry_ids(query).tolist(), query
        assert store.entries(query) == file.entries(query), query
    for wanted in (
        HitFilter(name="ALC"),
        HitFilter(cas="71-"),
        HitFilter(licence="cc"),
        HitFilter(libraries=("x",), predicted=False),
    ):
        assert store.passing(wanted).tolist() == file.passing(wanted).tolist()
    assert [len(batch) for batch in store.search_entries(1)] == [5]
    assert list(store.structures()) == list(file.structures())
    file.close()


def test_edits_are_undone_and_done_again(store, make_record):
    library = store.open_library("Mine", licence="CC0")
    store.add(library, [make_record(str(number)) for number in range(4)])
    before = store.entries(LibraryQuery())
    ids = store.entry_ids(LibraryQuery())
    old = before[0][0]
    new = make_record("edited", cas="58-08-2")
    store.set_tags(ids[:2], ["seen"], present=True)
    tagged = store.entries(LibraryQuery())
    store.change_entries([(old.entry_id, old.record, new)])
    store.delete_entries(ids[1:2])
    store.copy_entries(ids[2:], "Copy")
    store.move_entries(ids[2:3], "Other")
    store.merge_libraries(["Mine", "Copy"], "All")
    store.rename_library("All", "Everything")
    store.remove_library("Everything")
    assert [info.name for info in store.libraries()] == ["Other"]
    for _ in range(7):
        store.undo()
    assert store.entries(LibraryQuery()) == tagged
    store.undo()
    assert store.entries(LibraryQuery()) == before
    for _ in range(8):
        store.redo()
    assert [info.name for info in store.libraries()] == ["Other"]


def test_everybody_undoes_their_own_edits(address, store, make_record, monkeypatch):
    store.add(store.open_library("Mine"), [make_record("a"), make_record("b")])
    monkeypatch.setattr(server_module, "_author", lambda: "somebody@else")
    other = open_library_store(address)
    store.delete_entries([1])
    other.delete_entries([2])
    assert store.history().undo_text == other.history().undo_text == "Deleted 1 entry of “Mine”"
    store.undo()
    assert store.entry_ids(LibraryQuery()).tolist() == [1]
    with pytest.raises(EditError, match="nothing to undo"):
        store.undo()
    other.undo()
    assert store.entry_ids(LibraryQuery()).tolist() == [1, 2]
    other.close()


def test_programs_that_open_an_empty_database_at_once_all_write_to_it(empty, make_record):
    with ThreadPoolExecutor(3) as pool:
        stores = list(pool.map(open_library_store, [empty] * 3))

    def write(store: SqlLibraryStore) -> int:
        library = store.open_library("shared")
        return sum(store.add(library, [make_record(f"{batch} {n}") for n in range(10)]) for batch in range(8))

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(write, stores)) == 80
    assert [info.spectra for info in stores[0].libraries()] == [80]
    for store in stores:
        store.close()


def test_reports_and_notes_are_kept(address, store):
    report = ImportReport("x", 1, 0, 1, (Problem("f\udce9", 3, "what"),), files=("a",))
    store.keep_report(report)
    store.set_note("key", "one")
    store.set_note("key", "two")
    store.close()
    again = open_library_store(address)
    assert [kept.report for kept in again.import_reports()] == [report]
    assert again.note("key") == "two"
    again.close()


def test_no_password_is_told(server, address, caplog):
    caplog.set_level(logging.DEBUG)
    host = server.rpartition("@")[2]
    wrong = ["postgresql://bitspec:guess-me@" + host, "postgresql://bitspec:guess-me@127.0.0.1:1/postgres"]
    wrong += ["postgresql://bitspec:guess-me@" + host.replace("/postgres", "/absent"), address.replace("bitspec_", "bitspec_no_")]
    for each in wrong:
        with pytest.raises(StorageError) as caught:
            open_library_store(each)
        told = "".join(traceback.format_exception(caught.value)) + caplog.text
        assert "guess-me" not in told
        assert PASSWORD not in told
        assert "127.0.0.1" in str(caught.value)


def test_a_database_of_another_program_is_refused_and_left_as_it_is(empty):
    import psycopg

    with psycopg.connect(empty) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(StorageError, match="tables of another program"):
        open_library_store(empty)
    with psycopg.connect(empty) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("bookmarks",)]


def test_a_database_of_a_newer_bitspec_is_refused(address, store):
    import psycopg

    store.close()
    with psycopg.connect(address) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="newer BitSpec"):
        open_library_store(address)
