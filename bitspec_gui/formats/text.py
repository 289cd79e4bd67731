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

from bitspec_gui.domain.errors import UnreadableFile

CHUNK_BYTES = 1 << 16
MAX_LINE_BYTES = 1 << 22
MAX_RECORD_BYTES = 1 << 25
"""Longer lines are cut and longer records, or records with such lines, rejected, so that no file can fill the memory."""

MAX_ENDLESS_BYTES = 1 << 27
"""In a record longer than that nothing more is looked for."""

LINE_COST_BYTES = 48
"""What a line costs in memory beside its text; counted, so that millions of empty lines are no way to fill it."""

MAX_ZERO_BYTES = 1 << 20
"""After so many zero bytes in a row a file is not read further."""

ONLY_ZEROS = "This file goes on with nothing but zero bytes, as a broken download or a full disk leaves behind."

_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_COMMON_KANJI_LEAD = re.compile(rb"[\x81-\x9f]")
_KANA = re.compile("[\u3041-\u30ff]")
_HALF_WIDTH_KANA_RUN = re.compile("[\uff66-\uff9f]{3,}")
_KANJI_RUN = re.compile("[\u3005\u4e00-\u9fff\uff01-\uff5e]{2,}")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_PRINTED = re.compile(rb"[\t\r\n -~]")
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
        """Add a line; past `MAX_RECORD_BYTES` lines are dropped and the record is marked as too long, as it is by a cut line.

        Raises
        ------
        UnreadableFile
            If the record goes on and on.
        """
        self.size += len(line) + LINE_COST_BYTES
        if self.size > MAX_ENDLESS_BYTES:
            raise UnreadableFile(f"The record that begins in line {self.line:,} does not end. The file was not read further.")
        if self.size > MAX_RECORD_BYTES or len(line) >= MAX_LINE_BYTES:
            self.too_long = True
        else:
            self.lines.append(line)
            self.numbers.append(number)


def utf16_codec(head: bytes) -> str | None:
    """Codec of text in UTF-16 that begins with these bytes, with or without byte order mark; None if it is no UTF-16.

    Without a mark it is taken for UTF-16 if nearly every other byte is zero and those between are western letters and digits.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = head[:400]
    if len(start) < 16:
        return None
    even, odd = start[0::2], start[1::2]
    for zeros, letters, codec in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros.count(0) * 10 > len(zeros) * 9 and len(_PRINTED.findall(letters)) * 10 > len(letters) * 9:
            return codec
    return None


def byte_lines(stream: ByteStream) -> Iterator[bytes]:
    """Lines of a binary stream without their ends (LF, CRLF or CR), in UTF-8 if the stream was UTF-16, without BOM.

    Lines longer than `MAX_LINE_BYTES` are cut.

    Raises
    ------
    UnreadableFile
        If the stream goes on with nothing but zero bytes.
    """
    kept: list[bytes] = []
    kept_bytes = 0
    after_cr = False
    for chunk in _chunks(stream):
        data = chunk[1:] if after_cr and chunk.startswith(b"\n") else chunk
        after_cr = chunk.endswith(b"\r")
        for line in data.splitlines(keepends=True):
            kept.append(line)
            kept_bytes += len(line)
            if line.endswith((b"\n", b"\r")) or kept_bytes >= MAX_LINE_BYTES:
                yield b"".join(kept).rstrip(b"\r\n")
                kept, kept_bytes = [], 0
    if kept:
        yield b"".join(kept)


def _chunks(stream: ByteStream) -> Iterator[bytes]:
    first = stream.read(CHUNK_BYTES)
    codec = utf16_codec(first)
    if codec is not None:
        decoder = codecs.getincrementaldecoder(codec)(errors="replace")
        while first:
            yield decoder.decode(first).encode("utf-8", "replace")
            first = stream.read(CHUNK_BYTES)
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    zeros = 0
    while chunk := stream.read(CHUNK_BYTES):
        zeros = zeros + len(chunk) if chunk.count(0) == len(chunk) else 0
        if zeros > MAX_ZERO_BYTES:
            raise UnreadableFile(ONLY_ZEROS)
        yield chunk


def label_and_value(text: str, signs: str, longest: int = 80) -> tuple[str, str] | None:
    """The text before the first of `signs`, and the text behind it, without blanks at their ends; None without such a label.

    Searches the beginning only, so that lines of any length cost next to nothing.
    """
    start = text.lstrip()
    places = [place for sign in signs if (place := start.find(sign, 0, 2 * longest)) >= 0]
    if not places:
        return None
    label = start[: min(places)].rstrip()
    return (label, start[min(places) + 1 :].strip()) if 0 < len(label) <= longest else None


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
