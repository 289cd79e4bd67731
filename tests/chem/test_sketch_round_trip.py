"""Structures are drawn, the drawing is read again, and it is the same molecule."""

import math
from statistics import median

import pytest
from rdkit import Chem, rdBase

from bitspec_gui.chem.parse import molecule_from_text, read_structure, structure_keys
from bitspec_gui.chem.sketch_drawing import sketch_of_molecule, sketch_of_structure, sketch_of_text
from bitspec_gui.chem.sketch_formats import formats_of
from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchBond

HARD = {
    "alkanes, alkenes, alkynes": [
        "C", "CC", "CC(C)(C)C", "C/C=C/C", "C/C=C\\C", "CC=CC", "C=C=C", "C#C", "CC#CC", "C/C=C/C=C\\C", "C=C(C)C(=C)C",
        "CC(C)=C(C)C", "C/C(Cl)=C(\\Br)F", "OC(=O)/C=C/C(=O)O", "OC(=O)/C=C\\C(=O)O", "C/C=C/C/C=C\\CC=CC",
        "CCCCC/C=C\\C/C=C\\CCCCCCCC(=O)O", "CC\\C=C/C\\C=C/C\\C=C/CCCCCCCC(=O)OC", "CC(/C=C/C=C(C)/C=C/C1=C(C)CCCC1(C)C)=C\\CO",
    ],
    "steroids and terpenes": [
        "C[C@H](CCCC(C)C)[C@H]1CC[C@@H]2[C@@]1(CC[C@H]3[C@H]2CC=C4[C@@]3(CC[C@@H](C4)O)C)C",
        "C[C@]12CC[C@H]3[C@H]([C@@H]1CC[C@@H]2O)CCC4=CC(=O)CC[C@]34C",
        "C[C@]12CC[C@H]3[C@H]([C@@H]1CCC2=O)CCc4c3ccc(c4)O",
        "C[C@@]12CC[C@@H](C1(C)C)CC2=O", "CC1(C)[C@@H]2CC[C@@]1(C)C(=O)C2", "CC1=CC[C@H]2C[C@@H]1C2(C)C",
        "CC1=CC[C@@H](CC1)C(=C)C",
        "C[C@@H]1CC[C@H]([C@@H](C1)O)C(C)C", "C/C/1=C\\CC/C(=C/CC1)/C", "CC1=CCC/C(=C/C2CC(C2CC1)(C)C)/C",
        "C[C@H]1CC[C@H]2[C@H](C(=O)O[C@H]3[C@@]24[C@H]1CC[C@](O3)(OO4)C)C",
        "C[C@]12CC[C@@H]3[C@]4(CCCC([C@@H]4CC[C@]3([C@@H]1CC=C2)C)(C)C)C",
    ],
    "sugars and polyols": [
        "OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O", "OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O",
        "O=C[C@H](O)[C@@H](O)[C@H](O)[C@H](O)CO", "OC[C@@H](O)[C@@H](O)[C@H](O)[C@@H](O)CO",
        "OC[C@H]1O[C@@](CO)(O[C@H]2O[C@H](CO)[C@@H](O)[C@H](O)[C@H]2O)[C@@H](O)[C@@H]1O",
        "O[C@H]1[C@H](O)[C@@H](O)[C@H](O)[C@H](O)[C@@H]1O", "OC[C@H]1O[C@H](n2cnc3c(N)ncnc23)[C@H](O)[C@@H]1O",
        "C[Si](C)(C)OC[C@H]1O[C@@H](O[Si](C)(C)C)[C@H](O[Si](C)(C)C)[C@@H](O[Si](C)(C)C)[C@@H]1O[Si](C)(C)C",
    ],
    "amino acids and alkaloids": [
        "N[C@@H](C)C(=O)O", "N[C@H](C)C(=O)O", "C[C@@H](O)[C@H](N)C(=O)O", "N[C@@H](CS)C(=O)O", "O=C(O)[C@@H]1CCCN1",
        "C[C@@H](C(=O)N[C@@H](Cc1ccccc1)C(=O)O)N", "CN1CC[C@]23c4c5ccc(O)c4O[C@H]2[C@@H](O)C=C[C@H]3[C@H]1C5",
        "CN1[C@H]2CC[C@@H]1[C@H]([C@H](C2)OC(=O)c3ccccc3)C(=O)OC", "COc1ccc2nccc(c2c1)[C@H]([C@@H]3C[C@@H]4CCN3C[C@@H]4C=C)O",
        "O=C1C[C@H]2OCC=C3CN4CC[C@]56c7ccccc7N1[C@H]5[C@H]2[C@H]3C[C@H]46", "CN1CCC[C@H]1c1cccnc1", "c1ccc2c(c1)[nH]c1ccccc12",
    ],
    "bridged, fused, spiro, cages": [
        "C1CC2CCC1C2", "C1CC2CCC1CC2", "C12C3C4C1C5C2C3C45", "C1C2CC3CC1CC(C2)C3", "C1CCC2(CC1)CCCC2", "C1CC1C1CC1",
        "O=C1CC[C@@]2(C1)CCCO2", "C1C[C@H]2CC[C@@H]1C2", "C[C@]12CC[C@@H](C1)C(C)(C)C2=O", "C1CN2CCC1CC2", "C1N2CN3CN1CN(C2)C3",
        "C1=CC2C=CC1C=C2", "c1ccc2cc3ccccc3cc2c1", "c1cc2ccc3cccc4ccc(c1)c2c34", "C1CC[C@H]2CCCC[C@@H]2C1",
        "C1CC[C@H]2CCCC[C@H]2C1",
        "C1C2C3C1C23", "C1CC2C3CCC(C3)C2C1", "C[C@@H]1C[C@H]2C[C@@H]1C2",
    ],
    "aromatics and heterocycles": [
        "c1ccccc1", "c1ccncc1", "c1cc[nH]c1", "c1ccoc1", "c1ccsc1", "c1c[nH]cn1", "c1cnc2[nH]cnc2n1",
        "CN1C=NC2=C1C(=O)N(C(=O)N2C)C",
        "c1ccc2ncccc2c1", "O=c1cc[nH]cc1", "c1ccc2[nH]ccc2c1", "C1=CC=C[CH-]C=C1", "[O-][n+]1ccccc1", "c1cc[o+]cc1",
        "CC(=O)Oc1ccccc1C(=O)O", "Oc1c(Cl)c(Cl)c(Cl)c(Cl)c1Cl", "c1nnn[nH]1", "c1ccc(cc1)-c1ccccc1", "O=C1C=CC(=O)C=C1",
        "c1cc2cc3ccc(cc4nc(cc5ccc(cc1n2)[nH]5)C=C4)[nH]3", "CN(C)c1ccc(cc1)N=Nc1ccccc1", "c1ccc2c(c1)Oc1ccccc1O2",
    ],
    "charges, nitro, azides, N-oxides, ylides": [
        "O=[N+]([O-])c1ccccc1", "C[N+](C)(C)[O-]", "[N-]=[N+]=NCC", "C[N+](C)(C)CC(=O)[O-]", "CC[N+]#[C-]", "C=[N+]=[N-]",
        "CN=C=O",
        "CN=C=S", "CON=O", "CO[N+](=O)[O-]", "C[S+](C)C", "CC(=O)[O-]", "CC[NH3+]", "N#Cc1ccccc1", "C/C=N/O", "CC=NO",
        "C[N+](=O)[O-]",
    ],
    "sulfur, phosphorus, silicon, boron, metals": [
        "C[S@](=O)CC", "C[S@@](=O)c1ccccc1", "CS(=O)(=O)C", "OS(=O)(=O)c1ccccc1", "C[P@](=O)(OCC)c1ccccc1",
        "CCOP(=S)(OCC)Oc1ccccc1",
        "C[C@H](F)[P@@](C)c1ccccc1", "CP(=O)(O)O", "C[Si](C)(C)O[Si](C)(C)C", "C[Si](C)(C)Oc1ccccc1", "C[Si@](F)(Cl)c1ccccc1",
        "CC(C)(C)[Si](C)(C)OCC", "C[SiH3]", "CB(O)O", "CC1(C)OB(c2ccccc2)OC1(C)C", "C[Hg]C", "CC[Pb](CC)(CC)CC", "C[Sn](C)(C)C",
        "C[As](C)C", "C[Se]C", "FS(F)(F)(F)(F)c1ccccc1", "FC(F)(F)C(=O)Cl", "FI(F)c1ccccc1", "C[Te]C",
    ],
    "isotopes, radicals, odd valences": [
        "[13CH3]C(=O)O", "[2H]C([2H])([2H])O", "[2H]C([2H])([2H])S(=O)C([2H])([2H])[2H]", "C[C@]([2H])(O)c1ccccc1", "[14CH4]",
        "C[CH2]", "[CH3]", "CC(C)(C)N([O])C(C)(C)C", "[CH2]", "C[C]", "C[N]", "[13C]1=[13C][13C]=[13C][13C]=[13C]1",
        "[O]c1ccccc1",
        "CC1(C)CCCC(C)(C)N1[O]", "[3H]CC",
    ],
    "macrocycles": [
        "C1CCCCCCCCCCCCC1", "O=C1CCCCCCCCCCCCCC1", "C1COCCOCCOCCOCCOCCO1", "C1C/C=C/CCCCCCCCCC1", "C1C/C=C\\CCCCC1",
        "C/1=C\\CCCCCC1",
        "O=C1OCCCCCCCCCCCCCCC1", "C[C@@H]1CCCCCCCCCCCCC(=O)C1", "C1=CC=CC=CC=CC=CC=CC=CC=CC=C1",
        "c1c2cc(C)cc1Cc1cc(C)cc(c1)Cc1cc(C)cc(c1)Cc1cc(C)cc(c1)C2",
    ],
    "mixtures and single atoms": ["[Na+].[Cl-]", "C.C.CC", "[He]", "O", "[Na+].CC(=O)[O-]", "CCN.Cl"],
}  # fmt: skip
CASES = [text for texts in HARD.values() for text in texts]


