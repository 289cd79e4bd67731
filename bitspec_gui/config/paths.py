"""Folders of BitSpec on this machine."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

DATA_DIR_VARIABLE = "BITSPEC_DATA_DIR"

DATABASE_VARIABLE = "BITSPEC_DATABASE_URL"
"""Address of the library database; goes before that of the settings."""


@dataclass(frozen=True)
class UserPaths:
    """Where the user's libraries, settings and logs are."""

    data: Path
    config: Path
    logs: Path

    @property
    def database(self) -> Path:
        """The SQLite file of the libraries."""
        return self.data / "bitspec.sqlite"

    @property
    def indexes(self) -> Path:
        """Folder of the search indexes, which can be made again."""
        return self.data / "index"

    @property
    def training(self) -> Path:
        """Folder of everything about fine-tuning: datasets, jobs and model versions."""
        return self.data / "training"

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.config / "settings.json"


def user_paths(data_dir: Path | None = None) -> UserPaths:
    """Folders of the user, all under one if `data_dir` or the variable ``BITSPEC_DATA_DIR`` says so. Nothing is created."""
    chosen = data_dir or (Path(os.environ[DATA_DIR_VARIABLE]) if os.environ.get(DATA_DIR_VARIABLE) else None)
    if chosen is not None:
        chosen = chosen.expanduser().absolute()
        return UserPaths(data=chosen, config=chosen, logs=chosen / "logs")
    dirs = platformdirs.PlatformDirs("BitSpec", appauthor=False)
    return UserPaths(data=dirs.user_data_path, config=dirs.user_config_path, logs=dirs.user_log_path)


def resources_dir() -> Path:
    """Folder of models, libraries and icons: in the bundle, in the installed package or at the top of the checkout."""
    package = Path(__file__).resolve().parents[1]
    bundle = getattr(sys, "_MEIPASS", None)
    candidates = [Path(bundle) / "resources"] if bundle else []
    candidates += [package / "resources", package.parent / "resources"]
    return next((folder for folder in candidates if folder.is_dir()), candidates[-1])
