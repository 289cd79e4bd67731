"""Hits of a search, to be sorted by any column and narrowed by words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QFont, QIcon

from bitspec_gui.domain.search import Hit
from bitspec_gui.ui.facts import with_subscripts
from bitspec_gui.ui.hit_words import (
    difference_text,
    hit_tip,
    kind_text,
    match_tip,
    number_text,
    percent_text,
    probability_tip,
    reverse_tip,
)
from bitspec_gui.ui.tables.named_columns import ExplainedColumnsModel
from bitspec_gui.ui.tables.structure_cells import STRUCTURE_ROLE
from bitspec_gui.ui.views.content import nominal_mass_of

COLUMNS = (
    "rank", "match", "reverse", "probability", "structure", "name", "formula", "mass", "kind", "library", "cas", "ri",
    "ri_difference",
)  # fmt: skip
MATCH_ROLE = int(Qt.ItemDataRole.UserRole) + 2
"""Role under which a cell gives the match factor whose band colours it."""

_RIGHT = {"rank", "match", "reverse", "probability", "mass", "ri", "ri_difference"}
_LARGEST_FIRST = {"match", "reverse", "probability"}
_VALUES: dict[str, Callable[[Hit], Any]] = {
    "rank": lambda hit: hit.rank,
    "match": lambda hit: hit.match,
    "reverse": lambda hit: hit.reverse_match,
    "probability": lambda hit: hit.probability,
    "structure": lambda hit: hit.entry.record.smiles or hit.entry.record.inchi,
    "name": lambda hit: (hit.entry.record.name or hit.entry.record.accession or "").casefold() or None,
    "formula": lambda hit: hit.entry.record.formula,
    "mass": lambda hit: nominal_mass_of(hit.entry.record),
    "kind": lambda hit: hit.is_predicted,
    "library": lambda hit: hit.entry.library.casefold(),
    "cas": lambda hit: hit.entry.record.cas,
    "ri": lambda hit: hit.entry.record.retention_index,
    "ri_difference": lambda hit: None if hit.ri_difference is None else abs(hit.ri_difference),
}


class HitsTableModel(ExplainedColumnsModel):
    """One hit a row. All rows are there at once (a search gives at most 1,000), so that sorting never waits."""

    columns, right, largest_first = COLUMNS, _RIGHT, _LARGEST_FIRST

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[Hit, ...] = ()
        self._rows: list[Hit] = []
        self._column, self._order = "rank", Qt.SortOrder.AscendingOrder
        self._words = ""
        self._mark = QIcon()

    @property
    def hits(self) -> list[Hit]:
        """Hits in the order of the rows."""
        return self._rows

    def set_mark(self, mark: QIcon) -> None:
        """Sign beside the names of doubtful spectra."""
        self._mark = mark

    def show_hits(self, hits: tuple[Hit, ...]) -> None:
        """Replace the rows."""
        self._all = hits
        self._arrange()

    def show_only(self, words: str) -> None:
        """Show the hits that hold all these words in name, formula, CAS, InChIKey, library or accession."""
        if words.split() != self._words.split():
            self._words = words
            self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; what has no value there comes last in both directions, equals stay by rank."""
        self._column, self._order = COLUMNS[column] if 0 <= column < len(COLUMNS) else "rank", order
        self._arrange()

    def hit_at(self, row: int) -> Hit:
        """Hit of a row."""
        return self._rows[row]

    def row_of(self, hit: Hit | None) -> int | None:
        """Row of a hit, None if it is not shown."""
        return next((row for row, each in enumerate(self._rows) if each is hit), None)

    def as_tsv(self, rows: list[int]) -> str:
        """Rows as tab-separated text under a heading."""
        columns = [name for name in COLUMNS if name != "structure"]
        titles = _titles()
        lines = ["\t".join([*(titles[name][0] for name in columns), "SMILES", "InChIKey"])]
        for row in rows:
            hit = self._rows[row]
            keys = (hit.entry.record.smiles or "", hit.entry.record.inchikey or "")
            lines.append("\t".join([*(_plain(hit, name) for name in columns), *keys]))
        return "\n".join(lines) + "\n"

    def row_number(self) -> int:
        """Number of hits shown."""
        return len(self._rows)

    def cell(self, row: int, name: str, role: int) -> Any:
        """Text, the structure, the match factor behind a colour, and what is worth knowing as a tip."""
        hit = self._rows[row]
        if role == Qt.ItemDataRole.DisplayRole:
            text = _plain(hit, name)
            return with_subscripts(text) if name == "formula" else text
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(hit, name)
        if role == STRUCTURE_ROLE and name == "structure":
            return hit.entry.record.smiles or hit.entry.record.inchi
        if role == MATCH_ROLE and name in ("match", "reverse"):
            return hit.match if name == "match" else hit.reverse_match
        if role == Qt.ItemDataRole.DecorationRole and name == "name" and hit.entry.record.doubt:
            return self._mark
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = _plain(hit, name) if name != "structure" else hit.entry.record.smiles or ""
            return f"{_titles()[name][0]}: {words or '–'}"
        if role == Qt.ItemDataRole.FontRole and name == "kind" and hit.is_predicted:
            slanted = QFont()
            slanted.setItalic(True)
            return slanted
        return None

    def titles(self) -> dict[str, tuple[str, str]]:
        """Names of the columns, and what they mean."""
        return _titles()

    def _arrange(self) -> None:
        wanted = [word.casefold() for word in self._words.split()]
        kept = [hit for hit in self._all if not wanted or _holds(hit, wanted)]
        value = _VALUES[self._column]
        known = [hit for hit in kept if value(hit) is not None]
        known.sort(key=value, reverse=self._order == Qt.SortOrder.DescendingOrder)
        self.beginResetModel()
        self._rows = known + [hit for hit in kept if value(hit) is None]
        self.endResetModel()


