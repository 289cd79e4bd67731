from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QAction, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QVBoxLayout, QWidget

from bitspec_gui.domain.sketch import BondStyle
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.ui.sketcher.canvas import SketchCanvas
from bitspec_gui.ui.sketcher.editor import SketchEditor

ASPIRIN = "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"


def styles(hands):
    return [(bond.order, bond.style) for bond in hands.sketch.bonds.values()]


def test_aspirin_is_drawn_by_keys_alone(hands):
    hands.keys("a", "1", "o", "1", "2", "o", "Down", "1")
    assert hands.smiles() == "CC(=O)Oc1ccccc1"
    hands.keys("Left", "Left", "Down", "Right", "1", "2", "o", "Left", "1", "o")
    assert hands.inchikey() == ASPIRIN


def test_a_bond_that_would_end_on_another_atom_of_the_molecule_goes_where_there_is_room(hands):
    # In aspirin drawn in this order the acid's OH would fall on the acetyl's methyl.
    hands.keys("a", "1", "o", "1", "2", "o", "Down", "1", "Left", "Left", "Down", "Right", "1")
    before = len(hands.sketch.atoms)
    hands.keys("2", "Left", "1")
    assert len(hands.sketch.atoms) == before + 2


@pytest.mark.parametrize(
    ("keys", "symbol"),
    [("c", "C"), ("n", "N"), ("o", "O"), ("s", "S"), ("f", "F"), ("p", "P"), ("b", "B"), ("i", "I"), ("h", "H"), ("l", "Cl"),
     ("Shift+c", "Cl"), ("Shift+b", "Br"), ("Shift+s", "Si"), ("Shift+n", "Na")],
)  # fmt: skip
def test_a_letter_over_an_atom_changes_its_element(ethane, keys, symbol):
    _, second = ethane.sketch.atoms
    ethane.point(second)
    ethane.keys(keys)
    assert ethane.symbols() == f"C {symbol}"


def test_a_letter_on_empty_paper_places_an_atom_in_the_middle(hands):
    hands.keys("n")
    (atom,) = hands.sketch.atoms.values()
    assert (atom.symbol, atom.x, atom.y) == ("N", pytest.approx(0, abs=0.02), pytest.approx(0, abs=0.02))


def test_a_letter_over_paper_takes_the_element_as_the_tool(ethane):
    ethane.point((4, 3))
    ethane.keys("n")
    assert ethane.editor.tool == "element:N"
    assert ethane.smiles() == "CC"


def test_a_letter_changes_the_whole_selection(ethane):
    ethane.keys("Ctrl+A")
    ethane.point((4, 3))
    ethane.keys("n")
    assert ethane.symbols() == "N N"
    assert ethane.editor.undo_stack.count() == 2


def test_digits_over_an_atom_sprout_and_over_a_bond_set_its_order(ethane):
    first, second = ethane.sketch.atoms
    ethane.point(second)
    ethane.keys("2")
    assert ethane.smiles() == "C=CC"
    ethane.point(ethane.middle(first, second))
    ethane.keys("3")
    assert [order for order, _ in styles(ethane)] == [3, 2]
    ethane.keys("1")
    assert ethane.smiles() == "C=CC"


def test_w_goes_through_wedge_and_hash_from_both_ends(ethane):
    first, second = ethane.sketch.atoms
    ethane.point(ethane.middle(first, second))
    seen = []
    for _ in range(5):
        ethane.keys("w")
        (bond,) = ethane.sketch.bonds.values()
        seen.append((bond.style, bond.begin))
    assert [style for style, _ in seen] == [BondStyle.WEDGE, BondStyle.HASH, BondStyle.WEDGE, BondStyle.HASH, BondStyle.PLAIN]
    assert seen[0][1] == seen[1][1] != seen[2][1] == seen[3][1]


def test_y_makes_a_single_bond_wavy_and_a_double_bond_crossed(ethane):
    ethane.point(ethane.middle(*ethane.sketch.atoms))
    ethane.keys("y")
    assert styles(ethane) == [(1, BondStyle.WAVY)]
    ethane.keys("y", "2", "y")
    assert styles(ethane) == [(2, BondStyle.EITHER)]


