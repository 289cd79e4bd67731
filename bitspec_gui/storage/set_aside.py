"""Put a damaged database out of the way without losing it."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from bitspec_gui.storage.faults import told_in_words

_COMPANIONS = ("", "-wal", "-shm")


def set_aside(database: Path) -> Path:
    """Rename `database` to ``<name>.damaged-<date><suffix>``, with its write-ahead log, and return the new path.

    The next opening then makes a new one. All connections to it must be closed.

    Raises
    ------
    StorageError
        If it cannot be renamed.
    """
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    kept = database.with_name(f"{database.stem}.damaged-{stamp}{database.suffix}")
    number = 1
    while kept.exists():
        number += 1
        kept = database.with_name(f"{database.stem}.damaged-{stamp}-{number}{database.suffix}")
    with told_in_words(database):
        # The log goes first: a new database must never meet the log of an old one.
        for ending in reversed(_COMPANIONS):
            companion = database.with_name(database.name + ending)
            if companion.exists():
                os.replace(companion, kept.with_name(kept.name + ending))
    return kept
