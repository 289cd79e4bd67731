"""``bitspec explain`` with a model that is made by hand: what goes where, what is refused, and with which exit status."""

from __future__ import annotations

import csv
import json
import os
import signal
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bitspec_gui.cli import main
from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import Explanation, MethodInfo, Variant
from bitspec_gui.domain.jobs import Progress
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.services.explaining import ExplanationService
from bitspec_gui.services.prediction import PredictionService

VERSION = ModelVersion("by-hand", "c" * 64, "CC0")
PLACES = MethodInfo(
    "fragments", "Places", "High for atoms that come late.", "It knows no chemistry.", "places", immediate=True,
    variants=(Variant("up", "counted up"), Variant("down", "counted down")),
)  # fmt: skip
DICE = MethodInfo("dice", "Dice", "Nothing.", "Do not use it.", "points", seeded=True)


class ByHand:
    """Of toluene: m/z 91 needs every atom of the ring, m/z 15 the first atom; nothing is predicted at m/z 60."""

    version = VERSION
    device = "CPU: chosen by the test"
    while_explaining = staticmethod(lambda: None)

    def __init__(self) -> None:
        self.explainers = [SimpleNamespace(info=info, explain=self._explain_by(info)) for info in (PLACES, DICE)]

    def _explain_by(self, info: MethodInfo):
        def explain(request, progress, cancel=None):
            progress(Progress(1, 1, "Explaining"))
            self.while_explaining()
            if cancel is not None:
                cancel.raise_if_cancelled()
            if request.mz is not None and request.mz > 94:
                raise ExplanationError(f"This molecule cannot have a peak at m/z {request.mz}.")
            scores = np.arange(7) / 6.0 if info is PLACES else np.random.default_rng(request.seed).random(7)
            scores = scores[::-1] if request.variant == "down" else scores
            bonds = ((0, 1), (1, 2))
            return Explanation(request, VERSION, scores, bonds, np.array([0.5, -1.0]), 2.0, 0.4)

        return explain

    def origins(self, molecule):
        raise AssertionError("not asked for by the command")

    def intensities_without(self, molecule, masks, cancel=None):
        spectra = np.zeros((len(masks), 1000))
        spectra[:, 90] = 2.0 * ~masks[:, 1:].any(axis=1)
        spectra[:, 14] = ~masks[:, 0]
        spectra[:, 1] = 1.0
        return spectra / spectra.sum(axis=1, keepdims=True)

    def predict(self, molecules, cancel=None, *, annotate=False):
        return [Prediction(molecule, Spectrum([15.0, 91.0], [500.0, 999.0]), VERSION) for molecule in molecules]


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> ByHand:
    by_hand = ByHand()
    services = SimpleNamespace(prediction=PredictionService(lambda: by_hand), explaining=ExplanationService(lambda: by_hand))
    monkeypatch.setattr("bitspec_gui.cli.explain.build_services", lambda *_args, **_named: services)
    return by_hand


def test_without_output_a_table_of_atoms_and_a_sentence_on_faithfulness_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "Cc1ccccc1", "--name", "toluene", "--peak", "91", "--quiet"]) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0] == "# toluene: Cc1ccccc1"
    assert lines[1] == "# m/z 91, 40 % of the ion current; Places, counted up; model by-hand (cccccccc)"
    assert "C6\t+1.00\t#################### *" in lines
    assert "C1-C2\t-1.00\t--------------------" in lines
    assert any(line.startswith("# Without these 4 atoms m/z 91 falls to 0 % of what is predicted") for line in lines)
    assert any("random orders of the atoms" in line for line in lines)
    assert shown.err == ""


def test_what_is_not_taken_for_what_was_written_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "[13CH3]c1ccccc1", "--peak", "91", "--quiet"]) == 0
    assert "Isotope labels are ignored" in capsys.readouterr().err


def test_without_a_peak_the_whole_spectrum_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "Cc1ccccc1", "--method", "dice", "--seed", "3", "--no-faithfulness"]) == 0
    out = capsys.readouterr().out
    assert "the whole spectrum; Dice, seed 3" in out
    assert "Without these" not in out


def test_every_format_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for suffix in ("json", "csv", "svg", "png"):
        assert main(["explain", "Cc1ccccc1", "--peak", "91", "--output", str(tmp_path / f"out.{suffix}")]) == 0
        assert f"Written to {tmp_path / f'out.{suffix}'}." in capsys.readouterr().err
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert found["method"]["variant"] == "up"
    assert found["target"]["intensity"] == 999.0
    assert found["faithfulness"]["steps"][-1]["atoms"] == list(range(7))
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["kind"] for row in csv.DictReader(stream)] == ["atom"] * 7 + ["bond"] * 2
    drawing = ElementTree.parse(tmp_path / "out.svg").getroot()
    assert "Without these 4 atoms" in "".join(drawing.itertext())
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_the_order_of_atoms_in_the_input_does_not_matter(tmp_path: Path) -> None:
    texts = []
    for place, smiles in enumerate(("Cc1ccccc1", "c1ccccc1C", "c1(C)ccccc1")):
        path = tmp_path / f"{place}.csv"
        assert main(["explain", smiles, "--peak", "91", "--quiet", "--output", str(path)]) == 0
        texts.append(path.read_text(encoding="utf-8"))
    assert len(set(texts)) == 1


