"""Mass spectra and what is known about a measured one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.formula import stated_mass

FloatArray = NDArray[np.float64]

USUAL_ENERGY_EV = 70.0
"""Electron energy of nearly all EI spectra, and of those that do not say theirs."""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """A centroided mass spectrum.

    Parameters
    ----------
    mz : (P,) float64
        Mass-to-charge ratios in Da, strictly ascending after construction.
    intensity : (P,) float64
        Non-negative intensities on any linear scale, in the order of `mz`.

    Raises
    ------
    SpectrumError
        If there is no peak, the lengths differ, or a value is negative or not finite.

    Notes
    -----
    Unsorted input is sorted and peaks of identical m/z are summed. Both arrays are read-only.
    """

    mz: FloatArray
    intensity: FloatArray

    def __post_init__(self) -> None:
        mz = np.array(self.mz, dtype=np.float64)
        intensity = np.array(self.intensity, dtype=np.float64)
        if mz.ndim != 1 or mz.shape != intensity.shape:
            raise SpectrumError(f"A spectrum needs one intensity per m/z; got {mz.size} m/z and {intensity.size} intensities.")
        if mz.size == 0:
            raise SpectrumError("A spectrum needs at least one peak.")
        if not (np.isfinite(mz).all() and np.isfinite(intensity).all()):
            raise SpectrumError("A spectrum has a peak that is not a finite number.")
        if (mz <= 0).any() or (intensity < 0).any():
            raise SpectrumError("A spectrum has a peak with an m/z that is not positive or a negative intensity.")
        if (mz[1:] <= mz[:-1]).any():
            mz, where = np.unique(mz, return_inverse=True)
            intensity = np.bincount(where, weights=intensity, minlength=mz.size).astype(np.float64)
        mz.flags.writeable = False
        intensity.flags.writeable = False
        object.__setattr__(self, "mz", mz)
        object.__setattr__(self, "intensity", intensity)

    def __len__(self) -> int:
        return int(self.mz.size)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Spectrum):
            return NotImplemented
        return np.array_equal(self.mz, other.mz) and np.array_equal(self.intensity, other.intensity)

    def __hash__(self) -> int:
        return hash((self.mz.tobytes(), self.intensity.tobytes()))


@dataclass(frozen=True)
class SpectrumRecord:
    """A spectrum of a library with what its file says about it. Fields that the file lacks are None.

    It is a measured one unless ``predicted_by`` names the model version that made it; ``confidence`` is then that of the
    prediction (0..1). ``doubt`` is a sentence that says why the spectrum contradicts its structure, None if nothing says so.

    ``smiles`` is kept as written in the file; ``inchikey`` is the full 27-character key.
    ``line`` is the 1-based line at which the record starts in ``source_file``.
    """

    spectrum: Spectrum
    name: str = ""
    accession: str | None = None
    synonyms: tuple[str, ...] = ()
    smiles: str | None = None
    inchi: str | None = None
    inchikey: str | None = None
    formula: str | None = None
    cas: str | None = None
    nominal_mass: int | None = None
    exact_mass: float | None = None
    retention_index: float | None = None
    instrument: str | None = None
    energy_ev: float | None = None
    licence: str | None = None
    authors: str | None = None
    comment: str | None = None
    predicted_by: str | None = None
    confidence: float | None = None
    doubt: str | None = None
    source_file: str = ""
    line: int | None = None
    extra: tuple[tuple[str, str], ...] = field(default=())

    @property
    def connectivity(self) -> str | None:
        """First block of the InChIKey: the same for all stereoisomers of a compound."""
        return self.inchikey[:14] if self.inchikey else None

    @property
    def molecular_mass_da(self) -> int | None:
        """Nominal mass of the molecule as far as the record states it (`domain.formula.stated_mass`)."""
        return stated_mass(self.nominal_mass, self.formula, self.exact_mass)
