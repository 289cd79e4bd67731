"""Sources of records: one file, or many files that are read one after the other."""

from __future__ import annotations

import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.compact import read_compact
from bitspec_gui.formats.compact_predicted import read_compact_predicted
from bitspec_gui.formats.gzip_stream import UnpackedStream
from bitspec_gui.formats.jcamp import read_jcamp
from bitspec_gui.formats.massbank import read_massbank
from bitspec_gui.formats.mgf import read_mgf
from bitspec_gui.formats.msp import read_msp
from bitspec_gui.formats.peak_table import read_peak_table
from bitspec_gui.formats.peak_text import read_peak_text
from bitspec_gui.formats.runs.netcdf_library import read_netcdf_library
from bitspec_gui.formats.sdf_spectra import read_sd_spectra
from bitspec_gui.formats.sniffing import Format
from bitspec_gui.formats.structures import with_structure_keys
from bitspec_gui.formats.text import MAX_ZERO_BYTES, ONLY_ZEROS, ByteStream

Reader = Callable[[ByteStream, str], Iterator[SpectrumRecord | Problem]]

_READERS: dict[Format, Reader] = {
    Format.MASSBANK: read_massbank,
    Format.MSP: read_msp,
    Format.JCAMP: read_jcamp,
    Format.MGF: read_mgf,
    Format.SDF: read_sd_spectra,
    Format.PEAK_TABLE: read_peak_table,
    Format.PEAK_TEXT: read_peak_text,
    Format.NETCDF_LIBRARY: read_netcdf_library,
    Format.COMPACT: read_compact,
    Format.PREDICTED: read_compact_predicted,
}

_BINARY = frozenset({Format.NETCDF_LIBRARY, Format.COMPACT, Format.PREDICTED})

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

    def __init__(self, label: str, size: int, kind: Format, *, packed: bool = False) -> None:
        super().__init__(label, size)
        self._kind = kind
        self._packed = packed

    @abstractmethod
    def _open(self) -> BinaryIO: ...

    def records(self) -> Iterator[SpectrumRecord | Problem]:
        """Read from the start; a file that breaks off is a rejected `Problem` after the records before the break."""
        self.done = 0
        empty = True
        try:
            with self._open() as stream:
                counted = CountedStream(stream, self)
                content = SoundStream(UnpackedStream(counted) if self._packed else counted, text=self._kind not in _BINARY)
                for item in _READERS[self._kind](content, self.label):
                    empty = False
                    yield with_structure_keys(item) if isinstance(item, SpectrumRecord) else item
                if content.fault is not None:
                    raise content.fault
            if empty:
                yield passed_over(self.label, f"No spectrum was found in it ({self._kind.value}).")
        except UnreadableFile as error:
            yield Problem(self.label, None, str(error), "What was read before was kept.")
        except READ_ERRORS as error:
            what = f"This file could not be read to its end: {error}."
            yield Problem(self.label, None, what, "What was read before was kept.")
        self.done = self.size


class FileSource(StreamSource):
    """Records of a file on disk."""

    def __init__(self, path: Path, kind: Format, *, packed: bool = False) -> None:
        super().__init__(str(path), path.stat().st_size, kind, packed=packed)
        self._path = path

    def _open(self) -> BinaryIO:
        return self._path.open("rb")


class TextSource(StreamSource):
    """Records of a text in memory, such as one that was pasted."""

    def __init__(self, data: bytes, label: str, kind: Format) -> None:
        super().__init__(label, len(data), kind)
        self._data = data

    def _open(self) -> BinaryIO:
        return BytesIO(self._data)


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


class SoundStream:
    """A stream that ends where it can no longer be read, so that the last record before the break is read as well.

    Attributes
    ----------
    fault : Exception or None
        Why it ended before its end. Text that goes on with zero bytes ends there, too.
    """

    def __init__(self, stream: ByteStream, *, text: bool) -> None:
        self._stream = stream
        self._text = text
        self._zeros = 0
        self.fault: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """Read; nothing from the break on."""
        if self.fault is not None:
            return b""
        try:
            data = self._stream.read(size)
        except (UnreadableFile, *READ_ERRORS) as error:
            self.fault = error
            return b""
        self._zeros = self._zeros + len(data) if self._text and data and data.count(0) == len(data) else 0
        if self._zeros >= MAX_ZERO_BYTES:
            self.fault = UnreadableFile(ONLY_ZEROS)
            return b""
        return data


def passed_over(label: str, why: str) -> Problem:
    """A file among others that holds no spectra: mentioned, and no record lost."""
    return Problem(label, None, why, "It was passed over.", rejected=False)


def left_out(label: str, why: str) -> Problem:
    """A file among others that should hold spectra but cannot be read."""
    return Problem(label, None, why, "This file was left out; the others were kept.")
