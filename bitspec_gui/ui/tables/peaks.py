"""Peaks of the spectra on show, one unit m/z a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.ui.views.content import loss_text

AnyIndex = QModelIndex | QPersistentModelIndex

LEAST_PERCENT = 0.1


@dataclass(frozen=True)
class PeakRow:
    """A unit m/z with the intensities in % of the base peak (None: no such spectrum)."""

    mz: int
    predicted: float | None
    measured: float | None
    loss: str


def peak_rows(predicted: Spectrum | None, measured: Spectrum | None, molecular_mass: int | None) -> list[PeakRow]:
    """Rows of all unit m/z at which either spectrum has at least 0.1 % of its base peak."""
    bins = [None if each is None else 100.0 * to_bins(each).astype(np.float64) for each in (predicted, measured)]
    known = [each for each in bins if each is not None]
    if not known:
        return []
    strongest = np.maximum.reduce(known)
    up, down = bins
    return [
        PeakRow(
            mz=i + 1,
            predicted=None if up is None else float(up[i]),
            measured=None if down is None else float(down[i]),
            loss=loss_text(i + 1, molecular_mass),
        )
        for i in np.flatnonzero(strongest >= LEAST_PERCENT).tolist()
    ]


class PeakTableModel(QAbstractTableModel):
    """Columns: m/z, predicted %, measured %, loss from M; a column without a spectrum is left out."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[PeakRow] = []
        self._columns: tuple[str, ...] = ("mz", "predicted", "measured", "loss")

    def show_spectra(self, predicted: Spectrum | None, measured: Spectrum | None, molecular_mass: int | None) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._rows = peak_rows(predicted, measured, molecular_mass)
        nothing = predicted is None and measured is None
        present = {"predicted": predicted is not None, "measured": measured is not None, "loss": molecular_mass is not None}
        self._columns = ("mz", *(name for name, there in present.items() if there or nothing))
        self.endResetModel()

    def row_of(self, mz: int) -> int | None:
        """Row of a unit m/z."""
        return next((number for number, row in enumerate(self._rows) if row.mz == mz), None)

    def mz_at(self, row: int) -> int:
        """Unit m/z of a row."""
        return self._rows[row].mz

    def as_tsv(self, rows: list[int] | None = None) -> str:
        """Rows (all by default) as tab-separated text under a heading."""
        chosen = rows if rows else range(len(self._rows))
        columns = range(len(self._columns))
        heading = "\t".join(str(self.headerData(c, Qt.Orientation.Horizontal)) for c in columns)
        lines = ["\t".join(self._text(r, c) for c in columns) for r in chosen]
        return "\n".join([heading, *lines]) + "\n"

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        """Number of peaks."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - the signature is Qt's
        """Number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment or the number to sort by."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index.row(), index.column())
        if role == Qt.ItemDataRole.UserRole:
            value = getattr(self._rows[index.row()], self._columns[index.column()])
            return self._rows[index.row()].mz if self._columns[index.column()] == "loss" else value
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        names = {"mz": "m/z", "predicted": self.tr("Pred. %"), "measured": self.tr("Meas. %"), "loss": self.tr("Loss")}
        return names[self._columns[section]]

    def _text(self, row: int, column: int) -> str:
        value = getattr(self._rows[row], self._columns[column])
        if isinstance(value, float):
            return f"{value:.1f}" if value >= 0.05 else "–"
        return str(value)
