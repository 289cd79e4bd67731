"""Derivatives of a molecule, one a row, with what is predicted of each as it comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from bitspec_gui.domain.derivatives import Derivative
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.services.derivatising import base_peak
from bitspec_gui.ui.facts import with_subscripts
from bitspec_gui.ui.tables.named_columns import ExplainedColumnsModel
from bitspec_gui.ui.tables.structure_cells import STRUCTURE_ROLE

COLUMNS = ("structure", "name", "formula", "mass", "shift", "ion", "base", "confidence", "remark")
_RIGHT = {"mass", "shift", "ion", "base", "confidence"}


@dataclass
class DerivativeRow:
    """A derivative with its prediction, or with a sentence that says why there is none; with neither until one comes."""

    place: int
    derivative: Derivative
    prediction: Prediction | None = None
    problem: str = ""

    @property
    def ion(self) -> int | None:
        """m/z of the ion that the derivative is known by."""
        return self.derivative.ions[0][1] if self.derivative.ions else None


_VALUES: dict[str, Callable[[DerivativeRow], Any]] = {
    "structure": lambda row: row.place,
    "name": lambda row: row.derivative.molecule.name.casefold(),
    "formula": lambda row: row.derivative.molecule.formula,
    "mass": lambda row: row.derivative.molecule.nominal_mass,
    "shift": lambda row: row.derivative.mass_shift_da,
    "ion": lambda row: row.ion,
    "base": lambda row: None if row.prediction is None else base_peak(row.prediction),
    "confidence": lambda row: None if row.prediction is None else row.prediction.confidence,
    "remark": lambda row: row.derivative.remark or None,
}


class DerivativesTableModel(ExplainedColumnsModel):
    """The rows stand in the order of the list, the most complete derivative first, until they are sorted."""

    columns, right = COLUMNS, _RIGHT

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[DerivativeRow] = []
        self._by_place: dict[int, DerivativeRow] = {}

    @property
    def rows(self) -> list[DerivativeRow]:
        """Rows in their order on the screen."""
        return self._rows

    def show(self, derivatives: Sequence[Derivative]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._rows = [DerivativeRow(place, each) for place, each in enumerate(derivatives)]
        self._by_place = {row.place: row for row in self._rows}
        self.endResetModel()

    def take(self, place: int, result: Prediction | str) -> None:
        """Take the prediction of the derivative at a place of the list, or why there is none."""
        row = self._by_place[place]
        if isinstance(result, Prediction):
            row.prediction, row.problem = result, ""
        else:
            row.problem = result
        shown = self._rows.index(row)
        self.dataChanged.emit(self.index(shown, 0), self.index(shown, len(COLUMNS) - 1))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; what has no value there comes last, equals stay in the order of the list."""
        value = _VALUES[COLUMNS[column] if 0 <= column < len(COLUMNS) else "structure"]
        rows = sorted(self._rows, key=lambda row: row.place)
        known = [row for row in rows if value(row) is not None]
        known.sort(key=value, reverse=order == Qt.SortOrder.DescendingOrder)
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        chosen = [self._rows[index.row()] for index in before]
        self._rows = known + [row for row in rows if value(row) is None]
        after = [self.index(self._rows.index(row), index.column()) for row, index in zip(chosen, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def row_number(self) -> int:
        """Number of derivatives."""
        return len(self._rows)

    def cell(self, row: int, name: str, role: int) -> Any:
        """Text, the structure, and what is worth knowing as a tip."""
        each = self._rows[row]
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(each, name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(each)
        if role == STRUCTURE_ROLE and name == "structure":
            return each.derivative.molecule.smiles
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = each.derivative.molecule.smiles if name == "structure" else _text(each, name)
            return f"{self.title(name)}: {words or '–'}"
        return None

    def titles(self) -> dict[str, tuple[str, str]]:
        """Names of the columns, and what they mean."""
        return _titles()

    def title(self, name: str) -> str:
        """Heading of a column; of the ion, the name that all derivatives have for it."""
        return self._ion_heading() if name == "ion" else super().title(name)

    def _ion_heading(self) -> str:
        names = {row.derivative.ions[0][0] for row in self._rows if row.derivative.ions}
        # Beside M-15 of TMS derivatives, one that bears methoximes alone has another ion: then the cells say which.
        return next(iter(names)).replace("-", "−") if len(names) == 1 else _tr("Ion")


def _tr(text: str) -> str:
    return QCoreApplication.translate("DerivativesTableModel", text)


def _titles() -> dict[str, tuple[str, str]]:
    return {
        "structure": (_tr("Structure"), _tr("Structure of the derivative; sorts by how complete it is")),
        "name": (_tr("Derivative"), _tr("Number of groups, the atoms that bear them, and their sites where others are like it")),
        "formula": (_tr("Formula"), _tr("Molecular formula")),
        "mass": ("M", _tr("Nominal molecular mass in Da")),
        "shift": (_tr("Shift"), _tr("What the groups add to the nominal mass of the parent, in Da")),
        "ion": (_tr("Ion"), _tr("m/z of the ion that such derivatives are known by")),
        "base": (_tr("Base peak"), _tr("m/z of the base peak of the predicted spectrum")),
        "confidence": (_tr("Confidence"), _tr("Cosine that the measured spectrum is expected to have with the predicted one")),
        "remark": (_tr("Remark"), _tr("What stands in the way of this derivative")),
    }


def _text(row: DerivativeRow, name: str) -> str:
    if name == "structure":
        return ""
    if name == "name":
        # The parent's name, with which that of the molecule begins, is in the title of the window.
        whole, groups = row.derivative.molecule.name, row.derivative.groups
        return whole[whole.index(groups) :] if groups in whole else groups
    if name == "formula":
        return with_subscripts(row.derivative.molecule.formula)
    if name == "shift":
        return f"+{row.derivative.mass_shift_da}" if row.derivative.mass_shift_da else "0"
    if name == "remark":
        return row.problem or row.derivative.remark
    if name == "confidence" and row.prediction is None:
        return _tr("none") if row.problem else "…"
    value = _VALUES[name](row)
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _tip(row: DerivativeRow) -> str:
    derivative = row.derivative
    lines = [derivative.molecule.name, derivative.molecule.smiles]
    lines += [", ".join(f"{name.replace('-', '−')}: m/z {mz}" for name, mz in derivative.ions)] if derivative.ions else []
    if derivative.ways > 1:
        lines.append(_tr("%1 choices of sites give this structure.").replace("%1", str(derivative.ways)))
    return "\n".join([*lines, *(text for text in (derivative.remark, row.problem) if text)])
