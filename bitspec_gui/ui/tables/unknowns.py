"""The unknowns, each with its best hit once it was searched."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFont

from bitspec_gui.services.hit_rows import query_name
from bitspec_gui.ui.hit_words import kind_text, match_tip, percent_text
from bitspec_gui.ui.identify_state import IdentifyState, Unknown
from bitspec_gui.ui.tables.hits import MATCH_ROLE
from bitspec_gui.ui.tables.named_columns import NamedColumnsModel

COLUMNS = ("name", "best", "match")


class UnknownsTableModel(NamedColumnsModel):
    """One unknown a row."""

    columns, right = COLUMNS, ("match",)

    def __init__(self, state: IdentifyState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._rows: tuple[Unknown, ...] = ()
        self._row_of: dict[int, int] = {}
        state.unknowns_changed.connect(self._refresh)
        state.settings_changed.connect(self._repaint)
        state.found.connect(self._changed)
        self._refresh()

    def unknown_at(self, row: int) -> Unknown:
        """Unknown of a row."""
        return self._rows[row]

    def row_of(self, key: int | None) -> int | None:
        """Row of an unknown."""
        return None if key is None else self._row_of.get(key)

    def row_number(self) -> int:
        """Number of unknowns."""
        return len(self._rows)

    def cell(self, row: int, name: str, role: int) -> Any:
        """Name of the unknown, name and match factor of its best hit."""
        unknown = self._rows[row]
        found = self._state.hit_list_of(unknown.key)
        best = found.hits[0] if found is not None and found.hits else None
        if role == Qt.ItemDataRole.DisplayRole:
            if name == "name":
                return title_of(unknown)
            if best is None:
                return "" if found is None or name == "match" else self.tr("no hit")
            return str(best.match) if name == "match" else best.entry.record.name or best.entry.record.accession
        if role == MATCH_ROLE and name == "match":
            return best.match if best is not None and self._state.is_current(unknown.key) else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(unknown, name)
        if role == Qt.ItemDataRole.FontRole and found is not None and not self._state.is_current(unknown.key):
            slanted = QFont()
            slanted.setItalic(True)
            return slanted if name != "name" else None
        return None

    def title(self, name: str) -> str:
        """Heading of a column."""
        return {"name": self.tr("Unknown"), "best": self.tr("Best hit"), "match": self.tr("Match")}[name]

    def _tip(self, unknown: Unknown, column: str) -> str:
        record = unknown.record
        found = self._state.hit_list_of(unknown.key)
        if column == "name" or found is None:
            place = f"{record.source_file}, " + self.tr("line %1").replace("%1", str(record.line)) if record.line else ""
            peaks = self.tr("%1 peaks").replace("%1", str(len(record.spectrum)))
            lines = [title_of(unknown), peaks, record.comment or "", place or record.source_file]
        elif not found.hits:
            lines = [self.tr("No hit."), *found.notes]
        else:
            best = found.hits[0]
            sure = percent_text(best.probability)
            lines = [
                best.entry.record.name,
                kind_text(best) + f", {best.entry.library}",
                self.tr("Probability %1 %").replace("%1", sure) if sure else "",
                match_tip(best.match),
            ]
        if found is not None and not self._state.is_current(unknown.key):
            lines.append(self.tr("Searched with other settings or libraries than now; F5 searches again."))
        return "\n".join(line for line in lines if line)

    def _refresh(self) -> None:
        self.beginResetModel()
        self._rows = self._state.unknowns
        self._row_of = {each.key: row for row, each in enumerate(self._rows)}
        self.endResetModel()

    def _changed(self, key: int) -> None:
        row = self._row_of.get(key)
        if row is not None:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def _repaint(self) -> None:
        # A stated mass replaces the record of an unknown; rows and keys stay.
        self._rows = self._state.unknowns
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))


def title_of(unknown: Unknown) -> str:
    """Name of an unknown for lists."""
    return query_name(unknown.record)
