"""Rows of libraries: made, named, described, and marked as changed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bitspec_gui.storage.derived_values import storable
from bitspec_gui.storage.schema import LibraryRow

MAX_LICENCES = 6
"""Licences named in a library's description; beyond, the spectra say it."""


def new_token() -> str:
    """A text that no library was marked with before: random, so that not even a database from a backup repeats one."""
    return secrets.token_hex(16)


def make_library(session: Session, name: str, *, licence: str = "", source: str = "", embedded: bool = False) -> int:
    """Id of a new library."""
    row = LibraryRow(
        name=storable(name),
        licence=storable(licence),
        source=storable(source),
        embedded=embedded,
        revision=new_token(),
        edition=new_token(),
    )
    session.add(row)
    session.flush()
    return row.library_id


def mark_changed(session: Session, library_ids: Iterable[int], *, searched: bool = True) -> None:
    """Give libraries a new edition, and a new revision if what is searched has changed."""
    values = {"edition": new_token()} | ({"revision": new_token()} if searched else {})
    session.execute(update(LibraryRow).where(LibraryRow.library_id.in_(list(library_ids))).values(**values))


def hidden_name() -> str:
    """Name of a library that is out of sight: one that no user would give."""
    return f"removed {new_token()}"


def free_name(session: Session, name: str) -> str:
    """The name, or with a number behind it if another library has it."""
    wanted = storable(name) or ""
    taken = set(session.scalars(select(LibraryRow.name)))
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted} ({number})"
    return free


def with_licences(described: str, licences: Sequence[str | None]) -> str:
    """Description of a library's licences with those of more spectra."""
    named = [each for each in described.split("; ") if each]
    for licence in dict.fromkeys(each.strip() for each in licences if each):
        if licence not in named and len(named) < MAX_LICENCES:
            named.append(licence if len(named) < MAX_LICENCES - 1 else "others")
    return "; ".join(named)
