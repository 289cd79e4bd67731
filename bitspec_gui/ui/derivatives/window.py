"""Derivatives of a molecule for GC-MS: what a reagent makes of it, with structures and predicted spectra."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QProgressBar, QPushButton, QSplitter, QVBoxLayout, QWidget

from bitspec_gui.domain.derivatives import DerivatisationPlan, DerivativeKind, DerivativeList
from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.derivatising import drawing_of_sites
from bitspec_gui.ui.derivatives.flow import DerivativeFlow
from bitspec_gui.ui.derivatives.kinds import DerivativeKinds
from bitspec_gui.ui.derivatives.output import DerivativeOutput
from bitspec_gui.ui.derivatives.sites import DerivativeSites
from bitspec_gui.ui.derivatives.spectrum import PARENT, DerivativeSpectrum
from bitspec_gui.ui.derivatives.table import DerivativeTable
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.exporting import SPECTRUM_FILTERS, file_stem
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.theme import Colours
from bitspec_gui.ui.thumbnails import Thumbnails
from bitspec_gui.ui.views.structure import DRAWING_SIZE
from bitspec_gui.workers.runner import Runner


class DerivativesDialog(QDialog):
    """Not modal: the window goes on beside it.

    ``show_wanted`` carries a `Molecule` to predict in the window, ``identify_wanted`` a `Prediction` to search for,
    ``keep_wanted`` a list of predictions to keep; ``told`` a sentence for the status bar, ``failed`` an exception that nobody
    expected.
    """

    show_wanted = Signal(object)
    identify_wanted = Signal(object)
    keep_wanted = Signal(list)
    told = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        molecule: Molecule,
        services: Services,
        runner: Runner,
        drawings: Drawings,
        thumbnails: Thumbnails,
        colours: Colours,
        parent: QWidget | None = None,
        *,
        kind: DerivativeKind = DerivativeKind.TMS,
        folder: str = "",
    ) -> None:
        super().__init__(parent)
        self.setObjectName("derivatives")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        title = self.tr("Derivatives of %1").replace("%1", molecule.name or molecule.formula)
        self.setWindowTitle(title)
        self._runner, self._drawings, self._colours, self._folder = runner, drawings, colours, folder
        self._list: DerivativeList | None = None
        self._stopped = False
        self.flow = DerivativeFlow(molecule, services.prediction, runner, self)
        self.output = DerivativeOutput(runner, self)
        self.kinds = DerivativeKinds(self)
        self.problem = Notice("derivativeProblem", "danger", self)
        self.sites = DerivativeSites(self)
        self.table = DerivativeTable(thumbnails, self)
        self.spectrum = DerivativeSpectrum(self)
        self.status = OneLine("derivativeStatus", "muted", self, shortest_px=0)
        self.progress = QProgressBar(self)
        self.stop_or_go = QPushButton(self)
        self.buttons = _Buttons(self)
        self._arrange()
        self._connect()
        self.set_colours(colours)
        self.choose(kind)

    # What is asked for

    def choose(self, kind: DerivativeKind) -> None:
        """Make derivatives of a kind."""
        self.kinds.mark(kind)
        self.problem.say("")
        self._show_list(None)
        self.flow.plan(kind)

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._colours = colours
        self.spectrum.set_colours(colours)
        self._draw_sites()
        self._draw_chosen()

    def predictions(self) -> list[Prediction]:
        """All spectra of the list that are there, in the order of the rows."""
        return [row.prediction for row in self.table.rows.rows if row.prediction is not None]

    def export(self, path: Path) -> None:
        """Write all spectra of the list in the format of the suffix."""
        self.output.write(self.predictions(), path)

    def done(self, result: int) -> None:
        """Close; nothing is made any more."""
        self.flow.stop()
        self._runner.abandon(self._key)
        super().done(result)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc stops the work before it closes the window."""
        if event.key() == Qt.Key.Key_Escape and (self.flow.is_predicting or self.flow.long_making is not None):
            self.flow.cancel()
            return
        super().keyPressEvent(event)

    # What comes

    def _planned(self, plan: DerivatisationPlan) -> None:
        self.sites.show_plan(plan)
        self._ask_for_list()

    def _ask_for_list(self) -> None:
        plan = self.sites.plan
        if plan is not None:
            self.problem.say("")
            self._draw_sites()
            self.flow.list_soon(plan, self.sites.ticked, self.sites.fewest, self.sites.most)

    def _show_list(self, found: DerivativeList | None) -> None:
        self._list, self._stopped = found, False
        listed = found.derivatives if found is not None else ()
        parent = found.plan.parent if found is not None else None
        self.spectrum.show_list((parent.name or parent.formula) if parent is not None else "", listed)
        self.table.show_list(listed)
        if found is not None:
            self.sites.show_notes(found.notes)
            self._take_parent()

    def _made_none(self) -> None:
        self._show_list(None)
        self._stopped = True

    def _take(self, place: int, result: Prediction | str) -> None:
        self.table.take(place, result)
        if isinstance(result, Prediction):
            self.spectrum.take(place, result)
        elif (row := self.table.current) is not None and row.place == place:
            self._chosen()

    def _take_parent(self) -> None:
        prediction = self.flow.parent_prediction
        if prediction is not None:
            self.spectrum.take(PARENT, prediction)

    def _fail(self, error: Exception) -> None:
        self.problem.say(str(error) if isinstance(error, BitSpecError) else self.tr("This went wrong; see the log."))
        if not isinstance(error, BitSpecError):
            self.failed.emit(error)

    # What is chosen

    def _chosen(self) -> None:
        row = self.table.current
        if row is None:
            self.spectrum.show_derivative(None, None, self._words(0, 0))
        else:
            self.spectrum.show_derivative(row.place, row.derivative, row.problem)
        self._draw_chosen()
        self._refresh()

    def _draw_chosen(self) -> None:
        row = self.table.current
        if row is None:
            self._drawings.clear(self.spectrum.structure)
        else:
            self._drawings.draw(self.spectrum.structure, row.derivative.molecule, dark=self._colours.dark)

    def _draw_sites(self) -> None:
        plan = self.sites.plan
        if plan is None:
            return
        self._runner.submit(
            "query",
            drawing_of_sites,
            plan,
            self.sites.ticked,
            *DRAWING_SIZE,
            dark=self._colours.dark,
            on_done=lambda svg: self.sites.structure.show_drawing(plan.parent, svg),
            on_error=self._fail,
            key=self._key,
        )

    @property
    def _key(self) -> str:
        return f"derivative-sites-{id(self)}"

    # Buttons

    def _refresh(self) -> None:
        """Enable what can be done, and say how far it is."""
        rows, there = len(self.table.rows.rows), len(self.predictions())
        making, busy = self.flow.long_making, self.flow.is_predicting
        self.progress.setVisible(busy or making is not None)
        self.progress.setMaximum(max(1, rows) if making is None else making.total)
        self.progress.setValue(there if making is None else making.done)
        stoppable = busy or making is not None
        self.stop_or_go.setVisible(stoppable or (self.flow.waiting > 0 and not self.flow.is_making))
        self.stop_or_go.setText(self.tr("Cancel") if stoppable else self.tr("Predict the rest"))
        self.stop_or_go.setAccessibleName(self.stop_or_go.text())
        self.status.setText(self._words(rows, there))
        row = self.table.current
        self.buttons.show_in_predict.setEnabled(row is not None)
        self.buttons.identify.setEnabled(row is not None and row.prediction is not None)
        self.buttons.keep.setEnabled(any(each.prediction is not None for each in self.table.selected))
        self.buttons.export.setEnabled(there > 0 and not busy)

    def _words(self, rows: int, there: int) -> str:
        if self.flow.is_making:
            return self.tr("Making derivatives…")
        if self._stopped:
            return self.tr("Cancelled before the derivatives were there. Choose again to make them.")
        if not rows:
            return self._list.notes[0] if self._list is not None and self._list.notes else ""
        derivatives = self.tr("1 derivative") if rows == 1 else self.tr("%1 derivatives").replace("%1", f"{rows:,}")
        if there == rows:
            return derivatives
        return self.tr("%1, %2 of them with a spectrum").replace("%1", derivatives).replace("%2", f"{there:,}")

    def _stop_or_go(self) -> None:
        if self.flow.is_predicting or self.flow.long_making is not None:
            self.flow.cancel()
        else:
            self.flow.predict()

    def _show_in_predict(self) -> None:
        row = self.table.current
        if row is not None:
            self.show_wanted.emit(row.derivative.molecule)

    def _identify(self) -> None:
        row = self.table.current
        if row is not None and row.prediction is not None:
            self.identify_wanted.emit(row.prediction)

    def _keep(self) -> None:
        kept = [row.prediction for row in self.table.selected if row.prediction is not None]
        if kept:
            self.keep_wanted.emit(kept)

    def _ask_and_export(self) -> None:
        name = file_stem(self.windowTitle()) + next(iter(SPECTRUM_FILTERS))
        suggestion = str(Path(self._folder) / name)
        chosen, kind = QFileDialog.getSaveFileName(
            self, self.tr("Export all spectra"), suggestion, ";;".join(SPECTRUM_FILTERS.values())
        )
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() not in SPECTRUM_FILTERS:
            path = path.with_name(path.name + next((s for s, text in SPECTRUM_FILTERS.items() if text == kind), ".msp"))
        self._folder = str(path.parent)
        self.export(path)

    # Setting up

    def _connect(self) -> None:
        self.flow.planned.connect(self._planned)
        self.flow.listed.connect(self._show_list)
        self.flow.made_none.connect(self._made_none)
        self.flow.predicted.connect(self._take)
        self.flow.parent_predicted.connect(self._take_parent)
        self.flow.busy_changed.connect(self._refresh)
        self.flow.failed.connect(self._fail)
        self.sites.changed.connect(self._ask_for_list)
        self.kinds.chosen.connect(self.choose)
        self.table.chosen.connect(self._chosen)
        self.table.copy_wanted.connect(lambda: self.output.copy([row.derivative for row in self.table.selected]))
        self.table.doubleClicked.connect(lambda _index: self._show_in_predict())
        self.stop_or_go.clicked.connect(self._stop_or_go)
        self.buttons.show_in_predict.clicked.connect(self._show_in_predict)
        self.buttons.identify.clicked.connect(self._identify)
        self.buttons.keep.clicked.connect(self._keep)
        self.buttons.export.clicked.connect(self._ask_and_export)
        self.buttons.end.clicked.connect(self.reject)
        self.output.told.connect(self.status.setText)
        self.output.told.connect(self.told)
        self.output.failed.connect(self._fail)

    def _arrange(self) -> None:
        beside = QSplitter(Qt.Orientation.Vertical, self)
        beside.setObjectName("derivativeTableSplitter")
        beside.setChildrenCollapsible(False)
        beside.addWidget(self.table)
        beside.addWidget(self.spectrum)
        beside.setStretchFactor(0, 1)
        beside.setStretchFactor(1, 1)
        whole = QSplitter(Qt.Orientation.Horizontal, self)
        whole.setObjectName("derivativeSplitter")
        whole.setChildrenCollapsible(False)
        whole.addWidget(self.sites)
        whole.addWidget(beside)
        whole.setStretchFactor(0, 0)
        whole.setStretchFactor(1, 1)
        whole.setSizes([365, 835])
        self.progress.setObjectName("derivativeProgress")
        self.progress.setAccessibleName(self.tr("Derivatives with a spectrum"))
        self.progress.setMaximumWidth(180)
        self.stop_or_go.setObjectName("derivativeCancel")
        self.stop_or_go.setAutoDefault(False)
        state = QHBoxLayout()
        state.addWidget(self.status, 1)
        state.addWidget(self.progress)
        state.addWidget(self.stop_or_go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 12)
        layout.setSpacing(10)
        layout.addWidget(self.kinds)
        layout.addWidget(self.problem)
        layout.addWidget(whole, 1)
        layout.addLayout(state)
        layout.addWidget(self.buttons)
        self.resize(QSize(1200, 780).boundedTo(self.screen().availableSize() * 0.95))


class _Buttons(QWidget):
    """What can be done with derivatives, in a row."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self.show_in_predict = self._add(
            "derivativeShow", self.tr("Show in Predict"), self.tr("Predict the chosen derivative in the window")
        )
        self.identify = self._add(
            "derivativeIdentify", self.tr("Identify"), self.tr("Search the libraries for the predicted spectrum")
        )
        self.keep = self._add("derivativeKeep", self.tr("Keep"), self.tr("Keep the selected derivatives in the session's list"))
        self.export = self._add(
            "derivativeExport", self.tr("Export all…"), self.tr("Write all spectra as MSP, JCAMP-DX, CSV or JSON")
        )
        self._row.addStretch(1)
        self.end = self._add("derivativeClose", self.tr("Close"), self.tr("Close this window"))

    def _add(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        self._row.addWidget(button)
        return button
