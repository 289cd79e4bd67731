"""What the columns of the table of library entries are called and say."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from bitspec_gui.domain.library import EntryOrder, LibraryEntry
from bitspec_gui.ui.views.content import nominal_mass_of

COLUMNS = (
    "name", "kind", "formula", "mass", "cas", "inchikey", "library", "tags", "retention_index", "peaks", "instrument", "licence",
    "structure",
)  # fmt: skip
"""By their places in the model; the structure is shown first."""

RIGHT = frozenset({"mass", "peaks", "retention_index"})
"""Columns of numbers, set flush right."""

ORDERS = {
    "name": EntryOrder.NAME, "kind": EntryOrder.KIND, "formula": EntryOrder.FORMULA, "mass": EntryOrder.MASS,
    "cas": EntryOrder.CAS, "inchikey": EntryOrder.INCHIKEY, "library": EntryOrder.LIBRARY,
    "retention_index": EntryOrder.RETENTION_INDEX, "peaks": EntryOrder.PEAKS, "instrument": EntryOrder.INSTRUMENT,
    "licence": EntryOrder.LICENCE,
}  # fmt: skip
"""Columns that entries can be sorted by."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("EntryColumns", text)


def heading(column: str) -> str:
    """Name of a column."""
    return {
        "name": _tr("Name"), "kind": _tr("Spectrum"), "formula": _tr("Formula"), "mass": _tr("Mass"), "cas": "CAS",
        "inchikey": "InChIKey", "library": _tr("Library"), "tags": _tr("Tags"), "retention_index": _tr("RI"),
        "peaks": _tr("Peaks"), "instrument": _tr("Instrument"), "licence": _tr("Licence"), "structure": _tr("Structure"),
    }[column]  # fmt: skip


def cell_text(entry: LibraryEntry, column: str) -> str:
    """What a cell says; that of a structure is its SMILES or InChI, which is copied but not shown."""
    record = entry.record
    values = {
        "name": record.name, "kind": kind_of(entry), "formula": record.formula, "mass": nominal_mass_of(record),
        "cas": record.cas, "inchikey": record.inchikey, "library": entry.library, "tags": ", ".join(entry.tags),
        "retention_index": _plain(record.retention_index), "peaks": len(record.spectrum), "instrument": record.instrument,
        "licence": record.licence, "structure": structure_text(entry),
    }  # fmt: skip
    value = values[column]
    return "" if value is None else str(value)


def structure_text(entry: LibraryEntry) -> str:
    """SMILES, else InChI of an entry, empty if it has no structure."""
    return entry.record.smiles or entry.record.inchi or ""


def kind_of(entry: LibraryEntry) -> str:
    """Whether a spectrum was measured or predicted, or contradicts its structure."""
    if entry.record.predicted_by:
        return _tr("predicted")
    return _tr("doubtful") if entry.record.doubt else _tr("measured")


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:.1f}".removesuffix(".0")
