"""Libraries of spectra in netCDF after ANDI/MS: the same container as runs, with names and structures in place of times."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import SpectrumError, UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.fields import cas_or_none, spectrum_of, text_or_none
from bitspec_gui.formats.runs.netcdf_classic import ClassicFile
from bitspec_gui.formats.runs.netcdf_run import numbers, scans_of
from bitspec_gui.formats.text import ByteStream, single_line

MAX_LIBRARY_BYTES = 1 << 30

_NOT_KNOWN = -9999.0
_OTHER_NAMES = tuple(f"other_name_{place}" for place in range(4))


def read_netcdf_library(source: ByteStream | bytes, source_file: str = "") -> Iterator[SpectrumRecord | Problem]:
    """Read the spectra of a library one after the other.

    Parameters
    ----------
    source : ByteStream or bytes
        Bytes, or a stream in binary mode, which is read as a whole: values of one spectrum stand all over the file.

    Yields
    ------
    SpectrumRecord | Problem
        One for each spectrum; a `Problem` in place of one that cannot be used.

    Raises
    ------
    UnreadableFile
        If the file is damaged as a whole.
    """
    data = source if isinstance(source, bytes) else source.read(MAX_LIBRARY_BYTES + 1)
    if len(data) > MAX_LIBRARY_BYTES:
        raise UnreadableFile(f"{source_file} is larger than any netCDF library.")
    stream: BinaryIO = BytesIO(data)
    file = ClassicFile(stream, source_file)
    mz, intensity = numbers(file, "mass_values"), numbers(file, "intensity_values")
    if mz is None or intensity is None:
        raise UnreadableFile(f"{source_file} is a netCDF file without mass spectra.")
    begins, counts = scans_of(file, source_file, min(mz.size, intensity.size))
    entries = _Entries(file, source_file)
    for place, (begin, count) in enumerate(zip(begins.tolist(), counts.tolist(), strict=True)):
        part = slice(begin, begin + count)
        if count == 0 or begin < 0 or begin + count > min(mz.size, intensity.size):
            yield Problem(source_file, None, f"{entries.called(place)} has no peaks in the file.")
            continue
        pairs = [(a, b) for a, b in zip(mz[part].tolist(), intensity[part].tolist(), strict=True) if b != 0]
        try:
            yield entries.record(place, pairs)
        except SpectrumError as error:
            yield Problem(source_file, None, f"{entries.called(place)}: {error}")


class _Entries:
    """What the file says of its spectra."""

    def __init__(self, file: ClassicFile, source_file: str) -> None:
        self._source_file = source_file
        names = ("entry_name", "entry_id", "CAS_name", "chemical_formula", "smiles", *_OTHER_NAMES)
        self._texts = {name: file.texts(name) for name in names}
        numeric = ("entry_number", "CAS_number", "nominal_mass", "accurate_mass", "retention_index")
        self._numbers = {name: numbers(file, name) for name in numeric}

    def called(self, place: int) -> str:
        """Words for an entry in a problem."""
        name = self._text("entry_name", place)
        return f"“{name[:80]}”" if name else f"Spectrum {place + 1}"

    def record(self, place: int, pairs: list[tuple[float, float]]) -> SpectrumRecord:
        """The record of an entry; raises `SpectrumError`."""
        cas = self._number("CAS_number", place)
        mass = self._number("nominal_mass", place)
        number = self._number("entry_number", place)
        others = (self._text(name, place) for name in _OTHER_NAMES)
        return SpectrumRecord(
            spectrum_of(pairs),
            name=self._text("entry_name", place) or self._text("CAS_name", place) or "",
            accession=self._text("entry_id", place) or (f"{number:.0f}" if number else None),
            synonyms=tuple(name for name in others if name),
            smiles=self._text("smiles", place),
            formula=self._text("chemical_formula", place),
            cas=cas_or_none(f"{cas:.0f}") if cas else None,
            nominal_mass=int(mass) if mass and mass < 1e6 else None,
            exact_mass=self._number("accurate_mass", place),
            retention_index=self._number("retention_index", place),
            source_file=self._source_file,
        )

    def _text(self, name: str, place: int) -> str | None:
        rows = self._texts[name]
        return text_or_none(single_line(rows[place])) if place < len(rows) else None

    def _number(self, name: str, place: int) -> float | None:
        """A value above 0; ANDI writes -9999 where none is known."""
        values: NDArray[np.float64] | None = self._numbers[name]
        if values is None or place >= values.size:
            return None
        value = float(values[place])
        return value if np.isfinite(value) and value > 0 and value != _NOT_KNOWN else None
