from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLayout, QLineEdit
from train_tab import ALCOHOLS, laboratory_file, msp_record, open_train_tab
from window_driver import drop, url_data, wait_until_quiet

from bitspec_gui.domain.tuning_data import Standing
from bitspec_gui.ui.dataset_words import Kind
from bitspec_gui.ui.tables.dataset_spectra import COLUMNS

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def tab(qtbot, runner, services, tmp_path):
    with open_train_tab(qtbot, runner, services, tmp_path / "training") as made:
        yield made


@pytest.fixture
def alcohols(tab, tmp_path):
    """The tab with a dataset of twelve alcohols, one of them twice, and one without structure."""
    return tab.add(laboratory_file(tmp_path, without=("1-decanol",)))


def test_an_empty_tab_says_what_to_drop_and_offers_buttons(tab):
    assert tab.spectra.stack.currentIndex() == 0
    assert tab.spectra.welcome.isVisible()
    assert "SMILES" in tab.named("trainWelcomeWords").text()
    assert tab.named("trainChooseFiles").isVisible()
    assert not tab.named("trainMakePlan").isEnabled()


def test_files_dropped_on_the_tab_become_a_dataset_with_a_report(tab, tmp_path):
    path = laboratory_file(tmp_path, without=("1-decanol",))
    drop(tab.panel, url_data(path))
    tab.quiet()
    assert [each.name for each in tab.state.datasets] == ["alcohols"]
    assert tab.named("trainDataset").currentText() == "alcohols"
    assert tab.model.rowCount() == 13
    assert tab.spectra.summary.text() == "11 spectra of 11 compounds to learn from"
    report = tab.dialog("importReport")
    assert report.report.added == 13
    assert not tab.failed


def test_counts_list_the_spectra_of_their_kind(alcohols):
    button = alcohols.named("trainKindNoStructure")
    assert button.text() == "1 without structure"
    alcohols.click("trainKindNoStructure")
    assert alcohols.names == ["1-decanol"]
    alcohols.click("trainKindDuplicate")
    assert alcohols.names == ["methanol"]
    assert not alcohols.named("trainKindRefused").isVisible()
    alcohols.click("trainKindAll")
    assert alcohols.model.rowCount() == 13


def test_words_narrow_the_table_and_are_found_in_reasons(alcohols):
    search = alcohols.named("trainSearch")
    alcohols.qtbot.keyClicks(search, "hex")
    alcohols.quiet()
    assert alcohols.names == ["1-hexanol"]
    search.clear()
    alcohols.qtbot.keyClicks(search, "duplicate methanol")
    alcohols.quiet()
    assert alcohols.names == ["methanol"]
    search.clear()
    alcohols.qtbot.keyClicks(search, "nothing like it")
    alcohols.quiet()
    assert alcohols.model.rowCount() == 0
    assert alcohols.table.hint


def test_headings_sort_and_what_has_no_value_comes_last(alcohols):
    formula = COLUMNS.index("formula")
    alcohols.table.sortByColumn(formula, Qt.SortOrder.AscendingOrder)
    assert alcohols.names[-1] == "1-decanol"
    alcohols.table.sortByColumn(formula, Qt.SortOrder.DescendingOrder)
    assert alcohols.names[-1] == "1-decanol"
    alcohols.table.sortByColumn(COLUMNS.index("name"), Qt.SortOrder.AscendingOrder)
    assert alcohols.names == sorted([*ALCOHOLS, "methanol"])


def test_space_leaves_a_spectrum_out_and_undo_uses_it_again(alcohols):
    alcohols.click_row(alcohols.row_of("ethanol"))
    alcohols.key(Qt.Key.Key_Space)
    alcohols.quiet()
    assert not alcohols.spectrum("ethanol").used
    assert alcohols.text(alcohols.row_of("ethanol"), "standing") == "left out by you"
    assert alcohols.named("trainKindLeftOut").text() == "1 left out by you"
    assert alcohols.table.looked_at.record.name == "ethanol"
    alcohols.key(Qt.Key.Key_Z, CONTROL)
    alcohols.quiet()
    assert alcohols.spectrum("ethanol").used
    alcohols.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    alcohols.quiet()
    assert not alcohols.spectrum("ethanol").used


