from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path

import pytest

from bitspec_gui.domain.errors import ModelFileError, StorageError, TrainingError, VersionError
from bitspec_gui.domain.tuning import Strategy
from bitspec_gui.domain.tuning_data import SpectrumChange
from bitspec_gui.domain.tuning_jobs import CurvePoint, JobBegan, JobState, StateChanged, VerdictReached, Wish
from bitspec_gui.services.runner_lock import RunnerBusy, RunnerLock
from bitspec_gui.services.tuning_run import model_folder_name
from tests.services.fake_tuner import BASE, VERDICT, Laboratory, record_of


@pytest.fixture
def laboratory(tmp_path: Path):
    made = Laboratory(tmp_path / "training")
    yield made
    made.store.close()


def points(laboratory: Laboratory, job_id: int) -> list[int]:
    return [event.step for event in laboratory.jobs.events(job_id)[0] if isinstance(event, CurvePoint)]


def states(laboratory: Laboratory, job_id: int) -> list[JobState]:
    return [event.state for event in laboratory.jobs.events(job_id)[0] if isinstance(event, StateChanged)]


def test_queued_job_runs_and_becomes_a_version_with_its_figures(laboratory):
    job = laboratory.queue(strategy=Strategy.HEAD)
    assert job.state is JobState.QUEUED
    assert laboratory.jobs.run_queue() == [(job.job_id, JobState.DONE)]
    done = laboratory.jobs.job(job.job_id)
    (version,) = laboratory.store.versions()
    assert (done.state, done.version_id) == (JobState.DONE, version.version_id)
    assert version.file.is_file()
    assert version.file.parent == laboratory.folder / "models" / model_folder_name(job)
    assert (version.version.name, version.parent_sha256, version.small) == ("Lab 7 tuned", BASE.sha256, True)
    assert (version.dataset_name, version.dataset_hash) == ("Lab 7", laboratory.store.dataset(laboratory.dataset).content_hash)
    assert version.settings == job.settings
    assert version.metrics is not None
    assert (version.metrics.gain, version.metrics.judgement) == (VERDICT.gain, VERDICT.judgement)
    assert version.size_bytes == version.file.stat().st_size
    assert states(laboratory, job.job_id) == [JobState.RUNNING, JobState.DONE]
    assert points(laboratory, job.job_id) == [1, 2, 3, 4, 5]
    assert any(isinstance(event, VerdictReached) for event in laboratory.jobs.events(job.job_id)[0])
    assert not laboratory.jobs.folder_of(job.job_id).work.exists()


def test_spectra_reach_the_core_as_they_were_when_the_job_was_queued(laboratory):
    job = laboratory.queue()
    (first, *_) = before = laboratory.store.spectra(laboratory.dataset)
    changed = type(first)(first.spectrum_id, record_of(77), choice=True)
    laboratory.store.change_spectra(laboratory.dataset, [SpectrumChange(first, changed)], "Changed")
    laboratory.jobs.run_queue()
    (task,) = laboratory.tuner.tasks
    assert list(task.own) == [spectrum.record for spectrum in before]
    assert (task.dataset_hash, task.base_file) == (job.dataset_hash, laboratory.base_file)


def test_spectra_that_are_not_used_are_not_learned_from(laboratory):
    first, *others = laboratory.store.spectra(laboratory.dataset)
    left_out = type(first)(first.spectrum_id, first.record, choice=False)
    laboratory.store.change_spectra(laboratory.dataset, [SpectrumChange(first, left_out)], "Left out")
    laboratory.queue()
    laboratory.jobs.run_queue()
    assert list(laboratory.tuner.tasks[0].own) == [spectrum.record for spectrum in others]


def test_two_jobs_run_one_after_the_other_in_the_order_of_queueing(laboratory):
    first, second = laboratory.queue("First"), laboratory.queue("Second")
    assert [job_id for job_id, _ in laboratory.jobs.run_queue()] == [first.job_id, second.job_id]
    assert [version.version.name for version in laboratory.store.versions()] == ["First", "Second"]


def test_failed_job_says_why_and_the_next_one_runs(laboratory):
    def fail(step: int) -> None:
        if len(laboratory.tuner.tasks) == 1 and step == 2:
            raise ModelFileError("The base model is damaged.")

    laboratory.tuner.before_step = fail
    first, second = laboratory.queue("First"), laboratory.queue("Second")
    assert laboratory.jobs.run_queue() == [(first.job_id, JobState.FAILED), (second.job_id, JobState.DONE)]
    assert laboratory.jobs.job(first.job_id).said == "The base model is damaged."


