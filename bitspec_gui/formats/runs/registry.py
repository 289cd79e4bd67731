"""Any file that holds a GC-MS run -> `Run`. Content decides which reader takes it, whatever its name ends in."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, ReportProgress, ignore_progress
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.run import Run
from bitspec_gui.formats.gzip_stream import UnpackedStream
from bitspec_gui.formats.runs.agilent_ms import read_agilent_ms
from bitspec_gui.formats.runs.assembly import Watch
from bitspec_gui.formats.runs.jcamp_run import read_jcamp_run
from bitspec_gui.formats.runs.mzml_run import read_mzml
from bitspec_gui.formats.runs.mzxml_run import read_mzxml
from bitspec_gui.formats.runs.netcdf_run import read_netcdf_run
from bitspec_gui.formats.sniffing import Format, format_of_head, head_of, is_gzip, is_run

RUNS_UNDERSTOOD = (
    "BitSpec opens GC-MS runs as netCDF (ANDI/AIA, .cdf), mzML, mzXML, JCAMP-DX and Agilent ChemStation (the .D folder, or its "
    "data.ms)."
)

MAX_UNPACKED_BYTES = 1 << 30
"""A packed run that must be in memory as a whole (netCDF, Agilent) may unpack to this much."""

Reader = Callable[[BinaryIO, str, Watch], Run]

_READERS: dict[Format, Reader] = {
    Format.NETCDF: read_netcdf_run,
    Format.MZML: read_mzml,
    Format.MZXML: read_mzxml,
    Format.JCAMP_RUN: read_jcamp_run,
    Format.AGILENT_MS: read_agilent_ms,
}
_FROM_FRONT_TO_END = frozenset({Format.MZML, Format.MZXML, Format.JCAMP_RUN})
_DAMAGE = (OSError, EOFError, zlib.error)
_OTHER_VENDORS = (
    ("acqdata", "an Agilent MassHunter folder"),
    ("_func001.dat", "a Waters MassLynx folder"),
    ("analysis.baf", "a Bruker folder"),
)


def open_run(path: Path, *, progress: ReportProgress = ignore_progress, cancel: CancelToken | None = None) -> Run:
    """Read a run.

    Parameters
    ----------
    path : Path
        A file, packed with gzip or not, or the ``.D`` folder of Agilent ChemStation.
    progress, cancel
        Told in bytes; asked between two pieces of the file.

    Raises
    ------
    UnreadableFile
        If it does not exist, cannot be opened, is no run, or holds what no run holds; the sentence says which.
    Cancelled
        If the user asked for it.
    """
    try:
        file = _file_of(Path(path))
        return _read(file, progress, cancel)
    except FileNotFoundError as error:
        raise UnreadableFile(f"{path} does not exist.") from error
    except MemoryError as error:
        raise UnreadableFile(f"{path} is too large for the memory of this computer.") from error
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def holds_run(path: Path) -> bool:
    """Whether a file, or a folder such as ``SAMPLE.D``, is a run, by its first bytes; False if it cannot be opened."""
    try:
        file = _file_of(Path(path))
        return file.is_file() and is_run(format_of_head(head_of(file)))
    except (OSError, ValueError, UnreadableFile):
        return False


def _file_of(path: Path) -> Path:
    """The file to read: of a ``.D`` folder its data.ms, in whatever case."""
    if not path.is_dir():
        return path
    names = {name.lower(): name for name in sorted(os.listdir(path), reverse=True)}
    if "data.ms" in names:
        return path / names["data.ms"]
    others = [name for name in names if name.endswith(".ms")]
    if len(others) == 1:
        return path / names[others[0]]
    vendor = next((words for sign, words in _OTHER_VENDORS if sign in names), None)
    if vendor:
        raise UnreadableFile(f"{path} is {vendor}, which only its maker's programs read. Export the run as netCDF (AIA) or mzML.")
    raise UnreadableFile(f"{path} is a folder without a data.ms. {RUNS_UNDERSTOOD}")


def _read(path: Path, progress: ReportProgress, cancel: CancelToken | None) -> Run:
    if not path.is_file():
        raise UnreadableFile(f"{path} is no file." if path.exists() else f"{path} does not exist.")
    head = head_of(path)
    kind = format_of_head(head)
    reader = _READERS.get(kind) if kind is not None else None
    if kind is None or reader is None:
        raise UnreadableFile(f"{path} {_what_it_is(head, kind)} {RUNS_UNDERSTOOD}")
    watch = Watch(progress, cancel, total=path.stat().st_size)
    with path.open("rb") as stream:
        run = _read_packed(path, stream, kind, watch) if is_gzip(head) else reader(stream, str(path), watch)
    watch.at(watch.total, f"{run.scans:,} scans")
    return run


def _read_packed(path: Path, stream: BinaryIO, kind: Format, watch: Watch) -> Run:
    """Read a run that is packed with gzip; one whose packing is damaged as far as it goes."""
    unpacked = _UntilDamage(UnpackedStream(stream))
    content: BinaryIO = unpacked if kind in _FROM_FRONT_TO_END else BytesIO(_whole(unpacked, path))
    run = _READERS[kind](content, str(path), watch)
    if not unpacked.damaged:
        return run
    what = "The gzip file is damaged or breaks off."
    return replace(run, problems=(*run.problems, Problem(str(path), None, what, "What could be unpacked was kept.")))


def _whole(unpacked: _UntilDamage, path: Path) -> bytes:
    data = bytearray()
    while piece := unpacked.read():
        data += piece
        if len(data) > MAX_UNPACKED_BYTES:
            raise UnreadableFile(f"{path} unpacks to more than {MAX_UNPACKED_BYTES >> 30} GiB. Unpack it first.")
    return bytes(data)


def _what_it_is(head: bytes, kind: Format | None) -> str:
    if not head:
        return "is empty."
    return "is no GC-MS run." if kind is None else f"holds spectra ({kind.value}), but no GC-MS run."


class _UntilDamage(BytesIO):
    """A packed file read from front to end that ends where its packing is damaged, so that the scans before it are kept."""

    def __init__(self, stream: UnpackedStream) -> None:
        super().__init__()
        self._stream = stream
        self.damaged = False

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to `size` bytes; none after the damage."""
        if self.damaged:
            return b""
        try:
            return self._stream.read(-1 if size is None else size)
        except _DAMAGE:
            self.damaged = True
            return b""
