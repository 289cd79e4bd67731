"""Building a library of predicted spectra: what is in it, and going on after a cancel, a crash or another model."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from predicted_molecules import CountingPredictor, table_of

from bitspec_gui.domain.errors import Cancelled, ExportError, StorageError, UnknownLibrary, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, Progress
from bitspec_gui.domain.library import LibraryQuery
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.compact_predicted import read_compact_predicted, read_predicted_notice
from bitspec_gui.services import predicted_library
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.services.predicted_library import BuildReport
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.time_left import TimeLeft
from bitspec_gui.storage.library_store import open_library_store

COUNT = 30


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(predicted_library, "BATCH", 4)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return table_of(tmp_path / "alkanols.csv", COUNT)


@pytest.fixture
def libraries(tmp_path: Path):
    service = LibraryService(lambda: open_library_store(tmp_path / "bitspec.sqlite"))
    yield service
    service.close()


@pytest.fixture
def predictor() -> CountingPredictor:
    return CountingPredictor()


def build(libraries: LibraryService, predictor: CountingPredictor, table: Path, **more) -> BuildReport:
    return libraries.build_predicted(PredictionService(lambda: predictor), table, "Alkanols", **more)


def records(libraries: LibraryService) -> list[SpectrumRecord]:
    return [entry.record for entry in libraries.entries(LibraryQuery(limit=1000))[0]]


def test_molecules_of_a_table_become_records_that_say_they_are_predicted(libraries, predictor, table):
    report = build(libraries, predictor, table)
    assert (report.added, report.already_there, report.duplicates, report.rejected) == (COUNT, 0, 1, 1)
    assert [(problem.line, "alkanols.csv" in problem.file) for problem in report.problems] == [(6, True)]
    (info,) = libraries.libraries()
    assert (info.name, info.wholly_predicted, info.licence, info.source) == ("Alkanols", True, "CC BY 4.0", "alkanols.csv")
    ethanol = records(libraries)[1]
    assert (ethanol.name, ethanol.cas, ethanol.inchikey, ethanol.formula) == (
        "alkanol 2", "1002-11-1", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N", "C2H6O",
    )  # fmt: skip
    assert (ethanol.predicted_by, ethanol.confidence) == ("model-1", 0.612)
    assert ethanol.comment == "Predicted EI spectrum, not measured."
    assert (ethanol.source_file, ethanol.line) == ("alkanols.csv", 3)


def test_building_again_predicts_nothing_again(libraries, predictor, table):
    build(libraries, predictor, table)
    predictor.asked.clear()
    report = build(libraries, predictor, table)
    assert (report.added, report.already_there, report.rejected) == (0, COUNT, 1)
    assert predictor.asked == []


@pytest.mark.parametrize("batches", [1, 2, 5])
def test_cancelled_build_goes_on_and_ends_as_one_that_was_never_cancelled(libraries, predictor, table, tmp_path, batches):
    token = CancelToken()
    told: list[Progress] = []

    def stop_after(progress: Progress) -> None:
        told.append(progress)
        if len(told) == batches:
            token.cancel()

    first = build(libraries, predictor, table, progress=stop_after, cancel=token)
    assert first.cancelled
    assert 0 < first.added < COUNT
    second = build(libraries, predictor, table)
    assert (second.added, second.already_there, second.cancelled) == (COUNT - first.added, first.added, False)
    assert len(predictor.asked) == COUNT

    whole = LibraryService(lambda: open_library_store(tmp_path / "whole.sqlite"))
    build(whole, CountingPredictor(), table)
    assert records(libraries) == records(whole)
    whole.close()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal of POSIX")
def test_killed_build_goes_on_where_it_was(libraries, predictor, tmp_path, monkeypatch):
    monkeypatch.undo()  # the other process has the usual batches
    table = table_of(tmp_path / "alkanols.csv", 60 * 3)
    script = Path(__file__).with_name("predicted_molecules.py")
    root = str(Path(__file__).resolve().parents[2])
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "bitspec.sqlite"), str(table)], env=os.environ | {"PYTHONPATH": root}
    )
    deadline = time.monotonic() + 60
    while not any(info.spectra for info in libraries.libraries()) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    process.kill()
    process.wait(timeout=30)
    libraries.close()
    stored = sum(info.spectra for info in libraries.libraries())
    assert stored > 0
    report = build(libraries, predictor, table)
    assert report.already_there == stored
    assert len(predictor.asked) == report.added
    whole = LibraryService(lambda: open_library_store(tmp_path / "whole.sqlite"))
    build(whole, CountingPredictor(), table)
    assert records(libraries) == records(whole)
    whole.close()


@pytest.mark.parametrize(("name", "sha256"), [("model-2", "ab" * 32), ("model-1", "cd" * 32)])
def test_another_model_is_refused_unless_it_is_to_replace(libraries, predictor, table, name, sha256):
    build(libraries, predictor, table)
    other = CountingPredictor(name, sha256)
    with pytest.raises(StorageError, match=rf"“Alkanols” was predicted by model-1 \(abababab\), this model is {name}"):
        build(libraries, other, table)
    assert other.asked == []
    assert {record.predicted_by for record in records(libraries)} == {"model-1"}
    assert build(libraries, other, table, replace=True).added == COUNT
    assert {(record.predicted_by, dict(record.extra)["Model_sha256"]) for record in records(libraries)} == {(name, sha256)}


def test_replacing_with_the_same_model_goes_on_instead(libraries, predictor, table):
    build(libraries, predictor, table)
    assert build(libraries, predictor, table, replace=True).already_there == COUNT


@pytest.mark.parametrize("replace", [False, True])
def test_measured_library_is_never_built_into_nor_replaced(libraries, predictor, table, tmp_path, replace):
    own = tmp_path / "Alkanols.msp"
    own.write_text("Name: mine\nNum Peaks: 1\n41 999\n")
    libraries.import_paths([own])
    with pytest.raises(StorageError, match="holds measured spectra"):
        build(libraries, predictor, table, replace=replace)
    assert [record.name for record in records(libraries)] == ["mine"]


def test_file_without_molecules_leaves_no_library(libraries, predictor, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("name,cas\nethanol,64-17-5\n")
    with pytest.raises(UnreadableFile, match="no column named “smiles”"):
        build(libraries, predictor, bad)
    with pytest.raises(StorageError, match="needs a name"):
        libraries.build_predicted(PredictionService(lambda: predictor), bad, "  ")
    assert libraries.libraries() == []


def test_progress_counts_rows_of_all_and_tells_the_time_left(libraries, predictor, table):
    told: list[Progress] = []
    build(libraries, predictor, table, progress=told.append)
    assert (told[-1].done, told[-1].total) == (COUNT + 2, COUNT + 2)
    assert any("left" in step.message for step in told[1:])


def test_time_left_follows_the_pace_of_what_is_computed():
    now = [0.0]
    clock = TimeLeft(1000, lambda: now[0])
    assert clock.after(500, computed=0) == ""
    now[0] = 5.0
    assert clock.after(564, computed=64) == ""
    now[0] = 7.0
    assert clock.after(764, computed=264) == ", about 2 s left"
    now[0] = 205.0
    assert clock.after(782, computed=282) == ", about 3 min left"
    assert clock.after(1000, computed=500) == ""


def test_library_is_written_as_one_file_that_loads_again(libraries, predictor, table, tmp_path):
    build(libraries, predictor, table)
    output = tmp_path / "out" / "alkanols.bitspec"
    assert libraries.write_predicted("Alkanols", output, notice="MIT", source="made for tests") == COUNT
    header = read_predicted_notice(output)
    assert (header.library, header.notice, header.source, header.model) == ("Alkanols", "MIT", "made for tests", "model-1")
    stored = records(libraries)
    for back, record in zip(read_compact_predicted(output), stored, strict=True):
        assert (back.name, back.cas, back.inchikey, back.confidence) == (record.name, record.cas, record.inchikey, 0.612)
        assert back.spectrum.mz.tolist() == record.spectrum.mz.tolist()
    other = LibraryService(lambda: open_library_store(tmp_path / "other.sqlite"))
    assert other.import_paths([output]).added == COUNT
    assert other.libraries()[0].wholly_predicted
    other.close()


def test_what_cannot_be_written_as_predicted_leaves_the_old_file(libraries, predictor, table, tmp_path):
    output = tmp_path / "alkanols.bitspec"
    output.write_text("old")
    own = tmp_path / "Mine.msp"
    own.write_text("Name: mine\nNum Peaks: 1\n41 999\n")
    libraries.import_paths([own])
    with pytest.raises(ExportError, match="measured spectrum"):
        libraries.write_predicted("Mine", output)
    with pytest.raises(UnknownLibrary, match="“Nothing”"):
        libraries.write_predicted("Nothing", output)
    build(libraries, predictor, table)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        libraries.write_predicted("Alkanols", output, cancel=token)
    assert output.read_text() == "old"
    assert not list(tmp_path.glob(".*.part"))


def test_exported_library_is_imported_as_predicted_and_never_compared_with(libraries, predictor, table, tmp_path):
    build(libraries, predictor, table)
    target = tmp_path / "copy.msp"
    libraries.export("Alkanols", target)
    libraries.import_paths([target])
    assert all(info.wholly_predicted for info in libraries.libraries())
    ethanol = PredictionService(lambda: predictor).predict_text("CCO")
    assert libraries.measured_matches(ethanol) == []
