"""Structure files of other programs, whatever they are called: sorted, read, refused in a sentence."""

from __future__ import annotations

import gzip

import pytest
from chem.chemdraw_bytes import FRAGMENT, NODE, bond, cdx_of, document, drawn
from rdkit import Chem
from rdkit.Chem import AllChem
from structure_files import PYRROLE, cdxml, fragment

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.cli.__main__ import main
from bitspec_gui.domain.problems import Problem
from bitspec_gui.formats import chemdraw_inputs
from bitspec_gui.formats.molecule_tables import read_molecule_inputs
from bitspec_gui.services.batch_prediction import BatchPrediction
from bitspec_gui.services.dropped_files import FEW, sort_dropped
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.sketching import sketch_of_text
from bitspec_gui.sketch.as_text import as_text, from_text

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


def dropped(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return sort_dropped([path])


def smiles_of(found):
    return [molecule_from_text(each.text).smiles for each in found.molecules]


def molfile(smiles, *, v3000=False):
    structure = Chem.MolFromSmiles(smiles)
    AllChem.Compute2DCoords(structure)
    return Chem.MolToV3KMolBlock(structure) if v3000 else Chem.MolToMolBlock(structure)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (cdx_of(ASPIRIN), [ASPIRIN]),
        (cdxml(fragment(10, 6, 6, 8)).encode(), ["CCO"]),
        (cdxml(fragment(10, 6, 6, 8)).encode("utf-16"), ["CCO"]),
        (PYRROLE.encode(), ["c1cc[nH]c1"]),
        (molfile(ASPIRIN, v3000=True).encode(), [ASPIRIN]),
        (b"InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3 ethanol\nAuxInfo=1/0/N:1\nInChI=1S/CH4/h1H4\n", ["CCO", "C"]),
        (b"CCO |(0,0,;1.5,0,;2,1,)| ethanol\nC[CH2] |^1:1| ethyl\n", ["CCO", "[CH2]C"]),
    ],
    ids=["cdx", "cdxml", "cdxml in utf-16", "mol2", "v3000", "inchi", "cxsmiles"],
)
def test_structures_are_found_by_what_is_in_the_file_not_by_its_name(tmp_path, content, expected, packed):
    found = dropped(tmp_path, "unnamed.dat", gzip.compress(content) if packed else content)
    assert smiles_of(found) == expected
    assert (found.problems, found.libraries, found.runs) == ((), (), ())


def test_extended_smiles_keep_their_names_and_places(tmp_path):
    found = dropped(tmp_path, "a.smi", "CCO |(0,0,;1.5,0,;1.5,1.5,)| ethanol, dry\n")
    assert found.molecules[0].name == "ethanol, dry"
    atoms = Chem.MolFromMolBlock(molecule_from_text(found.molecules[0].text).molblock).GetConformer().GetPositions()
    assert abs((atoms[0] - atoms[1]) @ (atoms[2] - atoms[1])) < 1e-3


def test_molecules_of_a_drawing_are_told_apart_with_their_names_lines_and_places(tmp_path):
    named = '<chemicalproperty id="90" ChemicalPropertyType="1" ChemicalPropertyDisplayID="91" BasisObjects="201 202 251"/>'
    found = dropped(
        tmp_path, "a.cdxml",
        cdxml(
            fragment(10, 6, 6, 8), fragment(200, 6, 6, 7), named, '<t id="91"><s>ethyl</s><s>amine</s></t>',
            f'<group id="5">{fragment(300, 6, 16)}<t id="6"><s>methanethiol\n(stench)</s></t></group>',
        ),
    )  # fmt: skip
    assert smiles_of(found) == ["CCO", "CCN", "CS"]
    assert [each.name for each in found.molecules] == ["", "ethylamine", "methanethiol (stench)"]
    assert [each.line for each in found.molecules] == [4, 9, 16]
    atoms = Chem.MolFromMolBlock(found.molecules[0].text).GetConformer().GetPositions()
    assert abs((atoms[0] - atoms[1]) @ (atoms[2] - atoms[1])) < 1e-3


