"""What the user prefers and where the window stood, in a versioned JSON file."""

from __future__ import annotations

import json
import logging
import os
import threading
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.errors import SettingsError

SETTINGS_VERSION = 1

Theme = Literal["system", "light", "dark"]
Device = Literal["auto", "cpu", "cuda", "mps"]
LabelWords = Literal["mz", "formula", "loss"]

MAX_RECENT_FILES = 12

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """Preferences and window state; change them with `dataclasses.replace`.

    ``font_size_pt`` is in points (None = the system's), ``label_threshold_percent`` in percent of the base peak,
    ``label_words`` is what labels of peaks say beside m/z, ``window_geometry`` and ``window_state`` are base64 of what Qt saved,
    ``unknown_files`` hold the spectra that were to be identified, ``database_url`` is the address of the library database
    (empty: the user's own file). ``last_drawing`` is the sketch as `sketch.as_text` writes it, ``kept_molecules``
    are the molecules of the list, each as SMILES and name.
    """

    version: int = SETTINGS_VERSION
    theme: Theme = "system"
    device: Device = "auto"
    font_size_pt: float | None = None
    window_geometry: str = ""
    window_state: str = ""
    last_folder: str = ""
    recent_files: tuple[str, ...] = ()
    unknown_files: tuple[str, ...] = ()
    database_url: str = ""
    last_molecule: str = ""
    last_drawing: str = ""
    kept_molecules: tuple[str, ...] = ()
    drawing_shown: bool = True
    label_threshold_percent: float = 5.0
    label_words: LabelWords = "mz"


class SettingsStore:
    """Reads and writes the settings file. After `load`, ``problem`` says in a sentence what was wrong with it, or is None."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: str | None = None
        self._lock = threading.Lock()

    def load(self) -> Settings:
        """Settings of the file, or defaults. Never raises.

        A file that is damaged or was written by a newer BitSpec is renamed, so that nothing is lost; a single value that
        makes no sense is replaced by its default.
        """
        with self._lock:
            self.problem = None
            try:
                text = self.path.read_text(encoding="utf-8-sig")
            except FileNotFoundError:
                return Settings()
            except UnicodeDecodeError:
                return self._set_aside("is damaged")
            except OSError as error:
                self.problem = f"The settings file {self.path} could not be read ({_reason(error)}); BitSpec uses its defaults."
                return Settings()
            try:
                content = json.loads(text)
            except (ValueError, RecursionError):
                return self._set_aside("is damaged")
            if not isinstance(content, dict):
                return self._set_aside("is damaged")
            version = content.get("version", SETTINGS_VERSION)
            if not _is_int(version) or version < 1:
                return self._set_aside("is damaged")
            if version > SETTINGS_VERSION:
                return self._set_aside("was written by a newer BitSpec", label="newer")
            return self._from_content(content)

    def save(self, settings: Settings) -> None:
        """Write the settings: all or nothing, so that a crash or a full disk leaves the old file.

        Raises
        ------
        SettingsError
            If the file cannot be written.
        """
        text = json.dumps(asdict(settings), indent=2) + "\n"
        with self._lock:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                _replace_file(self.path, text)
            except OSError as error:
                raise SettingsError(
                    f"The settings could not be saved to {self.path} ({_reason(error)}). BitSpec goes on without saving them; "
                    "check the free space and the permissions of that folder."
                ) from error

    def _from_content(self, content: dict[str, Any]) -> Settings:
        values: dict[str, Any] = {}
        refused: list[str] = []
        for each in fields(Settings):
            if each.name not in content or each.name == "version":
                continue
            value = content[each.name]
            if _VALID[each.name](value):
                values[each.name] = tuple(value) if isinstance(value, list) else value
            else:
                refused.append(each.name)
        if refused:
            self.problem = f"In the settings file {self.path} these values make no sense and were set to their defaults: " + (
                ", ".join(refused) + "."
            )
        return Settings(**values)

    def _set_aside(self, why: str, *, label: str = "damaged") -> Settings:
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
        kept = self.path.with_name(f"{self.path.stem}.{label}-{stamp}{self.path.suffix}")
        try:
            os.replace(self.path, kept)
            self.problem = f"The settings file {why}; it was kept as {kept} and BitSpec uses its defaults."
        except OSError as error:
            self.problem = (
                f"The settings file {self.path} {why} and could not be renamed ({_reason(error)}); BitSpec uses its defaults."
            )
        _log.warning("%s", self.problem)
        return Settings()


def _replace_file(path: Path, text: str) -> None:
    with new_file_for(path) as temporary:
        temporary.touch(mode=0o600)  # What somebody looked at is nobody else's business.
        temporary.write_text(text, encoding="utf-8")


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _number_between(low: float, high: float) -> Any:
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


_VALID: dict[str, Any] = {
    "theme": lambda value: value in get_args(Theme),
    "device": lambda value: value in get_args(Device),
    "font_size_pt": lambda value: value is None or _number_between(4, 96)(value),
    "window_geometry": _is_text,
    "window_state": _is_text,
    "last_folder": _is_text,
    "recent_files": lambda value: isinstance(value, list) and all(_is_text(item) for item in value),
    "unknown_files": lambda value: isinstance(value, list) and all(_is_text(item) for item in value),
    "last_molecule": _is_text,
    "last_drawing": _is_text,
    "kept_molecules": lambda value: isinstance(value, list) and all(_is_text(item) for item in value),
    "drawing_shown": lambda value: isinstance(value, bool),
    "label_threshold_percent": _number_between(0, 100),
    "label_words": lambda value: value in get_args(LabelWords),
    "database_url": _is_text,
}
