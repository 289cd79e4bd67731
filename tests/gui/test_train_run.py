from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from train_pages import HandTrainer, Pages, begun, done, example, job, point, verdict

from bitspec_gui.domain.tuning_jobs import CurvePoint, JobState, PhaseBegan, Usage, VerdictReached
from bitspec_gui.services.training_course import Curve
from bitspec_gui.services.tuning_faults import PUT_OFF
from bitspec_gui.ui.dialogs.training_goes_on import TrainingGoesOnDialog, WhenClosing
from bitspec_gui.ui.panels.train_run import TrainRunPage
from bitspec_gui.ui.theme import DARK
from bitspec_gui.ui.train_state import TrainPage

COMMANDS = ("trainVerdict", "trainPause", "trainResume", "trainPutOff", "trainCancel", "trainSaveCurves", "trainRemove")


@pytest.fixture
def made(qtbot, runner):
    pages = Pages(qtbot, runner, lambda p: TrainRunPage(p.window, p.train, p.run, runner))
    yield pages
    pages.stop()


@pytest.fixture
def running(made):
    """The page with a job that is at its second fold."""
    made.show()
    made.trainer.jobs_changed.emit(
        (job(2), job(1, JobState.INTERRUPTED, said="The system ended it, most likely for lack of memory."))
    )
    made.tell(2, begun())
    made.trainer.asked.clear()
    return made


def test_page_without_jobs_says_what_to_do(made):
    made.show()
    assert made.seen("trainNoJobs", "trainJobs", "trainHeadline", "trainCurves") == ["trainNoJobs"]


def test_running_job_says_where_it_is_and_how_long_it_takes(running):
    page = running.page
    assert page.headline.text() == "Fold 2 of 5 · step 50 of 100 · 1 min 20 s left"
    assert page.progress.value() == 310
    assert page.where.text() == "CPU (2 threads): no CUDA device found · memory 912 MB · on the device 1.5 GB"
    assert page.notes.sentence == "Memory ran out: the batch was halved to 8 compounds."
    assert running.rows("trainJobs")[0][:2] == ["Own lab 2", "training · 31 % · 1 min 20 s left"]


def test_the_job_that_runs_is_looked_at_and_its_journal_is_asked_for(made):
    made.trainer.jobs_changed.emit((job(3, JobState.QUEUED), job(2), job(1, JobState.DONE)))
    assert made.train.job_id == 2
    assert made.trainer.asked == [("attach", 2)]


def test_another_job_begins_with_nothing_and_lets_go_of_the_last(running):
    running.page.jobs.selectRow(1)
    assert running.trainer.asked == [("detach", 2), ("attach", 1)]
    assert running.run.course.runs == ()
    assert running.page.problem.sentence == "The system ended it, most likely for lack of memory."
    running.trainer.events.emit(2, tuple(begun()))  # comes too late
    assert running.run.course.runs == ()


def test_what_was_put_off_is_no_fault(running):
    running.train.set_jobs((job(2, JobState.INTERRUPTED, said=PUT_OFF),))
    assert running.page.problem.sentence == ""
    assert PUT_OFF in running.page.notes.sentence


def test_only_what_makes_sense_is_offered(running):
    for state, offered in (
        (JobState.QUEUED, ["trainCancel", "trainSaveCurves"]),
        (JobState.RUNNING, ["trainPause", "trainPutOff", "trainCancel", "trainSaveCurves"]),
        (JobState.PAUSED, ["trainResume", "trainPutOff", "trainCancel", "trainSaveCurves"]),
        (JobState.INTERRUPTED, ["trainResume", "trainSaveCurves", "trainRemove"]),
        (JobState.DONE, ["trainVerdict", "trainSaveCurves", "trainRemove"]),
        (JobState.FAILED, ["trainSaveCurves", "trainRemove"]),
    ):
        running.trainer.jobs_changed.emit((job(2, state),))
        assert running.seen(*COMMANDS) == offered


def test_pause_is_asked_for_and_said_until_it_comes_true(running):
    running.click("trainPause")
    assert running.trainer.asked == [("pause", 2)]
    assert running.page.headline.text() == "Pausing…"
    assert not running.named("trainPause").isEnabled()
    running.trainer.jobs_changed.emit((job(2, JobState.PAUSED),))
    assert running.page.headline.text().startswith("Paused")
    running.click("trainResume")
    assert running.trainer.asked == [("pause", 2), ("resume", 2)]
    running.trainer.jobs_changed.emit((job(2),))
    assert running.page.headline.text().startswith("Fold 2 of 5")


