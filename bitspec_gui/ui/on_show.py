"""Copying and exporting of what is on show: by tab, and by what has the focus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QTabWidget

from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.export import record_of
from bitspec_gui.ui.explain_state import ExplainState
from bitspec_gui.ui.exporting import ExportFlow, copy_text_of
from bitspec_gui.ui.identify_state import IdentifyState
from bitspec_gui.ui.panels.batch import BatchPanel
from bitspec_gui.ui.panels.details import DetailsPanel
from bitspec_gui.ui.panels.explain import ExplainPanel
from bitspec_gui.ui.panels.identify import IdentifyPanel
from bitspec_gui.ui.panels.library import LibraryPanel
from bitspec_gui.ui.panels.predict import PredictPanel
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.views.spectrum_view import SpectrumView


@dataclass(frozen=True)
class Panels:
    """The panels that something can be copied from."""

    predict: PredictPanel
    batch: BatchPanel
    identify: IdentifyPanel
    explain: ExplainPanel
    library: LibraryPanel
    details: DetailsPanel


class OnShow(QObject):
    """Knows which view and which spectrum are meant by “copy” and “export”."""

    told = Signal(str)

    def __init__(
        self,
        tabs: QTabWidget,
        panels: Panels,
        exporting: ExportFlow,
        state: WindowState,
        unknowns: IdentifyState,
        explained: ExplainState,
        last_folder: Callable[[], str],
    ) -> None:
        super().__init__(tabs)
        self._tabs, self._panels, self._exporting = tabs, panels, exporting
        self._state, self._unknowns, self._explained = state, unknowns, explained
        self._last_folder = last_folder

    @property
    def view(self) -> SpectrumView:
        """The spectrum view of the tab on show."""
        shown, panels = self._tabs.currentWidget(), self._panels
        others = (panels.batch, panels.identify, panels.explain, panels.library)
        return next((each.view for each in others if each is shown), panels.predict.view)

    @property
    def spectrum(self) -> SpectrumRecord | Prediction | None:
        """The spectrum of the tab on show: prediction, unknown or library entry."""
        shown = self._tabs.currentWidget()
        if shown is self._panels.library:
            return self._state.entry.record if self._state.entry is not None else None
        if shown is self._panels.identify:
            return self._unknowns.unknown.record if self._unknowns.unknown is not None else None
        if shown is self._panels.explain:
            return self._explained.subject.prediction if self._explained.subject is not None else None
        return self._panels.batch.prediction if shown is self._panels.batch else self._state.prediction

    @property
    def record(self) -> SpectrumRecord | None:
        """The spectrum of the tab on show as a record, a prediction included."""
        shown = self.spectrum
        return record_of(shown) if isinstance(shown, Prediction) else shown

    def copy_by_focus(self) -> None:
        """Copy what has the focus: text, structure, peaks, rows, else the picture of the spectrum."""
        focus = QApplication.focusWidget()
        if copy_text_of(focus):
            return
        details = self._panels.details
        copiers: list[tuple[object, Callable[[], str]]] = [
            (self._panels.predict.sketcher.canvas, self._copy_drawing),
            (details.structure, details.structure.copy_to_clipboard),
            (details.table, lambda: details.copy_peaks(selected_only=True)),
            (details.assignments.table, details.assignments.copy),
            (self._panels.library.table, self._panels.library.copy_rows),
            (self._panels.batch.table, self._panels.batch.copy_rows),
            (self._panels.identify.hits.table, self._panels.identify.hits.copy_rows),
            *((each.view, each.view.copy_to_clipboard) for each in self._panels.explain.maps),
            (self._panels.explain.candidates.table, self._panels.explain.candidates.copy),
        ]
        copy = next((copy for widget, copy in copiers if widget is focus), lambda: self._exporting.copy_picture(self.view))
        self._tell_copied(copy())

    def _copy_drawing(self) -> str:
        return self.tr("The drawing was copied") if self._panels.predict.sketcher.commands.copy() else ""

    def copy_picture(self) -> None:
        """Copy the view as a picture."""
        self._tell_copied(self._exporting.copy_picture(self.view))

    def copy_peaks(self) -> None:
        """Copy the peak table."""
        self._tell_copied(self._panels.details.copy_peaks())

    def export(self, *, picture_first: bool = False) -> None:
        """Ask where to, and write the spectrum or the view."""
        shown = self.spectrum
        if shown is None:
            self.told.emit(self.tr("There is no spectrum to export."))
            return
        self._exporting.ask_and_export(shown, self.view, self._last_folder(), picture_first=picture_first)

    def _tell_copied(self, words: str) -> None:
        self.told.emit(words or self.tr("There is nothing to copy."))
