from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import QThread

from bitspec_gui.domain.jobs import CancelToken, Progress
from bitspec_gui.workers.job import JobState


def test_work_runs_outside_and_its_result_arrives_in_the_gui_thread(qtbot, runner):
    seen = {}

    def work(a, b):
        seen["worked"] = QThread.currentThread()
        return a + b

    def done(value):
        seen.update(value=value, arrived=QThread.currentThread())

    runner.submit("query", work, 2, 3, on_done=done)
    qtbot.waitUntil(lambda: "value" in seen)
    assert seen["value"] == 5
    assert seen["arrived"] is not seen["worked"]
    assert seen["arrived"] == qtbot_thread()


def qtbot_thread():
    from PySide6.QtWidgets import QApplication

    return QApplication.instance().thread()


def test_an_error_in_the_work_reaches_its_taker_and_the_lane_lives_on(qtbot, runner):
    errors, values = [], []
    runner.submit("query", lambda: 1 / 0, on_error=errors.append)
    runner.submit("query", lambda: 7, on_done=values.append)
    qtbot.waitUntil(lambda: values == [7])
    assert isinstance(errors[0], ZeroDivisionError)


def test_an_error_that_nobody_takes_is_announced_by_the_runner(qtbot, runner):
    with qtbot.waitSignal(runner.failed) as failed:
        runner.submit("io", lambda: [][1])
    assert isinstance(failed.args[0], IndexError)


def test_of_several_jobs_of_one_key_only_the_newest_delivers(qtbot, runner):
    gate, values = threading.Event(), []
    runner.submit("query", gate.wait, 5, on_done=values.append, key="molecule")
    for number in range(5):
        runner.submit("query", lambda n=number: n, on_done=values.append, key="molecule")
    gate.set()
    qtbot.waitUntil(lambda: values == [4])
    qtbot.wait(30)
    assert values == [4]


def test_progress_is_told_without_flooding_and_ends_with_the_last(qtbot, runner):
    told = []

    def work(progress, cancel):
        for number in range(20_000):
            progress(Progress(number + 1, 20_000, "Counting"))

    job = runner.submit("io", work, title="Count", cancellable=True)
    job.changed.connect(lambda: told.append(job.progress.done))
    qtbot.waitUntil(lambda: job.state is JobState.DONE)
    assert told[-1] == 20_000
    assert len(told) < 5_000


def test_cancelled_work_that_obeys_ends_as_cancelled(qtbot, runner):
    cancelled = []

    def work(progress, cancel: CancelToken):
        while True:
            cancel.raise_if_cancelled()
            time.sleep(0.005)

    job = runner.submit("io", work, title="Endless", cancellable=True, on_cancel=lambda: cancelled.append(True))
    qtbot.waitUntil(lambda: job.state is JobState.RUNNING)
    job.cancel()
    qtbot.waitUntil(lambda: job.state is JobState.CANCELLED, timeout=20_000)
    assert cancelled == [True]


def test_work_that_cannot_be_stopped_counts_as_cancelled_at_once_and_its_result_is_dropped(qtbot, runner):
    gate, values, cancelled = threading.Event(), [], []
    job = runner.submit(
        "compute", gate.wait, 5, title="Stubborn", on_done=values.append, on_cancel=lambda: cancelled.append(True)
    )
    job.cancel()
    assert job.state is JobState.CANCELLED
    gate.set()
    runner.submit("compute", lambda: 1, on_done=values.append)
    qtbot.waitUntil(lambda: values == [1])
    assert cancelled == [True]


def test_work_that_returns_what_it_had_when_cancelled_delivers_it(qtbot, runner):
    reports = []

    def work(progress, cancel):
        while not cancel.cancelled:
            time.sleep(0.002)
        return "half a report"

    job = runner.submit("io", work, title="Import", cancellable=True, on_done=reports.append)
    qtbot.wait(20)
    job.cancel()
    qtbot.waitUntil(lambda: reports == ["half a report"], timeout=20_000)


def test_jobs_destroyed_only_in_the_gui_thread(qtbot, runner):
    where = []
    gui = threading.get_ident()

    class Witness:
        def __del__(self):
            where.append(threading.get_ident())

    for _ in range(50):
        job = runner.submit("query", lambda: None)
        job.witness = Witness()
        del job
    count = []
    runner.submit("query", lambda: None, on_done=count.append)
    qtbot.waitUntil(lambda: bool(count))
    runner.submit("query", lambda: None, on_done=count.append)
    qtbot.waitUntil(lambda: len(count) == 2)
    assert where
    assert set(where) == {gui}


def test_shutdown_ends_waiting_and_running_work_and_calls_nobody(qtbot, runner):
    called = []

    def work(progress, cancel):
        while not cancel.cancelled:
            time.sleep(0.002)
        return 1

    for _ in range(3):
        runner.submit("io", work, title="Work", cancellable=True, on_done=called.append, on_cancel=lambda: called.append(0))
    assert runner.shutdown()
    qtbot.wait(20)
    assert called == []


def test_shutdown_is_bounded_when_work_does_not_end(qtbot, runner):
    gate = threading.Event()
    runner.submit("compute", gate.wait, 30)
    qtbot.wait(20)
    assert not runner.shutdown(timeout_s=0.1)  # had it waited for the work, it would have ended
    gate.set()


def test_nothing_starts_after_shutdown(qtbot, runner):
    runner.shutdown()
    job = runner.submit("io", pytest.fail, "must not run")
    assert job.state is JobState.CANCELLED
