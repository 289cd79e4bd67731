"""What peaks are made of, in the files that predictions are written to."""

from __future__ import annotations

import csv
import io
import json

import pytest
from annotated import annotated_ethanol

from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.msp import read_msp
from bitspec_gui.services.export import stream_predictions


def written(file_format: str, *predictions, annotated: bool = True) -> str:
    stream = io.StringIO()
    stream_predictions(predictions, stream, file_format, annotated=annotated)
    return stream.getvalue()


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_msp_peaks_bear_the_likeliest_ion_loss_and_probability() -> None:
    peaks = [line for line in written("msp", annotated_ethanol()).splitlines() if line[:1].isdigit()]
    assert peaks == [
        '29 300 "CHO+ -CH5 p=0.60"',
        '31 999 "CH3O+ -CH3 p=0.98"',
        '32 12 "CH3O+ +1i -CH3 p=0.88"',
        '45 511 "?"',
        '46 215 "C2H6O+ p=1.00"',
    ]


def test_annotated_msp_is_read_back_with_every_peak_and_nothing_to_complain_of() -> None:
    text = written("msp", annotated_ethanol(confidence=0.8123), annotated_ethanol(annotations=()), annotated_ethanol())
    records = list(read_msp(text.encode()))
    assert [type(record) for record in records] == [SpectrumRecord] * 3
    for record in records:
        assert record.spectrum.mz.tolist() == [29, 31, 32, 45, 46]
        assert record.spectrum.intensity.tolist() == [300, 999, 12, 511, 215]
    assert [record.confidence for record in records] == [0.812, None, None]


def test_csv_has_one_row_a_peak_with_its_likeliest_assignment_in_columns_of_its_own() -> None:
    rows = rows_of(written("csv", annotated_ethanol()))
    assert [row["mz"] for row in rows] == ["29", "31", "32", "45", "46"]
    assert {row["formula"] for row in rows} == {"C2H6O"}
    names = ("ion_formula", "neutral_loss", "atoms", "hydrogen_shift", "exact_mz", "isotope", "probability", "unassigned")
    assert tuple(rows[0][name] for name in names) == ("CHO", "CH5", "1 2", "-2", "29.00219", "0", "0.6", "0.05")
    assert tuple(rows[3][name] for name in names) == ("", "", "", "", "", "", "", "1.0")


@pytest.mark.parametrize(("annotated", "more"), [(False, 0), (True, 8)])
def test_csv_has_these_columns_only_if_asked_for(annotated: bool, more: int) -> None:
    rows = rows_of(written("csv", annotated_ethanol(annotations=()), annotated=annotated))
    assert len(rows) == 5
    assert len(rows[0]) == 10 + more
    assert not any(value for name, value in rows[0].items() if name in ("ion_formula", "atoms", "unassigned"))


def test_json_has_the_whole_ranked_list_of_each_written_peak() -> None:
    (found,) = json.loads(written("json", annotated_ethanol()))
    assert [each["mz"] for each in found["annotations"]] == [29, 31, 32, 45, 46]
    first = found["annotations"][0]
    assert first["unassigned"] == 0.05
    assert [each["ion_formula"] for each in first["assignments"]] == ["CHO", "C2H5"]
    assert first["assignments"][1] == {
        "ion_formula": "C2H5", "neutral_loss": "HO", "atoms": [0, 1], "hydrogen_shift": 0, "exact_mz": 29.03858,
        "isotope": 0, "probability": 0.35,
    }  # fmt: skip
    assert found["annotations"][3]["assignments"] == []
    assert "annotations" not in json.loads(written("json", annotated_ethanol(), annotated=False))[0]


def test_confidence_and_doubts_about_the_molecule_go_into_every_format() -> None:
    doubtful = annotated_ethanol(confidence=0.8123, domain_notes=("It is unlike what was learned.",))
    msp = written("msp", doubtful, annotated=False)
    assert "Prediction_confidence: 0.812\n" in msp
    assert "It is unlike what was learned." in msp
    row = rows_of(written("csv", doubtful, annotated=False))[0]
    assert (row["confidence"], row["warnings"]) == ("0.812", "It is unlike what was learned.")
    (found,) = json.loads(written("json", doubtful, annotated=False))
    assert (found["confidence"], found["warnings"]) == (0.812, ["It is unlike what was learned."])
