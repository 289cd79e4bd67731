"""Hits as rows of plain values: what every table of hits says, in a file or on paper."""

from __future__ import annotations

from pathlib import Path

from bitspec_gui.domain.search import Hit
from bitspec_gui.domain.spectrum import SpectrumRecord

Cell = str | int | float | None

HIT_COLUMNS = (
    "query", "rank", "name", "smiles", "inchikey", "library", "source", "score", "match", "reverse_match", "probability",
)  # fmt: skip
"""Columns of a table of hits in CSV and JSON, in this order."""

MEASURED = "measured"


def query_name(record: SpectrumRecord) -> str:
    """What an unknown is called: its name, else its accession, else where it was read."""
    if record.name or record.accession:
        return record.name or record.accession or ""
    file = Path(record.source_file).name
    return (f"{file}, line {record.line}" if record.line is not None else file) or "unnamed spectrum"


def hit_name(record: SpectrumRecord) -> str:
    """What a library spectrum is called: its name, else its accession, formula or key."""
    return record.name or record.accession or record.formula or record.inchikey or "unnamed"


def source_words(record: SpectrumRecord) -> str:
    """``measured``, or ``predicted by`` the version that did it."""
    return MEASURED if record.predicted_by is None else f"predicted by {record.predicted_by}"


def hit_row(query: str, hit: Hit) -> dict[str, Cell]:
    """A hit under `HIT_COLUMNS`; score and probability with four decimals, None where something is not known."""
    record = hit.entry.record
    values: tuple[Cell, ...] = (
        query,
        hit.rank,
        hit_name(record),
        record.smiles,
        record.inchikey,
        hit.entry.library,
        source_words(record),
        round(hit.score, 4),
        hit.match,
        hit.reverse_match,
        None if hit.probability is None else round(hit.probability, 4),
    )
    return dict(zip(HIT_COLUMNS, values, strict=True))
