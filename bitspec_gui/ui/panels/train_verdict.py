"""The page *Verdict*: whether a fine-tuning helped, in a sentence, in figures, and spectrum by spectrum."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bitspec_gui.domain.verdict import Outcome, Verdict
from bitspec_gui.services.verdict_files import write_verdict
from bitspec_gui.ui.exporting import file_stem
from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.model_versions import ModelVersions
from bitspec_gui.ui.panels.outcomes_table import OutcomesTable
from bitspec_gui.ui.panels.roomy_page import RoomyPage, splitter
from bitspec_gui.ui.panels.verdict_figures import VerdictFigures
from bitspec_gui.ui.panels.verdict_spectra import VerdictSpectra
from bitspec_gui.ui.report_export import SaveDialog
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.thumbnails import Thumbnails
from bitspec_gui.ui.train_state import TrainPage, TrainState
from bitspec_gui.ui.training_words import forgetting_basis, judgement_colour, judgement_sign, judgement_title
from bitspec_gui.ui.views.changes_plot import ChangesPlot
from bitspec_gui.workers.runner import Runner

VERDICT_FILTERS = {".html": "HTML (*.html)", ".csv": "CSV (*.csv)", ".json": "JSON (*.json)"}

SIDE_BY_SIDE_FROM_LETTERS = 100


class TrainVerdictPage(RoomyPage):
    """``told`` carries a sentence, ``failed`` an exception, ``folder_changed`` the folder that a file was written to."""

    told = Signal(str)
    failed = Signal(object)
    folder_changed = Signal(str)

    def __init__(
        self,
        window: WindowState,
        train: TrainState,
        versions: ModelVersions,
        thumbnails: Thumbnails,
        runner: Runner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("trainVerdictPage", parent)
        self._window, self._train, self._versions, self._runner = window, train, versions, runner
        self.folder = ""
        self.sign, self.sentence, self.how = QLabel(self.body), QLabel(self.body), QLabel(self.body)
        self.figures = VerdictFigures(self.body)
        self.use = self._button("verdictUse", self.tr("&Use this model"), self.tr("Predict with it from now on; can be undone"))
        self.keep = self._button("verdictKeep", self.tr("&Keep the base model"), self.tr("Go on predicting with the base model"))
        self.models = self._button("verdictModels", self.tr("Show in &Models"), self.tr("All versions: compare, hand on, delete"))
        self.export = self._button("verdictExport", self.tr("&Export…"), self.tr("A report, or a table of the held-out spectra"))
        self.changes = ChangesPlot("verdictChanges", self.body)
        self.table = OutcomesTable(thumbnails, self.body)
        self.spectra = VerdictSpectra(window, self.body)
        self.empty = QLabel(self.body)
        self._arrange()
        self._connect()
        self._show_colours()
        self._show_verdict()

    # Parts

    def _button(self, name: str, words: str, tip: str) -> QPushButton:
        button = QPushButton(words, self.body)
        button.setObjectName(name)
        button.setAccessibleName(words.replace("&", ""))
        button.setToolTip(tip)
        return button

    def _arrange(self) -> None:
        self.card = QFrame(self.body)
        self.card.setObjectName("verdictCard")
        self.card.setProperty("role", "card")
        self.sign.setObjectName("verdictSign")
        self.sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setObjectName("verdictSentence")
        self.sentence.setProperty("role", "title")
        self.how.setObjectName("verdictHow")
        self.how.setProperty("role", "muted")
        for label in (self.sentence, self.how):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.sentence)
        words.addWidget(self.how)
        row = QHBoxLayout(self.card)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(14)
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        self.buttons = QWidget(self.body)
        line = FlowRow(self.buttons)
        for button in (self.use, self.keep, self.models, self.export):
            line.addWidget(button)
        self.empty.setObjectName("verdictNone")
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        left = splitter("verdictLeftSplitter", self.body)
        left.setOrientation(Qt.Orientation.Vertical)
        left.addWidget(self.changes)
        left.addWidget(self.table)
        self.table.setMinimumHeight(120)
        left.setSizes([150, 260])
        self.halves = splitter("verdictSplitter", self.body)
        self.halves.addWidget(left)
        self.halves.addWidget(self.spectra)
        self.halves.setSizes([460, 500])
        self.turn_below(self.halves, SIDE_BY_SIDE_FROM_LETTERS)
        for widget in (self.card, self.figures, self.buttons):
            self.column.addWidget(widget)
        self.column.addWidget(self.empty, 1)
        self.column.addWidget(self.halves, 1)

    def _connect(self) -> None:
        train = self._train
        self.use.clicked.connect(lambda _checked=False: self._use())
        self.keep.clicked.connect(lambda _checked=False: self._keep())
        self.models.clicked.connect(lambda _checked=False: self._show_in_models())
        self.export.clicked.connect(lambda _checked=False: self.ask_to_export())
        self.changes.picked.connect(self.table.look_at)
        self.table.looked_at.connect(self._look_at)
        self.table.told.connect(self.told)
        train.verdict_changed.connect(self._show_verdict)
        train.versions_changed.connect(self._show_buttons)
        self._window.colours_changed.connect(self._show_colours)

    # What is shown

    def _show_verdict(self) -> None:
        verdict = self._train.verdict
        for widget in (self.card, self.figures, self.buttons, self.halves):
            widget.setVisible(verdict is not None)
        self.empty.setVisible(verdict is None)
        self.empty.setText(
            self.tr(
                "There is no verdict yet. When a training is done, this page says whether it helped: on compounds of yours that "
                "were held out, and on public ones. The page Models shows the verdicts of earlier versions."
            )
        )
        self.figures.show_verdict(verdict)
        self.changes.show_verdict(verdict)
        self.table.show_verdict(verdict)
        if verdict is not None:
            self.sentence.setText(verdict.sentence)
            self.how.setText(self._how(verdict))
            self.card.setAccessibleName(f"{judgement_title(verdict.judgement)}: {verdict.sentence}")
            self._colour_card(verdict)
        self._show_buttons()

    def _how(self, verdict: Verdict) -> str:
        name = self.tr("“%1”.").replace("%1", self._train.verdict_of) if self._train.verdict_of else ""
        held_out = self.tr("Held out by compound: no figure here is of a compound that the predicting model was tuned on.")
        public = self.tr("Public compounds: %1.").replace("%1", forgetting_basis(verdict.forgetting))
        return " ".join(part for part in (name, verdict.how, held_out, public) if part)

    def _colour_card(self, verdict: Verdict) -> None:
        colour = getattr(self._window.colours, judgement_colour(verdict.judgement))
        side = int(2.4 * self.fontMetrics().height())
        self.sign.setText(judgement_sign(verdict.judgement))
        self.sign.setToolTip(judgement_title(verdict.judgement))
        self.sign.setFixedSize(side, side)
        ink = "#10151c" if self._window.colours.dark else "#ffffff"
        self.sign.setStyleSheet(
            f"background: {colour}; color: {ink}; border-radius: {side // 2}px; font-weight: 700; font-size: {side // 2}px;"
        )
        self.sentence.setStyleSheet(f"color: {colour};")

    def _show_buttons(self) -> None:
        train, verdict = self._train, self._train.verdict
        if verdict is None:
            return
        there = any(each.version_id == train.verdict_version for each in train.versions)
        active = train.active_version
        used = there and active is not None and active.version_id == train.verdict_version
        self.use.setEnabled(there and not used)
        self.use.setText(self.tr("In use ✓") if used else self.tr("&Use this model"))
        self.models.setEnabled(there)
        better = verdict.judgement.worth_using
        for button, primary in ((self.use, better), (self.keep, not better)):
            if (button.property("primary") == "true") is not primary:
                button.setProperty("primary", "true" if primary else "false")
                button.style().unpolish(button)
                button.style().polish(button)

    def _look_at(self, outcome: Outcome | None) -> None:
        self.changes.choose(outcome)
        self.spectra.show_outcome(outcome)

    def _show_colours(self) -> None:
        self.table.set_colours(self._window.colours)
        self.changes.set_colours(self._window.colours)
        if self._train.verdict is not None:
            self._colour_card(self._train.verdict)

    # What is done

    def _use(self) -> None:
        if self._train.verdict_version is not None:
            self._versions.use(self._train.verdict_version)

    def _keep(self) -> None:
        """Go back to the base if the tuned version is in use; else nothing changes, and that is said."""
        train = self._train
        tuned = next((each for each in train.versions if each.version_id == train.verdict_version), None)
        active = train.active_version
        if tuned is not None and active is not None and tuned.version_id == active.version_id:
            base = next((each for each in train.versions if each.version.sha256 == tuned.parent_sha256), train.versions[0])
            self._versions.use(base.version_id)
            return
        name = active.version.name if active is not None else self.tr("the base model")
        words = self.tr("BitSpec goes on predicting with %2. “%1” stays on the page Models.").replace("%2", name)
        self.told.emit(words.replace("%1", train.verdict_of))

    def _show_in_models(self) -> None:
        if self._train.verdict_version is not None:
            self._train.look_at_version(self._train.verdict_version)
        self._train.show_page(TrainPage.MODELS)

    def ask_to_export(self) -> None:
        """Ask where to, and write a report or a table."""
        verdict, name = self._train.verdict, self._train.verdict_of
        if verdict is None:
            return
        stem = file_stem(self.tr("%1 verdict").replace("%1", name))
        dialog = SaveDialog(self, self.tr("Export the verdict"), self.folder, stem, VERDICT_FILTERS)
        dialog.chosen.connect(lambda path: self._write(verdict, name, path))
        dialog.open()

    def _write(self, verdict: Verdict, name: str, path: Path) -> None:
        self.folder = str(path.parent)
        self.folder_changed.emit(self.folder)
        self._runner.submit(
            "io",
            write_verdict,
            verdict,
            name,
            path,
            title=self.tr("Writing %1").replace("%1", path.name),
            on_done=lambda _number: self.told.emit(self.tr("Written: %1").replace("%1", str(path))),
            on_error=self.failed.emit,
        )
