"""Rows of tables of structures, as whoever joins them to spectra needs them: light enough to be imported at every start."""

from __future__ import annotations

from dataclasses import dataclass

MAX_ROWS = 200_000
"""Rows of a table that are read; compounds that a laboratory has measured are far fewer."""


@dataclass(frozen=True)
class StructureRow:
    """A structure (SMILES, InChI or molblock) and what it is called: (column, cell) pairs, none of them empty."""

    structure: str
    cells: tuple[tuple[str, str], ...]
    file: str
    line: int | None


def plain_name(column: str) -> str:
    """Name of a column without case, blanks and punctuation."""
    return "".join(character for character in column.casefold() if character.isalnum())
