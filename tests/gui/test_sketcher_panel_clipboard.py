from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from sketch_driver import draw

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.services.sketching import read
from bitspec_gui.ui.sketcher.clipboard import MDLCT_TYPE, OWN_TYPE
from bitspec_gui.ui.sketcher.menus import SketchMenu

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
ASPIRIN_KEY = "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"


@pytest.fixture
def panel(sketcher):
    QGuiApplication.clipboard().clear()
    return sketcher


def key(panel, letter, modifiers=Qt.KeyboardModifier.ControlModifier):
    panel.canvas.setFocus()
    QTest.keyClick(panel.canvas, letter, modifiers)


def clipboard():
    return QGuiApplication.clipboard().mimeData()


def put(text="", **kinds):
    data = QMimeData()
    if text:
        data.setText(text)
    for kind, content in kinds.items():
        data.setData(kind.replace("_slash_", "/").replace("_", "-"), content)
    QGuiApplication.clipboard().setMimeData(data)


def content(kind):
    return bytes(clipboard().data(kind).data())


def inchikey(panel):
    reading = read(panel.sketch)
    assert reading.molecule is not None, reading.sentence
    return reading.molecule.inchikey


def test_copy_puts_drawing_and_picture_at_once_and_all_forms_a_moment_later(panel, qtbot):
    draw(panel, ASPIRIN)

    key(panel, Qt.Key.Key_C)
    assert clipboard().hasFormat(OWN_TYPE)
    assert clipboard().hasImage()
    with qtbot.waitSignal(panel.told, timeout=20_000) as told:
        pass

    assert clipboard().text() == ASPIRIN
    assert content("chemical/x-daylight-smiles").decode() == ASPIRIN
    assert content("chemical/x-inchi").startswith(b"InChI=1S/C9H8O4/")
    assert b"V2000" in content("chemical/x-mdl-molfile")
    assert b"<CDXML" in content("chemical/x-cdxml")
    assert b"<svg" in content("image/svg+xml")
    assert clipboard().hasFormat(OWN_TYPE)
    assert not clipboard().imageData().isNull()
    assert "SMILES" in told.args[0]


def test_what_was_copied_can_be_pasted_before_its_forms_are_there(panel):
    draw(panel, ASPIRIN)
    before = set(panel.sketch.atoms)

    key(panel, Qt.Key.Key_C)
    panel.actions_["paste"].trigger()

    new = set(panel.sketch.atoms) - before
    assert len(new) == len(before)
    assert panel.editor.selection.atoms == new
    left = min(panel.sketch.atoms[each].x for each in new)
    assert left > max(panel.sketch.atoms[each].x for each in before)


def test_only_what_is_selected_is_copied(panel, qtbot):
    draw(panel, "Cc1ccccc1")
    ring = [each for each in panel.sketch.atoms if len(panel.sketch.neighbours(each)) > 1]
    panel.editor.select_part(ring)

    with qtbot.waitSignal(panel.told, timeout=20_000):
        key(panel, Qt.Key.Key_C)

    assert clipboard().text() == "c1ccccc1"


def test_a_part_is_pasted_where_the_pointer_is(panel, qtbot):
    draw(panel, "CCO")
    key(panel, Qt.Key.Key_C)
    before = set(panel.sketch.atoms)

    panel.commands.paste((5.0, -3.0))

    new = [panel.sketch.atoms[each] for each in set(panel.sketch.atoms) - before]
    assert (min(a.x for a in new) + max(a.x for a in new)) / 2 == pytest.approx(5.0)
    assert (min(a.y for a in new) + max(a.y for a in new)) / 2 == pytest.approx(-3.0)


def test_what_was_cut_comes_back_as_it_was(panel):
    draw(panel, "C[C@H](N)C(=O)O")
    before = inchikey(panel)

    panel.editor.select_all()
    key(panel, Qt.Key.Key_X)
    assert not panel.sketch
    key(panel, Qt.Key.Key_V)

    assert inchikey(panel) == before


def test_nothing_is_cut_as_long_as_nothing_is_selected(panel):
    draw(panel, "CCO")
    told = []
    panel.told.connect(told.append)

    key(panel, Qt.Key.Key_X)

    assert len(panel.sketch.atoms) == 3
    assert told == ["Select what is to be cut first."]


def test_what_was_pasted_can_be_moved_at_once(panel):
    draw(panel, "CCO")
    key(panel, Qt.Key.Key_C)

    key(panel, Qt.Key.Key_V)

    assert panel.editor.tool == "select"
    assert panel.actions_["select"].isChecked()
    assert len(panel.editor.selection.atoms) == 3


