"""Strokes: atoms and bonds drawn, changed and erased."""

import math

import pytest
from sketching_aids import inchikey, inchikey_of

from bitspec_gui.domain.sketch import BondStyle, Sketch
from bitspec_gui.sketch import edits
from bitspec_gui.sketch.geometry import turn
from bitspec_gui.sketch.merging import merged
from bitspec_gui.sketch.rings import ring_at
from bitspec_gui.sketch.transforms import inserted, moved, rotated


def chain(length: int) -> tuple[Sketch, list[int]]:
    sketch, atom = edits.add_atom(Sketch(), 0.0, 0.0)
    atoms = [atom]
    for _ in range(length - 1):
        sketch, atom = edits.sprout(sketch, atom)
        atoms.append(atom)
    return sketch, atoms


def test_a_drag_on_paper_draws_two_carbons_and_their_bond() -> None:
    sketch, end = edits.draw_bond(Sketch(), (0.0, 0.0), (0.866, 0.5))
    assert len(sketch.atoms) == 2
    assert sketch.atoms[end].symbol == "C"
    assert inchikey(sketch) == inchikey_of("CC")


def test_a_drag_that_ends_near_an_atom_bonds_to_it() -> None:
    sketch, atoms = chain(3)
    far = sketch.atoms[atoms[2]]
    drawn, end = edits.draw_bond(sketch, atoms[0], (far.x + 0.1, far.y - 0.1))
    assert end == atoms[2]
    assert inchikey(drawn) == inchikey_of("C1CC1")


def test_a_drag_from_an_atom_to_itself_changes_nothing() -> None:
    sketch, atoms = chain(2)
    assert edits.draw_bond(sketch, atoms[0], atoms[0]) == (sketch, atoms[0])
    assert edits.add_bond(sketch, atoms[0], atoms[0]) == (sketch, None)


def test_a_bond_drawn_over_a_bond_changes_it() -> None:
    sketch, (first, second) = chain(2)
    drawn, key = edits.add_bond(sketch, second, first, 2)
    assert list(drawn.bonds) == [key]
    assert drawn.bonds[key].order == 2
    assert drawn.bonds[key].begin == second


def test_a_click_on_a_bond_cycles_its_order() -> None:
    sketch, _ = chain(2)
    (bond,) = sketch.bonds
    orders = []
    for _ in range(3):
        sketch = edits.cycle_order(sketch, bond)
        orders.append(sketch.bonds[bond].order)
    assert orders == [2, 3, 1]


@pytest.mark.parametrize("style", [BondStyle.WEDGE, BondStyle.HASH])
def test_a_wedge_turns_round_and_then_becomes_plain(style: BondStyle) -> None:
    sketch, (first, second) = chain(2)
    (bond,) = sketch.bonds
    seen = []
    for _ in range(3):
        sketch = edits.cycle_wedge(sketch, bond, style)
        seen.append((sketch.bonds[bond].begin, sketch.bonds[bond].style))
    assert seen[:2] == [(first, style), (second, style)]
    assert seen[2][1] is BondStyle.PLAIN


def test_a_wedge_begins_at_the_atom_that_can_be_a_stereocentre() -> None:
    sketch, (methyl, centre, _) = chain(3)
    sketch, _ = edits.sprout(sketch, centre, symbol="O")
    bond = sketch.bond_between(methyl, centre)
    assert bond is not None
    assert edits.cycle_wedge(sketch, bond).bonds[bond].begin == centre


def test_a_hash_on_a_wedge_makes_it_a_hash_at_once() -> None:
    sketch, _ = chain(2)
    (bond,) = sketch.bonds
    wedge = edits.cycle_wedge(sketch, bond, BondStyle.WEDGE)
    assert edits.cycle_wedge(wedge, bond, BondStyle.HASH).bonds[bond].style is BondStyle.HASH


def test_a_double_bond_is_no_wedge_and_a_single_one_is_not_crossed() -> None:
    sketch, _ = chain(2)
    (bond,) = sketch.bonds
    assert edits.set_bond(sketch, (bond,), 2, BondStyle.WEDGE).bonds[bond].style is BondStyle.PLAIN
    assert edits.set_bond(sketch, (bond,), 1, BondStyle.EITHER).bonds[bond].style is BondStyle.PLAIN
    assert edits.set_bond(sketch, (bond,), 2, BondStyle.EITHER).bonds[bond].style is BondStyle.EITHER


def test_erasing_an_atom_takes_its_bonds_and_leaves_the_rest() -> None:
    sketch, atoms = chain(4)
    left = edits.delete(sketch, atoms=[atoms[1]])
    assert set(left.atoms) == {atoms[0], atoms[2], atoms[3]}
    assert len(left.bonds) == 1


def test_erasing_the_only_bond_of_a_carbon_erases_the_carbon_but_never_an_oxygen() -> None:
    sketch, (methyl, oxygen) = chain(2)
    sketch = edits.set_element(sketch, [oxygen], "O")
    left = edits.delete(sketch, bonds=list(sketch.bonds))
    assert set(left.atoms) == {oxygen}
    assert methyl not in left.atoms


def test_erasing_what_is_not_there_changes_nothing() -> None:
    sketch, _ = chain(3)
    assert edits.delete(sketch, atoms=[99], bonds=[98]) is sketch


