"""Where things go on paper: picking, snapping, directions, chains, and parts moved about."""

import itertools
import math

import pytest
from sketching_aids import inchikey, inchikey_of

from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom
from bitspec_gui.sketch import edits, geometry, transforms
from bitspec_gui.sketch.chains import add_chain, chain_points
from bitspec_gui.sketch.picking import Picked, bonds_within, in_box, nearest, within
from bitspec_gui.sketch.rings import ring_at


def ethane() -> Sketch:
    return edits.draw_bond(Sketch(), (0.0, 0.0), (1.0, 0.0))[0]


def alanine() -> Sketch:
    """L-alanine, with a wedge."""
    sketch, centre = edits.add_atom(Sketch(), 0.0, 0.0)
    sketch, nitrogen = edits.sprout(sketch, centre, symbol="N")
    sketch, carboxyl = edits.sprout(sketch, centre)
    sketch, methyl = edits.sprout(sketch, centre)
    sketch, _ = edits.sprout(sketch, carboxyl, 2, "O")
    sketch, _ = edits.sprout(sketch, carboxyl, 1, "O")
    bond = sketch.bond_between(centre, nitrogen)
    assert bond is not None
    assert methyl in sketch.atoms
    return edits.cycle_wedge(sketch, bond)


def test_an_atom_wins_over_its_bond_and_the_bond_over_paper() -> None:
    sketch = ethane()
    first, second = sketch.atoms
    (bond,) = sketch.bonds
    assert nearest(sketch, 0.1, 0.2) == Picked(atom=first)
    assert nearest(sketch, 0.8, -0.1) == Picked(atom=second)
    assert nearest(sketch, 0.5, 0.2) == Picked(bond=bond)
    assert nearest(sketch, 0.5, 0.5) == Picked()
    assert not nearest(sketch, 5.0, 5.0)
    assert nearest(Sketch(), 0.0, 0.0) == Picked()


def test_a_lasso_takes_what_it_encloses_and_a_box_works_from_any_corner() -> None:
    sketch = ring_at(Sketch(), "ring6", (0.0, 0.0))
    right = frozenset(key for key, atom in sketch.atoms.items() if atom.x > 0.5)
    assert within(sketch, [(0.3, -2.0), (2.0, -2.0), (2.0, 2.0), (0.3, 2.0)]) == right
    assert in_box(sketch, 2.0, 2.0, 0.3, -2.0) == right
    assert len(bonds_within(sketch, right)) == 1
    hollow = [(-2, -2), (2, -2), (2, 2), (-2, 2), (-2, -2), (-1.5, -1.5), (1.5, -1.5), (1.5, 1.5), (-1.5, 1.5), (-1.5, -1.5)]
    assert within(sketch, hollow) == frozenset()
    assert within(sketch, []) == frozenset()


@pytest.mark.parametrize(("x", "y", "angle"), [(3.0, 0.1, 0.0), (1.0, 1.0, 45.0), (-5.0, 1.0, 165.0), (0.2, -3.0, 270.0)])
def test_a_dragged_bond_snaps_to_15_degrees_and_to_one_length(x: float, y: float, angle: float) -> None:
    end = geometry.snapped(2.0, 2.0, 2.0 + x, 2.0 + y)
    assert math.dist(end, (2.0, 2.0)) == pytest.approx(1.0)
    assert geometry.turn(geometry.direction(2.0, 2.0, *end), angle) == pytest.approx(0.0, abs=1e-9)
    assert geometry.snapped(2.0, 2.0, x, y, free=True) == (x, y)


def test_the_first_bond_of_a_lone_atom_rises_at_30_degrees() -> None:
    sketch, atom = edits.add_atom(Sketch(), 0.0, 0.0)
    assert geometry.best_direction(sketch, atom) == pytest.approx(30.0)


@pytest.mark.parametrize(("first", "second"), [(3, 1), (1, 3), (2, 2)])
def test_sp_atoms_go_straight_on(first: int, second: int) -> None:
    sketch, end = edits.draw_bond(Sketch(), (0.0, 0.0), (1.0, 0.0), first)
    sketch, far = edits.sprout(sketch, end, second)
    assert (sketch.atoms[far].x, sketch.atoms[far].y) == pytest.approx((2.0, 0.0))


def test_a_substituent_of_a_ring_points_outwards() -> None:
    sketch = ring_at(Sketch(), "benzene", (0.0, 0.0))
    for atom in list(sketch.atoms):
        grown, end = edits.sprout(sketch, atom)
        assert math.hypot(grown.atoms[end].x, grown.atoms[end].y) == pytest.approx(2.0)


def test_two_substituents_of_a_ring_atom_stay_outside_the_ring() -> None:
    sketch = ring_at(Sketch(), "ring6", (0.0, 0.0))
    atom = next(iter(sketch.atoms))
    for _ in range(2):
        sketch, end = edits.sprout(sketch, atom)
        assert math.hypot(sketch.atoms[end].x, sketch.atoms[end].y) > 1.5