def _key(structure: Chem.Mol) -> str:
    with rdBase.BlockLogs():
        return str(Chem.MolToInchiKey(structure))


def test_there_are_enough_hard_structures() -> None:
    assert len(set(CASES)) >= 120


@pytest.mark.parametrize("text", CASES)
def test_a_drawn_structure_is_read_as_the_same_molecule(text: str) -> None:
    structure = read_structure(text)
    sketch = sketch_of_structure(structure)
    found = formats_of(sketch)
    assert found.inchikey == _key(structure)
    assert Chem.CanonSmiles(found.smiles) == Chem.MolToSmiles(structure)


@pytest.mark.parametrize("text", CASES)
def test_its_molblock_is_read_as_the_same_molecule_by_rdkit_itself(text: str) -> None:
    structure = read_structure(text)
    with rdBase.BlockLogs():
        again = Chem.MolFromMolBlock(formats_of(sketch_of_structure(structure)).molblock)
        again.RemoveAllConformers()
    assert _key(again) == _key(structure)


@pytest.mark.parametrize("text", CASES)
def test_a_drawing_is_centred_and_its_bonds_are_one_long(text: str) -> None:
    sketch = sketch_of_structure(read_structure(text))
    xs, ys = [atom.x for atom in sketch.atoms.values()], [atom.y for atom in sketch.atoms.values()]
    assert (min(xs) + max(xs), min(ys) + max(ys)) == pytest.approx((0, 0), abs=1e-3)
    lengths = bond_lengths(sketch)
    assert not lengths or median(lengths) == pytest.approx(1, abs=0.01)


