"""How well the prediction agrees with what it is compared with: a measured spectrum, or another molecule's prediction."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from bitspec_gui.domain.prediction import MeasuredMatch, PredictedMatch, Prediction
from bitspec_gui.services.comparison import predicted_match
from bitspec_gui.ui.facts import shortened, with_subscripts
from bitspec_gui.ui.match_bands import band_explanation, band_of
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.session import Session
from bitspec_gui.ui.state import Phase, WindowState

ROOM_FOR_BOTH_PX = 300
"""Room beside the match factor from which there is a place for the cosine as well as the chooser."""

ROOM_FOR_OFFER_PX = 420
"""Width from which there is a place for the button that adds a library."""

HEIGHT_PX = 38


class Score(QFrame):
    """A number with its name and a word on it, which are shortened in a narrow window if `shortens`."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None, *, shortens: bool = False) -> None:
        super().__init__(parent)
        self._shortens = shortens
        self.setObjectName(name)
        self.value = QLabel(self)
        self.value.setObjectName(f"{name}Value")
        self.value.setProperty("role", "score")
        self.title = OneLine(f"{name}Title", "muted", self) if shortens else QLabel(self)
        self.title.setText(title)
        self.title.setProperty("role", "muted")
        across = QSizePolicy.Policy.Maximum if shortens else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(7)
        layout.addWidget(self.value)
        layout.addWidget(self.title)

    def show_value(self, text: str, words: str, back: str, front: str) -> None:
        """Set number, words and colours."""
        self.value.setText(text)
        self.title.setText(words)
        self.value.setStyleSheet(f"background: {back}; color: {front};")
        for label in (self.value,) if self._shortens else (self.value, self.title):
            label.ensurePolished()
            label.setMinimumWidth(0)
            label.setMinimumWidth(label.sizeHint().width())
        self.setAccessibleName(f"{words}: {text}")


