"""Peaks whose ions hold the atoms that are picked, or any, those of the most ion current first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt

from bitspec_gui.domain.explanation import IonOrigins
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.ui.tables.named_columns import ExplainedColumnsModel
from bitspec_gui.ui.views.annotation_words import ion_text, share_text

SMALLEST_SHARE = 0.01
"""Share of a peak from which it is listed."""

SMALLEST_PERCENT = 0.1
"""Height of a peak, in % of the base peak, from which it is listed."""

COLUMNS = ("mz", "height", "share", "ion")


@dataclass(frozen=True)
class PeakWithAtoms:
    """A peak of the predicted spectrum.

    ``percent`` is its height in % of the base peak, ``share`` how much of it (0..1) comes from ions with the atoms, ``ion`` its
    likeliest ion in words, with or without them.
    """

    mz: int
    percent: float
    share: float
    ion: str


def peaks_with_atoms(prediction: Prediction, origins: IonOrigins, shares: dict[int, float]) -> list[PeakWithAtoms]:
    """Peaks by what ions with the atoms make of them, the largest first; `shares` is what `IonOrigins.peaks_with` gives."""
    base = float(origins.intensity.max())
    likeliest = {each.mz: ion_text(each.assignments[0]) for each in prediction.annotations if each.is_assigned}
    found = [
        PeakWithAtoms(mz, 100.0 * float(origins.intensity[mz - 1]) / base, share, likeliest.get(mz, ""))
        for mz, share in shares.items()
        if share >= SMALLEST_SHARE and base > 0
    ]
    listed = [each for each in found if each.percent >= SMALLEST_PERCENT]
    return sorted(listed, key=lambda each: (-each.percent * each.share, each.mz))


class PeaksWithAtomsModel(ExplainedColumnsModel):
    """Columns: m/z, height, share of it that comes from ions with the atoms, likeliest ion."""

    columns = right = COLUMNS

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[PeakWithAtoms] = []
        self._of_all = False

    def show_peaks(self, rows: list[PeakWithAtoms], *, of_all: bool = False) -> None:
        """Replace the rows; `of_all` if the shares are those of all fragments, whatever atoms they hold."""
        if rows != self.rows or of_all != self._of_all:
            self.beginResetModel()
            self.rows, self._of_all = rows, of_all
            self.endResetModel()

    def row_number(self) -> int:
        """Number of peaks."""
        return len(self.rows)

    def row_of(self, mz: int | None) -> int | None:
        """Row of a peak by its unit m/z, None if it is not listed."""
        return next((place for place, row in enumerate(self.rows) if row.mz == mz), None)

    def titles(self) -> dict[str, tuple[str, str]]:
        """Heading and explanation of each column."""
        explained = (self.tr("Explained"), self.tr("Share of the peak that comes from fragments of the molecule"))
        held = (self.tr("With them"), self.tr("Share of the peak that comes from ions that hold all the picked atoms"))
        return {
            "mz": ("m/z", self.tr("Unit m/z of the peak")),
            "height": (self.tr("Pred. %"), self.tr("Predicted intensity, in percent of the base peak")),
            "share": explained if self._of_all else held,
            "ion": (self.tr("Likeliest ion"), self.tr("What the peak most probably is, whatever atoms are picked")),
        }

    def cell(self, row: int, name: str, role: int) -> Any:
        """Text."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        peak = self.rows[row]
        if name == "mz":
            return str(peak.mz)
        if name == "height":
            return f"{peak.percent:.1f}"
        return share_text(peak.share) if name == "share" else peak.ion
