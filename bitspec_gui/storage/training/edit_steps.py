"""Steps of edits of datasets: each can be done and undone any number of times, and is kept as compressed JSON.

Nothing that a user deletes leaves the database before its edit is forgotten: spectra are put out of sight.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Protocol, cast

from sqlalchemy import CursorResult, bindparam, select, update
from sqlalchemy.orm import Session

from bitspec_gui.storage.search_queries import in_parts
from bitspec_gui.storage.training.schema import SPECTRUM

_BYTES = "base64"


class Step(Protocol):
    """One step of an edit."""

    kind: ClassVar[str]

    def apply(self, session: Session, edit_id: int, *, forward: bool) -> int:
        """Do it, or undo it if not `forward`; returns how many spectra it changed."""
        ...

    @property
    def spectra(self) -> int:
        """How many spectra it should change."""
        ...


@dataclass(frozen=True)
class Change:
    """Columns of spectra change: ``changes`` are (id, values before, values after)."""

    kind: ClassVar[str] = "change"

    changes: list[tuple[int, dict[str, Any], dict[str, Any]]]

    @property
    def spectra(self) -> int:
        """How many spectra it should change."""
        return len(self.changes)

    def apply(self, session: Session, edit_id: int, *, forward: bool) -> int:
        """Do it, or undo it if not `forward`; spectra that are not as it left them stay as they are."""
        wanted = {each: (old, new) if forward else (new, old) for each, old, new in self.changes}
        done = 0
        for some in in_parts(list(wanted)):
            there = _as_expected(session, {each: wanted[each][0] for each in some})
            by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
            for each in there:
                new = wanted[each][1]
                values = {"row_id": each} | {f"new_{column}": value for column, value in new.items()}
                by_columns.setdefault(tuple(sorted(new)), []).append(values)
            for columns, rows in by_columns.items():
                change = update(SPECTRUM).where(SPECTRUM.c.spectrum_id == bindparam("row_id"))
                session.connection().execute(change.values({each: bindparam(f"new_{each}") for each in columns}), rows)
            done += len(there)
        return done


@dataclass(frozen=True)
class Remove:
    """Spectra go out of sight."""

    kind: ClassVar[str] = "remove"

    ids: list[int]

    @property
    def spectra(self) -> int:
        """How many spectra it should change."""
        return len(self.ids)

    def apply(self, session: Session, edit_id: int, *, forward: bool) -> int:
        """Do it, or undo it if not `forward`."""
        done = 0
        for some in in_parts(self.ids):
            removed_by = SPECTRUM.c.removed_by
            expected = removed_by.is_(None) if forward else removed_by == edit_id
            change = update(SPECTRUM).where(SPECTRUM.c.spectrum_id.in_(some), expected)
            changed = session.execute(change.values(removed_by=edit_id if forward else None))
            done += cast(CursorResult[Any], changed).rowcount
        return done


_KINDS: dict[str, type[Any]] = {each.kind: each for each in (Change, Remove)}


def packed(step: Step) -> bytes:
    """A step as bytes."""
    return zlib.compress(json.dumps(asdict(cast(Any, step)), default=_as_text).encode("ascii"), 6)


def unpacked(kind: str, content: bytes) -> Step:
    """The step that `packed` made bytes of; raises ValueError, TypeError, KeyError or zlib.error if it made none of these."""
    values = json.loads(zlib.decompress(content), object_hook=_from_text)
    return cast(Step, _KINDS[kind](**values))


def _as_expected(session: Session, expected: Mapping[int, dict[str, Any]]) -> list[int]:
    columns = sorted({column for values in expected.values() for column in values})
    found = select(SPECTRUM.c.spectrum_id, *(SPECTRUM.c[each] for each in columns))
    found = found.where(SPECTRUM.c.spectrum_id.in_(list(expected)), SPECTRUM.c.removed_by.is_(None))
    return [
        int(row["spectrum_id"])
        for row in session.execute(found).mappings()
        if all(row[column] == value for column, value in expected[row["spectrum_id"]].items())
    ]


def _as_text(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} cannot be kept")
    return {_BYTES: base64.b64encode(value).decode("ascii")}


def _from_text(values: dict[str, Any]) -> Any:
    # No column has this name.
    return base64.b64decode(values[_BYTES]) if values.keys() == {_BYTES} else values