def test_a_wish_that_cannot_be_done_is_forgotten_and_told(running):
    running.click("trainPause")
    told = []
    running.run.failed.connect(told.append)
    running.trainer.failed.emit(OSError("gone"))
    assert running.named("trainPause").isEnabled()
    assert len(told) == 1


def test_cancelling_what_was_learnt_is_asked_about_and_can_become_putting_it_off(running, qtbot):
    running.click("trainCancel")
    assert running.trainer.asked == []
    dialog = QApplication.activeModalWidget()
    qtbot.mouseClick(dialog.buttons[next(key for key in dialog.buttons if key.value == "put off")], Qt.MouseButton.LeftButton)
    assert running.trainer.asked == [("put_off", 2)]


def test_cancelling_by_its_own_button_throws_it_away(running, qtbot):
    running.click("trainCancel")
    qtbot.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Return)
    assert running.trainer.asked == [("cancel", 2)]


def test_escape_cancels_nothing(running, qtbot):
    running.click("trainCancel")
    qtbot.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Escape)
    assert running.trainer.asked == []


def test_a_job_that_waits_is_cancelled_at_once(made):
    made.show()
    made.trainer.jobs_changed.emit((job(2, JobState.QUEUED),))
    made.click("trainCancel")
    assert made.trainer.asked[-1] == ("cancel", 2)


def test_del_takes_an_ended_job_off_the_list_after_asking(running, qtbot):
    running.page.jobs.selectRow(1)
    running.page.jobs.setFocus()
    qtbot.keyClick(running.page.jobs, Qt.Key.Key_Delete)
    dialog = QApplication.activeModalWidget()
    assert "“Own lab 1”" in dialog.explanation.text()
    qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    assert running.trainer.asked[-1] == ("remove", 1)


def test_curves_of_the_run_looked_at_are_strong_and_those_of_the_others_pale(running, qtbot):
    curves = running.page.curves
    assert [(line.pale, line.x.size) for line in curves.loss_item.lines] == [(True, 10), (False, 5)]
    box = running.named("curveRun")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert curves.run == 0
    assert [line.pale for line in curves.loss_item.lines] == [False, True]


def test_a_curve_is_left_out_by_a_click_on_its_legend(running):
    assert len(running.page.curves.cosine_item.lines) == 6
    running.click("curveTrain")
    assert len(running.page.curves.cosine_item.lines) == 4


def test_pointing_at_a_curve_says_all_that_was_measured_there(running, qtbot):
    curves = running.page.curves
    curves.canvas.setFocus()
    qtbot.keyClick(curves.canvas, Qt.Key.Key_Right)
    qtbot.keyClick(curves.canvas, Qt.Key.Key_Right)
    words = running.named("trainCurvesHover").text().splitlines()
    assert words[0] == "Fold 2 of 5 · step 20"
    assert words[1] == f"Your other compounds: {point(20, 1).val_cosine:.3f}"
    assert words[-1] == f"Loss: {point(20, 1).train_loss:.3f}"


def test_points_that_come_again_after_a_resume_are_drawn_once(running):
    running.tell(2, [point(step, 1) for step in (40, 50, 60)])
    steps, _values = running.run.course.series(1, Curve.VAL)
    assert steps.tolist() == [10, 20, 30, 40, 50, 60]


def test_examples_of_the_latest_fold_are_shown_and_one_of_them_larger(running, qtbot):
    examples = running.page.examples
    assert [card.example.name for card in examples.cards] == ["Toluene", "Anisole", "Ethyl benzoate", "Butylbenzene"]
    qtbot.mouseClick(examples.cards[2], Qt.MouseButton.LeftButton)
    assert examples.headline.text() == "Ethyl benzoate · cosine 0.610 before, 0.740 now"
    now = examples.view.content.top
    running.click("trainExampleBefore")
    assert examples.view.content.top is not now
    running.tell(2, [example(2, run=1, step=60, now=0.8)])
    assert examples.headline.text() == "Ethyl benzoate · cosine 0.610 before, 0.800 now"


def test_a_job_that_is_done_leads_to_its_verdict(running):
    running.tell(2, [VerdictReached(verdict())])
    running.trainer.jobs_changed.emit((job(2, JobState.DONE, version_id=7),))
    assert running.train.verdict_of == "Own lab 2"
    assert running.train.verdict_version == 7
    running.click("trainVerdict")
    assert running.train.page is TrainPage.VERDICT


