"""Compounds with their names as people write them down: a tab-separated list with comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bitspec_gui.domain.errors import UnreadableFile

_COLUMNS = 5


@dataclass(frozen=True)
class FurtherCompound:
    """A compound of such a list: its names, the usual one first, CAS number (may be empty), molecular formula, SMILES, line."""

    names: tuple[str, ...]
    cas: str
    formula: str
    smiles: str
    line: int


def read_further_names(path: Path) -> Iterator[FurtherCompound]:
    """Compounds of a list with the columns name, other names (parted by semicolons), CAS number, formula, SMILES.

    Empty lines and those that begin with # are passed over.

    Raises
    ------
    UnreadableFile
        If the file cannot be read, or a line has not these columns; the sentence names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error}.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != _COLUMNS or not (cells[0] and cells[3] and cells[4]):
            raise UnreadableFile(f"{path.name}, line {number}: name, other names, CAS number, formula and SMILES are expected.")
        name, others, cas, formula, smiles = cells
        names = [name, *(each.strip() for each in others.split(";"))]
        yield FurtherCompound(tuple(each for each in names if each), cas, formula, smiles, number)
