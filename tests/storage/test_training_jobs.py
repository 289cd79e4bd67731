from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from threading import Barrier, Thread

import pytest

from bitspec_gui.domain.errors import StorageError, VersionError
from bitspec_gui.domain.tuning_jobs import JobState
from bitspec_gui.storage.training.store import open_training_store


def test_a_job_comes_back_as_it_was_kept(training, training_file, make_job):
    dataset = training.new_dataset("Our GC")
    job = make_job(dataset_id=dataset)
    job_id = training.add_job(replace(job, job_id=77))
    training.close()
    again = open_training_store(training_file)
    assert again.job(job_id) == replace(job, job_id=job_id)
    assert again.jobs() == [again.job(job_id)]
    again.close()


def test_a_time_without_a_zone_is_taken_for_local(training, make_job):
    local = datetime(2026, 5, 6, 7, 8, 9)
    assert training.job(training.add_job(make_job(made_at=local))).made_at == local.astimezone()


def test_jobs_are_listed_with_the_newest_first_and_can_be_forgotten(training, make_job):
    ids = [training.add_job(make_job(name=name)) for name in "abc"]
    assert [each.name for each in training.jobs()] == ["c", "b", "a"]
    training.remove_job(ids[1])
    training.remove_job(ids[1])
    assert [each.job_id for each in training.jobs()] == [ids[2], ids[0]]
    for look in (training.job, lambda job_id: training.set_job_state(job_id, JobState.RUNNING)):
        with pytest.raises(StorageError, match="no longer there"):
            look(ids[1])
    assert training.add_job(make_job()) > ids[2]


def test_times_of_beginning_and_ending_follow_the_state(training, make_job):
    job_id = training.add_job(make_job())
    assert training.set_job_state(job_id, JobState.RUNNING)
    running = training.job(job_id)
    assert running.started_at is not None
    assert running.started_at.tzinfo is not None
    assert running.ended_at is None
    assert training.set_job_state(job_id, JobState.INTERRUPTED, "The disk is full.")
    ended = training.job(job_id)
    assert (ended.state, ended.said, ended.started_at) == (JobState.INTERRUPTED, "The disk is full.", running.started_at)
    assert ended.ended_at >= ended.started_at
    for state in (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED):
        assert training.set_job_state(job_id, state)
        assert (training.job(job_id).started_at, training.job(job_id).ended_at) == (running.started_at, None)
        assert training.job(job_id).said == ""


def test_a_state_is_changed_only_from_the_states_that_are_named(training, make_job):
    job_id = training.add_job(make_job())
    before = training.job(job_id)
    assert not training.set_job_state(job_id, JobState.DONE, "x", only_from=[JobState.RUNNING, JobState.PAUSED])
    assert training.job(job_id) == before
    assert training.set_job_state(job_id, JobState.RUNNING, only_from=[JobState.QUEUED])
    assert not training.set_job_state(job_id, JobState.RUNNING, only_from=[JobState.QUEUED])


def test_of_several_who_want_a_job_one_alone_gets_it(training, training_file, make_job):
    jobs = [training.add_job(make_job()) for _ in range(10)]
    stores = [open_training_store(training_file) for _ in range(3)]
    start = Barrier(3)
    got: list[int] = []

    def take(store) -> None:
        start.wait()
        got.extend(job for job in jobs if store.set_job_state(job, JobState.RUNNING, only_from=[JobState.QUEUED]))

    threads = [Thread(target=take, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == jobs
    for store in stores:
        store.close()


def test_a_version_that_comes_of_a_job_makes_it_done_in_one_transaction(training, make_job, make_version):
    job_id = training.add_job(make_job())
    training.set_job_state(job_id, JobState.RUNNING)
    version_id = training.add_version(make_version(), job_id=job_id)
    done = training.job(job_id)
    assert (done.state, done.version_id) == (JobState.DONE, version_id)
    assert done.ended_at is not None
    with pytest.raises(StorageError, match="version already"):
        training.add_version(make_version("Other"), job_id=job_id)
    with pytest.raises(StorageError, match="no longer there"):
        training.add_version(make_version("Other"), job_id=999)
    assert [each.version_id for each in training.versions()] == [version_id]


def test_a_version_that_is_refused_leaves_its_job_as_it_was(training, make_job, make_version):
    training.add_version(make_version("Mine"))
    job_id = training.add_job(make_job())
    with pytest.raises(VersionError):
        training.add_version(make_version("mine"), job_id=job_id)
    assert training.job(job_id).state is JobState.QUEUED


def test_a_job_outlives_its_version(training, make_job, make_version):
    job_id = training.add_job(make_job())
    version_id = training.add_version(make_version(), job_id=job_id)
    training.remove_version(version_id)
    assert training.job(job_id).version_id == version_id
    training.forget_version(version_id)
    assert training.job(job_id).version_id is None
    assert training.job(job_id).state is JobState.DONE
