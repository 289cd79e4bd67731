"""Compiled code: kept where it is told to, and not loaded before a search."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bitspec_gui.spectra.search.kernels import set_kernel_cache

ROOT = Path(__file__).parents[2]

COMPILING = """
import sys
from pathlib import Path
import numpy as np
from bitspec_gui.spectra.search.kernels import set_kernel_cache
set_kernel_cache(Path(sys.argv[1]))
from bitspec_gui.spectra.search.scanning import codes_between
passing = np.ones(1, dtype=np.bool_)
codes_between(np.array([(49 << 10) | 1023], dtype=np.uint16), np.array([0, 1]), 49, 1, 1023, passing)
print(passing[0], sum(codes_between.stats.cache_hits.values()))
"""


def run(code: str, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.strip()


def test_compiled_code_is_kept_and_used_again(tmp_path: Path) -> None:
    assert run(COMPILING, str(tmp_path / "new" / "kernels")) == "True 0"
    assert list((tmp_path / "new" / "kernels").rglob("*.nbi"))
    assert run(COMPILING, str(tmp_path / "new" / "kernels")) == "True 1"


def test_a_folder_that_cannot_be_made_is_only_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    (tmp_path / "file").write_text("no folder")
    with caplog.at_level(logging.WARNING):
        set_kernel_cache(tmp_path / "file" / "kernels")
    assert "cannot be kept" in caplog.text


def test_numba_is_not_loaded_before_a_search() -> None:
    code = "import sys; import bitspec_gui.spectra.search.index; print('numba' in sys.modules, 'llvmlite' in sys.modules)"
    assert run(code) == "False False"
