"""BitSpec's own library file: gzip over JSON lines, a header and then one spectrum a line, the same bytes at every making."""

from __future__ import annotations

import dataclasses
import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from bitspec_gui.domain.errors import SpectrumError, UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.fields import spectrum_of
from bitspec_gui.formats.text import ByteStream

FORMAT_NAME = "BitSpec library"
FORMAT_NUMBER = 1
_GZIP_MAGIC = b"\x1f\x8b"
_MAX_LINE_BYTES = 1 << 24
_PLAIN_FIELDS = tuple(
    field.name
    for field in dataclasses.fields(SpectrumRecord)
    if field.name not in ("spectrum", "synonyms", "extra", "source_file", "line")
)
_NUMBERS = frozenset({"nominal_mass", "exact_mass", "retention_index", "energy_ev", "confidence"})
_READ_ERRORS = (OSError, EOFError, zlib.error, UnicodeDecodeError, json.JSONDecodeError, RecursionError)


@dataclass(frozen=True)
class CompactNotice:
    """What the header of a compact library says about the whole of it."""

    library: str
    licence: str
    notice: str
    source: str


def is_compact(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a compact library, whatever its format number."""
    if not head.startswith(_GZIP_MAGIC):
        return False
    try:
        start = zlib.decompressobj(wbits=31).decompress(head, 200)
    except zlib.error:
        return False
    return start.startswith(b'{"format":' + json.dumps(FORMAT_NAME).encode())


def write_compact(records: Iterable[SpectrumRecord], path: Path, notice: CompactNotice) -> int:
    """Write a compact library; returns how many records it holds. The same records give the same bytes."""
    header = {"format": FORMAT_NAME, "number": FORMAT_NUMBER, **dataclasses.asdict(notice)}
    written = 0
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=9, mtime=0) as stream:
        stream.write(_line(header))
        for record in records:
            stream.write(_line(_as_json(record)))
            written += 1
    return written


def _line(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"


def _as_json(record: SpectrumRecord) -> dict[str, Any]:
    content: dict[str, Any] = {name: value for name in _PLAIN_FIELDS if (value := getattr(record, name)) not in (None, "")}
    if record.synonyms:
        content["synonyms"] = list(record.synonyms)
    if record.extra:
        content["extra"] = [list(pair) for pair in record.extra]
    content["mz"] = [_short(value) for value in record.spectrum.mz.tolist()]
    content["intensity"] = [_short(value) for value in record.spectrum.intensity.tolist()]
    return content


def _short(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def read_notice(source: Path | ByteStream) -> CompactNotice:
    """Header of a compact library.

    Raises
    ------
    UnreadableFile
        If it is not one, is damaged, or was written by a later BitSpec.
    """
    name = str(source) if isinstance(source, Path) else "This library"
    try:
        with gzip.open(_openable(source), "rb") as stream:
            return _notice(stream.readline(_MAX_LINE_BYTES), name)
    except _READ_ERRORS as error:
        raise UnreadableFile(f"{name} cannot be read: {error}") from error


def _notice(line: bytes, name: str) -> CompactNotice:
    header = json.loads(line)
    if not isinstance(header, dict) or header.get("format") != FORMAT_NAME:
        raise UnreadableFile(f"{name} is not a BitSpec library.")
    if header.get("number") != FORMAT_NUMBER:
        raise UnreadableFile(f"{name} has library format {header.get('number')}; this BitSpec reads format {FORMAT_NUMBER}.")
    return CompactNotice(*(str(header.get(field.name, "")) for field in dataclasses.fields(CompactNotice)))


def read_compact(source: Path | ByteStream | bytes, source_file: str = "") -> Iterator[SpectrumRecord | Problem]:
    """Read a compact library, record by record.

    Raises
    ------
    UnreadableFile
        While reading: if the file is not a compact library or is damaged; the records before the damage were given.
    """
    name = source_file or (str(source) if isinstance(source, Path) else "This library")
    try:
        with gzip.open(_openable(source), "rb") as stream:
            _notice(stream.readline(_MAX_LINE_BYTES), name)
            number = 1
            while line := stream.readline(_MAX_LINE_BYTES):
                number += 1
                yield _from_json(json.loads(line), name, number)
    except _READ_ERRORS as error:
        raise UnreadableFile(f"{name} is damaged and cannot be read to its end: {error}") from error


def _openable(source: Path | ByteStream | bytes) -> Path | BinaryIO:
    # gzip asks of a stream no more than to be read.
    return BytesIO(source) if isinstance(source, bytes) else cast("Path | BinaryIO", source)


def _from_json(content: object, name: str, line: int) -> SpectrumRecord | Problem:
    try:
        if not isinstance(content, dict):
            raise TypeError("no record")
        mz = np.asarray(content.pop("mz"), dtype=np.float64)
        intensity = np.asarray(content.pop("intensity"), dtype=np.float64)
        values: dict[str, Any] = {
            key: (value if key in _NUMBERS else str(value)) for key, value in content.items() if key in _PLAIN_FIELDS
        }
        if not all(isinstance(values.get(key, 0), int | float) for key in _NUMBERS):
            raise TypeError("a number is missing")
        return SpectrumRecord(
            spectrum=spectrum_of(list(zip(mz.tolist(), intensity.tolist(), strict=True))),
            synonyms=tuple(str(text) for text in content.get("synonyms", ())),
            extra=tuple((str(key), str(value)) for key, value in content.get("extra", ())),
            source_file=name,
            line=line,
            **values,
        )
    except (KeyError, TypeError, ValueError, SpectrumError) as error:
        return Problem(name, line, f"This record cannot be read ({error}).")
