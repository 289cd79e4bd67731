"""Lists of predicted molecules as files and as libraries."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from test_batch_prediction import KnownAnswers

from bitspec_gui.domain.batch import BatchRow
from bitspec_gui.domain.errors import Cancelled, ExportError, StorageError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.registry import sources
from bitspec_gui.services.batch_export import SPECTRA_SUFFIXES, batch_record, write_batch
from bitspec_gui.services.batch_library import add_to_library
from bitspec_gui.services.batch_prediction import BatchPrediction
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.storage.library_store import open_library_store

SERVICE = PredictionService(KnownAnswers)


@pytest.fixture
def rows(tmp_path: Path) -> tuple[BatchRow, ...]:
    table = tmp_path / "list.csv"
    table.write_text("id,name,cas,smiles\nA1,ethanol,64-17-5,CCO\nA2,=cmd(),,C(\nA3,spirit,,OCC\nA4,benzene,71-43-2,c1ccccc1\n")
    batch = BatchPrediction(SERVICE)
    batch.add([table])
    batch.work()
    return batch.rows.all()


def read_back(path: Path) -> list[SpectrumRecord]:
    (source,) = sources([path])
    return [each for each in source.records() if isinstance(each, SpectrumRecord)]


@pytest.mark.parametrize("suffix", [suffix for suffix in SPECTRA_SUFFIXES if suffix != ".json"])
def test_spectra_are_written_of_what_was_predicted_and_read_back(rows, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    assert write_batch(rows, path, SERVICE.molecule) == 3
    found = read_back(path)
    assert [record.name for record in found] == ["ethanol", "spirit", "benzene"]
    assert found[0].spectrum == Spectrum([15, 45, 46], [100, 334, 999])
    assert all(record.predicted_by == "known-answers" for record in found)
    assert [record.inchikey for record in found][:2] == ["LFQSCWFLJHTTHZ-UHFFFAOYSA-N"] * 2


def test_table_holds_every_row_with_what_was_wrong_and_no_formula_for_spreadsheets(rows, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert write_batch(rows, path, SERVICE.molecule) == 4
    with path.open(newline="") as stream:
        found = list(csv.DictReader(stream))
    assert [row["state"] for row in found] == ["predicted", "refused", "predicted", "predicted"]
    assert found[1]["name"] == "'=cmd()"
    assert "parenthes" in found[1]["problem"]
    assert (found[1]["smiles"], found[1]["line"]) == ("C(", "3")
    assert (found[2]["same_as"], found[2]["inchikey"]) == ("1", found[0]["inchikey"])
    assert found[0]["peaks"] == "15:100 45:334 46:999"
    assert found[0]["largest_peaks"] == "46:999 45:334 15:100"
    assert (found[0]["nominal_mass"], found[0]["confidence"], found[0]["cas"]) == ("46", "0.5", "64-17-5")


def test_drawings_of_the_file_go_into_the_sd_file_as_they_were_drawn(tmp_path: Path) -> None:
    drawn = SERVICE.molecule("CCO").molblock.replace("RDKit          2D", "MyHand    010101")
    file = tmp_path / "drawn.sdf"
    file.write_text("ethanol" + drawn + "$$$$\n")
    batch = BatchPrediction(SERVICE)
    batch.add([file])
    batch.work()
    out = tmp_path / "out.sdf"
    write_batch(batch.rows.all(), out, SERVICE.molecule)
    assert "MyHand" in out.read_text()


def test_nothing_to_write_is_said_and_leaves_the_file_that_was_there(rows, tmp_path: Path) -> None:
    path = tmp_path / "out.msp"
    path.write_text("mine")
    with pytest.raises(ExportError, match="no spectrum"):
        write_batch(rows[1:2], path, SERVICE.molecule)
    with pytest.raises(ExportError, match="empty"):
        write_batch((), tmp_path / "out.csv", SERVICE.molecule)
    with pytest.raises(ExportError, match="should end in"):
        write_batch(rows, tmp_path / "out.doc", SERVICE.molecule)
    assert path.read_text() == "mine"


@pytest.mark.parametrize("suffix", [*SPECTRA_SUFFIXES, ".csv"])
def test_full_disk_and_cancel_leave_the_file_that_was_there(rows, tmp_path: Path, suffix: str, monkeypatch) -> None:
    path = tmp_path / f"out{suffix}"
    path.write_text("mine")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        write_batch(rows, path, SERVICE.molecule, cancel=token)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExportError, match="disk is full"):
        write_batch(rows, path, SERVICE.molecule)
    assert path.read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")] == []


def test_list_becomes_a_library_of_each_compound_once_and_can_be_added_to(rows, tmp_path: Path) -> None:
    store = open_library_store(tmp_path / "bitspec.sqlite")
    made = add_to_library(store, " Mine ", rows)
    assert (made.library, made.added, made.already_there) == ("Mine", 2, 0)
    again = add_to_library(store, "Mine", rows)
    assert (again.added, again.already_there) == (0, 2)
    (info,) = store.libraries()
    records = list(store.records(info.library_id))
    store.close()
    assert [record.name for record in records] == ["ethanol", "benzene"]
    assert (records[0].cas, records[0].source_file, records[0].line) == ("64-17-5", "list.csv", 2)
    assert info.wholly_predicted


def test_library_that_the_list_cannot_join_is_refused_in_a_sentence(rows, tmp_path: Path) -> None:
    store = open_library_store(tmp_path / "bitspec.sqlite")
    measured = store.open_library("Measured")
    store.add(measured, [SpectrumRecord(Spectrum([15], [999]), name="methane")])
    try:
        with pytest.raises(StorageError, match="measured"):
            add_to_library(store, "Measured", rows)
        with pytest.raises(StorageError, match="name"):
            add_to_library(store, "  ", rows)
        with pytest.raises(StorageError, match="Nothing was predicted"):
            add_to_library(store, "New", rows[1:2])
        assert [each.name for each in store.libraries()] == ["Measured"]
    finally:
        store.close()


def test_cancelled_library_keeps_what_was_added(rows, tmp_path: Path, monkeypatch) -> None:
    from bitspec_gui.services import batch_library

    monkeypatch.setattr(batch_library, "TOGETHER", 1)
    store = open_library_store(tmp_path / "bitspec.sqlite")
    token = CancelToken()
    made = add_to_library(store, "Mine", rows, progress=lambda _progress: token.cancel(), cancel=token)
    assert (made.added, made.cancelled) == (1, True)
    assert store.libraries()[0].spectra == 1
    store.close()


def test_record_of_a_row_without_prediction_is_refused(rows) -> None:
    with pytest.raises(ExportError, match="Row 2"):
        batch_record(rows[1])
