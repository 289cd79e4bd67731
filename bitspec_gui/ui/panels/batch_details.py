"""The row of a list of molecules that is looked at: structure, spectrum beside the measured one, and what can be done with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from bitspec_gui.domain.batch import BatchRow, RowState
from bitspec_gui.domain.prediction import MeasuredMatch
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.facts import with_subscripts
from bitspec_gui.ui.match_bands import band_of
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.views.content import SpectrumContent
from bitspec_gui.ui.views.spectrum_view import SpectrumView
from bitspec_gui.ui.views.structure import StructureView


class BatchDetails(QWidget):
    """What is known of one row; the buttons tell by signals that something is wanted with it."""

    show_wanted = Signal()
    identify_wanted = Signal()
    keep_wanted = Signal()

    def __init__(self, state: WindowState, drawings: Drawings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batchDetails")
        self._state, self._drawings = state, drawings
        self.row: BatchRow | None = None
        self._match: MeasuredMatch | None = None
        self.headline = OneLine("batchHeadline", "title", self)
        self.facts = QLabel(self)
        self.facts.setObjectName("batchFacts")
        self.facts.setWordWrap(True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.refused = Notice("batchRefused", "danger", self)
        self.caution = Notice("batchCaution", "warning", self)
        self.structure = StructureView("batchStructure", self)
        self.view = SpectrumView("batchSpectrum", self)
        self.show_in_predict = self._button("batchShow", self.tr("Show in Predict"), self.show_wanted)
        self.identify = self._button("batchIdentify", self.tr("Identify this"), self.identify_wanted)
        self.keep = self._button("batchKeep", self.tr("Keep in the list"), self.keep_wanted)
        self.identify.setToolTip(self.tr("Search the libraries for the predicted spectrum"))
        self.keep.setToolTip(self.tr("Keep the selected molecules with their predictions in the list at the left"))
        self._arrange()
        state.labels_changed.connect(self._show_labels)
        state.mode_changed.connect(lambda: self.view.set_mode(state.mode))
        state.colours_changed.connect(self._show_colours)
        self._show_labels()
        self.show_row(None)

    def show_row(self, row: BatchRow | None) -> None:
        """Show a row; a measured spectrum may come later, by `show_match`."""
        same = row is not None and self.row is not None and self.row.number == row.number
        kept = same and self.row is not None and self.row.compound is row.compound if row is not None else False
        self.row = row
        if not kept:
            self._match = None
        self.headline.setText("" if row is None else row.title or self.tr("Row %1").replace("%1", f"{row.number:,}"))
        self.facts.setText(self._facts())
        self.facts.setVisible(bool(self.facts.text()))
        problem = row.problem if row is not None else None
        self.refused.say("" if problem is None else str(replace(problem, file=Path(problem.file).name, kept="")))
        self.caution.say(" ".join(row.compound.warnings) if row is not None and row.compound is not None else "")
        self._draw()
        if not kept or row is None or row.compound is None:
            self._show_spectrum()
        there = row is not None and row.state is RowState.PREDICTED
        for button in (self.show_in_predict, self.identify, self.keep):
            button.setEnabled(there)

    def show_match(self, match: MeasuredMatch | None) -> None:
        """Show the measured spectrum of the compound below the predicted one."""
        self._match = match
        self._show_spectrum()
        self.facts.setText(self._facts())

    def _button(self, name: str, words: str, signal: object) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.clicked.connect(signal)
        return button

    def _arrange(self) -> None:
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("batchDetailsSplitter")
        splitter.setChildrenCollapsible(False)
        self.structure.setMinimumSize(110, 90)
        splitter.addWidget(self.structure)
        splitter.addWidget(self.view)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 3)
        splitter.setSizes([180, 540])
        heading = QHBoxLayout()
        heading.setSpacing(6)
        heading.addWidget(self.headline, 1)
        for button in (self.show_in_predict, self.identify, self.keep):
            heading.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        column.addLayout(heading)
        column.addWidget(self.facts)
        column.addWidget(self.refused)
        column.addWidget(self.caution)
        column.addWidget(splitter, 1)

    def _facts(self) -> str:
        row = self.row
        if row is None or row.compound is None:
            return ""
        found = row.compound
        parts = [with_subscripts(found.formula), f"M {found.nominal_mass}", f"{found.exact_mass:.4f} Da"]
        parts.append(self.tr("base peak m/z %1").replace("%1", str(found.base_peak)))
        if found.confidence is not None:
            words = self.tr("expected agreement %1, %2").replace("%1", f"{found.confidence:.2f}")
            parts.append(words.replace("%2", band_of(int(1000 * found.confidence)).word))
        if row.same_as:
            parts.append(self.tr("the same compound as row %1").replace("%1", f"{row.same_as:,}"))
        if self._match is not None:
            words = self.tr("match factor with the measured spectrum %1, %2").replace("%1", str(self._match.match_factor))
            parts.append(words.replace("%2", band_of(self._match.match_factor).word))
        return " · ".join(parts)

    def _draw(self) -> None:
        row = self.row
        if row is None or not row.text or row.state is RowState.REFUSED:
            self.structure.clear("" if row is None else self.tr("No structure"))
        else:
            self._drawings.draw_text(self.structure, row.text, dark=self._state.colours.dark)

    def _show_spectrum(self) -> None:
        row = self.row
        if row is None or row.compound is None:
            self.view.show_content(None)
            waiting = row is not None and row.state is RowState.WAITING
            words = self.tr("Its spectrum has not been predicted yet.") if waiting else self.tr("No spectrum was predicted.")
            self.view.set_hint(self.tr("Choose a molecule to see its spectrum.") if row is None else words)
            return
        found, match = row.compound, self._match
        title = self.tr("Predicted, not measured · %1").replace("%1", found.model_version.name)
        measured = match.record.spectrum if match is not None else None
        bottom = self.tr("Measured · %1").replace("%1", match.library) if match is not None else ""
        self.view.set_hint("")
        self.view.show_content(
            SpectrumContent(found.spectrum, title, bottom=measured, bottom_title=bottom, molecular_mass=found.nominal_mass),
            keep_zoom=match is not None,
        )

    def _show_labels(self) -> None:
        self.view.set_labels(self._state.labels_shown, self._state.label_threshold_percent, self._state.label_mode)

    def _show_colours(self) -> None:
        self.view.set_colours(self._state.colours)
        self._draw()
