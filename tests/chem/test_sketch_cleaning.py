"""Cleaning drawings up, and drawing or leaving out their hydrogens."""

import math
import random
from dataclasses import replace

import pytest

from bitspec_gui.chem.parse import read_structure
from bitspec_gui.chem.sketch_cleaning import cleaned, with_explicit_hydrogens, without_explicit_hydrogens
from bitspec_gui.chem.sketch_drawing import sketch_of_structure
from bitspec_gui.chem.sketch_formats import formats_of
from bitspec_gui.chem.sketch_reading import read_sketch
from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond

VARIED = [
    "CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "C[C@H](N)C(=O)O", "C/C=C\\Cl", "CC=CC", "[13CH3]C(=O)[O-]", "C[CH2]", "[2H]C", "C1CC2CCC1C2",
    "OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O", "C[C@]12CC[C@H]3[C@H]([C@@H]1CC[C@@H]2O)CCC4=CC(=O)CC[C@]34C", "C[S@](=O)CC",
    "C#CC.O", "C[Si](C)(C)O[Si](C)(C)C", "CB(O)O", "[SiH2]", "C[N+](C)(C)C", "[BH4-].[Na+]", "CCOC(=N)c1ccccc1",
]  # fmt: skip


def sketch_of(text: str) -> Sketch:
    return sketch_of_structure(read_structure(text))


def turned(sketch: Sketch, angle_deg: float, shake: float = 0.0, dx: float = 0.0) -> Sketch:
    """The sketch turned, moved and shaken, as a hand would have drawn it."""
    chance, angle = random.Random(5), math.radians(angle_deg)
    atoms = {}
    for key, atom in sketch.atoms.items():
        x = atom.x * math.cos(angle) - atom.y * math.sin(angle) + dx + chance.gauss(0, shake)
        y = atom.x * math.sin(angle) + atom.y * math.cos(angle) + chance.gauss(0, shake)
        atoms[key] = replace(atom, x=x, y=y)
    return replace(sketch, atoms=atoms)


def bond_lengths(sketch: Sketch) -> list[float]:
    ends = [(sketch.atoms[bond.begin], sketch.atoms[bond.end]) for bond in sketch.bonds.values()]
    return [math.hypot(one.x - other.x, one.y - other.y) for one, other in ends]


def farthest_move(before: Sketch, after: Sketch) -> float:
    pairs = [(before.atoms[key], after.atoms[key]) for key in before.atoms]
    return max(math.hypot(one.x - other.x, one.y - other.y) for one, other in pairs)


@pytest.mark.parametrize("text", VARIED)
def test_cleaning_makes_bonds_equal_and_keeps_the_molecule_and_the_ids(text: str) -> None:
    drawn = turned(sketch_of(text), 17, shake=0.1, dx=4)
    after = cleaned(drawn)
    assert list(after.atoms) == list(drawn.atoms)
    assert set(after.bonds) == set(drawn.bonds)
    assert formats_of(after).inchikey == formats_of(drawn).inchikey
    assert all(0.75 < length < 1.3 for length in bond_lengths(after))


@pytest.mark.parametrize("angle_deg", [0, 30, 60, 90, 150, 180, 270])
def test_cleaning_leaves_a_tidy_drawing_where_it_is(angle_deg: float) -> None:
    drawn = turned(sketch_of("CC(C)Cc1ccc(cc1)C(C)C(=O)O"), angle_deg, dx=3)
    assert farthest_move(drawn, cleaned(drawn)) < 0.05


def test_cleaning_takes_the_mirror_image_where_that_is_nearer() -> None:
    drawn = sketch_of("CC(C)Cc1ccc(cc1)[C@@H](C)C(=O)O")
    mirrored = replace(
        drawn,
        atoms={key: replace(atom, x=-atom.x) for key, atom in drawn.atoms.items()},
        bonds={key: replace(bond, style=_swapped(bond.style)) for key, bond in drawn.bonds.items()},
    )
    after = cleaned(mirrored)
    assert formats_of(after).inchikey == formats_of(drawn).inchikey
    assert farthest_move(mirrored, after) < 0.05


def _swapped(style: BondStyle) -> BondStyle:
    return {BondStyle.WEDGE: BondStyle.HASH, BondStyle.HASH: BondStyle.WEDGE}.get(style, style)


@pytest.mark.parametrize("text", ["c1ccccc1/C=C/c1ccccc1", "C[Si](C)(C)OC(=O)c1ccccc1", "CC(C)(C)c1ccc(C(C)(C)C)cc1"])
def test_cleaning_leaves_a_tidy_drawing_where_it_is_also_with_its_rings_turned_over(text: str) -> None:
    drawing = sketch_of(text)
    ring = read_sketch(drawing).aromatic_rings[0]
    start = next(place for place, key in enumerate(ring) if len(drawing.neighbours(key)) == 3)
    around = ring[start:] + ring[:start]
    places = {key: key for key in drawing.atoms} | {key: around[-place] for place, key in enumerate(around)}
    turned_over = replace(drawing, atoms={key: drawing.atoms[place] for key, place in places.items()})
    again = cleaned(turned_over)
    off = [math.hypot(again.atoms[key].x - atom.x, again.atoms[key].y - atom.y) for key, atom in turned_over.atoms.items()]
    assert max(off) < 0.02


