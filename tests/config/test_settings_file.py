from __future__ import annotations

import dataclasses
import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from bitspec_gui.config.settings import SETTINGS_VERSION, Settings, SettingsStore
from bitspec_gui.domain.errors import SettingsError


@pytest.fixture
def store(tmp_path):
    return SettingsStore(tmp_path / "config" / "settings.json")


def write(store: SettingsStore, content: bytes | str) -> None:
    store.path.parent.mkdir(exist_ok=True)
    store.path.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_without_a_file_the_defaults_are_used(store):
    assert store.load() == Settings()
    assert store.problem is None
    assert not store.path.exists()


def test_settings_come_back_as_they_were_saved(store):
    mine = Settings(
        theme="dark", device="cpu", font_size_pt=12.5, window_geometry="AdnQ", recent_files=("a", "ü.msp"), last_molecule="CCO"
    )
    store.save(mine)
    assert SettingsStore(store.path).load() == mine
    assert [path.name for path in store.path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe\x00", b'{"version": "x"}', b"[" * 200_000, b"null"])
def test_a_damaged_file_is_kept_aside_and_the_defaults_are_used(store, content):
    write(store, content)
    assert store.load() == Settings()
    assert "damaged" in store.problem
    (kept,) = store.path.parent.iterdir()
    assert kept.name.startswith("settings.damaged-")
    assert kept.read_bytes() == content


def test_a_file_of_a_newer_bitspec_is_kept_aside(store):
    write(store, json.dumps({"version": SETTINGS_VERSION + 1, "theme": "sepia"}))
    assert store.load() == Settings()
    assert "newer BitSpec" in store.problem
    (kept,) = store.path.parent.iterdir()
    assert json.loads(kept.read_text())["theme"] == "sepia"


def test_one_value_that_makes_no_sense_loses_no_other(store):
    write(store, json.dumps({"version": 1, "theme": ["pink"], "last_molecule": "CCO", "font_size_pt": -3, "from_the_future": 1}))
    assert store.load() == Settings(last_molecule="CCO")
    assert "theme" in store.problem
    assert "font_size_pt" in store.problem
    assert store.load() == Settings(last_molecule="CCO")


def test_every_field_is_checked_when_it_is_read(store):
    for each in dataclasses.fields(Settings):
        if each.name != "version":
            write(store, json.dumps({each.name: {"a": 1}}))
            assert store.load() == Settings()
            assert each.name in store.problem


def test_a_failed_save_is_a_sentence_and_leaves_the_old_file(store, monkeypatch):
    store.save(Settings(theme="dark"))

    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(SettingsError, match="No space left on device"):
        store.save(Settings(theme="light"))
    monkeypatch.undo()
    assert store.load().theme == "dark"
    assert len(list(store.path.parent.iterdir())) == 1


def test_a_place_that_cannot_be_used_never_raises_on_load(tmp_path):
    (tmp_path / "file").touch()
    store = SettingsStore(tmp_path / "file" / "settings.json")
    assert store.load() == Settings()
    assert store.problem
    with pytest.raises(SettingsError):
        store.save(Settings())


def test_a_folder_in_place_of_the_file_never_raises_on_load(tmp_path):
    store = SettingsStore(tmp_path)
    assert store.load() == Settings()
    assert store.problem


def test_saves_from_several_threads_leave_one_whole_file(store):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: store.save(Settings(last_molecule="C" * number)), range(1, 40)))
    assert store.load().last_molecule.startswith("C")
    assert store.problem is None
