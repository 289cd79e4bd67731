from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from made_versions import METRICS, Machine
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from train_pages import Pages, job, verdict

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.domain.tuning_data import DatasetInfo
from bitspec_gui.domain.tuning_json import as_json
from bitspec_gui.ui.model_versions import ModelVersions
from bitspec_gui.ui.panels.train_models import TrainModelsPage
from bitspec_gui.ui.tables.versions import in_tree_order
from bitspec_gui.ui.train_state import TrainPage

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    """A data folder with the supplied version, one tuned from it, and one tuned from that."""
    folder = tmp_path_factory.mktemp("furnished") / "here"
    machine = Machine(folder)
    first = machine.tuned("Own lab 1", response=True)
    machine.tuned("GC 7", small=False)
    machine.tuned("Own lab 1, further", parent=first)
    machine.store.close()
    return folder


@pytest.fixture
def machine(furnished, tmp_path):
    shutil.copytree(furnished, tmp_path / "here")
    made = Machine(tmp_path / "here")
    yield made
    made.store.close()


@pytest.fixture
def made(qtbot, runner, machine):
    """The page with the versions of the folder."""
    records: list[SpectrumRecord] = []

    def page(pages):
        pages.records = records
        pages.versions = ModelVersions(pages.train, machine.registry, lambda _id: records, runner)
        pages.chosen, pages.refused = [], []
        pages.versions.model_chosen.connect(lambda version: pages.chosen.append(version.version.name))
        pages.versions.told.connect(pages.told.append)
        pages.versions.failed.connect(pages.refused.append)
        return TrainModelsPage(pages.window, pages.train, pages.versions)

    pages = Pages(qtbot, runner, page)
    pages.versions.refresh()
    pages.quiet()
    yield pages.show()
    for dialog in QApplication.topLevelWidgets():
        if dialog is not pages.page and dialog.isVisible():
            dialog.close()
    pages.quiet()
    pages.stop()


def look_at(made, name):
    version = next(each for each in made.train.versions if each.version.name == name)
    made.train.look_at_version(version.version_id)
    return version


def do(made, name):
    made.page.commands.actions_by_name[name].trigger()
    made.quiet()


def test_versions_stand_below_what_they_were_tuned_from(made):
    names = [row[0].split() for row in made.rows("versionsTable")]
    assert names == [["bitspec-ei-2", "●"], ["↳", "Own", "lab", "1"], ["↳", "Own", "lab", "1,", "further"], ["↳", "GC", "7"]]


def test_versions_that_name_each_other_as_bases_are_all_shown(made):
    one, two = made.train.versions[1], made.train.versions[2]
    round_about = [replace(one, parent_sha256=two.version.sha256), replace(two, parent_sha256=one.version.sha256)]
    assert [each for each, _depth in in_tree_order(round_about)] == round_about


def test_table_says_verdict_gain_and_data_of_each(made):
    row = made.rows("versionsTable")[1]
    assert row[1:5] == ["✔ Better", "+0.11 (+0.07 to +0.15)", "−0.005", "GC lab"]


def test_details_say_what_forgetting_was_measured_with(made):
    look_at(made, "Own lab 1")
    words = made.page.details.accessibleDescription()
    assert METRICS.sentence in words
    assert "against the base model's own predictions of 200 public molecules" in words
    assert "bitspec-ei-2 (" in words
    assert "which it needs to be used" in words


def test_using_a_version_marks_it_and_tells_the_window(made):
    look_at(made, "Own lab 1")
    made.click("versionUse")
    made.quiet()
    assert made.chosen == ["Own lab 1"]
    assert "●" in made.rows("versionsTable")[1][0]
    assert not made.named("versionUse").isEnabled()
    assert made.named("versionRollBack").text() == "Go &back to bitspec-ei-2"
    made.click("versionRollBack")
    made.quiet()
    assert made.chosen == ["Own lab 1", "bitspec-ei-2"]


def test_a_version_that_cannot_be_loaded_is_not_used_and_that_is_said(made, machine):
    machine.core.refused.add("GC 7")
    look_at(made, "GC 7")
    do(made, "Use")
    assert made.chosen == []
    assert "no numbers" in str(made.refused[0])


