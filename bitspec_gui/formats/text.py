"""Bytes of spectrum files to text, record by record.

A file is cut into records on its bytes and every record is decoded by itself, so that one odd byte never costs more than
itself. UTF-16 is recognised by its byte order mark. Otherwise a record's lines are tried as UTF-8; those that are not UTF-8
are Japanese (cp932) or western (cp1252). Most western text happens to be valid cp932, an accented letter swallowing the
letter after it, so cp932 needs evidence: kana, half-width kana in a row, or kanji in a row. Valid cp932 without
evidence follows what the records before it were, and cp1252 when nothing was seen yet.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

CHUNK_BYTES = 1 << 16
MAX_LINE_BYTES = 1 << 24
MAX_RECORD_BYTES = 1 << 26
"""Longer lines are cut and longer records rejected, so that no file can fill the memory."""

_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_COMMON_KANJI_LEAD = re.compile(rb"[\x81-\x9f]")
_KANA = re.compile("[\u3041-\u30ff]")
_HALF_WIDTH_KANA_RUN = re.compile("[\uff66-\uff9f]{3,}")
_KANJI_RUN = re.compile("[\u3005\u4e00-\u9fff\uff01-\uff5e]{2,}")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_BLANK_RUN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class ByteStream(Protocol):
    """What is read from: a file in binary mode, a member of an archive, bytes in memory."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; none at the end."""
        ...


@dataclass
class RawRecord:
    """Bytes of one record: lines without their ends, and the 1-based line of the file that each stands in."""

    line: int
    lines: list[bytes] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    size: int = 0
    too_long: bool = False

    def append(self, number: int, line: bytes) -> None:
        """Add a line; past `MAX_RECORD_BYTES` lines are dropped and the record is marked as too long."""
        self.size += len(line) + 1
        if self.size > MAX_RECORD_BYTES:
            self.too_long = True
        else:
            self.lines.append(line)
            self.numbers.append(number)


def byte_lines(stream: ByteStream) -> Iterator[bytes]:
    """Lines of a binary stream without their ends (LF, CRLF or CR), in UTF-8 if the stream was UTF-16, without BOM."""
    kept = b""
    after_cr = False
    for chunk in _chunks(stream):
        data = chunk[1:] if after_cr and chunk.startswith(b"\n") else chunk
        after_cr = chunk.endswith(b"\r")
        lines = (kept + data).splitlines(keepends=True)
        kept = b""
        if lines and not lines[-1].endswith((b"\n", b"\r")) and len(lines[-1]) < MAX_LINE_BYTES:
            kept = lines.pop()
        for line in lines:
            yield line.rstrip(b"\r\n")
    if kept:
        yield kept


def _chunks(stream: ByteStream) -> Iterator[bytes]:
    first = stream.read(CHUNK_BYTES)
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")(errors="replace")
        while first:
            yield decoder.decode(first).encode("utf-8", "replace")
            first = stream.read(CHUNK_BYTES)
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


class RecordDecoder:
    """Decodes the records of one file, remembering which legacy encoding was met last."""

    def __init__(self) -> None:
        self._legacy = "cp1252"

    def decode(self, lines: Iterable[bytes]) -> list[str]:
        """Text of a record's lines; never fails, every line comes back."""
        lines = list(lines)
        block = b"\n".join(lines)
        if block.isascii():
            return block.decode("ascii").split("\n") if lines else []
        decoded: list[str | None] = [_utf8(line) for line in lines]
        odd = [i for i, text in enumerate(decoded) if text is None]
        if odd:
            encoding = self._legacy_encoding(b"\n".join(lines[i] for i in odd))
            for i in odd:
                decoded[i] = _legacy_text(lines[i], encoding)
        return [text or "" for text in decoded]

    def _legacy_encoding(self, data: bytes) -> str:
        try:
            text = data.decode("cp932")
        except UnicodeDecodeError:
            self._legacy = "cp1252"
            return self._legacy
        if _PRIVATE_USE.search(text):
            self._legacy = "cp1252"
        elif _KANA.search(text) or _HALF_WIDTH_KANA_RUN.search(text) or _has_kanji_word(text):
            self._legacy = "cp932"
        elif not _COMMON_KANJI_LEAD.search(data):
            # Accented letters, degree and plus-minus signs alone: no common kanji begins with their bytes.
            return "cp1252"
        return self._legacy


def _utf8(line: bytes) -> str | None:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        pass
    valid = list(_UTF8_CHARACTER.finditer(line))
    strays = sum(byte > 127 for byte in line) - sum(len(found.group()) for found in valid)
    if len(valid) <= strays:
        return None
    text, at = [], 0
    for found in valid:
        text += [_western(line[at : found.start()]), found.group().decode("utf-8", "replace")]
        at = found.end()
    return "".join([*text, _western(line[at:])])


def _has_kanji_word(text: str) -> bool:
    """Two kanji in a row, not both of them an accented western letter that swallowed an ASCII one."""
    for found in _KANJI_RUN.finditer(text):
        trails = [character.encode("cp932", "replace")[-1] for character in found.group() if character > "\u4dff"]
        if len(trails) > 1 and any(trail > 127 for trail in trails):
            return True
    return False


def _legacy_text(line: bytes, encoding: str) -> str:
    if encoding == "cp932":
        try:
            return line.decode("cp932")
        except UnicodeDecodeError:
            return line.decode("cp932", "replace")
    return _western(line)


def _western(data: bytes) -> str:
    """cp1252, and Latin-1 for the five bytes that cp1252 leaves undefined."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def single_line(text: str) -> str:
    """The text on one line: every run of white space and control characters becomes one space."""
    return _BLANK_RUN.sub(" ", text).strip()
