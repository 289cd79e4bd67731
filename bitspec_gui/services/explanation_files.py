"""Explanations -> JSON from which every figure can be computed again, and CSV with a row an atom and a bond."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitspec_gui import __version__
from bitspec_gui.domain.explanation import MASKED_ATOM, SELECTED_FROM, Explanation, Faithfulness, MethodInfo
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.services.annotated_peaks import assignment_object
from bitspec_gui.services.atomic_text import replacing
from bitspec_gui.services.explanation_words import in_words, target_words, verdict_words
from bitspec_gui.services.file_endings import format_of_suffix

FORMAT = "BitSpec explanation"
FORMAT_VERSION = 1

TABLE_FORMATS = ("json", "csv")
"""Formats of scores, as the suffixes of files ask for."""

CSV_COLUMNS = (
    "smiles", "mz", "method", "variant", "seed", "model", "kind", "atom", "other_atom", "symbol", "score", "selected",
)  # fmt: skip

ATOM_NUMBERS = "0-based place in smiles and in molblock"

TARGET = (
    "For a peak its share of the predicted ion current (intensities at m/z 1..1000 adding up to 1), divided by its share with "
    "nothing masked; for the whole spectrum the cosine, on linear intensities, with the prediction with nothing masked."
)

SCORES = (
    "score times largest is in the unit of the method. The largest magnitude among atoms is 1; bonds are on the same scale and "
    "may go beyond it; no bonds if the method says nothing of them. selected: whether the score is at least selected_from times "
    "the highest one of an atom, and that is above 0. Atoms and bonds that symmetry makes the same have the same score."
)

CANDIDATES = (
    "Fragments that can be the peak, the likeliest first, those that only symmetry tells apart once; all ions bear one positive "
    "charge. atoms: of the fragment; hydrogen_shift: hydrogens that it gained (+) or lost (-) beside those that they bear in the "
    "molecule; exact_mz: of the isotopologue that lies at the peak; isotope: Da above the lightest one that is seen; "
    "probability: its share of the peak's predicted intensity; unassigned: the share that no fragment accounts for."
)

KNOWN = (
    "What textbooks know of the peak where fragments do not account for most of it: ions whose atoms do not hang together in the "
    "molecule. atoms: those that it can be made of; process, source: how it comes about and where that is taught. How probable "
    "they are is not known."
)

FAITHFULNESS = (
    "deletion: the target while the first n atoms of an order are masked. insertion: the target while all atoms but these are "
    "masked. sizes: the numbers n. steps: the order of the explanation, highest score first; random: orders by chance. "
    "fidelity_plus = 1 - deletion and fidelity_minus = 1 - insertion at n = selected; characterization: harmonic mean of "
    "fidelity_plus and 1 - fidelity_minus, both cut at 0 and 1. random_...: the same of the random orders at the same n, mean. "
    "deletion_area, insertion_area: trapezoids over n divided by the number of atoms, curves cut at 0 and 1. deletion_gain: mean "
    "deletion_area of the random orders less that of the explanation; insertion_gain: insertion_area of the explanation less the "
    "mean of theirs. beats_random: share of the random orders whose insertion_area - deletion_area is smaller, equal ones "
    "counted by half. standard_score: insertion_area - deletion_area less the mean of the R random orders, divided by their "
    "standard deviation (of R - 1) times the square root of 1 + 1/R. bitspec explain SMILES --without ATOMS predicts with atoms "
    "masked. The networks compute in single precision: computed again, figures agree to some five digits."
)

HEIGHTS = "intensity and predicted_peaks ([m/z, intensity]): the predicted spectrum as BitSpec shows it, 999 for the base peak."


def write_explanation(
    path: Path,
    explanation: Explanation,
    info: MethodInfo,
    faithfulness: Faithfulness | None = None,
    prediction: Prediction | None = None,
) -> None:
    """Write scores as JSON or CSV, as the suffix of `path` asks for, completely or not at all.

    Parameters
    ----------
    faithfulness, prediction : optional
        What was measured of the explanation, and the predicted spectrum it is about; left out of the JSON if not given.

    Raises
    ------
    ExportError
        If the suffix is neither .json nor .csv, or the file cannot be written.
    """
    suffix = format_of_suffix(path, TABLE_FORMATS)
    text = explanation_csv(explanation) if suffix == "csv" else explanation_json(explanation, info, faithfulness, prediction)
    with replacing(path) as stream:
        stream.write(text)


def explanation_json(
    explanation: Explanation,
    info: MethodInfo,
    faithfulness: Faithfulness | None = None,
    prediction: Prediction | None = None,
) -> str:
    """The text of a JSON file; see `explanation_object`."""
    return json.dumps(explanation_object(explanation, info, faithfulness, prediction), ensure_ascii=False, indent=1) + "\n"


def explanation_object(
    explanation: Explanation,
    info: MethodInfo,
    faithfulness: Faithfulness | None = None,
    prediction: Prediction | None = None,
) -> dict[str, Any]:
    """An explanation as JSON says it, with all that is needed to compute it again; not for the GUI thread."""
    from bitspec_gui.chem.smiles_order import atom_symbols

    request = explanation.request
    info = info.for_target(request.mz)
    chosen = set(explanation.selected())
    symbols = atom_symbols(request.molecule)
    found: dict[str, Any] = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "bitspec": __version__,
        "model": {
            "name": explanation.model_version.name,
            "sha256": explanation.model_version.sha256,
            "licence": explanation.model_version.licence,
        },
        "molecule": molecule_object(request.molecule),
        "target": _target(explanation, prediction),
        "method": {
            "key": info.key,
            "name": info.name,
            "variant": request.variant,
            "seed": request.seed,
            "meaning": info.meaning,
            "caution": info.caution,
            "unit": info.unit,
            "signed": info.signed,
        },
        "scores": SCORES,
        "largest": float(explanation.largest),
        "selected_from": SELECTED_FROM,
        "atoms": [
            {"index": atom, "symbol": symbols[atom], "score": float(score), "selected": atom in chosen}
            for atom, score in enumerate(explanation.atom_scores)
        ],
        "bonds": [
            {"begin": begin, "end": end, "score": float(score)}
            for (begin, end), score in zip(explanation.bonds, explanation.bond_scores, strict=False)
        ],
        "candidates_definition": CANDIDATES,
        "candidates": [assignment_object(each) for each in explanation.candidates],
        "unassigned": float(explanation.unassigned),
        "known_rearrangements_definition": KNOWN,
        "known_rearrangements": [asdict(each) for each in explanation.known],
        "seconds": round(explanation.seconds, 3),
    }
    if faithfulness is not None:
        found["faithfulness"] = _faithfulness(explanation, faithfulness)
    return found


def explanation_csv(explanation: Explanation) -> str:
    """A row an atom, in the order of the SMILES, then a row a bond; not for the GUI thread."""
    from bitspec_gui.chem.smiles_order import atom_symbols

    request = explanation.request
    symbols = atom_symbols(request.molecule)
    chosen = set(explanation.selected())
    version = explanation.model_version
    same = [
        request.molecule.smiles, "" if request.mz is None else request.mz, request.method, request.variant, request.seed,
        f"{version.name} sha256:{version.sha256}",
    ]  # fmt: skip
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for atom, score in enumerate(explanation.atom_scores):
        writer.writerow([*same, "atom", atom, "", symbols[atom], round(float(score), 6), int(atom in chosen)])
    for (begin, end), score in zip(explanation.bonds, explanation.bond_scores, strict=False):
        writer.writerow([*same, "bond", begin, end, f"{symbols[begin]} {symbols[end]}", round(float(score), 6), ""])
    return text.getvalue()


def molecule_object(molecule: Molecule) -> dict[str, Any]:
    """A molecule as JSON says it, with a molblock in the order of the SMILES."""
    from bitspec_gui.chem.smiles_order import block_in_smiles_order

    return {
        "name": molecule.name,
        "identifier": molecule.identifier,
        "smiles": molecule.smiles,
        "inchikey": molecule.inchikey,
        "formula": molecule.formula,
        "nominal_mass": molecule.nominal_mass,
        "exact_mass": molecule.exact_mass,
        "atoms": ATOM_NUMBERS,
        "molblock": block_in_smiles_order(molecule),
    }


def _target(explanation: Explanation, prediction: Prediction | None) -> dict[str, Any]:
    mz = explanation.request.mz
    found: dict[str, Any] = {
        "mz": mz,
        "words": target_words(explanation),
        "share_of_ion_current": float(explanation.share),
        "definition": TARGET,
    }
    if prediction is not None:
        found["heights"] = HEIGHTS
        spectrum = prediction.spectrum
        if mz is not None:
            found["intensity"] = float(spectrum.intensity[spectrum.mz == mz].sum())
            found["intensity_of_base_peak"] = float(spectrum.intensity.max())
        found["predicted_peaks"] = [[int(at), round(float(height), 4)] for at, height in zip(*_peaks(prediction), strict=True)]
    return found


def _peaks(prediction: Prediction) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return prediction.spectrum.mz, prediction.spectrum.intensity


def _faithfulness(explanation: Explanation, measured: Faithfulness) -> dict[str, Any]:
    sizes = measured.sizes.tolist()
    return {
        "definition": FAITHFULNESS,
        "masking": MASKED_ATOM,
        "words": in_words(explanation, measured),
        "verdict": verdict_words(measured),
        "selected": measured.selected,
        "order": list(measured.order),
        "sizes": sizes,
        "steps": [
            {"size": size, "atoms": sorted(measured.order[:size]), "deletion": gone, "insertion": kept}
            for size, gone, kept in zip(sizes, measured.deletion.tolist(), measured.insertion.tolist(), strict=True)
        ],
        "random": [
            {"order": list(order), "deletion": gone, "insertion": kept}
            for order, gone, kept in zip(
                measured.random_orders, measured.random_deletion.tolist(), measured.random_insertion.tolist(), strict=True
            )
        ],
        "fidelity_plus": measured.fidelity_plus,
        "fidelity_minus": measured.fidelity_minus,
        "random_fidelity_plus": measured.random_fidelity_plus,
        "random_fidelity_minus": measured.random_fidelity_minus,
        "characterization": measured.characterization,
        "random_characterization": measured.random_characterization,
        "deletion_area": measured.deletion_area,
        "insertion_area": measured.insertion_area,
        "deletion_gain": measured.deletion_gain,
        "insertion_gain": measured.insertion_gain,
        "beats_random": measured.beats_random,
        "standard_score": measured.standard_score,
    }
