"""Explanations made by hand for tests of what is written about them: m/z 91 of butylbenzene, and the peaks of nicotinamide."""

from __future__ import annotations

import numpy as np

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.annotation import Assignment
from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, Faithfulness, IonOrigins, MethodInfo, Variant
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.services.explanation_report import ExplanationReportContent

MODEL = ModelVersion("made-for-tests", "5" * 64, "CC BY 4.0")
FRAGMENTS = MethodInfo(
    "fragments", "Fragments", "High for atoms in the ion.", "Not why the network thinks so.", "probability of being in the ion",
    immediate=True,
)  # fmt: skip
GRADIENTS = MethodInfo(
    "gradients", "Gradients", "High for atoms that hold the peak up.", "Not how the ion forms.", "share of the peak",
    signed=True, seeded=True, variants=(Variant("mean", "mean of all"), Variant("first", "first network")),
)  # fmt: skip
MEASURED = SpectrumRecord(
    Spectrum([65, 91, 92, 134], [120, 999, 560, 270]),
    name="Butylbenzene",
    accession="V-9",
    licence="CC BY 4.0",
    authors="A. Chemist",
)
NAME = "butylbenzene"
BENZYL = (3, 4, 5, 6, 7, 8, 9)


def butylbenzene(name: str = NAME) -> Molecule:
    return molecule_from_text("CCCCc1ccccc1", name=name)


def explained(
    molecule: Molecule, mz: int | None, kept: tuple[int, ...], info: MethodInfo = FRAGMENTS, variant: str = "", seed: int = 0
) -> Explanation:
    """An explanation that points at the atoms `kept`, which are an ion of 90 % of the peak."""
    from bitspec_gui.chem.smiles_order import atom_symbols

    atoms = len(atom_symbols(molecule))
    scores = np.full(atoms, -0.2 if info.signed else 0.1)
    scores[list(kept)] = 1.0
    ion = Assignment("C7H7", kept, -1, "C3H7", 91.0542, 0, 0.9)
    return Explanation(
        request=ExplanationRequest(molecule, info.key, mz, variant, seed),
        model_version=MODEL,
        atom_scores=scores,
        bonds=((0, 1),),
        bond_scores=np.array([0.25]) if info is FRAGMENTS else np.zeros(0),
        largest=0.8,
        share=0.4,
        candidates=() if mz is None else (ion,),
        unassigned=0.1,
    )


def measured_of(explanation: Explanation) -> Faithfulness:
    """An explanation that is much better than chance."""
    atoms = len(explanation.atom_scores)
    sizes = np.arange(atoms + 1)
    falls = np.linspace(1.0, 0.0, atoms + 1)
    return Faithfulness(
        order=explanation.order,
        sizes=sizes,
        deletion=falls**6,
        insertion=1 - falls**6,
        random_deletion=np.stack([falls, falls**0.8]),
        random_insertion=np.stack([1 - falls, 1 - falls**0.8]),
        selected=len(explanation.selected()),
        random_orders=(tuple(range(atoms)), tuple(reversed(range(atoms)))),
    )


def report_content(
    *, mz: int | None = 91, name: str = NAME, measured: SpectrumRecord | None = MEASURED, two: bool = True
) -> ExplanationReportContent:
    """What a report on m/z 91 of butylbenzene is made of, by one method or two."""
    molecule = butylbenzene(name)
    prediction = Prediction(molecule, Spectrum([65, 91, 92, 134], [100, 999, 500, 300]), MODEL)
    first = explained(molecule, mz, BENZYL)
    second = explained(molecule, mz, BENZYL[:2], GRADIENTS, "first", 3)
    results = ((FRAGMENTS, first, measured_of(first)), (GRADIENTS, second, None))
    return ExplanationReportContent(prediction, measured, results if two else results[:1])


NICOTINAMIDE_IONS = {
    122: (Assignment("C6H6N2O", (0, 1, 2, 3, 4, 5, 6, 7, 8), 0, "", 122.0475, 0, 1.0),),
    106: (Assignment("C6H4NO", (1, 2, 3, 4, 5, 6, 7, 8), 0, "H2N", 106.0287, 0, 0.8),),
    78: (
        Assignment("C5H4N", (3, 4, 5, 6, 7, 8), 0, "CH2NO", 78.0338, 0, 0.7),
        Assignment("C4H2N2", (0, 1, 3, 4, 5, 6), 0, "C2H4O", 78.0212, 0, 0.2),
        Assignment("C5H4N", (1, 3, 4, 5, 6, 7), 0, "CH2NO", 78.0338, 0, 0.1),
    ),
    51: (Assignment("C4H3", (3, 4, 5, 6), -1, "C2H3N2O", 51.0229, 0, 0.1),),
}  # fmt: skip


class NicotinamidePeaks:
    """Explains the peaks of nicotinamide; keeps what it was asked.

    All of m/z 122 is the molecule, four fifths of 106 are without the amine, all of 78 is the ring with a bit of something else
    of the same formula; a tenth of m/z 51 comes from a fragment. Nothing else is explained, and nothing lies above m/z 125.
    """

    def __init__(self) -> None:
        self.asked: list[int | None] = []

    def method(self, key: str) -> MethodInfo:
        assert key == FRAGMENTS.key
        return FRAGMENTS

    def origins(self, molecule: Molecule, *, cancel: CancelToken | None = None) -> IonOrigins:
        unassigned, intensity = np.ones(1000), np.zeros(1000)
        for mz, ions in NICOTINAMIDE_IONS.items():
            unassigned[mz - 1] = 1 - sum(each.probability for each in ions)
            intensity[mz - 1] = 0.25
        none = np.zeros(0, dtype=np.int64)
        return IonOrigins(
            molecule, MODEL, np.ones((1, 9), dtype=bool), none, none, none, none, np.zeros(0), unassigned, intensity
        )

    def explain(self, request: ExplanationRequest, *, cancel: CancelToken | None = None) -> Explanation:
        self.asked.append(request.mz)
        assert request.mz is not None
        if request.mz > 125:
            raise ExplanationError("The molecule is too light for this peak.")
        ions = NICOTINAMIDE_IONS.get(request.mz, ())
        scores = np.zeros(9)
        for ion in ions:
            scores[list(ion.atoms)] += ion.probability
        largest = float(scores.max()) or 1.0
        unassigned = 1 - sum(each.probability for each in ions)
        return Explanation(
            request, MODEL, scores / largest, ((0, 1),), np.zeros(0), largest, 0.25, candidates=ions, unassigned=unassigned
        )
