"""Held-out spectra of a verdict, each predicted before and after, to be sorted by any column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from bitspec_gui.domain.verdict import Outcome, Verdict
from bitspec_gui.ui.tables.named_columns import ExplainedColumnsModel
from bitspec_gui.ui.tables.structure_cells import STRUCTURE_ROLE
from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.ui.training_words import signed
from bitspec_gui.ui.views.mirror_card import change_colour

COLUMNS = ("structure", "name", "before", "after", "change", "part")

_SORTED_BY: dict[str, Callable[[Outcome], Any]] = {
    "name": lambda each: each.name.casefold(),
    "before": lambda each: each.before,
    "after": lambda each: each.after,
    "change": lambda each: each.change,
    "part": lambda each: each.fold,
}


class OutcomesTableModel(ExplainedColumnsModel):
    """One held-out spectrum a row; those that rose most come first until another order is asked for."""

    columns, right, largest_first = COLUMNS, ("before", "after", "change", "part"), ("before", "after", "change")

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._colours: Colours = LIGHT
        self._rows: list[Outcome] = []
        self._column, self._downwards = "change", True

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Show the spectra of a verdict."""
        self.beginResetModel()
        self._rows = list(verdict.outcomes) if verdict is not None else []
        self._arrange()
        self.endResetModel()

    def outcome_at(self, row: int) -> Outcome:
        """Spectrum of a row."""
        return self._rows[row]

    def row_of(self, outcome: Outcome | None) -> int | None:
        """Row of a spectrum, None if it is not there."""
        return next((row for row, each in enumerate(self._rows) if each is outcome), None)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; equal ones by their names."""
        name = COLUMNS[column] if 0 <= column < len(COLUMNS) else "change"
        self._column = name if name in _SORTED_BY else "change"
        self._downwards = order == Qt.SortOrder.DescendingOrder
        self.beginResetModel()
        self._arrange()
        self.endResetModel()

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._colours = colours
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))

    def row_number(self) -> int:
        """Number of spectra."""
        return len(self._rows)

    def cell(self, row: int, name: str, role: int) -> Any:
        """Texts, structures, and the colour of a rise or a fall."""
        outcome = self._rows[row]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(outcome, name)
        if role == STRUCTURE_ROLE and name == "structure":
            return outcome.smiles
        if role == Qt.ItemDataRole.ForegroundRole and name == "change":
            return QColor(change_colour(outcome.change, self._colours))
        if role == Qt.ItemDataRole.ToolTipRole:
            return outcome.smiles if name == "structure" else self._text(outcome, name)
        return None

    def titles(self) -> dict[str, tuple[str, str]]:
        """Headings of the columns, and what they say."""
        return {
            "structure": (self.tr("Structure"), self.tr("The compound, which the model that predicts here was not tuned on")),
            "name": (self.tr("Name"), self.tr("Name of the compound")),
            "before": (self.tr("Before"), self.tr("Cosine of the base model's prediction with the measured spectrum")),
            "after": (self.tr("After"), self.tr("Cosine of the tuned model's prediction with the measured spectrum")),
            "change": (self.tr("Change"), self.tr("By how much the cosine rose, or fell")),
            "part": (self.tr("Part"), self.tr("The part of the compounds, held out together, that it belongs to")),
        }

    def _text(self, outcome: Outcome, column: str) -> str:
        return {
            "structure": "",
            "name": outcome.name or outcome.smiles,
            "before": f"{outcome.before:.3f}",
            "after": f"{outcome.after:.3f}",
            "change": signed(outcome.change),
            "part": str(outcome.fold + 1),
        }[column]

    def _arrange(self) -> None:
        self._rows.sort(key=_SORTED_BY["name"])
        self._rows.sort(key=_SORTED_BY[self._column], reverse=self._downwards)


def outcomes_as_tsv(outcomes: list[Outcome]) -> str:
    """Rows to paste into a spreadsheet."""
    lines = ["Name\tSMILES\tBefore\tAfter\tChange"]
    lines += [f"{each.name}\t{each.smiles}\t{each.before:.4f}\t{each.after:.4f}\t{each.change:.4f}" for each in outcomes]
    return "\n".join(lines) + "\n"
