from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bitspec_gui.domain.tuning_jobs import CurvePoint, JobState, StateChanged
from bitspec_gui.workers.trainer import Trainer
from tests.services.fake_tuner import FakeTuner, Laboratory

TOP = Path(__file__).resolve().parents[2]


class ThreadAsProcess:
    """Runs the queue beside the test, and ends as a process does; `exit_code` is what it ends with."""

    def __init__(self, laboratory: Laboratory, exit_code: int = 0) -> None:
        self.returncode: int | None = None
        self._exit_code = exit_code
        self._thread = threading.Thread(target=self._run, args=(laboratory,), daemon=True)
        self._thread.start()

    def _run(self, laboratory: Laboratory) -> None:
        if self._exit_code == 0:
            laboratory.jobs.run_queue()
        self.returncode = self._exit_code

    def poll(self) -> int | None:
        return self.returncode


class Told:
    """What a trainer told, with the thread that it was told in."""

    def __init__(self, trainer: Trainer) -> None:
        self.events: list[object] = []
        self.replayed: list[int] = []
        self.ended: list[tuple[int, JobState]] = []
        self.failures: list[str] = []
        self.threads: set[int] = set()
        trainer.events.connect(self._take_events)
        trainer.replayed.connect(lambda job_id: self.replayed.append(job_id))
        trainer.ended.connect(lambda job: self.ended.append((job.job_id, job.state)))
        trainer.failed.connect(lambda error: self.failures.append(str(error)))

    def _take_events(self, _job_id: int, events: tuple[object, ...]) -> None:
        self.threads.add(threading.get_ident())
        self.events += events

    @property
    def steps(self) -> list[int]:
        return [event.step for event in self.events if isinstance(event, CurvePoint)]


@pytest.fixture
def laboratory(tmp_path: Path):
    made = Laboratory(tmp_path / "training", FakeTuner(steps=5, step_s=0.02))
    yield made
    made.store.close()


@pytest.fixture
def training(qtbot, laboratory: Laboratory):
    trainers: list[Trainer] = []

    def start(start_runner: Callable[[], object] | None = None) -> tuple[Trainer, Told]:
        trainer = Trainer(laboratory.jobs, start_runner or (lambda: ThreadAsProcess(laboratory)))  # type: ignore[arg-type]
        trainers.append(trainer)
        told = Told(trainer)
        trainer.open()
        return trainer, told

    yield start
    for trainer in trainers:
        trainer.stop(keep_training=False)


def test_queued_job_is_run_and_told_of_in_the_gui_thread(qtbot, laboratory, training):
    trainer, told = training()
    job = laboratory.queue()
    trainer.attach(job.job_id)
    trainer.start()
    qtbot.waitUntil(lambda: told.ended != [], timeout=10_000)
    assert told.ended == [(job.job_id, JobState.DONE)]
    assert told.steps == [1, 2, 3, 4, 5]
    assert isinstance(told.events[-1], StateChanged)
    assert told.threads == {threading.get_ident()}
    assert [each.state for each in trainer.jobs] == [JobState.DONE]
    assert not trainer.training
    assert told.failures == []


def test_later_window_hears_the_whole_journal_again(qtbot, laboratory, training):
    job = laboratory.queue()
    laboratory.jobs.run_queue()
    trainer, told = training()
    trainer.attach(job.job_id)
    qtbot.waitUntil(lambda: told.replayed == [job.job_id], timeout=10_000)
    assert told.events == laboratory.jobs.events(job.job_id)[0]
    assert told.ended == []


def test_pause_resume_and_cancel_take_effect_while_it_trains(qtbot, laboratory, training):
    laboratory.tuner.steps, laboratory.tuner.step_s = 10_000, 0.02
    trainer, told = training()
    job = laboratory.queue()
    trainer.start()
    for ask, state in [
        (lambda _: None, JobState.RUNNING),
        (trainer.pause, JobState.PAUSED),
        (trainer.resume, JobState.RUNNING),
        (trainer.cancel, JobState.CANCELLED),
    ]:
        ask(job.job_id)
        qtbot.waitUntil(lambda state=state: [each.state for each in trainer.jobs] == [state], timeout=10_000)
    assert told.ended == [(job.job_id, JobState.CANCELLED)]