def test_only_the_chosen_atoms_move() -> None:
    drawn = sketch_of("CCCCc1ccccc1")
    bent = replace(drawn, atoms={**drawn.atoms, 1: replace(drawn.atoms[1], x=9.0, y=9.0)})
    after = cleaned(bent, [1, 2])
    assert {key: after.atoms[key] for key in after.atoms if key > 2} == {key: bent.atoms[key] for key in bent.atoms if key > 2}
    assert bond_lengths(after) == pytest.approx([1] * len(after.bonds), abs=0.1)
    assert formats_of(after).smiles == formats_of(drawn).smiles


@pytest.mark.parametrize("text", [text for text in VARIED if "." not in text])
def test_cleaning_half_of_a_molecule_keeps_the_molecule(text: str) -> None:
    drawn = turned(sketch_of(text), 40, shake=0.05)
    chosen = list(drawn.atoms)[: len(drawn.atoms) // 2]
    after = cleaned(drawn, chosen)
    assert formats_of(after).inchikey == formats_of(drawn).inchikey
    kept = [key for key in drawn.atoms if key not in chosen]
    assert not chosen or all(after.atoms[key] == drawn.atoms[key] for key in kept)


def test_cleaning_lays_out_atoms_that_lie_on_one_spot() -> None:
    drawn = sketch_of("C1CCCCC1O")
    heap = replace(drawn, atoms={key: replace(atom, x=2.0, y=1.0) for key, atom in drawn.atoms.items()})
    after = cleaned(heap)
    assert bond_lengths(after) == pytest.approx([1] * 7, abs=0.05)
    assert formats_of(after).smiles == "OC1CCCCC1"


def test_cleaning_an_impossible_drawing_still_lays_it_out() -> None:
    atoms = {key: SketchAtom(0.1 * key, 0.0) for key in range(1, 7)}
    bonds = {key + 10: SketchBond(1, key) for key in range(2, 7)}
    after = cleaned(Sketch(atoms, bonds, 20))
    assert bond_lengths(after) == pytest.approx([1] * 5, abs=0.1)
    assert after.atoms[1].symbol == "C"


def test_cleaning_one_part_leaves_the_other_alone() -> None:
    drawn = sketch_of("CCO.c1ccccc1")
    after = cleaned(turned(drawn, 0, shake=0.1), [1, 2, 3])
    assert [after.atoms[key] for key in range(4, 10)] == [turned(drawn, 0, shake=0.1).atoms[key] for key in range(4, 10)]


@pytest.mark.parametrize("text", VARIED)
def test_hydrogens_can_be_drawn_and_left_out_again(text: str) -> None:
    drawn = without_explicit_hydrogens(turned(sketch_of(text), 17))
    grown = with_explicit_hydrogens(drawn)
    structure = read_structure(text)
    assert len(grown.atoms) == structure.GetNumAtoms() + sum(atom.GetTotalNumHs() for atom in structure.GetAtoms())
    assert set(drawn.atoms) <= set(grown.atoms)
    assert formats_of(grown).inchikey == formats_of(drawn).inchikey
    bare = without_explicit_hydrogens(grown)
    assert bare.atoms == drawn.atoms
    assert formats_of(bare).inchikey == formats_of(drawn).inchikey
    if text != "CCOC(=N)c1ccccc1":  # whose double bond is crossed, because the drawn hydrogen would give it a geometry
        assert bare.bonds == drawn.bonds


def test_drawn_hydrogens_do_not_lie_on_each_other_or_on_bonds() -> None:
    grown = with_explicit_hydrogens(sketch_of("CC(C)O"))
    places = [(atom.x, atom.y) for atom in grown.atoms.values()]
    nearest = min(math.dist(one, other) for number, one in enumerate(places) for other in places[:number])
    assert nearest > 0.35


def test_leaving_out_the_wedged_hydrogen_of_a_stereocentre_wedges_another_bond() -> None:
    atoms = {1: SketchAtom(0, 0), 2: SketchAtom(1, 0, "N"), 3: SketchAtom(-0.5, 0.87), 4: SketchAtom(-0.5, -0.87, "O")}
    atoms[5] = SketchAtom(0.5, 0.87, "H")
    bonds = {key + 10: SketchBond(1, key, 1, BondStyle.WEDGE if key == 5 else BondStyle.PLAIN) for key in range(2, 6)}
    drawn = Sketch(atoms, bonds, 20)
    bare = without_explicit_hydrogens(drawn)
    assert set(bare.atoms) == {1, 2, 3, 4}
    assert "@" in formats_of(drawn).smiles
    assert formats_of(bare).smiles == formats_of(drawn).smiles


def test_labelled_hydrogens_are_not_left_out() -> None:
    drawn = sketch_of("[2H]C([2H])([2H])O")
    assert without_explicit_hydrogens(drawn).atoms == drawn.atoms
