from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu, QToolButton
from sketch_driver import draw, pixel_of

from bitspec_gui.domain.elements import ELEMENTS
from bitspec_gui.domain.sketch import BondStyle
from bitspec_gui.services.sketching import read
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.ui.sketcher.menus import SketchMenu, fill_draw_menu
from bitspec_gui.ui.sketcher.periodic_table import place_of


@pytest.fixture
def panel(sketcher):
    return sketcher


def smiles(panel):
    reading = read(panel.sketch)
    assert reading.molecule is not None, reading.sentence
    return reading.molecule.smiles


# The periodic table


@pytest.fixture
def table(panel, qtbot):
    QTest.mouseClick(panel.atom_row.table, Qt.MouseButton.LeftButton)
    table = panel.elements.table
    qtbot.waitUntil(lambda: table._learnt is not None, timeout=20_000)
    yield table
    table.close()


def focused(table):
    return next(each.text() for each in table.findChildren(QToolButton) if each.hasFocus())


def press(table, *keys):
    for key in keys:
        QTest.keyClick(table.focusWidget(), key)


def test_each_element_has_a_place_of_its_own_in_the_table():
    places = {place_of(element): element.symbol for element in ELEMENTS}

    assert len(places) == 118
    assert [places[0, column] for column in (0, 17)] == ["H", "He"]
    assert [places[5, column] for column in (2, 3, 17)] == ["Lu", "Hf", "Rn"]
    assert [places[8, 2], places[8, 15], places[9, 2], places[9, 15]] == ["La", "Yb", "Ac", "No"]


