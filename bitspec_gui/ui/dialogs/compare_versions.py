"""Two model versions side by side: figures and settings, the molecule on show by both, and both on the same measured spectra."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.services.version_compare import compare
from bitspec_gui.services.version_contest import Contest
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.similarity import cosine
from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.model_versions import ModelVersions
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.compared_versions import COLUMNS, ComparedVersionsModel
from bitspec_gui.ui.tables.rows import fit_rows, show_rows
from bitspec_gui.ui.train_state import TrainState
from bitspec_gui.ui.views.content import SpectrumContent
from bitspec_gui.ui.views.spectrum_view import SpectrumView
from bitspec_gui.workers.job import Job


class CompareVersionsDialog(QDialog):
    """Begins with the version looked at and the one it was tuned from; both can be chosen. Stays beside the window."""

    def __init__(self, window: WindowState, train: TrainState, versions: ModelVersions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareVersions")
        self.setWindowTitle(self.tr("Compare two models"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(820, 640)
        self._window, self._train, self._versions = window, train, versions
        self._round = 0
        self._job: Job | None = None
        self.first = self._box("compareFirst", self.tr("First model"))
        self.second = self._box("compareSecond", self.tr("Second model"))
        self.only = QCheckBox(self.tr("&Only what differs"), self)
        self.table = QTableView(self)
        self.model = ComparedVersionsModel(self)
        self.predict = self._button("comparePredict", self.tr("&Predict the molecule on show by both"))
        self.view = SpectrumView("compareSpectrum", self)
        self.dataset = QComboBox(self)
        self.measure = self._button("compareMeasure", self.tr("&Measure on these spectra"))
        self.cancel = self._button("compareCancel", self.tr("Cancel"))
        self.said = QLabel(self)
        self._arrange()
        self._fill()
        self._connect()
        self._show_colours()
        self._compare()

    @property
    def both(self) -> tuple[RegisteredVersion, RegisteredVersion] | None:
        """The two that are chosen, None if one of them is gone."""
        chosen = [self._version(box.currentData()) for box in (self.first, self.second)]
        return (chosen[0], chosen[1]) if chosen[0] is not None and chosen[1] is not None else None

    # Parts

    def _box(self, name: str, words: str) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(name)
        box.setAccessibleName(words)
        box.setToolTip(words)
        box.setMinimumContentsLength(14)
        return box

    def _button(self, name: str, words: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.setAccessibleName(words.replace("&", ""))
        button.setAutoDefault(False)
        return button

    def _arrange(self) -> None:
        self.only.setObjectName("compareOnlyDiffering")
        self.only.setAccessibleName(self.tr("Only what differs"))
        self.dataset.setObjectName("compareDataset")
        self.dataset.setAccessibleName(self.tr("Dataset on whose spectra both are compared"))
        self.dataset.setToolTip(self.tr("Only compounds that neither model was trained on count"))
        self.measure.setToolTip(self.tr("Only compounds that neither model was trained on count"))
        self.predict.setToolTip(self.tr("Its spectrum by the first model above, by the second below"))
        self.cancel.hide()
        self.said.setObjectName("compareResult")
        self.said.setWordWrap(True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        show_rows(self.table, "comparedVersions", self.tr("Both models, property by property"))
        self.table.setModel(self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setMinimumHeight(120)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for name in ("what", "differs"):
            header.setSectionResizeMode(COLUMNS.index(name), QHeaderView.ResizeMode.ResizeToContents)
        fit_rows(self.table)
        above = QHBoxLayout()
        for widget, stretch in ((self.first, 1), (self.second, 1), (self.only, 0)):
            above.addWidget(widget, stretch)
        below = QWidget(self)
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        row = QWidget(below)
        line = FlowRow(row)
        for button in (self.predict, self.dataset, self.measure, self.cancel):
            line.addWidget(button)
        column.addWidget(row)
        column.addWidget(self.said)
        column.addWidget(self.view, 1)
        halves = QSplitter(Qt.Orientation.Vertical, self)
        halves.setObjectName("compareSplitter")
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.table)
        halves.addWidget(below)
        halves.setSizes([270, 330])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.addLayout(above)
        layout.addWidget(halves, 1)

    def _fill(self) -> None:
        """The version looked at second, and what it was tuned from first; else the one in use."""
        versions, looked_at = self._train.versions, self._train.version
        for box in (self.first, self.second):
            for version in versions:
                box.addItem(version.version.name, version.version_id)
        for info in self._train.datasets or ():
            self.dataset.addItem(info.name, info.dataset_id)
        if looked_at is None:
            return
        parent = next((each for each in versions if each.version.sha256 == looked_at.parent_sha256), None)
        active = self._train.active_version
        others = [each for each in (parent, active, *versions) if each is not None and each.version_id != looked_at.version_id]
        self.second.setCurrentIndex(self.second.findData(looked_at.version_id))
        if others:
            self.first.setCurrentIndex(self.first.findData(others[0].version_id))

    def _connect(self) -> None:
        for box in (self.first, self.second):
            box.currentIndexChanged.connect(lambda _place: self._compare())
        self.only.toggled.connect(lambda _on: self._compare())
        self.predict.clicked.connect(lambda _checked=False: self._predict())
        self.measure.clicked.connect(lambda _checked=False: self._measure())
        self.cancel.clicked.connect(lambda _checked=False: self._stop())
        self.finished.connect(lambda _result: self._forget())
        for signal in (self._window.molecule_changed, self._window.prediction_changed):
            signal.connect(self._show_state)
        self._window.colours_changed.connect(self._show_colours)
        self._train.versions_changed.connect(self._show_state)

    # What is shown

    def _compare(self) -> None:
        self._round += 1
        both = self.both
        if both is not None:
            self.model.show_comparison(compare(*both), only_differing=self.only.isChecked())
            self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        self.view.show_content(None)
        self.view.set_hint(self.tr("What both predict for the molecule on show appears here."))
        self.said.setText("")
        self._show_state()

    def _show_state(self) -> None:
        both, molecule = self.both, self._molecule
        apart = both is not None and both[0].version_id != both[1].version_id
        idle = self._job is None
        self.predict.setEnabled(apart and molecule is not None and idle)
        self.measure.setEnabled(apart and self.dataset.count() > 0 and idle)
        self.dataset.setEnabled(self.dataset.count() > 0)
        self.cancel.setVisible(not idle)

    @property
    def _molecule(self) -> Molecule | None:
        shown = self._window.prediction
        return shown.molecule if shown is not None else self._window.molecule

    def _version(self, version_id: object) -> RegisteredVersion | None:
        return next((each for each in self._train.versions if each.version_id == version_id), None)

    def _show_colours(self) -> None:
        self.view.set_colours(self._window.colours)
        window = self._window
        self.view.set_labels(window.labels_shown, window.label_threshold_percent, window.label_mode)

    # What is done

    def _predict(self) -> None:
        both, molecule = self.both, self._molecule
        if both is None or molecule is None:
            return
        asked = self._round
        self.view.set_hint(self.tr("Loading both models…"))

        def done(found: tuple[Prediction, Prediction]) -> None:
            self._job = None
            if asked == self._round:
                self._show_predictions(molecule, found)
            self._show_state()

        self._job = self._versions.predict_by_both(both, molecule, done, self._refused)
        self._show_state()

    def _show_predictions(self, molecule: Molecule, found: tuple[Prediction, Prediction]) -> None:
        first, second = found
        self.view.set_hint("")
        self.view.show_content(
            SpectrumContent(
                first.spectrum,
                first.model_version.name,
                bottom=second.spectrum,
                bottom_title=second.model_version.name,
                molecular_mass=molecule.nominal_mass,
                bottom_is_measured=False,
            )
        )
        agreement = float(cosine(to_bins(first.spectrum), to_bins(second.spectrum)))
        words = self.tr("%1: the two predictions agree by a cosine of %2.").replace("%2", f"{agreement:.3f}")
        self.said.setText(words.replace("%1", molecule.name or molecule.formula))

    def _measure(self) -> None:
        both = self.both
        if both is None:
            return
        asked = self._round
        self.said.setText(self.tr("Both models predict the compounds of “%1”…").replace("%1", self.dataset.currentText()))

        def done(found: Contest) -> None:
            self._job = None
            if asked == self._round:
                self.said.setText(found.sentence)
            self._show_state()

        self._job = self._versions.contest(both, int(self.dataset.currentData()), done, self._refused)
        self._show_state()

    def _refused(self, sentence: str) -> None:
        self._job = None
        self.view.set_hint("")
        self.said.setText(sentence)
        self._show_state()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _forget(self) -> None:
        """The dialog is gone before an answer comes."""
        if self._job is not None:
            self._job.abandon()
            self._job = None
