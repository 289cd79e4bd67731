"""The first page of the *Train* tab: the spectra of a dataset, which of them are used and why others are not."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from bitspec_gui.domain.tuning_data import CompoundGroup
from bitspec_gui.ui.dataset_words import Kind, used_words
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.library_actions import allow
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.panels.train_datasets import DatasetBar
from bitspec_gui.ui.panels.train_kinds import KindsRow
from bitspec_gui.ui.panels.train_spectra_table import DatasetTable
from bitspec_gui.ui.panels.train_spectrum import TrainSpectrum
from bitspec_gui.ui.panels.train_welcome import TrainWelcome
from bitspec_gui.ui.panels.work_bar import WorkBar
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.dataset_spectra import DatasetTableModel
from bitspec_gui.ui.thumbnails import Thumbnails
from bitspec_gui.ui.train_actions import make_train_actions, paint_train_icons
from bitspec_gui.ui.train_prediction import TrainPrediction
from bitspec_gui.ui.train_state import TrainPage, TrainState
from bitspec_gui.ui.training_data import TrainingData

BESIDE_FROM_PX = 720
"""Width from which the spectrum looked at stands beside the table, not below it."""

OFFER_MS = 15_000
"""How long Undo is offered below the table; Ctrl+Z offers it longer."""

MISSING_FROM_LINES = 28
"""Height in lines of text from which there is room to say what can be done about missing structures."""

LOOKED_AFTER_MS = 40


class TrainSpectraPage(QWidget):
    """Dataset above, spectra in the middle, the one looked at beside them."""

    told = Signal(str)

    def __init__(
        self,
        window: WindowState,
        train: TrainState,
        data: TrainingData,
        predictions: TrainPrediction,
        thumbnails: Thumbnails,
        drawings: Drawings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("trainSpectraPage")
        self._window, self._train, self._data = window, train, data
        self.actions_ = make_train_actions(self)
        self.datasets = DatasetBar(train, self.actions_, self)
        self.kinds = KindsRow(self)
        self.model = DatasetTableModel(self)
        self.table = DatasetTable(self.model, self.actions_, thumbnails, self)
        self.details = TrainSpectrum(window, self.actions_, predictions, drawings, self)
        self.welcome = TrainWelcome(self.actions_, self)
        self.work = WorkBar("trainImport", self.tr("Reading spectra"), self)
        self.missing = Notice("trainMissing", "warning", self)
        self.offer = Notice("trainOffer", "card", self)
        self.offer_undo = self.offer.add_button("trainOfferUndo", self.tr("Undo"))
        self.summary = QLabel(self)
        self.summary.setObjectName("trainSummary")
        self.go_on = QPushButton(self.tr("Make a plan →"), self)
        self.stack = QStackedWidget(self)
        self._offer_ends = _timer(self, OFFER_MS, self._end_offer)
        self._looked = _timer(self, LOOKED_AFTER_MS, self._look)
        self._arrange()
        self._connect()
        self._show_colours()
        self.work.watch(data.busy)
        self._take_groups(data.groups)
        self._show_spectra()

    def minimumSizeHint(self) -> QSize:
        """Room for a few rows."""
        return QSize(330, 278)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The spectrum looked at stands beside the table where there is room for both, else below it."""
        super().resizeEvent(event)
        wanted = Qt.Orientation.Horizontal if self.width() >= BESIDE_FROM_PX else Qt.Orientation.Vertical
        if self._splitter.orientation() is not wanted:
            self._splitter.setOrientation(wanted)
            self._splitter.setSizes([600, 400] if wanted is Qt.Orientation.Horizontal else [550, 450])
        self._show_missing()

    def stop(self) -> None:
        """Wait for nothing any more (the window closes)."""
        self.kinds.stop()
        self._offer_ends.stop()
        self._looked.stop()

    def _arrange(self) -> None:
        self.go_on.setObjectName("trainMakePlan")
        self.go_on.setAccessibleName(self.tr("Make a plan"))
        self.go_on.setProperty("primary", "true")
        ending = QHBoxLayout()
        ending.addWidget(self.summary, 1)
        ending.addWidget(self.go_on)
        self.look_up = self.missing.add_button("trainLookUp", self.tr("Look names up…"))
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setObjectName("trainSpectraSplitter")
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.table)
        self._splitter.addWidget(self.details)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 2)
        self._splitter.setSizes([600, 400])
        full = QWidget(self)
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.kinds)
        column.addWidget(self.missing)
        column.addWidget(self._splitter, 1)
        column.addWidget(self.offer)
        column.addLayout(ending)
        empty = QWidget(self)
        below = QVBoxLayout(empty)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.welcome, 1)
        self.stack.addWidget(empty)
        self.stack.addWidget(full)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.datasets)
        layout.addWidget(self.work)
        layout.addWidget(self.stack, 1)

    def _connect(self) -> None:
        actions, data, train = self.actions_, self._data, self._train
        self.kinds.narrowed.connect(self._narrow)
        self.model.choice_wanted.connect(data.choose)
        self.table.toggle_wanted.connect(self._toggle)
        self.table.chosen.connect(self._looked.start)
        self.go_on.clicked.connect(lambda _checked=False: train.show_page(TrainPage.PLAN))
        self.offer_undo.clicked.connect(actions.undo.trigger)
        self.look_up.clicked.connect(actions.look_names_up.trigger)
        actions.use.triggered.connect(lambda _checked=False: self._choose(True))
        actions.leave_out.triggered.connect(lambda _checked=False: self._choose(False))
        actions.leave_to_bitspec.triggered.connect(lambda _checked=False: self._choose(None))
        actions.delete_spectra.triggered.connect(lambda _checked=False: self._delete())
        actions.copy_rows.triggered.connect(lambda _checked=False: self._copy())
        actions.undo.triggered.connect(lambda _checked=False: data.undo())
        actions.redo.triggered.connect(lambda _checked=False: data.redo())
        actions.structures.toggled.connect(self.table.show_structures)
        self.addActions([actions.undo, actions.redo])
        data.offered.connect(self.offer_to_undo)
        data.busy_changed.connect(self.work.watch)
        data.grouped.connect(self._take_groups)
        train.spectra_changed.connect(self._show_spectra)
        train.datasets_changed.connect(self._show_whether_empty)
        train.history_changed.connect(self._enable)
        self._window.colours_changed.connect(self._show_colours)

    def offer_to_undo(self, sentence: str) -> None:
        """Say what was done, with a button that takes it back; an empty sentence takes the offer away."""
        self.offer.say(sentence)
        self._offer_ends.start() if sentence else self._offer_ends.stop()
        self._enable()

    def _end_offer(self) -> None:
        self._data.forget_removed()
        self.offer_to_undo("")

    def _show_colours(self) -> None:
        colours = self._window.colours
        paint_train_icons(self.actions_, colours.text)
        self.welcome.set_colours(colours)
        self.model.set_colours(colours)
        self.table.fit()

    def _show_spectra(self) -> None:
        train = self._train
        spectra = train.spectra
        self._show_whether_empty()
        self.model.show_spectra(spectra)
        self.kinds.show_counts(train.counts)
        self._show_missing()
        self.summary.setText(self._summary())
        self._narrow()
        if spectra and not self.table.selected_number:
            self.table.select_one(max(0, self.table.currentIndex().row()))
        self._enable()
        self._looked.start()

    def _show_missing(self) -> None:
        """Say what can be done about missing structures; in a low window the button that lists them has to do."""
        without = self._train.counts.kinds[Kind.NO_STRUCTURE]
        room = self.height() >= MISSING_FROM_LINES * self.fontMetrics().lineSpacing()
        words = self.tr("%1 spectrum has no structure.") if without == 1 else self.tr("%1 spectra have no structure.")
        remedy = self.tr("Drop a table with SMILES (CSV), or have their names looked up.")
        self.missing.say(f"{words.replace('%1', f'{without:,}')} {remedy}" if without and room else "")

    def _show_whether_empty(self) -> None:
        dataset = self._train.dataset
        full = bool(self._train.spectra) or (dataset is not None and dataset.spectra > 0)
        self.stack.setCurrentIndex(1 if full else 0)
        self._enable()

    def _summary(self) -> str:
        counts = self._train.counts
        if not counts.kinds[Kind.ALL]:
            return ""
        nothing = self.tr("No spectrum is used: there is nothing to learn from.")
        return used_words(counts) if counts.kinds[Kind.USED] else nothing

    def _narrow(self) -> None:
        self.model.narrow(self.kinds.words, self.kinds.kind)
        nothing = not self.model.rowCount() and bool(self._train.spectra)
        self.table.set_hint(self.tr("No spectrum is as asked for above.") if nothing else "")

    def _enable(self) -> None:
        actions, train, data = self.actions_, self._train, self._data
        selected = self.table.selected
        none = self.tr("Select spectra first.")
        for action in actions.of_spectra:
            allow(action, "" if selected else none)
        usable = any(each.standing.usable for each in selected)
        cannot = self.tr("These spectra cannot be used; the reason stands beside each.")
        for action in (actions.use, actions.leave_out, actions.leave_to_bitspec):
            allow(action, "" if usable else cannot if selected else none)
        dataset = train.dataset
        for action in actions.of_dataset:
            allow(action, "" if dataset is not None else self.tr("There is no dataset yet."))
        without = train.counts.kinds[Kind.NO_STRUCTURE]
        allow(actions.look_names_up, "" if without else self.tr("Every spectrum has a structure."))
        allow(actions.undo, "" if train.history.undo_text or data.can_restore else self.tr("There is nothing to undo."))
        allow(actions.redo, "" if train.history.redo_text else self.tr("There is nothing to do again."))
        used = train.counts.kinds[Kind.USED] > 0
        self.go_on.setEnabled(used)
        why = self.tr("What BitSpec proposes for these spectra, why, and how long it takes")
        self.go_on.setToolTip(why if used else self.tr("There is no spectrum to learn from yet."))

    def _look(self) -> None:
        self.details.show_spectrum(self.table.looked_at)
        self._enable()

    def _take_groups(self, groups: Mapping[int, CompoundGroup]) -> None:
        self.details.set_groups(groups, self._data.lowest)

    def _toggle(self) -> None:
        looked_at = self.table.looked_at
        if looked_at is not None:
            self._choose(not looked_at.used)

    def _choose(self, used: bool | None) -> None:
        ids = [each.spectrum_id for each in self.table.selected if each.standing.usable]
        if ids:
            self._data.choose(ids, used)
        elif self.table.selected_number:
            self.told.emit(self.tr("These spectra cannot be used; the reason stands beside each."))

    def _delete(self) -> None:
        ids = [each.spectrum_id for each in self.table.selected]
        if ids:
            self._data.remove_spectra(ids)

    def _copy(self) -> None:
        rows = self.table.selected_rows.tolist()
        if rows:
            QGuiApplication.clipboard().setText(self.model.as_tsv(rows))
            words = self.tr("%1 row copied") if len(rows) == 1 else self.tr("%1 rows copied")
            self.told.emit(words.replace("%1", f"{len(rows):,}"))

    def show_kind(self, kind: Kind) -> None:
        """List spectra of a kind."""
        self.kinds.show_kind(kind)


def _timer(parent: QWidget, interval_ms: int, slot: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    timer.timeout.connect(slot)
    return timer
