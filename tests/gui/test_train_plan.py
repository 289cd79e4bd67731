from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox
from train_tab import laboratory_file, open_train_tab

from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.domain.tuning_jobs import JobState
from bitspec_gui.services.tuning_time import duration_text, seconds_for
from bitspec_gui.ui.train_state import TrainPage


@pytest.fixture
def tab(qtbot, runner, services, tmp_path):
    with open_train_tab(qtbot, runner, services, tmp_path / "training") as made:
        yield made


@pytest.fixture
def planned(tab, tmp_path):
    """The plan for twelve alcohols."""
    tab.add(laboratory_file(tmp_path))
    return tab.page(TrainPage.PLAN)


def chosen(tab):
    return [card.strategy for card in tab.plan.strategies.cards if card.button.isChecked()]


def test_a_plan_needs_spectra_and_shows_the_way_to_them(tab):
    tab.page(TrainPage.PLAN)
    assert tab.plan.empty.isVisible()
    assert not tab.named("trainBegin").isEnabled()
    tab.click("trainToSpectra")
    assert tab.panel.pages.currentWidget() is tab.spectra


def test_a_plan_is_made_as_soon_as_its_page_is_opened(planned):
    plan = planned.state.plan
    assert plan is not None
    assert not planned.failed
    assert planned.plan.headline.text() == f"Proposed: {plan.proposed.info.title}"
    assert all(reason in planned.plan.reasons.text() for reason in plan.reasons)
    assert all(caution in planned.plan.cautions.sentence for caution in plan.cautions)
    assert planned.plan.strategies.cards[0].strategy is plan.proposed.info.strategy
    assert {card.strategy for card in planned.plan.strategies.cards} == set(Strategy)
    assert chosen(planned) == [plan.proposed.info.strategy]
    assert planned.named("trainName").text() == "alcohols 1"
    assert planned.named("trainBegin").isEnabled()


def test_another_way_is_chosen_by_a_click_on_its_card(planned):
    planned.click("trainCardHead")
    assert planned.state.settings.strategy is Strategy.HEAD
    assert chosen(planned) == [Strategy.HEAD]
    expected = next(each for each in planned.state.plan.options if each.info.strategy is Strategy.HEAD)
    assert planned.plan.time.text().startswith(duration_text(expected.seconds))


def test_ways_are_gone_through_with_the_arrow_keys(planned):
    first = planned.plan.strategies.cards[0]
    first.button.setFocus()
    planned.key(Qt.Key.Key_Down, widget=first.button)
    planned.key(Qt.Key.Key_Space, widget=planned.plan.strategies.cards[1].button)
    assert chosen(planned) == [planned.plan.strategies.cards[1].strategy]
    assert planned.state.settings.strategy is planned.plan.strategies.cards[1].strategy


def test_advanced_settings_are_closed_at_first_and_show_what_is_proposed(planned):
    assert not planned.plan.settings.body.isVisible()
    planned.click("trainAdvanced")
    assert planned.plan.settings.body.isVisible()
    assert planned.named("trainProposed_epochs").text() == f"proposed: {planned.planning.option.settings.epochs}"
    assert planned.named("trainSetting_rank").isVisible() == (planned.state.settings.strategy is Strategy.LORA)
    assert not planned.named("trainSetting_layer_decay").isVisible()


def test_time_follows_the_settings_at_once_and_can_be_taken_back(planned):
    planned.click("trainCardLora")
    planned.click("trainAdvanced")
    epochs = planned.named("trainSetting_epochs")
    assert isinstance(epochs, QSpinBox)
    epochs.selectAll()
    planned.qtbot.keyClicks(epochs, "400")
    assert planned.state.settings.epochs == 400
    look = planned.state.look
    wanted = seconds_for(planned.state.settings, look.compounds, speed=look.speed)
    assert planned.plan.time.text().startswith(duration_text(wanted))
    planned.click("trainAsProposed")
    assert planned.state.settings == planned.planning.option.settings
    assert epochs.value() == planned.planning.option.settings.epochs


def test_one_part_held_out_in_place_of_several_says_when_to_stop(planned):
    assert planned.state.settings.folds > 1
    assert planned.state.settings.patience == 0
    planned.planning.change("folds", 0)
    assert planned.state.settings.patience == TuningSettings().patience


