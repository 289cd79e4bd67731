"""The spectrum of the library entry that is looked at, with what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bitspec_gui.ui.actions import Actions
from bitspec_gui.ui.facts import shortened, why_doubtful
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.views.content import SpectrumContent, nominal_mass_of
from bitspec_gui.ui.views.spectrum_view import SpectrumView


class EntrySpectrum(QWidget):
    """Name, doubts and spectrum of `WindowState.entry`."""

    predict_wanted = Signal(object)

    def __init__(self, state: WindowState, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("entrySpectrumPanel")
        self._state = state
        self.caution = Notice("entryCaution", "warning", self)
        self.view = SpectrumView("entrySpectrum", self)
        self.headline = QLabel(self)
        self.headline.setObjectName("entryHeadline")
        self.headline.setProperty("role", "title")
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.headline.setMinimumWidth(60)
        self.identify = self._button("identifyEntry", self.tr("Identify this"), self.tr("Identify the spectrum of this entry"))
        self.identify.setToolTip(actions.identify_this.toolTip())
        self.predict = self._button("predictEntry", self.tr("Predict this"), self.tr("Predict the spectrum of this compound"))
        heading = QHBoxLayout()
        heading.addWidget(self.headline, 1)
        heading.addWidget(self.identify)
        heading.addWidget(self.predict)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addLayout(heading)
        layout.addWidget(self.caution)
        layout.addWidget(self.view, 1)
        self.predict.clicked.connect(self.ask_to_predict)
        self.identify.clicked.connect(actions.identify_this.trigger)
        self.view.peak_picked.connect(state.select_peak)
        state.entry_changed.connect(self._show_entry)
        state.peak_changed.connect(lambda: self.view.select_mz(state.peak_mz))
        state.labels_changed.connect(self._show_labels)
        state.colours_changed.connect(lambda: self.view.set_colours(state.colours))
        self._show_labels()
        self._show_entry()

    def ask_to_predict(self) -> None:
        """Predict the compound of the entry, if it has a structure."""
        if self._state.entry is not None and self.predict.isEnabled():
            self.predict_wanted.emit(self._state.entry)

    def _button(self, name: str, words: str, meaning: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.setAccessibleName(meaning)
        return button

    def _show_labels(self) -> None:
        self.view.set_labels(self._state.labels_shown, self._state.label_threshold_percent, self._state.label_mode)

    def _show_entry(self) -> None:
        entry = self._state.entry
        self.identify.setEnabled(entry is not None)
        self.predict.setEnabled(entry is not None and bool(entry.record.smiles or entry.record.inchi))
        self.caution.say("" if entry is None else why_doubtful(entry.record))
        if entry is None:
            self.headline.setText("")
            self.view.show_content(None)
            self.view.set_hint(self.tr("Choose an entry to see its spectrum."))
            return
        record = entry.record
        self.headline.setText(record.name or record.accession or self.tr("Unnamed"))
        self.view.set_hint("")
        predicted = record.predicted_by is not None
        words = self.tr("Predicted, not measured · %1") if predicted else self.tr("Measured · %1")
        title = words.replace("%1", " · ".join(part for part in (entry.library, shortened(record.accession or "")) if part))
        mass = nominal_mass_of(record)
        self.view.show_content(SpectrumContent(record.spectrum, title, molecular_mass=mass, top_is_measured=not predicted))
