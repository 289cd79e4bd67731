"""What a text means that can be a SMILES, a name, both or neither."""

from __future__ import annotations

import pytest
from predicted_molecules import CountingPredictor

from bitspec_gui.bootstrap import compound_names
from bitspec_gui.domain.errors import MoleculeError, RefusedMolecule, UnreadableMolecule
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.problems import Problem
from bitspec_gui.services.compound_names import CompoundNames
from bitspec_gui.services.dropped_files import sort_dropped
from bitspec_gui.services.named_structures import read_molecule, structure_text
from bitspec_gui.services.prediction import PredictionService


@pytest.fixture(scope="module")
def names() -> CompoundNames:
    return CompoundNames(compound_names())


@pytest.fixture
def read(names):
    return lambda text, **more: read_molecule(text, find_name=names.resolve, **more)


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("CCO", "C2H6O"), ("CN", "CH5N"), ("CO", "CH4O"), ("CCO ethanol", "C2H6O"), ("InChI=1S/CH4/h1H4", "CH4"),
        ("C", "CH4"), ("CSC", "C2H6S"), ("COC", "C2H6O"), ("CNC", "C2H7N"), ("CCl", "CH3Cl"), ("c1ccccc1", "C6H6"),
    ],
)  # fmt: skip
def test_what_reads_as_a_smiles_is_one(read, text, formula):
    molecule = read(text)
    assert molecule.formula == formula
    assert molecule.warnings == ()


@pytest.mark.parametrize(
    ("text", "name", "formula"),
    [
        ("caffeine", "caffeine", "C8H10N4O2"), ("Caffeine\n", "caffeine", "C8H10N4O2"), ("58-08-2", "caffeine", "C8H10N4O2"),
        ("N methylaniline", "N-methylaniline", "C7H9N"), ("o xylene", "o-xylene", "C8H10"), ("PFOS", None, "C8HF17O3S"),
        ("BBP", "benzyl butyl phthalate", "C19H20O4"), ("PCB 153", "PCB 153", "C12H4Cl6"), ("BDE-47", "BDE-47", "C12H6Br4O"),
        ("6:2 FTOH", "6:2 fluorotelomer alcohol", "C8H5F13O"), ("coniine", "2-propylpiperidine", "C8H17N"),
        ("D4", "octamethylcyclotetrasiloxane", "C8H24O4Si4"), ("PCB-28", "PCB 28", "C12H7Cl3"), ("PCB28", "PCB 28", "C12H7Cl3"),
        ("2,4-D", "2,4-dichlorophenoxyacetic acid", "C8H6Cl2O3"), ("2C-B", "2C-B", "C10H14BrNO2"),
    ],
)  # fmt: skip
def test_name_or_number_gives_its_molecule_with_the_usual_name(read, text, name, formula):
    molecule = read(text)
    assert molecule.formula == formula
    assert name is None or molecule.name == name


def test_own_name_of_the_molecule_is_kept(read):
    molecule = read("aspirin", name="Sample 7", identifier="S7")
    assert (molecule.name, molecule.identifier) == ("Sample 7", "S7")


def test_abbreviation_that_reads_as_a_smiles_is_one_and_says_what_it_also_is(read):
    molecule = read("PCP")
    assert molecule.smiles == "PCP"
    assert any("pentachlorophenol" in warning for warning in molecule.warnings)


@pytest.mark.parametrize("smiles", ["c1ccccc", "CC(C", "cc", "Co", "C1CC", "C=", "CCO)", "[NH", "n", "CC(C isobutane"])
def test_smiles_on_its_way_is_no_name_and_only_its_fault_is_told(read, smiles):
    with pytest.raises(UnreadableMolecule) as alone:
        read_molecule(smiles)
    with pytest.raises(UnreadableMolecule) as with_names:
        read(smiles)
    assert str(with_names.value) == str(alone.value)


def test_text_that_is_neither_is_told_both_and_what_is_near(read):
    with pytest.raises(UnreadableMolecule) as refusal:
        read("caffeinne")
    sentence = str(refusal.value)
    assert sentence.count("caffeinne") == 1
    assert "SMILES" in sentence
    assert sentence.endswith("Nor is a compound of this name known; near: caffeine.")


def test_mistyped_name_of_several_words_is_told_as_a_name(read):
    with pytest.raises(UnreadableMolecule, match=r"No compound of the name “acetylsalicylic acidd” is known; near: acetylsal"):
        read("acetylsalicylic acidd")


def test_wrong_cas_number_is_told_as_such(read):
    with pytest.raises(UnreadableMolecule, match="58-08-3 is no CAS number: its check digit does not fit"):
        read("58-08-3")


@pytest.mark.parametrize(("text", "what"), [("sodium benzoate", "mixture or salt"), ("water", "no carbon")])
def test_known_compound_that_cannot_be_predicted_is_refused_by_name(read, text, what):
    with pytest.raises(RefusedMolecule, match=f"{text}: .*{what}"):
        read(text)


def test_structure_of_a_name_can_be_had_though_it_cannot_be_predicted(names):
    assert "." in structure_text("sodium benzoate", names.resolve)
    assert structure_text("water", names.resolve) == "O"
    assert structure_text("[Na+].[Cl-]", names.resolve) == "[Na+].[Cl-]"
    assert structure_text("CCO", names.resolve) == "CCO"
    with pytest.raises(MoleculeError):
        structure_text("qwxyz", names.resolve)


def test_index_that_is_missing_leaves_structures_readable(tmp_path):
    gone = CompoundNames(tmp_path / "none.bitspec")
    assert read_molecule("CCO", find_name=gone.resolve).formula == "C2H6O"
    assert read_molecule("PCP", find_name=gone.resolve).smiles == "PCP"
    with pytest.raises(UnreadableMolecule, match="caffeine"):
        read_molecule("caffeine", find_name=gone.resolve)


def test_list_of_molecules_may_hold_names_and_numbers(names):
    service = PredictionService(CountingPredictor, names.resolve)
    inputs = [
        MoleculeInput(text, file="list.txt", line=line)
        for line, text in enumerate(("CCO", "caffeine", "caffeinne", "50-78-2"), 1)
    ]
    found = list(service.predict_many(inputs))
    assert [each.molecule.formula for each in found if isinstance(each, Prediction)] == ["C2H6O", "C8H10N4O2", "C9H8O4"]
    problem = next(each for each in found if isinstance(each, Problem))
    assert (problem.line, "near: caffeine" in problem.what) == (3, True)


def test_dropped_list_may_hold_names_of_several_words(names, tmp_path):
    path = tmp_path / "targets.txt"
    path.write_text("caffeine\nacetylsalicylic acid\nCCO ethyl alcohol\nCC(=O)O\tvinegar\nPCB 153\n58-08-2\n", encoding="utf-8")
    service = PredictionService(CountingPredictor, names.resolve)
    found = [each.molecule for each in service.predict_many(sort_dropped([path]).molecules)]
    assert [each.formula for each in found] == ["C8H10N4O2", "C9H8O4", "C2H6O", "C2H4O2", "C12H4Cl6", "C8H10N4O2"]
    assert [each.name for each in found] == ["caffeine", "aspirin", "ethyl alcohol", "vinegar", "PCB 153", "caffeine"]


def test_fault_of_a_smiles_with_a_title_is_told_though_it_could_be_a_name(read):
    with pytest.raises(UnreadableMolecule, match="is not a SMILES that can be read") as refusal:
        read("CC(=O)Ox1ccccc1 phenyl acetate")
    assert refusal.value.position == 7
