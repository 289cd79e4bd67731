"""The *Predict* tab: a molecule drawn, typed or pasted, and its predicted spectrum beside what it is compared with."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QToolButton, QVBoxLayout, QWidget

from bitspec_gui.ui.actions import Actions
from bitspec_gui.ui.facts import shortened, with_subscripts
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.panels.comparison import ComparisonBar, title_of_prediction
from bitspec_gui.ui.panels.confidence import ConfidenceChip
from bitspec_gui.ui.panels.molecule_input import MoleculeInput
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.panels.spectrum_tools import SpectrumTools
from bitspec_gui.ui.session import Session
from bitspec_gui.ui.sketcher.panel import SketcherPanel
from bitspec_gui.ui.state import Phase, WindowState
from bitspec_gui.ui.views.content import SpectrumContent
from bitspec_gui.ui.views.spectrum_view import SpectrumView
from bitspec_gui.workers.runner import Runner

NARROW_PX = 600
"""Width below which the drawing and the spectrum are shown by turns."""

SHARES = (1, 1)
"""Of the width: drawing, spectrum."""


class PredictPanel(QWidget):
    """Input, notices and comparison above, the drawing at the left, the spectrum at the right."""

    predict_wanted = Signal()
    retry_wanted = Signal()
    add_library_wanted = Signal()

    def __init__(
        self, state: WindowState, session: Session, actions: Actions, runner: Runner, parent: QWidget | None = None
    ) -> None:
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
        self.comparison = ComparisonBar(state, session, self)
        self.sketcher = SketcherPanel(runner, self)
        self.beside = QSplitter(Qt.Orientation.Horizontal, self)
        self._drawing = actions.drawing
        self.by_turns = QToolButton(self)
        self.by_turns.setDefaultAction(actions.drawing)
        self.by_turns.setObjectName("drawingByTurns")
        self.by_turns.setAccessibleName(self.tr("Show the drawing, else the spectrum"))
        self.by_turns.hide()
        self.view = SpectrumView("predictedSpectrum", self)
        for button in (self.button, self.by_turns):
            button.setMinimumHeight(self.input.height())
        self._arrange(actions)
        self._drawing.toggled.connect(lambda _on: self._share())
        self.button.clicked.connect(lambda _checked=False: self.predict_wanted.emit())
        self.retry.clicked.connect(self.retry_wanted)
        self.sketcher.canvas.pointer_came.connect(self._go_on_drawing)
        self.comparison.add_library_wanted.connect(self.add_library_wanted)
        self.view.peak_picked.connect(state.select_peak)
        self.view.plot.step_wanted.connect(lambda step: state.choose(state.chosen_index + step))
        state.phase_changed.connect(self._show_phase)
        state.model_changed.connect(self._show_phase)
        state.prediction_changed.connect(self._show_spectra)
        state.molecule_changed.connect(self._show_headline)
        state.matches_changed.connect(lambda: self._show_spectra(keep_zoom=True))
        state.chosen_changed.connect(lambda: self._show_spectra(keep_zoom=True))
        state.rival_changed.connect(lambda: self._show_spectra(keep_zoom=True))
        state.peak_changed.connect(lambda: self.view.select_mz(state.peak_mz))
        state.mode_changed.connect(lambda: self.view.set_mode(state.mode))
        state.labels_changed.connect(self._show_labels)
        state.colours_changed.connect(lambda: self.view.set_colours(state.colours))
        state.colours_changed.connect(lambda: self.sketcher.set_colours(state.colours))
        self._show_labels()
        self._show_phase()

    def _arrange(self, actions: Actions) -> None:
        asking = QHBoxLayout()
        asking.setSpacing(8)
        asking.addWidget(self.input, 1)
        asking.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        asking.addWidget(self.by_turns, 0, Qt.AlignmentFlag.AlignTop)
        heading = QHBoxLayout()
        heading.setSpacing(14)
        heading.addWidget(self.headline)
        heading.addWidget(self.confidence)
        heading.addStretch(1)
        heading.addWidget(self.status)
        # Nothing that comes with an answer may move the paper under the pointer: these rows are always as high.
        heading.addStrut(self.confidence.sizeHint().height())
        kept = self.comparison.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.comparison.setSizePolicy(kept)
        self.spectrum_side = QWidget(self)
        self._beside_spectrum = column = QVBoxLayout(self.spectrum_side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addWidget(self.warnings)
        column.addWidget(SpectrumTools(self._state, actions, self))
        column.addWidget(self.view, 1)
        self.beside.setObjectName("predictSplitter")
        self.beside.setChildrenCollapsible(False)
        self.beside.setHandleWidth(9)
        self.beside.addWidget(self.sketcher)
        self.beside.addWidget(self.spectrum_side)
        for place, share in enumerate(SHARES):
            self.beside.setStretchFactor(place, share)
        self.beside.setSizes([100 * share for share in SHARES])
        self._page = layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(7)
        layout.addLayout(asking)
        layout.addWidget(self.fault)
        layout.addWidget(self.model_notice)
        layout.addLayout(heading)
        layout.addWidget(self.comparison)
        layout.addWidget(self.beside, 1)

    def minimumSizeHint(self) -> QSize:
        """Room for either the drawing or the spectrum: both together are not asked for."""
        return QSize(330, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the drawing and the spectrum take turns."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        wanted, narrow = self._drawing.isChecked(), self.width() < NARROW_PX
        self.sketcher.setVisible(wanted)
        self.spectrum_side.setVisible(not (wanted and narrow))
        self.by_turns.setVisible(narrow)
        # A warning is seen beside the spectrum, or above the drawing that hides it.
        if wanted and narrow:
            self._page.insertWidget(self._page.indexOf(self.beside), self.warnings)
        else:
            self._beside_spectrum.insertWidget(0, self.warnings)

    def _go_on_drawing(self) -> None:
        """What was written is drawn and the mouse goes there: keys are about the drawing now, not more text."""
        if self.input.hasFocus() and not self.input.has_news:
            self.sketcher.canvas.setFocus(Qt.FocusReason.MouseFocusReason)

    def _show_phase(self) -> None:
        state = self._state
        # That there is no model is said once, by the notice: said anew after each stroke it would push the drawing about.
        at_fault = state.phase is Phase.REFUSED or (state.phase is Phase.FAILED and not state.model_problem)
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
        self.status.setText(waiting or self._why_stale())
        if state.prediction is not None:
            hint = state.sentence if state.phase is Phase.UNFINISHED else ""
        elif waiting:
            hint = waiting
        elif state.phase is Phase.EMPTY:
            hint = self.tr("Draw a molecule, type or paste one above, or drop a structure file on the window.")
        elif state.phase is Phase.UNFINISHED:
            hint = state.sentence
        else:
            hint = self.tr("No spectrum to show.")
        self.view.set_hint(hint)

    def _why_stale(self) -> str:
        if not self._state.stale:
            return ""
        if self._state.phase in (Phase.UNFINISHED, Phase.EMPTY):
            return self.tr("The last valid prediction, not that of the drawing.")
        return self.tr("This is the last prediction, not that of the input.")

    def _show_spectra(self, *, keep_zoom: bool = False) -> None:
        state = self._state
        prediction, chosen, rival = state.prediction, state.chosen, state.rival
        if prediction is None:
            return
        molecule = prediction.molecule
        self._show_headline()
        cautions = (chosen.caution,) if chosen is not None and rival is None and chosen.caution else ()
        self.warnings.say("\n".join((*prediction.warnings, *cautions)))
        content = SpectrumContent(
            top=prediction.spectrum,
            # Of two predictions it matters whose they are, not which model made both.
            top_title=self.tr("Predicted · %1").replace(
                "%1", prediction.model_version.name if rival is None else title_of_prediction(prediction)
            ),
            bottom=state.counterpart,
            bottom_title=self._counterpart_title(),
            bottom_is_measured=rival is None,
            molecular_mass=molecule.nominal_mass,
            annotations=prediction.annotations,
        )
        self.view.set_hint("")
        self.view.show_content(content, keep_zoom=keep_zoom)
        self.view.select_mz(state.peak_mz)

    def _show_headline(self) -> None:
        prediction, chosen = self._state.prediction, self._state.chosen
        if prediction is not None:
            molecule, measured = prediction.molecule, chosen.record.name if chosen is not None else ""
            self.headline.setText(molecule.name or measured or with_subscripts(molecule.formula))

    def _counterpart_title(self) -> str:
        rival, chosen = self._state.rival, self._state.chosen
        if rival is not None:
            return self.tr("Predicted · %1").replace("%1", title_of_prediction(rival.prediction))
        if chosen is None:
            return ""
        return self.tr("Measured · %1").replace("%1", _source(chosen.library, chosen.record.accession))

    def _show_labels(self) -> None:
        state = self._state
        self.view.set_labels(state.labels_shown, state.label_threshold_percent, state.label_mode)


def _source(library: str, accession: str | None) -> str:
    return f"{library}, {shortened(accession)}" if accession else library
