"""What goes wrong with a database file -> a `StorageError` whose sentence names the file and a way on."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bitspec_gui.config.paths import DATA_DIR_VARIABLE
from bitspec_gui.domain.errors import BitSpecError, DamagedDatabase, StorageError, UnknownLibrary

# Extended result codes carry the primary one in their low byte (sqlite.org/rescode.html).
_PRIMARY = 0xFF


@dataclass(frozen=True)
class Contents:
    """What a database file holds, in the words of sentences: its ``title``, and what is ``lost`` without it."""

    title: str
    lost: str


LIBRARIES = Contents("library database", "libraries that you imported must then be imported again")

_ELSEWHERE = f"or let BitSpec keep its data elsewhere (set the variable {DATA_DIR_VARIABLE} to another folder)"


@contextlib.contextmanager
def told_in_words(database: Path, contents: Contents = LIBRARIES) -> Iterator[None]:
    """Raise faults of SQLite, SQLAlchemy and the file system as `StorageError`; nothing of SQLAlchemy leaves this package."""
    try:
        yield
    except BitSpecError:
        raise
    except DBAPIError as error:
        raise _of_sqlite(database, error.orig, contents) from error
    except sqlite3.Error as error:
        raise _of_sqlite(database, error, contents) from error
    except OSError as error:
        raise _of_file_system(database, error, contents) from error
    except SQLAlchemyError as error:
        raise StorageError(f"The {contents.title} {database} could not be used: {error}.") from error


def damaged(database: Path, what: str, contents: Contents = LIBRARIES) -> DamagedDatabase:
    """The error for a database that cannot be used any more, with the offer to set it aside."""
    return DamagedDatabase(
        f"The {contents.title} {database} {what}. BitSpec can set the file aside, keeping it, and start with a new one; "
        f"{contents.lost}.",
        database,
    )


def unknown_library(library: str | int) -> UnknownLibrary:
    """The error for a library, by name or id, that is not in the database."""
    if isinstance(library, int):
        return UnknownLibrary("This library is no longer there; it may have been removed meanwhile.")
    return UnknownLibrary(f"There is no library named “{library}”.")


@dataclass(frozen=True)
class FileFaults:
    """What can go wrong with a database file; see `storage.transactions.Faults`."""

    database: Path
    contents: Contents = LIBRARIES

    def told(self) -> contextlib.AbstractContextManager[None]:
        """Raise whatever goes wrong inside as `StorageError`."""
        return told_in_words(self.database, self.contents)

    def damaged(self, what: str) -> StorageError:
        """The error for content that BitSpec did not write."""
        return damaged(self.database, f"is damaged ({what})", self.contents)


def full(database: Path, contents: Contents = LIBRARIES) -> StorageError:
    """The error for a disk without space."""
    return StorageError(
        f"The disk that holds the {contents.title} {database} is full. Free some space and do it again; "
        "what was stored before is kept."
    )


def read_only(database: Path, contents: Contents = LIBRARIES) -> StorageError:
    """The error for a file or folder that may not be written."""
    return StorageError(
        f"The {contents.title} {database} cannot be written: the file or its folder is read-only for you. "
        f"Give yourself permission to write there, {_ELSEWHERE}."
    )


def _of_sqlite(database: Path, error: BaseException | None, contents: Contents) -> StorageError:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & _PRIMARY
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        what = "is damaged" if code == sqlite3.SQLITE_CORRUPT else "is not a database file or is damaged"
        return damaged(database, what, contents)
    if code == sqlite3.SQLITE_FULL:
        return full(database, contents)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return read_only(database, contents)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StorageError(
            f"The {contents.title} {database} is being written by another program. "
            "Wait until it is done, or close it, and do it again."
        )
    if code == sqlite3.SQLITE_CANTOPEN and database.parent.is_dir() and not os.access(database.parent, os.W_OK):
        return read_only(database, contents)
    if code == sqlite3.SQLITE_CANTOPEN:
        return StorageError(
            f"The {contents.title} {database} cannot be opened. Check that its folder exists and that you may write there, "
            f"{_ELSEWHERE}."
        )
    if code == sqlite3.SQLITE_IOERR:
        return StorageError(
            f"The disk reported a fault while the {contents.title} {database} was used ({error}). "
            f"Check the disk and the connection to it, {_ELSEWHERE}."
        )
    if code == sqlite3.SQLITE_ERROR and "no such" in str(error):
        return damaged(database, f"lacks a part that it should have ({error})", contents)
    return StorageError(f"The {contents.title} {database} could not be used: {error}.")


def _of_file_system(database: Path, error: OSError, contents: Contents) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full(database, contents)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return read_only(database, contents)
    reason = error.strerror or str(error)
    return StorageError(f"The {contents.title} {database} cannot be used: {reason}. Check that its folder exists, {_ELSEWHERE}.")
