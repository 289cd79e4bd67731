"""Explanations as JSON, from which every figure can be computed again, and as CSV."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from explainable import DICE, LAYERS, TRUE, HandMade, explanation_of
from rdkit import Chem

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.chem.smiles_order import atom_symbols, block_in_smiles_order
from bitspec_gui.domain.errors import ExportError
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.services.explaining import ExplanationService
from bitspec_gui.services.explanation_files import explanation_csv, explanation_object, write_explanation
from bitspec_gui.services.explanation_words import (
    candidates_words,
    ion_words,
    method_words,
    numbers_words,
    scale_words,
    target_words,
)
from bitspec_gui.services.masked_prediction import masked_table, predict_without, write_masked

SCORES = [1.0, 0.75, 0.5, 0.25, -0.125, 0.0]


@pytest.fixture(scope="module")
def hexanone():
    # The molblock keeps the order of this SMILES, in which the oxygen comes second; the canonical one begins with the chain.
    return molecule_from_text("C(=O)(CCC)C", name="2-pentanone")


@pytest.fixture
def explanation(hexanone) -> Explanation:
    return explanation_of(ExplanationRequest(hexanone, "dice", 43, seed=5), HandMade().version, SCORES)


def prediction_of(molecule) -> Prediction:
    return Prediction(molecule, Spectrum([43.0, 58.0], [999.0, 250.0]), HandMade().version)


def test_json_says_all_that_is_needed_to_find_the_atoms_again(explanation: Explanation, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    write_explanation(path, explanation, DICE, None, prediction_of(explanation.request.molecule))
    found = json.loads(path.read_text(encoding="utf-8"))
    assert (found["format"], found["format_version"]) == ("BitSpec explanation", 1)
    assert found["model"] == {"name": "hand-made", "sha256": "ab" * 32, "licence": "CC0"}
    written = Chem.MolFromSmiles(found["molecule"]["smiles"])
    drawn = Chem.MolFromMolBlock(found["molecule"]["molblock"])
    symbols = [atom["symbol"] for atom in found["atoms"]]
    assert symbols == [atom.GetSymbol() for atom in written.GetAtoms()] == [atom.GetSymbol() for atom in drawn.GetAtoms()]
    bonds = {tuple(sorted((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()))) for bond in written.GetBonds()}
    assert bonds == {tuple(sorted((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()))) for bond in drawn.GetBonds()}
    assert [atom["index"] for atom in found["atoms"]] == list(range(6))
    assert [atom["score"] for atom in found["atoms"]] == SCORES
    assert [atom["selected"] for atom in found["atoms"]] == [True] * 3 + [False] * 3
    assert found["bonds"][1] == {"begin": 1, "end": 2, "score": 0.25}
    assert found["candidates"][0]["atoms"] == [0, 1, 2]
    target = found["target"]
    assert (target["mz"], target["intensity"], target["intensity_of_base_peak"]) == (43, 999.0, 999.0)
    assert target["predicted_peaks"] == [[43, 999.0], [58, 250.0]]
    assert (found["method"]["key"], found["method"]["seed"], found["method"]["caution"]) == ("dice", 5, "Do not use it.")
    assert "faithfulness" not in found
    for name in found["candidates"][0].keys() - {"ion_formula", "neutral_loss"} | {"unassigned"}:
        assert f"{name}:" in found["candidates_definition"]
    assert "largest" in found["scores"]
    assert "999" in target["heights"]


def test_the_molblock_keeps_the_drawn_coordinates_in_the_order_of_the_smiles(hexanone) -> None:
    drawn = Chem.MolFromMolBlock(hexanone.molblock)
    block = Chem.MolFromMolBlock(block_in_smiles_order(hexanone))
    oxygen = next(atom.GetIdx() for atom in drawn.GetAtoms() if atom.GetSymbol() == "O")
    place = atom_symbols(hexanone).index("O")
    assert oxygen != place
    at, was = block.GetConformer().GetAtomPosition(place), drawn.GetConformer().GetAtomPosition(oxygen)
    assert (at.x, at.y) == pytest.approx((was.x, was.y), abs=1e-3)


@pytest.mark.parametrize(
    "smiles",
    ["C[C@H](N)C(=O)O", "F/C=C/F", "[2H]C([2H])([2H])c1ccccc1", "CN1CCC[C@H]1c1cccnc1", "[O-][N+](=O)c1ccccc1", "C"],
)
def test_the_molblock_in_the_order_of_the_smiles_is_the_same_compound(smiles: str) -> None:
    molecule = molecule_from_text(smiles)
    block = Chem.MolFromMolBlock(block_in_smiles_order(molecule), removeHs=False)
    assert Chem.MolToSmiles(block) == molecule.smiles
    assert tuple(atom.GetSymbol() for atom in block.GetAtoms()) == atom_symbols(molecule)
    assert atom_symbols(replace(molecule, molblock="")) == atom_symbols(molecule)
    without = Chem.MolFromMolBlock(block_in_smiles_order(replace(molecule, molblock="")), removeHs=False)
    assert Chem.MolToSmiles(without) == molecule.smiles


def test_every_figure_of_faithfulness_can_be_computed_again_from_the_json(hexanone) -> None:
    service = ExplanationService(HandMade)
    explanation = service.explain(ExplanationRequest(hexanone, "true", 91))
    found = explanation_object(explanation, TRUE, service.faithfulness(explanation))["faithfulness"]
    number = len(explanation.atom_scores)

    def target(atoms) -> float:
        mask = np.zeros((2, number), dtype=bool)
        mask[1, list(atoms)] = True
        spectra = service.spectra_without(hexanone, mask)
        return spectra[1, 90] / spectra[0, 90]

    everything = set(range(number))
    for step in found["steps"]:
        assert step["atoms"] == sorted(found["order"][: step["size"]])
        assert step["deletion"] == pytest.approx(target(step["atoms"]))
        assert step["insertion"] == pytest.approx(target(everything - set(step["atoms"])))
    assert len(found["random"]) == 8
    for chance in found["random"]:
        gone = [target(chance["order"][:size]) for size in found["sizes"]]
        assert chance["deletion"] == pytest.approx(gone, abs=1e-6)
    at = found["sizes"].index(found["selected"])
    assert found["fidelity_plus"] == pytest.approx(1 - found["steps"][at]["deletion"])
    assert found["random_fidelity_plus"] == pytest.approx(1 - np.mean([each["deletion"][at] for each in found["random"]]))
    assert "features" in found["masking"]
    told = {"definition", "masking", "words", "verdict", "order"}
    for name in found.keys() - told:
        assert name.replace("random_", "") in found["definition"]
    assert "Without these 3 atoms" in found["words"]


def test_csv_has_a_row_an_atom_and_a_bond(explanation: Explanation, tmp_path: Path) -> None:
    path = tmp_path / "OUT.CSV"
    write_explanation(path, explanation, DICE)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["kind"] for row in rows] == ["atom"] * 6 + ["bond"] * 5
    symbols = atom_symbols(explanation.request.molecule)
    assert [row["symbol"] for row in rows[:6]] == list(symbols)
    assert [float(row["score"]) for row in rows[:6]] == SCORES
    assert [row["selected"] for row in rows[:6]] == list("111000")
    assert (rows[7]["atom"], rows[7]["other_atom"], rows[7]["score"]) == ("1", "2", "0.25")
    assert {(row["mz"], row["method"], row["seed"]) for row in rows} == {("43", "dice", "5")}


def test_a_method_that_says_nothing_of_bonds_gives_no_rows_of_bonds(explanation: Explanation) -> None:
    silent = replace(explanation, bond_scores=np.zeros(0), request=replace(explanation.request, mz=None))
    rows = list(csv.DictReader(explanation_csv(silent).splitlines()))
    assert [row["kind"] for row in rows] == ["atom"] * 6
    assert rows[0]["mz"] == ""
    assert explanation_object(silent, TRUE)["bonds"] == []
    assert explanation_object(silent, TRUE)["target"]["mz"] is None


def test_a_file_that_cannot_be_written_is_told_in_a_sentence_and_leaves_nothing(explanation: Explanation, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.json or \.csv"):
        write_explanation(tmp_path / "out.txt", explanation, TRUE)
    with pytest.raises(ExportError, match="folder does not exist"):
        write_explanation(tmp_path / "absent" / "out.json", explanation, TRUE)
    assert list(tmp_path.iterdir()) == []


def test_what_was_explained_is_said_in_words(explanation: Explanation) -> None:
    assert target_words(explanation) == "m/z 43, C3H7+, 34 % of the ion current"
    assert target_words(replace(explanation, request=replace(explanation.request, mz=None))) == "the whole spectrum"
    assert method_words(explanation, DICE) == "Dice, seed 5"
    layers = replace(explanation, request=replace(explanation.request, method="layers", variant="layer1"))
    assert method_words(layers, LAYERS) == "Layers, layer 1"
    assert scale_words(explanation, DICE) == "A score of 1 stands for 0.25: points."
    assert scale_words(replace(explanation, largest=0.0), DICE) == "All scores are 0."


def test_what_a_peak_can_be_is_said_in_words(explanation: Explanation) -> None:
    sentences = candidates_words(explanation)
    assert sentences == [
        "C3H7+ by loss of C3H7, m/z 43.0542, 80 %; atoms 0-2, -1 H",
        "no fragment that BitSpec considers: 20 %",
    ]
    heavy = replace(explanation.candidates[0], isotope=1, neutral_loss="", hydrogen_shift=0)
    assert ion_words(heavy) == "C3H7+ (+1 Da isotope peak)"
    assert candidates_words(replace(explanation, candidates=(heavy,), unassigned=0.0)) == [
        "C3H7+ (+1 Da isotope peak), the molecular ion, m/z 43.0542, 80 %; atoms 0-2"
    ]
    assert "No fragment of this molecule" in candidates_words(replace(explanation, candidates=()))[0]
    assert candidates_words(replace(explanation, request=replace(explanation.request, mz=None))) == []


@pytest.mark.parametrize(("numbers", "words"), [((), ""), ((4,), "4"), ((0, 1, 2, 5, 7, 8), "0-2, 5, 7-8"), ((3, 4), "3-4")])
def test_numbers_of_atoms_are_said_in_runs(numbers: tuple[int, ...], words: str) -> None:
    assert numbers_words(numbers) == words


def test_a_masked_prediction_is_written_beside_the_whole_one(hexanone, tmp_path: Path) -> None:
    masked = predict_without(ExplanationService(HandMade), hexanone, [4, 3, 4])
    assert masked.masked == (3, 4)
    assert masked.peaks == [15, 43, 91]
    lines = masked_table(masked, 91).splitlines()
    assert lines[-1].split("\t") == ["91", "0.45000000", f"{0.9 / (1.0 + 1 / 3):.8f}"]
    assert f"left of m/z 91: {masked.left(91):.6f}" in lines[2]
    write_masked(tmp_path / "masked.json", masked)
    found = json.loads((tmp_path / "masked.json").read_text(encoding="utf-8"))
    assert found["mz"] == [15, 43, 91]
    assert sum(found["without"]) == pytest.approx(1.0)
    assert found["target"]["left"] == pytest.approx(masked.left(None))
    assert found["masked"] == [3, 4]
