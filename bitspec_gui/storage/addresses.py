"""Addresses of databases, as the settings hold them -> an open database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bitspec_gui.domain.errors import StorageError
from bitspec_gui.storage.opening import open_database
from bitspec_gui.storage.transactions import Transactions

_POSTGRESQL = ("postgresql", "postgresql+psycopg", "postgres")
_EXAMPLES = "Write it like postgresql://user@server/bitspec, or sqlite:///C:/data/bitspec.sqlite for a file."


def open_address(address: str) -> Transactions:
    """Transactions on the database at an address, or in a file if it is a plain path.

    Raises
    ------
    StorageError
        If the address cannot be read or the database cannot be used. No message holds a password.
    """
    address = address.strip()
    if "://" not in address:
        return open_database(Path(address).expanduser())
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise StorageError(f"The address of the library database cannot be read. {_EXAMPLES}") from None
    if url.drivername == "sqlite":
        if not url.database:
            raise StorageError(f"The address of the library database names no file. {_EXAMPLES}")
        return open_database(Path(url.database).expanduser())
    if url.drivername not in _POSTGRESQL:
        raise StorageError(f"BitSpec keeps libraries in SQLite or PostgreSQL, not in {url.drivername}. {_EXAMPLES}")
    if not url.database:
        raise StorageError(f"The address of the library database names no database. {_EXAMPLES}")
    from bitspec_gui.storage.server import open_server

    return open_server(url)
