"""Transactions for reading and writing, whatever database they are on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bitspec_gui.domain.errors import StorageError


class Faults(Protocol):
    """What can go wrong with a database, in words."""

    def told(self) -> contextlib.AbstractContextManager[None]:
        """Raise whatever goes wrong inside as `StorageError`; nothing of SQLAlchemy leaves this package."""
        ...

    def damaged(self, what: str) -> StorageError:
        """The error for content that BitSpec did not write."""
        ...


class Transactions:
    """Sessions of one database, each a transaction of its own; may be used by several threads at once.

    Parameters
    ----------
    engine : Engine
        Connects to the database.
    faults : Faults
        Says what goes wrong with it.
    reading, writing : mapping
        Execution options of either kind: readers see one state of the database, writers come one after the other.
    author : str
        Who makes edits in a database that several people share, empty in one that is the user's own.
    """

    def __init__(
        self,
        engine: Engine,
        faults: Faults,
        *,
        reading: Mapping[str, Any] | None = None,
        writing: Mapping[str, Any] | None = None,
        author: str = "",
    ) -> None:
        self.faults = faults
        self.author = author
        self._engine = engine
        self._reading = engine.execution_options(**reading or {})
        self._writing = engine.execution_options(**writing or {})

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """Session that sees one state of the database, whatever is written meanwhile; raises `StorageError`."""
        with self.faults.told(), Session(self._reading) as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """Session whose changes are all kept when the block ends, or none if it raises; raises `StorageError`."""
        with self.faults.told(), Session(self._writing) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections; a later use opens new ones."""
        with self.faults.told():
            self._engine.dispose()
