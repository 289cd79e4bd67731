"""What starts fast imports nothing heavy. Each case runs in a fresh process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("PySide6", "pyqtgraph", "torch", "torch_geometric", "rdkit", "sqlalchemy", "alembic", "numba", "xlsxwriter", "psycopg")


def _heavy_after(program: str, folder: Path) -> set[str]:
    """Heavy packages in ``sys.modules`` after `program` ran in a fresh process."""
    report = f"\nimport sys\nprint('HEAVY', *[name for name in {HEAVY!r} if name in sys.modules])"
    environment = os.environ | {"BITSPEC_DATA_DIR": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [sys.executable, "-c", program + report], capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.strip().splitlines()[-1].split()[1:])


@pytest.mark.parametrize(
    "program",
    [
        "import bitspec_gui.cli",
        "from bitspec_gui.cli import build_parser; build_parser()",
        "from bitspec_gui.bootstrap import build_services; build_services()",
        "import bitspec_gui.services.export, bitspec_gui.services.depiction",
    ],
    ids=["the command line", "its parser", "the services", "export and depiction"],
)
def test_command_line_and_services_are_there_without_anything_heavy(program: str, tmp_path: Path) -> None:
    assert _heavy_after(program, tmp_path) == set()


def test_building_the_services_opens_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    _heavy_after("from bitspec_gui.bootstrap import build_services; build_services()", folder)
    assert not folder.exists()


def test_importing_the_window_brings_neither_torch_nor_rdkit(tmp_path: Path) -> None:
    assert _heavy_after("import bitspec_gui.ui.main_window", tmp_path) <= {"PySide6", "pyqtgraph"}