def test_a_click_on_the_tick_leaves_a_spectrum_out(alcohols):
    row = alcohols.row_of("1-butanol")
    alcohols.click_row(row, "used")
    assert not alcohols.spectrum("1-butanol").used
    alcohols.click_row(row, "used")
    assert alcohols.spectrum("1-butanol").used


def test_a_spectrum_without_structure_has_no_tick(alcohols):
    index = alcohols.model.index(alcohols.row_of("1-decanol"), COLUMNS.index("used"))
    assert index.data(Qt.ItemDataRole.CheckStateRole) is None
    assert not index.flags() & Qt.ItemFlag.ItemIsUserCheckable
    alcohols.click_row(index.row())
    alcohols.key(Qt.Key.Key_Space)
    alcohols.quiet()
    assert alcohols.told[-1] == "These spectra cannot be used; the reason stands beside each."


def test_deleted_spectra_come_back_with_the_undo_that_is_offered(alcohols):
    alcohols.click_row(0)
    alcohols.click_row(2, modifier=SHIFT)
    assert alcohols.table.selected_number == 3
    alcohols.key(Qt.Key.Key_Delete)
    alcohols.quiet()
    assert alcohols.model.rowCount() == 10
    assert alcohols.spectra.offer.isVisible()
    alcohols.click("trainOfferUndo")
    alcohols.quiet()
    assert alcohols.model.rowCount() == 13


def test_f2_gives_a_spectrum_its_structure(alcohols):
    alcohols.click_row(alcohols.row_of("1-decanol"))
    alcohols.key(Qt.Key.Key_F2)
    dialog = alcohols.dialog("editSpectrum")
    assert dialog.fields["smiles"].hasFocus()
    alcohols.qtbot.keyClicks(dialog.fields["smiles"], "CCCCCCCCCCO")
    alcohols.click("editSpectrumOk", dialog)
    alcohols.quiet()
    assert not alcohols.dialogs()
    assert alcohols.spectrum("1-decanol").used
    assert alcohols.spectrum("1-decanol").compound == "MWKFXSUHUHTGQN"


def test_a_structure_that_cannot_be_read_is_refused_in_the_dialog(alcohols):
    alcohols.click_row(alcohols.row_of("ethanol"))
    alcohols.key(Qt.Key.Key_F2)
    dialog = alcohols.dialog("editSpectrum")
    dialog.fields["smiles"].setText("C1CC(")
    alcohols.click("editSpectrumOk", dialog)
    alcohols.quiet()
    assert dialog.isVisible()
    assert dialog.problem.text()
    assert dialog.fields["smiles"].text() == "C1CC("
    assert alcohols.spectrum("ethanol").used


def test_details_show_the_prediction_below_the_measured_spectrum(alcohols):
    alcohols.click_row(alcohols.row_of("1-octanol"))
    content = alcohols.spectra.details.view.content
    assert alcohols.spectra.details.headline.text() == "1-octanol"
    assert content.top_is_measured
    assert content.bottom is not None
    assert not content.bottom_is_measured
    assert "test-model" in content.bottom_title
    assert alcohols.spectra.details.structure.is_drawn
    assert alcohols.named("trainSpectrumAgreement").text().startswith("Cosine 0.")


def test_details_say_why_a_spectrum_is_not_used(alcohols):
    duplicate = next(each for each in alcohols.state.spectra if each.standing is Standing.DUPLICATE)
    alcohols.spectra.show_kind(Kind.DUPLICATE)
    alcohols.click_row(0)
    assert alcohols.spectra.details.why.sentence.startswith(duplicate.reason)
    assert duplicate.reason


