"""Whatever is done to a drawing, and however often it is undone and redone, nothing is lost and nothing is left over."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from PySide6.QtWidgets import QApplication
from sketch_driver import Hands

from bitspec_gui.domain.sketch import BondStyle, Sketch
from bitspec_gui.sketch import edits, rings, transforms
from bitspec_gui.sketch.merging import merged
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.ui.sketcher.canvas import SketchCanvas
from bitspec_gui.ui.sketcher.editor import SketchEditor
from bitspec_gui.ui.sketcher.tools.kinds import TOOL_NAMES

PLACES = st.tuples(st.floats(-4, 4), st.floats(-3, 3))
PICK = st.integers(0, 1000)
KEYS = st.sampled_from(
    [*"cnosfpbihld123456784arwy+-.[]", "Shift+s", "Shift+b", "Delete", "Backspace", "Space", "Left", "Right", "Up", "Down",
     "Shift+Left", "Shift+Up", "Home", "End", "Esc", "Ctrl+A", "Ctrl+Right", "Ctrl+Z", "Ctrl+Y", "Ctrl+Shift+Z"]
)  # fmt: skip


def content(sketch):
    return dict(sketch.atoms), dict(sketch.bonds)


class Edits(RuleBasedStateMachine):
    """Random strokes on an editor beside a plain list of all sketches that there were."""

    def __init__(self) -> None:
        super().__init__()
        self.editor = SketchEditor()
        self.told = []
        self.editor.changed.connect(self.told.append)
        self.history, self.index = [self.editor.sketch], 0

    @property
    def sketch(self):
        return self.editor.sketch

    def atom(self, pick):
        return list(self.sketch.atoms)[pick % len(self.sketch.atoms)]

    def bond(self, pick):
        return list(self.sketch.bonds)[pick % len(self.sketch.bonds)]

    def apply(self, sketch):
        changed = content(sketch) != content(self.sketch)
        assert self.editor.apply(sketch, "Stroke") == changed
        if changed:
            self.history = [*self.history[: self.index + 1], sketch]
            self.index += 1

    @rule(place=PLACES, symbol=st.sampled_from(["C", "N", "O", "Si"]))
    def place_atom(self, place, symbol):
        self.apply(edits.add_atom(self.sketch, *place, symbol)[0])

    @rule(start=PLACES, end=PLACES, order=st.integers(1, 3))
    def draw_bond(self, start, end, order):
        self.apply(edits.draw_bond(self.sketch, start, end, order)[0])

    @precondition(lambda self: self.sketch.atoms)
    @rule(pick=PICK, order=st.integers(1, 3), style=st.sampled_from(list(BondStyle)))
    def sprout(self, pick, order, style):
        self.apply(edits.sprout(self.sketch, self.atom(pick), order, style=style)[0])

    @precondition(lambda self: self.sketch.bonds)
    @rule(pick=PICK, template=st.sampled_from(list(rings.RINGS)))
    def fuse_ring(self, pick, template):
        self.apply(rings.ring_at(self.sketch, template, Picked(bond=self.bond(pick))))

    @precondition(lambda self: self.sketch.atoms)
    @rule(pick=PICK, symbol=st.sampled_from(["C", "N", "O", "Cl"]))
    def set_element(self, pick, symbol):
        self.apply(edits.set_element(self.sketch, [self.atom(pick)], symbol))

    @precondition(lambda self: self.sketch.bonds)
    @rule(pick=PICK)
    def cycle_order(self, pick):
        self.apply(edits.cycle_order(self.sketch, self.bond(pick)))

    @precondition(lambda self: self.sketch.atoms)
    @rule(pick=PICK)
    def erase(self, pick):
        self.apply(edits.delete(self.sketch, atoms=[self.atom(pick)]))

    @precondition(lambda self: self.sketch.atoms)
    @rule(pick=PICK, place=PLACES)
    def move_and_merge(self, pick, place):
        atom = self.atom(pick)
        self.apply(merged(transforms.moved(self.sketch, [atom], *place), [atom]))

    @precondition(lambda self: self.sketch.atoms)
    @rule(pick=PICK)
    def select(self, pick):
        self.editor.select_part([self.atom(pick), self.atom(pick + 1)])
        self.editor.set_hover(Picked(atom=self.atom(pick)))
        self.editor.set_current(Picked(atom=self.atom(pick + 1)))

    @rule()
    def replace(self):
        before = self.sketch
        self.editor.replace(Sketch(dict(before.atoms), dict(before.bonds), before.next_id), "Paste")
        if before:
            assert not before.atoms.keys() & self.sketch.atoms.keys()
            self.history = [*self.history[: self.index + 1], self.sketch]
            self.index += 1

    @rule(steps=st.integers(1, 4))
    def undo(self, steps):
        for _ in range(steps):
            self.editor.undo_stack.undo()
        self.index = max(0, self.index - steps)

    @rule(steps=st.integers(1, 4))
    def redo(self, steps):
        for _ in range(steps):
            self.editor.undo_stack.redo()
        self.index = min(len(self.history) - 1, self.index + steps)

    @invariant()
    def the_sketch_is_the_one_of_the_history_and_sound(self):
        assert content(self.sketch) == content(self.history[self.index])
        assert edits.is_sound(self.sketch)
        assert self.told[-1] is self.sketch if self.told else not self.sketch

    @invariant()
    def nothing_that_is_gone_is_selected_or_pointed_at(self):
        selection = self.editor.selection
        assert selection.atoms <= self.sketch.atoms.keys()
        assert selection.bonds <= self.sketch.bonds.keys()
        for picked in (self.editor.hover, self.editor.current):
            assert picked.atom is None or picked.atom in self.sketch.atoms
            assert picked.bond is None or picked.bond in self.sketch.bonds

    def teardown(self):
        last = content(self.sketch)
        stack = self.editor.undo_stack
        here = stack.index()
        for sketch in reversed(self.history[: self.index]):
            stack.undo()
            assert content(self.sketch) == content(sketch)
        assert not self.sketch
        stack.setIndex(here)
        assert content(self.sketch) == last
        stack.setIndex(stack.count())
        assert content(self.sketch) == content(self.history[-1])


class WildHands(RuleBasedStateMachine):
    """Random clicks, drags and keys with every tool."""

    def __init__(self) -> None:
        super().__init__()
        self.canvas = SketchCanvas(SketchEditor())
        self.canvas.resize(500, 400)
        self.canvas.show()
        self.hands = Hands(self.canvas)

    @rule(tool=st.sampled_from([*TOOL_NAMES, "element:N", "element:H"]))
    def take(self, tool):
        self.hands.take(tool)

    @rule(place=PLACES)
    def click(self, place):
        self.hands.click(place)

    @rule(pick=PICK)
    def click_on_an_atom_or_bond(self, pick):
        sketch = self.hands.sketch
        if sketch.bonds and pick % 2:
            bond = list(sketch.bonds.values())[pick % len(sketch.bonds)]
            self.hands.click(self.hands.middle(bond.begin, bond.end))
        elif sketch:
            self.hands.click(list(sketch.atoms)[pick % len(sketch.atoms)])

    @rule(start=PLACES, end=PLACES)
    def drag(self, start, end):
        self.hands.drag(start, end)

    @rule(pick=PICK, end=PLACES)
    def drag_from_an_atom(self, pick, end):
        if self.hands.sketch:
            self.hands.drag(list(self.hands.sketch.atoms)[pick % len(self.hands.sketch.atoms)], end)

    @rule(key=KEYS)
    def type_a_key(self, key):
        self.hands.keys(key)

    @invariant()
    def the_drawing_is_sound_and_no_stroke_is_left_hanging(self):
        assert edits.is_sound(self.hands.sketch)
        assert self.canvas.item.sketch is self.hands.sketch
        selection = self.hands.editor.selection
        assert selection.atoms <= self.hands.sketch.atoms.keys()

    def teardown(self):
        stack, last = self.hands.editor.undo_stack, content(self.hands.sketch)
        here = stack.index()
        stack.setIndex(0)
        assert not self.hands.sketch
        stack.setIndex(here)
        assert content(self.hands.sketch) == last
        self.canvas.grab()
        self.canvas.close()
        self.canvas.deleteLater()


def checked(machine, examples, steps):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.usefixtures("qapp")
def test_200_random_sequences_of_strokes_undo_and_redo_lose_nothing():
    checked(Edits, 200, 30)


@pytest.mark.usefixtures("qapp")
def test_wild_hands_on_the_canvas_leave_a_sound_drawing_that_can_be_undone():
    checked(WildHands, 80, 40)
    QApplication.processEvents()


@pytest.mark.usefixtures("qapp")
def test_strokes_of_one_key_become_one_step_and_others_do_not():
    editor = SketchEditor()
    editor.apply(edits.add_atom(editor.sketch, 0, 0)[0], "Place atom")
    for shift in (0.1, 0.2, 0.3):
        editor.apply(transforms.moved(editor.sketch, [1], shift, 0), "Move", merge_key="nudge 1")
    editor.apply(transforms.moved(editor.sketch, [1], 1, 0), "Move", merge_key="nudge 2")
    assert editor.undo_stack.count() == 3
    editor.undo_stack.undo()
    editor.undo_stack.undo()
    assert editor.sketch.atoms[1].x == 0


@pytest.mark.usefixtures("qapp")
def test_a_step_that_ends_where_it_began_is_no_step():
    editor = SketchEditor()
    editor.apply(edits.add_atom(editor.sketch, 0, 0)[0], "Place atom")
    charged = edits.change_charge(editor.sketch, [1], 1)
    told = []
    editor.changed.connect(told.append)
    plain = editor.sketch
    editor.apply(charged, "Change charge", merge_key="charge")
    editor.apply(plain, "Change charge", merge_key="charge")
    assert editor.undo_stack.count() == 1
    assert editor.sketch == plain
    assert not editor.apply(plain, "Nothing")
    assert [sketch.atoms[1].charge for sketch in told] == [1, 0]


@pytest.mark.usefixtures("qapp")
def test_another_drawing_in_its_place_is_told_and_has_new_ids():
    editor, replaced = SketchEditor(), []
    editor.replaced.connect(lambda: replaced.append(len(editor.sketch.atoms)))
    editor.apply(edits.draw_bond(editor.sketch, (0, 0), (1, 0))[0], "Draw bond")
    old = set(editor.sketch.atoms)
    editor.replace(rings.ring_at(Sketch(), "benzene", (0, 0)), "Paste")
    assert not old & set(editor.sketch.atoms)
    assert editor.undo_stack.undoText() == "Paste"
    editor.undo_stack.undo()
    assert set(editor.sketch.atoms) == old
    assert replaced == [6, 2]
