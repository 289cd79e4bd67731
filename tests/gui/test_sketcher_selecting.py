from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from sketch_driver import hands_on_a_canvas

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hands(qtbot):
    """A chain of four carbons from (0, 0) to the right, and the select tool in hand."""
    hands = hands_on_a_canvas(qtbot)
    hands.take("chain")
    hands.drag((0, 0), (2.6, 0))
    hands.take("select")
    return hands


def selected(hands):
    return hands.editor.selection.atoms


def test_a_click_selects_shift_adds_and_a_click_on_paper_selects_nothing(hands):
    first, second, *_ = hands.sketch.atoms
    hands.click(first)
    assert selected(hands) == {first}
    hands.click(second, SHIFT)
    assert selected(hands) == {first, second}
    hands.click(first, SHIFT)
    assert selected(hands) == {second}
    hands.click((0, -4))
    assert not hands.editor.selection


def test_a_click_on_a_bond_selects_the_bond(hands):
    first, second, *_ = hands.sketch.atoms
    hands.click(hands.middle(first, second))
    assert hands.editor.selection.bonds == {hands.sketch.bond_between(first, second)}
    assert not selected(hands)


def test_a_box_selects_the_atoms_inside_and_the_bonds_between_them(hands):
    first, second, third, _ = hands.sketch.atoms
    hands.drag((-1, 2), (1, -2))
    assert selected(hands) == {first, second}
    assert hands.editor.selection.bonds == {hands.sketch.bond_between(first, second)}
    hands.drag((1.5, 2), (2, -2), modifiers=SHIFT)
    assert selected(hands) == {first, second, third}
    assert hands.editor.undo_stack.count() == 1


def test_a_lasso_selects_what_it_goes_around(hands):
    _, second, third, _ = hands.sketch.atoms
    hands.take("lasso")
    hands.drag((0.4, 1), (2.2, 1), (2.2, -1), (0.4, -1), (0.4, 0.9))
    assert selected(hands) == {second, third}


def test_a_double_click_on_a_bond_selects_its_whole_part(hands):
    chain = set(hands.sketch.atoms)
    hands.take("element:O")
    hands.click((0, -3))
    hands.take("select")
    first, second, *_ = hands.sketch.atoms
    hands.double_click(hands.middle(first, second))
    assert selected(hands) == chain


def test_a_double_click_on_an_atom_asks_for_its_text(hands):
    asked = []
    hands.canvas.text_wanted.connect(asked.append)
    first = min(hands.sketch.atoms)
    hands.double_click(first)
    assert asked == [first]


def test_what_is_selected_is_moved_together_as_one_step(hands):
    hands.drag((-1, 2), (1, -2))
    before = hands.sketch
    first, second, third, _ = before.atoms
    hands.drag(first, (before.atoms[first].x, before.atoms[first].y - 1))
    after = hands.sketch
    for atom in (first, second):
        assert after.atoms[atom].y == pytest.approx(before.atoms[atom].y - 1, abs=0.03)
    assert after.atoms[third] == before.atoms[third]
    assert hands.editor.undo_stack.undoText() == "Move"
    hands.editor.undo_stack.undo()
    assert hands.sketch.atoms == before.atoms


def test_an_atom_that_is_not_selected_is_moved_by_itself(hands):
    last = hands.newest()
    hands.drag(last, (4, -2))
    assert (hands.sketch.atoms[last].x, hands.sketch.atoms[last].y) == pytest.approx((4, -2), abs=0.05)
    assert selected(hands) == {last}


def test_an_atom_dropped_on_another_becomes_one_with_it(hands):
    first, *_, last = hands.sketch.atoms
    hands.drag(last, first)
    assert hands.smiles() == "C1CC1"


def test_ctrl_drag_copies_what_is_selected(hands):
    hands.keys("Ctrl+A")
    first = min(hands.sketch.atoms)
    hands.drag(first, (0, -2), modifiers=CTRL)
    assert len(hands.sketch.atoms) == 8
    assert len(selected(hands)) == 4
    assert all(hands.sketch.atoms[atom].y < -1 for atom in selected(hands))


def test_the_handle_turns_what_is_selected_in_steps_of_fifteen_degrees(hands):
    hands.keys("Ctrl+A")
    handle = hands.canvas._overlay.handle(hands.sketch, hands.canvas.view_point)
    start = hands.canvas.paper_point(handle)
    before = hands.sketch
    x, y = hands.canvas.rotation_centre(start)
    hands.drag(start, (x - (start[1] - y), y + (start[0] - x)))
    after = hands.sketch
    for key, atom in before.atoms.items():
        assert (after.atoms[key].x, after.atoms[key].y) == pytest.approx((x - (atom.y - y), y + (atom.x - x)), abs=1e-6)
    assert hands.editor.undo_stack.undoText() == "Turn"


def test_the_handle_that_turns_stays_in_sight(hands):
    hands.keys("Ctrl+A")
    room = QRectF(hands.canvas.viewport().rect())
    for right, up in ((1, 0), (0, 1), (-1, -1), (1, 1)):
        hands.canvas.fit_to_view()
        hands.canvas.pan(QPointF(right * (room.width() / 2 - 60), -up * (room.height() / 2 - 60)))
        handle = hands.canvas._overlay.handle(hands.sketch, hands.canvas.view_point, room)
        assert room.adjusted(6, 6, -6, -6).contains(handle)
        assert hands.canvas.rotation_centre(hands.canvas.paper_point(handle)) is not None


def test_a_selection_lives_through_edits_and_loses_what_is_gone(hands):
    first, second, *_, last = hands.sketch.atoms
    hands.click(first)
    hands.click(second, SHIFT)
    hands.take("erase")
    hands.click(last)
    assert selected(hands) == {first, second}
    hands.click(first)
    assert selected(hands) == {second}


def test_delete_erases_the_selection_in_one_step(hands):
    hands.drag((-1, 2), (1, -2))
    hands.point((0, -4))
    hands.keys("Delete")
    assert hands.smiles() == "CC"
    hands.keys("Ctrl+Z")
    assert hands.smiles() == "CCCC"


def test_delete_erases_what_is_pointed_at_rather_than_the_selection(hands):
    first, *_, last = hands.sketch.atoms
    hands.click(first)
    hands.point(last)
    hands.keys("Delete")
    assert last not in hands.sketch.atoms
    assert first in hands.sketch.atoms


def test_esc_clears_the_selection_first_and_then_takes_the_bond_tool(hands):
    hands.keys("Ctrl+A", "Esc")
    assert not hands.editor.selection
    assert hands.editor.tool == "select"
    hands.keys("Esc")
    assert hands.editor.tool == "single"
