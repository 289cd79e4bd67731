"""Sources of records: one file, or many files that are read one after the other."""

from __future__ import annotations

import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.compact import read_compact
from bitspec_gui.formats.compact_predicted import read_compact_predicted
from bitspec_gui.formats.massbank import read_massbank
from bitspec_gui.formats.msp import read_msp
from bitspec_gui.formats.sniffing import Format
from bitspec_gui.formats.structures import with_structure_keys

READ_ERRORS = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)
"""What reading a damaged, unreadable or encrypted file or archive member may raise."""


class RecordSource(ABC):
    """Records of a file, folder or archive.

    Attributes
    ----------
    label : str
        The path as the user knows it.
    size : int
        Bytes that `records` reads, of an archive unpacked; 0 if there are none.
    done : int
        Bytes read so far, for progress.
    """

    def __init__(self, label: str, size: int) -> None:
        self.label = label
        self.size = size
        self.done = 0

    @abstractmethod
    def records(self) -> Iterator[SpectrumRecord | Problem]:
        """Read from the start. Never raises on bad content: what cannot be read is a `Problem`."""


class StreamSource(RecordSource):
    """Records of one stream of a known format."""

    def __init__(self, label: str, size: int, kind: Format) -> None:
        super().__init__(label, size)
        self._kind = kind

    @abstractmethod
    def _open(self) -> BinaryIO: ...

    def records(self) -> Iterator[SpectrumRecord | Problem]:
        """Read from the start; a file that breaks off is a rejected `Problem` after the records before the break."""
        self.done = 0
        try:
            with self._open() as stream:
                for item in _read(self._kind, CountedStream(stream, self), self.label):
                    yield with_structure_keys(item) if isinstance(item, SpectrumRecord) else item
        except UnreadableFile as error:
            yield Problem(self.label, None, str(error), "What was read before was kept.")
        except READ_ERRORS as error:
            what = f"This file could not be read to its end: {error}."
            yield Problem(self.label, None, what, "What was read before was kept.")
        self.done = self.size


class FileSource(StreamSource):
    """Records of a file on disk."""

    def __init__(self, path: Path, kind: Format) -> None:
        super().__init__(str(path), path.stat().st_size, kind)
        self._path = path

    def _open(self) -> BinaryIO:
        return self._path.open("rb")


class SourceOfMany(RecordSource):
    """Records of several files, one after the other."""

    @abstractmethod
    def _parts(self) -> Iterable[RecordSource | Problem]:
        """Sources in order, and problems in place of those that are passed over."""

    def records(self) -> Iterator[SpectrumRecord | Problem]:
        """Read all parts from the start."""
        self.done = finished = 0
        for part in self._parts():
            if isinstance(part, Problem):
                yield part
                continue
            for item in part.records():
                self.done = finished + part.done
                yield item
            finished += part.size
        self.done = self.size


class CountedStream:
    """A binary stream that tells a source how far it was read."""

    def __init__(self, stream: BinaryIO, source: RecordSource) -> None:
        self._stream = stream
        self._source = source

    def read(self, size: int = -1) -> bytes:
        """Read and count."""
        data = self._stream.read(size)
        self._source.done += len(data)
        return data


def passed_over(label: str, why: str) -> Problem:
    """A file among others that holds no spectra: mentioned, and no record lost."""
    return Problem(label, None, why, "It was passed over.", rejected=False)


def left_out(label: str, why: str) -> Problem:
    """A file among others that should hold spectra but cannot be read."""
    return Problem(label, None, why, "This file was left out; the others were kept.")


def _read(kind: Format, stream: CountedStream, label: str) -> Iterator[SpectrumRecord | Problem]:
    if kind is Format.MASSBANK:
        return read_massbank(stream, label)
    if kind is Format.MSP:
        return read_msp(stream, label)
    if kind is Format.PREDICTED:
        return read_compact_predicted(stream, label)
    return read_compact(stream, label)