def test_unexpected_fault_is_told_and_its_traceback_logged_in_the_folder_of_the_job(laboratory):
    laboratory.tuner.before_step = lambda _: {}["missing"]
    job = laboratory.queue()
    laboratory.jobs.run_queue()
    failed = laboratory.jobs.job(job.job_id)
    assert failed.state is JobState.FAILED
    assert "KeyError" in failed.said
    assert "Traceback" in laboratory.jobs.folder_of(job.job_id).log.read_text(encoding="utf-8")


def test_put_off_job_goes_on_from_its_checkpoint_to_the_same_file(laboratory, tmp_path):
    job = laboratory.queue()
    laboratory.tuner.before_step = lambda step: laboratory.jobs.wish(job.job_id, Wish.STOP) if step == 2 else None
    laboratory.tuner.step_s = 0.03
    assert laboratory.jobs.run_queue() == [(job.job_id, JobState.INTERRUPTED)]
    assert laboratory.jobs.run_queue() == []
    laboratory.tuner.before_step = lambda _: None
    assert laboratory.jobs.resume(job.job_id).state is JobState.QUEUED
    assert laboratory.jobs.run_queue() == [(job.job_id, JobState.DONE)]
    told = laboratory.jobs.events(job.job_id)[0]
    assert [event.resumed for event in told if isinstance(event, JobBegan)] == [False, True]
    assert points(laboratory, job.job_id) == [1, 2, 3, 4, 5]

    undisturbed = Laboratory(tmp_path / "undisturbed")
    undisturbed.queue()
    undisturbed.jobs.run_queue()
    assert undisturbed.store.versions()[0].version.sha256 == laboratory.store.versions()[0].version.sha256
    undisturbed.store.close()


def test_cancelled_job_leaves_no_version_and_no_checkpoint(laboratory):
    job = laboratory.queue()
    laboratory.tuner.before_step = lambda step: laboratory.jobs.wish(job.job_id, Wish.CANCEL) if step == 1 else None
    laboratory.tuner.step_s = 0.03
    assert laboratory.jobs.run_queue() == [(job.job_id, JobState.CANCELLED)]
    assert laboratory.store.versions() == []
    assert not laboratory.jobs.folder_of(job.job_id).work.exists()
    with pytest.raises(TrainingError, match="only an interrupted one"):
        laboratory.jobs.resume(job.job_id)


def test_cancel_is_said_although_the_core_is_busy_with_something_long(laboratory):
    job = laboratory.queue()
    seen: list[JobState] = []

    def busy(_step: int) -> None:
        laboratory.jobs.wish(job.job_id, Wish.CANCEL)
        waited = threading.Event()
        for _ in range(40):
            seen.append(laboratory.jobs.job(job.job_id).state)
            if seen[-1] is JobState.CANCELLED:
                return
            waited.wait(0.05)

    laboratory.tuner.before_step = busy
    laboratory.jobs.run_queue()
    assert seen[-1] is JobState.CANCELLED
    assert laboratory.jobs.job(job.job_id).state is JobState.CANCELLED
    assert laboratory.store.versions() == []


def test_paused_job_waits_until_it_may_go_on(laboratory):
    job = laboratory.queue()
    laboratory.tuner.step_s = 0.03
    laboratory.tuner.before_step = lambda step: laboratory.jobs.wish(job.job_id, Wish.PAUSE) if step == 1 else None
    runner = threading.Thread(target=laboratory.jobs.run_queue)
    runner.start()
    waited = threading.Event()
    while laboratory.jobs.job(job.job_id).state is not JobState.PAUSED or len(points(laboratory, job.job_id)) < 2:
        assert runner.is_alive()
        waited.wait(0.01)
    waited.wait(0.2)
    assert points(laboratory, job.job_id) == [1, 2]
    laboratory.jobs.wish(job.job_id, Wish.RUN)
    runner.join(10)
    assert laboratory.jobs.job(job.job_id).state is JobState.DONE
    assert states(laboratory, job.job_id) == [JobState.RUNNING, JobState.PAUSED, JobState.RUNNING, JobState.DONE]


@pytest.mark.parametrize(
    ("wish", "state"), [(Wish.CANCEL, JobState.CANCELLED), (Wish.STOP, JobState.INTERRUPTED), (Wish.PAUSE, JobState.INTERRUPTED)]
)
def test_queued_job_obeys_at_once_and_keeps_no_other_waiting(laboratory, wish, state):
    first, second = laboratory.queue("First"), laboratory.queue("Second")
    laboratory.jobs.wish(first.job_id, wish)
    assert laboratory.jobs.job(first.job_id).state is state
    assert laboratory.jobs.run_queue() == [(second.job_id, JobState.DONE)]


