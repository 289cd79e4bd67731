"""What fine-tuning keeps and tells, as plain values for JSON, and back: settings, metrics, verdicts, events, spectra.

Works on frozen dataclasses by their type hints. Enums become their values, spectra two lists of numbers (exactly), times
ISO 8601, and numbers that JSON does not have the texts ``nan``, ``inf`` and ``-inf``. On the way back unknown keys are ignored,
so that an older BitSpec reads what a newer one wrote, and fields that are missing take their defaults.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.spectrum import FloatArray, Spectrum
from bitspec_gui.domain.tuning_jobs import (
    CurvePoint,
    ExampleSeen,
    JobBegan,
    Noted,
    PhaseBegan,
    StateChanged,
    TuningEvent,
    Usage,
    VerdictReached,
)

T = TypeVar("T")

EVENT_KIND = "event"
"""Key that says which event a line of a journal is."""

_EVENTS: dict[str, type[Any]] = {
    "began": JobBegan,
    "phase": PhaseBegan,
    "point": CurvePoint,
    "example": ExampleSeen,
    "usage": Usage,
    "note": Noted,
    "state": StateChanged,
    "verdict": VerdictReached,
}
_KINDS = {cls: kind for kind, cls in _EVENTS.items()}
_NOT_IN_JSON = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def as_json(value: Any) -> dict[str, Any]:
    """A dataclass as plain values that `json.dumps` takes.

    Raises
    ------
    TypeError
        If it holds something that has no plain form.
    """
    plain = _plain(value)
    if not isinstance(plain, dict):
        raise TypeError(f"{type(value).__name__} is no dataclass")
    return plain


def from_json(kind: type[T], values: object) -> T:
    """The dataclass of a kind that `as_json` made plain values of.

    Raises
    ------
    ValueError
        If these are no such values; says which field is wrong.
    """
    made: T = _dataclass(kind, values, kind.__name__)
    return made


def event_as_json(event: TuningEvent) -> dict[str, Any]:
    """An event as plain values, with its kind under `EVENT_KIND`."""
    return {EVENT_KIND: _KINDS[type(event)], **as_json(event)}


def event_from_json(values: object) -> TuningEvent:
    """The event that `event_as_json` made plain values of; raises ValueError if these are no such values."""
    kind = values.get(EVENT_KIND) if isinstance(values, Mapping) else None
    cls = _EVENTS.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise ValueError(f"{kind!r} is no event of a fine-tuning")
    event: TuningEvent = from_json(cls, values)
    return event


def _plain(value: Any) -> Any:
    if isinstance(value, Spectrum):
        return {"mz": value.mz.tolist(), "intensity": value.intensity.tolist()}
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else str(float(value))
    if value is None or isinstance(value, bool | int | str):
        return value
    return _plain_other(value)


def _plain_other(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, frozenset | set):
        return [_plain(each) for each in sorted(value)]
    if isinstance(value, Sequence):
        return [_plain(each) for each in value]
    raise TypeError(f"{type(value).__name__} has no plain form")


def _made(hint: Any, value: Any, where: str) -> Any:
    """`value` as the type hint of its field says; ``where`` names the field in messages."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _optional(hint, value, where)
    if origin is not None:
        return _collection(origin, get_args(hint), value, where)
    if hint is Spectrum:
        return _spectrum(value, where)
    if is_dataclass(hint):
        return _dataclass(hint, value, where)
    if hint is float:
        return _number(value, where)
    if hint in (datetime, Path) or issubclass(hint, Enum):
        return _from_text(hint, value, where)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise _wrong(where, value)
    return value


def _optional(hint: Any, value: Any, where: str) -> Any:
    (kind,) = (each for each in get_args(hint) if each is not NoneType)
    return None if value is None else _made(kind, value, where)


def _dataclass(kind: Any, values: Any, where: str) -> Any:
    if not isinstance(values, Mapping):
        raise _wrong(where, values)
    given: dict[str, Any] = {}
    for each, hint in _hints(kind):
        if each.name in values:
            given[each.name] = _made(hint, values[each.name], f"{where}.{each.name}")
        elif each.default is MISSING and each.default_factory is MISSING:
            raise ValueError(f"{where}.{each.name} is missing")
    return kind(**given)


@cache
def _hints(kind: Any) -> tuple[tuple[Field[Any], Any], ...]:
    hints = get_type_hints(kind)
    return tuple((each, hints[each.name]) for each in fields(kind))


def _collection(origin: Any, kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    if issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise _wrong(where, value)
        return {str(key): _made(kinds[1], each, f"{where}[{key!r}]") for key, each in value.items()}
    if not isinstance(value, list | tuple):
        raise _wrong(where, value)
    if origin is tuple and kinds[-1] is not Ellipsis:
        if len(value) != len(kinds):
            raise _wrong(where, value)
        return tuple(_made(kind, each, f"{where}[{place}]") for place, (kind, each) in enumerate(zip(kinds, value, strict=True)))
    made = (_made(kinds[0], each, f"{where}[{place}]") for place, each in enumerate(value))
    return frozenset(made) if origin is frozenset else tuple(made)


def _number(value: Any, where: str) -> float:
    if isinstance(value, str) and value in _NOT_IN_JSON:
        return _NOT_IN_JSON[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(where, value)
    try:
        return float(value)
    except OverflowError:
        raise _wrong(where, value) from None


def _from_text(kind: Any, value: Any, where: str) -> Any:
    try:
        return datetime.fromisoformat(value) if kind is datetime else kind(value)
    except (TypeError, ValueError):
        raise _wrong(where, value) from None


def _spectrum(value: Any, where: str) -> Spectrum:
    if not isinstance(value, Mapping):
        raise _wrong(where, value)
    try:
        return Spectrum(mz=_numbers(value, "mz", where), intensity=_numbers(value, "intensity", where))
    except SpectrumError as error:
        raise ValueError(f"{where}: {error}") from error


def _numbers(values: Mapping[str, Any], name: str, where: str) -> FloatArray:
    numbers = values.get(name)
    if not isinstance(numbers, list) or not all(type(each) in (float, int) for each in numbers):
        raise ValueError(f"{where}.{name} is no list of numbers")
    try:
        return np.array(numbers, dtype=np.float64)
    except OverflowError:
        raise ValueError(f"{where}.{name} holds a number that is too large") from None


def _wrong(where: str, value: object) -> ValueError:
    said = repr(value)
    return ValueError(f"{where} cannot be {said if len(said) <= 60 else said[:57] + '...'}")