def test_the_verdict_of_another_version_stays_in_sight_while_the_job_goes_on_telling(running):
    running.tell(2, done())
    other = verdict((0.0,))
    running.train.set_verdict(other, "Another", 3)
    running.tell(2, [Usage(1.0, None, 900.0)])
    assert running.train.verdict is other


def test_points_are_saved_as_a_table(running, tmp_path):
    running.page._save(tmp_path / "curves.csv")
    running.quiet()
    lines = (tmp_path / "curves.csv").read_text().splitlines()
    assert len(lines) == 1 + 15
    assert lines[1].startswith("0,Fold 1 of 5,10,100,")
    assert running.told == [f"Written: {tmp_path / 'curves.csv'}"]


def test_curves_are_saved_as_a_picture_that_is_dark_on_white(running, tmp_path):
    running.window.set_colours(DARK)
    for suffix, begins in ((".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")):
        running.page._save(tmp_path / f"curves{suffix}")
        running.quiet()
        assert (tmp_path / f"curves{suffix}").read_bytes().startswith(begins)
    assert running.page.curves.colours is DARK


def test_a_journal_of_ten_thousand_points_is_replayed_and_drawn_in_a_moment(running):
    folds = [[PhaseBegan(f"Fold {run + 1} of 5", run + 1, 5, run)] for run in range(5)]
    for run, told in enumerate(folds):
        told += [CurvePoint(run, step, 2000, 1 / step, 1e-3, 0.7, 0.6, 0.8) for step in range(1, 2001)]
    began = time.process_time()
    for told in folds:
        for start in range(0, len(told), 200):
            running.trainer.events.emit(2, tuple(told[start : start + 200]))
    running.tell(2, [])
    running.page.grab()
    assert sum(line.x.size for line in running.page.curves.loss_item.lines) == 10_000
    assert time.process_time() - began < 10  # a guard against work that grows with the square, no measurement


def test_everything_fits_into_a_small_window(running, qtbot):
    running.page.resize(330, 300)
    QApplication.processEvents()
    assert running.page.body.width() <= running.page.viewport().width()
    assert running.page.halves.orientation() is Qt.Orientation.Vertical


def test_closing_is_asked_about_and_escape_leaves_the_window_open(qtbot):
    answers = []
    for press in (
        lambda dialog: qtbot.mouseClick(dialog.buttons[WhenClosing.PUT_OFF], Qt.MouseButton.LeftButton),
        lambda dialog: qtbot.keyClick(dialog, Qt.Key.Key_Return),
        lambda dialog: qtbot.keyClick(dialog, Qt.Key.Key_Escape),
    ):
        dialog = TrainingGoesOnDialog(job(2))
        qtbot.addWidget(dialog)
        dialog.chosen.connect(answers.append)
        dialog.open()
        press(dialog)
    assert answers == [WhenClosing.PUT_OFF, WhenClosing.GO_ON, WhenClosing.STAY]


def test_the_job_that_would_be_disturbed_is_the_running_one_else_one_that_waits(made):
    assert made.run.goes_on is None
    made.trainer.jobs_changed.emit((job(3, JobState.QUEUED), job(1, JobState.DONE)))
    assert made.run.goes_on.job_id == 3
    made.trainer.jobs_changed.emit((job(3, JobState.QUEUED), job(2, JobState.PAUSED)))
    assert made.run.goes_on.job_id == 2


def test_a_job_that_was_queued_is_looked_at_and_begun(made):
    made.run.queued(job(5, JobState.QUEUED))
    assert made.train.job_id == 5
    assert made.trainer.asked == [("attach", 5), ("start",)]


def test_the_menu_of_a_job_offers_what_the_buttons_do(running, qtbot):
    running.page.jobs.customContextMenuRequested.emit(QPoint(5, 5))
    menu = running.page.commands.menu
    qtbot.waitUntil(menu.isVisible)
    offered = [action.text().replace("&", "") for action in menu.actions() if action.isVisible()]
    menu.close()
    assert offered == ["Pause", "Put off", "Cancel", "Save curves…"]


def test_the_made_trainer_has_what_the_real_one_has():
    from bitspec_gui.workers.trainer import Trainer

    for name in ("jobs_changed", "events", "replayed", "ended", "failed"):
        assert hasattr(Trainer, name)
        assert hasattr(HandTrainer, name)
    for name in ("open", "start", "pause", "resume", "cancel", "put_off", "remove", "attach", "detach"):
        assert callable(getattr(Trainer, name))