def test_an_element_is_found_with_arrow_keys_and_taken_with_enter(panel, table):
    assert focused(table) == "C"
    press(table, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert focused(table) == "Se"
    press(table, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Left)
    assert focused(table) == "N"
    press(table, Qt.Key.Key_Return)

    assert panel.editor.tool == "element:N"
    assert not table.isVisible()


def test_arrow_keys_go_over_gaps(panel, table):
    QTest.keyClicks(table.focusWidget(), "h")
    press(table, Qt.Key.Key_Right)
    assert focused(table) == "He"
    press(table, Qt.Key.Key_Left, Qt.Key.Key_Left)
    assert focused(table) == "H"


def test_an_element_is_found_by_its_letters(panel, table):
    QTest.keyClick(table.focusWidget(), Qt.Key.Key_S)
    assert focused(table) == "S"
    QTest.keyClick(table.focusWidget(), Qt.Key.Key_E)
    assert focused(table) == "Se"
    assert table.words.text() == "Se · selenium · 34 · the model has not learnt from it"
    QTest.keyClick(table.focusWidget(), Qt.Key.Key_B)
    assert focused(table) == "B"
    assert table.words.text() == "B · boron · 5"


def test_lately_chosen_elements_get_a_button_three_at_most(panel, qtbot):
    for symbol in ("Se", "Sn", "Ge", "Hg", "Sn"):
        QTest.mouseClick(panel.atom_row.table, Qt.MouseButton.LeftButton)
        QTest.mouseClick(panel.elements.table.button(symbol), Qt.MouseButton.LeftButton)
        assert panel.editor.tool == f"element:{symbol}"

    assert [button.text() for button in panel.atom_row.recent] == ["Hg", "Ge", "Sn"]
    assert panel.atom_row.recent[2].isChecked()
    QTest.mouseClick(panel.atom_row.recent[0], Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert [atom.symbol for atom in panel.sketch.atoms.values()] == ["Hg"]


def test_leaving_the_table_keeps_the_tool_in_hand(panel, qtbot):
    panel.editor.set_tool("ring6")
    QTest.mouseClick(panel.atom_row.table, Qt.MouseButton.LeftButton)

    QTest.keyClick(panel.elements.table, Qt.Key.Key_Escape)

    assert panel.editor.tool == "ring6"
    assert panel.actions_["ring6"].isChecked()


# Groups


def ask_group(panel, atom):
    QTest.mouseClick(panel.findChild(QToolButton, "sketchTool-text"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=pixel_of(panel, atom))
    assert panel.groups.entry.isVisible()
    return panel.groups.entry


def test_a_typed_group_takes_the_atoms_place_as_one_step(panel):
    draw(panel, "Cc1ccccc1")
    methyl = next(each for each in panel.sketch.atoms if len(panel.sketch.neighbours(each)) == 1)

    entry = ask_group(panel, methyl)
    QTest.keyClicks(entry.line, "CO2Me")
    QTest.keyClick(entry.line, Qt.Key.Key_Return)

    assert smiles(panel) == "COC(=O)c1ccccc1"
    assert not entry.isVisible()
    panel.actions_["undo"].trigger()
    assert smiles(panel) == "Cc1ccccc1"


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("c1ccccc1", "CO2H", "O=C(O)c1ccccc1"),
        ("c1ccccc1", "OH", "Oc1ccccc1"),
        ("C1CCCCC1", "OTMS", "C[Si](C)(C)OC1CCCCC1"),
        ("C1CCCCC1", "NH", "C1CCNCC1"),
        ("c1ccccc1", "N", "c1ccncc1"),
        ("CC", "CN", "CC#N"),
    ],
)
def test_a_group_without_room_in_a_ring_is_attached_to_it(panel, drawn, text, expected):
    draw(panel, drawn)
    entry = ask_group(panel, next(iter(panel.sketch.atoms)))
    QTest.keyClicks(entry.line, text)
    QTest.keyClick(entry.line, Qt.Key.Key_Return)

    assert smiles(panel) == expected


def test_an_unknown_group_is_said_beside_the_text_which_stays(panel):
    draw(panel, "CC")
    before = panel.sketch

    entry = ask_group(panel, next(iter(panel.sketch.atoms)))
    QTest.keyClicks(entry.line, "OXq")
    QTest.keyClick(entry.line, Qt.Key.Key_Return)

    assert entry.isVisible()
    assert entry.fault.isVisible()
    assert "OXq" in entry.fault.text()
    assert panel.canvas.viewport().rect().contains(entry.geometry())
    QTest.mouseClick(entry.fault, Qt.MouseButton.LeftButton)
    assert entry.isVisible()
    assert panel.sketch is before
    QTest.keyClicks(entry.line, "OMe")
    assert not entry.fault.isVisible()
    QTest.keyClick(entry.line, Qt.Key.Key_Return)
    assert smiles(panel) == "COC"
    assert panel.sketch is not before


def test_esc_leaves_the_entry_and_the_drawing_as_it_was(panel, qtbot):
    draw(panel, "CC")
    before = panel.sketch
    entry = ask_group(panel, next(iter(panel.sketch.atoms)))
    QTest.keyClicks(entry.line, "OMe")

    QTest.keyClick(entry.line, Qt.Key.Key_Escape)

    assert not entry.isVisible()
    assert panel.sketch is before
    qtbot.waitUntil(panel.canvas.hasFocus)


def test_known_groups_are_offered_and_a_click_on_one_takes_it(panel):
    draw(panel, "CC")
    entry = ask_group(panel, next(iter(panel.sketch.atoms)))
    QTest.keyClicks(entry.line, "TBDM")
    offered = entry.offered
    assert offered.isVisible()

    rows = [offered.model().index(row, 0).data() for row in range(offered.model().rowCount())]
    assert "TBDMS" in rows
    place = offered.visualRect(offered.model().index(rows.index("TBDMS"), 0)).center()
    QTest.mouseClick(offered.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert smiles(panel) == "CC(C)(C)[Si](C)(C)C"
    assert not entry.isVisible()


def test_arrow_keys_step_through_the_groups_that_are_offered(panel):
    draw(panel, "CC")
    entry = ask_group(panel, next(iter(panel.sketch.atoms)))
    QTest.keyClicks(entry.line, "TBDM")
    assert panel.canvas.viewport().rect().contains(entry.geometry())
    QTest.keyClick(entry.line, Qt.Key.Key_Down)
    first = entry.line.text()
    assert first.startswith("TBDM")
    QTest.keyClick(entry.line, Qt.Key.Key_Up)
    assert entry.line.text() == "TBDM"
    for _ in range(9):
        QTest.keyClick(entry.line, Qt.Key.Key_Down)
    assert entry.line.text() == entry.offered.model().index(entry.offered.model().rowCount() - 1, 0).data()
    entry.line.setText("TBDMS")
    QTest.keyClick(entry.line, Qt.Key.Key_Return)
    assert smiles(panel) == "CC(C)(C)[Si](C)(C)C"
    assert panel.canvas.hasFocus()


def test_a_group_can_be_typed_on_empty_paper(panel):
    QTest.mouseClick(panel.findChild(QToolButton, "sketchTool-text"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    entry = panel.groups.entry
    QTest.keyClicks(entry.line, "Ph")
    QTest.keyClick(entry.line, Qt.Key.Key_Return)

    assert smiles(panel) == "c1ccccc1"


def test_the_entry_stays_on_the_paper_at_its_edges(panel):
    room = panel.canvas.viewport().rect()
    for corner in (room.topLeft(), room.topRight(), room.bottomLeft(), room.bottomRight()):
        panel.groups.entry.open_at(corner)
        assert room.contains(panel.groups.entry.geometry())


# The context menu


@pytest.fixture
def menu_at(panel):
    """The menu that a right click opens at an atom, a bond or on paper."""

    def opened(atom=None, bond=None):
        if atom is not None:
            point = pixel_of(panel, atom)
        elif bond is not None:
            drawn = panel.sketch.bonds[bond]
            point = (pixel_of(panel, drawn.begin) + pixel_of(panel, drawn.end)) / 2
        else:
            point = QPoint(5, 5)
        panel.editor.set_hover(Picked(atom, bond))
        panel.canvas.menu_wanted.emit(panel.canvas.viewport().mapToGlobal(point))
        return next(each for each in panel.findChildren(SketchMenu) if each.isVisible())

    yield opened
    for each in panel.findChildren(SketchMenu):
        each.close()
    QApplication.sendPostedEvents(None, 0)


def choose(menu, name):
    actions = [action for each in (menu, *menu.findChildren(QMenu)) for action in each.actions()]
    chosen = next(action for action in actions if action.objectName() == name)
    menu.close()
    chosen.trigger()


def checked(menu, inner):
    return [action.text() for action in menu.findChild(QMenu, inner).actions() if action.isChecked()]


def test_charge_radical_and_isotope_of_an_atom_by_menu(panel, menu_at):
    draw(panel, "CC")
    atom = next(iter(panel.sketch.atoms))

    choose(menu_at(atom=atom), "menuCharge-1")
    assert panel.sketch.atoms[atom].charge == -1
    menu = menu_at(atom=atom)
    assert checked(menu, "menuCharge") == ["\N{MINUS SIGN}1"]
    choose(menu, "menuCharge+0")
    choose(menu_at(atom=atom), "menuRadical1")
    choose(menu_at(atom=atom), "menuIsotope13")

    drawn = panel.sketch.atoms[atom]
    assert (drawn.charge, drawn.radical, drawn.isotope) == (0, 1, 13)


def test_any_mass_number_can_be_typed(panel, menu_at, monkeypatch):
    draw(panel, "CC")
    atom = next(iter(panel.sketch.atoms))
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_args: (11, True))

    choose(menu_at(atom=atom), "menuIsotope-other")

    assert panel.sketch.atoms[atom].isotope == 11


def test_what_is_done_to_a_selected_atom_is_done_to_all_that_are_selected(panel, menu_at):
    draw(panel, "CCCC")
    first, second, *others = panel.sketch.atoms
    panel.editor.set_selection([first, second])

    choose(menu_at(atom=first), "menuElement-Si")

    assert [panel.sketch.atoms[each].symbol for each in (first, second, *others)] == ["Si", "Si", "C", "C"]


def test_another_element_is_chosen_in_the_table_for_the_atom(panel, menu_at):
    draw(panel, "CC")
    atom = next(iter(panel.sketch.atoms))

    choose(menu_at(atom=atom), "menuElement-other")
    QTest.mouseClick(panel.elements.table.button("Se"), Qt.MouseButton.LeftButton)

    assert panel.sketch.atoms[atom].symbol == "Se"
    assert panel.editor.tool == "single"


@pytest.mark.parametrize(
    ("name", "order", "style"),
    [
        ("menuBondDouble", 2, BondStyle.PLAIN),
        ("menuBondTriple", 3, BondStyle.PLAIN),
        ("menuBondWedge", 1, BondStyle.WEDGE),
        ("menuBondHash", 1, BondStyle.HASH),
        ("menuBondWavy", 1, BondStyle.WAVY),
        ("menuBondEither", 2, BondStyle.EITHER),
    ],
)
def test_a_bond_gets_its_order_and_style_by_menu(panel, menu_at, name, order, style):
    draw(panel, "CC")
    bond = next(iter(panel.sketch.bonds))

    choose(menu_at(bond=bond), name)

    assert (panel.sketch.bonds[bond].order, panel.sketch.bonds[bond].style) == (order, style)


def test_a_wedge_is_turned_round_and_a_bond_deleted_by_menu(panel, menu_at):
    draw(panel, "CCC")
    bond = next(iter(panel.sketch.bonds))
    choose(menu_at(bond=bond), "menuBondWedge")
    begin = panel.sketch.bonds[bond].begin

    choose(menu_at(bond=bond), "menuBondFlip")
    assert panel.sketch.bonds[bond].end == begin
    choose(menu_at(bond=bond), "menuDelete")
    assert bond not in panel.sketch.bonds


def test_the_menu_of_the_paper_offers_the_commands(panel, menu_at):
    draw(panel, "CC")
    menu = menu_at()

    names = [action.objectName() for action in menu.actions()]
    assert "menuGroup" not in names
    assert {"menuPaste", "sketch-select_all", "sketch-clean", "sketch-fit"} <= set(names)
    choose(menu, "sketch-select_all")
    assert len(panel.editor.selection.atoms) == 2


def test_a_menu_of_the_menu_bar_shows_everything_with_its_key(panel, qtbot):
    menu = QMenu(panel)
    fill_draw_menu(menu, panel.actions_)

    shown = {action for each in (menu, *menu.findChildren(QMenu)) for action in each.actions()}
    assert set(panel.actions_) <= shown
    assert panel.actions_["clean"].text().endswith("\tCtrl+Shift+K")