def test_ions_of_a_group_stay_a_salt_and_neutral_neighbours_are_molecules_of_their_own(tmp_path):
    group = fragment(10, 6, 7, charges=(0, 1)) + fragment(200, 17, charges=(-1,)) + fragment(300, 6, 6, 8)
    found = dropped(tmp_path, "a.cdxml", cdxml(f'<group id="5">{group}</group>'))
    assert [Chem.MolToSmiles(Chem.MolFromMolBlock(each.text)) for each in found.molecules] == ["C[NH3+].[Cl-]", "CCO"]


def test_group_that_nobody_knows_is_told_and_its_molecule_kept(tmp_path):
    label = '<n id="12" p="14 0" NodeType="Nickname"><t id="20"><s>Xyzzy</s></t></n>'
    document = cdxml(f'<fragment id="10"><n id="11" p="0 0"/>{label}<b id="13" B="11" E="12"/></fragment>')
    found = dropped(tmp_path, "a.cdxml", document)
    assert len(found.molecules) == 1
    assert "“Xyzzy”" in found.problems[0].what
    assert not found.problems[0].rejected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (cdxml('<t id="4"><s>only words</s></t><graphic id="5"/>'), "without a structure"),
        (cdxml(), "without a structure"),
        (cdxml(fragment(10, 6, 6))[:200], "breaks off in line 4"),
        ("<!DOCTYPE CDXML [<!ENTITY a 'b'>]><CDXML>&a;</CDXML>", "defines entities"),
        (cdx_of(ASPIRIN)[:400], "damaged or was cut off"),
        (b"VjCD0100", "without a structure"),
        ("$RXN\n\n\n\n  1  1\n$MOL\n" + molfile("CCO"), "a reaction"),
        ("$RDFILE 1\n$MFMT\n" + molfile("CCO"), "RD file"),
        ("%PDF-1.7\nabc\n", "PDF document"),
        ('<?xml version="1.0"?><cml><MDocument/></cml>', "Marvin"),
        ('{"root": {"nodes": []}}', "JSON"),
        ("HETATM    1  C1  UNL     1\n", "PDB"),
        ("<html><body>404</body></html>", "web page"),
    ],
)
def test_files_that_hold_no_molecules_are_refused_in_a_sentence(tmp_path, content, words):
    found = dropped(tmp_path, "wrong.cdxml", content)
    assert found.molecules == found.collections == ()
    assert words in found.problems[0].what
    assert str(found.problems[0]).startswith(str(tmp_path / "wrong.cdxml"))


def test_what_comes_before_the_cut_of_a_drawing_is_kept_and_the_cut_is_told(tmp_path):
    first, second = (drawn(FRAGMENT, key, drawn(NODE, key + 1), drawn(NODE, key + 2), bond(key + 3, key + 1, key + 2))
                     for key in (10, 20))  # fmt: skip
    found = dropped(tmp_path, "a.cdx", document(first, second)[:-30])
    assert smiles_of(found) == ["CC"]
    assert "cut off" in found.problems[0].what
    assert found.problems[0].rejected


def test_drawing_that_is_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(chemdraw_inputs, "MAX_BYTES", 1000)
    found = dropped(tmp_path, "a.cdxml", cdxml(fragment(10, 6, 6), " " * 2000))
    assert "more than 1,000 bytes" in found.problems[0].what


def test_records_of_both_molfile_versions_stand_in_one_file(tmp_path):
    records = [molfile("CCO"), molfile("CCN", v3000=True), "x\n\n\nrubbish\n", molfile("CCS")]
    found = dropped(tmp_path, "a.sdf", "".join(f"{record}$$$$\n" for record in records))
    assert smiles_of(found) == ["CCO", "CCN", "CCS"]
    assert len(found.problems) == 1