def test_ids_are_never_used_again() -> None:
    sketch, atoms = chain(3)
    left = edits.delete(sketch, atoms=[atoms[2]])
    grown, fresh = edits.sprout(left, atoms[1])
    assert fresh not in sketch.atoms
    assert not (grown.bonds.keys() - left.bonds.keys()) & sketch.bonds.keys()


def test_elements_charges_radicals_and_mass_numbers_are_set() -> None:
    sketch, (first, second) = chain(2)
    changed = edits.set_isotope(sketch, [first], 13)
    changed = edits.change_charge(edits.set_element(changed, [second], "N"), [second], +1)
    changed = edits.cycle_radical(changed, [first])
    assert (changed.atoms[first].isotope, changed.atoms[first].radical) == (13, 1)
    assert (changed.atoms[second].symbol, changed.atoms[second].charge) == ("N", 1)
    assert edits.set_element(changed, [first], "O").atoms[first].isotope == 0
    assert edits.cycle_radical(edits.cycle_radical(changed, [first]), [first]).atoms[first].radical == 0


def test_charges_end_at_eight() -> None:
    sketch, (first, _) = chain(2)
    assert edits.change_charge(sketch, [first], +99).atoms[first].charge == 8
    assert edits.change_charge(sketch, [first], -99).atoms[first].charge == -8


def test_stated_hydrogens_are_forgotten_when_a_bond_is_drawn() -> None:
    sketch, (first, second) = chain(2)
    atom = sketch.atoms[first]
    stated = Sketch({**sketch.atoms, first: type(atom)(atom.x, atom.y, "N", hydrogens=2)}, sketch.bonds, sketch.next_id)
    assert edits.cycle_order(stated, next(iter(stated.bonds))).atoms[first].hydrogens is None
    assert edits.set_element(stated, [second], "O").atoms[first].hydrogens == 2


def test_a_sprout_bonds_to_an_atom_that_stands_there_already() -> None:
    sketch, first = edits.add_atom(Sketch(), 0.0, 0.0)
    sketch, oxygen = edits.add_atom(sketch, math.cos(math.pi / 6), 0.5, "O")
    grown, met = edits.sprout(sketch, first, symbol="N")
    assert met == oxygen
    assert grown.atoms[met].symbol == "O"
    assert len(grown.atoms) == 2


def test_dropped_atoms_become_one_with_those_below() -> None:
    sketch, atoms = chain(3)
    sketch, oxygen = edits.add_atom(sketch, 10.0, 0.0, "O")
    sketch, tail = edits.draw_bond(sketch, oxygen, (11.0, 0.0))
    end = sketch.atoms[atoms[2]]
    shifted = Sketch(
        {
            **sketch.atoms,
            oxygen: type(end)(end.x + 0.1, end.y, "O"),
            tail: type(end)(end.x + 1.1, end.y, "C"),
        },
        sketch.bonds,
        sketch.next_id,
    )
    whole = merged(shifted, [oxygen, tail])
    assert inchikey(whole) == inchikey_of("CCOC")
    assert (whole.atoms[atoms[2]].x, whole.atoms[atoms[2]].y) == (end.x, end.y)


def test_a_bond_dropped_on_a_bond_becomes_one_of_the_higher_order() -> None:
    sketch, (first, second) = chain(2)
    one, other = sketch.atoms[first], sketch.atoms[second]
    sketch, third = edits.add_atom(sketch, one.x, one.y)
    sketch, fourth = edits.add_atom(sketch, other.x, other.y)
    sketch, _ = edits.add_bond(sketch, third, fourth, 2)
    whole = merged(sketch, [third, fourth])
    assert set(whole.atoms) == {first, second}
    assert [bond.order for bond in whole.bonds.values()] == [2]


@pytest.mark.parametrize("turn_deg", [0, 60, 120, 180, 240, 300])
def test_benzene_dropped_on_a_bond_of_benzene_is_naphthalene(turn_deg: int) -> None:
    sketch = ring_at(Sketch(), "benzene", (0.0, 0.0))
    sketch, dropped = inserted(sketch, sketch, 10.0, 3.0)
    sketch = moved(rotated(sketch, dropped, turn_deg), dropped, math.sqrt(3) - 10.0 + 0.05, -3.0 - 0.08)
    assert inchikey(merged(sketch, dropped)) == inchikey_of("c1ccc2ccccc2c1")


def test_what_is_dropped_on_empty_paper_stays_as_it_is() -> None:
    sketch, _ = chain(3)
    assert merged(sketch, sketch.atoms) is sketch


def test_a_chain_of_sprouts_zigzags_at_120_degrees_and_lies_flat() -> None:
    sketch, atoms = chain(12)
    places = [sketch.atoms[key] for key in atoms]
    for before, here, after in zip(places, places[1:], places[2:], strict=False):
        one = math.degrees(math.atan2(before.y - here.y, before.x - here.x))
        other = math.degrees(math.atan2(after.y - here.y, after.x - here.x))
        assert turn(one, other) == pytest.approx(120.0)
    assert max(place.y for place in places) - min(place.y for place in places) == pytest.approx(0.5)
