from __future__ import annotations

import builtins
import sys

import pytest

from bitspec_gui.domain.errors import StorageError
from bitspec_gui.storage.library_store import open_library_store


@pytest.mark.parametrize("form", ["{path}", "sqlite:///{path}", "  {path}\n"])
def test_a_path_and_an_address_of_a_file_open_it(tmp_path, form):
    path = tmp_path / "lab libraries.sqlite"
    store = open_library_store(form.format(path=path))
    store.open_library("x")
    store.close()
    assert path.is_file()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("mysql://root:hush@host/x", "SQLite or PostgreSQL, not in mysql"),
        ("postgresql://user:hush@host:port/x", "cannot be read"),
        ("postgresql://user:hush@host", "names no database"),
        ("sqlite://", "names no file"),
        ("://", "cannot be read"),
    ],
)
def test_addresses_that_cannot_be_used_are_told_without_their_password(address, sentence):
    with pytest.raises(StorageError, match=sentence) as caught:
        open_library_store(address)
    assert "hush" not in str(caught.value)
    assert "postgresql://user@server/bitspec" in str(caught.value)


def test_a_missing_driver_is_told_with_a_way_on(monkeypatch):
    real = builtins.__import__

    def without_psycopg(name: str, *args: object, **more: object) -> object:
        if name.partition(".")[0] == "psycopg":
            raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")
        return real(name, *args, **more)

    for module in [each for each in sys.modules if each.partition(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(builtins, "__import__", without_psycopg)
    with pytest.raises(StorageError, match="needs the driver psycopg, which is not installed"):
        open_library_store("postgresql://user@host/x")
