from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from bitspec_gui.domain.errors import DamagedDatabase, StorageError
from bitspec_gui.domain.library import LibraryQuery
from bitspec_gui.storage import engine as engine_module
from bitspec_gui.storage.library_store import open_library_store
from bitspec_gui.storage.migrations import HEAD
from bitspec_gui.storage.opening import MIGRATIONS
from bitspec_gui.storage.schema import Base
from bitspec_gui.storage.set_aside import set_aside


def ddl(connection: sqlite3.Connection) -> dict[str, set[str]]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version'")
    return {name: {part.strip() for part in entries(sql)} for name, sql in rows}


def entries(sql: str) -> list[str]:
    """Head, columns and constraints of a statement; a migration adds columns after the constraints, on the same line."""
    head, _, body = sql.partition("(")
    return [head, *re.split(r",(?![^(]*\))", body[: body.rindex(")")]), body[body.rindex(")") :]]


def test_migrations_make_the_schema_that_the_rows_describe(database):
    open_library_store(database).close()
    described = create_engine("sqlite://")
    Base.metadata.create_all(described)
    migrated = create_engine(f"sqlite:///{database}")
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    with described.connect() as connection, sqlite3.connect(database) as other:
        assert ddl(other) == ddl(connection.connection.driver_connection)
    migrated.dispose()


def test_head_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_new_database_is_made_with_its_folders_and_settings(database):
    store = open_library_store(database)
    with store._transactions.read() as session:
        pragmas = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}
    assert sqlite3.connect(database).execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)


def test_an_empty_file_becomes_a_database(database):
    database.parent.mkdir()
    database.touch()
    assert open_library_store(database).libraries() == []


def test_what_was_stored_is_there_when_opened_again(database, make_record):
    store = open_library_store(database)
    store.add(store.open_library("kept"), [make_record()])
    store.close()
    assert [info.spectra for info in open_library_store(database).libraries()] == [1]


def later_bitspec(monkeypatch: pytest.MonkeyPatch, folder: Path, statements: list[str]) -> None:
    """Let the program have one more migration than it has."""
    migrations = folder / "later"
    shutil.copytree(MIGRATIONS, migrations)
    upgrade = "\n".join(f"    op.execute({statement!r})" for statement in statements)
    head = f"from alembic import op\nrevision = '9000'\ndown_revision = {HEAD!r}\n\ndef upgrade():\n{upgrade}\n"
    (migrations / "versions" / "r9000_later.py").write_text(head)
    monkeypatch.setattr("bitspec_gui.storage.opening.MIGRATIONS", migrations)
    monkeypatch.setattr("bitspec_gui.storage.opening.HEAD", "9000")


def test_a_database_of_an_older_bitspec_is_brought_up_to_date(database, store, make_record, tmp_path, monkeypatch):
    store.add(store.open_library("old"), [make_record()])
    store.close()
    later_bitspec(monkeypatch, tmp_path, ["CREATE TABLE job (job_id INTEGER PRIMARY KEY)"])
    assert [info.name for info in open_library_store(database).libraries()] == ["old"]
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9000",)]
        assert connection.execute("SELECT count(*) FROM job").fetchone() == (0,)


def test_a_migration_that_fails_leaves_the_database_as_it_was(database, store, tmp_path, monkeypatch):
    store.close()
    with monkeypatch.context() as patch:
        later_bitspec(patch, tmp_path, ["CREATE TABLE job (job_id INTEGER PRIMARY KEY)", "nonsense"])
        with pytest.raises(StorageError, match="syntax error"):
            open_library_store(database)
    assert open_library_store(database).libraries() == []
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'job'").fetchall() == []


def test_a_database_of_a_newer_bitspec_is_refused_and_left_as_it_is(database, store, make_record):
    store.add(store.open_library("x"), [make_record()])
    store.close()
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = database.read_bytes()
    with pytest.raises(StorageError, match="written by a newer BitSpec") as caught:
        open_library_store(database)
    assert not isinstance(caught.value, DamagedDatabase)
    assert str(database) in str(caught.value)
    assert database.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_left_as_it_is(database):
    database.parent.mkdir()
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = database.read_bytes()
    with pytest.raises(StorageError, match="another program"):
        open_library_store(database)
    assert database.read_bytes() == before


@pytest.mark.parametrize("content", [b"These are notes.\n" * 500, bytes(8192), b"x"])
def test_a_file_that_is_no_database_is_said_to_be_damaged_and_can_be_set_aside(database, content):
    database.parent.mkdir()
    database.write_bytes(content)
    with pytest.raises(DamagedDatabase, match="is not a database file or is damaged") as caught:
        open_library_store(database)
    kept = set_aside(caught.value.database)
    assert kept.name.startswith("bitspec.damaged-")
    assert kept.suffix == ".sqlite"
    assert kept.read_bytes() == content
    assert open_library_store(database).libraries() == []


