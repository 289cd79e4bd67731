"""What a study of fine-tuning has measured, as JSON lines: appended as it comes, the last one of a key counts."""

from __future__ import annotations

import json
from pathlib import Path

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.tuning_json import as_json, from_json
from bitspec_gui.domain.tuning_study import StudyCell, StudyKey


class StudyFile:
    """A file of cells.

    Parameters
    ----------
    path : Path
        It need not be there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[StudyKey, StudyCell]:
        """All cells, in the order in which they were measured first.

        Raises
        ------
        UnreadableFile
            If a line but the last, which a crash may have cut off, is no cell.
        """
        if not self._path.is_file():
            return {}
        lines = self._path.read_text(encoding="utf-8").splitlines()
        found: dict[StudyKey, StudyCell] = {}
        for number, line in enumerate(lines, start=1):
            try:
                cell = from_json(StudyCell, json.loads(line))
            except (ValueError, TypeError, KeyError) as error:
                if number == len(lines):
                    break
                raise UnreadableFile(f"{self._path}, line {number}, is no outcome of a fine-tuning ({error}).") from error
            found[cell.key] = cell
        return found

    def append(self, cell: StudyCell) -> None:
        """Add a cell as a line of its own, even if the last line was cut off."""
        line = json.dumps(as_json(cell), allow_nan=False, ensure_ascii=False) + "\n"
        content = self._path.read_bytes() if self._path.is_file() else b""
        with self._path.open("ab") as stream:
            if content and not content.endswith(b"\n"):
                # A line that a crash has cut off is no cell: it must not come to lie before others.
                stream.truncate(content.rfind(b"\n") + 1)
            stream.write(line.encode())