class ComparisonBar(QWidget):
    """Match factor, cosine and the chooser of what to compare with; or words on why there is nothing."""

    add_library_wanted = Signal()

    def __init__(self, state: WindowState, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("comparisonBar")
        self._state, self._session = state, session
        self._offers_library = False
        self.match_factor = Score("matchFactor", self.tr("Match factor"), self)
        self.match_factor.setToolTip(band_explanation())
        self.cosine = Score("cosine", self.tr("Cosine"), self)
        self.cosine.setToolTip(self.tr("Cosine of the two spectra on linear intensities, 0 to 1, at unit m/z."))
        self.chooser = QComboBox(self)
        self.chooser.setObjectName("measuredChooser")
        self.chooser.setAccessibleName(self.tr("Measured spectrum, or another molecule's prediction, to compare with"))
        self.chooser.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.chooser.setMinimumContentsLength(12)
        self.chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.message = QLabel(self)
        self.message.setObjectName("comparisonMessage")
        self.message.setWordWrap(True)
        # Two lines at most: what comes with an answer must not push the drawing away.
        self.message.setFixedHeight(HEIGHT_PX)
        self.add_library = QPushButton(self.tr("Add a library…"), self)
        self.add_library.setObjectName("comparisonAddLibrary")
        self.add_library.setAccessibleName(self.tr("Add a library"))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.match_factor)
        row.addWidget(self.cosine)
        row.addWidget(self.chooser, 1)
        row.addWidget(self.message, 1)
        row.addWidget(self.add_library)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        self.setMinimumHeight(HEIGHT_PX)
        self.add_library.clicked.connect(self.add_library_wanted)
        self.chooser.activated.connect(self._choose)
        for signal in (state.phase_changed, state.matches_changed, state.libraries_changed, state.rival_changed, session.changed):
            signal.connect(self._refresh)
        state.chosen_changed.connect(self._show_scores)
        state.colours_changed.connect(self._show_scores)
        self._refresh()

    def _refresh(self) -> None:
        state = self._state
        self.setVisible(state.prediction is not None)
        self._fill_chooser()
        found = self._compared is not None
        self.match_factor.setVisible(found)
        self.chooser.setVisible(self.chooser.count() > 0)
        for widget in (self.match_factor, self.cosine, self.chooser):
            widget.setEnabled(not state.stale)
        self._show_cosine()
        message, offer = self._message()
        self.message.setText(message)
        self.message.setToolTip(message)
        self.message.setVisible(not found)
        self._offers_library = offer
        self._show_offer()
        self._show_scores()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the chooser some room."""
        super().resizeEvent(event)
        self._show_cosine()
        self._show_offer()

    @property
    def _compared(self) -> MeasuredMatch | PredictedMatch | None:
        return self._state.rival or self._state.chosen

    @property
    def _others(self) -> list[Prediction]:
        """Predictions of other molecules of the session, the one that is compared with among them."""
        shown, rival = self._state.prediction, self._state.rival
        found = [each for each in self._session.predictions if shown is None or each.molecule.smiles != shown.molecule.smiles]
        if rival is not None and all(each.molecule.smiles != rival.prediction.molecule.smiles for each in found):
            found.insert(0, rival.prediction)
        return found

    def _fill_chooser(self) -> None:
        """Measured spectra first, then other molecules; nothing is chosen where there is no measured one."""
        state, chooser = self._state, self.chooser
        chooser.blockSignals(True)
        chooser.clear()
        for index, match in enumerate(state.matches or ()):
            chooser.addItem(words_on(match), index)
            chooser.setItemData(chooser.count() - 1, details_of(match), Qt.ItemDataRole.ToolTipRole)
        others = self._others if state.prediction is not None else []
        if others and chooser.count():
            chooser.insertSeparator(chooser.count())
        for other in others:
            chooser.addItem(self.tr("Predicted  ·  %1").replace("%1", title_of_prediction(other)), other)
        if state.rival is not None and not state.matches:
            chooser.insertSeparator(chooser.count())
            chooser.addItem(self.tr("Compare with nothing"), None)
        chooser.setPlaceholderText(self.tr("Compare with…"))
        chooser.setCurrentIndex(self._current_row())
        chooser.blockSignals(False)

    def _current_row(self) -> int:
        state = self._state
        if state.rival is None:
            return state.chosen_index if state.matches else -1
        wanted = state.rival.prediction.molecule.smiles
        rows = range(self.chooser.count())
        return next((row for row in rows if _is_prediction_of(self.chooser.itemData(row), wanted)), -1)

    def _choose(self, row: int) -> None:
        what, shown = self.chooser.itemData(row), self._state.prediction
        if isinstance(what, Prediction) and shown is not None:
            self._state.set_rival(predicted_match(shown, what))
        elif isinstance(what, int):
            self._state.choose(what)
        else:
            self._state.set_rival(None)

    def _show_cosine(self) -> None:
        room = self.width() - self.match_factor.sizeHint().width()
        self.cosine.setVisible(self._compared is not None and room >= ROOM_FOR_BOTH_PX)

    def _show_offer(self) -> None:
        """Where there is too little room the words are worth more than the button: the menu *Library* adds one too."""
        self.add_library.setVisible(self._offers_library and self.width() >= ROOM_FOR_OFFER_PX)

    def _message(self) -> tuple[str, bool]:
        state = self._state
        if state.prediction is None or state.rival is not None:
            return "", False
        if state.match_problem:
            return state.match_problem, False
        if state.matches is None or (not state.matches and state.opening_libraries):
            return self.tr("Looking in your libraries…"), False
        if state.matches:
            return "", False
        if state.stale and state.phase is not Phase.SHOWN:
            return "", False
        return self.tr("No measured spectrum in your libraries."), True

    def _show_scores(self) -> None:
        compared = self._compared
        if compared is None:
            return
        if self.chooser.currentIndex() != self._current_row():
            self.chooser.setCurrentIndex(self._current_row())
        colours = self._state.colours
        band = band_of(compared.match_factor)
        back, front = getattr(colours, band.key), "#10151c" if colours.dark else "#ffffff"
        plain = colours.text
        if self._state.stale:
            back, front, plain = colours.raised, colours.muted, colours.muted
        words = self.tr("Match factor, %1").replace("%1", band.word)
        self.match_factor.show_value(str(compared.match_factor), words, back, front)
        self.cosine.show_value(f"{compared.cosine:.3f}", self.tr("Cosine"), colours.raised, plain)
        self.chooser.setToolTip(details_of(compared) if isinstance(compared, MeasuredMatch) else "")


def title_of_prediction(prediction: Prediction) -> str:
    """A predicted molecule in a few words: its name and formula, or formula and SMILES."""
    molecule = prediction.molecule
    formula = with_subscripts(molecule.formula)
    return f"{molecule.name}  ·  {formula}" if molecule.name else f"{formula}  ·  {shortened(molecule.smiles)}"


def _is_prediction_of(thing: object, smiles: str) -> bool:
    return isinstance(thing, Prediction) and thing.molecule.smiles == smiles


def words_on(match: MeasuredMatch) -> str:
    """A measured spectrum in one line: match factor, library, accession, instrument, energy."""
    record = match.record
    energy = f"{record.energy_ev:g} eV" if record.energy_ev is not None else None
    parts = (str(match.match_factor), match.library, shortened(record.accession or ""), record.instrument, energy)
    return "  ·  ".join(part for part in parts if part)


def details_of(match: MeasuredMatch) -> str:
    """What is known about a measured spectrum, a line each."""
    record = match.record
    lines = (record.name, record.comment, record.authors, record.licence, record.source_file)
    return "\n".join(line for line in lines if line)