def test_runner_that_is_told_to_stop_puts_its_job_off_and_leaves_the_queue(laboratory):
    first, second = laboratory.queue("First"), laboratory.queue("Second")
    laboratory.tuner.before_step = lambda step: laboratory.jobs.stop_runner() if step == 1 else None
    assert laboratory.jobs.run_queue() == [(first.job_id, JobState.INTERRUPTED)]
    assert laboratory.jobs.job(second.job_id).state is JobState.QUEUED
    laboratory.tuner.before_step = lambda _: None
    laboratory.jobs.allow_runner()
    laboratory.jobs.resume(first.job_id)
    assert laboratory.jobs.run_queue() == [(first.job_id, JobState.DONE), (second.job_id, JobState.DONE)]


def test_full_disk_interrupts_with_the_room_that_is_needed_and_keeps_the_checkpoint(laboratory):
    def full(step: int) -> None:
        if step == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "checkpoint")

    laboratory.tuner.before_step = full
    job = laboratory.queue()
    laboratory.jobs.run_queue()
    interrupted = laboratory.jobs.job(job.job_id)
    assert interrupted.state is JobState.INTERRUPTED
    assert interrupted.said.startswith("The disk is full: ")
    assert "MB are needed" in interrupted.said
    laboratory.tuner.before_step = lambda _: None
    laboratory.jobs.resume(job.job_id)
    laboratory.jobs.run_queue()
    assert points(laboratory, job.job_id) == [1, 2, 3, 4, 5]


def test_journal_that_cannot_be_written_does_not_end_the_training(laboratory, monkeypatch):
    from bitspec_gui.services import tuning_journal

    real, calls = os.write, []

    def sometimes_full(descriptor: int, content: bytes) -> int:
        if b'"point"' not in content:
            return real(descriptor, content)
        calls.append(content)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "full")
        return real(descriptor, content[:10] if len(calls) == 3 else content)

    monkeypatch.setattr(tuning_journal.os, "write", sometimes_full)
    job = laboratory.queue()
    assert laboratory.jobs.run_queue() == [(job.job_id, JobState.DONE)]
    assert points(laboratory, job.job_id) == [1, 4, 5]


def test_job_without_a_live_runner_is_interrupted_and_can_go_on(laboratory):
    job = laboratory.queue()
    laboratory.store.set_job_state(job.job_id, JobState.RUNNING)
    (found,) = laboratory.jobs.reconcile("The system ended it.")
    assert (found.state, found.said) == (JobState.INTERRUPTED, "The system ended it.")
    laboratory.jobs.resume(job.job_id)
    assert laboratory.jobs.run_queue() == [(job.job_id, JobState.DONE)]


def test_job_that_died_while_it_was_to_be_cancelled_is_cancelled(laboratory):
    job = laboratory.queue()
    laboratory.store.set_job_state(job.job_id, JobState.RUNNING)
    laboratory.jobs.wish(job.job_id, Wish.CANCEL)
    assert [each.state for each in laboratory.jobs.reconcile()] == [JobState.CANCELLED]


def test_nobody_says_anything_of_jobs_while_a_runner_lives(laboratory):
    job = laboratory.queue()
    laboratory.store.set_job_state(job.job_id, JobState.RUNNING)
    assert not laboratory.jobs.runner_alive()
    with RunnerLock(laboratory.folder).held() as held:
        assert held
        assert laboratory.jobs.runner_alive()
        assert laboratory.jobs.reconcile() == []
    assert laboratory.jobs.job(job.job_id).state is JobState.RUNNING


def test_second_runner_is_refused(laboratory, monkeypatch):
    monkeypatch.setattr("bitspec_gui.services.tuning_runner.LOCK_WAIT_S", 0.1)
    laboratory.queue()
    with RunnerLock(laboratory.folder).held(), pytest.raises(RunnerBusy):
        laboratory.jobs.run_queue()
    assert laboratory.tuner.tasks == []