def test_what_comes_with_bitspec_can_be_neither_changed_nor_deleted(made):
    look_at(made, "bitspec-ei-2")
    enabled = {name for name, action in made.page.commands.actions_by_name.items() if action.isEnabled()}
    assert enabled == {"Compare", "Import", "Tune"}


def test_f2_renames_and_a_taken_name_is_refused_in_the_dialog(made, machine):
    look_at(made, "GC 7")
    made.page.table.setFocus()
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_F2)
    dialog = QApplication.activeModalWidget()
    made.qtbot.keyClicks(dialog.name, "Own lab 1")
    made.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    made.quiet()
    assert "already" in dialog.problem.text()
    dialog.name.selectAll()
    made.qtbot.keyClicks(dialog.name, "GC 7, room 3")
    made.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    made.quiet()
    assert "GC 7, room 3" in machine.names()


def test_notes_are_kept(made, machine):
    version = look_at(made, "GC 7")
    made.page.commands.actions_by_name["Notes"].trigger()
    dialog = QApplication.activeModalWidget()
    made.qtbot.keyClicks(dialog.notes, "new column")
    made.qtbot.mouseClick(dialog.ok, LEFT)
    made.quiet()
    assert machine.registry.version(version.version_id).notes == "new column"


@pytest.mark.parametrize("by_key", [False, True])
def test_del_deletes_and_undo_brings_back(made, machine, by_key):
    look_at(made, "GC 7")
    made.page.table.setFocus()
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_Delete)
    made.quiet()
    assert "GC 7" not in machine.names()
    assert made.page.notice.sentence == "“GC 7” was deleted."
    if by_key:
        made.qtbot.keyClick(made.page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    else:
        made.click("versionsUndo")
    made.quiet()
    assert "GC 7" in machine.names()
    assert made.train.version.version.name == "GC 7"
    assert made.seen("versionsNotice") == []


def test_deleting_the_one_in_use_leaves_another_to_predict_with(made):
    look_at(made, "GC 7")
    do(made, "Use")
    do(made, "Delete")
    made.quiet()
    assert made.chosen == ["GC 7", "bitspec-ei-2"]


def test_a_version_that_others_need_is_not_deleted_and_that_is_said(made, machine):
    look_at(made, "Own lab 1")
    do(made, "Delete")
    assert "Own lab 1" in machine.names()
    assert "“Own lab 1, further”" in str(made.refused[0])


def test_response_is_switched(made, machine):
    version = look_at(made, "Own lab 1")
    assert made.page.commands.actions_by_name["Response"].isChecked()
    do(made, "Response")
    assert machine.registry.response(version.version_id) is False
    assert not made.page.commands.actions_by_name["Response"].isChecked()


def test_merging_makes_a_version_that_needs_no_base(made, machine):
    look_at(made, "Own lab 1")
    do(made, "Merge")
    whole = machine.registry.by_name("Own lab 1 (whole)")
    assert not whole.small


def test_an_exported_version_is_imported_elsewhere_and_both_say_the_same_checksum(made, machine, tmp_path):
    version = look_at(made, "GC 7")
    made.page.commands._write(version, tmp_path / "gc7.bitspec")
    made.quiet()
    written = made.page.notice.sentence
    made.page.commands._read(tmp_path / "gc7.bitspec")
    made.quiet()
    assert made.page.notice.sentence.startswith("“GC 7” is here already.")
    assert made.page.notice.sentence.split()[-1] == written.split()[-1]
    assert made.page.folder == str(tmp_path)


def test_a_file_that_is_no_model_is_refused(made, tmp_path):
    (tmp_path / "x.bitspec").write_bytes(b"PK\x03\x04 nothing")
    made.page.commands._read(tmp_path / "x.bitspec")
    made.quiet()
    assert len(made.refused) == 1
    assert len(made.train.versions) == 4


def test_verdict_of_a_version_opens_on_its_page(made):
    version = look_at(made, "Own lab 1")
    file = version.file.with_name("verdict.json")
    file.write_text(json.dumps({"format": 1, "verdict": as_json(verdict())}), encoding="utf-8")
    made.click("versionVerdict")
    made.quiet()
    assert made.train.page is TrainPage.VERDICT
    assert (made.train.verdict_of, made.train.verdict_version) == ("Own lab 1", version.version_id)


def test_verdict_of_an_imported_version_is_known_in_figures_only(made):
    version = look_at(made, "Own lab 1")
    version.file.with_name("verdict.json").unlink()
    made.click("versionVerdict")
    made.quiet()
    assert made.told == ["Of “Own lab 1” only the figures are known, not the spectra behind them."]


def test_tuning_further_begins_with_the_version(made):
    version = look_at(made, "Own lab 1")
    made.page.commands.actions_by_name["Tune"].trigger()
    assert made.train.base.version_id == version.version_id
    assert made.train.page is TrainPage.PLAN


def test_two_versions_are_compared_property_by_property(made):
    look_at(made, "Own lab 1, further")
    made.click("versionCompare")
    dialog = made.page.window().findChild(QWidget, "compareVersions")
    assert [each.version.name for each in dialog.both] == ["Own lab 1", "Own lab 1, further"]
    rows = [[dialog.model.index(r, c).data() for c in range(4)] for r in range(dialog.model.rowCount())]
    assert ["Name", "≠", "Own lab 1", "Own lab 1, further"] in rows
    assert ["Tuned on", "", "GC lab (12121212)", "GC lab (12121212)"] in rows
    made.qtbot.mouseClick(dialog.only, LEFT, pos=QPoint(8, dialog.only.height() // 2))
    assert all(dialog.model.index(r, 1).data() == "≠" for r in range(dialog.model.rowCount()))


def test_the_molecule_on_show_is_predicted_by_both(made):
    look_at(made, "Own lab 1")
    made.window.set_molecule(molecule_from_text("CCO"))
    made.click("versionCompare")
    dialog = made.page.window().findChild(QWidget, "compareVersions")
    made.qtbot.mouseClick(dialog.predict, LEFT)
    made.quiet()
    assert dialog.view.content.top_title == "bitspec-ei-2"
    assert dialog.view.content.bottom_title == "Own lab 1"
    assert dialog.said.text() == "C2H6O: the two predictions agree by a cosine of 0.500."


def test_two_versions_are_compared_on_spectra_that_neither_has_seen(made):
    made.train.set_datasets([DatasetInfo(1, "GC lab", job().made_at, 1, 1, 1)])
    spectrum = Spectrum(np.array([50.0, 60.0]), np.array([100.0, 100.0]))
    made.records.append(SpectrumRecord(spectrum, name="Ethanol", smiles="CCO", inchikey="LFQSCWFLJHTTHZ-UHFFFAOYSA-N"))
    look_at(made, "Own lab 1")
    made.click("versionCompare")
    dialog = made.page.window().findChild(QWidget, "compareVersions")
    made.qtbot.mouseClick(dialog.measure, LEFT)
    made.quiet()
    assert dialog.said.text() == "Too few compounds to tell which model is better: 1."


def test_closing_the_comparison_while_it_computes_harms_nothing(made):
    look_at(made, "Own lab 1")
    made.window.set_molecule(molecule_from_text("CCO"))
    made.click("versionCompare")
    dialog = made.page.window().findChild(QWidget, "compareVersions")
    made.qtbot.mouseClick(dialog.predict, LEFT)
    dialog.close()
    made.quiet()
    assert made.refused == []


def test_double_click_opens_the_verdict(made):
    look_at(made, "Own lab 1").file.with_name("verdict.json").write_text(
        json.dumps({"format": 1, "verdict": as_json(verdict())}), encoding="utf-8"
    )
    table = made.page.table
    place = table.visualRect(table.model().index(1, 0)).center()
    made.qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    made.qtbot.mouseDClick(table.viewport(), LEFT, pos=place)
    made.quiet()
    assert made.train.page is TrainPage.VERDICT


def test_everything_fits_into_a_small_window(made):
    made.page.resize(330, 300)
    QApplication.processEvents()
    assert made.page.body.width() <= made.page.viewport().width()