def test_paste_of_the_context_menu_goes_where_the_menu_was_opened(panel):
    draw(panel, "CCO")
    key(panel, Qt.Key.Key_C)
    panel.commands.clear()
    point = QPoint(60, 70)

    panel.canvas.menu_wanted.emit(panel.canvas.viewport().mapToGlobal(point))
    menu = next(each for each in panel.findChildren(SketchMenu) if each.isVisible())
    menu.close()
    next(action for action in menu.actions() if action.objectName() == "menuPaste").trigger()

    x, y = panel.canvas.paper_point(QPointF(point))
    places = panel.sketch.atoms.values()
    assert (min(a.x for a in places) + max(a.x for a in places)) / 2 == pytest.approx(x)
    assert (min(a.y for a in places) + max(a.y for a in places)) / 2 == pytest.approx(y)


def test_the_form_of_windows_programs_can_be_read_back(panel, qtbot):
    draw(panel, ASPIRIN)
    with qtbot.waitSignal(panel.told, timeout=20_000):
        key(panel, Qt.Key.Key_C)
    form = content(MDLCT_TYPE)
    data = QMimeData()
    data.setData(MDLCT_TYPE, form)
    QGuiApplication.clipboard().setMimeData(data)
    draw(panel, "C")

    key(panel, Qt.Key.Key_V)

    qtbot.waitUntil(lambda: len(panel.sketch.atoms) == 13, timeout=20_000)
    assert inchikey(panel) == ASPIRIN_KEY


def test_a_structure_of_another_program_replaces_the_drawing_and_can_be_undone(panel, qtbot):
    draw(panel, "CCO")
    put(text=f"  {ASPIRIN}\n")

    key(panel, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: len(panel.sketch.atoms) == 13, timeout=20_000)

    assert inchikey(panel) == ASPIRIN_KEY
    panel.actions_["undo"].trigger()
    assert read(panel.sketch).formula == "C2H6O"


def test_all_that_copy_gives_can_be_pasted_without_our_own_form(panel, qtbot):
    draw(panel, ASPIRIN)
    with qtbot.waitSignal(panel.told, timeout=20_000):
        key(panel, Qt.Key.Key_C)
    forms = {kind: content(kind) for kind in clipboard().formats() if kind.startswith("chemical/")}
    assert len(forms) == 4

    for kind, form in forms.items():
        draw(panel, "C")
        put(**{kind.replace("/", "_slash_").replace("-", "_"): form})
        key(panel, Qt.Key.Key_V)
        qtbot.waitUntil(lambda: len(panel.sketch.atoms) == 13, timeout=20_000)
        assert inchikey(panel) == ASPIRIN_KEY


def test_text_that_is_no_structure_is_told_and_the_drawing_stays(panel, qtbot):
    draw(panel, "CCO")
    before = panel.sketch
    put(text="C1CC(")

    with qtbot.waitSignal(panel.told, timeout=20_000) as told:
        key(panel, Qt.Key.Key_V)

    assert panel.sketch is before
    assert told.args[0].endswith(".")


def test_an_empty_clipboard_and_an_empty_drawing_are_told(panel):
    told = []
    panel.told.connect(told.append)

    key(panel, Qt.Key.Key_V)
    panel.actions_["copy"].setEnabled(True)
    panel.actions_["copy"].trigger()

    assert [("no structure" in words, "nothing is drawn" in words) for words in told] == [(True, False), (False, True)]


def test_a_damaged_drawing_on_the_clipboard_falls_back_to_the_text_beside_it(panel, qtbot):
    data = QMimeData()
    data.setData(OWN_TYPE, b'{"format":"BitSpec sketch","version":1')
    data.setText("CCO")
    QGuiApplication.clipboard().setMimeData(data)

    key(panel, Qt.Key.Key_V)

    qtbot.waitUntil(lambda: len(panel.sketch.atoms) == 3, timeout=20_000)


def test_several_structures_are_told_of_and_the_first_is_drawn(panel, qtbot):
    from rdkit import Chem

    blocks = [f"{Chem.MolToMolBlock(Chem.MolFromSmiles(smiles))}$$$$\n" for smiles in ("CCO", "c1ccccc1")]
    put(chemical_slash_x_mdl_sdfile="".join(blocks).encode())

    with qtbot.waitSignal(panel.structures_found, timeout=20_000) as found:
        key(panel, Qt.Key.Key_V)

    assert len(panel.sketch.atoms) == 3
    assert [len(sketch.atoms) for sketch in found.args[0].sketches] == [3, 6]


def test_files_on_the_clipboard_are_left_to_the_window(panel, qtbot, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "some.mol"))])
    QGuiApplication.clipboard().setMimeData(data)

    with qtbot.waitSignal(panel.window_paste_wanted, timeout=2_000):
        key(panel, Qt.Key.Key_V)


