"""The log of edits: bounded, and as whole as the edits themselves."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import create_engine, text

from bitspec_gui.domain.errors import EditError, StorageError
from bitspec_gui.domain.library import LibraryQuery
from bitspec_gui.domain.search import HitFilter
from bitspec_gui.storage import edit_log, search_queries
from bitspec_gui.storage.edit_steps import Move
from bitspec_gui.storage.library_store import open_library_store


@pytest.fixture
def mine(store, make_record):
    store.add(store.open_library("Mine"), [make_record(f"n{number}") for number in range(12)])
    return store


def rows(database, table: str) -> int:
    with sqlite3.connect(database) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_beyond_the_limit_the_oldest_edits_are_forgotten_with_what_they_removed(mine, database, monkeypatch):
    monkeypatch.setattr(edit_log, "MOST_EDITS", 3)
    for entry_id in range(1, 7):
        mine.delete_entries([entry_id])
    assert rows(database, "edit") == 3
    assert rows(database, "spectrum") == 9
    for _ in range(3):
        mine.undo()
    with pytest.raises(EditError, match="nothing to undo"):
        mine.undo()
    assert mine.entry_ids(LibraryQuery()).tolist() == list(range(4, 13))


def test_edits_that_take_too_much_are_forgotten_but_never_the_newest(mine, database, monkeypatch):
    monkeypatch.setattr(edit_log, "MOST_BYTES", 10)
    mine.delete_entries([1, 2, 3])
    mine.delete_entries([4, 5])
    assert rows(database, "edit") == 1
    mine.undo()
    assert mine.entry_ids(LibraryQuery()).tolist() == list(range(4, 13))


def test_what_can_no_longer_be_done_again_leaves_nothing_behind(mine, database):
    mine.copy_entries([1, 2], "Copy")
    mine.undo()
    assert rows(database, "spectrum") == 14
    mine.delete_entries([3])
    assert rows(database, "spectrum") == 12
    assert [info.name for info in mine.libraries()] == ["Mine"]


def test_an_edit_that_fails_halfway_changes_nothing(mine, database, monkeypatch):
    before = mine.entries(LibraryQuery())
    steps = []

    def failing(self: Move, *args: object, **more: object) -> None:
        steps.append(self)
        if len(steps) == 2:
            raise sqlite3.OperationalError("disk I/O error")
        apply(self, *args, **more)

    apply = Move.apply
    mine.copy_entries([1], "Other")
    monkeypatch.setattr(Move, "apply", failing)
    with pytest.raises(StorageError):
        mine.delete_entries(mine.entry_ids(LibraryQuery()))
    assert len(steps) == 2
    mine.undo()
    assert mine.entries(LibraryQuery()) == before


def test_an_import_into_a_library_that_was_removed_meanwhile_is_refused(mine, make_record):
    mine.remove_library("Mine")
    with pytest.raises(StorageError, match="no longer there"):
        mine.add(1, [make_record("late")])
    assert mine.open_library("Mine") != 1


def test_more_entries_than_a_statement_takes_are_one_edit(store, make_record, monkeypatch):
    monkeypatch.setattr(search_queries, "IDS_AT_ONCE", 100)
    library = store.open_library("Many")
    store.add(library, [make_record(f"n{number}") for number in range(950)])
    ids = store.entry_ids(LibraryQuery())
    store.set_tags(ids, ["all"], present=True)
    store.move_entries(ids, "Others")
    store.delete_entries(ids)
    assert store.entry_ids(LibraryQuery()).size == 0
    for _ in range(3):
        store.undo()
    assert store.entry_ids(LibraryQuery(library_id=library)).tolist() == ids.tolist()
    assert store.tags() == []


def test_a_database_of_the_version_before_gets_what_searches_need(database, make_record):
    store = open_library_store(database)
    library = store.open_library("Old")
    store.add(library, [make_record("Ethanol", formula="OC2H6"), make_record("x", exact_mass=93.6, peaks=((1.5, 2),))])
    expected = list(store.search_entries(library))
    store.close()
    _back_to(database, "0002")
    again = open_library_store(database)
    assert list(again.search_entries(library)) == expected
    assert len(again.revisions()[library]) == 32
    assert again.passing(HitFilter(formula="C2H6O")).tolist() == [1]
    assert again.passing(HitFilter(min_mass_da=94)).tolist() == [2]
    assert [entry.record.name for entry in again.entries(LibraryQuery("ethanol"))[0]] == ["Ethanol"]
    again.close()


def _back_to(database, revision: str) -> None:
    """Make the database one of an older BitSpec."""
    from alembic import command
    from alembic.config import Config

    from bitspec_gui.storage.opening import MIGRATIONS

    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == revision
    engine.dispose()
