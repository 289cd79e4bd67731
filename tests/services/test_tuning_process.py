from __future__ import annotations

import sys
from pathlib import Path

from bitspec_gui.config.paths import UserPaths, user_paths
from bitspec_gui.services.tuning_process import runner_command


def test_process_works_in_the_folder_that_the_window_was_given(tmp_path):
    command = runner_command(user_paths(tmp_path / "data"))
    assert command == [sys.executable, "-m", "bitspec_gui.cli", "finetune", "--run-queue", "--data-dir", str(tmp_path / "data")]


def test_process_finds_the_folders_of_the_platform_by_itself(tmp_path):
    paths = UserPaths(data=tmp_path / "data", config=tmp_path / "config", logs=tmp_path / "logs")
    assert "--data-dir" not in runner_command(paths)


def test_bundle_starts_the_command_beside_the_window(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bitspec-gui"))
    program = Path(runner_command(user_paths(tmp_path))[0])
    assert program.parent == tmp_path
    assert program.stem == "bitspec"
