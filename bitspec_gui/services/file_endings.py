"""Formats that files are written in, as the suffixes of their names ask for."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from bitspec_gui.domain.errors import ExportError


def format_of_suffix(path: Path, formats: Collection[str]) -> str:
    """The one of `formats` (``msp``, ``csv``, ...) that the suffix of `path` asks for, in capitals or not.

    Raises
    ------
    ExportError
        If the suffix is none of them.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in formats:
        raise ExportError(f"{path.name} should end in {suffixes_in_words(formats)}, so that BitSpec knows the format to write.")
    return suffix


def suffixes_in_words(formats: Collection[str]) -> str:
    """The suffixes of two or more formats as a list to read: ``.msp, .jdx or .csv``."""
    *first, last = (f".{name}" for name in formats)
    return f"{', '.join(first)} or {last}"
