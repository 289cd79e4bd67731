from __future__ import annotations

import sqlite3
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.errors import EditError, StorageError
from bitspec_gui.domain.library_edits import EditHistory
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.domain.tuning_data import SpectrumChange, Standing, content_hash
from bitspec_gui.storage import search_queries
from bitspec_gui.storage.training import dataset_edits
from bitspec_gui.storage.training.edit_steps import Change
from bitspec_gui.storage.training.store import open_training_store


@pytest.fixture
def own(training, make_own):
    """A dataset of eight spectra."""
    dataset = training.new_dataset("Our GC")
    training.add_spectra(dataset, [make_own(number) for number in range(8)])
    return dataset


def chosen(spectra, choice):
    return [SpectrumChange(each, replace(each, choice=choice)) for each in spectra]


def rows(database, table: str) -> int:
    connection = sqlite3.connect(database)
    count = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    connection.close()
    return count


def test_spectra_that_are_left_out_can_be_taken_back_after_a_restart(training, training_file, own):
    before, info = training.spectra(own), training.dataset(own)
    done = training.change_spectra(own, chosen(before[:3], False), "Left out 3 spectra")
    assert (done.dataset_id, done.said, done.spectra, done.notes) == (own, "Left out 3 spectra", 3, ())
    after = training.dataset(own)
    assert (after.used, after.left_out) == (5, 3)
    assert after.content_hash == content_hash(training.spectra(own)) != info.content_hash
    assert training.history(own) == EditHistory("Left out 3 spectra", "")
    training.close()
    again = open_training_store(training_file)
    undone = again.undo(own)
    assert (undone.said, undone.spectra) == ("Undone: Left out 3 spectra", 3)
    assert again.spectra(own) == before
    assert again.dataset(own) == info
    assert again.history(own) == EditHistory("", "Left out 3 spectra")
    assert again.redo(own).said == "Left out 3 spectra"
    assert again.dataset(own) == after
    again.close()


def test_any_field_can_change_peaks_too(training, own):
    before = training.spectra(own)[0]
    other = replace(
        before.record,
        spectrum=Spectrum(np.array([41.0, 57.03]), np.array([1.5, 1e6])),
        smiles=None,
        inchikey=None,
        synonyms=("x",),
        energy_ev=20.0,
        comment="ä",
    )
    after = replace(before, record=other, standing=Standing.NO_STRUCTURE, reason="Nothing to predict from.", duplicate_of=3)
    training.change_spectra(own, [SpectrumChange(before, after)], "Changed it")
    assert training.spectra(own)[0] == after
    assert training.dataset(own).counts == ((Standing.GOOD, 7), (Standing.NO_STRUCTURE, 1))
    training.undo(own)
    assert training.spectra(own)[0] == before


def test_spectra_that_are_not_as_they_were_are_left_alone_and_that_is_said(training, own):
    before = training.spectra(own)
    training.change_spectra(own, chosen(before[:1], False), "by somebody else")
    training.remove_spectra(own, [before[1].spectrum_id], "by somebody else")
    done = training.change_spectra(own, chosen(before[:4], True), "Use them")
    assert done.spectra == 2
    assert done.notes == ("2 spectra were changed or removed meanwhile, and stay as before.",)
    assert [each.choice for each in training.spectra(own)] == [False, True, True, None, None, None, None]


def test_an_edit_that_would_change_nothing_is_refused_and_leaves_what_can_be_done_again(training, own):
    before = training.spectra(own)
    training.change_spectra(own, chosen(before[:1], False), "Left one out")
    training.undo(own)
    with pytest.raises(EditError, match="like this already"):
        training.change_spectra(own, chosen(before, None), "nothing")
    stale = [SpectrumChange(replace(each, reason="x"), replace(each, reason="y")) for each in before]
    with pytest.raises(EditError, match="changed or removed meanwhile"):
        training.change_spectra(own, stale, "nothing")
    with pytest.raises(EditError, match="no longer there"):
        training.remove_spectra(own, [999], "nothing")
    assert training.history(own) == EditHistory("", "Left one out")


def test_several_changes_of_one_spectrum_are_one(training, own):
    first = training.spectra(own)[0]
    middle, last = replace(first, reason="a"), replace(first, choice=False)
    training.change_spectra(own, [SpectrumChange(first, middle), SpectrumChange(middle, last)], "twice")
    assert training.spectra(own)[0] == last
    training.undo(own)
    assert training.spectra(own)[0] == first


def test_deleted_spectra_are_gone_and_come_back_at_their_place(training, own):
    before, info = training.spectra(own), training.dataset(own)
    ids = [each.spectrum_id for each in before]
    done = training.remove_spectra(own, [ids[2], ids[5], 999], "Deleted 2 spectra")
    assert (done.spectra, done.notes) == (2, ("One spectrum was changed or removed meanwhile, and stays as before.",))
    assert [each.spectrum_id for each in training.spectra(own)] == [i for i in ids if i not in (ids[2], ids[5])]
    assert training.dataset(own).spectra == 6
    training.undo(own)
    assert training.spectra(own) == before
    assert training.dataset(own) == info
    training.redo(own)
    assert training.dataset(own).spectra == 6


