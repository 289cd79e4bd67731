"""Open the database file: make it, bring it up to date, or say why not."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from bitspec_gui.domain.errors import StorageError
from bitspec_gui.storage.engine import BUSY_TIMEOUT_S, IMMEDIATELY, create_database_engine
from bitspec_gui.storage.faults import LIBRARIES, Contents, FileFaults, damaged, told_in_words
from bitspec_gui.storage.migrations import HEAD
from bitspec_gui.storage.transactions import Transactions

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
"""Folder of the Alembic scripts: in the checkout, the installed package or the unpacked bundle."""

_migrating = threading.Lock()
"""Alembic keeps what it works on in modules: two threads that open two databases would lose each other's."""

_SIGNATURE = b"SQLite format 3\0"


@dataclass(frozen=True)
class Plan:
    """How a kind of database is made and brought up to date.

    Attributes
    ----------
    scripts : Path
        Folder of its Alembic scripts.
    head : str
        Newest revision.
    own_table : str
        A table that every database of this kind has, whichever BitSpec made it.
    contents : Contents
        What it holds, in words.
    """

    scripts: Path
    head: str
    own_table: str
    contents: Contents


def _of_libraries() -> Plan:
    return Plan(MIGRATIONS, HEAD, "library", LIBRARIES)


def open_database(database: Path, plan: Plan | None = None) -> Transactions:
    """Transactions on `database`, which is made if it is not there and migrated if it is of an older BitSpec.

    It is one of libraries unless `plan` says otherwise.

    Raises
    ------
    DamagedDatabase
        If the file is not a database or is damaged.
    StorageError
        If it cannot be made, opened or written, or is of a newer BitSpec; such a file is left as it is.
    """
    plan = plan or _of_libraries()
    with told_in_words(database, plan.contents):
        database.parent.mkdir(parents=True, exist_ok=True)
        _refuse_other_files(database, plan)
        revision = _revision(database, plan)
        engine = create_database_engine(database)
        try:
            _bring_up_to_date(engine, revision, plan)
        except BaseException:
            engine.dispose()
            raise
    return Transactions(engine, FileFaults(database, plan.contents), writing=IMMEDIATELY)


def _refuse_other_files(database: Path, plan: Plan) -> None:
    if not database.exists() or database.stat().st_size == 0:
        return
    with database.open("rb") as stream:
        if stream.read(len(_SIGNATURE)) != _SIGNATURE:
            raise damaged(database, "is not a database file or is damaged", plan.contents)


def _revision(database: Path, plan: Plan) -> str | None:
    """Revision that the file says it has, read without changing it; None for a file that is new or empty."""
    if not database.exists() or database.stat().st_size == 0:
        return None
    reading = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)
    with contextlib.closing(reading):
        tables = {name for (name,) in reading.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise _of_another_program(database)
        row = reading.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        raise damaged(database, "lacks its version", plan.contents)
    revision = str(row[0])
    if revision != plan.head and revision not in known_revisions(plan.scripts):
        raise _of_newer(database, plan) if plan.own_table in tables else _of_another_program(database)
    return revision


def _of_another_program(database: Path) -> StorageError:
    return StorageError(f"{database} is a database of another program. Move it elsewhere, and BitSpec makes its own there.")


def _of_newer(database: Path, plan: Plan) -> StorageError:
    return StorageError(
        f"The {plan.contents.title} {database} was written by a newer BitSpec than this one, and was left as it is. "
        "Use the newer BitSpec, or choose another data folder for this one."
    )


def _scripts(folder: Path | None) -> Config:
    folder = folder or MIGRATIONS
    if not (folder / "env.py").is_file():
        raise StorageError(f"This installation of BitSpec is incomplete: {folder} is missing. Install BitSpec again.")
    config = Config()
    # A % in the path of the installation would be taken for an interpolation.
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def _bring_up_to_date(engine: Engine, revision: str | None, plan: Plan) -> None:
    if revision == plan.head:
        # Connecting meets a folder in which SQLite cannot work, now and not in the middle of something.
        engine.connect().close()
        return
    # All migrations in one transaction. A second process that opens the file waits, and then finds nothing to do.
    with engine.execution_options(**IMMEDIATELY).connect() as connection, connection.begin():
        migrate(connection, scripts=plan.scripts)


def known_revisions(scripts: Path | None = None) -> set[str]:
    """Revisions that this BitSpec can bring up to date: of libraries, or of what `scripts` migrate."""
    return {script.revision for script in ScriptDirectory.from_config(_scripts(scripts)).walk_revisions()}


def migrate(connection: Connection, target: str = "head", *, scripts: Path | None = None) -> None:
    """Bring the database behind `connection` to `target` within the transaction that the caller began."""
    config = _scripts(scripts)
    config.attributes["connection"] = connection
    with _migrating:
        command.upgrade(config, target)
