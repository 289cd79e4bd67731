"""Model versions on a machine: used, rolled back, renamed, deleted and restored, with files that may be missing or damaged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from made_versions import Machine, read_header

from bitspec_gui.domain.errors import ModelFileError, StorageError, VersionError
from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.tuning_jobs import JobState, TuningJob
from bitspec_gui.services import version_shelf


@pytest.fixture
def machine(tmp_path: Path):
    made = Machine(tmp_path / "here")
    yield made
    made.store.close()


def test_the_version_that_comes_with_bitspec_is_first_and_active_until_another_is_used(machine):
    tuned = machine.tuned("Lab 1")
    assert machine.names() == ["bitspec-ei-2", "Lab 1"]
    assert machine.registry.active().supplied
    assert machine.registry.use(tuned.version_id).active
    assert machine.registry.active().version.name == "Lab 1"
    assert [each.active for each in machine.registry.versions()] == [False, True]
    assert machine.loaded() == ("Lab 1", True)
    assert machine.another_window().active().version.name == "Lab 1"


def test_rolling_back_goes_to_what_was_in_use_before(machine):
    first, second = machine.tuned("Lab 1"), machine.tuned("Lab 2")
    with pytest.raises(VersionError, match="nothing to go back to"):
        machine.registry.roll_back()
    machine.registry.use(first.version_id)
    machine.registry.use(second.version_id)
    assert machine.registry.roll_back().version.name == "Lab 1"
    assert machine.registry.active().version.name == "Lab 1"


def test_a_version_that_cannot_be_loaded_is_not_used(machine):
    tuned = machine.tuned("Lab 1")
    machine.core.refused.add("Lab 1")
    with pytest.raises(VersionError, match=r"“Lab 1” cannot be used[.] Its weights hold values that are no numbers[.]"):
        machine.registry.use(tuned.version_id)
    assert machine.registry.active().supplied


@pytest.mark.parametrize("damage", ["weights cut", "weights gone", "header gone", "header garbled", "folder gone"])
def test_with_damaged_files_bitspec_predicts_with_the_supplied_version_and_says_so(machine, damage):
    tuned = machine.tuned("Lab 1")
    machine.registry.use(tuned.version_id)
    weights = tuned.file.with_suffix(".safetensors")
    if damage == "weights cut":
        weights.write_bytes(weights.read_bytes()[:-1])
    elif damage == "weights gone":
        weights.unlink()
    elif damage == "header gone":
        tuned.file.unlink()
    elif damage == "header garbled":
        tuned.file.write_text("{", encoding="utf-8")
    else:
        tuned.file.parent.rename(machine.models / "elsewhere")

    def load(file: Path, response: bool) -> str:
        return machine.core.check(file, machine.registry.find).name

    assert machine.registry.load(load) == "bitspec-ei-2"
    assert machine.registry.notice.startswith("The model “Lab 1” cannot be used. ")
    assert machine.registry.notice.endswith("BitSpec predicts with bitspec-ei-2 instead.")
    assert machine.registry.active().supplied
    (problem,) = machine.registry.problems()
    assert problem.version.version.name == "Lab 1"
    with pytest.raises(VersionError):
        machine.registry.use(tuned.version_id)


def test_with_an_unreadable_database_bitspec_predicts_with_the_supplied_version_and_says_so(machine, monkeypatch):
    machine.registry.use(machine.tuned("Lab 1").version_id)

    def broken() -> int:
        raise StorageError("The database training.sqlite is damaged.")

    monkeypatch.setattr(machine.store, "active_version", broken)
    assert machine.loaded() == ("bitspec-ei-2", True)
    assert "The database training.sqlite is damaged." in machine.registry.notice


def test_a_damaged_supplied_version_is_an_error(machine):
    machine.supplied.unlink()
    with pytest.raises(ModelFileError, match="missing"):
        machine.loaded()


def test_versions_are_found_by_name_in_any_case_and_by_the_beginning_of_their_sha256(machine):
    tuned = machine.tuned("Lab 1")
    assert machine.registry.by_name(" lab  1 ").version_id == tuned.version_id
    assert machine.registry.by_name(tuned.version.sha256[:8]).version_id == tuned.version_id
    assert machine.registry.find(tuned.version.sha256) == tuned.file
    assert machine.registry.find("0" * 64) is None
    with pytest.raises(VersionError, match=r"no model named “Lab 2”[.] There are: bitspec-ei-2, Lab 1[.]"):
        machine.registry.by_name("Lab 2")


def test_a_renamed_version_bears_its_new_name_in_its_file(machine):
    tuned = machine.tuned("Lab 1")
    renamed = machine.registry.rename(tuned.version_id, " GC of room 3 ")
    assert (renamed.version.name, renamed.version.sha256) == ("GC of room 3", tuned.version.sha256)
    assert read_header(renamed.file).version.name == "GC of room 3"
    assert machine.registry.set_notes(tuned.version_id, "new column").notes == "new column"


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "needs a name"), ("  ", "needs a name"), ("lab 2", "already"), ("BITSPEC-EI-2", "already"), ("a\nb", "line breaks"),
     ("x" * 101, "100 characters"), ("a\u202eb", "do not show")],
)  # fmt: skip
def test_names_that_cannot_be_given_are_refused_and_change_nothing(machine, name, said):
    tuned = machine.tuned("Lab 1")
    machine.tuned("Lab 2")
    with pytest.raises(VersionError, match=said):
        machine.registry.rename(tuned.version_id, name)
    assert machine.names() == ["bitspec-ei-2", "Lab 1", "Lab 2"]
    assert read_header(tuned.file).version.name == "Lab 1"


def test_the_supplied_version_can_be_neither_renamed_nor_deleted(machine):
    for refused in (lambda: machine.registry.rename(0, "mine"), lambda: machine.registry.remove(0)):
        with pytest.raises(VersionError, match="comes with BitSpec"):
            refused()


def test_a_deleted_version_is_out_of_sight_and_comes_back_with_its_files(machine):
    tuned = machine.tuned("Lab 1")
    before = tuned.file.read_bytes()
    machine.registry.remove(tuned.version_id)
    assert machine.names() == ["bitspec-ei-2"]
    assert not tuned.file.exists()
    assert machine.registry.find(tuned.version.sha256) is None
    assert [each.version.name for each in machine.another_window().removed()] == ["Lab 1"]
    machine.another_window().restore(tuned.version_id)
    assert machine.names() == ["bitspec-ei-2", "Lab 1"]
    assert tuned.file.read_bytes() == before
    assert machine.registry.problems() == []


def test_deleting_the_active_version_falls_back_to_the_supplied_one_and_undoing_uses_it_again(machine):
    tuned = machine.tuned("Lab 1")
    machine.registry.use(tuned.version_id)
    machine.registry.remove(tuned.version_id)
    assert machine.loaded() == ("bitspec-ei-2", True)
    assert machine.registry.restore(tuned.version_id).active
    assert machine.loaded() == ("Lab 1", True)


def test_a_base_of_small_versions_is_not_deleted_before_they_are(machine):
    base = machine.tuned("Lab 1", small=False)
    small = machine.tuned("Lab 1b", parent=base)
    with pytest.raises(VersionError, match="“Lab 1” is needed by “Lab 1b”"):
        machine.registry.remove(base.version_id)
    machine.registry.remove(small.version_id)
    machine.registry.remove(base.version_id)
    assert machine.names() == ["bitspec-ei-2"]


def test_a_version_that_a_waiting_training_begins_with_is_not_deleted(machine):
    base = machine.tuned("Lab 1")
    job = TuningJob(
        0, "Lab 2", None, "GC lab", "", base.version.sha256, "Lab 1", TuningSettings(), JobState.QUEUED, datetime.now(UTC)
    )
    job_id = machine.store.add_job(job)
    with pytest.raises(VersionError, match="training “Lab 2” begins with “Lab 1”"):
        machine.registry.remove(base.version_id)
    machine.store.set_job_state(job_id, JobState.CANCELLED)
    machine.registry.remove(base.version_id)


def test_a_small_version_without_its_base_is_a_problem_that_names_it(machine):
    base = machine.tuned("Lab 1", small=False)
    small = machine.tuned("Lab 1b", parent=base)
    base.file.unlink()
    problems = {each.version.version.name: each.sentence for each in machine.registry.problems()}
    assert set(problems) == {"Lab 1", "Lab 1b"}
    assert "the model Lab 1 (sha256" in problems["Lab 1b"]
    with pytest.raises(VersionError, match="not on this machine"):
        machine.registry.use(small.version_id)


def test_a_merged_version_needs_no_base_and_the_small_one_stays(machine):
    small = machine.tuned("Lab 1")
    merged = machine.registry.merge(small.version_id)
    assert (merged.version.name, merged.small, merged.parent_name) == ("Lab 1 (whole)", False, "bitspec-ei-2")
    assert machine.names() == ["bitspec-ei-2", "Lab 1", "Lab 1 (whole)"]
    assert machine.registry.use(merged.version_id).active
    with pytest.raises(VersionError, match="nothing to merge"):
        machine.registry.merge(merged.version_id)


def test_the_response_of_a_version_can_be_switched_off_and_stays_so(machine):
    tuned = machine.tuned("Lab 1", response=True)
    machine.registry.use(tuned.version_id)
    assert machine.registry.response(tuned.version_id) is True
    machine.registry.set_response(tuned.version_id, False)
    assert machine.another_window().response(tuned.version_id) is False
    assert machine.loaded() == ("Lab 1", False)
    plain = machine.tuned("Lab 2")
    assert machine.registry.response(plain.version_id) is None
    with pytest.raises(VersionError, match="no response"):
        machine.registry.set_response(plain.version_id, False)


def test_the_trash_is_emptied_after_thirty_days_and_not_before(machine):
    tuned = machine.tuned("Lab 1")
    machine.registry.remove(tuned.version_id)
    machine.registry.tidy()
    assert len(machine.registry.removed()) == 1
    trashed = machine.models / version_shelf.TRASH / "job-Lab 1"
    machine.registry.shelf.tidy(now_s=trashed.stat().st_mtime + version_shelf.KEPT_S + 1)
    machine.registry.tidy()
    assert machine.registry.removed() == machine.store.removed_versions() == []
    with pytest.raises(VersionError, match="no longer there"):
        machine.registry.restore(tuned.version_id)


def test_files_are_found_after_the_data_folder_has_moved(machine, tmp_path):
    tuned = machine.tuned("Lab 1")
    stated = replace(tuned, file=Path("/another/place/models/job-Lab 1/Lab 1.json"))
    assert machine.registry.shelf.place(stated.file) == tuned.file
