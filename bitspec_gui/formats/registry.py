"""What is in a file? Files, folders and zip archives become sources of records, whatever their names end in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.formats.archives import ZipSource, is_hidden
from bitspec_gui.formats.sniffing import UNDERSTOOD, Format, format_of_head, head_of, is_gzip, is_run, not_records
from bitspec_gui.formats.sources import FileSource, RecordSource, SourceOfMany, left_out, passed_over

__all__ = ["FolderSource", "RecordSource", "sources"]


def sources(paths: Sequence[Path]) -> list[RecordSource]:
    """One source of records for each path, in the order given.

    Raises
    ------
    UnreadableFile
        If a path does not exist, cannot be opened, or holds nothing that BitSpec can read.
    """
    return [_source(Path(path)) for path in paths]


def _source(path: Path) -> RecordSource:
    try:
        if path.is_dir():
            return FolderSource(path)
        source = _file_source(path)
    except FileNotFoundError as error:
        raise UnreadableFile(f"{path} does not exist.") from error
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"{path} cannot be opened: {getattr(error, 'strerror', None) or error}.") from error
    if isinstance(source, Problem):
        raise UnreadableFile(f"{path}: {source.what}")
    return source


def _file_source(path: Path) -> RecordSource | Problem:
    """Source for a file, or why it is passed over."""
    head = head_of(path)
    kind = format_of_head(head)
    if kind is None or is_run(kind):
        return passed_over(str(path), not_records(head, kind))
    if kind is not Format.ZIP:
        return FileSource(path, kind, packed=is_gzip(head))
    archive = ZipSource(path)
    return archive if archive.holds_records() else passed_over(str(path), f"This archive holds no spectra. {UNDERSTOOD}")


class FolderSource(SourceOfMany):
    """All files of a folder and of the folders in it, sorted by path; zip archives among them are opened.

    Raises
    ------
    UnreadableFile
        On making: if no file in it can be read.
    """

    def __init__(self, path: Path) -> None:
        self._files = [file for file in _files_in(path) if not is_hidden(str(file.relative_to(path)))]
        super().__init__(str(path), sum(_size(file) for file in self._files))
        if not any(isinstance(part, RecordSource) for part in self._parts()):
            raise UnreadableFile(f"{path} holds no file that BitSpec can read. {UNDERSTOOD}")

    def _parts(self) -> Iterable[RecordSource | Problem]:
        for file in self._files:
            try:
                yield _file_source(file)
            except UnreadableFile as error:
                yield left_out(str(file), str(error))
            except OSError as error:
                yield left_out(str(file), f"This file cannot be opened: {error.strerror or error}.")


def _files_in(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            file = Path(root, name)
            # Pipes and sockets would wait for ever.
            if file.is_file():
                yield file


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
