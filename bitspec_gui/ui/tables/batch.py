"""Rows of a list of molecules with what was predicted for them, a hundred thousand of them if need be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QColor, QIcon

from bitspec_gui.domain.batch import BatchRow, RowState
from bitspec_gui.services.batch_order import BatchOrder, Places
from bitspec_gui.services.batch_rows import BatchRows
from bitspec_gui.ui.facts import with_subscripts
from bitspec_gui.ui.tables.hits import MATCH_ROLE
from bitspec_gui.ui.tables.named_columns import ExplainedColumnsModel
from bitspec_gui.ui.tables.structure_cells import STRUCTURE_ROLE
from bitspec_gui.ui.theme import LIGHT, Colours, icon

COLUMNS = (
    "number", "structure", "name", "identifier", "formula", "mass", "state", "base_peak", "peaks", "confidence", "warnings",
)  # fmt: skip

LARGEST_PEAKS = 5

_RIGHT = {"number", "mass", "base_peak", "confidence"}
_LARGEST_FIRST = {"confidence"}


class BatchTableModel(ExplainedColumnsModel):
    """Rows of `BatchRows` in an order that is made elsewhere; those that come later are added at the end.

    `arranging_wanted` says that rows have changed which the order of the table depends on.
    """

    arranging_wanted = Signal()

    columns, right, largest_first = COLUMNS, _RIGHT, _LARGEST_FIRST

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = BatchRows()
        self._places: Places = np.empty(0, np.int32)
        self._shown = 0
        self._known = 0
        self.order = BatchOrder()
        self._colours = LIGHT
        self._mark = QIcon()

    @property
    def rows(self) -> BatchRows:
        """All rows, whether shown or not."""
        return self._rows

    @property
    def places(self) -> Places:
        """Places, counted from 0, of the rows shown, in their order."""
        return np.arange(self._shown, dtype=np.int32) if self.order.follows_files else self._places

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._colours = colours
        self._mark = icon("warning", colours.warning)
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(self._shown - 1, len(COLUMNS) - 1))

    def show_rows(self, rows: BatchRows) -> None:
        """Show another list."""
        self.beginResetModel()
        self._rows = rows
        self._places = np.empty(0, np.int32)
        self._shown = 0
        self.endResetModel()
        self.catch_up()

    def catch_up(self) -> None:
        """Show the rows that have come, and what has become of others."""
        news = self._rows.take_news()
        if not self.order.follows_files:
            if news.changed or news.rows != self._known:
                self.arranging_wanted.emit()
        elif news.rows > self._shown:
            self.beginInsertRows(QModelIndex(), self._shown, news.rows - 1)
            self._shown = news.rows
            self.endInsertRows()
        self._known = news.rows
        if news.changed and self._shown:
            first, last = (news.changed[0], news.changed[-1]) if self.order.follows_files else (0, self._shown - 1)
            self.dataChanged.emit(self.index(first, 0), self.index(min(last, self._shown - 1), len(COLUMNS) - 1))

    def arrange(self, order: BatchOrder, places: Places) -> None:
        """Show rows in an order, as `services.batch_order.arranged` gives it."""
        self.beginResetModel()
        self.order, self._places = order, places
        self._shown = len(self._rows) if order.follows_files else int(places.size)
        self.endResetModel()

    def place_at(self, row: int) -> int:
        """Place in the list, counted from 0, of a row of the table."""
        return row if self.order.follows_files else int(self._places[row])

    def row_at(self, row: int) -> BatchRow:
        """What a row of the table shows."""
        return self._rows[self.place_at(row)]

    def tables_rows_of(self, places: Places) -> Places:
        """Rows of the table, ascending, that show these places as far as they are shown."""
        if self.order.follows_files:
            return np.sort(places[places < self._shown])
        return np.flatnonzero(np.isin(self._places, places)).astype(np.int32)

    def row_number(self) -> int:
        """Number of rows shown."""
        return self._shown

    def cell(self, row: int, name: str, role: int) -> Any:
        """Text, structure, the confidence behind a colour, and what is worth knowing as a tip."""
        each = self.row_at(row)
        if role == Qt.ItemDataRole.DisplayRole:
            text = cell_text(each, name)
            return with_subscripts(text) if name == "formula" else text
        if role == STRUCTURE_ROLE:
            return (each.text or None) if name == "structure" and each.state is not RowState.REFUSED else None
        if role == MATCH_ROLE:
            confidence = each.compound.confidence if name == "confidence" and each.compound is not None else None
            return None if confidence is None else int(1000 * confidence)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row_tip(each)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = each.text.split("\n")[0] if name == "structure" else cell_text(each, name)
            return f"{_titles()[name][0]}: {words or '–'}"
        if role == Qt.ItemDataRole.ForegroundRole and name == "state":
            colour = {RowState.REFUSED: self._colours.danger, RowState.WAITING: self._colours.muted}.get(each.state)
            return QColor(colour) if colour is not None else None
        if role == Qt.ItemDataRole.DecorationRole and name == "warnings":
            return self._mark if each.compound is not None and each.compound.warnings else None
        return None

    def titles(self) -> dict[str, tuple[str, str]]:
        """Names of the columns, and what they mean."""
        return _titles()


def _tr(text: str) -> str:
    return QCoreApplication.translate("BatchTableModel", text)


def _titles() -> dict[str, tuple[str, str]]:
    return {
        "number": ("#", _tr("Number of the row, in the order of the files")),
        "structure": (_tr("Structure"), _tr("Structure as the file draws it")),
        "name": (_tr("Name"), _tr("Name that the file gives")),
        "identifier": (_tr("ID"), _tr("Identifier that the file gives")),
        "formula": (_tr("Formula"), _tr("Molecular formula")),
        "mass": ("M", _tr("Nominal molecular mass in Da")),
        "state": (_tr("Status"), _tr("Whether the spectrum was predicted, and if not, why")),
        "base_peak": (_tr("Base peak"), _tr("m/z of the largest peak")),
        "peaks": (_tr("Largest peaks"), _tr("m/z of the five largest peaks, with % of the base peak")),
        "confidence": (
            _tr("Confidence"),
            _tr("Cosine that a measured spectrum is expected to have with the prediction, 0 to 1"),
        ),
        "warnings": (_tr("Warnings"), _tr("Why a prediction should be taken with care")),
    }


def state_words(row: BatchRow) -> str:
    """What has become of a row."""
    if row.state is RowState.REFUSED:
        return row.sentence
    if row.state is RowState.WAITING:
        return _tr("waiting")
    return _tr("as row %1").replace("%1", f"{row.same_as:,}") if row.same_as else _tr("predicted")


def cell_text(row: BatchRow, name: str) -> str:
    """Text of a cell; an empty one for structures."""
    always = {"number": f"{row.number:,}", "name": row.name, "identifier": row.identifier, "state": state_words(row)}
    if name in always:
        return always[name]
    found = row.compound
    if found is None or name == "structure":
        return ""
    if name == "peaks":
        return "  ".join(f"{mz} ({percent:.0f})" for mz, percent in found.largest_peaks(LARGEST_PEAKS))
    if name == "confidence":
        return "" if found.confidence is None else f"{found.confidence:.2f}"
    texts = {
        "formula": found.formula,
        "mass": str(found.nominal_mass),
        "base_peak": str(found.base_peak),
        "warnings": " ".join(found.warnings),
    }
    return texts[name]


def rows_as_tsv(rows: Sequence[BatchRow]) -> str:
    """Rows as tab-separated text under a heading; in any thread."""
    columns = [name for name in COLUMNS if name != "structure"]
    titles = _titles()
    lines = ["\t".join([*(titles[name][0] for name in columns), "SMILES", "InChIKey"])]
    for row in rows:
        keys = (row.compound.smiles, row.compound.inchikey) if row.compound is not None else ("", "")
        cells = [*(cell_text(row, name) for name in columns), *keys]
        lines.append("\t".join(" ".join(cell.split()) for cell in cells))
    return "\n".join(lines) + "\n"


def row_tip(row: BatchRow) -> str:
    """Where a row comes from, why it was refused, and what to be careful about."""
    lines = [row.title] if row.title else []
    problem = row.problem
    if problem is not None:
        lines.append(str(problem))
    else:
        place = row.file if row.line is None else _tr("%1, line %2").replace("%1", row.file).replace("%2", f"{row.line:,}")
        lines.append(place)
    if row.same_as:
        words = _tr("The same compound as row %1, with which it shares the spectrum.")
        lines.append(words.replace("%1", f"{row.same_as:,}"))
    if row.compound is not None:
        lines += row.compound.warnings
    return "\n".join(lines)