def test_names_are_looked_up_and_only_what_is_ticked_is_taken(tab, tmp_path):
    tab.add(laboratory_file(tmp_path, without=("1-decanol", "phenol")))
    tab.click("trainLookUp")
    tab.quiet()
    dialog = tab.dialog("nameProposals")
    rows = {dialog.list.topLevelItem(row).text(1): dialog.list.topLevelItem(row) for row in range(2)}
    rows["phenol"].setCheckState(1, Qt.CheckState.Unchecked)
    tab.click("nameProposalsOk", dialog)
    tab.quiet()
    assert tab.spectrum("1-decanol").used
    assert tab.spectrum("phenol").standing is Standing.NO_STRUCTURE


def test_a_table_of_smiles_dropped_later_joins_by_name(tab, tmp_path):
    tab.add(laboratory_file(tmp_path, without=("1-decanol", "phenol")))
    table = tmp_path / "structures.csv"
    table.write_text("Name,SMILES\n1-decanol,CCCCCCCCCCO\nPhenol,Oc1ccccc1\n", encoding="utf-8")
    tab.add(table)
    assert tab.spectrum("1-decanol").used
    assert tab.spectrum("phenol").used
    assert not tab.named("trainMissing").isVisible()
    assert "2 spectra" in tab.told[-1]


def test_a_file_that_cannot_be_read_says_so_and_leaves_no_dataset(tab, tmp_path):
    path = tmp_path / "holiday.jpg"
    path.write_bytes(bytes(range(256)) * 8)
    tab.add(path)
    assert tab.state.datasets == ()
    assert len(tab.failed) == 1
    assert "holiday.jpg" in str(tab.failed[0])


def test_datasets_are_made_renamed_removed_and_brought_back(alcohols):
    alcohols.spectra.actions_.new_dataset.trigger()
    dialog = alcohols.dialog("datasetName")
    alcohols.click("datasetNameOk", dialog)
    assert dialog.problem.text() == "A dataset needs a name."
    alcohols.qtbot.keyClicks(alcohols.named("datasetNameLine", dialog), "Second instrument")
    alcohols.click("datasetNameOk", dialog)
    alcohols.quiet()
    assert alcohols.state.dataset.name == "Second instrument"
    assert alcohols.spectra.stack.currentIndex() == 0
    alcohols.spectra.actions_.rename_dataset.trigger()
    dialog = alcohols.dialog("datasetName")
    line = alcohols.named("datasetNameLine", dialog)
    assert isinstance(line, QLineEdit)
    line.setText("alcohols")
    alcohols.click("datasetNameOk", dialog)
    alcohols.quiet()
    assert "alcohols" in dialog.problem.text()
    line.setText("Third floor")
    alcohols.click("datasetNameOk", dialog)
    alcohols.quiet()
    assert alcohols.state.dataset.name == "Third floor"
    alcohols.spectra.actions_.remove_dataset.trigger()
    alcohols.quiet()
    assert [each.name for each in alcohols.state.datasets] == ["alcohols"]
    assert alcohols.model.rowCount() == 13
    alcohols.click("trainOfferUndo")
    alcohols.quiet()
    assert alcohols.state.dataset.name == "Third floor"


def test_another_dataset_is_chosen_with_the_keyboard(alcohols):
    alcohols.service.new_dataset("Empty one")
    alcohols.data.refresh()
    alcohols.quiet()
    chooser = alcohols.named("trainDataset")
    assert isinstance(chooser, QComboBox)
    chooser.setFocus()
    alcohols.key(Qt.Key.Key_Up, widget=chooser)
    alcohols.quiet()
    assert alcohols.state.dataset.name == "Empty one"


