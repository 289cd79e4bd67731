"""What the unknown says of itself: candidates for M, elements by their isotopes, formulae that fit."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QTableView, QVBoxLayout, QWidget

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.hints import UnknownHints
from bitspec_gui.services.hints import HintService
from bitspec_gui.ui.identify_state import IdentifyState
from bitspec_gui.ui.tables.hints import FormulaTableModel, HintTableModel, MassTableModel
from bitspec_gui.ui.tables.rows import fit_columns, fit_rows, show_rows
from bitspec_gui.workers.runner import Runner


class HintsPanel(QWidget):
    """Asked for when it is looked at. `mass_chosen` tells a mass in Da, `formula_chosen` a formula, to search with."""

    mass_chosen = Signal(int)
    formula_chosen = Signal(str)
    failed = Signal(object)

    def __init__(self, state: IdentifyState, hints: HintService, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hintsPanel")
        self._state, self._hints, self._runner = state, hints, runner
        self._shown_for: object = None
        self.masses_model, self.formulae_model = MassTableModel(self), FormulaTableModel(self)
        self.masses = _table("massHints", self.tr("Candidates for the molecular mass"), self.masses_model, self)
        self.formulae = _table("formulaHints", self.tr("Formulae that fit"), self.formulae_model, self)
        self.isotopes = QLabel(self)
        self.notes = QLabel(self)
        self._arrange()
        self.masses.activated.connect(self._choose_mass)
        self.formulae.activated.connect(self._choose_formula)
        state.unknown_changed.connect(self._refresh)
        state.settings_changed.connect(self._refresh)
        self._refresh()

    def showEvent(self, event: object) -> None:
        """Looked at: see what there is to say."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._refresh()

    def fit_to_font(self) -> None:
        """Rows as high as the font needs."""
        for table in (self.masses, self.formulae):
            fit_rows(table)

    def _arrange(self) -> None:
        self.masses.setToolTip(self.tr("Enter or double click: search with this mass"))
        self.formulae.setToolTip(self.tr("Enter or double click: search for this formula only"))
        for label, name, words in (
            (self.isotopes, "isotopeHints", self.tr("Elements by their isotopes")),
            (self.notes, "hintNotes", self.tr("What the hints rest on")),
        ):
            label.setObjectName(name)
            label.setAccessibleName(words)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes.setProperty("role", "muted")
        left = QVBoxLayout()
        left.addWidget(_title(self.tr("Molecular ion"), self))
        left.addWidget(self.masses, 1)
        left.addWidget(self.isotopes)
        left.addWidget(self.notes)
        right = QVBoxLayout()
        right.addWidget(_title(self.tr("Formulae that fit, without any library"), self))
        right.addWidget(self.formulae, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(left, 2)
        layout.addLayout(right, 3)

    def _refresh(self) -> None:
        unknown = self._state.unknown
        if unknown is None:
            self._shown_for = None
            self._show(UnknownHints(notes=(self.tr("Choose an unknown to see what its spectrum says of itself."),)))
            return
        if not self.isVisible() or unknown.record is self._shown_for:
            return
        self._shown_for = record = unknown.record
        self._runner.submit(
            "query",
            self._hints.hints_for,
            record,
            on_done=lambda hints: self._take(record, hints),
            on_error=self._fail,
            key=f"hints-{id(self)}",
        )

    def _take(self, record: object, hints: UnknownHints) -> None:
        if record is self._shown_for:
            self._show(hints)

    def _fail(self, error: Exception) -> None:
        self._show(UnknownHints(notes=(str(error),)))
        if not isinstance(error, BitSpecError):
            self.failed.emit(error)

    def _show(self, hints: UnknownHints) -> None:
        self.masses_model.show_hints(hints.masses)
        self.formulae_model.show_hints(hints.formulae)
        lines = [
            self.tr("%1 × %2, %3 %: %4")
            .replace("%1", str(each.count))
            .replace("%2", each.element)
            .replace("%3", f"{100 * each.probability:.0f}")
            .replace("%4", each.words)
            for each in hints.isotopes
        ]
        if hints.masses and not lines:
            lines = [self.tr("No sign of Cl, Br, S or Si.")]
        self.isotopes.setText("\n".join(lines))
        self.isotopes.setVisible(bool(lines))
        self.notes.setText(" ".join(hints.notes))
        self.notes.setVisible(bool(hints.notes))

    def _choose_mass(self, index: QModelIndex) -> None:
        self.mass_chosen.emit(self.masses_model.hint_at(index.row()).mass_da)

    def _choose_formula(self, index: QModelIndex) -> None:
        self.formula_chosen.emit(self.formulae_model.hint_at(index.row()).formula)


def _title(words: str, parent: QWidget) -> QLabel:
    label = QLabel(words, parent)
    label.setProperty("role", "section")
    return label


def _table(name: str, words: str, model: HintTableModel, parent: QWidget) -> QTableView:
    table = QTableView(parent)
    show_rows(table, name, words)
    table.setModel(model)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setMinimumHeight(58)
    fit_rows(table)
    fit_columns(table)
    return table
