"""What a user sees of a library database, read with plain SQL so that it does not rest on what is tested."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class State:
    """Entries with all that is said of them, by library."""

    libraries: dict[str, tuple[str, ...]]

    @property
    def digest(self) -> str:
        """A text that is equal for equal states."""
        return _digest(repr(sorted(self.libraries.items())))


def state_of(database: Path) -> State:
    """State of the libraries that are in sight; each entry is a digest, in the order of ids."""
    seen: dict[str, list[str]] = {}
    with contextlib.closing(sqlite3.connect(database, timeout=60)) as connection:
        connection.execute("BEGIN")
        tags: dict[int, list[str]] = {}
        for spectrum_id, name in connection.execute(
            "SELECT spectrum_id, name FROM spectrum_tag JOIN tag USING (tag_id) ORDER BY spectrum_id, name"
        ):
            tags.setdefault(spectrum_id, []).append(name)
        for (name,) in connection.execute("SELECT name FROM library WHERE removed_by IS NULL"):
            seen[name] = []
        rows = connection.execute(
            "SELECT library.name, spectrum.* FROM spectrum JOIN library USING (library_id) "
            "WHERE removed_by IS NULL ORDER BY spectrum_id"
        )
        place = next(index for index, column in enumerate(rows.description) if column[0] == "spectrum_id")
        for name, *values in rows:
            seen[name].append(_digest(repr((values, tags.get(values[place - 1])))))
    return State({name: tuple(entries) for name, entries in seen.items()})


def faults_of(database: Path) -> list[str]:
    """What SQLite finds wrong with the file."""
    with contextlib.closing(sqlite3.connect(database, timeout=60)) as connection:
        faults = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [f"a row of {row[0]} without what it refers to" for row in connection.execute("PRAGMA foreign_key_check")]
        lost = connection.execute(
            "SELECT count(*) FROM library WHERE removed_by IS NOT NULL AND removed_by NOT IN (SELECT edit_id FROM edit)"
        ).fetchone()[0]
        return faults + ([f"{lost} libraries out of sight that no edit can bring back"] if lost else [])


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
