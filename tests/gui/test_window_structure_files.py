"""Structure files of other programs, dropped, pasted or opened in the window."""

from __future__ import annotations

import math

import pytest
from chem.chemdraw_bytes import FRAGMENT, NODE, at, bond, document, drawn, prop
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from rdkit import Chem
from structure_files import PYRROLE, RIGHT_ANGLE, cdxml, fragment
from window_driver import drop, url_data, wait_until_quiet

from bitspec_gui.ui.batch_commands import STRUCTURE_FILES
from bitspec_gui.ui.opening import KINDS_OF_FILES
from bitspec_gui.ui.state import Phase

ETHANOL_CDX = document(
    drawn(
        FRAGMENT,
        3,
        *(
            drawn(NODE, 10 + number, at(x, y), prop(0x0402, bytes((element, 0))))
            for number, (element, (x, y)) in enumerate(zip((6, 6, 8), RIGHT_ANGLE, strict=True))
        ),
        bond(20, 10, 11),
        bond(21, 11, 12),
    )
)


def smiles(window):
    return window.state.prediction.molecule.smiles


def shows(window, wanted):
    return lambda: window.state.phase is Phase.SHOWN and smiles(window) == wanted


def angle_at(sketch, middle):
    """Angle (degrees) between the two bonds of an atom."""
    here = sketch.atoms[middle]
    one, other = (sketch.atoms[each] for each in sketch.neighbours(middle))
    turn = math.atan2(one.y - here.y, one.x - here.x) - math.atan2(other.y - here.y, other.x - here.x)
    return round(abs(math.degrees(turn)) % 180)


def middle_of(sketch):
    return next(atom for atom in sketch.atoms if len(sketch.neighbours(atom)) == 2)


def sketch_of(window):
    return window.predict.sketcher.sketch


def dropped_on(widget, data):
    """A drop in the middle of a widget, as the window system delivers it."""
    at = widget.rect().center()
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(at), Qt.DropAction.CopyAction, data, buttons, keys)
    taker = widget
    while taker is not None:
        if taker.acceptDrops():
            QApplication.sendEvent(taker, enter)
            if enter.isAccepted():
                break
        taker = taker.parentWidget()
    assert taker is not None, "nobody takes it"
    QApplication.sendEvent(taker, QDropEvent(QPointF(at), Qt.DropAction.CopyAction, data, buttons, keys))


@pytest.fixture
def ethanol(tmp_path):
    """A ChemDraw file with one structure that has a right angle."""
    file = tmp_path / "ethanol.cdxml"
    file.write_text(cdxml(fragment(10, 6, 6, 8)))
    return file


def test_a_dropped_chemdraw_file_is_predicted_and_drawn_as_it_was(qtbot, window, ethanol):
    drop(window, url_data(ethanol))
    qtbot.waitUntil(shows(window, "CCO"))
    assert angle_at(sketch_of(window), middle_of(sketch_of(window))) == 90
    molblock = window.state.prediction.molecule.molblock
    atoms = Chem.MolFromMolBlock(molblock).GetConformer().GetPositions()
    assert abs((atoms[0] - atoms[1]) @ (atoms[2] - atoms[1])) < 1e-3


def test_a_file_is_drawn_its_own_way_although_the_same_molecule_is_on_show(qtbot, window, ethanol):
    window.predict.input.set_text("CCO")
    qtbot.waitUntil(shows(window, "CCO"))
    wait_until_quiet(qtbot, window)
    assert angle_at(sketch_of(window), middle_of(sketch_of(window))) == 120
    drop(window, url_data(ethanol))
    qtbot.waitUntil(lambda: angle_at(sketch_of(window), middle_of(sketch_of(window))) == 90)


def test_a_flat_mol2_file_and_a_v3000_molfile_keep_their_places(qtbot, window, tmp_path):
    mol2, v3000 = tmp_path / "a.mol2", tmp_path / "a.mol"
    mol2.write_text(PYRROLE.format(name="pyrrole"))
    drop(window, url_data(mol2))
    qtbot.waitUntil(shows(window, "c1cc[nH]c1"))
    nitrogen = next(atom for atom in sketch_of(window).atoms.values() if atom.symbol == "N")
    assert nitrogen.x < -0.5
    assert window.state.prediction.molecule.name == "pyrrole"
    structure = Chem.MolFromSmiles("CCN")
    structure.AddConformer(Chem.Conformer(3))
    for atom, (x, y) in enumerate(((0, 0), (1.5, 0), (1.5, 1.5))):
        structure.GetConformer().SetAtomPosition(atom, (x, y, 0.0))
    structure.GetConformer().Set3D(False)
    v3000.write_text(Chem.MolToV3KMolBlock(structure))
    drop(window, url_data(v3000))
    qtbot.waitUntil(shows(window, "CCN"))
    assert angle_at(sketch_of(window), middle_of(sketch_of(window))) == 90


def test_of_a_few_structures_the_first_is_drawn_and_the_others_wait_at_the_left(qtbot, window, tmp_path):
    file = tmp_path / "two.cdxml"
    captioned = f'<group id="5">{fragment(200, 6, 6, 7)}<t id="6"><s>ethylamine</s></t></group>'
    file.write_text(cdxml(fragment(10, 6, 6, 8), captioned, fragment(400, 6, 6, 16)))
    drop(window, url_data(file))
    qtbot.waitUntil(shows(window, "CCO"))
    listed = [window.project.molecules.child(row) for row in range(window.project.molecules.childCount())]
    titles = [(item.text(0), item.text(1)) for item in listed]
    assert titles[-2:] == [("ethylamine", ""), ("two.cdxml", "line 14")]
    window.project.tree.itemClicked.emit(listed[-2], 0)
    qtbot.waitUntil(shows(window, "CCN"))
    assert angle_at(sketch_of(window), middle_of(sketch_of(window))) == 90
    assert window.state.prediction.molecule.name == "ethylamine"


