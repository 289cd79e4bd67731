from __future__ import annotations

from dataclasses import replace

import pytest

from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.domain.model_version import MODEL_SHA256
from bitspec_gui.formats.compact_predicted import write_compact_predicted
from bitspec_gui.services.public_spectra import MOST_REPLICATES, public_molecules, public_spectra
from tests.services.fake_tuner import FakeLibraries, key_of, record_of


def nothing() -> None:
    pass


def names(records) -> list[str]:
    return [record.name for record in records]


def test_sample_depends_on_the_compounds_and_the_seed_and_not_on_their_order():
    records = [record_of(number) for number in range(60)]
    sample = public_spectra(FakeLibraries(records), frozenset(), 1, nothing, most=20)
    again = public_spectra(FakeLibraries(records[::-1]), frozenset(), 1, nothing, most=20)
    other = public_spectra(FakeLibraries(records), frozenset(), 2, nothing, most=20)
    assert names(sample) == names(again)
    assert len(set(names(sample))) == 20
    assert set(names(sample)) != set(names(other))


def test_compounds_of_the_dataset_and_unsuitable_spectra_are_left_out():
    good, own = record_of(1), record_of(2)
    refused = [
        replace(record_of(3), doubt="It contradicts its structure."),
        replace(record_of(4), energy_ev=20.0),
        replace(record_of(5), predicted_by="bitspec-ei-2"),
        replace(record_of(6), smiles=None),
        replace(record_of(7), inchikey=None),
    ]
    found = public_spectra(FakeLibraries([own, *refused, good]), frozenset({key_of(2)}), 1, nothing)
    assert names(found) == [good.name]


def test_one_compound_gives_a_few_replicates_at_most():
    records = [replace(record_of(number), inchikey=record_of(1).inchikey) for number in range(10)]
    assert len(public_spectra(FakeLibraries(records), frozenset(), 1, nothing)) == MOST_REPLICATES


def test_molecules_come_from_the_file_of_predictions_without_own_ones(tmp_path):
    path = tmp_path / "predicted.bitspec"
    predicted = [replace(record_of(number), predicted_by="m", extra=((MODEL_SHA256, "0" * 64),)) for number in range(8)]
    write_compact_predicted(predicted, path, library="Predicted")
    found = public_molecules(path, frozenset({key_of(3)}), 1, nothing, most=5)
    assert len(found) == 5
    assert set(found) <= {record.smiles for record in predicted} - {record_of(3).smiles}
    assert public_molecules(tmp_path / "none", frozenset(), 1, nothing) == []


def test_whoever_is_to_stop_stops_while_reading():
    def stop() -> None:
        raise Cancelled("Stop.")

    with pytest.raises(Cancelled):
        public_spectra(FakeLibraries([record_of(1)]), frozenset(), 1, stop)
