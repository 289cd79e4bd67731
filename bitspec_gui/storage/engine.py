"""Connections to the SQLite file: settings that hold for all of them, and transactions for reading and writing."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from bitspec_gui.storage.faults import told_in_words

BUSY_TIMEOUT_S = 15.0
"""How long a writer waits for another thread or process; a batch of an import takes well under a second."""

_ASK_AGAIN_S = 0.01

_BEGIN = "bitspec_begin"

IMMEDIATELY = {_BEGIN: "BEGIN IMMEDIATE"}
"""Execution option of transactions that take the write lock at their start."""


def create_database_engine(database: Path) -> Engine:
    """Engine for `database`; nothing is opened yet.

    Every connection has foreign keys on, write-ahead logging (readers and one writer do not wait for each other) and
    ``synchronous = NORMAL``, which keeps the file consistent after a crash.
    """
    url = URL.create("sqlite", database=str(database))
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:
        # sqlite3 would begin transactions late and never for SELECT; `_begin` does it instead.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        _log_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -16000")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch a new database to write-ahead logging, which nothing changes once it is done."""
    # The switch turns a reader into a writer. Lest two that do so wait for each other, SQLite then fails at once instead of
    # waiting, and lets go of the lock: whoever comes second has to ask again, and finds the work done.
    deadline_s = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            primary_code = error.sqlite_errorcode & 0xFF
            if primary_code != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline_s:
                raise
        time.sleep(_ASK_AGAIN_S)


class Transactions:
    """Sessions of one database, each a transaction of its own; may be used by several threads at once."""

    def __init__(self, engine: Engine, database: Path) -> None:
        self.database = database
        self._engine = engine
        # The lock is taken at once: a transaction that starts by reading could otherwise fail when it comes to write.
        self._writing = engine.execution_options(**IMMEDIATELY)

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """Session that sees one state of the database, whatever is written meanwhile; raises `StorageError`."""
        with told_in_words(self.database), Session(self._engine) as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """Session whose changes are all kept when the block ends, or none if it raises; raises `StorageError`."""
        with told_in_words(self.database), Session(self._writing) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections; a later use opens new ones."""
        with told_in_words(self.database):
            self._engine.dispose()