def test_datasets_do_not_undo_each_others_edits(training, own, make_own):
    other = training.new_dataset("Other")
    training.add_spectra(other, [make_own(0)])
    training.change_spectra(own, chosen(training.spectra(own), False), "mine")
    training.remove_spectra(other, [each.spectrum_id for each in training.spectra(other)], "other")
    assert training.undo(own).said == "Undone: mine"
    with pytest.raises(EditError, match="nothing to undo"):
        training.undo(own)
    assert training.history(other) == EditHistory("other", "")
    with pytest.raises(EditError, match="no longer there"):
        training.remove_spectra(other, [each.spectrum_id for each in training.spectra(own)], "of another dataset")
    with pytest.raises(EditError, match="changed or removed"):
        training.change_spectra(other, chosen(training.spectra(own), False), "of another dataset")


def test_a_new_edit_ends_what_can_be_done_again_and_spectra_that_are_added_do_not(training, own, make_own):
    training.change_spectra(own, chosen(training.spectra(own)[:1], False), "one")
    training.undo(own)
    training.add_spectra(own, [make_own(20)])
    assert training.history(own).redo_text == "one"
    training.remove_spectra(own, [training.spectra(own)[1].spectrum_id], "two")
    assert training.history(own) == EditHistory("two", "")
    with pytest.raises(EditError, match="nothing to do again"):
        training.redo(own)


def test_beyond_the_limit_the_oldest_edits_are_forgotten_with_what_they_removed(training, training_file, own, monkeypatch):
    monkeypatch.setattr(dataset_edits, "MOST_EDITS", 3)
    ids = [each.spectrum_id for each in training.spectra(own)]
    for spectrum_id in ids[:6]:
        training.remove_spectra(own, [spectrum_id], f"{spectrum_id}")
    assert rows(training_file, "dataset_edit") == rows(training_file, "dataset_edit_step") == 3
    assert rows(training_file, "dataset_spectrum") == 5
    for _ in range(3):
        training.undo(own)
    with pytest.raises(EditError, match="nothing to undo"):
        training.undo(own)
    assert [each.spectrum_id for each in training.spectra(own)] == ids[3:]


def test_edits_that_take_too_much_are_forgotten_but_never_the_newest(training, training_file, own, monkeypatch):
    monkeypatch.setattr(dataset_edits, "MOST_BYTES", 10)
    before = training.spectra(own)
    training.remove_spectra(own, [before[0].spectrum_id], "one")
    training.change_spectra(own, chosen(before[1:], False), "two")
    assert rows(training_file, "dataset_edit") == 1
    assert training.undo(own).spectra == 7
    assert training.spectra(own) == before[1:]


def test_an_edit_that_fails_halfway_changes_nothing(training, training_file, own, monkeypatch):
    monkeypatch.setattr(search_queries, "IDS_AT_ONCE", 3)
    before, info = training.spectra(own), training.dataset(own)

    def failing(self: Change, *args: object, **more: object) -> int:
        apply(self, *args, **more)
        raise sqlite3.OperationalError("disk I/O error")

    apply = Change.apply
    with monkeypatch.context() as patch:
        patch.setattr(Change, "apply", failing)
        with pytest.raises(StorageError):
            training.change_spectra(own, chosen(before, False), "all")
    assert training.spectra(own) == before
    assert training.dataset(own) == info
    assert rows(training_file, "dataset_edit") == 0
    assert training.change_spectra(own, chosen(before, False), "all").spectra == 8


def test_a_change_of_one_spectrum_into_another_is_a_mistake(training, own):
    one, other = training.spectra(own)[:2]
    with pytest.raises(ValueError, match="one spectrum"):
        training.change_spectra(own, [SpectrumChange(one, other)], "no")


moves = st.lists(
    st.one_of(
        st.tuples(st.just("choose"), st.sets(st.integers(0, 7), min_size=1, max_size=3), st.sampled_from([True, False, None])),
        st.tuples(st.just("remove"), st.sets(st.integers(0, 7), min_size=1, max_size=3), st.none()),
        st.tuples(st.sampled_from(["undo", "redo"]), st.none(), st.none()),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves)
def test_whatever_is_edited_undone_and_done_again_the_dataset_is_what_a_list_of_states_says(training, make_own, some):
    dataset = training.new_dataset(f"d{len(training.datasets())}")
    training.add_spectra(dataset, [make_own(number) for number in range(8)])
    first = training.spectra(dataset)
    states, place = [first], 0
    for move, which, choice in some:
        now = states[place]
        wanted = [each for each in now if which and (each.spectrum_id - first[0].spectrum_id) in which]
        try:
            if move == "choose":
                training.change_spectra(dataset, chosen(wanted, choice), "c")
                after = [replace(each, choice=choice) if each in wanted else each for each in now]
            elif move == "remove":
                training.remove_spectra(dataset, [each.spectrum_id for each in wanted], "r")
                after = [each for each in now if each not in wanted]
            else:
                getattr(training, move)(dataset)
                after = None
                place += -1 if move == "undo" else 1
            if after is not None:
                states[place + 1 :] = [after]
                place += 1
        except EditError:
            can_move = {"undo": place > 0, "redo": place + 1 < len(states)}
            assert not can_move.get(move, any(each.choice is not choice for each in wanted) if move == "choose" else bool(wanted))
        assert training.spectra(dataset) == states[place]
        assert training.dataset(dataset).content_hash == content_hash(states[place])
