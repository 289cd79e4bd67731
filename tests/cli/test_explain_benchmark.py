"""``bitspec explain --benchmark`` as a user meets it: with a table of their own, without the benchmark, and stopped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bitspec_gui.bootstrap import default_model
from bitspec_gui.cli import main
from bitspec_gui.cli.explain_benchmark_text import benchmark_object, benchmark_text
from bitspec_gui.domain.explanation import MethodInfo
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.services.explanation_evaluation import Evaluation, Measurement, Way

CASES = """# cases of somebody else
compound,smiles,mz,expected,ion
butylbenzene,c1ccccc1CCCC,91,0 1 2 3 4 5 6,C7H7
nonsense,c1ccccc1CCCC,91,[CH2]Cl,C7H7
2-octanone,CCCCCCC(C)=O,58,[CH3]C(=O)[CH2],C3H6O
"""


@pytest.fixture
def own_cases(tmp_path: Path) -> Path:
    path = tmp_path / "own.csv"
    path.write_text(CASES, encoding="utf-8")
    return path


@pytest.mark.skipif(not default_model().exists(), reason=f"{default_model()} is not there yet")
def test_own_cases_are_measured_without_the_benchmark_and_bad_lines_are_told(
    tmp_path: Path, own_cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "figures.json"
    command = ["explain", "--benchmark", "--data", str(tmp_path), "--limit", "5", "--cases", str(own_cases)]
    assert (
        main(
            [
                *command,
                "--methods",
                "fragments,attention",
                "--output",
                str(output),
                "--data-dir",
                str(tmp_path),
                "--device",
                "cpu",
                "--quiet",
            ]
        )
        == 0
    )
    said = capsys.readouterr()
    assert f"{tmp_path} holds no benchmark, so no compounds of it are measured" in said.err
    assert "own.csv, line 4: “[CH2]Cl” matches nothing" in said.err
    assert "Textbook cases: 2." in said.out
    assert "2/2 = 100.0%" in said.out
    assert [line.split()[0] for line in said.out.splitlines() if "butylbenzene, 91" in line or "2-octanone, 58" in line] == [
        "3",
        "5",
    ]
    written = json.loads(output.read_text(encoding="utf-8"))
    assert written["format"] == "bitspec-explanation-benchmark"
    assert list(written["methods"]) == ["fragments", "attention"]
    first = written["methods"]["fragments"]["cases"][0]
    assert (first["line"], first["hit"], first["candidate_right"]) == (3, True, True)
    assert first["pointed_at"] == first["places"][0]
    assert first["best_candidate"]["formula"] == "C7H7"


def test_what_cannot_be_meant_is_a_usage_error(own_cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more, sentence in (
        (["--output", "figures.csv"], "figures.csv should end in .json"),
        (["--limit", "-1"], "must be 0 or more"),
        (["--peaks", "0"], "must be at least 1"),
    ):
        with pytest.raises(SystemExit) as stopped:
            main(["explain", "--benchmark", "--cases", str(own_cases), *more])
        assert stopped.value.code == 2
        assert sentence in capsys.readouterr().err


def test_a_table_that_is_none_is_refused_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert main(["explain", "--benchmark", "--cases", str(path), "--limit", "0", "--quiet"]) == 1
    assert "none.csv is no table of cases" in capsys.readouterr().err


def test_figures_of_a_run_that_was_stopped_are_said_to_be_some_of_them() -> None:
    info = MethodInfo("fragments", "Fragments", "", "", "")
    measured = [
        Measurement(f"C{number}", "fragments", mz, {"gain": 0.1 + number / 100, "sparsity": 0.5, "seconds": 0.01})
        for number in range(5)
        for mz in (91, 43, None)
    ]
    stopped = Evaluation((Way("fragments", info),), tuple(measured), {"fragments": ()}, ("C9: refused.",), finished=False)
    version = ModelVersion("model", "ab" * 32, "CC0")
    text = benchmark_text(stopped, version, "val", own_cases=False)
    assert "Stopped before the end" in text
    assert "10 of 5 compounds, split_random val" in text
    assert "0.120 (0.1" in text
    assert "No textbook case was measured." in text
    assert "Single peaks: fragments wins." in text
    assert "1 explanations were refused:\n  C9: refused." in text
    content = benchmark_object(stopped, version, "val", own_cases=False)
    assert content["finished"] is False
    assert len(content["explanations"]) == 15
    json.dumps(content)
