"""Peaks of the spectra on show, one unit m/z a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from bitspec_gui.domain.annotation import Assignment, PeakAnnotation
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.ui.views.annotation_words import ion_text, neutral_text, no_fragment_fits, plain_ion_text, share_text
from bitspec_gui.ui.views.content import loss_text

AnyIndex = QModelIndex | QPersistentModelIndex

LEAST_PERCENT = 0.1


@dataclass(frozen=True)
class PeakRow:
    """A unit m/z with the intensities in % of the base peak (None: no such spectrum), and what the predicted peak is made of."""

    mz: int
    predicted: float | None
    measured: float | None
    loss: str
    annotation: PeakAnnotation | None = None

    @property
    def best(self) -> Assignment | None:
        """The likeliest assignment."""
        return self.annotation.assignments[0] if self.annotation is not None and self.annotation.is_assigned else None


def peak_rows(
    predicted: Spectrum | None,
    measured: Spectrum | None,
    molecular_mass: int | None,
    annotations: Sequence[PeakAnnotation] = (),
) -> list[PeakRow]:
    """Rows of all unit m/z at which either spectrum has at least 0.1 % of its base peak."""
    bins = [None if each is None else 100.0 * to_bins(each).astype(np.float64) for each in (predicted, measured)]
    known = [each for each in bins if each is not None]
    if not known:
        return []
    strongest = np.maximum.reduce(known)
    up, down = bins
    made_of = {each.mz: each for each in annotations}
    return [
        PeakRow(
            mz=i + 1,
            predicted=None if up is None else float(up[i]),
            measured=None if down is None else float(down[i]),
            loss=loss_text(i + 1, molecular_mass),
            annotation=made_of.get(i + 1),
        )
        for i in np.flatnonzero(strongest >= LEAST_PERCENT).tolist()
    ]


class PeakTableModel(QAbstractTableModel):
    """Columns: m/z, predicted %, measured %, loss from M; a column without a spectrum is left out.

    Of an annotated prediction the ion's formula, the neutral loss in place of that from M, and the probability.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[PeakRow] = []
        self._columns: tuple[str, ...] = ("mz", "predicted", "measured", "loss")
        self._of_unknown = self._of_another = False

    @property
    def is_annotated(self) -> bool:
        """Whether there are columns on what peaks are made of."""
        return "formula" in self._columns

    def show_spectra(
        self,
        predicted: Spectrum | None,
        measured: Spectrum | None,
        molecular_mass: int | None,
        annotations: Sequence[PeakAnnotation] = (),
        *,
        of_another: bool = False,
    ) -> None:
        """Replace the rows; `of_another` says that `measured` is the prediction of another molecule."""
        self._of_another = of_another
        self._show(predicted, measured, molecular_mass, annotations, of_unknown=False)

    def compare_spectra(self, unknown: Spectrum | None, hit: Spectrum | None, molecular_mass: int | None) -> None:
        """Show an unknown beside a hit."""
        self._show(unknown, hit, molecular_mass, (), of_unknown=True)

    def _show(
        self,
        predicted: Spectrum | None,
        measured: Spectrum | None,
        molecular_mass: int | None,
        annotations: Sequence[PeakAnnotation],
        *,
        of_unknown: bool,
    ) -> None:
        self.beginResetModel()
        self._of_unknown = of_unknown
        self._rows = peak_rows(predicted, measured, molecular_mass, annotations)
        nothing = predicted is None and measured is None
        present = {"predicted": predicted is not None, "measured": measured is not None, "loss": molecular_mass is not None}
        columns = ["mz", *(name for name, there in present.items() if there or nothing)]
        if annotations:
            columns = [*(name for name in columns if name != "loss"), "formula", "neutral", "probability"]
        self._columns = tuple(columns)
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
        lines = ["\t".join(self._text(r, c, plain=True) for c in columns) for r in chosen]
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
            return self._sort_value(self._rows[index.row()], self._columns[index.column()])
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._explanation(self._rows[index.row()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        # Beside columns on what peaks are made of there is no room for the sign.
        percent = "" if self.is_annotated else " %"
        names = {
            "mz": "m/z", "predicted": self.tr("Pred.") + percent, "measured": self.tr("Meas.") + percent, "loss": self.tr("Loss"),
            "formula": self.tr("Formula"), "neutral": self.tr("Loss"), "probability": self.tr("Prob."),
        }  # fmt: skip
        if self._of_another:
            names["measured"] = self.tr("Other") + percent
        if self._of_unknown:
            names |= {"predicted": self.tr("Unk.") + percent, "measured": self.tr("Hit") + percent}
        return names[self._columns[section]]

    def _text(self, row: int, column: int, *, plain: bool = False) -> str:
        name, each = self._columns[column], self._rows[row]
        if name in ("formula", "neutral", "probability"):
            return _annotation_text(each, name, plain=plain)
        value = getattr(each, name)
        if isinstance(value, float):
            return f"{value:.1f}" if value >= 0.05 else "–"
        return str(value)

    @staticmethod
    def _sort_value(row: PeakRow, name: str) -> object:
        if name == "probability":
            return row.best.probability if row.best is not None else 0.0
        return getattr(row, name) if name in ("mz", "predicted", "measured") else row.mz

    @staticmethod
    def _explanation(row: PeakRow) -> str | None:
        if row.best is not None:
            return " · ".join((ion_text(row.best), neutral_text(row.best), share_text(row.best.probability)))
        return no_fragment_fits() if row.annotation is not None else None


def _annotation_text(row: PeakRow, name: str, *, plain: bool) -> str:
    best = row.best
    if best is None:
        return "–" if row.annotation is not None and name == "formula" else ""
    if name == "formula":
        return plain_ion_text(best) if plain else ion_text(best)
    if name == "neutral":
        return best.neutral_loss if plain else neutral_text(best)
    return f"{best.probability:.3f}" if plain else share_text(best.probability)
