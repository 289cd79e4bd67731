"""Predicted libraries of another model than the one that predicts: told, and predicted anew on request, beside the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.library_rebuild import RebuildReport, made_by, supplied_beside
from bitspec_gui.ui.library_actions import allow
from bitspec_gui.ui.library_flow import LibraryFlow
from bitspec_gui.ui.panels.library import LibraryPanel
from bitspec_gui.ui.state import WindowState
from bitspec_gui.workers.runner import Runner

MINUTE_S = 60.0


class LibraryRebuilding(QObject):
    """Does what the action *Predict the library anew* says, and offers it after the model has changed."""

    told = Signal(str)
    failed = Signal(object)

    def __init__(
        self, window: QWidget, services: Services, runner: Runner, state: WindowState, panel: LibraryPanel, flow: LibraryFlow
    ) -> None:
        super().__init__(window)
        self._window, self._services, self._runner = window, services, runner
        self._state, self._panel, self._flow = state, panel, flow
        self._outdated: tuple[str, ...] = ()
        self._running: set[str] = set()
        panel.edits.rebuild_library.triggered.connect(lambda _checked=False: self._ask_for_selected())
        panel.libraries_table.selectionModel().selectionChanged.connect(lambda *_: self._allow())
        panel.outdated_rebuild.clicked.connect(self._ask_for_outdated)
        panel.outdated_leave.clicked.connect(lambda: self._offer(()))
        state.libraries_changed.connect(self._libraries_changed)
        state.model_changed.connect(self._libraries_changed)
        self._allow()

    def offer(self, libraries: Sequence[LibraryInfo]) -> None:
        """Say which libraries another model predicted than the one that predicts now, and offer to predict them anew."""
        self._offer(tuple(library.name for library in libraries))

    def _offer(self, names: tuple[str, ...]) -> None:
        self._outdated = names
        model = self._state.model
        if not names or model is None:
            self._panel.outdated.say("")
            return
        by = {library.name: library.made_by for library in self._state.libraries or ()}
        listed = ", ".join(f"“{name}” ({by[name]})" if by.get(name) else f"“{name}”" for name in names)
        words = self.tr("Predicted by another model than the one in use: %1.").replace("%1", listed)
        self._panel.outdated_rebuild.setText(self.tr("Rebuild with %1…").replace("%1", model.name))
        self._panel.outdated_rebuild.setAccessibleName(self._panel.outdated_rebuild.text())
        self._panel.outdated.say(words)

    def _libraries_changed(self) -> None:
        model = self._state.model
        if self._outdated and model is not None:
            there = {library.name for library in self._state.libraries or () if not made_by(library, model)}
            self._offer(tuple(name for name in self._outdated if name in there))
        self._allow()

    def _allow(self) -> None:
        allow(self._panel.edits.rebuild_library, self._why_not(self._selected()))

    def _selected(self) -> LibraryInfo | None:
        name = self._panel.selected_library
        return next((library for library in self._state.libraries or () if library.name == name), None)

    def _why_not(self, library: LibraryInfo | None) -> str:
        """Why a library cannot be predicted anew now; empty if nothing is known against it."""
        model = self._state.model
        if library is None:
            return self.tr("Select a predicted library in the table of libraries first.")
        if not library.wholly_predicted:
            return self.tr("“%1” holds measured spectra.").replace("%1", library.name)
        if model is None:
            return self.tr("The model is being loaded.")
        if library.name in self._running:
            return self.tr("“%1” is being predicted.").replace("%1", library.name)
        if supplied_beside(self._state.libraries or (), library) is not None:
            return self.tr("“%1” is that of its model; select the supplied library.").replace("%1", library.name)
        if made_by(library, model):
            return self.tr("“%1” was predicted by the model in use.").replace("%1", library.name)
        return ""

    # Asking

    def _ask_for_selected(self) -> None:
        library = self._selected()
        if library is not None and not self._why_not(library):
            self._estimate((library.name,))

    def _ask_for_outdated(self) -> None:
        names = tuple(name for name in self._outdated if name not in self._running)
        if names:
            self._estimate(names)

    def _estimate(self, names: tuple[str, ...]) -> None:
        """Predict a few molecules, to ask with a time."""
        self._runner.submit(
            "compute",
            _seconds,
            self._services,
            names,
            title=self.tr("Estimating the time"),
            on_done=lambda seconds: self._ask(names, seconds),
            on_error=self.failed.emit,
            key="rebuild-time",
        )

    def _ask(self, names: tuple[str, ...], seconds: float) -> None:
        model = self._state.model
        libraries = [library for library in self._state.libraries or () if library.name in names]
        if model is None or not libraries:
            return
        box = QMessageBox(QMessageBox.Icon.Question, self.tr("Predict anew"), "", QMessageBox.StandardButton.Cancel, self._window)
        box.setObjectName("confirmRebuild")
        listed = ", ".join(f"“{library.name}”" for library in libraries)
        count = sum(library.spectra for library in libraries)
        words = self.tr("Predict the %1 molecules of %2 again with %3? It takes about %4 and can be cancelled.")
        for place, word in enumerate((f"{count:,}", listed, model.name, self._time(seconds)), start=1):
            words = words.replace(f"%{place}", word)
        box.setText(words)
        box.setInformativeText(self._what_becomes(libraries))
        rebuild = box.addButton(self.tr("Predict anew"), QMessageBox.ButtonRole.AcceptRole)
        rebuild.setObjectName("confirmRebuildButton")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.buttonClicked.connect(lambda button: self._rebuild(names) if button is rebuild else None)
        box.open()

    def _time(self, seconds: float) -> str:
        if seconds < 1.5 * MINUTE_S:
            return self.tr("%1 s").replace("%1", f"{max(seconds, 1):.0f}")
        return self.tr("%1 min").replace("%1", f"{seconds / MINUTE_S:.0f}")

    def _what_becomes(self, libraries: Sequence[LibraryInfo]) -> str:
        sentences = []
        if any(not library.embedded for library in libraries):
            sentences.append(self.tr("The old spectra are replaced once all new ones are there; Undo brings them back."))
        if any(library.embedded for library in libraries):
            sentences.append(self.tr("The library that comes with BitSpec stays; a new one is made beside it."))
        return " ".join(sentences)

    # Doing

    def _rebuild(self, names: tuple[str, ...]) -> None:
        for name in names:
            if name in self._running:
                continue
            self._running.add(name)
            job = self._runner.submit(
                "collection",
                self._services.libraries.rebuild_predicted,
                self._services.prediction,
                name,
                title=self.tr("Predicting %1 anew").replace("%1", name),
                cancellable=True,
                on_done=self._done,
                on_error=self._failed,
                on_cancel=self._flow.has_changed,
            )
            job.ended.connect(lambda _job, name=name: self._ended(name))
        self._allow()

    def _done(self, report: RebuildReport) -> None:
        self.told.emit(report.said)
        if report.replaced:
            self._panel.offer_to_undo(report.said)
        self._flow.has_changed()

    def _failed(self, error: Exception) -> None:
        self.failed.emit(error)
        self._flow.has_changed()

    def _ended(self, name: str) -> None:
        self._running.discard(name)
        self._allow()


def _seconds(services: Services, names: Sequence[str]) -> float:
    """About how long libraries take (s); in the compute lane."""
    return sum(services.libraries.rebuild_seconds(services.prediction, name) for name in names)