def test_a_learning_rate_is_typed_as_a_power_of_ten(planned):
    planned.click("trainCardLora")
    planned.click("trainAdvanced")
    rate = planned.named("trainSetting_rate")
    assert isinstance(rate, QDoubleSpinBox)
    rate.selectAll()
    planned.qtbot.keyClicks(rate, "2e-4")
    assert planned.state.settings.rate == pytest.approx(2e-4)
    planned.key(Qt.Key.Key_Up, widget=rate)
    assert planned.state.settings.rate == pytest.approx(3.2e-4)


def test_a_setting_that_cannot_be_is_said_in_a_sentence_and_nothing_starts(planned):
    planned.click("trainCardLora")
    planned.click("trainAdvanced")
    rate = planned.named("trainSetting_rate")
    rate.selectAll()
    planned.qtbot.keyClicks(rate, "5")
    assert "learning rate" in planned.plan.faults.sentence
    assert not planned.named("trainBegin").isEnabled()
    planned.click("trainBegin")
    planned.quiet()
    assert planned.jobs.jobs() == []
    planned.click("trainAsProposed")
    assert not planned.plan.faults.isVisible()
    assert planned.named("trainBegin").isEnabled()


def test_start_puts_the_training_into_the_queue_and_shows_it(planned):
    started = []
    planned.planning.queued.connect(started.append)
    planned.click("trainCardLora")
    line = planned.named("trainName")
    assert isinstance(line, QLineEdit)
    line.setText("Second floor, alcohols")
    planned.click("trainBegin")
    planned.quiet()
    (job,) = planned.jobs.jobs()
    assert (job.name, job.state, job.settings) == ("Second floor, alcohols", JobState.QUEUED, planned.state.settings)
    assert job.base_sha256 == planned.versions[0].version.sha256
    assert [each.job_id for each in started] == [job.job_id]
    assert planned.state.page is TrainPage.TRAINING
    assert planned.state.job_id == job.job_id
    planned.page(TrainPage.PLAN)
    assert line.text() == "alcohols 1"


def test_a_name_that_is_taken_is_refused_in_words(planned):
    planned.click("trainBegin")
    planned.quiet()
    planned.page(TrainPage.PLAN)
    assert planned.named("trainName").text() == "alcohols 2"
    planned.named("trainName").setText("alcohols 1")
    planned.click("trainBegin")
    planned.quiet()
    assert len(planned.jobs.jobs()) == 1
    assert "alcohols 1" in planned.plan.faults.sentence
    assert planned.state.page is TrainPage.PLAN
    planned.named("trainName").setText("alcohols 3")
    assert not planned.plan.faults.isVisible()


def test_a_change_of_the_spectra_makes_the_plan_anew(planned):
    before = planned.state.look
    planned.page(TrainPage.SPECTRA)
    planned.click_row(planned.row_of("phenol"))
    planned.key(Qt.Key.Key_Space)
    planned.quiet()
    assert not planned.state.plan_is_current
    planned.page(TrainPage.PLAN)
    assert planned.state.plan_is_current
    assert planned.state.look.compounds == before.compounds - 1


def test_looking_can_be_cancelled_and_tried_again(tab, tmp_path, predictor):
    tab.add(laboratory_file(tmp_path))
    predictor.gate = threading.Event()
    tab.click("trainStepPlan")
    tab.qtbot.waitUntil(lambda: tab.plan.work.isVisible(), timeout=5_000)
    assert not tab.named("trainBegin").isEnabled()
    tab.click("trainLookCancel")
    predictor.gate.set()
    tab.quiet()
    assert tab.state.plan is None
    assert tab.plan.problem.sentence == "Cancelled: there is no plan yet."
    tab.click("trainPlanRetry")
    tab.quiet()
    assert tab.state.plan is not None
    assert not tab.plan.problem.isVisible()


def test_another_model_to_begin_with_makes_another_plan(planned):
    looked = []
    planned.planning._planner.look = lambda dataset_id, base, **_: looked.append(base) or planned.state.look
    tuned = RegisteredVersion(3, ModelVersion("alcohols 1", "f" * 64, "CC BY 4.0"), planned.base_file)
    planned.state.set_versions((*planned.versions, tuned))
    box = planned.named("trainBase")
    assert isinstance(box, QComboBox)
    assert [box.itemText(n) for n in range(box.count())] == ["test-model (in use)", "alcohols 1"]
    kept = planned.state.look
    planned.planning._planner.look = lambda dataset_id, base, **_: looked.append(base) or kept
    planned.key(Qt.Key.Key_Down, widget=box)
    planned.quiet()
    assert looked == [tuned]
    assert planned.state.plan is not None
    assert planned.planning.free_name() == "alcohols 2"
