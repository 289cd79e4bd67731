"""What the peak can be, or which peaks hold the atoms that are picked: words and a table beside the spectrum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QVBoxLayout, QWidget

from bitspec_gui.domain.annotation import Assignment, KnownIon
from bitspec_gui.ui.explain_state import ExplainPhase, ExplainState
from bitspec_gui.ui.formula_text import subscripted
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.some_lines import SomeLines
from bitspec_gui.ui.tables.assignments import AssignmentTableModel
from bitspec_gui.ui.tables.peaks_with_atoms import PeaksWithAtomsModel, PeakWithAtoms, peaks_with_atoms
from bitspec_gui.ui.tables.rows import NARROW_HEADINGS, fit_columns, fit_rows, show_rows
from bitspec_gui.ui.views.annotation_words import share_text

NEXT_TO_NOTHING = 0.001
"""Share of the base peak below which a peak counts as not predicted."""


HALVES_UP_TO = 300.0
"""m/z above which an exact mass may lie midway between whole numbers with one charge, too."""

GIVEN_UP = ("atoms", "exact")
"""Columns that go first where there is too little room."""

WORDS_FROM_PX = 150
"""Height from which there is room for the sentence above the rows."""


class ExplainCandidates(QWidget):
    """A heading, a sentence and a table. ``peak_wanted`` carries the m/z of a listed peak that was chosen."""

    peak_wanted = Signal(int)

    def __init__(self, state: ExplainState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explainCandidates")
        self._state = state
        self.heading = OneLine("explainCandidatesHeading", "section", self)
        self.words = SomeLines("explainCandidatesWords", "muted", 2, self)
        self.model = AssignmentTableModel(self)
        self.table = _Table(self)
        self.peaks = PeaksWithAtomsModel(self)
        self.peak_table = _Table(self)
        self._arrange()
        for signal in (state.candidates_changed, state.picked_changed, state.methods_changed, state.subject_changed):
            signal.connect(self.refresh)
        for told in (state.side_changed, state.phase_changed):
            told.connect(lambda *_side: self._show_words())
        state.candidate_changed.connect(self._mark)
        state.mz_changed.connect(self._mark)
        self.table.selectionModel().selectionChanged.connect(lambda *_changed: self._candidate_chosen())
        self.table.let_go.connect(lambda: state.choose_candidate(None))
        self.peak_table.activated.connect(self._peak_chosen)
        self.peak_table.clicked.connect(self._peak_chosen)
        self.peak_table.let_go.connect(lambda: state.pick(()))
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the rows keep the room; the heading says the sentence when it is pointed at."""
        super().resizeEvent(event)
        self._fit_width()
        self.words.setVisible(self.height() >= WORDS_FROM_PX)

    def fit(self) -> None:
        """Rows as high as the font needs."""
        for table in (self.table, self.peak_table):
            fit_rows(table)
        self._fit_width()

    def _fit_width(self) -> None:
        """Where there is too little room for all columns, the last ones are told by pointing at a row alone."""
        table, header = self.table, self.table.horizontalHeader()
        least = header.minimumSectionSize()
        needed = [max(table.sizeHintForColumn(at), header.sectionSizeHint(at), least) for at in range(header.count())]
        for name in GIVEN_UP:
            place = self.model.columns.index(name)
            table.setColumnHidden(place, sum(needed) > table.viewport().width())
            if table.isColumnHidden(place):
                needed[place] = 0

    def copy(self) -> str:
        """Copy the candidates as tab-separated text; returns what was copied in words."""
        if not self.model.rowCount():
            return ""
        QGuiApplication.clipboard().setText(self.model.as_tsv())
        return self.tr("%1 candidates copied").replace("%1", str(self.model.rowCount()))

    def refresh(self) -> None:
        """Show what is known."""
        state = self._state
        peaks = state.origins is not None and (bool(state.picked) or state.mz is None)
        self.model.show_assignments(() if peaks else self._candidates())
        self._fit_width()
        self.peaks.show_peaks(self._peaks() if peaks else [], of_all=not state.picked)
        self.peak_table.setVisible(peaks)
        self.table.setVisible(not peaks)
        self._show_words()
        self._mark()

    def _show_words(self) -> None:
        picked = bool(self._state.picked) and self._state.origins is not None
        heading, words = self._words_on_picked() if picked else self._words_on_candidates()
        self.heading.setText(heading)
        self.heading.setToolTip("\n".join(text for text in (heading, words) if text))
        self.words.setText(words)

    # What the peak can be

    @property
    def _predicted_percent(self) -> float:
        """Height of the peak in the predicted spectrum, in share of the base peak."""
        state = self._state
        if state.mz is None or state.origins is None or not 1 <= state.mz <= len(state.origins.intensity):
            return 1.0
        return float(state.origins.intensity[state.mz - 1] / max(float(state.origins.intensity.max()), 1e-12))

    def _candidates(self) -> tuple[Assignment, ...]:
        """Candidates; of a peak that is next to not predicted with their probabilities given that a fragment makes it."""
        state = self._state
        found = state.candidates or ()
        if self._predicted_percent >= NEXT_TO_NOTHING or state.unassigned >= 1:
            return found
        return tuple(replace(each, probability=min(each.probability / (1.0 - state.unassigned), 1.0)) for each in found)

    def _words_on_candidates(self) -> tuple[str, str]:
        state = self._state
        if state.subject is None or state.phase is ExplainPhase.FAILED:
            return "", ""
        if state.mz is None:
            return self.tr("The whole spectrum"), self._words_on_all()
        heading = self.tr("What can m/z %1 be?").replace("%1", str(state.mz))
        if state.candidates is None:
            problem = state.origins_problem or state.sides[0].problem
            return heading, problem or self.tr("Looking for fragments…")
        known = [self._words_on_known(each) for each in state.known]
        return heading, " ".join([*known, self._sentence(state.mz)])

    def _words_on_known(self, ion: KnownIon) -> str:
        words = self.tr("Known here: %1, %2 (%3).").replace("%1", f"{subscripted(ion.formula)}⁺")
        return words.replace("%2", ion.process).replace("%3", ion.source)

    def _words_on_all(self) -> str:
        words, origins = self.tr("Choose a peak to see which fragments it can be."), self._state.origins
        if origins is None:
            return self._state.origins_problem or words
        explained = float(origins.intensity @ (1.0 - origins.unassigned))
        first = self.tr("Fragments account for %1 of the predicted ion current.").replace("%1", share_text(explained))
        return f"{first} {words}"

    def _sentence(self, mz: int) -> str:
        state = self._state
        next_to_nothing, measured = self._predicted_percent < NEXT_TO_NOTHING, self._measured_at(mz)
        midway = [at for at in measured if at < HALVES_UP_TO and abs(at - np.floor(at) - 0.5) < 0.05]
        if midway and len(midway) == len(measured):
            words = self.tr("It was measured at m/z %1: perhaps an ion of two charges, which BitSpec does not consider.")
            return words.replace("%1", f"{midway[0]:.1f}")
        if not state.candidates:
            if measured and next_to_nothing:
                return self.tr(
                    "No fragment of this molecule that is considered has that mass: it comes by a rearrangement, by more bonds "
                    "breaking, or from something else in the sample."
                )
            return self.tr(
                "No fragment of this molecule that is considered has that mass: it comes by a rearrangement, or by more bonds "
                "breaking."
            )
        if next_to_nothing:
            words = self.tr("The model predicts next to nothing at m/z %1; these fragments have that mass:")
            return words.replace("%1", str(mz))
        if state.unassigned >= 0.01:
            words = self.tr("%1 of the peak comes from no fragment that is considered.")
            return words.replace("%1", share_text(state.unassigned))
        return self.tr("Fragments that make the peak; the one chosen is outlined in the map.")

    def _measured_at(self, mz: int) -> list[float]:
        """Where peaks were measured that count as the one at `mz`; none if it was not measured."""
        subject = self._state.subject
        if subject is None or subject.measured is None:
            return []
        measured = subject.measured.spectrum.mz
        return [float(at) for at in measured[np.floor(measured + 0.5) == mz]]

    # Peaks with the picked atoms

    def _peaks(self) -> list[PeakWithAtoms]:
        state = self._state
        if state.subject is None or state.origins is None:
            return []
        return peaks_with_atoms(state.subject.prediction, state.origins, state.origins.peaks_with(state.picked))

    def _words_on_picked(self) -> tuple[str, str]:
        state = self._state
        number, atoms, one = len(self.peaks.rows), len(state.picked), len(state.picked) == 1
        if state.origins is None:
            return "", ""
        current = sum(share * float(state.origins.intensity[mz - 1]) for mz, share in state.lit.items())
        if number == 1:
            heading = self.tr("1 peak holds this atom") if one else self.tr("1 peak holds these %2 atoms")
        else:
            heading = self.tr("%1 peaks hold this atom") if one else self.tr("%1 peaks hold these %2 atoms")
        heading = heading.replace("%1", str(number)).replace("%2", str(atoms))
        if not number:
            return heading, self.tr("No ion of the predicted spectrum holds them together.")
        if one:
            words = self.tr("%1 of the ion current is of ions that hold it. Esc lets go of it.")
        else:
            words = self.tr("%1 of the ion current is of ions that hold them all. Esc lets go of them.")
        return heading, words.replace("%1", share_text(current))

    def _peak_chosen(self, index: QModelIndex) -> None:
        if index.isValid():
            self.peak_wanted.emit(self.peaks.rows[index.row()].mz)

    # The tables

    def _arrange(self) -> None:
        show_rows(self.table, "explainCandidateTable", self.tr("What the peak can be"))
        show_rows(self.peak_table, "explainPeakTable", self.tr("Peaks with the picked atoms"))
        for table, model in ((self.table, self.model), (self.peak_table, self.peaks)):
            table.setModel(model)
            table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
            table.setProperty("role", "narrow")
            table.setMinimumHeight(48)
            fit_columns(table)
            table.horizontalHeader().setStretchLastSection(True)
            table.horizontalHeader().setStyleSheet(NARROW_HEADINGS)
            table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.fit()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.heading)
        layout.addWidget(self.words)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.peak_table, 1)

    def _mark(self) -> None:
        """Select the rows of what is looked at, without telling that they were chosen."""
        candidate, peak = self._state.candidate_index, self.peaks.row_of(self._state.mz)
        for table, model, row in ((self.table, self.model, candidate), (self.peak_table, self.peaks, peak)):
            selection = table.selectionModel()
            selection.blockSignals(True)
            if row is None or row >= model.rowCount():
                selection.clear()
            else:
                flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
                selection.setCurrentIndex(model.index(row, 0), flags)
            selection.blockSignals(False)
            table.viewport().update()

    def _candidate_chosen(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows:
            self._state.choose_candidate(rows[0].row())


class _Table(QTableView):
    """A table whose empty part, when it is clicked, lets go of what is chosen."""

    let_go = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a row, or none."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.indexAt(event.position().toPoint()).isValid():
            self.let_go.emit()
