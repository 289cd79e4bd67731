"""Structure tables that were dropped for a dataset, kept beside it: spectra that come later find their structures in them."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

from bitspec_gui.formats.structure_rows import MAX_ROWS, StructureRow
from bitspec_gui.services.atomic_text import replacing

_log = logging.getLogger(__name__)


class KeptStructures:
    """Rows of the structure tables of each dataset, as one file of JSON lines a dataset.

    Parameters
    ----------
    folder : Path
        Where the files are; made at the first writing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def rows(self, dataset_id: int) -> list[StructureRow]:
        """All rows that are kept, those of the newest table first; none if the file is not there or damaged."""
        try:
            lines = self._file(dataset_id).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError):
            _log.exception("The structures that were kept for dataset %d cannot be read", dataset_id)
            return []
        found = [row for line in lines if (row := _row(line)) is not None]
        if len(found) < len(lines):
            _log.warning("%d of %d structures kept for dataset %d are damaged", len(lines) - len(found), len(lines), dataset_id)
        return found

    def keep(self, dataset_id: int, rows: Sequence[StructureRow]) -> None:
        """Keep further rows, before those that are there; raises `ExportError` if they cannot be written."""
        known = set(rows)
        together = [*rows, *(row for row in self.rows(dataset_id) if row not in known)][:MAX_ROWS]
        self._folder.mkdir(parents=True, exist_ok=True)
        with replacing(self._file(dataset_id)) as stream:
            for row in together:
                line = {"structure": row.structure, "cells": row.cells, "file": row.file, "line": row.line}
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _file(self, dataset_id: int) -> Path:
        return self._folder / f"{dataset_id}.jsonl"


def _row(line: str) -> StructureRow | None:
    try:
        values = json.loads(line)
        cells = tuple((str(column), str(cell)) for column, cell in values["cells"])
        number = values["line"]
        return StructureRow(str(values["structure"]), cells, str(values["file"]), int(number) if number is not None else None)
    except (ValueError, TypeError, KeyError):
        return None
