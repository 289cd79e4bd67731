"""A library of predicted spectra in few bytes: blocks of columns, each an xz stream, the same bytes at every making.

The file is the line `MAGIC` with the format number, and then parts: four bytes that say how long it is (little-endian) and an
xz stream, whose check tells damage. The first part is the header (JSON), each other one up to `BLOCK_RECORDS` records, column
by column, so that like stands beside like. Nothing in it needs chemistry to be read.

What is not kept as it was: peaks below 0.5 % of the base peak are left out, and intensities are one of `LEVELS`, which lie
evenly on a square-root scale, so that they are wrong by 0.41 % of the base peak at most, and small peaks by much less (0.06 %
where a peak has 1 %). Exact masses are kept to 0.00001 Da, confidences to 0.001. What was read and is written again gives the
same spectra.
"""

from __future__ import annotations

import dataclasses
import json
import lzma
import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import ExportError, SpectrumError, UnreadableFile
from bitspec_gui.domain.model_version import MODEL_SHA256
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.text import ByteStream, single_line

MAGIC = b"BitSpec predicted spectra "
FORMAT_NUMBER = 1
BLOCK_RECORDS = 8192
BASE_PEAK = 999.0
LEAST_SHARE = 0.005
"""Peaks below this share of the base peak are left out."""

LEVELS: NDArray[np.float64] = np.unique(np.floor(BASE_PEAK * (np.arange(18, 256) / 255) ** 2 + 0.5))
"""Intensities that a peak may have, (235,): whole numbers, the base peak 999; a byte says which."""

_TEXTS = ("name", "accession", "smiles", "inchikey", "formula", "cas", "comment")
_NOTHING_SAID = 0xFFFF
_MAX_MASS_DA = 40_000
_MASS_UNITS = 100_000
_CONFIDENCE_UNITS = 1000
_MAX_PART_BYTES = 1 << 26
_MAX_UNPACKED_BYTES = 1 << 28
# A context of four letters and none of the position, which text and single bytes do not have.
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 24, "lc": 4, "lp": 0, "pb": 0}]
_LENGTH = struct.Struct("<I")
_FIRST_LINE = re.compile(re.escape(MAGIC) + rb"([0-9]{1,6})\n")
_FAULTS = (OSError, EOFError, lzma.LZMAError, struct.error, ValueError, KeyError, TypeError, RecursionError, SpectrumError)


@dataclass(frozen=True)
class PredictedNotice:
    """What the header says about the whole library."""

    library: str
    licence: str
    notice: str
    source: str
    model: str
    model_sha256: str
    records: int


