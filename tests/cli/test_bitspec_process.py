"""The command as a user starts it: in its own process, with a real (untrained, small) network."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

resource = pytest.importorskip("resource", reason="signals, limits and /dev/full are those of POSIX")

COMMAND = [sys.executable, "-m", "bitspec_gui.cli"]


@pytest.fixture
def bitspec(tmp_path: Path):
    environment = os.environ | {"BITSPEC_DATA_DIR": str(tmp_path / "data"), "OMP_NUM_THREADS": "1"}

    def start(*arguments: object, **options) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            env=environment, stdout=options.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, text=True,
 timeout=120, check=False, **options,
        )  # fmt: skip

    start.environment = environment
    return start


def test_version_and_usage_have_their_exit_statuses(bitspec) -> None:
    shown = bitspec("--version")
    assert shown.returncode == 0
    assert shown.stdout.startswith("BitSpec ")
    assert bitspec().returncode == 2
    assert bitspec("predict").returncode == 2


def test_table_with_a_bad_row_gives_a_file_a_sentence_and_status_1(bitspec, model: Path, tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_text("id,smiles,name\nx1,CN1C=NC2=C1C(=O)N(C(=O)N2C)C,caffeine\nx2,CC(,bad\nx3,CCO,ethanol\n", encoding="utf-8")
    output = tmp_path / "out.json"
    done = bitspec("predict", "--input", table, "--output", output, "--model", model, "--device", "cpu")
    assert done.returncode == 1, done.stderr
    assert "in.csv, line 3: " in done.stderr
    assert "Traceback" not in done.stderr
    caffeine, ethanol = json.loads(output.read_text(encoding="utf-8"))
    assert (caffeine["id"], caffeine["name"], caffeine["formula"]) == ("x1", "caffeine", "C8H10N4O2")
    assert ethanol["model"]["name"] == "untrained"
    assert all(isinstance(value, int) for peak in caffeine["peaks"] for value in peak)
    assert max(mz for mz, _ in ethanol["peaks"]) <= 46 + 4


@pytest.mark.parametrize("damage", ["missing", "not JSON", "other weights"])
def test_missing_or_damaged_model_is_one_sentence_and_status_1(bitspec, model: Path, tmp_path: Path, damage: str) -> None:
    copy = tmp_path / model.name
    if damage != "missing":
        copy.write_bytes(model.read_bytes() if damage == "other weights" else b"{")
        weights = bytearray(model.with_suffix(".safetensors").read_bytes())
        weights[-1] ^= 1
        copy.with_suffix(".safetensors").write_bytes(weights)
    done = bitspec("predict", "CCO", "--model", copy)
    assert done.returncode == 1
    assert done.stderr.startswith("bitspec: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_full_disk_keeps_the_old_file_and_is_said(bitspec, model: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    output.write_text("old")
    table = tmp_path / "in.smi"
    table.write_text("CCO\n" * 200)
    done = bitspec(
        "predict", "--input", table, "--output", output, "--model", model,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )  # fmt: skip
    assert done.returncode == 1
    assert "out.json could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert output.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".part") == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_full_standard_output_is_said(bitspec, model: Path) -> None:
    with open("/dev/full", "w") as full:
        done = bitspec("predict", "CCO", "--model", model, stdout=full)
    assert done.returncode == 1
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr


def test_reader_that_leaves_early_ends_the_command_quietly(bitspec, model: Path, tmp_path: Path) -> None:
    table = tmp_path / "in.smi"
    table.write_text("CCCCCCCCCC\n" * 400)
    process = subprocess.Popen(
        [*COMMAND, "predict", "--quiet", "--input", str(table), "--model", str(model), "--batch-size", "8"],
        env=bitspec.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    error = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(timeout=60) == 141
    assert error == ""


def test_ctrl_c_keeps_what_is_finished(bitspec, model: Path, tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_text("smiles\n" + "CCCCCCCCCC\n" * 200_000)
    output = tmp_path / "out.csv"
    process = subprocess.Popen(
        [*COMMAND, "predict", "--input", str(table), "--output", str(output), "--model", str(model), "--batch-size", "8"],
        env=bitspec.environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for _ in range(600):
        if any(part.stat().st_size > 0 for part in tmp_path.glob(".out.csv.*.part")):
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "what is finished is kept" in error
    assert output.read_text(encoding="utf-8").count("CCCCCCCCCC") > 1
    assert not list(tmp_path.glob(".out.csv.*.part"))


MSP = """Name: first
InChIKey: LFQSCWFLJHTTHZ-UHFFFAOYSA-N
Num Peaks: 2
31 999
45 500

Name: broken
Num Peaks: 2
31 nothing
nothing

Name: third
Num Peaks: 1
29 999
"""


def test_library_is_imported_listed_exported_and_removed(bitspec, tmp_path: Path) -> None:
    source = tmp_path / "mine.msp"
    source.write_text(MSP, encoding="utf-8")
    first = bitspec("library", "import", source, "--name", "Mine", "--report", tmp_path / "report.txt")
    assert first.returncode == 1
    assert "2 records read (2 added, 0 already there), 1 rejected" in first.stdout
    assert "mine.msp, line " in first.stderr
    assert "mine.msp, line " in (tmp_path / "report.txt").read_text(encoding="utf-8")
    again = bitspec("library", "import", source, "--name", "Mine", "--quiet")
    assert "2 records read (0 added, 2 already there)" in again.stdout

    listed = {each["name"]: each for each in json.loads(bitspec("library", "list", "--json").stdout)}
    assert listed["Mine"]["spectra"] == 2
    assert any(each["embedded"] for each in listed.values())

    output = tmp_path / "back.msp"
    assert bitspec("library", "export", "Mine", output).returncode == 0
    assert output.read_text(encoding="utf-8").count("Name: ") == 2
    assert bitspec("library", "export", "Mine", tmp_path / "back.txt").returncode == 1
    assert bitspec("library", "remove", "Mine").returncode == 0
    gone = bitspec("library", "remove", "Mine")
    assert gone.returncode == 1
    assert gone.stderr.startswith("bitspec: ")


def test_absent_file_to_import_is_one_sentence(bitspec, tmp_path: Path) -> None:
    done = bitspec("library", "import", tmp_path / "absent.msp")
    assert done.returncode == 1
    assert "absent.msp" in done.stderr
    assert "Traceback" not in done.stderr


def test_data_folder_that_is_a_file_is_one_sentence(bitspec, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    for arguments in (["--data-dir", blocked, "library", "list"], ["library", "list", "--data-dir", blocked]):
        done = bitspec(*arguments)
        assert done.returncode == 1
        assert done.stderr.startswith("bitspec: ")
        assert "Traceback" not in done.stderr
