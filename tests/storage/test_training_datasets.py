from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.errors import StorageError
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.domain.tuning_data import DatasetSpectrum, Standing, content_hash
from bitspec_gui.storage.training import datasets as datasets_module
from bitspec_gui.storage.training.spectrum_rows import STATED_COLUMNS, dataset_spectrum, spectrum_values
from bitspec_gui.storage.training.store import open_training_store

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
maybe_text = st.none() | text
number = st.floats(-1e6, 1e6)
whole = st.none() | st.integers(-(2**63) + 1, 2**63 - 1)
peaks = st.lists(st.tuples(st.floats(0.5, 2000), st.floats(0, 1e9)), min_size=1, max_size=5, unique_by=lambda peak: peak[0])
record = st.builds(
    SpectrumRecord,
    spectrum=peaks.map(lambda some: Spectrum(*map(np.array, zip(*sorted(some), strict=True)))),
    synonyms=st.lists(text, max_size=2).map(tuple),
    extra=st.lists(st.tuples(text, text), max_size=2).map(tuple),
    nominal_mass=whole,
    line=whole,
    source_file=text,
    name=text,
    **dict.fromkeys(
        ("accession", "smiles", "inchi", "inchikey", "formula", "cas", "instrument", "licence", "authors"), maybe_text
    ),
    **dict.fromkeys(("comment", "predicted_by", "doubt"), maybe_text),
    **dict.fromkeys(("exact_mass", "retention_index", "energy_ev", "confidence"), st.none() | number),
)
spectrum = st.builds(
    DatasetSpectrum,
    spectrum_id=st.just(0),
    record=record,
    reason=text,
    duplicate_of=st.none() | st.integers(1, 10**6),
)


@settings(max_examples=60)
@given(spectrum)
def test_every_field_of_a_spectrum_comes_back_from_its_row(one):
    values = {"spectrum_id": 0} | spectrum_values(one)
    again = dataset_spectrum([values[column.name] for column in STATED_COLUMNS])
    assert again == one
    assert content_hash([again]) == content_hash([one])


def test_spectra_come_back_in_the_order_of_import_with_all_that_was_said(training, make_own):
    dataset = training.new_dataset("Our GC")
    given_spectra = [
        make_own(0, synonyms=("a", "b"), extra=(("Key", "välue"),), energy_ev=70, retention_index=1234.5, nominal_mass=44),
        make_own(1, standing=Standing.DOUBTFUL, reason="No ion of it is there.", choice=True),
        make_own(2, standing=Standing.NO_STRUCTURE, smiles=None, inchikey=None, reason="It has no structure."),
        make_own(1, standing=Standing.DUPLICATE, reason="The same peaks.", duplicate_of=2),
    ]
    ids = training.add_spectra(dataset, given_spectra[:2]) + training.add_spectra(dataset, given_spectra[2:])
    assert len(set(ids)) == 4
    assert ids == sorted(ids)
    assert training.spectra(dataset) == [replace(each, spectrum_id=i) for each, i in zip(given_spectra, ids, strict=True)]


def test_a_name_with_bytes_that_are_no_character_can_be_stored_and_its_hash_is_that_of_what_is_stored(training, make_own):
    dataset = training.new_dataset("x")
    training.add_spectra(dataset, [make_own(0, source_file="caf\udce9.msp", instrument="GC\udce9", comment="n\udce9")])
    (stored,) = training.spectra(dataset)
    assert stored.record.source_file == "caf\\udce9.msp"
    assert training.dataset(dataset).content_hash == content_hash([stored])


def test_a_dataset_is_told_in_numbers(training, make_own):
    dataset = training.new_dataset("  Our   GC ")
    empty = training.dataset(dataset)
    assert (empty.name, empty.spectra, empty.used, empty.compounds, empty.counts) == ("Our GC", 0, 0, 0, ())
    assert empty.content_hash == content_hash([])
    assert abs(datetime.now(UTC) - empty.made_at) < timedelta(minutes=5)
    spectra = [
        make_own(0),
        make_own(1, compound=0, instrument="QTOF", source_file="b.msp"),
        make_own(2),
        make_own(3, choice=False, instrument=None, source_file=""),
        make_own(4, standing=Standing.DOUBTFUL),
        make_own(5, standing=Standing.DOUBTFUL, choice=True),
        make_own(6, standing=Standing.REFUSED, choice=False),
    ]
    training.add_spectra(dataset, spectra)
    info = training.dataset(dataset)
    assert (info.spectra, info.used, info.compounds, info.left_out) == (7, 4, 3, 1)
    assert info.counts == ((Standing.GOOD, 4), (Standing.DOUBTFUL, 2), (Standing.REFUSED, 1))
    assert info.instruments == ("GC", "QTOF")
    assert info.sources == ("a.msp", "b.msp")
    assert info.content_hash == content_hash(training.spectra(dataset)) == content_hash(spectra)
    assert training.datasets() == [info]


