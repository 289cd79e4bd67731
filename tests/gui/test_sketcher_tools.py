from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication

from bitspec_gui.domain.sketch import BondStyle
from bitspec_gui.ui.sketcher.tools.kinds import TOOL_NAMES, tool_of


def only_bond(hands):
    (bond,) = hands.sketch.bonds.values()
    return bond


def test_a_click_on_empty_paper_draws_ethane_at_thirty_degrees(ethane):
    assert ethane.smiles() == "CC"
    begin, end = ethane.sketch.atoms.values()
    assert math.degrees(math.atan2(end.y - begin.y, end.x - begin.x)) == pytest.approx(30)
    assert ethane.editor.undo_stack.undoText() == "Draw bond"


def test_clicks_on_an_atom_sprout_bonds_also_when_they_follow_quickly(ethane):
    first = min(ethane.sketch.atoms)
    ethane.double_click(first)
    assert ethane.smiles() == "CC(C)C"
    assert ethane.editor.undo_stack.count() == 3


def test_clicks_on_a_bond_make_it_double_triple_and_single_again(ethane):
    middle = ethane.middle(*ethane.sketch.atoms)
    orders = []
    for _ in range(3):
        ethane.click(middle)
        orders.append(only_bond(ethane).order)
    assert orders == [2, 3, 1]


def test_a_dragged_bond_is_one_long_and_in_steps_of_fifteen_degrees(hands):
    hands.drag((0, 0), (1.7, 0.1))
    begin, end = hands.sketch.atoms.values()
    assert (end.x - begin.x, end.y - begin.y) == pytest.approx((1, 0), abs=1e-9)


@pytest.mark.parametrize("held", [Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier])
def test_a_bond_dragged_with_alt_or_ctrl_ends_where_the_pointer_is(hands, held):
    hands.drag((0, 0), (1.7, 0.35), modifiers=held)
    begin, end = hands.sketch.atoms.values()
    assert (end.x - begin.x, end.y - begin.y) == pytest.approx((1.7, 0.35), abs=0.05)


def test_a_bond_dragged_to_an_atom_joins_it(hands):
    hands.drag((0, 0), (1, 0))
    hands.drag((3, 0), (4, 0))
    left, right = hands.atom_at((1, 0)), hands.atom_at((3, 0))
    hands.drag(left, right)
    assert hands.smiles() == "CCCC"
    assert len(hands.sketch.atoms) == 4


def test_a_movement_of_three_pixels_is_still_a_click(ethane):
    first = min(ethane.sketch.atoms)
    x, y = ethane.beside(first, 200, 0.0)
    ethane.drag((x, y), (x + 3 / ethane.canvas.bond_px, y))
    assert ethane.smiles() == "CCC"


def test_while_a_bond_is_dragged_it_is_seen_but_not_yet_drawn(ethane):
    told = []
    ethane.editor.changed.connect(told.append)
    first = min(ethane.sketch.atoms)
    ethane.press(first)
    ethane.move(ethane.beside(first, 180, 0.5))
    ethane.move(ethane.beside(first, 180, 1.0))
    assert len(ethane.canvas.shown.atoms) == 3
    assert len(ethane.sketch.atoms) == 2
    assert not told
    ethane.release(ethane.beside(first, 180, 1.0))
    assert [len(sketch.atoms) for sketch in told] == [3]


def test_esc_gives_a_drag_up(ethane):
    first = min(ethane.sketch.atoms)
    ethane.press(first)
    ethane.move(ethane.beside(first, 180))
    ethane.keys("Esc")
    ethane.release(ethane.beside(first, 180))
    assert ethane.canvas.shown is ethane.sketch
    assert ethane.smiles() == "CC"
    assert ethane.editor.undo_stack.count() == 1


def test_undo_from_a_menu_while_the_mouse_is_held_gives_the_drag_up(ethane):
    first = min(ethane.sketch.atoms)
    ethane.press(first)
    ethane.move(ethane.beside(first, 180))
    ethane.editor.undo_stack.undo()
    ethane.release((2, 2))
    assert not ethane.sketch


def test_the_double_bond_tool_sprouts_and_sets_double_bonds(ethane):
    ethane.take("double")
    ethane.click(min(ethane.sketch.atoms))
    assert ethane.smiles() == "C=CC"
    ethane.click(ethane.middle(*list(ethane.sketch.atoms)[:2]))
    assert ethane.smiles() == "C=C=C"


