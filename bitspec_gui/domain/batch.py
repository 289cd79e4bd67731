"""Rows of a list of molecules to predict, thousands of them: small, plain, and replaced when something becomes of them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import Enum

import numpy as np

from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import FloatArray, Spectrum

_SQUEEZED_FROM = 200


class RowState(Enum):
    """What has become of a row."""

    WAITING = "waiting"
    PREDICTED = "predicted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PredictedCompound:
    """What was predicted for a compound, in about 1 kB, so that 100,000 of them are no burden.

    ``mz`` is (P,) uint16, ``intensity`` (P,) float32 with the base peak at 999, both as bytes; ``base_peak`` its m/z.
    ``molecule_warnings`` and ``domain_notes`` are those of `Molecule` and `Prediction`.
    """

    smiles: str
    inchikey: str
    formula: str
    nominal_mass: int
    exact_mass: float
    mz: bytes
    intensity: bytes
    base_peak: int
    model_version: ModelVersion
    confidence: float | None = None
    trained_on: bool | None = None
    molecule_warnings: tuple[str, ...] = ()
    domain_notes: tuple[str, ...] = ()

    @property
    def spectrum(self) -> Spectrum:
        """Unit m/z, base peak 999."""
        return Spectrum(np.frombuffer(self.mz, np.uint16), np.frombuffer(self.intensity, np.float32))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences to show beside the prediction."""
        return (*self.molecule_warnings, *self.domain_notes)

    @property
    def largest_mz(self) -> tuple[int, ...]:
        """m/z of the five largest peaks, largest first."""
        return tuple(mz for mz, _percent in self.largest_peaks(5))

    def largest_peaks(self, number: int) -> tuple[tuple[int, float], ...]:
        """The largest peaks, largest first: m/z and intensity in % of the base peak."""
        mz = np.frombuffer(self.mz, np.uint16)
        intensity: FloatArray = np.frombuffer(self.intensity, np.float32).astype(np.float64)
        order = np.argsort(-intensity, kind="stable")[:number]
        percent = 100.0 * intensity[order] / intensity.max()
        return tuple(zip(mz[order].tolist(), percent.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One molecule of the list.

    ``number`` counts from 1. ``structure`` is the text as found in the file (see `packed`), empty if there was none. ``sentence``
    says why a row was refused; ``same_as`` is the number of the earlier row of the same compound whose spectrum it shares, 0 if
    it has its own.
    """

    number: int
    name: str
    identifier: str
    cas: str
    file: str
    line: int | None
    structure: bytes
    state: RowState = RowState.WAITING
    sentence: str = ""
    compound: PredictedCompound | None = None
    same_as: int = 0

    @property
    def text(self) -> str:
        """The structure as found in the file: SMILES, InChI or a molblock; empty if there was none."""
        return unpacked(self.structure) if self.structure else ""

    @property
    def title(self) -> str:
        """What the row is called."""
        return self.name or self.identifier or (self.compound.smiles if self.compound is not None else "")

    @property
    def problem(self) -> Problem | None:
        """Why the row was refused, with its place."""
        if self.state is not RowState.REFUSED:
            return None
        return Problem(self.file, self.line, self.sentence, "No spectrum was predicted for it; the others are not affected.")

    @property
    def molecule(self) -> Molecule | None:
        """The molecule with the name it has in this row, None if there is no prediction. Its molblock is empty."""
        found = self.compound
        if found is None:
            return None
        return Molecule(
            smiles=found.smiles,
            inchikey=found.inchikey,
            formula=found.formula,
            nominal_mass=found.nominal_mass,
            exact_mass=found.exact_mass,
            molblock="",
            name=self.name,
            identifier=self.identifier,
            warnings=found.molecule_warnings,
        )

    @property
    def prediction(self) -> Prediction | None:
        """The prediction with the name it has in this row, None if there is none. It has no annotations."""
        molecule, found = self.molecule, self.compound
        if molecule is None or found is None:
            return None
        return Prediction(molecule, found.spectrum, found.model_version, found.confidence, found.domain_notes, found.trained_on)


@dataclass(frozen=True)
class BatchCounts:
    """How many rows there are, and what has become of them. ``repeated`` ones, among ``predicted``, share a spectrum."""

    rows: int = 0
    predicted: int = 0
    refused: int = 0
    repeated: int = 0

    @property
    def waiting(self) -> int:
        """Rows of which nothing has become yet."""
        return self.rows - self.predicted - self.refused


@dataclass(frozen=True)
class BatchReport:
    """What became of the files of a list: the counts, problems of whole files, and those of rows as far as they are told."""

    files: tuple[str, ...]
    counts: BatchCounts
    problems: tuple[Problem, ...] = ()
    untold: int = 0


def compound_of(prediction: Prediction) -> PredictedCompound:
    """Prediction without what can be made again: its annotations, the molblock, the names."""
    molecule, spectrum = prediction.molecule, prediction.spectrum
    return PredictedCompound(
        smiles=molecule.smiles,
        inchikey=molecule.inchikey,
        formula=molecule.formula,
        nominal_mass=molecule.nominal_mass,
        exact_mass=molecule.exact_mass,
        mz=np.round(spectrum.mz).astype(np.uint16).tobytes(),
        intensity=spectrum.intensity.astype(np.float32).tobytes(),
        base_peak=int(spectrum.mz[int(spectrum.intensity.argmax())]),
        model_version=prediction.model_version,
        confidence=prediction.confidence,
        trained_on=prediction.trained_on,
        molecule_warnings=molecule.warnings,
        domain_notes=prediction.domain_notes,
    )


def is_molblock(text: str) -> bool:
    """Whether a text found in a file is a drawing (a molblock), not a line of SMILES or InChI."""
    return "M  END" in text


def packed(text: str) -> bytes:
    """Text in few bytes: molblocks shrink to a fourth."""
    plain = text.encode("utf-8", "surrogateescape")
    return b"z" + zlib.compress(plain, 1) if len(plain) >= _SQUEEZED_FROM else b"p" + plain


def unpacked(content: bytes) -> str:
    """The text that `packed` was given."""
    plain = zlib.decompress(content[1:]) if content[:1] == b"z" else content[1:]
    return plain.decode("utf-8", "surrogateescape")
