from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit
from sketch_driver import draw, pixel_of

from bitspec_gui.domain.sketch import Sketch, SketchAtom, SketchBond
from bitspec_gui.services.sketching import read
from bitspec_gui.ui.theme import DARK, LIGHT

ETHANOL = Sketch(
    {1: SketchAtom(0, 0), 2: SketchAtom(0.866, 0.5), 3: SketchAtom(1.732, 0, "O")}, {4: SketchBond(1, 2), 5: SketchBond(2, 3)}, 6
)


@pytest.fixture
def panel(sketcher):
    return sketcher


def button(panel, name):
    return panel.findChild(QAbstractButton, f"sketchTool-{name}")


def click(panel, name):
    QTest.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)


def click_atom(panel, atom):
    QTest.mouseClick(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=pixel_of(panel, atom))


def symbols(panel):
    return sorted(atom.symbol for atom in panel.sketch.atoms.values())


def show(panel, text):
    draw(panel, text)
    panel.show_reading(read(panel.sketch))


TOOLS = [
    "select", "lasso", "erase", "text", "single", "double", "triple", "wedge", "hash", "wavy", "either", "chain",
    "benzene", "cyclopentadiene", "ring3", "ring4", "ring5", "ring6", "ring7", "ring8", "charge+", "charge-", "radical",
    "isotope", "element:C", "element:H", "element:N", "element:O", "element:S", "element:P", "element:F", "element:Cl",
    "element:Br", "element:I", "element:Si",
]  # fmt: skip


def test_each_button_puts_its_tool_in_hand(panel):
    for tool in TOOLS:
        click(panel, tool)

        assert panel.editor.tool == tool
        assert [each for each in TOOLS if button(panel, each).isChecked()] == [tool]


def test_a_tool_taken_elsewhere_is_shown_by_its_button(panel):
    panel.editor.set_tool("ring5")

    assert button(panel, "ring5").isChecked()
    assert not button(panel, "single").isChecked()