def test_the_triple_bond_tool_draws_straight_on(ethane):
    ethane.take("triple")
    first = min(ethane.sketch.atoms)
    ethane.click(first)
    assert ethane.smiles() == "C#CC"
    old, new = (ethane.sketch.atoms[key] for key in ethane.sketch.neighbours(first))
    assert math.dist((old.x, old.y), (new.x, new.y)) == pytest.approx(2)


def test_the_wedge_tool_turns_a_wedge_round_and_then_makes_it_plain(ethane):
    ethane.take("wedge")
    middle = ethane.middle(*ethane.sketch.atoms)
    seen = []
    for _ in range(3):
        ethane.click(middle)
        seen.append((only_bond(ethane).style, only_bond(ethane).begin))
    first, second = ethane.sketch.atoms
    assert seen[0][0] is seen[1][0] is BondStyle.WEDGE
    assert {seen[0][1], seen[1][1]} == {first, second}
    assert seen[2][0] is BondStyle.PLAIN


def test_a_wedge_dragged_from_an_atom_is_narrow_there(ethane):
    ethane.take("hash")
    first = min(ethane.sketch.atoms)
    ethane.drag(first, ethane.beside(first, 180))
    (dragged,) = (ethane.sketch.bonds[key] for key in ethane.sketch.bonds_of[ethane.newest()])
    assert (dragged.style, dragged.begin) == (BondStyle.HASH, first)


def test_the_wavy_tool_makes_a_bond_wavy_and_plain_again(ethane):
    ethane.take("wavy")
    middle = ethane.middle(*ethane.sketch.atoms)
    ethane.click(middle)
    assert only_bond(ethane).style is BondStyle.WAVY
    ethane.click(middle)
    assert only_bond(ethane).style is BondStyle.PLAIN


def test_a_chain_is_dragged_and_counted_at_the_pointer(hands):
    hands.take("chain")
    hands.press((0, 0))
    hands.move((2, 0))
    hands.move((4.35, 0))
    assert hands.canvas._overlay.words == "6"
    hands.release((4.35, 0))
    assert hands.smiles() == "CCCCCC"
    assert hands.canvas._overlay.words == ""
    assert hands.editor.undo_stack.count() == 1


def test_a_ring_is_put_on_paper_fused_on_a_bond_and_hung_on_an_atom(hands):
    hands.take("benzene")
    hands.click((0, 0))
    assert hands.smiles() == "c1ccccc1"
    right = [hands.atom_at((0.87, -0.5)), hands.atom_at((0.87, 0.5))]
    hands.click(hands.middle(*right))
    assert hands.inchikey() == "UFWIBTONFRDIAS-UHFFFAOYSA-N"
    hands.take("ring3")
    hands.click(hands.atom_at((-0.87, 0.5)))
    assert hands.smiles() == "c1ccc2cc(C3CC3)ccc2c1"


def test_a_ring_is_seen_before_it_is_fused_and_gone_when_the_pointer_goes(ethane):
    ethane.take("ring6")
    ethane.point(ethane.middle(*ethane.sketch.atoms))
    assert len(ethane.canvas.shown.atoms) == 6
    ethane.point((-5, -5))
    assert ethane.canvas.shown is ethane.sketch


def test_a_ring_on_paper_is_turned_by_dragging(hands):
    hands.take("ring6")
    hands.drag((0, 0), (2, 0))
    assert any(
        atom.x == pytest.approx(1, abs=0.02) and atom.y == pytest.approx(0, abs=0.02) for atom in hands.sketch.atoms.values()
    )


def test_an_element_tool_changes_places_and_bonds(ethane):
    ethane.take("element:O")
    first = min(ethane.sketch.atoms)
    ethane.click(first)
    assert ethane.smiles() == "CO"
    ethane.take("element:N")
    ethane.drag(first, ethane.beside(first, 180))
    assert ethane.smiles() == "CON"
    ethane.click((-4, -3))
    assert ethane.symbols() == "O C N N"


def test_charges_and_radicals_are_clicked_onto_atoms(hands):
    def nitrogen():
        return hands.sketch.atoms[hands.newest()]

    hands.take("element:N")
    hands.click((0, 0))
    hands.take("charge+")
    hands.click((0, 0))
    assert nitrogen().charge == 1
    hands.take("charge-")
    hands.double_click((0, 0))
    assert nitrogen().charge == -1
    hands.take("radical")
    hands.click((0, 0))
    assert nitrogen().radical == 1
    assert hands.editor.undo_stack.count() == 5