def test_signs_and_the_dot_charge_and_make_radicals(ethane):
    first, _ = ethane.sketch.atoms
    ethane.point(first)
    ethane.keys("+", "+", "-", ".")
    assert (ethane.sketch.atoms[first].charge, ethane.sketch.atoms[first].radical) == (1, 1)


def test_d_makes_deuterium(ethane):
    ethane.point(ethane.newest())
    ethane.keys("d")
    assert ethane.smiles() == "[2H]C"


@pytest.mark.parametrize(("key", "smiles"), [("a", "c1ccc2ccccc2c1"), ("5", "c1ccc2c(c1)CCC2"), ("r", "c1ccc2c(c1)CCCC2")])
def test_ring_keys_fuse_over_a_bond(hands, key, smiles):
    hands.keys("a")
    hands.point(hands.middle(hands.atom_at((0.87, -0.5)), hands.atom_at((0.87, 0.5))))
    hands.keys(key)
    assert hands.smiles() == smiles


def test_enter_asks_for_the_group_at_the_atom_pointed_at(ethane):
    asked = []
    ethane.canvas.text_wanted.connect(asked.append)
    ethane.point(ethane.newest())
    ethane.keys("Enter")
    assert asked == [ethane.newest()]


def test_backspace_erases_what_is_pointed_at(ethane):
    ethane.point(ethane.newest())
    ethane.keys("Backspace")
    assert ethane.smiles() == "C"


def test_space_selects_and_two_selected_atoms_are_bonded_by_a_digit(hands):
    hands.keys("c", "1", "1", "1", "1", "1")
    hands.keys("Space", "Home", "Space", "1")
    assert hands.smiles() == "C1CCCCC1"
    hands.keys("Space")
    assert len(hands.editor.selection.atoms) == 1


def test_arrows_walk_from_atom_to_atom_and_with_shift_to_a_bond(ethane):
    first, second = ethane.sketch.atoms
    ethane.keys("Home", "Right")
    assert ethane.editor.current == Picked(atom=second)
    ethane.keys("Left", "Shift+Right")
    bond = ethane.sketch.bond_between(first, second)
    assert ethane.editor.current == Picked(bond=bond)
    ethane.keys("2")
    assert ethane.smiles() == "C=C"
    ethane.keys("Right")
    assert ethane.editor.current == Picked(atom=second)


def test_moving_the_mouse_takes_keys_back_to_the_pointer(ethane):
    _, second = ethane.sketch.atoms
    ethane.keys("Home")
    ethane.point(second)
    ethane.keys("o")
    assert ethane.symbols() == "C O"


def test_a_movement_that_is_none_leaves_the_keyboard_where_it_is(ethane):
    first, second = ethane.sketch.atoms
    ethane.point(first)
    ethane.keys("End")
    ethane.point(first)
    ethane.keys("o")
    assert ethane.editor.current == Picked(atom=second)
    assert ethane.symbols() == "C O"


def test_walking_out_of_sight_brings_the_atom_into_sight(hands):
    hands.take("chain")
    hands.drag((-9, 0), (9, 0))
    for _ in range(8):
        hands.canvas.zoom_in()
    hands.keys("End")
    assert hands.canvas.viewport().rect().contains(hands.pixel(hands.newest()))


def test_ctrl_arrows_move_the_selection_and_undo_takes_all_of_it_back(ethane):
    before = dict(ethane.sketch.atoms)
    ethane.keys("Ctrl+A", *["Ctrl+Right"] * 5)
    first = min(before)
    assert ethane.sketch.atoms[first].x == pytest.approx(before[first].x + 0.5)
    assert ethane.editor.undo_stack.count() == 2
    ethane.keys("Ctrl+Z")
    assert ethane.sketch.atoms == before


def test_brackets_turn_the_selection_as_one_step(ethane):
    first, second = ethane.sketch.atoms
    ethane.keys("Ctrl+A", "[", "[", "[", "[")
    begin, end = ethane.sketch.atoms[first], ethane.sketch.atoms[second]
    assert (end.x - begin.x, end.y - begin.y) == pytest.approx((0, 1))
    assert ethane.editor.undo_stack.undoText() == "Turn"
    assert ethane.editor.undo_stack.count() == 2


