"""A predicted spectrum and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from bitspec_gui.domain.annotation import PeakAnnotation
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord

PREDICTED_WORDS = "Predicted EI spectrum, not measured."
"""How the comment of every predicted spectrum begins, in files and libraries."""


@dataclass(frozen=True)
class Prediction:
    """A spectrum (unit m/z, base peak 999) predicted for a molecule by one model version.

    ``confidence`` is the cosine (0..1, linear intensities) that the measured spectrum is expected to have with this one, None
    where the model was not calibrated; ``domain_notes`` are sentences that say why the molecule is unlike what the model learned
    from. ``trained_on`` says whether the model has learned from spectra of this very compound (None where it does not know):
    its agreement with a measurement then says little. ``annotations`` has one entry a peak, by m/z, if the prediction was asked
    to be annotated and the model can do it.
    """

    molecule: Molecule
    spectrum: Spectrum
    model_version: ModelVersion
    confidence: float | None = None
    domain_notes: tuple[str, ...] = ()
    trained_on: bool | None = None
    annotations: tuple[PeakAnnotation, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences to show beside the prediction."""
        return (*self.molecule.warnings, *self.domain_notes)


@dataclass(frozen=True)
class MeasuredMatch:
    """A library spectrum of the predicted compound, with how well the two agree.

    ``match_factor`` is 0..999 (weighted cosine, m/z^1 I^0.5), ``cosine`` 0..1 on linear intensities; both on unit-mass bins.
    ``caution`` is a sentence if the measured spectrum should not be expected to agree, else empty.
    """

    entry_id: int
    library: str
    record: SpectrumRecord
    match_factor: int
    cosine: float
    caution: str = ""


@dataclass(frozen=True)
class PredictedMatch:
    """The predicted spectrum of another molecule, and how well a prediction agrees with it (as in `MeasuredMatch`)."""

    prediction: Prediction
    match_factor: int
    cosine: float