def test_databases_set_aside_within_a_second_are_all_kept(database):
    database.parent.mkdir()
    kept = set()
    for content in (b"one", b"two", b"three"):
        database.write_bytes(content)
        kept.add(set_aside(database))
    assert {path.read_bytes() for path in kept} == {b"one", b"two", b"three"}


@pytest.mark.parametrize("cut", [0.3, 0.7])
def test_a_truncated_database_is_said_to_be_damaged(database, store, make_record, cut):
    store.add(store.open_library("x"), [make_record(f"n{n}", comment="c" * 500) for n in range(500)])
    store.close()
    size = database.stat().st_size
    with database.open("r+b") as stream:
        stream.truncate(int(size * cut) // 4096 * 4096)
    with pytest.raises(DamagedDatabase):
        list(open_library_store(database).records(1))


def test_overwritten_pages_are_said_to_be_damaged(database, store, make_record):
    store.add(store.open_library("x"), [make_record(f"n{n}", comment="c" * 500) for n in range(500)])
    store.close()
    with database.open("r+b") as stream:
        stream.seek(4096 * 8)
        stream.write(os.urandom(4096 * 60))
    with pytest.raises(DamagedDatabase, match="BitSpec can set the file aside"):
        open_library_store(database).entries(LibraryQuery("", limit=500))


def test_peaks_that_are_not_peaks_are_said_to_be_damaged(database, store, make_record):
    store.add(store.open_library("x"), [make_record()])
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE spectrum SET mz_blob = x'00'")
    connection.close()
    with pytest.raises(DamagedDatabase, match="spectrum 1"):
        store.entries(LibraryQuery())


def test_a_missing_table_is_said_to_be_damage(database, store):
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE spectrum")
    connection.close()
    with pytest.raises(DamagedDatabase, match="lacks a part"):
        store.libraries()


def test_a_full_disk_is_said_and_what_was_stored_is_kept(store, make_record):
    library = store.open_library("x")
    store.add(library, [make_record("first")])
    with store._transactions.read() as session:
        pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar()
        # SQLite then answers as it does on a full disk; the limit belongs to the connection, of which the pool has one.
        session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match="is full"):
        store.add(library, [make_record(f"n{n}", comment="c" * 5000) for n in range(100)])
    assert [each.name for each in store.records(library)] == ["first"]


def test_a_database_locked_by_another_program_is_said_to_be_in_use(database, store, monkeypatch):
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT_S", 0.1)
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="being written by another program"):
        open_library_store(database).open_library("x")
    other.execute("ROLLBACK")
    other.close()


def test_a_folder_that_is_a_file_is_said_with_a_way_on(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="BITSPEC_DATA_DIR"):
        open_library_store(tmp_path / "file" / "bitspec.sqlite")


_AS_ORDINARY_USER = """
import os, sys
from pathlib import Path
from bitspec_gui.domain.errors import StorageError
from bitspec_gui.storage.library_store import open_library_store
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
try:
    store = open_library_store(Path(sys.argv[1]))
    print([info.name for info in store.libraries()])
    store.open_library("new")
except StorageError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs permissions of POSIX")
@pytest.mark.parametrize("case", ["folder", "new database", "file"])
def test_a_read_only_place_is_said_with_a_way_on(case, make_record):
    # Not tmp_path: an ordinary user may not enter it when the tests are run by root.
    folder = Path(tempfile.mkdtemp())
    database = folder / "bitspec.sqlite"
    try:
        store = open_library_store(database)
        store.open_library("old")
        store.close()
        if case == "new database":
            database.unlink()
        os.chmod(folder, 0o777 if case == "file" else 0o555)
        if database.exists():
            os.chmod(database, 0o444)
        done = subprocess.run(
            [sys.executable, "-c", _AS_ORDINARY_USER, str(database)], capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        os.chmod(folder, 0o755)
        shutil.rmtree(folder)
    assert done.returncode == 0, done.stderr
    assert "StorageError" in done.stdout
    assert "read-only for you" in done.stdout
    assert "BITSPEC_DATA_DIR" in done.stdout


def test_an_installation_without_migrations_says_so(database, tmp_path, monkeypatch):
    monkeypatch.setattr("bitspec_gui.storage.opening.MIGRATIONS", tmp_path / "nowhere")
    with pytest.raises(StorageError, match="incomplete"):
        open_library_store(database)


def test_migrations_are_found_in_a_folder_with_odd_signs(database, tmp_path, monkeypatch):
    odd = tmp_path / "100% näive folder"
    shutil.copytree(MIGRATIONS, odd)
    monkeypatch.setattr("bitspec_gui.storage.opening.MIGRATIONS", odd)
    assert open_library_store(database).libraries() == []


def test_a_database_in_a_folder_with_odd_signs_opens_again(tmp_path):
    database = tmp_path / "a ?#%20& ä" / "b.sqlite"
    for _ in range(2):
        store = open_library_store(database)
        store.open_library("x")
        store.close()
    assert database.is_file()
