"""Ranked assignments of one predicted peak."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt

from bitspec_gui.domain.annotation import Assignment
from bitspec_gui.domain.formula import is_odd_electron
from bitspec_gui.ui.tables.named_columns import ExplainedColumnsModel
from bitspec_gui.ui.views.annotation_words import ion_text, loss_name, neutral_text, plain_ion_text, share_text

COLUMNS = ("formula", "loss", "probability", "hydrogens", "exact", "atoms")


class AssignmentTableModel(ExplainedColumnsModel):
    """Columns: ion, neutral loss, probability, hydrogens gained or lost, exact m/z, atoms kept of those that the molecule has."""

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

    def titles(self) -> dict[str, tuple[str, str]]:
        """Heading and explanation of each column."""
        return {
            "formula": (self.tr("Ion"), self.tr("Formula of the ion; a dot is a radical (an odd-electron ion)")),
            "loss": (self.tr("Loss"), self.tr("What the molecular ion lost, all in all")),
            "probability": (self.tr("Prob."), self.tr("Share of the peak's predicted intensity that comes this way")),
            "hydrogens": (self.tr("±H"), self.tr("Hydrogens that the ion gained or lost beside those of its atoms")),
            "exact": (self.tr("Exact m/z"), self.tr("Exact m/z of the ion, or of its isotope peak")),
            "atoms": (self.tr("Atoms"), self.tr("How many heavy atoms of the molecule are in the ion")),
        }

    def _explanation(self, row: Assignment) -> str:
        lines = [f"{ion_text(row)} · {neutral_text(row)}"]
        lines.append(
            self.tr("Odd-electron ion (a radical cation)") if is_odd_electron(row.formula) else self.tr("Even-electron ion")
        )
        name = loss_name(row)
        if name:
            lines.append(self.tr("Lost: %1").replace("%1", name))
        lines.append(self.tr("Exact m/z: %1").replace("%1", f"{row.exact_mz:.4f}"))
        lines.append(self.tr("Heavy atoms kept: %1").replace("%1", str(len(row.atoms))))
        if row.hydrogen_shift > 0:
            words = self.tr("Hydrogens that came over from the lost part: %1 (a rearrangement, such as McLafferty's)")
            lines.append(words.replace("%1", str(row.hydrogen_shift)))
        elif row.hydrogen_shift < 0:
            lines.append(self.tr("Hydrogens that went with the lost part: %1").replace("%1", str(-row.hydrogen_shift)))
        if row.isotope:
            lines.append(self.tr("Isotope peak, %1 Da").replace("%1", _signed(row.isotope)))
        return "\n".join(lines)


def _text(row: Assignment, name: str) -> str:
    if name == "formula":
        return ion_text(row)
    if name == "loss":
        return neutral_text(row)
    if name == "exact":
        return f"{row.exact_mz:.4f}"
    if name == "probability":
        return share_text(row.probability)
    if name == "hydrogens":
        return _signed(row.hydrogen_shift) if row.hydrogen_shift else ""
    return str(len(row.atoms))


def _plain(row: Assignment) -> tuple[str, ...]:
    atoms = " ".join(map(str, row.atoms))
    shift = f"{row.hydrogen_shift:+d}" if row.hydrogen_shift else "0"
    return plain_ion_text(row), row.neutral_loss, f"{row.probability:.4f}", shift, f"{row.exact_mz:.5f}", atoms


def _signed(number: int) -> str:
    return f"{number:+d}".replace("-", "−")
