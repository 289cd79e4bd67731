from __future__ import annotations

import importlib.util
import os
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
from bitspec_gui.storage import engine as engine_module
from bitspec_gui.storage.library_store import open_library_store
from bitspec_gui.storage.migrations import HEAD as HEAD_OF_LIBRARIES
from bitspec_gui.storage.set_aside import set_aside
from bitspec_gui.storage.training import store as store_module
from bitspec_gui.storage.training.migrations import HEAD
from bitspec_gui.storage.training.schema import TrainingBase
from bitspec_gui.storage.training.store import TRAINING_MIGRATIONS, open_training_store

ROOT = Path(__file__).resolve().parents[2]


def change(database: Path, statement: str) -> None:
    connection = sqlite3.connect(database)
    with connection:
        connection.execute(statement)
    connection.close()


def indexes(connection: sqlite3.Connection) -> set[str]:
    return {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")}


def test_migrations_make_the_tables_that_the_rows_describe(training_file, training):
    described = create_engine("sqlite://")
    TrainingBase.metadata.create_all(described)
    migrated = create_engine(f"sqlite:///{training_file}")
    with migrated.connect() as connection, described.connect() as other:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, TrainingBase.metadata) == []
        assert indexes(connection.connection.driver_connection) == indexes(other.connection.driver_connection)
    migrated.dispose()


def test_head_is_the_newest_migration_and_no_revision_is_one_of_libraries():
    config = Config()
    config.set_main_option("script_location", str(TRAINING_MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [HEAD]
    assert all(each.revision.startswith("t") for each in scripts.walk_revisions())
    assert not HEAD_OF_LIBRARIES.startswith("t")


def test_a_new_database_is_made_with_its_folder_and_settings(training_file, training):
    with training._transactions.read() as session:
        pragmas = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}
    assert training.datasets() == []
    assert training.jobs() == []
    assert training.versions() == []


def test_the_bundle_carries_both_folders_of_migrations():
    spec = importlib.util.spec_from_file_location("bundle_contents", ROOT / "installer" / "bundle_contents.py")
    contents = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(contents)
    places = {f"{folder}/{Path(path).name}" for path, folder in contents.migration_files()}
    assert {path.relative_to(ROOT).as_posix() for path in TRAINING_MIGRATIONS.rglob("*.py")} <= places
    assert "bitspec_gui/storage/migrations/env.py" in places


def test_an_installation_without_migrations_says_so(training_file, tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "TRAINING_MIGRATIONS", tmp_path / "nowhere")
    with pytest.raises(StorageError, match="incomplete"):
        open_training_store(training_file)


def test_a_database_of_a_newer_bitspec_is_refused_and_left_as_it_is(training_file, training):
    training.close()
    change(training_file, "UPDATE alembic_version SET version_num = 't9999'")
    before = training_file.read_bytes()
    with pytest.raises(StorageError, match="written by a newer BitSpec") as caught:
        open_training_store(training_file)
    assert str(training_file) in str(caught.value)
    assert not isinstance(caught.value, DamagedDatabase)
    assert training_file.read_bytes() == before


def test_neither_database_is_taken_for_the_other(training_file, training, database, store):
    training.close()
    store.close()
    for open_it, file in ((open_training_store, database), (open_library_store, training_file)):
        before = file.read_bytes()
        with pytest.raises(StorageError, match="of another program"):
            open_it(file)
        assert file.read_bytes() == before


@pytest.mark.parametrize("content", [b"These are notes.\n" * 500, bytes(8192), b"x"])
def test_a_file_that_is_no_database_is_said_to_be_damaged_and_can_be_set_aside(training_file, content):
    training_file.parent.mkdir()
    training_file.write_bytes(content)
    with pytest.raises(DamagedDatabase, match=r"database of fine-tuning .*training\.sqlite is not a database") as caught:
        open_training_store(training_file)
    assert "your own spectra must then be dropped in again" in str(caught.value)
    assert set_aside(caught.value.database).read_bytes() == content
    assert open_training_store(training_file).datasets() == []


def test_overwritten_pages_are_said_to_be_damaged(training_file, training, make_own):
    dataset = training.new_dataset("x")
    training.add_spectra(dataset, [make_own(number, comment="c" * 500) for number in range(300)])
    training.close()
    with training_file.open("r+b") as stream:
        stream.seek(4096 * 30)
        stream.write(os.urandom(4096 * 40))
    with pytest.raises(DamagedDatabase, match="can set the file aside"):
        open_training_store(training_file).spectra(dataset)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE dataset_spectrum SET mz_blob = x'00'", "spectrum 1 of a dataset"),
        ("UPDATE dataset_spectrum SET standing = 'odd'", "spectrum 1 of a dataset"),
        ("UPDATE dataset_spectrum SET extra_json = '[1]'", "spectrum 1 of a dataset"),
        ("UPDATE dataset SET summary = '[]'", "dataset 1"),
        ("UPDATE dataset SET summary = '{'", "dataset 1"),
        ("UPDATE dataset SET made_at = 'once'", "dataset 1"),
        ("UPDATE dataset_report SET content = x'00'", "a report of an import"),
        ("UPDATE dataset_edit_step SET content = x'00'", "edit 1"),
        ("UPDATE dataset_edit_step SET kind = 'odd'", "edit 1"),
        ("UPDATE job SET settings = '{}x'", "job 1"),
        ("UPDATE job SET state = 'odd'", "job 1"),
        ("UPDATE job SET made_at = ''", "job 1"),
        ("UPDATE version SET metrics = '{}'", "model version 1"),
        ('UPDATE version SET settings = \'{"rate": "x"}\'', "model version 1"),
    ],
)
def test_content_that_bitspec_did_not_write_is_said_to_be_damaged(
    training_file, training, make_own, make_job, make_version, make_report, statement, what
):
    dataset = training.new_dataset("x")
    training.remove_spectra(dataset, training.add_spectra(dataset, [make_own(0), make_own(1)])[1:], "gone")
    training.keep_dataset_report(dataset, make_report())
    training.add_job(make_job())
    training.add_version(make_version())
    change(training_file, statement)

    def look_everywhere() -> None:
        for look in (training.datasets, training.jobs, training.versions):
            look()
        for look in (training.spectra, training.dataset_reports, training.undo):
            look(dataset)

    with pytest.raises(DamagedDatabase, match=what):
        look_everywhere()


