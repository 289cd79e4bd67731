"""The model that comes with BitSpec, through the command, as a user meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bitspec_gui.bootstrap import default_model

pytestmark = pytest.mark.skipif(not default_model().exists(), reason=f"{default_model()} is not there yet")

CAFFEINE = "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"
HEXADECANE = "CCCCCCCCCCCCCCCC"


def test_caffeine_and_hexadecane_are_predicted_with_their_known_ions(tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    done = subprocess.run(
        [sys.executable, "-m", "bitspec_gui.cli", "predict", CAFFEINE, HEXADECANE, "--name", "caffeine", "--output", str(output)],
        env=os.environ | {"BITSPEC_DATA_DIR": str(tmp_path / "data")}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    caffeine, hexadecane = json.loads(output.read_text(encoding="utf-8"))
    header = json.loads(default_model().read_text(encoding="utf-8"))
    assert caffeine["model"] == {"name": default_model().stem, "sha256": header["sha256"]}

    peaks = dict(caffeine["peaks"])
    assert max(peaks.values()) == 999
    assert peaks[194] > 500, "the molecular ion of caffeine is its base peak or near it"
    assert 109 in sorted(peaks, key=peaks.get, reverse=True)[:4]
    assert max(peaks) <= 199, "nothing above the isotopes of the molecular ion"
    # Alkanes lose alkyl radicals: 43 and 57 are their largest ions.
    alkane = dict(hexadecane["peaks"])
    assert set(sorted(alkane, key=alkane.get, reverse=True)[:3]) & {43, 57, 71} >= {43, 57}
