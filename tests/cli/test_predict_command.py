"""``bitspec predict`` with a predictor whose answers are known: what goes where, and with which exit status."""

from __future__ import annotations

import csv
import json
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bitspec_gui.cli import main
from bitspec_gui.domain.annotation import Assignment, PeakAnnotation
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.services.prediction import PredictionService

VERSION = ModelVersion("known-answers", "c" * 64, "CC0")


class KnownAnswers:
    version = VERSION
    device = "CPU: chosen by the test"
    after_batch = staticmethod(lambda: None)
    annotations = (PeakAnnotation(15, (Assignment("CH3", (0,), 0, "CH3O", 15.02293, 0, 0.97),), 0.03),)

    def predict(
        self, molecules: Sequence[Molecule], cancel: CancelToken | None = None, *, annotate: bool = False
    ) -> list[Prediction]:
        self.after_batch()
        made_of = self.annotations if annotate else ()
        return [
            Prediction(molecule, spectrum_of(molecule), VERSION, confidence=0.81, annotations=made_of) for molecule in molecules
        ]


def spectrum_of(molecule: Molecule) -> Spectrum:
    return Spectrum(np.array([15.0, molecule.nominal_mass]), np.array([100.0, 999.0]))


@pytest.fixture
def predictor(monkeypatch: pytest.MonkeyPatch) -> KnownAnswers:
    known = KnownAnswers()
    service = PredictionService(lambda: known)
    monkeypatch.setattr("bitspec_gui.cli.predict.build_services", lambda *_args, **_named: SimpleNamespace(prediction=service))
    return known


pytestmark = pytest.mark.usefixtures("predictor")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text("id,name,smiles\na1,ethanol,CCO\na2,broken,C1CC\na3,benzene,c1ccccc1\n", encoding="utf-8")
    return path


def msp_values(text: str, key: str) -> list[str]:
    return [line.split(": ", 1)[1] for line in text.splitlines() if line.startswith(f"{key}: ")]


def test_smiles_without_output_is_printed_as_msp(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "CCO", "CC", "--name", "ethanol"]) == 0
    shown = capsys.readouterr()
    assert msp_values(shown.out, "Name") == ["ethanol", "CC"]
    assert shown.err == ""


def test_one_bad_row_is_reported_with_file_line_and_reason_and_the_others_are_predicted(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out.msp"
    assert main(["predict", "--input", str(table), "--output", str(output)]) == 1
    text = output.read_text(encoding="utf-8")
    assert msp_values(text, "Name") == ["ethanol", "benzene"]
    assert msp_values(text, "ID") == ["a1", "a3"]
    error = capsys.readouterr().err
    assert "in.csv, line 3" in error
    assert "ring 1 is opened but not closed" in error
    assert "2 spectra written" in error
    assert "1 could not be predicted" in error


def test_quiet_still_reports_problems(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "--quiet", "--input", str(table), "--output", str(tmp_path / "out.msp")]) == 1
    (only,) = capsys.readouterr().err.strip().splitlines()
    assert "in.csv, line 3: " in only


def test_csv_and_json_keep_identifiers(table: Path, tmp_path: Path) -> None:
    for suffix in ("csv", "json"):
        assert main(["predict", "--quiet", "--input", str(table), "--output", str(tmp_path / f"out.{suffix}")]) == 1
    with (tmp_path / "out.csv").open(encoding="utf-8") as stream:
        assert [row["id"] for row in csv.DictReader(stream)] == ["a1", "a1", "a3", "a3"]
    assert [item["name"] for item in json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))] == ["ethanol", "benzene"]


def test_smi_and_sdf_files_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    smi = tmp_path / "in.smi"
    smi.write_text("CCO ethanol\nCC\tethane\n", encoding="utf-8")
    assert main(["predict", "--input", str(smi)]) == 0
    assert msp_values(capsys.readouterr().out, "Name") == ["ethanol", "ethane"]

    from bitspec_gui.chem.parse import molecule_from_text

    sdf = tmp_path / "in.sdf"
    blocks = [molecule_from_text(text, name=name).molblock for text, name in (("CCO", "ethanol"), ("CCN", "ethylamine"))]
    sdf.write_text("".join(f"{block}$$$$\n" for block in blocks), encoding="utf-8")
    assert main(["predict", "--input", str(sdf)]) == 0
    assert msp_values(capsys.readouterr().out, "Name") == ["ethanol", "ethylamine"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["CCO", "--input", "in.csv"],
        ["CCO", "--output", "out.txt"],
        ["CCO", "--output", "out.msp", "--format", "csv"],
        ["CCO", "--name", "a", "--name", "b"],
        ["CCO", "--batch-size", "0"],
        ["CCO", "--device", "abacus"],
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["predict", *arguments])
    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_unknown_output_format_names_the_choices(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["predict", "CCO", "--output", "out.txt"])
    assert ".msp, .jdx, .csv or .json" in capsys.readouterr().err