def is_compact_predicted(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a library of predicted spectra, whatever its format number."""
    return head.startswith(MAGIC)


def write_compact_predicted(
    records: Iterable[SpectrumRecord], path: Path, *, library: str, notice: str = "", source: str = ""
) -> PredictedNotice:
    """Write predicted spectra of one model; the same records give the same bytes. Model and licence are the records'.

    Returns
    -------
    PredictedNotice
        The header that was written.

    Raises
    ------
    ExportError
        If there is no record, or one is measured, of another model than the first, or has peaks that are not on unit m/z.
    OSError
        If `path` cannot be written.
    """
    stream = iter(records)
    first = next(stream, None)
    if first is None:
        raise ExportError("There is no predicted spectrum to write.")
    licences: dict[str, None] = {}
    counted = 0
    blocks: list[bytes] = []
    everything = chain([first], stream)
    while block := list(islice(everything, BLOCK_RECORDS)):
        for record in block:
            _refuse_unsuitable(record, first)
            licences.setdefault(record.licence or "")
        blocks.append(_packed(_block_bytes(block)))
        counted += len(block)
    model = first.predicted_by or ""
    licence = "; ".join(each for each in licences if each)
    header = PredictedNotice(library, licence, notice, source, model, dict(first.extra).get(MODEL_SHA256, ""), counted)
    text = json.dumps(dataclasses.asdict(header), ensure_ascii=False, separators=(",", ":"))
    with path.open("wb") as target:
        target.write(MAGIC + f"{FORMAT_NUMBER}\n".encode("ascii"))
        for part in [_packed(text.encode("utf-8")), *blocks]:
            target.write(_LENGTH.pack(len(part)) + part)
    return header


def _refuse_unsuitable(record: SpectrumRecord, first: SpectrumRecord) -> None:
    called = f"“{record.name or record.smiles}”"
    if not record.predicted_by:
        raise ExportError(f"{called} is a measured spectrum; a library of predicted ones cannot take it.")
    if (record.predicted_by, _sha256(record)) != (first.predicted_by, _sha256(first)):
        raise ExportError(
            f"{called} was predicted by {record.predicted_by}, others by {first.predicted_by}: one file holds one model's."
        )
    if not 0 <= (record.nominal_mass or 0) <= _MAX_MASS_DA or not 0 <= (record.exact_mass or 0) <= _MAX_MASS_DA:
        raise ExportError(f"{called} has a mass that no molecule in an EI source has.")
    mz = record.spectrum.mz
    if (mz != np.floor(mz)).any() or mz[-1] >= _NOTHING_SAID or not record.spectrum.intensity.any():
        raise ExportError(f"{called} has peaks that are not on unit m/z, which predicted spectra are.")


def _sha256(record: SpectrumRecord) -> str | None:
    return dict(record.extra).get(MODEL_SHA256)


def _packed(content: bytes) -> bytes:
    return lzma.compress(content, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC64, filters=_FILTERS)


def _block_bytes(records: Sequence[SpectrumRecord]) -> bytes:
    peaks = [_coded(record.spectrum) for record in records]
    counts = np.array([len(steps) for steps, _ in peaks], dtype="<u2")
    steps = np.concatenate([steps for steps, _ in peaks])
    masses = [round((record.exact_mass or 0.0) * _MASS_UNITS) for record in records]
    confidences = [
        _NOTHING_SAID if record.confidence is None else round(record.confidence * _CONFIDENCE_UNITS) for record in records
    ]
    parts = [_LENGTH.pack(len(records)), _LENGTH.pack(len(steps))]
    for name in _TEXTS:
        text = "\n".join(single_line(getattr(record, name) or "") for record in records).encode("utf-8", "replace")
        parts += [_LENGTH.pack(len(text)), text]
    parts.append(np.array([record.nominal_mass or 0 for record in records], dtype="<u2").tobytes())
    parts.append(_planes(np.array(masses, dtype="<u4"), 4))
    parts.append(np.array(confidences, dtype="<u2").tobytes())
    parts.append(counts.tobytes())
    parts.append(_planes(steps, 2))
    parts.append(np.concatenate([codes for _, codes in peaks]).tobytes())
    return b"".join(parts)


def _coded(spectrum: Spectrum) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Steps from one m/z to the next (the first from 0), and for each peak the place of its intensity in `LEVELS`."""
    share = spectrum.intensity / spectrum.intensity.max()
    kept = share >= LEAST_SHARE
    steps = np.diff(spectrum.mz[kept], prepend=0.0).astype("<u2")
    middles = (np.sqrt(LEVELS[1:]) + np.sqrt(LEVELS[:-1])) / 2
    codes = np.searchsorted(middles, np.sqrt(share[kept] * BASE_PEAK)).astype(np.uint8)
    return steps, codes


def _planes(values: NDArray[Any], width: int) -> bytes:
    """All lowest bytes, then all next ones and so on: the high ones are nearly all alike."""
    return np.ascontiguousarray(values.view(np.uint8).reshape(-1, width).T).tobytes()


def read_predicted_notice(source: Path | ByteStream | bytes) -> PredictedNotice:
    """Header of a library of predicted spectra.

    Raises
    ------
    UnreadableFile
        If it is not one, is damaged, or was written by a later BitSpec.
    """
    name = str(source) if isinstance(source, Path) else "This library"
    try:
        if not isinstance(source, Path):
            return _notice(_stream(source), name)
        with source.open("rb") as stream:
            return _notice(stream, name)
    except _FAULTS as error:
        raise UnreadableFile(f"{name} cannot be read: {error}") from error


def read_compact_predicted(source: Path | ByteStream | bytes, source_file: str = "") -> Iterator[SpectrumRecord]:
    """Read a library of predicted spectra, block by block.

    Raises
    ------
    UnreadableFile
        While reading: if the file is not such a library, is damaged or breaks off; the blocks before the damage were given.
    """
    name = source_file or (str(source) if isinstance(source, Path) else "This library")
    try:
        if not isinstance(source, Path):
            yield from _read(_stream(source), name)
            return
        with source.open("rb") as stream:
            yield from _read(stream, name)
    except _FAULTS as error:
        raise UnreadableFile(f"{name} is damaged and cannot be read to its end: {error}") from error


def _stream(source: ByteStream | bytes) -> ByteStream:
    return BytesIO(source) if isinstance(source, bytes) else source


def _read(stream: ByteStream | BinaryIO, name: str) -> Iterator[SpectrumRecord]:
    notice = _notice(stream, name)
    given = 0
    while given < notice.records:
        block = list(_records(_part(stream), notice, name))
        given += len(block)
        yield from block
    if given != notice.records or stream.read(1):
        raise ValueError(f"it holds another number of spectra than the {notice.records:,} that it announces")


def _notice(stream: ByteStream | BinaryIO, name: str) -> PredictedNotice:
    line = _line(stream)
    found = _FIRST_LINE.fullmatch(line)
    if found is None:
        raise UnreadableFile(f"{name} is not a BitSpec library of predicted spectra.")
    if int(found.group(1)) != FORMAT_NUMBER:
        number = int(found.group(1))
        raise UnreadableFile(
            f"{name} has format {number} of predicted spectra; this BitSpec reads format {FORMAT_NUMBER}. Update BitSpec."
        )
    header = json.loads(_part(stream))
    return PredictedNotice(
        library=str(header["library"]),
        licence=str(header["licence"]),
        notice=str(header["notice"]),
        source=str(header["source"]),
        model=str(header["model"]),
        model_sha256=str(header["model_sha256"]),
        records=int(header["records"]),
    )


def _line(stream: ByteStream | BinaryIO) -> bytes:
    line = b""
    while len(line) < len(MAGIC) + 8 and not line.endswith(b"\n"):
        letter = stream.read(1)
        if not letter:
            break
        line += letter
    return line


def _part(stream: ByteStream | BinaryIO) -> bytes:
    """The next part of the file, unpacked."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if length > _MAX_PART_BYTES:
        raise ValueError("a part of it is too long to be true")
    unpacking = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=1 << 28)
    content = unpacking.decompress(_exactly(stream, length), max_length=_MAX_UNPACKED_BYTES)
    if not unpacking.eof:
        raise EOFError("it breaks off")
    return content


def _exactly(stream: ByteStream | BinaryIO, size: int) -> bytes:
    pieces: list[bytes] = []
    missing = size
    while missing:
        piece = stream.read(missing)
        if not piece:
            raise EOFError("it breaks off")
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


class _Columns:
    """Takes one column after the other from the bytes of a block."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def take(self, size: int) -> bytes:
        piece = self._content[self._at : self._at + size]
        if len(piece) != size:
            raise ValueError("a block is shorter than it says")
        self._at += size
        return piece

    def number(self) -> int:
        return int(_LENGTH.unpack(self.take(_LENGTH.size))[0])

    def texts(self, count: int) -> list[str | None]:
        found = self.take(self.number()).decode("utf-8").split("\n")
        if len(found) != count:
            raise ValueError("a block holds another number of names than of spectra")
        return [text or None for text in found]

    def integers(self, count: int, width: int) -> NDArray[np.int64]:
        return np.frombuffer(self.take(count * width), dtype=f"<u{width}").astype(np.int64)

    def planes(self, count: int, width: int) -> NDArray[np.int64]:
        planes = np.frombuffer(self.take(count * width), dtype=np.uint8).reshape(width, count)
        return np.ascontiguousarray(planes.T).view(f"<u{width}").reshape(count).astype(np.int64)


def _records(content: bytes, notice: PredictedNotice, source_file: str) -> Iterator[SpectrumRecord]:
    columns = _Columns(content)
    count, peaks = columns.number(), columns.number()
    texts = [columns.texts(count) for _ in _TEXTS]
    nominal = columns.integers(count, 2)
    exact = columns.planes(count, 4) / _MASS_UNITS
    confidences = columns.integers(count, 2)
    sizes = columns.integers(count, 2)
    if count == 0 or not sizes.all() or int(sizes.sum()) != peaks:
        raise ValueError("a block has peaks that belong to no spectrum")
    ends = np.cumsum(sizes)
    mz = _summed_up(columns.planes(peaks, 2), ends - sizes, sizes)
    intensity = LEVELS[columns.integers(peaks, 1)] if peaks else LEVELS[:0]
    extra = ((MODEL_SHA256, notice.model_sha256),) if notice.model_sha256 else ()
    for place, (name, accession, smiles, inchikey, formula, cas, comment) in enumerate(zip(*texts, strict=True)):
        these = slice(ends[place] - sizes[place], ends[place])
        said = int(confidences[place])
        yield SpectrumRecord(
            spectrum=Spectrum(mz=mz[these], intensity=intensity[these]),
            name=name or "",
            accession=accession,
            smiles=smiles,
            inchikey=inchikey,
            formula=formula,
            cas=cas,
            nominal_mass=int(nominal[place]) or None,
            exact_mass=float(exact[place]) or None,
            licence=notice.licence or None,
            comment=comment,
            predicted_by=notice.model,
            confidence=None if said == _NOTHING_SAID else said / _CONFIDENCE_UNITS,
            source_file=source_file,
            extra=extra,
        )


def _summed_up(steps: NDArray[np.int64], starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """m/z (P,) of all peaks from their steps; each spectrum counts from 0."""
    running = np.cumsum(steps)
    before = running[starts] - steps[starts]
    return (running - np.repeat(before, sizes)).astype(np.float64)