def test_files_moved_but_not_registered_are_put_back_and_used(laboratory, monkeypatch):
    job = laboratory.queue()

    def broken_off(*_args: object, **_options: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(laboratory.store, "add_version", broken_off)
        with pytest.raises(KeyboardInterrupt):
            laboratory.jobs.run_queue()
    folder = laboratory.folder / "models" / model_folder_name(job)
    assert folder.is_dir()
    assert laboratory.store.versions() == []
    laboratory.jobs.reconcile()
    assert not folder.exists()
    laboratory.tuner.before_step = lambda _: pytest.fail("it was trained already")
    laboratory.jobs.resume(job.job_id)
    assert laboratory.jobs.run_queue() == [(job.job_id, JobState.DONE)]
    assert laboratory.store.versions()[0].file.is_file()


def test_name_given_away_meanwhile_does_not_cost_the_training(laboratory):
    first = laboratory.queue("Lab")
    laboratory.jobs.run_queue()
    second = laboratory.queue("Other")
    laboratory.store.change_version(laboratory.jobs.job(first.job_id).version_id, name="other")
    assert laboratory.jobs.run_queue() == [(second.job_id, JobState.DONE)]
    assert [version.version.name for version in laboratory.store.versions()] == ["other", "Other (2)"]


@pytest.mark.parametrize("name", ["", "  ", "lab 7 TUNED", "base"])
def test_empty_and_taken_names_are_refused(laboratory, name):
    laboratory.queue()
    with pytest.raises(VersionError):
        laboratory.queue(name)
    assert len(laboratory.jobs.jobs()) == 1


def test_dataset_without_usable_spectra_is_refused_in_a_sentence(laboratory):
    laboratory.dataset = laboratory.store.new_dataset("Empty")
    with pytest.raises(TrainingError, match="Empty has no spectrum"):
        laboratory.queue()
    assert laboratory.jobs.jobs() == []


def test_base_that_is_gone_fails_with_its_name(laboratory):
    job = laboratory.queue()
    laboratory.jobs._find_version = lambda _: None
    laboratory.jobs.run_queue()
    assert "base model base" in laboratory.jobs.job(job.job_id).said


def test_damaged_frozen_data_are_noticed(laboratory):
    job = laboratory.queue()
    path = laboratory.jobs.folder_of(job.job_id).path / "own.jsonl.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    laboratory.jobs.run_queue()
    assert "are damaged or gone" in laboratory.jobs.job(job.job_id).said


def test_job_that_ended_is_removed_with_its_folder_and_its_version_stays(laboratory):
    job = laboratory.queue()
    with pytest.raises(TrainingError, match="has not ended"):
        laboratory.jobs.remove(job.job_id)
    laboratory.jobs.run_queue()
    laboratory.jobs.remove(job.job_id)
    assert not laboratory.jobs.folder_of(job.job_id).path.exists()
    assert laboratory.store.versions()[0].file.is_file()
    with pytest.raises(StorageError):
        laboratory.jobs.job(job.job_id)


def test_garbled_and_cut_lines_of_a_journal_are_passed_over_or_waited_for(laboratory):
    job = laboratory.queue()
    laboratory.jobs.run_queue()
    path = laboratory.jobs.folder_of(job.job_id).journal
    whole = path.read_bytes()
    told, end = laboratory.jobs.events(job.job_id)
    path.write_bytes(b'{"event": "point"}\nnonsense\n' + whole + b'{"event": "note", "te')
    again, stopped = laboratory.jobs.events(job.job_id)
    assert again == told
    assert stopped == end + len(b'{"event": "point"}\nnonsense\n')
    with path.open("ab") as stream:
        stream.write(b'xt": "Later"}\n')
    (later,), _ = laboratory.jobs.events(job.job_id, stopped)
    assert later.text == "Later"


def test_journal_can_be_read_a_few_events_at_a_time(laboratory):
    job = laboratory.queue()
    laboratory.jobs.run_queue()
    told, offset, whole = [], 0, laboratory.jobs.events(job.job_id)[0]
    while True:
        some, offset = laboratory.jobs.events(job.job_id, offset, 3)
        if not some:
            break
        assert len(some) <= 3
        told += some
    assert told == whole


def test_public_spectra_are_a_frozen_sample_without_own_compounds(tmp_path):
    laboratory = Laboratory(tmp_path / "training", public=30)
    laboratory.libraries.records += [record_of(number) for number in range(6)]
    job = laboratory.queue()
    laboratory.tuner.before_step = lambda step: laboratory.jobs.wish(job.job_id, Wish.STOP) if step == 1 else None
    laboratory.tuner.step_s = 0.03
    laboratory.jobs.run_queue()
    laboratory.libraries.records.clear()
    laboratory.jobs.resume(job.job_id)
    laboratory.tuner.before_step = lambda _: None
    laboratory.jobs.run_queue()
    first, second = laboratory.tuner.tasks
    assert {record.name for record in first.public} == {f"compound {number}" for number in range(100, 130)}
    assert list(first.public) == list(second.public)
    assert json.dumps(first.settings.as_json()) == json.dumps(second.settings.as_json())
    laboratory.store.close()


def test_core_that_is_out_of_memory_leaves_a_job_that_can_go_on(laboratory):
    def short(_step: int) -> None:
        raise MemoryError

    laboratory.tuner.before_step = short
    job = laboratory.queue()
    assert laboratory.jobs.run_queue() == [(job.job_id, JobState.INTERRUPTED)]
    assert "memory" in laboratory.jobs.job(job.job_id).said
