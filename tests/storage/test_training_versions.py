from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bitspec_gui.domain.errors import VersionError
from bitspec_gui.domain.model_registry import SUPPLIED
from bitspec_gui.storage.training import versions as versions_module
from bitspec_gui.storage.training.store import open_training_store


def test_a_version_comes_back_with_all_that_is_known_of_it(training, make_version):
    plain = make_version("Plain", made_at=None, settings=None, metrics=None, small=False, imported=True)
    ids = [training.add_version(make_version()), training.add_version(plain)]
    assert training.versions() == [replace(make_version(), version_id=ids[0]), replace(plain, version_id=ids[1])]
    assert SUPPLIED not in ids


def test_files_are_found_again_when_the_folder_was_moved_and_others_stay(training, training_file, make_version, tmp_path):
    inside, outside = training_file.parent / "models" / "ä b" / "x.json", tmp_path / "elsewhere" / "y.json"
    training.add_version(make_version("inside", file=inside))
    training.add_version(make_version("outside", file=outside))
    assert [each.file for each in training.versions()] == [inside, outside]
    training.close()
    moved = tmp_path / "moved"
    shutil.move(training_file.parent, moved)
    again = open_training_store(moved / training_file.name)
    assert [each.file for each in again.versions()] == [moved / "models" / "ä b" / "x.json", outside]
    again.close()


def test_a_file_that_is_told_relative_to_where_the_program_runs_is_found(training, make_version, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    training.add_version(make_version(file=Path("here.json")))
    assert training.versions()[0].file == tmp_path / "here.json"


@pytest.mark.parametrize("taken", ["Mine", "mine", "  MINE "])
def test_a_name_that_is_taken_is_refused(training, make_version, taken):
    training.add_version(make_version("Mine"))
    other = training.add_version(make_version("Other"))
    with pytest.raises(VersionError, match="already"):
        training.add_version(make_version(taken))
    with pytest.raises(VersionError, match="already"):
        training.change_version(other, name=taken, notes="x")
    assert [(each.version.name, each.notes) for each in training.versions()] == [("Mine", "first"), ("Other", "first")]


def test_name_and_notes_can_be_changed(training, make_version):
    version = training.add_version(make_version("mine"))
    training.change_version(version, name="Mine")
    training.change_version(version, notes="better on sugars")
    training.change_version(version)
    (changed,) = training.versions()
    assert (changed.version.name, changed.notes, changed.version.sha256) == ("Mine", "better on sugars", "12" * 32)
    with pytest.raises(VersionError, match="Give"):
        training.change_version(version, name=" ")


def test_the_version_that_comes_with_bitspec_can_be_neither_changed_nor_deleted(training):
    with pytest.raises(VersionError, match="comes with BitSpec"):
        training.change_version(SUPPLIED, name="x")
    with pytest.raises(VersionError, match="comes with BitSpec"):
        training.remove_version(SUPPLIED)


def test_a_removed_version_is_out_of_sight_and_comes_back(training, make_version):
    first, second = training.add_version(make_version("a")), training.add_version(make_version("b"))
    before = training.versions()
    training.remove_version(first)
    assert training.versions() == before[1:]
    assert training.removed_versions() == before[:1]
    for change in (training.remove_version, lambda i: training.change_version(i, notes="x"), training.set_active):
        with pytest.raises(VersionError, match="no longer there"):
            change(first)
    training.restore_version(first)
    assert training.versions() == before
    training.forget_version(second)
    assert training.versions() == before, "one in sight is not forgotten"


def test_a_removed_version_whose_name_was_taken_meanwhile_stays_removed(training, make_version):
    first = training.add_version(make_version("a"))
    training.remove_version(first)
    training.add_version(make_version("A"))
    with pytest.raises(VersionError, match="already"):
        training.restore_version(first)
    assert [each.version_id for each in training.removed_versions()] == [first]


def test_a_forgotten_version_cannot_come_back_and_its_id_is_never_used_again(training, make_version):
    first = training.add_version(make_version("a"))
    training.remove_version(first)
    training.forget_version(first)
    training.forget_version(first)
    with pytest.raises(VersionError, match="for good"):
        training.restore_version(first)
    assert training.add_version(make_version("a")) > first


def test_the_version_that_comes_with_bitspec_is_in_use_until_another_is_chosen(training, make_version):
    mine = training.add_version(make_version())
    assert training.active_version() == SUPPLIED
    assert training.previous_active() is None
    training.set_active(SUPPLIED)
    assert training.previous_active() is None
    training.set_active(mine)
    assert training.active_version() == mine
    assert [each.active for each in training.versions()] == [True]
    assert training.previous_active() == SUPPLIED


def test_going_back_and_forth_is_remembered_over_a_restart(training, training_file, make_version):
    one, two = (training.add_version(make_version(name)) for name in "ab")
    for version in (one, two, two):
        training.set_active(version)
    training.close()
    again = open_training_store(training_file)
    assert (again.active_version(), again.previous_active()) == (two, one)
    again.set_active(again.previous_active())
    assert (again.active_version(), again.previous_active()) == (one, two)
    again.set_active(SUPPLIED)
    assert (again.active_version(), again.previous_active()) == (SUPPLIED, one)
    again.close()


def test_if_the_version_in_use_is_removed_the_one_of_bitspec_takes_over_until_it_comes_back(training, make_version):
    one, two = (training.add_version(make_version(name)) for name in "ab")
    training.set_active(one)
    training.set_active(two)
    training.remove_version(two)
    assert (training.active_version(), training.previous_active()) == (SUPPLIED, one)
    training.restore_version(two)
    assert training.active_version() == two
    training.remove_version(two)
    training.set_active(SUPPLIED)
    training.restore_version(two)
    assert training.active_version() == SUPPLIED, "it was chosen meanwhile"
    training.remove_version(one)
    assert training.previous_active() == two


def test_choices_without_end_are_bounded(training, make_version, monkeypatch):
    monkeypatch.setattr(versions_module, "MOST_CHOICES", 4)
    one, two = (training.add_version(make_version(name)) for name in "ab")
    for _ in range(6):
        training.set_active(one)
        training.set_active(two)
    with training._transactions.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM active_history").scalar() == 4
    assert (training.active_version(), training.previous_active()) == (two, one)
