"""Connections to a SQLite file, and the settings that hold for all of them."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

BUSY_TIMEOUT_S = 15.0
"""How long a writer waits for another thread or process; a batch of an import takes well under a second."""

_ASK_AGAIN_S = 0.01

_BEGIN = "bitspec_begin"

IMMEDIATELY = {_BEGIN: "BEGIN IMMEDIATE"}
"""Execution option of transactions that take the write lock at their start: one that starts by reading could fail later."""


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
        connection.execute("PRAGMA cache_size = -64000")

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
