"""The *Predict* tab: a molecule in, its predicted spectrum beside the measured one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bitspec_gui.ui.actions import Actions
from bitspec_gui.ui.facts import shortened, with_subscripts
from bitspec_gui.ui.panels.comparison import ComparisonBar
from bitspec_gui.ui.panels.confidence import ConfidenceChip
from bitspec_gui.ui.panels.molecule_input import MoleculeInput
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.panels.one_line import OneLine
from bitspec_gui.ui.panels.spectrum_tools import SpectrumTools
from bitspec_gui.ui.state import Phase, WindowState
from bitspec_gui.ui.views.content import SpectrumContent
from bitspec_gui.ui.views.spectrum_view import SpectrumView


class PredictPanel(QWidget):
    """Input, notices, comparison, spectrum."""

    retry_wanted = Signal()
    add_library_wanted = Signal()

    def __init__(self, state: WindowState, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("predictPanel")
        self._state = state
        self.input = MoleculeInput(self)
        self.button = QPushButton(self.tr("Predict"), self)
        self.button.setObjectName("predictButton")
        self.button.setAccessibleName(self.tr("Predict the spectrum"))
        self.button.setProperty("primary", "true")
        self.button.setToolTip(self.tr("Predict the EI spectrum (Ctrl+Return)"))
        self.fault = QLabel(self)
        self.fault.setObjectName("moleculeFault")
        self.fault.setProperty("role", "error")
        self.fault.setWordWrap(True)
        self.fault.setTextFormat(Qt.TextFormat.PlainText)
        self.fault.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.fault.hide()
        self.model_notice = Notice("modelNotice", "danger", self)
        self.retry = self.model_notice.add_button("retryModel", self.tr("Try again"))
        self.warnings = Notice("predictionWarnings", "warning", self)
        self.headline = OneLine("predictionHeadline", "title", self)
        # It comes and goes: the window must not become wider for it.
        self.status = OneLine("predictionStatus", "muted", self, shortest_px=0)
        self.confidence = ConfidenceChip(state, self)
        self.comparison = ComparisonBar(state, self)
        self.view = SpectrumView("predictedSpectrum", self)
        self.button.setMinimumHeight(self.input.height())
        self._arrange(actions)
        self.button.clicked.connect(self.input.ask_now)
        self.retry.clicked.connect(self.retry_wanted)
        self.comparison.add_library_wanted.connect(self.add_library_wanted)
        self.view.peak_picked.connect(state.select_peak)
        self.view.plot.step_wanted.connect(lambda step: state.choose(state.chosen_index + step))
        state.phase_changed.connect(self._show_phase)
        state.model_changed.connect(self._show_phase)
        state.prediction_changed.connect(self._show_spectra)
        state.matches_changed.connect(lambda: self._show_spectra(keep_zoom=True))
        state.chosen_changed.connect(lambda: self._show_spectra(keep_zoom=True))
        state.peak_changed.connect(lambda: self.view.select_mz(state.peak_mz))
        state.mode_changed.connect(lambda: self.view.set_mode(state.mode))
        state.labels_changed.connect(self._show_labels)
        state.colours_changed.connect(lambda: self.view.set_colours(state.colours))
        self._show_labels()
        self._show_phase()

    def _arrange(self, actions: Actions) -> None:
        asking = QHBoxLayout()
        asking.setSpacing(8)
        asking.addWidget(self.input, 1)
        asking.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        heading = QHBoxLayout()
        heading.setSpacing(14)
        heading.addWidget(self.headline)
        heading.addWidget(self.confidence)
        heading.addStretch(1)
        heading.addWidget(self.status)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(7)
        layout.addLayout(asking)
        layout.addWidget(self.fault)
        layout.addWidget(self.model_notice)
        layout.addLayout(heading)
        layout.addWidget(self.warnings)
        layout.addWidget(self.comparison)
        layout.addWidget(SpectrumTools(self._state, actions, self))
        layout.addWidget(self.view, 1)

    def _show_phase(self) -> None:
        state = self._state
        at_fault = state.phase in (Phase.REFUSED, Phase.FAILED)
        self.fault.setText(state.sentence if at_fault else "")
        self.fault.setVisible(at_fault and bool(state.sentence))
        problem = state.model_problem
        way_on = self.tr("Everything else works: libraries can be added, searched and exported.")
        self.model_notice.say(f"{problem}\n{way_on}" if problem else "")
        self.view.set_faded(state.stale)
        waiting = {
            Phase.READING: self.tr("Reading the structure…"),
            Phase.LOADING: self.tr("Loading the model…"),
            Phase.PREDICTING: self.tr("Predicting…"),
        }.get(state.phase, "")
        self.status.setText(waiting or (self.tr("This is the last prediction, not that of the input.") if state.stale else ""))
        if state.prediction is not None:
            hint = ""
        elif waiting:
            hint = waiting
        elif state.phase is Phase.EMPTY:
            hint = self.tr("Type or paste a SMILES, an InChI or a molblock above, or drop a structure file on the window.")
        else:
            hint = self.tr("No spectrum to show.")
        self.view.set_hint(hint)

    def _show_spectra(self, *, keep_zoom: bool = False) -> None:
        state = self._state
        prediction, chosen = state.prediction, state.chosen
        if prediction is None:
            return
        molecule = prediction.molecule
        name = molecule.name or (chosen.record.name if chosen is not None else "") or with_subscripts(molecule.formula)
        self.headline.setText(name)
        cautions = (chosen.caution,) if chosen is not None and chosen.caution else ()
        self.warnings.say("\n".join((*prediction.warnings, *cautions)))
        content = SpectrumContent(
            top=prediction.spectrum,
            top_title=self.tr("Predicted · %1").replace("%1", prediction.model_version.name),
            bottom=chosen.record.spectrum if chosen is not None else None,
            bottom_title=self.tr("Measured · %1").replace("%1", _source(chosen.library, chosen.record.accession))
            if chosen
            else "",
            molecular_mass=molecule.nominal_mass,
            annotations=prediction.annotations,
        )
        self.view.set_hint("")
        self.view.show_content(content, keep_zoom=keep_zoom)
        self.view.select_mz(state.peak_mz)

    def _show_labels(self) -> None:
        state = self._state
        self.view.set_labels(state.labels_shown, state.label_threshold_percent, state.label_mode)


def _source(library: str, accession: str | None) -> str:
    return f"{library}, {shortened(accession)}" if accession else library