def test_peaks_are_left_to_the_window_and_the_drawing_stays(panel, qtbot):
    draw(panel, "CCO")
    before = panel.sketch
    put(text="41 120\n43 999\n58 300\n")

    with qtbot.waitSignal(panel.window_paste_wanted, timeout=2_000):
        key(panel, Qt.Key.Key_V)
    assert not drop(panel, clipboard(), QPointF(300, 300))

    assert panel.sketch is before


def test_forms_that_come_late_leave_a_newer_clipboard_alone(panel, qtbot):
    draw(panel, ASPIRIN)
    with qtbot.waitSignal(panel.told, timeout=20_000):
        key(panel, Qt.Key.Key_C)
        QGuiApplication.clipboard().setText("something else")

    assert clipboard().text() == "something else"
    assert not clipboard().hasFormat(OWN_TYPE)


@pytest.mark.parametrize(
    ("form", "expected"),
    [("smiles", ASPIRIN), ("inchi", "InChI=1S/C9H8O4/"), ("inchikey", ASPIRIN_KEY), ("molblock", "V2000")],
)
def test_one_form_alone_is_copied_as_text(panel, qtbot, form, expected):
    draw(panel, ASPIRIN)

    with qtbot.waitSignal(panel.told, timeout=20_000):
        panel.actions_[f"copy_{form}"].trigger()

    assert expected in clipboard().text()
    assert clipboard().formats() == ["text/plain"]


def test_the_picture_alone_is_copied(panel):
    draw(panel, ASPIRIN)

    panel.actions_["copy_picture"].trigger()

    assert clipboard().hasImage()
    assert b"<svg" in content("image/svg+xml")
    assert not clipboard().hasText()


def test_a_form_that_bad_chemistry_does_not_have_is_told(panel, qtbot):
    draw(panel, "CC(C)(C)C")
    centre = next(each for each in panel.sketch.atoms if len(panel.sketch.neighbours(each)) == 4)
    point = panel.canvas.view_point(panel.sketch.atoms[centre].x, panel.sketch.atoms[centre].y).toPoint()
    QTest.mouseClick(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=point)
    QGuiApplication.clipboard().setText("kept")

    with qtbot.waitSignal(panel.told, timeout=20_000) as told:
        panel.actions_["copy_inchikey"].trigger()

    assert "not sound" in told.args[0]
    assert clipboard().text() == "kept"


def drop(panel, data, place):
    keys = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entering = QDragEnterEvent(place.toPoint(), *keys)
    QGuiApplication.sendEvent(panel, entering)
    if entering.isAccepted():
        QGuiApplication.sendEvent(panel, QDropEvent(place, *keys))
    return entering.isAccepted()


def test_dropped_text_is_drawn(panel, qtbot):
    data = QMimeData()
    data.setText(ASPIRIN)

    assert drop(panel, data, QPointF(300, 300))

    qtbot.waitUntil(lambda: len(panel.sketch.atoms) == 13, timeout=20_000)


def test_a_dropped_part_lies_where_it_was_dropped(panel):
    draw(panel, "CCO")
    key(panel, Qt.Key.Key_C)
    data = QMimeData()
    data.setData(OWN_TYPE, content(OWN_TYPE))
    panel.commands.clear()
    target = panel.canvas.mapTo(panel, panel.canvas.rect().center())

    assert drop(panel, data, QPointF(target))

    x, y = panel.canvas.paper_point(QPointF(panel.canvas.viewport().rect().center()))
    places = panel.sketch.atoms.values()
    assert (min(a.x for a in places) + max(a.x for a in places)) / 2 == pytest.approx(x, abs=0.05)
    assert (min(a.y for a in places) + max(a.y for a in places)) / 2 == pytest.approx(y, abs=0.05)


def test_dropped_files_go_on_to_the_window(panel, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "some.mol"))])

    assert not drop(panel, data, QPointF(300, 300))
    assert not panel.canvas.acceptDrops()
    assert not panel.canvas.viewport().acceptDrops()


@pytest.mark.parametrize(("suffix", "begins"), [(".svg", b"<"), (".png", b"\x89PNG"), (".pdf", b"%PDF")])
def test_the_drawing_is_saved_as_a_picture(panel, qtbot, tmp_path, suffix, begins):
    draw(panel, ASPIRIN)

    with qtbot.waitSignal(panel.told, timeout=20_000):
        panel.saving.save(panel.sketch, tmp_path / f"aspirin{suffix}")

    assert (tmp_path / f"aspirin{suffix}").read_bytes().startswith(begins)


def test_a_picture_that_cannot_be_written_is_told_with_the_reason(panel, qtbot, tmp_path):
    draw(panel, "CCO")

    with qtbot.waitSignal(panel.failed, timeout=20_000) as failed:
        panel.saving.save(panel.sketch, tmp_path / "absent" / "ethanol.svg")

    assert isinstance(failed.args[0], BitSpecError)
    assert "folder does not exist" in str(failed.args[0])