def test_an_atom_placed_with_a_button_can_be_undone_and_redone_with_buttons(panel):
    click(panel, "element:N")
    QTest.mouseClick(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    assert symbols(panel) == ["N"]
    assert "Place atom" in panel.actions_["undo"].toolTip()

    click(panel, "undo")
    assert not panel.sketch
    assert not button(panel, "undo").isEnabled()

    click(panel, "redo")
    assert symbols(panel) == ["N"]


def test_after_choosing_a_tool_keys_go_to_the_drawing(panel, qtbot):
    panel.activateWindow()
    click(panel, "benzene")

    qtbot.waitUntil(panel.canvas.hasFocus)


@pytest.mark.parametrize(("width", "height"), [(300, 340), (300, 480), (360, 480), (800, 600)])
def test_all_controls_fit_and_none_covers_another(panel, width, height):
    panel.show_reading(read(ETHANOL))
    panel.resize(width, height)
    QTest.qWait(20)

    controls = [each for each in panel.findChildren(QAbstractButton) if each.isVisible()]
    places = [each.rect().translated(each.mapTo(panel, QPoint(0, 0))) for each in controls]
    assert len(controls) >= len(TOOLS)
    assert all(panel.rect().contains(place) for place in places)
    assert not any(one.intersects(other) for i, one in enumerate(places) for other in places[:i])
    paper = panel.canvas.geometry()
    assert not any(paper.intersects(place) for place in places)
    assert paper.width() >= 150
    assert paper.height() >= 120


def test_every_control_has_a_name_for_programs_and_one_for_people(panel):
    controls = [*panel.findChildren(QAbstractButton), *panel.findChildren(QLineEdit), panel.footer.formula, panel.canvas]

    assert all(each.objectName() and each.accessibleName() for each in controls)
    assert all(each.toolTip() for each in panel.findChildren(QAbstractButton))


def test_the_footer_shows_formula_and_masses_and_a_click_copies(panel):
    panel.set_sketch(ETHANOL, "Draw")
    panel.show_reading(read(panel.sketch))
    footer = panel.footer

    assert (footer.formula.text(), footer.nominal_mass.text(), footer.exact_mass.text()) == ("C₂H₆O", "46 Da", "46.04186")
    assert footer.hydrogens.text() == "6 H"
    QTest.mouseClick(footer.exact_mass, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "46.04186"
    footer.formula.setFocus()
    QTest.keyClick(footer.formula, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == "C2H6O"


def test_the_last_facts_stay_while_a_newer_drawing_is_read(panel, qtbot):
    show(panel, "CCO")
    panel.set_busy(True)
    panel.commands.clear()

    assert panel.footer.formula.text() == "C₂H₆O"
    assert panel.footer.formula.isEnabled()
    qtbot.waitUntil(lambda: not panel.footer.formula.isEnabled())
    panel.show_reading(read(panel.sketch))
    assert panel.footer.formula.isHidden()


def test_what_is_wrong_is_said_in_the_footer_and_marked_at_once(panel):
    show(panel, "CC(C)(C)C")
    centre = next(key for key in panel.sketch.atoms if len(panel.sketch.neighbours(key)) == 4)
    marked = {}
    panel.canvas.item.set_faults = marked.update

    click_atom(panel, centre)
    assert "5 bonds" in marked[centre]
    panel.show_reading(read(panel.sketch))

    assert "5 bonds" in panel.footer.sentence.text()
    assert panel.footer.sentence.property("role") == "error"


def test_a_selected_part_is_told_with_its_formula_and_mass(panel):
    show(panel, "Cc1ccccc1")
    methyl = next(key for key in panel.sketch.atoms if len(panel.sketch.neighbours(key)) == 1)

    panel.editor.set_selection([methyl])
    assert panel.footer.selection.text() == "Selected: CH₃, 15 Da"
    panel.editor.set_selection(panel.sketch.atoms.keys() - {methyl})
    assert panel.footer.selection.text() == "Selected: C₆H₅, 77 Da"
    panel.editor.set_selection()
    assert panel.footer.selection.isHidden()


def test_the_drawing_keeps_its_place_when_something_is_selected_or_wrong(panel):
    panel.resize(360, 480)
    show(panel, "Cc1ccccc1")
    QTest.qWait(20)
    before = panel.canvas.geometry()

    panel.editor.set_selection(list(panel.sketch.atoms)[:3])
    QTest.qWait(20)

    assert panel.canvas.geometry() == before


def test_circles_and_stereo_labels_are_shown_when_asked_for_and_follow_the_drawing(panel):
    show(panel, "C[C@H](N)c1ccccc1")
    rings, labels = [], []
    panel.canvas.item.set_aromatic_rings = rings.append
    panel.canvas.item.set_stereo_labels = labels.append

    click(panel, "aromatic")
    click(panel, "stereo")
    assert [len(ring) for ring in rings[-1]] == [6]
    assert list(labels[-1].values()) == ["S"]

    one, other = rings[-1][0][:2]
    panel.editor.set_tool("single")
    middle = (pixel_of(panel, one) + pixel_of(panel, other)) / 2
    QTest.mouseClick(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert rings[-1] == ()
    click(panel, "stereo")
    assert labels[-1] == {}


def test_clean_up_lays_out_anew_and_is_one_step(panel, qtbot):
    panel.set_sketch(ETHANOL, "Draw")
    first, second, third = panel.sketch.atoms
    bent = {
        first: SketchAtom(0, 0),
        second: SketchAtom(0.2, 0.1),
        third: SketchAtom(3, 0.1, "O"),
    }
    panel.editor.apply(Sketch(bent, panel.sketch.bonds, panel.sketch.next_id), "Bend")
    panel.canvas.setFocus()

    QTest.keyClick(panel.canvas, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: panel.editor.undo_stack.undoText() == "Clean up", timeout=10_000)

    assert list(panel.sketch.atoms) == [first, second, third]
    atoms = panel.sketch.atoms
    assert abs(atoms[first].x - atoms[second].x) ** 2 + abs(atoms[first].y - atoms[second].y) ** 2 == pytest.approx(1, abs=0.05)
    click(panel, "undo")
    assert panel.sketch.atoms == bent


def test_a_stroke_drawn_during_a_clean_up_is_kept(panel, qtbot):
    panel.set_sketch(ETHANOL, "Draw")
    with qtbot.waitSignal(panel.told, timeout=10_000) as told:
        click(panel, "clean")
        click(panel, "element:N")
        QTest.mouseClick(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, 30))

    assert symbols(panel) == ["C", "C", "N", "O"]
    assert panel.editor.undo_stack.undoText() == "Place atom"
    assert "changed meanwhile" in told.args[0]


def test_hydrogens_are_drawn_and_taken_away_with_the_button_in_the_footer(panel, qtbot):
    show(panel, "CO")
    hydrogens = panel.footer.hydrogens

    QTest.mouseClick(hydrogens, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(panel.sketch.atoms) == 6, timeout=10_000)
    assert hydrogens.isChecked()

    panel.show_reading(read(panel.sketch))
    assert hydrogens.text() == "4 H"
    QTest.mouseClick(hydrogens, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(panel.sketch.atoms) == 2, timeout=10_000)
    assert not hydrogens.isChecked()


def test_zoom_buttons_and_whole_drawing(panel):
    panel.set_sketch(ETHANOL, "Draw")
    before = panel.canvas.zoom

    click(panel, "zoom_in")
    assert panel.canvas.zoom > before
    click(panel, "zoom_out")
    click(panel, "zoom_out")
    assert panel.canvas.zoom < before
    click(panel, "fit")
    assert panel.canvas.zoom == pytest.approx(before)


def test_clear_empties_the_paper_and_undo_brings_all_back(panel):
    panel.set_sketch(ETHANOL, "Draw")
    drawn = dict(panel.sketch.atoms)

    click(panel, "clear")
    assert not panel.sketch
    assert not button(panel, "clear").isEnabled()
    click(panel, "undo")
    assert panel.sketch.atoms == drawn


def test_flipping_turns_wedges_so_that_the_molecule_stays_the_same(panel):
    show(panel, "C[C@H](N)C(=O)O")
    key = read(panel.sketch).molecule.inchikey
    before = dict(panel.sketch.atoms)

    panel.actions_["flip_horizontally"].trigger()
    assert panel.sketch.atoms != before
    assert read(panel.sketch).molecule.inchikey == key
    panel.actions_["flip_vertically"].trigger()
    assert read(panel.sketch).molecule.inchikey == key


def test_icons_and_elements_follow_the_theme(panel):
    def ink(name):
        image = button(panel, name).icon().pixmap(24, 24).toImage()
        colours = [image.pixelColor(x, y) for x in range(24) for y in range(24)]
        return max(colours, key=lambda colour: colour.alpha()).name()

    panel.set_colours(DARK)
    assert ink("single") == DARK.text
    panel.set_colours(LIGHT)
    assert ink("single") == LIGHT.text


def test_each_stroke_is_told_once_with_the_drawing(panel):
    told = []
    panel.sketch_changed.connect(told.append)

    panel.set_sketch(ETHANOL, "Draw")
    click(panel, "undo")

    assert [len(sketch.atoms) for sketch in told] == [3, 0]


def test_each_bar_is_one_stop_of_the_tab_key_and_arrows_go_from_button_to_button(panel, qtbot):
    panel.activateWindow()
    stops = [each for each in panel.pad.buttons if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert [each.objectName() for each in stops] == ["sketchTool-select"]
    stops[0].setFocus()
    qtbot.waitUntil(stops[0].hasFocus)

    for step in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left):
        QTest.keyClick(panel.focusWidget(), step)
    assert panel.focusWidget() is button(panel, "single")
    QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Down)
    QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Return)

    assert panel.editor.tool == "triple"
    assert [each for each in panel.pad.buttons if each.focusPolicy() & Qt.FocusPolicy.TabFocus] == [button(panel, "triple")]


def test_a_bar_never_stops_at_a_button_that_cannot_be_pressed(panel):
    def stop():
        return next(each.objectName() for each in panel.command_row.buttons if each.focusPolicy() & Qt.FocusPolicy.TabFocus)

    assert stop() == "sketchTool-aromatic"
    panel.set_sketch(ETHANOL, "Draw")
    button(panel, "clear").setFocus()
    assert stop() == "sketchTool-clear"
    panel.commands.clear()
    assert stop() == "sketchTool-undo"
