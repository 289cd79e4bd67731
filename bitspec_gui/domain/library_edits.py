"""Edits of libraries: what can be changed, and what an edit did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bitspec_gui.domain.library import ImportReport

EDITABLE = (
    *("name", "synonyms", "formula", "cas", "smiles", "inchi", "inchikey", "accession", "nominal_mass"),
    *("retention_index", "instrument", "energy_ev", "licence", "authors", "comment"),
)
"""Fields of a `SpectrumRecord` that users can change; what was measured, and where it came from, stays."""

MOST_EDITS = 200
MOST_BYTES = 200_000_000
"""Edits, and what is kept for them, beyond which the oldest can no longer be undone. The newest always can."""


@dataclass(frozen=True)
class EditDone:
    """What an edit, or its undoing, did.

    Attributes
    ----------
    description : str
        In words, for example ``Deleted 3 entries of “Mine”``.
    entries : int
        How many entries it concerned.
    libraries : frozenset of int
        Ids of libraries that are to be read again.
    notes : tuple of str
        Sentences on what was left as it was, and why.
    """

    description: str
    entries: int
    libraries: frozenset[int]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class EditHistory:
    """Descriptions of the edit that can be undone and of the one that can be done again; empty if there is none."""

    undo_text: str = ""
    redo_text: str = ""


@dataclass(frozen=True)
class TagInfo:
    """A tag, and how many entries bear it."""

    name: str
    entries: int


@dataclass(frozen=True)
class KeptReport:
    """A report of an import as the database keeps it; ``made_at`` knows its time zone."""

    report_id: int
    made_at: datetime
    report: ImportReport
