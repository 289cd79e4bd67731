"""A prediction whose peaks are annotated by hand: ethanol, six peaks from m/z 28 to the molecular ion."""

from __future__ import annotations

from bitspec_gui.domain.annotation import Assignment, PeakAnnotation
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum

ETHANOL = Molecule("CCO", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N", "C2H6O", 46, 46.041864813, "", name="ethanol", identifier="X1")

ANNOTATIONS = (
    PeakAnnotation(28, (Assignment("C2H4", (0, 1), -1, "H2O", 28.03075, 0, 0.9),), 0.1),
    PeakAnnotation(
        29,
        (
            Assignment("CHO", (1, 2), -2, "CH5", 29.00219, 0, 0.6),
            Assignment("C2H5", (0, 1), 0, "HO", 29.03858, 0, 0.35),
        ),
        0.05,
    ),
    PeakAnnotation(31, (Assignment("CH3O", (1, 2), 0, "CH3", 31.01784, 0, 0.984),), 0.016),
    PeakAnnotation(32, (Assignment("CH3O", (1, 2), 0, "CH3", 32.0212, 1, 0.88),), 0.12),
    PeakAnnotation(45, (), 1.0),
    PeakAnnotation(46, (Assignment("C2H6O", (0, 1, 2), 0, "", 46.04132, 0, 1.0),), 0.0),
)


def annotated_ethanol(**said: object) -> Prediction:
    """The peak at m/z 28 is too small to be written."""
    spectrum = Spectrum([28.0, 29.0, 31.0, 32.0, 45.0, 46.0], [0.3, 300.0, 999.0, 12.0, 511.0, 215.0])
    version = ModelVersion("known", "ab" * 32, "CC0")
    return Prediction(ETHANOL, spectrum, version, **({"annotations": ANNOTATIONS} | said))