def test_put_off_job_waits_to_be_resumed_while_the_next_one_runs(qtbot, laboratory, training):
    laboratory.tuner.steps = 30
    trainer, told = training()
    first, second = laboratory.queue("First"), laboratory.queue("Second")
    trainer.start()
    qtbot.waitUntil(lambda: JobState.RUNNING in [job.state for job in trainer.jobs], timeout=10_000)
    trainer.put_off(first.job_id)
    qtbot.waitUntil(lambda: len(told.ended) == 2, timeout=10_000)
    assert told.ended == [(first.job_id, JobState.INTERRUPTED), (second.job_id, JobState.DONE)]
    trainer.resume(first.job_id)
    qtbot.waitUntil(lambda: len(told.ended) == 3, timeout=10_000)
    assert told.ended[-1] == (first.job_id, JobState.DONE)


def test_wish_that_cannot_be_done_is_told(qtbot, training):
    trainer, told = training()
    trainer.cancel(99)
    qtbot.waitUntil(lambda: told.failures != [], timeout=10_000)
    assert "no longer there" in told.failures[0]


def test_runner_that_dies_at_once_is_not_started_for_ever(qtbot, laboratory, training):
    starts: list[int] = []

    def start() -> ThreadAsProcess:
        starts.append(1)
        return ThreadAsProcess(laboratory, exit_code=1)

    trainer, told = training(start)
    job = laboratory.queue()
    trainer.start()
    qtbot.waitUntil(lambda: told.failures != [], timeout=10_000)
    qtbot.wait(400)
    assert len(starts) == 3
    assert len(told.failures) == 1
    assert laboratory.jobs.job(job.job_id).state is JobState.QUEUED


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_killed_process_interrupts_its_job_and_the_next_one_runs(qtbot, laboratory, training):
    children: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        step_s = "0.02" if children else "60"
        command = [sys.executable, "-m", "tests.workers.fake_runner", str(laboratory.folder), "5", step_s]
        children.append(subprocess.Popen(command, cwd=TOP, start_new_session=True))
        return children[-1]

    trainer, told = training(start)
    first, second = laboratory.queue("First"), laboratory.queue("Second")
    trainer.start()
    qtbot.waitUntil(lambda: JobState.RUNNING in [job.state for job in trainer.jobs], timeout=30_000)
    children[0].send_signal(signal.SIGKILL)
    qtbot.waitUntil(lambda: told.ended != [], timeout=10_000)
    assert told.ended == [(first.job_id, JobState.INTERRUPTED)]
    assert "lack of memory" in laboratory.jobs.job(first.job_id).said
    qtbot.waitUntil(lambda: len(told.ended) == 2, timeout=30_000)
    assert told.ended[1] == (second.job_id, JobState.DONE)
    assert len(children) == 2


def test_closing_puts_off_what_runs_unless_it_is_to_go_on(qtbot, laboratory, training):
    laboratory.tuner.steps, laboratory.tuner.step_s = 10_000, 0.02
    trainer, _ = training()
    job = laboratory.queue()
    trainer.start()
    qtbot.waitUntil(lambda: [each.state for each in trainer.jobs] == [JobState.RUNNING], timeout=10_000)
    assert trainer.stop(keep_training=True)
    assert laboratory.jobs.runner_alive()
    assert laboratory.jobs.job(job.job_id).state is JobState.RUNNING

    trainer, told = training()
    trainer.attach(job.job_id)
    qtbot.waitUntil(lambda: told.steps != [], timeout=10_000)
    assert told.steps[0] == 1
    assert trainer.stop(keep_training=False)
    assert not laboratory.jobs.runner_alive()
    assert laboratory.jobs.job(job.job_id).state is JobState.INTERRUPTED
