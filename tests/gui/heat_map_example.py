"""An explanation of propan-1-ol made for tests of heat maps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtGui import QColor
from sketch_examples import chain

from bitspec_gui.domain.annotation import Assignment
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, MethodInfo, Variant
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule

PROPANOL = chain((0.0, 0.0), (0.87, 0.5), (1.73, 0.0), (2.6, 0.5), symbols="CCCO")
"""Drawn from left to right with the ids 1 to 4, bonds 101 to 103; its SMILES begins at the oxygen, at the right."""
IDS = (4, 3, 2, 1)
MOLECULE = Molecule("OCCC", "BDERNNFJNOPAEC-UHFFFAOYSA-N", "C3H8O", 60, 60.0575, "")
MODEL = ModelVersion("made for tests", "0" * 64, "CC0")
INFO = MethodInfo(
    "made", "Made-up method", "High for atoms that the test says so.", "Nothing else is meant.", "parts of a test",
    variants=(Variant("mean", "mean of both"), Variant("one", "one")),
)  # fmt: skip
SIGNED = replace(INFO, signed=True)
BONDS = ((0, 1), (1, 2), (2, 3))
CH2OH = Assignment("CH3O", (0, 1), 0, "C2H5", 31.0178, 0, 0.9)


def explained(atoms, bonds=(), mz=31, largest=0.4):
    request = ExplanationRequest(MOLECULE, "made", mz, variant="mean")
    return Explanation(request, MODEL, np.array(atoms), BONDS, np.array(bonds), largest, 0.34, (CH2OH,) if mz else (), 0.1)


def nearly(colour, wanted):
    return max(abs(one - other) for one, other in zip(colour.getRgb(), QColor(wanted).getRgb(), strict=True)) <= 3
