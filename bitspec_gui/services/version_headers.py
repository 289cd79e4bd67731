"""What the JSON of a model file says of a version, read without torch: name, weights, base, response."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.model_version import ModelVersion

WHOLE_FORMAT = 2
"""Number of model files that hold networks."""

SMALL_FORMAT = 3
"""Number of model files that hold what changed beside a base, which they name by its sha256."""

MOST_HEADER_BYTES = 8_000_000
"""Far more than the JSON of any model; what is larger is none."""


@dataclass(frozen=True)
class VersionHeader:
    """What a model file says of itself; nothing of it is checked against the weights.

    ``base_sha256`` and ``base_name`` are empty unless the file is ``small``; ``values`` is the whole JSON.
    """

    version: ModelVersion
    weights: Path
    small: bool
    base_sha256: str
    base_name: str
    has_response: bool
    values: Mapping[str, Any]


def read_header(file: Path) -> VersionHeader:
    """Header of a model file (``NAME.json``).

    Raises
    ------
    ModelFileError
        If it is missing, damaged or of another format.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_HEADER_BYTES + 1)
    except FileNotFoundError as error:
        raise ModelFileError(f"The model file {file} is missing.") from error
    except OSError as error:
        raise ModelFileError(f"The model file {file} cannot be read: {error.strerror}.") from error
    return header_of(content, file)


def header_of(content: bytes, file: Path) -> VersionHeader:
    """The same of the bytes of its JSON; `file` is where they come from."""
    if len(content) > MOST_HEADER_BYTES:
        raise ModelFileError(f"The model file {file.name} is larger than any description of a model can be.")
    try:
        values = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"The model file {file.name} is damaged: it is not JSON.") from error
    if not isinstance(values, dict):
        raise ModelFileError(f"The model file {file.name} is damaged: it is not a description of a model.")
    number = values.get("format")
    if number not in (WHOLE_FORMAT, SMALL_FORMAT):
        raise ModelFileError(
            f"The model file {file.name} has format {number!r:.40}; this BitSpec reads {WHOLE_FORMAT} and {SMALL_FORMAT}."
        )
    base = values.get("base") if number == SMALL_FORMAT else {}
    if not isinstance(base, dict):
        raise ModelFileError(f"The model file {file.name} does not say which model it is a change of.")
    weights = _text(values, "weights", file)
    if Path(weights).name != weights or "\\" in weights or not weights.endswith(".safetensors"):
        raise ModelFileError(f"The model file {file.name} points to weights outside its folder.")
    return VersionHeader(
        ModelVersion(
            _text(values, "name", file),
            _text(values, "sha256", file),
            _text(values, "licence", file),
            str(values.get("description") or ""),
        ),
        file.with_name(weights),
        number == SMALL_FORMAT,
        _text(base, "sha256", file) if number == SMALL_FORMAT else "",
        str(base.get("name") or ""),
        bool(values.get("response")),
        values,
    )


def check_weights(header: VersionHeader) -> None:
    """Raise `ModelFileError` if the weights are missing or not those that the header names by their sha256."""
    digest = hashlib.sha256()
    try:
        with header.weights.open("rb") as stream:
            while part := stream.read(1 << 20):
                digest.update(part)
    except FileNotFoundError as error:
        raise ModelFileError(f"The weights {header.weights.name} of “{header.version.name}” are missing.") from error
    except OSError as error:
        raise ModelFileError(f"The weights {header.weights.name} cannot be read: {error.strerror}.") from error
    if digest.hexdigest() != header.version.sha256:
        raise ModelFileError(f"The weights of “{header.version.name}” are damaged: their sha256 is not the one that it states.")


def rewrite_name(file: Path, name: str) -> None:
    """Give a model file another name for its version; after a crash there is the old file or the new one.

    Raises
    ------
    ModelFileError
        If it cannot be read or written.
    """
    values = dict(read_header(file).values) | {"name": name}
    try:
        with new_file_for(file) as part:
            part.write_bytes(json_bytes(values))
    except OSError as error:
        raise ModelFileError(f"The model file {file.name} cannot be written: {error.strerror}.") from error


def json_bytes(values: Mapping[str, Any]) -> bytes:
    """JSON as model files hold it."""
    return (json.dumps(values, indent=2) + "\n").encode()


def _text(values: Mapping[str, Any], key: str, file: Path) -> str:
    found = values.get(key)
    if not isinstance(found, str) or not found:
        raise ModelFileError(f"The model file {file.name} lacks or garbles the entry “{key}”.")
    return found
