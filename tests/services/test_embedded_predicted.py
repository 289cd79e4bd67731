"""The predicted library that comes with BitSpec, beside the measured one: each is loaded, replaced and removed by itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from predicted_molecules import CountingPredictor, table_of

from bitspec_gui.bootstrap import default_model, predicted_library
from bitspec_gui.domain.errors import Cancelled, StorageError, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, Progress
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.compact import CompactNotice, write_compact
from bitspec_gui.formats.compact_predicted import read_compact_predicted, read_predicted_notice, write_compact_predicted
from bitspec_gui.services import embedded
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.services.predicted_library import build_predicted_library
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.storage.library_store import open_library_store


def write_measured(path: Path, name: str = "Measured") -> None:
    record = SpectrumRecord(Spectrum(np.array([41.0]), np.array([9.0])), name="butane")
    write_compact([record], path, CompactNotice(name, "BSD-2-Clause", "", "them"))


def write_predicted(path: Path, name: str = "Predicted", count: int = 5, model: str = "model-1") -> None:
    records = [
        SpectrumRecord(Spectrum(np.array([41.0, 60.0 + n]), np.array([9.0, 999.0])), name=f"compound {n}", predicted_by=model,
                       licence="CC BY 4.0")
        for n in range(count)
    ]  # fmt: skip
    write_compact_predicted(records, path, library=name, source="us")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    measured, predicted = tmp_path / "measured.bitspec", tmp_path / "predicted.bitspec"
    write_measured(measured)
    write_predicted(predicted)
    return measured, predicted


@pytest.fixture
def start(tmp_path: Path, files):
    opened: list[LibraryService] = []

    def begin() -> LibraryService:
        service = LibraryService(lambda: open_library_store(tmp_path / "bitspec.sqlite"), *files)
        opened.append(service)
        return service

    yield begin
    for service in opened:
        service.close()


def shown(service: LibraryService) -> list[tuple[str, int, bool]]:
    return [(info.name, info.spectra, info.wholly_predicted) for info in service.libraries()]


BOTH = [("Measured", 1, False), ("Predicted", 5, True)]


def test_a_fresh_start_has_both_and_each_is_loaded_once(start):
    service = start()
    assert len(service.ensure_embedded().libraries) == len(service.ensure_predicted().libraries) == 1
    assert shown(service) == BOTH
    assert all(info.embedded for info in service.libraries())
    again = start()
    assert again.ensure_embedded().libraries == again.ensure_predicted().libraries == frozenset()


def test_loading_tells_how_many_there_are(start):
    told: list[Progress] = []
    start().ensure_predicted(told.append)
    assert (told[-1].done, told[-1].total) == (5, 5)


@pytest.mark.parametrize(("gone", "left"), [("Measured", "Predicted"), ("Predicted", "Measured")])
def test_one_can_be_removed_while_the_other_stays_until_both_are_asked_for(start, gone, left):
    service = start()
    service.ensure_embedded()
    service.ensure_predicted()
    service.remove(gone)
    again = start()
    assert again.ensure_embedded().libraries == again.ensure_predicted().libraries == frozenset()
    assert [name for name, _, _ in shown(again)] == [left]
    assert len(again.restore_embedded().libraries) == 1
    assert shown(again) == BOTH


def test_a_newer_one_takes_the_place_of_its_own_elder_only(start, files):
    service = start()
    service.ensure_embedded()
    service.ensure_predicted()
    write_predicted(files[1], "Predicted 2", 7, "model-2")
    assert service.ensure_embedded().libraries == frozenset()
    assert len(service.ensure_predicted().libraries) == 2
    assert shown(service) == [("Measured", 1, False), ("Predicted 2", 7, True)]
    write_measured(files[0], "Measured 2")
    service.ensure_embedded()
    assert shown(service) == [("Measured 2", 1, False), ("Predicted 2", 7, True)]


def test_a_cancelled_load_is_finished_by_the_next_start(start, monkeypatch):
    monkeypatch.setattr(embedded, "BATCH", 2)
    token = CancelToken()
    service = start()
    with pytest.raises(Cancelled):
        service.ensure_predicted(lambda _progress: token.cancel(), token)
    assert shown(service) == [("Predicted", 2, True)]
    again = start()
    again.ensure_predicted()
    assert shown(again) == [("Predicted", 5, True)]


def test_a_load_broken_off_before_a_newer_file_came_leaves_nothing_of_the_elder(start, files, monkeypatch):
    monkeypatch.setattr(embedded, "BATCH", 2)
    token = CancelToken()
    with pytest.raises(Cancelled):
        start().ensure_predicted(lambda _progress: token.cancel(), token)
    write_predicted(files[1], "Predicted 2", 3)
    again = start()
    again.ensure_predicted()
    assert shown(again) == [("Predicted 2", 3, True)]


def test_bitspec_may_come_without_the_predicted_one_and_keeps_what_was_loaded(start, files):
    service = start()
    service.ensure_predicted()
    files[1].unlink()
    assert service.ensure_predicted().libraries == frozenset()
    assert shown(service) == [("Predicted", 5, True)]


def test_a_damaged_file_is_said_and_the_measured_one_is_loaded_all_the_same(start, files):
    files[1].write_bytes(files[1].read_bytes()[:-30])
    service = start()
    service.ensure_embedded()
    with pytest.raises(UnreadableFile):
        service.ensure_predicted()
    assert [name for name, _, _ in shown(service)] == ["Measured"]


def test_database_of_an_earlier_bitspec_has_its_measured_library_replaced_and_no_other(start, tmp_path, files):
    store = open_library_store(tmp_path / "bitspec.sqlite")
    store.add(store.open_library("Older", embedded=True), [SpectrumRecord(Spectrum([41.0], [9.0]), name="old")])
    store.set_note("embedded library", f"loaded {'0' * 64}")
    store.close()
    service = start()
    service.ensure_predicted()
    service.ensure_embedded()
    assert shown(service) == BOTH
    service.remove("Measured")
    assert shown(start()) == [("Predicted", 5, True)]
    assert start().ensure_embedded().libraries == frozenset()


def test_nothing_is_built_into_a_library_that_comes_with_bitspec(start, tmp_path):
    service = start()
    service.ensure_predicted()
    table = table_of(tmp_path / "t.csv", 4)
    for replace in (False, True):
        with pytest.raises(StorageError, match="comes with BitSpec"):
            service.build_predicted(PredictionService(CountingPredictor), table, "Predicted", replace=replace)
    store = open_library_store(tmp_path / "bitspec.sqlite")
    with pytest.raises(StorageError, match="comes with BitSpec"):
        build_predicted_library(store, PredictionService(CountingPredictor), table, " Predicted ")
    store.close()
    assert shown(service) == [("Predicted", 5, True)]


def test_shipped_predicted_library_is_whole_small_and_by_the_shipped_model():
    path = predicted_library()
    assert "MIT License" in path.with_suffix(".NOTICE.txt").read_text(encoding="utf-8")
    if not path.is_file():
        pytest.skip("the predicted library is not built yet")
    assert path.stat().st_size <= 12e6
    head = read_predicted_notice(path)
    assert head.model == default_model().stem
    assert "Caleb Bell" in head.notice
    keys = set()
    for record in read_compact_predicted(path):
        assert record.predicted_by == head.model
        assert record.comment.startswith("Predicted EI spectrum, not measured.")
        assert record.exact_mass <= 500.0
        assert record.confidence is not None
        keys.add(record.inchikey)
    assert len(keys) == head.records > 40_000
