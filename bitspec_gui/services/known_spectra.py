"""Which spectra a dataset has already: the same record read again, or the same peaks of the same or of another compound."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.spectrum import SpectrumRecord

HEIGHT_TOLERANCE = 0.0016
"""Programs round intensities to thousandths of the base peak, each in its way."""

MZ_TOLERANCE_DA = 0.006
PEAKS_THAT_TELL = 8
"""Fewer peaks may well be the same for two compounds."""

_Bucket = tuple[int, int, int]


@dataclass(frozen=True)
class Known:
    """A spectrum that is there: a number that whoever asks gave it, and its compound and name."""

    number: int
    compound: str | None
    name: str
    mz: NDArray[np.float64]
    heights: NDArray[np.float64]

    @property
    def telling(self) -> bool:
        """Whether it has enough peaks that no other compound can be expected to have the same."""
        return self.mz.size >= PEAKS_THAT_TELL


class KnownSpectra:
    """Finds spectra that are there already, whatever scale their intensities are on."""

    def __init__(self) -> None:
        self._records: set[tuple[str, str, bytes]] = set()
        self._peaks: dict[_Bucket, list[Known]] = defaultdict(list)

    def holds(self, record: SpectrumRecord) -> bool:
        """Whether this very record was read before: the same peaks at the same place of a file of the same name."""
        return _identity(record) in self._records

    def same_peaks(self, record: SpectrumRecord, *, but: int | None = None) -> Known | None:
        """A spectrum with the same peaks, one of the same compound if there is one; not the one of the number `but`."""
        mz, heights = _scaled(record)
        alike = [known for known in self._peaks.get(_bucket(mz), ()) if known.number != but]
        found = [known for known in alike if _equal(known, mz, heights)]
        own = next((known for known in found if known.compound == record.connectivity), None)
        return own or next(iter(found), None)

    def add(self, record: SpectrumRecord, number: int, *, repeats: bool = False) -> None:
        """Remember a spectrum; one that repeats another is remembered as a record only."""
        self._records.add(_identity(record))
        if repeats:
            return
        mz, heights = _scaled(record)
        self._peaks[_bucket(mz)].append(Known(number, record.connectivity, record.name, mz, heights))


def _identity(record: SpectrumRecord) -> tuple[str, str, bytes]:
    place = str(record.line) if record.line is not None else record.accession or record.name
    digest = hashlib.blake2b(record.spectrum.mz.tobytes() + record.spectrum.intensity.tobytes(), digest_size=16).digest()
    return Path(record.source_file).name, place, digest


def _scaled(record: SpectrumRecord) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """m/z and heights in shares of the base peak, (P,) each, of peaks that are not 0."""
    spectrum = record.spectrum
    there = spectrum.intensity > 0
    top = float(spectrum.intensity.max()) or 1.0
    return spectrum.mz[there], spectrum.intensity[there] / top


def _bucket(mz: NDArray[np.float64]) -> _Bucket:
    if not mz.size:
        return 0, 0, 0
    return mz.size, int(mz[0] + 0.5), int(mz[-1] + 0.5)


def _equal(known: Known, mz: NDArray[np.float64], heights: NDArray[np.float64]) -> bool:
    same_mz = bool((np.abs(known.mz - mz) < MZ_TOLERANCE_DA).all())
    return same_mz and bool((np.abs(known.heights - heights) <= HEIGHT_TOLERANCE).all())
