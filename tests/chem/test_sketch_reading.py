"""What chemistry says to a drawing, sound or not."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem

from bitspec_gui.chem.parse import molecule_from_text, read_structure
from bitspec_gui.chem.sketch_drawing import sketch_of_molecule, sketch_of_structure
from bitspec_gui.chem.sketch_formats import formats_of
from bitspec_gui.chem.sketch_reading import read_sketch
from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond, SketchReading

CHOLESTEROL = "C[C@H](CCCC(C)C)[C@H]1CC[C@@H]2[C@@]1(CC[C@H]3[C@H]2CC=C4[C@@]3(CC[C@@H](C4)O)C)C"
A = SketchAtom
STAR = [A(0, 0), A(1, 0), A(-1, 0), A(0, 1), A(0, -1), A(0.7, 0.7)]
ZIGZAG = [A(0, 0), A(0.87, 0.5), A(1.73, 0), A(2.6, 0.5)]


def sketch(atoms: list[SketchAtom], *bonds: tuple[int, int] | tuple[int, int, int] | tuple[int, int, int, BondStyle]) -> Sketch:
    """Atoms with the ids 1, 2, ... and bonds with the ids 101, 102, ..."""
    return Sketch(dict(enumerate(atoms, 1)), {101 + place: SketchBond(*bond) for place, bond in enumerate(bonds)}, 200)


def read(text: str) -> SketchReading:
    return read_sketch(sketch_of_structure(read_structure(text)))


def test_a_sound_drawing_gives_the_molecule_that_can_be_predicted() -> None:
    reading = read(CHOLESTEROL)
    written = molecule_from_text(CHOLESTEROL)
    assert reading.molecule is not None
    assert (reading.molecule.inchikey, reading.molecule.smiles) == (written.inchikey, written.smiles)
    assert (reading.formula, reading.nominal_mass, reading.sentence, reading.faults) == ("C27H46O", 386, "", ())
    assert reading.exact_mass == pytest.approx(386.3549, abs=1e-4)


def test_the_molecule_is_drawn_as_in_the_sketch() -> None:
    drawing = sketch([A(0, 0), A(2, 1), A(3, -1, "O")], (1, 2), (2, 3))
    reading = read_sketch(drawing)
    assert reading.molecule is not None
    block = Chem.MolFromMolBlock(reading.molecule.molblock)
    places = sorted((round(x / 1.5, 3), round(y / 1.5, 3)) for x, y, _z in block.GetConformer().GetPositions())
    assert places == [(0, 0), (2, 1), (3, -1)]


@pytest.mark.parametrize("text", [CHOLESTEROL, "CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "[2H]C(Cl)(F)Br", "C/C=N/[H]", "OC[C@H]1OC(O)CC1"])
def test_each_atom_of_the_smiles_is_found_in_the_sketch(text: str) -> None:
    drawing = sketch_of_structure(read_structure(text))
    reading = read_sketch(drawing)
    assert reading.molecule is not None
    structure = read_structure(reading.molecule.smiles)
    assert [drawing.atoms[key].symbol for key in reading.atom_ids] == [atom.GetSymbol() for atom in structure.GetAtoms()]
    for bond in structure.GetBonds():
        ends = (reading.atom_ids[bond.GetBeginAtomIdx()], reading.atom_ids[bond.GetEndAtomIdx()])
        assert drawing.bond_between(*ends) is not None


def test_drawn_hydrogens_are_no_atoms_of_the_smiles() -> None:
    reading = read_sketch(sketch([A(0, 0), A(1, 0, "H"), A(0, 1, "O")], (1, 2), (1, 3)))
    assert reading.molecule is not None
    assert (reading.molecule.smiles, reading.atom_ids, reading.formula) == ("CO", (1, 3), "CH4O")


def test_an_empty_sketch_says_nothing() -> None:
    assert read_sketch(Sketch()) == SketchReading()


@pytest.mark.parametrize(
    ("drawing", "said", "atoms"),
    [
        (sketch(STAR, (1, 2), (1, 3), (1, 4), (1, 5), (1, 6)), "Carbon has 5 bonds; it can have 4.", (1,)),
        (sketch(STAR, (1, 2, 2), (1, 3, 2), (1, 4)), "Carbon has 5 bonds; it can have 4.", (1,)),
        (
            sketch([A(0, 0, "O"), *STAR[1:4]], (1, 2), (1, 3), (1, 4)),
            "Oxygen has 3 bonds; it can have 2. With a charge of +1",
            (1,),
        ),
        (
            sketch([A(0, 0, "N"), *STAR[1:5]], (1, 2), (1, 3), (1, 4), (1, 5)),
            "Nitrogen has 4 bonds; it can have 3. With a charge of +1 it can have 4.",
            (1,),
        ),
        (sketch([A(0, 0, charge=1), *STAR[1:5]], (1, 2), (1, 3), (1, 4), (1, 5)), "Carbon with charge +1 has 4 bonds;", (1,)),
        (sketch([A(0, 0), A(1, 0, "F"), A(2, 0)], (1, 2), (2, 3)), "Fluorine has 2 bonds; it can have 1.", (2,)),
        (
            sketch([A(0, 0, radical=1), *STAR[1:5]], (1, 2), (1, 3), (1, 4), (1, 5)),
            "Carbon has an unpaired electron and 4 bonds; it can have 4 in all.",
            (1,),
        ),
        (sketch([A(0, 0), A(1, 0, "Xy")], (1, 2)), "“Xy” is no element.", (2,)),
        (sketch([A(0, 0), A(1, 0, "H", charge=2)], (1, 2)), "Hydrogen cannot have the charge +2.", (2,)),
        (sketch([A(0, 0, hydrogens=6)]), "Carbon has 6 bonds; it can have 4.", (1,)),
    ],
)
def test_impossible_atoms_are_named_and_shown(drawing: Sketch, said: str, atoms: tuple[int, ...]) -> None:
    reading = read_sketch(drawing)
    assert reading.molecule is None
    assert reading.sentence.startswith(said)
    assert [fault.atoms for fault in reading.faults] == [atoms]


def test_every_impossible_atom_is_told_and_what_can_be_counted_is_counted() -> None:
    drawing = sketch([*STAR, A(3, 0, "F"), A(4, 0)], (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (6, 7), (7, 8))
    reading = read_sketch(drawing)
    assert [fault.atoms for fault in reading.faults] == [(1,), (7,)]
    assert (reading.formula, reading.nominal_mass) == ("C7H17F", 120)


@pytest.mark.parametrize(
    ("drawing", "said"),
    [
        (sketch([A(0, 0), A(3, 0)]), "mixture or salt of 2 parts"),
        (sketch([A(0, 0, "O")]), "H2O has no carbon"),
        (sketch([A(0, 0), A(1, 0, "*")], (1, 2)), "open place"),
        (sketch([A(0, 0), A(1, 0, "R")], (1, 2)), "open place"),
        (sketch([A(float(x), 0) for x in range(80)], *((x, x + 1) for x in range(1, 80))), "1000 Da"),
    ],
)
def test_sound_drawings_that_cannot_be_predicted_say_what_is_missing(drawing: Sketch, said: str) -> None:
    reading = read_sketch(drawing)
    assert reading.molecule is None
    assert said in reading.sentence
    assert reading.faults == ()


def test_a_pentavalent_nitro_group_is_taken_as_what_is_meant() -> None:
    reading = read_sketch(sketch([A(0, 0, "N"), A(1, 0, "O"), A(-1, 0, "O"), A(0, 1)], (1, 2, 2), (1, 3, 2), (1, 4)))
    assert reading.molecule is not None
    assert reading.molecule.smiles == "C[N+](=O)[O-]"


@pytest.mark.parametrize(
    ("style", "turned", "label"),
    [
        (BondStyle.PLAIN, False, None), (BondStyle.WEDGE, False, "S"), (BondStyle.HASH, False, "R"),
        (BondStyle.WAVY, False, None), (BondStyle.WEDGE, True, None),
    ],
)  # fmt: skip
def test_wedges_make_stereocentres_at_their_narrow_end(style: BondStyle, turned: bool, label: str | None) -> None:
    atoms = [A(0, 0), A(0.87, 0.5), A(1.73, 0, "O"), A(0.87, 1.5, "N")]
    ends = (4, 2) if turned else (2, 4)
    reading = read_sketch(sketch(atoms, (2, 1), (2, 3), (*ends, 1, style)))
    assert reading.stereo_labels == ({2: label} if label else {})
    assert reading.faults == ()


def test_a_wedge_at_no_stereocentre_is_ignored() -> None:
    reading = read_sketch(sketch(ZIGZAG, (1, 2, 1, BondStyle.WEDGE), (2, 3), (3, 4, 1, BondStyle.HASH)))
    assert reading.molecule is not None
    assert (reading.molecule.smiles, reading.faults) == ("CCCC", ())


@pytest.mark.parametrize(
    ("first", "double", "smiles", "label"),
    [
        (BondStyle.PLAIN, BondStyle.PLAIN, "C/C=C/C", "E"),
        (BondStyle.PLAIN, BondStyle.EITHER, "CC=CC", None),
        (BondStyle.WAVY, BondStyle.PLAIN, "CC=CC", None),
    ],
)
def test_double_bonds_have_the_geometry_that_is_drawn(
    first: BondStyle, double: BondStyle, smiles: str, label: str | None
) -> None:
    reading = read_sketch(sketch(ZIGZAG, (1, 2, 1, first), (2, 3, 2, double), (3, 4)))
    assert reading.molecule is not None
    assert Chem.CanonSmiles(reading.molecule.smiles) == smiles
    assert reading.stereo_labels == ({102: label} if label else {})


def test_a_double_bond_beside_a_wedge_has_the_geometry_that_is_drawn() -> None:
    atoms = [*ZIGZAG, A(3.46, 0, "O"), A(2.6, 1.5, "F")]
    reading = read_sketch(sketch(atoms, (1, 2), (2, 3, 2), (4, 3, 1, BondStyle.WEDGE), (4, 5), (4, 6)))
    assert reading.stereo_labels.keys() == {4, 102}
    assert reading.stereo_labels[102] == "E"


def test_wedges_and_double_bonds_without_length_say_nothing() -> None:
    reading = read_sketch(sketch([A(0, 0), A(0, 0), A(0, 0, "O"), A(0, 1, "N")], (1, 2, 1, BondStyle.WEDGE), (1, 3), (1, 4)))
    assert (reading.formula, reading.faults, reading.stereo_labels) == ("C2H7NO", (), {})


def test_aromatic_rings_are_found_with_their_atoms_in_order() -> None:
    drawing = sketch_of_structure(read_structure("c1ccc2[nH]ccc2c1C3CCCCC3"))
    rings = read_sketch(drawing).aromatic_rings
    assert sorted(len(ring) for ring in rings) == [5, 6]
    for ring in rings:
        assert all(drawing.bond_between(one, other) for one, other in zip(ring, ring[1:] + ring[:1], strict=True))


def test_charges_radicals_and_isotopes_are_read_and_bring_their_warnings() -> None:
    reading = read_sketch(sketch([A(0, 0, radical=1), A(1, 0, isotope=13), A(2, 0, "N", charge=1)], (1, 2), (2, 3)))
    assert reading.molecule is not None
    assert Chem.CanonSmiles(reading.molecule.smiles) == Chem.CanonSmiles("[CH2][13CH2][NH3+]")
    assert len(reading.molecule.warnings) == 3
    assert reading.formula == "C[13C]H7N+"


@pytest.mark.parametrize(
    ("atoms", "formula", "nominal", "exact"),
    [
        ([A(0, 0, isotope=13), A(1, 0, "O")], "[13C]H4O", 33, 33.02957),
        ([A(0, 0), A(1, 0, "H", isotope=2)], "CH3D", 17, 17.03758),
        ([A(0, 0), A(1, 0, "Br", isotope=81)], "CH3[81Br]", 96, 95.93977),
    ],
)
def test_labels_count_in_the_masses_of_what_is_drawn(atoms: list[A], formula: str, nominal: int, exact: float) -> None:
    reading = read_sketch(sketch(atoms, (1, 2)))
    assert (reading.formula, reading.nominal_mass) == (formula, nominal)
    assert reading.exact_mass == pytest.approx(exact, abs=1e-4)


def test_stated_hydrogens_are_taken_as_they_are() -> None:
    reading = read_sketch(sketch([A(0, 0), A(1, 0, "S", hydrogens=3)], (1, 2)))
    assert reading.molecule is not None
    assert reading.formula == "CH6S"


def test_deuterium_is_drawn_as_d() -> None:
    reading = read_sketch(sketch([A(0, 0), A(1, 0, "D")], (1, 2)))
    assert reading.molecule is not None
    assert reading.molecule.smiles == "[2H]C"


def test_a_molecule_is_drawn_with_its_own_places_again() -> None:
    first = sketch_of_structure(read_structure("CC=CC/C=C/[C@H](O)C"))
    reading = read_sketch(first)
    assert reading.molecule is not None
    again = sketch_of_molecule(reading.molecule)
    assert formats_of(again).inchikey == reading.molecule.inchikey
    places = {(round(atom.x, 2), round(atom.y, 2)) for atom in first.atoms.values()}
    assert {(round(atom.x, 2), round(atom.y, 2)) for atom in again.atoms.values()} == places


_SYMBOLS = st.sampled_from(["C", "N", "O", "S", "P", "F", "Cl", "Si", "H", "B", "*", "Xy", "D", "Na", "Xe"])
_ATOMS = st.builds(
    SketchAtom,
    st.floats(-3, 3),
    st.floats(-3, 3),
    _SYMBOLS,
    st.integers(-2, 2),
    st.integers(0, 2),
    st.sampled_from([0, 2, 13, 15]),
    st.sampled_from([None, None, None, 0, 3]),
)
_BONDS = st.tuples(st.integers(1, 8), st.integers(1, 8), st.integers(1, 3), st.sampled_from(list(BondStyle)))


@settings(max_examples=150, deadline=None)
@given(st.lists(_ATOMS, max_size=8), st.lists(_BONDS, max_size=10))
def test_whatever_is_drawn_gets_a_molecule_or_a_sentence(
    atoms: list[SketchAtom], bonds: list[tuple[int, int, int, BondStyle]]
) -> None:
    pairs = {}
    for begin, end, order, style in bonds:
        if begin != end and max(begin, end) <= len(atoms):
            pairs.setdefault(frozenset((begin, end)), (begin, end, order, style))
    drawing = sketch(atoms, *pairs.values())
    reading = read_sketch(drawing)
    assert bool(reading.molecule) != bool(reading.sentence) or not atoms
    assert bool(formats_of(drawing).molblock) == bool(atoms)


def test_a_molecule_without_a_molblock_is_drawn_from_its_smiles():
    molecule = replace(molecule_from_text("CCCCc1ccccc1"), molblock="")
    sketch = sketch_of_molecule(molecule)
    assert len(sketch.atoms) == 10
    assert len({(atom.x, atom.y) for atom in sketch.atoms.values()}) == 10
    assert read_sketch(sketch).molecule.smiles == molecule.smiles