def test_drawing_with_many_structures_is_a_collection_and_the_batch_list_reads_it(tmp_path):
    path = tmp_path / "sheet.cdxml"
    label = '<fragment id="9"><n id="11" p="0 0"/><n id="12" p="14 0" NodeType="Nickname"><t><s>Xyzzy</s></t></n>'
    sheet = [fragment(100 * number, 6, 6, 8) for number in range(1, FEW + 5)]
    path.write_text(cdxml(*sheet, label + '<b id="13" B="11" E="12"/></fragment>'))
    assert sort_dropped([path]).collections == (path,)
    batch = BatchPrediction(PredictionService(lambda: pytest.fail("nothing is predicted here")))
    batch.add([path])
    while batch.is_reading:
        batch._read_some()
    assert len(batch.rows) == FEW + 5
    assert "Xyzzy" in batch.problems[0].what


def test_command_line_predicts_mol2_and_chemdraw_files(tmp_path, capsys):
    mol2, drawing = tmp_path / "a.mol2", tmp_path / "a.cdx"
    mol2.write_text(PYRROLE.format(name="pyrrole") + PYRROLE.replace("N.pl3", "na   ").format(name="wrong"))
    drawing.write_bytes(cdx_of(ASPIRIN))
    assert main(["predict", "--input", str(mol2)]) == 1
    out, err = capsys.readouterr()
    assert "Name: pyrrole" in out
    assert f"{mol2}, line 19: This MOL2 record cannot be read" in err
    assert main(["predict", "--input", str(drawing)]) == 0
    assert "BSYNRYMUTXBXSQ" in capsys.readouterr().out


def test_nothing_is_lost_of_mixed_drops(tmp_path):
    files = {"a.cdxml": cdxml(fragment(10, 6, 6, 8)), "b.mol2": PYRROLE, "c.rxn": "$RXN\n", "d.smi": "CCS thiol\n"}
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    found = sort_dropped([tmp_path / name for name in files])
    assert smiles_of(found) == ["CCO", "c1cc[nH]c1", "CCS"]
    assert [problem.file for problem in found.problems] == [str(tmp_path / "c.rxn")]
    assert all(isinstance(problem, Problem) for problem in found.problems)
    assert all(isinstance(each.text, str) for each in read_molecule_inputs(tmp_path / "a.cdxml"))


def test_drawing_with_an_atom_far_off_is_laid_out_anew(tmp_path):
    lines = molfile("CCO").splitlines()
    lines[4] = "99999.9999" + lines[4][10:]
    found = dropped(tmp_path, "a.mol", "\n".join(lines) + "\n")
    sketch = sketch_of_text(found.molecules[0].text)
    assert max(abs(atom.x) for atom in sketch.atoms.values()) < 3
    places = ((0.0, 0.0), (14.4, 0.0), (28.8, 0.0), (9e5, 0.0))
    (scattered,) = dropped(tmp_path, "a.cdxml", cdxml(fragment(10, 6, 6, 8, 6, places=places))).molecules
    assert Chem.MolFromMolBlock(scattered.text).GetConformer().GetPositions().max() < 10


def test_drawing_with_an_open_place_can_be_copied_and_kept():
    sketch = sketch_of_text("*CCO")
    assert from_text(as_text(sketch)) == sketch
    far = as_text(sketch).replace('"next_id":', '"next_id":9999999999999,"was":')
    assert from_text(far).next_id < 2**31


def test_names_and_cas_numbers_of_a_list_are_given_whole(tmp_path):
    found = dropped(tmp_path, "names.txt", "caffeine\nacetic acid\n58-08-2\nCCO ethyl alcohol\nC1CCCCC1\tcyclohexane\n")
    assert [(each.text, each.name) for each in found.molecules] == [
        ("caffeine", ""), ("acetic acid", ""), ("58-08-2", ""), ("CCO", "ethyl alcohol"), ("C1CCCCC1", "cyclohexane"),
    ]  # fmt: skip