@pytest.mark.parametrize("redo", ["Ctrl+Shift+Z", "Ctrl+Y"])
def test_undo_and_redo_by_keys(ethane, redo):
    ethane.keys("Ctrl+Z")
    assert not ethane.sketch
    ethane.keys(redo)
    assert ethane.smiles() == "CC"


def test_copy_cut_and_paste_are_asked_for(ethane):
    asked = []
    for name in ("copy", "cut", "paste"):
        getattr(ethane.canvas, f"{name}_wanted").connect(lambda name=name: asked.append(name))
    ethane.keys("Ctrl+C", "Ctrl+X", "Ctrl+V")
    assert asked == ["copy", "cut", "paste"]


def test_keys_of_the_drawing_win_over_shortcuts_of_the_window_and_others_do_not(qtbot):
    window, done = QMainWindow(), []
    qtbot.addWidget(window)
    canvas = SketchCanvas(SketchEditor())
    window.setCentralWidget(canvas)
    for keys in ("P", "R", "L", "M", "Ctrl+C", "Ctrl+Z", "Ctrl+Return", "F5", "Esc"):
        action = QAction(keys, window)
        action.setShortcut(keys)
        action.triggered.connect(lambda _on=False, keys=keys: done.append(keys))
        window.addAction(action)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    canvas.setFocus()
    for key, held in (
        (Qt.Key.Key_P, None), (Qt.Key.Key_R, None), (Qt.Key.Key_L, None), (Qt.Key.Key_C, "ctrl"), (Qt.Key.Key_Z, "ctrl"),
        (Qt.Key.Key_M, None), (Qt.Key.Key_Return, "ctrl"), (Qt.Key.Key_F5, None), (Qt.Key.Key_Escape, None),
    ):  # fmt: skip
        QTest.keyClick(canvas, key, Qt.KeyboardModifier.ControlModifier if held else Qt.KeyboardModifier.NoModifier)
    assert done == ["M", "Ctrl+Return", "F5", "Esc"]


def test_esc_within_a_drag_is_no_shortcut_of_the_window(ethane):
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(ethane.canvas, event)
    assert not event.isAccepted()
    ethane.press((0, 0))
    QApplication.sendEvent(ethane.canvas, event)
    assert event.isAccepted()
    ethane.keys("Esc")


def test_screen_readers_are_told_the_atom_in_words(hands, monkeypatch):
    told = []
    monkeypatch.setattr(SketchCanvas, "setAccessibleDescription", lambda self, words: told.append(words))
    hands.keys("c", "1", "o")
    assert told[-1] == "Oxygen 2, one bond; atom 2 of 2; single bond to carbon 1"
    hands.keys("Shift+Left")
    assert told[-1] == "single bond between carbon 1 and oxygen 2"


def test_while_walking_screen_readers_are_told_at_once(ethane):
    QAccessible.setActive(True)
    try:
        ethane.keys("Home", "End")
    finally:
        QAccessible.setActive(False)
    assert ethane.canvas.accessibleDescription().startswith("Carbon 2, one bond; atom 2 of 2")


def test_the_canvas_has_a_name_and_a_description_for_screen_readers(hands):
    interface = QAccessible.queryAccessibleInterface(hands.canvas)
    assert interface.text(QAccessible.Text.Name) == "Drawing of the molecule"
    assert interface.text(QAccessible.Text.Description).startswith("Nothing is drawn.")
    hands.click((0, 0))
    assert interface.text(QAccessible.Text.Description) == "2 atoms, one bond"


def test_tab_comes_to_the_drawing_and_leaves_it(qtbot):
    box = QWidget()
    qtbot.addWidget(box)
    column = QVBoxLayout(box)
    before, canvas, after = QLineEdit(), SketchCanvas(SketchEditor()), QLineEdit()
    for widget in (before, canvas, after):
        column.addWidget(widget)
    with qtbot.waitActive(box):
        box.show()
        box.activateWindow()
    before.setFocus()
    QTest.keyClick(before, Qt.Key.Key_Tab)
    assert canvas.hasFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    assert after.hasFocus()
