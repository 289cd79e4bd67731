"""Bonds of a drawing: where their lines go."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sketch_examples import chain, ring, star

from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond
from bitspec_gui.services.sketching import sketch_of_text
from bitspec_gui.sketch.cycles import small_rings
from bitspec_gui.ui.sketcher.drawing import drawing_of
from bitspec_gui.ui.sketcher.notes import placed_notes
from bitspec_gui.ui.sketcher.shapes import DOUBLE_SPACING, HASH_SPACING, LINE, MARGIN, WEDGE, Box

MOLECULES = {
    "caffeine": "Cn1cnc2c1c(=O)n(C)c(=O)n2C",
    "aspirin": "CC(=O)Oc1ccccc1C(=O)O",
    "cholesterol": "C[C@H](CCCC(C)C)[C@H]1CC[C@H]2[C@@H]3CC=C4C[C@@H](O)CC[C@]4(C)[C@H]3CC[C@]12C",
    "glucose with five TMS": "C[Si](C)(C)OC[C@H]1OC(O[Si](C)(C)C)[C@H](O[Si](C)(C)C)[C@@H](O[Si](C)(C)C)[C@@H]1O[Si](C)(C)C",
    "nitro compound": "O=[N+]([O-])c1ccc(Cl)cc1",
    "zwitterion": "C[C@H]([NH3+])C(=O)[O-]",
    "isotopes": "[13CH3]C([2H])([15NH2])C#N",
    "radicals": "C[CH]CC[O]",
    "sulfonamide": "NS(=O)(=O)CCc1c[nH]c2ccccc12",
    "borate": "C[N+](C)(C)C[B-](F)(F)F",
}


def lines_of(drawing, bond):
    return [line.points for line in drawing.lines if line.owner == bond]


def distance(one, other):
    return math.hypot(one[0] - other[0], one[1] - other[1])


def double_of(sketch):
    return next(key for key, bond in sketch.bonds.items() if bond.order == 2)


@pytest.mark.parametrize("smiles", MOLECULES.values(), ids=MOLECULES.keys())
def test_no_bond_comes_into_the_letters_of_its_atoms(smiles):
    sketch = sketch_of_text(smiles)
    drawing = drawing_of(sketch)
    met = 0
    for shape in (*drawing.lines, *drawing.areas):
        bond = sketch.bonds[shape.owner]
        for atom in (bond.begin, bond.end):
            label = drawing.label_of.get(atom)
            pieces = list(itertools.pairwise((*shape.points, shape.points[0])))
            for box in label.boxes if label else ():
                met += 1
                assert not any(box.is_crossed(*piece) for piece in pieces), (label.text, shape)
    assert met or not drawing.labels
    assert {line.owner for line in drawing.lines} | {area.owner for area in drawing.areas} == set(sketch.bonds)


def test_bonds_between_bare_carbons_meet_in_their_atoms():
    sketch = chain((0, 0), (0.866, 0.5), (1.732, 0))
    drawing = drawing_of(sketch)
    assert [line.points for line in drawing.lines] == [((0, 0), (0.866, 0.5)), ((0.866, 0.5), (1.732, 0))]
    assert not drawing.labels


def test_bond_ends_a_margin_away_from_the_letter_in_front_of_it():
    drawing = drawing_of(star("O", 180))
    letter = drawing.label_of[1].box
    (line,) = lines_of(drawing, 102)
    gap = letter.left - max(x for x, _ in line)
    assert gap == pytest.approx(MARGIN)


@pytest.mark.parametrize("size", [5, 6, 7])
def test_second_line_of_a_double_bond_lies_inside_the_ring(size):
    sketch = ring(size, 0, 2)
    for bond in (101, 103):
        outer, inner = lines_of(drawing_of(sketch), bond)
        middle = [sum(part) / 2 for part in zip(*inner, strict=True)]
        apothem = 0.5 / math.tan(math.pi / size)
        assert math.hypot(*middle) == pytest.approx(apothem - DOUBLE_SPACING, abs=1e-6)
        assert distance(*inner) < distance(*outer) == pytest.approx(1.0)


def test_double_bond_shared_by_two_rings_is_drawn_in_the_one_with_more_double_bonds():
    sketch = sketch_of_text("C1CCCc2ccccc21")
    ring_six = next(ring for ring in small_rings(sketch) if sum(doubles_in(sketch, ring)) == 3)
    centre = [sum(getattr(sketch.atoms[atom], axis) for atom in ring_six) / 6 for axis in "xy"]
    drawing = drawing_of(sketch)
    for key, bond in sketch.bonds.items():
        if bond.order == 2:
            outer, inner = lines_of(drawing, key)
            assert distance(middle_of(inner), centre) < distance(middle_of(outer), centre)


def doubles_in(sketch, ring):
    return [sketch.bonds[sketch.bond_between(a, b)].order == 2 for a, b in zip(ring, (*ring[1:], ring[0]), strict=True)]


def middle_of(line):
    return tuple(sum(part) / len(line) for part in zip(*line, strict=True))


@pytest.mark.parametrize(
    "sketch",
    [
        star("C", 90, -30, -150, orders=(2,), ends=("O",)),
        star("C", 90, -30, orders=(2,), ends=("O",)),
        star("C", 90, -30, -150, orders=(2,)),
        star("C", 0, 180, orders=(2, 2)),
        chain((0, 0), (1, 0), orders=(2,)),
    ],
    ids=["ketone", "aldehyde", "methylidene", "allene", "ethene"],
)
def test_lines_of_a_double_bond_lie_on_both_sides_of_the_middle(sketch):
    bond = double_of(sketch)
    begin, end = (sketch.atoms[atom] for atom in (sketch.bonds[bond].begin, sketch.bonds[bond].end))
    sides = [
        (end.x - begin.x) * (y - begin.y) - (end.y - begin.y) * (x - begin.x)
        for x, y in map(middle_of, lines_of(drawing_of(sketch), bond))
    ]
    assert sorted(sides) == pytest.approx([-DOUBLE_SPACING / 2, DOUBLE_SPACING / 2])


def test_second_line_in_a_chain_is_on_the_side_with_more_neighbours():
    points = {1: (0, 0), 2: (1, 0), 3: (-0.5, 0.87), 4: (1.5, 0.87), 5: (1.5, -0.87)}
    atoms = {key: SketchAtom(*place) for key, place in points.items()}
    bonds = {11: SketchBond(1, 2, 2), 12: SketchBond(1, 3), 13: SketchBond(2, 4), 14: SketchBond(2, 5)}
    _, second = lines_of(drawing_of(Sketch(atoms, bonds, 20)), 11)
    assert all(y == pytest.approx(DOUBLE_SPACING) for _, y in second)
    assert second[0][0] == pytest.approx(DOUBLE_SPACING / math.tan(math.radians(60)), abs=0.01)
    below = {key: bond for key, bond in bonds.items() if key != 13}
    _, second = lines_of(drawing_of(Sketch(atoms | {3: SketchAtom(-0.5, -0.87)}, below, 20)), 11)
    assert all(y == pytest.approx(-DOUBLE_SPACING) for _, y in second)


def test_triple_bond_has_three_lines_of_one_length_side_by_side():
    drawing = drawing_of(chain((0, 0), (1, 0), (2, 0), (3, 0), orders=(1, 3, 1)))
    lines = lines_of(drawing, 102)
    assert sorted(points[0][1] for points in lines) == pytest.approx([-DOUBLE_SPACING, 0, DOUBLE_SPACING])
    assert [distance(*points) for points in lines] == pytest.approx([1.0] * 3)


def test_wedge_begins_at_its_atom_and_is_wide_at_the_other_end():
    drawing = drawing_of(chain((0, 0), (1, 0), styles=(BondStyle.WEDGE,)))
    (area,) = drawing.areas
    narrow = [point for point in area.points if point[0] == pytest.approx(0.0)]
    wide = [point for point in area.points if point[0] == pytest.approx(1.0)]
    assert sorted(y for _, y in narrow) == pytest.approx([-LINE / 2, LINE / 2])
    assert sorted(y for _, y in wide) == pytest.approx([-WEDGE / 2, WEDGE / 2])
    turned = drawing_of(Sketch({1: SketchAtom(0, 0), 2: SketchAtom(1, 0)}, {3: SketchBond(2, 1, 1, BondStyle.WEDGE)}, 4))
    assert sum(x == pytest.approx(0.0) and abs(y) > LINE for x, y in turned.areas[0].points) == 2


def test_wide_end_of_a_wedge_reaches_to_the_far_side_of_the_bond_that_goes_on_from_there():
    after = (1 + math.cos(math.radians(60)), math.sin(math.radians(60)))
    (area,) = drawing_of(chain((0, 0), (1, 0), after, styles=(BondStyle.WEDGE,))).areas

    def beyond(point):
        """Distance from the middle of the next bond, away from the wedge."""
        return (point[0] - 1) * math.sin(math.radians(60)) - point[1] * math.cos(math.radians(60))

    assert len(area.points) == 4
    assert sorted(map(beyond, area.points))[-2:] == pytest.approx([LINE / 2] * 2)
    fork = star("C", 180, 60, -60)
    bonds = {**fork.bonds, 102: SketchBond(2, 1, 1, BondStyle.WEDGE)}
    (area,) = drawing_of(Sketch(fork.atoms, bonds, 200)).areas
    assert len(area.points) == 5
    assert (0.0, 0.0) in [(round(x, 9), round(y, 9)) for x, y in area.points]
    assert max(x for x, _ in area.points) > 0.02


def test_hashes_are_evenly_spaced_and_grow_towards_the_end():
    lines = lines_of(drawing_of(chain((0, 0), (1, 0), styles=(BondStyle.HASH,))), 101)
    places = [points[0][0] for points in lines]
    gaps = [b - a for a, b in itertools.pairwise(places)]
    assert gaps == pytest.approx([gaps[0]] * len(gaps))
    assert gaps[0] == pytest.approx(HASH_SPACING, rel=0.15)
    widths = [distance(*points) for points in lines]
    assert widths == sorted(widths)
    assert widths[-1] == pytest.approx(WEDGE)
    assert all(points[0][0] == pytest.approx(points[1][0]) for points in lines)


def test_wavy_bond_swings_around_its_middle_and_a_double_bond_of_unknown_geometry_is_crossed():
    (wave,) = lines_of(drawing_of(chain((0, 0), (1, 0), styles=(BondStyle.WAVY,))), 101)
    assert wave[0] == pytest.approx((0, 0))
    assert wave[-1] == pytest.approx((1, 0))
    crossings = sum(a[1] * b[1] < -1e-12 or abs(b[1]) < 1e-9 for a, b in itertools.pairwise(wave))
    assert crossings >= 4
    one, other = lines_of(drawing_of(chain((0, 0), (1, 0), orders=(2,), styles=(BondStyle.EITHER,))), 101)
    assert one[0][1] * one[1][1] < 0
    assert other[0][1] * other[1][1] < 0
    assert one[0][1] * other[0][1] < 0


def test_aromatic_rings_get_a_circle_instead_of_double_bonds_and_unknown_ones_are_passed_over():
    sketch = ring(6, 0, 2, 4)
    drawing = drawing_of(sketch, aromatic_rings=[(1, 2, 3, 4, 5, 6), (1, 2, 3), (7, 8, 9)])
    assert len(drawing.lines) == 6
    (circle,) = drawing.circles
    assert circle.centre == pytest.approx((0, 0), abs=1e-9)
    assert 0.5 < circle.radius < math.sqrt(3) / 2 - DOUBLE_SPACING


def test_atoms_on_top_of_each_other_and_labels_that_touch_leave_no_stray_lines():
    same = Sketch({1: SketchAtom(0, 0), 2: SketchAtom(0, 0)}, {3: SketchBond(1, 2, 2, BondStyle.PLAIN)}, 4)
    assert drawing_of(same).lines == ()
    close = Sketch({1: SketchAtom(0, 0, "O"), 2: SketchAtom(0.3, 0, "O")}, {3: SketchBond(1, 2)}, 4)
    assert drawing_of(close).lines == ()


def test_stereo_labels_stand_beside_their_atoms_and_cover_neither_letters_nor_lines():
    sketch = sketch_of_text(MOLECULES["cholesterol"])
    drawing = drawing_of(sketch)
    centres = [key for key in sketch.atoms if len(sketch.bonds_of[key]) > 2]
    double = double_of(sketch)
    runs = placed_notes(sketch, drawing, {**dict.fromkeys(centres, "R"), double: "Z", 9999: "S"})
    assert [run.text for run in runs] == ["(R)"] * len(centres) + ["(Z)"]
    pieces = [piece for line in drawing.lines for piece in itertools.pairwise(line.points)]
    for run, key in zip(runs, centres, strict=False):
        atom = sketch.atoms[key]
        assert distance(run.box.centre, (atom.x, atom.y)) < 0.9
        assert not any(run.box.overlaps(box) for label in drawing.labels for box in label.boxes)
        assert not any(run.box.is_crossed(*piece) for piece in pieces)
    assert not any(a.box.overlaps(b.box) for a, b in itertools.combinations(runs, 2))


def test_box_around_a_drawing_holds_all_of_it():
    sketch = sketch_of_text(MOLECULES["zwitterion"])
    drawing = drawing_of(sketch)
    for label in drawing.labels:
        assert all(inside(drawing.box, box) for box in label.boxes)
    assert all(inside(drawing.box, Box(atom.x, atom.y, atom.x, atom.y)) for atom in sketch.atoms.values())
    assert drawing_of(Sketch()).box is None


@st.composite
def scribbles(draw):
    """Drawings that no chemist would make: atoms anywhere, also on each other, with any bonds, charges and counts."""
    places = st.integers(-4, 4).map(lambda step: step / 4)
    atom = st.builds(
        SketchAtom,
        x=places,
        y=places,
        symbol=st.sampled_from(["C", "N", "O", "Si", "Cl", "H", "Mg"]),
        charge=st.integers(-3, 3),
        radical=st.integers(0, 2),
        isotope=st.sampled_from([0, 0, 2, 13]),
        hydrogens=st.sampled_from([None, None, 0, 3]),
    )
    atoms = dict(enumerate(draw(st.lists(atom, min_size=2, max_size=7)), start=1))
    pairs = draw(st.lists(st.sampled_from(list(itertools.combinations(atoms, 2))), unique=True))
    bond = st.builds(SketchBond, st.just(0), st.just(0), st.sampled_from([1, 2, 3]), st.sampled_from(BondStyle))
    bonds = {100 + k: replace(draw(bond), begin=a, end=b) for k, (a, b) in enumerate(pairs)}
    return Sketch(atoms, bonds, 200)


@settings(max_examples=60, deadline=None)
@given(scribbles())
def test_whatever_is_scribbled_is_drawn_at_finite_places_and_keeps_out_of_the_letters_of_its_atoms(sketch):
    drawing = drawing_of(sketch, aromatic_rings=small_rings(sketch))
    assert set(sketch.atoms) >= {label.atom for label in drawing.labels}
    for shape in (*drawing.lines, *drawing.areas):
        assert all(math.isfinite(value) for point in shape.points for value in point)
        assert all(abs(value) < 3 for point in shape.points for value in point)
        bond = sketch.bonds[shape.owner]
        for atom in (bond.begin, bond.end):
            boxes = drawing.label_of[atom].boxes if atom in drawing.label_of else ()
            assert not any(box.is_crossed(*piece) for box in boxes for piece in itertools.pairwise(shape.points))
    notes = placed_notes(sketch, drawing, dict.fromkeys([*sketch.atoms, *sketch.bonds], "R"))
    assert len(notes) == len(sketch.atoms) + len(sketch.bonds)


def inside(outer, box):
    return outer.left <= box.left and outer.bottom <= box.bottom and outer.right >= box.right and outer.top >= box.top
