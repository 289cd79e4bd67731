"""``bitspec library build`` from the command line, with a small predictor in place of the network."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import numpy as np
import pytest

from bitspec_gui import bootstrap, cli
from bitspec_gui.bootstrap import build_services
from bitspec_gui.config.paths import user_paths
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.formats.compact_predicted import read_predicted_notice
from bitspec_gui.services.prediction import PredictionService


class Rules:
    device = "CPU"

    def __init__(self, name: str, interrupt: bool) -> None:
        self.version = ModelVersion(name, "ab" * 32, "CC BY 4.0")
        self._interrupt = interrupt

    def predict(self, molecules, cancel=None, *, annotate=False):
        if self._interrupt:
            signal.raise_signal(signal.SIGINT)
        return [
            Prediction(each, Spectrum(np.array([29.0, float(each.nominal_mass)]), np.array([400.0, 999.0])), self.version, 0.75)
            for each in molecules
        ]


@pytest.fixture
def bitspec(tmp_path, monkeypatch, capsys):
    """Runs a command in a data folder of the test, without the libraries that come along."""

    def run(*arguments: object, model: str = "rules-1", interrupt: bool = False):
        def service(_load, *rest):
            return PredictionService(lambda: Rules(model, interrupt), *rest)

        monkeypatch.setattr(bootstrap, "PredictionService", service)
        status = cli.main(["--data-dir", str(tmp_path / "data"), *map(str, arguments)])
        said = capsys.readouterr()
        return status, said.out, said.err

    absent = {"embedded_library": "absent.bitspec", "predicted_library": "absent too.bitspec"}
    for name, file in absent.items():
        monkeypatch.setattr(bootstrap, name, lambda file=file: tmp_path / file)
    return run


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(
        "name,cas,smiles\nethanol,64-17-5,CCO\nbroken,,C((\nspirit,,OCC\nbenzene,71-43-2,c1ccccc1\n", encoding="utf-8"
    )
    return path


def test_library_is_built_listed_exported_and_written_as_one_file(bitspec, table, tmp_path):
    output = tmp_path / "mine.bitspec"
    notice = tmp_path / "NOTICE"
    notice.write_text("Do as you like.", encoding="utf-8")
    status, out, err = bitspec(
        "library", "build", "--input", table, "--name", "Mine", "--output", output, "--source", "a table", "--notice", notice,
        "--report", tmp_path / "report.txt",
    )  # fmt: skip
    assert status == 1
    assert "Mine: 2 spectra predicted by rules-1, 0 already there, 1 rows of a compound named before, 1 could not be" in out
    assert "2 predicted spectra written to" in out
    assert "in.csv, line 3: " in err
    assert "in.csv, line 3: " in (tmp_path / "report.txt").read_text(encoding="utf-8")
    header = read_predicted_notice(output)
    assert (header.model, header.records, header.notice, header.source) == ("rules-1", 2, "Do as you like.", "a table")

    status, out, err = bitspec("library", "list")
    assert "Mine: 2 spectra predicted by rules-1 (not measured) of 2 compounds, CC BY 4.0, in.csv" in out
    listed = json.loads(bitspec("library", "list", "--json")[1])
    assert (listed[0]["spectra"], listed[0]["predicted"]) == (2, 2)

    exported = tmp_path / "mine.msp"
    assert bitspec("library", "export", "Mine", exported)[0] == 0
    text = exported.read_text(encoding="utf-8")
    assert text.count("Predicted_by: rules-1") == text.count("Prediction_confidence: 0.75") == 2
    assert text.count("Comment: Predicted EI spectrum, not measured.") == 2
    assert "CAS#: 64-17-5" in text

    status, out, _ = bitspec("library", "import", output, "--name", "Copy")
    assert (status, "2 records read (2 added" in out) == (0, True)


def test_second_build_says_what_was_there_and_another_model_is_refused(bitspec, table):
    bitspec("library", "build", "--input", table, "--name", "Mine")
    assert "0 spectra predicted by rules-1, 2 already there" in bitspec("library", "build", "--input", table, "--name", "Mine")[1]
    status, out, err = bitspec("library", "build", "--input", table, "--name", "Mine", model="rules-2")
    assert (status, out) == (1, "")
    assert err.startswith("bitspec: The library “Mine” was predicted by rules-1")
    status, out, _ = bitspec("library", "build", "--input", table, "--name", "Mine", "--replace", model="rules-2")
    assert "2 spectra predicted by rules-2, 0 already there" in out


def test_ctrl_c_ends_with_130_writes_no_file_and_the_same_command_goes_on(bitspec, table, tmp_path):
    output = tmp_path / "mine.bitspec"
    command = ("library", "build", "--input", table, "--name", "Mine", "--output", output)
    status, out, err = bitspec(*command, interrupt=True)
    assert status == 130
    assert "cancelled, the same command goes on" in out
    assert "Ctrl-C again" in err
    assert not output.exists()
    assert bitspec(*command)[0] == 1
    assert read_predicted_notice(output).records == 2


@pytest.mark.parametrize("arguments", [["--name", "Mine"], ["--input", "in.csv"]])
def test_input_and_name_are_needed(bitspec, arguments):
    with pytest.raises(SystemExit) as left:
        bitspec("library", "build", *arguments)
    assert left.value.code == 2


def test_absent_file_and_absent_notice_are_one_sentence(bitspec, table, tmp_path):
    for arguments in (["--input", tmp_path / "absent.csv"], ["--input", table, "--notice", tmp_path / "absent"]):
        status, out, err = bitspec("library", "build", "--name", "Mine", *arguments)
        assert (status, out) == (1, "")
        assert err.startswith("bitspec: ")
        assert "absent" in err
    assert json.loads(bitspec("library", "list", "--json")[1]) == []


def test_services_know_where_the_supplied_libraries_are(tmp_path):
    libraries = build_services(user_paths(tmp_path)).libraries
    assert libraries.ensure_embedded().libraries
    measured = [info for info in libraries.libraries() if not info.predicted]
    assert [info.embedded for info in measured] == [True]
    assert bootstrap.predicted_library().parent == bootstrap.embedded_library().parent
    libraries.close()
