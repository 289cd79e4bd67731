"""What fine-tuning reads that others may have written or damaged: tables of structures, exported models, weights, journals."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bitspec_gui.domain.errors import BitSpecError, ModelFileError, UnreadableFile, VersionError
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.tuning_jobs import CurvePoint, JobState, Noted, StateChanged
from bitspec_gui.domain.tuning_json import event_as_json
from bitspec_gui.formats.model_archive import Content, is_model_archive, read_archive, write_archive
from bitspec_gui.formats.structure_tables import StructureRow, structure_tables
from bitspec_gui.formats.tensor_files import check_tensor_file
from bitspec_gui.services.tuning_journal import read_events
from tests.fuzz.targets import Target

MOST_ROWS = 200

# Each line that is no event is told in the log: here there are tens of thousands.
logging.getLogger("bitspec_gui.services.tuning_journal").setLevel(logging.ERROR)

_TABLES = [
    b'name;CAS;SMILES\r\ntoluene;108-88-3;Cc1ccccc1\r\n"2,3-butanedione";431-03-8;CC(=O)C(C)=O\r\nnobody;;\r\n',
    b"id\tInChI\n1\tInChI=1S/CH4O/c1-2/h2H,1H3\n2\tnot one\n\n3\tInChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3\n",
    "\ufeffNamn,smiles\nmetanol,CO\n\u00e4ttiksyra,CC(=O)O\n".encode(),
]
_HEADER = json.dumps({"up": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}).encode()
_TENSORS = [len(_HEADER).to_bytes(8, "little") + _HEADER + bytes(16)]
_EVENTS = [StateChanged(JobState.RUNNING), CurvePoint(0, 1, 40, 0.3, 1e-3), Noted("half the batch"), StateChanged(JobState.DONE)]
_JOURNAL = ["".join(json.dumps(event_as_json(event)) + "\n" for event in _EVENTS).encode()]


def _archive() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "made.bitspec")
        write_archive(path, {"name": "made"}, [Content("model.json", b"{}"), Content("model.safetensors", _TENSORS[0])])
        return path.read_bytes()


def _on_disk(read: Callable[[Path], str | None], suffix: str, data: bytes) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"fuzzed{suffix}")
        path.write_bytes(data)
        try:
            return read(path)
        except (UnreadableFile, VersionError, ModelFileError) as error:
            return None if str(error).strip() else "refused without a sentence"


def _table(path: Path) -> str | None:
    for table in structure_tables(path):
        for number, row in enumerate(table.rows()):
            if isinstance(row, Problem) and not row.what.strip():
                return "a problem that says nothing"
            if not isinstance(row, Problem | StructureRow):
                return f"neither a row nor a problem: {row!r:.80}"
            if number == MOST_ROWS:
                break
    return None


def _exported(original: bytes, path: Path) -> str | None:
    """An archive is read as it was written, or refused; nothing is unpacked to where it says."""
    is_model_archive(path)
    placed: list[Path] = []

    def place_of(_manifest: object, _member: object) -> Path:
        placed.append(path.parent / f"member-{len(placed)}")
        return placed[-1]

    read_archive(path, place_of)
    return None if path.read_bytes() == original else "an archive that was changed and is taken for whole"


def _weights(path: Path) -> str | None:
    check_tensor_file(path)
    return None


def _journal(path: Path) -> str | None:
    """What can be read is read; nothing is raised, and the reader comes to the end of whole lines."""
    try:
        events, offset = read_events(path)
    except BitSpecError as error:
        return f"a journal that is refused: {error}"
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    return None if offset == whole and len(events) <= content.count(b"\n") else f"read {offset} of {whole} bytes"


_ARCHIVE = _archive()

TARGETS = [
    Target("structure-table", _TABLES, partial(_on_disk, _table, ".csv")),
    Target("exported-model", [_ARCHIVE], partial(_on_disk, partial(_exported, _ARCHIVE), ".bitspec")),
    Target("weights", _TENSORS, partial(_on_disk, _weights, ".safetensors")),
    Target("journal", _JOURNAL, partial(_on_disk, _journal, ".jsonl")),
]
