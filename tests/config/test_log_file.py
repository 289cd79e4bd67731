from __future__ import annotations

import logging
import sys

import pytest

from bitspec_gui.config import logs
from bitspec_gui.config.logs import start_logging


@pytest.fixture(autouse=True)
def _root_as_before():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in [each for each in root.handlers if each not in handlers]:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def test_what_happens_is_written_to_the_log_file(tmp_path):
    # What pytest keeps of the log goes into its reports, which cannot hold a broken letter.
    logging.getLogger().handlers.clear()
    path = start_logging(tmp_path / "logs")
    logging.getLogger("bitspec_gui.test").info("imported %s", "Théine \udce9")
    assert path == tmp_path / "logs" / "bitspec.log"
    assert "INFO MainThread bitspec_gui.test: imported Théine" in path.read_text(encoding="utf-8")


def test_starting_twice_writes_each_line_once(tmp_path):
    start_logging(tmp_path)
    path = start_logging(tmp_path)
    logging.getLogger("x").warning("once")
    assert path.read_text().count("once") == 1


def test_the_log_rotates(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "MAX_BYTES", 2000)
    start_logging(tmp_path)
    for number in range(100):
        logging.getLogger("x").info("line %d %s", number, "." * 80)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["bitspec.log", *(f"bitspec.log.{number}" for number in range(1, 6))]


def test_a_folder_that_cannot_be_written_leaves_stderr(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert start_logging(tmp_path / "file" / "logs") is None
    logging.getLogger("x").warning("still told")
    assert "No log file is written" in capsys.readouterr().err


def test_a_program_without_console_logs_to_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    path = start_logging(tmp_path)
    logging.getLogger("x").warning("told")
    assert "told" in path.read_text()