def _tr(text: str) -> str:
    return QCoreApplication.translate("HitsTableModel", text)


def _titles() -> dict[str, tuple[str, str]]:
    return {
        "rank": ("#", _tr("Rank by the score")),
        "match": (_tr("Match"), match_tip()),
        "reverse": (_tr("Reverse"), reverse_tip()),
        "probability": (_tr("Prob. %"), probability_tip()),
        "structure": (_tr("Structure"), _tr("Structure of the library's compound")),
        "name": (_tr("Name"), _tr("Name of the library's compound")),
        "formula": (_tr("Formula"), _tr("Molecular formula")),
        "mass": (_tr("MW"), _tr("Nominal molecular mass in Da")),
        "kind": (_tr("Spectrum"), _tr("Whether the library's spectrum was measured or predicted, and by which model")),
        "library": (_tr("Library"), _tr("Where the spectrum comes from")),
        "cas": ("CAS", _tr("CAS number")),
        "ri": ("RI", _tr("Retention index of the library's spectrum")),
        "ri_difference": ("ΔRI", _tr("Retention index of the library's spectrum less that of the unknown")),
    }


def _plain(hit: Hit, name: str) -> str:
    record = hit.entry.record
    if name == "structure":
        return ""
    if name == "name":
        return record.name or record.accession or _tr("Unnamed")
    if name == "kind":
        return kind_text(hit)
    if name == "library":
        return hit.entry.library
    if name == "probability":
        return percent_text(hit.probability)
    if name == "ri_difference":
        return difference_text(hit.ri_difference)
    return number_text(_VALUES[name](hit))


def _tip(hit: Hit, name: str) -> str:
    explained = {"match": match_tip(hit.match), "reverse": reverse_tip(hit.reverse_match), "probability": probability_tip()}
    return explained.get(name) or hit_tip(hit)


def _holds(hit: Hit, words: list[str]) -> bool:
    record = hit.entry.record
    fields = (record.name, *record.synonyms, record.formula, record.cas, record.inchikey, hit.entry.library, record.accession)
    text = "\n".join(field for field in fields if field).casefold()
    return all(word in text for word in words)
