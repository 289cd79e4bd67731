"""Rings: on paper, fused, attached, and the double bonds in them."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sketching_aids import as_rdkit, inchikey, inchikey_of

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch import edits
from bitspec_gui.sketch.geometry import bond_angles, turn
from bitspec_gui.sketch.matching import paired
from bitspec_gui.sketch.picking import Picked, nearest
from bitspec_gui.sketch.rings import RINGS, corners_around, radius, ring_at
from bitspec_gui.sketch.valence import implied_hydrogens, valence_fault

NAMES = {
    "benzene": "c1ccccc1",
    "cyclopentadiene": "C1C=CC=C1",
    "ring3": "C1CC1",
    "ring4": "C1CCC1",
    "ring5": "C1CCCC1",
    "ring6": "C1CCCCC1",
    "ring7": "C1CCCCCC1",
    "ring8": "C1CCCCCCC1",
}
SIX = math.sqrt(3)
"""Distance of the middles of two fused six-rings."""


def bond_near(sketch: Sketch, x: float, y: float) -> Picked:
    """The bond whose middle is nearest to a place."""

    def distance(key: int) -> float:
        bond = sketch.bonds[key]
        one, other = sketch.atoms[bond.begin], sketch.atoms[bond.end]
        return math.dist(((one.x + other.x) / 2, (one.y + other.y) / 2), (x, y))

    return Picked(bond=min(sketch.bonds, key=distance))


def atom_near(sketch: Sketch, x: float, y: float) -> int:
    picked = nearest(sketch, x, y, reach=0.1)
    assert picked.atom is not None
    return picked.atom


def lengths(sketch: Sketch) -> list[float]:
    ends = ((sketch.atoms[bond.begin], sketch.atoms[bond.end]) for bond in sketch.bonds.values())
    return [math.dist((one.x, one.y), (other.x, other.y)) for one, other in ends]


def fused(sketch: Sketch, template: str, x: float, y: float) -> Sketch:
    return ring_at(sketch, template, bond_near(sketch, x, y))


def benzene() -> Sketch:
    return ring_at(Sketch(), "benzene", (0.0, 0.0))


@pytest.mark.parametrize("template", sorted(RINGS))
def test_a_ring_on_paper_is_what_its_name_says(template: str) -> None:
    sketch = ring_at(Sketch(), template, (2.0, -1.0))
    assert inchikey(sketch) == inchikey_of(NAMES[template])
    assert lengths(sketch) == pytest.approx([1.0] * len(sketch.bonds))
    assert sum(atom.x for atom in sketch.atoms.values()) / len(sketch.atoms) == pytest.approx(2.0)


def test_a_six_ring_stands_on_a_corner_and_turns_with_the_drag() -> None:
    upright = ring_at(Sketch(), "ring6", (0.0, 0.0))
    assert max(atom.y for atom in upright.atoms.values()) == pytest.approx(1.0)
    lying = ring_at(Sketch(), "ring6", (0.0, 0.0), angle=0.0)
    assert max(atom.y for atom in lying.atoms.values()) == pytest.approx(math.sqrt(3) / 2)
    assert max(atom.x for atom in lying.atoms.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("bond", range(6))
def test_benzene_on_any_bond_of_benzene_is_naphthalene(bond: int) -> None:
    drawn = benzene()
    sketch = ring_at(drawn, "benzene", Picked(bond=list(drawn.bonds)[bond]))
    assert inchikey(sketch) == inchikey_of("c1ccc2ccccc2c1")
    assert lengths(sketch) == pytest.approx([1.0] * 11)
    before = {key: value.order for key, value in drawn.bonds.items()}
    assert {key: sketch.bonds[key].order for key in before} == before


def test_rings_in_a_row_and_at_an_angle() -> None:
    naphthalene = fused(benzene(), "benzene", SIX / 2, 0.0)
    assert inchikey(fused(naphthalene, "benzene", 1.5 * SIX, 0.0)) == inchikey_of("c1ccc2cc3ccccc3cc2c1")
    assert inchikey(fused(naphthalene, "benzene", 1.25 * SIX, 0.75)) == inchikey_of("c1ccc2c(c1)ccc1ccccc12")


def test_a_ring_in_a_bay_joins_what_is_there() -> None:
    phenanthrene = fused(fused(benzene(), "benzene", SIX / 2, 0.0), "benzene", 1.25 * SIX, 0.75)
    assert inchikey(fused(phenanthrene, "benzene", SIX / 2, 1.5)) == inchikey_of("c1cc2ccc3cccc4ccc(c1)c2c34")


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(6)))
def test_coronene_comes_out_right_in_any_order_of_its_rings(order: list[int]) -> None:
    sketch = benzene()
    for side in order:
        angle = math.radians(60 * side)
        sketch = fused(sketch, "benzene", math.cos(angle) * SIX / 2, math.sin(angle) * SIX / 2)
    assert len(sketch.atoms) == 24
    assert inchikey(sketch) == inchikey_of("c1cc2ccc3ccc4ccc5ccc6ccc1c7c2c3c4c5c67")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 99), max_size=8))
def test_benzenes_fused_anywhere_have_as_many_double_bonds_as_there_can_be(choices: list[int]) -> None:
    sketch = benzene()
    for choice in choices:
        free = [
            key
            for key, bond in sketch.bonds.items()
            if implied_hydrogens(sketch, bond.begin) and implied_hydrogens(sketch, bond.end)
        ]
        if free:
            sketch = ring_at(sketch, "benzene", Picked(bond=free[choice % len(free)]))
    assert not any(valence_fault(sketch, atom) for atom in sketch.atoms)
    without = sum(all(sketch.bonds[bond].order == 1 for bond in sketch.bonds_of[atom]) for atom in sketch.atoms)
    assert without == len(sketch.atoms) - len(paired({atom: sketch.neighbours(atom) for atom in sketch.atoms}, {}))


def test_the_odd_carbon_of_phenalene_finds_a_partner_in_the_next_ring() -> None:
    phenalene = fused(fused(benzene(), "benzene", SIX / 2, 0.0), "benzene", SIX / 4, 0.75)
    assert len(phenalene.atoms) == 13
    assert inchikey(phenalene) == inchikey_of("C1C=Cc2cccc3cccc1c23")
    for x, y in ((-SIX / 4, 0.75), (0.75 * SIX, 0.75), (SIX / 4, -0.75)):
        pyrene = fused(phenalene, "benzene", x, y)
        if len(pyrene.atoms) == 16:
            assert inchikey(pyrene) == inchikey_of("c1cc2ccc3cccc4ccc(c1)c2c34")


def test_a_methylene_that_was_meant_stays_where_rings_pair_up_without_it() -> None:
    indene = fused(benzene(), "cyclopentadiene", SIX / 2, 0.0)
    assert inchikey(indene) == inchikey_of("C1C=Cc2ccccc12")
    fluorene_like = fused(indene, "benzene", -SIX / 2, 0.0)
    assert as_rdkit(fluorene_like).HasSubstructMatch(as_rdkit(indene))
    assert sum(atom.GetTotalNumHs() == 2 for atom in as_rdkit(fluorene_like).GetAtoms()) == 1


def test_benzene_on_a_bond_of_cyclohexane_is_tetralin() -> None:
    drawn = ring_at(Sketch(), "ring6", (0.0, 0.0))
    assert inchikey(fused(drawn, "benzene", SIX / 2, 0.0)) == inchikey_of("C1CCc2ccccc2C1")


def test_a_saturated_ring_leaves_double_bonds_alone() -> None:
    assert inchikey(fused(benzene(), "ring5", SIX / 2, 0.0)) == inchikey_of("C1Cc2ccccc2C1")


def test_indole_and_purine_are_drawn_by_rings_and_elements() -> None:
    drawn = fused(benzene(), "cyclopentadiene", SIX / 2, 0.0)
    methylene = next(atom.GetIdx() for atom in as_rdkit(drawn).GetAtoms() if atom.GetTotalNumHs() == 2)
    indole = edits.set_element(drawn, [list(drawn.atoms)[methylene]], "N")
    assert inchikey(indole) == inchikey_of("c1ccc2[nH]ccc2c1")
    nitrogen = next(atom for atom in indole.atoms.values() if atom.symbol == "N")
    side = math.copysign(1.0, nitrogen.y)
    places = [(0.0, side), (-SIX / 2, -side / 2), (nitrogen.x, -nitrogen.y)]
    purine = edits.set_element(indole, [atom_near(indole, *place) for place in places], "N")
    assert inchikey(purine) == inchikey_of("c1ncc2nc[nH]c2n1")


def test_caffeine_is_drawn_by_two_rings_and_sprouts() -> None:
    sketch = fused(ring_at(Sketch(), "ring6", (0.0, 0.0)), "ring5", SIX / 2, 0.0)
    top, bottom = atom_near(sketch, 0.0, 1.0), atom_near(sketch, 0.0, -1.0)
    upper_left, lower_left = atom_near(sketch, -SIX / 2, 0.5), atom_near(sketch, -SIX / 2, -0.5)
    upper_joint, lower_joint = atom_near(sketch, SIX / 2, 0.5), atom_near(sketch, SIX / 2, -0.5)
    tip = max(sketch.atoms, key=lambda key: sketch.atoms[key].x)
    above, below = sorted((key for key in sketch.neighbours(tip)), key=lambda key: -sketch.atoms[key].y)
    sketch = edits.set_element(sketch, [upper_left, bottom, above, below], "N")
    for carbonyl in (top, lower_left):
        sketch, _ = edits.sprout(sketch, carbonyl, 2, "O")
    for nitrogen in (upper_left, bottom, above):
        sketch, _ = edits.sprout(sketch, nitrogen)
    for one, other in ((upper_joint, lower_joint), (tip, below)):
        sketch, _ = edits.add_bond(sketch, one, other, 2)
    assert inchikey(sketch) == inchikey_of("CN1C=NC2=C1C(=O)N(C)C(=O)N2C")
    ring = [top, bottom, upper_left, lower_left, upper_joint, lower_joint]
    for atom in ring:
        angles = bond_angles(sketch, atom)
        assert len(angles) == 3
        assert min(turn(one, other) for one, other in itertools.combinations(angles, 2)) > 100.0


def test_the_steroid_skeleton_closes_perfectly() -> None:
    sketch = ring_at(Sketch(), "ring6", (0.0, 0.0))
    sketch = fused(sketch, "ring6", SIX / 2, 0.0)
    sketch = fused(sketch, "ring6", 1.25 * SIX, 0.75)
    sketch = fused(sketch, "ring5", 2 * SIX, 1.5)
    assert len(sketch.atoms) == 17
    assert inchikey(sketch) == inchikey_of("C1CCC2C(C1)CCC3C2CCC4C3CCC4")
    assert lengths(sketch) == pytest.approx([1.0] * 20)


def test_a_ring_grows_out_of_the_end_of_a_chain_and_hangs_on_its_middle() -> None:
    sketch = Sketch()
    sketch, first = edits.add_atom(sketch, 0.0, 0.0)
    sketch, second = edits.sprout(sketch, first)
    sketch, third = edits.sprout(sketch, second)
    assert inchikey(ring_at(sketch, "benzene", Picked(atom=third))) == inchikey_of("CCc1ccccc1")
    assert inchikey(ring_at(sketch, "benzene", Picked(atom=second))) == inchikey_of("CC(C)c1ccccc1")
    assert inchikey(ring_at(sketch, "ring5", Picked(atom=second), spiro=True)) == inchikey_of("CC1(C)CCCC1")


def test_an_oxygen_or_amine_gets_a_phenyl_by_a_bond() -> None:
    sketch, first = edits.add_atom(Sketch(), 0.0, 0.0)
    sketch, second = edits.sprout(sketch, first, symbol="O")
    assert inchikey(ring_at(sketch, "benzene", Picked(atom=second))) == inchikey_of("COc1ccccc1")
    amine = edits.set_element(sketch, [second], "N")
    assert inchikey(ring_at(amine, "benzene", Picked(atom=second))) == inchikey_of("CNc1ccccc1")
    assert inchikey(ring_at(amine, "ring6", Picked(atom=second))) == inchikey_of("CN1CCCCC1")


def test_biphenyl_points_away_from_its_ring() -> None:
    sketch = ring_at(benzene(), "benzene", Picked(atom=atom_near(benzene(), 0.0, 1.0)))
    assert inchikey(sketch) == inchikey_of("c1ccc(cc1)-c1ccccc1")
    assert max(atom.y for atom in sketch.atoms.values()) == pytest.approx(4.0)


def test_a_ring_on_a_triple_bond_leaves_no_atom_with_five_bonds() -> None:
    sketch, end = edits.draw_bond(Sketch(), (0.0, 0.0), (1.0, 0.0), 3)
    sketch, _ = edits.sprout(sketch, end)
    for template in RINGS:
        as_rdkit(ring_at(sketch, template, bond_near(sketch, 0.5, 0.0)))


def test_the_angle_chooses_the_side_of_a_bond() -> None:
    sketch, _ = edits.draw_bond(Sketch(), (0.0, 0.0), (1.0, 0.0))
    above = ring_at(sketch, "ring6", bond_near(sketch, 0.5, 0.0), angle=80.0)
    below = ring_at(sketch, "ring6", bond_near(sketch, 0.5, 0.0), angle=260.0)
    assert min(atom.y for atom in above.atoms.values()) == pytest.approx(0.0)
    assert max(atom.y for atom in below.atoms.values()) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("size", range(3, 9))
def test_corners_are_one_bond_length_apart(size: int) -> None:
    places = corners_around(size, (0.0, 0.0), 17.0)
    assert [math.dist(one, other) for one, other in itertools.pairwise(places)] == pytest.approx([1.0] * (size - 1))
    assert math.dist(places[0], (0.0, 0.0)) == pytest.approx(radius(size))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=14))
def test_pairs_are_as_many_as_can_be(edges: list[tuple[int, int]]) -> None:
    graph: dict[int, list[int]] = {vertex: [] for vertex in range(8)}
    for one, other in edges:
        if one != other and other not in graph[one]:
            graph[one].append(other)
            graph[other].append(one)
    pairs = paired(graph, {})
    assert all(pairs[pairs[vertex]] == vertex and pairs[vertex] in graph[vertex] for vertex in pairs)
    assert len(pairs) // 2 == _most_pairs(sorted({(min(e), max(e)) for e in edges if e[0] != e[1]}), frozenset())


def _most_pairs(edges: list[tuple[int, int]], used: frozenset[int]) -> int:
    counts = [
        1 + _most_pairs(edges[place + 1 :], used | {one, other})
        for place, (one, other) in enumerate(edges)
        if one not in used and other not in used
    ]
    return max(counts, default=0)
