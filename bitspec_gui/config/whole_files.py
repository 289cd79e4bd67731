"""Files that are replaced whole: after a crash there is the old one or the new one, never a part."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def new_file_for(path: Path) -> Iterator[Path]:
    """Place of a file to write, which is flushed to the disk and takes the place of `path` when the block ends.

    If the block raises, or the flush or the renaming fails, `path` is as it was and nothing half-written stays behind.

    Raises
    ------
    OSError
        If the new file cannot be flushed or renamed.
    """
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        yield temporary
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    finally:
        # After the renaming it is gone; where the folder itself cannot be written, the first error says it all.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
