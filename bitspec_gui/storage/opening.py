"""Open the database file: make it, bring it up to date, or say why not."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from bitspec_gui.domain.errors import StorageError
from bitspec_gui.storage.engine import BUSY_TIMEOUT_S, IMMEDIATELY, create_database_engine
from bitspec_gui.storage.faults import FileFaults, damaged, told_in_words
from bitspec_gui.storage.migrations import HEAD
from bitspec_gui.storage.transactions import Transactions

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
"""Folder of the Alembic scripts: in the checkout, the installed package or the unpacked bundle."""

_SIGNATURE = b"SQLite format 3\0"


def open_database(database: Path) -> Transactions:
    """Transactions on `database`, which is made if it is not there and migrated if it is of an older BitSpec.

    Raises
    ------
    DamagedDatabase
        If the file is not a database or is damaged.
    StorageError
        If it cannot be made, opened or written, or is of a newer BitSpec; such a file is left as it is.
    """
    with told_in_words(database):
        database.parent.mkdir(parents=True, exist_ok=True)
        _refuse_other_files(database)
        revision = _revision(database)
        if revision not in (None, HEAD):
            _refuse_newer(database, str(revision))
        engine = create_database_engine(database)
        try:
            _bring_up_to_date(engine, revision)
        except BaseException:
            engine.dispose()
            raise
    return Transactions(engine, FileFaults(database), writing=IMMEDIATELY)


def _refuse_other_files(database: Path) -> None:
    if not database.exists() or database.stat().st_size == 0:
        return
    with database.open("rb") as stream:
        if stream.read(len(_SIGNATURE)) != _SIGNATURE:
            raise damaged(database, "is not a database file or is damaged")


def _revision(database: Path) -> str | None:
    """Revision that the file says it has, read without changing it; None for a file that is new or empty."""
    if not database.exists() or database.stat().st_size == 0:
        return None
    reading = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)
    with contextlib.closing(reading):
        tables = {name for (name,) in reading.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise StorageError(
                f"{database} is a database of another program. Move it elsewhere, and BitSpec makes its own there."
            )
        row = reading.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        raise damaged(database, "lacks its version")
    return str(row[0])


def _scripts() -> Config:
    if not (MIGRATIONS / "env.py").is_file():
        raise StorageError(f"This installation of BitSpec is incomplete: {MIGRATIONS} is missing. Install BitSpec again.")
    config = Config()
    # A % in the path of the installation would be taken for an interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _bring_up_to_date(engine: Engine, revision: str | None) -> None:
    if revision == HEAD:
        # Connecting meets a folder in which SQLite cannot work, now and not in the middle of something.
        engine.connect().close()
        return
    # All migrations in one transaction. A second process that opens the file waits, and then finds nothing to do.
    with engine.execution_options(**IMMEDIATELY).connect() as connection, connection.begin():
        migrate(connection)


def _refuse_newer(database: Path, revision: str) -> None:
    if revision not in known_revisions():
        raise StorageError(
            f"The library database {database} was written by a newer BitSpec than this one, and was left as it is. "
            "Use the newer BitSpec, or choose another data folder for this one."
        )


def known_revisions() -> set[str]:
    """Revisions that this BitSpec can bring up to date."""
    return {script.revision for script in ScriptDirectory.from_config(_scripts()).walk_revisions()}


def migrate(connection: Connection, target: str = "head") -> None:
    """Bring the database behind `connection` to `target` within the transaction that the caller began."""
    config = _scripts()
    config.attributes["connection"] = connection
    command.upgrade(config, target)
