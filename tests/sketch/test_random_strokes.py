"""Hundreds of random strokes, undone and redone: the drawing stays whole, and what was undone is what was."""

import math
from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bitspec_gui.domain.sketch import BondStyle, Sketch
from bitspec_gui.sketch import edits, transforms
from bitspec_gui.sketch.as_text import as_text
from bitspec_gui.sketch.chains import add_chain, chain_points
from bitspec_gui.sketch.groups import GROUPS, expand
from bitspec_gui.sketch.merging import merged
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.sketch.rings import RINGS, ring_at
from bitspec_gui.sketch.valence import implied_hydrogens, valence_fault

PLACES = st.floats(-6.0, 6.0)
ANGLES = st.floats(-720.0, 720.0)
ORDERS = st.sampled_from([1, 2, 3])
STYLES = st.sampled_from(list(BondStyle))
WHICH = st.integers(0, 10**6)
SYMBOLS = st.sampled_from(["C", "N", "O", "S", "P", "F", "Cl", "Si", "Fe", "H"])
MOST_ATOMS = 60


class Strokes(RuleBasedStateMachine):
    """A drawing with its history."""

    def __init__(self) -> None:
        super().__init__()
        self.sketch = Sketch()
        self.before: list[Sketch] = []
        self.after: list[Sketch] = []
        self.written: list[str] = []

    @initialize(template=st.sampled_from(sorted(RINGS)))
    def begin(self, template: str) -> None:
        self.do(lambda sketch: ring_at(sketch, template, (0.0, 0.0)))

    def do(self, stroke: Callable[[Sketch], Sketch]) -> None:
        drawn = stroke(self.sketch)
        if len(drawn.atoms) > MOST_ATOMS:
            drawn = edits.delete(drawn, atoms=list(drawn.atoms)[: len(drawn.atoms) // 2])
        fresh = (drawn.atoms.keys() | drawn.bonds.keys()) - (self.sketch.atoms.keys() | self.sketch.bonds.keys())
        assert all(key >= self.sketch.next_id for key in fresh)
        assert drawn.next_id >= self.sketch.next_id
        if drawn != self.sketch:
            self.before.append(self.sketch)
            self.written.append(as_text(self.sketch))
            self.after.clear()
            self.sketch = drawn

    def one(self, keys: Sequence[int], which: int) -> int | None:
        return keys[which % len(keys)] if keys else None

    def atom(self, which: int) -> int | None:
        return self.one(list(self.sketch.atoms), which)

    def bond(self, which: int) -> int | None:
        return self.one(list(self.sketch.bonds), which)

    def some(self, which: int) -> list[int]:
        return [key for place, key in enumerate(self.sketch.atoms) if which >> (place % 19) & 1]

    @rule(x=PLACES, y=PLACES, symbol=SYMBOLS)
    def put(self, x: float, y: float, symbol: str) -> None:
        self.do(lambda sketch: edits.add_atom(sketch, x, y, symbol)[0])

    @rule(which=WHICH, order=ORDERS, symbol=SYMBOLS, style=STYLES)
    def sprout(self, which: int, order: int, symbol: str, style: BondStyle) -> None:
        atom = self.atom(which)
        if atom is not None:
            self.do(lambda sketch: edits.sprout(sketch, atom, order, symbol, style)[0])

    @rule(one=WHICH, other=WHICH, order=ORDERS, style=STYLES)
    def join(self, one: int, other: int, order: int, style: BondStyle) -> None:
        begin, end = self.atom(one), self.atom(other)
        if begin is not None and end is not None:
            self.do(lambda sketch: edits.draw_bond(sketch, begin, end, order, style)[0])

    @rule(x=PLACES, y=PLACES, to_x=PLACES, to_y=PLACES, order=ORDERS)
    def drag(self, x: float, y: float, to_x: float, to_y: float, order: int) -> None:
        self.do(lambda sketch: edits.draw_bond(sketch, (x, y), (to_x, to_y), order)[0])

    @rule(which=WHICH, symbol=SYMBOLS, by=st.integers(-2, 2), mass=st.integers(0, 20))
    def change(self, which: int, symbol: str, by: int, mass: int) -> None:
        chosen = self.some(which)
        self.do(lambda sketch: edits.set_element(sketch, chosen[:2], symbol))
        self.do(lambda sketch: edits.change_charge(sketch, chosen[:2], by))
        self.do(lambda sketch: edits.set_isotope(sketch, chosen[:1], mass))
        self.do(lambda sketch: edits.cycle_radical(sketch, chosen[:1]))

    @rule(which=WHICH, style=STYLES)
    def click_bond(self, which: int, style: BondStyle) -> None:
        bond = self.bond(which)
        if bond is None:
            return
        if style in (BondStyle.WEDGE, BondStyle.HASH):
            self.do(lambda sketch: edits.cycle_wedge(sketch, bond, style))
        elif style is BondStyle.WAVY:
            self.do(lambda sketch: edits.flip_bond(sketch, bond))
        else:
            self.do(lambda sketch: edits.cycle_order(sketch, bond))

    @rule(atom=WHICH, bond=WHICH)
    def erase(self, atom: int, bond: int) -> None:
        gone_atom, gone_bond = self.atom(atom), self.bond(bond)
        if atom % 3 and gone_atom is not None:
            self.do(lambda sketch: edits.delete(sketch, atoms=[gone_atom]))
        elif gone_bond is not None:
            self.do(lambda sketch: edits.delete(sketch, bonds=[gone_bond]))

    @rule(template=st.sampled_from(sorted(RINGS)), which=WHICH, angle=st.none() | ANGLES, spiro=st.booleans())
    def ring(self, template: str, which: int, angle: float | None, spiro: bool) -> None:
        atom, bond = self.atom(which), self.bond(which)
        if which % 2 and bond is not None:
            self.do(lambda sketch: ring_at(sketch, template, Picked(bond=bond), angle))
        elif atom is not None:
            self.do(lambda sketch: ring_at(sketch, template, Picked(atom=atom), angle, spiro=spiro))

    @rule(which=WHICH, x=PLACES, y=PLACES)
    def chain(self, which: int, x: float, y: float) -> None:
        atom = self.atom(which)
        if atom is not None:
            start = self.sketch.atoms[atom]
            self.do(lambda sketch: add_chain(sketch, atom, chain_points((start.x, start.y), (x, y)))[0])

    @rule(which=WHICH, label=st.sampled_from(sorted(GROUPS)))
    def write(self, which: int, label: str) -> None:
        atom = self.atom(which)
        if atom is not None:
            self.do(lambda sketch: expand(sketch, atom, label))

    @rule(which=WHICH, dx=PLACES, dy=PLACES, angle=ANGLES, horizontally=st.booleans())
    def move(self, which: int, dx: float, dy: float, angle: float, horizontally: bool) -> None:
        chosen = self.some(which)
        self.do(lambda sketch: merged(transforms.moved(sketch, chosen, dx, dy), chosen))
        self.do(lambda sketch: transforms.rotated(sketch, [key for key in chosen if key in sketch.atoms], angle))
        self.do(lambda sketch: transforms.flipped(sketch, chosen, horizontally=horizontally))

    @rule(which=WHICH, dx=PLACES)
    def copy(self, which: int, dx: float) -> None:
        chosen = self.some(which)
        self.do(lambda sketch: transforms.inserted(sketch, transforms.part(sketch, chosen), dx, 0.5)[0])

    @rule(steps=st.integers(1, 4))
    def undo(self, steps: int) -> None:
        for _ in range(min(steps, len(self.before))):
            self.after.append(self.sketch)
            self.sketch = self.before.pop()
            assert as_text(self.sketch) == self.written.pop()

    @rule(steps=st.integers(1, 4))
    def redo(self, steps: int) -> None:
        for _ in range(min(steps, len(self.after))):
            self.before.append(self.sketch)
            self.written.append(as_text(self.sketch))
            self.sketch = self.after.pop()

    @invariant()
    def is_whole(self) -> None:
        assert edits.is_sound(self.sketch)
        for atom in self.sketch.atoms:
            assert implied_hydrogens(self.sketch, atom) >= 0
            assert valence_fault(self.sketch, atom) == "" or valence_fault(self.sketch, atom).endswith(".")

    def teardown(self) -> None:
        self.undo(len(self.before))
        assert self.sketch == Sketch()


TestStrokes = Strokes.TestCase
TestStrokes.settings = settings(
    max_examples=20,
    stateful_step_count=200,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    """A ring with groups and a chain on it."""
    sketch = ring_at(Sketch(), draw(st.sampled_from(sorted(RINGS))), (draw(PLACES), draw(PLACES)))
    for _ in range(draw(st.integers(0, 3))):
        atom = draw(st.sampled_from(sorted(sketch.atoms)))
        sketch, end = edits.sprout(sketch, atom, style=draw(STYLES))
        sketch = expand(sketch, end, draw(st.sampled_from(sorted(GROUPS))))
    return sketch


def assert_same_places(one: Sketch, other: Sketch) -> None:
    assert one.bonds == other.bonds
    assert one.atoms.keys() == other.atoms.keys()
    for key, atom in one.atoms.items():
        assert (atom.x, atom.y) == pytest.approx((other.atoms[key].x, other.atoms[key].y), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(sketches(), PLACES, PLACES, ANGLES)
def test_moved_or_turned_there_and_back_is_the_same(sketch: Sketch, dx: float, dy: float, angle: float) -> None:
    there = transforms.moved(sketch, sketch.atoms, dx, dy)
    assert_same_places(transforms.moved(there, sketch.atoms, -dx, -dy), sketch)
    turned = transforms.rotated(sketch, sketch.atoms, angle, (dx, dy))
    assert_same_places(transforms.rotated(turned, sketch.atoms, -angle, (dx, dy)), sketch)


@settings(max_examples=40, deadline=None)
@given(sketches(), st.booleans(), st.integers(0, 2**19))
def test_flipped_twice_is_the_same(sketch: Sketch, horizontally: bool, which: int) -> None:
    chosen = [key for place, key in enumerate(sketch.atoms) if which >> (place % 19) & 1]
    once = transforms.flipped(sketch, chosen, horizontally=horizontally)
    assert_same_places(transforms.flipped(once, chosen, horizontally=horizontally), sketch)


@settings(max_examples=40, deadline=None)
@given(sketches(), st.integers(0, 2**19))
def test_nothing_refers_to_what_was_erased(sketch: Sketch, which: int) -> None:
    gone = {key for place, key in enumerate(sketch.atoms) if which >> (place % 19) & 1}
    left = edits.delete(sketch, atoms=gone)
    assert left.atoms.keys() == sketch.atoms.keys() - gone
    assert all(bond.begin not in gone and bond.end not in gone for bond in left.bonds.values())
    assert edits.is_sound(left)


@settings(max_examples=40, deadline=None)
@given(sketches(), PLACES, PLACES, st.booleans())
def test_components_share_out_all_atoms(sketch: Sketch, dx: float, dy: float, twice: bool) -> None:
    if twice:
        sketch, _ = transforms.inserted(sketch, sketch, dx, dy)
    parts = transforms.components(sketch)
    assert len(parts) == (2 if twice else 1)
    assert sorted(key for part in parts for key in part) == sorted(sketch.atoms)


def test_the_methyl_at_a_ring_fusion_points_away_from_both_rings() -> None:
    sketch = ring_at(Sketch(), "ring6", (0.0, 0.0))
    right = min(
        sketch.bonds, key=lambda key: -sum(sketch.atoms[end].x for end in (sketch.bonds[key].begin, sketch.bonds[key].end))
    )
    sketch = ring_at(sketch, "ring6", Picked(bond=right))
    fusion = sketch.bonds[right].begin
    grown, methyl = edits.sprout(sketch, fusion)
    at, end = sketch.atoms[fusion], grown.atoms[methyl]
    assert end.x == pytest.approx(at.x)
    assert end.y == pytest.approx(at.y + math.copysign(1.0, at.y))
