"""Why not this structure? Its predicted spectrum beside the unknown's, and what speaks against it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.why_not import WhyNot
from bitspec_gui.services.why_not import WhyNotService
from bitspec_gui.ui.identify_state import IdentifyState
from bitspec_gui.ui.match_bands import band_of
from bitspec_gui.ui.panels.comparison import Score
from bitspec_gui.ui.panels.molecule_input import MoleculeInput
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.unknowns import title_of
from bitspec_gui.ui.views.content import SpectrumContent
from bitspec_gui.ui.views.spectrum_view import SpectrumView
from bitspec_gui.workers.runner import Runner


class WhyNotPanel(QWidget):
    """A structure in, its standing among the hits out. Answers follow the unknown and its hits."""

    def __init__(
        self,
        window_state: WindowState,
        state: IdentifyState,
        why_not: WhyNotService,
        runner: Runner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("whyNotPanel")
        self._window_state, self._state, self._why_not, self._runner = window_state, state, why_not, runner
        self._text = ""
        self.input = MoleculeInput(self)
        self.problem = Notice("whyNotProblem", "danger", self)
        self.match = Score("whyNotMatch", self.tr("Match"), self)
        self.words = QLabel(self)
        self.view = SpectrumView("whyNotSpectrum", self)
        self._arrange()
        self.input.asked.connect(self._asked)
        state.unknown_changed.connect(self._ask)
        state.hits_changed.connect(self._ask)
        window_state.mode_changed.connect(lambda: self.view.set_mode(window_state.mode))
        window_state.labels_changed.connect(self._show_labels)
        window_state.colours_changed.connect(lambda: self.view.set_colours(window_state.colours))
        self._show_labels()
        self._clear()

    def stop(self) -> None:
        """Ask no more (the window closes)."""
        self.input.stop()

    def _arrange(self) -> None:
        self.input.setObjectName("whyNotInput")
        self.input.setAccessibleName(
            self.tr("Structure to hold against the unknown, as name, CAS number, SMILES, InChI or molblock")
        )
        self.input.setPlaceholderText(self.tr("A structure that you expected: name, CAS number, SMILES, InChI or molblock"))
        self.words.setObjectName("whyNotWords")
        self.words.setAccessibleName(self.tr("How the structure stands"))
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        scroll = QScrollArea(self)
        scroll.setObjectName("whyNotScroll")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(self.words)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 4, 4, 0)
        row = QHBoxLayout()
        row.addWidget(self.input, 1)
        row.addWidget(self.match)
        column.addLayout(row)
        column.addWidget(self.problem)
        column.addWidget(scroll, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("whyNotSplitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(self.view)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

    def _asked(self, text: str) -> None:
        self._text = text.strip()
        self._ask()

    def _ask(self) -> None:
        unknown = self._state.unknown
        if unknown is None or not self._text:
            self._runner.abandon(self._key)
            self._clear()
            return
        self._runner.submit(
            "compute",
            self._why_not.compare,
            self._text,
            unknown.record,
            self._state.hit_list,
            on_done=self._show,
            on_error=self._fail,
            key=self._key,
        )

    @property
    def _key(self) -> str:
        return f"why-not-{id(self)}"

    def _clear(self) -> None:
        self.problem.say("")
        self.match.hide()
        self.words.setText("")
        self.view.show_content(None)
        self.view.set_hint(
            self.tr("Type a structure at the left to see its predicted spectrum against the unknown, and where it would rank.")
        )

    def _fail(self, error: Exception) -> None:
        self._clear()
        sentence = str(error) if isinstance(error, BitSpecError) else self.tr("This went wrong; see the log.")
        self.problem.say(sentence)
        if not isinstance(error, BitSpecError):
            self._runner.failed.emit(error)

    def _show(self, answer: WhyNot) -> None:
        unknown = self._state.unknown
        if unknown is None:
            return
        self.problem.say("")
        colours = self._window_state.colours
        front = "#10151c" if colours.dark else "#ffffff"
        self.match.show_value(str(answer.hit.match), self.tr("Match"), getattr(colours, band_of(answer.hit.match).key), front)
        self.match.show()
        self.words.setText("\n\n".join(answer.sentences))
        self.view.set_hint("")
        prediction = answer.prediction
        self.view.show_content(
            SpectrumContent(
                unknown.record.spectrum,
                self.tr("Unknown · %1").replace("%1", title_of(unknown)),
                prediction.spectrum,
                self.tr("Predicted · %1").replace("%1", prediction.molecule.formula),
                molecular_mass=prediction.molecule.nominal_mass,
                top_is_unknown=True,
                bottom_is_measured=False,
            )
        )

    def _show_labels(self) -> None:
        state = self._window_state
        self.view.set_labels(state.labels_shown, state.label_threshold_percent, state.label_mode)
