"""The first use of a data folder from the command line: the libraries that come with BitSpec are loaded."""

from __future__ import annotations

from bitspec_gui.cli.terminal import ProgressLine
from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.services.libraries import LibraryService


def load_supplied(libraries: LibraryService, line: ProgressLine, token: CancelToken) -> None:
    """Load the libraries that come with BitSpec if they are not there; if a file is missing, say so and go on."""
    for ensure in (libraries.ensure_embedded, libraries.ensure_predicted):
        try:
            ensure(line, token)
        except UnreadableFile as error:
            line.say(f"bitspec: {error}")
    line.clear()
