"""Connections to the SQLite file: settings that hold for all of them, and transactions for reading and writing."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from bitspec_gui.storage.faults import told_in_words

BUSY_TIMEOUT_S = 15.0
"""How long a writer waits for another thread or process; a batch of an import takes well under a second."""

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
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -16000")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


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