def bond_lengths(sketch: Sketch) -> list[float]:
    ends = [(sketch.atoms[bond.begin], sketch.atoms[bond.end]) for bond in sketch.bonds.values()]
    return [math.hypot(one.x - other.x, one.y - other.y) for one, other in ends]


def test_aromatic_rings_are_drawn_with_alternating_bonds() -> None:
    sketch = sketch_of_structure(read_structure("c1ccccc1"))
    assert sorted(bond.order for bond in sketch.bonds.values()) == [1, 1, 1, 2, 2, 2]


def test_a_double_bond_of_unknown_geometry_is_drawn_crossed_and_no_other() -> None:
    sketch = sketch_of_structure(read_structure("CC=CC/C=C/C"))
    assert [bond.style for bond in sketch.bonds.values() if bond.order == 2] == [BondStyle.EITHER, BondStyle.PLAIN]


def test_ordinary_atoms_have_no_stated_hydrogens() -> None:
    sketch = sketch_of_structure(read_structure("CN1C=NC2=C1C(=O)N(C(=O)N2C)C"))
    assert {atom.hydrogens for atom in sketch.atoms.values()} == {None}


def test_steroids_are_drawn_as_in_textbooks_with_ring_a_at_the_lower_left_and_wedges_outside_the_rings() -> None:
    structure = read_structure(HARD["steroids and terpenes"][0])
    sketch = sketch_of_structure(structure)
    hydroxyl, tail = next(a for a in sketch.atoms.values() if a.symbol == "O"), list(sketch.atoms.values())[4]
    assert hydroxyl.x < min(atom.x for atom in sketch.atoms.values() if atom.symbol == "C")
    assert tail.y > hydroxyl.y
    wedges = [bond for bond in sketch.bonds.values() if bond.style in (BondStyle.WEDGE, BondStyle.HASH)]
    ring = {key for key, atom in zip(sketch.atoms, structure.GetAtoms(), strict=False) if atom.IsInRing()}
    assert wedges
    assert not [bond for bond in wedges if {bond.begin, bond.end} <= ring]


