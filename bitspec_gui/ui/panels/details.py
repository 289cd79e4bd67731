"""The right dock: structure, formula, masses, keys and peak table of what is looked at."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.domain.annotation import Assignment
from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.search import Hit
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.facts import how_predicted, make_facts, shortened, with_subscripts
from bitspec_gui.ui.hit_words import difference_text, number_text
from bitspec_gui.ui.identify_state import IdentifyState, Unknown
from bitspec_gui.ui.panels.assignments import AssignmentsPanel
from bitspec_gui.ui.state import Phase, WindowState
from bitspec_gui.ui.tables.peaks import PeakTableModel
from bitspec_gui.ui.tables.rows import NARROW_HEADINGS, fit_columns, fit_rows, share_width, show_rows
from bitspec_gui.ui.views.annotation_words import ion_text
from bitspec_gui.ui.views.content import nominal_mass_of
from bitspec_gui.ui.views.structure import StructureView

FACTS = (
    "name", "formula", "nominal", "exact", "cas", "ri", "inchikey", "smiles", "library", "licence", "measured", "doubtful",
    "predicted",
)  # fmt: skip


class Looked(Enum):
    """What the details are of."""

    PREDICTION = "prediction"
    ENTRY = "entry"
    HIT = "hit"
    ROW = "row of a table"


class DetailsPanel(QWidget):
    """Shows the prediction, a library entry while the library is looked at, a hit beside its unknown, or a row of a table."""

    def __init__(self, state: WindowState, identify: IdentifyState, drawings: Drawings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("detailsPanel")
        self.setMinimumWidth(230)
        self._state, self._identify, self._drawings = state, identify, drawings
        self._looked, self._with_fragments = Looked.PREDICTION, True
        self._drawn = ""
        self._row: Prediction | None = None
        self._measured_row: Spectrum | None = None
        self.structure = StructureView("structureView", self)
        self.facts = make_facts(FACTS, self)
        self.model = PeakTableModel(self)
        self.table = QTableView(self)
        self.assignments = AssignmentsPanel(state, self)
        self._arrange()
        state.molecule_changed.connect(self._refresh)
        for signal in (
            state.prediction_changed, state.matches_changed, state.chosen_changed, state.rival_changed, state.entry_changed,
        ):  # fmt: skip
            signal.connect(self._refresh)
        for signal in (identify.hit_changed, identify.unknown_changed):
            signal.connect(self._hit_changed)
        state.colours_changed.connect(self._draw_again)
        state.phase_changed.connect(self._fade)
        state.peak_changed.connect(self._mark_peak)
        for signal in (state.peak_changed, state.assignment_changed):
            signal.connect(self._draw_molecule)
        self.structure.clicked.connect(lambda: state.select_peak(None))
        self.table.selectionModel().selectionChanged.connect(self._row_chosen)
        self._refresh()

    def look_at(self, looked: Looked, *, with_fragments: bool = True) -> None:
        """Show the prediction, the library entry or the hit; fragments only where no tab tells of them itself."""
        with_fragments = with_fragments and looked is Looked.PREDICTION
        if (looked, with_fragments) != (self._looked, self._with_fragments):
            self._looked, self._with_fragments = looked, with_fragments
            self.assignments.set_shown(with_fragments)
            self._drawn = ""
            self._refresh()

    def show_row(self, prediction: Prediction | None, measured: Spectrum | None = None) -> None:
        """Show the row of a table that is looked at, while the table is: what is predicted, and what was measured."""
        self._row, self._measured_row = prediction, measured
        if self._looked is Looked.ROW:
            self._refresh()

    def copy_peaks(self, *, selected_only: bool = False) -> str:
        """Copy the peak table as tab-separated text; returns what was copied in words."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        rows = rows if selected_only and len(rows) > 1 else []
        if self.model.rowCount() == 0:
            return ""
        QGuiApplication.clipboard().setText(self.model.as_tsv(rows))
        count = len(rows) or self.model.rowCount()
        return self.tr("%1 peaks copied").replace("%1", str(count))

    def _arrange(self) -> None:
        table = self.table
        show_rows(table, "peakTable", self.tr("Peaks"))
        table.setModel(self.model)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setAlternatingRowColors(True)
        table.setMinimumHeight(58)
        table.setProperty("role", "narrow")
        fit_rows(table)
        table.horizontalHeader().setStyleSheet(NARROW_HEADINGS)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        upper = QWidget(self)
        form = QFormLayout()
        form.setContentsMargins(2, 4, 2, 2)
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(3)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        titles = {
            "name": self.tr("Name"), "formula": self.tr("Formula"), "nominal": self.tr("Nominal mass"),
            "exact": self.tr("Exact mass"), "cas": "CAS", "ri": self.tr("RI"), "inchikey": "InChIKey", "smiles": "SMILES",
            "library": self.tr("Library"), "licence": self.tr("Licence"), "measured": self.tr("Measured"),
            "doubtful": self.tr("Doubtful"), "predicted": self.tr("Predicted"),
        }  # fmt: skip
        for name, title in titles.items():
            label = QLabel(title, upper)
            label.setProperty("role", "muted")
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            form.addRow(label, self.facts[name])
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 4)
        column.addWidget(self.structure, 1)
        column.addLayout(form)
        self._form = form
        lower = QWidget(self)
        tables = QVBoxLayout(lower)
        tables.setContentsMargins(0, 0, 0, 0)
        tables.setSpacing(4)
        tables.addWidget(table, 1)
        tables.addWidget(self.assignments)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setObjectName("detailsSplitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(upper)
        splitter.addWidget(lower)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(splitter)

    def _refresh(self) -> None:
        if self._looked is Looked.ENTRY:
            self._show_entry(self._state.entry)
        elif self._looked is Looked.HIT:
            self._show_hit(self._identify.unknown, self._identify.hit)
        elif self._looked is Looked.ROW:
            self._show_predicted_row(self._row)
        else:
            self._show_prediction(self._state.prediction)
        # Six columns are as wide as they need to be, as are those of a hit; fewer share the width.
        fit_columns(self.table) if self.model.is_annotated or self._looked is Looked.HIT else share_width(self.table)
        self._mark_peak()
        self._fade()

    def _show_prediction(self, prediction: Prediction | None) -> None:
        molecule = self._state.molecule or (prediction.molecule if prediction is not None else None)
        chosen = self._state.chosen
        if molecule is None:
            self._say(self.tr("The structure is drawn here once a molecule is given."), {})
            self.model.show_spectra(None, None, None)
            return
        facts = _facts_of_molecule(molecule)
        if chosen is not None and self._state.rival is None and prediction is not None and prediction.molecule == molecule:
            facts["measured"] = _measured(
                chosen.library, chosen.record.accession, chosen.record.instrument, chosen.record.licence
            )
        self._say(None, facts)
        self._draw_molecule()
        mass = prediction.molecule.nominal_mass if prediction is not None else None
        spectrum, annotations = (prediction.spectrum, prediction.annotations) if prediction is not None else (None, ())
        others = self._state.rival is not None
        self.model.show_spectra(spectrum, self._state.counterpart, mass, annotations, of_another=others)

    def _show_predicted_row(self, prediction: Prediction | None) -> None:
        if prediction is None:
            nothing = self.tr("Structure and peaks of the row that is looked at are shown here.")
            alone = self.tr("There is no structure for this spectrum, or it cannot be predicted.")
            self._say(nothing if self._measured_row is None else alone, {})
            self.model.show_spectra(None, self._measured_row, None)
            return
        molecule = prediction.molecule
        self._say(None, _facts_of_molecule(molecule))
        wanted = f"{molecule.molblock}{self._state.colours.dark}"
        if self._drawn != wanted:
            self._drawn = wanted
            self._drawings.draw(self.structure, molecule, dark=self._state.colours.dark)
        self.model.show_spectra(prediction.spectrum, self._measured_row, molecule.nominal_mass, prediction.annotations)

    def _draw_molecule(self) -> None:
        """Draw the molecule of the prediction, the atoms of the assignment that is looked at tinted."""
        molecule, prediction = self._state.molecule, self._state.prediction
        if molecule is None and prediction is not None:
            molecule = prediction.molecule
        if molecule is None or self._looked is not Looked.PREDICTION:
            return
        told = self._with_fragments and prediction is not None and prediction.molecule == molecule
        assignment = self._state.assignment if told else None
        kept = assignment.atoms if assignment is not None else None
        self.structure.setAccessibleDescription(self._marked(assignment))
        wanted = f"{molecule.molblock}{self._state.colours.dark}{kept}"
        if self._drawn != wanted:
            self._drawn = wanted
            self._drawings.draw(self.structure, molecule, dark=self._state.colours.dark, kept=kept)

    def _marked(self, assignment: Assignment | None) -> str:
        if assignment is None:
            return ""
        return self.tr("The atoms of %1 are marked, what is lost is grey").replace("%1", ion_text(assignment))

    def _show_entry(self, entry: LibraryEntry | None) -> None:
        if entry is None:
            self._say(self.tr("Choose an entry of a library to see its structure and peaks."), {})
            self.model.show_spectra(None, None, None)
            return
        record = entry.record
        facts = _facts_of(record)
        if record.predicted_by is None:
            facts["measured"] = _measured(entry.library, record.accession, record.instrument, record.licence)
        else:
            facts["predicted"] = _measured(how_predicted(record), entry.library, record.accession, record.licence, most=80)
        self._say_of(record, facts)
        mass = nominal_mass_of(record)
        if record.predicted_by is None:
            self.model.show_spectra(None, record.spectrum, mass)
        else:
            self.model.show_spectra(record.spectrum, None, mass)

    def _hit_changed(self) -> None:
        if self._looked is Looked.HIT:
            self._refresh()

    def _show_hit(self, unknown: Unknown | None, hit: Hit | None) -> None:
        if unknown is None or hit is None:
            self._say(self.tr("Structure and origin of the hit that is looked at are shown here."), {})
            spectrum = unknown.record.spectrum if unknown is not None else None
            self.model.compare_spectra(spectrum, None, nominal_mass_of(unknown.record) if unknown is not None else None)
            return
        record = hit.entry.record
        facts = _facts_of(record)
        difference = difference_text(hit.ri_difference)
        facts["cas"] = record.cas or ""
        facts["ri"] = " ".join(part for part in (number_text(record.retention_index), difference and f"({difference})") if part)
        facts["library"] = _measured(hit.entry.library, record.accession, most=34)
        facts["licence"] = record.licence or ""
        if hit.is_predicted:
            facts["predicted"] = how_predicted(record)
        else:
            energy = f"{record.energy_ev:g} eV" if record.energy_ev is not None else None
            facts["measured"] = _measured(record.instrument, energy, record.authors, most=60) or self.tr("yes")
        self._say_of(record, facts)
        mass = nominal_mass_of(unknown.record)
        mass = mass if mass is not None else nominal_mass_of(record)
        self.model.compare_spectra(unknown.record.spectrum, record.spectrum, mass)

    def _say_of(self, record: SpectrumRecord, facts: dict[str, str]) -> None:
        """Facts on a library spectrum, and its structure."""
        text = record.smiles or record.inchi
        self._say(None if text else self.tr("This entry names no structure."), facts)
        if text and self._drawn != text + str(self._state.colours.dark):
            self._drawn = text + str(self._state.colours.dark)
            self._drawings.draw_text(self.structure, text, dark=self._state.colours.dark)

    def _say(self, hint: str | None, facts: dict[str, str]) -> None:
        if hint is not None:
            self._drawn = ""
            self.structure.clear(hint)
        for name, label in self.facts.items():
            text = facts.get(name, "")
            label.setText(text)
            label.setToolTip(text)
            if isinstance(label, QLineEdit):
                label.setCursorPosition(0)
            self._form.setRowVisible(label, bool(text))

    def _draw_again(self) -> None:
        fit_rows(self.table)
        self._drawn = ""
        self._refresh()

    def _fade(self) -> None:
        at_fault = self._state.phase in (Phase.REFUSED, Phase.FAILED) and self._state.stale
        self.structure.set_faded(at_fault and self._looked is Looked.PREDICTION)
        self.table.setEnabled(self._looked is not Looked.PREDICTION or not self._state.stale)

    def _mark_peak(self) -> None:
        mz = self._state.peak_mz
        row = self.model.row_of(mz) if mz is not None else None
        selection = self.table.selectionModel()
        selection.blockSignals(True)
        if row is None:
            selection.clearSelection()
        else:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(self.model.index(row, 0), flags)
            # Once the assignments have taken their room from the table.
            QTimer.singleShot(0, self, self._scroll_to_peak)
        selection.blockSignals(False)
        self.table.viewport().update()

    def _scroll_to_peak(self) -> None:
        self.table.scrollTo(self.table.currentIndex())

    def _row_chosen(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        rows = self.table.selectionModel().selectedRows()
        if len(rows) <= 1:
            self._state.select_peak(self.model.mz_at(rows[0].row()) if rows else None)


def _measured(*parts: str | None, most: int = 26) -> str:
    return " · ".join(shortened(part, most) for part in parts if part)


def _facts_of_molecule(molecule: Molecule) -> dict[str, str]:
    return {
        "name": molecule.name,
        "formula": with_subscripts(molecule.formula),
        "nominal": f"{molecule.nominal_mass} Da",
        "exact": f"{molecule.exact_mass:.5f} Da",
        "inchikey": molecule.inchikey,
        "smiles": molecule.smiles,
    }


def _facts_of(record: SpectrumRecord) -> dict[str, str]:
    nominal_mass = nominal_mass_of(record)
    return {
        "name": record.name,
        "formula": with_subscripts(record.formula or ""),
        "nominal": f"{nominal_mass} Da" if nominal_mass is not None else "",
        "exact": f"{record.exact_mass:.5f} Da" if record.exact_mass is not None else "",
        "inchikey": record.inchikey or "",
        "smiles": record.smiles or "",
        "doubtful": record.doubt or "",
    }