def test_the_isotope_tool_labels_and_takes_the_label_off(ethane):
    ethane.take("isotope")
    first = min(ethane.sketch.atoms)
    ethane.click(first)
    assert ethane.smiles() == "C[13CH3]"
    ethane.click(first)
    assert ethane.smiles() == "CC"


def test_the_eraser_takes_an_atom_with_its_bonds(hands):
    hands.take("chain")
    hands.drag((0, 0), (2.6, 0))
    hands.take("erase")
    hands.click(hands.newest())
    assert hands.smiles() == "CCC"


def test_a_drag_of_the_eraser_takes_all_on_its_way_as_one_step(hands):
    hands.take("ring6")
    hands.click((0, 0))
    hands.take("erase")
    hands.drag((-0.87, 2), (-0.87, -2))
    assert len(hands.sketch.atoms) == 4
    assert hands.editor.undo_stack.count() == 2
    hands.editor.undo_stack.undo()
    assert hands.smiles() == "C1CCCCC1"


def test_the_text_tool_asks_for_a_group_at_an_atom_or_on_paper(ethane):
    asked = []
    ethane.canvas.text_wanted.connect(asked.append)
    ethane.take("text")
    first = min(ethane.sketch.atoms)
    ethane.click(first)
    ethane.click((-3, -2))
    assert asked[0] == first
    assert asked[1] == pytest.approx((-3, -2), abs=0.05)
    assert ethane.smiles() == "CC"


def test_every_tool_can_be_clicked_everywhere_and_undone(ethane):
    drawn = ethane.sketch
    for name in (*TOOL_NAMES, "element:Cl", "element:U"):
        ethane.take(name)
        for place in ((3, 2), min(drawn.atoms), ethane.middle(*drawn.atoms)):
            ethane.click(place)
            ethane.editor.undo_stack.setIndex(1)
            assert ethane.sketch.atoms == drawn.atoms, name
            assert ethane.sketch.bonds == drawn.bonds, name


def test_a_tool_that_does_not_exist_is_refused(hands):
    with pytest.raises(KeyError):
        tool_of("hammer", hands.canvas)


def test_a_right_click_asks_for_the_menu_of_what_lies_there(ethane, qtbot):
    first = min(ethane.sketch.atoms)
    at = ethane.pixel(first)
    with qtbot.waitSignal(ethane.canvas.menu_wanted) as asked:
        port = ethane.canvas.viewport()
        QApplication.sendEvent(port, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, port.mapToGlobal(at)))
    assert ethane.editor.hover.atom == first
    assert asked.args[0] == ethane.canvas.viewport().mapToGlobal(at)


def test_a_ring_with_shift_shares_the_atom(hands):
    hands.take("ring5")
    hands.click((0, 0))
    top = hands.atom_at((0, 0.85))
    hands.click(top, Qt.KeyboardModifier.ShiftModifier)
    assert hands.smiles() == "C1CCC2(C1)CCCC2"


def test_a_button_let_go_unseen_ends_the_stroke_without_drawing(ethane):
    first = min(ethane.sketch.atoms)
    ethane.press(first)
    ethane.move(ethane.beside(first, 180))
    ethane.point((3, 3))
    assert ethane.canvas.shown is ethane.sketch
    ethane.click((3, 3))
    assert len(ethane.sketch.atoms) == 4


def test_a_second_button_within_a_stroke_changes_nothing(ethane):
    first = min(ethane.sketch.atoms)
    ethane.press(first)
    ethane.move(ethane.beside(first, 180))
    ethane.press((0, 2), button=Qt.MouseButton.MiddleButton)
    ethane.release((0, 2), button=Qt.MouseButton.MiddleButton)
    ethane.release(ethane.beside(first, 180))
    assert ethane.smiles() == "CCC"


def test_the_right_button_gives_a_drag_up(ethane):
    first = min(ethane.sketch.atoms)
    ethane.press(first)
    ethane.move(ethane.beside(first, 180))
    ethane.press((0, 2), button=Qt.MouseButton.RightButton)
    ethane.release(ethane.beside(first, 180))
    assert ethane.smiles() == "CC"