def test_many_records_of_a_mol2_file_go_to_the_batch_tab(qtbot, window, tmp_path):
    file = tmp_path / "many.mol2"
    file.write_text("".join(PYRROLE.format(name=f"record {number}") for number in range(25)))
    drop(window, url_data(file))
    qtbot.waitUntil(lambda: window.tabs.currentWidget() is window.batch)
    rows = window.batch.flow.batch.rows
    qtbot.waitUntil(lambda: rows.counts.rows == 25 and rows.counts.waiting == 0, timeout=20_000)
    wait_until_quiet(qtbot, window)
    assert (rows.counts.predicted, rows[24].name, rows[24].line) == (25, "record 24", 24 * 18 + 1)


def test_a_drawing_without_a_structure_is_told_with_its_name(qtbot, window, tmp_path):
    file = tmp_path / "words.cdxml"
    file.write_text(cdxml('<t id="4"><s>remember the milk</s></t>'))
    drop(window, url_data(file))
    qtbot.waitUntil(lambda: window.failures.dialog is not None and window.failures.dialog.isVisible())
    words = window.failures.dialog.message.text()
    assert "words.cdxml" in words
    assert "without a structure" in words


@pytest.mark.parametrize("focus", ["canvas", "input", "tree"])
def test_copied_files_are_pasted_wherever_the_focus_is(qtbot, window, ethanol, focus):
    sketcher = window.predict.sketcher
    widget = {"canvas": sketcher.canvas, "input": window.predict.input, "tree": window.project.tree}[focus]
    widget.setFocus()
    QGuiApplication.clipboard().setMimeData(url_data(ethanol))
    QTest.keyClick(widget, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(shows(window, "CCO"))
    assert "file:" not in window.predict.input.text
    assert angle_at(sketch_of(window), middle_of(sketch_of(window))) == 90


def test_a_file_dropped_straight_on_the_canvas_is_drawn(qtbot, window, ethanol):
    dropped_on(window.predict.sketcher.canvas.viewport(), url_data(ethanol))
    qtbot.waitUntil(shows(window, "CCO"))
    assert angle_at(sketch_of(window), middle_of(sketch_of(window))) == 90


@pytest.mark.parametrize("kind", ["chemical/x-cdx", "text/plain"])
def test_a_drawing_of_chemdraw_is_pasted_wherever_the_focus_is(qtbot, window, ethanol, kind):
    data = QMimeData()
    data.setData(kind, ethanol.read_bytes() if kind == "text/plain" else ETHANOL_CDX)
    QGuiApplication.clipboard().setMimeData(data)
    window.tabs.setCurrentWidget(window.library)
    window.library.setFocus()
    window.actions_.paste.trigger()
    qtbot.waitUntil(shows(window, "CCO"))
    assert window.tabs.currentWidget() is window.predict
    assert angle_at(sketch_of(window), middle_of(sketch_of(window))) == 90


def test_several_pasted_records_are_all_taken(qtbot, window):
    data = QMimeData()
    data.setText("CCO\nCCN\nCCS\n")
    QGuiApplication.clipboard().setMimeData(data)
    window.library.setFocus()
    window.actions_.paste.trigger()
    qtbot.waitUntil(shows(window, "CCO"))
    qtbot.waitUntil(lambda: {"CCN", "CCS"} <= {each.molecule.smiles for each in window.session.kept})


def test_dialogs_that_open_files_offer_them_all():
    for suffix in ("mol", "sdf", "mol2", "cdx", "cdxml", "smi", "inchi"):
        assert f"*.{suffix} " in KINDS_OF_FILES
        assert f"*.{suffix} " in STRUCTURE_FILES


@pytest.mark.parametrize(("suffix", "first_words"), [(".smi", "CCN ethylamine\n"), (".sdf", "ethylamine\n"), (".msp", "Name: ")])
def test_the_list_of_molecules_is_exported(qtbot, window, tmp_path, suffix, first_words):
    window.predict_text("CCN", "ethylamine")
    qtbot.waitUntil(shows(window, "CCN"))
    wait_until_quiet(qtbot, window)
    window.actions_.export_list.trigger()
    dialog = window.findChild(QFileDialog, "save_results_dialog")
    path = tmp_path / f"mine{suffix}"
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setDirectory(str(tmp_path))
    dialog.findChild(QLineEdit, "fileNameEdit").setText(str(path))
    dialog.accept()
    qtbot.waitUntil(path.exists)
    wait_until_quiet(qtbot, window)
    text = path.read_text()
    assert text.startswith(first_words)
    assert f"{len(window.session.kept)} molecules written" in window.status.currentMessage()
    if suffix == ".sdf":
        assert text.count("$$$$") == len(window.session.kept) == text.count("MASS SPECTRAL PEAKS")


def test_an_empty_list_is_not_exported(qtbot, window):
    for each in window.session.kept:
        window.session.remove(each.molecule.smiles)
    window.actions_.export_list.trigger()
    assert "no molecules" in window.status.currentMessage()
