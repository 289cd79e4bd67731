"""Names of model versions: which can be given, and which version is meant by one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from bitspec_gui.domain.errors import VersionError
from bitspec_gui.domain.model_registry import RegisteredVersion

MOST_CHARACTERS = 100
NAMED_IN_AN_ERROR = 8
_SHA256_BEGINNING = re.compile(r"[0-9a-f]{6,64}")


def checked_name(name: str) -> str:
    """The name without blanks around it.

    Raises
    ------
    VersionError
        If it is empty, too long, or holds characters that do not show.
    """
    wanted = name.strip()
    if not wanted:
        raise VersionError("A model needs a name.")
    if len(wanted) > MOST_CHARACTERS:
        raise VersionError(f"The name of a model can have {MOST_CHARACTERS} characters; this one has {len(wanted)}.")
    # Categories C*: control and format characters, which could break lines or turn the direction of writing.
    if any(unicodedata.category(each).startswith("C") for each in wanted):
        raise VersionError("The name of a model cannot hold line breaks or characters that do not show.")
    return wanted


def name_key(name: str) -> str:
    """What names are compared by: in any case, with any blanks."""
    return " ".join(name.split()).casefold()


def free_name(taken: Iterable[str], wanted: str) -> str:
    """The name, or with a number behind it if it is among those taken (in any case)."""
    there = {name_key(name) for name in taken}
    number, free = 1, wanted
    while name_key(free) in there:
        number += 1
        free = f"{wanted} ({number})"
    return free


def find_version(versions: Sequence[RegisteredVersion], text: str) -> RegisteredVersion:
    """Version of that name, in any case, or whose sha256 begins with at least six digits that are given.

    Raises
    ------
    VersionError
        If there is none, or several.
    """
    wanted = name_key(text)
    named = [each for each in versions if name_key(each.version.name) == wanted]
    if not named and _SHA256_BEGINNING.fullmatch(wanted):
        named = [each for each in versions if each.version.sha256.startswith(wanted)]
    if len(named) == 1:
        return named[0]
    if named:
        raise VersionError(f"Several models fit “{text}”: {', '.join(str(each.version) for each in named)}.")
    names = [each.version.name for each in versions]
    more = f" and {len(names) - NAMED_IN_AN_ERROR} others" if len(names) > NAMED_IN_AN_ERROR else ""
    raise VersionError(f"There is no model named “{text}”. There are: {', '.join(names[:NAMED_IN_AN_ERROR])}{more}.")
