from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from made_versions import Machine
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from train_pages import Pages, verdict

from bitspec_gui.domain.errors import ExportError
from bitspec_gui.domain.tuning_json import from_json
from bitspec_gui.domain.verdict import Interval, Judgement, PublicBasis, Verdict
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.verdict_files import write_verdict
from bitspec_gui.ui.model_versions import ModelVersions
from bitspec_gui.ui.panels.train_verdict import TrainVerdictPage
from bitspec_gui.ui.thumbnails import Thumbnails
from bitspec_gui.ui.train_state import TrainPage

PREDICTED_TIP = "against the base model's own predictions of 240 public molecules, for no measured spectra are at hand"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    """A data folder with the supplied version and one tuned from it."""
    folder = tmp_path_factory.mktemp("furnished") / "here"
    machine = Machine(folder)
    machine.tuned("Own lab 1")
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
    """The page with a registry in which there is one tuned version."""
    tuned = machine.registry.by_name("Own lab 1")

    def page(pages):
        pages.versions = ModelVersions(pages.train, machine.registry, None, runner)
        thumbnails = Thumbnails(PredictionService(lambda: None), runner)
        pages.chosen, pages.version_id = [], tuned.version_id
        pages.versions.model_chosen.connect(pages.chosen.append)
        return TrainVerdictPage(pages.window, pages.train, pages.versions, thumbnails, runner)

    pages = Pages(qtbot, runner, page)
    pages.page.table.show_structures(False)
    pages.versions.refresh()
    pages.quiet()
    yield pages.show()
    pages.quiet()
    pages.stop()


@pytest.fixture
def better(made):
    made.train.set_verdict(verdict(folds=5), "Own lab 1", made.version_id)
    return made


def test_page_without_a_verdict_says_where_one_comes_from(made):
    assert made.seen("verdictNone", "verdictCard", "verdictOutcomes") == ["verdictNone"]


def test_judgement_is_told_by_a_sentence_a_sign_and_a_colour(made):
    page, signs = made.page, {"better": "✔", "better, but forgets": "!", "no gain": "=", "worse": "✘", "too few to tell": "?"}
    for judgement in Judgement:
        made.train.set_verdict(verdict(judgement=judgement), "Own lab 1", made.version_id)
        assert page.sentence.text() == made.train.verdict.sentence
        assert page.sign.text() == signs[judgement.value]


def test_figures_are_those_of_the_verdict(better):
    texts = {name: better.named(f"verdict{name}").text() for name in ("Compounds", "BeforeAfter", "Gain", "Public", "Response")}
    assert texts == {
        "Compounds": "6",
        "BeforeAfter": "0.600 → 0.685",
        "Gain": "+0.085 (+0.045 to +0.125)",
        "Public": "−0.002 (−0.005 to +0.001)",
        "Response": "−0.020",
    }
    assert "Held out by compound" in better.page.how.text()
    assert "6 compounds were held out in turn, in 5 parts" in better.page.how.text()


def test_compounds_that_are_new_to_the_base_too_are_told_apart(made):
    assert made.seen("verdictTileNew") == []
    known = replace(verdict(), seen_before=4, unseen_compounds=2)
    made.train.set_verdict(known, "Own lab 1", made.version_id)
    assert made.named("verdictNew").text() == "2 of 6"
    made.train.set_verdict(replace(known, unseen=Interval(0.05, -0.01, 0.11)), "Own lab 1", made.version_id)
    assert made.named("verdictNew").text() == "2 of 6: +0.050 (−0.010 to +0.110)"


def test_agreement_with_predictions_is_never_called_one_with_measurements(made):
    made.train.set_verdict(verdict(basis=PublicBasis.PREDICTED), "Own lab 1", made.version_id)
    assert made.named("verdictTilePublic").toolTip() == PREDICTED_TIP
    assert "measured spectra of" not in made.page.how.text()


def test_spectra_are_sorted_by_change_and_by_any_other_column(better):
    rows = better.rows("verdictOutcomes")
    assert [row[4] for row in rows] == ["+0.200", "+0.140", "+0.100", "+0.060", "+0.020", "−0.010"]
    header = better.page.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(1) + 5, 5)
    better.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [row[1] for row in better.rows("verdictOutcomes")] == sorted(row[1] for row in rows)
    assert better.page.spectra.outcome.name == "Toluene"  # what is looked at stays so


def test_arrow_keys_step_through_the_spectra_and_the_plots_follow(better):
    table, spectra = better.page.table, better.page.spectra
    table.setFocus()
    better.qtbot.keyClick(table, Qt.Key.Key_Down)
    outcome = spectra.outcome
    assert outcome.name == "Anisole"
    assert spectra.headline.text() == "Anisole · cosine 0.600 before, 0.740 after (+0.140)"
    assert spectra.before.content.top is outcome.predicted_before
    assert spectra.after.content.top is outcome.predicted_after
    assert spectra.before.content.bottom is spectra.after.content.bottom is outcome.measured