def test_measured_spectra_of_a_library_become_a_dataset(tab, services, nicotinamide_library):
    tab.window.set_libraries(tuple(services.libraries.libraries()))
    tab.click("trainChooseLibrary")
    dialog = tab.dialog("trainingLibrary")
    dialog.words.setText("nicotinamide")
    tab.click("trainingLibraryOk", dialog)
    tab.quiet()
    assert {each.record.name for each in tab.state.spectra} == {"Nicotinamide"}
    assert tab.state.dataset.spectra == 2


def test_rows_are_copied_as_a_table(alcohols):
    alcohols.click_row(alcohols.row_of("ethanol"))
    alcohols.key(Qt.Key.Key_C, CONTROL)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["Use", "Name", "Status"]
    assert lines[1].split("\t")[:3] == ["yes", "ethanol", "used"]
    assert "CCO" in lines[1].split("\t")


def test_an_import_that_is_cancelled_keeps_what_was_read(tab, tmp_path):
    path = tmp_path / "long.msp"
    path.write_text("".join(msp_record(f"ethanol {n}", "CCO", 46, shift=n) for n in range(3000)), encoding="utf-8")
    tab.data.add_files([path])
    tab.qtbot.waitUntil(lambda: tab.spectra.work.isVisible(), timeout=5_000)
    tab.click("trainImportCancel")
    tab.quiet()
    assert not tab.spectra.work.isVisible()
    assert not tab.failed
    assert len(tab.state.spectra) < 3000


def test_every_control_has_a_name_for_programs_and_one_for_readers(alcohols):
    for kind in (QAbstractButton, QLineEdit, QComboBox):
        for each in (*alcohols.spectra.findChildren(kind), *alcohols.plan.findChildren(kind)):
            if isinstance(each.parent(), QLineEdit) or each.objectName().startswith("qt_"):
                continue  # Parts that Qt puts in by itself.
            assert each.objectName(), (type(each), each.parent())
            assert each.accessibleName() or getattr(each, "text", str)(), each.objectName()


def test_steps_are_reached_with_alt_and_a_number(alcohols):
    alcohols.key(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert alcohols.named("trainStepPlan").isChecked()
    assert alcohols.panel.pages.currentWidget() is alcohols.plan
    alcohols.quiet()
    alcohols.key(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier, alcohols.named("trainStepPlan"))
    assert alcohols.panel.pages.currentWidget() is alcohols.spectra
    assert alcohols.named("trainStepSpectra").text().startswith("✓")


def test_in_a_narrow_tab_kinds_are_chosen_from_a_list(alcohols):
    # In the main window it is a page of tabs, whose layout asks for no more room than its `minimumSizeHint`.
    alcohols.panel.layout().setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
    alcohols.panel.setMinimumSize(0, 0)
    alcohols.panel.resize(360, 480)
    alcohols.quiet()
    chooser = alcohols.named("trainKindChooser")
    assert isinstance(chooser, QComboBox)
    alcohols.qtbot.waitUntil(chooser.isVisible, timeout=5_000)
    assert not alcohols.named("trainKindAll").isVisible()
    chooser.setCurrentIndex(chooser.findText("1 without structure"))
    chooser.activated.emit(chooser.currentIndex())
    assert alcohols.names == ["1-decanol"]
    alcohols.panel.resize(1100, 720)
    alcohols.quiet()
    alcohols.qtbot.waitUntil(lambda: not chooser.isVisible(), timeout=5_000)
    assert alcohols.named("trainKindNoStructure").isChecked()


def test_entries_of_the_library_tab_are_used_for_training(qtbot, window, nicotinamide_library):
    window.library_flow.refresh()
    wait_until_quiet(qtbot, window)
    window.tabs.setCurrentWidget(window.library)
    wait_until_quiet(qtbot, window)
    window.library.table.selectAll()
    window.library.edits.learn_from.trigger()
    wait_until_quiet(qtbot, window)
    assert window.tabs.currentWidget() is window.training.panel
    assert {each.record.name for each in window.training.train.spectra} == {"Nicotinamide", "Benzene"}
