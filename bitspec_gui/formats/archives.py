"""Zip archives of spectrum files, read member by member without unpacking them to disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.formats.gzip_stream import MAX_RATIO, MAX_UNPACKED_BYTES, RATIO_FREE_BYTES
from bitspec_gui.formats.sniffing import HEAD_BYTES, Format, format_of_head, is_gzip, is_run, not_records
from bitspec_gui.formats.sources import READ_ERRORS, RecordSource, SourceOfMany, StreamSource, left_out, passed_over

MAX_MEMBERS = 1_000_000
_ENCRYPTED = 0x1


class MemberSource(StreamSource):
    """Records of one member of an archive."""

    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, label: str, kind: Format, *, packed: bool) -> None:
        super().__init__(label, member.file_size, kind, packed=packed)
        self._archive = archive
        self._member = member

    def _open(self) -> BinaryIO:
        return self._archive.open(self._member)  # type: ignore[return-value]


class ZipSource(SourceOfMany):
    """Records of all members of an archive, in its order.

    Raises
    ------
    UnreadableFile
        On making: if the archive is damaged, encrypted as a whole, or unpacks to more than is sane.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _opened(path) as archive:
            members = archive.infolist()
            _refuse_bombs(path, members)
        self._members = [member for member in members if not member.is_dir() and not is_hidden(member.filename)]
        if self._members and all(member.flag_bits & _ENCRYPTED for member in self._members):
            raise UnreadableFile(f"{path} is protected by a password. Unpack it and add the folder.")
        super().__init__(str(path), sum(member.file_size for member in self._members))

    def holds_records(self) -> bool:
        """Whether any member has a format that is read."""
        with _opened(self._path) as archive:
            return any(isinstance(self._part(archive, member), MemberSource) for member in self._members)

    def _parts(self) -> Iterable[RecordSource | Problem]:
        try:
            with _opened(self._path) as archive:
                for member in self._members:
                    yield self._part(archive, member)
        except UnreadableFile as error:
            yield left_out(self.label, str(error))

    def _part(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> RecordSource | Problem:
        label = f"{self.label}/{member.filename}"
        if member.flag_bits & _ENCRYPTED:
            return left_out(label, "This file in the archive is protected by a password.")
        try:
            with archive.open(member) as stream:
                head = stream.read(HEAD_BYTES)
        except READ_ERRORS as error:
            return left_out(label, f"This file in the archive is damaged: {error}.")
        kind = format_of_head(head)
        if kind is Format.ZIP:
            return passed_over(label, "An archive within an archive is not opened. Unpack it and add it by itself.")
        if kind is None or is_run(kind):
            return passed_over(label, not_records(head, kind))
        return MemberSource(archive, member, label, kind, packed=is_gzip(head))


def is_hidden(name: str) -> bool:
    """Whether a path is one that systems add for themselves (``.git/...``, ``__MACOSX/...``)."""
    return any(part.startswith(".") or part == "__MACOSX" for part in Path(name).parts)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except READ_ERRORS as error:
        raise UnreadableFile(f"{path} is a damaged zip archive: {error}.") from error


def _refuse_bombs(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise UnreadableFile(f"{path} holds {len(members):,} files, more than the {MAX_MEMBERS:,} that BitSpec opens.")
    unpacked = sum(member.file_size for member in members)
    packed = min(sum(member.compress_size for member in members), path.stat().st_size)
    pairs = [(unpacked, packed), *((member.file_size, member.compress_size) for member in members)]
    if unpacked > MAX_UNPACKED_BYTES or any(size > max(RATIO_FREE_BYTES, MAX_RATIO * small) for size, small in pairs):
        raise UnreadableFile(
            f"{path} would unpack to {unpacked / 2**30:.1f} GiB from {packed / 2**20:.1f} MiB, which no spectrum library does. "
            "It was not opened."
        )
