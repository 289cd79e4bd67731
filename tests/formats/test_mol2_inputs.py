"""MOL2 files: one record or many, read as a stream, whoever wrote them."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest
from rdkit import Chem
from rdkit.Chem import AllChem
from structure_files import PYRROLE, mol2_of

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.errors import UnreadableMolecule
from bitspec_gui.domain.problems import Problem
from bitspec_gui.formats.molecule_tables import read_molecule_inputs
from bitspec_gui.formats.sniffing import format_of_head, not_understood

SMILES = [
    "CCO", "Oc1ccccc1", "c1cc[nH]c1", "Cn1c(=O)c2c(ncn2C)n(C)c1=O", "CC(=O)Oc1ccccc1C(=O)O", "O=[N+]([O-])c1ccccc1",
    "C[C@H](N)C(=O)O", "C/C=C/C", "C/C=C\\C", "c1ccc2[nH]ccc2c1", "Cc1ccncc1", "CS(C)(=O)=O", "COP(=O)(OC)OC", "CO[Si](C)(C)C",
    "c1ccsc1", "C#CC", "[C-]#[N+]C", "CN=[N+]=[N-]", "C[n+]1ccccc1", "[O-][n+]1ccccc1", "O=c1cc[nH]cc1", "Nc1ncnc2[nH]cnc12",
]  # fmt: skip


def structure_of(smiles, *, flat):
    structure = Chem.AddHs(Chem.MolFromSmiles(smiles))
    if flat:
        AllChem.Compute2DCoords(structure)
    else:
        AllChem.EmbedMolecule(structure, randomSeed=7)
    return structure


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("hydrogens", [True, False], ids=["with hydrogens", "without"])
@pytest.mark.parametrize("flat", [True, False], ids=["flat", "in space"])
def test_mol2_gives_the_molecule_that_was_written(flat, hydrogens):
    for smiles in SMILES:
        record = mol2_of(structure_of(smiles, flat=flat), "x", hydrogens=hydrogens)
        wanted = Chem.CanonSmiles(smiles.replace("@", "") if flat else smiles)
        assert molecule_from_text(record).smiles == wanted, record


def test_records_are_told_apart_with_their_lines_and_names_and_remarks_between_them_are_passed_over(tmp_path):
    ethanol = mol2_of(structure_of("CCO", flat=True), "#1 ethanol")
    text = f"# made by a test\n# Name: not this\n\n{ethanol}\n###  Name:  nor this\n{PYRROLE.format(name='*****')}"
    path = write(tmp_path, "two.dat", text)
    first, second = read_molecule_inputs(path)
    assert (first.name, first.line) == ("#1 ethanol", 4)
    assert (second.name, second.line) == ("", 6 + ethanol.count("\n"))
    assert [molecule_from_text(each.text).smiles for each in (first, second)] == ["CCO", "c1cc[nH]c1"]
    assert molecule_from_text(second.text).name == ""


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_machine_are_read(tmp_path, line_end):
    text = (PYRROLE.format(name="one") + PYRROLE.format(name="two")).replace("\n", line_end)
    found = list(read_molecule_inputs(write(tmp_path, "a.mol2", text)))
    assert [(each.name, each.line) for each in found] == [("one", 1), ("two", 19)]
    assert {molecule_from_text(each.text).smiles for each in found} == {"c1cc[nH]c1"}


def test_packed_mol2_is_read(tmp_path):
    path = write(tmp_path, "a.mol2.gz", gzip.compress((PYRROLE.format(name="x") * 30).encode()))
    assert len(list(read_molecule_inputs(path))) == 30


def test_large_file_is_streamed(tmp_path):
    record = PYRROLE.format(name="pyrrole").encode()
    path = tmp_path / "large.mol2"
    with path.open("wb") as stream:
        for _ in range(400):
            stream.write(record * 40)
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_molecule_inputs(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 16_000
    assert peak < path.stat().st_size / 5


def test_protein_is_told_and_the_molecule_behind_it_kept(tmp_path):
    atom = "      1 C1     0.0000    1.2000    0.0000 C.3   1 UNL1 0.0\n"
    protein = "@<TRIPOS>MOLECULE\nprotein\n9000 0 0 0 0\nPROTEIN\nNO_CHARGES\n\n@<TRIPOS>ATOM\n" + atom * 9000
    problem, kept = read_molecule_inputs(write(tmp_path, "a.mol2", protein + PYRROLE.format(name="ligand")))
    assert isinstance(problem, Problem)
    assert (problem.line, "too long" in problem.what) == (1, True)
    assert kept.name == "ligand"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (PYRROLE.replace("N.pl3", "na   "), r"“na” is no atom type of MOL2.*\(line 12 of the record\)"),
        (PYRROLE.replace(" 5 5 0", " 6 5 0"), "should have 6 atoms, but 5 are written"),
        (PYRROLE.replace(" 5 5 0", " -1 5 0"), "third line should say how many atoms and bonds"),
        (PYRROLE.partition("     4     4     5")[0], "should have 5 bonds, but 3 are written"),
        (PYRROLE.partition("@<TRIPOS>ATOM")[0], "no atoms"),
        (PYRROLE.partition("C.ar")[0], r"number, name, three coordinates and type \(line 8 of the record\)"),
        (PYRROLE.replace("     5     5     1 ar", "     5     5     9 ar"), "do not form a molecule"),
    ],
)
def test_record_that_cannot_be_read_says_why(wrong, words):
    with pytest.raises(UnreadableMolecule, match=words):
        molecule_from_text(wrong)


def test_fault_is_shown_at_its_place():
    wrong = PYRROLE.replace("N.pl3", "na   ")
    with pytest.raises(UnreadableMolecule) as caught:
        molecule_from_text(wrong)
    assert wrong[caught.value.position :].lstrip().startswith("5 N5")


def test_mol2_is_no_library_of_spectra():
    head = b"########  Name: x\n" + PYRROLE.encode()
    assert format_of_head(head) is None
    assert format_of_head(gzip.compress(head)) is None
    assert "can be predicted, but holds no spectra" in not_understood(head)