def test_the_hash_names_what_is_used_whatever_its_order_and_nothing_else(make_own):
    spectra = [make_own(number) for number in range(5)]
    whole = content_hash(spectra)
    assert len(whole) == 64
    assert content_hash(reversed(spectra)) == whole
    assert content_hash([*spectra, make_own(9, choice=False), make_own(8, standing=Standing.DOUBTFUL)]) == whole
    renamed = [
        replace(each, record=replace(each.record, name="other", line=9, source_file="b"), spectrum_id=7) for each in spectra
    ]
    assert content_hash(renamed) == whole
    first = spectra[0].record
    changes = [{"smiles": "CC"}, {"inchikey": "OTHERCOMPOUND0-UHFFFAOYSA-N"}, {"energy_ev": 70.0}, {"instrument": None}]
    changes += [{"spectrum": Spectrum(first.spectrum.mz, first.spectrum.intensity * 2)}]
    hashes = {content_hash([replace(spectra[0], record=replace(first, **each)), *spectra[1:]]) for each in changes}
    assert len(hashes | {whole, content_hash(spectra[1:]), content_hash([spectra[0], *spectra])}) == len(changes) + 3


def test_datasets_are_listed_with_the_newest_first_and_kept_over_a_restart(training_file, training, make_own):
    for name in ("a", "b", "c"):
        training.add_spectra(training.new_dataset(name), [make_own(0)])
    before = training.datasets()
    training.close()
    again = open_training_store(training_file)
    assert again.datasets() == before
    assert [each.name for each in before] == ["c", "b", "a"]
    again.close()


@pytest.mark.parametrize("taken", ["Our GC", "our gc", " OUR  GC "])
def test_a_name_that_is_taken_is_refused(training, taken):
    training.new_dataset("Our GC")
    other = training.new_dataset("Other")
    with pytest.raises(StorageError, match="already"):
        training.new_dataset(taken)
    with pytest.raises(StorageError, match="already"):
        training.rename_dataset(other, taken)
    assert [each.name for each in training.datasets()] == ["Other", "Our GC"]


@pytest.mark.parametrize("empty", ["", "   ", "\0"])
def test_a_dataset_without_a_name_is_refused(training, empty):
    with pytest.raises(StorageError, match="Give the dataset a name"):
        training.new_dataset(empty)


def test_a_dataset_can_be_given_its_own_name_in_other_letters(training):
    dataset = training.new_dataset("our gc")
    training.rename_dataset(dataset, "Our GC")
    assert training.dataset(dataset).name == "Our GC"


def test_a_removed_dataset_is_out_of_sight_and_comes_back_whole(training, make_own):
    dataset = training.new_dataset("Our GC")
    training.add_spectra(dataset, [make_own(0), make_own(1)])
    before, spectra = training.dataset(dataset), training.spectra(dataset)
    training.remove_dataset(dataset)
    assert training.datasets() == []
    for look in (training.dataset, training.spectra, training.undo, training.history, training.remove_dataset):
        with pytest.raises(StorageError, match="no longer there"):
            look(dataset)
    with pytest.raises(StorageError, match="no longer there"):
        training.add_spectra(dataset, [make_own(2)])
    training.restore_dataset(dataset)
    assert training.dataset(dataset) == before
    assert training.spectra(dataset) == spectra


def test_a_dataset_whose_name_was_taken_meanwhile_comes_back_with_a_number(training):
    first = training.new_dataset("Our GC")
    training.remove_dataset(first)
    training.new_dataset("our gc")
    training.restore_dataset(first)
    assert training.dataset(first).name == "Our GC (2)"
    training.restore_dataset(first)
    assert training.dataset(first).name == "Our GC (2)"


def test_of_many_removed_datasets_the_oldest_are_deleted_for_good_and_jobs_forget_them(training, make_own, make_job, monkeypatch):
    monkeypatch.setattr(datasets_module, "MOST_REMOVED", 2)
    ids = [training.new_dataset(f"d{number}") for number in range(3)]
    training.add_spectra(ids[0], [make_own(0)])
    job = training.add_job(make_job(dataset_id=ids[0]))
    for dataset in ids:
        training.remove_dataset(dataset)
    with pytest.raises(StorageError, match="for good"):
        training.restore_dataset(ids[0])
    training.restore_dataset(ids[1])
    assert training.job(job).dataset_id is None
    assert training.job(job).dataset_name == "Our GC"
    with training._transactions.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM dataset_spectrum").scalar() == 0
    assert training.new_dataset("new") > max(ids)


def test_reports_of_imports_are_kept_with_their_dataset_the_newest_first(training, make_report, monkeypatch):
    monkeypatch.setattr(datasets_module, "MOST_REPORTS", 3)
    one, other = training.new_dataset("one"), training.new_dataset("other")
    training.keep_dataset_report(other, make_report())
    for added in range(5):
        training.keep_dataset_report(one, replace(make_report(), added=added))
    assert [each.report.added for each in training.dataset_reports(one)] == [4, 3, 2]
    assert [each.report for each in training.dataset_reports(other)] == [make_report()]
    assert training.dataset_reports(one)[0].made_at.tzinfo is not None


def test_adding_nothing_changes_nothing(training):
    dataset = training.new_dataset("x")
    before = training.dataset(dataset)
    assert training.add_spectra(dataset, []) == []
    assert training.dataset(dataset) == before
