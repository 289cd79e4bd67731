"""A GC-MS run: spectra one after the other, as the instrument recorded them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import Spectrum

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Run:
    """All scans of a run, their peaks one after the other.

    Parameters
    ----------
    source_file : str
        Where it was read from.
    time_min : (S,) float64
        Retention time of each scan in minutes, ascending.
    tic : (S,) float64
        Total ion current of each scan: the sum of its intensities.
    starts : (S + 1,) int64
        Peaks of scan ``s`` are ``mz[starts[s]:starts[s + 1]]``; a scan may be empty.
    mz, intensity : (P,) float32
        m/z in Da, ascending within a scan; intensities >= 0.
    title, instrument, acquired : str
        What the file says, empty where it says nothing.
    problems : tuple of Problem
        What was repaired or left out.
    """

    source_file: str
    time_min: FloatArray
    tic: FloatArray
    starts: NDArray[np.int64]
    mz: NDArray[np.float32]
    intensity: NDArray[np.float32]
    title: str = ""
    instrument: str = ""
    acquired: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def scans(self) -> int:
        """Number of scans."""
        return int(self.time_min.size)

    def scan(self, index: int) -> Spectrum:
        """Spectrum of one scan, from 0.

        Raises
        ------
        SpectrumError
            If the scan is empty.
        IndexError
            If there is no such scan.
        """
        if not 0 <= index < self.scans:
            raise IndexError(f"scan {index} of {self.scans}")
        part = slice(int(self.starts[index]), int(self.starts[index + 1]))
        if part.start == part.stop:
            raise SpectrumError(f"Scan {index + 1} at {self.time_min[index]:.3f} min has no peaks.")
        return Spectrum(self.mz[part].astype(np.float64), self.intensity[part].astype(np.float64))
