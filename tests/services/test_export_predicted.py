"""Exported files say which spectra were predicted, by which model and how sure it was."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.domain.model_version import MODEL_SHA256, ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.msp import read_msp
from bitspec_gui.services.export import record_of, write_predictions, write_spectrum

SHA = "ab" * 32
SPECTRUM = Spectrum(np.array([31.0, 46.0]), np.array([999.0, 250.0]))
ETHANOL = Molecule("CCO", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N", "C2H6O", 46, 46.04186, "", name="ethanol")
STORED = SpectrumRecord(SPECTRUM, name="ethanol", predicted_by="model-1", confidence=0.812, extra=((MODEL_SHA256, SHA),))


def written(path: Path, record: SpectrumRecord) -> Path:
    write_spectrum(path, record)
    return path


def test_predicted_entry_of_a_library_names_its_model_in_every_format(tmp_path):
    (found,) = json.loads(written(tmp_path / "a.json", STORED).read_text(encoding="utf-8"))
    assert (found["predicted"], found["confidence"], found["model"]) == (True, 0.812, {"name": "model-1", "sha256": SHA})
    with written(tmp_path / "a.csv", STORED).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["model"], row["confidence"]) for row in rows} == {(f"model-1 sha256:{SHA}", "0.812")}
    (back,) = read_msp(written(tmp_path / "a.msp", STORED).read_bytes())
    assert (back.predicted_by, back.confidence) == ("model-1", 0.812)


def test_model_without_a_known_sha256_is_named_all_the_same(tmp_path):
    record = SpectrumRecord(SPECTRUM, name="ethanol", predicted_by="model-1")
    with written(tmp_path / "a.csv", record).open(encoding="utf-8", newline="") as stream:
        assert {(row["model"], row["confidence"]) for row in csv.DictReader(stream)} == {("model-1", "")}
    (found,) = json.loads(written(tmp_path / "a.json", record).read_text(encoding="utf-8"))
    assert found["predicted"] is True
    assert "confidence" not in found


def test_measured_entry_claims_no_model(tmp_path):
    record = SpectrumRecord(SPECTRUM, name="ethanol")
    (found,) = json.loads(written(tmp_path / "a.json", record).read_text(encoding="utf-8"))
    assert {"predicted", "model", "confidence", "warnings"}.isdisjoint(found)
    assert "redict" not in written(tmp_path / "a.msp", record).read_text(encoding="utf-8")


@pytest.mark.parametrize(("confidence", "kept"), [(0.81249, 0.812), (None, None)])
def test_prediction_becomes_a_record_that_no_import_takes_for_a_measurement(tmp_path, confidence, kept):
    prediction = Prediction(ETHANOL, SPECTRUM, ModelVersion("model-1", SHA, "CC BY 4.0"), confidence=confidence)
    record = record_of(prediction)
    assert (record.predicted_by, record.confidence, dict(record.extra)) == ("model-1", kept, {MODEL_SHA256: SHA})
    write_predictions([prediction], tmp_path / "a.msp")
    (back,) = read_msp((tmp_path / "a.msp").read_bytes())
    assert (back.predicted_by, back.confidence) == ("model-1", kept)
