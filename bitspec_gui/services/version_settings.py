"""How a model version is used on this machine, kept beside its file: with its instrument's response, or without."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.errors import VersionError

SETTINGS_FILE = "use.json"

_log = logging.getLogger(__name__)


def read_response(model: Path) -> bool:
    """Whether the version of a model file predicts with its instrument's response; it does unless that was switched off."""
    file = model.with_name(SETTINGS_FILE)
    try:
        values = json.loads(file.read_bytes())
    except FileNotFoundError:
        return True
    except (OSError, ValueError, RecursionError):
        _log.warning("%s cannot be read; the response is on", file, exc_info=True)
        return True
    return not (isinstance(values, dict) and values.get("response") is False)


def write_response(model: Path, on: bool) -> None:
    """Keep whether the response is on; raises `VersionError` if that cannot be written."""
    file = model.with_name(SETTINGS_FILE)
    try:
        with new_file_for(file) as part:
            part.write_text(json.dumps({"response": on}) + "\n", encoding="utf-8")
    except OSError as error:
        raise VersionError(f"The response cannot be switched: {file} cannot be written ({error.strerror or error}).") from error