@pytest.mark.parametrize(
    "sugar", ["OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O", "OC[C@H]1O[C@H](n2cnc3c(N)ncnc23)[C@H](O)[C@@H]1O"]
)
def test_sugars_are_drawn_with_their_anomeric_carbon_at_the_right(sugar: str) -> None:
    structure = read_structure(sugar)
    sketch = sketch_of_structure(structure)
    (match,) = structure.GetSubstructMatches(Chem.MolFromSmarts("[CX4;$(C(O)[O,n])]1O[CX4][CX4][CX4]1"))[:1] or (
        structure.GetSubstructMatch(Chem.MolFromSmarts("[CX4;$(C(O)[O,n])]1O[CX4][CX4][CX4][CX4]1")),
    )
    ring = [sketch.atoms[atom + 1] for atom in match]
    assert ring[0].x == max(atom.x for atom in ring)
    assert ring[1].y > ring[0].y


def test_a_molblock_keeps_its_places_and_its_wedge() -> None:
    lines = ["", "", "", "  4  3  0  0  0  0  0  0  0  0999 V2000"]
    for x, y, symbol in ((0.0, 0.0, "C"), (2.0, 0.0, "C"), (-1.0, 1.75, "N"), (-1.0, -1.75, "O")):
        lines.append(f"{x:10.4f}{y:10.4f}{0.0:10.4f} {symbol:<3s} 0  0")
    sketch = sketch_of_structure(
        read_structure("\n".join([*lines, "  1  2  1  0", "  1  3  1  0", "  1  4  1  1", "M  END", ""]))
    )
    assert [(atom.x, atom.y) for atom in sketch.atoms.values()] == [
        pytest.approx(place, abs=0.01) for place in ((-0.25, 0), (0.74, 0), (-0.74, 0.87), (-0.74, -0.87))
    ]
    assert [bond.style for bond in sketch.bonds.values()] == [BondStyle.PLAIN, BondStyle.PLAIN, BondStyle.WEDGE]
    assert sketch.bonds[list(sketch.bonds)[2]].begin == 1


def test_a_molblock_in_space_is_drawn_flat() -> None:
    lines = ["", "  x  3D", "", "  3  2  0  0  0  0  0  0  0  0999 V2000"]
    for x, y, z in ((0.0, 0.0, 0.0), (0.1, 0.0, 1.5), (0.1, 1.4, 2.0)):
        lines.append(f"{x:10.4f}{y:10.4f}{z:10.4f} C   0  0")
    sketch = sketch_of_structure(read_structure("\n".join([*lines, "  1  2  1  0", "  2  3  1  0", "M  END", ""])))
    assert bond_lengths(sketch) == pytest.approx([1, 1], abs=0.01)


def test_far_too_many_atoms_are_refused_at_once() -> None:
    with pytest.raises(Exception, match="3,000 atoms; up to 500 are drawn"):
        sketch_of_structure(read_structure("C" * 3000))


def test_the_inchikey_of_a_molblock_is_that_of_the_smiles_though_its_coordinates_say_more() -> None:
    text = "CON=C1CCC(=NOC)CC1"
    written, drawn = (
        structure_keys(text, None),
        structure_keys(formats_of(sketch_of_structure(read_structure(text))).molblock, None),
    )
    assert written is not None
    assert drawn is not None
    assert drawn.inchikey == written.inchikey


def test_a_written_steroid_gets_wedged_hydrogens_where_rings_are_fused_and_no_wedge_within_a_ring() -> None:
    molecule = molecule_from_text("CC(C)CCC[C@@H](C)[C@H]1CC[C@H]2[C@@H]3CC=C4C[C@@H](O)CC[C@]4(C)[C@H]3CC[C@]12C")
    for sketch in (sketch_of_text(molecule.smiles), sketch_of_molecule(molecule)):
        wedged = [bond for bond in sketch.bonds.values() if bond.style in (BondStyle.WEDGE, BondStyle.HASH)]
        assert sum(sketch.atoms[bond.end].symbol == "H" for bond in wedged) == 3
        assert not any(_is_in_ring(sketch, bond) for bond in wedged)


def _is_in_ring(sketch: Sketch, bond: SketchBond) -> bool:
    """Whether the ends of a bond are also joined by another way."""
    reached, waiting = {bond.begin}, [bond.begin]
    while waiting:
        here = waiting.pop()
        for other in sketch.neighbours(here):
            if other not in reached and {here, other} != {bond.begin, bond.end}:
                reached.add(other)
                waiting.append(other)
    return bond.end in reached
