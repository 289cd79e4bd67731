"""Ranked assignments of one predicted peak."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt

from bitspec_gui.domain.annotation import Assignment
from bitspec_gui.ui.tables.named_columns import NamedColumnsModel
from bitspec_gui.ui.views.annotation_words import ion_text, neutral_text, plain_ion_text, share_text

COLUMNS = ("formula", "loss", "exact", "probability", "atoms")


class AssignmentTableModel(NamedColumnsModel):
    """Columns: ion, neutral loss, exact m/z, probability, atoms kept of those that the molecule has."""

    columns = right = COLUMNS

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Assignment, ...] = ()

    def show_assignments(self, assignments: tuple[Assignment, ...]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._rows = assignments
        self.endResetModel()

    def as_tsv(self) -> str:
        """All rows as tab-separated text under a heading."""
        heading = "\t".join(self.title(name) for name in COLUMNS)
        lines = ["\t".join(_plain(row)) for row in self._rows]
        return "\n".join([heading, *lines]) + "\n"

    def row_number(self) -> int:
        """Number of assignments."""
        return len(self._rows)

    def cell(self, row: int, name: str, role: int) -> Any:
        """Text or explanation."""
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(self._rows[row], name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._explanation(self._rows[row])
        return None

    def title(self, name: str) -> str:
        """Heading of a column."""
        names = {
            "formula": self.tr("Formula"), "loss": self.tr("Loss"), "exact": self.tr("Exact m/z"),
            "probability": self.tr("Prob."), "atoms": self.tr("Atoms"),
        }  # fmt: skip
        return names[name]

    def _explanation(self, row: Assignment) -> str:
        words = self.tr("Keeps %1 heavy atoms").replace("%1", str(len(row.atoms)))
        if row.hydrogen_shift:
            words += self.tr(", %1 hydrogens beside those they bear").replace("%1", _signed(row.hydrogen_shift))
        if row.isotope:
            words += self.tr("; isotope peak, %1 Da").replace("%1", _signed(row.isotope))
        return f"{ion_text(row)} · {neutral_text(row)}\n{words}"


def _text(row: Assignment, name: str) -> str:
    if name == "formula":
        return ion_text(row)
    if name == "loss":
        return neutral_text(row)
    if name == "exact":
        return f"{row.exact_mz:.4f}"
    if name == "probability":
        return share_text(row.probability)
    return str(len(row.atoms)) + (f" {_signed(row.hydrogen_shift)} H" if row.hydrogen_shift else "")


def _plain(row: Assignment) -> tuple[str, ...]:
    atoms = " ".join(map(str, row.atoms))
    return plain_ion_text(row), row.neutral_loss, f"{row.exact_mz:.5f}", f"{row.probability:.4f}", atoms


def _signed(number: int) -> str:
    return f"{number:+d}".replace("-", "−")
