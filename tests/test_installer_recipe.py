"""The installer's recipe carries what BitSpec needs, leaves out what it must not carry, and its pins fit the ranges."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
INSTALLER = ROOT / "installer"

packaging_requirements = pytest.importorskip("packaging.requirements", reason="packaging, which pytest brings, is missing")
packaging_utils = pytest.importorskip("packaging.utils")


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, INSTALLER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def contents() -> ModuleType:
    return _load("bundle_contents")


@pytest.fixture
def build() -> ModuleType:
    return _load("build")


def _direct_requirements() -> list:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    return [packaging_requirements.Requirement(line) for line in lines]


def _pins() -> dict:
    lines = (INSTALLER / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [packaging_requirements.Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    return {packaging_utils.canonicalize_name(pin.name): pin.specifier for pin in pins}


@pytest.mark.parametrize("requirement", _direct_requirements(), ids=lambda each: each.name)
def test_every_direct_dependency_is_pinned_to_one_version_within_its_range(requirement) -> None:
    specifiers = list(_pins()[packaging_utils.canonicalize_name(requirement.name)])
    assert [each.operator for each in specifiers] == ["=="]
    assert requirement.specifier.contains(specifiers[0].version)


def test_every_line_of_the_constraints_is_an_exact_pin() -> None:
    assert all([each.operator for each in pin] == ["=="] for pin in _pins().values())


def test_bundle_carries_icons_the_measured_library_with_its_notice_and_the_licence(contents) -> None:
    places = {f"{folder}/{Path(path).name}" for path, folder in contents.resource_files()}
    assert "./LICENSE" in places
    assert "resources/libraries/pnnl-metabolites.bitspec" in places
    assert "resources/libraries/pnnl-metabolites.NOTICE.txt" in places
    assert "resources/icons/bitspec.svg" in places


def test_bundle_carries_the_predicted_library_with_its_notice(contents, tmp_path) -> None:
    libraries = tmp_path / "resources" / "libraries"
    libraries.mkdir(parents=True)
    for name in ("chemicals-predicted.bitspec", "chemicals-predicted.NOTICE.txt"):
        (libraries / name).touch()
    carried = {f"{folder}/{Path(path).name}" for path, folder in contents.resource_files(tmp_path)}
    assert "resources/libraries/chemicals-predicted.bitspec" in carried
    assert "resources/libraries/chemicals-predicted.NOTICE.txt" in carried


def test_bundle_carries_the_network_with_its_card_and_not_the_pictures_of_the_readme(contents, tmp_path) -> None:
    resources = tmp_path / "resources"
    models = resources / "models"
    (models / "configs").mkdir(parents=True)
    for name in ("bitspec-ei-2.json", "bitspec-ei-2.safetensors", "bitspec-ei-2.md", "configs/bitspec-ei-2.json"):
        (models / name).touch()
    (resources / "screenshots").mkdir()
    (resources / "screenshots" / "predict-light.png").touch()
    carried = [Path(path) for path, _ in contents.resource_files(tmp_path)]
    names = [path.relative_to(models).as_posix() for path in carried if path.is_relative_to(resources)]
    assert names == ["bitspec-ei-2.json", "bitspec-ei-2.md", "bitspec-ei-2.safetensors", "configs/bitspec-ei-2.json"]


def test_bundle_carries_every_migration_as_a_file_where_the_store_looks_for_it(contents) -> None:
    storage = ROOT / "bitspec_gui" / "storage"
    places = {f"{folder}/{Path(path).name}" for path, folder in contents.migration_files()}
    there = {path.relative_to(ROOT).as_posix() for path in storage.rglob("*.py") if "migrations" in path.parts}
    assert places == there
    assert {f"bitspec_gui/storage/{folder}migrations/env.py" for folder in ("", "training/")} <= places


@pytest.mark.parametrize(
    "place",
    [
        "torch/bin/test_api",
        "torch/test/Dict_test",
        "torch/include/ATen/ATen.h",
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/Qt/plugins/platforms/libqvnc.so",
    ],
)
def test_file_that_bitspec_does_not_use_stays_out(contents, place) -> None:
    assert contents.is_left_out(place)


@pytest.mark.parametrize(
    "place",
    [
        "torch/bin/torch_shm_manager",
        "torch/lib/libtorch_cpu.so",
        "PySide6/Qt/lib/libQt6Gui.so.6",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "resources/models/bitspec-ei-2.safetensors",
        "libxcb-cursor.so.0",
    ],
)
def test_file_that_bitspec_needs_goes_in(contents, place) -> None:
    assert not contents.is_left_out(place)


def test_no_module_that_bitspec_imports_is_excluded(contents) -> None:
    excluded = set(contents.excluded_modules())
    imported = {
        line.split()[1]
        for path in (ROOT / "bitspec_gui").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith(("import ", "from "))
    }
    names = {".".join(name.split(".")[:end]) for name in imported for end in range(1, name.count(".") + 2)}
    assert not names & excluded


def test_library_of_the_build_machine_goes_in_only_if_something_in_the_bundle_links_it(contents) -> None:
    system = {"liba.so": "/lib/liba.so", "libb.so": "/lib/libb.so", "libgtk.so": "/lib/libgtk.so"}
    links = {"bundle/x.so": ["liba.so", "libc.so"], "/lib/liba.so": ["libb.so"], "/lib/libb.so": ["liba.so"]}
    assert contents.linked_libraries(system, ["bundle/x.so"], lambda path: links.get(path, [])) == {"liba.so", "libb.so"}


def test_licence_of_each_carried_library_is_listed(contents) -> None:
    carried = contents.third_parties(["numpy.linalg", "alembic/context.py", "bitspec_gui.app", "json"])
    assert [each.metadata["Name"] for each in carried] == ["alembic", "numpy"]
    table = contents.licence_table(carried)
    assert "alembic" in table
    assert "MIT" in table
    assert any(path.is_file() for each in carried for path, _ in contents.licence_files(each))


def test_missing_bundle_is_told_in_a_sentence(build, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(build, "BUNDLE", tmp_path / "bitspec")
    assert build.main(["--check-only"]) == 1
    assert "there is no bundle in dist/bitspec" in capsys.readouterr().err


def test_missing_pyinstaller_is_told_in_a_sentence(build, monkeypatch, capsys) -> None:
    monkeypatch.setattr(build.importlib.util, "find_spec", lambda name: None)
    assert build.main([]) == 1
    assert "PyInstaller is missing" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="the bundle of the test is a shell script")
def test_bundle_that_predicts_something_else_than_the_checkout_fails(build, tmp_path, monkeypatch, capsys) -> None:
    bundle = tmp_path / "bitspec"
    bundle.mkdir()
    program = bundle / "bitspec"
    program.write_text("#!/bin/sh\necho something else\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(build, "BUNDLE", bundle)
    real = build._run
    monkeypatch.setattr(
        build, "_run", lambda command, environment: real(command, environment) if command[0] == str(program) else ("right", 0.0)
    )
    assert build.main(["--check-only"]) == 1
    assert "differs from the checkout's" in capsys.readouterr().err


def test_home_of_the_check_has_nothing_of_this_environment(build, monkeypatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("VIRTUAL_ENV", str(ROOT / ".venv"))
    with build.fresh_home() as environment:
        assert not {"PYTHONPATH", "VIRTUAL_ENV"} & environment.keys()
        assert str(ROOT) not in environment.get("PATH", "") or sys.platform == "win32"
        assert Path(environment["BITSPEC_DATA_DIR"]).parent.is_dir()