def test_output_that_is_the_input_is_refused(table: Path) -> None:
    before = table.read_bytes()
    with pytest.raises(SystemExit) as stopped:
        main(["predict", "--input", str(table), "--output", str(table)])
    assert stopped.value.code == 2
    assert table.read_bytes() == before


def test_absent_input_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "--input", str(tmp_path / "absent.csv")]) == 1
    error = capsys.readouterr().err
    assert error.startswith("bitspec: ")
    assert "absent.csv" in error
    assert len(error.strip().splitlines()) == 1


def test_nothing_but_bad_molecules_writes_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "out.msp"
    assert main(["predict", "C1CC", "--output", str(output)]) == 1
    assert not output.exists()
    assert "molecule 1 on the command line: " in capsys.readouterr().err


def test_missing_model_is_one_sentence_and_keeps_the_old_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load() -> KnownAnswers:
        raise ModelFileError("The model file m.json is missing.")

    services = SimpleNamespace(prediction=PredictionService(load))
    monkeypatch.setattr("bitspec_gui.cli.predict.build_services", lambda *_args, **_named: services)
    output = tmp_path / "out.csv"
    output.write_text("old")
    assert main(["predict", "CCO", "--output", str(output)]) == 1
    assert capsys.readouterr().err == "bitspec: The model file m.json is missing.\n"
    assert output.read_text() == "old"


def test_ctrl_c_keeps_the_finished_batches_and_exits_with_130(
    predictor: KnownAnswers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batches: Iterator[int] = iter(range(100))

    def interrupt_in_second_batch() -> None:
        if next(batches) == 1:
            os.kill(os.getpid(), signal.SIGINT)

    predictor.after_batch = interrupt_in_second_batch  # type: ignore[method-assign]
    output = tmp_path / "out.msp"
    handler = signal.getsignal(signal.SIGINT)
    assert main(["predict", *["CCO"] * 9, "--batch-size", "2", "--output", str(output)]) == 130
    assert len(msp_values(output.read_text(), "Name")) == 4
    assert "interrupted" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is handler


def test_second_ctrl_c_stops_at_once_and_leaves_no_part_behind(predictor: KnownAnswers, tmp_path: Path) -> None:
    def interrupt_twice() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    predictor.after_batch = interrupt_twice  # type: ignore[method-assign]
    assert main(["predict", "CCO", "--output", str(tmp_path / "out.msp")]) == 130
    assert list(tmp_path.iterdir()) == []


def test_annotated_peaks_say_what_they_are_made_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "--annotate", "CCO"]) == 0
    shown = capsys.readouterr()
    assert '15 100 "CH3+ -CH3O p=0.97"\n46 999 "?"\n' in shown.out
    assert shown.err == ""
    assert main(["predict", "--annotate", "CCO", "--format", "csv"]) == 0
    row = next(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert (row["mz"], row["ion_formula"], row["atoms"], row["probability"]) == ("15", "CH3", "0", "0.97")
    assert main(["predict", "--annotate", "CCO", "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["annotations"][0]["assignments"][0]["neutral_loss"] == "CH3O"


def test_without_the_option_peaks_bear_no_notes_but_the_confidence_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "CCO"]) == 0
    text = capsys.readouterr().out
    assert "15 100\n46 999\n" in text
    assert msp_values(text, "Prediction_confidence") == ["0.81"]


def test_a_model_that_cannot_annotate_says_so_and_its_spectra_are_written(
    predictor: KnownAnswers, capsys: pytest.CaptureFixture[str]
) -> None:
    predictor.annotations = ()
    assert main(["predict", "--annotate", "CCO"]) == 0
    shown = capsys.readouterr()
    assert "15 100\n46 999\n" in shown.out
    assert "written without annotations" in shown.err
