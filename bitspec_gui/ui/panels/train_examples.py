"""Compounds that a training does not learn from, as they are predicted now: small mirror plots, and one of them larger."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from bitspec_gui.domain.tuning_jobs import ExampleSeen
from bitspec_gui.services.training_course import TrainingCourse
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.views.content import SpectrumContent
from bitspec_gui.ui.views.mirror_card import MirrorCard
from bitspec_gui.ui.views.spectrum_view import SpectrumView

CARDS = 4


class TrainExamples(QWidget):
    """Up to four compounds; the one looked at is shown against its measured spectrum, as predicted now or by the base model."""

    def __init__(self, window: WindowState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainExamples")
        self._window = window
        self._compound = ""
        self._shown: tuple[ExampleSeen, bool] | None = None
        self.headline = OneLine("trainExampleHeadline", "section", self)
        self.now = self._switch("trainExampleNow", self.tr("Now"), self.tr("Show what the model in training predicts now"))
        self.before = self._switch("trainExampleBefore", self.tr("Before"), self.tr("Show what the base model predicted"))
        self.now.setChecked(True)
        group = QButtonGroup(self)
        for button in (self.before, self.now):
            group.addButton(button)
        self.view = SpectrumView("trainExampleSpectrum", self)
        self.cards = [MirrorCard(f"trainExample{number + 1}", self) for number in range(CARDS)]
        self._arrange()
        for button in (self.before, self.now):
            button.toggled.connect(lambda _on: self._show_large())
        for card in self.cards:
            card.clicked.connect(lambda _checked=False, card=card: self._choose(card))
        window.colours_changed.connect(self._show_colours)
        window.labels_changed.connect(self._show_labels)
        self._show_colours()
        self._show_labels()
        self.show_course(TrainingCourse())

    def show_course(self, course: TrainingCourse) -> None:
        """Show the newest examples of a job."""
        examples = list(course.examples.values())[:CARDS]
        for card, example in zip(self.cards, [*examples, *[None] * (CARDS - len(examples))], strict=True):
            card.show_example(example)
        if examples and self._compound not in {each.compound for each in examples}:
            self._compound = examples[0].compound
        for card in self.cards:
            card.setChecked(card.example is not None and card.example.compound == self._compound)
        self._show_large()

    @property
    def example(self) -> ExampleSeen | None:
        """The one that is looked at."""
        examples = (card.example for card in self.cards)
        return next((each for each in examples if each is not None and each.compound == self._compound), None)

    def _switch(self, name: str, words: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setText(words)
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.headline, 1)
        line.addWidget(self.before)
        line.addWidget(self.now)
        row = QHBoxLayout()
        row.setSpacing(6)
        for card in self.cards:
            row.addWidget(card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.view, 1)
        column.addLayout(row)
        self.view.setMinimumHeight(110)

    def _choose(self, card: MirrorCard) -> None:
        if card.example is not None:
            self._compound = card.example.compound
            self._show_large()

    def _show_large(self) -> None:
        example, now = self.example, self.now.isChecked()
        for button in (self.before, self.now):
            button.setVisible(example is not None)
        if example is None:
            self._shown = None
            self.headline.setText(self.tr("Examples"))
            self.view.show_content(None)
            self.view.set_hint(self.tr("Compounds that are not trained on appear here, as they are predicted before and now."))
            return
        if self._shown is not None and self._shown[0] is example and self._shown[1] is now:
            return
        same = self._shown is not None and self._shown[0].compound == example.compound
        self._shown = (example, now)
        words = self.tr("%1 · cosine %2 before, %3 now").replace("%2", f"{example.cosine_before:.3f}")
        self.headline.setText(words.replace("%3", f"{example.cosine_now:.3f}").replace("%1", example.name or example.smiles))
        self.view.set_hint("")
        self.view.show_content(
            SpectrumContent(
                example.now if now else example.before,
                self.tr("Predicted now") if now else self.tr("Predicted before, by the base model"),
                bottom=example.measured,
                bottom_title=self.tr("Measured, not trained on"),
            ),
            keep_zoom=same,
        )

    def _show_colours(self) -> None:
        colours = self._window.colours
        self.view.set_colours(colours)
        for card in self.cards:
            card.set_colours(colours)

    def _show_labels(self) -> None:
        window = self._window
        self.view.set_labels(window.labels_shown, window.label_threshold_percent, window.label_mode)


def push(name: str, words: str, tip: str, parent: QWidget, *, primary: bool = False) -> QPushButton:
    """A button with its name for programs, its words, and what it does."""
    button = QPushButton(words, parent)
    button.setObjectName(name)
    button.setAccessibleName(words)
    button.setToolTip(tip)
    if primary:
        button.setProperty("primary", "true")
    return button