def test_a_variant_is_used_and_named(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    assert main(["explain", "Cc1ccccc1", "--peak", "91", "--variant", "down", "--output", str(path)]) == 0
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["method"]["variant"] == "down"
    assert found["atoms"][0]["score"] == 1.0


def test_figures_in_the_json_are_those_of_predictions_without_atoms(tmp_path: Path) -> None:
    path, masked = tmp_path / "out.json", tmp_path / "masked.json"
    main(["explain", "Cc1ccccc1", "--peak", "15", "--output", str(path)])
    for step in json.loads(path.read_text(encoding="utf-8"))["faithfulness"]["steps"]:
        atoms = ",".join(map(str, step["atoms"])) or "none"
        assert main(["explain", "Cc1ccccc1", "--peak", "15", "--without", atoms, "--output", str(masked)]) == 0
        found = json.loads(masked.read_text(encoding="utf-8"))
        assert found["target"]["left"] == pytest.approx(step["deletion"])
        assert found["masked"] == step["atoms"]


def test_masked_spectra_are_printed_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "Cc1ccccc1", "--without", "0-2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith(": 0 1 2")
    assert lines[3:] == ["m/z\twhole\twithout", "2\t0.25000000\t1.00000000", "15\t0.25000000\t0.00000000",
                         "91\t0.50000000\t0.00000000"]  # fmt: skip
    assert main(["explain", "Cc1ccccc1", "--without", "0", "--peak", "91"]) == 0
    assert "# left of m/z 91: 1.333333" in capsys.readouterr().out


def test_methods_are_listed_with_their_variants(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--list-methods"]) == 0
    out = capsys.readouterr().out
    assert "fragments\tPlaces [default for" in out
    assert "--variant down\tcounted down" in out
    assert "dice\tDice\n" in out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["Cc1ccccc1", "--method", "magic"], "choose fragments or dice"),
        (["Cc1ccccc1", "--variant", "sideways"], "choose up or down"),
        (["Cc1ccccc1", "--peak", "300"], "cannot have a peak at m/z 300"),
        (["Cc1ccccc1", "--without", "7"], "counted from 0 to 6"),
        (["Cc1ccccc1", "--without", "0", "--peak", "60"], "predicts nothing at m/z 60"),
        (["Cc1ccccc"], "ring 1 is opened but not closed"),
        (["Cc1ccccc1", "--output", "absent/out.json"], "folder does not exist"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    options: list[str], words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["explain", *options]) == 1
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "give the SMILES"),
        (["C", "--peak", "0"], "unit m/z from 1 to 1000"),
        (["C", "--peak", "1001"], "unit m/z from 1 to 1000"),
        (["C", "--peak", "91.05"], "unit m/z from 1 to 1000"),
        (["C", "--seed", "-1"], "whole number from 0"),
        (["C", "--seed", "x"], "whole number from 0"),
        (["C", "--output", "out.pdf"], "should end in .svg, .png, .json or .csv"),
        (["C", "--without", "0", "--output", "out.svg"], "should end in .json"),
        (["C", "--without", "3-1"], "such as 0,3,5-7"),
        (["C", "--without", "0-99999999999"], "such as 0,3,5-7"),
        (["C", "--without", ""], "such as 0,3,5-7"),
        (["C", "--without", "0", "--method", "dice"], "no --method"),
        (["C", "--cases", "own.csv"], "go with --benchmark only"),
        (["--benchmark", "--method", "dice"], "it goes with no molecule"),
        (["C", "--benchmark"], "it goes with no molecule"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_loaded(
    options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["explain", *options])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_a_peak_that_is_not_predicted_is_explained_without_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "Cc1ccccc1", "--peak", "60"]) == 0
    shown = capsys.readouterr()
    assert "C6\t+1.00" in shown.out
    assert "predicts nothing at m/z 60" in shown.err


def test_ctrl_c_stops_and_leaves_no_file(tmp_path: Path, model: ByHand, capsys: pytest.CaptureFixture[str]) -> None:
    model.while_explaining = lambda: os.kill(os.getpid(), signal.SIGINT)
    path = tmp_path / "out.json"
    assert main(["explain", "Cc1ccccc1", "--peak", "91", "--output", str(path)]) == 130
    assert "interrupted" in capsys.readouterr().err
    assert not path.exists()
