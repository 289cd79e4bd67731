"""A database on a PostgreSQL server, which a laboratory shares."""

from __future__ import annotations

import contextlib
import getpass
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bitspec_gui.domain.errors import BitSpecError, StorageError
from bitspec_gui.storage.migrations import HEAD
from bitspec_gui.storage.opening import known_revisions, migrate
from bitspec_gui.storage.transactions import Transactions

CONNECT_TIMEOUT_S = 10
LOCK_TIMEOUT_S = 60
"""How long a writer waits for the others; a batch of an import takes well under a second, the merging of libraries longer."""

_LOCK = 0x42697453
"""Number of the lock that writers of BitSpec take, one after the other."""

_LOCKING = "bitspec_lock"


def open_server(url: URL) -> Transactions:
    """Transactions on the database that `url` names, which is filled with tables or brought up to date.

    Raises
    ------
    StorageError
        If the driver is missing, the server cannot be reached, or the database is of a newer BitSpec or another program. The
        password is in no message.
    """
    faults = ServerFaults(url)
    engine = _server_engine(url)
    try:
        with (
            faults.told(),
            engine.execution_options(isolation_level="READ COMMITTED", **{_LOCKING: True}).connect() as connection,
            connection.begin(),
        ):
            _bring_up_to_date(connection, faults)
    except BaseException:
        engine.dispose()
        raise
    reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    # Whoever waited for the lock must see what was written meanwhile, whatever the server does unless told.
    writing = {"isolation_level": "READ COMMITTED", _LOCKING: True}
    return Transactions(engine, faults, reading=reading, writing=writing, author=_author())


@dataclass(frozen=True)
class ServerFaults:
    """What can go wrong with a database on a server; see `storage.transactions.Faults`."""

    url: URL

    @property
    def place(self) -> str:
        """The database in words, without user and password."""
        return f"“{self.url.database}” on {self.url.host or 'this computer'}"

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Raise whatever goes wrong inside as `StorageError`."""
        try:
            yield
        except BitSpecError:
            raise
        except (DBAPIError, PoolTimeoutError) as error:
            raise self._of_server(error) from None
        except SQLAlchemyError as error:
            raise StorageError(f"The library database {self.place} could not be used ({type(error).__name__}).") from None

    def damaged(self, what: str) -> StorageError:
        """The error for content that BitSpec did not write."""
        return StorageError(
            f"The library database {self.place} holds something that BitSpec did not write ({what}). "
            "Ask whoever looks after the server to restore it from a backup."
        )

    def _of_server(self, error: DBAPIError | PoolTimeoutError) -> StorageError:
        cause = error.orig if isinstance(error, DBAPIError) else None
        state = getattr(cause, "sqlstate", None) or ""
        said = self._without_password(" ".join(str(cause or error).split()))
        if state.startswith("28") or "authentication failed" in said:
            return StorageError(
                f"The server refused the user or password for the library database {self.place}. "
                "Check the address in the preferences."
            )
        if state == "55P03":
            return StorageError(
                f"The library database {self.place} is being written by another program. Wait until it is done, and do it again."
            )
        if state in ("25006", "42501"):
            return StorageError(
                f"You may read the library database {self.place}, but not write to it. Ask whoever looks after it."
            )
        if state.startswith("53"):
            return StorageError(f"The server of the library database {self.place} has no more room or connections: {said}.")
        if not state or state.startswith(("08", "57", "3D")):
            return StorageError(
                f"The library database {self.place} cannot be reached: {said}. Check the network and that the server runs, "
                "or choose another database in the preferences."
            )
        return StorageError(f"The library database {self.place} could not be used: {said}.")

    def _without_password(self, text: str) -> str:
        password = str(self.url.password or "")
        return text.replace(password, "***") if password else text


def _server_engine(url: URL) -> Engine:
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "BitSpec"},
            pool_pre_ping=True,
            hide_parameters=True,
        )
    except ModuleNotFoundError:
        raise StorageError(
            "A library database on a PostgreSQL server needs the driver psycopg, which is not installed. "
            "Install it with: pip install “bitspec-gui[postgresql]”"
        ) from None
    except (ArgumentError, TypeError, ValueError):
        raise StorageError("The address of the library database has a part that PostgreSQL does not know.") from None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_LOCKING):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_S}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def _fit(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> tuple[str, Any]:
        return statement, _storable(values)

    return engine


def _storable(values: Any) -> Any:
    """Values as PostgreSQL can hold them: its texts know no character of code 0, which broken files have."""
    if isinstance(values, str):
        return values.replace("\0", "\\x00") if "\0" in values else values
    if isinstance(values, dict):
        return {key: _storable(value) for key, value in values.items()}
    if isinstance(values, list | tuple):
        return type(values)(_storable(each) for each in values)
    return values


def _bring_up_to_date(connection: Connection, faults: ServerFaults) -> None:
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            raise StorageError(
                f"The database {faults.place} holds tables of another program. Make an empty database for BitSpec on the server."
            )
        migrate(connection)
        return
    revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if revision == HEAD:
        return
    if "spectrum" not in tables or revision not in known_revisions():
        raise StorageError(
            f"The library database {faults.place} was written by a newer BitSpec than this one, or by another program, and was "
            "left as it is. Use the newer BitSpec, or choose another database in the preferences."
        )
    migrate(connection)


def _author() -> str:
    """Who makes edits: everybody undoes their own."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "somebody"
    return f"{user}@{platform.node()}"
