"""Spectra of a dataset as a table: thousands of rows, sorted by any column, narrowed by words and by how they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QColor, QIcon

from bitspec_gui.domain.tuning_data import DatasetSpectrum, Standing
from bitspec_gui.ui.dataset_words import Kind, energy_words, name_words, source_words, standing_words, why_words
from bitspec_gui.ui.facts import with_subscripts
from bitspec_gui.ui.tables.named_columns import AnyIndex, ExplainedColumnsModel
from bitspec_gui.ui.tables.structure_cells import STRUCTURE_ROLE
from bitspec_gui.ui.theme import LIGHT, Colours, icon

COLUMNS = ("used", "structure", "name", "standing", "formula", "replicates", "peaks", "energy", "instrument", "source")

_RIGHT = {"replicates", "peaks", "energy"}
_LARGEST_FIRST = {"replicates", "peaks"}
_CHECK = int(Qt.ItemDataRole.CheckStateRole)
_WORST_FIRST = (Standing.NO_STRUCTURE, Standing.REFUSED, Standing.DOUBTFUL, Standing.DUPLICATE, Standing.GOOD)

_VALUES: dict[str, Callable[[DatasetSpectrum], Any]] = {
    "used": lambda each: not each.used,
    "structure": lambda each: each.record.smiles,
    "name": lambda each: name_words(each).casefold(),
    "formula": lambda each: each.record.formula,
    "standing": lambda each: (_WORST_FIRST.index(each.standing), each.used, each.reason),
    "peaks": lambda each: len(each.record.spectrum),
    "energy": lambda each: each.record.energy_ev,
    "instrument": lambda each: (each.record.instrument or "").casefold() or None,
    "source": lambda each: (source_words(each).casefold(), each.record.line or 0),
}


class DatasetTableModel(ExplainedColumnsModel):
    """One spectrum a row. All are there at once, so that sorting never waits.

    ``choice_wanted`` carries ids of spectra and whether they are to be used.
    """

    choice_wanted = Signal(list, bool)

    columns, right, largest_first = COLUMNS, _RIGHT, _LARGEST_FIRST

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: Sequence[DatasetSpectrum] = ()
        self._rows: list[DatasetSpectrum] = []
        self._replicates: Counter[str | None] = Counter()
        self._texts: list[str] | None = None
        self._column, self._order = "", Qt.SortOrder.AscendingOrder
        self._words: list[str] = []
        self._kind = Kind.ALL
        self._colours = LIGHT
        self._mark = QIcon()

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._colours, self._mark = colours, icon("warning", colours.warning)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))

    def show_spectra(self, spectra: Sequence[DatasetSpectrum]) -> None:
        """Show other spectra, or the same after an edit: rows that are where they were stay selected and in sight."""
        self._all, self._texts = spectra, None
        self._replicates = Counter(each.compound for each in spectra if each.compound)
        self._arrange()

    def narrow(self, words: str, kind: Kind) -> None:
        """Show only those of a kind that hold all these words."""
        wanted = words.casefold().split()
        if (wanted, kind) != (self._words, self._kind):
            self._words, self._kind = wanted, kind
            self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; what has no value there comes last in both directions, equals stay in the order of import."""
        name = COLUMNS[column] if 0 <= column < len(COLUMNS) else ""
        if (name, order) != (self._column, self._order):
            self._column, self._order = name, order
            self._arrange()

    def spectrum_at(self, row: int) -> DatasetSpectrum:
        """Spectrum of a row."""
        return self._rows[row]

    def spectra_at(self, rows: Iterable[int]) -> list[DatasetSpectrum]:
        """Spectra of rows."""
        return [self._rows[row] for row in rows if row < len(self._rows)]

    def rows_of(self, spectrum_ids: set[int]) -> NDArray[np.intp]:
        """Rows, ascending, of those of these spectra that are listed."""
        return np.array([row for row, each in enumerate(self._rows) if each.spectrum_id in spectrum_ids], np.intp)

    def replicates_of(self, spectrum: DatasetSpectrum) -> int:
        """How many spectra of its compound there are, itself included; 0 without a structure."""
        return self._replicates[spectrum.compound] if spectrum.compound else 0

    def as_tsv(self, rows: Iterable[int]) -> str:
        """Rows as tab-separated text under a heading."""
        columns = [name for name in COLUMNS if name != "structure"]
        titles = self.titles()
        lines = ["\t".join([*(titles[name][0] for name in columns), "SMILES", "InChIKey"])]
        for each in self.spectra_at(rows):
            keys = (each.record.smiles or "", each.record.inchikey or "")
            cells = (*(self._copied(each, name) for name in columns), *keys)
            lines.append("\t".join(" ".join(cell.split()) for cell in cells))
        return "\n".join(lines) + "\n"

    def row_number(self) -> int:
        """Number of spectra listed."""
        return len(self._rows)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """The tick can be clicked where there is a choice."""
        found = super().flags(index)
        if index.isValid() and COLUMNS[index.column()] == "used" and self._rows[index.row()].standing.usable:
            found |= Qt.ItemFlag.ItemIsUserCheckable
        return found

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for a spectrum to be used or left out; the table shows it once that is done."""
        if role != _CHECK or not index.isValid():
            return False
        self.choice_wanted.emit([self._rows[index.row()].spectrum_id], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def cell(self, row: int, name: str, role: int) -> Any:
        """Text, structure, tick, and the reason of what is not used as a tip."""
        each = self._rows[row]
        if role == Qt.ItemDataRole.DisplayRole:
            text = self._text(each, name)
            return with_subscripts(text) if name == "formula" else text
        if role == STRUCTURE_ROLE:
            return each.record.smiles if name == "structure" else None
        if role == _CHECK:
            ticked = Qt.CheckState.Checked if each.used else Qt.CheckState.Unchecked
            return ticked if name == "used" and each.standing.usable else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(each, name)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.titles()[name][0]}: {self._copied(each, name) or '–'}"
        if role == Qt.ItemDataRole.DecorationRole:
            return self._mark if name == "standing" and each.standing is not Standing.GOOD else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(self._colours.muted) if not each.used and name != "standing" else None
        return None

    def titles(self) -> dict[str, tuple[str, str]]:
        """Names of the columns, and what they mean."""
        return _titles()

    def _text(self, each: DatasetSpectrum, name: str) -> str:
        if name == "replicates":
            number = self.replicates_of(each)
            return str(number) if number else ""
        return _text(each, name)

    def _copied(self, each: DatasetSpectrum, name: str) -> str:
        """The text of a cell for who does not see the table."""
        if name == "used":
            return _tr("yes") if each.used else _tr("no")
        if name == "structure":
            return each.record.smiles or ""
        return why_words(each) if name == "standing" else self._text(each, name)

    def _tip(self, each: DatasetSpectrum, name: str) -> str:
        if name == "source":
            return source_words(each, whole=True)
        if name == "replicates" and self.replicates_of(each) > 1:
            return _tr("Spectra of the same compound count together as one compound.")
        lines = [name_words(each), why_words(each)]
        if name == "structure" and each.record.smiles:
            lines.append(each.record.smiles)
        return "\n".join(lines)

    def _arrange(self) -> None:
        kind = self._kind
        if self._words:
            if self._texts is None:
                self._texts = [_searched(each) for each in self._all]
            wanted = self._words
            rows = [
                each
                for each, text in zip(self._all, self._texts, strict=True)
                if kind.holds(each) and all(word in text for word in wanted)
            ]
        else:
            rows = [each for each in self._all if kind.holds(each)]
        rows = self._sorted(rows)
        same = len(rows) == len(self._rows) and all(a.spectrum_id == b.spectrum_id for a, b in zip(rows, self._rows, strict=True))
        if same:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def _sorted(self, rows: list[DatasetSpectrum]) -> list[DatasetSpectrum]:
        if not self._column:
            return rows
        value = self.replicates_of if self._column == "replicates" else _VALUES[self._column]
        both = [(value(each), each) for each in rows]
        known = [pair for pair in both if pair[0] is not None]
        known.sort(key=lambda pair: pair[0], reverse=self._order == Qt.SortOrder.DescendingOrder)
        return [each for _found, each in known] + [each for found, each in both if found is None]


def _tr(text: str) -> str:
    return QCoreApplication.translate("DatasetTableModel", text)


def _titles() -> dict[str, tuple[str, str]]:
    return {
        "used": (_tr("Use"), _tr("Whether the model learns from the spectrum, or is judged by it (Space)")),
        "structure": (_tr("Structure"), _tr("Structure of the compound")),
        "name": (_tr("Name"), _tr("Name of the compound")),
        "formula": (_tr("Formula"), _tr("Molecular formula")),
        "standing": (_tr("Status"), _tr("What BitSpec thinks of the spectrum; point at it to read why")),
        "replicates": (_tr("Replicates"), _tr("Spectra of the same compound, this one included")),
        "peaks": (_tr("Peaks"), _tr("Number of peaks")),
        "energy": (_tr("Energy"), _tr("Electron energy in eV")),
        "instrument": (_tr("Instrument"), _tr("Instrument that the file names")),
        "source": (_tr("File"), _tr("File that the spectrum was read from")),
    }


def _text(each: DatasetSpectrum, name: str) -> str:
    """Text of a cell that needs no other spectra; empty for ticks and structures."""
    record = each.record
    texts: dict[str, Callable[[], str]] = {
        "name": lambda: name_words(each),
        "formula": lambda: record.formula or "",
        "standing": lambda: standing_words(each),
        "peaks": lambda: str(len(record.spectrum)),
        "energy": lambda: energy_words(each),
        "instrument": lambda: record.instrument or "",
        "source": lambda: source_words(each),
    }
    return texts[name]() if name in texts else ""


def _searched(each: DatasetSpectrum) -> str:
    """All that words can be found in."""
    record = each.record
    fields = (
        record.name, *record.synonyms, record.formula, record.cas, record.inchikey, record.accession, record.smiles,
        record.instrument, source_words(each), why_words(each),
    )  # fmt: skip
    return "\n".join(field for field in fields if field).casefold()
