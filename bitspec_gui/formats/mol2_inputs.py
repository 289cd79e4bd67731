"""Molecules of MOL2 files (Tripos, SYBYL), one record at a time."""

from __future__ import annotations

from collections.abc import Iterator

from bitspec_gui.domain.molecule import MOL2_START, MoleculeInput
from bitspec_gui.domain.problems import Problem
from bitspec_gui.formats.text import single_line

MAX_RECORD_TEXT = 200_000
"""Characters of a record; more than that is a protein."""

NumberedLine = tuple[int, str]


def mol2_inputs(lines: Iterator[NumberedLine], file: str) -> Iterator[MoleculeInput | Problem]:
    """Records of a MOL2 file as they stand there, from numbered lines; what stands before the first record is passed over."""
    record: list[str] = []
    start = length = 0
    for number, line in lines:
        if line.startswith(MOL2_START):
            if start:
                yield _record(record, length, file, start)
            record, start, length = [], number, 0
        # Remarks stand before records and between their lines; the second line is the name, whatever it begins with.
        if not start or (line.startswith("#") and len(record) != 1):
            continue
        length += len(line) + 1
        if length <= MAX_RECORD_TEXT:
            record.append(line)
    if start:
        yield _record(record, length, file, start)


def _record(record: list[str], length: int, file: str, start: int) -> MoleculeInput | Problem:
    if length > MAX_RECORD_TEXT:
        return Problem(file, start, "This MOL2 record is too long to be a molecule that evaporates.")
    name = single_line(record[1]) if len(record) > 1 else ""
    if name.startswith("@<TRIPOS>") or not name.strip("*"):
        name = ""
    return MoleculeInput("\n".join(record).rstrip() + "\n", name, "", file, start)
