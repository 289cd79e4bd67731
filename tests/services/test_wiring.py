"""`bootstrap.build_services`: what is wired, and that nothing happens before it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitspec_gui.bootstrap import build_services
from bitspec_gui.config.paths import DATABASE_VARIABLE, user_paths
from bitspec_gui.config.settings import Settings
from bitspec_gui.domain.errors import ModelFileError, StorageError


def test_database_that_cannot_be_opened_is_an_error_of_its_use_not_of_the_start(tmp_path: Path) -> None:
    paths = user_paths(tmp_path)
    paths.database.write_bytes(b"not a database, but long enough to look like a file" * 50)
    services = build_services(paths)
    with pytest.raises(StorageError):
        services.libraries.libraries()


@pytest.mark.parametrize("said_by", ["settings", "variable"])
def test_libraries_are_kept_where_the_settings_or_the_variable_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said_by: str
) -> None:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    services = build_services(user_paths(tmp_path))
    services.settings.save(Settings(database_url=f"sqlite:///{tmp_path / 'settings.sqlite'}"))
    if said_by == "variable":
        monkeypatch.setenv(DATABASE_VARIABLE, str(tmp_path / "variable.sqlite"))
    services.editing.new_library("Mine")
    services.libraries.close()
    assert [path.name for path in tmp_path.glob("*.sqlite")] == [f"{said_by}.sqlite"]


def test_missing_model_file_is_named_when_a_prediction_is_asked_for(tmp_path: Path) -> None:
    services = build_services(user_paths(tmp_path), model=tmp_path / "absent.json")
    with pytest.raises(ModelFileError, match=r"absent\.json"):
        services.prediction.predict_text("CCO")


@pytest.mark.parametrize(("chosen", "expected"), [(None, "cpu"), ("auto", "auto")])
def test_device_is_the_one_of_the_settings_unless_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str | None, expected: str
) -> None:
    asked: list[tuple[Path, str]] = []
    monkeypatch.setattr("bitspec_gui.ml.predictor.load_predictor", lambda path, device, **_: asked.append((path, device)))
    services = build_services(user_paths(tmp_path), model=tmp_path / "m.json", device=chosen)
    services.settings.save(Settings(device="cpu"))
    services.prediction.predictor()
    assert asked == [(tmp_path / "m.json", expected)]


def test_structure_is_drawn_as_svg() -> None:
    from bitspec_gui.services.depiction import structure_svg

    molecule = build_services(user_paths(Path("unused"))).prediction.molecule("CCO", "ethanol")
    assert "<svg" in structure_svg(molecule, 200, 150, dark=True)