def test_both_plots_zoom_as_one(better):
    spectra = better.page.spectra
    spectra.before._box.setXRange(40, 80, padding=0)
    QApplication.processEvents()
    low, high = spectra.after._box.viewRange()[0]
    assert (low, high) == (pytest.approx(40, abs=3), pytest.approx(80, abs=3))


def test_a_click_on_a_dot_looks_at_its_spectrum(better):
    plot = better.page.changes
    worst = min(better.train.verdict.outcomes, key=lambda each: each.change)
    QApplication.processEvents()
    better.qtbot.mouseMove(plot.viewport(), plot.place_of(worst).toPoint())
    better.qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.place_of(worst).toPoint())
    assert better.page.spectra.outcome is worst
    assert better.page.table.currentIndex().row() == 5


def test_arrow_keys_step_through_the_dots(better):
    plot = better.page.changes
    plot.setFocus()
    better.qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert better.page.spectra.outcome.change == pytest.approx(-0.01)
    better.qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert better.page.spectra.outcome.change == pytest.approx(0.02)


def test_rows_are_copied_for_a_spreadsheet(better):
    table = better.page.table
    table.setFocus()
    better.qtbot.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    better.qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0] == "Name\tSMILES\tBefore\tAfter\tChange"
    assert lines[1] == "Toluene\tCc1ccccc1\t0.6000\t0.8000\t0.2000"
    assert len(lines) == 7


def test_using_the_model_makes_it_the_one_that_predicts(better, machine):
    better.click("verdictUse")
    better.quiet()
    assert machine.registry.active().version.name == "Own lab 1"
    assert [version.version.name for version in better.chosen] == ["Own lab 1"]
    assert better.named("verdictUse").text() == "In use ✓"
    assert not better.named("verdictUse").isEnabled()


def test_keeping_the_base_goes_back_to_it_if_the_tuned_one_is_in_use(better, machine):
    better.click("verdictUse")
    better.quiet()
    better.click("verdictKeep")
    better.quiet()
    assert machine.registry.active().supplied
    assert [version.version.name for version in better.chosen] == ["Own lab 1", "bitspec-ei-2"]


def test_keeping_the_base_changes_nothing_otherwise_and_says_so(better):
    better.click("verdictKeep")
    better.quiet()
    assert better.chosen == []
    assert better.told == ["BitSpec goes on predicting with bitspec-ei-2. “Own lab 1” stays on the page Models."]


def test_a_verdict_whose_version_is_gone_cannot_be_used(made):
    made.train.set_verdict(verdict(), "Gone", 99)
    assert not made.named("verdictUse").isEnabled()
    assert not made.named("verdictModels").isEnabled()


def test_show_in_models_looks_at_the_version_there(better):
    better.click("verdictModels")
    assert better.train.page is TrainPage.MODELS
    assert better.train.version_id == better.version_id


def test_verdict_is_exported_as_a_table_that_every_figure_comes_back_from(better, tmp_path):
    better.page._write(better.train.verdict, "Own lab 1", tmp_path / "verdict.csv")
    better.quiet()
    lines = (tmp_path / "verdict.csv").read_text().splitlines()
    assert lines[1].startswith("KEY00000000000,Toluene,Cc1ccccc1,0.600000,0.800000,0.200000,1,1")
    write_verdict(better.train.verdict, "Own lab 1", tmp_path / "verdict.json")
    again = from_json(Verdict, json.loads((tmp_path / "verdict.json").read_text())["verdict"])
    assert again.gain == better.train.verdict.gain
    assert [each.change for each in again.outcomes] == [each.change for each in better.train.verdict.outcomes]


def test_report_holds_the_sentence_and_escapes_names(better, tmp_path):
    write_verdict(better.train.verdict, "<Own> lab", tmp_path / "verdict.html")
    text = (tmp_path / "verdict.html").read_text()
    assert better.train.verdict.sentence in text
    assert "&lt;Own&gt; lab" in text
    assert "<Own>" not in text
    assert text.count("<svg") == 12


def test_another_kind_of_file_is_refused(better, tmp_path):
    with pytest.raises(ExportError):
        write_verdict(better.train.verdict, "Own lab 1", tmp_path / "verdict.docx")


def test_everything_fits_into_a_small_window(better):
    better.page.resize(330, 300)
    QApplication.processEvents()
    assert better.page.body.width() <= better.page.viewport().width()
