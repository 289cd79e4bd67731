"""Texts of rows: times, names as they are compared, and dataclasses as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from bitspec_gui.domain.tuning_json import as_json
from bitspec_gui.storage.derived_values import folded, storable


def now() -> str:
    """The time in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def time_text(time: datetime | None) -> str | None:
    """A time in UTC; one without a zone is taken for local."""
    return None if time is None else time.astimezone(UTC).isoformat()


def time_of(text: str | None) -> datetime | None:
    """The time that `time_text` or `now` made a text of; raises ValueError for another text."""
    return None if text is None else datetime.fromisoformat(text)


def name_values(name: str) -> dict[str, str]:
    """Values of the columns ``name`` and ``name_key``; both are empty if there is nothing but blanks."""
    plain = " ".join((storable(name) or "").replace("\0", " ").split())
    return {"name": plain, "name_key": folded(plain)}


def json_text(value: Any) -> str | None:
    """A dataclass as JSON text; None stays None."""
    return None if value is None else json.dumps(as_json(value), allow_nan=False)