def test_a_missing_table_is_said_to_be_damage(training_file, training):
    change(training_file, "DROP TABLE job")
    with pytest.raises(DamagedDatabase, match="lacks a part"):
        training.jobs()


def test_a_full_disk_is_said_and_what_was_stored_is_kept(training_file, training, make_own):
    dataset = training.new_dataset("x")
    training.add_spectra(dataset, [make_own(0)])
    before = training.dataset(dataset)
    with training._transactions.read() as session:
        pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar()
        # SQLite then answers as it does on a full disk; the limit belongs to the connection, of which the pool has one.
        session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match=r"disk that holds the database of fine-tuning .*training\.sqlite is full"):
        training.add_spectra(dataset, [make_own(number, comment="c" * 5000) for number in range(1, 100)])
    assert training.dataset(dataset) == before
    assert [each.record.name for each in training.spectra(dataset)] == ["n0"]


def test_a_database_locked_by_another_program_is_said_to_be_in_use(training_file, training, monkeypatch):
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT_S", 0.1)
    other = sqlite3.connect(training_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="being written by another program"):
        open_training_store(training_file).new_dataset("x")
    other.execute("ROLLBACK")
    other.close()


_AS_ORDINARY_USER = """
import os, sys
from pathlib import Path
from bitspec_gui.domain.errors import StorageError
from bitspec_gui.storage.training.store import open_training_store
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
try:
    open_training_store(Path(sys.argv[1])).new_dataset("new")
except StorageError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs permissions of POSIX")
def test_a_read_only_folder_is_said_with_a_way_on():
    # Not tmp_path: an ordinary user may not enter it when the tests are run by root.
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        done = subprocess.run(
            [sys.executable, "-c", _AS_ORDINARY_USER, str(Path(folder) / "training.sqlite")],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        os.chmod(folder, 0o755)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("StorageError The database of fine-tuning")
    assert "read-only for you" in done.stdout
    assert "BITSPEC_DATA_DIR" in done.stdout
