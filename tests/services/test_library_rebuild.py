"""Predicted libraries that know their model and are predicted anew by another, wholly or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from predicted_molecules import CountingPredictor, table_of

from bitspec_gui.domain.errors import StorageError, UnknownLibrary
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.library import SEVERAL_MODELS, LibraryInfo, LibraryQuery
from bitspec_gui.domain.model_version import RESPONSE_OFF, ModelVersion
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.services import library_rebuild
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.services.library_rebuild import made_by, stale
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.storage.library_store import open_library_store

COUNT = 20
OLD, NEW = ("model-1", "ab" * 32), ("Lab 1", "cd" * 32)


class Refusing(CountingPredictor):
    def predict(self, molecules, cancel=None, *, annotate=False):
        if any(molecule.formula == "C2H6O" for molecule in molecules):
            raise RuntimeError("ethanol")
        return super().predict(molecules, cancel, annotate=annotate)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(library_rebuild, "BATCH", 4)


@pytest.fixture
def libraries(tmp_path: Path):
    service = LibraryService(lambda: open_library_store(tmp_path / "bitspec.sqlite"))
    service.build_predicted(PredictionService(lambda: CountingPredictor(*OLD)), table_of(tmp_path / "in.csv", COUNT), "Alkanols")
    yield service
    service.close()


def by_model(libraries: LibraryService) -> dict[str, tuple[str, int]]:
    return {info.name: (info.made_by, info.spectra) for info in libraries.libraries()}


def records(libraries: LibraryService, name: str) -> list[SpectrumRecord]:
    info = next(each for each in libraries.libraries() if each.name == name)
    return list(libraries.store().records(info.library_id))


def test_a_predicted_library_says_which_model_made_it(libraries):
    (info,) = libraries.libraries()
    assert (info.made_by, info.made_by_sha256) == OLD
    store = libraries.store()
    ethanol = SpectrumRecord(Spectrum([31.0], [999.0]), "ethanol", smiles="CCO")
    store.add(store.open_library("Measured"), [ethanol])
    other = SpectrumRecord(Spectrum([31.0], [999.0]), "ethanol", smiles="CCO", predicted_by="Lab 1")
    store.add(store.open_library("Mixed"), [ethanol, other])
    store.add(info.library_id, [other])
    found = {each.name: (each.made_by, each.made_by_sha256) for each in libraries.libraries()}
    assert found == {"Alkanols": (SEVERAL_MODELS, ""), "Measured": ("", ""), "Mixed": ("Lab 1", "")}


def test_two_models_of_one_name_are_several(libraries):
    again = records(libraries, "Alkanols")[0]
    store = libraries.store()
    changed = SpectrumRecord(
        again.spectrum, "another", smiles="CCCN", predicted_by="model-1", extra=(("Model_sha256", "ef" * 32),)
    )
    store.add(libraries.libraries()[0].library_id, [changed])
    assert libraries.libraries()[0].made_by == SEVERAL_MODELS


def test_a_rebuilt_library_holds_the_same_molecules_by_the_new_model_and_undoing_brings_the_old_ones_back(libraries):
    before = records(libraries, "Alkanols")
    assert [info.name for info in libraries.stale(ModelVersion(*NEW, ""))] == ["Alkanols"]
    report = libraries.rebuild_predicted(PredictionService(lambda: CountingPredictor(*NEW)), "Alkanols")
    assert (report.library, report.model, report.replaced, report.spectra) == ("Alkanols", "Lab 1", True, COUNT)
    assert by_model(libraries) == {"Alkanols": ("Lab 1", COUNT)}
    after = records(libraries, "Alkanols")
    kept = ("name", "cas", "smiles", "inchikey", "source_file", "line", "synonyms")
    assert [[getattr(each, name) for name in kept] for each in after] == [
        [getattr(each, name) for name in kept] for each in before
    ]
    assert libraries.stale(ModelVersion(*NEW, "")) == []
    libraries.store().undo()
    libraries.store().undo()
    assert by_model(libraries)["Alkanols"] == ("model-1", COUNT)


def test_a_cancelled_rebuild_keeps_the_old_spectra_and_goes_on_where_it_was(libraries):
    token = CancelToken()
    predictor = CountingPredictor(*NEW)
    said = []

    def stop(progress) -> None:
        said.append(progress)
        if progress.done == 8:
            token.cancel()

    report = libraries.rebuild_predicted(PredictionService(lambda: predictor), "Alkanols", progress=stop, cancel=token)
    assert (report.cancelled, report.replaced) == (True, False)
    assert by_model(libraries)["Alkanols"] == ("model-1", COUNT)
    assert len(predictor.asked) == 8
    predictor.asked.clear()
    report = libraries.rebuild_predicted(PredictionService(lambda: predictor), "Alkanols")
    assert (report.replaced, report.spectra, len(predictor.asked)) == (True, COUNT, COUNT - 8)
    assert by_model(libraries) == {"Alkanols": ("Lab 1", COUNT)}


def test_a_rebuild_that_ended_before_the_new_library_got_its_name_is_finished(libraries, monkeypatch):
    store = libraries.store()
    rename = store.rename_library
    monkeypatch.setattr(store, "rename_library", lambda *_names: (_ for _ in ()).throw(StorageError("The disk is full.")))
    with pytest.raises(StorageError, match="full"):
        libraries.rebuild_predicted(PredictionService(lambda: CountingPredictor(*NEW)), "Alkanols")
    monkeypatch.setattr(store, "rename_library", rename)
    report = libraries.rebuild_predicted(PredictionService(lambda: CountingPredictor(*NEW)), "Alkanols")
    assert report.replaced
    assert by_model(libraries) == {"Alkanols": ("Lab 1", COUNT)}


def test_a_molecule_that_cannot_be_predicted_anew_keeps_the_old_library(libraries):
    report = libraries.rebuild_predicted(PredictionService(lambda: Refusing(*NEW)), "Alkanols")
    assert (report.replaced, report.spectra, len(report.problems)) == (False, COUNT - 1, 1)
    assert "could not be predicted" in report.said
    assert by_model(libraries)["Alkanols"] == ("model-1", COUNT)


def test_the_supplied_library_stays_and_a_new_one_is_made_beside_it(libraries, monkeypatch):
    store = libraries.store()
    supplied = store.open_library("Chemicals, predicted", embedded=True)
    store.add(supplied, records(libraries, "Alkanols"))
    report = libraries.rebuild_predicted(PredictionService(lambda: CountingPredictor(*NEW)), "Chemicals, predicted")
    assert (report.library, report.replaced) == ("Chemicals, predicted, by Lab 1", False)
    assert by_model(libraries) == {
        "Alkanols": ("model-1", COUNT),
        "Chemicals, predicted": ("model-1", COUNT),
        "Chemicals, predicted, by Lab 1": ("Lab 1", COUNT),
    }
    assert [info.name for info in libraries.stale(ModelVersion(*NEW, ""))] == ["Alkanols"]
    assert libraries.stale(ModelVersion(*OLD, "")) == []
    with pytest.raises(StorageError, match="that of Lab 1 by its name"):
        libraries.rebuild_predicted(PredictionService(lambda: CountingPredictor(*OLD)), "Chemicals, predicted, by Lab 1")


def test_only_predicted_libraries_are_rebuilt_and_only_by_another_model(libraries):
    libraries.store().open_library("Measured")
    with pytest.raises(StorageError, match="holds measured spectra"):
        libraries.rebuild_predicted(PredictionService(lambda: CountingPredictor(*NEW)), "Measured")
    with pytest.raises(UnknownLibrary):
        libraries.rebuild_predicted(PredictionService(lambda: CountingPredictor(*NEW)), "Absent")
    same = CountingPredictor(*OLD)
    report = libraries.rebuild_predicted(PredictionService(lambda: same), "Alkanols")
    assert "nothing to do" in report.said
    assert same.asked == []


def test_the_time_is_told_by_predicting_a_few_molecules(libraries):
    predictor = CountingPredictor(*NEW, pause_s=0.002)
    assert libraries.rebuild_seconds(PredictionService(lambda: predictor), "Alkanols") > 0
    assert len(predictor.asked) == COUNT
    assert libraries.entries(LibraryQuery(limit=1))[1] == COUNT


def test_a_renamed_version_made_its_libraries_still_and_one_without_its_response_did_not():
    info = LibraryInfo(1, "x", 3, 3, "", "", predicted=3, made_by="Lab 1", made_by_sha256="cd" * 32)
    assert made_by(info, ModelVersion("Lab of Ann", "cd" * 32, ""))
    assert not made_by(info, ModelVersion("Lab 1" + RESPONSE_OFF, "cd" * 32, ""))
    assert stale([info], ModelVersion("Lab 1", "ef" * 32, "")) == [info]
