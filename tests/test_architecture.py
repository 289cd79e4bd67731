"""The contracts between floors hold, and each of them breaks when it should."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "bitspec_gui"
MAX_LINES = 500
TOP_LEVEL = {
    "pyproject.toml",
    "bitspec_gui",
    "resources",
    "tests",
    "installer",
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
}

FLOORS = "Floors: a floor imports only from floors below it"
QT = "Qt lives in app, ui and workers"
TORCH = "torch and PyG live in ml"
DATABASE = "SQLAlchemy and Alembic live in storage"
RDKIT = "RDKit lives in chem"
NUMBA = "numba lives in the search engine"
WIDGETS = "Widgets know neither the database nor file formats nor networks"
CYCLES = "No import cycles between siblings"

PLANTS = [
    pytest.param({"services/planted.py": "import PySide6\n"}, QT, "services.planted -> PySide6", id="Qt in services"),
    pytest.param(
        {"services/planted.py": "def late() -> None:\n    from PySide6 import QtCore\n"},
        QT,
        "services.planted -> PySide6",
        id="Qt inside a function of services",
    ),
    pytest.param({"cli/planted.py": "import pyqtgraph\n"}, QT, "cli.planted -> pyqtgraph", id="pyqtgraph in cli"),
    pytest.param({"ui/planted.py": "import torch\n"}, TORCH, "ui.planted -> torch", id="torch in ui"),
    pytest.param({"cli/planted.py": "import torch_geometric\n"}, TORCH, "cli.planted -> torch_geometric", id="PyG in cli"),
    pytest.param({"ui/planted.py": "import sqlalchemy\n"}, DATABASE, "ui.planted -> sqlalchemy", id="SQLAlchemy in ui"),
    pytest.param({"services/planted.py": "import rdkit\n"}, RDKIT, "services.planted -> rdkit", id="RDKit in services"),
    pytest.param({"services/planted.py": "import numba\n"}, NUMBA, "services.planted -> numba", id="numba in services"),
    pytest.param(
        {"ui/planted.py": "import bitspec_gui.formats\n"}, WIDGETS, "ui.planted -> bitspec_gui.formats", id="formats in ui"
    ),
    pytest.param(
        {"services/planted.py": "import bitspec_gui.ml\n"}, FLOORS, "services.planted -> bitspec_gui.ml", id="ml in services"
    ),
    pytest.param(
        {"domain/planted.py": "import bitspec_gui.chem\n"}, FLOORS, "domain.planted -> bitspec_gui.chem", id="chem in domain"
    ),
    pytest.param({"planted.py": ""}, FLOORS, "bitspec_gui.planted", id="a module on no floor"),
    pytest.param(
        {
            "domain/planted_a.py": "import bitspec_gui.domain.planted_b\n",
            "domain/planted_b.py": "import bitspec_gui.domain.planted_a\n",
        },
        CYCLES,
        "planted_a",
        id="two modules that import each other",
    ),
]


def _copy(folder: Path) -> Path:
    shutil.copytree(PACKAGE, folder / "bitspec_gui", ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _lint(folder: Path) -> tuple[int, str]:
    program = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command; lint_imports_command()"
    run = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=folder,
        env=os.environ | {"COLUMNS": "400", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def _broken(report: str) -> set[str]:
    """Contracts said to be broken; the report may name how many imports are ignored by one."""
    return set(re.findall(r"^(.*?) BROKEN", report, re.MULTILINE))


@pytest.fixture(scope="module")
def copy_of_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _copy(tmp_path_factory.mktemp("architecture"))


@pytest.fixture
def plant(copy_of_package: Path) -> Iterator:
    planted: list[Path] = []

    def put(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = copy_of_package / "bitspec_gui" / name
            path.write_text(text, encoding="utf-8")
            planted.append(path)
        return copy_of_package

    yield put
    for path in planted:
        path.unlink()


def test_every_contract_holds_for_the_package_as_it_is(copy_of_package: Path) -> None:
    status, report = _lint(copy_of_package)
    assert status == 0, report
    assert " 0 broken" in report


@pytest.mark.parametrize(("files", "contract", "culprit"), PLANTS)
def test_planted_violation_breaks_its_contract_and_names_the_culprit(
    plant, files: dict[str, str], contract: str, culprit: str
) -> None:
    status, report = _lint(plant(files))
    assert status != 0
    assert contract in _broken(report), report
    assert culprit in report


def _sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def test_no_file_is_longer_than_500_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in [*_sources(), *sorted((ROOT / "tests").rglob("*.py"))]
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = ("util", "helper", "manager", "misc", "common")
    assert [str(path.relative_to(ROOT)) for path in _sources() if any(word in path.stem for word in vague)] == []


def test_nothing_stands_at_the_top_level_that_was_not_agreed() -> None:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode == 0 and listing.stdout:
        names = {path.split("/")[0] for path in listing.stdout.split("\0") if path}
    else:
        names = {path.name for path in ROOT.iterdir()}
    assert {name for name in names if not name.startswith(".")} - TOP_LEVEL == set()


PICKLE_MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}


def _pickle_uses(tree: ast.AST) -> list[str]:
    """Imports and calls that could load a pickle."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in PICKLE_MODULES]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            found += [module] if module.split(".")[0] in PICKLE_MODULES else []
            found += [
                f"{module}.load" for alias in node.names if module.split(".")[0] == "torch" and alias.name in ("load", "jit")
            ]
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            found += [called] if called in ("torch.load", "torch.jit.load") or called.endswith("read_pickle") else []
            found += [
                f"{called}(allow_pickle)"
                for word in node.keywords
                if word.arg == "allow_pickle" and not (isinstance(word.value, ast.Constant) and word.value.value is False)
            ]
    return found


def test_no_pickle_is_ever_loaded() -> None:
    found = {
        str(path.relative_to(ROOT)): uses
        for path in _sources()
        if (uses := _pickle_uses(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "torch.load('x.pt', weights_only=True)",
        "from torch import load",
        "np.load(f, allow_pickle=True)",
    ],
)
def test_the_search_for_pickles_would_find_one(source: str) -> None:
    assert _pickle_uses(ast.parse(source))


def test_the_file_tree_in_architecture_md_names_every_module_and_no_other() -> None:
    tree = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("```")[1]
    listed = sorted(re.findall(r"^ +(\w+\.py) ", tree, flags=re.MULTILINE))
    present = sorted(path.name for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
    assert listed == present