def test_the_branch_of_a_chain_halves_the_wide_gap() -> None:
    sketch, atom = edits.add_atom(Sketch(), 0.0, 0.0)
    sketch, middle = edits.sprout(sketch, atom)
    sketch, _ = edits.sprout(sketch, middle)
    sketch, _ = edits.sprout(sketch, middle)
    angles = geometry.bond_angles(sketch, middle)
    turns = [geometry.turn(one, other) for one, other in itertools.combinations(angles, 2)]
    assert turns == pytest.approx([120.0, 120.0, 120.0])


def test_bounds_and_middle() -> None:
    sketch = ethane()
    assert geometry.bounds(sketch) == (0.0, 0.0, 1.0, 0.0)
    assert geometry.centre(sketch) == (0.5, 0.0)
    assert geometry.bounds(sketch, []) == geometry.bounds(Sketch()) == (0.0, 0.0, 0.0, 0.0)


def test_a_chain_zigzags_along_the_drag() -> None:
    points = [(0.0, 0.0), *chain_points((0.0, 0.0), (5.1, 0.2))]
    assert len(points) == 7
    assert all(math.dist(one, other) == pytest.approx(1.0) for one, other in itertools.pairwise(points))
    assert {round(y, 6) for _, y in points} == {0.0, 0.5}
    sketch, last = add_chain(Sketch(), points[0], points[1:])
    assert inchikey(sketch) == inchikey_of("CCCCCCC")
    assert sketch.atoms[last].x == pytest.approx(6 * math.cos(math.pi / 6))


def test_a_chain_goes_on_where_another_ended() -> None:
    sketch, last = add_chain(Sketch(), (0.0, 0.0), chain_points((0.0, 0.0), (2.6, 0.0)))
    end = sketch.atoms[last]
    way = chain_points((end.x, end.y), (end.x + 1.7, end.y), geometry.best_direction(sketch, last))
    longer, _ = add_chain(sketch, last, way)
    assert inchikey(longer) == inchikey_of("CCCCCC")
    assert max(atom.y for atom in longer.atoms.values()) == pytest.approx(0.5)
    assert min(atom.y for atom in longer.atoms.values()) == pytest.approx(0.0)


def test_a_chain_that_runs_over_a_double_bond_leaves_it_alone() -> None:
    sketch, end = edits.draw_bond(Sketch(), (0.0, 0.0), (math.cos(math.pi / 6), 0.5), 2)
    start = next(iter(sketch.atoms))
    longer, _ = add_chain(sketch, start, chain_points((0.0, 0.0), (2.6, 0.0)))
    assert end in longer.atoms
    assert inchikey(longer) == inchikey_of("C=CCC")


def test_a_chain_of_no_points_is_an_error() -> None:
    with pytest.raises(ValueError, match="needs a point"):
        add_chain(Sketch(), (0.0, 0.0), [])


def test_moving_and_turning_keep_the_molecule_and_only_touch_what_was_chosen() -> None:
    sketch = alanine()
    chosen = list(sketch.atoms)[:2]
    for changed in (
        transforms.moved(sketch, chosen, 3.0, -1.0),
        transforms.rotated(sketch, chosen, 40.0, (0.0, 0.0)),
        transforms.scaled(sketch, chosen, 1.5),
    ):
        assert all(changed.atoms[key] == sketch.atoms[key] for key in sketch.atoms if key not in chosen)
        assert changed.bonds == sketch.bonds
    assert inchikey(transforms.rotated(sketch, sketch.atoms, 77.0)) == inchikey(sketch)


@pytest.mark.parametrize("horizontally", [True, False])
def test_flipping_keeps_the_configuration(horizontally: bool) -> None:
    sketch = alanine()
    flipped = transforms.flipped(sketch, sketch.atoms, horizontally=horizontally)
    assert inchikey(flipped) == inchikey(sketch)
    assert inchikey(sketch) in {inchikey_of("C[C@H](N)C(=O)O"), inchikey_of("C[C@@H](N)C(=O)O")}
    assert {bond.style for bond in flipped.bonds.values()} == {BondStyle.PLAIN, BondStyle.HASH}


def test_a_copy_has_ids_of_its_own_and_lies_beside_the_original() -> None:
    sketch = alanine()
    copied, fresh = transforms.inserted(sketch, transforms.part(sketch, sketch.atoms), 6.0, 0.0)
    assert not fresh & sketch.atoms.keys()
    assert len(copied.bonds) == 2 * len(sketch.bonds)
    assert inchikey(transforms.part(copied, fresh)) == inchikey(sketch)
    assert transforms.components(copied) == [frozenset(sketch.atoms), fresh]
    assert edits.is_sound(copied)


def test_a_part_has_only_the_bonds_within_it() -> None:
    sketch = ring_at(Sketch(), "benzene", (0.0, 0.0))
    chosen = list(sketch.atoms)[:3]
    kept = transforms.part(sketch, chosen)
    assert set(kept.atoms) == set(chosen)
    assert len(kept.bonds) == 2


def test_lone_atoms_are_components_of_their_own() -> None:
    sketch = Sketch({1: SketchAtom(0, 0), 2: SketchAtom(1, 0), 3: SketchAtom(2, 0)}, {}, 4)
    assert transforms.components(sketch) == [frozenset({1}), frozenset({2}), frozenset({3})]
