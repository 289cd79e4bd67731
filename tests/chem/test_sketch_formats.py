"""Drawings as other programs take them."""

import pytest
from rdkit import Chem, rdBase

from bitspec_gui.chem.parse import read_structure
from bitspec_gui.chem.sketch_drawing import sketch_of_structure
from bitspec_gui.chem.sketch_formats import formats_of, molblock_of
from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond, SketchFormats


def sketch_of(text: str) -> Sketch:
    return sketch_of_structure(read_structure(text))


def test_caffeine_in_every_form() -> None:
    found = formats_of(sketch_of("CN1C=NC2=C1C(=O)N(C(=O)N2C)C"), name="caffeine")
    assert found.smiles == "Cn1c(=O)c2c(ncn2C)n(C)c1=O"
    assert found.inchi == "InChI=1S/C8H10N4O2/c1-10-4-9-6-5(10)7(13)12(3)8(14)11(6)2/h4H,1-3H3"
    assert found.inchikey == "RYYVLZVUVIJVGH-UHFFFAOYSA-N"
    assert found.molblock.splitlines()[0] == "caffeine"
    assert "<CDXML" in found.cdxml


def test_an_empty_sketch_has_no_form() -> None:
    assert formats_of(Sketch()) == SketchFormats()


def test_a_part_is_filled_up_with_hydrogen_where_its_bonds_are_cut() -> None:
    sketch = sketch_of("CCOC(=O)c1ccccc1")
    ring = [key for key, atom in sketch.atoms.items() if key >= 6]
    assert formats_of(sketch, ring).smiles == "c1ccccc1"
    assert formats_of(sketch, [1, 2]).smiles == "CC"


def test_stated_hydrogens_of_a_cut_atom_are_filled_up_too() -> None:
    sketch = Sketch(
        {1: SketchAtom(0, 0, "Si", hydrogens=2), 2: SketchAtom(1, 0), 3: SketchAtom(-1, 0)},
        {4: SketchBond(1, 2), 5: SketchBond(1, 3)},
        6,
    )
    assert formats_of(sketch, [1]).smiles == "[SiH4]"


def test_impossible_chemistry_still_has_a_molblock_and_cdxml() -> None:
    atoms = {1: SketchAtom(0, 0), **{key: SketchAtom(key, 1, "Cl") for key in range(2, 7)}}
    found = formats_of(Sketch(atoms, {key + 10: SketchBond(1, key) for key in range(2, 7)}, 20))
    assert (found.smiles, found.inchi, found.inchikey) == ("", "", "")
    with rdBase.BlockLogs():
        again = Chem.MolFromMolBlock(found.molblock, sanitize=False)
    assert (again.GetNumAtoms(), again.GetAtomWithIdx(0).GetDegree()) == (6, 5)
    assert found.cdxml.count("<b ") == 5


def test_a_molblock_says_what_is_drawn_bond_by_bond() -> None:
    atoms = {
        1: SketchAtom(0, 0), 2: SketchAtom(1, 0, "N", charge=1), 3: SketchAtom(2, 0, isotope=13), 4: SketchAtom(3, 0, radical=1),
        5: SketchAtom(4, 0, "D"), 6: SketchAtom(5, 0, "S", hydrogens=3), 7: SketchAtom(6, 0, "Xy"),
    }  # fmt: skip
    bonds = {
        10: SketchBond(1, 2, 1, BondStyle.WEDGE), 11: SketchBond(2, 3, 1, BondStyle.HASH),
        12: SketchBond(3, 4, 1, BondStyle.WAVY), 13: SketchBond(4, 5, 2, BondStyle.EITHER), 14: SketchBond(5, 6, 3),
    }  # fmt: skip
    lines = molblock_of(Sketch(atoms, bonds, 20)).splitlines()
    assert [line[31:34].strip() for line in lines[4:11]] == ["C", "N", "C", "C", "H", "S", "*"]
    assert [line[:12] for line in lines[11:16]] == [
        "  1  2  1  1",
        "  2  3  1  6",
        "  3  4  1  4",
        "  4  5  2  3",
        "  5  6  3  0",
    ]
    assert lines[9][48:51].strip() == "6"
    assert lines[16:] == ["M  CHG  1   2   1", "M  ISO  2   3  13   5   2", "M  RAD  1   4   2", "M  END"]


def test_many_charges_go_on_several_lines() -> None:
    atoms = {key: SketchAtom(key, 0, "N", charge=1) for key in range(1, 13)}
    lines = [line for line in molblock_of(Sketch(atoms, {}, 20)).splitlines() if line.startswith("M  CHG")]
    assert [line[6:9].strip() for line in lines] == ["8", "4"]


def test_more_than_999_atoms_are_written_as_v3000() -> None:
    text = molblock_of(Sketch({key: SketchAtom(key, 0) for key in range(1, 1101)}, {}, 1200))
    with rdBase.BlockLogs():
        assert Chem.MolFromMolBlock(text).GetNumAtoms() == 1100


@pytest.mark.parametrize("text", ["C[N+](C)(C)CC(=O)[O-]", "[13CH3]C", "C[CH2]", "[2H]C", "O", "CCS"])
def test_labels_in_cdxml_are_written_out(text: str) -> None:
    cdxml = formats_of(sketch_of(text)).cdxml
    heavy = sum(not atom.is_plain_carbon for atom in sketch_of(text).atoms.values())
    assert cdxml.count("<t ") == max(heavy, 0)
