"""A predicted spectrum stays one, whatever file it goes through."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.compact import CompactNotice, read_compact, write_compact
from bitspec_gui.formats.molecule_tables import read_molecule_inputs
from bitspec_gui.formats.msp import read_msp, write_msp


def record(**said: object) -> SpectrumRecord:
    return SpectrumRecord(Spectrum(np.array([31.0, 45.0]), np.array([999.0, 500.0])), name="ethanol", **said)


def through_msp(given: SpectrumRecord) -> SpectrumRecord:
    stream = io.StringIO()
    write_msp([given], stream)
    (back,) = read_msp(stream.getvalue().encode())
    assert isinstance(back, SpectrumRecord)
    return back


@pytest.mark.parametrize("confidence", [0.812, 0.0, 1.0, None])
def test_msp_keeps_the_model_and_the_confidence(confidence):
    back = through_msp(record(predicted_by="bitspec-ei-2", confidence=confidence, comment="Predicted EI spectrum, not measured."))
    assert (back.predicted_by, back.confidence) == ("bitspec-ei-2", confidence)
    assert back.comment == "Predicted EI spectrum, not measured."


def test_measured_spectrum_stays_measured_in_msp():
    back = through_msp(record(comment="Model compound", extra=(("Model", "7890A"),)))
    assert (back.predicted_by, back.confidence) == (None, None)
    assert back.extra == (("Model", "7890A"),)


def test_msp_of_a_prediction_by_an_earlier_bitspec_is_not_taken_for_a_measurement():
    text = "Name: x\nModel: bitspec-ei-1\nComment: Predicted EI spectrum, not measured. A guess.\nNum Peaks: 1\n31 999\n"
    (back,) = read_msp(text.encode())
    assert back.predicted_by == "bitspec-ei-1"


@pytest.mark.parametrize("value", ["high", "1.2", "-0.1", ""])
def test_confidence_that_is_none_is_kept_as_text_only(value):
    text = f"Name: x\nPredicted_by: m\nPrediction_confidence: {value}\nNum Peaks: 1\n31 999\n"
    (back,) = read_msp(text.encode())
    assert back.confidence is None
    assert back.extra == ((("Prediction_confidence", value),) if value else ())


def test_library_file_of_the_first_format_keeps_them_too(tmp_path):
    path = tmp_path / "a.bitspec"
    write_compact([record(predicted_by="m", confidence=0.5)], path, CompactNotice("L", "", "", ""))
    (back,) = read_compact(path)
    assert (back.predicted_by, back.confidence) == ("m", 0.5)


def inputs(path: Path, text: str) -> list[MoleculeInput]:
    path.write_text(text, encoding="utf-8")
    return [item for item in read_molecule_inputs(path) if isinstance(item, MoleculeInput)]


@pytest.mark.parametrize("heading", ["cas", "CAS", "CAS Number", "casrn"])
def test_cas_numbers_of_a_table_are_taken_along_where_they_are_some(tmp_path, heading):
    found = inputs(tmp_path / "a.csv", f"name,{heading},smiles\nethanol,64-17-5,CCO\nother,n/a,CCN\n")
    assert [(item.name, item.cas) for item in found] == [("ethanol", "64-17-5"), ("other", "")]


def test_cas_number_of_an_sd_file_is_taken_along(tmp_path):
    block = (
        "ethanol\n\n\n  1  0  0  0  0  0            999 V2000\n    0.0    0.0    0.0 C   0  0\nM  END\n> <CAS>\n64-17-5\n\n$$$$\n"
    )
    assert [item.cas for item in inputs(tmp_path / "a.sdf", block)] == ["64-17-5"]
