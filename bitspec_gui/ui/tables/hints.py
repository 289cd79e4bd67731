"""Candidates for the mass and the formula of an unknown, one a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from bitspec_gui.domain.hints import FormulaHint, MassHint
from bitspec_gui.ui.formula_text import subscripted

AnyIndex = QModelIndex | QPersistentModelIndex

Column = tuple[str, Callable[[Any], str]]


class HintTableModel(QAbstractTableModel):
    """Rows of hints in columns of text; ``tip`` explains a row."""

    def __init__(self, columns: Sequence[Column], tip: Callable[[Any], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._tip = tip
        self._rows: tuple[Any, ...] = ()

    def show_hints(self, rows: Sequence[Any]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def hint_at(self, row: int) -> Any:
        """The hint in a row."""
        return self._rows[row]

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        """Number of hints."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        """Number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, explanation or alignment."""
        if not index.isValid():
            return None
        hint = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[index.column()][1](hint)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(hint)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if index.column() == 0 else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == 0 else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return self._columns[section][0] if role == Qt.ItemDataRole.DisplayRole else None


class MassTableModel(HintTableModel):
    """Candidates for the nominal mass of the molecule."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), _words_of_mass, parent)
        self._columns = (
            (self.tr("M (Da)"), lambda hint: str(hint.mass_da)),
            (self.tr("Prob."), lambda hint: _percent(hint.probability)),
            (self.tr("Peak"), lambda hint: f"{hint.relative_intensity:.1f} %"),
        )


class FormulaTableModel(HintTableModel):
    """Formulae that fit."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), self._explain, parent)
        self._columns = (
            (self.tr("Formula"), lambda hint: subscripted(hint.formula)),
            (self.tr("M (Da)"), lambda hint: str(hint.mass_da)),
            (self.tr("Prob."), lambda hint: _percent(hint.probability)),
            (self.tr("RDBE"), lambda hint: f"{hint.unsaturation:g}"),
            (self.tr("Explained"), lambda hint: _percent(hint.explained)),
            (self.tr("Error (mDa)"), lambda hint: "" if hint.error_mda is None else f"{hint.error_mda:+.1f}".replace("-", "−")),
        )

    def _explain(self, hint: FormulaHint) -> str:
        words = self.tr(
            "%1 of the spectrum, by square-root intensity, lies at masses that fragments of %2 can have; "
            "%3 rings and double bonds (RDBE)."
        )
        words = words.replace("%1", _percent(hint.explained)).replace("%2", subscripted(hint.formula))
        return words.replace("%3", f"{hint.unsaturation:g}")


def _words_of_mass(hint: MassHint) -> str:
    return hint.words


def _percent(share: float) -> str:
    return "<1 %" if 0 < share < 0.01 else f"{100 * share:.0f} %"
